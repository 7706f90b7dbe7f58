"""Read what people or models said of tasks: our records, or a foreign log by a map of its fields.

A line says which task, who judged, accept or reject, and perhaps a score per dimension. Whether a
person or a model judged is never guessed from a name: the line says it, or names a judge model.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from benchwright.errors import ConfigError, InputError, Place, nearest
from benchwright.files import BadLine, read_lines

Decision = Literal["accept", "reject"]
Kind = Literal["person", "model"]
Role = Literal["task_id", "judge", "kind", "decision", "scores"]
ROLES: tuple[Role, ...] = get_args(Role)
MAX_BAD_LINES_NAMED = 10

_KNOWN: dict[Role, tuple[str, ...]] = {
    "task_id": ("task_id", "id"),
    "judge": ("annotator", "judge_model", "judge.requested", "judge"),
    "kind": ("kind",),
    "decision": ("decision", "status", "label"),
    "scores": ("scores",),
}
_MODEL_FIELDS = ("judge_model", "judge.requested")
_DECISIONS: dict[str, Decision | None] = {
    "accept": "accept",
    "accepted": "accept",
    "pass": "accept",
    "reject": "reject",
    "rejected": "reject",
    "fail": "reject",
    "held": None,
    "unjudged": None,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What one judge said of one task; `decision` is None where it could not say.

    `pass_number` tells the second pass of an annotator from the first (`benchwright.labels`).
    """

    task_id: str
    judge: str
    kind: Kind
    decision: Decision | None
    scores: Mapping[str, int]
    pass_number: int = 1


def parse_field_map(entries: Iterable[str], side: str) -> dict[Role, str]:
    """Return the fields stated for one side by `SIDE.ROLE=PATH` entries.

    Raises:
        ConfigError: If an entry is not of that form, or names an unknown role or side.
    """
    stated: dict[Role, str] = {}
    for entry in entries:
        name, _, path = entry.partition("=")
        wanted, _, role = name.partition(".")
        if not path or wanted not in ("labels", "log") or role not in ROLES:
            known = [f"{one}.{two}" for one in ("labels", "log") for two in ROLES]
            raise ConfigError(
                f"--map {entry!r} maps no known field",
                fix=f"write SIDE.ROLE=FIELD; {nearest(name, known)}",
            )
        if wanted == side:
            stated[role] = path
    return stated


def read_judgements(path: Path, fields: Mapping[Role, str] | None = None) -> list[Judgement]:
    """Return every judgement of a JSON Lines file.

    Args:
        path: One judgement a line.
        fields: Dotted field by role, where the file does not use a known name.

    Raises:
        InputError: If a line is no judgement; the first ten of them are named together.
    """
    found: list[Judgement] = []
    bad: list[str] = []
    for line in read_lines(path):
        if isinstance(line, BadLine):
            bad.append(f"line {line.place.line}: {line.reason}")
            continue
        try:
            found.append(_judgement(line.value, fields or {}))
        except ValueError as error:
            bad.append(f"line {line.number}: {error}")
    if bad or not found:
        more = f"; and {len(bad) - MAX_BAD_LINES_NAMED} more" if len(bad) > 10 else ""
        raise InputError(
            "; ".join(bad[:MAX_BAD_LINES_NAMED]) + more or "there is no judgement in it",
            fix="mend the lines, or name the fields with --map",
            place=Place(file=str(path)),
        )
    return found


def _judgement(record: Mapping[str, Any], fields: Mapping[Role, str]) -> Judgement:
    task_id = _text(record, "task_id", fields)
    judge = _text(record, "judge", fields)
    decision = _text(record, "decision", fields).lower()
    if decision not in _DECISIONS:
        raise ValueError(f"decision {decision!r} is none of {', '.join(_DECISIONS)}")
    return Judgement(
        task_id=task_id,
        judge=judge,
        kind=_kind(record, fields),
        decision=_DECISIONS[decision],
        scores=_scores(record, fields),
        pass_number=_pass_number(record),
    )


def _pass_number(record: Mapping[str, Any]) -> int:
    given = record.get("pass_number", 1)
    if not isinstance(given, int) or isinstance(given, bool) or given < 1:
        raise ValueError(f"pass_number {given!r} is not a whole number from 1")
    return given


def _kind(record: Mapping[str, Any], fields: Mapping[Role, str]) -> Kind:
    stated = _first(record, _paths("kind", fields))
    if stated in ("person", "model"):
        return "person" if stated == "person" else "model"
    if stated is None and _first(record, _MODEL_FIELDS) is not None:
        return "model"
    raise ValueError(f"kind is {stated!r}: say person or model")


def _scores(record: Mapping[str, Any], fields: Mapping[Role, str]) -> dict[str, int]:
    given = _first(record, _paths("scores", fields))
    if given is None:
        return {}
    if not isinstance(given, dict):
        raise ValueError("scores is no object of numbers by dimension")
    for name, score in given.items():
        if isinstance(score, bool) or score not in (1, 2, 3, 4, 5):
            raise ValueError(f"score {score!r} of {name!r} is not one of 1 to 5")
    return {name: int(score) for name, score in given.items()}


def _text(record: Mapping[str, Any], role: Role, fields: Mapping[Role, str]) -> str:
    paths = _paths(role, fields)
    value = _first(record, paths)
    if not isinstance(value, str) or not value:
        raise ValueError(f"no {role} under {' or '.join(paths)}")
    return value


def _paths(role: Role, fields: Mapping[Role, str]) -> Sequence[str]:
    return (fields[role],) if role in fields else _KNOWN[role]


def _first(record: Mapping[str, Any], paths: Sequence[str]) -> Any:
    for path in paths:
        value: Any = record
        for step in path.split("."):
            value = value.get(step) if isinstance(value, dict) else None
        if value is not None and not (path == "judge" and isinstance(value, dict)):
            return value
    return None

"""Which field of a foreign record plays which role? Guessed, shown, and overridable.

A path is dotted (`metadata.trace_refs`); a role may have several paths, and their values are taken
together. A guess is made from the records that are there, never from the file's name.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from benchwright.errors import ConfigError, nearest

Role = Literal["input", "id", "lineage", "output", "event_date", "as_of", "canary", "names"]
ROLES: tuple[Role, ...] = get_args(Role)
_ABSENT = object()

_KNOWN: dict[Role, tuple[str, ...]] = {
    "input": ("input", "messages", "prompt", "question", "instruction", "problem", "text"),
    "id": ("id", "task_id", "uid"),
    "lineage": (
        "lineage_keys",
        "provenance.lineage_keys",
        "trace_id",
        "metadata.trace_refs",
        "metadata.week10_trace_refs",
    ),
    "output": (
        "reference",
        "output",
        "answer",
        "label",
        "expected",
        "target",
        "expected_output",
        "reference_output",
        "ground_truth",
        "ground_truth_output",
        "solution",
        "completion",
    ),
    "event_date": (),
    "as_of": (),
    "canary": ("canary", "canary_guid"),
    "names": ("provenance.slots.names", "provenance.slots"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldMap:
    """The paths of every role; a role without a path is not in the data."""

    paths: dict[Role, tuple[str, ...]]
    guessed: tuple[Role, ...]

    def value(self, role: Role, record: Mapping[str, Any]) -> Any:
        """Return what a record holds for a role: one value, or a list when the role has several.

        Text that is itself a JSON object or list, as in a Parquet column, is read as JSON, so that
        its keys are not compared. None when the record has none of the paths.
        """
        found = [_read(record, path) for path in self.paths.get(role, ())]
        present = [_unpacked(value) for value in found if value is not _ABSENT]
        if not present:
            return None
        return present[0] if len(present) == 1 else present


def parse_map(
    entries: Iterable[str], side: Literal["test", "train"]
) -> dict[Role, tuple[str, ...]]:
    """Return the paths stated for one side by `ROLE=PATH` or `SIDE.ROLE=PATH` entries.

    Raises:
        ConfigError: If an entry has no `=`, or names an unknown role or side.
    """
    stated: dict[Role, list[str]] = {}
    for entry in entries:
        name, equals, path = entry.partition("=")
        wanted, dot, role = name.rpartition(".")
        if not (equals and path) or (dot and wanted not in ("test", "train")):
            raise ConfigError(
                f"--map {entry!r} is not ROLE=FIELD", fix="write input=prompt or test.input=prompt"
            )
        if role not in ROLES:
            raise ConfigError(f"--map {entry!r}: unknown role {role!r}", fix=nearest(role, ROLES))
        if wanted in ("", side):
            known = next(known for known in ROLES if known == role)
            stated.setdefault(known, []).append(path)
    return {role: tuple(paths) for role, paths in stated.items()}


def complete_map(
    stated: Mapping[Role, tuple[str, ...]], records: Sequence[Mapping[str, Any]], *, side: str
) -> FieldMap:
    """Return the stated paths, and for every other role the first known field that is there.

    Raises:
        ConfigError: If a stated field stands in no record, or no field can be the input.
    """
    for named, held in stated.items():
        for path in held:
            if records and not any(_read(record, path) is not _ABSENT for record in records):
                raise ConfigError(
                    f"--map {named}={path}: no {side} record has the field {path!r}",
                    fix=nearest(path, _field_names(records)),
                )
    paths = dict(stated)
    guessed: list[Role] = []
    for role in ROLES:
        guess = _guess(role, records)
        if role not in stated and guess and not any(guess in taken for taken in paths.values()):
            paths[role] = (guess,)
            guessed.append(role)
    if records and "input" not in paths:
        raise ConfigError(
            f"no field of the {side} records looks like the input",
            fix=f"name it: --map {side}.input=FIELD ({nearest('input', _field_names(records))})",
        )
    return FieldMap(paths=paths, guessed=tuple(guessed))


def text_at(record: Any, path: str) -> str | None:
    """Return the text, number or truth value at a dotted path; None when there is no such one."""
    value = _read(record, path) if isinstance(record, Mapping) else _ABSENT
    return str(value) if isinstance(value, str | int | float) else None


def _guess(role: Role, records: Sequence[Mapping[str, Any]]) -> str | None:
    """Return the first known field that half of the records fill; an input may also be empty."""
    nothing: list[tuple[Any, ...]] = [(_ABSENT, None, "", [])]
    if role == "input":
        nothing.append((_ABSENT,))
    for values in nothing:
        for path in _KNOWN[role]:
            held = sum(_read(record, path) not in values for record in records)
            if held and held * 2 >= len(records):
                return path
    return None


def _read(record: Mapping[str, Any], path: str) -> Any:
    value: Any = record
    if path in record:
        return record[path]
    for part in path.split("."):
        value = _unpacked(value)
        if not isinstance(value, Mapping) or part not in value:
            return _ABSENT
        value = value[part]
    return value


def _unpacked(value: Any) -> Any:
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return value
    return value


def _field_names(records: Sequence[Mapping[str, Any]]) -> list[str]:
    return sorted({name for record in records[:100] for name in record})

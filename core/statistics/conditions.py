"""Read the scores of one condition: a score file of ours, JSON Lines or CSV, one task a row.

A row without a score failed: nothing is put in its place. A malformed output has the score 0 that
the rubric gives it, and counts as failed as well.
"""

import csv
import io
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchwright.errors import InputError, Place
from benchwright.files import BadLine, read_lines, read_text

FIELDS: dict[str, tuple[str, ...]] = {
    "task_id": ("task_id", "id"),
    "score": ("score", "value"),
    "passed": ("passed",),
    "status": ("status",),
    "error": ("error",),
    "cluster": ("cluster",),
    "cost_usd": ("cost_usd",),
    "latency_seconds": ("latency_seconds",),
}
FAILED = frozenset({"malformed", "incomplete", "unjudged", "failed", "error", "errored"})
_WORDS = {"true": True, "false": False, "1": True, "0": False}
MAX_BAD_ROWS_NAMED = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreRow:
    """One task under one condition.

    Attributes:
        score: Any number, higher is better; None where nothing could be scored.
        failed: The output was malformed, missing, or could not be scored.
        cluster: The kin of the task; None where the file does not say.
    """

    task_id: str
    score: float | None
    failed: bool
    passed: bool | None = None
    cluster: str | None = None
    cost_usd: float | None = None
    latency_seconds: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """The scores of one condition, by task id."""

    name: str
    rows: Mapping[str, ScoreRow]


def read_condition(path: Path) -> Condition:
    """Return the scores of a file; its name is that of the file without its ending.

    Raises:
        InputError: If a row has no task id, a bad number, or a task comes twice; the first ten of
            them are named together.
    """
    rows: dict[str, ScoreRow] = {}
    bad: list[str] = []
    for number, values in _records(path):
        try:
            if isinstance(values, str):
                raise ValueError(values)
            row = _row(values)
            if row.task_id in rows:
                raise ValueError(f"a second score for task {row.task_id!r}; keep one condition")
        except ValueError as error:
            bad.append(f"line {number}: {error}")
            continue
        rows[row.task_id] = row
    if bad or not rows:
        more = f"; and {len(bad) - MAX_BAD_ROWS_NAMED} more" if len(bad) > 10 else ""
        raise InputError(
            "; ".join(bad[:MAX_BAD_ROWS_NAMED]) + more or "there is no score in it",
            fix="give one row a task: task_id, score, and perhaps passed, status, cluster, "
            "cost_usd, latency_seconds; `benchwright score --outputs … -o FILE` writes one",
            place=Place(file=str(path)),
        )
    return Condition(name=path.name.partition(".")[0] or path.name, rows=rows)


def _records(path: Path) -> Iterator[tuple[int, Mapping[str, Any] | str]]:
    if path.suffix.lower() == ".csv":
        reader = csv.DictReader(io.StringIO(read_text(path), newline=""), strict=True)
        try:
            for row in reader:
                filled = {
                    key: value for key, value in row.items() if key and value not in ("", None)
                }
                yield reader.line_num, filled
        except csv.Error as error:
            yield reader.line_num, f"not CSV: {error}"
        return
    for line in read_lines(path):
        if isinstance(line, BadLine):
            yield line.place.line or 0, line.reason
        else:
            yield line.number, line.value


def _row(values: Mapping[str, Any]) -> ScoreRow:
    task_id = _first(values, "task_id")
    if not isinstance(task_id, str) or not task_id.strip():
        raise ValueError(f"no task id under {' or '.join(FIELDS['task_id'])}")
    status = _first(values, "status")
    score = _number(values, "score")
    waits = status is not None and status != "malformed" and str(status).lower() in FAILED
    if waits or _first(values, "error"):
        score = None
    cluster = _first(values, "cluster")
    return ScoreRow(
        task_id=task_id,
        score=score,
        failed=score is None or status == "malformed",
        passed=_truth(values) if score is not None else None,
        cluster=None if cluster is None else str(cluster),
        cost_usd=_number(values, "cost_usd", least=0),
        latency_seconds=_number(values, "latency_seconds", least=0),
    )


def _number(values: Mapping[str, Any], field: str, *, least: float = -math.inf) -> float | None:
    given = _first(values, field)
    if given is None:
        return None
    try:
        number = math.nan if isinstance(given, bool) else float(given)
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number) or number < least:
        raise ValueError(f"{field} is {given!r}, no number" + (" from 0" if least == 0 else ""))
    return number


def _truth(values: Mapping[str, Any]) -> bool | None:
    given = _first(values, "passed")
    if given is None or isinstance(given, bool):
        return given
    word = str(given).strip().lower()
    if word not in _WORDS:
        raise ValueError(f"passed is {given!r}, neither true nor false")
    return _WORDS[word]


def _first(values: Mapping[str, Any], field: str) -> Any:
    return next((values[name] for name in FIELDS[field] if values.get(name) is not None), None)

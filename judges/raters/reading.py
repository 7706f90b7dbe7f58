"""Read raw labels: every line whole or named as bad, and no answer given twice."""

from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError

from benchwright.errors import InputError, Place
from benchwright.files import BadLine, read_lines
from benchwright.labels import RawLabel

MAX_BAD_LINES_NAMED = 10


def read_labels(paths: Sequence[Path]) -> tuple[RawLabel, ...]:
    """Return the raw labels of JSON Lines files, in their order.

    Raises:
        InputError: If a line is no raw label, or an annotator answers a task twice in one pass; of
            the bad lines of a file the first ten are named together.
    """
    labels: list[RawLabel] = []
    first: dict[tuple[str, str, int], str] = {}
    for path in paths:
        bad: list[str] = []
        read = 0
        for line in read_lines(path):
            read += 1
            if isinstance(line, BadLine):
                bad.append(f"line {line.place.line}: {line.reason}")
                continue
            try:
                label = RawLabel.model_validate(line.value)
            except ValidationError as error:
                bad.append(f"line {line.number}: {_first(error)}")
                continue
            key = (label.task_id, label.annotator, label.pass_number)
            if key in first:
                bad.append(
                    f"line {line.number}: {label.annotator} answers task {label.task_id} a second "
                    f"time in pass {label.pass_number}; the first is {first[key]}"
                )
                continue
            first[key] = f"{path.name}:{line.number}"
            labels.append(label)
        if bad or not read:
            raise _refused(path, bad)
    return tuple(labels)


def _refused(path: Path, bad: Sequence[str]) -> InputError:
    more = len(bad) - MAX_BAD_LINES_NAMED
    named = "; ".join(bad[:MAX_BAD_LINES_NAMED]) + (f"; and {more} more" if more > 0 else "")
    return InputError(
        named or "there is no label in it",
        fix="give raw labels, one answer a line, as in core/schemas/raw_label.json",
        place=Place(file=str(path)),
    )


def _first(error: ValidationError) -> str:
    detail = error.errors()[0]
    where = ".".join(str(part) for part in detail["loc"])
    said = str(detail["msg"]).removeprefix("Value error, ")
    return f"{where}: {said}" if where else said

"""The files of a review: what people said as records, and the way through other labelling tools."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from benchwright.canonical import canonical_json
from benchwright.errors import InputError, Place
from benchwright.files import read_document, write_lines, write_text
from benchwright.judges.review import argilla, label_studio
from benchwright.judges.review.foreign import Foreign, Said, Unusable
from benchwright.judges.review.records import adversarial_reviews, held_decisions, raw_labels
from benchwright.judges.review.store import Answers
from benchwright.labels import RawLabel
from benchwright.tasks import Record

RecordFormat = Literal["labels", "decisions", "adversarial"]
ToolFormat = Literal["label-studio", "argilla"]
RECORD_FORMATS: tuple[RecordFormat, ...] = get_args(RecordFormat)
TOOL_FORMATS: tuple[ToolFormat, ...] = get_args(ToolFormat)

_RECORDS: Mapping[RecordFormat, Callable[[Answers], Iterable[Record]]] = {
    "labels": raw_labels,
    "decisions": held_decisions,
    "adversarial": adversarial_reviews,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What the export of another tool came to.

    Attributes:
        skipped: What a person chose not to label.
        unusable: What gave no label, and why.
    """

    labels: tuple[RawLabel, ...]
    skipped: int
    unusable: tuple[Unusable, ...]


def export_records(path: Path, what: RecordFormat, output: Path) -> int:
    """Write what people finished as JSON Lines, and return how many lines.

    Raises:
        InputError: If there is nothing to write, or the file is no answers file.
    """
    answers = Answers(path)
    try:
        records = list(_RECORDS[what](answers))
    finally:
        answers.close()
    if not records:
        raise InputError(
            f"nobody has finished anything that --format {what} would write",
            fix="label first, or choose another --format",
            place=Place(file=str(path)),
        )
    return write_lines(output, (record.to_json() for record in records))


def export_tasks(path: Path, tool: ToolFormat, folder: Path) -> list[Path]:
    """Write the sample for another tool into a folder, and return the files.

    Raises:
        InputError: If no sample was drawn, or the file is no answers file.
    """
    answers = Answers(path)
    try:
        items = answers.items("label")
    finally:
        answers.close()
    if not items:
        raise InputError(
            "no sample was drawn into it",
            fix="draw one with `benchwright review draw`",
            place=Place(file=str(path)),
        )
    if tool == "label-studio":
        texts = {
            label_studio.CONFIG: label_studio.config_xml(),
            label_studio.TASKS: _json(label_studio.tasks_json(items)),
        }
    else:
        texts = {
            argilla.SETTINGS: _json(argilla.settings_json()),
            argilla.DATASET: _json(argilla.dataset_json(path.name)),
            argilla.RECORDS: _json(argilla.records_json(items)),
        }
    for name, text in texts.items():
        write_text(folder / name, text)
    return [folder / name for name in texts]


def import_labels(path: Path, tool: ToolFormat, foreign: Foreign) -> Imported:
    """Return the labels of an export of another tool; nothing that it lacks is made up.

    Raises:
        InputError: If the file is no JSON.
    """
    read = label_studio.read_export if tool == "label-studio" else argilla.read_records
    found = list(read(read_document(path), foreign))
    return Imported(
        labels=tuple(one.label for one in found if isinstance(one, Said)),
        skipped=sum(isinstance(one, Unusable) and one.is_skip for one in found),
        unusable=tuple(one for one in found if isinstance(one, Unusable) and not one.is_skip),
    )


def _json(value: object) -> str:
    return canonical_json(value) + "\n"

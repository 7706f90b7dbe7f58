"""What labels from another tool have in common, whichever tool it was."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from pydantic import ValidationError

from benchwright.judges.review.items import Item
from benchwright.judges.review.questions import NOTE, SKIP, label_questions
from benchwright.judges.review.records import sections_text
from benchwright.labels import DECISION, RawLabel
from benchwright.tasks import JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreign:
    """What the export of another tool does not say, and the person who imports it vouches for.

    Attributes:
        blind: Whether the people could not see one another's labels.
        session: Names the sitting.
        first_pass: Number of the first pass that is in the export.
        people: Names by the ids of the tool; an id without one stays as it is.
        labelled_at: When, where the tool does not export it.
    """

    blind: bool
    session: str
    first_pass: int = 1
    people: Mapping[str, str] = field(default_factory=dict)
    labelled_at: datetime | None = None

    def name_of(self, person: str) -> str:
        """Return the name of a person."""
        return self.people.get(person, person)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One label, and where in the export it stood."""

    where: str
    label: RawLabel


@dataclass(frozen=True, slots=True, kw_only=True)
class Unusable:
    """What gave no label, and why; `is_skip` where the person chose to give none."""

    where: str
    reason: str
    is_skip: bool = False


def section_texts(item: Item) -> dict[str, str]:
    """Return the parts of an item as plain text, for tools that show nothing else."""
    return {section.name: sections_text(item, section.name) for section in item.sections}


def one_label(
    task_id: str,
    answers: Mapping[str, str],
    *,
    person: str,
    pass_number: int,
    at: datetime,
    foreign: Foreign,
) -> RawLabel:
    """Return the label that these answers make.

    Raises:
        ValueError: If a question is not answered, or an answer is none of its own.
    """
    for question in label_questions():
        given = answers.get(question.name)
        if given is None:
            raise ValueError(f"{question.name} is not answered")
        if not question.has(given):
            raise ValueError(f"{given!r} is no answer to {question.name}")
    scores = {name: answers[name] for name in _dimensions()}
    values: JsonObject = {
        "task_id": task_id,
        "annotator": person,
        "kind": "person",
        "pass_number": pass_number,
        "decision": answers[DECISION],
        "scores": {name: int(value) for name, value in scores.items() if value != SKIP},
        "skipped": tuple(name for name, value in scores.items() if value == SKIP),
        "labelled_at": at,
        "session": foreign.session,
        "blind": foreign.blind,
        "note": answers.get(NOTE) or None,
    }
    try:
        return RawLabel.model_validate(values)
    except ValidationError as error:
        raise ValueError("; ".join(one["msg"] for one in error.errors())) from error


def _dimensions() -> list[str]:
    return [q.name for q in label_questions() if q.name != DECISION]

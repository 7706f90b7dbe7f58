"""Why can these labels show no agreement? Passes too close, edited, copied, constant, or not blind.

Two passes that say the same of everything are a copy, and one that says the same of everything
looked at nothing: either would give a perfect figure.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import combinations, pairwise
from typing import Literal, NamedTuple

from benchwright.labels import (
    DECISION,
    HOURS_BETWEEN_PASSES,
    MINUTES_TO_MEND,
    Answer,
    RawLabel,
)
from benchwright.tasks import Record

Kind = Literal[
    "passes_too_close",
    "edited",
    "identical",
    "constant",
    "not_blind",
    "by_a_model",
    "nothing_to_compare",
]


class Refusal(Record):
    """One reason for which no figure is computed, and what helps."""

    kind: Kind
    message: str
    fix: str


class Pass(NamedTuple):
    """One annotator's answers to the tasks, in one pass, by task id."""

    annotator: str
    number: int
    labels: dict[str, RawLabel]

    @property
    def name(self) -> str:
        """The pass as reports show it."""
        return f"{self.annotator} (pass {self.number})"

    @property
    def fields(self) -> tuple[str, ...]:
        """What was answered: dimensions in order, then the decision."""
        found = {
            name
            for label in self.labels.values()
            for name in (*label.scores, *label.skipped, *((DECISION,) if label.decision else ()))
        }
        return (*sorted(found - {DECISION}), *((DECISION,) if DECISION in found else ()))


def passes_of(labels: Sequence[RawLabel]) -> tuple[Pass, ...]:
    """Return the passes, by annotator, then number."""
    found: dict[tuple[str, int], dict[str, RawLabel]] = {}
    for label in labels:
        found.setdefault((label.annotator, label.pass_number), {})[label.task_id] = label
    return tuple(Pass(*key, found[key]) for key in sorted(found))


def find_refusals(passes: Sequence[Pass]) -> tuple[Refusal, ...]:
    """Return every reason for which these passes are refused; empty if they can be compared."""
    return (
        *(one for given in passes for one in _of_one(given)),
        *_too_close(passes),
        *_copied(passes),
        *_alone(passes),
    )


def _of_one(given: Pass) -> Iterator[Refusal]:
    labels = list(given.labels.values())
    if any(label.kind == "model" for label in labels):
        yield _refusal("by_a_model", f"{given.name} was made by a model", "give labels by people")
    if seen := sum(not label.blind for label in labels):
        yield _refusal(
            "not_blind",
            f"{given.name}: {seen} of {len(labels)} labels were not given blind",
            "label again with author, judge and the labels of others hidden",
        )
    if late := list(_late_edits(labels)):
        yield _refusal(
            "edited",
            f"{given.name}: {len(late)} answers were changed more than {MINUTES_TO_MEND} minutes "
            f"after they were given: {', '.join(late[:5])}{' …' if len(late) > 5 else ''}",
            "keep the first answers, or label again as a further pass",
        )
    if len(labels) > 1 and not _varies(given):
        yield _refusal(
            "constant",
            f"{given.name} says the same of all {len(labels)} tasks",
            "draw tasks that differ, over accepts and rejects, and label each for itself",
        )


def _late_edits(labels: Sequence[RawLabel]) -> Iterator[str]:
    for label in labels:
        for edit in label.edits:
            if edit.at - label.labelled_at > timedelta(minutes=MINUTES_TO_MEND):
                yield f"{edit.field} of {label.task_id}"


def _varies(given: Pass) -> bool:
    return any(
        len({answer for label in given.labels.values() if (answer := said(label, field))}) > 1
        for field in given.fields
    )


def _too_close(passes: Sequence[Pass]) -> Iterator[Refusal]:
    for first, second in pairwise(passes):
        if first.annotator != second.annotator:
            continue
        gap = _begins(second) - _ends(first)
        if gap < timedelta(hours=HOURS_BETWEEN_PASSES):
            hours = gap.total_seconds() / 3600
            yield _refusal(
                "passes_too_close",
                f"{second.name} begins {hours:.1f} h after the end of pass {first.number}, and "
                f"{HOURS_BETWEEN_PASSES} h are needed",
                "label the second pass a day later, when the first answers are forgotten",
            )


def _begins(given: Pass) -> datetime:
    return min(label.labelled_at for label in given.labels.values())


def _ends(given: Pass) -> datetime:
    return max(
        moment
        for label in given.labels.values()
        for moment in (label.labelled_at, *(edit.at for edit in label.edits))
    )


def _copied(passes: Sequence[Pass]) -> Iterator[Refusal]:
    for first, second in combinations(passes, 2):
        common = [task_id for task_id in first.labels if task_id in second.labels]
        if len(common) > 1 and all(
            _answers(first.labels[task_id]) == _answers(second.labels[task_id])
            for task_id in common
        ):
            yield _refusal(
                "identical",
                f"{first.name} and {second.name} give the same answer to everything in "
                f"{len(common)} tasks",
                "give what each pass said by itself; a copy measures nothing",
            )


def _answers(label: RawLabel) -> dict[str, Answer | None]:
    return {DECISION: label.decision, **label.scores}


def _alone(passes: Sequence[Pass]) -> Iterator[Refusal]:
    if not any(
        first.labels.keys() & second.labels.keys() for first, second in combinations(passes, 2)
    ):
        yield _refusal(
            "nothing_to_compare",
            f"no task was labelled twice: {len(passes)} passes, no task in common",
            "give the labels of a second annotator, or of a second pass a day later",
        )


def said(label: RawLabel, field: str) -> Answer | None:
    """Return what a label says of a field; None where nothing or `held`."""
    answer = label.answer(field)
    return None if answer == "held" else answer


def _refusal(kind: Kind, message: str, fix: str) -> Refusal:
    return Refusal(kind=kind, message=message, fix=fix)

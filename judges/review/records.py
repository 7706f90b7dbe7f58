"""From events to records: raw labels, decisions on held tasks, reviews of hand-written ones."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from benchwright.judges.review.items import Item
from benchwright.judges.review.questions import NOTE, OPENED, SKIP, Queue
from benchwright.judges.review.schedule import ItemState, states_of
from benchwright.judges.review.store import Answers
from benchwright.labels import DECISION, Edit, RawLabel
from benchwright.reviews import AdversarialReview, HeldDecision
from benchwright.tasks import JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """One item that one person finished in one pass."""

    item: Item
    rater: str
    pass_number: int
    state: ItemState

    @property
    def begun_at(self) -> datetime:
        """When the first answer was given."""
        assert self.state.first_at is not None  # noqa: S101 - it is finished
        return self.state.first_at

    @property
    def ended_at(self) -> datetime:
        """When the item was left."""
        assert self.state.last_at is not None  # noqa: S101 - it is finished
        return self.state.last_at


def finished_items(answers: Answers, queue: Queue) -> Iterator[Finished]:
    """Yield what was finished, by rater, pass and task; what is half done is left out."""
    items = {item.id: item for item in answers.items(queue, only_asked=False)}
    events = sorted(answers.events(queue), key=lambda event: (event.rater, event.pass_number))
    for (rater, number), own in groupby(events, key=lambda e: (e.rater, e.pass_number)):
        for task_id, state in sorted(states_of(tuple(own), number).items()):
            if state.is_left:
                yield Finished(item=items[task_id], rater=rater, pass_number=number, state=state)


def raw_labels(answers: Answers) -> list[RawLabel]:
    """Return every finished label as `judge agreement` and `judge calibrate` read it."""
    return [_raw_label(one) for one in finished_items(answers, "label")]


def held_decisions(answers: Answers) -> list[HeldDecision]:
    """Return every decision about a held task, as `judges.decisions` reads it."""
    return [
        HeldDecision.model_validate(
            {
                "task_id": one.item.id,
                "rule": one.item.rule,
                "decision": one.state.answers[DECISION],
                "reason": one.state.answers[NOTE],
                "person": one.rater,
                "decided_at": one.ended_at,
                "session": one.state.session,
                "saw_verdicts": OPENED in one.state.answers,
            }
        )
        for one in finished_items(answers, "held")
    ]


def adversarial_reviews(answers: Answers) -> list[AdversarialReview]:
    """Return what reviewers said of hand-written tasks."""
    return [
        AdversarialReview.model_validate(
            {
                "task_id": one.item.id,
                "reviewer": one.rater,
                "answers": {q.name: one.state.answers[q.name] for q in one.item.questions},
                "note": one.state.answers.get(NOTE),
                "reviewed_at": one.ended_at,
                "session": one.state.session,
            }
        )
        for one in finished_items(answers, "adversarial")
    ]


def _raw_label(one: Finished) -> RawLabel:
    said = {q.name: one.state.answers[q.name] for q in one.item.questions if q.name != DECISION}
    edits = [
        Edit.model_validate(
            {
                "at": change.at,
                "field": change.field,
                "before": _answer(change.before),
                "after": _answer(change.after),
            }
        )
        for change in one.state.changes
    ]
    values: JsonObject = {
        "task_id": one.item.id,
        "annotator": one.rater,
        "kind": "person",
        "pass_number": one.pass_number,
        "decision": one.state.answers[DECISION],
        "scores": {name: int(value) for name, value in said.items() if value != SKIP},
        "skipped": tuple(name for name, value in said.items() if value == SKIP),
        "labelled_at": one.begun_at,
        "session": one.state.session,
        "blind": True,
        "edits": tuple(edits),
        "note": one.state.answers.get(NOTE),
    }
    return RawLabel.model_validate(values)


def _answer(value: str) -> int | str | None:
    if value == SKIP:
        return None
    return int(value) if value.isdigit() else value


def sections_text(item: Item, name: str) -> str:
    """Return one section as indented text, for tools that show plain text only."""
    return next(_as_text(section.value) for section in item.sections if section.name == name)


def _as_text(value: object, indent: str = "") -> str:
    if isinstance(value, dict) and value:
        lines = []
        for key, one in value.items():
            nested = isinstance(one, dict | list) and bool(one)
            text = _as_text(one, indent + "  ")
            lines.append(f"{indent}{key}:\n{text}" if nested else f"{indent}{key}: {text.strip()}")
        return "\n".join(lines)
    if isinstance(value, list) and value:
        return "\n".join(f"{indent}- {_as_text(one, indent + '  ').strip()}" for one in value)
    if value in (None, {}, []):
        return f"{indent}none"
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return indent + text.replace("\n", f"\n{indent}")

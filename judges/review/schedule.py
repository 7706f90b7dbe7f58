"""Whose turn is it: which item a person answers next, what stands of it, and what may change.

All of it is read from the events, so that a page that was killed goes on where it was. Two passes
of blind labelling by one person lie at least 24 hours apart, and come in another order.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from benchwright.canonical import sha256_hex
from benchwright.judges.review.items import Item
from benchwright.judges.review.questions import NOTE, OPENED, Queue, needs_note
from benchwright.judges.review.store import Event
from benchwright.labels import HOURS_BETWEEN_PASSES, MINUTES_TO_MEND

PASSES: Mapping[Queue, int] = {"label": 2, "held": 1, "adversarial": 1}
MAX_NOTE_CHARACTERS = 2_000
_BESIDE = (NOTE, OPENED)


class RefusedError(Exception):
    """What was sent cannot be written down; the message says why, to the person at the page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """An answer that was replaced after it was first given."""

    field: str
    before: str
    after: str
    at: datetime


@dataclass(slots=True)
class ItemState:
    """What stands of one item in one pass of one person.

    Attributes:
        first_at: When the first answer was given.
        last_at: When something was last done.
        session: The sitting of the first answer.
        undoable: Answers in the order in which they were given, each with the one before it. What
            was given first has none before it and cannot be undone, only replaced.
    """

    answers: dict[str, str] = field(default_factory=dict)
    first_at: datetime | None = None
    last_at: datetime | None = None
    session: str = ""
    is_left: bool = False
    changes: list[Change] = field(default_factory=list)
    undoable: list[tuple[str, str | None]] = field(default_factory=list)

    def take(self, event: Event) -> None:
        """Read one more event."""
        self.last_at = event.at
        if event.kind == "leave":
            self.is_left = True
            return
        if self.first_at is None:
            self.first_at, self.session = event.at, event.session
        before = self.answers.get(event.field)
        if event.kind == "answer" and event.value == before:
            return
        if event.kind == "undo":
            self.undoable.pop()
        elif event.field not in _BESIDE:
            self.undoable.append((event.field, before))
        if before is not None and event.field not in _BESIDE:
            self.changes.append(
                Change(field=event.field, before=before, after=event.value or "", at=event.at)
            )
        if event.value is None:
            self.answers.pop(event.field, None)
        else:
            self.answers[event.field] = event.value

    def missing(self, item: Item) -> list[str]:
        """Return what has to be answered before the item can be left."""
        open_fields = [q.name for q in item.questions if q.name not in self.answers]
        if needs_note(item.queue, self.answers.values()) and not self.answers.get(NOTE):
            open_fields.append(NOTE)
        return open_fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where one person stands in one queue.

    Attributes:
        pass_number: Which pass is under way, or comes next.
        total: Items of a pass.
        done: Items that were left in this pass.
        current: The next one; None where the pass is over, or may not begin yet.
        state: What stands of the current item.
        opens_at: When this pass may begin, where that is still to come.
    """

    pass_number: int
    total: int
    done: int
    current: Item | None
    state: ItemState
    opens_at: datetime | None = None

    @property
    def is_over(self) -> bool:
        """Whether every pass is finished."""
        return self.current is None and self.opens_at is None


def standing(
    items: Sequence[Item], events: Sequence[Event], *, rater: str, seed: int, now: datetime
) -> Standing:
    """Return where a person stands.

    Args:
        items: Of one queue.
        events: The person's own of that queue, in order.
        rater: The person; each has an order of their own.
        seed: Decides the orders.
        now: The time, in UTC.
    """
    by_id = {item.id: item for item in items}
    passes = PASSES[items[0].queue] if items else 1
    ended: datetime | None = None
    for number in range(1, passes + 1):
        states = states_of(events, number)
        left = {item for item, state in states.items() if state.is_left}
        waiting = [name for name in order(by_id, rater, seed, number) if name not in left]
        if waiting or not items:
            opens_at = ended + timedelta(hours=HOURS_BETWEEN_PASSES) if ended else None
            is_open = opens_at is None or now >= opens_at
            current = by_id[waiting[0]] if waiting and is_open else None
            return Standing(
                pass_number=number,
                total=len(items),
                done=len(items) - len(waiting),
                current=current,
                state=states.get(current.id, ItemState()) if current else ItemState(),
                opens_at=None if is_open else opens_at,
            )
        ended = max(event.at for event in events if event.pass_number == number)
    return Standing(
        pass_number=passes, total=len(items), done=len(items), current=None, state=ItemState()
    )


def states_of(events: Sequence[Event], pass_number: int) -> dict[str, ItemState]:
    """Return what stands of each item in one pass."""
    states: dict[str, ItemState] = {}
    for event in events:
        if event.pass_number == pass_number:
            states.setdefault(event.item, ItemState()).take(event)
    return states


def order(ids: Mapping[str, Item], rater: str, seed: int, pass_number: int) -> list[str]:
    """Return the ids in the order of one person's pass; no two passes have the same."""
    ordered = _shuffled(ids, rater, seed, pass_number)
    if pass_number > 1 and ordered == _shuffled(ids, rater, seed, 1):
        return ordered[1:] + ordered[:1]
    return ordered


def refuse_unfit(event: Event, items: Sequence[Item], past: Sequence[Event], seed: int) -> None:
    """Refuse what may not be written down.

    Args:
        event: What was sent.
        items: Of its queue.
        past: What the person has done in it so far, in order.
        seed: Decides the orders.

    Raises:
        RefusedError: If it is not about the item that is next, gives no possible answer, changes an
            answer too late, leaves an item with questions open, or lies before the last event.
    """
    if past and event.at < past[-1].at:
        raise RefusedError("the clock of this machine went back; set it right, then go on")
    now = standing(items, past, rater=event.rater, seed=seed, now=event.at)
    item = now.current
    if item is None or item.id != event.item or now.pass_number != event.pass_number:
        raise RefusedError("this item was left already, and what was said of it stands")
    if event.kind == "leave":
        missing = now.state.missing(item)
        if missing:
            raise RefusedError(f"not answered yet: {', '.join(missing)}")
        return
    if event.kind == "answer":
        _refuse_no_answer(event, item)
    elif event.value is None or now.state.undoable[-1:] != [(event.field, event.value)]:
        raise RefusedError("there is nothing to undo; press another key to replace the answer")
    _refuse_late_change(event, now.state)


def _refuse_no_answer(event: Event, item: Item) -> None:
    if event.field == NOTE:
        if event.value is not None and not 0 < len(event.value) <= MAX_NOTE_CHARACTERS:
            raise RefusedError(f"a note has at most {MAX_NOTE_CHARACTERS:,} characters")
        return
    if event.field == OPENED:
        if item.queue != "held" or event.value != "yes":
            raise RefusedError("there is nothing to open")
        return
    question = next((q for q in item.questions if q.name == event.field), None)
    if question is None or event.value is None or not question.has(event.value):
        raise RefusedError(f"{event.value!r} is no answer to {event.field!r}")


def _refuse_late_change(event: Event, state: ItemState) -> None:
    """Refuse a change that `judge agreement` would call an edit after the fact."""
    if event.queue != "label" or event.field == NOTE or state.first_at is None:
        return
    is_change = event.value != state.answers.get(event.field, event.value)
    if is_change and event.at - state.first_at > timedelta(minutes=MINUTES_TO_MEND):
        raise RefusedError(
            f"an answer can be changed for {MINUTES_TO_MEND} minutes after the first one"
        )


def _shuffled(ids: Mapping[str, Item], rater: str, seed: int, pass_number: int) -> list[str]:
    return sorted(ids, key=lambda name: sha256_hex(f"{seed}\x1f{rater}\x1f{pass_number}\x1f{name}"))

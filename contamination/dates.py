"""Is every date where it can be? Events before the item's own date, that before the release.

The `time` check. A date is ISO 8601: a day, a month, a year, or a day with a time, which counts in
UTC. A month or a year stands for all its days, and only what is certainly out of order is found.
"""

import re
from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from benchwright.contamination.inspection import Inspection, Trial, alone
from benchwright.contamination.items import Item
from benchwright.contamination.planting import PLANTED_ITEMS
from benchwright.contamination.views import to_view
from benchwright.errors import ConfigError
from benchwright.seeds import seeded_random
from benchwright.tasks import JsonObject
from benchwright.verdicts import Excerpt, Match

_WRITTEN_PLACEHOLDERS = (
    "tbd tba todo n/a na none null unknown undated pending xxx yyyy-mm-dd dd/mm/yyyy mm/dd/yyyy "
    "0000-00-00 0001-01-01 1900-01-01 1970-01-01 9999-12-31"
)
PLACEHOLDERS = frozenset(_WRITTEN_PLACEHOLDERS.split())
_PARTIAL = re.compile(r"(\d{4})(?:-(\d{2}))?")
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """The first and last day that a written date can mean."""

    first: date
    last: date


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeInspector:
    """Finds placeholders, and dates out of order.

    Attributes:
        release_date: Day the benchmark was released; None when not stated.
        training_cutoff: Last day that training records may tell of; None when not stated.
    """

    release_date: date | None = None
    training_cutoff: date | None = None
    name: str = "time"

    def params(self) -> JsonObject:
        """Return the parameters that are used."""
        stated = {"release_date": self.release_date, "training_cutoff": self.training_cutoff}
        return {
            **{name: str(day) for name, day in stated.items() if day},
            "placeholders": sorted(PLACEHOLDERS),
        }

    def inspect(self, test: Sequence[Item], train: Sequence[Item], *, seed: int) -> Inspection:
        """Judge the test items, and the training records when a cut-off is stated."""
        if not any(item.event_dates or item.as_of for item in (*test, *train)):
            lacks = "no date is mapped (--map event_date=FIELD, --map as_of=FIELD)"
            return Inspection(comparable=0, lacks=lacks)
        is_dated = any(item.event_dates or item.as_of for item in test)
        asked = [("test", item) for item in test if is_dated or self.release_date]
        asked += [("train", item) for item in train if self.training_cutoff]
        matches: list[Match] = []
        able: list[tuple[str, Item]] = []
        left_out: list[str] = []
        for side, item in asked:
            faults = list(self._faults(side, item))
            matches += [_match(side, item, kind, evidence) for kind, evidence in faults]
            if self._is_able(side, item):
                able.append((side, item))
            elif not faults:
                left_out.append(item.id)
        lacks = "no second date to compare with (--map as_of=FIELD, --release-date)"
        if able and left_out:
            lacks = f"{len(left_out)} items lack a date, or it is not ISO 8601"
        return Inspection(
            comparable=len(able),
            left_out=tuple(left_out),
            matches=tuple(matches),
            trials=tuple(self._trials(able, seed)),
            lacks=lacks if left_out else None,
        )

    def _is_able(self, side: str, item: Item) -> bool:
        events, as_of = _read(item.event_dates), _read(item.as_of)
        if events is None or as_of is None:
            return False
        if side == "train":
            return bool(events or as_of)
        return bool(events and as_of) or bool(self.release_date and (events or as_of))

    def _faults(self, side: str, item: Item) -> Iterator[tuple[str, str]]:
        """Yield (kind, what is wrong) of one item."""
        named = [("event date", text) for text in item.event_dates]
        named += [("as-of date", text) for text in item.as_of]
        for role, text in named:
            if _is_placeholder(text):
                yield "placeholder_date", f"{role} {text!r} is a placeholder"
        limit, what = self.release_date, "release"
        if side == "train":
            limit, what = self.training_cutoff, "training cut-off"
        for role, text in named:
            day = _span(text)
            if limit and day and day.first > limit:
                yield f"after_{what.split()[-1]}", f"{role} {text} is after the {what} {limit}"
        for event in item.event_dates if side == "test" else ():
            for as_of in item.as_of:
                told, asked = _span(event), _span(as_of)
                if told and asked and told.first > asked.last:
                    yield "event_after_as_of", f"event date {event} is after as-of date {as_of}"

    def _trials(self, able: Sequence[tuple[str, Item]], seed: int) -> Iterator[Trial]:
        """Plant each kind of fault in up to eight items, and one just in time beside it."""
        drawn = seeded_random(seed, "dates").sample(able, min(PLANTED_ITEMS, len(able)))
        for side, item in drawn:
            as_of = [span.last for text in item.as_of if (span := _span(text))]
            limit = self.release_date if side == "test" else self.training_cutoff
            wrong = replace(item, event_dates=("TBD",))
            yield self._trial("placeholder_date", side, wrong, replace(item, event_dates=()))
            if limit:
                kind = "after_release" if side == "test" else "after_cut-off"
                late, timely = _dated(item, limit + _DAY), _dated(item, limit)
                yield self._trial(kind, side, late, timely)
            if side == "test" and as_of:
                late = replace(item, event_dates=(str(max(as_of) + _DAY),))
                timely = replace(item, event_dates=(str(min(as_of)),))
                yield self._trial("event_after_as_of", side, late, timely)

    def _trial(self, kind: str, side: str, wrong: Item, right: Item) -> Trial:
        is_met = kind in {name for name, _ in self._faults(side, wrong)}
        is_fooled = kind in {name for name, _ in self._faults(side, right)}
        return Trial(kind=kind, found=is_met and not is_fooled)


def parse_day(text: str, *, option: str) -> date:
    """Return the day that an option states.

    Raises:
        ConfigError: If it is no day in ISO 8601.
    """
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ConfigError(f"{option} {text!r} is no day", fix="write it as 2026-03-31") from error


def _dated(item: Item, day: date) -> Item:
    return replace(item, event_dates=(str(day),), as_of=())


def _match(side: str, item: Item, kind: str, evidence: str) -> Match:
    return alone(
        test_id=item.id if side == "test" else None,
        train_id=item.id if side == "train" else None,
        evidence=evidence,
        text=Excerpt(text=to_view(item).text),
        details={"kind": kind},
    )


def _read(texts: Sequence[str]) -> list[Span] | None:
    """Return the dates, or None when one of them is a placeholder or unreadable."""
    spans = [_span(text) for text in texts]
    return None if None in spans else [span for span in spans if span]


def _is_placeholder(text: str) -> bool:
    plain = text.strip().casefold()
    return plain in PLACEHOLDERS or plain[:10] in PLACEHOLDERS or plain[:4] in ("0000", "9999")


def _span(text: str) -> Span | None:
    """Return the days that a written date can mean; None for a placeholder and other texts."""
    plain = text.strip()
    if _is_placeholder(plain):
        return None
    try:
        if found := _PARTIAL.fullmatch(plain):
            year, month = int(found[1]), int(found[2] or 1)
            last = monthrange(year, month)[1] if found[2] else 31
            return Span(first=date(year, month, 1), last=date(year, int(found[2] or 12), last))
        moment = datetime.fromisoformat(plain)
    except ValueError:
        return None
    day = (moment.astimezone(UTC) if moment.tzinfo else moment).date()
    return Span(first=day, last=day)

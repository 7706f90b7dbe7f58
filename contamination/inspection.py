"""The shape of a check that looks at items one by one, and the run that it makes.

Where a detector compares pairs, an inspector finds fault with a test item, a training record or
the whole test side. It hides its own planted copies, for what it must find is no text.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, runtime_checkable

from benchwright.contamination.items import Item
from benchwright.findings import Status
from benchwright.tasks import JsonObject
from benchwright.verdicts import CheckRun, Excerpt, Match, PlantTally

NAMED_ITEMS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One planted fault: whether it was found, and no near miss of it taken for one."""

    kind: str
    found: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """What an inspector looked at and found.

    Attributes:
        comparable: How many items it could judge.
        left_out: Ids of the items that it should have judged and could not.
        matches: Its findings.
        trials: Planted faults.
        lacks: Why it could judge nothing, or what it passed over; None when all was judged.
    """

    comparable: int
    left_out: tuple[str, ...] = ()
    matches: tuple[Match, ...] = ()
    trials: tuple[Trial, ...] = ()
    lacks: str | None = None


@runtime_checkable
class Inspector(Protocol):
    """One check of items by themselves."""

    @property
    def name(self) -> str:
        """Return the name of the check."""
        ...

    def params(self) -> JsonObject:
        """Return the parameters that are used."""
        ...

    def inspect(self, test: Sequence[Item], train: Sequence[Item], *, seed: int) -> Inspection:
        """Judge the items of both sides; the seed decides what planted faults are made of."""
        ...


def inspection_run(
    inspector: Inspector,
    test: Sequence[Item],
    train: Sequence[Item],
    *,
    scope: str,
    seed: int,
    is_required: bool,
    keep: Callable[[Sequence[Match]], tuple[Match, ...]] = tuple,
) -> CheckRun:
    """Return the run of an inspector.

    One that lacks what it needs is not run, or inconclusive when it was asked for. `keep` returns
    the findings that are not accepted.
    """
    found = inspector.inspect(test, train, seed=seed)
    done = replace(found, matches=keep(found.matches))
    planted, met = len(done.trials), sum(trial.found for trial in done.trials)
    status, reason = _status(done, planted, met, is_required=is_required)
    return CheckRun(
        check=inspector.name,
        scope=scope,
        params=inspector.params(),
        items_comparable=done.comparable,
        items_not_comparable=len(done.left_out),
        pairs_compared=0,
        one_by_one=True,
        matches=done.matches,
        accepted=len(found.matches) - len(done.matches) or None,
        planted=planted,
        planted_found=met,
        plants=_tallies(done.trials),
        reason=reason,
        status=status,
    )


def alone(
    *,
    test_id: str | None = None,
    train_id: str | None = None,
    evidence: str,
    text: Excerpt | None = None,
    details: JsonObject | None = None,
) -> Match:
    """Return a finding of one item, or, without an id, of the whole test side."""
    return Match(
        left_id=test_id,
        right_id=train_id,
        score=1.0,
        evidence=evidence,
        left=text if test_id is not None else None,
        right=text if train_id is not None else None,
        details=details,
    )


def _status(
    done: Inspection, planted: int, found: int, *, is_required: bool
) -> tuple[Status, str | None]:
    if done.matches:
        return "flagged", None
    if not done.comparable:
        return ("inconclusive" if is_required else "not_run"), done.lacks or "no item to judge"
    if done.left_out:
        named = ", ".join(done.left_out[:NAMED_ITEMS])
        more = f" and {len(done.left_out) - NAMED_ITEMS} more" * (len(done.left_out) > NAMED_ITEMS)
        return "inconclusive", f"{done.lacks}: {named}{more}"
    if found < planted or not planted:
        return "inconclusive", f"found {found} of {planted} planted faults"
    return "clean", done.lacks


def _tallies(trials: Iterable[Trial]) -> tuple[PlantTally, ...]:
    planted: Counter[str] = Counter()
    found: Counter[str] = Counter()
    for trial in trials:
        planted[trial.kind] += 1
        found[trial.kind] += trial.found
    return tuple(
        PlantTally(kind=kind, planted=planted[kind], found=found[kind]) for kind in sorted(planted)
    )

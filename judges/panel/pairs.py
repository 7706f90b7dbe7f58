"""Which of two near-duplicates stays? Both orders are asked; what flips with the order abstains.

Pairs that do not hang on each other are voted on side by side; who stays does not depend on it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal, Protocol

from benchwright.judges.panel.asking import Asker
from benchwright.judges.panel.deciding import Panel
from benchwright.judges.panel.offline import offline_verdict
from benchwright.judges.panel.roster import Writers, allowed_judges
from benchwright.judges.panel.shown import Shown, show
from benchwright.model_config import ModelConfig
from benchwright.tasks import Task

MIN_JACCARD = 0.8
Vote = Literal["first", "second", "abstains"]
Ballot = Callable[[], Vote]
Each = Callable[[Callable[[Ballot], Vote], Iterable[Ballot]], Iterable[Vote]]


@dataclass(frozen=True, slots=True, kw_only=True)
class NearPair:
    """Two tasks whose references are nearly the same; `first_id` is the lower id."""

    first_id: str
    second_id: str
    jaccard: float


class Comparer(Protocol):
    """Says which of two tasks is better."""

    def ballots(self, first: Task, second: Task) -> list[Ballot]:
        """Return one ballot a judge, to be called for its vote."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelComparer:
    """Asks the judges that may grade both rows.

    Attributes:
        writers: Who wrote each row, by its id.
    """

    panel: Panel
    writers: Mapping[str, Writers]

    def ballots(self, first: Task, second: Task) -> list[Ballot]:
        """Return one ballot a judge; nobody votes where nobody may."""
        both = [self.writers[task.id] for task in (first, second)]
        asker = self.panel.asker
        allowed = allowed_judges(f"{first.id}+{second.id}", both, self.panel.judges, asker.models)
        shown = show(first), show(second)
        judges = allowed.judges[: self.panel.per_task]
        return [partial(vote, asker, judge, *shown) for judge in judges]


@dataclass(frozen=True, slots=True, kw_only=True)
class OfflineComparer:
    """Prefers what the offline judge scores higher in sum."""

    minimums: Mapping[str, int]

    def ballots(self, first: Task, second: Task) -> list[Ballot]:
        """Return the one ballot of the rules."""
        return [partial(self._vote, first, second)]

    def _vote(self, first: Task, second: Task) -> Vote:
        left, right = (
            sum(offline_verdict(task, self.minimums).scores.values()) for task in (first, second)
        )
        return "abstains" if left == right else "first" if left > right else "second"


def vote(asker: Asker, judge: ModelConfig, first: Shown, second: Shown) -> Vote:
    """Return a judge's vote from both orders; a flip, a "same" and no answer abstain."""
    forward, backward = asker.prefers(judge, first, second), asker.prefers(judge, second, first)
    if (forward, backward) == ("first", "second"):
        return "first"
    return "second" if (forward, backward) == ("second", "first") else "abstains"


def break_ties(
    pairs: Iterable[NearPair], tasks: Mapping[str, Task], comparer: Comparer, each: Each = map
) -> dict[str, str]:
    """Return the tasks that leave, each with its reason.

    The most alike pairs come first; a pair of which one has left is not asked. Where no vote is
    left or the votes are even, the lower content hash stays.

    Args:
        pairs: Near-duplicates.
        tasks: By id.
        comparer: Has the ballots.
        each: Calls a function on every ballot and returns the votes in their order; it may work on
            several at once.
    """
    left: dict[str, str] = {}
    ordered = sorted(pairs, key=lambda item: (-item.jaccard, item.first_id, item.second_id))
    while ordered:
        ready = _independent(ordered)
        ballots = [comparer.ballots(tasks[p.first_id], tasks[p.second_id]) for p in ready]
        votes = iter([*each(_cast, (ballot for of_pair in ballots for ballot in of_pair))])
        for pair, of_pair in zip(ready, ballots, strict=True):
            leaves, reason = _outcome(pair, [next(votes) for _ in of_pair])
            left[leaves] = reason
        done = set(ready)
        ordered = [
            pair
            for pair in ordered
            if pair not in done and pair.first_id not in left and pair.second_id not in left
        ]
    return left


def _independent(ordered: Sequence[NearPair]) -> list[NearPair]:
    """Return the pairs of which no task stands in an earlier pair."""
    seen: set[str] = set()
    ready = []
    for pair in ordered:
        both = {pair.first_id, pair.second_id}
        if not seen & both:
            ready.append(pair)
        seen |= both
    return ready


def _cast(ballot: Ballot) -> Vote:
    return ballot()


def _outcome(pair: NearPair, votes: Sequence[Vote]) -> tuple[str, str]:
    """Return who leaves, and why."""
    counts = votes.count("first"), votes.count("second")
    stays, leaves = pair.first_id, pair.second_id
    if counts[1] > counts[0]:
        stays, leaves = leaves, stays
    for_stayed, against = max(counts), min(counts)
    why = (
        f"preferred by {for_stayed} to {against}"
        if for_stayed > against
        else "kept as the lower content hash, for the judges could not tell"
    )
    abstained = votes.count("abstains")
    return leaves, (
        f"reference as {stays} (Jaccard {pair.jaccard:.2f}), which is {why}; "
        f"{abstained} of {len(votes)} judges abstained"
    )

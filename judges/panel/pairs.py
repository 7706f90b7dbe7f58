"""Which of two near-duplicates stays? Both orders are asked; what flips with the order abstains."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True, kw_only=True)
class NearPair:
    """Two tasks whose references are nearly the same; `first_id` is the lower id."""

    first_id: str
    second_id: str
    jaccard: float


class Comparer(Protocol):
    """Says which of two tasks is better."""

    def votes(self, first: Task, second: Task) -> list[Vote]:
        """Return one vote a judge."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelComparer:
    """Asks the judges that may grade both rows.

    Attributes:
        writers: Who wrote each row, by its id.
    """

    panel: Panel
    writers: Mapping[str, Writers]

    def votes(self, first: Task, second: Task) -> list[Vote]:
        """Return one vote a judge; nobody votes where nobody may."""
        both = [self.writers[task.id] for task in (first, second)]
        asker = self.panel.asker
        allowed = allowed_judges(f"{first.id}+{second.id}", both, self.panel.judges, asker.models)
        shown = show(first), show(second)
        return [vote(asker, judge, *shown) for judge in allowed.judges[: self.panel.per_task]]


@dataclass(frozen=True, slots=True, kw_only=True)
class OfflineComparer:
    """Prefers what the offline judge scores higher in sum."""

    minimums: Mapping[str, int]

    def votes(self, first: Task, second: Task) -> list[Vote]:
        """Return the one vote of the rules."""
        left, right = (
            sum(offline_verdict(task, self.minimums).scores.values()) for task in (first, second)
        )
        return ["abstains" if left == right else "first" if left > right else "second"]


def vote(asker: Asker, judge: ModelConfig, first: Shown, second: Shown) -> Vote:
    """Return a judge's vote from both orders; a flip, a "same" and no answer abstain."""
    forward, backward = asker.prefers(judge, first, second), asker.prefers(judge, second, first)
    if (forward, backward) == ("first", "second"):
        return "first"
    return "second" if (forward, backward) == ("second", "first") else "abstains"


def break_ties(
    pairs: Iterable[NearPair], tasks: Mapping[str, Task], comparer: Comparer
) -> dict[str, str]:
    """Return the tasks that leave, each with its reason.

    The most alike pairs come first; a pair of which one has left is not asked. Where no vote is
    left or the votes are even, the lower content hash stays.
    """
    left: dict[str, str] = {}
    for pair in sorted(pairs, key=lambda item: (-item.jaccard, item.first_id, item.second_id)):
        if pair.first_id in left or pair.second_id in left:
            continue
        votes = comparer.votes(tasks[pair.first_id], tasks[pair.second_id])
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
        left[leaves] = (
            f"reference as {stays} (Jaccard {pair.jaccard:.2f}), which is {why}; "
            f"{abstained} of {len(votes)} judges abstained"
        )
    return left

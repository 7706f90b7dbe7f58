"""Which known tasks are nearest to a new one, and in which words do they meet?

Nearness is the masked Jaccard similarity of `masking`, so that other names and numbers bring no
distance; the shared runs are exact.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from benchwright.contamination.detector import word_spans
from benchwright.contamination.masking import (
    MIN_MASKED_JACCARD,
    Shingles,
    masked_forms,
    masked_jaccard,
    masked_runs,
)
from benchwright.contamination.normaliser import canonical_text
from benchwright.contamination.views import View

MIN_RUN_WORDS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """A known task: how near it is, and where the new one shares words with it.

    Attributes:
        place: Its place among the known tasks.
        masked_jaccard: From 0 to 1; at .8 the two count as one.
        spans: Code points of the new task's text that stand in a shared run of five words.
        longest_run_words: Words in the longest such run; 0 if there is none.
    """

    place: int
    masked_jaccard: float
    spans: tuple[tuple[int, int], ...]
    longest_run_words: int

    @property
    def is_clone(self) -> bool:
        """Whether the two are one task under masking."""
        return self.masked_jaccard >= MIN_MASKED_JACCARD


@dataclass(frozen=True, slots=True, kw_only=True)
class Common:
    """What all tasks of a pack may share: masked runs, and runs of five plain words."""

    masked: Shingles
    plain: frozenset[tuple[str, ...]]


def common_of(texts: Iterable[str]) -> Common:
    """Return the runs of texts that say nothing of one task: the pack's rules and prompts."""
    held = list(texts)
    return Common(
        masked=frozenset(run for text in held for run in masked_runs(text)),
        plain=frozenset(run for text in held for run in _runs(canonical_text(text).split())),
    )


def nearest_neighbours(
    view: View, known: Sequence[View], common: Common, *, count: int
) -> list[Neighbour]:
    """Return the nearest known tasks, the nearest first.

    Args:
        view: The new task.
        known: The tasks to compare with.
        common: Runs that do not count.
        count: At most so many.
    """
    forms = masked_forms(view, common.masked)
    ranked = sorted(
        (-masked_jaccard(forms, masked_forms(other, common.masked)), place)
        for place, other in enumerate(known)
    )
    return [
        _neighbour(view, known[place], place, -distance, common)
        for distance, place in ranked[:count]
    ]


def _neighbour(view: View, other: View, place: int, jaccard: float, common: Common) -> Neighbour:
    held = set(_runs(other.words)) - common.plain
    starts = {at for at, run in enumerate(_runs(view.words)) if run in held}
    longest = streak = 0
    for at in range(len(view.words)):
        streak = streak + 1 if at in starts else 0
        longest = max(longest, streak)
    return Neighbour(
        place=place,
        masked_jaccard=jaccard,
        spans=word_spans(view, starts, MIN_RUN_WORDS),
        longest_run_words=longest + MIN_RUN_WORDS - 1 if longest else 0,
    )


def _runs(words: Sequence[str]) -> list[tuple[str, ...]]:
    return [tuple(words[at : at + MIN_RUN_WORDS]) for at in range(len(words) - MIN_RUN_WORDS + 1)]

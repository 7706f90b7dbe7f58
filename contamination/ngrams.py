"""Which runs of words does a test item share with a training record? All of them, exactly.

Runs cross the values of one item and never two items. A test item shorter than a run is compared
by its whole text when it has at least five words, and is not comparable below that.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from benchwright.contamination.detector import Comparison, Pair, word_spans
from benchwright.contamination.normaliser import MIN_COMPARABLE_WORDS, NORMALISER
from benchwright.contamination.views import View
from benchwright.errors import ConfigError
from benchwright.tasks import JsonObject
from benchwright.verdicts import Excerpt

Run = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NgramDetector:
    """Reports every training record that shares a run of words with a test item.

    The score of a pair is its coverage: the share of the test item's runs that stand in the
    record. `discounted_coverage` weighs each run by how few test items hold it, and is shown
    beside the raw one, never instead.

    Source: Brown et al. 2020 (arXiv:2005.14165), appendix C, uses 8 to 13 words.
    """

    run_words: int = 8
    name: str = "ngram"
    finds: tuple[str, ...] = ("copy", "case_and_punctuation", "embedded")
    near_misses: tuple[str, ...] = ("unrelated",)

    def __post_init__(self) -> None:
        if self.run_words < MIN_COMPARABLE_WORDS:
            raise ConfigError(
                f"run_words is {self.run_words}, below {MIN_COMPARABLE_WORDS}",
                fix="use 8 to 13 for prose",
            )

    @property
    def needs(self) -> str:
        """What an item must have to be comparable."""
        return f"an input of at least {MIN_COMPARABLE_WORDS} words"

    def params(self) -> JsonObject:
        """Return the parameters that are used."""
        return {
            "run_words": self.run_words,
            "min_words": MIN_COMPARABLE_WORDS,
            "normaliser": NORMALISER,
        }

    def compare(self, test: Sequence[View], train: Sequence[View]) -> Comparison:
        """Index the test side's runs and walk every training view once."""
        comparable = [len(view.words) >= MIN_COMPARABLE_WORDS for view in test]
        index: dict[Run, list[tuple[int, int]]] = {}
        for place, view in enumerate(test):
            if comparable[place]:
                for start, run in enumerate(self._runs(view)):
                    index.setdefault(run, []).append((place, start))
        holders = {run: len({place for place, _ in held}) for run, held in index.items()}
        sizes = sorted({len(run) for run in index})
        weights = [
            [_weight(holders[run]) for run in self._runs(view)] if comparable[place] else []
            for place, view in enumerate(test)
        ]
        pairs = [
            self._pair(place, other, test[place], train[other], hits, weights[place])
            for other, view in enumerate(train)
            for place, hits in _hits(view, index, sizes).items()
        ]
        return Comparison(
            test_comparable=frozenset(place for place, able in enumerate(comparable) if able),
            train_comparable=frozenset(
                place for place, view in enumerate(train) if len(view.words) >= MIN_COMPARABLE_WORDS
            ),
            pairs=tuple(sorted(pairs, key=lambda pair: (pair.test, pair.train))),
        )

    def _size(self, view: View) -> int:
        return min(self.run_words, len(view.words))

    def _runs(self, view: View) -> list[Run]:
        """Return the runs of a comparable test view, in order."""
        size = self._size(view)
        return [view.words[at : at + size] for at in range(len(view.words) - size + 1)]

    def _pair(
        self,
        place: int,
        other: int,
        left: View,
        right: View,
        hits: list[tuple[int, int]],
        weights: Sequence[float],
    ) -> Pair:
        size = self._size(left)
        starts = {at for at, _ in hits}
        total = len(weights)
        weight = sum(weights[at] for at in starts)
        left_spans = word_spans(left, starts, size)
        longest_at, longest = _longest_run(starts, size)
        return Pair(
            test=place,
            train=other,
            score=round(len(starts) / total, 6),
            evidence=" ".join(left.words[longest_at : longest_at + longest]),
            left=Excerpt(text=left.text, spans=left_spans),
            right=Excerpt(text=right.text, spans=word_spans(right, {at for _, at in hits}, size)),
            details={
                "coverage": round(len(starts) / total, 6),
                "discounted_coverage": round(weight / sum(weights), 6),
                "longest_run_words": longest,
                "shared_runs": len(starts),
            },
        )


def _hits(
    view: View, index: dict[Run, list[tuple[int, int]]], sizes: Sequence[int]
) -> dict[int, list[tuple[int, int]]]:
    """Return, by test item, (start in the test item, start in this view) of every shared run."""
    hits: dict[int, list[tuple[int, int]]] = {}
    for size in sizes:
        for start in range(len(view.words) - size + 1):
            for place, at in index.get(view.words[start : start + size], ()):
                hits.setdefault(place, []).append((at, start))
    return hits


def _weight(holders: int) -> float:
    """Return 1 for a run of one item, and less the more items hold it."""
    return 1 / (1 + math.log2(holders))


def _longest_run(starts: set[int], size: int) -> tuple[int, int]:
    """Return start and length, in words, of the longest stretch of shared runs."""
    best = (0, 0)
    for start in starts:
        if start - 1 not in starts:
            end = start
            while end + 1 in starts:
                end += 1
            best = max(best, (end - start + size, -start))
    return -best[1], best[0]

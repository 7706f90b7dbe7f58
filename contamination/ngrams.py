"""Which runs of words does a test item share with a training record? All of them, exactly.

Runs cross the values of one item and never two items. A test item shorter than a run is compared
by its whole text when it has at least five words, and is not comparable below that.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from benchwright.contamination.detector import Comparison, Pair, word_spans
from benchwright.contamination.normaliser import MIN_COMPARABLE_WORDS, NORMALISER
from benchwright.contamination.passages import (
    AcceptedPassages,
    accepted_runs,
    passage_limit,
    shared_passages,
)
from benchwright.contamination.sentences import Run
from benchwright.contamination.views import View
from benchwright.errors import ConfigError
from benchwright.tasks import JsonObject
from benchwright.verdicts import Excerpt

Stretches = dict[Run, list[tuple[int, int, Run]]]
"""By their first run: the place of a test item, where in it a stretch begins, and its words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NgramDetector:
    """Reports every training record that shares a run of words with a test item.

    The score of a pair is its coverage: the share of the test item's runs that stand in the
    record. `discounted_coverage` weighs each run by how few test items hold it, and is shown
    beside the raw one, never instead. Runs that lie in accepted passages are left out of all
    this and counted apart. A run that many test items hold is part of a shared passage; a pair
    that shares only such runs says so (`passage_only`) and is still a pair.

    Source: Brown et al. 2020 (arXiv:2005.14165), appendix C, uses 8 to 13 words.
    """

    run_words: int = 8
    name: str = "ngram"
    finds: tuple[str, ...] = ("copy", "case_and_punctuation", "embedded")
    near_misses: tuple[str, ...] = ("unrelated",)
    accepted: AcceptedPassages | None = None

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
        able = [place for place, view in enumerate(test) if self._is_comparable(view)]
        index: dict[Run, list[tuple[int, int]]] = {}
        own: dict[int, list[int]] = {}
        accepted: dict[Run, dict[int, int]] = {}
        long: Stretches = {}
        for place in able:
            view = test[place]
            size = self._size(view)
            skipped, stretches = self._sifted(view, size)
            for start, end in stretches:
                first = view.words[start : start + size]
                long.setdefault(first, []).append((place, start, view.words[start:end]))
            telling = {at for start, end in stretches for at in range(start, end - size + 1)}
            starts = range(len(view.words) - size + 1)
            own[place] = [at for at in starts if at not in skipped or at in telling]
            for at in (at for at in starts if at not in skipped):
                index.setdefault(view.words[at : at + size], []).append((place, at))
            for at, mask in skipped.items():
                _note(accepted.setdefault(view.words[at : at + size], {}), mask, 1 << place)
        held_by = {run: sorted({place for place, _ in held}) for run, held in index.items()}
        passages, common = shared_passages(
            test, train, held_by, limit=passage_limit(len(able)), run_words=self.run_words
        )
        sizes = sorted({len(run) for run in (*index, *accepted)})
        weights = {place: self._weights(test[place], own[place], held_by) for place in able}
        totals = {place: sum(held.values()) for place, held in weights.items()}
        pairs = [
            self._pair(
                (place, other), (test[place], view), hits, (weights[place], totals[place]), common
            )
            for other, view in enumerate(train)
            for place, hits in _hits(view, index, long, sizes).items()
        ]
        return Comparison(
            test_comparable=frozenset(place for place in able if own[place]),
            train_comparable=frozenset(
                place for place, view in enumerate(train) if self._is_comparable(view)
            ),
            pairs=tuple(sorted(pairs, key=lambda pair: (pair.test, pair.train))),
            accepted=_accepted(train, accepted, sizes),
            passages=passages,
        )

    def _sifted(self, view: View, size: int) -> tuple[dict[int, int], list[tuple[int, int]]]:
        """Return the accepted runs of a test view, and the stretches that tell all the same."""
        if self.accepted is None:
            return {}, []
        covers = self.accepted.covered(view)
        stretches = self.accepted.telling_stretches(view, covers, size)
        return accepted_runs(covers, size), stretches

    def _is_comparable(self, view: View) -> bool:
        return len(view.words) >= MIN_COMPARABLE_WORDS

    def _size(self, view: View) -> int:
        return min(self.run_words, len(view.words))

    def _weights(
        self, view: View, own: Sequence[int], holders: dict[Run, list[int]]
    ) -> dict[int, float]:
        """Return what every run of a test view that is not accepted weighs, by its first word."""
        size = self._size(view)
        return {at: _weight(max(1, len(holders.get(view.words[at : at + size], ())))) for at in own}

    def _pair(
        self,
        places: tuple[int, int],
        views: tuple[View, View],
        hits: list[tuple[int, int]],
        weighed: tuple[dict[int, float], float],
        common: frozenset[Run],
    ) -> Pair:
        left, right = views
        size = self._size(left)
        weights, total = weighed
        starts = {at for at, _ in hits}
        weight = sum(weights[at] for at in sorted(starts))
        longest_at, longest = _longest_run(starts, size)
        coverage = round(len(starts) / len(weights), 6)
        return Pair(
            test=places[0],
            train=places[1],
            score=coverage,
            evidence=" ".join(left.words[longest_at : longest_at + longest]),
            left=Excerpt(text=left.text, spans=word_spans(left, starts, size)),
            right=Excerpt(text=right.text, spans=word_spans(right, {at for _, at in hits}, size)),
            details={
                "coverage": coverage,
                "discounted_coverage": round(weight / total, 6),
                "longest_run_words": longest,
                "shared_runs": len(starts),
                "passage_only": all(left.words[at : at + size] in common for at in starts),
            },
        )


def _note(masks: dict[int, int], passages: int, places: int) -> None:
    """Add places to the mask of every passage whose bit is set."""
    while passages:
        number = (passages & -passages).bit_length() - 1
        masks[number] = masks.get(number, 0) | places
        passages &= passages - 1


def _accepted(
    train: Sequence[View], accepted: dict[Run, dict[int, int]], sizes: Sequence[int]
) -> dict[int, dict[int, int]]:
    """Return, by training view and passage, the test views that share an accepted run of it.

    A mask has a bit for every test view; training views with the same one hold one object.
    """
    shared: dict[int, dict[int, int]] = {}
    known: dict[int, int] = {}
    for place, view in enumerate(train if accepted else ()):
        masks: dict[int, int] = {}
        for size in sizes:
            for start in range(len(view.words) - size + 1):
                for number, mask in accepted.get(view.words[start : start + size], {}).items():
                    masks[number] = masks.get(number, 0) | mask
        if masks:
            shared[place] = {number: known.setdefault(m, m) for number, m in masks.items()}
    return shared


def _hits(
    view: View,
    index: dict[Run, list[tuple[int, int]]],
    long: Stretches,
    sizes: Sequence[int],
) -> dict[int, list[tuple[int, int]]]:
    """Return, by test item, (start in the test item, start in this view) of every shared run.

    A shared stretch gives the starts of all runs in it.
    """
    hits: dict[int, dict[tuple[int, int], None]] = {}
    for size in sizes:
        for start in range(len(view.words) - size + 1):
            run = view.words[start : start + size]
            for place, at in index.get(run, ()):
                hits.setdefault(place, {})[at, start] = None
            for place, at, stretch in long.get(run, ()) if long else ():
                if view.words[start : start + len(stretch)] == stretch:
                    steps = range(len(stretch) - size + 1)
                    hits.setdefault(place, {}).update(
                        ((at + step, start + step), None) for step in steps
                    )
    return {place: list(found) for place, found in hits.items()}


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

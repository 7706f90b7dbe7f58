"""Which texts of two sides have nearly the same shingles? A join of 100,000 by 100,000 fits.

Bands of signatures are sorted and looked up (LSH), the agreement of whole signatures drops most
candidates, and the exact Jaccard similarity decides. A reported score is counted on the strings.
With numba a candidate is first counted by 64-bit hashes: a pair could be lost only if two of its
own shingles had the same hash, which one pair in 10^13 of thousand-shingle texts has.

Source: Leskovec, Rajaraman and Ullman, Mining of Massive Datasets, section 3.4 (banding).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from benchwright.contamination.signatures import (
    NUMBER_OF_SHINGLE_CHARACTERS,
    PERMUTATIONS,
    packed,
    should_compile,
    text_signatures,
)

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

    from benchwright.contamination.signatures import Hashes, Table

    Places = NDArray[numpy.int64]

ESTIMATE_MARGIN = 0.2
"""More than five standard errors of an estimate from 128 permutations, sqrt(.8 x .2 / 128)."""
SCORE_DIGITS = 6
_BLOCK_TEXTS = 32_768
_MAX_CANDIDATES = 4_000_000
_COMPARED_AT_ONCE = 65_536
_KEPT_TEXTS = 64
_ROUNDING = 10**-SCORE_DIGITS


@dataclass(frozen=True, slots=True, kw_only=True)
class NearDuplicate:
    """Two texts, by their places on their sides, and the exact Jaccard similarity, 6 digits."""

    left: int
    right: int
    jaccard: float


def near_duplicates(
    left: Sequence[str],
    right: Sequence[str],
    *,
    min_jaccard: float,
    target_recall: float,
    compiled: bool | None = None,
) -> list[NearDuplicate]:
    """Return the pairs whose shingles reach a Jaccard similarity of `min_jaccard`.

    Args:
        left: Canonical texts of at least five characters.
        right: Likewise. Memory: about 1.4 KB a text of either side, beside the texts.
        min_jaccard: In (0, 1].
        target_recall: Share of the pairs of exactly `min_jaccard` that must become candidates.
        compiled: Use numba; None for where it pays.

    Returns:
        The pairs in order of place, left first.
    """
    if not left or not right:
        return []
    if compiled is None:
        compiled = should_compile(sum(map(len, left)) + sum(map(len, right)))
    sides = (_CompiledSides if compiled else _Sides)(left, right)
    shape = bands_for(min_jaccard, PERMUTATIONS, target_recall)
    found: list[NearDuplicate] = []
    for candidates in sides.candidates(shape, min_jaccard - ESTIMATE_MARGIN):
        found += sides.verified(candidates, min_jaccard)
    return sorted(found, key=lambda pair: (pair.left, pair.right))


def bands_for(min_jaccard: float, permutations: int, target_recall: float) -> tuple[int, int]:
    """Return the (bands, rows per band) with the most rows that still reach the target recall.

    A pair of exactly `min_jaccard` becomes a candidate with probability 1 - (1 - s^rows)^bands.
    """
    reaching = [
        (permutations // rows, rows)
        for rows in range(1, permutations + 1)
        if 1 - (1 - min_jaccard**rows) ** (permutations // rows) >= target_recall
    ]
    return max(reaching, key=lambda shape: shape[1], default=(permutations, 1))


def shingles(text: str) -> frozenset[str]:
    """Return every run of five characters of a text."""
    size = NUMBER_OF_SHINGLE_CHARACTERS
    return frozenset(text[i : i + size] for i in range(len(text) - size + 1))


class _Sides:
    """Two sides, signed and compared by numpy and on the strings."""

    is_compiled = False

    def __init__(self, left: Sequence[str], right: Sequence[str]) -> None:
        self.left, self.right = left, right
        self.left_table = text_signatures(left, compiled=self.is_compiled)
        self.right_table = text_signatures(right, compiled=self.is_compiled)

    def candidates(self, shape: tuple[int, int], min_share: float) -> Iterator["Places"]:
        """Yield (left, right) places that agree in a band and in enough of all permutations."""
        import numpy

        for pairs in _banded(self.left_table, self.right_table, shape):
            for begin in range(0, len(pairs), _COMPARED_AT_ONCE):
                some = pairs[begin : begin + _COMPARED_AT_ONCE]
                same = self.left_table[some[:, 0]] == self.right_table[some[:, 1]]
                yield some[numpy.count_nonzero(same, axis=1) / PERMUTATIONS >= min_share]

    def verified(self, pairs: "Places", min_jaccard: float) -> Iterator[NearDuplicate]:
        """Yield the pairs that reach `min_jaccard`, counted on the strings."""
        last, ours = -1, frozenset[str]()
        right_shingles = lru_cache(_KEPT_TEXTS)(lambda other: shingles(self.right[other]))
        for place, other in sorted(map(tuple, pairs.tolist())):
            if place != last:
                last, ours = place, shingles(self.left[place])
            theirs = right_shingles(other)
            shared = len(ours & theirs)
            jaccard = round(shared / (len(ours) + len(theirs) - shared), SCORE_DIGITS)
            if jaccard >= min_jaccard:
                yield NearDuplicate(left=place, right=other, jaccard=jaccard)


class _CompiledSides(_Sides):
    """The same by numba; only pairs that will be reported are counted on the strings."""

    is_compiled = True

    def __init__(self, left: Sequence[str], right: Sequence[str]) -> None:
        super().__init__(left, right)
        self._left_packed, self._right_packed = packed(left), packed(right)

    def candidates(self, shape: tuple[int, int], min_share: float) -> Iterator["Places"]:
        import numpy

        from benchwright.contamination.signature_kernel import close_pairs

        left_keys, right_keys = _keys(self.left_table, shape), _keys(self.right_table, shape)
        orders = numpy.argsort(left_keys.T, axis=1)
        ordered = numpy.take_along_axis(left_keys.T, orders, axis=1)
        begin = 0
        while begin < len(self.right):
            pairs, begin = close_pairs(
                self.left_table,
                self.right_table,
                left_keys,
                right_keys,
                ordered,
                orders,
                begin,
                min_share * PERMUTATIONS,
                _MAX_CANDIDATES,
            )
            yield pairs

    def verified(self, pairs: "Places", min_jaccard: float) -> Iterator[NearDuplicate]:
        import numpy

        from benchwright.contamination.signature_kernel import shared, shingle_sets

        if not len(pairs):
            return
        places, rows = numpy.unique(pairs[:, 0], return_inverse=True)
        others, columns = numpy.unique(pairs[:, 1], return_inverse=True)
        left, left_ends = shingle_sets(*self._left_packed, places)
        right, right_ends = shingle_sets(*self._right_packed, others)
        common = shared(left, left_ends, right, right_ends, numpy.stack((rows, columns), axis=1))
        sizes = numpy.diff(left_ends)[rows] + numpy.diff(right_ends)[columns]
        is_close = common >= (min_jaccard - _ROUNDING) * (sizes - common)
        yield from super().verified(pairs[is_close], min_jaccard)


def _banded(left: "Table", right: "Table", shape: tuple[int, int]) -> Iterator["Places"]:
    """Yield (left, right) rows that agree in a whole band, each once, some millions at a time."""
    import numpy

    left_keys, right_keys = _keys(left, shape).T, _keys(right, shape).T
    orders = numpy.argsort(left_keys, axis=1)
    ordered = numpy.take_along_axis(left_keys, orders, axis=1)
    waiting = [
        (begin, min(begin + _BLOCK_TEXTS, len(right)))
        for begin in range(0, len(right), _BLOCK_TEXTS)
    ]
    while waiting:
        begin, end = waiting.pop()
        ranges = [
            _ranges(own, keys[begin:end]) for own, keys in zip(ordered, right_keys, strict=True)
        ]
        total = sum(int((stop - start).sum()) for start, stop in ranges)
        if total > _MAX_CANDIDATES and end - begin > 1:
            middle = (begin + end) // 2
            waiting += [(begin, middle), (middle, end)]
        elif total:
            codes = [
                _codes(order, start, stop)
                for order, (start, stop) in zip(orders, ranges, strict=True)
            ]
            unique = numpy.unique(numpy.concatenate(codes))
            others, places = numpy.divmod(unique, len(left))
            yield numpy.stack((places, others + begin), axis=1)


def _keys(table: "Table", shape: tuple[int, int]) -> "Hashes":
    """Return a 64-bit key for every band of every signature; equal bands have equal keys."""
    import numpy

    bands, rows = shape
    keys = numpy.zeros((len(table), bands), dtype=numpy.uint64)
    cut = table[:, : bands * rows].reshape(len(table), bands, rows)
    for row in range(rows):
        keys = (keys ^ cut[:, :, row]) * numpy.uint64(0x9E3779B97F4A7C15)
        keys ^= keys >> numpy.uint64(29)
    return keys


def _ranges(ordered: "Hashes", keys: "Hashes") -> "tuple[Places, Places]":
    """Return where the keys equal to each stand in the ordered ones: [start, stop)."""
    import numpy

    return numpy.searchsorted(ordered, keys, "left"), numpy.searchsorted(ordered, keys, "right")


def _codes(order: "Places", start: "Places", stop: "Places") -> "Places":
    """Return row of `start` x texts of `order` + text, for every text in [start, stop) of a row."""
    import numpy

    counts = stop - start
    rows = numpy.repeat(numpy.arange(len(counts)), counts)
    within = numpy.arange(len(rows)) - numpy.repeat(numpy.cumsum(counts) - counts, counts)
    codes: Places = rows * len(order) + order[start[rows] + within]
    return codes

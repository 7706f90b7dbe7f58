"""Which texts of two sides have nearly the same shingles? A join of 100,000 by 100,000 fits.

Few texts are compared all with all. Otherwise bands of MinHash signatures name candidates (LSH),
the agreement of whole signatures drops most of them, and the exact Jaccard similarity, counted on
the strings, decides: datasketch does it, or numba once there is much text, for the same pairs.
With numba a candidate is first counted by 64-bit hashes: a pair could be lost only if two of its
own shingles had the same hash, which one pair in 10^13 of thousand-shingle texts has.

Source: Leskovec, Rajaraman and Ullman, Mining of Massive Datasets, section 3.4 (banding).
"""

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from benchwright.contamination.signatures import (
    NUMBER_OF_SHINGLE_CHARACTERS,
    PERMUTATIONS,
    packed,
    shingles,
    should_compile,
    sketches,
    text_signatures,
)

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

    from benchwright.contamination.signatures import Hashes, Table

    Places = NDArray[numpy.int64]
    Packed = tuple[NDArray[numpy.uint8], Places]

ESTIMATE_MARGIN = 0.2
"""More than five standard errors of an estimate from 128 permutations, sqrt(.8 x .2 / 128)."""
SCORE_DIGITS = 6
MAX_CHARACTERS_OF_ALL_PAIRS = 1_000_000
MAX_LOOKUPS_OF_ALL_PAIRS = 200_000_000
"""Up to both, all pairs are counted before datasketch, which imports scipy, is imported."""
_MAX_CANDIDATES = 4_000_000
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
        compiled: Use numba, or datasketch; None for what is fastest for so much text.

    Returns:
        The pairs in order of place, left first.
    """
    if not left or not right:
        return []
    characters = sum(map(len, left)) + sum(map(len, right))
    lookups = min(len(left), len(right)) * characters
    if (
        compiled is None
        and characters <= MAX_CHARACTERS_OF_ALL_PAIRS
        and lookups <= MAX_LOOKUPS_OF_ALL_PAIRS
    ):
        return all_near_duplicates(left, right, min_jaccard=min_jaccard)
    if compiled is None:
        compiled = should_compile(characters)
    shape = bands_for(min_jaccard, PERMUTATIONS, target_recall)
    find = _compiled_pairs if compiled else _sketched_pairs
    return sorted(find(left, right, shape, min_jaccard), key=lambda pair: (pair.left, pair.right))


def all_near_duplicates(
    left: Sequence[str], right: Sequence[str], *, min_jaccard: float
) -> list[NearDuplicate]:
    """Return what `near_duplicates` returns, every pair counted: none is missed by chance.

    Every text needs at least one shingle.
    """
    import numpy

    ends, values = _numbered_shingles([*left, *right])
    sizes = numpy.diff(ends)
    theirs = values[ends[len(left)] :]
    starts = ends[len(left) : -1] - ends[len(left)]
    is_ours = numpy.zeros(values.max() + 1, numpy.uint8)
    found = []
    for place in range(len(left)):
        ours = values[ends[place] : ends[place + 1]]
        is_ours[ours] = 1
        shared = numpy.add.reduceat(is_ours[theirs], starts, dtype=numpy.int64)
        is_ours[ours] = 0
        scores = (shared / (len(ours) + sizes[len(left) :] - shared)).round(SCORE_DIGITS)
        found += [
            NearDuplicate(left=place, right=other, jaccard=float(scores[other]))
            for other in numpy.nonzero(scores >= min_jaccard)[0].tolist()
        ]
    return found


def _numbered_shingles(texts: Sequence[str]) -> "tuple[Places, Places]":
    """Return the different shingles of all texts end to end, as numbers, and the ends.

    Equal runs have equal numbers and others have others: a run is written in the base of the
    alphabet that occurs, and what does not fit into 63 bits is ranked before it grows.
    """
    import numpy

    points = numpy.frombuffer("".join(texts).encode("utf-32-le"), numpy.uint32)
    occurs = numpy.zeros(sys.maxunicode + 1, numpy.int64)
    occurs[points] = 1
    base = int(occurs.sum())
    letters = (numpy.cumsum(occurs) - 1)[points]
    size = NUMBER_OF_SHINGLE_CHARACTERS
    counts = [max(len(text) - size + 1, 0) for text in texts]
    owner = numpy.repeat(numpy.arange(len(texts)), counts)
    first = numpy.arange(len(owner)) + owner * (size - 1)
    number, bound = numpy.zeros(len(owner), numpy.int64), 1
    for place in range(size):
        if bound * base >= 2**63:
            number = numpy.unique(number, return_inverse=True)[1]
            bound = len(number)
        number = number * base + letters[first + place]
        bound *= base
    number = numpy.unique(number, return_inverse=True)[1]
    distinct = numpy.unique(owner * len(owner) + number)
    holder, values = numpy.divmod(distinct, len(owner))
    return numpy.searchsorted(holder, numpy.arange(len(texts) + 1)), values


def bands_for(min_jaccard: float, permutations: int, target_recall: float) -> tuple[int, int]:
    """Return the (bands, rows per band) with the most rows that still reach the target recall.

    There are at least two bands, which datasketch asks for.
    A pair of exactly `min_jaccard` becomes a candidate with probability 1 - (1 - s^rows)^bands.
    """
    reaching = [
        (permutations // rows, rows)
        for rows in range(1, permutations // 2 + 1)
        if 1 - (1 - min_jaccard**rows) ** (permutations // rows) >= target_recall
    ]
    return max(reaching, key=lambda shape: shape[1], default=(permutations, 1))


def _sketched_pairs(
    left: Sequence[str], right: Sequence[str], shape: tuple[int, int], min_jaccard: float
) -> Iterator[NearDuplicate]:
    """Find candidates by datasketch's LSH and yield those that reach `min_jaccard`."""
    from datasketch import MinHashLSH

    index = MinHashLSH(num_perm=PERMUTATIONS, params=shape)
    ours = list(sketches(left))
    for place, sketch in enumerate(ours):
        index.insert(place, sketch)
    candidates = (
        (place, other)
        for other, sketch in enumerate(sketches(right))
        for place in index.query(sketch)
        if sketch.jaccard(ours[place]) >= min_jaccard - ESTIMATE_MARGIN
    )
    yield from _verified(candidates, left, right, min_jaccard)


def _compiled_pairs(
    left: Sequence[str], right: Sequence[str], shape: tuple[int, int], min_jaccard: float
) -> Iterator[NearDuplicate]:
    """Yield the same by numba; only pairs that will be reported are counted on the strings."""
    import numpy

    from benchwright.contamination.signature_kernel import close_pairs

    tables = text_signatures(left), text_signatures(right)
    left_keys, right_keys = _keys(tables[0], shape), _keys(tables[1], shape)
    orders = numpy.argsort(left_keys.T, axis=1)
    ordered = numpy.take_along_axis(left_keys.T, orders, axis=1)
    least_same = (min_jaccard - ESTIMATE_MARGIN) * PERMUTATIONS
    sides = packed(left), packed(right)
    begin = 0
    while begin < len(right):
        pairs, begin = close_pairs(
            *tables, left_keys, right_keys, ordered, orders, begin, least_same, _MAX_CANDIDATES
        )
        if len(pairs):
            close = _close_by_hashes(pairs, *sides, min_jaccard)
            yield from _verified(map(tuple, close.tolist()), left, right, min_jaccard)


def _close_by_hashes(
    pairs: "Places", left: "Packed", right: "Packed", min_jaccard: float
) -> "Places":
    """Return the pairs that reach `min_jaccard` or nearly, counted on the hashes of shingles."""
    import numpy

    from benchwright.contamination.signature_kernel import shared, shingle_sets

    places, rows = numpy.unique(pairs[:, 0], return_inverse=True)
    others, columns = numpy.unique(pairs[:, 1], return_inverse=True)
    ours, our_ends = shingle_sets(*left, places)
    theirs, their_ends = shingle_sets(*right, others)
    common = shared(ours, our_ends, theirs, their_ends, numpy.stack((rows, columns), axis=1))
    sizes = numpy.diff(our_ends)[rows] + numpy.diff(their_ends)[columns]
    is_close = common >= (min_jaccard - _ROUNDING) * (sizes - common)
    close: Places = pairs[is_close]
    return close


def _verified(
    candidates: Iterable[tuple[int, int]],
    left: Sequence[str],
    right: Sequence[str],
    min_jaccard: float,
) -> Iterator[NearDuplicate]:
    """Yield the pairs that reach `min_jaccard`, counted on the strings."""
    last, ours = -1, frozenset[str]()
    right_shingles = lru_cache(_KEPT_TEXTS)(lambda other: shingles(right[other]))
    for place, other in sorted(candidates):
        if place != last:
            last, ours = place, shingles(left[place])
        theirs = right_shingles(other)
        shared = len(ours & theirs)
        jaccard = round(shared / (len(ours) + len(theirs) - shared), SCORE_DIGITS)
        if jaccard >= min_jaccard:
            yield NearDuplicate(left=place, right=other, jaccard=jaccard)


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

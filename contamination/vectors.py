"""Unit vectors: the file that keeps them, and which of two sides' are close enough."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from benchwright.files import atomic_writer

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

    Matrix = NDArray[numpy.float32]
    Places = NDArray[numpy.int64]
    Scores = NDArray[numpy.float64]

SCORE_DIGITS = 4
BLOCK_PRODUCTS = 4_000_000
_UNIT_TOLERANCE = 1e-3


def closest(
    left: tuple["Matrix", Sequence[int]],
    right: tuple["Matrix", "Places", Sequence[int]],
    least: float,
) -> list[tuple[int, int, float]]:
    """Return the closest two windows of every pair of views that has two close enough.

    faiss's `IndexFlatIP` holds the one side and computes every product with the other: exact.

    Args:
        left: The vectors of the windows of one side, and the view of each.
        right: A table of vectors, the row of each window of the other side, and its view;
            streamed in blocks.
        least: Smallest cosine similarity, rounded to four digits.

    Returns:
        (left window, right window, similarity) in order of view, left first; among equally close
        windows the first.
    """
    import numpy

    views, others = numpy.array(left[1]), numpy.array(right[2])
    kept = [(numpy.empty(0), numpy.empty(0, numpy.int64), numpy.empty(0, numpy.int64))]
    for found, places, rows in _hits(left[0], right[0], right[1], least - 10**-SCORE_DIGITS):
        scores: Scores = numpy.minimum(found.astype(numpy.float64), 1.0)
        scores.round(SCORE_DIGITS, out=scores)
        kept.append(_best(scores, places, rows, views, others))
    joined = [numpy.concatenate(parts) for parts in zip(*kept, strict=True)]
    best, ours, theirs = _best(joined[0], joined[1], joined[2], views, others)
    return [
        (at, to, score)
        for at, to, score in zip(ours.tolist(), theirs.tolist(), best.tolist(), strict=True)
        if score >= least
    ]


def reaching(
    left: "Matrix", right: tuple["Matrix", "Places"], least: float
) -> tuple["Places", "Places"]:
    """Return the windows of each side, by place, with one of the other side at `least` or closer.

    Args:
        left: The vectors of one side.
        right: A table of vectors, and the row of each window of the other side.
        least: Smallest cosine similarity.
    """
    import numpy

    near = numpy.zeros(len(left), dtype=bool), numpy.zeros(len(right[1]), dtype=bool)
    for _, places, rows in _hits(left, right[0], right[1], least):
        near[0][places] = True
        near[1][rows] = True
    return numpy.nonzero(near[0])[0], numpy.nonzero(near[1])[0]


def _hits(
    left: "Matrix", table: "Matrix", windows: "Places", least: float
) -> Iterator[tuple["Matrix", "Places", "Places"]]:
    """Yield, block by block, the products above `least` and the left and right window of each."""
    import faiss
    import numpy

    index = faiss.IndexFlatIP(left.shape[1])
    index.add(numpy.ascontiguousarray(left))
    step = max(1, BLOCK_PRODUCTS // len(left))
    for begin in range(0, len(windows), step):
        block = numpy.ascontiguousarray(table[windows[begin : begin + step]])
        ends, found, places = index.range_search(block, least)
        if len(found):
            yield found, places, _rows(ends) + begin


def _best(
    scores: "Scores", places: "Places", rows: "Places", views: "Places", others: "Places"
) -> tuple["Scores", "Places", "Places"]:
    """Return of each pair of views the closest two windows, in order of view."""
    import numpy

    order = numpy.lexsort((rows, places, -scores, others[rows], views[places]))
    scores, places, rows = scores[order], places[order], rows[order]
    is_first = numpy.ones(len(order), dtype=bool)
    is_first[1:] = (numpy.diff(views[places]) != 0) | (numpy.diff(others[rows]) != 0)
    return scores[is_first], places[is_first], rows[is_first]


def _rows(ends: "Places") -> "Places":
    """Return the query of each hit, where the hits of query i end at ends[i + 1]."""
    import numpy

    counts: Places = numpy.diff(ends.astype(numpy.int64)).astype(numpy.int64)
    return numpy.repeat(numpy.arange(len(counts)), counts)


def read_vectors(path: Path) -> tuple[list[bytes], "Matrix"] | None:
    """Return the 32-byte keys and the unit vectors of a file; None when it is absent or broken."""
    import numpy

    try:
        table = numpy.load(path, allow_pickle=False)
        vectors = numpy.ascontiguousarray(table["vector"])
        keys = numpy.ascontiguousarray(table["key"])
        if keys.shape != (len(table), 32) or keys.dtype != numpy.uint8:
            return None
        if vectors.dtype != numpy.float32:
            return None
        lengths = numpy.sqrt(numpy.einsum("ij,ij->i", vectors, vectors))
        if not bool((numpy.abs(lengths - 1) < _UNIT_TOLERANCE).all()):
            return None
    except (OSError, ValueError, EOFError, IndexError, TypeError, MemoryError):
        return None
    packed = keys.tobytes()
    ordered = [packed[at : at + 32] for at in range(0, len(packed), 32)]
    return (ordered, vectors) if len(set(ordered)) == len(ordered) else None


def write_vectors(path: Path, keys: Sequence[bytes], vectors: "Matrix") -> None:
    """Write one vector a key, in order of key."""
    import numpy

    table = numpy.zeros(
        len(keys), dtype=[("key", "u1", (32,)), ("vector", "<f4", vectors.shape[1:])]
    )
    table["key"] = numpy.frombuffer(b"".join(keys), numpy.uint8).reshape(-1, 32)
    table["vector"] = vectors
    table = table[sorted(range(len(keys)), key=keys.__getitem__)]
    with atomic_writer(path) as stream:
        numpy.save(stream, table, allow_pickle=False)

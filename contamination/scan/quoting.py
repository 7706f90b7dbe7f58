"""The part of a task or record that is quoted, with the places of what is shared in it."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from benchwright.contamination.normaliser import tokens
from benchwright.contamination.scan.engine import Bytes, Ints
from benchwright.contamination.scan.table import DROPPED, MANY, SINGLE, WORD, kind_table
from benchwright.verdicts import Excerpt

EXCERPT_CHARACTERS = 600
_LEAD_CHARACTERS = 80
_PIECE_CHARACTERS = 2**12
_ASCII_SPACE = " \n\t\r\v\f"


def quote(text: str, ranges: Sequence[tuple[int, int]]) -> Excerpt:
    """Return at most 600 code points of a text from shortly before the first of some tokens.

    Args:
        text: A task or a record.
        ranges: Token numbers [first, last), in order; the spans of the excerpt are their places.
    """
    start, cut = 0, ""
    inside: list[tuple[int, int]] = []
    for first, last in _spans(text, ranges):
        if not inside:
            start = max(0, first - _LEAD_CHARACTERS)
            cut = text[start : start + EXCERPT_CHARACTERS].encode("utf-8", "replace").decode()
        if first >= start + len(cut):
            break
        inside.append((first - start, min(last - start, len(cut))))
    return Excerpt(text=cut, spans=tuple(inside))


def _spans(text: str, ranges: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield the code points of ranges of tokens; looks at one piece of the text at a time."""
    places = iter(ranges)
    wanted = next(places, None)
    start = number = 0
    for offset, piece in _pieces(text):
        begins, ends = _token_places(piece)
        count = len(begins)
        while wanted is not None and wanted[0] < number + count:
            if wanted[0] >= number:
                start = offset + int(begins[wanted[0] - number])
            if wanted[1] > number + count:
                break
            yield start, offset + int(ends[wanted[1] - 1 - number])
            wanted = next(places, None)
        if wanted is None:
            return
        number += count


def _pieces(text: str) -> Iterator[tuple[int, str]]:
    """Yield a text in pieces that end at ASCII white space, with the offset of each.

    No token crosses white space.
    """
    begin = 0
    while begin < len(text):
        end = begin + _PIECE_CHARACTERS
        while end < len(text) and text[end] not in _ASCII_SPACE:
            end += 1
        yield begin, text[begin:end]
        begin = end


def _token_places(piece: str) -> tuple[Ints, Ints]:
    """Return where the tokens of a piece begin and end."""
    kinds = _kinds(piece)
    highest = kinds.max()
    if highest == MANY:
        found = tokens(piece)
        return np.array([t.start for t in found], int), np.array([t.end for t in found], int)
    if highest <= WORD:
        is_word = _padded(kinds == WORD)
        edges = np.flatnonzero(is_word[1:] != is_word[:-1])
        return edges[::2], edges[1::2]
    shown = np.flatnonzero(kinds != DROPPED)
    is_word, is_single = _padded(kinds[shown] == WORD), kinds[shown] == SINGLE
    begins = np.flatnonzero((is_word[1:-1] & ~is_word[:-2]) | is_single)
    ends = np.flatnonzero((is_word[1:-1] & ~is_word[2:]) | is_single)
    return shown[begins], shown[ends] + 1


def _padded(held: NDArray[np.bool_]) -> NDArray[np.bool_]:
    padded = np.zeros(len(held) + 2, bool)
    padded[1:-1] = held
    return padded


def _kinds(piece: str) -> Bytes:
    try:
        latin = piece.encode("latin-1")
    except UnicodeEncodeError:
        codes = np.frombuffer(piece.encode("utf-32-le", "surrogatepass"), np.uint32)
        return kind_table()[codes]
    return np.frombuffer(latin.translate(kind_table()[:256].tobytes()), np.uint8)

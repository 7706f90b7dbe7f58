"""The normaliser's answer for every code point, as arrays that compiled code reads.

An entry is `kind << 28 | value`. For MANY, the value is where its parts begin in `parts`: first
their number, then one entry each. A test holds the table equal to `fold_character` everywhere.
"""

import unicodedata
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchwright.contamination.normaliser import fold_character

SEPARATOR, WORD, SINGLE, DROPPED, MANY = range(5)
KIND_SHIFT = 28
CODE_POINTS = 0x110000

_KINDS = {"separator": SEPARATOR, "word": WORD, "single": SINGLE}
_PLAIN_IDEOGRAPHS = ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0x20000, 0x2F7FF), (0x30000, 0x3FFFF))
_OTHERS = (
    *((0, 0x33FF), (0x4DC0, 0x4DFF), (0xA000, 0x1FFFF), (0x2F800, 0x2FFFF)),
    (0xE0000, 0xE01FF),
)
_PLAIN_CATEGORIES = ("Cn", "Co", "Cs", "Cc")


class FoldTable(NamedTuple):
    """`entries` has one uint32 a code point, `parts` the entries of those that become several."""

    entries: NDArray[np.uint32]
    parts: NDArray[np.uint32]


@lru_cache(maxsize=1)
def fold_table() -> FoldTable:
    """Return the table of this version of the normaliser and of Unicode."""
    entries = np.zeros(CODE_POINTS, np.uint32)
    parts: list[int] = []
    for low, high in _PLAIN_IDEOGRAPHS:
        for code in range(low, high + 1):
            if chr(code).isalnum():
                entries[code] = SINGLE << KIND_SHIFT | code
    for code in _others():
        folded = [
            _KINDS[kind] << KIND_SHIFT | ord(part)
            for kind, part in fold_character.__wrapped__(chr(code))
        ]
        if len(folded) == 1:
            entries[code] = folded[0]
        elif not folded:
            entries[code] = DROPPED << KIND_SHIFT
        else:
            entries[code] = MANY << KIND_SHIFT | len(parts)
            parts += [len(folded), *folded]
    return FoldTable(entries=entries, parts=np.array(parts, np.uint32))


@lru_cache(maxsize=1)
def kind_table() -> NDArray[np.uint8]:
    """Return the kind of every code point; MANY only where its parts are not all of one kind."""
    table = fold_table()
    kinds = (table.entries >> KIND_SHIFT).astype(np.uint8)
    parts = (table.parts >> KIND_SHIFT).tolist()
    for code in np.flatnonzero(kinds == MANY).tolist():
        at = int(table.entries[code]) & ((1 << KIND_SHIFT) - 1)
        held = set(parts[at + 1 : at + 1 + int(table.parts[at])])
        if held in ({WORD}, {SEPARATOR}):
            kinds[code] = held.pop()
    return kinds


def _others() -> list[int]:
    """Return the code points that are neither plain ideographs nor plain separators."""
    return [
        code
        for low, high in _OTHERS
        for code in range(low, high + 1)
        if unicodedata.category(chr(code)) not in _PLAIN_CATEGORIES
    ]

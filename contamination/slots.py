"""Which places of a test item does its template leave open, as other test items of it show?

Kin are test items that share runs of words in the same order. Runs that two kin share are
anchors; between two of them, a few words apart, words that differ in the same place are fillings
of a slot. A longer stretch without an anchor is text of its own and no slot.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

Words = Sequence[str]
Run = tuple[str, ...]

MAX_KIN = 3
MAX_GAP_WORDS = 8
MAX_SLOT_WORDS = 4


def open_places(items: Sequence[Words], runs: Sequence[Sequence[Run]]) -> list[frozenset[int]]:
    """Return, by item, the places in which up to three of its closest kin have another word.

    Kin share more than half of an item's words, in the same place between their anchors.

    Args:
        items: The folded words of every test item.
        runs: The runs of each, by place; items may have runs of different lengths.
    """
    holders: dict[Run, list[tuple[int, int]]] = defaultdict(list)
    for item, held in enumerate(runs):
        for at, run in enumerate(held):
            known = holders[run]
            if len(known) <= MAX_KIN and (not known or known[-1][0] != item):
                known.append((item, at))
    return [_open_places(item, items, held, holders) for item, held in enumerate(runs)]


def _open_places(
    item: int,
    items: Sequence[Words],
    runs: Sequence[Run],
    holders: Mapping[Run, Sequence[tuple[int, int]]],
) -> frozenset[int]:
    anchors: dict[int, dict[int, int]] = defaultdict(dict)
    for at, run in enumerate(runs):
        for kin, place in holders[run]:
            if kin != item:
                anchors[kin][at] = place - at
    closest = sorted(anchors, key=lambda kin: (-len(anchors[kin]), kin))[:MAX_KIN]
    return frozenset(
        place
        for kin in closest
        for place in _differing(items[item], items[kin], anchors[kin], len(runs[0]))
    )


def _differing(
    words: Words, kin: Words, shifts: Mapping[int, int], run_words: int
) -> frozenset[int]:
    """Return the places of slots that one kin shows; none where it shares too little.

    `shifts` says by place of a shared run how much later it stands in the kin.
    """
    shift_of: list[int | None] = [None] * len(words)
    for at, later in shifts.items():
        shift_of[at : at + run_words] = [later] * run_words
    differing: list[int] = []
    own = 0
    for start, stop in _gaps(shift_of):
        left = shift_of[start - 1] if start else 0
        right = shift_of[stop] if stop < len(words) else len(kin) - stop
        begin, end = start + (left or 0), stop + (right or 0)
        if stop - start > MAX_GAP_WORDS or end < begin:
            own += stop - start
        else:
            differing += (start + at for at in _other_words(words[start:stop], kin[begin:end]))
    if 2 * (len(words) - own - len(differing)) <= len(words):
        return frozenset()
    return frozenset(_in_short_stretches(differing))


def _other_words(gap: Words, other: Words) -> list[int]:
    """Return the places of a gap that differ from the kin's, or are not between equal ends."""
    if len(gap) == len(other):
        return [at for at, word in enumerate(gap) if word != other[at]]
    shorter = min(len(gap), len(other))
    first = next((at for at in range(shorter) if gap[at] != other[at]), shorter)
    last = next((at for at in range(shorter) if gap[-1 - at] != other[-1 - at]), shorter)
    return list(range(first, max(first, len(gap) - last)))


def _gaps(shift_of: Sequence[int | None]) -> Iterator[tuple[int, int]]:
    """Yield the start and the end of every stretch without an anchor."""
    for is_gap, held in groupby(range(len(shift_of)), key=lambda at: shift_of[at] is None):
        if is_gap:
            stretch = list(held)
            yield stretch[0], stretch[-1] + 1


def _in_short_stretches(places: Sequence[int]) -> Iterator[int]:
    for _, held in groupby(enumerate(places), key=lambda pair: pair[1] - pair[0]):
        stretch = [place for _, place in held]
        if len(stretch) <= MAX_SLOT_WORDS:
            yield from stretch

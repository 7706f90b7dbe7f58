"""Which tasks of a pool are too close to stand on two sides? What the checks would flag, as keys.

Near-duplicates and masked clones come from the detectors of the check; shared runs of words are
found by sorting their hashes, since one run may be held by thousands of tasks. House rules are left
out as the check leaves them out.
"""

from collections.abc import Sequence
from hashlib import blake2b
from typing import TYPE_CHECKING

from benchwright.contamination.accepted import Accepted, jaccard
from benchwright.contamination.masking import MaskedDetector, masked_forms, masked_jaccard
from benchwright.contamination.minhash import MinHashDetector
from benchwright.contamination.normaliser import MIN_COMPARABLE_WORDS
from benchwright.contamination.passages import AcceptedPassages, accepted_runs, left_of
from benchwright.contamination.sentences import Run
from benchwright.contamination.views import View

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

    Hashes = NDArray[numpy.uint64]

Keys = list[tuple[bytes, str]]
_BASE = 0x9E3779B97F4A7C15


def near_kin(
    views: Sequence[View], accepted: Accepted, *, run_words: int, min_jaccard: float
) -> list[Keys]:
    """Return, for every view, the keys that it shares with others too close to it.

    Args:
        views: The pool, in any order.
        accepted: The house rules.
        run_words: Words in a shared run.
        min_jaccard: Smallest Jaccard similarity of a near-duplicate.
    """
    passages = accepted.passages(run_words)
    covers = [passages.covered(view) for view in views]
    keys: list[Keys] = [[] for _ in views]
    for place, run in _shared_runs(views, covers, run_words):
        keys[place].append((run, f"the same {run_words} words in a row"))
    for place, stretch in _shared_stretches(views, covers, passages, run_words):
        keys[place].append((stretch, "the same words in the blanks of a sentence"))
    rest = [left_of(view, cover) for view, cover in zip(views, covers, strict=True)]
    pairs = {
        "nearly the same input": _near_duplicates(views, rest, min_jaccard),
        "nearly the same masked input": _masked_clones(views, accepted),
    }
    for meaning, found in pairs.items():
        for left, right in found:
            name = "\x1f".join((meaning, views[left].item.id, views[right].item.id))
            key = blake2b(name.encode(), digest_size=16).digest()
            keys[left].append((key, meaning))
            keys[right].append((key, meaning))
    return keys


def _near_duplicates(
    views: Sequence[View], rest: Sequence[View], min_jaccard: float
) -> list[tuple[int, int]]:
    """Return the pairs that are close without their house rules and with them.

    Where too little is left of one of the two to tell, the whole texts decide.
    """
    detector = MinHashDetector(min_jaccard=min_jaccard)
    found = detector.compare(rest, rest)
    short = [place for place in range(len(views)) if place not in found.test_comparable]
    whole = detector.compare([views[place] for place in short], views)
    pairs = [(pair.test, pair.train) for pair in found.pairs]
    pairs += [(short[pair.test], pair.train) for pair in whole.pairs]
    return [
        (left, right)
        for left, right in _ordered(pairs)
        if (jaccard(views[left], views[right]) or 0.0) >= min_jaccard
    ]


def _masked_clones(views: Sequence[View], accepted: Accepted) -> list[tuple[int, int]]:
    detector = MaskedDetector(left_out=accepted.masked_runs)
    found = detector.compare(views, views).pairs
    return [
        (left, right)
        for left, right in _ordered([(pair.test, pair.train) for pair in found])
        if masked_jaccard(masked_forms(views[left]), masked_forms(views[right]))
        >= detector.min_jaccard
    ]


def _ordered(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    return sorted({(min(pair), max(pair)) for pair in pairs if pair[0] != pair[1]})


def _shared_runs(
    views: Sequence[View], covers: Sequence[Sequence[int]], run_words: int
) -> list[tuple[int, bytes]]:
    """Return (place, key) of every run that two views hold and that one may not share."""
    import numpy as np

    known: dict[str, int] = {}
    words = [np.array([_word(word, known) for word in view.words], np.uint64) for view in views]
    found: list[tuple[int, bytes]] = []
    for size in sorted({min(run_words, len(view.words)) for view in views}):
        if size < MIN_COMPARABLE_WORDS:
            continue
        runs = [_hashes(row, size) for row in words]
        is_own = [np.zeros(len(hashes), bool) for hashes in runs]
        for place, cover in enumerate(covers):
            if min(run_words, len(cover)) == size:
                is_own[place][:] = True
                is_own[place][list(accepted_runs(cover, size))] = False
        values, number = np.unique(np.concatenate(runs), return_inverse=True)
        owner = np.repeat(np.arange(len(runs)), [len(hashes) for hashes in runs])
        held = np.unique(np.stack((number, owner)), axis=1)
        is_wanted = np.zeros(len(values), bool)
        is_wanted[number[np.concatenate(is_own)]] = True
        is_wanted &= np.bincount(held[0], minlength=len(values)) > 1
        for run, place in held[:, is_wanted[held[0]]].T.tolist():
            found.append((place, b"%d words %x" % (size, values[run])))
    return found


def _shared_stretches(
    views: Sequence[View],
    covers: Sequence[Sequence[int]],
    passages: AcceptedPassages,
    run_words: int,
) -> list[tuple[int, bytes]]:
    """Return (place, key) of every stretch that tells in one view and stands in two.

    In the other it need not stand in the blanks of a sentence: the check flags it all the same.
    """
    telling: dict[Run, dict[Run, set[int]]] = {}
    for view, cover in zip(views, covers, strict=True):
        for start, end in passages.telling_stretches(view, cover, run_words):
            stretch = view.words[start:end]
            telling.setdefault(stretch[:run_words], {}).setdefault(stretch, set())
    for place, view in enumerate(views if telling else ()):
        for at in range(len(view.words) - run_words):
            for stretch, places in telling.get(view.words[at : at + run_words], {}).items():
                if view.words[at : at + len(stretch)] == stretch:
                    places.add(place)
    return [
        (place, _key(stretch))
        for stretches in telling.values()
        for stretch, places in sorted(stretches.items())
        if len(places) > 1
        for place in sorted(places)
    ]


def _key(stretch: Run) -> bytes:
    text = " ".join(stretch)
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _word(word: str, known: dict[str, int]) -> int:
    if word not in known:
        known[word] = int.from_bytes(blake2b(word.encode(), digest_size=8).digest(), "big")
    return known[word]


def _hashes(words: "Hashes", size: int) -> "Hashes":
    """Return a 64-bit hash of every run of `size` words; equal runs have equal hashes."""
    import numpy as np

    if len(words) < size:
        return np.zeros(0, np.uint64)
    factors = np.array([pow(_BASE, size - at, 2**64) for at in range(size)], np.uint64)
    windows = np.lib.stride_tricks.sliding_window_view(words, size)
    hashes: Hashes = (windows * factors).sum(axis=1, dtype=np.uint64)
    return hashes

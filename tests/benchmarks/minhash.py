"""How fast and how complete is near-duplicate detection?

Three figures: signatures against datasketch's `update_batch` in the same run; recall against a
brute force that counts the exact Jaccard similarity of every pair of 20,000 documents; time and
peak memory of the join of 100,000 x 100,000 in a process of its own. Documents are prose of a
Zipf-distributed vocabulary; planted near-duplicates change from one word to most of them.
"""

import os
import random
import resource
import subprocess
import sys
import time

import numba
import numpy
from datasketch import MinHash
from xxhash import xxh3_64_intdigest

from benchwright.contamination.items import Item
from benchwright.contamination.minhash import TARGET_RECALL, MinHashDetector
from benchwright.contamination.near_duplicates import bands_for, near_duplicates
from benchwright.contamination.signatures import PERMUTATIONS, shingles, sketches, text_signatures
from benchwright.contamination.views import to_view
from benchwright.errors import Place

SEED = 20_261_126
VOCABULARY = 30_000
WORDS = 90
SIGNED = 4_000
BRUTE_FORCE = 10_000
JOINED = 100_000
PLANTED = 20_000
MIN_JACCARD = 0.8
LOW_JACCARD = 0.6


def main() -> None:
    """Print all figures."""
    if sys.argv[1:] == ["join"]:
        _join_here()
        return
    print(f"load average {os.getloadavg()[0]:.2f}, {os.cpu_count()} cores")
    _signatures()
    _recall()
    subprocess.run([sys.executable, __file__, "join"], check=True)
    print(f"load average {os.getloadavg()[0]:.2f}")


def _signatures() -> None:
    texts = _Prose(SEED).texts(SIGNED)
    text_signatures(texts)
    start = time.perf_counter()
    ours = text_signatures(texts)
    compiled = time.perf_counter() - start
    start = time.perf_counter()
    plain = [sketch.hashvalues for sketch in sketches(texts)]
    by_sketches = time.perf_counter() - start
    sets = [[shingle.encode() for shingle in shingles(text)] for text in texts]
    settings = {"num_perm": PERMUTATIONS, "seed": 1, "scheme": "affine64"}
    start = time.perf_counter()
    rows = []
    for values in sets:
        sketch = MinHash(hashfunc=xxh3_64_intdigest, **settings)
        sketch.update_batch(values)
        rows.append(sketch.hashvalues)
    batch = time.perf_counter() - start
    start = time.perf_counter()
    MinHash.bulk(sets, hashfunc=xxh3_64_intdigest, **settings)
    bulk = time.perf_counter() - start
    equal = numpy.array_equal(ours, rows) and numpy.array_equal(plain, rows)
    size = sum(map(len, texts))
    print(f"signatures of {SIGNED:,} documents, {size / 1e6:.1f} MB, one core, bits equal: {equal}")
    print(f"  numba, from text             {compiled:.3f} s, {size / compiled / 1e6:.0f} MB/s")
    print(
        f"  datasketch, from text        {by_sketches:.3f} s, {by_sketches / compiled:.1f} x numba"
    )
    print(f"  update_batch, shingles given {batch:.3f} s, {batch / compiled:.1f} x numba")
    print(f"  MinHash.bulk, shingles given {bulk:.3f} s, {bulk / compiled:.1f} x numba")
    if not equal:
        sys.exit("signatures differ from datasketch's")


def _recall() -> None:
    left, right = _sides(BRUTE_FORCE, BRUTE_FORCE // 2)
    start = time.perf_counter()
    true = _brute_force(left, right)
    seconds = time.perf_counter() - start
    print(
        f"brute force {BRUTE_FORCE:,} x {BRUTE_FORCE:,}: {seconds:.1f} s, "
        f"{sum(score >= MIN_JACCARD for score in true.values()):,} pairs at J >= {MIN_JACCARD}"
    )
    start = time.perf_counter()
    found = near_duplicates(left, right, min_jaccard=MIN_JACCARD, target_recall=TARGET_RECALL)
    seconds = time.perf_counter() - start
    reported = {(pair.left, pair.right): pair.jaccard for pair in found}
    for low, high in ((0.8, 0.82), (0.82, 0.85), (0.85, 0.9), (0.9, 1.01), (0.8, 1.01)):
        due = [pair for pair, score in true.items() if low <= score < high]
        met = sum(pair in reported for pair in due)
        print(f"  recall at J {low:.2f} to {min(high, 1):.2f}: {met:,} of {len(due):,}")
    low_pairs = sum(true.get(pair, 0) < LOW_JACCARD for pair in reported)
    wrong = sum(abs(true.get(pair, 0) - score) > 1e-6 for pair, score in reported.items())
    bands, rows = bands_for(MIN_JACCARD, PERMUTATIONS, TARGET_RECALL)
    print(f"  {bands} bands of {rows} rows; join in {seconds:.1f} s")
    print(f"  reported below J {LOW_JACCARD}: {low_pairs}; with a score that is not exact: {wrong}")


def _join_here() -> None:
    left, right = _sides(JOINED, PLANTED)
    views = [
        [to_view(Item(id=str(i), place=Place(line=i), input=text)) for i, text in enumerate(side)]
        for side in (left, right)
    ]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    start = time.perf_counter()
    found = MinHashDetector(min_jaccard=MIN_JACCARD).compare(*views)
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    print(
        f"detector on {JOINED:,} x {JOINED:,} documents of {WORDS} words: {seconds:.1f} s, "
        f"{len(found.pairs):,} pairs, peak {peak:.2f} GiB ({before:.2f} before it began)"
    )


def _sides(size: int, planted: int) -> tuple[list[str], list[str]]:
    """Return two sides; `planted` texts of the right one are edits of texts of the left one."""
    prose = _Prose(SEED + size)
    left = prose.texts(size)
    edits = [prose.edited(text, i % 24 / 60) for i, text in enumerate(left[:planted])]
    right = edits + prose.texts(size - planted)
    prose.draw.shuffle(right)
    return left, right


class _Prose:
    """Documents of one vocabulary, a fifth of each from one of twenty pieces of boilerplate."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)
        letters, weights = "etaoinshrdlucmfwypvbgkjqxz", range(26, 0, -1)
        self._words = [
            "".join(self.draw.choices(letters, weights, k=self.draw.randint(2, 10)))
            for _ in range(VOCABULARY)
        ]
        totals = numpy.cumsum(1 / numpy.arange(3, VOCABULARY + 3))
        self._totals = totals.tolist()
        self._boilerplate = [self._run(WORDS // 5) for _ in range(20)]

    def texts(self, count: int) -> list[str]:
        return [
            f"{self.draw.choice(self._boilerplate)} {self._run(WORDS - WORDS // 5)}"
            for _ in range(count)
        ]

    def edited(self, text: str, share: float) -> str:
        words = text.split()
        for place in self.draw.sample(range(len(words)), round(share * len(words))):
            words[place] = self._run(1)
        return " ".join(words)

    def _run(self, size: int) -> str:
        return " ".join(self.draw.choices(self._words, cum_weights=self._totals, k=size))


def _brute_force(left: list[str], right: list[str]) -> dict[tuple[int, int], float]:
    """Return the exact Jaccard similarity of every pair that reaches half.

    Shingles are numbered (no hash) and the members of each left set marked, one set at a time. A
    right set is left early when its rarer half alone misses too many.
    """
    numbers: dict[str, int] = {}
    sides = []
    for side in (left, right):
        sets = [
            numpy.array(sorted(numbers.setdefault(s, len(numbers)) for s in shingles(text)))[::-1]
            for text in side
        ]
        sides.append((numpy.concatenate(sets), numpy.cumsum([0, *map(len, sets)])))
    places, scores = _marked(*sides[0], *sides[1], len(numbers), 0.5)
    return {(int(i), int(j)): float(s) for (i, j), s in zip(places, scores, strict=True)}


@numba.njit
def _marked(left, left_ends, right, right_ends, numbers, least):
    mark = numpy.zeros(numbers, numpy.uint8)
    places, scores = [], []
    for i in range(len(left_ends) - 1):
        ours = left[left_ends[i] : left_ends[i + 1]]
        mark[ours] = 1
        for j in range(len(right_ends) - 1):
            theirs = right[right_ends[j] : right_ends[j + 1]]
            total, half = len(ours) + len(theirs), len(theirs) // 2
            shared = 0
            for number in theirs[:half]:
                shared += mark[number]
            if shared + len(theirs) - half < least / (1 + least) * total - 1:
                continue
            for number in theirs[half:]:
                shared += mark[number]
            score = shared / (total - shared)
            if score >= least:
                places.append((i, j))
                scores.append(score)
        mark[ours] = 0
    return places, scores


if __name__ == "__main__":
    main()

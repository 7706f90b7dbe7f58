"""Which pairs are near-duplicates as wholes? MinHash finds candidates, exact Jaccard decides.

Shingles are runs of five characters of the canonical text.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchwright.contamination.detector import Comparison, Pair, excerpt, whole
from benchwright.contamination.normaliser import MIN_COMPARABLE_WORDS, NORMALISER
from benchwright.contamination.views import NUMBER_OF_SHINGLE_CHARACTERS, View
from benchwright.tasks import JsonObject

if TYPE_CHECKING:
    from datasketch import MinHash

PERMUTATIONS = 128
TARGET_RECALL = 0.999
MINHASH_SEED = 1
ESTIMATE_MARGIN = 0.2
"""More than five standard errors of an estimate from 128 permutations, sqrt(.8 x .2 / 128)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MinHashDetector:
    """Reports pairs whose exact Jaccard similarity reaches `min_jaccard`.

    Source: Broder 1997 (doi:10.1109/SEQUEN.1997.666900); LSH bands as in Leskovec, Rajaraman and
    Ullman, Mining of Massive Datasets, section 3.4. Signatures and LSH are datasketch's.
    """

    min_jaccard: float = 0.8
    name: str = "minhash"
    finds: tuple[str, ...] = ("copy", "case_and_punctuation")
    near_misses: tuple[str, ...] = ("unrelated",)
    needs: str = f"an input of at least {MIN_COMPARABLE_WORDS} words"

    def params(self) -> JsonObject:
        """Return the parameters that are used."""
        bands, rows = bands_for(self.min_jaccard, PERMUTATIONS, TARGET_RECALL)
        return {
            "min_jaccard": self.min_jaccard,
            "shingle_characters": NUMBER_OF_SHINGLE_CHARACTERS,
            "permutations": PERMUTATIONS,
            "bands": bands,
            "rows_per_band": rows,
            "target_recall": TARGET_RECALL,
            "estimate_margin": ESTIMATE_MARGIN,
            "hash": "xxh3_64",
            "hash_scheme": "affine64",
            "hash_seed": MINHASH_SEED,
            "normaliser": NORMALISER,
        }

    def compare(self, test: Sequence[View], train: Sequence[View]) -> Comparison:
        """Find candidates by LSH and keep those whose exact Jaccard similarity is high enough."""
        from datasketch import MinHashLSH

        able_test, able_train = _comparable(test), _comparable(train)
        lsh = MinHashLSH(
            num_perm=PERMUTATIONS, params=bands_for(self.min_jaccard, PERMUTATIONS, TARGET_RECALL)
        )
        signatures = dict(zip(able_test, _signatures(test, able_test), strict=True))
        for place, signature in signatures.items():
            lsh.insert(place, signature)
        pairs: list[Pair] = []
        for other, signature in zip(able_train, _signatures(train, able_train), strict=True):
            for place in sorted(lsh.query(signature)):
                if signature.jaccard(signatures[place]) < self.min_jaccard - ESTIMATE_MARGIN:
                    continue
                jaccard = _jaccard(test[place], train[other])
                if jaccard >= self.min_jaccard:
                    pairs.append(_pair(place, other, test[place], train[other], jaccard))
        return Comparison(
            test_comparable=frozenset(able_test),
            train_comparable=frozenset(able_train),
            pairs=tuple(sorted(pairs, key=lambda pair: (pair.test, pair.train))),
        )


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


def _comparable(views: Sequence[View]) -> list[int]:
    return [i for i, view in enumerate(views) if len(view.words) >= MIN_COMPARABLE_WORDS]


def _signatures(views: Sequence[View], places: Sequence[int]) -> list["MinHash"]:
    from datasketch import MinHash
    from xxhash import xxh3_64_intdigest

    shingles = [[s.encode() for s in views[place].shingles] for place in places]
    signatures: list[MinHash] = MinHash.bulk(
        shingles,
        num_perm=PERMUTATIONS,
        seed=MINHASH_SEED,
        scheme="affine64",
        hashfunc=xxh3_64_intdigest,
    )
    return signatures


def _jaccard(left: View, right: View) -> float:
    shared = len(left.shingles & right.shingles)
    return round(shared / (len(left.shingles) + len(right.shingles) - shared), 6)


def _pair(place: int, other: int, left: View, right: View, jaccard: float) -> Pair:
    return Pair(
        test=place,
        train=other,
        score=jaccard,
        evidence=f"{excerpt(left.text)} | {excerpt(right.text)}",
        left=whole(left),
        right=whole(right),
    )

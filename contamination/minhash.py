"""Which pairs are near-duplicates as wholes? datasketch's MinHash finds candidates, exact Jaccard
decides; few texts are compared all with all.

Shingles are runs of five characters of the canonical text.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from benchwright.contamination.detector import Comparison, Pair, excerpt, whole
from benchwright.contamination.near_duplicates import (
    ESTIMATE_MARGIN,
    MAX_CHARACTERS_OF_ALL_PAIRS,
    MAX_LOOKUPS_OF_ALL_PAIRS,
    NearDuplicate,
    bands_for,
    near_duplicates,
)
from benchwright.contamination.normaliser import MIN_COMPARABLE_WORDS, NORMALISER
from benchwright.contamination.signatures import (
    HASH_SCHEME,
    MINHASH_SEED,
    NUMBER_OF_SHINGLE_CHARACTERS,
    PERMUTATIONS,
)
from benchwright.contamination.views import View
from benchwright.tasks import JsonObject

MIN_JACCARD = 0.8
TARGET_RECALL = 0.999


@dataclass(frozen=True, slots=True, kw_only=True)
class MinHashDetector:
    """Reports pairs whose exact Jaccard similarity reaches `min_jaccard`.

    The pairs are the same with numba (extra `fast`), which large sides use, and by datasketch.
    """

    min_jaccard: float = MIN_JACCARD
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
            "max_characters_of_all_pairs": MAX_CHARACTERS_OF_ALL_PAIRS,
            "max_lookups_of_all_pairs": MAX_LOOKUPS_OF_ALL_PAIRS,
            "hash": "xxh3_64",
            "hash_scheme": HASH_SCHEME,
            "hash_seed": MINHASH_SEED,
            "normaliser": NORMALISER,
        }

    def compare(self, test: Sequence[View], train: Sequence[View]) -> Comparison:
        """Return the pairs whose exact Jaccard similarity is high enough."""
        able_test, able_train = _comparable(test), _comparable(train)
        found = near_duplicates(
            [test[place].canonical for place in able_test],
            [train[place].canonical for place in able_train],
            min_jaccard=self.min_jaccard,
            target_recall=TARGET_RECALL,
        )
        return Comparison(
            test_comparable=frozenset(able_test),
            train_comparable=frozenset(able_train),
            pairs=tuple(_pair(able_test, able_train, pair, test, train) for pair in found),
        )


def _comparable(views: Sequence[View]) -> list[int]:
    return [i for i, view in enumerate(views) if view.number_of_words >= MIN_COMPARABLE_WORDS]


def _pair(
    able_test: Sequence[int],
    able_train: Sequence[int],
    pair: NearDuplicate,
    test: Sequence[View],
    train: Sequence[View],
) -> Pair:
    place, other = able_test[pair.left], able_train[pair.right]
    left, right = test[place], train[other]
    return Pair(
        test=place,
        train=other,
        score=pair.jaccard,
        evidence=f"{excerpt(left.text)} | {excerpt(right.text)}",
        left=whole(left),
        right=whole(right),
    )

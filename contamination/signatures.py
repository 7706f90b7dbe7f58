"""MinHash signatures of texts, by datasketch or, bit for bit the same, by machine code.

A text is the set of its runs of five characters (shingles), each hashed by xxh3_64 over its UTF-8
bytes. Machine code by numba (extra `fast`) takes its permutations from datasketch, too, and pays
once there is much text.

Source: Broder 1997 (doi:10.1109/SEQUEN.1997.666900); datasketch 2.0's scheme "affine64".
"""

import importlib.util
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy
    from datasketch import MinHash
    from numpy.typing import NDArray

    Hashes = NDArray[numpy.uint64]
    Table = NDArray[numpy.uint64]

PERMUTATIONS = 128
NUMBER_OF_SHINGLE_CHARACTERS = 5
MINHASH_SEED = 1
HASH_SCHEME = "affine64"
COMPILED_FROM_CHARACTERS = 5_000_000
"""Below, datasketch is done before numba is imported and its machine code loaded or compiled."""


def should_compile(characters: int) -> bool:
    """Say whether machine code pays for so much text, and numba is there to make it."""
    return characters >= COMPILED_FROM_CHARACTERS and importlib.util.find_spec("numba") is not None


def shingles(text: str) -> frozenset[str]:
    """Return every run of five characters of a text."""
    size = NUMBER_OF_SHINGLE_CHARACTERS
    return frozenset(text[i : i + size] for i in range(len(text) - size + 1))


def sketches(texts: Sequence[str]) -> "Iterator[MinHash]":
    """Yield datasketch's sketch of each text.

    A text of fewer than five characters has no shingle: its sketch is empty.

    Args:
        texts: Canonical texts, without lone surrogates.
    """
    from datasketch import MinHash

    encoded = ([shingle.encode() for shingle in shingles(text)] for text in texts)
    made: Iterator[MinHash] = MinHash.generator(encoded, **_settings())
    yield from made


def text_signatures(texts: Sequence[str]) -> "Table":
    """Return the values of the sketch of each text as one row; needs numba."""
    from datasketch import MinHash

    from benchwright.contamination.signature_kernel import sign_texts

    factors, offsets = MinHash(**_settings()).permutations
    return sign_texts(*packed(texts), factors, offsets)


def packed(texts: Sequence[str]) -> "tuple[NDArray[numpy.uint8], NDArray[numpy.int64]]":
    """Return the UTF-8 bytes of all texts end to end, and where each begins and the last ends."""
    import numpy

    encoded = [text.encode() for text in texts]
    ends = numpy.cumsum([0, *map(len, encoded)], dtype=numpy.int64)
    return numpy.frombuffer(b"".join(encoded), dtype=numpy.uint8), ends


def _settings() -> dict[str, Any]:
    from xxhash import xxh3_64_intdigest

    return {
        "num_perm": PERMUTATIONS,
        "seed": MINHASH_SEED,
        "scheme": HASH_SCHEME,
        "hashfunc": xxh3_64_intdigest,
    }

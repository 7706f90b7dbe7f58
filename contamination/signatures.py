"""MinHash signatures of texts and of hashes, bit for bit those of datasketch 2.

A text is the set of its runs of five characters (shingles), each hashed by xxh3_64 over its UTF-8
bytes. A run that comes twice changes no minimum. Two ways lead to the same bits: numpy with
xxhash, and machine code by numba (extra `fast`), which pays once there is much text.

Source: Broder 1997 (doi:10.1109/SEQUEN.1997.666900); permutations, pre-mix and seeding are those
of datasketch 2.0's scheme "affine64".
"""

import importlib.util
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

    Hashes = NDArray[numpy.uint64]
    Table = NDArray[numpy.uint64]

PERMUTATIONS = 128
NUMBER_OF_SHINGLE_CHARACTERS = 5
MINHASH_SEED = 1
COMPILED_FROM_CHARACTERS = 5_000_000
"""Below, numpy is done before numba is imported and its machine code loaded or compiled."""
_BLOCK_HASHES = 128


def should_compile(characters: int) -> bool:
    """Say whether machine code pays for so much text, and numba is there to make it."""
    return characters >= COMPILED_FROM_CHARACTERS and importlib.util.find_spec("numba") is not None


def text_signatures(texts: Sequence[str], *, compiled: bool) -> "Table":
    """Return one signature a row, of the shingles of each text.

    A text of fewer than five characters has no shingle: its row is all ones.

    Args:
        texts: Canonical texts, without lone surrogates.
        compiled: Use numba, which must be there.
    """
    if not compiled:
        return hash_signatures([shingle_hashes(text) for text in texts], compiled=False)
    from benchwright.contamination.signature_kernel import sign_texts

    return sign_texts(*packed(texts), *_permutations())


def hash_signatures(sets: Sequence["Hashes"], *, compiled: bool) -> "Table":
    """Return one signature a row, of sets that are given as 64-bit hashes; repeats do not count.

    An empty set has a row of all ones.
    """
    import numpy

    if compiled:
        from benchwright.contamination.signature_kernel import sign_hashes

        ends = numpy.cumsum([0, *map(len, sets)], dtype=numpy.int64)
        values = numpy.concatenate([numpy.empty(0, numpy.uint64), *sets])
        return sign_hashes(values, ends, *_permutations())
    table = numpy.full((len(sets), PERMUTATIONS), 2**64 - 1, dtype=numpy.uint64)
    for row, hashes in zip(table, sets, strict=True):
        _lower(row, hashes)
    return table


def shingle_hashes(text: str) -> "Hashes":
    """Return the xxh3_64 of every shingle of a text, in order."""
    import numpy
    from xxhash import xxh3_64_intdigest

    size = NUMBER_OF_SHINGLE_CHARACTERS
    count = max(len(text) - size + 1, 0)
    if text.isascii():
        data = text.encode()
        hashes = [xxh3_64_intdigest(data[i : i + size]) for i in range(count)]
    else:
        hashes = [xxh3_64_intdigest(text[i : i + size].encode()) for i in range(count)]
    return numpy.array(hashes, dtype=numpy.uint64)


def packed(texts: Sequence[str]) -> "tuple[NDArray[numpy.uint8], NDArray[numpy.int64]]":
    """Return the UTF-8 bytes of all texts end to end, and where each begins and the last ends."""
    import numpy

    encoded = [text.encode() for text in texts]
    ends = numpy.cumsum([0, *map(len, encoded)], dtype=numpy.int64)
    return numpy.frombuffer(b"".join(encoded), dtype=numpy.uint8), ends


def _lower(row: "Hashes", hashes: "Hashes") -> None:
    """Lower each minimum of a signature to what the hashes bring."""
    import numpy

    factors, offsets = _permutations()
    for begin in range(0, len(hashes), _BLOCK_HASHES):
        mixed = _mixed(hashes[begin : begin + _BLOCK_HASHES])
        numpy.minimum(row, (mixed[:, None] * factors + offsets).min(axis=0), out=row)


def _mixed(hashes: "Hashes") -> "Hashes":
    """Return the hashes through the finaliser of MurmurHash3."""
    import numpy

    shift = numpy.uint64(33)
    hashes = (hashes ^ (hashes >> shift)) * numpy.uint64(0xFF51AFD7ED558CCD)
    hashes = (hashes ^ (hashes >> shift)) * numpy.uint64(0xC4CEB9FE1A85EC53)
    return hashes ^ (hashes >> shift)


@cache
def _permutations() -> "tuple[Hashes, Hashes]":
    """Return the factors and offsets of datasketch's `MinHash(seed=1, scheme="affine64")`."""
    import numpy

    draw = numpy.random.RandomState(MINHASH_SEED)
    halves = draw.randint(0, 2**63, PERMUTATIONS, dtype=numpy.uint64)
    offsets = draw.randint(0, 2**64, PERMUTATIONS, dtype=numpy.uint64)
    return halves * numpy.uint64(2) + numpy.uint64(1), offsets

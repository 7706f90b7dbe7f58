import random
import sys

import numpy
import pytest
from datasketch import MinHash
from hypothesis import given, settings
from hypothesis import strategies as st
from xxhash import xxh3_64_intdigest

from benchwright.contamination import signatures
from benchwright.contamination.signatures import (
    COMPILED_FROM_CHARACTERS,
    should_compile,
    sketches,
    text_signatures,
)

TEXTS = [
    "",
    "four",
    "fiver",
    "please copy this task about the harbour",
    "é" * 9,
    "naïve café at the quay",
    "漢 字 の 試 験 で す",
    "שלום עולם טוב",
    "ab\U00020000cd\U0001d41a fg\U00020001\U00020002\U00020003\U00020004\U00020005",
    " ".join(random.Random(1).choices(["kettle", "oboe", "quay", "sul", "fen"], k=700)),
]


def _of_datasketch(values):
    sketch = MinHash(num_perm=128, seed=1, scheme="affine64", hashfunc=xxh3_64_intdigest)
    sketch.update_batch(values)
    return sketch.hashvalues


def _runs(text):
    return [text[i : i + 5].encode() for i in range(len(text) - 4)]


def test_signatures_are_datasketchs_bit_for_bit():
    expected = [_of_datasketch(set(_runs(text))) for text in TEXTS]
    found = text_signatures(TEXTS)
    assert found.dtype == numpy.uint64
    assert numpy.array_equal(found, expected)
    assert numpy.array_equal([sketch.hashvalues for sketch in sketches(TEXTS)], expected)
    assert len({row.tobytes() for row in found}) == len(TEXTS) - 1


def test_repeats_change_no_signature_and_one_more_shingle_does():
    twice, thrice, other = text_signatures(["abcabcabc", "abcabcabcabc", "abcabcabcx"])
    assert numpy.array_equal(twice, thrice)
    assert not numpy.array_equal(twice, other)


def test_no_texts_give_no_rows():
    assert text_signatures([]).shape == (0, 128)
    assert list(sketches([])) == []


@pytest.mark.parametrize("size", range(4, 33))
def test_the_compiled_hash_is_xxh3(size):
    from benchwright.contamination.signature_kernel import xxh3_64

    draw = random.Random(size)
    for data in (bytes(size), b"\xff" * size, *(draw.randbytes(size) for _ in range(40))):
        padded = numpy.frombuffer(b"x" + data + b"y", dtype=numpy.uint8)
        assert xxh3_64(padded, 1, size) == xxh3_64_intdigest(data)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=60), max_size=4))
def test_compiled_shingles_are_those_of_the_strings(texts):
    from benchwright.contamination import signature_kernel

    data, ends = signatures.packed(texts)
    for i, text in enumerate(texts):
        room = numpy.zeros(len(text.encode()), numpy.uint64)
        count = signature_kernel.shingle_hashes(data, ends[i], ends[i + 1], room)
        assert room[:count].tolist() == [xxh3_64_intdigest(run) for run in _runs(text)]
    rows = [sketch.hashvalues for sketch in sketches(texts)]
    assert text_signatures(texts).tolist() == [row.tolist() for row in rows]


def test_machine_code_is_for_much_text_and_needs_numba(monkeypatch):
    assert should_compile(COMPILED_FROM_CHARACTERS)
    assert not should_compile(COMPILED_FROM_CHARACTERS - 1)
    monkeypatch.setitem(sys.modules, "numba", None)
    assert not should_compile(COMPILED_FROM_CHARACTERS)

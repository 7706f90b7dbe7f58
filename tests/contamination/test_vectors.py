import numpy
import pytest

from benchwright.contamination import vectors
from benchwright.contamination.vectors import closest, reaching, read_vectors, write_vectors


def _unit(rows, seed=1):
    table = numpy.random.default_rng(seed).standard_normal((rows, 16), dtype=numpy.float32)
    return table / numpy.linalg.norm(table, axis=1, keepdims=True)


def _turned(vector, other, cosine):
    """Return a unit vector of that cosine similarity to `vector`, towards `other`."""
    across = other - (other @ vector) * vector
    across /= numpy.linalg.norm(across)
    return (cosine * vector + (1 - cosine**2) ** 0.5 * across).astype(numpy.float32)


@pytest.mark.parametrize("products", [1, 7, 4_000_000])
def test_pairs_at_the_threshold_are_found_and_those_below_it_are_not(monkeypatch, products):
    monkeypatch.setattr(vectors, "BLOCK_PRODUCTS", products)
    left = _unit(3)
    right = numpy.stack(
        [
            _turned(left[0], left[1], 0.8501),
            _turned(left[2], left[1], 0.8498),
            _turned(left[2], left[0], 1.0),
        ]
    )
    found = closest((left, [0, 1, 2]), (right, numpy.arange(3), [5, 6, 7]), 0.85)
    assert found == [(0, 0, 0.8501), (2, 2, 1.0)]


def test_the_closest_windows_of_two_views_count_and_the_first_among_equals():
    base = _unit(2, seed=4)
    near = [_turned(base[0], base[1], cosine) for cosine in (0.9, 0.95, 0.95)]
    left, right = numpy.stack([base[1], base[0], base[0]]), numpy.stack(near)
    found = closest((left, [4, 8, 8]), (right, numpy.arange(3), [1, 1, 1]), 0.85)
    assert found == [(1, 1, 0.95)]


def test_it_equals_every_product_compared_one_by_one():
    left, right = _unit(40, seed=5), _unit(60, seed=6)
    rows = numpy.arange(60)[::-1]
    expected = [
        (i, j, score)
        for i in range(40)
        for j in range(60)
        if (score := round(float(left[i] @ right[rows[j]]), 4)) >= 0.4
    ]
    assert len(expected) > 50
    found = closest((left, range(40)), (right, rows, range(60)), 0.4)
    assert [pair[:2] for pair in found] == [pair[:2] for pair in expected]
    assert [pair[2] for pair in found] == pytest.approx([pair[2] for pair in expected], abs=1e-4)


@pytest.mark.parametrize("products", [1, 4_000_000])
def test_the_windows_with_a_partner_within_reach_are_named(monkeypatch, products):
    monkeypatch.setattr(vectors, "BLOCK_PRODUCTS", products)
    *left, other = numpy.eye(4, 16, dtype=numpy.float32)
    right = numpy.stack([_turned(left[2], other, cosine) for cosine in (0.2, 0.61, 0.59, 0.9)])
    ours, theirs = reaching(numpy.stack(left), (right, numpy.array([3, 2, 1])), 0.6)
    assert (ours.tolist(), theirs.tolist()) == ([2], [0, 2])


def test_what_was_written_is_read_in_order_of_key(tmp_path):
    keys, table = [b"b" * 32, b"a" * 32], _unit(2)
    write_vectors(tmp_path / "v.npy", keys, table)
    read = read_vectors(tmp_path / "v.npy")
    assert read is not None
    assert read[0] == sorted(keys)
    assert numpy.array_equal(read[1], table[::-1])


def test_a_file_that_holds_a_key_twice_is_not_believed(tmp_path):
    write_vectors(tmp_path / "v.npy", [b"a" * 32, b"a" * 32], _unit(2))
    assert read_vectors(tmp_path / "v.npy") is None
    assert read_vectors(tmp_path / "absent.npy") is None

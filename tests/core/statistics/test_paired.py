import pytest

from benchwright.statistics.paired import exact_test, mean_effect


def test_exact_mcnemar_by_hand():
    """9 rows better, 1 worse: twice the tail (1 + 10) / 2^10."""
    found = exact_test([1.0] * 9 + [-1.0] + [0.0] * 40)
    assert (found.better, found.worse, found.ties) == (9, 1, 40)
    assert found.p_value == pytest.approx(22 / 1024)


def test_even_odds_are_no_evidence_and_no_difference_has_no_value():
    assert exact_test([1.0, -1.0]).p_value == 1
    assert exact_test([0.0, 0.0]).p_value is None


def test_the_effect_is_the_mean_over_rows_with_its_cluster_interval():
    groups = [[0.1 * (index % 5), 0.2] for index in range(20)]
    effect = mean_effect(groups, seed=1)
    assert effect.value == pytest.approx(0.2)
    assert (effect.n, effect.rows) == (20, 40)
    assert effect.low < effect.value < effect.high


def test_copies_of_a_row_do_not_make_the_interval_narrower():
    rows = [0.1 * (index % 7) - 0.2 for index in range(30)]
    once = mean_effect([[row] for row in rows], seed=3)
    copied = mean_effect([[row] * 5 for row in rows], seed=3)
    ignored = mean_effect([[row] for row in rows for _ in range(5)], seed=3)
    assert (copied.low, copied.high) == pytest.approx((once.low, once.high))
    assert ignored.high - ignored.low < 0.6 * (once.high - once.low)


def test_nine_clusters_are_insufficient_and_ten_are_not():
    groups = [[0.1 * index] for index in range(10)]
    assert mean_effect(groups, seed=0).status == "measured"
    few = mean_effect(groups[:9], seed=0)
    assert (few.status, few.low) == ("insufficient", None)
    assert few.value == pytest.approx(0.4)


def test_one_cluster_that_holds_nearly_all_rows_is_insufficient():
    groups = [[0.1 * index] for index in range(11)]
    large = mean_effect([*groups, [0.5, 0.2] * 40], seed=0)
    assert large.status == "insufficient"
    assert large.reason.endswith("as good as 1.3 of equal size")
    assert mean_effect([*groups, [0.5, 0.2] * 2], seed=0).status == "measured"


def test_clusters_that_do_not_differ_have_no_interval():
    assert mean_effect([[0.1]] * 20, seed=0).status == "undefined"


def test_the_seed_decides_the_interval():
    groups = [[0.13 * index**0.5] for index in range(20)]
    first, again, other = (mean_effect(groups, seed=seed) for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_the_interval_of_many_clusters_is_close_to_that_of_student():
    """400 clusters, differences 0 and 1 in equal shares: 0.5 and 1.966 * sqrt(.25 / 399)."""
    effect = mean_effect([[float(index % 2)] for index in range(400)], seed=5)
    assert effect.high - 0.5 == pytest.approx(1.966 * (0.25 / 399) ** 0.5, rel=0.05)

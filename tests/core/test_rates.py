import pytest
from scipy.stats import beta

from benchwright.rates import exact_lower_bound, wilson


def test_the_interval_is_wilsons():
    assert wilson(0, 10) == pytest.approx((0, 0.2775), abs=1e-4)
    assert wilson(8, 10) == pytest.approx((0.4902, 0.9433), abs=1e-4)
    assert wilson(10, 10) == pytest.approx((0.7225, 1), abs=1e-4)


def test_29_without_a_miss_show_90_percent_and_28_do_not():
    assert exact_lower_bound(28, 28) < 0.9 < exact_lower_bound(29, 29)
    assert exact_lower_bound(58, 58) < 0.95 < exact_lower_bound(59, 59)


@pytest.mark.parametrize(("found", "tried"), [(1, 1), (1, 60), (37, 60), (59, 60), (900, 1000)])
def test_the_bound_is_the_quantile_of_the_beta_distribution(found, tried):
    expected = beta.ppf(0.05, found, tried - found + 1)
    assert exact_lower_bound(found, tried) == pytest.approx(expected, abs=1e-9)


def test_nothing_found_shows_nothing():
    assert exact_lower_bound(0, 60) == 0.0

"""How large is a paired difference, and how sure? Bootstrap over clusters, and exact tests.

Rows of one cluster are kin and say much the same; what was sampled is the cluster. Clusters are
drawn again with replacement, with all their rows.
"""

import math
from collections.abc import Sequence
from typing import Literal

from pydantic import Field

from benchwright.tasks import Record

RESAMPLES = 10_000
MIN_CLUSTERS = 10
MIN_EFFECTIVE_CLUSTERS = 4
_CELLS_AT_ONCE = 2_000_000


class Effect(Record):
    """A mean difference and its 95 % interval.

    Attributes:
        status: `insufficient` for fewer than 10 clusters, or where a few hold most rows;
            `undefined` where no cluster differs from another; there is then no interval.
        n: Clusters: what was sampled, and what the interval rests on.
        rows: Paired rows in them.
    """

    status: Literal["measured", "insufficient", "undefined"]
    value: float
    low: float | None = None
    high: float | None = None
    n: int = Field(ge=1)
    rows: int = Field(ge=1)
    reason: str | None = None

    @property
    def text(self) -> str:
        """The effect as a report shows it."""
        if self.low is None or self.high is None:
            return f"{self.value:+.3f} ({self.status}: {self.reason})"
        return f"{self.value:+.3f} (95 % {self.low:+.3f} to {self.high:+.3f})"


class ExactTest(Record):
    """An exact two-sided test of even odds: `better` against `worse`, the ties left out.

    `p_value` is None where nothing differs.
    """

    unit: Literal["rows", "clusters"]
    better: int = Field(ge=0)
    worse: int = Field(ge=0)
    ties: int = Field(ge=0)
    p_value: float | None = Field(default=None, ge=0, le=1)


def mean_effect(groups: Sequence[Sequence[float]], *, seed: int) -> Effect:
    """Return the mean of differences with its interval over clusters.

    The interval is the bias-corrected and accelerated bootstrap (BCa), with quantiles of Student's
    t, widened by the root of n/(n-1), in the place of the normal ones: without them it is too
    narrow for a mean of fewer than a hundred clusters. n is the effective number of clusters, which
    unequal sizes make smaller.

    Args:
        groups: The differences of each cluster, none of them empty.
        seed: Equal seeds give equal intervals.

    Source: Efron 1987 (doi:10.2307/2289144) for BCa, with the jackknife over clusters; Hesterberg
        2015 (arXiv:1411.5279), section 4.3, for the expansion; Kish 1965, "Survey Sampling", for
        the effective number; Field and Welsh 2007
        (doi:10.1111/j.1467-9868.2007.00593.x) for resampling clusters.
    """
    sizes = [len(group) for group in groups]
    sums = [math.fsum(group) for group in groups]
    n, rows = len(groups), sum(sizes)
    value = math.fsum(sums) / rows
    spread = sum((total - value * size) ** 2 for total, size in zip(sums, sizes, strict=True))
    rounded = round(value, 9)
    if n < MIN_CLUSTERS:
        reason = f"{n} clusters, {MIN_CLUSTERS} are needed"
        return Effect(status="insufficient", value=rounded, n=n, rows=rows, reason=reason)
    effective = rows**2 / sum(size**2 for size in sizes)
    if effective < MIN_EFFECTIVE_CLUSTERS:
        reason = f"a few clusters hold most rows: as good as {effective:.1f} of equal size"
        return Effect(status="insufficient", value=rounded, n=n, rows=rows, reason=reason)
    if spread < 1e-18:
        reason = "no cluster differs from another"
        return Effect(status="undefined", value=rounded, n=n, rows=rows, reason=reason)
    low, high = _interval(sums, sizes, seed)
    return Effect(
        status="measured", value=rounded, low=round(low, 9), high=round(high, 9), n=n, rows=rows
    )


def exact_test(
    differences: Sequence[float], unit: Literal["rows", "clusters"] = "rows"
) -> ExactTest:
    """Return the exact test of how many differences are above and below 0.

    Of differences in pass or fail, one a row, this is McNemar's test; of clusters, the sign test.

    Source: McNemar 1947, Psychometrika 12, 153-157, in its exact form.
    """
    from scipy.stats import binomtest

    better = sum(value > 0 for value in differences)
    worse = sum(value < 0 for value in differences)
    p_value = None
    if better + worse:
        p_value = float(binomtest(better, better + worse, 0.5).pvalue)
    return ExactTest(
        unit=unit,
        better=better,
        worse=worse,
        ties=len(differences) - better - worse,
        p_value=p_value,
    )


def _interval(sums: Sequence[float], sizes: Sequence[int], seed: int) -> tuple[float, float]:
    import numpy as np
    from scipy.stats import norm, t

    n = len(sums)
    totals, counts = np.asarray(sums, dtype=float), np.asarray(sizes, dtype=float)
    mean = totals.sum() / counts.sum()
    draw = np.random.default_rng(seed)
    step = max(1, _CELLS_AT_ONCE // n)
    means = np.empty(RESAMPLES)
    for start in range(0, RESAMPLES, step):
        chosen = draw.integers(0, n, (min(step, RESAMPLES - start), n))
        means[start : start + step] = totals[chosen].sum(1) / counts[chosen].sum(1)
    is_tie = np.abs(means - mean) < 1e-9 * means.std()
    below = np.mean((means < mean) & ~is_tie) + np.mean(is_tie) / 2
    bias = norm.ppf(np.clip(below, 1 / RESAMPLES, 1 - 1 / RESAMPLES))
    left_out = (totals.sum() - totals) / (counts.sum() - counts)
    gaps = left_out.mean() - left_out
    acceleration = (gaps**3).sum() / (6 * (gaps**2).sum() ** 1.5)
    effective = counts.sum() ** 2 / (counts**2).sum()
    reach = t.ppf(0.975, effective - 1) * math.sqrt(effective / (effective - 1))
    tails = [_tail(bias, acceleration, sign * reach) for sign in (-1, 1)]
    low, high = np.quantile(means, norm.cdf(tails))
    return float(low), float(high)


def _tail(bias: float, acceleration: float, reach: float) -> float:
    """Return where an end of the interval lies among the resamples, as a normal quantile."""
    moved = bias + reach
    room = 1 - acceleration * moved
    return bias + moved / room if room > 0 else math.copysign(math.inf, reach)

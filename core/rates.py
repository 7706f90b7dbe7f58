"""How sure is a share of so many? Its score interval, and its exact lower bound."""

import math

_Z_95 = 1.959963984540054
_BISECTIONS = 60


def wilson(found: float, tried: float) -> tuple[float, float]:
    """Return the 95 % score interval of a share, of a whole or an effective number.

    Source: Wilson 1927, Journal of the American Statistical Association 22, 209-212.
    """
    share, square = found / tried, _Z_95**2
    middle = share + square / (2 * tried)
    spread = _Z_95 * math.sqrt(share * (1 - share) / tried + square / (4 * tried**2))
    scale = 1 + square / tried
    return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)


def exact_lower_bound(found: int, tried: int, *, confidence: float = 0.95) -> float:
    """Return the one-sided exact binomial lower bound of a share.

    The least share under which `found` or more of `tried` is not rarer than 1 - confidence: 29
    of 29 show .90 at 95 %, 59 of 59 show .95.

    Source: Clopper and Pearson 1934, Biometrika 26, 404-413.
    """
    if found == 0:
        return 0.0
    low, high = 0.0, found / tried
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        if _at_least(found, tried, middle) < 1 - confidence:
            low = middle
        else:
            high = middle
    return low


def _at_least(found: int, tried: int, share: float) -> float:
    if share <= 0.0 or share >= 1.0:
        return float(share >= 1.0)
    logs = (
        math.lgamma(tried + 1)
        - math.lgamma(hits + 1)
        - math.lgamma(tried - hits + 1)
        + hits * math.log(share)
        + (tried - hits) * math.log1p(-share)
        for hits in range(found, tried + 1)
    )
    return math.fsum(math.exp(value) for value in logs)

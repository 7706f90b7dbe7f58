"""How sure is a share of so many? Its score interval."""

import math

_Z_95 = 1.959963984540054


def wilson(found: int, tried: int) -> tuple[float, float]:
    """Return the 95 % score interval of a share.

    Source: Wilson 1927, Journal of the American Statistical Association 22, 209-212.
    """
    share, square = found / tried, _Z_95**2
    middle = share + square / (2 * tried)
    spread = _Z_95 * math.sqrt(share * (1 - share) / tried + square / (4 * tried**2))
    scale = 1 + square / tried
    return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)

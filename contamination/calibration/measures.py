"""How good is a threshold, and which is the best? Rates with intervals over scored pairs."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from benchwright.calibration import CurvePoint, Half, Kind, KindRate, LabelledPair, Measure, Rate
from benchwright.rates import wilson

MIN_PAIRS = 50
STEPS = 100
RATE_DIGITS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoredPair:
    """A labelled pair and its score; 0 where the detector did not report it at any threshold."""

    pair: LabelledPair
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The thresholds, above `lowest` and up to `highest`, that do best on half a."""

    lowest: float
    highest: float


def of_half(scored: Iterable[ScoredPair], half: Half) -> list[ScoredPair]:
    """Return the pairs of one half."""
    return [one for one in scored if one.pair.half == half]


def too_few(
    scored: Sequence[ScoredPair], claims: Sequence[Kind], half: Half, *, max_false_positives: float
) -> str | None:
    """Return why the pairs of a half prove nothing about a detector; None when they do."""
    least = max(MIN_PAIRS, math.ceil(1 / max_false_positives - 1e-9) - 1 if half == "a" else 0)
    leaks = len(_claimed(scored, claims))
    if leaks < MIN_PAIRS:
        return f"half {half} has {leaks} leaks of {', '.join(claims)}, fewer than {MIN_PAIRS}"
    kinds = _without_leak(scored)
    for kind, ones in kinds.items():
        if len(ones) < least:
            return f"half {half} has {len(ones)} pairs of {kind}, fewer than {least}"
    return None if kinds else f"half {half} has no pair that is no leak"


def measure(
    scored: Sequence[ScoredPair], claims: Sequence[Kind], *, half: Half, threshold: float | None
) -> Measure:
    """Return what a threshold finds among the pairs of one half.

    Args:
        scored: The pairs of that half, enough of them (`too_few`).
        claims: The kinds of leaks that the detector is for.
        half: Which half it is.
        threshold: The least score that is flagged; None for a detector without one.
    """
    least = 1.0 if threshold is None else threshold
    false = {kind: _rate(ones, least) for kind, ones in _without_leak(scored).items()}
    worst = max(false, key=lambda kind: (false[kind].rate, false[kind].high))
    recall = _rate(_claimed(scored, claims), least)
    flagged = recall.found + sum(rate.found for rate in false.values())
    return Measure(
        half=half,
        threshold=threshold,
        recall=recall,
        precision=rate_of(recall.found, flagged) if flagged else None,
        false_positives=false[worst],
        worst_kind=worst,
        kinds=tuple(_kinds(scored, least)),
    )


def choose(
    scored: Sequence[ScoredPair],
    claims: Sequence[Kind],
    *,
    floor: float,
    max_false_positives: float,
) -> Choice | None:
    """Return the thresholds of the highest recall, and among these of the fewest false positives.

    A threshold is allowed when, of each kind without a leak, k of n pairs are flagged and
    (k + 1) / (n + 1) is at most `max_false_positives`: a new pair of that kind is then flagged
    with no higher probability. None when no threshold that finds a leak is allowed.

    Source: Papadopoulos et al. 2002 (doi:10.1007/3-540-36755-1_29), split conformal prediction.
    """
    leaks = [one.score for one in _claimed(scored, claims)]
    kinds = [[one.score for one in ones] for ones in _without_leak(scored).values()]
    steps = sorted({floor, *(s for ones in (leaks, *kinds) for s in ones if s > floor)})
    best: tuple[int, int, float, float] | None = None
    for lower, step in pairwise((floor, *steps)):
        false = [_reaching(ones, step) for ones in kinds]
        found = _reaching(leaks, step)
        is_allowed = all(
            (count + 1) / (len(ones) + 1) <= max_false_positives
            for count, ones in zip(false, kinds, strict=True)
        )
        if is_allowed and found:
            best = max(best or (0, 0, 0.0, 0.0), (found, -sum(false), step, lower))
    return None if best is None else Choice(lowest=best[3], highest=best[2])


def curve(
    scored: Sequence[ScoredPair], claims: Sequence[Kind], *, floor: float
) -> Iterator[CurvePoint]:
    """Yield precision and recall for every hundredth of a threshold from `floor` to 1."""
    leaks = [one.score for one in _claimed(scored, claims)]
    kinds = [[one.score for one in ones] for ones in _without_leak(scored).values()]
    for step in range(round(floor * STEPS), STEPS + 1):
        found = _reaching(leaks, step / STEPS)
        false = [_reaching(ones, step / STEPS) for ones in kinds]
        if found or any(false):
            rates = [count / len(ones) for count, ones in zip(false, kinds, strict=True)]
            yield CurvePoint(
                threshold=step / STEPS,
                recall=round(found / len(leaks), RATE_DIGITS),
                precision=round(found / (found + sum(false)), RATE_DIGITS),
                false_positive_rate=round(max(rates), RATE_DIGITS),
            )


def rate_of(found: int, of: int) -> Rate:
    """Return a share with its 95 % Wilson interval."""
    low, high = wilson(found, of)
    return Rate(
        found=found,
        of=of,
        rate=round(found / of, RATE_DIGITS),
        low=round(low, RATE_DIGITS),
        high=round(high, RATE_DIGITS),
    )


def _rate(ones: Sequence[ScoredPair], least: float) -> Rate:
    return rate_of(_reaching([one.score for one in ones], least), len(ones))


def _reaching(scores: Iterable[float], least: float) -> int:
    return sum(score >= least for score in scores)


def _claimed(scored: Iterable[ScoredPair], claims: Sequence[Kind]) -> list[ScoredPair]:
    return [one for one in scored if one.pair.label == "leak" and one.pair.kind in claims]


def _without_leak(scored: Iterable[ScoredPair]) -> dict[Kind, list[ScoredPair]]:
    kinds: dict[Kind, list[ScoredPair]] = {}
    for one in scored:
        if one.pair.label == "no_leak":
            kinds.setdefault(one.pair.kind, []).append(one)
    return kinds


def _kinds(scored: Sequence[ScoredPair], least: float) -> Iterator[KindRate]:
    groups = dict.fromkeys((one.pair.label, one.pair.kind) for one in scored)
    for label, kind in groups:
        ones = [one for one in scored if (one.pair.label, one.pair.kind) == (label, kind)]
        yield KindRate(
            kind=kind,
            label=label,
            pairs=len(ones),
            flagged=_rate(ones, least) if len(ones) >= MIN_PAIRS else None,
        )

"""Measure every detector on labelled pairs and propose a threshold for those that have one.

Half a alone decides the threshold; half b alone says how good it is.
"""

from collections.abc import Callable, Mapping, Sequence

from benchwright.calibration import (
    CalibrationReport,
    DetectorCalibration,
    Half,
    LabelledPair,
    MeasuredRates,
    PairSet,
    Policy,
    PolicyThreshold,
    Proposal,
)
from benchwright.contamination.calibration.detectors import Subject, score_pairs
from benchwright.contamination.calibration.measures import (
    Choice,
    ScoredPair,
    choose,
    curve,
    measure,
    of_half,
    too_few,
)
from benchwright.contamination.embedding import ModelChoice
from benchwright.contamination.normaliser import NORMALISER
from benchwright.errors import CheckFailedError
from benchwright.version import __version__

COARSE_DIGITS, FINE_DIGITS = 2, 4
_TOOL = f"benchwright {__version__}"


def calibrate(
    pairs: Sequence[LabelledPair],
    subjects: Sequence[Subject],
    *,
    pair_set: PairSet,
    max_false_positives: float,
    model: ModelChoice | None = None,
    absent: Mapping[str, str] | None = None,
    advance: Callable[[str], None] = lambda _: None,
) -> CalibrationReport:
    """Judge the pairs with every detector.

    Args:
        pairs: Labelled pairs, each with its half.
        subjects: The detectors.
        pair_set: Which pairs these are.
        max_false_positives: Largest rate of false positives of a proposed threshold, in each kind
            of pairs without a leak.
        model: The model of the embedding check.
        absent: Detectors that cannot run, and why.
        advance: Told the name of each detector as it begins.
    """
    found = []
    for subject in subjects:
        advance(subject.check)
        used = model if subject.check == "embedding" else None
        found.append(_calibrated(subject, pairs, max_false_positives, used))
    found += [
        DetectorCalibration(check=name, claims=(), status="not_run", reason=reason)
        for name, reason in (absent or {}).items()
    ]
    return CalibrationReport(
        tool=_TOOL,
        normaliser=NORMALISER,
        pairs=pair_set,
        max_false_positives=max_false_positives,
        detectors=tuple(found),
    )


def to_policy(report: CalibrationReport) -> Policy:
    """Return the proposed thresholds as a policy.

    Raises:
        CheckFailedError: If the report proposes none.
    """
    thresholds = tuple(
        PolicyThreshold(
            check=found.check,
            parameter=found.parameter,
            value=found.proposal.threshold,
            model=found.model,
            model_sha256=found.model_sha256,
            set_on="a",
            measured=tuple(
                MeasuredRates(
                    half=one.half,
                    recall=one.recall,
                    false_positives=one.false_positives,
                    worst_kind=one.worst_kind,
                )
                for one in (found.proposal.half_a, found.proposal.half_b)
            ),
        )
        for found in report.detectors
        if found.proposal and found.parameter and found.check not in ("exact", "ngram")
    )
    if not thresholds:
        raise CheckFailedError(
            "no threshold could be proposed, so there is no policy",
            fix="give at least 50 pairs a half of each kind, or allow more false positives",
        )
    return Policy(
        record="contamination_policy",
        schema_version=1,
        tool=report.tool,
        normaliser=report.normaliser,
        pairs=report.pairs,
        max_false_positives=report.max_false_positives,
        thresholds=thresholds,
    )


def _calibrated(
    subject: Subject,
    pairs: Sequence[LabelledPair],
    max_false_positives: float,
    model: ModelChoice | None,
) -> DetectorCalibration:
    stated = DetectorCalibration(
        check=subject.check,
        claims=subject.claims,
        parameter=subject.parameter,
        status="insufficient",
        model=model.name if model else None,
        model_sha256=model.sha256 if model else None,
    )
    halves: tuple[Half, Half] = ("a", "b")
    labelled = [ScoredPair(pair=pair, score=0.0) for pair in pairs]
    for half in halves:
        reason = too_few(
            of_half(labelled, half), subject.claims, half, max_false_positives=max_false_positives
        )
        if reason:
            return stated.model_copy(update={"reason": reason})
    scored = score_pairs(subject, pairs)
    of_a, of_b = (of_half(scored, half) for half in halves)
    at_default = measure(of_b, subject.claims, half="b", threshold=subject.default)
    known = stated.model_copy(update={"status": "measured", "at_default": at_default})
    if subject.default is None:
        return known
    known = known.model_copy(
        update={"curve": tuple(curve(of_b, subject.claims, floor=subject.floor))}
    )
    choice = choose(
        of_a, subject.claims, floor=subject.floor, max_false_positives=max_false_positives
    )
    if choice is None:
        reason = f"no threshold finds a leak at {max_false_positives:g} false positives on half a"
        return known.model_copy(update={"reason": reason})
    threshold = _within(choice, subject.default)
    proposal = Proposal(
        threshold=threshold,
        lowest=choice.lowest,
        highest=choice.highest,
        half_a=measure(of_a, subject.claims, half="a", threshold=threshold),
        half_b=measure(of_b, subject.claims, half="b", threshold=threshold),
    )
    return known.model_copy(update={"proposal": proposal})


def _within(choice: Choice, default: float) -> float:
    """Return the default where it is as good as any, and else the middle, in round figures."""
    if choice.lowest < default <= choice.highest:
        return default
    middle = (choice.lowest + choice.highest) / 2
    for digits in (COARSE_DIGITS, FINE_DIGITS):
        if choice.lowest < round(middle, digits) <= choice.highest:
            return round(middle, digits)
    return choice.highest

import pytest

from benchwright.calibration import LabelledPair
from benchwright.contamination.calibration.measures import (
    ScoredPair,
    choose,
    curve,
    measure,
    too_few,
)

CLAIMS = ("paraphrase",)


def _scored(kind, scores, half="a"):
    label = "leak" if kind in ("paraphrase", "copy") else "no_leak"
    return [
        ScoredPair(
            pair=LabelledPair(
                id=f"{kind}{n}", half=half, kind=kind, label=label, left="l", right="r"
            ),
            score=score,
        )
        for n, score in enumerate(scores)
    ]


def _spread(low, high, count):
    return [low + (high - low) * n / (count - 1) for n in range(count)]


LEAKS = _scored("paraphrase", _spread(0.5, 0.9, 100))
APART = _scored("same_topic", _spread(0.0, 0.3, 100))


def test_between_leaks_and_others_every_threshold_is_as_good():
    found = choose([*LEAKS, *APART], CLAIMS, floor=0.1, max_false_positives=0.05)
    assert (found.lowest, found.highest) == (pytest.approx(0.3), 0.5)


def test_the_limit_holds_for_the_worst_kind_with_one_pair_to_spare():
    worst = _scored("unrelated", [0.95] * 4 + [0.6] * 96)
    found = choose([*LEAKS, *APART, *worst], CLAIMS, floor=0.1, max_false_positives=0.05)
    assert found.lowest == 0.6
    worst = _scored("unrelated", [0.95] * 5 + [0.6] * 95)
    assert choose([*LEAKS, *APART, *worst], CLAIMS, floor=0.1, max_false_positives=0.05) is None


def test_a_kind_the_detector_is_not_for_sets_nothing():
    copies = _scored("copy", [0.2] * 100)
    found = choose([*LEAKS, *APART, *copies], CLAIMS, floor=0.1, max_false_positives=0.05)
    assert found.highest == 0.5


def test_a_measure_counts_by_kind_and_takes_the_worst_one_for_false_positives():
    unrelated = _scored("unrelated", [0.8] * 10 + [0.1] * 90)
    few = _scored("copy", [1.0] * 49)
    found = measure([*LEAKS, *APART, *unrelated, *few], CLAIMS, half="a", threshold=0.6)
    assert (found.recall.found, found.recall.of) == (75, 100)
    assert (found.worst_kind, found.false_positives.found) == ("unrelated", 10)
    assert (found.precision.found, found.precision.of) == (75, 85)
    assert found.recall.low < 0.75 < found.recall.high
    by_kind = {kind.kind: kind for kind in found.kinds}
    assert by_kind["copy"].flagged is None
    assert by_kind["copy"].pairs == 49


def test_nothing_flagged_has_no_precision():
    assert measure([*LEAKS, *APART], CLAIMS, half="a", threshold=0.99).precision is None


@pytest.mark.parametrize(
    ("leaks", "others", "said"),
    [
        (49, {"same_topic": 100}, "half b has 49 leaks of paraphrase, fewer than 50"),
        (50, {"same_topic": 100, "unrelated": 49}, "half b has 49 pairs of unrelated"),
        (50, {}, "half b has no pair that is no leak"),
        (50, {"same_topic": 50}, None),
    ],
)
def test_too_few_pairs_prove_nothing(leaks, others, said):
    scored = _scored("paraphrase", [0.5] * leaks)
    for kind, count in others.items():
        scored += _scored(kind, [0.1] * count)
    found = too_few(scored, CLAIMS, "b", max_false_positives=0.05)
    assert found is None if said is None else said in found


def test_a_small_rate_needs_more_pairs_in_the_half_that_sets_the_threshold():
    few = too_few([*LEAKS, *APART], CLAIMS, "a", max_false_positives=0.005)
    assert few == "half a has 100 pairs of same_topic, fewer than 199"
    assert too_few([*LEAKS, *APART], CLAIMS, "b", max_false_positives=0.005) is None
    enough = [*LEAKS, *_scored("same_topic", [0.1] * 199)]
    assert too_few(enough, CLAIMS, "a", max_false_positives=0.005) is None
    found = choose(enough, CLAIMS, floor=0.05, max_false_positives=0.005)
    assert found.highest == 0.5


def test_the_curve_falls_with_the_threshold():
    points = list(curve([*LEAKS, *APART], CLAIMS, floor=0.1))
    assert points[0].threshold == 0.1
    assert [p.recall for p in points] == sorted((p.recall for p in points), reverse=True)
    assert points[0].false_positive_rate > 0.5
    assert {p.threshold: p.precision for p in points}[0.5] == 1.0

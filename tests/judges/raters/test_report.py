"""Figures by hand: two annotators score 60 tasks 1 or 2 on `tone`.

20 tasks both give 1, 30 both give 2, 6 only the first gives 2, 4 only the second.
"""

import pytest

from benchwright.judges.raters.report import measure_agreement
from benchwright.judges.raters.words import headline, to_markdown

ANA = [1] * 20 + [2] * 30 + [2] * 6 + [1] * 4
BEN = [1] * 20 + [2] * 30 + [1] * 6 + [2] * 4


def _report(given, first, second, **how):
    return measure_agreement([*given("ana", first), *given("ben", second)], **how)


def _only(report):
    [comparison] = report.comparisons
    [dimension] = comparison.dimensions
    return dimension


def test_percent_kappa_weighted_kappa_ac1_and_alpha_by_hand(given):
    one = _only(_report(given, ANA, BEN))
    assert (one.tasks, one.agreed, one.agreement.value) == (
        60,
        50,
        pytest.approx(50 / 60, abs=1e-6),
    )
    # Ana gives 1 to 24, Ben to 26: by chance they agree on (24*26 + 36*34) / 3600
    chance = (24 * 26 + 36 * 34) / 3600
    kappa = (50 / 60 - chance) / (1 - chance)
    assert one.kappa.value == pytest.approx(kappa, abs=1e-6)
    # with two neighbouring levels in use, squared distances are those of plain kappa
    assert one.quadratic_kappa.value == pytest.approx(kappa, abs=1e-6)
    # AC1 over five levels: shares 50/120 and 70/120 of all labels
    chance = (50 / 120 * 70 / 120 + 70 / 120 * 50 / 120) / 4
    assert one.ac1.value == pytest.approx((50 / 60 - chance) / (1 - chance), abs=1e-6)
    # alpha: 10 of 60 pairs differ; by chance 2 * 50 * 70 of 120 * 119
    assert one.alpha.value == pytest.approx(1 - (10 / 60) / (2 * 50 * 70 / (120 * 119)), abs=1e-6)
    assert one.first_base_rates["1"] == pytest.approx(24 / 60, abs=1e-6)
    for figure in (one.kappa, one.quadratic_kappa, one.ac1, one.alpha):
        assert figure.low < figure.value < figure.high


def test_quadratic_weights_count_far_answers_more(given):
    near = [1, 5] * 30, [1, 5] * 29 + [2, 4]
    far = [1, 5] * 30, [1, 5] * 29 + [5, 1]
    values = [_only(_report(given, *rows)) for rows in (near, far)]
    assert values[0].agreed == values[1].agreed
    assert values[0].quadratic_kappa.value > 0.97
    assert values[1].quadratic_kappa.value < 0.94


def test_27_of_30_prints_the_interval_and_is_insufficient_to_show_80(given):
    report = _report(given, [1, 2, 3] * 10, [1, 2, 3] * 9 + [2, 3, 1])
    one = _only(report)
    assert (one.agreement.low, one.agreement.high) == (
        pytest.approx(0.744, abs=5e-4),
        pytest.approx(0.965, abs=5e-4),
    )
    assert (one.shows, report.verdict) == ("insufficient", "insufficient")
    assert headline(report) == "insufficient to show 0.80 on tone"
    assert one.kappa.status == "insufficient"
    assert one.kappa.value is None


def test_below_80_blocks_a_release_until_the_rubric_is_revised(given):
    report = _report(given, [1, 2] * 30, [1, 2] * 20 + [2, 1] * 10)
    assert (report.verdict, report.below()) == ("blocked", ["tone"])
    assert "blocks a release until the rubric is revised" in headline(report)


@pytest.mark.parametrize(
    ("tasks", "level", "verdict"),
    [(60, "smoke", "insufficient"), (100, "gate", "shown"), (200, "claim", "shown")],
)
def test_50_are_a_smoke_test_100_may_gate_200_may_claim(given, tasks, level, verdict):
    rows = [1, 2] * (tasks // 2)
    report = _report(given, rows, [*rows[:-1], 3])
    assert (report.level, report.verdict) == (level, verdict)


def test_one_constant_dimension_is_undefined_and_no_zero(given):
    labels = [
        label.model_copy(update={"scores": {**label.scores, "fit": 1 + index % 2}})
        for name in ("ana", "ben")
        for index, label in enumerate(given(name, [4] * 60))
    ]
    labels[-1] = labels[-1].model_copy(update={"scores": {"tone": 3, "fit": 1}})
    tone = next(
        one
        for one in measure_agreement(labels).comparisons[0].dimensions
        if one.dimension == "tone"
    )
    assert (tone.kappa.status, tone.kappa.value) == ("undefined", None)
    assert "first judge says 4 only" in tone.kappa.reason
    assert tone.ac1.status == "measured"


def test_missing_labels_are_left_out_and_counted(given):
    first = [*ANA[:50], None, *ANA[51:]]
    one = _only(_report(given, first, [*BEN[:-2], ..., ...]))
    assert (one.tasks, one.one_sided) == (57, 1)


def test_alpha_of_three_annotators_with_missing_labels_is_the_published_one(given):
    """Krippendorff 2011, section C, five times over: four observers, twelve units."""
    observers = (
        [1, 2, 3, 3, 2, 1, 4, 1, 2, ..., ..., ...],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, ..., 3],
        [..., 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, ...],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, ...],
    )
    labels = [label for n, rows in enumerate(observers) for label in given(f"o{n}", rows * 5)]
    [alpha] = measure_agreement(labels).all_annotators
    assert (alpha.annotators, alpha.tasks, alpha.missing) == (4, 55, 35)
    # ordinal alpha of the twelve units is .815; of the sample five times as large by hand
    coincidences = 200  # 40 pairable labels, five times
    published = 0.815
    expected = 1 - (1 - published) * (coincidences - 1) / coincidences * 40 / 39
    assert alpha.alpha.value == pytest.approx(expected, abs=2e-3)


def test_kin_tasks_widen_the_interval_and_count_by_clusters(given):
    rows = [1, 2] * 60
    second = [*rows[:-12], *[3] * 12]
    clusters = {f"t{index}": f"c{index // 12}" for index in range(120)}
    alone, kin = (
        _only(_report(given, rows, second, clusters=one)).agreement for one in (None, clusters)
    )
    assert alone.value == kin.value
    assert kin.low < alone.low
    report = _report(given, rows, second, clusters=clusters)
    assert (report.clusters, report.level) == (10, "insufficient")


def test_clusters_that_never_vary_count_as_one_task_each(given):
    clusters = {f"t{index}": f"c{index // 12}" for index in range(120)}
    labels = [*given("ana", [1, 2] * 60), *given("ben", [1, 2] * 60)]
    labels[-1] = labels[-1].model_copy(update={"scores": {"tone": 2, "fit": 1}})
    one = next(
        one
        for one in measure_agreement(labels, clusters=clusters).comparisons[0].dimensions
        if one.dimension == "tone"
    )
    assert one.agreed == 120
    assert one.agreement.low == pytest.approx(10 / (10 + 1.96**2), abs=1e-3)
    assert one.shows == "insufficient"


def test_two_passes_of_one_annotator_are_compared(given):
    labels = [*given("ana", ANA), *given("ana", BEN, number=2, hours=30)]
    [comparison] = measure_agreement(labels).comparisons
    assert (comparison.kind, comparison.second) == ("intra", "ana (pass 2)")


def test_the_same_labels_and_seed_give_the_same_figures(given):
    first, second, other = (_report(given, ANA, BEN, seed=seed) for seed in (7, 7, 8))
    assert first == second
    assert first.comparisons != other.comparisons


def test_refused_labels_have_no_figure(given):
    report = _report(given, ANA, ANA)
    assert (report.verdict, report.comparisons) == ("refused", ())


def test_no_text_of_the_labels_is_markup(given):
    hostile = "<img src=x>|`@ana`"
    labels = [*given(hostile, ANA), *given("ben", BEN)]
    written = to_markdown(measure_agreement(labels))
    assert "<img" not in written
    assert "@ana" not in written
    assert "&#60;img" in written

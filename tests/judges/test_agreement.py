import pytest
from sklearn.metrics import cohen_kappa_score

from benchwright.judges.agreement import (
    UndefinedError,
    bootstrap_figure,
    cohen_kappa,
    gwet_ac1,
    krippendorff_alpha,
    level_of,
    percent_agreement,
    quadratic_kappa,
    share_figure,
    tabulate,
)
from benchwright.seeds import seeded_random

# 20 both accept, 5 only the first, 10 only the second, 15 both reject.
TWO = {("accept", "accept"): 20, ("accept", "reject"): 5, ("reject", "accept"): 10}
TWO["reject", "reject"] = 15
LEVELS = (1, 2, 3, 4, 5)
# Krippendorff 2011, section C: four observers, twelve units, missing labels.
OBSERVERS = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
    [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
]


def test_two_judges_by_hand():
    # observed .7; accept .5 and .6: chance .5 * .6 + .5 * .4 = .5; kappa .4
    assert percent_agreement(TWO) == pytest.approx(0.7)
    assert cohen_kappa(TWO) == pytest.approx(0.4)
    # share of accepts .55: chance 2 * .55 * .45 = .495; AC1 (.7 - .495) / .505
    assert gwet_ac1(TWO, ("accept", "reject")) == pytest.approx(0.205 / 0.505)
    # 100 labels, 55 accepts: expected 2 * 55 * 45 / 99 = 50, observed 2 * 15 = 30; alpha .4
    assert krippendorff_alpha(TWO) == pytest.approx(0.4)


def test_quadratic_weights_by_hand():
    # squared distances 0, 0, 1, 4 in four tasks; by chance every first score meets every second
    table = tabulate([(1, 1), (2, 2), (3, 4), (5, 3)])
    expected = sum((a - b) ** 2 for a in (1, 2, 3, 5) for b in (1, 2, 4, 3)) / 16
    assert quadratic_kappa(table, LEVELS) == pytest.approx(1 - (5 / 4) / expected)


def test_kappas_are_those_of_scikit_learn():
    draw = seeded_random("kappa", 1)
    rows = [(score := draw.choice(LEVELS), draw.choice((score, *LEVELS))) for _ in range(300)]
    first, second = zip(*rows, strict=True)
    table = tabulate(rows)
    assert cohen_kappa(table) == pytest.approx(cohen_kappa_score(first, second))
    weighted = cohen_kappa_score(first, second, weights="quadratic", labels=LEVELS)
    assert quadratic_kappa(table, LEVELS) == pytest.approx(weighted)


def test_alpha_is_that_of_the_published_example():
    table = tabulate(zip(*OBSERVERS, strict=True))
    assert krippendorff_alpha(table) == pytest.approx(0.743, abs=5e-4)
    assert krippendorff_alpha(table, LEVELS) == pytest.approx(0.815, abs=5e-4)


@pytest.mark.parametrize("row", [("accept", "accept"), ("accept", None)])
def test_constant_or_missing_labels_leave_kappa_and_alpha_undefined(row):
    for statistic in (cohen_kappa, krippendorff_alpha):
        with pytest.raises(UndefinedError):
            statistic({row: 60})
        assert bootstrap_figure({row: 60}, statistic, seed=0).status == "undefined"


def test_one_constant_judge_leaves_kappa_undefined_and_says_who():
    table = {("accept", "accept"): 33, ("accept", "reject"): 17}
    with pytest.raises(UndefinedError, match="the first judge says accept only"):
        cohen_kappa(table)
    # observed 34 / 51, chance (50 * 33 + 1 * 18) / 51**2
    chance = 1668 / 2601
    varied = {**table, ("reject", "reject"): 1}
    assert cohen_kappa(varied) == pytest.approx((34 / 51 - chance) / (1 - chance))


def test_ac1_stays_defined_where_a_label_is_never_given():
    assert gwet_ac1({("accept", "accept"): 60}, ("accept", "reject")) == 1.0
    with pytest.raises(UndefinedError):
        gwet_ac1({("accept", "accept"): 60}, ("accept",))


def test_fewer_than_50_labels_give_a_word_and_no_number():
    few = share_figure(27, 30)
    assert (few.status, few.value) == ("insufficient", None)
    assert "30 labelled tasks, 50 are needed" in few.text
    assert bootstrap_figure({("a", "b"): 49}, cohen_kappa, seed=0).status == "insufficient"
    assert share_figure(45, 50).status == "measured"
    assert [level_of(n) for n in (49, 50, 99, 100, 199, 200)] == [
        *("insufficient", "smoke", "smoke", "gate", "gate", "claim")
    ]


def test_the_interval_holds_the_value_and_is_the_same_in_every_run():
    figure = bootstrap_figure(TWO, cohen_kappa, seed=3)
    assert figure.value == pytest.approx(0.4)
    assert 0.1 < figure.low < 0.4 < figure.high < 0.7
    assert figure == bootstrap_figure(TWO, cohen_kappa, seed=3)
    assert figure != bootstrap_figure(TWO, cohen_kappa, seed=4)

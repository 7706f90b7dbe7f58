import pytest

from benchwright.statistics.compare import compare_conditions
from benchwright.statistics.conditions import Condition, ScoreRow
from benchwright.statistics.words import headline, to_markdown


def _condition(name, scores, **columns):
    rows = {}
    for index, score in enumerate(scores):
        values = {key: column[index] for key, column in columns.items()}
        values.setdefault("passed", None if score is None else score >= 0.5)
        rows[f"t{index}"] = ScoreRow(
            task_id=f"t{index}", score=score, failed=score is None, **values
        )
    return Condition(name=name, rows=rows)


def _compare(first, second, clusters=None, seed=0):
    ids = first.rows.keys() | second.rows.keys()
    own = {task_id: task_id for task_id in ids}
    return compare_conditions(
        first,
        second,
        clusters=clusters or own,
        clusters_from="files" if clusters else "nobody",
        seed=seed,
    )


BASE = [0.2, 0.4, 0.6, 0.8] * 12
BETTER = [min(1.0, score + 0.1 + 0.1 * (index % 3)) for index, score in enumerate(BASE)]


def test_a_better_condition_is_found_and_an_equal_one_is_not():
    report = _compare(_condition("base", BASE), _condition("tuned", BETTER))
    assert report.verdict == "b_higher"
    assert headline(report).startswith("tuned scores higher than base: +0.")
    assert _compare(_condition("t", BETTER), _condition("b", BASE)).verdict == "a_higher"
    noise = [score + (0.1 if index % 2 else -0.1) for index, score in enumerate(BASE)]
    same = _compare(_condition("base", BASE), _condition("noise", noise))
    assert same.verdict == "no_difference_shown"


def test_47_rows_in_11_clusters_are_n_11():
    clusters = {f"t{index}": f"c{index % 11}" for index in range(47)}
    report = _compare(_condition("base", BASE[:47]), _condition("tuned", BETTER[:47]), clusters)
    assert (report.rows, report.n, report.effect.n) == (47, 11, 11)
    assert "n = 11" in headline(report)
    assert report.effect_by_rows.n == 47
    assert report.sign_test.better + report.sign_test.worse + report.sign_test.ties == 11


def test_clusters_widen_an_interval_that_rows_would_make_too_sure():
    base = [0.5 + 0.01 * (index % 2) for index in range(60)]
    other = [score + (0.2 if index // 5 % 2 else -0.1) for index, score in enumerate(base)]
    clusters = {f"t{index}": f"c{index // 5}" for index in range(60)}
    report = _compare(_condition("a", base), _condition("b", other), clusters)
    by_cluster, by_row = report.effect, report.effect_by_rows
    assert by_cluster.value == by_row.value
    assert by_cluster.high - by_cluster.low > 1.8 * (by_row.high - by_row.low)


@pytest.mark.parametrize("score", [0.0, 1.0])
def test_a_constant_condition_is_refused(score):
    report = _compare(_condition("base", BASE), _condition("flat", [score] * 48))
    assert (report.verdict, report.effect) == ("refused", None)
    assert [(one.kind, one.condition) for one in report.refusals] == [("constant", "flat")]
    almost = [score] * 47 + [0.5]
    assert _compare(_condition("base", BASE), _condition("near", almost)).refusals == ()


def test_a_mostly_failed_condition_is_refused():
    failed = [score if index < 23 else None for index, score in enumerate(BETTER)]
    report = _compare(_condition("base", BASE), _condition("broken", failed))
    assert [(one.kind, one.condition) for one in report.refusals] == [("mostly_failed", "broken")]
    assert "25 of 48 tasks" in report.refusals[0].message
    half = [score if index < 24 else None for index, score in enumerate(BETTER)]
    report = _compare(_condition("base", BASE), _condition("half", half))
    assert (report.refusals, report.rows, report.b.failed) == ((), 24, 24)


def test_tasks_that_are_missing_from_a_file_count_as_failed():
    short = _condition("short", BETTER[:20])
    report = _compare(_condition("base", BASE), short)
    assert [one.kind for one in report.refusals] == ["mostly_failed"]
    assert report.only_in_one == 28


def test_mcnemar_reads_pass_and_fail_and_is_not_run_without_them():
    report = _compare(_condition("base", BASE), _condition("tuned", BETTER))
    passes = [(a >= 0.5, b >= 0.5) for a, b in zip(BASE, BETTER, strict=True)]
    assert report.mcnemar.better == passes.count((False, True))
    assert report.mcnemar.worse == passes.count((True, False)) == 0
    unknown = _condition("tuned", BETTER, passed=[None] * 48)
    report = _compare(_condition("base", BASE), unknown)
    assert report.mcnemar is None
    assert "not run: the files do not say what passed" in to_markdown(report)


def test_a_condition_that_is_better_cheaper_and_faster_dominates():
    slow = {"cost_usd": [0.02] * 48, "latency_seconds": [3.0] * 48}
    fast = {"cost_usd": [0.01] * 48, "latency_seconds": [1.0] * 48}
    report = _compare(_condition("base", BASE, **slow), _condition("tuned", BETTER, **fast))
    assert (report.a.front, report.b.front) == ("dominated", "on_the_front")
    assert report.b.total_cost_usd == pytest.approx(0.48)
    report = _compare(_condition("base", BASE, **fast), _condition("tuned", BETTER, **slow))
    assert (report.a.front, report.b.front) == ("on_the_front", "on_the_front")


def test_without_cost_and_latency_the_front_cannot_be_told():
    report = _compare(_condition("base", BASE), _condition("tuned", BETTER))
    assert (report.a.front, report.a.mean_cost_usd) == ("could_not_tell", None)
    partial = [0.01] * 47 + [None]
    report = _compare(_condition("base", BASE, cost_usd=partial), _condition("tuned", BETTER))
    assert report.a.mean_cost_usd is None


def test_the_95th_percentile_of_latency_by_hand():
    waits = [float(number) for number in range(1, 49)]
    report = _compare(_condition("base", BASE, latency_seconds=waits), _condition("tuned", BETTER))
    assert (report.a.p95_latency_seconds, report.a.median_latency_seconds) == (46.0, 24.5)


def test_few_clusters_cannot_tell():
    clusters = {f"t{index}": f"c{index % 9}" for index in range(48)}
    report = _compare(_condition("base", BASE), _condition("tuned", BETTER), clusters)
    assert (report.verdict, report.effect.status) == ("could_not_tell", "insufficient")

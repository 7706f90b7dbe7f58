"""A comparison of two conditions in words: what terminal and Markdown share."""

from collections.abc import Iterator

from benchwright.markdown import inert, table_lines
from benchwright.statistics.compare import ConditionComparison
from benchwright.statistics.paired import ExactTest

EFFECTS = ("what", "B minus A", "rests on")
PARETO = (
    "condition",
    "mean score",
    "pass rate",
    "mean cost $",
    "total cost $",
    "median latency s",
    "p95 latency s",
    "failed",
    "Pareto",
)
_FRONTS = {
    "on_the_front": "on the front",
    "dominated": "dominated",
    "could_not_tell": "could not tell",
}
_KIN = {
    "tasks": "clusters of kin from the tasks",
    "files": "clusters from the files",
    "nobody": "each task counts by itself; say which are kin by --tasks or a column cluster",
}


def headline(report: ConditionComparison) -> str:
    """Return the answer in one sentence."""
    a, b, effect = report.a.name, report.b.name, report.effect
    if effect is None:
        return "refused: these conditions are not compared"
    shown = {
        "b_higher": f"{b} scores higher than {a}",
        "a_higher": f"{a} scores higher than {b}",
        "no_difference_shown": f"no difference between {a} and {b} is shown",
    }
    said = shown.get(report.verdict, f"could not tell {a} and {b} apart")
    return f"{said}: {effect.text}, n = {report.n}"


def summary(report: ConditionComparison) -> str:
    """Return what was paired, and what n counts."""
    left_out = f"; {report.only_in_one} tasks are in one file only" if report.only_in_one else ""
    return (
        f"A = {report.a.name}, B = {report.b.name}: {report.rows} paired tasks, n = {report.n} "
        f"({_KIN[report.clusters_from]}){left_out}; seed {report.seed}"
    )


def effect_rows(report: ConditionComparison) -> Iterator[tuple[str, str, str]]:
    """Yield the rows of `EFFECTS`."""
    effects = (
        ("score", report.effect, "clusters"),
        ("score, kin ignored", report.effect_by_rows, "rows, as if independent"),
        ("pass rate", report.pass_effect, "clusters"),
    )
    for name, effect, unit in effects:
        if effect is not None:
            yield name, effect.text, f"{effect.n} {unit}"
    if report.mcnemar is not None:
        yield "pass or fail, exact McNemar", _test(report.mcnemar), _odds(report.mcnemar)
    elif report.effect is not None:
        yield "pass or fail, exact McNemar", "not run: the files do not say what passed", ""
    if report.sign_test is not None:
        yield "score, exact sign test", _test(report.sign_test), _odds(report.sign_test)


def pareto_rows(report: ConditionComparison) -> Iterator[tuple[str, ...]]:
    """Yield the rows of `PARETO`."""
    for side in (report.a, report.b):
        yield (
            side.name,
            _number(side.mean_score, 3),
            _number(side.pass_rate, 3),
            _number(side.mean_cost_usd, 5),
            _number(side.total_cost_usd, 4),
            _number(side.median_latency_seconds, 2),
            _number(side.p95_latency_seconds, 2),
            str(side.failed),
            _FRONTS[side.front],
        )


def to_markdown(report: ConditionComparison) -> str:
    """Return a comparison as GitHub-flavoured Markdown in which no name is markup."""
    lines = [f"# {inert(headline(report))}", "", inert(summary(report)), ""]
    lines += [f"- {inert(one.kind)}: {inert(one.message)}" for one in report.refusals]
    if not report.refusals:
        lines += [*table_lines(EFFECTS, effect_rows(report)), ""]
    lines += table_lines(PARETO, pareto_rows(report))
    return "\n".join(lines) + "\n"


def _test(test: ExactTest) -> str:
    return "undefined: nothing differs" if test.p_value is None else f"p = {test.p_value:.4f}"


def _odds(test: ExactTest) -> str:
    return f"{test.better} {test.unit} better, {test.worse} worse, {test.ties} alike"


def _number(value: float | None, digits: int) -> str:
    return "not given" if value is None else f"{value:.{digits}f}"

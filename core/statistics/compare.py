"""Is condition B better than condition A on the same tasks, and at what cost and latency?"""

from collections.abc import Mapping, Sequence
from statistics import fmean, median
from typing import Literal

from pydantic import Field

from benchwright.statistics.conditions import Condition, ScoreRow
from benchwright.statistics.paired import Effect, ExactTest, exact_test, mean_effect
from benchwright.tasks import Record

MAX_FAILED_SHARE = 0.5
Front = Literal["on_the_front", "dominated", "could_not_tell"]
Verdict = Literal["refused", "b_higher", "a_higher", "no_difference_shown", "could_not_tell"]


class Refusal(Record):
    """Why a condition is not compared, and what helps."""

    kind: Literal["constant", "mostly_failed", "nothing_in_common"]
    condition: str
    message: str
    fix: str


class ConditionSummary(Record):
    """One condition on the tasks that both conditions scored.

    Attributes:
        scored: Of all tasks of the two files, those that it scored.
        failed: Those that are missing, malformed or could not be scored.
        mean_cost_usd: None unless every compared row has a cost; likewise for latency.
        front: Whether nothing is at least as good in score, cost and latency and better in one.
    """

    name: str
    scored: int = Field(ge=0)
    failed: int = Field(ge=0)
    mean_score: float | None = None
    pass_rate: float | None = None
    mean_cost_usd: float | None = None
    total_cost_usd: float | None = None
    median_latency_seconds: float | None = None
    p95_latency_seconds: float | None = None
    front: Front = "could_not_tell"


class ConditionComparison(Record):
    """Condition B against condition A, on the tasks that both scored.

    Attributes:
        rows: Paired tasks.
        clusters_from: Who said which tasks are kin; `nobody` counts every task by itself.
        effect: Mean score of B minus A, over clusters.
        effect_by_rows: The same as if rows were independent, for the reader to compare; None
            where every cluster is one row.
        pass_effect: Difference in pass rate; None where the files do not say what passed.
        mcnemar: Exact, on pass and fail by row; kin rows count one by one in it.
        sign_test: Exact, on the mean difference in score by cluster.
    """

    schema_version: Literal[1] = 1
    a: ConditionSummary
    b: ConditionSummary
    rows: int = Field(ge=0)
    only_in_one: int = Field(ge=0)
    n: int = Field(ge=0)
    clusters_from: Literal["tasks", "files", "nobody"]
    seed: int
    refusals: tuple[Refusal, ...] = ()
    effect: Effect | None = None
    effect_by_rows: Effect | None = None
    pass_effect: Effect | None = None
    mcnemar: ExactTest | None = None
    sign_test: ExactTest | None = None
    verdict: Verdict


def compare_conditions(
    a: Condition,
    b: Condition,
    *,
    clusters: Mapping[str, str],
    clusters_from: Literal["tasks", "files", "nobody"],
    seed: int,
) -> ConditionComparison:
    """Compare two conditions on the tasks that both scored.

    Args:
        a: The base.
        b: What is compared with it.
        clusters: The cluster of every task.
        clusters_from: Who said so.
        seed: Of the bootstrap.
    """
    ids = sorted(a.rows.keys() | b.rows.keys())
    paired = [
        (a.rows[task_id], b.rows[task_id])
        for task_id in ids
        if _is_scored(a, task_id) and _is_scored(b, task_id)
    ]
    sides = [[pair[side] for pair in paired] for side in (0, 1)]
    one, two = (_summary(side, rows, ids) for side, rows in zip((a, b), sides, strict=True))
    groups = _groups(paired, clusters)
    base = ConditionComparison(
        a=one,
        b=two,
        rows=len(paired),
        only_in_one=len(a.rows.keys() ^ b.rows.keys()),
        n=len(groups),
        clusters_from=clusters_from,
        seed=seed,
        refusals=tuple(_refusals(one, two, sides, len(ids))),
        verdict="refused",
    )
    if base.refusals:
        return base
    effect = mean_effect([_score_gaps(group) for group in groups], seed=seed)
    passes = all(row.passed is not None for rows in sides for row in rows)
    return base.model_copy(
        update={
            "effect": effect,
            "effect_by_rows": mean_effect([_score_gaps([pair]) for pair in paired], seed=seed)
            if len(groups) < len(paired)
            else None,
            "pass_effect": mean_effect([_pass_gaps(group) for group in groups], seed=seed)
            if passes
            else None,
            "mcnemar": exact_test(_pass_gaps(paired)) if passes else None,
            "sign_test": exact_test(
                [round(fmean(_score_gaps(group)), 12) for group in groups], "clusters"
            ),
            "verdict": _verdict(effect),
            **_fronts(one, two),
        }
    )


def _is_scored(condition: Condition, task_id: str) -> bool:
    row = condition.rows.get(task_id)
    return row is not None and row.score is not None


def _groups(
    paired: Sequence[tuple[ScoreRow, ScoreRow]], clusters: Mapping[str, str]
) -> list[list[tuple[ScoreRow, ScoreRow]]]:
    groups: dict[str, list[tuple[ScoreRow, ScoreRow]]] = {}
    for pair in paired:
        groups.setdefault(clusters[pair[0].task_id], []).append(pair)
    return [groups[name] for name in sorted(groups)]


def _score_gaps(pairs: Sequence[tuple[ScoreRow, ScoreRow]]) -> list[float]:
    return [(two.score or 0.0) - (one.score or 0.0) for one, two in pairs]


def _pass_gaps(pairs: Sequence[tuple[ScoreRow, ScoreRow]]) -> list[float]:
    return [float(bool(two.passed)) - float(bool(one.passed)) for one, two in pairs]


def _summary(
    condition: Condition, rows: Sequence[ScoreRow], ids: Sequence[str]
) -> ConditionSummary:
    costs = [row.cost_usd for row in rows if row.cost_usd is not None]
    waits = [row.latency_seconds for row in rows if row.latency_seconds is not None]
    passes = [row.passed for row in rows if row.passed is not None]
    has_costs, has_waits = len(costs) == len(rows) > 0, len(waits) == len(rows) > 0
    good = sum(task_id in condition.rows and not condition.rows[task_id].failed for task_id in ids)
    return ConditionSummary(
        name=condition.name,
        scored=sum(_is_scored(condition, task_id) for task_id in ids),
        failed=len(ids) - good,
        mean_score=round(fmean(row.score or 0.0 for row in rows), 9) if rows else None,
        pass_rate=round(sum(passes) / len(rows), 9) if len(passes) == len(rows) > 0 else None,
        mean_cost_usd=fmean(costs) if has_costs else None,
        total_cost_usd=sum(costs) if has_costs else None,
        median_latency_seconds=median(waits) if has_waits else None,
        p95_latency_seconds=_p95(waits) if has_waits else None,
    )


def _p95(values: Sequence[float]) -> float:
    """Return the least value that 95 % of the values do not exceed."""
    ordered = sorted(values)
    return ordered[-(-len(ordered) * 95 // 100) - 1]


def _refusals(
    one: ConditionSummary,
    two: ConditionSummary,
    sides: Sequence[Sequence[ScoreRow]],
    tasks: int,
) -> list[Refusal]:
    found = []
    for summary, rows in zip((one, two), sides, strict=True):
        if summary.failed > MAX_FAILED_SHARE * tasks:
            found.append(
                Refusal(
                    kind="mostly_failed",
                    condition=summary.name,
                    message=f"{summary.name}: {summary.failed} of {tasks} tasks are missing, "
                    "malformed or could not be scored",
                    fix="find out why it failed, and run it again",
                )
            )
        elif len(rows) > 1 and len({row.score for row in rows}) == 1:
            found.append(
                Refusal(
                    kind="constant",
                    condition=summary.name,
                    message=f"{summary.name}: every one of {len(rows)} scores is "
                    f"{summary.mean_score:g}",
                    fix="a condition that never varies measures the harness: look at its outputs",
                )
            )
    if not found and len(sides[0]) < 2:
        message = f"{len(sides[0])} tasks have a score in both files"
        fix = "give the scores of the same tasks under two conditions"
        found.append(
            Refusal(kind="nothing_in_common", condition=two.name, message=message, fix=fix)
        )
    return found


def _verdict(effect: Effect) -> Verdict:
    if effect.low is None or effect.high is None:
        return "could_not_tell"
    if effect.low > 0:
        return "b_higher"
    return "a_higher" if effect.high < 0 else "no_difference_shown"


def _fronts(one: ConditionSummary, two: ConditionSummary) -> dict[str, ConditionSummary]:
    fronts: dict[str, Front] = {"a": "could_not_tell", "b": "could_not_tell"}
    first, second = _merits(one, two)
    if len(first) > 1:
        for name, own, other in (("a", first, second), ("b", second, first)):
            is_beaten = own != other and all(
                theirs >= mine for mine, theirs in zip(own, other, strict=True)
            )
            fronts[name] = "dominated" if is_beaten else "on_the_front"
    return {
        "a": one.model_copy(update={"front": fronts["a"]}),
        "b": two.model_copy(update={"front": fronts["b"]}),
    }


def _merits(one: ConditionSummary, two: ConditionSummary) -> tuple[list[float], list[float]]:
    """Return score, cost and latency of both, more is better; only what both have."""
    pairs = [
        (one.mean_score, two.mean_score, 1),
        (one.mean_cost_usd, two.mean_cost_usd, -1),
        (one.median_latency_seconds, two.median_latency_seconds, -1),
    ]
    known = [(x * sign, y * sign) for x, y, sign in pairs if x is not None and y is not None]
    return [x for x, _ in known], [y for _, y in known]

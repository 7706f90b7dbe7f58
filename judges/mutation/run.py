"""Which planted defects does a judge let through, and does it cry wolf?

Good tasks are those that the judge accepts. From each, operators make mutants, which it should
refuse, and benign controls, which it should accept. A share is believed as far as its exact lower
bound: 29 mutants without a miss show .90 at 95 %.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from pydantic import Field

from benchwright.errors import InputError
from benchwright.judges.judge import Judge, Opinion
from benchwright.judges.mutation.base import Mutant, Operator
from benchwright.judges.mutation.catalogue import OPERATORS
from benchwright.judging import JudgeUse
from benchwright.rates import exact_lower_bound
from benchwright.seeds import seeded_random
from benchwright.tasks import Record, Task, TaskId


class Survivor(Record):
    """A mutant that was accepted, or a control that was refused (`reason` says by what)."""

    task_id: TaskId
    operator: str
    field: str
    change: str
    reason: str | None = None


class DefectResult(Record):
    """How a judge fared against one kind of planted defect.

    Attributes:
        claimed: Whether the judge undertakes to catch it.
        mutants: Mutants it was shown.
        caught: Those it rejected or held.
        unjudged: Those of which it could not say; neither caught nor survivors.
        lower_bound: Exact one-sided 95 % bound of the catch rate; None without a mutant.
        status: `too_few` when no mutant survived and even so the bound cannot be shown.
        caught_by: First rule that spoke, and how often.
    """

    operator: str
    dimension: str
    defect: str
    claimed: bool
    mutants: int = Field(ge=0)
    caught: int = Field(ge=0)
    unjudged: int = Field(ge=0)
    catch_rate: float | None = None
    lower_bound: float | None = None
    status: Literal["caught", "missed", "too_few", "not_applicable"]
    caught_by: dict[str, int] = {}
    survivors: tuple[Survivor, ...] = ()


class ControlResult(Record):
    """How a judge fared against one kind of benign change.

    `alarms` are the controls it rejected or held; of those `unjudged` it could not say.
    """

    operator: str
    why_benign: str
    controls: int = Field(ge=0)
    unjudged: int = Field(ge=0)
    alarms: tuple[Survivor, ...] = ()


class MutationReport(Record):
    """What a judge catches, what it claims to catch, and what it refuses without cause.

    Attributes:
        refused_originals: Tasks the judge does not accept as they are; no mutant is made of them.
        claimed_lower_bound: Exact bound over all mutants of claimed defects together.
        false_alarm_rate: Share of all controls that were refused; None without a control.
        unclaimed_survivors: Mutants of defects it does not claim and lets through.
        uses: The models that were asked, with calls, tokens and dollars; none for rules.
        verdict: `exposed` when a claimed defect gets through too often or controls are refused;
            `inconclusive` when there are too few mutants to tell.
    """

    schema_version: Literal[1] = 1
    judge: str
    seed: int
    per_operator: int = Field(ge=1)
    min_catch: float
    max_false_alarms: float
    tasks: int = Field(ge=0)
    refused_originals: tuple[TaskId, ...] = ()
    defects: tuple[DefectResult, ...]
    controls: tuple[ControlResult, ...]
    claimed_mutants: int = Field(ge=0)
    claimed_caught: int = Field(ge=0)
    claimed_lower_bound: float | None = None
    false_alarm_rate: float | None = None
    unclaimed_survivors: int = Field(ge=0)
    verdict: Literal["holds", "exposed", "inconclusive"]
    uses: tuple[JudgeUse, ...] = ()


class Advances(Protocol):
    """What counts finished items."""

    def stage(self, title: str, total: int | None = None) -> None:
        """Begin a stage."""

    def advance(self, items: int = 1) -> None:
        """Count items."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How much is planted, and what is asked of the judge.

    Attributes:
        per_operator: Most mutants of one kind; each is made of another task.
        seed: Chooses the tasks and the places; equal seeds give equal reports.
        min_catch: Least lower bound for every claimed defect.
        max_false_alarms: Most of the controls that may be refused.
    """

    per_operator: int = 100
    seed: int = 0
    min_catch: float = 0.9
    max_false_alarms: float = 0.02


Each = Callable[[Callable[[Task], Opinion], Iterable[Task]], Iterable[Opinion]]


def one_by_one(function: Callable[[Task], Opinion], tasks: Iterable[Task]) -> Iterator[Opinion]:
    """Yield what a function returns for each task, in their order."""
    return map(function, tasks)


def mutate(
    judge: Judge,
    tasks: Sequence[Task],
    plan: Plan,
    progress: Advances,
    *,
    operators: Sequence[Operator] = OPERATORS,
    each: Each = one_by_one,
) -> MutationReport:
    """Show a judge good tasks with one thing changed and count what it says.

    Args:
        judge: Asked once per task, mutant and control.
        tasks: Tasks thought to be good.
        plan: How much is planted, and what is asked of the judge.
        progress: Counts tasks, then operators.
        operators: What to plant.
        each: Maps the judge over tasks; one that waits for replies is asked about several at once.

    Raises:
        InputError: If the judge accepts none of the tasks.
    """
    progress.stage("judge originals", len(tasks))
    opinions = list(_judged(judge, tasks, progress, each))
    good = [task for task, opinion in opinions if opinion.status == "accepted"]
    if not good:
        raise InputError(
            f"judge {judge.name!r} accepts none of the {len(tasks)} tasks",
            fix="give tasks that it thinks good",
        )
    progress.stage("plant defects", len(operators))
    defects: list[DefectResult] = []
    controls: list[ControlResult] = []
    for operator in operators:
        mutants = list(_mutants(operator, good, plan))
        said = each(judge.judge, (mutant.task for mutant, _ in mutants))
        judged = [
            (mutant, opinion, origin)
            for (mutant, origin), opinion in zip(mutants, said, strict=True)
        ]
        if operator.dimension is None:
            controls.append(_control(operator, judged))
        else:
            claimed = judge.claims is None or operator.name in judge.claims
            defects.append(_defect(operator, judged, claimed, plan.min_catch))
        progress.advance()
    return _report(judge, plan, opinions, defects, controls)


def _judged(
    judge: Judge, tasks: Sequence[Task], progress: Advances, each: Each
) -> Iterator[tuple[Task, Opinion]]:
    for task, opinion in zip(tasks, each(judge.judge, tasks), strict=True):
        yield task, opinion
        progress.advance()


def _mutants(operator: Operator, good: Sequence[Task], plan: Plan) -> Iterator[tuple[Mutant, Task]]:
    order = list(good)
    seeded_random("mutate", plan.seed, operator.name).shuffle(order)
    made = 0
    for task in order:
        if made == plan.per_operator:
            return
        draw = seeded_random("mutant", plan.seed, operator.name, task.id)
        mutant = operator.apply(task, draw, good)
        if mutant is not None:
            made += 1
            yield mutant, task


def _defect(
    operator: Operator,
    judged: Sequence[tuple[Mutant, Opinion, Task]],
    claimed: bool,
    min_catch: float,
) -> DefectResult:
    caught_by = Counter(
        opinion.reason.partition(":")[0]
        for _, opinion, _ in judged
        if opinion.status in ("rejected", "held")
    )
    caught, mutants = caught_by.total(), len(judged)
    bound = exact_lower_bound(caught, mutants) if mutants else None
    status: Literal["caught", "missed", "too_few", "not_applicable"] = "missed"
    if bound is None:
        status = "not_applicable"
    elif bound >= min_catch:
        status = "caught"
    elif caught == mutants:
        status = "too_few"
    return DefectResult(
        operator=operator.name,
        dimension=str(operator.dimension),
        defect=operator.defect,
        claimed=claimed,
        mutants=mutants,
        caught=caught,
        unjudged=sum(opinion.status == "unjudged" for _, opinion, _ in judged),
        catch_rate=round(caught / mutants, 6) if mutants else None,
        lower_bound=None if bound is None else round(bound, 6),
        status=status,
        caught_by=dict(sorted(caught_by.items())),
        survivors=tuple(
            _survivor(operator, mutant, origin)
            for mutant, opinion, origin in judged
            if opinion.status == "accepted"
        ),
    )


def _control(operator: Operator, judged: Sequence[tuple[Mutant, Opinion, Task]]) -> ControlResult:
    return ControlResult(
        operator=operator.name,
        why_benign=operator.defect,
        controls=len(judged),
        unjudged=sum(opinion.status == "unjudged" for _, opinion, _ in judged),
        alarms=tuple(
            _survivor(operator, mutant, origin, opinion.reason)
            for mutant, opinion, origin in judged
            if opinion.status in ("rejected", "held")
        ),
    )


def _survivor(
    operator: Operator, mutant: Mutant, origin: Task, reason: str | None = None
) -> Survivor:
    return Survivor(
        task_id=origin.id,
        operator=operator.name,
        field=mutant.field,
        change=mutant.change,
        reason=reason,
    )


def _report(
    judge: Judge,
    plan: Plan,
    opinions: Sequence[tuple[Task, Opinion]],
    defects: Sequence[DefectResult],
    controls: Sequence[ControlResult],
) -> MutationReport:
    claimed = [one for one in defects if one.claimed]
    mutants = sum(one.mutants for one in claimed)
    caught = sum(one.caught for one in claimed)
    shown = sum(one.controls for one in controls)
    alarms = sum(len(one.alarms) for one in controls)
    rate = alarms / shown if shown else None
    status = {one.status for one in claimed}
    verdict: Literal["holds", "exposed", "inconclusive"] = "holds"
    if "missed" in status or (rate is not None and rate > plan.max_false_alarms):
        verdict = "exposed"
    elif "too_few" in status or not mutants or rate is None:
        verdict = "inconclusive"
    return MutationReport(
        judge=judge.name,
        seed=plan.seed,
        per_operator=plan.per_operator,
        min_catch=plan.min_catch,
        max_false_alarms=plan.max_false_alarms,
        tasks=len(opinions),
        refused_originals=tuple(
            task.id for task, opinion in opinions if opinion.status != "accepted"
        ),
        defects=tuple(defects),
        controls=tuple(controls),
        claimed_mutants=mutants,
        claimed_caught=caught,
        claimed_lower_bound=round(exact_lower_bound(caught, mutants), 6) if mutants else None,
        false_alarm_rate=None if rate is None else round(rate, 6),
        unclaimed_survivors=sum(len(one.survivors) for one in defects if not one.claimed),
        verdict=verdict,
    )

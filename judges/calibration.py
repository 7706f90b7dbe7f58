"""How far can a judge be believed? Its verdicts against the labels of people, with intervals.

Below 50 labelled tasks a figure is "insufficient"; 100 may gate and 200 may claim.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from statistics import median_low
from typing import Literal

from pydantic import Field

from benchwright.errors import ConfigError, nearest
from benchwright.judges.agreement import (
    GATE,
    Figure,
    Level,
    Row,
    bootstrap_figure,
    cohen_kappa,
    gwet_ac1,
    insufficient,
    krippendorff_alpha,
    level_of,
    quadratic_kappa,
    share_figure,
)
from benchwright.judges.judgements import Judgement
from benchwright.judging import JudgeUse
from benchwright.tasks import Record
from benchwright.verdicts import Dimension15

LEVELS: tuple[Dimension15, ...] = (1, 2, 3, 4, 5)
DECISIONS = ("accept", "reject")


class Cell(Record):
    """How many tasks the judge puts one way and the labels another (or the same)."""

    judge: str
    label: str
    tasks: int = Field(ge=0)


class Agreement(Record):
    """Judge against labels: figures, how often each side uses each label, and the confusion."""

    agreement: Figure
    kappa: Figure
    quadratic_kappa: Figure | None = None
    ac1: Figure
    alpha: Figure
    judge_base_rates: dict[str, float]
    label_base_rates: dict[str, float]
    confusion: tuple[Cell, ...]


class RocPoint(Record):
    """What a minimum would accept: of the tasks people reject, and of those they accept."""

    min_score: Dimension15
    false_accepts: int = Field(ge=0)
    rejects: int = Field(ge=0)
    true_accepts: int = Field(ge=0)
    accepts: int = Field(ge=0)


class Minimum(Record):
    """The least score by which a task enters: the lowest that keeps to the false-accept rate.

    It holds for each of `dimensions` alike, those of which every verdict has a score: it was chosen
    by the lowest score of each task.
    """

    status: Literal["chosen", "undefined", "insufficient"]
    min_score: Dimension15 | None = None
    dimensions: tuple[str, ...] = ()
    max_false_accepts: float = Field(ge=0, le=1)
    false_accepts: Figure | None = None
    true_accepts: Figure | None = None
    reason: str | None = None


class CalibrationReport(Record):
    """A judge's verdicts against labels.

    Attributes:
        tasks: Labelled tasks on which the judge decided; every figure rests on them.
        undecided: Labelled tasks that the judge held or could not judge.
        not_judged: Labelled tasks of which the log says nothing.
        ties: Tasks whose labels are split in half; left out.
        level: What the number of tasks can bear.
        flip_rate: Share of the tasks on which labels and judge decide differently.
        retest_rate: Share of the tasks judged twice by the same judge that it decides alike.
        accepted_then_rejected: Tasks the judge accepts and the labels reject.
        problems: Why this calibrates nothing, however many labels there are.
        usable_for: `nothing` with a problem or too few labels.
        uses: The models that were asked now, with calls, tokens and dollars; none for a log.
    """

    judge: str
    annotators: tuple[str, ...]
    labels_by: Literal["person", "model"]
    tasks: int = Field(ge=0)
    undecided: int = Field(ge=0)
    not_judged: int = Field(ge=0)
    ties: int = Field(ge=0)
    level: Level
    decisions: Agreement
    dimensions: dict[str, Agreement]
    flip_rate: Figure
    retest_rate: Figure
    accepted_then_rejected: tuple[str, ...]
    rejected_then_accepted: tuple[str, ...]
    roc: tuple[RocPoint, ...]
    minimum: Minimum
    problems: tuple[str, ...]
    usable_for: Literal["nothing", "smoke", "gate", "claim"]
    uses: tuple[JudgeUse, ...] = ()

    def may_not_gate_because(self) -> str | None:
        """Return why no gate may go by this; None if one may."""
        if self.labels_by == "model" or self.problems:
            return "; ".join(self.problems) or "its labels were made by a model"
        if self.tasks < GATE:
            return f"it rests on {self.tasks} labelled tasks, and {GATE} may gate"
        if self.minimum.min_score is None:
            return f"it chose no minimum: {self.minimum.reason}"
        return None


def calibrate(
    labels: Sequence[Judgement],
    verdicts: Sequence[Judgement],
    *,
    max_false_accepts: float,
    judge: str | None = None,
    seed: int = 0,
) -> CalibrationReport:
    """Return how a judge's verdicts compare with labels.

    Args:
        labels: By people; several of one task count by majority, their scores by low median. Each
            person counts once, by the first pass.
        verdicts: The first of a judge on a task counts, a second one goes to the retest rate.
        max_false_accepts: Most of what people reject that may enter; the minimum is chosen by it.
        judge: Which judge of the verdicts; needed when there are several.
        seed: Of the bootstrap intervals.

    Raises:
        ConfigError: If the judge is not named and there are several, or none of that name.
    """
    name = _the_judge(verdicts, judge)
    firsts, retests = _first_and_second(one for one in verdicts if one.judge == name)
    gold, ties = _gold(labels)
    both = [task_id for task_id in sorted(gold) if task_id in firsts]
    pairs = [(firsts[task_id], gold[task_id]) for task_id in both]
    decided = [(mine, label) for mine, label in pairs if mine.decision is not None]
    table = Counter[Row]((mine.decision, label.decision) for mine, label in decided)
    repeated = [(a, b) for a, b in retests if a.decision and b.decision]
    problems = tuple(_problems(labels, table))
    level = level_of(len(decided))
    roc = _roc(decided)
    flips = [(mine.task_id, mine.decision) for mine, gold_ in decided if _differ(mine, gold_)]
    return CalibrationReport(
        judge=name,
        annotators=tuple(sorted({label.judge for label in labels})),
        labels_by="model" if any(label.kind == "model" for label in labels) else "person",
        tasks=len(decided),
        undecided=len(pairs) - len(decided),
        not_judged=len(gold) - len(pairs),
        ties=ties,
        level=level,
        decisions=_agreement(table, DECISIONS, seed, ordered=False),
        dimensions=_by_dimension(decided, seed),
        flip_rate=share_figure(len(flips), len(decided)),
        retest_rate=share_figure(sum(a.decision == b.decision for a, b in repeated), len(repeated)),
        accepted_then_rejected=tuple(one for one, said in flips if said == "accept"),
        rejected_then_accepted=tuple(one for one, said in flips if said == "reject"),
        roc=roc,
        minimum=_minimum(roc, decided, max_false_accepts, problems),
        problems=problems,
        usable_for="nothing" if problems or level == "insufficient" else level,
    )


def _the_judge(verdicts: Sequence[Judgement], judge: str | None) -> str:
    names = sorted({one.judge for one in verdicts})
    if judge is None and len(names) == 1:
        return names[0]
    if judge is None:
        raise ConfigError(
            f"the log holds {len(names)} judges: {', '.join(names)}",
            fix="name the one to calibrate with --judge",
        )
    if judge not in names:
        raise ConfigError(f"the log holds no judge {judge!r}", fix=nearest(judge, names))
    return judge


def _first_and_second(
    verdicts: Iterable[Judgement],
) -> tuple[dict[str, Judgement], list[tuple[Judgement, Judgement]]]:
    firsts: dict[str, Judgement] = {}
    seconds: dict[str, Judgement] = {}
    for one in verdicts:
        if one.task_id in firsts:
            seconds.setdefault(one.task_id, one)
        else:
            firsts[one.task_id] = one
    return firsts, [(firsts[task_id], second) for task_id, second in seconds.items()]


def _gold(labels: Sequence[Judgement]) -> tuple[dict[str, Judgement], int]:
    by_task: dict[str, list[Judgement]] = {}
    for label in labels:
        if label.decision is not None and label.pass_number == 1:
            by_task.setdefault(label.task_id, []).append(label)
    gold: dict[str, Judgement] = {}
    for task_id, given in by_task.items():
        accepts = sum(label.decision == "accept" for label in given)
        if accepts * 2 == len(given):
            continue
        names = sorted({name for label in given for name in label.scores})
        gold[task_id] = Judgement(
            task_id=task_id,
            judge=given[0].judge,
            kind=given[0].kind,
            decision="accept" if accepts * 2 > len(given) else "reject",
            scores={
                name: median_low(one.scores[name] for one in given if name in one.scores)
                for name in names
            },
        )
    return gold, len(by_task) - len(gold)


def _differ(mine: Judgement, label: Judgement) -> bool:
    return mine.decision != label.decision


def _problems(labels: Sequence[Judgement], table: Mapping[Row, int]) -> Iterable[str]:
    models = sorted({label.judge for label in labels if label.kind == "model"})
    if models:
        yield f"labels made by a model ({', '.join(models)}) cannot calibrate a model"
    if not table:
        yield "no labelled task has a verdict: the labels are of other tasks than the log"
        return
    for index, side in enumerate(("verdicts", "labels")):
        said = {str(row[index]) for row in table}
        if len(said) == 1:
            yield (
                f"{said.pop()}s only: kappa undefined. The {side} of the sample do not vary; "
                "draw it over accepts and rejects"
            )


def _by_dimension(
    decided: Sequence[tuple[Judgement, Judgement]], seed: int
) -> dict[str, Agreement]:
    names = sorted(
        {name for mine, label in decided for name in mine.scores if name in label.scores}
    )
    return {
        name: _agreement(
            Counter[Row](
                (mine.scores[name], label.scores[name])
                for mine, label in decided
                if name in mine.scores and name in label.scores
            ),
            LEVELS,
            seed,
            ordered=True,
        )
        for name in names
    }


def _agreement(
    table: Counter[Row], labels: Sequence[str] | Sequence[int], seed: int, *, ordered: bool
) -> Agreement:
    total = table.total()
    agreed = sum(count for (mine, label), count in table.items() if mine == label)
    return Agreement(
        agreement=share_figure(agreed, total),
        kappa=bootstrap_figure(table, cohen_kappa, seed=seed),
        quadratic_kappa=bootstrap_figure(table, partial(quadratic_kappa, levels=labels), seed=seed)
        if ordered
        else None,
        ac1=bootstrap_figure(table, partial(gwet_ac1, labels=labels), seed=seed),
        alpha=bootstrap_figure(
            table, partial(krippendorff_alpha, levels=labels if ordered else None), seed=seed
        ),
        judge_base_rates=_base_rates(table, 0, labels),
        label_base_rates=_base_rates(table, 1, labels),
        confusion=tuple(
            Cell(judge=str(mine), label=str(label), tasks=table[mine, label])
            for mine in labels
            for label in labels
            if table[mine, label]
        ),
    )


def _base_rates(
    table: Counter[Row], side: int, labels: Sequence[str] | Sequence[int]
) -> dict[str, float]:
    total = table.total()
    return {
        str(label): round(sum(n for row, n in table.items() if row[side] == label) / total, 6)
        for label in labels
        if total
    }


def _roc(decided: Sequence[tuple[Judgement, Judgement]]) -> tuple[RocPoint, ...]:
    scored = [(min(mine.scores.values()), label) for mine, label in decided if mine.scores]
    accepts = [least for least, label in scored if label.decision == "accept"]
    rejects = [least for least, label in scored if label.decision == "reject"]
    return tuple(
        RocPoint(
            min_score=level,
            false_accepts=sum(least >= level for least in rejects),
            rejects=len(rejects),
            true_accepts=sum(least >= level for least in accepts),
            accepts=len(accepts),
        )
        for level in LEVELS
        if scored
    )


def _minimum(
    roc: Sequence[RocPoint],
    decided: Sequence[tuple[Judgement, Judgement]],
    max_false_accepts: float,
    problems: Sequence[str],
) -> Minimum:
    tasks = len(decided)
    make = partial(Minimum, max_false_accepts=max_false_accepts)
    if tasks < GATE:
        reason = insufficient(tasks, GATE).reason
        return make(status="insufficient", reason=reason)
    if problems:
        return make(status="undefined", reason=problems[0])
    if not roc or not roc[0].rejects or not roc[0].accepts:
        reason = "the verdicts hold no scores for accepts and rejects"
        return make(status="undefined", reason=reason)
    for point in roc:
        if point.true_accepts and point.false_accepts <= max_false_accepts * point.rejects:
            return make(
                status="chosen",
                min_score=point.min_score,
                dimensions=tuple(sorted(set.intersection(*(set(m.scores) for m, _ in decided)))),
                false_accepts=share_figure(point.false_accepts, point.rejects),
                true_accepts=share_figure(point.true_accepts, point.accepts),
            )
    reason = f"no minimum keeps false accepts to {max_false_accepts:g} and accepts anything"
    return make(status="undefined", reason=reason)

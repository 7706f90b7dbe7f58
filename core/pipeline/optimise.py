"""Reword a judge's questions on one half of the labels, and measure it on the other half."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event
from typing import Literal

from benchwright.calls.ledger import Ledger
from benchwright.canonical import sha256_hex
from benchwright.errors import ConfigError, InputError, Place
from benchwright.files import write_text
from benchwright.judges.agreement import SMOKE
from benchwright.judges.calibration import CalibrationReport, calibrate
from benchwright.judges.judgements import Judgement, read_judgements
from benchwright.judges.mutation.run import Advances
from benchwright.judges.panel.alarms import judge_uses
from benchwright.judges.panel.optimise import (
    Labelled,
    Workbench,
    first_questions,
    judge_with,
    reword,
)
from benchwright.judges.panel.prompts import question_and_rules
from benchwright.judges.panel.questions import OptimisedJudge, Question
from benchwright.judges.panel.roster import allowed_judges, writers_of
from benchwright.judges.panel.shown import show
from benchwright.lineage.kinship import Models
from benchwright.model_config import BudgetConfig, JudgesConfig
from benchwright.pipeline.calls import open_gateway, read_models, refuse_unfit_models, settings_of
from benchwright.pipeline.judge import in_order
from benchwright.pipeline.model_judge import Source, judges_named
from benchwright.pipeline.run import Run
from benchwright.pipeline.score import read_any_tasks
from benchwright.tasks import Task


@dataclass(frozen=True, slots=True, kw_only=True)
class OptimiseRequest:
    """What `judge optimise` was asked.

    Attributes:
        reflection: The judge of the config that rewords; the judge itself when None.
        max_usd: Replaces the budget of the config.
    """

    labels: Path
    tasks: Path
    judge: str
    reflection: str | None
    max_evaluations: int
    max_false_accepts: float
    seed: int
    max_usd: float | None


def optimise_judge(request: OptimiseRequest, source: Source, progress: Advances) -> OptimisedJudge:
    """Return new prompts for a judge, and its agreement with people before and after.

    Raises:
        ConfigError: If labels are made by a model, or a model may not be asked.
        InputError: If a half has too few labels.
        BudgetError: If the next call could cross the cap.
        ProviderFault: If a call brought no reply; the same command goes on from there.
    """
    labels = read_judgements(request.labels)
    if any(label.kind == "model" for label in labels):
        raise ConfigError(
            "labels made by a model cannot optimise a model", fix="give labels by people"
        )
    run = _capped(source.run(), request.max_usd)
    reflection = request.reflection or request.judge
    config = judges_named(run, request.judge, source.config)
    reflector = judges_named(run, reflection, source.config).models[0]
    models = read_models(run)
    refuse_unfit_models(run, models)
    with open_gateway(run) as gateway:
        tasks, kin = _allowed(read_any_tasks(request.tasks), config, gateway.ledger, models)
        first, second = _halves(tasks, labels, request, kin)
        bench = Workbench(
            caller=gateway,
            models=models,
            judge=settings_of(config.models[0]),
            reflector=settings_of(reflector),
            min_score=config.min_score,
            connections=run.project.config.models.max_connections,
            seed=request.seed,
        )
        shipped = first_questions()
        before = _judged("judge before", bench, shipped, second, progress)
        progress.stage("reword")
        questions = reword(bench, first, max_evaluations=request.max_evaluations)
        after = _judged("judge after", bench, questions, second, progress)
    return OptimisedJudge(
        judge=request.judge,
        reworded_by=reflection,
        seed=request.seed,
        labels_sha256=sha256_hex(request.labels.read_bytes()),
        optimised_on=len(first),
        not_asked=len(kin),
        prompts={
            dimension: _question(text, text != shipped[dimension], dimension)
            for dimension, text in questions.items()
        },
        before=_measured(request, labels, before),
        after=_measured(request, labels, after),
        uses=judge_uses((), {call.call_id: call for call in bench.made}.values()),
    )


def _judged(
    title: str,
    bench: Workbench,
    questions: Mapping[str, str],
    tasks: Sequence[Labelled],
    progress: Advances,
) -> list[Judgement]:
    progress.stage(title, len(tasks))
    found = []
    ask = judge_with(bench, questions)
    for one in in_order(ask, tasks, workers=bench.connections, stopping=Event()):
        found.append(one)
        progress.advance()
    return found


def _allowed(
    tasks: Iterable[Task], config: JudgesConfig, ledger: Ledger, models: Models
) -> tuple[list[Task], dict[str, str]]:
    """Return the tasks that the judge may grade, and why it may not grade the others, by id."""
    allowed: list[Task] = []
    kin: dict[str, str] = {}
    for task in tasks:
        writers = writers_of(task, ledger, models)
        answer = allowed_judges(task.id, [writers], config.models, models)
        if answer.judges:
            allowed.append(task)
        else:
            kin[task.id] = answer.refused[0]
    return allowed, kin


def write_optimised(path: Path, optimised: OptimisedJudge) -> None:
    """Write the new prompts with their hashes and figures."""
    write_text(path, optimised.model_dump_json(indent=2, exclude_none=True) + "\n")


def _halves(
    tasks: Iterable[Task],
    labels: Sequence[Judgement],
    request: OptimiseRequest,
    kin: Mapping[str, str],
) -> tuple[list[Labelled], list[Labelled]]:
    votes: dict[str, int] = {}
    for label in labels:
        if label.decision is not None:
            step = 1 if label.decision == "accept" else -1
            votes[label.task_id] = votes.get(label.task_id, 0) + step
    halves: tuple[list[Labelled], list[Labelled]] = ([], [])
    for task in tasks:
        if votes.get(task.id):
            decision: Literal["accept", "reject"] = "accept" if votes[task.id] > 0 else "reject"
            halves[int(sha256_hex(task.id)[0], 16) % 2].append(
                Labelled(shown=show(task), decision=decision)
            )
    for half in halves:
        if len(half) < SMOKE:
            left_out = f"; {len(kin)} are not asked: {min(kin.values())}" if kin else ""
            raise InputError(
                f"{len(half)} labelled tasks in a half, below {SMOKE}: too few to optimise"
                f"{left_out}",
                fix="label more of these tasks, by people"
                + (", or optimise a judge that is no kin to whoever wrote them" if kin else ""),
                place=Place(file=str(request.labels)),
            )
    return halves


def _capped(run: Run, max_usd: float | None) -> Run:
    if max_usd is None:
        return run
    config = run.project.config
    budget = (config.budget or BudgetConfig(max_usd=0)).model_copy(update={"max_usd": max_usd})
    project = run.project.model_copy(
        update={"config": config.model_copy(update={"budget": budget})}
    )
    return replace(run, project=project)


def _question(text: str, changed: bool, dimension: str) -> Question:
    whole = f"{text}\n\n{question_and_rules(dimension)[1]}"
    return Question(text=whole, sha256=sha256_hex(whole), changed=changed)


def _measured(
    request: OptimiseRequest, labels: Sequence[Judgement], verdicts: Sequence[Judgement]
) -> CalibrationReport:
    judged = {verdict.task_id for verdict in verdicts}
    return calibrate(
        [label for label in labels if label.task_id in judged],
        verdicts,
        max_false_accepts=request.max_false_accepts,
        seed=request.seed,
    )

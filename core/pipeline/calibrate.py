"""Hold a judge's verdicts, logged or made now, against labels, and write what they are worth."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from benchwright.canonical import sha256_hex
from benchwright.errors import ConfigError, InputError, Place
from benchwright.files import write_text
from benchwright.judges.bound import Binding, Calibration
from benchwright.judges.calibration import CalibrationReport, calibrate
from benchwright.judges.judge import Opinion
from benchwright.judges.judgements import (
    Decision,
    Judgement,
    Role,
    parse_field_map,
    read_judgements,
)
from benchwright.judging import JudgeUse
from benchwright.lineage.kinship import Declaration, Models, read_declarations
from benchwright.lineage.table import read_table
from benchwright.pipeline.minimums import binding_of_models
from benchwright.pipeline.model_judge import PANEL, Source, judges_named, open_judge
from benchwright.pipeline.score import read_any_tasks
from benchwright.tasks import Task

_DECISIONS: dict[str, Decision] = {"accepted": "accept", "rejected": "reject"}


class Advances(Protocol):
    """What counts finished items."""

    def stage(self, title: str, total: int | None = None) -> None:
        """Begin a stage."""

    def advance(self, items: int = 1) -> None:
        """Count items."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """What a foreign judge's calibration is bound to: its prompts, its rubric, and its lineage."""

    prompts: tuple[Path, ...] = ()
    rubric: Path | None = None
    lineage: Path | None = None
    declarations: tuple[Declaration, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What `judge calibrate` was asked: labels, and a log or tasks to judge now.

    Attributes:
        source: The config whose models judge the tasks.
        files: Of a foreign judge.
        is_written: Whether a calibration file is wanted.
    """

    labels: Path
    log: Path | None
    tasks: Path | None
    judge: str | None
    fields: tuple[str, ...]
    max_false_accepts: float
    seed: int
    source: Source | None = None
    files: Files = field(default_factory=Files)
    is_written: bool = False


def calibrate_judge(request: Request, progress: Advances) -> CalibrationReport:
    """Return how the judge compares with the labels.

    Raises:
        ConfigError: If the request contradicts itself, or the judge is not clear.
        InputError: If a file cannot be read.
        BudgetError: If the next call of a model could cross the cap.
    """
    _refuse_contradictions(request)
    labels = read_judgements(request.labels, parse_field_map(request.fields, "labels"))
    if request.is_written and any(label.kind == "model" for label in labels):
        raise ConfigError(
            "labels made by a model cannot calibrate a model", fix="give labels by people"
        )
    log_fields = parse_field_map(request.fields, "log")
    verdicts, uses = _verdicts(request, labels, log_fields, progress)
    report = calibrate(
        labels,
        verdicts,
        max_false_accepts=request.max_false_accepts,
        judge=request.judge,
        seed=request.seed,
    )
    return report.model_copy(update={"uses": uses})


def write_calibration(path: Path, report: CalibrationReport, request: Request) -> Calibration:
    """Write a calibration file and return it.

    Raises:
        ConfigError: If the report calibrates nothing, or the judge's lineage is unknown.
    """
    if report.usable_for == "nothing":
        why = "; ".join(report.problems) or f"{report.tasks} labelled tasks are too few"
        raise ConfigError(f"nothing is calibrated: {why}", fix="label more tasks, by people")
    calibration = Calibration(
        binding=_binding(report.judge, request),
        labels_sha256=sha256_hex(_bytes(request.labels)),
        report=report,
    )
    write_text(path, calibration.model_dump_json(indent=2, exclude_none=True) + "\n")
    return calibration


def _binding(judge: str, request: Request) -> Binding:
    if request.source is not None:
        run = request.source.run()
        named = judges_named(run, judge, request.source.config)
        return binding_of_models(named, run)
    files = request.files
    table = read_table(files.lineage)
    declarations = read_declarations(files.declarations, table)
    models = Models(table=table, declarations=declarations)
    for refusal in models.refusals_of(judge):
        raise ConfigError(f"{refusal.rule}: {refusal.message}", fix=refusal.fix)
    assert files.rubric is not None  # noqa: S101 - refused before
    hashes = [sha256_hex(_bytes(path)) for path in files.prompts]
    return Binding(
        lineage=models.lineages(judge),
        models=(judge,),
        prompt_sha256=sha256_hex("\n".join(hashes)),
        rubric_sha256=sha256_hex(_bytes(files.rubric)),
    )


def _refuse_contradictions(request: Request) -> None:
    files = request.files
    if request.source is not None and request.tasks is None:
        raise ConfigError("the models of a config judge tasks", fix="give the tasks with --tasks")
    if request.source is not None and files != Files():
        raise ConfigError(
            "the judges of a config have our prompts, and the config says their lineage",
            fix="drop --prompt, --rubric, --lineage and --declare",
        )
    if request.source is None and request.is_written and not (files.rubric and files.prompts):
        raise ConfigError(
            "a calibration file is bound to the judge's prompts and rubric",
            fix="name them: --prompt FILE --rubric FILE; or --config for a judge of a config",
        )


def _verdicts(
    request: Request,
    labels: Sequence[Judgement],
    fields: dict[Role, str],
    progress: Advances,
) -> tuple[list[Judgement], tuple[JudgeUse, ...]]:
    if request.log is not None and request.tasks is None:
        return read_judgements(request.log, fields), ()
    if request.tasks is None or request.log is not None:
        raise ConfigError(
            "a calibration needs verdicts: one of --log and --tasks",
            fix="give the judge's log, or tasks for a judge that runs now",
        )
    wanted = {label.task_id for label in labels}
    tasks = [task for task in read_any_tasks(request.tasks) if task.id in wanted]
    if not tasks:
        raise InputError(
            "none of the labels is of one of these tasks",
            fix="give the tasks that were labelled",
            place=Place(file=str(request.tasks)),
        )
    progress.stage("judge", len(tasks))
    found = []
    name = request.judge or ("gate" if request.source is None else PANEL)
    with open_judge(name, request.source, calibrated=False) as opened:
        opinions = opened.each(opened.judge.judge, tasks)
        for task, opinion in zip(tasks, opinions, strict=True):
            found.append(_judgement(task, opened.judge.name, opinion))
            progress.advance()
        return found, opened.uses()


def _judgement(task: Task, judge: str, opinion: Opinion) -> Judgement:
    return Judgement(
        task_id=task.id,
        judge=judge,
        kind="model",
        decision=_DECISIONS.get(opinion.status),
        scores=opinion.scores,
    )


def _bytes(path: Path) -> bytes:
    if not path.is_file():
        raise InputError(
            f"no such file: {path.name}", fix="check the path", place=Place(file=str(path))
        )
    return path.read_bytes()

"""Hold a judge's verdicts, logged or made now, against labels, and write what they are worth."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from benchwright.canonical import sha256_hex
from benchwright.errors import ConfigError, InputError, Place
from benchwright.files import write_text
from benchwright.judges.calibration import Binding, Calibration, CalibrationReport, calibrate
from benchwright.judges.judge import JUDGES, Opinion
from benchwright.judges.judgements import (
    Decision,
    Judgement,
    Role,
    parse_field_map,
    read_judgements,
)
from benchwright.lineage.kinship import Declaration, Models, read_declarations
from benchwright.lineage.table import read_table
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
class Request:
    """What `judge calibrate` was asked: labels, and a log or tasks to judge now."""

    labels: Path
    log: Path | None
    tasks: Path | None
    judge: str | None
    fields: tuple[str, ...]
    max_false_accepts: float
    seed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundTo:
    """What a calibration file is to hold for: the files of the judge's prompts and rubric."""

    prompts: tuple[Path, ...]
    rubric: Path
    lineage: Path | None
    declarations: tuple[Declaration, ...]


def calibrate_judge(request: Request, progress: Advances) -> CalibrationReport:
    """Return how the judge compares with the labels.

    Raises:
        ConfigError: If there is not exactly one of log and tasks, or the judge is not clear.
        InputError: If a file cannot be read.
    """
    labels = read_judgements(request.labels, parse_field_map(request.fields, "labels"))
    log_fields = parse_field_map(request.fields, "log")
    return calibrate(
        labels,
        _verdicts(request, labels, log_fields, progress),
        max_false_accepts=request.max_false_accepts,
        judge=request.judge,
        seed=request.seed,
    )


def write_calibration(
    path: Path, report: CalibrationReport, labels: Path, bound_to: BoundTo
) -> Calibration:
    """Write a calibration file and return it.

    Raises:
        ConfigError: If the report calibrates nothing, or the judge's lineage is unknown.
    """
    if report.usable_for == "nothing":
        why = "; ".join(report.problems) or f"{report.tasks} labelled tasks are too few"
        raise ConfigError(f"nothing is calibrated: {why}", fix="label more tasks, by people")
    calibration = Calibration(
        binding=binding_of(report.judge, bound_to),
        labels_sha256=sha256_hex(_bytes(labels)),
        report=report,
    )
    write_text(path, calibration.model_dump_json(indent=2, exclude_none=True) + "\n")
    return calibration


def binding_of(judge: str, bound_to: BoundTo) -> Binding:
    """Return what a calibration of this judge with these files is bound to.

    Raises:
        ConfigError: If nothing is known of the judge's lineage.
    """
    table = read_table(bound_to.lineage)
    declarations = read_declarations(bound_to.declarations, table)
    models = Models(table=table, declarations=declarations)
    for refusal in models.refusals_of(judge):
        raise ConfigError(f"{refusal.rule}: {refusal.message}", fix=refusal.fix)
    hashes = [sha256_hex(_bytes(path)) for path in bound_to.prompts]
    return Binding(
        lineage=models.lineages(judge),
        prompt_sha256=sha256_hex("\n".join(hashes)),
        rubric_sha256=sha256_hex(_bytes(bound_to.rubric)),
    )


def _verdicts(
    request: Request,
    labels: Sequence[Judgement],
    fields: dict[Role, str],
    progress: Advances,
) -> list[Judgement]:
    if request.log is not None and request.tasks is None:
        return read_judgements(request.log, fields)
    if request.tasks is None or request.log is not None:
        raise ConfigError(
            "a calibration needs verdicts: one of --log and --tasks",
            fix="give the judge's log, or tasks for a judge that runs now",
        )
    judge = JUDGES.get(request.judge or "gate")
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
    for task in tasks:
        found.append(_judgement(task, judge.name, judge.judge(task)))
        progress.advance()
    return found


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

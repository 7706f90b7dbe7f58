"""Run the stages in order: author, gate, split, release."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchwright.config import Project
from benchwright.errors import ConfigError
from benchwright.files import read_all_lines
from benchwright.generators.programmatic.author import RULES as AUTHOR_RULES
from benchwright.pipeline.author_adversarial import author_adversarial
from benchwright.pipeline.author_programmatic import author_programmatic
from benchwright.pipeline.author_synthetic import author_synthetic
from benchwright.pipeline.author_trace import author_trace
from benchwright.pipeline.calls import lost_picodollars
from benchwright.pipeline.candidates import AUTHORED, DECISIONS
from benchwright.pipeline.gate import gate_pool
from benchwright.pipeline.judge import HELD, judge_pool
from benchwright.pipeline.minimums import minimums_of
from benchwright.pipeline.references import screen_pool
from benchwright.pipeline.release import Finished, release_tasks, splits_by_mode
from benchwright.pipeline.results import (
    AuthorResult,
    AuthorRow,
    BuildResult,
    GateResult,
    authored_reasons,
    funnel_rows,
    gate_rows,
    gated_reasons,
    judging_of,
)
from benchwright.pipeline.run import Progress, Run, open_run
from benchwright.pipeline.split import (
    read_across,
    read_split_report,
    split_tasks,
)
from benchwright.stages import FinishedStage, locked
from benchwright.tasks import JsonObject
from benchwright.verdicts import RunStatus


def build(
    project: Project, *, output: Path, resume: bool, progress: Progress, replace: bool = False
) -> BuildResult:
    """Build the benchmark version of a project, and return what happened.

    Args:
        project: The config and its folder.
        output: The release goes to OUTPUT/NAME/VERSION.
        resume: Keep finished stages whose inputs have not changed.
        progress: Told how far the run is.
        replace: Put the release in the place of a different one of the same version.

    Raises:
        ConfigError: If the config, the pack or the shares are not valid.
        InputError: If a trace file cannot be used.
        CheckFailedError: If the check across the splits is not clean, or another release of this
            version stands there.
    """
    run = open_run(project, output=output, resume=resume, progress=progress)
    with locked(run.work_folder):
        authored = _author(run)
        screened, judged = _pooled(run, authored)
        split = split_tasks(run, judged)
        finished = Finished(authored=authored, gated=judged, split=split)
        release = release_tasks(run, finished, replace=replace)
    stages = [*authored, screened, *([judged] if judged is not screened else []), split]
    by_mode = judged.record.details["by_mode"]
    across = read_across(split.folder)
    return BuildResult(
        release_folder=release.folder,
        work_folder=run.work_folder,
        split_names=tuple(project.config.split.ratios()),
        funnel=funnel_rows(authored, by_mode, splits_by_mode(finished)),
        reasons=(*authored_reasons(authored), *gated_reasons(by_mode)),
        coverage=release.coverage_totals,
        contamination=across.status,
        checks=across.by_check(),
        cost=release.cost,
        lost_picodollars=lost_picodollars(run),
        stages=len(stages) + 1,
        resumed=sum(stage.resumed for stage in stages) + release.resumed,
    )


def author_mode(
    mode: str, project: Project, *, output: Path, resume: bool, progress: Progress
) -> AuthorResult:
    """Run one authoring mode of a project.

    Raises:
        ConfigError: If the config does not name the mode, or is not valid.
    """
    run = open_run(project, output=output, resume=resume, progress=progress)
    _refuse_absent(project, mode)
    with locked(run.work_folder):
        stages = _AUTHORS[mode](run)
    stopped = sum((_stopped(stage.folder) for stage in stages), Counter[str]())
    gate = gated_reasons({mode: {f"stopped:{rule}": n for rule, n in stopped.items()}})
    return AuthorResult(
        folder=run.work_folder / AUTHORED / mode,
        rows=tuple(
            AuthorRow(
                name=stage.folder.name,
                unit=stage.record.counts.unit,
                entered=stage.record.counts.entered,
                kept=stage.record.counts.kept,
                accepted=stage.record.counts.kept - _stopped(stage.folder).total(),
            )
            for stage in stages
        ),
        reasons=(*authored_reasons(stages), *gate),
    )


def gate_only(project: Project, *, output: Path, resume: bool, progress: Progress) -> GateResult:
    """Run the stages up to the judges.

    Raises:
        BudgetError: If the next call could cross the cap.
        ProviderFault: If an endpoint failed too often in a row.
    """
    run = open_run(project, output=output, resume=resume, progress=progress)
    with locked(run.work_folder):
        _, judged = _pooled(run, _author(run))
    by_mode, judging = judged.record.details["by_mode"], judging_of(judged)
    return GateResult(
        folder=judged.folder,
        held_queue=None if judging is None else judged.folder / HELD,
        rows=gate_rows(by_mode, judging),
        reasons=tuple(gated_reasons(by_mode)),
        judging=judging,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitResult:
    """The division of a project's tasks."""

    folder: Path
    report: JsonObject
    contamination: str
    checks: dict[str, RunStatus]

    def to_values(self) -> JsonObject:
        """Return the result as JSON values."""
        return {
            "folder": str(self.folder),
            "report": self.report,
            "contamination": self.contamination,
            "checks": self.checks,
        }


def split_only(project: Project, *, output: Path, resume: bool, progress: Progress) -> SplitResult:
    """Run the stages up to the split."""
    run = open_run(project, output=output, resume=resume, progress=progress)
    with locked(run.work_folder):
        finished = split_tasks(run, _pooled(run, _author(run))[1])
    across = read_across(finished.folder)
    return SplitResult(
        folder=finished.folder,
        report=read_split_report(finished.folder).model_dump(mode="json"),
        contamination=across.status,
        checks=across.by_check(),
    )


def _pooled(run: Run, authored: Sequence[FinishedStage]) -> tuple[FinishedStage, FinishedStage]:
    """Gate, screen against the references, and judge; return the last two stages."""
    screened = screen_pool(run, gate_pool(run, authored))
    return screened, judge_pool(run, screened)


def _author(run: Run) -> list[FinishedStage]:
    modes = run.project.config.author
    if run.project.config.judges is not None:
        minimums_of(run, run.project.config.judges)
    return [
        stage
        for mode, author in _AUTHORS.items()
        if getattr(modes, mode) is not None
        for stage in author(run)
    ]


_AUTHORS: dict[str, Callable[[Run], list[FinishedStage]]] = {
    "trace": lambda run: [author_trace(run)],
    "programmatic": author_programmatic,
    "adversarial": lambda run: [author_adversarial(run)],
    "synthetic": lambda run: [author_synthetic(run)],
}


def _refuse_absent(project: Project, mode: str) -> None:
    if getattr(project.config.author, mode) is None:
        raise ConfigError(
            f"the config has no author.{mode}", fix=f"add a section {mode}: under author:"
        )


def _stopped(folder: Path) -> Counter[str]:
    return Counter(
        line.value["rule"]
        for line in read_all_lines(folder / DECISIONS)
        if line.value["status"] != "accepted" and line.value["rule"] not in AUTHOR_RULES
    )

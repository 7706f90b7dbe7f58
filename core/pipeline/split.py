"""Stage 3: find who is kin to whom, divide the tasks, and look across the lines.

The check across the splits shares no decision with the division: it reads the finished
assignment and must find copies that were planted for it.
"""

from pathlib import Path

from benchwright.accepted import AcceptedFindings
from benchwright.canonical import canonical_json
from benchwright.contamination.across import AcrossSettings, check_across_splits
from benchwright.contamination.clusters import cluster_rows
from benchwright.contamination.pool import pool_kin
from benchwright.contamination.split import assign_splits
from benchwright.errors import CheckFailedError, InputError
from benchwright.files import read_all_lines, write_lines, write_text
from benchwright.pipeline.gate import TASKS, read_tasks
from benchwright.pipeline.references import read_reference_runs
from benchwright.pipeline.run import Run
from benchwright.splits import SplitReport
from benchwright.stages import FinishedStage, StageResult, Tally, run_stage
from benchwright.verdicts import ContaminationReport
from benchwright.wording import pack_wording

SPLIT = "3-split"
ASSIGNMENTS = "assignments.jsonl"
REPORT = "split_report.json"
ACROSS = "contamination.json"
HOUSE_RULES = "house_rules.json"


def split_tasks(run: Run, gated: FinishedStage) -> FinishedStage:
    """Give every task a split; no kin stand on two sides.

    Raises:
        ConfigError: If the shares cannot be met.
        CheckFailedError: If the check across the splits is not clean.
    """
    config = run.project.config
    run.progress.stage("split")
    finished = run_stage(
        run.work_folder / SPLIT,
        name="split",
        inputs={
            "gated": gated.sha256,
            "seed": config.seed,
            "split": config.split.model_dump(mode="json"),
            "contamination": config.contamination.model_dump(mode="json"),
            "pack": run.pack.sha256,
        },
        work=lambda folder: _split(run, gated.folder / TASKS, folder),
        resume=run.resume,
    )
    report = read_across(finished.folder)
    if report.status != "clean":
        raise CheckFailedError(
            f"the check across the splits is {report.status}, not clean",
            fix=f"read {finished.folder / ACROSS}; author tasks that share less, or more of them",
        )
    return finished


def read_across(folder: Path) -> ContaminationReport:
    """Return the check across the splits of a finished split stage."""
    return ContaminationReport.model_validate_json((folder / ACROSS).read_bytes())


def read_house_rules(folder: Path) -> AcceptedFindings:
    """Return the passages that all tasks of a finished split stage may share."""
    return AcceptedFindings.model_validate_json((folder / HOUSE_RULES).read_bytes())


def read_split_report(folder: Path) -> SplitReport:
    """Return the division of a finished split stage."""
    return SplitReport.model_validate_json((folder / REPORT).read_bytes())


def read_assignments(folder: Path) -> dict[str, str]:
    """Return the split of every task id."""
    return {line.value["id"]: line.value["split"] for line in read_all_lines(folder / ASSIGNMENTS)}


def _split(run: Run, tasks: Path, folder: Path) -> StageResult:
    config = run.project.config
    close = config.contamination
    kin = pool_kin(
        read_tasks(tasks),
        run_words=close.ngram_words,
        min_jaccard=close.min_jaccard,
        wording={wording.text: wording.file for wording in pack_wording(run.pack)},
        pack=run.pack.name,
    )
    if not kin.rows:
        raise InputError(
            "no task passed the gate, so there is nothing to split",
            fix=f"read the reasons in {tasks.parent / 'rejected.jsonl'} and the skipped records",
        )
    assigned = assign_splits(
        cluster_rows(kin.rows),
        config.split.ratios(),
        seed=config.seed,
        max_deviation=config.split.max_deviation,
    )
    lines = (
        canonical_json({"id": task_id, "split": split})
        for task_id, split in assigned.split_of.items()
    )
    write_lines(folder / ASSIGNMENTS, lines)
    across = check_across_splits(
        ((assigned.split_of[task.id], task) for task in read_tasks(tasks)),
        splits=list(config.split.ratios()),
        seed=config.seed,
        accepted=kin.accepted,
        settings=AcrossSettings(run_words=close.ngram_words, min_jaccard=close.min_jaccard),
    )
    write_text(folder / REPORT, assigned.report.to_json() + "\n")
    runs = (*read_reference_runs(tasks.parent), *across.runs)
    across = across.model_copy(update={"runs": runs})
    write_text(folder / ACROSS, across.to_json() + "\n")
    write_text(folder / HOUSE_RULES, kin.accepted.to_json() + "\n")
    tally = Tally(unit="tasks", entered=assigned.report.tasks, kept=assigned.report.tasks)
    return StageResult(counts=tally.counts(), details={"status": across.status})

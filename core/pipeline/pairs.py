"""Make preference pairs of the train tasks of a release, and prove that they leak nothing."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from benchwright.config import Project
from benchwright.errors import CheckFailedError, ConfigError, InputError, Place
from benchwright.manifests.documents import Documents
from benchwright.manifests.load import load_documents
from benchwright.manifests.release import read_release_rows
from benchwright.pipeline.calls import read_models
from benchwright.pipeline.pair_candidates import (
    Written,
    broken_rules,
    known_failures,
    written_by_models,
)
from benchwright.pipeline.pair_files import write_pairs
from benchwright.pipeline.pair_filters import Offered, Pair, sift
from benchwright.pipeline.pair_overlap import find_overlaps
from benchwright.pipeline.run import Progress, Run, open_run
from benchwright.preferences import PairAudit, PairSettings, PairsReport, SkipReason
from benchwright.stages import locked
from benchwright.tasks import Task
from benchwright.verdicts import ContaminationReport
from benchwright.version import __version__

TRAIN = "train"
_OVERLAPS: Mapping[str, SkipReason] = {"held_out": "overlaps_held_out", "dev": "overlaps_dev"}


@dataclass(frozen=True, slots=True, kw_only=True)
class PairsResult:
    """The report, the folder, and whether it stood there with the same bytes."""

    folder: Path
    report: PairsReport
    is_new: bool


def pairs_of_release(
    release: Path, out: Path, settings: PairSettings, progress: Progress, *, replace: bool = False
) -> PairsResult:
    """Write the pairs of a release folder, by rules alone.

    Raises:
        InputError: If the folder is no release, or has no train rows.
        CheckFailedError: If a split stands not in clear, or a check is inconclusive.
    """
    opened = _open(release)
    judges = {task.id: _judges_of(opened, task.id) for task in opened.tasks[TRAIN]}
    return _make(opened, judges, Written(), out, settings, progress, replace)


def pairs_of_project(
    project: Project,
    out: Path | None,
    settings: PairSettings,
    progress: Progress,
    *,
    output: Path,
    with_models: bool,
    replace: bool = False,
) -> PairsResult:
    """Write the pairs of the release that a config was built into.

    Args:
        project: The config.
        out: The folder of the pairs; None for OUTPUT/NAME/VERSION.pairs.
        settings: What is asked of the pairs.
        progress: Told how far it is.
        output: Where releases stand.
        with_models: Also have the models of `author.synthetic` write rejected outputs.
        replace: Put the pairs in the place of others.

    Raises:
        ConfigError: If the release was built from another config, or a model may not be called.
        InputError: As `pairs_of_release`.
        CheckFailedError: As `pairs_of_release`.
    """
    run = open_run(project, output=output, resume=True, progress=progress)
    opened = _open(run.release_folder)
    if opened.documents.authoring.config_sha256 != project.config_sha256:
        raise ConfigError(
            f"the release in {run.release_folder} was built from another config",
            fix="build it again, or give the release folder",
        )
    panel = _panel(run)
    judges = {
        task.id: tuple(sorted({*_judges_of(opened, task.id), *panel}))
        for task in opened.tasks[TRAIN]
    }
    folder = out or run.release_folder.with_name(run.release_folder.name + ".pairs")
    with locked(run.work_folder):
        written = written_by_models(run, opened.tasks[TRAIN], judges) if with_models else Written()
        return _make(opened, judges, written, folder, settings, progress, replace)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Opened:
    """A release: its manifests, its tasks by split, and who wrote and judged each row."""

    documents: Documents
    tasks: Mapping[str, Sequence[Task]]
    authors: Mapping[str, tuple[str, ...]]
    judges: Mapping[str, tuple[str, ...]]


def _open(release: Path) -> _Opened:
    loaded = load_documents(release)
    documents = loaded.documents()
    if documents is None:
        first = loaded.findings[0]
        raise InputError(
            f"no release: {first.file} {first.problem}",
            fix="give the folder that `benchwright build` names as the release",
            place=Place(file=str(release)),
        )
    tasks: dict[str, list[Task]] = {}
    for split, task in read_release_rows(release):
        tasks.setdefault(split, []).append(task)
    for stated in documents.authoring.splits:
        in_clear = len(tasks.get(stated.name, ()))
        if in_clear != stated.tasks:
            raise CheckFailedError(
                f"{stated.name} has {stated.tasks} tasks, of which {in_clear} stand in clear, so "
                "that nothing can be compared with the others",
                fix="make the pairs from the release before it is sealed",
                place=Place(file=str(release)),
            )
    if not tasks.get(TRAIN):
        raise InputError(
            "the release has no train split, and pairs come from nothing else",
            fix="give train a share under split:, and build again",
            place=Place(file=str(release)),
        )
    rows = documents.leakage.rows
    return _Opened(
        documents=documents,
        tasks=tasks,
        authors={row.task_id: row.authors for row in rows},
        judges={row.task_id: row.judges for row in rows},
    )


def _judges_of(opened: _Opened, task_id: str) -> tuple[str, ...]:
    return opened.judges.get(task_id, ())


def _panel(run: Run) -> tuple[str, ...]:
    judges = run.project.config.judges
    if judges is None or judges.is_offline:
        return ()
    models = read_models(run)
    return tuple(sorted({name for one in judges.models for name in models.lineages(one.model)}))


def _make(
    opened: _Opened,
    judges: Mapping[str, tuple[str, ...]],
    written: Written,
    out: Path,
    settings: PairSettings,
    progress: Progress,
    replace: bool,
) -> PairsResult:
    progress.stage("pairs: score and filter")
    offered = [_offered(task, opened, judges, written) for task in opened.tasks[TRAIN]]
    pairs, audits = sift(offered, settings)
    if not pairs:
        reasons = Counter(str(audit.reason) for audit in audits)
        raise CheckFailedError(
            f"no pair is left of {len(audits)} candidates: "
            + ", ".join(f"{name} {count}" for name, count in sorted(reasons.items())),
            fix="raise --max-cosine-similarity, or have models write rejected outputs (--models)",
        )
    unseen = {name: tasks for name, tasks in opened.tasks.items() if name != TRAIN}
    pairs, audits, overlap = _without_overlaps(opened, pairs, audits, unseen, settings, progress)
    report = _report(opened, settings, pairs, audits, overlap)
    is_new = write_pairs(
        out,
        pairs,
        audits,
        report,
        written.calls,
        license=opened.documents.authoring.benchmark.license,
        replace=replace,
    )
    return PairsResult(folder=out, report=report, is_new=is_new)


def _offered(
    task: Task, opened: _Opened, judges: Mapping[str, tuple[str, ...]], written: Written
) -> Offered:
    authors = opened.authors.get(task.id, ())
    by_model = written.by_task.get(task.id)
    return Offered(
        task=task,
        candidates=tuple(
            chain(
                known_failures(task, authors),
                () if by_model is None else (by_model,),
                broken_rules(task),
            )
        ),
        judges=judges[task.id],
        authors=authors,
    )


def _without_overlaps(
    opened: _Opened,
    pairs: list[Pair],
    audits: list[PairAudit],
    unseen: Mapping[str, Sequence[Task]],
    settings: PairSettings,
    progress: Progress,
) -> tuple[list[Pair], list[PairAudit], ContaminationReport]:
    """Drop what overlaps with another split, and check what is left until nothing does."""
    while True:
        progress.stage("pairs: held-out and dev", total=2 * len(unseen))
        overlap, found = find_overlaps(
            pairs,
            unseen,
            house_rules=opened.documents.house_rules,
            parameters=opened.documents.contamination,
            seed=settings.seed,
            advance=progress.advance,
        )
        if not found:
            return pairs, audits, overlap
        pairs = [pair for pair in pairs if pair.id not in found]
        audits = [_dropped(audit, found) for audit in audits]
        if not pairs:
            raise CheckFailedError(
                "every pair shares text or origin with a held-out or dev task",
                fix="build the release again: its splits overlap",
            )


def _dropped(audit: PairAudit, found: Mapping[str, str]) -> PairAudit:
    split = found.get(audit.pair_id or "")
    if split is None or audit.status == "skipped":
        return audit
    return PairAudit.model_validate(
        {**audit.model_dump(), "status": "skipped", "reason": _OVERLAPS[split]}
    )


def _report(
    opened: _Opened,
    settings: PairSettings,
    pairs: Sequence[Pair],
    audits: Sequence[PairAudit],
    overlap: ContaminationReport,
) -> PairsReport:
    authoring = opened.documents.authoring
    skipped = Counter(audit.reason for audit in audits if audit.reason is not None)
    return PairsReport(
        tool_version=__version__,
        benchmark=authoring.benchmark.name,
        version=authoring.benchmark.version,
        merkle_root=authoring.merkle_root,
        settings=settings,
        tasks=len(opened.tasks[TRAIN]),
        tasks_with_pairs=len({pair.task.id for pair in pairs}),
        candidates=len(audits),
        kept=len(pairs),
        skipped=dict(sorted(skipped.items())),
        sources=dict(sorted(Counter(pair.audit.source for pair in pairs).items())),
        writers=dict(sorted(Counter(pair.audit.writer for pair in pairs).items())),
        overlap=overlap,
    )

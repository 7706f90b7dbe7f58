"""Stage 4: measure what was kept, and write the release."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchwright.canonical import canonical_json
from benchwright.costs import CostReport, cost_of
from benchwright.files import read_document, write_text
from benchwright.generators.diversity import measure_diversity
from benchwright.generators.programmatic.coverage import verify_coverage
from benchwright.judging import JudgingReport
from benchwright.manifests.authoring import BenchmarkRef, ModeCounts, PackRef, Providers, SourceRef
from benchwright.manifests.documents import COVERAGE, DIVERSITY
from benchwright.manifests.release import (
    ReleaseInput,
    write_release,
)
from benchwright.model_config import OFFLINE_MODEL
from benchwright.pipeline.author_programmatic import load_families, strength_of
from benchwright.pipeline.gate import TASKS, read_tasks, read_values
from benchwright.pipeline.passport import author_names, judged_by, passport, read_calls
from benchwright.pipeline.results import (
    authored_reasons,
    funnel_rows,
    gated_reasons,
    judging_of,
    reason_text,
)
from benchwright.pipeline.run import Run
from benchwright.pipeline.split import (
    read_across,
    read_assignments,
    read_house_rules,
    read_split_report,
)
from benchwright.stages import FinishedStage, StageResult, Tally, run_stage
from benchwright.tasks import JsonObject, Task

RELEASE = "4-release"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedStages:
    """The release, what its families cover and it cost, and whether it stood there already."""

    folder: Path
    coverage_totals: JsonObject
    cost: CostReport
    resumed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """The stages a release is written from."""

    authored: Sequence[FinishedStage]
    gated: FinishedStage
    split: FinishedStage


def release_tasks(run: Run, stages: Finished, *, replace: bool) -> ReleasedStages:
    """Write the release of a run, unless it stands there with the same bytes.

    Raises:
        CheckFailedError: If another release of this version stands there and `replace` is False.
    """
    run.progress.stage("release")
    measured = run_stage(
        run.work_folder / RELEASE,
        name="measure",
        inputs={"gated": stages.gated.sha256, "pack": run.pack.sha256},
        work=lambda folder: _measure(run, stages, folder),
        resume=run.resume,
    )
    release = _release_input(run, stages, measured.folder)
    written = write_release(run.release_folder, release, replace=replace)
    return ReleasedStages(
        folder=written.folder,
        coverage_totals=coverage_totals(read_document(measured.folder / Path(COVERAGE).name)),
        cost=release.cost,
        resumed=not written.is_new,
    )


def coverage_totals(coverage: JsonObject) -> JsonObject:
    """Return the sums over all families."""
    families = coverage["families"]
    return {
        "families": len(families),
        "feasible": sum(family["feasible"] for family in families),
        "covered": sum(family["covered"] for family in families),
        "infeasible": sum(len(family["infeasible"]) for family in families),
    }


def diversity_values(tasks: Iterable[Task], *, seed: int) -> JsonObject:
    """Return the diversity measures of each mode."""
    modes = measure_diversity(tasks, seed=seed).modes
    return {name: measures.model_dump(mode="json") for name, measures in modes.items()}


def _measure(run: Run, stages: Finished, folder: Path) -> StageResult:
    """Recount coverage and diversity from the rows that were kept."""
    tasks = stages.gated.folder / TASKS
    coverage = {"families": list(_coverage(run, tasks))}
    write_text(folder / Path(COVERAGE).name, canonical_json(coverage) + "\n")
    diversity = diversity_values(read_tasks(tasks), seed=run.project.config.seed)
    write_text(folder / Path(DIVERSITY).name, canonical_json(diversity) + "\n")
    kept = stages.gated.record.counts.kept
    return StageResult(counts=Tally(unit="tasks", entered=kept, kept=kept).counts(), details={})


def _coverage(run: Run, tasks: Path) -> Iterator[JsonObject]:
    programmatic = run.project.config.author.programmatic
    if programmatic is None:
        return
    families = load_families(run)
    names = {f"{run.pack.name}/families/{family.path.name}": family for family in families}
    choices = {name: {c.name for c in family.choices} for name, family in names.items()}
    rows: dict[str, list[JsonObject]] = {name: [] for name in names}
    for line in read_values(tasks):
        provenance = line["provenance"]
        if provenance["mode"] == "programmatic":
            name, slots = provenance["template"]["name"], provenance["slots"]
            rows[name].append({slot: slots[slot] for slot in choices[name]})
    for name, family in names.items():
        report = verify_coverage(family, rows[name], strength_of(run, family))
        yield report.model_dump(mode="json", exclude_none=True)


def _release_input(run: Run, stages: Finished, measured: Path) -> ReleaseInput:
    config = run.project.config
    assignments = read_assignments(stages.split.folder)
    tasks = stages.gated.folder / TASKS
    judging = judging_of(stages.gated)
    calls = read_calls((*stages.authored, stages.gated))
    models = author_names(read_tasks(tasks))
    counts = tuple(_mode_counts(stages))
    return ReleaseInput(
        benchmark=BenchmarkRef(**config.benchmark.model_dump(include=BENCHMARK_FIELDS)),
        created_at=run.project.created_at,
        config_sha256=run.project.config_sha256,
        pack=PackRef(
            name=run.pack.name,
            title=run.pack.spec.title,
            sha256=run.pack.sha256,
            files=dict(run.pack.file_sha256s),
            dimensions={d.name: d.question for d in run.pack.spec.dimensions},
        ),
        sources=tuple(_sources(stages.authored)),
        seeds={"run": config.seed},
        providers=Providers(
            author={mode.mode: models.get(mode.mode, "rules") for mode in counts},
            judge=_judge_name(judging),
        ),
        counts=counts,
        reasons=_reasons(stages),
        judging=judging,
        tasks=lambda: read_tasks(tasks),
        split_of=assignments,
        splits=read_split_report(stages.split.folder),
        contamination=read_across(stages.split.folder),
        coverage=read_document(measured / Path(COVERAGE).name),
        diversity=read_document(measured / Path(DIVERSITY).name),
        house_rules=read_house_rules(stages.split.folder),
        leakage=passport(run, read_tasks(tasks), judged_by(stages.gated), calls),
        cost=cost_of(calls, {row.mode: row.kept for row in counts}),
        calls=lambda: (call.to_json() for call in calls),
    )


BENCHMARK_FIELDS = {"name", "version", "license"}


def _judge_name(judging: JudgingReport | None) -> str:
    """Return who judged, in words; only models that answered are named (L010)."""
    if judging is None:
        return "deterministic checks only"
    names = [judge.model for judge in judging.judges if judge.served]
    if not names:
        return "deterministic checks only: no judge was asked"
    if names == [OFFLINE_MODEL]:
        return f"deterministic checks, then {OFFLINE_MODEL}: our own rules, no model"
    return f"deterministic checks, then {judging.per_task} of {', '.join(names)}"


def _sources(authored: Iterable[FinishedStage]) -> Iterator[SourceRef]:
    """Yield every trace file once, whichever modes read it."""
    files = [file for stage in authored for file in stage.record.details.get("files", ())]
    seen: set[tuple[str, str]] = set()
    for file in files:
        key = file["file"], file["sha256"]
        if key not in seen:
            seen.add(key)
            yield SourceRef(
                name=file["file"],
                format=file["format"],
                sha256=file["sha256"],
                records=file["records"],
                bad_records=len(file["bad"]),
                groups=file["groups"],
            )


def _mode_counts(stages: Finished) -> Iterator[ModeCounts]:
    by_mode = stages.gated.record.details["by_mode"]
    homes = splits_by_mode(stages)
    authored = authored_reasons(stages.authored)
    for row in funnel_rows(stages.authored, by_mode, homes):
        counts = by_mode.get(row.mode, {})
        yield ModeCounts(
            mode=row.mode,
            read=row.read,
            left_out={r.rule: r.count for r in authored if r.mode == row.mode},
            authored=row.authored,
            checked=row.checked,
            rejected=_counted(counts, "rejected"),
            held=_counted(counts, "held"),
            kept=row.kept,
            splits=row.splits,
        )


def _counted(counts: JsonObject, outcome: str) -> dict[str, int]:
    return {
        name.partition(":")[2]: count
        for name, count in sorted(counts.items())
        if name.startswith(f"{outcome}:")
    }


def splits_by_mode(stages: Finished) -> dict[str, dict[str, int]]:
    """Return how many tasks of each mode stand in each split."""
    counts: dict[str, dict[str, int]] = {}
    for stratum in read_split_report(stages.split.folder).strata:
        row = counts.setdefault(stratum.mode, {})
        row[stratum.split] = row.get(stratum.split, 0) + stratum.tasks
    return counts


def _reasons(stages: Finished) -> dict[str, str]:
    gated = gated_reasons(stages.gated.record.details["by_mode"])
    rules = {reason.rule for reason in (*authored_reasons(stages.authored), *gated)}
    return {rule: reason_text(rule) for rule in sorted(rules)}

"""Stage 2b: is a task of the pool known to a reference corpus? One that is leaves before the split.

The scan reads every record; what a task shares with a corpus by house rules of the pack alone is
no finding. A corpus that cannot be read whole makes the answer inconclusive, and stops the build.
"""

import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchwright.canonical import canonical_json
from benchwright.config import find_references
from benchwright.contamination.items import Item
from benchwright.contamination.passages import AcceptedPassages
from benchwright.contamination.scan.shards import find_shards
from benchwright.contamination.views import to_view
from benchwright.errors import CheckFailedError, Place
from benchwright.files import atomic_writer, file_sha256, write_text
from benchwright.pipeline.contamination_scan import ScanSettings, scan_files
from benchwright.pipeline.gate import IN_REFERENCE, REJECTED, RULES, TASKS, read_values
from benchwright.pipeline.run import Run
from benchwright.scans import RecordMatch, ScanReport, TaskFinding
from benchwright.stages import FinishedStage, StageResult, Tally, run_stage
from benchwright.tasks import JsonObject
from benchwright.verdicts import CheckRun
from benchwright.wording import pack_wording

SCANNED = "2-scanned"
SCOPE = "pool x references"
REFERENCES = "references.json"


def screen_pool(run: Run, gated: FinishedStage) -> FinishedStage:
    """Return the gated tasks without those that stand in a reference corpus.

    Raises:
        ConfigError: If a reference matches no file.
        CheckFailedError: If not all of the corpora could be read and compared.
    """
    paths = find_references(run.project)
    if not paths:
        return gated
    run.progress.stage("references")
    files = [shard.path for shard in find_shards([str(path) for path in paths]).shards]
    return run_stage(
        run.work_folder / SCANNED,
        name="references",
        inputs={
            "gated": gated.sha256,
            "files": {str(path): file_sha256(path) for path in files},
            "contamination": run.project.config.contamination.model_dump(mode="json"),
            "pack": run.pack.sha256,
            "seed": run.project.config.seed,
        },
        work=lambda folder: _screen(run, gated, files, folder),
        resume=run.resume,
    )


def read_reference_runs(folder: Path) -> tuple[CheckRun, ...]:
    """Return the runs over the references of a finished stage; none where there were none."""
    path = folder / REFERENCES
    return (CheckRun.model_validate_json(path.read_bytes()),) if path.exists() else ()


def _screen(run: Run, gated: FinishedStage, files: Sequence[Path], folder: Path) -> StageResult:
    close = run.project.config.contamination
    state = run.work_folder / f".{SCANNED}.scan"
    shards = find_shards([str(path) for path in files]).shards
    try:
        report = scan_files(
            [gated.folder / TASKS],
            [str(path) for path in files],
            ScanSettings(
                state=state,
                containment=all(shard.format != "text" for shard in shards),
                run_words=close.ngram_words,
                seed=run.project.config.seed,
                resume=False,
            ),
        )
    finally:
        shutil.rmtree(state, ignore_errors=True)
    if report.reasons:
        raise CheckFailedError(
            f"the scan of the references is inconclusive: {report.reasons[0]}",
            fix="mend or leave out the corpus that contamination.references names",
            place=Place(field="contamination.references"),
        )
    texts = tuple(wording.text for wording in pack_wording(run.pack))
    house = AcceptedPassages(texts=texts, run_words=close.ngram_words)
    found = {f.id: f for f in report.found if not _is_house_only(f, house)}
    result = _divide(gated, found, folder)
    write_text(folder / REFERENCES, _run(report, files, run.project.base, len(found)) + "\n")
    return result


def _divide(gated: FinishedStage, found: dict[str, TaskFinding], folder: Path) -> StageResult:
    modes = {m: Counter(c) for m, c in gated.record.details["by_mode"].items()}
    tally = Tally(unit="tasks")
    with (
        atomic_writer(folder / TASKS) as kept,
        atomic_writer(folder / REJECTED) as rejected,
    ):
        for values in read_values(gated.folder / TASKS):
            finding = found.get(values["id"])
            if finding is None:
                tally.keep()
                kept.write(canonical_json(values).encode() + b"\n")
                continue
            tally.reject(IN_REFERENCE)
            mode = modes[values["provenance"]["mode"]]
            mode["kept"] -= 1
            mode[f"rejected:{IN_REFERENCE}"] += 1
            where = ", ".join(Path(match.place.file).name for match in finding.best[:1])
            reasons = [f"{RULES[IN_REFERENCE]}: {finding.records} records, first in {where}"]
            line = {"id": values["id"], "rule": IN_REFERENCE, "reasons": reasons}
            rejected.write(canonical_json(line).encode() + b"\n")
    by_mode: JsonObject = {mode: dict(sorted(count.items())) for mode, count in modes.items()}
    return StageResult(counts=tally.counts(), details={"by_mode": by_mode})


def _is_house_only(finding: TaskFinding, house: AcceptedPassages) -> bool:
    """Say whether all that a task shares with its records are house rules; in doubt it is not."""
    return finding.records == len(finding.best) and all(
        _is_accepted(match, house) for match in finding.best
    )


def _is_accepted(match: RecordMatch, house: AcceptedPassages) -> bool:
    view = to_view(Item(id="", place=Place(), input=match.left.text))
    accepted = house.accepted_runs(view, house.run_words)
    starts = list(_shared_starts(match, [(t.start, t.end) for t in view.tokens], house.run_words))
    return (
        match.containment is None
        and match.shared_runs == len(starts)
        and all(start in accepted for start in starts)
    )


def _shared_starts(
    match: RecordMatch, tokens: Sequence[tuple[int, int]], run_words: int
) -> Iterator[int]:
    for begin, end in match.left.spans:
        inside = [at for at, (first, last) in enumerate(tokens) if begin <= first and last <= end]
        yield from inside[: max(0, len(inside) - run_words + 1)]


def _run(report: ScanReport, files: Sequence[Path], base: Path, rejected: int) -> str:
    planted = sum(recall.planted for recall in report.plants)
    names = {path: _name(path, base) for path in files}
    counts = {shard.name: shard for shard in report.shards}
    run = CheckRun(
        check="ngram and containment" if report.containment else "ngram",
        scope=SCOPE,
        params={
            "run_words": report.run_words,
            "seed": report.seed,
            "normaliser": report.normaliser,
            "rejected_tasks": rejected,
            "files": {
                names[path]: {
                    "sha256": file_sha256(path),
                    "records": counts[str(path)].records,
                    "unreadable_records": counts[str(path)].failed_records,
                }
                for path in files
            },
        },
        items_comparable=report.tasks_compared,
        pairs_compared=report.tasks_compared * report.records,
        planted=planted,
        planted_found=sum(recall.found for recall in report.plants),
        status="clean",
    )
    return run.to_json()


def _name(path: Path, base: Path) -> str:
    """Return the path from the folder of the config; only its last part where it lies elsewhere."""
    return path.relative_to(base).as_posix() if path.is_relative_to(base) else path.name

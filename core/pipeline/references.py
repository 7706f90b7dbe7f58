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
from benchwright.contamination.ngrams import NgramDetector
from benchwright.contamination.passages import AcceptedPassages
from benchwright.contamination.scan.shards import Shard, find_shards
from benchwright.contamination.scan.state import ScanState
from benchwright.contamination.sources import read_rows
from benchwright.contamination.views import View, to_view
from benchwright.errors import CheckFailedError, Place
from benchwright.files import BadLine, atomic_writer, file_sha256, write_text
from benchwright.pipeline.contamination_scan import ScanSettings, scan_files
from benchwright.pipeline.gate import IN_REFERENCE, REJECTED, RULES, TASKS, read_values
from benchwright.pipeline.run import Run
from benchwright.scans import ScanReport
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


def pass_on_reference_runs(source: Path, folder: Path) -> None:
    """Copy the runs over the references to a later stage, so that its readers find them."""
    if (source / REFERENCES).exists():
        write_text(folder / REFERENCES, (source / REFERENCES).read_text("utf-8"))


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
        if report.reasons:
            raise CheckFailedError(
                f"the scan of the references is inconclusive: {report.reasons[0]}",
                fix="mend or leave out the corpus that contamination.references names",
                place=Place(field="contamination.references"),
            )
        texts = tuple(wording.text for wording in pack_wording(run.pack))
        detector = NgramDetector(
            run_words=close.ngram_words,
            accepted=AcceptedPassages(texts=texts, run_words=close.ngram_words),
        )
        views = _views(gated.folder / TASKS, {finding.id for finding in report.found})
        found: dict[str, str] = {}
        for shard in shards:
            lines = ScanState(state).findings(shard)
            for task in _known(shard, lines, views, detector):
                found.setdefault(task, shard.path.name)
    finally:
        shutil.rmtree(state, ignore_errors=True)
    result = _divide(gated, found, folder)
    write_text(folder / REFERENCES, _run(report, files, run.project.base, len(found)) + "\n")
    return result


def _views(tasks: Path, ids: set[str]) -> dict[str, View]:
    return {
        values["id"]: to_view(Item(id=values["id"], place=Place(), input=values["input"]))
        for values in read_values(tasks)
        if values["id"] in ids
    }


def _known(
    shard: Shard, findings: Path, views: dict[str, View], detector: NgramDetector
) -> Iterator[str]:
    """Yield the tasks that a shard holds by more than house rules.

    A record is read again and compared with them left out; a text, which has no records, is not:
    all that the scan finds in one counts.
    """
    doubtful: dict[int, list[View]] = {}
    for line in read_values(findings):
        number = line.get("line") or line.get("row")
        if line["containment"] or number is None:
            yield line["task"]
        else:
            doubtful.setdefault(number, []).append(views[line["task"]])
    for row in read_rows(shard.path) if doubtful else ():
        if isinstance(row, BadLine) or row[0].line not in doubtful:
            continue
        tasks = doubtful[row[0].line]
        record = to_view(Item(id="", place=row[0], input=row[1]))
        yield from (tasks[p.test].item.id for p in detector.compare(tasks, [record]).pairs)


def _divide(gated: FinishedStage, found: dict[str, str], folder: Path) -> StageResult:
    modes = {m: Counter(c) for m, c in gated.record.details["by_mode"].items()}
    tally = Tally(unit="tasks")
    with (
        atomic_writer(folder / TASKS) as kept,
        atomic_writer(folder / REJECTED) as rejected,
    ):
        for values in read_values(gated.folder / TASKS):
            file = found.get(values["id"])
            if file is None:
                tally.keep()
                kept.write(canonical_json(values).encode() + b"\n")
                continue
            tally.reject(IN_REFERENCE)
            mode = modes[values["provenance"]["mode"]]
            mode["kept"] -= 1
            mode[f"rejected:{IN_REFERENCE}"] += 1
            reasons = [f"{RULES[IN_REFERENCE]}: {file}"]
            line = {"id": values["id"], "rule": IN_REFERENCE, "reasons": reasons}
            rejected.write(canonical_json(line).encode() + b"\n")
    by_mode: JsonObject = {mode: dict(sorted(count.items())) for mode, count in modes.items()}
    return StageResult(counts=tally.counts(), details={"by_mode": by_mode})


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

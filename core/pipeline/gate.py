"""Stage 2: act on the gate's decisions, and let no input enter twice."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchwright.canonical import canonical_json
from benchwright.contamination.answers import gives_answer_away
from benchwright.contamination.items import Item
from benchwright.errors import Place
from benchwright.files import atomic_writer
from benchwright.generators.programmatic.author import RULES as AUTHOR_RULES
from benchwright.pipeline.candidates import CANDIDATES, DECISIONS
from benchwright.pipeline.run import Run
from benchwright.stages import FinishedStage, StageResult, Tally, run_stage
from benchwright.tasks import JsonObject, Task

GATED = "2-gated"
TASKS = "tasks.jsonl"
REJECTED = "rejected.jsonl"
DUPLICATE = "P001"
GIVEN_AWAY = "P002"
IN_REFERENCE = "P003"

RULES = {
    DUPLICATE: "the same input stands in the pool already",
    GIVEN_AWAY: "a text of the reference stands in the input",
    IN_REFERENCE: "the task stands in a reference corpus",
}


def gate_pool(run: Run, authored: Sequence[FinishedStage]) -> FinishedStage:
    """Keep the accepted tasks of every mode, each input once; write the others with reasons."""
    run.progress.stage("gate")
    folders = [stage.folder for stage in authored]
    return run_stage(
        run.work_folder / GATED,
        name="gate",
        inputs={"authored": [stage.sha256 for stage in authored]},
        work=lambda folder: _gate(folders, folder),
        resume=run.resume,
    )


def read_values(path: Path) -> Iterator[JsonObject]:
    """Yield the tasks of a file that a finished stage wrote, as JSON values."""
    with path.open("rb") as stream:
        yield from map(json.loads, stream)


def read_tasks(path: Path) -> Iterator[Task]:
    """Yield the tasks of a file that a finished stage wrote."""
    with path.open("rb") as stream:
        for line in stream:
            yield Task.from_stage(line)


def _gate(authored: Sequence[Path], folder: Path) -> StageResult:
    tally = Tally(unit="tasks")
    by_mode: dict[str, Counter[str]] = {}
    seen: set[bytes] = set()
    with (
        atomic_writer(folder / TASKS) as kept,
        atomic_writer(folder / REJECTED) as rejected,
    ):
        for values, decision in _candidates(authored):
            rule, status = decision["rule"], decision["status"]
            if rule in AUTHOR_RULES:
                continue
            if status == "accepted" and _seen_before(values["input"], seen):
                rule = DUPLICATE
            elif status == "accepted" and gives_answer_away(_item(values)):
                rule = GIVEN_AWAY
            mode = by_mode.setdefault(values["provenance"]["mode"], Counter())
            mode["checked"] += 1
            if rule == decision["rule"] and status == "accepted":
                tally.keep()
                mode["kept"] += 1
                kept.write(canonical_json(values).encode() + b"\n")
            else:
                held = rule == decision["rule"] and status == "held"
                (tally.hold if held else tally.reject)(rule)
                mode[f"{'held' if held else 'rejected'}:{rule}"] += 1
                reasons = [RULES[rule]] if rule in RULES else decision.get("reasons", [])
                line = {"id": values["id"], "rule": rule, "reasons": reasons}
                rejected.write(canonical_json(line).encode() + b"\n")
    modes: JsonObject = {mode: dict(sorted(count.items())) for mode, count in by_mode.items()}
    return StageResult(counts=tally.counts(), details={"by_mode": modes})


def _candidates(authored: Sequence[Path]) -> Iterator[tuple[JsonObject, JsonObject]]:
    for folder in authored:
        candidates = read_values(folder / CANDIDATES)
        yield from zip(candidates, read_values(folder / DECISIONS), strict=True)


def _item(values: JsonObject) -> Item:
    return Item(
        id=values["id"],
        place=Place(),
        input=values["input"],
        output=values["reference"],
        record=values,
    )


def _seen_before(values: JsonObject, seen: set[bytes]) -> bool:
    key = hashlib.sha256(canonical_json(values).encode()).digest()[:16]
    if key in seen:
        return True
    seen.add(key)
    return False

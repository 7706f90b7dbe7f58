"""Stage 1, by hand: take in hand-written files with which nothing is wrong, and say why others stay
out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchwright.config import find_adversarial
from benchwright.errors import ConfigError, Place
from benchwright.files import file_sha256
from benchwright.generators.adversarial.rules import LintFinding
from benchwright.judges.gate import gate_task
from benchwright.pipeline.adversarial_effect import Outputs, effects_of, read_outputs
from benchwright.pipeline.adversarial_files import Shelf, TaskFile
from benchwright.pipeline.adversarial_lint import find_clones, twin_findings
from benchwright.pipeline.adversarial_twin import task_and_twin, twin_of
from benchwright.pipeline.candidates import AUTHORED, CandidateFiles
from benchwright.pipeline.run import Run
from benchwright.stages import FinishedStage, StageResult, Tally, run_stage
from benchwright.tasks import JsonObject, Task

FORMAT = "hand-written"
REASONS = {
    "clone": "the task is another one under masking",
    "effect_not_shown": "a baseline agent passes the task, or fails its twin",
    "effect_not_told": "a baseline agent has not answered the task or its twin",
    "lint": "lint finds something wrong with the file",
    "not_chosen": "more than the config asks for",
    "twin": "the benign twin of another file: a control, no task",
    "twin_does_not_hold": "the benign twin is missing, not sound, or not the same task",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Refusal:
    """Why a file gives no task; the detail names lines."""

    reason: str
    detail: str


def author_adversarial(run: Run) -> FinishedStage:
    """Take in the project's hand-written files; counts are in files.

    What only the gate's rules find goes to the gate as a candidate, with the decision.

    Raises:
        ConfigError: If a path matches nothing, or the pack has no attack classes.
        InputError: If a file is no text, or the outputs of agents cannot be read.
    """
    config = run.project.config
    wanted = config.author.adversarial
    assert wanted is not None  # noqa: S101 - the caller checked
    shelf = Shelf(pack=run.pack, created_at=run.project.created_at)
    files = [shelf.open(path) for path in find_adversarial(run.project)]
    _refuse_same_names(files)
    twins = [twin for file in files if (twin := twin_of(file, shelf))]
    outputs = _outputs(run)
    run.progress.stage("author: hand-written tasks", total=len(files))
    return run_stage(
        run.work_folder / AUTHORED / "adversarial",
        name="author-adversarial",
        inputs={
            **run.common_inputs(),
            "adversarial": wanted.model_dump(mode="json"),
            "files": _hashes(files),
            "twins": _hashes(twins),
            "outputs": None if outputs is None else file_sha256(outputs),
        },
        work=lambda folder: _take_in(run, files, shelf, outputs, folder),
        resume=run.resume,
    )


def _outputs(run: Run) -> Path | None:
    wanted = run.project.config.author.adversarial
    if wanted is None or wanted.outputs is None:
        return None
    path = run.project.base / wanted.outputs
    if not path.is_file():
        raise ConfigError(
            f"no file {wanted.outputs!r} in {run.project.base}",
            fix="correct the path; it starts from the folder of the config",
            place=Place(field="author.adversarial.outputs"),
        )
    return path


def _hashes(files: Sequence[TaskFile]) -> list[list[str]]:
    return [[file.path.name, file_sha256(file.path)] for file in files]


def _refuse_same_names(files: Sequence[TaskFile]) -> None:
    seen: dict[str, Path] = {}
    for file in files:
        if file.path.name in seen:
            raise ConfigError(
                f"two files are called {file.path.name!r}: {seen[file.path.name]}, {file.path}",
                fix="rename one of them",
                place=Place(field="author.adversarial.files"),
            )
        seen[file.path.name] = file.path


def _take_in(
    run: Run, files: list[TaskFile], shelf: Shelf, outputs: Path | None, folder: Path
) -> StageResult:
    wanted = run.project.config.author.adversarial
    assert wanted is not None  # noqa: S101 - the caller checked
    given = None if outputs is None else read_outputs(outputs)
    refused = {file.path: _refusal(file, shelf, given) for file in files}
    entering = [file for file in files if refused[file.path] is None and file.is_sound]
    for path, clones in find_clones(entering).items():
        refused[path] = _refused("clone", clones)
    tally = Tally(unit="files")
    with CandidateFiles(folder) as written:
        for file in files:
            refusal = refused[file.path]
            if refusal is None and wanted.count is not None and tally.kept >= wanted.count:
                refusal = _Refusal(reason="not_chosen", detail=f"count is {wanted.count}")
            if refusal is None and file.task is not None:
                written.add(file.task, gate_task(file.task))
                tally.keep()
            elif refusal is not None:
                origin = {"file": file.path.name}
                written.skip(origin=origin, reason=refusal.reason, detail=refusal.detail)
                tally.reject(refusal.reason)
            run.progress.advance()
    return StageResult(
        counts=tally.counts(), details={"files": [_source(file, refused) for file in files]}
    )


def _refusal(file: TaskFile, shelf: Shelf, given: Outputs | None) -> _Refusal | None:
    if file.is_twin:
        return _Refusal(reason="twin", detail=f"of {getattr(file.reading.head, 'twin_of', '')}")
    found = file.reading.found.sorted()
    twin = [one for one in found if one.rule == "A014"] + twin_findings(file, shelf)
    own = [one for one in found if one.rule < "A1" and one.rule != "A014"]
    if own or file.task is None:
        return _refused("lint", own or found)
    if found and not twin:
        return None
    if twin:
        return _refused("twin_does_not_hold", twin)
    pair = task_and_twin(file, shelf)
    if given is None or pair is None:
        return None
    return _without_effect(file.path.name, given, pair)


def _without_effect(name: str, given: Outputs, pair: tuple[Task, Task]) -> _Refusal | None:
    effects = effects_of(name, *pair, given)
    for reason, shown in (("effect_not_shown", False), ("effect_not_told", None)):
        agents = [effect.agent for effect in effects if effect.shown is shown]
        if agents:
            return _Refusal(reason=reason, detail=", ".join(agents))
    return None


def _refused(reason: str, findings: Sequence[LintFinding]) -> _Refusal:
    shown = (f"line {one.line}: {one.rule} {one.message}" for one in findings)
    return _Refusal(reason=reason, detail="; ".join(shown))


def _source(file: TaskFile, refused: dict[Path, _Refusal | None]) -> JsonObject:
    refusal = refused[file.path]
    bad = [refusal.detail] if refusal is not None and refusal.reason == "lint" else []
    return {
        "file": file.path.name,
        "format": FORMAT,
        "sha256": file_sha256(file.path),
        "records": 1,
        "bad": bad,
        "groups": 1,
    }

"""The log of calls and the lineage passport of a release, and their proof."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from pydantic import ValidationError

from benchwright.calls.log import CALLS, CallRow
from benchwright.errors import CheckFailedError, ConfigError
from benchwright.leakage import (
    LOG,
    DeclaredName,
    JudgedBy,
    LeakageReport,
    Row,
    complete,
    resolved_again,
)
from benchwright.lineage.table import read_addition, table_with
from benchwright.manifests.documents import GATE, LEAKAGE
from benchwright.manifests.load import is_plain_file, load_documents
from benchwright.manifests.reconcile import Finding
from benchwright.pipeline.candidates import DECISIONS
from benchwright.pipeline.compare import differences, read_object
from benchwright.pipeline.run import Run
from benchwright.stages import FinishedStage
from benchwright.tasks import Task

MAX_LISTED = 5
_JUDGED_BY: Mapping[str | None, JudgedBy] = {
    "models": "models",
    "offline": "offline",
    "person": "person",
    "waived": "waived",
    None: "nobody",
}


def read_calls(stages: Iterable[FinishedStage]) -> list[CallRow]:
    """Return every call of finished stages, each once, in the order of the stages."""
    found: dict[str, CallRow] = {}
    for stage in stages:
        path = stage.folder / CALLS
        for line in path.read_text("utf-8").split("\n")[:-1] if path.is_file() else ():
            call = CallRow.model_validate_json(line)
            found.setdefault(call.call_id, call)
    return list(found.values())


def judged_by(gated: FinishedStage) -> dict[str, JudgedBy]:
    """Return who judged each task, from the decisions of the last stage of the gate."""
    path = gated.folder / DECISIONS
    if not path.is_file():
        return {}
    lines = map(json.loads, path.read_text("utf-8").split("\n")[:-1])
    return {line["task_id"]: _JUDGED_BY[line.get("basis")] for line in lines}


def passport(
    run: Run, tasks: Iterable[Task], judged: Mapping[str, JudgedBy], calls: Sequence[CallRow]
) -> LeakageReport:
    """Return the passport of a release.

    Raises:
        CheckFailedError: If a rule is broken that nothing waives.
    """
    report = complete(_settings(run), rows_of(tasks, judged), calls)
    if report.errors:
        listed = "\n".join(
            f"{item.rule} {item.row or 'the set'}: {item.message}"
            for item in report.errors[:MAX_LISTED]
        )
        raise CheckFailedError(
            f"{len(report.errors)} breaches of the lineage rules\n{listed}",
            fix="change the models, or waive the rule with a reason under models.waivers",
        )
    return report


def rows_of(tasks: Iterable[Task], judged: Mapping[str, JudgedBy]) -> list[Row]:
    """Return the rows as the passport needs them, in the order of their ids."""
    rows = [
        Row(
            task_id=task.id,
            mode=task.provenance.mode,
            cell=task.dimension,
            calls=task.provenance.calls,
            judged_by=judged.get(task.id, "nobody"),
        )
        for task in tasks
    ]
    return sorted(rows, key=lambda row: row.task_id)


def verify_passport(folder: Path, tasks: Iterable[Task]) -> Iterator[Finding]:
    """Resolve every name of the log again, and write the passport again from log and rows."""
    stated = read_object(folder, LEAKAGE)
    try:
        report = LeakageReport.model_validate(stated)
        models = report.models()
    except (ValidationError, ConfigError) as error:
        problem = f"cannot be read: {' '.join(str(error).split())[:200]}"
        yield Finding(file=LEAKAGE, problem=problem)
        return
    calls: list[CallRow] = []
    for number, call in read_log(folder):
        if call is None:
            yield Finding(file=LOG, field=f"line {number}", problem="is no call")
            continue
        again = resolved_again(call, models)
        if again != call:
            problem = "names lineages that its models do not resolve to"
            yield Finding(file=LOG, field=f"line {number}", problem=problem)
        calls.append(again)
    everybody = list(tasks)
    known = {call.call_id for call in calls}
    for task in everybody:
        for call_id in task.provenance.calls:
            if call_id not in known:
                problem = f"lacks call {call_id}, which task {task.id} names"
                yield Finding(file=LOG, problem=problem)
    gate = load_documents(folder).gate
    waived = gate.judging.waived if gate is not None and gate.judging is not None else {}
    judged: dict[str, JudgedBy] = {
        task.id: "waived" for task in everybody if task.provenance.mode in waived
    }
    judged |= {row.task_id: row.judged_by for row in report.rows}
    written = complete(report, rows_of(everybody, judged), calls)
    counted = {row.mode: row.waived for row in written.judged if row.waived}
    yield from differences(GATE, dict(waived), counted, "judging.waived")
    yield from differences(LEAKAGE, stated, written.model_dump(mode="json", exclude_none=True))
    for item in written.errors:
        problem = f"{item.rule} {item.row or 'the set'}: {item.message}"
        yield Finding(file=LEAKAGE, field="findings", problem=problem)


def read_log(folder: Path) -> Iterator[tuple[int, CallRow | None]]:
    """Yield the number of each line of a release's log, and its call; None for what is no call.

    A release without calls has no log.
    """
    if not is_plain_file(folder, LOG):
        return
    lines = (folder / LOG).read_text("utf-8", errors="replace").split("\n")[:-1]
    for number, line in enumerate(lines, start=1):
        try:
            yield number, CallRow.model_validate_json(line)
        except ValidationError:
            yield number, None


def _settings(run: Run) -> LeakageReport:
    config = run.project.config
    own = config.models.lineage
    addition = read_addition(run.project.base / own if own else None)
    created = run.project.created_at
    synthetic = config.author.synthetic
    return LeakageReport(
        lineage_sha256=table_with(addition).sha256,
        added_models=addition,
        declared=tuple(
            DeclaredName(name=name, lineages=item.lineages, reason=item.reason)
            for name, item in sorted(config.models.declare.items())
        ),
        max_lineage_share=synthetic.max_lineage_share if synthetic else None,
        student=config.models.student,
        waivers=config.models.waivers,
        day=created.date() if created else None,
    )


def author_names(tasks: Iterable[Task]) -> dict[str, str]:
    """Return who authored each mode that no rules did: the names of the models or the people."""
    names: dict[str, set[str]] = {}
    for task in tasks:
        if task.provenance.calls or task.provenance.mode == "adversarial":
            names.setdefault(task.provenance.mode, set()).add(task.provenance.author)
    return {mode: ", ".join(sorted(found)) for mode, found in names.items()}

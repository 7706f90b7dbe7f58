"""Count what a release cost again, from its log of calls and its rows."""

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from benchwright.costs import cost_of
from benchwright.leakage import LOG
from benchwright.manifests.documents import COST
from benchwright.manifests.reconcile import Finding
from benchwright.pipeline.compare import differences, read_object
from benchwright.pipeline.passport import read_log
from benchwright.tasks import Mode, Task


def verify_cost(folder: Path, tasks: Iterable[Task]) -> Iterator[Finding]:
    """Count `cost.json` again from the log and the rows; a mode in the log must be the row's."""
    everybody = list(tasks)
    calls = [call for _, call in read_log(folder) if call is not None]
    written = cost_of(calls, Counter(task.provenance.mode for task in everybody))
    counted = written.model_dump(mode="json", exclude_none=True)
    yield from differences(COST, read_object(folder, COST), counted)
    modes: dict[str, Mode] = {}
    for task in everybody:
        modes[task.id] = task.provenance.mode
        modes |= dict.fromkeys(task.provenance.calls, task.provenance.mode)
    for number, call in read_log(folder):
        if call is None:
            continue
        for known in (modes.get(call.call_id), modes.get(call.row)):
            if known not in (None, call.mode):
                problem = f"says {call.mode}; the row that it is about is {known}"
                yield Finding(file=LOG, field=f"line {number}.mode", problem=problem)
                break

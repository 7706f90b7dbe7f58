"""Stage 2b: ask the judges about what the deterministic gate kept, and act on what they say.

Rows of a mode that the config does not list for judging are waived, and counted. Calls are made
side by side; files are written in the order of the tasks, so that the bytes do not depend on which
reply came first. Replies stand in the ledger: a run that stopped asks only what is missing.
"""

from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from threading import Event
from typing import TypeVar

from benchwright.calls.gateway import Gateway
from benchwright.calls.log import CALLS, call_row
from benchwright.calls.spec import CallResult, CallSpec, Purpose
from benchwright.canonical import canonical_json
from benchwright.contamination.near_duplicates import near_duplicates
from benchwright.contamination.normaliser import canonical_text
from benchwright.contamination.signatures import shingles
from benchwright.files import atomic_writer, write_lines
from benchwright.judges.panel.alarms import judge_uses, panel_alarms
from benchwright.judges.panel.asking import Asker
from benchwright.judges.panel.deciding import Judged, Panel
from benchwright.judges.panel.offline import judge_offline
from benchwright.judges.panel.pairs import (
    MIN_JACCARD,
    Comparer,
    NearPair,
    OfflineComparer,
    PanelComparer,
    break_ties,
)
from benchwright.judges.panel.prompts import prompt_sha256s
from benchwright.judges.panel.roster import Writers, writers_of
from benchwright.judging import JudgingReport
from benchwright.lineage.kinship import Models
from benchwright.model_config import JudgesConfig
from benchwright.pipeline.calls import open_gateway, read_models, refuse_unfit_models
from benchwright.pipeline.candidates import DECISIONS
from benchwright.pipeline.gate import REJECTED, TASKS, read_values
from benchwright.pipeline.held import PeopleSaid, people_said
from benchwright.pipeline.minimums import minimums_of
from benchwright.pipeline.questions import read_questions
from benchwright.pipeline.references import pass_on_reference_runs
from benchwright.pipeline.run import Run
from benchwright.stages import FinishedStage, StageResult, Tally, run_stage
from benchwright.tasks import JsonObject, Mode, Task
from benchwright.verdicts import GateDecision, Verdict
from benchwright.words import leaf_texts

JUDGED = "2-judged"
VERDICTS = "verdicts.jsonl"
HELD = "held.jsonl"
TARGET_RECALL = 0.999
I = TypeVar("I")  # noqa: E741 - an item
R = TypeVar("R")


def judge_pool(run: Run, gated: FinishedStage) -> FinishedStage:
    """Judge what the gate kept; without `judges` in the config the gate's stage is the last word.

    Raises:
        ConfigError: If a price or a lineage is unknown, a paid model has no budget, a lineage file
            is not valid, or the calibration has expired or may not gate.
        BudgetError: If the next call could cross the cap.
        ProviderFault: If an endpoint failed too often in a row.
    """
    config = run.project.config.judges
    if config is None:
        return gated
    models, minimums = read_models(run), minimums_of(run, config)
    people = people_said(run)
    refuse_unfit_models(run, models)
    run.progress.stage("judge", total=gated.record.counts.kept)
    return run_stage(
        run.work_folder / JUDGED,
        name="judge",
        inputs={
            "gated": gated.sha256,
            "judges": config.model_dump(mode="json", exclude={"decisions"}),
            "lineage": models.table.sha256,
            "declared": run.project.config.models.model_dump(mode="json")["declare"],
            "waived": [(w.rule, w.author, w.judge) for w in models.waivers],
            "prompts": {**prompt_sha256s(), **read_questions(run).sha256s()},
            "minimums": minimums.by_dimension,
            "calibration": minimums.calibration_sha256,
            "decisions": None if people is None else people.sha256,
        },
        work=lambda folder: _judge(run, config, gated, people, folder),
        resume=run.resume,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """Who judges a task, who compares two, and what calls that took."""

    judge: Callable[[Task], Judged]
    comparer: Comparer
    calls: list[CallResult] = field(default_factory=list)
    stopping: Event = field(default_factory=Event)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorder:
    """Makes calls and keeps each, for the sums; makes none once the run is stopping."""

    gateway: Gateway
    made: list[CallResult]
    stopping: Event

    def call(self, spec: CallSpec, purpose: Purpose) -> CallResult:
        """Return the reply to a request.

        Raises:
            CancelledError: If the run is stopping; nobody waits for the result.
        """
        if self.stopping.is_set():
            raise CancelledError
        result = self.gateway.call(spec, purpose)
        self.made.append(result)
        return result


@dataclass(slots=True)
class _Outcome:
    """Decisions in the order of the rows, with the verdicts behind them."""

    decisions: dict[str, GateDecision] = field(default_factory=dict)
    verdicts: dict[str, tuple[Verdict, ...]] = field(default_factory=dict)
    accepted: dict[str, Task] = field(default_factory=dict)
    held: list[GateDecision] = field(default_factory=list)


def _judge(
    run: Run,
    config: JudgesConfig,
    gated: FinishedStage,
    people: PeopleSaid | None,
    folder: Path,
) -> StageResult:
    minimums = minimums_of(run, config)
    rows = gated.folder / TASKS
    with open_bench(run, config) as bench:
        outcome = _decide_all(run, config, rows, bench, people)
        pairs = near_pairs(outcome.accepted.values())
        workers = run.project.config.models.max_connections
        vote = partial(in_order, workers=workers, stopping=bench.stopping)
        for task_id, reason in break_ties(pairs, outcome.accepted, bench.comparer, vote).items():
            outcome.decisions[task_id] = outcome.decisions[task_id].model_copy(
                update={"status": "rejected", "rule": "J005", "reasons": (reason,)}
            )
    tally, by_mode = _write(folder, rows, outcome, gated.record.details["by_mode"])
    waived: Counter[str] = Counter()
    for mode, counts in by_mode.items():
        waived[mode] = counts.pop("waived", 0)
    modes = {values["id"]: values["provenance"]["mode"] for values in read_values(rows)}
    _write_calls(folder / CALLS, bench.calls, read_models(run), modes)
    pass_on_reference_runs(gated.folder, folder)
    given = [verdict for verdicts in outcome.verdicts.values() for verdict in verdicts]
    decisions = outcome.decisions.values()
    basis = Counter(d.basis or "nobody" for d in decisions if d.basis != "waived")
    uses = judge_uses(given, bench.calls)
    report = JudgingReport.model_validate(
        {
            "judges": uses,
            "alarms": panel_alarms(uses),
            "per_task": config.judges_per_task,
            "minimums": minimums.by_dimension,
            "minimums_from": minimums.source,
            "calibration": minimums.calibration_sha256,
            "basis": dict(sorted(basis.items())),
            "waived": {mode: count for mode, count in sorted(waived.items()) if count},
            "people": None if people is None else people.use(outcome.held),
            "near_duplicates": len(pairs),
            "prompts": {}
            if config.is_offline
            else {**prompt_sha256s(), **read_questions(run).sha256s()},
        }
    )
    details: JsonObject = {
        "by_mode": by_mode,
        "judging": report.model_dump(mode="json", exclude_none=True),
    }
    return StageResult(counts=tally.counts(), details=details)


@contextmanager
def open_bench(run: Run, config: JudgesConfig, gateway: Gateway | None = None) -> Iterator[Bench]:
    """Open the judges of a config on a gateway, or on one of their own that is closed at the end.

    Stages that write and judge at once share one: its limits hold for an endpoint as a whole.
    """
    minimums = minimums_of(run, config).by_dimension
    if config.is_offline:
        yield Bench(
            judge=lambda task: judge_offline(task, minimums),
            comparer=OfflineComparer(minimums=minimums),
        )
        return
    models = read_models(run)
    writers: dict[str, Writers] = {}
    calls: list[CallResult] = []
    stopping = Event()
    with nullcontext(gateway) if gateway is not None else open_gateway(run) as opened:
        panel = Panel(
            asker=Asker(
                caller=Recorder(gateway=opened, made=calls, stopping=stopping),
                models=models,
                questions=read_questions(run),
            ),
            judges=config.models,
            per_task=config.judges_per_task,
            minimums=minimums,
        )

        def judge(task: Task) -> Judged:
            writers[task.id] = writers_of(task, opened.ledger, models)
            return panel.judge(task, writers[task.id])

        comparer = PanelComparer(panel=panel, writers=writers)
        yield Bench(judge=judge, comparer=comparer, calls=calls, stopping=stopping)


def _decide_all(
    run: Run, config: JudgesConfig, rows: Path, bench: Bench, people: PeopleSaid | None
) -> _Outcome:
    outcome = _Outcome()
    workers = run.project.config.models.max_connections

    def decide(values: JsonObject) -> tuple[Task | None, Judged]:
        if values["provenance"]["mode"] not in config.modes:
            decision = GateDecision(
                task_id=values["id"], status="accepted", rule="waived", basis="waived"
            )
            return None, Judged(decision=decision, verdicts=())
        task = Task.from_stage(canonical_json(values).encode())
        return task, bench.judge(task)

    judged_rows = in_order(decide, read_values(rows), workers=workers, stopping=bench.stopping)
    for task, judged in judged_rows:
        decision = judged.decision
        if decision.status == "held":
            outcome.held.append(decision)
            decision = decision if people is None else people.settle(decision)
        outcome.decisions[decision.task_id] = decision
        outcome.verdicts[decision.task_id] = judged.verdicts
        if task is not None and decision.status == "accepted":
            outcome.accepted[task.id] = task
        run.progress.advance()
    return outcome


def in_order(
    function: Callable[[I], R], items: Iterable[I], *, workers: int, stopping: Event
) -> Iterator[R]:
    """Yield what a function returns for each item, in their order, working on several at once.

    The first error ends it: `stopping` is set for what is running, the rest is dropped.
    """
    waiting: deque[Future[R]] = deque()
    pool = ThreadPoolExecutor(max_workers=workers, thread_name_prefix="benchwright-judge")
    try:
        for item in items:
            waiting.append(pool.submit(function, item))
            if len(waiting) >= 4 * workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    except BaseException:
        stopping.set()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _write_calls(
    path: Path, made: Iterable[CallResult], models: Models, modes: Mapping[str, Mode]
) -> None:
    calls = ordered(made)
    lines = (call_row(call, models, mode=modes[call.purpose.row]).to_json() for call in calls)
    write_lines(path, lines)


def ordered(made: Iterable[CallResult]) -> list[CallResult]:
    """Return every call once, in the order of its row, step and id, whichever came first."""
    by_id = {call.call_id: call for call in made}
    return sorted(
        by_id.values(), key=lambda call: (call.purpose.row, call.purpose.step, call.call_id)
    )


def near_pairs(tasks: Iterable[Task]) -> list[NearPair]:
    """Return the pairs of tasks whose references are near-duplicates, lower id first."""
    texts = {task.id: canonical_text("\n".join(leaf_texts(task.reference))) for task in tasks}
    ids = sorted(task_id for task_id, text in texts.items() if shingles(text))
    side = [texts[task_id] for task_id in ids]
    found = near_duplicates(side, side, min_jaccard=MIN_JACCARD, target_recall=TARGET_RECALL)
    return [
        NearPair(first_id=ids[pair.left], second_id=ids[pair.right], jaccard=pair.jaccard)
        for pair in found
        if pair.left < pair.right
    ]


def _write(
    folder: Path, rows: Path, outcome: _Outcome, gate_counts: JsonObject
) -> tuple[Tally, dict[str, Counter[str]]]:
    tally = Tally(unit="tasks")
    by_mode = {mode: Counter[str](counts) for mode, counts in sorted(gate_counts.items())}
    write_lines(folder / DECISIONS, (d.to_json() for d in outcome.decisions.values()))
    write_lines(folder / VERDICTS, (v.to_json() for vs in outcome.verdicts.values() for v in vs))
    with (
        atomic_writer(folder / TASKS) as kept,
        atomic_writer(folder / REJECTED) as rejected,
        atomic_writer(folder / HELD) as held,
    ):
        for values in read_values(rows):
            decision = outcome.decisions[values["id"]]
            mode = by_mode[values["provenance"]["mode"]]
            if decision.status == "accepted":
                tally.keep()
                mode["waived"] += decision.basis == "waived"
                kept.write(canonical_json(values).encode() + b"\n")
                continue
            mode["kept"] -= 1
            mode[f"{decision.status}:{decision.rule}"] += 1
            if decision.status == "rejected":
                tally.reject(decision.rule)
                line: JsonObject = {
                    "id": values["id"],
                    "rule": decision.rule,
                    "reasons": decision.reasons,
                }
                rejected.write(canonical_json(line).encode() + b"\n")
            else:
                tally.hold(decision.rule)
                verdicts = [v.model_dump(mode="json") for v in outcome.verdicts[values["id"]]]
                line = {
                    "task": values,
                    "decision": decision.model_dump(mode="json"),
                    "verdicts": verdicts,
                }
                held.write(canonical_json(line).encode() + b"\n")
    return tally, by_mode

"""Go through a run without making a call: real prompts, replies by rule, and every call counted.

Some seeds of each cell are worded by the offline author for every model that writes there, and the
rest of the schedule is taken to be like them. What the ledger holds is taken from the ledger. Rows
of other modes that judges see are authored for real, in a folder that is thrown away.
"""

import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from benchwright.calls.ledger import Ledger
from benchwright.calls.prices import PriceTable
from benchwright.calls.rehearsal import Rehearsal, likely_cost, likely_usage
from benchwright.calls.spec import CallResult, CallRole, CallSpec, Purpose
from benchwright.generators.synthetic.offline import OfflineAuthor, SlippingAuthor
from benchwright.generators.synthetic.schedule import author_of
from benchwright.judges.panel.asking import Asker
from benchwright.judges.panel.deciding import Panel
from benchwright.judges.panel.roster import Writers
from benchwright.judges.panel.stand_in import agreeing, disagreeing
from benchwright.lineage.kinship import Models
from benchwright.model_config import OFFLINE_MODEL, SyntheticConfig
from benchwright.pipeline.author_adversarial import author_adversarial
from benchwright.pipeline.author_programmatic import author_programmatic
from benchwright.pipeline.author_synthetic import (
    Job,
    is_authored,
    most_candidates,
    next_job,
    write_job,
)
from benchwright.pipeline.author_trace import author_trace
from benchwright.pipeline.calls import PAID
from benchwright.pipeline.gate import TASKS, gate_pool, read_tasks
from benchwright.pipeline.minimums import minimums_of
from benchwright.pipeline.questions import read_questions
from benchwright.pipeline.run import Run, Silence
from benchwright.pipeline.seeds import Cell, cells_of, read_seeds
from benchwright.stages import FinishedStage
from benchwright.tasks import Task

SEEDS_PER_CELL = 3
Case = Literal["low", "high"]
CASES: tuple[Case, ...] = ("low", "high")
Quantity = Literal["calls", "held", "input", "output", "picodollars"]
Sums = Counter[tuple[CallRole, str, Quantity]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsed:
    """What the calls of a run come to, by role and model."""

    low: Sums = field(default_factory=Counter)
    high: Sums = field(default_factory=Counter)

    def of(self, case: Case) -> Sums:
        """Return the sums of one case."""
        return self.low if case == "low" else self.high


@dataclass(frozen=True, slots=True, kw_only=True)
class _Caller:
    """Answers from the ledger where it can, by rule otherwise."""

    rehearsal: Rehearsal
    ledger: Ledger | None
    held: list[CallResult] = field(default_factory=list)

    def call(self, spec: CallSpec, purpose: Purpose) -> CallResult:
        found = self.ledger.find(spec, purpose) if self.ledger else None
        if found is None:
            return self.rehearsal.call(spec, purpose)
        self.held.append(found)
        return found


def rehearse(
    run: Run, models: Models, prices: PriceTable, ledger: Ledger | None, *, all_modes: bool
) -> Rehearsed:
    """Return what the calls of a run come to.

    Args:
        run: The run.
        models: Says which judges are kin to whom.
        prices: Has the price of every paid model.
        ledger: Replies that are there already.
        all_modes: Also rehearse the judging of rows that no model wrote.

    Raises:
        ConfigError: If the pack or a rubric is not valid.
        InputError: If a trace file cannot be used.
    """
    rehearsed = Rehearsed()
    stage = _Stage(run=run, models=models, prices=prices, ledger=ledger)
    wanted = run.project.config.author.synthetic
    if wanted is not None and not is_authored(run, wanted, models):
        stage.synthetic(wanted, rehearsed)
    if all_modes:
        for task in _other_rows(run):
            for case in CASES:
                rehearsed.of(case).update(stage.judged(task, Writers(), case))
    return rehearsed


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stage:
    run: Run
    models: Models
    prices: PriceTable
    ledger: Ledger | None

    def synthetic(self, wanted: SyntheticConfig, rehearsed: Rehearsed) -> None:
        """Add what writing and judging the synthetic rows comes to."""
        pool = read_seeds(self.run, wanted)
        cells = cells_of(self.run, wanted.count, pool)
        most = _most_by_cell(cells, most_candidates(wanted))
        for cell in cells.values():
            high = min(most[cell.name], cell.supply or most[cell.name])
            counts: dict[Case, int] = {"low": min(cell.wanted, high), "high": high}
            turns = {case: _turns(cell.name, wanted, count) for case, count in counts.items()}
            jobs = _Jobs(cell=cell, wanted=wanted)
            samples = [job for n in range(SEEDS_PER_CELL) if (job := jobs.at(n)) is not None]
            for found, job in self._held(jobs, counts["low"]):
                turns["low"][job.model.model] -= 1
                turns["high"][job.model.model] -= 1
                rehearsed.low.update(found)
                is_whole = not any(found[key] for key in found if key[2] == "calls")
                rehearsed.high.update(found if is_whole else self.candidate(job, "high"))
            for case in CASES:
                for model in wanted.models:
                    made: Sums = Counter()
                    for sample in samples if turns[case][model.model] else ():
                        written = replace(sample, model=model)
                        made.update(self.candidate(written, case, fresh=True))
                    for key, amount in made.items():
                        scaled = amount * turns[case][model.model] / len(samples)
                        rehearsed.of(case)[key] += round(scaled)

    def _held(self, jobs: "_Jobs", count: int) -> Iterator[tuple[Sums, Job]]:
        """Yield the candidates of which the ledger holds a reply, and what they still need.

        A killed run leaves gaps no longer than its calls in flight: after that many, it ends.
        """
        missing = 0
        for number in range(count if self.ledger else 0):
            job = jobs.at(number)
            if job is None:
                return
            made = self.candidate(job, "low")
            if any(key[2] == "held" for key in made):
                missing = 0
                yield made, job
                continue
            missing += 1
            if missing > self.run.project.config.models.max_connections:
                return

    def candidate(self, job: Job, case: Case, *, fresh: bool = False) -> Sums:
        """Return what one candidate comes to, with its judges; `fresh` without the ledger."""
        seeds = {job.seed.task.id: job.seed}
        author = OfflineAuthor(seeds) if case == "low" else SlippingAuthor(seeds)
        ledger = None if fresh else self.ledger
        caller = _Caller(rehearsal=Rehearsal(answer=author.answer), ledger=ledger)
        written, _ = write_job(self.run, job, caller)
        sums = self._sums(caller)
        config = self.run.project.config.judges
        if written.rule == "accepted" and config is not None and "synthetic" in config.modes:
            assert written.task is not None  # noqa: S101 - what is accepted has a task
            is_offline = job.model.model == OFFLINE_MODEL
            lineages = () if is_offline else self.models.lineages(job.model.model)
            writers = Writers(lineages=lineages, by_name=((job.model.model, lineages),))
            sums.update(self.judged(written.task, writers, case, fresh=fresh))
        return sums

    def judged(self, task: Task, writers: Writers, case: Case, *, fresh: bool = False) -> Sums:
        """Return what judging one task comes to."""
        config = self.run.project.config.judges
        if config is None or config.is_offline:
            return Counter()
        caller = _Caller(
            rehearsal=Rehearsal(answer=agreeing if case == "low" else disagreeing()),
            ledger=None if fresh else self.ledger,
        )
        panel = Panel(
            asker=Asker(caller=caller, models=self.models, questions=read_questions(self.run)),
            judges=config.models,
            per_task=config.judges_per_task,
            minimums=minimums_of(self.run, config).by_dimension,
        )
        panel.judge(task, writers)
        return self._sums(caller)

    def _sums(self, caller: _Caller) -> Sums:
        sums: Sums = Counter()
        for result in caller.held:
            if result.spec.provider in PAID:
                sums[result.purpose.role, result.spec.model, "held"] += 1
        for spec, purpose, text in caller.rehearsal.asked:
            if spec.provider in PAID:
                usage = likely_usage(spec, text)
                at = purpose.role, spec.model
                sums[*at, "calls"] += 1
                sums[*at, "input"] += usage.input_tokens
                sums[*at, "output"] += usage.output_tokens
                sums[*at, "picodollars"] += likely_cost(spec, text, self.prices)
        return sums


@dataclass(slots=True, kw_only=True)
class _Jobs:
    """The candidates of a cell, drawn as far as they are asked for."""

    cell: Cell
    wanted: SyntheticConfig
    drawn: list[Job] = field(default_factory=list)

    def at(self, number: int) -> Job | None:
        """Return a candidate; None where the seeds end before it."""
        while len(self.drawn) <= number:
            model = author_of(self.cell.name, self.cell.tried, self.wanted.models)
            assert model is not None  # noqa: S101 - nobody is barred
            job = next_job(self.cell, model)
            if job is None:
                return None
            self.drawn.append(job)
        return self.drawn[number]


def _turns(cell: str, wanted: SyntheticConfig, count: int) -> Counter[str]:
    """Return how many of the first candidates of a cell each model writes."""
    writers = (author_of(cell, number, wanted.models) for number in range(count))
    return Counter(writer.model for writer in writers if writer is not None)


def _most_by_cell(cells: dict[str, Cell], budget: int) -> Counter[str]:
    """Return how many candidates each cell gets when none of them is accepted."""
    most: Counter[str] = Counter()
    while most.total() < budget:
        for name, cell in cells.items():
            most[name] += min(cell.wanted, budget - most.total())
    return most


def _other_rows(run: Run) -> Iterator[Task]:
    """Yield the rows that no model writes and that judges see."""
    config, judges = run.project.config, run.project.config.judges
    if judges is None or judges.is_offline:
        return
    authors: list[Callable[[Run], Iterable[FinishedStage]]] = []
    if config.author.trace is not None and "trace" in judges.modes:
        authors.append(lambda rehearsal: [author_trace(rehearsal)])
    if config.author.programmatic is not None and "programmatic" in judges.modes:
        authors.append(author_programmatic)
    if config.author.adversarial is not None and "adversarial" in judges.modes:
        authors.append(lambda rehearsal: [author_adversarial(rehearsal)])
    with tempfile.TemporaryDirectory() as folder:
        rehearsal = replace(run, output=Path(folder), progress=Silence())
        stages = [stage for author in authors for stage in author(rehearsal)]
        if stages:
            yield from read_tasks(gate_pool(rehearsal, stages).folder / TASKS)

"""Stage 1, models: word fresh seeds in rounds until every cell has its accepted rows.

Who writes what is fixed by the schedule, replies are taken in its order, and every reply is in the
ledger: a killed run asks nothing twice and ends in the same bytes.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from benchwright.calls.dspy_engine import Caller
from benchwright.calls.gateway import Gateway
from benchwright.calls.log import CALLS, call_row
from benchwright.calls.scripted import RuleProvider
from benchwright.calls.spec import CallResult
from benchwright.config import find_seed_traces
from benchwright.files import atomic_writer, file_sha256
from benchwright.generators.synthetic.author import Written, write_candidate
from benchwright.generators.synthetic.offline import OfflineAuthor
from benchwright.generators.synthetic.prompts import prompts_ref
from benchwright.generators.synthetic.schedule import author_of, over_share
from benchwright.generators.synthetic.seeds import Seed
from benchwright.generators.synthetic.signatures import Writer
from benchwright.judges.gate import gate_task
from benchwright.judges.scoring import score_output
from benchwright.lineage.kinship import Models
from benchwright.lineage.rules import even_share
from benchwright.model_config import OFFLINE_MODEL, ModelConfig, SyntheticConfig
from benchwright.pipeline.calls import (
    open_gateway,
    read_models,
    refuse_unfit_models,
    settings_of,
)
from benchwright.pipeline.candidates import AUTHORED, CandidateFiles
from benchwright.pipeline.judge import Bench, open_bench, ordered
from benchwright.pipeline.minimums import minimums_of
from benchwright.pipeline.questions import read_questions
from benchwright.pipeline.run import Run
from benchwright.pipeline.seeds import Cell, cells_of, read_seeds
from benchwright.seeds import row_seed
from benchwright.stages import FinishedStage, StageResult, Tally, finished_stage, run_stage
from benchwright.tasks import JsonObject, Task

CANDIDATES_PER_ROW = 3
_STAGE = "author-synthetic"


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One candidate: its cell, its number there, its seed and who writes it."""

    cell: str
    index: int
    seed: Seed
    model: ModelConfig

    @property
    def row(self) -> str:
        return f"synthetic/{self.cell}/{self.index}"


def author_synthetic(run: Run) -> FinishedStage:
    """Author the tasks that models write.

    Raises:
        ConfigError: If a model may not be called, or there is nothing to seed from.
        InputError: If a trace file cannot be used.
        BudgetError: If the next call could cross the cap; the run resumes with a higher one.
        ProviderFault: If an endpoint is closed to us.
    """
    wanted = run.project.config.author.synthetic
    assert wanted is not None  # noqa: S101 - the caller checked
    models = read_models(run)
    refuse_unfit_models(run, models)
    run.progress.stage("author: models", total=wanted.count)
    return run_stage(
        run.work_folder / AUTHORED / "synthetic",
        name=_STAGE,
        inputs=_inputs(run, wanted, models),
        work=lambda folder: _write_all(run, wanted, models, folder),
        resume=run.resume,
    )


def is_authored(run: Run, wanted: SyntheticConfig, models: Models) -> bool:
    """Say whether the stage stands finished, so that a run would take it up as it is."""
    folder = run.work_folder / AUTHORED / "synthetic"
    inputs = _inputs(run, wanted, models)
    return run.resume and finished_stage(folder, name=_STAGE, inputs=inputs) is not None


def _inputs(run: Run, wanted: SyntheticConfig, models: Models) -> JsonObject:
    config = run.project.config
    judges = config.judges
    return {
        **run.common_inputs(),
        "synthetic": wanted.model_dump(mode="json"),
        "traces": [[path.name, file_sha256(path)] for path in find_seed_traces(run.project)],
        "models": config.models.model_dump(mode="json", exclude={"max_connections"}),
        "lineage": models.table.sha256,
        "prompts": prompts_ref().sha256,
        "judges": None if judges is None else judges.model_dump(mode="json", exclude={"decisions"}),
        "minimums": None if judges is None else minimums_of(run, judges).by_dimension,
        "questions": read_questions(run).sha256s(),
    }


def _write_all(run: Run, wanted: SyntheticConfig, models: Models, folder: Path) -> StageResult:
    pool = read_seeds(run, wanted)
    cells = cells_of(run, wanted.count, pool)
    seeds: dict[str, Seed] = {}
    offline = RuleProvider("offline", OfflineAuthor(seeds).answer, served_model=OFFLINE_MODEL)
    budget = most_candidates(wanted)
    tally = Tally(unit="candidates")
    with (
        open_gateway(run, offline) as gateway,
        _open_judges(run, gateway) as judges,
        CandidateFiles(folder) as files,
        atomic_writer(folder / CALLS) as log,
    ):
        while jobs := _next_round(cells, wanted, models, budget - tally.entered):
            seeds.update({job.seed.task.id: job.seed for job in jobs})
            round_ = _write_round(run, jobs, gateway, judges.fit, models)
            for job, written, writer, counts in round_:
                for call in (*writer.calls, *judges.calls_on(written)):
                    line = call_row(call, models, mode="synthetic").to_json()
                    log.write(line.encode() + b"\n")
                _file(job, written, files, tally)
                if counts:
                    cells[job.cell].accepted[job.row] = models.lineages(job.model.model)
                    run.progress.advance()
        spent = gateway.ledger.spent()
    details: JsonObject = {
        "wanted": wanted.count,
        "accepted": sum(len(cell.accepted) for cell in cells.values()),
        "shortfall": {cell.name: cell.missing for cell in cells.values() if cell.missing},
        "settled_picodollars": spent.settled,
        "files": list(pool.files),
    }
    return StageResult(counts=tally.counts(), details=details)


@dataclass(slots=True)
class _Judges:
    """What says whether a task counts: the judges where they see synthetic rows.

    Their replies are in the ledger, so that the stage that judges pays for none of them again.
    """

    bench: Bench | None
    _read: int = 0
    _calls: dict[str, list[CallResult]] = field(default_factory=dict)

    def fit(self, task: Task) -> bool:
        return self.bench is None or self.bench.judge(task).decision.status == "accepted"

    def calls_on(self, written: Written) -> list[CallResult]:
        """Return the calls that judged a candidate, whether or not its task enters the pool."""
        if self.bench is None or written.task is None:
            return []
        made = self.bench.calls[self._read :]
        self._read += len(made)
        for call in made:
            self._calls.setdefault(call.purpose.row, []).append(call)
        return ordered(self._calls.get(written.task.id, ()))


@contextmanager
def _open_judges(run: Run, gateway: Gateway) -> Iterator[_Judges]:
    config = run.project.config.judges
    if config is None or "synthetic" not in config.modes:
        yield _Judges(None)
        return
    with open_bench(run, config, gateway) as bench:
        yield _Judges(bench)


def most_candidates(wanted: SyntheticConfig) -> int:
    """Return how many candidates are tried at most."""
    return wanted.max_candidates or CANDIDATES_PER_ROW * wanted.count


def _next_round(
    cells: dict[str, Cell], wanted: SyntheticConfig, models: Models, budget: int
) -> list[Job]:
    lineages = {item.model: models.lineages(item.model) for item in wanted.models}
    share = wanted.max_lineage_share or even_share(len({*lineages.values()}))
    jobs: list[Job] = []
    for cell in cells.values():
        full = over_share(cell.accepted, wanted=cell.wanted, max_share=share)
        barred = frozenset(name for name, own in lineages.items() if full & set(own))
        for _ in range(cell.missing):
            model = author_of(cell.name, cell.tried, wanted.models, barred=barred)
            if model is None or len(jobs) >= budget:
                break
            job = next_job(cell, model)
            if job is None:
                break
            jobs.append(job)
    return jobs


def next_job(cell: Cell, model: ModelConfig) -> Job | None:
    """Return the next candidate of a cell, which this model writes; None without a seed."""
    seed = next(cell.seeds, None)
    if seed is None:
        return None
    cell.tried += 1
    return Job(cell=cell.name, index=cell.tried - 1, seed=seed, model=model)


def write_job(run: Run, job: Job, caller: Caller) -> tuple[Written, Writer]:
    """Have a candidate written; return how it ended and who wrote it, with the calls made.

    Raises:
        BudgetError: If the next call could cross the cap.
        ProviderFault: If an endpoint is closed to us.
    """
    wanted = run.project.config.author.synthetic
    assert wanted is not None  # noqa: S101 - the caller checked
    writer = Writer(
        gateway=caller,
        settings=settings_of(job.model),
        row=job.row,
        cell=job.cell,
        seed=row_seed(run.project.config.seed, "synthetic", job.cell, job.index) % 2**31,
    )
    written = write_candidate(
        job.seed,
        writer,
        accept=gate_task,
        fails=_fails if wanted.rejected else None,
        created_at=run.project.created_at,
    )
    return written, writer


def _write_round(
    run: Run,
    jobs: Sequence[Job],
    gateway: Gateway,
    fit: Callable[[Task], bool],
    models: Models,
) -> Iterator[tuple[Job, Written, Writer, bool]]:
    """Write and judge the candidates of a round at once; yield them in the schedule's order."""

    def work(job: Job) -> tuple[Job, Written, Writer, bool]:
        written, writer = write_job(run, job, gateway)
        written = _as_served(written, writer, models)
        task = written.task if written.rule == "accepted" else None
        return job, written, writer, task is not None and fit(task)

    with ThreadPoolExecutor(max_workers=run.project.config.models.max_connections) as pool:
        futures = [pool.submit(work, job) for job in jobs]
        try:
            for future in futures:
                yield future.result()
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise


def _as_served(written: Written, writer: Writer, models: Models) -> Written:
    """Refuse a candidate in which another lineage wrote than was asked for (L004)."""
    for call in map(partial(call_row, models=models, mode="synthetic"), writer.calls):
        known = set(call.served_lineage)
        if call.provider in ("litellm", "http") and (
            not known or not known <= set(call.requested_lineage)
        ):
            served = call.served or "a reply without a name"
            reason = f"{call.requested} was asked for, {served} answered"
            return Written(task=None, decision=None, rule="S006", reasons=(reason,))
    return written


def _file(job: Job, written: Written, files: CandidateFiles, tally: Tally) -> None:
    if written.task is not None and written.decision is not None:
        files.add(written.task, written.decision)
        tally.keep()
        return
    files.skip(
        origin={"row": job.row, "model": job.model.model},
        reason=written.rule,
        detail="; ".join(written.reasons),
    )
    tally.reject(written.rule)


def _fails(task: Task, output: JsonObject) -> bool:
    return score_output(task, output).passed is False

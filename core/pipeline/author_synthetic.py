"""Stage 1, models: word fresh seeds in rounds until every cell has its accepted rows.

Who writes what is fixed by the schedule, replies are taken in its order, and every reply is in the
ledger: a killed run asks nothing twice and ends in the same bytes.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import cycle
from pathlib import Path

from benchwright.calls.dspy_engine import Caller
from benchwright.calls.gateway import Gateway
from benchwright.calls.log import CALLS, call_row
from benchwright.calls.scripted import RuleProvider
from benchwright.errors import ConfigError
from benchwright.files import atomic_writer
from benchwright.generators.programmatic.author import author_family
from benchwright.generators.programmatic.family import Family
from benchwright.generators.synthetic.author import Seed, Written, write_candidate
from benchwright.generators.synthetic.offline import OfflineAuthor
from benchwright.generators.synthetic.prompts import prompts_ref
from benchwright.generators.synthetic.schedule import author_of, over_share
from benchwright.generators.synthetic.signatures import Writer
from benchwright.generators.synthetic.texts import pack_texts
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
from benchwright.pipeline.judge import open_bench
from benchwright.pipeline.run import Run
from benchwright.seeds import row_seed
from benchwright.stages import FinishedStage, StageResult, Tally, finished_stage, run_stage
from benchwright.tasks import JsonObject, Task

CANDIDATES_PER_ROW = 3
_STAGE = "author-synthetic"
_SEEDS_AT_ONCE = 200


@dataclass(slots=True)
class Cell:
    """One dimension: how many rows it wants, its seeds, and what was accepted."""

    name: str
    wanted: int
    seeds: Iterator[Task]
    tried: int = 0
    accepted: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def missing(self) -> int:
        return self.wanted - len(self.accepted)


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
        ConfigError: If a model may not be called, or the pack has no families to seed from.
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
        "models": config.models.model_dump(mode="json", exclude={"max_connections"}),
        "lineage": models.table.sha256,
        "prompts": prompts_ref().sha256,
        "judges": None if judges is None else judges.model_dump(mode="json", exclude={"decisions"}),
    }


def _write_all(run: Run, wanted: SyntheticConfig, models: Models, folder: Path) -> StageResult:
    cells = cells_of(run, wanted.count)
    seeds: dict[str, Seed] = {}
    offline = RuleProvider("offline", OfflineAuthor(seeds).answer, served_model=OFFLINE_MODEL)
    budget = most_candidates(wanted)
    tally = Tally(unit="candidates")
    with (
        open_gateway(run, offline) as gateway,
        _judges(run, gateway) as fit,
        CandidateFiles(folder) as files,
        atomic_writer(folder / CALLS) as log,
    ):
        while jobs := _next_round(run, cells, wanted, models, budget - tally.entered):
            seeds.update({job.seed.task.id: job.seed for job in jobs})
            for job, written, writer, counts in _write_round(run, jobs, gateway, fit, models):
                for call in writer.calls:
                    log.write(call_row(call, models).to_json().encode() + b"\n")
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
    }
    return StageResult(counts=tally.counts(), details=details)


@contextmanager
def _judges(run: Run, gateway: Gateway) -> Iterator[Callable[[Task], bool]]:
    """Yield what says whether a task counts: the judges where they see synthetic rows.

    Their replies are in the ledger, so that the stage that judges pays for none of them again.
    """
    config = run.project.config.judges
    if config is None or "synthetic" not in config.modes:
        yield lambda task: True
        return
    with open_bench(run, config, gateway) as bench:
        yield lambda task: bench.judge(task).decision.status == "accepted"


def most_candidates(wanted: SyntheticConfig) -> int:
    """Return how many candidates are tried at most."""
    return wanted.max_candidates or CANDIDATES_PER_ROW * wanted.count


def cells_of(run: Run, count: int) -> dict[str, Cell]:
    """Return one cell per dimension that has families; together they want `count` rows."""
    families: dict[str, list[Family]] = {}
    for path in run.pack.families:
        family = run.family(path)
        families.setdefault(family.file.dimension, []).append(family)
    if not families:
        raise ConfigError(
            f"pack {run.pack.name!r} has no families, so there is nothing to seed models with",
            fix="drop author.synthetic, or give the pack a family",
        )
    each, rest = divmod(count, len(families))
    return {
        name: Cell(name=name, wanted=each + (index < rest), seeds=_seeds(run, families[name]))
        for index, name in enumerate(sorted(families))
        if each + (index < rest)
    }


def _seeds(run: Run, families: Sequence[Family]) -> Iterator[Task]:
    """Yield accepted tasks of the families in turn, for ever; their values are of their own."""
    rows = [family_seeds(run, family) for family in families]
    for source in cycle(rows):
        yield next(source)


def family_seeds(run: Run, family: Family) -> Iterator[Task]:
    """Yield accepted tasks of one family, for ever; no programmatic task has their values."""
    batch = 0
    while True:
        rows = author_family(
            family,
            pack=run.pack,
            seed=row_seed(run.project.config.seed, "synthetic", family.name, batch),
            count=_SEEDS_AT_ONCE,
            strength=1,
            accept=gate_task,
            created_at=run.project.created_at,
        )
        for task, decision in rows:
            if decision.status == "accepted":
                yield task
        batch += 1


def _next_round(
    run: Run,
    cells: dict[str, Cell],
    wanted: SyntheticConfig,
    models: Models,
    budget: int,
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
            jobs.append(next_job(run, cell, model))
    return jobs


def next_job(run: Run, cell: Cell, model: ModelConfig) -> Job:
    """Return the next candidate of a cell, which this model writes."""
    dimensions = {item.name: item for item in run.pack.spec.dimensions}
    fixed = pack_texts(run.pack.spec.constants)
    seed = Seed.of(next(cell.seeds), dimensions[cell.name], fixed=fixed)
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
    for call in map(partial(call_row, models=models), writer.calls):
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

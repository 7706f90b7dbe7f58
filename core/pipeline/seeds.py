"""What models are given to word: fresh tasks of the pack's families, and redacted traces.

A cell is one dimension. Its families give seeds for ever; a trace gives one, once.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, cycle, islice, zip_longest

from benchwright.canonical import sha256_hex
from benchwright.config import find_seed_traces
from benchwright.errors import ConfigError
from benchwright.files import file_sha256
from benchwright.generators.from_traces import Skipped, TraceReport, author_from_traces
from benchwright.generators.programmatic.author import author_family
from benchwright.generators.programmatic.family import Family
from benchwright.generators.synthetic.seeds import Seed
from benchwright.generators.synthetic.texts import pack_texts
from benchwright.generators.traces.settings import read_settings
from benchwright.judges.gate import gate_task
from benchwright.model_config import SyntheticConfig
from benchwright.pipeline.run import Run
from benchwright.seeds import row_seed
from benchwright.tasks import JsonObject, Task

_SEEDS_AT_ONCE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedPool:
    """Where the seeds of a run come from, by dimension.

    Attributes:
        families: They give seeds for ever.
        traces: Each is one seed.
        files: What was read from which trace file.
    """

    families: dict[str, list[Family]]
    traces: dict[str, list[Seed]]
    files: tuple[JsonObject, ...] = ()


@dataclass(slots=True)
class Cell:
    """One dimension: how many rows it wants, its seeds, and what was accepted.

    Attributes:
        supply: How many seeds there are; None where families give them for ever.
    """

    name: str
    wanted: int
    seeds: Iterator[Seed]
    supply: int | None = None
    tried: int = 0
    accepted: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def missing(self) -> int:
        return self.wanted - len(self.accepted)


def read_seeds(run: Run, wanted: SyntheticConfig) -> SeedPool:
    """Load the families of the pack, and mine and redact the traces that the config names.

    Raises:
        ConfigError: If a family or a path is not valid, or there is nothing to seed from.
        InputError: If a trace file cannot be used.
    """
    families: dict[str, list[Family]] = {}
    for path in run.pack.families:
        family = run.family(path)
        families.setdefault(family.file.dimension, []).append(family)
    traces, files = _trace_seeds(run) if wanted.traces else ({}, ())
    if not families and not traces:
        raise ConfigError(
            f"pack {run.pack.name!r} has no families, and no trace gives a task, so there is "
            "nothing to seed models with",
            fix="drop author.synthetic, give the pack a family, or name traces under "
            "author.synthetic.traces",
        )
    return SeedPool(families=families, traces=traces, files=files)


def cells_of(run: Run, count: int, pool: SeedPool) -> dict[str, Cell]:
    """Return one cell per dimension that has seeds; together they want `count` rows.

    Rows are shared out evenly; a dimension that has fewer seeds than its share leaves the rest to
    the others.
    """
    supply: dict[str, int | None] = dict.fromkeys(pool.families)
    for name, seeds in pool.traces.items():
        supply.setdefault(name, len(seeds))
    wanted = _shares(count, dict(sorted(supply.items())))
    return {
        name: Cell(name=name, wanted=rows, seeds=_seeds(run, pool, name), supply=supply[name])
        for name, rows in wanted.items()
        if rows
    }


def _shares(count: int, supply: dict[str, int | None]) -> dict[str, int]:
    shares = dict.fromkeys(supply, 0)
    while count:
        open_cells = [
            name for name, most in supply.items() if most is None or shares[name] < most
        ] or list(supply)
        each, rest = divmod(count, len(open_cells))
        for index, name in enumerate(open_cells):
            most = supply[name]
            room = count if most is None or shares[name] >= most else most - shares[name]
            given = min(each + (index < rest), room)
            shares[name] += given
            count -= given
    return shares


def _seeds(run: Run, pool: SeedPool, name: str) -> Iterator[Seed]:
    """Yield the seeds of a dimension: a trace and a family in turn, then families for ever."""
    traces, families = pool.traces.get(name, []), pool.families.get(name, [])
    if not families:
        return iter(traces)
    fresh = _fresh(run, name, families)
    in_turn = zip(traces, islice(fresh, len(traces)), strict=True)
    return chain(chain.from_iterable(in_turn), fresh)


def _fresh(run: Run, name: str, families: Sequence[Family]) -> Iterator[Seed]:
    dimension = next(item for item in run.pack.spec.dimensions if item.name == name)
    fixed = pack_texts(run.pack.spec.constants)
    for source in cycle([family_seeds(run, family) for family in families]):
        yield Seed.of(next(source), dimension, fixed=fixed)


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


def _trace_seeds(run: Run) -> tuple[dict[str, list[Seed]], tuple[JsonObject, ...]]:
    sources = find_seed_traces(run.project)
    report = TraceReport()
    mined = author_from_traces(
        sources,
        base=run.project.base,
        pack=run.pack,
        seed=run.project.config.seed,
        count=None,
        created_at=run.project.created_at,
        report=report,
    )
    free = frozenset(read_settings(run.pack).free_text_arguments)
    dimensions = {item.name: item for item in run.pack.spec.dimensions}
    found: dict[str, list[Seed]] = {}
    for item in mined:
        if isinstance(item, Skipped) or gate_task(item).status != "accepted":
            continue
        seed = Seed.of_trace(item, dimensions[item.dimension], free_text_arguments=free)
        if seed is not None:
            found.setdefault(item.dimension, []).append(seed)
    files = tuple(
        {**file, "sha256": file_sha256(path)}
        for path, file in zip(sources, report.to_values(), strict=True)
    )
    return {name: _spread(seeds) for name, seeds in sorted(found.items())}, files


def _spread(seeds: Sequence[Seed]) -> list[Seed]:
    """Order seeds so that any first N are spread evenly over the groups of their traces."""
    groups: dict[str, list[Seed]] = {}
    for seed in sorted(seeds, key=lambda item: sha256_hex(item.task.id)):
        keys = seed.task.provenance.lineage_keys
        group = next((key for key in keys if key.startswith("group:")), seed.task.id)
        groups.setdefault(group, []).append(seed)
    turns = zip_longest(*groups.values())
    return [seed for turn in turns for seed in turn if seed is not None]

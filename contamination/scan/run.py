"""Scan a corpus: units over threads, finished shards on disk, one report at the end."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Lock
from typing import Any

from benchwright.contamination.normaliser import NORMALISER
from benchwright.contamination.scan.cleaned import Cleaner
from benchwright.contamination.scan.engine import Engine
from benchwright.contamination.scan.evidence import Evidence
from benchwright.contamination.scan.fold import ShardFold
from benchwright.contamination.scan.index import RunIndex
from benchwright.contamination.scan.planted import plant_tallies
from benchwright.contamination.scan.reading import BLOCK_BYTES, MAX_LINE_BYTES, ShardError
from benchwright.contamination.scan.recall import Recall
from benchwright.contamination.scan.report import Totals, to_report
from benchwright.contamination.scan.shards import UNIT_BYTES, Corpus, Unit, cut_units
from benchwright.contamination.scan.state import Identity, ScanState, open_state
from benchwright.contamination.scan.tasks import TestTasks
from benchwright.contamination.scan.units import Scanner, UnitResult, scan_unit
from benchwright.scans import ScanReport
from benchwright.verdicts import PlantTally
from benchwright.version import __version__

TICK_SECONDS = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSettings:
    """How a corpus is scanned; nothing below `seed` changes the report.

    Attributes:
        fields: Corpus fields to compare; None for all values.
        containment: Look for edited and rearranged copies, too.
        seed: Which records planted copies are hidden in.
        remove_to: Folder for cleaned shards; None to write none.
        allow_inconclusive: Why a result that could not tell is accepted; None if it is not.
        state: Folder of finished shards.
        resume: Keep those that still hold.
        workers: Threads.
    """

    fields: tuple[str, ...] | None
    containment: bool
    seed: int
    remove_to: Path | None
    allow_inconclusive: str | None
    state: Path
    resume: bool
    workers: int
    block_bytes: int = BLOCK_BYTES
    unit_bytes: int = UNIT_BYTES
    max_line_bytes: int = MAX_LINE_BYTES


def scan_corpus(
    tasks: TestTasks,
    index: RunIndex,
    make_engine: Callable[[RunIndex], Engine],
    corpus: Corpus,
    settings: RunSettings,
    *,
    begin: Callable[[], None] = lambda: None,
    advance: Callable[[int], None] = lambda _: None,
) -> ScanReport:
    """Scan every shard that is not finished, and return what all of them hold.

    Args:
        tasks: The test side.
        index: Its runs.
        make_engine: Makes an engine of an index.
        corpus: The shards.
        settings: How to scan.
        begin: Called when the engine is made and the first shard is about to be read.
        advance: Told from this thread how many bytes of the corpus are done.

    Raises:
        ConfigError: If the state belongs to another scan.
    """
    evidence = Evidence(index)
    evidence.prepare()
    engine = make_engine(index)
    identity = _identity(tasks, index, engine, settings)
    with open_state(settings.state, identity, resume=settings.resume) as state:
        progress = _Progress(advance)
        scanner = Scanner(
            engine=engine,
            evidence=evidence,
            recall=Recall(index, make_engine, tasks.texts) if settings.containment else None,
            texts=tasks.texts,
            fields=settings.fields,
            block_bytes=settings.block_bytes,
            max_line_bytes=settings.max_line_bytes,
            advance=progress.add,
            is_stopped=progress.stopped.is_set,
        )
        folder = settings.remove_to
        cleaner = Cleaner(state, corpus, folder) if folder is not None else None
        begin()
        _Run(scanner, state, tasks, corpus, settings, progress, cleaner).scan()
        totals = Totals()
        for shard in corpus.shards:
            totals.add(state.read(shard), cleaner.clean(shard) if cleaner else None)
    return to_report(
        totals,
        tasks,
        evidence,
        engine=engine.name,
        fields=settings.fields,
        containment=settings.containment,
        seed=settings.seed,
        not_scanned=corpus.not_scanned,
        allow_inconclusive=settings.allow_inconclusive,
    )


def _identity(tasks: TestTasks, index: RunIndex, engine: Engine, settings: RunSettings) -> Identity:
    return Identity(
        tool=f"benchwright {__version__}",
        normaliser=NORMALISER,
        run_words=index.run_words,
        fields=settings.fields,
        seed=settings.seed,
        containment=settings.containment,
        engine=engine.name,
        tasks_sha256=tasks.digest(),
    )


class _Progress:
    """Bytes that threads have done and that the main thread has not yet told."""

    def __init__(self, advance: Callable[[int], None]) -> None:
        self.stopped = Event()
        self._advance = advance
        self._lock = Lock()
        self._done = 0

    def add(self, count: int) -> None:
        with self._lock:
            self._done += count

    def tell(self) -> None:
        with self._lock:
            done, self._done = self._done, 0
        if done:
            self._advance(done)


class _Run:
    """The shards that are not finished, over a pool of threads."""

    def __init__(
        self,
        scanner: Scanner,
        state: ScanState,
        tasks: TestTasks,
        corpus: Corpus,
        settings: RunSettings,
        progress: _Progress,
        cleaner: Cleaner | None,
    ) -> None:
        self._scanner = scanner
        self._state = state
        self._ids = tasks.ids
        self._corpus = corpus
        self._settings = settings
        self._progress = progress
        self._cleaner = cleaner
        self._folds: dict[int, ShardFold] = {}
        self._mtimes: dict[int, int] = {}
        self._plants: dict[int, Future[tuple[tuple[PlantTally, ...], str | None]]] = {}

    def scan(self) -> None:
        """Scan all units; at most a few more than there are threads wait at any time."""
        units = self._units()
        waiting: dict[Future[UnitResult], Unit] = {}
        finishing: set[Future[None]] = set()
        with ThreadPoolExecutor(self._settings.workers) as pool:
            try:
                while True:
                    while len(waiting) < 2 * self._settings.workers and (unit := next(units, None)):
                        if unit.number == 0:
                            self._plants[unit.shard] = pool.submit(self._plant, unit.shard)
                        waiting[pool.submit(self._scan, unit)] = unit
                    if not (waiting or finishing):
                        break
                    running: list[Future[Any]] = [*waiting, *finishing]
                    done, _ = wait(running, TICK_SECONDS, return_when=FIRST_COMPLETED)
                    for scanned in [future for future in waiting if future in done]:
                        unit = waiting.pop(scanned)
                        if self._fold(unit, scanned.result()):
                            finishing.add(pool.submit(self._finish, unit.shard))
                    for finished in [future for future in finishing if future in done]:
                        finishing.remove(finished)
                        finished.result()
                    self._progress.tell()
            except BaseException:
                self._progress.stopped.set()
                pool.shutdown(wait=False, cancel_futures=True)
                raise

    def _units(self) -> Iterator[Unit]:
        for number, shard in enumerate(self._corpus.shards):
            if self._state.is_finished(shard):
                self._progress.add(shard.bytes)
                continue
            units = list(cut_units(shard, number, unit_bytes=self._settings.unit_bytes))
            findings = self._state.findings(shard)
            self._mtimes[number] = shard.path.stat().st_mtime_ns
            self._folds[number] = ShardFold(shard, len(units), self._ids, findings)
            yield from units

    def _scan(self, unit: Unit) -> UnitResult:
        shard = self._corpus.shards[unit.shard]
        return scan_unit(self._scanner, shard, unit, self._state.part(shard, unit.number))

    def _fold(self, unit: Unit, result: UnitResult) -> bool:
        shard = self._corpus.shards[unit.shard]
        if shard.format == "parquet":
            self._progress.add(shard.bytes // self._folds[unit.shard].units)
        part = self._state.part(shard, unit.number)
        return self._folds[unit.shard].add(unit.number, result, part)

    def _plant(self, number: int) -> tuple[tuple[PlantTally, ...], str | None]:
        """Hide copies in records of a shard; return what was found, or why it cannot be read."""
        shard = self._corpus.shards[number]
        try:
            return plant_tallies(self._scanner, shard, self._settings.seed), None
        except (ShardError, OSError) as error:
            return (), f"cannot be read: {error}"

    def _finish(self, number: int) -> None:
        """Look whether the file is still the same, and write it down."""
        fold, shard = self._folds[number], self._corpus.shards[number]
        tallies, failed = self._plants.pop(number).result()
        if fold.total.error:
            tallies = ()
        try:
            status = shard.path.stat()
            if (status.st_size, status.st_mtime_ns) != (shard.bytes, self._mtimes[number]):
                failed = failed or "the file changed while it was read"
        except OSError as error:
            failed = f"cannot be read: {error}"
        with fold.findings.open("rb") as stream:
            os.fsync(stream.fileno())
        record = fold.record(self._scanner.evidence, self._mtimes[number], tallies, failed)
        self._state.finish(shard, record)
        if self._cleaner is not None:
            self._cleaner.clean(shard)
        del self._folds[number]

"""Scan anybody's corpus for anybody's test tasks: read the test side, index it, scan, render."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from benchwright.contamination.fieldmap import parse_map
from benchwright.contamination.scan.engines import EngineName, choose_engine
from benchwright.contamination.scan.index import RunIndex, check_run_words
from benchwright.contamination.scan.run import RunSettings, scan_corpus
from benchwright.contamination.scan.saved import check_tasks, load_index, save_index
from benchwright.contamination.scan.shards import Corpus, Shard, find_shards
from benchwright.contamination.scan.tasks import TestTasks, to_tasks
from benchwright.contamination.sources import Loaded, read_side
from benchwright.errors import ConfigError
from benchwright.findings import Side
from benchwright.scans import ScanReport

FORMATS = ("report", "html", "markdown", "sarif", "junit")
PACKED_RATIO = 3
"""Text has about three times the bytes of its compressed form."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanSettings:
    """How a corpus is scanned.

    `index` is a file that keeps the test side's runs; without test files it must be there.
    `fields` empty means every value of a record. `workers` None means one thread a processor.
    """

    state: Path
    maps: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    containment: bool = False
    canaries: tuple[str, ...] = ()
    run_words: int = 8
    seed: int = 0
    workers: int | None = None
    engine: EngineName = "auto"
    resume: bool = True
    index: Path | None = None
    remove_to: Path | None = None
    allow_inconclusive: str | None = None


def scan_files(
    test: Sequence[Path],
    corpus: Sequence[str],
    settings: ScanSettings,
    *,
    stage: Callable[[str], None] = lambda _: None,
    begin: Callable[[int], None] = lambda _: None,
    advance: Callable[[int], None] = lambda _: None,
) -> ScanReport:
    """Scan a corpus for test tasks.

    Args:
        test: Files or folders of the test side; none when `settings.index` is there, or when
            only canaries are looked for.
        corpus: Paths, folders and glob patterns.
        settings: How to scan.
        stage: Told what goes on before the scan.
        begin: Told the size of the corpus in bytes when the scan begins.
        advance: Told how many bytes are done since.

    Raises:
        ConfigError: If a setting is not valid, or an index or a state is of another scan.
        InputError: If a test file cannot be read, or nothing can be read as corpus.
        SetupError: If the compiled engine is asked for and cannot run.
    """
    check_run_words(settings.run_words)
    waiver = settings.allow_inconclusive
    if waiver is not None and not waiver.strip():
        raise ConfigError("--allow-inconclusive has no reason", fix="say why it is acceptable")
    own = [folder for folder in (settings.state, settings.remove_to) if folder is not None]
    _check_folders(corpus, settings)
    found = find_shards(corpus, without=own)
    _check_texts(found, settings)
    size = sum(shard.bytes for shard in found.shards)
    choice = choose_engine(settings.engine, sum(map(_unpacked_bytes, found.shards)))
    choice.prepare(lambda: stage("compiling the scan, once"))
    stage("indexing")
    tasks, index = _test_side(test, settings, choice.index_texts)
    return scan_corpus(
        tasks,
        index,
        choice.engine,
        found,
        RunSettings(
            fields=settings.fields or None,
            containment=settings.containment,
            seed=settings.seed,
            remove_to=settings.remove_to,
            allow_inconclusive=waiver,
            state=settings.state,
            resume=settings.resume,
            workers=settings.workers or os.cpu_count() or 1,
        ),
        begin=lambda: begin(size),
        advance=advance,
    )


def render_scan(report: ScanReport, name: str) -> str:
    """Return the report in one of the formats; `report` is its own JSON."""
    if name == "report":
        return report.to_json() + "\n"
    from benchwright.contamination.reports.scans import to_check_report

    module = import_module(f"benchwright.contamination.reports.{name}")
    text: str = getattr(module, f"to_{name}")(to_check_report(report))
    return text


def _unpacked_bytes(shard: Shard) -> int:
    """Return about how many bytes there are to scan in a shard."""
    is_packed = shard.packing != "plain" or shard.format == "parquet"
    return shard.bytes * PACKED_RATIO if is_packed else shard.bytes


def _check_folders(corpus: Sequence[str], settings: ScanSettings) -> None:
    """Refuse to write where the corpus stands."""
    for flag, folder in (("--state", settings.state), ("--remove-to", settings.remove_to)):
        for name in corpus:
            is_inside = folder is not None and Path(name).resolve().is_relative_to(folder.resolve())
            if is_inside and Path(name).exists():
                raise ConfigError(
                    f"{flag} {folder} holds the corpus {name}",
                    fix="name another folder; the originals stay as they are",
                )


def _check_texts(corpus: Corpus, settings: ScanSettings) -> None:
    """Refuse what a text of any length, read as one record, cannot give."""
    texts = [shard.name for shard in corpus.shards if shard.format == "text"]
    if settings.fields and texts:
        raise ConfigError(
            f"--field {settings.fields[0]}: {texts[0]} is text and has no fields",
            fix="scan the text files by themselves, without --field",
        )
    if settings.containment and texts:
        raise ConfigError(
            f"--containment: {texts[0]} is text and has no records",
            fix="scan the text files by themselves, without --containment",
        )


def _test_side(
    test: Sequence[Path],
    settings: ScanSettings,
    index_texts: Callable[[Sequence[str], int], RunIndex],
) -> tuple[TestTasks, RunIndex]:
    kept = settings.index
    given = None
    if test:
        stated = parse_map(settings.maps, "test")
        given = to_tasks(read_side(test, role="test", stated=stated), settings.canaries)
    elif settings.canaries and kept is None:
        nothing = Side(role="test", files=(), rows=0, field_map={})
        given = to_tasks(Loaded(items=(), side=nothing), settings.canaries)
    if kept is not None and kept.exists():
        index, tasks = load_index(kept, settings.run_words)
        if given is not None:
            check_tasks(kept, tasks, given)
        elif settings.maps or settings.canaries:
            raise ConfigError(
                "--map and --canary belong to --test, which is not given",
                fix="give --test, too, or leave them to the index",
            )
        return tasks, index
    if given is None:
        raise ConfigError(
            f"no test side: the index {kept} is not there" if kept else "no test side",
            fix="give --test FILE, or --canary GUID",
        )
    index = index_texts(given.texts, settings.run_words)
    if kept is not None:
        save_index(kept, index, given)
    return given, index

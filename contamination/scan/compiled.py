"""The scan over raw bytes with numba: the engine for corpora of any size."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from benchwright.contamination.normaliser import MIN_COMPARABLE_WORDS
from benchwright.contamination.scan import index_kernel, json_kernel, match_kernel
from benchwright.contamination.scan.engine import (
    MAX_DEPTH,
    PADDING,
    BlockResult,
    Bytes,
    FailedRecord,
    Ints,
)
from benchwright.contamination.scan.index import RunIndex, check_run_words
from benchwright.contamination.scan.match_kernel import BASE, GATHERED, SEED_WORDS, Tables, Work
from benchwright.contamination.scan.reference import NOT_JSON, NOT_UTF8, TOO_DEEP
from benchwright.contamination.scan.table import fold_table
from benchwright.contamination.scan.text_kernel import BAD_STRING, BAD_UTF8

FIRST_ROOM = 4096
FILTER_BITS_PER_RUN = 16
LEAST_FILTER_BITS_PER_RUN = 7
LARGE_FILTER_BYTES = 8 * 2**20
"""A filter beyond this is slower than a denser one of this size, which the caches hold."""

Hashes = NDArray[np.uint64]

_REASONS = {BAD_STRING: NOT_JSON, BAD_UTF8: NOT_UTF8, json_kernel.BAD_DEPTH: TOO_DEEP}


def compile_all(tell: Callable[[], None]) -> None:
    """Load every function that a scan calls, or compile it where that was never done.

    Args:
        tell: Called before a compilation, which takes many seconds.
    """
    if not is_compiled():
        tell()
    engine = CompiledEngine(index_texts(["a b c d e"], MIN_COMPARABLE_WORDS))
    block = np.frombuffer(b"{}" + bytes(PADDING), np.uint8)
    engine.scan_lines(block, 2, None)
    engine.scan_rows(block, np.zeros(1, np.int64))


def is_compiled() -> bool:
    """Return whether machine code is kept on this machine; the smallest function stands for all."""
    nothing = np.zeros(0, np.int64)
    _run_hashes(np.zeros(0, np.uint64), nothing, nothing)
    return not index_kernel.run_hashes.stats.cache_misses


def index_texts(texts: Sequence[str], run_words: int) -> RunIndex:
    """Index the runs of texts: equal to `index.index_texts`, compiled.

    Raises:
        ConfigError: If `run_words` is out of range.
    """
    check_run_words(run_words)
    text, token_starts, task_starts = _folded(texts)
    hashes = _token_hashes(text, token_starts)
    room = len(hashes)
    keys = np.empty(room, np.uint64)
    tasks, tokens, sizes = (np.empty(room, np.int64) for _ in range(3))
    weight = _weight(run_words)
    runs = index_kernel.list_runs(
        hashes, task_starts, run_words, weight, keys, tasks, tokens, sizes
    )
    keys, tasks, tokens, sizes = keys[:runs], tasks[:runs], tokens[:runs], sizes[:runs]
    first, slots = np.empty((2, runs), np.int64)
    count = index_kernel.number_slots(
        keys, tokens, sizes, text, token_starts, _table(runs), first, slots
    )
    slot_starts = np.zeros(count + 1, np.int64)
    np.cumsum(np.bincount(slots, minlength=count), out=slot_starts[1:])
    holder_task, holder_token = np.empty((2, runs), np.int64)
    index_kernel.order_holders(
        slots, tasks, tokens, slot_starts[:-1].copy(), holder_task, holder_token
    )
    return RunIndex(
        run_words=run_words,
        text=text[: token_starts[-1]],
        token_starts=token_starts,
        task_starts=task_starts,
        slot_starts=slot_starts,
        slot_words=sizes[first[:count]],
        holder_task=holder_task,
        holder_token=holder_token,
    )


class CompiledEngine:
    """Walks raw bytes once; only what passes a filter is looked up, and what is found compared."""

    name = "compiled"

    def __init__(self, index: RunIndex) -> None:
        self._tables = _tables(index)
        self._longest_token = int(np.diff(index.token_starts).max(initial=0))

    def scan_lines(self, block: Bytes, size: int, fields: Sequence[str] | None) -> BlockResult:
        """Scan JSON Lines; see `Engine`."""
        block = _read_only(block)
        select = _select(fields)
        nesting = np.zeros(MAX_DEPTH, np.uint8)
        counts = np.zeros(6, np.int64)
        failed = np.zeros((FIRST_ROOM, 3), np.int64)
        work = self._work()
        place = 0
        while place < size:
            place = json_kernel.scan_lines(
                block, place, size, self._tables, work, select, nesting, counts, failed
            )
            if place < size:
                work = work._replace(hits=_doubled(work.hits))
                failed = _doubled(failed)
        records, tokens, without_field, failures, blank_lines, _ = counts.tolist()
        return _result(
            work,
            records=records,
            tokens=tokens,
            without_field=without_field,
            blank_lines=blank_lines,
            failed=tuple(
                FailedRecord(record=record, begin=begin, reason=_REASONS[reason])
                for record, begin, reason in failed[:failures].tolist()
            ),
        )

    def scan_rows(self, data: Bytes, offsets: Ints) -> BlockResult:
        """Scan texts; see `Engine`."""
        data = _read_only(data)
        work = self._work()
        tokens = match_kernel.scan_rows(data, offsets, self._tables, work)
        found = int(work.counts[match_kernel.HITS])
        if found > len(work.hits):
            work = self._work(found)
            match_kernel.scan_rows(data, offsets, self._tables, work)
        return _result(work, records=len(offsets) - 1, tokens=tokens)

    def _work(self, room: int = FIRST_ROOM) -> Work:
        return Work(
            begins=np.zeros(GATHERED, np.int64),
            values=np.zeros(GATHERED, np.uint64),
            runs=np.zeros(GATHERED, np.uint64),
            seeds=np.zeros(GATHERED, np.uint64),
            passed=np.zeros(2 * GATHERED, np.int64),
            rolling=np.zeros(2, np.uint64),
            counts=np.zeros(6, np.int64),
            out=np.zeros(self._longest_token + PADDING, np.uint8),
            hits=np.zeros((room, 4), np.int64),
        )


def _folded(texts: Sequence[str]) -> tuple[Bytes, Ints, Ints]:
    """Return the folded tokens of texts, with PADDING bytes after them, and both their starts."""
    encoded = [text.encode(errors="surrogatepass") for text in texts]
    data = np.frombuffer(b"".join(encoded) + bytes(PADDING), np.uint8)
    offsets = np.cumsum([0, *map(len, encoded)])
    table = fold_table()
    room, tokens = len(data), len(data) // 2
    while True:
        text = np.zeros(room, np.uint8)
        token_starts = np.zeros(tokens + 1, np.int64)
        task_starts = np.zeros(len(texts) + 1, np.int64)
        size, number = index_kernel.fold_rows(
            data, offsets, table.entries, table.parts, text, token_starts, task_starts
        )
        if size + PADDING <= room and number <= tokens:
            return text[: size + PADDING], token_starts[: number + 1], task_starts
        room, tokens = size + PADDING, number


def _token_hashes(text: Bytes, token_starts: Ints) -> Hashes:
    hashes = np.empty(len(token_starts) - 1, np.uint64)
    index_kernel.token_hashes(text, token_starts, hashes)
    return hashes


def _tables(index: RunIndex) -> Tables:
    text = np.concatenate([index.text, np.zeros(PADDING, np.uint8)])
    slot_token = index.holder_token[index.slot_starts[:-1]]
    hashes = _token_hashes(text, index.token_starts)
    keys = _run_hashes(hashes, slot_token, index.slot_words)
    is_short = index.slot_words < index.run_words
    long = np.flatnonzero(~is_short)
    short = np.flatnonzero(is_short)
    short = short[np.argsort(index.slot_words[short], kind="stable")]
    ends = slot_token[short] + index.slot_words[short]
    seeds = _run_hashes(hashes, ends - SEED_WORDS, np.full(len(short), SEED_WORDS))
    bits = _filter(np.concatenate([keys[long], seeds]))
    fold = fold_table()
    return Tables(
        entries=fold.entries,
        parts=fold.parts,
        filter=bits,
        slots=_filled(keys[long], long),
        seed_slots=_filled(seeds, short) if len(short) else np.zeros(0, np.uint64),
        slot_token=slot_token,
        slot_words=index.slot_words,
        text=text,
        token_starts=index.token_starts,
        run_words=index.run_words,
        has_seeds=len(short) > 0,
        run_weight=_weight(index.run_words),
        seed_weight=_weight(SEED_WORDS),
    )


def _weight(words: int) -> np.uint64:
    """Return what the token before a run of so many words counts for in its rolling hash."""
    return np.uint64(pow(int(BASE), words, 1 << 64))


def _run_hashes(hashes: Hashes, tokens: Ints, sizes: Ints) -> Hashes:
    keys = np.empty(len(tokens), np.uint64)
    index_kernel.run_hashes(hashes, tokens, sizes, keys)
    return keys


def _filter(keys: Hashes) -> Hashes:
    least, most = (
        _power_of_two(len(keys) * bits // 64)
        for bits in (LEAST_FILTER_BITS_PER_RUN, FILTER_BITS_PER_RUN)
    )
    words = np.zeros(min(most, max(least, LARGE_FILTER_BYTES // 8)), np.uint64)
    index_kernel.fill_filter(keys, words)
    return words


def _table(entries: int) -> Hashes:
    """Return an open-addressing table that is at most two thirds full with so many entries."""
    return np.zeros(_power_of_two(3 * entries // 2), np.uint64)


def _filled(keys: Hashes, slots: Ints) -> Hashes:
    table = _table(len(keys))
    index_kernel.fill_slots(keys, slots, table)
    return table


def _power_of_two(least: int) -> int:
    return 1 << max(4, (least - 1).bit_length())


def _select(fields: Sequence[str] | None) -> json_kernel.Select:
    encoded = [field.encode() for field in fields or ()]
    return json_kernel.Select(
        names=np.frombuffer(b"".join(encoded), np.uint8),
        starts=np.cumsum([0, *map(len, encoded)]),
        key=np.zeros(max(map(len, encoded), default=0) + PADDING, np.uint8),
    )


def _read_only(data: Bytes) -> Bytes:
    """Return an array that cannot be written to, so that the kernels compile for one kind."""
    data = data.view()
    data.flags.writeable = False
    return data


def _doubled(held: Ints) -> Ints:
    return np.concatenate([held, np.zeros_like(held)])


def _result(
    work: Work,
    *,
    records: int,
    tokens: int,
    without_field: int = 0,
    blank_lines: int = 0,
    failed: tuple[FailedRecord, ...] = (),
) -> BlockResult:
    hits = work.hits[: work.counts[match_kernel.HITS]]
    return BlockResult(
        records=records,
        tokens=tokens,
        without_field=without_field,
        blank_lines=blank_lines,
        failed=failed,
        hit_record=hits[:, 0],
        hit_begin=hits[:, 1],
        hit_token=hits[:, 2],
        hit_slot=hits[:, 3],
    )

"""The scan over raw bytes with numba: the engine for corpora of any size."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

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

Hashes = NDArray[np.uint64]

_REASONS = {BAD_STRING: NOT_JSON, BAD_UTF8: NOT_UTF8, json_kernel.BAD_DEPTH: TOO_DEEP}


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
    runs = index_kernel.list_runs(hashes, task_starts, run_words, keys, tasks, tokens, sizes)
    keys, tasks, tokens, sizes = keys[:runs], tasks[:runs], tokens[:runs], sizes[:runs]
    table, table_slots = _table(runs)
    first, slots = np.empty((2, runs), np.int64)
    count = index_kernel.number_slots(
        keys, tokens, sizes, text, token_starts, table, table_slots, first, slots
    )
    order = np.argsort(slots, kind="stable")
    slot_starts = np.zeros(count + 1, np.int64)
    np.cumsum(np.bincount(slots, minlength=count), out=slot_starts[1:])
    return RunIndex(
        run_words=run_words,
        text=text[: token_starts[-1]],
        token_starts=token_starts,
        task_starts=task_starts,
        slot_starts=slot_starts,
        slot_words=sizes[order][slot_starts[:-1]],
        holder_task=tasks[order],
        holder_token=tokens[order],
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
        counts = np.zeros(5, np.int64)
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
        records, tokens, without_field, failures, _ = counts.tolist()
        return _result(
            work,
            records=records,
            tokens=tokens,
            without_field=without_field,
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
        return _result(work, records=len(offsets) - 1, tokens=tokens, without_field=0, failed=())

    def _work(self, room: int = FIRST_ROOM) -> Work:
        return Work(
            begins=np.zeros(GATHERED, np.int64),
            values=np.zeros(GATHERED, np.uint64),
            runs=np.zeros(GATHERED, np.uint64),
            seeds=np.zeros(GATHERED, np.uint64),
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
    none, nothing = np.zeros(0, np.uint8), np.zeros(0, np.int64)
    size, number = index_kernel.fold_rows(
        data, offsets, table.entries, table.parts, none, nothing, nothing
    )
    text = np.zeros(size + PADDING, np.uint8)
    token_starts, task_starts = np.zeros(number + 1, np.int64), np.zeros(len(texts) + 1, np.int64)
    index_kernel.fold_rows(
        data, offsets, table.entries, table.parts, text, token_starts, task_starts
    )
    return text, token_starts, task_starts


def _token_hashes(text: Bytes, token_starts: Ints) -> Hashes:
    hashes = np.empty(len(token_starts) - 1, np.uint64)
    index_kernel.token_hashes(text, token_starts, hashes)
    return hashes


def _tables(index: RunIndex) -> Tables:
    text = np.concatenate([index.text, np.zeros(PADDING, np.uint8)])
    slot_token = index.holder_token[index.slot_starts[:-1]]
    keys, seeds = np.empty((2, index.slots), np.uint64)
    index_kernel.slot_keys(
        _token_hashes(text, index.token_starts), slot_token, index.slot_words, keys, seeds
    )
    is_short = index.slot_words < index.run_words
    long = np.flatnonzero(~is_short)
    short = np.flatnonzero(is_short)
    short = short[np.argsort(index.slot_words[short], kind="stable")]
    table, table_slots = _filled(keys[long], long)
    seed_table, seed_slots = _filled(seeds[short], short) if len(short) else _table(None)
    bits = np.zeros(_power_of_two(index.slots * FILTER_BITS_PER_RUN // 64), np.uint64)
    index_kernel.fill_filter(np.concatenate([keys[long], seeds[short]]), bits)
    weights = [pow(int(BASE), words, 1 << 64) for words in (index.run_words, SEED_WORDS)]
    fold = fold_table()
    return Tables(
        entries=fold.entries,
        parts=fold.parts,
        filter=bits,
        keys=table,
        key_slots=table_slots,
        seed_keys=seed_table,
        seed_slots=seed_slots,
        slot_token=slot_token,
        slot_words=index.slot_words,
        text=text,
        token_starts=index.token_starts,
        run_words=index.run_words,
        has_seeds=len(short) > 0,
        run_weight=np.uint64(weights[0]),
        seed_weight=np.uint64(weights[1]),
    )


def _table(entries: int | None) -> tuple[Hashes, Ints]:
    """Return a table that is at most half full with so many entries; of no size for None."""
    size = 0 if entries is None else _power_of_two(2 * entries)
    return np.zeros(size, np.uint64), np.zeros(size, np.int64)


def _filled(keys: Hashes, slots: Ints) -> tuple[Hashes, Ints]:
    table, table_slots = _table(len(keys))
    index_kernel.fill_keys(keys, slots, table, table_slots)
    return table, table_slots


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
    without_field: int,
    failed: tuple[FailedRecord, ...],
) -> BlockResult:
    hits = work.hits[: work.counts[match_kernel.HITS]]
    return BlockResult(
        records=records,
        tokens=tokens,
        without_field=without_field,
        failed=failed,
        hit_record=hits[:, 0],
        hit_begin=hits[:, 1],
        hit_token=hits[:, 2],
        hit_slot=hits[:, 3],
    )

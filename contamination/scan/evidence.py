"""From the runs that an engine met to (record, task) pairs and shared passages.

A run that many tasks hold is a passage: boilerplate that names no task. It is counted by itself,
and makes no pair; in a record that a run of the task's own ties to it, it counts as shared.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from benchwright.contamination.scan.engine import BlockResult, Ints
from benchwright.contamination.scan.index import RunIndex

MIN_PASSAGE_TASKS = 8
PASSAGE_SHARE = 0.01
MAX_EXPANDED = 2_000_000

SharedRanges = tuple[list[tuple[int, int]], list[tuple[int, int]]]
"""Ranges of tokens, of the task and of the record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """One entry per (record, task) that is a finding, in order of record, then task.

    `containment` is 0 where it was not asked for or is too low to be one.
    """

    record: Ints
    begin: Ints
    task: Ints
    runs: Ints
    longest_words: Ints
    containment: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.task)


@dataclass(frozen=True)
class Evidence:
    """What of an index turns hits into findings."""

    index: RunIndex

    def prepare(self) -> None:
        """Compute what several threads would each compute at their first hit."""
        _ = self.task_runs, self.run_sizes, self.slot_entries, self.has_own_run
        _ = self.begins_own_run

    @cached_property
    def task_runs(self) -> Ints:
        """How many runs every task has."""
        return self.index.task_runs()

    @cached_property
    def slot_entries(self) -> Ints:
        """How many entries hold each slot."""
        return np.diff(self.index.slot_starts)

    @cached_property
    def run_sizes(self) -> Ints:
        """Words in each task's runs: `run_words`, or fewer for a short task."""
        return np.minimum(np.diff(self.index.task_starts), self.index.run_words)

    @cached_property
    def is_passage(self) -> NDArray[np.bool_]:
        """Whether many tasks hold the slot: 8 and 1 % of all, or more."""
        least = max(MIN_PASSAGE_TASKS, PASSAGE_SHARE * self.index.tasks)
        held = self.slot_entries >= least
        held[held] = self.index.slot_tasks(np.flatnonzero(held)) >= least
        return held

    @cached_property
    def has_own_run(self) -> NDArray[np.bool_]:
        """Whether a task has a run that is no passage."""
        own = self.index.holder_task[self._is_own_entry]
        return np.bincount(own, minlength=self.index.tasks) > 0

    @cached_property
    def begins_own_run(self) -> NDArray[np.bool_]:
        """Whether a token, counted over all tasks, begins a run of its task's own."""
        begins = np.zeros(len(self.index.token_starts), bool)
        begins[self.index.holder_token[self._is_own_entry]] = True
        return begins

    @property
    def _is_own_entry(self) -> NDArray[np.bool_]:
        return np.repeat(~self.is_passage, self.slot_entries)

    def pairs(self, result: BlockResult) -> Pairs:
        """Return every (record, task) of a block that share a run of the task's own."""
        parts = [self._pairs_of(result, part) for part in self._parts(result)]
        columns = [np.concatenate(column) for column in zip(*parts, strict=True)]
        record, begin, task, runs, longest = columns or [np.zeros(0, np.int64)] * 5
        return Pairs(
            record=record,
            begin=begin,
            task=task,
            runs=runs,
            longest_words=longest,
            containment=np.zeros(len(task)),
        )

    def passages(self, result: BlockResult) -> Iterator[tuple[int, int, int, int]]:
        """Yield slot, records that hold it, and first record with its first byte."""
        is_shared = self.is_passage[result.hit_slot]
        slots, records = result.hit_slot[is_shared], result.hit_record[is_shared]
        begins = result.hit_begin[is_shared]
        order = np.lexsort((records, slots))
        slots, records, begins = slots[order], records[order], begins[order]
        is_new = np.ones(len(slots), bool)
        is_new[1:] = (np.diff(slots) != 0) | (np.diff(records) != 0)
        slots, records, begins = slots[is_new], records[is_new], begins[is_new]
        first = np.flatnonzero(np.diff(slots, prepend=-1))
        counts = np.diff(first, append=len(slots))
        for at, count in zip(first.tolist(), counts.tolist(), strict=True):
            yield int(slots[at]), count, int(records[at]), int(begins[at])

    def shared_ranges(self, result: BlockResult, record: Ints, task: Ints) -> list[SharedRanges]:
        """Return, for pairs of a record and a task, the tokens [first, last) that both hold.

        Passages of the task count here, too.
        """
        low = np.searchsorted(result.hit_record, record, "left")
        high = np.searchsorted(result.hit_record, record, "right")
        pair, at = expanded(low, high - low)
        owner, token = self._held(result.hit_slot[at], task[pair])
        pair = pair[owner]
        in_task = token - self.index.task_starts[task[pair]]
        in_record = result.hit_token[at[owner]]
        cuts = np.searchsorted(pair, np.arange(len(record) + 1)).tolist()
        return [
            (merged(in_task[first:end].tolist(), size), merged(in_record[first:end].tolist(), size))
            for (first, end), size in zip(
                pairwise(cuts), self.run_sizes[task].tolist(), strict=True
            )
        ]

    def _parts(self, result: BlockResult) -> Iterator[tuple[int, int]]:
        """Yield ranges of hits that cut no record and expand to a bounded number of entries."""
        begin, total = 0, len(result.hit_slot)
        counts = self.slot_entries[result.hit_slot]
        counts[self.is_passage[result.hit_slot]] = 1
        grown = np.cumsum(counts)
        while begin < total:
            before = int(grown[begin - 1]) if begin else 0
            at = int(np.searchsorted(grown, before + MAX_EXPANDED, "right"))
            if at < total:
                at = int(np.searchsorted(result.hit_record, result.hit_record[at], "left"))
            if at <= begin:
                at = int(np.searchsorted(result.hit_record, result.hit_record[begin], "right"))
            yield begin, at
            begin = at

    def _pairs_of(self, result: BlockResult, part: tuple[int, int]) -> tuple[Ints, ...]:
        index = self.index
        record = result.hit_record[slice(*part)]
        begin = result.hit_begin[slice(*part)]
        slot = result.hit_slot[slice(*part)]
        is_own = ~self.is_passage[slot]
        own = slot[is_own]
        owner, entry = expanded(index.slot_starts[own], self.slot_entries[own])
        holding, held = record[is_own][owner], index.holder_token[entry]
        if len(own) < len(slot):
            tied = np.unique(holding * index.tasks + index.holder_task[entry])
            shared = self._passages_of(record[~is_own], slot[~is_own], tied)
            holding, held = np.concatenate([[holding, held], shared], axis=1)
        keys = np.unique(holding * len(index.token_starts) + held)
        records, token = np.divmod(keys, len(index.token_starts))
        task = np.searchsorted(index.task_starts, token, "right") - 1
        is_first = np.ones(len(keys), bool)
        is_first[1:] = (np.diff(records) != 0) | (np.diff(task) != 0)
        firsts = np.flatnonzero(is_first)
        stretch = _longest_stretches(token, is_first, firsts)
        at = np.searchsorted(record, records[firsts], "left")
        runs = np.diff(firsts, append=len(keys))
        longest = stretch - 1 + self.run_sizes[task[firsts]]
        return records[firsts], begin[at], task[firsts], runs, longest

    def _passages_of(self, record: Ints, slot: Ints, tied: Ints) -> tuple[Ints, Ints]:
        """Return record and token of the passages that stand in records beside a task's own runs.

        `tied` are the keys record * tasks + task of these, in order.
        """
        tied_record, tied_task = np.divmod(tied, max(self.index.tasks, 1))
        order = np.argsort(record, kind="stable")
        record, slot = record[order], slot[order]
        low = np.searchsorted(record, tied_record, "left")
        high = np.searchsorted(record, tied_record, "right")
        pair, at = expanded(low, high - low)
        owner, token = self._held(slot[at], tied_task[pair])
        return tied_record[pair][owner], token

    def _held(self, slot: Ints, task: Ints) -> tuple[Ints, Ints]:
        """Return the tokens at which tasks hold slots, and for each which (slot, task) it is."""
        low, counts = self.index.slot_starts[slot], self.slot_entries[slot]
        if counts.max(initial=0) <= 1:
            owner = np.flatnonzero(self.index.holder_task[low] == task)
            return owner, self.index.holder_token[low[owner]]
        end = low + counts
        low = self._first_entries(low, end, task)
        high = self._first_entries(low, end, task + 1)
        owner, at = expanded(low, high - low)
        return owner, self.index.holder_token[at]

    def _first_entries(self, low: Ints, high: Ints, task: Ints) -> Ints:
        """Return, for ranges of entries in order of their tasks, the first of a task or later."""
        tasks = self.index.holder_task
        while (is_open := low < high).any():
            middle = np.where(is_open, (low + high) // 2, 0)
            is_before = is_open & (tasks[middle] < task)
            low = np.where(is_before, middle + 1, low)
            high = np.where(is_open & ~is_before, middle, high)
        return low


def expanded(starts: Ints, counts: Ints) -> tuple[Ints, Ints]:
    """Return, for ranges of `counts` from `starts`, the range of every element and the element."""
    owner = np.repeat(np.arange(len(starts)), counts)
    within = np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts)
    return owner, starts[owner] + within


def _longest_stretches(token: Ints, is_first: NDArray[np.bool_], firsts: Ints) -> Ints:
    """Return the length of the longest stretch of consecutive tokens in every group."""
    if not len(token):
        return np.zeros(0, np.int64)
    is_new = is_first.copy()
    is_new[1:] |= np.diff(token) != 1
    begins = np.flatnonzero(is_new)
    lengths = np.diff(begins, append=len(token))
    return np.maximum.reduceat(lengths, np.searchsorted(begins, firsts))


def merged(starts: Iterable[int], size: int) -> list[tuple[int, int]]:
    """Return the ranges [start, start + size) of starts in any order, joined where they touch."""
    ranges: list[tuple[int, int]] = []
    for start in sorted(starts):
        if ranges and start <= ranges[-1][1]:
            ranges[-1] = ranges[-1][0], start + size
        else:
            ranges.append((start, start + size))
    return ranges

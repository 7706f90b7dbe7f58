"""Records that hold most of a task, edited or rearranged: what a shared run alone does not tell.

Seeds, runs of three or four words that few tasks hold, are found as runs are; a record with enough
seeds of one task is scored word by word. See `benchwright.contamination.containment`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from benchwright.contamination.containment import (
    MIN_CONTAINMENT,
    MIN_SHORT_CONTAINMENT,
    SHORT_TASK_WORDS,
    ContainmentScore,
    build_index,
    coverage_of,
    score_record,
)
from benchwright.contamination.normaliser import tokens
from benchwright.contamination.scan.engine import BlockResult, Engine, Ints
from benchwright.contamination.scan.evidence import Pairs, expanded
from benchwright.contamination.scan.index import RunIndex, index_runs

MIN_SEED_SHARE = 0.1
"""Least share of a task's seeds that a record must hold to be scored."""

TextOf = Callable[[int, int], str | None]
"""Returns the text of a record, by its number and first byte; None when it is too long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contained:
    """A record that holds most of a task."""

    record: int
    begin: int
    task: int
    found: ContainmentScore


class Recall:
    """Scores the records of a block that hold enough seeds of a task."""

    def __init__(self, index: RunIndex, make_engine: Callable[[RunIndex], Engine]) -> None:
        starts = index.task_starts.tolist()
        words = [index.run(begin, end - begin) for begin, end in pairwise(starts)]
        self._prepared = build_index(words)
        self._seeds = [
            index_runs(
                words,
                {run: held for run, held in self._prepared.seeds.items() if len(run) == size},
                size,
            )
            for size in self._prepared.seed_sizes
        ]
        counts = np.zeros(index.tasks, np.int64)
        for seeds in self._seeds:
            counts += np.bincount(seeds.holder_task, minlength=index.tasks)
        self._needed = np.maximum(1, np.ceil(MIN_SEED_SHARE * counts)).astype(np.int64)
        self._engines = [make_engine(seeds) for seeds in self._seeds]

    def contained(
        self, scan: Callable[[Engine], BlockResult], text_of: TextOf
    ) -> dict[tuple[int, int], Contained]:
        """Return, by (record, task), what a block contains.

        Args:
            scan: Scans the block with an engine.
            text_of: Returns the text of its records.
        """
        found: dict[tuple[int, int], Contained] = {}
        words: tuple[int, tuple[str, ...]] = (-1, ())
        for record, begin, task, seeds in self._candidates(scan):
            if words[0] != record:
                text = text_of(record, begin)
                words = record, tuple(token.text for token in tokens(text or ""))
            prepared = self._prepared.tasks[task]
            if prepared is None or not words[1]:
                continue
            least = least_score(len(prepared.words))
            if coverage_of(prepared, words[1], seeds) < least:
                continue
            score = score_record(prepared, words[1], seeds)
            if score.score >= least:
                found[record, task] = Contained(record=record, begin=begin, task=task, found=score)
        return found

    def _candidates(
        self, scan: Callable[[Engine], BlockResult]
    ) -> Iterator[tuple[int, int, int, Sequence[tuple[int, int]]]]:
        """Yield record, first byte, task, and its seeds: (start in the task, in the record)."""
        for seeds, engine in zip(self._seeds, self._engines, strict=True):
            result = scan(engine)
            starts = seeds.slot_starts
            slot = result.hit_slot
            owner, entry = expanded(starts[slot], np.diff(starts)[slot])
            task = seeds.holder_task[entry]
            at = seeds.holder_token[entry] - seeds.task_starts[task]
            record = result.hit_record[owner]
            order = np.lexsort((result.hit_token[owner], at, task, record))
            columns = (record, result.hit_begin[owner], task, at, result.hit_token[owner])
            yield from self._enough(*(column[order] for column in columns))

    def _enough(
        self, record: Ints, begin: Ints, task: Ints, at: Ints, token: Ints
    ) -> Iterator[tuple[int, int, int, Sequence[tuple[int, int]]]]:
        if not len(record):
            return
        is_first = np.ones(len(record), bool)
        is_first[1:] = (np.diff(record) != 0) | (np.diff(task) != 0)
        is_distinct = is_first.copy()
        is_distinct[1:] |= np.diff(at) != 0
        firsts = np.flatnonzero(is_first)
        distinct = np.add.reduceat(is_distinct.astype(np.int64), firsts)
        lasts = np.append(firsts[1:], len(record))
        for group in np.flatnonzero(distinct >= self._needed[task[firsts]]).tolist():
            low, high = int(firsts[group]), int(lasts[group])
            seeds = list(zip(at[low:high].tolist(), token[low:high].tolist(), strict=True))
            yield int(record[low]), int(begin[low]), int(task[low]), seeds


def joined(pairs: Pairs, contained: Mapping[tuple[int, int], Contained]) -> Pairs:
    """Return the pairs that share a run and those that are contained, each (record, task) once."""
    if not contained:
        return pairs
    rows = {
        (record, task): (begin, runs, longest, 0.0)
        for record, begin, task, runs, longest in zip(
            *(
                column.tolist()
                for column in (
                    pairs.record,
                    pairs.begin,
                    pairs.task,
                    pairs.runs,
                    pairs.longest_words,
                )
            ),
            strict=True,
        )
    }
    for key, held in contained.items():
        begin, runs, longest, _ = rows.get(key, (held.begin, 0, 0, 0.0))
        rows[key] = begin, runs, longest, held.found.score
    keys = sorted(rows)
    columns = [
        np.array(column, np.int64) for column in zip(*(rows[key][:3] for key in keys), strict=True)
    ]
    return Pairs(
        record=np.array([record for record, _ in keys], np.int64),
        begin=columns[0],
        task=np.array([task for _, task in keys], np.int64),
        runs=columns[1],
        longest_words=columns[2],
        containment=np.array([rows[key][3] for key in keys]),
    )


def least_score(task_words: int) -> float:
    """Return the least score of a finding for a task of so many words."""
    return MIN_SHORT_CONTAINMENT if task_words < SHORT_TASK_WORDS else MIN_CONTAINMENT

"""Records that hold most of a task, edited or rearranged: what a shared run alone does not tell.

Seeds, runs of three or four words that few tasks hold, are found as runs are; a record whose seeds
of one task cover enough of its weight is scored word by word. See
`benchwright.contamination.containment`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np

from benchwright.contamination.containment import (
    ContainmentScore,
    build_index,
    least_score,
    score_record,
)
from benchwright.contamination.normaliser import Token, canonical_text, tokens
from benchwright.contamination.particulars import is_capital, name_places
from benchwright.contamination.scan.engine import BlockResult, Engine, Ints
from benchwright.contamination.scan.evidence import Pairs, expanded
from benchwright.contamination.scan.index import RunIndex, index_runs

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

    def __init__(
        self,
        index: RunIndex,
        make_engine: Callable[[RunIndex], Engine],
        texts: Sequence[str],
    ) -> None:
        starts = index.task_starts.tolist()
        words = [index.run(begin, end - begin) for begin, end in pairwise(starts)]
        names = [name_places(text, tokens(text)) for text in texts]
        self._prepared = build_index(words, names=names)
        self._seeds = [
            index_runs(
                words,
                {run: held for run, held in self._prepared.seeds.items() if len(run) == size},
                size,
            )
            for size in self._prepared.seed_sizes
        ]
        weights = np.zeros(starts[-1])
        self._least = np.ones(index.tasks)
        for place, task in enumerate(self._prepared.tasks):
            if task is not None:
                weights[starts[place] : starts[place + 1]] = task.weights
                self._least[place] = task.least_seeded
        self._worth_before = np.concatenate([[0.0], np.cumsum(weights)])
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
        held_record, held = -1, _Record("")
        for record, begin, task, seeds in self._candidates(scan):
            if held_record != record:
                held_record, held = record, _Record(text_of(record, begin) or "")
            prepared = self._prepared.tasks[task]
            if prepared is None or not held.words:
                continue
            least = least_score(len(prepared.words))
            score = score_record(prepared, held.words, seeds, held.is_capital, least=least)
            if score and score.score >= least:
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
            yield from self._enough(seeds, *(column[order] for column in columns))

    def _enough(
        self, seeds: RunIndex, record: Ints, begin: Ints, task: Ints, at: Ints, token: Ints
    ) -> Iterator[tuple[int, int, int, Sequence[tuple[int, int]]]]:
        """Yield the groups of one record and task whose seeds cover enough of the task's weight."""
        if not len(record):
            return
        is_first = np.ones(len(record), bool)
        is_first[1:] = (np.diff(record) != 0) | (np.diff(task) != 0)
        firsts = np.flatnonzero(is_first)
        until = np.full(len(at), seeds.run_words)
        until[:-1] = np.where(is_first[1:], until[:-1], np.minimum(np.diff(at), until[:-1]))
        first_word = seeds.task_starts[task] + at
        worth = self._worth_before[first_word + until] - self._worth_before[first_word]
        seeded = np.add.reduceat(worth, firsts)
        lasts = np.append(firsts[1:], len(record))
        for group in np.flatnonzero(seeded >= self._least[task[firsts]]).tolist():
            low, high = int(firsts[group]), int(lasts[group])
            held = list(zip(at[low:high].tolist(), token[low:high].tolist(), strict=True))
            yield int(record[low]), int(begin[low]), int(task[low]), held


@dataclass(frozen=True)
class _Record:
    """A record's text; its folded words, and where they stand when that is asked."""

    text: str

    @cached_property
    def words(self) -> tuple[str, ...]:
        return tuple(canonical_text(self.text).split())

    @cached_property
    def _tokens(self) -> list[Token]:
        return tokens(self.text)

    def is_capital(self, word: int) -> bool:
        return is_capital(self.text, self._tokens[word])


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

"""Which runs of words does the test side hold? Every one, with the tasks and places that hold it.

A task of at least `run_words` tokens is indexed by each of its runs; a shorter one of at least
MIN_COMPARABLE_WORDS by its whole sequence; a still shorter one proves nothing and is left out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise

import numpy as np

from benchwright.contamination.normaliser import MIN_COMPARABLE_WORDS, tokens
from benchwright.contamination.scan.engine import Bytes, Ints
from benchwright.errors import ConfigError

Run = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunIndex:
    """The distinct runs ("slots") of the test side, numbered in order of first occurrence.

    Attributes:
        run_words: Words in a run.
        text: The folded tokens of all tasks in UTF-8, one after the other, nothing between.
        token_starts: Token t of all is text[token_starts[t]:token_starts[t + 1]].
        task_starts: Task k has the tokens [task_starts[k], task_starts[k + 1]).
        slot_starts: Slot s is held at the entries [slot_starts[s], slot_starts[s + 1]).
        slot_words: Words in every slot: `run_words`, or fewer for a short task.
        holder_task: Task of every entry; in order within a slot.
        holder_token: First token of every entry, counted over all tasks.
    """

    run_words: int
    text: Bytes
    token_starts: Ints
    task_starts: Ints
    slot_starts: Ints
    slot_words: Ints
    holder_task: Ints
    holder_token: Ints

    @property
    def slots(self) -> int:
        """Return how many distinct runs there are."""
        return len(self.slot_words)

    @property
    def tasks(self) -> int:
        """Return how many tasks there are, those without a run too."""
        return len(self.task_starts) - 1

    def task_runs(self) -> Ints:
        """Return how many runs every task has; 0 for a task that is too short to prove anything."""
        words = np.diff(self.task_starts)
        runs = np.where(words < self.run_words, 1, words - self.run_words + 1)
        return np.where(words < MIN_COMPARABLE_WORDS, 0, runs)

    def slot_tasks(self, slots: Ints) -> Ints:
        """Return how many tasks hold each of some slots."""
        starts = self.slot_starts[slots]
        counts = self.slot_starts[slots + 1] - starts
        firsts = np.cumsum(counts) - counts
        entries = np.arange(counts.sum()) + np.repeat(starts - firsts, counts)
        is_new = np.diff(self.holder_task[entries], prepend=-1) != 0
        is_new[firsts] = True
        return np.add.reduceat(is_new, firsts, dtype=np.int64) if len(slots) else counts

    def run(self, token: int, words: int) -> tuple[str, ...]:
        """Return `words` words from a token, counted over all tasks."""
        cuts = self.token_starts[token : token + words + 1].tolist()
        return tuple(self.text[begin:end].tobytes().decode() for begin, end in pairwise(cuts))

    def slot_run(self, slot: int) -> tuple[str, ...]:
        """Return the words of a slot."""
        token = int(self.holder_token[self.slot_starts[slot]])
        return self.run(token, int(self.slot_words[slot]))


def check_run_words(run_words: int) -> None:
    """Refuse a run length that proves nothing or that no engine keeps.

    Raises:
        ConfigError: If it is outside 5 to 31.
    """
    if not MIN_COMPARABLE_WORDS <= run_words < 32:
        raise ConfigError(
            f"run_words is {run_words}, not {MIN_COMPARABLE_WORDS} to 31",
            fix="use 8 to 13 for prose",
        )


def index_texts(texts: Sequence[str], run_words: int) -> RunIndex:
    """Index the runs of texts in plain Python.

    Raises:
        ConfigError: If `run_words` is out of range.
    """
    check_run_words(run_words)
    words = [[token.text for token in tokens(text)] for text in texts]
    holders: dict[Run, list[tuple[int, int]]] = {}
    for task, held in enumerate(words):
        size = min(run_words, len(held))
        if size < MIN_COMPARABLE_WORDS:
            continue
        for at in range(len(held) - size + 1):
            holders.setdefault(tuple(held[at : at + size]), []).append((task, at))
    return index_runs(words, holders, run_words)


def index_runs(
    words: Sequence[Sequence[str]],
    holders: Mapping[Run, Sequence[tuple[int, int]]],
    run_words: int,
) -> RunIndex:
    """Index chosen runs of tasks.

    Args:
        words: The folded words of every task.
        holders: By run, the (task, first word in the task) that hold it.
        run_words: Words in a run; a run of fewer is that of a short task.
    """
    task_starts = np.cumsum([0, *map(len, words)])
    encoded = [word.encode() for word in chain.from_iterable(words)]
    entries = np.array(list(chain.from_iterable(holders.values())), np.int64).reshape(-1, 2)
    return RunIndex(
        run_words=run_words,
        text=np.frombuffer(b"".join(encoded), np.uint8),
        token_starts=np.cumsum([0, *map(len, encoded)]),
        task_starts=task_starts,
        slot_starts=np.cumsum([0, *map(len, holders.values())]),
        slot_words=np.array([len(run) for run in holders], np.int64),
        holder_task=entries[:, 0].copy(),
        holder_token=task_starts[entries[:, 0]] + entries[:, 1],
    )

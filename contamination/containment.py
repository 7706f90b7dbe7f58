"""How much of a test item stands in one stretch of a record, whatever was edited or moved?

Two stages. Seeds, short runs of words, name the records worth a look and where in them; then the
words of the item are aligned with the window around the seeds. A word counts when it stands in the
window in a chain in the item's order with at most one word between two of them, so that an edited
word costs itself alone and a moved sentence nothing but its ends. A chain is worth three words or
more, where one that comes n times in the item is worth 1/n: repeated words fall in order by chance.

A word weighs by its inverse document frequency, divided by the number of test items that share
its bigrams: what a template repeats is cheap, what only this item says is dear. The score is the
weighted share of the item that is chained, or the plain share of its own words that are, where
that is less: a few rare words are no copy. Own are all words but those of boilerplate.

Where as many numbers of the item, or as many names, have another in their place as agree, the
record is another task of the same template, and the score is 0. So it is where fewer than five
words agree, for as few equal words prove nothing elsewhere, either; and where a short item lacks
more than one: seven of nine words come together by chance.

Nothing here is global: an index is prepared from the test items once and never changes, and
`score_record` needs it, the record's words and the seeds' places alone.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from benchwright.contamination.normaliser import MIN_COMPARABLE_WORDS
from benchwright.contamination.particulars import agreeing_share, differs_in_slots, is_number
from benchwright.contamination.slots import Run, Words, open_places

Seeds = Sequence[tuple[int, int]]
"""(start in the task, start in the record) of every shared seed, in words."""

SEED_WORDS = 4
SHORT_SEED_WORDS = 3
SHORT_TASK_WORDS = 12
"""A task of fewer words has seeds of three: 4-grams of five words do not outlive one edit."""
MAX_SHORT_MISSING = 1
MIN_SEEDS = 8
MAX_SEED_HOLDERS = 3
MAX_SEED_SHARE = 0.02
WINDOW_RATIO = 1.5
MAX_STEP_WORDS = 2
MIN_CHAIN_WORTH = 3.0
NUMBER_WEIGHT = 2.0
MIN_SEEDED = 0.15
MIN_SHORT_SEEDED = 0.05
"""Least weighted share of a task under seeds that a record holds for a score to be worth it."""

MIN_CONTAINMENT = 0.45
MIN_SHORT_CONTAINMENT = 0.7
"""Least score of a finding, for tasks of 12 words or more and for shorter ones.

Chosen on seed 1 of tests/benchmarks/planted_suite.py, whose output says what they find and mistake
on other seeds.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedTask:
    """A test item ready to be scored.

    Attributes:
        words: The folded tokens.
        weights: What each word is worth; they add up to 1.
        places: Where each distinct word stands.
        own: The places that are not boilerplate's; all, where everything is.
        names: The places of its names.
        slots: The places that its template leaves open, as the other test items show.
        seed_words: Length of its seeds.
    """

    words: tuple[str, ...]
    weights: tuple[float, ...]
    places: Mapping[str, tuple[int, ...]]
    own: frozenset[int]
    names: frozenset[int]
    slots: frozenset[int]
    seed_words: int

    @property
    def is_short(self) -> bool:
        """Whether it has seeds of three words, and a higher threshold."""
        return len(self.words) < SHORT_TASK_WORDS

    @property
    def least_seeded(self) -> float:
        """The least weighted share of it under a record's seeds for the record to be scored."""
        return MIN_SHORT_SEEDED if self.is_short else MIN_SEEDED

    def seeded(self, starts: Iterable[int]) -> float:
        """Return the weighted share of it under seeds that start at some of its places."""
        size = self.seed_words
        covered = {at for start in starts for at in range(start, start + size)}
        return sum(self.weights[at] for at in covered)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainmentIndex:
    """Every test item prepared, and the seeds that lead to them.

    `tasks` holds None for an item too short to compare; `seeds` gives (item, start in the item)
    by seed.
    """

    tasks: tuple[PreparedTask | None, ...]
    seeds: Mapping[Run, tuple[tuple[int, int], ...]]
    seed_sizes: tuple[int, ...]

    def candidates(self, record: Words) -> dict[int, list[tuple[int, int]]]:
        """Return, by test item, (start in the item, start in the record) of every shared seed."""
        found: dict[int, list[tuple[int, int]]] = {}
        words = tuple(record)
        for size in self.seed_sizes:
            for start in range(len(words) - size + 1):
                for place, at in self.seeds.get(words[start : start + size], ()):
                    found.setdefault(place, []).append((at, start))
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainmentScore:
    """How much of a task stands in the best window of a record.

    Attributes:
        score: Weighted share of the task that is chained, or `own` where that is less; 0 where
            numbers or names say that the record is another task, and where fewer than
            `MIN_COMPARABLE_WORDS` are chained, or a short task lacks more than one word. In
            [0, 1].
        coverage: Weighted share of the task's words that stand in the window at all.
        order: Chained share of what is covered; 0 when nothing is.
        own: Share of the task's own words that are chained.
        numbers: Share of numbers that agree, of those that agree or have another in their place;
            None for none.
        span: First and past-the-last word of the record in a chain; (0, 0) for none.
        task_words: Places of the task's words that are chained.
        record_words: Places of the record's words that are chained.
    """

    score: float
    coverage: float
    order: float
    own: float
    numbers: float | None
    span: tuple[int, int]
    task_words: tuple[int, ...]
    record_words: tuple[int, ...]


def build_index(
    tasks: Sequence[Words],
    background: Iterable[Words] = (),
    names: Sequence[frozenset[int]] = (),
) -> ContainmentIndex:
    """Prepare the test items.

    Args:
        tasks: Folded words of every test item; one below `MIN_COMPARABLE_WORDS` is not compared.
        background: Other texts of the field, such as the training side: they make common words
            cheap. Which words are a template's is learned from the test items alone, for a leak
            that stands in the training side ten times would look like one.
        names: The places of the names in every test item; empty where they are not known.
    """
    able = [words for words in tasks if len(words) >= MIN_COMPARABLE_WORDS]
    words_of = [set(words) for words in (*able, *background)]
    holders = Counter(word for words in words_of for word in words)
    bigrams = Counter(pair for words in able for pair in set(pairwise(words)))
    runs_of = [_runs(words) for words in able]
    runs = Counter(run for held in runs_of for run in set(held))
    slots = iter(open_places(able, runs_of))
    limit = max(MAX_SEED_HOLDERS, math.ceil(MAX_SEED_SHARE * len(able)))
    rarity = _Rarity(holders=holders, bigrams=bigrams, runs=runs, texts=len(words_of), limit=limit)
    prepared: list[PreparedTask | None] = []
    seeds: dict[Run, list[tuple[int, int]]] = {}
    for place, words in enumerate(tasks):
        if len(words) < MIN_COMPARABLE_WORDS:
            prepared.append(None)
            continue
        own_names = names[place] if names else frozenset()
        prepared.append(_prepared(tuple(words), own_names, next(slots), rarity))
        for start, run in _seeds(words, runs, limit):
            seeds.setdefault(run, []).append((place, start))
    return ContainmentIndex(
        tasks=tuple(prepared),
        seeds={run: tuple(held) for run, held in seeds.items()},
        seed_sizes=tuple(sorted({len(run) for run in seeds})),
    )


def score_record(
    task: PreparedTask,
    record: Words,
    seeds: Seeds,
    is_name: Callable[[int], bool] = lambda _: False,
    *,
    least: float = 0.0,
) -> ContainmentScore | None:
    """Score the best window of a record for a task.

    Args:
        task: From the index.
        record: The folded words of the record.
        seeds: As `ContainmentIndex.candidates` gives them for this task; at least one.
        is_name: Whether the word at a place of the record begins with a capital.
        least: The least score of interest.

    Returns:
        The score; None where it is found to be below `least` before all of it is known.
    """
    start, stop = _window(task, len(record), seeds)
    rows = [task.places.get(word, ()) for word in record[start:stop]]
    met = sum(task.weights[at] for at in {at for row in rows for at in row})
    if met < least:
        return None
    pairs = _chained(task, rows)
    matched: dict[int, set[int]] = defaultdict(set)
    for at, place in pairs:
        matched[at].add(place)
    chained = sum(task.weights[at] for at in matched)
    own = len(task.own & matched.keys()) / len(task.own)
    if min(chained, own) < least:
        return None
    numbers, is_other = agreeing_share(
        task.words, task.names, matched, record[start:stop], lambda place: is_name(start + place)
    )
    least_words = len(task.words) - MAX_SHORT_MISSING if task.is_short else 0
    is_other = is_other or differs_in_slots(len(task.words), task.slots, matched, stop - start)
    is_too_little = len(matched) < max(least_words, MIN_COMPARABLE_WORDS)
    places = sorted({start + place for _, place in pairs})
    return ContainmentScore(
        score=0.0 if is_other or is_too_little else round(min(chained, own), 6),
        coverage=round(met, 6),
        order=round(chained / met, 6) if met else 0.0,
        own=round(own, 6),
        numbers=None if numbers is None else round(numbers, 6),
        span=(places[0], places[-1] + 1) if places else (0, 0),
        task_words=tuple(sorted(matched)),
        record_words=tuple(places),
    )


def least_score(task_words: int) -> float:
    """Return the least score of a finding for a task of so many words."""
    return MIN_SHORT_CONTAINMENT if task_words < SHORT_TASK_WORDS else MIN_CONTAINMENT


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rarity:
    """How many texts hold each word, and how many test items each bigram and each run.

    A run of more than `limit` test items is boilerplate.
    """

    holders: Mapping[str, int]
    bigrams: Mapping[tuple[str, str], int]
    runs: Mapping[Run, int]
    texts: int
    limit: int


def _seed_words(words: Words) -> int:
    return SHORT_SEED_WORDS if len(words) < SHORT_TASK_WORDS else SEED_WORDS


def _runs(words: Words) -> list[Run]:
    size = _seed_words(words)
    return [tuple(words[at : at + size]) for at in range(len(words) - size + 1)]


def _seeds(words: Words, runs: Mapping[Run, int], limit: int) -> list[tuple[int, Run]]:
    """Return start and run of a task's seeds: all that few tasks hold, at least the rarest eight.

    A run that more than three tasks and more than 2 % of them hold is boilerplate: it would make
    every record with the boilerplate a candidate of all of them. Below 150 tasks that is three,
    so that a handful of tasks of one template still seed by what they share. A task of nothing
    but boilerplate, such as one that comes many times, seeds by its rarest runs.
    """
    held = sorted((runs[run], start, run) for start, run in enumerate(_runs(words)))
    return [
        (start, run)
        for rank, (holders, start, run) in enumerate(held)
        if holders <= limit or rank < MIN_SEEDS
    ]


def _prepared(
    words: Run, names: frozenset[int], slots: frozenset[int], rarity: _Rarity
) -> PreparedTask:
    shared = [rarity.bigrams[pair] for pair in pairwise(words)]
    weights = []
    places: dict[str, list[int]] = {}
    for at, word in enumerate(words):
        frequency = 1 + math.log((rarity.texts + 1) / (rarity.holders[word] + 1))
        repeated = max(shared[max(at - 1, 0) : at + 1])
        weights.append(frequency / repeated * (NUMBER_WEIGHT if is_number(word) else 1))
        places.setdefault(word, []).append(at)
    total = sum(weights)
    return PreparedTask(
        words=words,
        weights=tuple(weight / total for weight in weights),
        places={word: tuple(held) for word, held in places.items()},
        own=_own_places(words, rarity) or frozenset(range(len(words))),
        names=names,
        slots=slots,
        seed_words=_seed_words(words),
    )


def _own_places(words: Run, rarity: _Rarity) -> frozenset[int]:
    """Return the places that no run of boilerplate covers; all of a short task."""
    covered: set[int] = set()
    if len(words) >= SHORT_TASK_WORDS:
        for start, run in enumerate(_runs(words)):
            if rarity.runs[run] > rarity.limit:
                covered.update(range(start, start + len(run)))
    return frozenset(range(len(words))) - covered


def _window(task: PreparedTask, record_words: int, seeds: Seeds) -> tuple[int, int]:
    """Return the stretch of a record around the seeds that are worth most together.

    Of all windows of 1.5 times the task, the one whose distinct seeds weigh most; then every
    window of that length that holds these seeds.
    """
    size = math.ceil(WINDOW_RATIO * len(task.words))
    worth = {at: sum(task.weights[at : at + task.seed_words]) for at, _ in seeds}
    ordered = sorted((place, at) for at, place in seeds)
    inside: Counter[int] = Counter()
    best, total, first = (-1.0, 0, 0), 0.0, 0
    for place, at in ordered:
        total += worth[at] if not inside[at] else 0.0
        inside[at] += 1
        while place + task.seed_words - ordered[first][0] > size:
            left = ordered[first][1]
            inside[left] -= 1
            total -= worth[left] if not inside[left] else 0.0
            first += 1
        if total > best[0] + 1e-9:
            best = (total, ordered[first][0], place + task.seed_words)
    _, begin, end = best
    return max(0, end - size), min(record_words, begin + size)


def _chained(task: PreparedTask, rows: Sequence[tuple[int, ...]]) -> list[tuple[int, int]]:
    """Return (place in the task, place in the window) of every word in a chain.

    `rows` holds, by place in the window, where its word stands in the task.
    """
    before = _chain_worths(rows, 1)
    after = _chain_worths(rows[::-1], -1)[::-1]
    least = min(MIN_CHAIN_WORTH, len(task.places)) - 1e-9
    return [
        (at, place)
        for place, row in enumerate(rows)
        for at in row
        if before[place][at] + after[place][at] - 1 / len(row) >= least
    ]


def _chain_worths(rows: Sequence[tuple[int, ...]], direction: int) -> list[dict[int, float]]:
    """Return, by place in the window and in the task, the worth of the best chain to there."""
    nothing: dict[int, float] = {}
    last = [nothing] * MAX_STEP_WORDS
    worths = []
    for row in rows:
        here = {
            at: 1 / len(row)
            + max(
                held.get(at - direction * step, 0.0)
                for held in last
                for step in range(1, MAX_STEP_WORDS + 1)
            )
            for at in row
        }
        worths.append(here)
        last = [*last[1:], here]
    return worths

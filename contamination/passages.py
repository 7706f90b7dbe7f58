"""Passages that many items share: which words of a text stand in an accepted one, and which
passages many test items hold.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from weakref import WeakKeyDictionary

from benchwright.contamination.normaliser import MIN_COMPARABLE_WORDS, canonical_text
from benchwright.contamination.sentences import MIN_FIXED_WORDS, Run, Sentence, Span, to_sentence
from benchwright.contamination.views import View

MIN_PASSAGE_ITEMS = 8
MIN_PASSAGE_SHARE = 0.1
_Stands = tuple[int, tuple[Span, ...], tuple[Span, ...]]
"""A passage with blanks, as a bit, and where its fixed parts and its blanks stand in a text."""


@dataclass(frozen=True)
class AcceptedPassages:
    """Texts that both sides may hold.

    A word of an item stands in a passage when a run of `run_words` words around it stands in the
    passage, or the whole of a shorter passage does. One of fewer than five words counts only
    where it is a whole line or stands in a blank. A passage with blanks (`[...]`) has at least
    four fixed words, and they count where all of them stand in order. A run of an item is
    accepted when fewer than five of its words stand outside every passage: what is left of it is
    too short to prove anything. What the blanks of one sentence say together is told apart by
    `telling_stretches`: there a copy shows although every short run of it is accepted.
    """

    texts: tuple[str, ...]
    run_words: int

    @cached_property
    def _words(self) -> tuple[Run, ...]:
        """The words of every passage without blanks; none for one with blanks."""
        return tuple(
            () if to_sentence(text) else tuple(canonical_text(text).split()) for text in self.texts
        )

    @cached_property
    def _runs(self) -> dict[Run, int]:
        masks: dict[Run, int] = {}
        for number, words in enumerate(self._words):
            for start in range(len(words) - self.run_words + 1):
                run = words[start : start + self.run_words]
                masks[run] = masks.get(run, 0) | 1 << number
        return masks

    @cached_property
    def _short(self) -> dict[str, list[tuple[Run, int]]]:
        short: dict[str, list[tuple[Run, int]]] = {}
        for number, words in enumerate(self._words):
            if 0 < len(words) < self.run_words:
                short.setdefault(words[0], []).append((words, 1 << number))
        return short

    @cached_property
    def _sentences(self) -> dict[Run, list[tuple[Sentence, int]]]:
        """The passages with blanks, by the first two words of the part that is looked for."""
        held: dict[Run, list[tuple[Sentence, int]]] = {}
        for number, text in enumerate(self.texts):
            sentence = to_sentence(text)
            if sentence and sentence.number_of_words >= MIN_FIXED_WORDS:
                held.setdefault(sentence.anchor[:2], []).append((sentence, 1 << number))
        return held

    @cached_property
    def _known(self) -> WeakKeyDictionary[View, tuple[tuple[int, ...], tuple[_Stands, ...]]]:
        return WeakKeyDictionary()

    @cached_property
    def _masks(self) -> dict[int, int]:
        """Every mask that occurs, itself: many words share one, and one object is enough."""
        return {}

    def covered(self, view: View) -> tuple[int, ...]:
        """Return, for every word of a view, the passages it stands in as bits of an integer."""
        return self._read(view)[0]

    def _read(self, view: View) -> tuple[tuple[int, ...], tuple[_Stands, ...]]:
        """Return what covers each word of a view, and where passages with blanks stand in it."""
        if view not in self._known:
            stands = tuple(self._standing(view.words))
            covers = tuple(self._masks.setdefault(m, m) for m in self._cover_all(view, stands))
            self._known[view] = covers, stands
        return self._known[view]

    def _standing(self, words: Run) -> Iterator[_Stands]:
        for at in range(len(words) if self._sentences else 0):
            for start in {words[at : at + 2]: 0, words[at : at + 1]: 0}:
                for sentence, bit in self._sentences.get(start, ()):
                    parts, blanks = sentence.spans(words, at)
                    if parts:
                        yield bit, tuple(parts), tuple(blanks)

    def _cover_all(self, view: View, stands: Sequence[_Stands]) -> list[int]:
        words, covers = view.words, [0] * len(view.words)
        starts = _line_starts(view) if self._short else frozenset()
        for at, word in enumerate(words):
            mask = self._runs.get(words[at : at + self.run_words], 0)
            _cover(covers, (at, at + self.run_words), mask)
            for passage, bit in self._short.get(word, ()):
                end = at + len(passage)
                is_line = len(passage) >= MIN_COMPARABLE_WORDS or (at in starts and end in starts)
                if is_line and words[at:end] == passage:
                    _cover(covers, (at, end), bit)
        for bit, parts, blanks in stands:
            for span in parts:
                _cover(covers, span, bit)
            for span in blanks:
                self._fill(covers, words, span)
        return covers

    def telling_stretches(
        self, view: View, covers: Sequence[int], size: int
    ) -> list[tuple[int, int]]:
        """Return the [start, end) of every shortest stretch of more than `size` words that holds
        five words outside, all in the blanks of one sentence.
        """
        stretches: set[tuple[int, int]] = set()
        for _, parts, blanks in self._read(view)[1]:
            places = sorted(place for span in (*parts, *blanks) for place in range(*span))
            outside = [place for place in places if not covers[place]]
            stretches.update(
                (first, last + 1)
                for first, last in zip(outside, outside[MIN_COMPARABLE_WORDS - 1 :], strict=False)
                if last + 1 - first > size
            )
        return sorted(stretches)

    def _fill(self, covers: list[int], words: Run, blank: tuple[int, int]) -> None:
        """Cover the short passages that stand in a blank."""
        for at in range(*blank):
            for passage, bit in self._short.get(words[at], ()):
                end = at + len(passage)
                if end <= blank[1] and words[at:end] == passage:
                    _cover(covers, (at, end), bit)


@lru_cache(maxsize=4)
def accepted_passages(texts: tuple[str, ...], run_words: int) -> AcceptedPassages:
    """Return the passages; the same object for the same texts, so that it reads a view once."""
    return AcceptedPassages(texts=texts, run_words=run_words)


def accepted_runs(covers: Sequence[int], size: int) -> dict[int, int]:
    """Return the start of every accepted run of a text whose words are so covered."""
    outside = [0]
    for mask in covers:
        outside.append(outside[-1] + (mask == 0))
    accepted: dict[int, int] = {}
    for start in range(len(covers) - size + 1):
        if outside[start + size] - outside[start] < min(MIN_COMPARABLE_WORDS, size):
            mask = 0
            for at in range(start, start + size):
                mask |= covers[at]
            accepted[start] = mask
    return accepted


def left_of(view: View, covers: Sequence[int]) -> View:
    """Return the view of a text without the words that stand in a passage, as written."""
    pieces: list[str] = []
    start = None
    for place, mask in enumerate((*covers, 1)):
        if not mask and start is None:
            start = place
        elif mask and start is not None:
            pieces.append(view.text[view.tokens[start].start : view.tokens[place - 1].end])
            start = None
    return View(item=view.item, text="\n".join(pieces))


def _cover(covers: list[int], span: tuple[int, int], mask: int) -> None:
    if mask:
        covers[slice(*span)] = [held | mask for held in covers[slice(*span)]]


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedPassage:
    """Words that many test items hold in a row.

    `test` are the places of the items that hold all of it, `train` those of the records that
    hold at least one run of it.
    """

    text: str
    words: Run
    test: frozenset[int]
    train: frozenset[int]


def passage_limit(items: int) -> int:
    """Return how many of so many test items must hold a run before it is a shared passage."""
    return max(MIN_PASSAGE_ITEMS, math.ceil(MIN_PASSAGE_SHARE * items))


def shared_passages(
    test: Sequence[View],
    train: Sequence[View],
    holders: Mapping[Run, Sequence[int]],
    *,
    limit: int,
    run_words: int,
) -> tuple[tuple[SharedPassage, ...], frozenset[Run]]:
    """Return the longest passages that many test items hold, and the runs they consist of.

    Args:
        test: The test side.
        train: The training side.
        holders: The places of the test items that hold each run; one that is missing is not
            looked at.
        limit: A passage is held whole by at least this many test items.
        run_words: Words in a run.

    Returns:
        The passages that a training record shares, the most widely held first.
    """
    number_of: dict[Run, int] = {}
    found: list[tuple[str, Run, frozenset[int]]] = []
    for view in test:
        start = 0
        while start + run_words <= len(view.words):
            end, held = _grown(view.words, start, holders, number_of, limit, run_words)
            if held:
                text = view.text[view.tokens[start].start : view.tokens[end - 1].end]
                found.append((text, view.words[start:end], held))
            for at in range(start, end - run_words + 1):
                number_of[view.words[at : at + run_words]] = len(found) - 1
            start = max(start + 1, end - run_words + 1)
    records = _records(train, number_of, len(found), run_words)
    passages = [
        SharedPassage(text=text, words=words, test=held, train=frozenset(record))
        for (text, words, held), record in zip(found, records, strict=True)
        if record
    ]
    passages.sort(key=lambda passage: (-len(passage.test), -len(passage.train), passage.words))
    return tuple(passages), frozenset(number_of)


def _grown(
    words: Run,
    start: int,
    holders: Mapping[Run, Sequence[int]],
    taken: Mapping[Run, int],
    limit: int,
    run_words: int,
) -> tuple[int, frozenset[int]]:
    """Return where the passage from `start` ends and who holds it; nobody when there is none."""
    held: frozenset[int] = frozenset()
    end = start
    while end + run_words <= len(words):
        run = words[end : end + run_words]
        holding = holders.get(run, ())
        if run in taken or len(holding) < limit:
            break
        both = frozenset(holding) if end == start else held & frozenset(holding)
        if len(both) < limit:
            break
        held, end = both, end + 1
    return (end + run_words - 1, held) if held else (start, held)


def _records(
    train: Sequence[View], number_of: Mapping[Run, int], count: int, run_words: int
) -> list[set[int]]:
    records: list[set[int]] = [set() for _ in range(count)]
    for place, view in enumerate(train if count else ()):
        for start in range(len(view.words) - run_words + 1):
            number = number_of.get(view.words[start : start + run_words])
            if number is not None:
                records[number].add(place)
    return records


def _line_starts(view: View) -> frozenset[int]:
    """Return the places of the words that begin a line, and the place after the last word."""
    starts = {len(view.tokens)}
    end = 0
    for place, token in enumerate(view.tokens):
        if place == 0 or "\n" in view.text[end : token.start]:
            starts.add(place)
        end = token.end
    return frozenset(starts)

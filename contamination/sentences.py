"""Where does a passage with blanks stand in a text? Its fixed parts in order, little between them.

A blank is written `[...]` and takes at most 12 words. All parts of the passage must stand there;
they are found from the longest of them outwards, each as near as it comes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from benchwright.contamination.normaliser import canonical_text

BLANK = "[...]"
MAX_BLANK_WORDS = 12
MIN_FIXED_WORDS = 4
Run = tuple[str, ...]
Span = tuple[int, int]


@dataclass(frozen=True)
class Sentence:
    """A passage with blanks: the words between them, and whether it begins or ends with one."""

    parts: tuple[Run, ...]
    begins_blank: bool
    ends_blank: bool

    @cached_property
    def number_of_words(self) -> int:
        """How many words are fixed."""
        return sum(map(len, self.parts))

    @cached_property
    def _anchor(self) -> int:
        return max(range(len(self.parts)), key=lambda number: len(self.parts[number]))

    @property
    def anchor(self) -> Run:
        """The part that is looked for first."""
        return self.parts[self._anchor]

    def spans(self, words: Run, at: int) -> tuple[list[Span], list[Span]]:
        """Return where parts and blanks stand, the longest part at `at`; nothing if they do not."""
        anchor = self.parts[self._anchor]
        if words[at : at + len(anchor)] != anchor:
            return [], []
        held = [(at, at + len(anchor))]
        for part in self.parts[self._anchor + 1 :]:
            end = held[-1][1]
            starts = range(end, end + MAX_BLANK_WORDS + 1)
            found = next((s for s in starts if words[s : s + len(part)] == part), None)
            if found is None:
                return [], []
            held.append((found, found + len(part)))
        for part in reversed(self.parts[: self._anchor]):
            last = held[0][0] - len(part)
            starts = range(last, max(-1, last - MAX_BLANK_WORDS - 1), -1)
            found = next((s for s in starts if words[s : s + len(part)] == part), None)
            if found is None:
                return [], []
            held.insert(0, (found, found + len(part)))
        return held, list(self._blanks(held, len(words)))

    def _blanks(self, held: list[Span], size: int) -> Iterator[Span]:
        if self.begins_blank:
            yield max(0, held[0][0] - MAX_BLANK_WORDS), held[0][0]
        for (_, end), (start, _) in pairwise(held):
            yield end, start
        if self.ends_blank:
            yield held[-1][1], min(size, held[-1][1] + MAX_BLANK_WORDS)


def to_sentence(text: str) -> Sentence | None:
    """Return a passage with blanks; None for one without, or without a word."""
    pieces = text.split(BLANK)
    parts = [tuple(canonical_text(piece).split()) for piece in pieces]
    held = tuple(part for part in parts if part)
    if len(pieces) == 1 or not held:
        return None
    return Sentence(parts=held, begins_blank=not parts[0], ends_blank=not parts[-1])

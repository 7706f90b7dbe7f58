"""Where is a text cut so that a model with a short memory reads all of it?

Into windows of 120 words that overlap by three quarters; one of too many tokens is cut again.
"""

import hashlib
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchwright.contamination.normaliser import token_bounds
from benchwright.contamination.views import View

WINDOW_WORDS = 120
STEPS_PER_WINDOW = 4
_TOKENISED_AT_ONCE = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A stretch of a view: its place among the views, its code points [start, end), its hash."""

    view: int
    start: int
    end: int
    text: str
    key: bytes


class WindowCutter:
    """Cuts views into windows that the model reads whole.

    Windows whose vectors are known have been cut before: their tokens are not counted again.

    Args:
        tokenizer: The `tokenizer.json` of the model.
        max_tokens: How many tokens of a text the model reads.
        known: The hashes of windows whose vectors are known.
    """

    def __init__(self, tokenizer: Path, max_tokens: int, known: Container[bytes]) -> None:
        from tokenizers import Tokenizer

        self._tokenizer = Tokenizer.from_file(str(tokenizer))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._max_tokens = max_tokens
        self._known = known

    def windows(self, views: Sequence[View], places: Sequence[int]) -> list[Window]:
        """Return the windows of the views at those places, in order."""
        cuts = [
            (place, begin, min(begin + WINDOW_WORDS, views[place].number_of_words))
            for place in places
            for begin in _starts(0, views[place].number_of_words, WINDOW_WORDS)
        ]
        windows: list[Window] = []
        for at in range(0, len(cuts), _TOKENISED_AT_ONCE):
            some = cuts[at : at + _TOKENISED_AT_ONCE]
            made = [_window(views[place], place, begin, end) for place, begin, end in some]
            for window, (place, begin, end), is_whole in zip(
                made, some, self._read_whole(made), strict=True
            ):
                if is_whole or end - begin == 1:
                    windows.append(window)
                else:
                    windows += self._cut(views[place], place, begin, end)
        return windows

    def _read_whole(self, windows: Sequence[Window]) -> list[bool]:
        """Return of each window whether it has no more tokens than the model reads."""
        fresh = [window.text for window in windows if window.key not in self._known]
        fits = iter([len(found) <= self._max_tokens for found in self._encoded(fresh)])
        return [window.key in self._known or next(fits) for window in windows]

    def _encoded(self, texts: list[str]) -> list[Any]:
        return self._tokenizer.encode_batch(texts) if texts else []

    def _cut(self, view: View, place: int, first: int, last: int) -> Iterator[Window]:
        """Cut the words [first, last) of a window of too many tokens at half its size, and again.

        The last window ends with the last word, so that it is as long as the others.
        """
        size = (last - first + 1) // 2
        for begin in _starts(first, last, size):
            end = min(begin + size, last)
            window = _window(view, place, begin, end)
            if end - begin == 1 or self._read_whole([window])[0]:
                yield window
            else:
                yield from self._cut(view, place, begin, end)


def _window(view: View, place: int, first: int, last: int) -> Window:
    if first == 0 and last == view.number_of_words:
        start, stop = token_bounds(view.text)
    else:
        start, stop = view.tokens[first].start, view.tokens[last - 1].end
    encoded = view.text[start:stop].encode("utf-8", "replace")
    key = hashlib.sha256(encoded).digest()
    return Window(view=place, start=start, end=stop, text=encoded.decode(), key=key)


def _starts(first: int, last: int, size: int) -> list[int]:
    if last - first <= size:
        return [first]
    return [*range(first, last - size, max(size // STEPS_PER_WINDOW, 1)), last - size]

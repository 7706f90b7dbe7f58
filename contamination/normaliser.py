"""Text as every contamination detector compares it: folded tokens with their places.

One table, versioned by its own number and by Unicode's, decides for every code point: part of a
word, a token of its own, a separator, or nothing at all. The fast scan compiles the same table,
and a test holds both equal. An index built under another version is refused.

- NFKD, case fold, NFKD; combining marks and format characters (zero width, soft hyphen) vanish.
- Look-alike Cyrillic, Greek and Armenian letters become the Latin letter they imitate.
- Letters and digits form words; all else separates, the underscore and the apostrophe too.
- Scripts written without spaces (Han, kana, Thai, Lao, Khmer, Burmese) give one token a
  character, so that an n-gram of them is n characters. Hangul is cut at spaces, like Latin.

Source: Unicode Standard Annex 15 (NFKD), Unicode 3.13 (case folding), UTS 39 (confusables; a
short list of our own).
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

TABLE_VERSION = "bw-fold-1"
NORMALISER = f"{TABLE_VERSION}+unicode{unicodedata.unidata_version}"

MIN_COMPARABLE_WORDS = 5
"""A text of fewer tokens is too short for an equal text to prove anything."""

Kind = Literal["word", "single", "separator"]

_ASCII_TOKEN = re.compile(r"[A-Za-z0-9]+")
_TOKEN = re.compile(r"[^\W_]+")
_DROPPED = ("Mn", "Me", "Cf")
_WITHOUT_SPACES = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Burmese
    (0x1780, 0x17FF),  # Khmer
    (0x2E80, 0x2FDF),  # Han radicals
    (0x3005, 0x3007),
    (0x3040, 0x30FF),  # kana
    (0x31F0, 0x31FF),
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0x20000, 0x3FFFF),
)
_CUTS = [cut for low, high in _WITHOUT_SPACES for cut in (low, high + 1)]
_LOOKALIKES = str.maketrans(
    {
        **dict(zip("аеорсухіјѕԁԛԝһкмтвнѵ", "aeopcyxijsdqwhkmtbhv", strict=True)),
        **dict(zip("αονρτυικχεηβζμϲ", "aovptuikxenbzuc", strict=True)),
        **dict(zip("օսոհցա", "ounhgw", strict=True)),
        **dict(zip("ıɡɑǀӏ", "igall", strict=True)),
    }
)


class _FoldedCharacters(dict[int, str]):
    """What `str.translate` puts in the place of a code point: spaces stand around tokens."""

    def __missing__(self, code: int) -> str:
        folded = "".join(_SPACED[kind].format(part) for kind, part in fold_character(chr(code)))
        if len(self) < _MAX_FOLDED:
            self[code] = folded
        return folded


class _Joined(dict[int, str]):
    """What `str.translate` puts in the place of a code point: all that it folds to."""

    def __missing__(self, code: int) -> str:
        folded = "".join(part for _, part in fold_character(chr(code)))
        if len(self) < _MAX_FOLDED:
            self[code] = folded
        return folded


class _InPlace(dict[int, str]):
    """The letter that a code point folds to, a space for a separator; nothing for all else."""

    def __missing__(self, code: int) -> str:
        parts = fold_character(chr(code))
        if {kind for kind, _ in parts} == {"separator"}:
            folded = " "
        else:
            folded = parts[0][1] if len(parts) == 1 and parts[0][0] == "word" else ""
        if len(self) < _MAX_FOLDED:
            self[code] = folded
        return folded


_SPACED: dict[Kind, str] = {"word": "{}", "single": " {} ", "separator": " "}
_MAX_FOLDED = 65_536
_FOLDED = _FoldedCharacters()
_JOINED = _Joined()
_IN_PLACE = _InPlace()


@dataclass(frozen=True, slots=True)
class Token:
    """One folded token and the code points [start, end) of the text it came from."""

    text: str
    start: int
    end: int


@lru_cache(maxsize=65536)
def fold_character(character: str) -> tuple[tuple[Kind, str], ...]:
    """Return what one code point folds to: (kind, character) pairs; empty when it vanishes."""
    if unicodedata.category(character) in (*_DROPPED, "Cs"):
        return () if unicodedata.category(character) in _DROPPED else (("separator", " "),)
    if _folds_to_itself(character):
        return ((_kind(character), character),)
    folded = unicodedata.normalize("NFKD", character).casefold()
    folded = unicodedata.normalize("NFKD", folded).translate(_LOOKALIKES)
    return tuple(
        (_kind(part), part) for part in folded if unicodedata.category(part) not in _DROPPED
    )


def tokens(text: str) -> list[Token]:
    """Return the folded tokens of a text, in order.

    The place of a token spans its first to its last contributing code point; what vanished
    inside it is covered, what vanished around it is not.
    """
    if text.isascii():
        return [
            Token(found[0].lower(), found.start(), found.end())
            for found in _ASCII_TOKEN.finditer(text)
        ]
    in_place = text.translate(_IN_PLACE)
    if len(in_place) == len(text):
        return [Token(found[0], *found.span()) for found in _TOKEN.finditer(in_place)]
    return list(_slow_tokens(text))


def token_bounds(text: str) -> tuple[int, int]:
    """Return where the first token of a text begins and the last ends; it has one at least."""
    if text.isascii():
        before, after = _separators(text), _separators(text[::-1])
        return before, len(text) - after
    found = tokens(text)
    return found[0].start, found[-1].end


def canonical_text(text: str) -> str:
    """Return the folded tokens joined by single spaces: equal texts are equal under folding."""
    if text.isascii():
        return " ".join(_ASCII_TOKEN.findall(text)).lower()
    return " ".join(text.translate(_FOLDED).split())


def folded_text(text: str) -> str:
    """Return the text folded character by character, its punctuation and spaces kept."""
    if text.isascii():
        return text.lower()
    return text.translate(_JOINED)


def _folds_to_itself(character: str) -> bool:
    return (
        unicodedata.is_normalized("NFKD", character)
        and character.casefold() == character
        and ord(character) not in _LOOKALIKES
    )


def _kind(character: str) -> Kind:
    if not character.isalnum():
        return "separator"
    return "single" if bisect_right(_CUTS, ord(character)) % 2 else "word"


def _separators(text: str) -> int:
    """Return how many characters of an ASCII text stand before its first token."""
    found = _ASCII_TOKEN.search(text)
    return found.start() if found else len(text)


def _slow_tokens(text: str) -> Iterator[Token]:
    word: list[str] = []
    start = end = 0
    for place, character in enumerate(text):
        for kind, folded in fold_character(character):
            if kind == "word":
                if not word:
                    start = place
                word.append(folded)
                end = place + 1
                continue
            if word:
                yield Token("".join(word), start, end)
                word = []
            if kind == "single":
                yield Token(folded, place, place + 1)
    if word:
        yield Token("".join(word), start, end)

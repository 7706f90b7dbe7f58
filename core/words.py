"""Text as the checks compare it: leaves of a JSON value, folded words, masked forms.

One versioned normaliser for everything that asks "is this the same text?".
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any

NORMALISER = f"nfkc-casefold-v1+unicode{unicodedata.unidata_version}"

_WORD = re.compile(r"\w+")
_DROPPED = {"Cf", "Mn"}
_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")
_MONTHS = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    "sep(?:t(?:ember)?)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
)
_NUMBER_WORDS = (
    "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|"
    "sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
)
_MASKS = (
    (re.compile(r"https?://\S+|www\.\S+"), " <url> "),
    (re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+"), " <email> "),
    (re.compile(r"[$€£¥]\s?\d[\d.,]*\s?(?:[kmb]\b|bn\b|million\b|billion\b)?"), " <amount> "),
    (re.compile(r"\b\d{4}-\d{2}-\d{2}(?:t[\d:.]+z?)?\b"), " <date> "),
    (
        re.compile(rf"\b(?:\d{{1,2}}\s+)?(?:{_MONTHS})\.?(?:\s+\d{{1,2}}(?:,?\s+\d{{4}})?)?\b"),
        " <date> ",
    ),
    (re.compile(r"\b(?=\w*\d)(?=\w*[a-z_])\w{3,}\b"), " <id> "),
    (re.compile(r"\b\d[\d.,]*%?"), " <number> "),
    (re.compile(rf"\b(?:{_NUMBER_WORDS})\b"), " <number> "),
)


def leaf_texts(value: Any, *, sort_keys: bool = True) -> Iterator[str]:
    """Yield the text of every string and number of a JSON value, its keys left out.

    In canonical key order, or, without `sort_keys`, in the order of the document.
    """
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            yield item
        elif isinstance(item, dict):
            keys = sorted(item) if sort_keys else list(item)
            waiting.extend(item[key] for key in reversed(keys))
        elif isinstance(item, list | tuple):
            waiting.extend(reversed(item))
        elif item is not None and not isinstance(item, bool):
            yield str(item)


def fold(text: str) -> str:
    """Return the text in NFKC, case folded, without zero-width characters and combining marks."""
    if text.isascii():
        return text.casefold()
    kept = _NOT_ASCII.sub(_drop_marks, unicodedata.normalize("NFKD", text))
    return unicodedata.normalize("NFKC", kept).casefold()


def words(text: str) -> list[str]:
    """Return the folded words of a text."""
    return _WORD.findall(fold(text))


def mask(text: str, names: Iterable[str] = ()) -> str:
    """Return the folded text with ids, amounts, dates, numbers and the given names replaced.

    Two texts with an equal mask differ only in what a template would fill in.

    Args:
        names: Company, person and place names known from provenance; longest replaced first.
    """
    folded = fold(text)
    folded = _mask_names(folded, {fold(name) for name in names if name.strip()})
    for regex, replacement in _MASKS:
        folded = regex.sub(replacement, folded)
    return " ".join(re.findall(r"<\w+>|\w+", folded))


def _mask_names(text: str, names: set[str]) -> str:
    """Return the text with each name replaced, the leftmost first, and of those the longest.

    As a pattern would, but without one: names differ from task to task, and compiling a pattern
    for each costs more than all else that masking does.
    """
    found = sorted((start, -len(name)) for name in names for start in _word_starts(text, name))
    parts: list[str] = []
    end = 0
    for start, negative_length in found:
        if start >= end:
            parts += (text[end:start], " <name> ")
            end = start - negative_length
    return "".join((*parts, text[end:]))


def _word_starts(text: str, name: str) -> Iterator[int]:
    """Yield where a name stands in a text with no word character on either side."""
    start = text.find(name)
    while start >= 0:
        if not (
            _is_word(text[start - 1 : start])
            or _is_word(text[start + len(name) : start + len(name) + 1])
        ):
            yield start
        start = text.find(name, start + 1)


def _is_word(character: str) -> bool:
    return character.isalnum() or character == "_"


def _drop_marks(run: re.Match[str]) -> str:
    return "".join(c for c in run[0] if unicodedata.category(c) not in _DROPPED)

"""Can the expected arguments be read off the input? Every value must stand in it.

Text is compared without case and with `_` and `-` as blanks, numbers as numbers, dates also
where prose writes them out. A flag (true, false, null) is a decision and needs no evidence.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any

from benchwright.generators.redaction.dates import DateShift, dates_in, find_years
from benchwright.generators.traces.model import Action

_BREAKS = re.compile(r"[\s_\-–—]+")
_NUMBER = re.compile(r"(?<![\w.])\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?")
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_COUNTS = {
    word: number
    for number, word in enumerate(
        ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
    )
}


class Evidence:
    """Everything an input says, in a form that values can be looked up in.

    Args:
        texts: The texts of the input.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        parts = [unicodedata.normalize("NFKC", text) for text in texts]
        joined = "\n".join(parts)
        self._text = f" {plain(joined)} "
        self._numbers = {_number(match[0]) for match in _NUMBER.finditer(joined)}
        words = set(re.findall(r"[a-z]+", joined.casefold()))
        self._numbers.update(float(n) for word, n in _COUNTS.items() if word in words)
        self._joined = joined

    @cached_property
    def _dates(self) -> frozenset[str]:
        """Days that the prose names, in ISO form; one without a year is read in the first year."""
        years = sorted(set(find_years(self._joined)))
        shift = DateShift(days=0, year=years[0] if years else 2000, birth_days={})
        return frozenset(day.isoformat() for day in dates_in(self._joined, shift))

    def has(self, value: Any) -> bool:
        """Say whether the input states a value."""
        if isinstance(value, bool) or value is None:
            return True
        if isinstance(value, int | float):
            return float(value) in self._numbers
        text = plain(unicodedata.normalize("NFKC", str(value)))
        if not text or self._stands(text):
            return True
        if re.fullmatch(r"\d+(?:\.\d+)?", text) and float(text) in self._numbers:
            return True
        return _ISO_DAY.fullmatch(str(value)) is not None and value in self._dates

    def _stands(self, text: str) -> bool:
        position = self._text.find(text)
        while position >= 0:
            before, after = self._text[position - 1], self._text[position + len(text)]
            if not (before.isalnum() and text[0].isalnum()) and not (
                after.isalnum() and text[-1].isalnum()
            ):
                return True
            position = self._text.find(text, position + 1)
        return False

    def missing(self, actions: Iterable[Action], *, ignore: Iterable[str] = ()) -> list[str]:
        """Return where (tool and argument, never the value) the input says nothing of it."""
        ignored = frozenset(ignore)
        return [
            place
            for action in actions
            for place in self.missing_of(action.name, action.arguments, ignore=ignored)
        ]

    def missing_of(self, name: str, arguments: Any, *, ignore: frozenset[str]) -> list[str]:
        """Return where one call needs a value that the input says nothing of."""
        return [
            f"{name}.{where}"
            for where, value in scalars(arguments)
            if where.split(".")[0].split("[")[0] not in ignore and not self.has(value)
        ]


def scalars(value: Any, where: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the place and value of every scalar in a JSON value."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from scalars(item, f"{where}.{key}" if where else str(key))
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from scalars(item, f"{where}[{index}]")
    else:
        yield where, value


def plain(text: str) -> str:
    """Return a text case folded, with every run of blanks, `_` and dashes as one blank."""
    return _BREAKS.sub(" ", text.casefold()).strip()


def _number(text: str) -> float:
    return float(text.replace(",", ""))

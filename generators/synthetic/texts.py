"""Which texts of a task a model may word anew, and whether it kept their facts."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from benchwright.tasks import JsonObject
from benchwright.words import fold, words

MIN_WORDS = 6
_FACT = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|https?://\S+|\d[\d.,:/-]*\d|\d")
_NAME = re.compile(r"(?<![.!?:]\s)(?<!^)(?<![\w-])[A-Z][\w'-]+")


def prose(value: JsonObject, *, fixed: frozenset[str]) -> dict[str, str]:
    """Return the texts of an input that can be worded anew, by JSON pointer (RFC 6901).

    Args:
        value: The input of a task.
        fixed: Texts that belong to the pack, such as its house rules, and stay as they are.
    """
    return {
        pointer: text
        for pointer, text in _strings(value, "")
        if len(words(text)) >= MIN_WORDS and text not in fixed and not _is_json(text)
    }


def pack_texts(constants: Mapping[str, Any]) -> frozenset[str]:
    """Return every text that stands in a pack's constants."""
    return frozenset(text for _, text in _strings(constants, ""))


def lost_facts(before: str, after: str) -> tuple[str, ...]:
    """Return the numbers, dates, addresses and names of `before` that `after` lacks."""
    kept = fold(after)
    missing = [name for name in dict.fromkeys(_NAME.findall(before)) if fold(name) not in kept]
    counted = Counter(_facts(before)) - Counter(_facts(after))
    return (*sorted(counted), *missing)


def added_facts(after: str, *, known: frozenset[str]) -> tuple[str, ...]:
    """Return the numbers, dates and addresses of `after` that are not known."""
    return tuple(sorted({fact for fact in _facts(after) if fact not in known}))


def known_facts(value: Any) -> frozenset[str]:
    """Return every number, date and address of a JSON value."""
    return frozenset(fact for _, text in _strings(value, "", numbers=True) for fact in _facts(text))


def with_texts(value: JsonObject, texts: Mapping[str, str]) -> JsonObject:
    """Return a copy of a JSON object with the strings at these pointers replaced."""
    replaced = _replaced(value, "", texts)
    assert isinstance(replaced, dict)  # noqa: S101 - a dict stays one
    return replaced


def shape(value: Any) -> Any:
    """Return a JSON value with its strings replaced by a description, to show the form alone."""
    if isinstance(value, dict):
        return {key: shape(item) for key, item in value.items()}
    if isinstance(value, list):
        return [shape(item) for item in value]
    return "text" if isinstance(value, str) else type(value).__name__


def _facts(text: str) -> list[str]:
    return [fold(found).rstrip(".,:/-") for found in _FACT.findall(text)]


def _strings(value: Any, pointer: str, *, numbers: bool = False) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield pointer, value
    elif isinstance(value, Mapping):
        for key in sorted(value):
            step = str(key).replace("~", "~0").replace("/", "~1")
            yield from _strings(value[key], f"{pointer}/{step}", numbers=numbers)
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from _strings(item, f"{pointer}/{index}", numbers=numbers)
    elif numbers and isinstance(value, int | float) and not isinstance(value, bool):
        yield pointer, str(value)


def _replaced(value: Any, pointer: str, texts: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return texts.get(pointer, value)
    if isinstance(value, dict):
        return {
            key: _replaced(item, f"{pointer}/{key.replace('~', '~0').replace('/', '~1')}", texts)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [_replaced(item, f"{pointer}/{index}", texts) for index, item in enumerate(value)]
    return value


def _is_json(text: str) -> bool:
    return text.lstrip()[:1] in ("{", "[")

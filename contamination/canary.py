"""Does a canary of the benchmark stand in a training record?

A canary is a GUID, or another long text, that the benchmark's authors write into every file of it,
so that whoever finds it in a corpus knows that the benchmark is there. It is looked for in every
value and every key of a record, after folding and without what separates its parts. Two splits of
one benchmark carry it both, in a field of its own: that field says nothing, the rest of the record
does, unless the canary is stated.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from benchwright.contamination.detector import excerpt
from benchwright.contamination.inspection import Inspection, Trial, alone
from benchwright.contamination.items import Item
from benchwright.contamination.normaliser import NORMALISER, tokens
from benchwright.errors import ConfigError, Place
from benchwright.tasks import JsonObject
from benchwright.verdicts import Excerpt, Match

MIN_CANARY_CHARACTERS = 16
"""Letters and digits of a canary; a shorter text stands in a corpus by chance."""
_GUID = re.compile(r"[0-9a-fA-F]{8}(?:-?[0-9a-fA-F]{4}){3}-?[0-9a-fA-F]{12}")


@dataclass(frozen=True, slots=True, kw_only=True)
class CanaryInspector:
    """Finds the stated canaries, and those that the test items carry in a mapped field."""

    stated: tuple[str, ...] = ()
    name: str = "canary"

    def __post_init__(self) -> None:
        for text in self.stated:
            if len(_compact(text)) < MIN_CANARY_CHARACTERS:
                raise ConfigError(
                    f"canary {text!r} has under {MIN_CANARY_CHARACTERS} letters and digits",
                    fix="give the GUID of the benchmark",
                )

    def params(self) -> JsonObject:
        """Return the parameters that are used."""
        return {
            "canaries": list(self.stated),
            "min_characters": MIN_CANARY_CHARACTERS,
            "normaliser": NORMALISER,
        }

    def inspect(self, test: Sequence[Item], train: Sequence[Item], *, seed: int) -> Inspection:
        """Look for every canary in every training record."""
        canaries = _canaries((*self.stated, *(text for item in test for text in item.canaries)))
        if not canaries:
            return Inspection(
                comparable=0, lacks="no canary is given (--canary GUID, --map test.canary=FIELD)"
            )
        if not train:
            return Inspection(comparable=0, lacks="the training side has no record")
        stated = _canaries(self.stated)
        matches = [match for item in train for match in _matches(item, canaries, stated)]
        own = sum(_carries(item, canaries) for item in train) if not stated else 0
        return Inspection(
            comparable=len(train) if matches else len(train) - own,
            matches=tuple(matches),
            lacks=f"{own} training records carry the canary in a field of its own, as the test "
            "records do: splits of one benchmark"
            if own
            else None,
            trials=tuple(trial for name in canaries for trial in _trials(name, canaries[name])),
        )


def _canaries(texts: Iterable[str]) -> dict[str, str]:
    """Return the compact form of every canary by its name: the GUID in it, or else all of it."""
    named: dict[str, str] = {}
    for text in texts:
        found = _GUID.findall(text) or [text]
        named.update((name, _compact(name)) for name in found)
    return {name: key for name, key in named.items() if len(key) >= MIN_CANARY_CHARACTERS}


def _compact(text: str) -> str:
    return "".join(token.text for token in tokens(text))


def _matches(item: Item, canaries: dict[str, str], stated: Collection[str] = ()) -> Iterator[Match]:
    for text in _texts(item.record):
        compact = _compact(text)
        for name, key in canaries.items():
            if key in compact and (name in stated or text not in item.canaries):
                span = _place(text, compact.index(key), len(key))
                yield alone(
                    train_id=item.id,
                    evidence=excerpt(text[slice(*span)]),
                    text=Excerpt(text=text, spans=(span,)),
                    details={"canary": name},
                )


def _carries(item: Item, canaries: dict[str, str]) -> bool:
    return any(_canaries((text,)).keys() & canaries.keys() for text in item.canaries)


def _place(text: str, start: int, length: int) -> tuple[int, int]:
    """Return the code points of the tokens that hold a stretch of the compact text."""
    at, first, last = 0, None, 0
    for token in tokens(text):
        if first is None and at + len(token.text) > start:
            first = token.start
        at += len(token.text)
        last = token.end
        if at >= start + length:
            break
    return first or 0, last


def _texts(value: Any) -> Iterator[str]:
    """Yield every key and every value of a record, as text."""
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            waiting += [part for pair in reversed(item.items()) for part in reversed(pair)]
        elif isinstance(item, list | tuple):
            waiting += reversed(item)
        elif item is not None and not isinstance(item, bool):
            yield str(item)


def _trials(name: str, key: str) -> Iterator[Trial]:
    """Plant a canary in a value, in a key and without hyphens, each beside one that differs."""
    other = f"{key[:-1]}{'1' if key.endswith('0') else '0'}"
    kinds: dict[str, tuple[Any, Any]] = {
        "canary": ({"text": f"so: {name.upper()}."}, {"text": f"so: {other}."}),
        "canary_without_hyphens": ({"text": f"x {key} y"}, {"text": f"x {other} y"}),
        "canary_in_key": ({name: 1}, {other: 1}),
    }
    for kind, records in kinds.items():
        items = (Item(id=kind, place=Place(), input=None, record=record) for record in records)
        is_met, is_fooled = (any(_matches(item, {name: key})) for item in items)
        yield Trial(kind=kind, found=is_met and not is_fooled)

"""Do the fields of a task agree with one another? Dates, confidences, names, ids and actions.

Each function yields what is wrong, in words, and is silent where a task has no such field.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from benchwright.judges.agents import recipient_name
from benchwright.judges.checks.base import leaves, main_text
from benchwright.tasks import JsonObject
from benchwright.words import leaf_texts

_SHAPE = re.compile(r"\d\d\d\d-\d\d-\d\d")
_DAY = re.compile(r"(?<![\w/-])(?:19|20)\d\d-\d\d-\d\d(?![0-9A-SU-Za-su-z_-])")
_OBSERVED = re.compile(
    r"(?:\A|_)(?:[a-z]+ed|seen|sent|found|given|told|written)_(?:on|at)\Z|\Aas_of\Z"
)
_NOT_YET = frozenset(
    ("planned", "scheduled", "proposed", "expected", "requested", "needed", "booked")
)
_LEAST_HIGH, _MOST_LOW = 0.5, 0.6
_GREETING = re.compile(
    r"\A\s*(?:hi|hello|hey|dear|good (?:morning|afternoon|evening))[ ,]+"
    r"((?:[^\W\d_][\w.'’-]*)(?: [^\W\d_][\w.'’-]*){0,4})\s*[,!:.\n]",
    re.I,
)
_TITLES = frozenset(("mr", "mrs", "ms", "dr", "prof", "professor", "herr", "frau"))
_ID = re.compile(r"(?=\S*\d)(?=\S*[^\W\d_])[\w#@.:/+-]{4,80}\Z")
_OWED_ACTIONS = ("unmet_actions", "remaining_actions")


def impossible_dates(values: Mapping[str, JsonObject]) -> Iterator[str]:
    """Yield every ISO date that is no day of the calendar; `values` by the name of the part."""
    for name, value in values.items():
        shaped = dict.fromkeys(_SHAPE.findall("\n".join(leaf_texts(value, sort_keys=False))))
        if all(map(_day, shaped)):
            continue
        for path, leaf in leaves(value):
            for found in _DAY.finditer(leaf) if isinstance(leaf, str) else ():
                if _day(found[0]) is None:
                    yield f"{found[0]} in {_pointer(name, path)} is no day of the calendar"


def dates_after_today(input: JsonObject) -> Iterator[str]:
    """Yield every observation that is dated after the day the input calls today."""
    today = _day(input.get("today"))
    if today is None:
        return
    for path, fields in _objects(input):
        for key, leaf in fields.items():
            if not isinstance(leaf, str) or not _is_observation(key):
                continue
            day = _day(leaf)
            if day is not None and day > today:
                yield f"{day} in {_pointer('input', (*path, key))} is after today, {today}"


def confidences_at_odds(input: JsonObject) -> Iterator[str]:
    """Yield every label `x` of high or low that its sibling `x_score` (0 to 1) contradicts."""
    for path, fields in _objects(input):
        for key, label in fields.items():
            if label not in ("high", "low"):
                continue
            score = fields.get(f"{key}_score")
            if not isinstance(score, int | float) or isinstance(score, bool):
                continue
            if score < _LEAST_HIGH if label == "high" else score > _MOST_LOW:
                where = _pointer("input", (*path, key))
                yield f"{where} is {label!r} but its score is {score}"


def greets_another(input: JsonObject, reference: JsonObject) -> Iterator[str]:
    """Yield the name in the greeting of the reference that is not the recipient's."""
    recipient = recipient_name(input)
    found = _GREETING.match(main_text(reference).view.raw)
    if recipient is None or found is None:
        return
    known = {part.strip(".").casefold() for part in re.split(r"[\s-]+", recipient)}
    greeted = [part.strip(".") for part in re.split(r"[\s-]+", found[1])]
    names = [part for part in greeted if part[:1].isupper() and part.casefold() not in _TITLES]
    if names and not any(part.casefold() in known for part in names):
        yield f"the reference greets {' '.join(names)!r}, the recipient is {recipient!r}"


def ids_from_nowhere(input_texts: Iterable[str], reference: JsonObject) -> Iterator[str]:
    """Yield every id among the arguments of the reference's actions that the input lacks."""
    actions = reference.get("actions")
    if not isinstance(actions, list):
        return
    known: str | None = None
    for path, leaf in leaves(actions):
        if "arguments" not in path or not isinstance(leaf, str) or not _ID.match(leaf):
            continue
        if _DAY.match(leaf):
            continue
        if known is None:
            known = "\n".join(input_texts).casefold()
        if leaf.casefold() not in known:
            yield f"{leaf!r} in {_pointer('reference', ('actions', *path))} is not in the input"


def owed_actions_missing(expected: JsonObject, reference: JsonObject) -> Iterator[str]:
    """Yield every action that `expected` calls unmet or remaining and the reference leaves out."""
    actions = reference.get("actions")
    taken = actions if isinstance(actions, list) else []
    for key in _OWED_ACTIONS:
        owed = expected.get(key)
        for index, action in enumerate(owed if isinstance(owed, list) else []):
            if action not in taken:
                yield f"expected/{key}/{index} is not among the actions of the reference"


def _objects(value: JsonObject) -> Iterator[tuple[tuple[str, ...], JsonObject]]:
    """Yield every object inside a JSON object with its path, in the order of the document."""
    waiting: list[tuple[tuple[str, ...], Any]] = [((), value)]
    while waiting:
        path, item = waiting.pop()
        if isinstance(item, dict):
            yield path, item
        inner = item.items() if isinstance(item, dict) else enumerate(item)
        waiting.extend(
            [((*path, str(step)), one) for step, one in inner if isinstance(one, dict | list)][::-1]
        )


@lru_cache(maxsize=1024)
def _is_observation(key: str) -> bool:
    return _OBSERVED.search(key) is not None and not _NOT_YET & set(key.split("_"))


def _day(value: Any) -> date | None:
    if not isinstance(value, str):
        return None
    try:
        return date.fromisoformat(value[:10])
    except ValueError:
        return None


def _pointer(name: str, path: tuple[str, ...]) -> str:
    return "/".join((name, *path))

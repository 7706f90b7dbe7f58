"""What is a mutant? A good task with one thing changed, and the place of the change.

Operators are pure: the same task, generator and other tasks give the same mutant.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from benchwright.judges.checks.base import main_text
from benchwright.judges.judge import Dimension
from benchwright.tasks import JsonObject, Task

Path = tuple[str | int, ...]
NAME = re.compile(r"\b[A-Z][a-z]{3,}(?: [A-Z][a-z]{2,})?\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """A changed task, the field that was changed, and how."""

    task: Task
    field: str
    change: str


Apply = Callable[[Task, Random, Sequence[Task]], Mutant | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """One way to change a task.

    Attributes:
        name: As reports and claims show it.
        dimension: What a judge should mark down; None for a benign control.
        defect: What is wrong with the mutant, or why nothing is.
        apply: Returns the mutant of a task, or None where it cannot act on it. It is given a
            seeded generator and the other tasks.
    """

    name: str
    dimension: Dimension | None
    defect: str
    apply: Apply


def mutant(task: Task, field: str, change: str, **fields: Any) -> Mutant:
    """Return a task with some fields replaced and its id computed anew."""
    values = {name: getattr(task, name) for name in Task.model_fields if name != "id"}
    return Mutant(task=Task.create(**{**values, **fields}), field=field, change=change)


def nodes(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yield the path and value of everything inside a JSON value, outermost first."""
    if path:
        yield path, value
    if isinstance(value, dict):
        for key in sorted(value):
            yield from nodes(value[key], (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from nodes(item, (*path, index))


def texts_in(value: Any) -> list[tuple[Path, str]]:
    """Return the path and text of every string leaf."""
    return [(path, leaf) for path, leaf in nodes(value) if isinstance(leaf, str)]


def numbers_in(value: Any) -> list[tuple[Path, int | float]]:
    """Return the path and value of every number leaf other than 0."""
    return [
        (path, leaf)
        for path, leaf in nodes(value)
        if isinstance(leaf, int | float) and not isinstance(leaf, bool) and leaf
    ]


def put(value: Any, path: Path, new: Any) -> Any:
    """Return a JSON value with the value at a path replaced."""
    if not path:
        return new
    step, rest = path[0], path[1:]
    if isinstance(value, dict):
        return {key: put(item, rest, new) if key == step else item for key, item in value.items()}
    return [put(item, rest, new) if index == step else item for index, item in enumerate(value)]


def without(value: Any, unwanted: Callable[[Any], bool]) -> Any:
    """Return a JSON value without the leaves that are unwanted, nor their keys."""
    if isinstance(value, dict):
        kept = {key: item for key, item in value.items() if _stays(item, unwanted)}
        return {key: without(item, unwanted) for key, item in kept.items()}
    if isinstance(value, list):
        return [without(item, unwanted) for item in value if _stays(item, unwanted)]
    return value


def replace_text(value: Any, change: Callable[[str], str]) -> Any:
    """Return a JSON value with every string leaf changed; keys stay."""
    if isinstance(value, dict):
        return {key: replace_text(item, change) for key, item in value.items()}
    if isinstance(value, list):
        return [replace_text(item, change) for item in value]
    return change(value) if isinstance(value, str) else value


def main_field(output: JsonObject) -> str:
    """Return the key of an output's main text."""
    return main_text(output).pointer[1:]


def prose(task: Task) -> str:
    """Return the main text of a task's reference, empty if it has none."""
    text = task.reference.get(main_field(task.reference), "")
    return text if isinstance(text, str) else ""


def pointer(part: str, path: Path) -> str:
    """Return the JSON pointer of a path inside a part of the task."""
    return "/".join(("", part, *map(str, path)))


def _stays(item: Any, unwanted: Callable[[Any], bool]) -> bool:
    return isinstance(item, dict | list) or not unwanted(item)

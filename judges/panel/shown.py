"""What a judge sees of a task: its content, in one plain style, and nothing about its origin.

Author, mode, models, parents, tags, candidates and other scores stay out: a judge prefers its kin,
and what it recognises them by is format and style (Li et al. 2025, arXiv:2502.01534). The text is
untrusted; its marker is derived from its own hash, so that no text can hold its own marker.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from benchwright.canonical import sha256_hex
from benchwright.tasks import JsonObject, Task

_FOLDED = str.maketrans(
    {
        **dict.fromkeys("\u2018\u2019\u201a\u2032", "'"),
        **dict.fromkeys("\u201c\u201d\u201e\u2033", '"'),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
        "\u2026": "...",
    }
)
_BULLET = re.compile(r"^[ \t]*[*+\u2022\u25aa\u25cf\u2023][ \t]+", re.MULTILINE)
_HEADING = re.compile(r"^#{1,6}[ \t]+", re.MULTILINE)
_STRONG = re.compile(r"\*\*([^*\n]+)\*\*")
_DROPPED = {"Cf", "Co", "Cs"}
_FIRST_PICTOGRAPH = "\u2600"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A task as judges see it.

    Attributes:
        task_id: Its id, for the ledger; it is not in the text.
        cell: Its dimension, likewise.
        text: What is shown.
    """

    task_id: str
    cell: str
    text: str

    @property
    def marker(self) -> str:
        """The line that stands before and after the text."""
        return f"=====TASK-{sha256_hex(self.text)[:24]}====="

    def quotes(self, quote: str) -> bool:
        """Say whether a quote stands in the text; white space and style do not count."""
        sought = _one_line(normalise_style(quote))
        return bool(sought) and sought in _one_line(self.text)


def show(task: Task) -> Shown:
    """Return what judges see of a task."""
    parts = shown_parts(task)
    lines = [line for name, value in parts.items() for line in _lines(name, value, "")]
    return Shown(task_id=task.id, cell=task.dimension, text="\n".join(lines))


def shown_parts(task: Task) -> JsonObject:
    """Return the parts of a task that a judge or a labelling person may see, as they stand."""
    rubric = {
        "pass_score": task.rubric.pass_score,
        "checks": [
            {
                "check": check.kind,
                "parameters": check.params,
                "weight": check.weight,
                "fails_alone": check.critical,
            }
            for check in task.rubric.checks
        ],
    }
    return {
        "tests": task.dimension,
        "input": task.input,
        "reference": task.reference,
        "expected": task.expected,
        "rubric": rubric,
    }


def normalise_style(text: str) -> str:
    """Return a text in one style: plain quotes, dashes and bullets, no emphasis, no pictographs."""
    text = unicodedata.normalize("NFKC", text).translate(_FOLDED)
    text = "".join(c for c in text if not _is_decoration(c))
    text = _STRONG.sub(r"\1", _HEADING.sub("", _BULLET.sub("- ", text)))
    kept = (" ".join(line.split()) for line in text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()


def printable(text: str) -> str:
    """Return text that can be written as UTF-8: half characters are replaced."""
    return text.encode("utf-8", errors="replace").decode()


def _is_decoration(character: str) -> bool:
    category = unicodedata.category(character)
    return category in _DROPPED or (category == "So" and character >= _FIRST_PICTOGRAPH)


def _lines(name: str, value: Any, indent: str) -> Iterator[str]:
    if isinstance(value, dict) and value:
        yield f"{indent}{name}:"
        for key in sorted(value):
            yield from _lines(normalise_style(key), value[key], indent + "  ")
    elif isinstance(value, list | tuple) and value:
        yield f"{indent}{name}:"
        for item in value:
            yield from _lines("-", item, indent + "  ")
    else:
        text = normalise_style(value) if isinstance(value, str) else _plain(value)
        joint = " " if name == "-" else ": "
        yield f"{indent}{name}{joint}" + text.replace("\n", f"\n{indent}  ")


def _plain(value: Any) -> str:
    if value is None or value in ({}, [], ()):
        return "none"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _one_line(text: str) -> str:
    return " ".join(text.split())

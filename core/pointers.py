"""Follow a JSON pointer into a source document, whole or torn, so that provenance can be proved.

A document is one JSON value. For JSON Lines the root is the list of lines: the first step of a
pointer is the 0-based number of the line, blank and broken lines counted. A JSON list that was
cut off is read up to the break, and its complete items keep their places.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchwright.errors import InputError, Place
from benchwright.files import (
    LONG_NUMBER,
    MAX_LINE_BYTES,
    BadLine,
    Line,
    open_bytes,
    read_document,
    read_lines,
    read_text,
    readable,
)

_SPACE = re.compile(r"[ \t\r\n]*")
_INDEX = re.compile(r"0|[1-9][0-9]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One item of a JSON list, its 0-based index and the 1-based line it begins on."""

    index: int
    line: int
    value: Any


def is_lines(path: Path) -> bool:
    """Say whether a file holds one JSON value a line, rather than one document.

    It does if its name ends in `.jsonl` or `.ndjson` (before `.gz` or `.zst`), or if its first
    line that is not blank is a whole JSON object and another one follows.
    """
    names = [suffix for suffix in path.suffixes if suffix not in (".gz", ".zst")]
    if names and names[-1] in (".jsonl", ".ndjson"):
        return True
    with readable(path), open_bytes(path) as stream:
        whole: list[bytes] = []
        while len(whole) < 2 and (raw := stream.readline(MAX_LINE_BYTES)):
            if raw.strip():
                whole.append(raw)
    return (
        len(whole) == 2
        and all(raw.lstrip().startswith(b"{") for raw in whole)
        and _parses(whole[0])
    )


def read_items(path: Path) -> Iterator[Item | BadLine]:
    """Yield every item of a JSON list; where the list is torn, what is wrong comes last.

    Raises:
        InputError: If the file is empty, above 128 MiB, not UTF-8, or does not begin a list.
    """
    text = read_text(path)
    place = Place(file=str(path), line=1)
    position = _skip_space(text, 0)
    if text[position : position + 1] != "[":
        raise InputError("not a JSON list", fix="give a file that begins with [", place=place)
    position = _skip_space(text, position + 1)
    yield from _read_items(text, position, path)


def _read_items(text: str, position: int, path: Path) -> Iterator[Item | BadLine]:
    decoder = json.JSONDecoder()
    counted, line, index = 0, 1, 0
    while text[position : position + 1] != "]" or index:
        line += text.count("\n", counted, position)
        counted = position
        try:
            value, position = decoder.raw_decode(text, position)
        except (ValueError, RecursionError) as error:
            yield BadLine(place=Place(file=str(path), line=line), reason=_torn(error, index, text))
            return
        yield Item(index=index, line=line, value=value)
        position = _skip_space(text, position)
        if text[position : position + 1] == "]":
            break
        if text[position : position + 1] != ",":
            line += text.count("\n", counted, position)
            reason = f"the list has no end after item {index}; the file may be cut off"
            yield BadLine(place=Place(file=str(path), line=line), reason=reason)
            return
        index, position = index + 1, _skip_space(text, position + 1)
    rest = _skip_space(text, position + 1)
    if rest < len(text):
        line = text.count("\n", 0, rest) + 1
        place = Place(file=str(path), line=line)
        yield BadLine(place=place, reason="text after the end of the list")


def _torn(error: Exception, index: int, text: str) -> str:
    if isinstance(error, json.JSONDecodeError):
        cut = "; the file may be cut off" if not text.rstrip().endswith("]") else ""
        return f"item {index} of the list is not JSON: {error.msg} at character {error.pos}{cut}"
    if isinstance(error, ValueError):
        return f"item {index} of the list holds {LONG_NUMBER}"
    return f"item {index} of the list is nested too deeply to read"


class PointedFile:
    """A source file held in memory while its pointers are followed."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._root = _read_root(path)

    def resolve(self, pointer: str) -> Any:
        """Return the value a JSON pointer names.

        Raises:
            InputError: If the pointer is malformed or names nothing in this file.

        Source: RFC 6901.
        """
        if pointer and not pointer.startswith("/"):
            raise self._error(pointer, "a JSON pointer begins with /")
        value = self._root
        for step in pointer.split("/")[1:]:
            key = step.replace("~1", "/").replace("~0", "~")
            if isinstance(value, dict) and key in value:
                value = value[key]
            elif isinstance(value, list) and _INDEX.fullmatch(key) and int(key) < len(value):
                value = value[int(key)]
            else:
                raise self._error(pointer, f"nothing stands at {step!r}")
        return value

    def _error(self, pointer: str, reason: str) -> InputError:
        return InputError(
            f"pointer {pointer!r} does not resolve: {reason}",
            fix="use the source file the pointer was made from",
            place=Place(file=str(self.path), field=pointer),
        )


def resolve_pointer(path: Path, pointer: str) -> Any:
    """Return the value a JSON pointer names in a file; use `PointedFile` for many pointers.

    Raises:
        InputError: If the file cannot be read or the pointer names nothing in it.
    """
    return PointedFile(path).resolve(pointer)


def pointer_to(*steps: str | int) -> str:
    """Return the JSON pointer of the given steps."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)


def _read_root(path: Path) -> Any:
    if is_lines(path):
        lines = (line for line in read_lines(path) if isinstance(line, Line))
        return {str(line.number - 1): line.value for line in lines}
    text = read_text(path)
    if text.lstrip().startswith("["):
        return [item.value for item in read_items(path) if isinstance(item, Item)]
    return read_document(path)


def _skip_space(text: str, position: int) -> int:
    match = _SPACE.match(text, position)
    return match.end() if match else position


def _parses(raw: bytes) -> bool:
    try:
        return isinstance(json.loads(raw), dict)
    except (ValueError, RecursionError):
        return False

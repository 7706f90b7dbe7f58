"""Read a hand-written task, and say with rule and line what keeps it from being one.

Everything that is wrong is collected; what an earlier rule took the ground from is not asked.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from benchwright.errors import ConfigError, InputError, nearest
from benchwright.files import read_text
from benchwright.generators.adversarial import plainyaml
from benchwright.generators.adversarial.document import BLOCKS, Document, FrontMatter
from benchwright.generators.adversarial.markdown import (
    Block,
    Parts,
    attributes,
    is_mail,
    read_mail,
    take_apart,
)
from benchwright.generators.adversarial.rules import Found
from benchwright.tasks import Candidate, JsonObject
from benchwright.yamlfile import FieldPath, known_keys, line_of

MAX_FILE_BYTES = 2**20
_ATTRIBUTES = ("check", "dimension", "why")
_ONCE = ("input", "reference")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadBlock:
    """A block, its value, and the line of each of its fields."""

    block: Block
    value: JsonObject
    lines: dict[FieldPath, int]

    def line_of_text(self, text: str) -> int:
        """Return the line of the block on which a text stands, or its opening line."""
        first = text.strip().split("\n")[0]
        for number, line in enumerate(self.block.text.split("\n"), self.block.line + 1):
            if first and first in line:
                return number
        return self.block.line


@dataclass(slots=True, kw_only=True)
class Reading:
    """A file as far as it could be read.

    Attributes:
        document: None if something keeps the file from being a task at all.
        head_lines: Line of each field of the front matter.
        outputs: The blocks of `document.outputs`, in their order.
    """

    path: Path
    found: Found
    document: Document | None = None
    head: FrontMatter | None = None
    head_lines: dict[FieldPath, int] = field(default_factory=dict)
    blocks: dict[str, ReadBlock] = field(default_factory=dict)
    outputs: list[ReadBlock] = field(default_factory=list)

    def head_line(self, *at: str | int) -> int:
        """Return the line of a field of the front matter, or the first."""
        return line_of(at, self.head_lines) or 1

    def block_line(self, kind: str) -> int:
        """Return the line on which a block opens, or the first."""
        return self.blocks[kind].block.line if kind in self.blocks else 1


def read_file(path: Path) -> Reading:
    """Read one file; what is wrong with it stands in `found`.

    Raises:
        InputError: If there is no such file, or it is no UTF-8 text of at most 1 MiB.
    """
    if path.is_file() and path.stat().st_size > MAX_FILE_BYTES:
        raise InputError(
            f"{path} has more than {MAX_FILE_BYTES // 2**20} MiB", fix="write one task a file"
        )
    return read_markdown(read_text(path), path)


def read_document(path: Path) -> Document:
    """Return the document of a file.

    Raises:
        InputError: With everything that keeps it from being one.
    """
    reading = read_file(path)
    if reading.document is None:
        problems = (
            f"{one.file}:{one.line}: {one.rule} {one.message}" for one in reading.found.sorted()
        )
        raise InputError("\n".join(problems), fix="run `benchwright adversarial lint` on it")
    return reading.document


def read_markdown(text: str, path: Path) -> Reading:
    """Read the text of a file; `path` is for messages."""
    reading = Reading(path=path, found=Found(str(path), []))
    parts = take_apart(text.removeprefix("\ufeff"))
    reading.head = _head(parts, reading)
    candidates = _blocks(parts, reading)
    complete = reading.head is not None and all(kind in reading.blocks for kind in _ONCE)
    if complete and candidates is not None and reading.head is not None:
        reading.document = Document(
            head=reading.head,
            notes=parts.notes,
            input=reading.blocks["input"].value,
            reference=reading.blocks["reference"].value,
            outputs=tuple(candidates),
        )
    return reading


def _head(parts: Parts, reading: Reading) -> FrontMatter | None:
    found = reading.found
    if parts.head is None:
        found.add("A001", 1, "there is no front matter")
        return None
    if not parts.head_closed:
        found.add("A002", 1, "the front matter is not closed")
        return None
    try:
        value, reading.head_lines = plainyaml.load(parts.head, path=reading.path, first_line=2)
        values = plainyaml.as_object(value, path=reading.path, line=2, what="the front matter")
    except ConfigError as error:
        found.add("A003", _line(error, 2), error.message, error.fix)
        return None
    return _validated(values, reading)


def _validated(values: JsonObject, reading: Reading) -> FrontMatter | None:
    try:
        return FrontMatter.model_validate(values)
    except ValidationError as error:
        for detail in error.errors():
            at = tuple(detail["loc"])
            line = line_of(at, reading.head_lines) or 2
            name = ".".join(map(str, at)) or "front matter"
            if detail["type"] == "extra_forbidden":
                known = known_keys(FrontMatter, at[:-1])
                fix = nearest(str(at[-1]), known)
                reading.found.add("A004", line, f"unknown key {name!r}", fix)
            elif detail["type"] == "missing":
                reading.found.add("A005", line, f"{name!r} is missing")
            else:
                shown = repr(detail["input"])[:60]
                reason = detail["msg"].removeprefix("Value error, ")
                reading.found.add("A006", line, f"{name}: {reason} (got {shown})")
        return None


def _blocks(parts: Parts, reading: Reading) -> list[Candidate] | None:
    """Read every block; return the outputs with a label, or None if a block is not usable."""
    found = reading.found
    candidates: list[Candidate] = []
    usable = True
    for block in parts.blocks:
        if block.kind not in BLOCKS:
            shown = block.kind or "no kind"
            found.add("A015", block.line, f"a block of {shown!r}", nearest(block.kind, BLOCKS))
            usable = False
            continue
        if not block.is_closed:
            found.add("A017", block.line, f"the {block.kind} block is not closed")
        if block.kind in reading.blocks:
            found.add("A016", block.line, f"a second {block.kind} block")
            usable = False
            continue
        read = _value(block, reading)
        usable = usable and read is not None and block.is_closed
        if read is None or block.kind in _ONCE:
            if read is not None:
                reading.blocks[block.kind] = read
            continue
        candidate = _candidate(read, reading)
        if candidate is None:
            usable = False
        else:
            candidates.append(candidate)
            reading.outputs.append(read)
    for rule, kind in (("A018", "input"), ("A019", "reference")):
        if not any(block.kind == kind for block in parts.blocks):
            found.add(rule, parts.lines, f"there is no {kind} block")
    return candidates if usable else None


def _value(block: Block, reading: Reading) -> ReadBlock | None:
    if block.kind != "input" and is_mail(block.text):
        return ReadBlock(block=block, value=read_mail(block.text), lines={})
    try:
        value, lines = plainyaml.load(block.text, path=reading.path, first_line=block.line + 1)
    except ConfigError as error:
        message = error.message
        if block.text.startswith("Subject:"):
            message = f"an e-mail needs a blank line after its subject ({message})"
        reading.found.add("A021", _line(error, block.line), message, error.fix)
        return None
    if not isinstance(value, dict) or not value:
        kind = type(value).__name__
        reading.found.add("A022", block.line, f"the {block.kind} block holds a {kind}, no keys")
        return None
    for at in _nulls(value):
        line = line_of(at, lines) or block.line
        reading.found.add("A033", line, f"{'.'.join(map(str, at))} is null")
    return ReadBlock(block=block, value=value, lines=lines)


def _nulls(value: Any, at: FieldPath = ()) -> Iterator[FieldPath]:
    if value is None:
        yield at
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _nulls(item, (*at, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _nulls(item, (*at, index))


def _candidate(read: ReadBlock, reading: Reading) -> Candidate | None:
    block, found = read.block, reading.found
    stated = attributes(block.info)
    if stated is None:
        found.add("A024", block.line, f"the info line {block.info!r} cannot be read")
        return None
    for name in stated:
        if name not in _ATTRIBUTES:
            fix = nearest(name, _ATTRIBUTES)
            found.add("A024", block.line, f"a {block.kind} block has no {name!r}", fix)
            return None
    if "why" not in stated:
        found.add("A026", block.line, f"the {block.kind} block does not say why")
    if block.kind == "bad" and "check" not in stated:
        found.add("A025", block.line, "the bad block names no check")
    return Candidate(
        output=read.value,
        label="fail" if block.kind == "bad" else "pass",
        dimension=stated.get("dimension"),
        check=stated.get("check"),
        why=stated.get("why", ""),
    )


def _line(error: ConfigError, otherwise: int) -> int:
    return (error.place.line if error.place else None) or otherwise

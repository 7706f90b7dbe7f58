"""Hand-written files, opened: their text, their pack, the task they give, what is wrong."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from benchwright.errors import ConfigError, InputError, Place
from benchwright.files import file_sha256
from benchwright.generators.adversarial.check import check_blocks, check_head, has_stub
from benchwright.generators.adversarial.read import ReadBlock, Reading, read_file
from benchwright.generators.adversarial.tasks import base_checks, to_task
from benchwright.judges.gate import find_all
from benchwright.judges.rubric import validate_rubric
from benchwright.judges.scoring import Score, score_output, shape_problem
from benchwright.packs import Pack, load_pack
from benchwright.tasks import Task
from benchwright.yamlfile import FieldPath, line_of

SUFFIX = ".md"
_POINTER = re.compile(r"\b(input|reference|expected)((?:/[^\s/]+)+)")
_QUOTED = re.compile(r"'([^'\n]{2,})'|\"([^\"\n]{2,})\"")
_IN_REFERENCE = ("G001", "G003", "G004", "G006", "G016", "G017", "G018", "G019", "G020")


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskFile:
    """One file: pack and task are None where something keeps it from having them."""

    path: Path
    reading: Reading
    pack: Pack | None
    task: Task | None

    @property
    def is_twin(self) -> bool:
        """Whether the file is the benign twin of another."""
        return self.reading.head is not None and self.reading.head.twin_of is not None

    @property
    def is_sound(self) -> bool:
        """Whether the file gives a task with which nothing is wrong."""
        return self.task is not None and not self.reading.found.findings


class Shelf:
    """Opens files, each once, and loads their packs, each once."""

    def __init__(self, *, pack: Pack | None = None, created_at: datetime | None = None) -> None:
        self._pack = pack
        self._created_at = created_at
        self._files: dict[Path, TaskFile] = {}
        self._packs: dict[tuple[str, Path], Pack] = {}

    def open(self, path: Path) -> TaskFile:
        """Return a file and everything that is wrong with it alone.

        Raises:
            InputError: If there is no such file, or it is no UTF-8 text.
        """
        key = path.resolve()
        if key not in self._files:
            self._files[key] = self._opened(path)
        return self._files[key]

    def peek(self, path: Path) -> Task | None:
        """Return the task of a file without asking what is wrong; None for a twin or no task."""
        if (opened := self._files.get(path.resolve())) is not None:
            return None if opened.is_twin else opened.task
        reading = read_file(path)
        pack = (
            None if reading.document is None or reading.document.is_twin else self._pack_of(reading)
        )
        return None if pack is None else _task(reading, pack, self._created_at)

    def _opened(self, path: Path) -> TaskFile:
        reading = read_file(path)
        pack = self._pack_of(reading)
        task = None
        if pack is not None:
            check_head(reading, pack)
            check_blocks(reading, pack)
            task = _task(reading, pack, self._created_at)
        if task is not None and not has_stub([task.input, task.reference]):
            _gate(reading, task)
            _check_outputs(reading, task)
        return TaskFile(path=path, reading=reading, pack=pack, task=task)

    def _pack_of(self, reading: Reading) -> Pack | None:
        if reading.head is None:
            return None
        try:
            return self.pack(reading.head.pack, reading.path.parent)
        except ConfigError as error:
            reading.found.add("A008", reading.head_line("pack"), error.message, error.fix)
            return None

    def pack(self, name: str, base: Path) -> Pack:
        """Return a pack that has attack classes; the shelf's own where one was given.

        Raises:
            ConfigError: If it is not valid, has no such classes, or is not the shelf's.
        """
        key = (name, base.resolve() if name.startswith(".") else Path())
        if key not in self._packs:
            pack = load_pack(name, base=base)
            if self._pack is not None:
                if pack.root.resolve() != self._pack.root.resolve():
                    raise ConfigError(
                        f"the file is for pack {pack.name!r}, the config for {self._pack.name!r}",
                        fix="name the config's pack in the file, or keep it out of the config",
                    )
                pack = self._pack
            if pack.attacks is None:
                raise ConfigError(
                    f"pack {pack.name!r} has no adversarial.yaml",
                    fix="write one with the pack's attack classes, or name another pack",
                )
            self._packs[key] = pack
        return self._packs[key]


def find_files(paths: Iterable[Path]) -> list[Path]:
    """Return the Markdown files among the paths; a folder gives those in it, each once.

    Raises:
        InputError: If a path is neither.
    """
    found: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            inside = sorted(path.glob(f"*{SUFFIX}"))
            if not inside:
                raise InputError(
                    f"no {SUFFIX} file in the folder",
                    fix="write one with `benchwright adversarial new`",
                    place=Place(file=str(path)),
                )
            found.update(dict.fromkeys(inside))
        elif path.is_file() and path.suffix == SUFFIX:
            found[path] = None
        else:
            raise InputError(
                "not a Markdown file" if path.exists() else "no such file",
                fix=f"give a {SUFFIX} file or a folder of them",
                place=Place(file=str(path)),
            )
    return list(found)


def _task(reading: Reading, pack: Pack, created_at: datetime | None) -> Task | None:
    document = reading.document
    stop = {"A023", "A030", "A033"}
    if document is None or any(one.rule in stop for one in reading.found.findings):
        return None
    try:
        task = to_task(
            document,
            pack,
            source=reading.path.name,
            source_sha256=file_sha256(reading.path),
            created_at=created_at,
        )
        validate_rubric(task.rubric, Place(field="checks"))
    except ConfigError as error:
        at = re.search(r"checks\[(\d+)\]", error.place.field or "") if error.place else None
        index = int(at[1]) - _base_count(reading, pack) if at else 0
        line = reading.head_line("checks", max(index, 0))
        reading.found.add("A029", line, error.message, error.fix)
        return None
    return task


def _base_count(reading: Reading, pack: Pack) -> int:
    return len(base_checks(reading.document, pack)) if reading.document else 0


def _gate(reading: Reading, task: Task) -> None:
    """Add what the gate finds; nothing but placeholders while there are some."""
    try:
        found = find_all(task)
    except InputError as error:
        reading.found.add("A029", reading.head_line("checks"), error.message, error.fix)
        return
    stubs = [one for one in found if one.rule == "G005"]
    for one in stubs or found:
        refused = _refusals(task, one.reason) if one.rule == "G010" else ""
        line = _line_of(reading, one.rule, one.reason)
        reading.found.add(f"A1{one.rule[2:]}", line, f"{one.reason}{refused}")


def _refusals(task: Task, reason: str) -> str:
    """Return which checks refuse the good candidate that a finding of the gate names."""
    number = re.search(r"candidate (\d+)", reason)
    items = score_output(task, task.candidates[int(number[1])].output).items if number else ()
    said = [f"{item.kind} says {item.reason}" for item in items if item.status == "fail"]
    return f": {'; '.join(said)}" if said else ""


def _line_of(reading: Reading, rule: str, reason: str) -> int:
    """Return the line that a finding of the gate is about."""
    if rule in ("G009", "G010"):
        number = re.search(r"candidate (\d+)", reason)
        return reading.outputs[int(number[1])].block.line if number else 1
    if rule in ("G002", "G012"):
        return _line_of_check(reading, reason)
    pointed = _POINTER.search(reason)
    path: FieldPath = ()
    if pointed:
        path = tuple(int(p) if p.isdecimal() else p for p in pointed[2].split("/")[1:])
    if reason.startswith("expected") or (pointed and pointed[1] == "expected"):
        return reading.head_line("expected", *path)
    in_reference = rule in _IN_REFERENCE or reason.startswith("reference")
    read = reading.blocks["reference" if in_reference else "input"]
    found = line_of(path, read.lines) if path else None
    return found or _line_of_evidence(reason, read)


def _line_of_evidence(reason: str, read: ReadBlock) -> int:
    quoted = [one or other for one, other in _QUOTED.findall(reason)]
    lines = (read.line_of_text(text) for text in sorted(quoted, key=len, reverse=True))
    return next((line for line in lines if line != read.block.line), read.block.line)


def _line_of_check(reading: Reading, reason: str) -> int:
    quoted = _QUOTED.search(reason)
    kind = (quoted[1] or quoted[2]) if quoted else ""
    checks = reading.head.checks if reading.head else ()
    own = [index for index, check in enumerate(checks) if check.kind == kind]
    return reading.head_line("checks", own[-1]) if own else reading.head_line("checks")


def _check_outputs(reading: Reading, task: Task) -> None:
    """Add the bad outputs that do not fail the check that they name."""
    if any(one.rule == "A029" for one in reading.found.findings):
        return
    for read, output in zip(reading.outputs, task.candidates, strict=True):
        if output.label == "pass" or output.check is None:
            continue
        if shape_problem(output.output, task.reference) or has_stub(output.output):
            continue
        kinds = [check.kind for check in task.rubric.checks]
        if output.check in kinds and not fails(score_output(task, output.output), output.check):
            message = f"the bad output does not fail {output.check!r}"
            reading.found.add("A045", read.block.line, message)


def fails(score: Score, kind: str) -> bool:
    """Say whether a check of this kind refused the output."""
    return any(item.kind == kind and item.status == "fail" for item in score.items)

"""Write drafts: a new file, the twin of a file, the probes of a library."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from benchwright.errors import ConfigError, InputError, Place
from benchwright.files import read_text, write_text
from benchwright.generators.adversarial.draft import (
    TWIN_SUFFIX,
    Answers,
    new_document,
    read_change,
    twin_document,
)
from benchwright.generators.adversarial.markdown import to_markdown
from benchwright.generators.adversarial.probes import draft_of, read_probes
from benchwright.pipeline.adversarial_files import SUFFIX, Shelf, TaskFile
from benchwright.tasks import JsonObject

_FILE_NAME = re.compile(r"\w[\w.-]*\.md\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """Drafts that were written, and files that stood there already and were left alone."""

    probes: int
    written: tuple[Path, ...]
    kept: tuple[Path, ...]

    def to_values(self) -> JsonObject:
        """Return the report as JSON values."""
        return {
            "probes": self.probes,
            "written": [str(path) for path in self.written],
            "kept": [str(path) for path in self.kept],
        }


def write_new(path: Path, answers: Answers, shelf: Shelf) -> None:
    """Write a new file to fill in.

    Raises:
        ConfigError: If the file is there already, its name will not do, or an answer names
            nothing of the pack.
    """
    _refuse_name(path)
    pack = shelf.pack(answers.pack, path.parent)
    document = new_document(answers, pack, name=path.name.removesuffix(SUFFIX))
    write_text(path, to_markdown(document))


def write_twin(file: TaskFile, *, changes: Sequence[str], removed: Sequence[str]) -> Path:
    """Write the draft of a file's twin, and name it in the file if no twin is named yet.

    Returns:
        Where the twin is.

    Raises:
        ConfigError: If a pointer names nothing, or a file is there already.
        InputError: If the file is no task yet, or is itself a twin.
    """
    document, head = file.reading.document, file.reading.head
    if document is None or head is None or file.pack is None:
        raise InputError(
            "this is no task yet",
            fix="run `benchwright adversarial lint` on it first",
            place=Place(file=str(file.path)),
        )
    if head.twin_of:
        raise InputError(
            f"this is the twin of {head.twin_of}",
            fix="name the task, not its twin",
            place=Place(file=str(file.path)),
        )
    name = head.twin or f"{file.path.name.removesuffix(SUFFIX)}{TWIN_SUFFIX}"
    path = file.path.with_name(name)
    _refuse_name(path)
    twin = twin_document(
        document,
        file.pack,
        name=file.path.name,
        changes=dict(map(read_change, changes)),
        removed=removed,
    )
    write_text(path, to_markdown(twin))
    if head.twin is None:
        _name_twin(file.path, name)
    return path


def import_probes(
    library: Path, folder: Path, *, pack: str, author: str, on: date, shelf: Shelf
) -> ImportReport:
    """Write one draft for every probe of a library; what is there already stays as it is.

    Raises:
        InputError: If the library holds no probe.
    """
    loaded = shelf.pack(pack, folder)
    probes = list(read_probes(read_text(library)))
    if not probes:
        raise InputError(
            "there is no probe in it",
            fix="give Markdown with a heading such as `### P-001 — Title` for each probe",
            place=Place(file=str(library)),
        )
    written: list[Path] = []
    kept: list[Path] = []
    for probe in probes:
        path = folder / f"{probe.name}{SUFFIX}"
        if path.exists():
            kept.append(path)
            continue
        draft = draft_of(probe, loaded, pack_name=pack, author=author, on=on)
        write_text(path, to_markdown(draft))
        written.append(path)
    return ImportReport(probes=len(probes), written=tuple(written), kept=tuple(kept))


def _refuse_name(path: Path) -> None:
    if not _FILE_NAME.match(path.name):
        raise ConfigError(
            f"{path.name!r} is no name for a task",
            fix="use letters, digits, `_`, `-` and `.`, and end in .md",
        )
    if path.exists():
        raise ConfigError(
            f"{path} is there already", fix="name another file; nothing is overwritten"
        )


def _name_twin(path: Path, name: str) -> None:
    lines = read_text(path).split("\n")
    end = next(i for i, line in enumerate(lines[1:], 1) if line.rstrip() == "---")
    write_text(path, "\n".join([*lines[:end], f"twin: {name}", *lines[end:]]))

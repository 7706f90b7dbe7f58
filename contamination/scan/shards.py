"""Which files make up the corpus, and into which units of work are they cut?"""

import glob
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from benchwright.errors import InputError, Place

Format = Literal["lines", "text", "parquet"]
Packing = Literal["plain", "gz", "zst"]

_FORMATS: dict[str, Format] = {
    ".jsonl": "lines",
    ".ndjson": "lines",
    ".txt": "text",
    ".md": "text",
    ".parquet": "parquet",
}
ENDINGS = "  ".join((*_FORMATS, "and .gz or .zst after each but .parquet"))

UNIT_BYTES = 32 * 2**20
"""Bytes of a plain JSON Lines file that one thread takes at a time."""

PIECE_BYTES = 64 * 2**10
"""Bytes hashed at a time; a unit begins at a multiple of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shard:
    """One file of the corpus, as it was named, and what its name says it holds."""

    path: Path
    format: Format
    packing: Packing
    bytes: int

    @property
    def name(self) -> str:
        """Return the name that reports carry."""
        return str(self.path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """The shards in order of their names, and the files of folders that no reader reads."""

    shards: tuple[Shard, ...]
    not_scanned: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A part of a shard that one thread scans.

    For plain JSON Lines, the lines that begin in the bytes [begin, end); for Parquet, the row
    groups [begin, end); the whole shard otherwise.
    """

    shard: int
    number: int
    begin: int
    end: int


def find_shards(corpus: Sequence[str], *, without: Sequence[Path] = ()) -> Corpus:
    """Return the files that paths, folders and glob patterns name, each once.

    Args:
        corpus: Paths, folders (for all files below them) and glob patterns.
        without: Folders that are passed over inside a folder: what the scan itself writes.

    Raises:
        InputError: If a name matches nothing, or a file that was named has an ending that is not
            read.
    """
    found: dict[Path, Shard] = {}
    skipped: set[str] = set()
    for name in corpus:
        for path in _matches(name):
            if not path.is_dir():
                found.setdefault(path.resolve(), _shard(path))
                continue
            held = [
                p for p in sorted(path.rglob("*")) if p.is_file() and _is_visible(p, path, without)
            ]
            readable = [p for p in held if _kind(p) is not None]
            if not readable:
                raise _unreadable(path, "no file in the folder has an ending that is read")
            skipped.update(str(p) for p in held if _kind(p) is None)
            for file in readable:
                found.setdefault(file.resolve(), _shard(file))
    shards = sorted(found.values(), key=lambda shard: shard.name)
    return Corpus(shards=tuple(shards), not_scanned=tuple(sorted(skipped)))


def cut_units(shard: Shard, number: int, *, unit_bytes: int) -> Iterator[Unit]:
    """Yield the units of a shard, in order; a shard has at least one.

    Raises:
        InputError: If it is not a readable Parquet file.
    """
    size, step = 1, 1
    if shard.format == "parquet":
        from benchwright.contamination.scan.parquet import row_groups

        size = row_groups(shard.path)
    elif shard.format == "lines" and shard.packing == "plain":
        size, step = shard.bytes, -(-unit_bytes // PIECE_BYTES) * PIECE_BYTES
    for at, begin in enumerate(range(0, max(size, 1), step)):
        yield Unit(shard=number, number=at, begin=begin, end=min(begin + step, size))


def _matches(name: str) -> list[Path]:
    if Path(name).exists():
        return [Path(name)]
    # Path.glob takes no absolute pattern, which a user may well give.
    found = sorted(Path(match) for match in glob.glob(name, recursive=True))  # noqa: PTH207
    if not found:
        raise InputError(
            "no such file, and as a pattern it matches none",
            fix="check the path; quote a pattern so that the shell leaves it alone",
            place=Place(file=name),
        )
    return found


def _is_visible(path: Path, folder: Path, without: Sequence[Path]) -> bool:
    if any(part.startswith(".") for part in path.relative_to(folder).parts):
        return False
    resolved = path.resolve()
    return not any(resolved.is_relative_to(unwanted.resolve()) for unwanted in without)


def _kind(path: Path) -> tuple[Format, Packing] | None:
    suffixes = path.suffixes
    if suffixes and suffixes[-1] == ".parquet":
        return "parquet", "plain"
    packing: Packing = "plain"
    if suffixes[-1:] == [".gz"] or suffixes[-1:] == [".zst"]:
        packing = "gz" if suffixes.pop() == ".gz" else "zst"
    format_ = _FORMATS.get(suffixes[-1]) if suffixes else None
    return (format_, packing) if format_ in ("lines", "text") else None


def _shard(path: Path) -> Shard:
    kind = _kind(path)
    if kind is None:
        raise _unreadable(path, f"a file ending in {path.suffix or 'nothing'} is not read")
    return Shard(path=path, format=kind[0], packing=kind[1], bytes=path.stat().st_size)


def _unreadable(path: Path, reason: str) -> InputError:
    return InputError(reason, fix=f"give one of {ENDINGS}", place=Place(file=str(path)))

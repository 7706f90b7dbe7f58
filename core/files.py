"""Read and write files so that a bad line is named and a killed run leaves no half file.

JSON Lines are cut at `\\n` only: `str.splitlines` would also cut at U+2028, U+0085 and \\x0b.
"""

import gzip
import hashlib
import io
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from benchwright.errors import InputError, Place
from benchwright.zstd import ZstdReader

MAX_LINE_BYTES = 64 * 2**20
MAX_DOCUMENT_BYTES = 128 * 2**20
LONG_NUMBER = "a whole number of more than 4,300 digits"


@dataclass(frozen=True, slots=True, kw_only=True)
class BadLine:
    """A line that could not be read, and why."""

    place: Place
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One JSON object of a JSON Lines file and its 1-based line number."""

    number: int
    value: dict[str, Any]


@contextmanager
def open_bytes(path: Path) -> Iterator[IO[bytes]]:
    """Open a plain, `.gz` or `.zst` file for reading bytes, decompressed as they are read.

    An archive that is cut off raises where its end is read, what stood before it notwithstanding.
    """
    if not path.is_file():
        raise InputError(
            f"no such file: {path.name}", fix="check the path", place=Place(file=str(path))
        )
    with path.open("rb") as raw:
        if path.suffix == ".gz":
            with gzip.GzipFile(fileobj=raw) as stream:
                yield io.BufferedReader(stream)
        elif path.suffix == ".zst":
            yield io.BufferedReader(ZstdReader(raw))
        else:
            yield raw


def read_text(path: Path) -> str:
    """Return the text of a document of at most 128 MiB (plain, `.gz`, `.zst`).

    Raises:
        InputError: If the file is empty, too large or not UTF-8; with its line.
    """
    place = Place(file=str(path))
    with readable(path), open_bytes(path) as stream:
        is_plain = path.suffix not in (".gz", ".zst")
        too_large = is_plain and path.stat().st_size > MAX_DOCUMENT_BYTES
        data = b"" if too_large else stream.read(MAX_DOCUMENT_BYTES + 1)
    if too_large or len(data) > MAX_DOCUMENT_BYTES:
        raise InputError(
            f"document of more than {MAX_DOCUMENT_BYTES // 2**20} MiB",
            fix="split it into one record a line (JSON Lines), or keep fewer records in it",
            place=place,
        )
    if not data.strip():
        raise InputError("the file is empty", fix="give a file with records in it", place=place)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _not_utf8(error, data, path) from error


def read_document(path: Path) -> Any:
    """Return the value of a JSON file of at most 128 MiB.

    Raises:
        InputError: If the file is empty, too large, not UTF-8 or not JSON; with line and column.
    """
    text = read_text(path)
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise InputError(
            f"not JSON: {error.msg} at column {error.colno}",
            fix="mend the file, or export it again",
            place=Place(file=str(path), line=error.lineno),
        ) from error
    except RecursionError as error:
        raise InputError(
            "JSON nested too deeply to read",
            fix="flatten the document",
            place=Place(file=str(path)),
        ) from error
    except ValueError as error:
        raise InputError(
            LONG_NUMBER, fix="write the number as text", place=Place(file=str(path))
        ) from error


def read_lines(path: Path) -> Iterator[Line | BadLine]:
    """Yield every JSON object of a JSON Lines file (plain, `.gz`, `.zst`), and every bad line.

    Blank lines are passed over. A line above 64 MiB ends the reading, since what follows it
    cannot be found without reading it all.
    """
    with readable(path), open_bytes(path) as stream:
        number = 0
        while raw := stream.readline(MAX_LINE_BYTES + 1):
            number += 1
            place = Place(file=str(path), line=number)
            if len(raw) > MAX_LINE_BYTES:
                yield BadLine(place=place, reason=f"a line above {MAX_LINE_BYTES // 2**20} MiB")
                return
            if raw.strip():
                yield _parse_line(raw, number, place)


def read_all_lines(path: Path) -> list[Line]:
    """Return every object of a JSON Lines file that benchwright wrote; any bad line is an error.

    Raises:
        InputError: For the first bad line.
    """
    lines = []
    for line in read_lines(path):
        if isinstance(line, BadLine):
            raise InputError(line.reason, fix="mend or remove the line", place=line.place)
        lines.append(line)
    return lines


def write_text(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    with atomic_writer(path) as stream:
        stream.write(text.encode("utf-8"))


def write_lines(path: Path, lines: Iterable[str]) -> int:
    """Write one line each, whole or not at all; return how many."""
    count = 0
    with atomic_writer(path) as stream:
        for line in lines:
            stream.write(line.encode("utf-8") + b"\n")
            count += 1
    return count


@contextmanager
def atomic_writer(path: Path) -> Iterator[IO[bytes]]:
    """Open a temporary file beside `path`; sync and rename it when the block ends well."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    try:
        with partial.open("wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def file_sha256(path: Path) -> str:
    """Return the sha256 of a file's bytes as 64 hex digits."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _parse_line(raw: bytes, number: int, place: Place) -> Line | BadLine:
    try:
        value = json.loads(raw.decode("utf-8"))
    except UnicodeDecodeError as error:
        return BadLine(place=place, reason=f"not UTF-8 at byte {error.start} of the line")
    except json.JSONDecodeError as error:
        torn = "" if raw.endswith(b"\n") else "; the line has no end, so the file may be cut off"
        return BadLine(place=place, reason=f"not JSON: {error.msg} at column {error.colno}{torn}")
    except RecursionError:
        return BadLine(place=place, reason="JSON nested too deeply to read")
    except ValueError:
        return BadLine(place=place, reason=LONG_NUMBER)
    if not isinstance(value, dict):
        return BadLine(place=place, reason=f"a JSON {type(value).__name__}, not an object")
    return Line(number=number, value=value)


def _not_utf8(error: UnicodeDecodeError, data: bytes, path: Path) -> InputError:
    line = data.count(b"\n", 0, error.start) + 1
    return InputError(
        f"not UTF-8: byte 0x{data[error.start]:02x} at offset {error.start}",
        fix="save the file as UTF-8",
        place=Place(file=str(path), line=line),
    )


@contextmanager
def readable(path: Path) -> Iterator[None]:
    """Turn what a broken archive or a missing permission raises into an error with a place."""
    import zlib

    place = Place(file=str(path))
    try:
        yield
    except PermissionError as error:
        raise InputError(
            "the file may not be read", fix="change its permissions", place=place
        ) from error
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise InputError(f"broken gzip: {error}", fix="compress it again", place=place) from error
    except Exception as error:
        if type(error).__module__.startswith("zstandard") or type(error).__name__ == "ZstdError":
            raise InputError(
                f"broken zstd: {error}", fix="compress it again", place=place
            ) from error
        raise

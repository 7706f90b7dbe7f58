"""Read one side of a comparison from anybody's files, and say what could not be read.

JSON Lines (plain, `.gz`, `.zst`), Parquet and CSV; a folder stands for all such files below it.
"""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from benchwright.contamination.fieldmap import FieldMap, Role, complete_map
from benchwright.contamination.items import Item
from benchwright.contamination.views import View, to_view
from benchwright.errors import InputError, Place
from benchwright.files import MAX_DOCUMENT_BYTES, BadLine, file_sha256, read_lines, read_text
from benchwright.findings import BadRow, Side, SideFile
from benchwright.kinship import slot_names
from benchwright.words import leaf_texts

_ENDINGS = (".jsonl", ".ndjson", ".jsonl.gz", ".jsonl.zst", ".parquet", ".csv")

Row = tuple[Place, dict[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """The items of one side, and the account of what was read."""

    items: tuple[Item, ...]
    side: Side

    @cached_property
    def views(self) -> tuple[View, ...]:
        """What of each item is compared; the same views in every comparison of this side."""
        return tuple(to_view(item) for item in self.items)


def read_side(
    paths: Sequence[Path],
    *,
    role: Literal["test", "train"],
    stated: Mapping[Role, tuple[str, ...]],
) -> Loaded:
    """Read every record of one side.

    Args:
        paths: Files or folders.
        role: Which side it is.
        stated: Fields that the user named; the others are guessed.

    Raises:
        InputError: If a path holds no readable file, or a file cannot be read at all.
        ConfigError: If a stated field is in no record, or none looks like the input.
    """
    rows: list[Row] = []
    bad: list[BadRow] = []
    files: list[SideFile] = []
    for path in _expanded(paths):
        before, unread = len(rows), len(bad)
        for row in read_rows(path):
            if isinstance(row, BadLine):
                bad.append(BadRow(file=str(path), line=row.place.line, reason=row.reason))
            else:
                rows.append(row)
        if len(rows) == before and len(bad) > unread:
            raise InputError(
                f"not one of its {len(bad) - unread} lines is a record: {bad[unread].reason}",
                fix=f"give a file with one of the endings {', '.join(_ENDINGS)}",
                place=Place(file=str(path), line=bad[unread].line),
            )
        files.append(SideFile(name=str(path), sha256=file_sha256(path), rows=len(rows) - before))
    field_map = complete_map(stated, [record for _, record in rows], side=role)
    return Loaded(
        items=tuple(_items(rows, field_map)),
        side=Side(
            role=role,
            files=tuple(files),
            rows=len(rows),
            bad_rows=tuple(bad),
            field_map={str(name): held for name, held in field_map.paths.items()},
            guessed=field_map.guessed,
        ),
    )


def _expanded(paths: Sequence[Path]) -> Iterator[Path]:
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        held = sorted(p for p in path.rglob("*") if p.is_file() and p.name.endswith(_ENDINGS))
        if not held:
            raise InputError(
                "no data file in the folder",
                fix=f"give a folder that holds {', '.join(_ENDINGS)} files",
                place=Place(file=str(path)),
            )
        yield from held


def read_rows(path: Path) -> Iterator[Row | BadLine]:
    """Yield every record of a file with its place, and every line that is none.

    Raises:
        InputError: If the file cannot be read.
    """
    if path.suffix == ".parquet":
        yield from _parquet_rows(path)
    elif path.suffix == ".csv":
        yield from _csv_rows(path)
    else:
        for line in read_lines(path):
            if isinstance(line, BadLine):
                yield line
            else:
                yield Place(file=str(path), line=line.number), line.value


def _csv_rows(path: Path) -> Iterator[Row | BadLine]:
    text = read_text(path)
    limit = csv.field_size_limit(MAX_DOCUMENT_BYTES)
    try:
        reader = csv.DictReader(io.StringIO(text, newline=""))
        for record in reader:
            place = Place(file=str(path), line=reader.line_num)
            if None in record:
                yield BadLine(place=place, reason="more values than the header has columns")
            else:
                yield place, dict(record)
    finally:
        csv.field_size_limit(limit)


def _parquet_rows(path: Path) -> Iterator[Row]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        batches = pq.ParquetFile(path).iter_batches()
        number = 0
        for batch in batches:
            for record in batch.to_pylist():
                number += 1
                yield Place(file=str(path), line=number), record
    except (pa.ArrowException, ValueError, OverflowError, OSError) as error:
        raise InputError(
            f"not a readable Parquet file: {error}",
            fix="write the file again",
            place=Place(file=str(path)),
        ) from error


def _items(rows: Iterable[Row], field_map: FieldMap) -> Iterator[Item]:
    seen: Counter[str] = Counter()
    for place, record in rows:
        mapped = field_map.value("id", record)
        name = str(mapped) if mapped is not None else f"{Path(place.file or '').name}:{place.line}"
        seen[name] += 1
        yield Item(
            id=name if seen[name] == 1 else f"{name}#{seen[name]}",
            place=place,
            input=field_map.value("input", record),
            lineage=_texts("lineage", field_map, record),
            output=field_map.value("output", record),
            event_dates=_texts("event_date", field_map, record),
            as_of=_texts("as_of", field_map, record),
            canaries=_texts("canary", field_map, record),
            names=_names(field_map.value("names", record)),
            record=record,
        )


def _names(value: Any) -> tuple[str, ...]:
    """Return the names of a mapped value; of slots, those of companies and persons."""
    return slot_names(value) if isinstance(value, dict) else tuple(dict.fromkeys(leaf_texts(value)))


def _texts(role: Role, field_map: FieldMap, record: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(leaf_texts(field_map.value(role, record))))

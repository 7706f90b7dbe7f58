"""Read row groups of a Parquet file as texts, one a row, or, where columns nest, as JSON Lines."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from pathlib import Path
from typing import Any

import numpy as np

from benchwright.contamination.scan.engine import PADDING, Bytes, Ints
from benchwright.contamination.scan.reading import Block, ShardError

BATCH_ROWS = 256
_READ_BYTES = 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Row i is data[offsets[i]:offsets[i + 1]]."""

    data: Bytes
    offsets: Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class RowsWithoutField:
    """Rows of a file that has none of the selected columns."""

    count: int


def row_groups(path: Path) -> int:
    """Return how many row groups a file has; 1 for one that cannot be read, so that it is tried."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return max(1, int(pq.read_metadata(path).num_row_groups))
    except (pa.ArrowException, OSError):
        return 1


def row_blocks(
    path: Path, begin: int, end: int, fields: Sequence[str] | None
) -> Iterator[Rows | Block | RowsWithoutField]:
    """Yield the rows of the row groups [begin, end).

    A row's text is every string and number in its columns in their order, one on a line; true,
    false and null have none. With `fields`, only these columns.

    Raises:
        ShardError: If the file cannot be read.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    _give_pages_back()
    try:
        with pq.ParquetFile(path, buffer_size=_READ_BYTES, pre_buffer=False) as file:
            names = [n for n in file.schema_arrow.names if fields is None or n in fields]
            groups = list(range(begin, min(end, file.num_row_groups)))
            if not names:
                yield RowsWithoutField(
                    count=sum(file.metadata.row_group(group).num_rows for group in groups)
                )
                return
            for batch in file.iter_batches(
                BATCH_ROWS, row_groups=groups, columns=names, use_threads=False
            ):
                yield _texts(batch)
    except pa.ArrowException as error:
        raise ShardError(f"broken Parquet: {str(error).splitlines()[0]}") from error
    except OSError as error:
        raise ShardError(f"broken Parquet: {error}") from error


def _give_pages_back() -> None:
    """Let Arrow use the allocator that returns what it does not need, where it was built in."""
    import pyarrow as pa

    if "jemalloc" in pa.supported_memory_backends():
        pa.set_memory_pool(pa.jemalloc_memory_pool())


def _texts(batch: Any) -> Rows | Block:
    import pyarrow as pa

    columns = []
    for column in batch.columns:
        if pa.types.is_nested(column.type) or pa.types.is_binary(column.type):
            return _lines(batch)
        if not (pa.types.is_boolean(column.type) or pa.types.is_null(column.type)):
            columns.append(column)
    is_text = len(columns) == 1 and pa.types.is_string(columns[0].type)
    is_whole = is_text and not columns[0].null_count
    texts = columns[0] if is_whole else _joined(columns, batch.num_rows)
    _, offsets, data = texts.buffers()
    starts = np.frombuffer(offsets, np.int32 if is_whole else np.int64)
    cuts = starts[texts.offset : texts.offset + len(texts) + 1].astype(np.int64)
    held = np.frombuffer(data, np.uint8) if data is not None else np.zeros(0, np.uint8)
    return Rows(data=_padded(held[cuts[0] : cuts[-1]]), offsets=cuts - cuts[0])


def _joined(columns: Sequence[Any], rows: int) -> Any:
    import pyarrow as pa
    import pyarrow.compute as pc

    texts = [column.cast(pa.large_string()) for column in columns]
    texts = texts or [pa.array([""] * rows, pa.large_string())]
    # Arrow leaves a row of nulls alone out, and every row behind it would have a wrong number.
    is_empty = reduce(pc.and_, map(pc.is_null, texts))
    texts[0] = pc.if_else(is_empty, pa.scalar("", pa.large_string()), texts[0])
    line_feed = pa.scalar("\n", pa.large_string())
    return pc.binary_join_element_wise(*texts, line_feed, null_handling="skip")


def _lines(batch: Any) -> Block:
    lines = [
        json.dumps(row, ensure_ascii=False, default=_plain).encode(errors="replace")
        for row in batch.to_pylist()
    ]
    data = b"\n".join(lines)
    return Block(raw=bytearray(data + bytes(PADDING)), size=len(data), first_byte=0)


def _padded(data: Bytes) -> Bytes:
    held = np.empty(len(data) + PADDING, np.uint8)
    held[: len(data)] = data
    return held


def _plain(value: object) -> str:
    """Return a value that JSON has no form for (bytes, dates, decimals) as text."""
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)

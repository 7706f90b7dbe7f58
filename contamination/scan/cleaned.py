"""Write the corpus again without the records that hold a task.

A cleaned shard has the name, format and compression of its original; every line that stays keeps
its bytes. Records that could not be read stay, and are counted.
"""

import gzip
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import numpy as np

from benchwright.contamination.scan.engine import Ints
from benchwright.contamination.scan.shards import Corpus, Shard
from benchwright.contamination.scan.state import CleanedRecord, ScanState
from benchwright.errors import ConfigError
from benchwright.files import atomic_writer, open_bytes

_PART_BYTES = 2**20


class Cleaner:
    """Writes cleaned shards below a folder, at their places below the folder of all shards."""

    def __init__(self, state: ScanState, corpus: Corpus, folder: Path) -> None:
        self._state = state
        self._folder = folder
        parents = [str(shard.path.resolve().parent) for shard in corpus.shards]
        self._base = Path(os.path.commonpath(parents))
        if folder.resolve() == self._base:
            raise ConfigError(
                f"--remove-to {folder} is the folder of the corpus",
                fix="name another folder; the originals stay as they are",
            )

    def clean(self, shard: Shard) -> int | None:
        """Write a finished shard unless that is done; return how many records were removed.

        None for a shard that could not be read to its end: nothing is written for it.
        """
        record = self._state.read(shard)
        target = self._folder / shard.path.resolve().relative_to(self._base)
        if record.shard.failed is not None:
            target.unlink(missing_ok=True)
            return None
        done = self._state.cleaned(shard)
        size = target.stat().st_size if target.exists() else None
        if done is not None and (done.target, done.bytes) == (str(target), size):
            return done.removed
        flagged = _flagged(self._state.findings(shard))
        target.parent.mkdir(parents=True, exist_ok=True)
        _write(shard, target, flagged)
        size = target.stat().st_size if target.exists() else None
        self._state.finish_cleaned(
            shard, CleanedRecord(target=str(target), bytes=size, removed=len(flagged))
        )
        return len(flagged)


def _flagged(findings: Path) -> Ints:
    """Return the lines, rows or bytes that findings name, each once, in order."""
    with findings.open("rb") as lines:
        places = (int(line[line.index(b":") + 1 : line.index(b",")]) for line in lines)
        return np.unique(np.fromiter(places, np.int64))


def _write(shard: Shard, target: Path, flagged: Ints) -> None:
    if not len(flagged):
        with atomic_writer(target) as out, shard.path.open("rb") as source:
            shutil.copyfileobj(source, out, _PART_BYTES)
    elif shard.format == "text":
        target.unlink(missing_ok=True)
    elif shard.format == "parquet":
        with atomic_writer(target) as out:
            _write_rows(shard.path, out, flagged)
    else:
        with atomic_writer(target) as out, _packed(out, shard.packing) as packed:
            _write_lines(shard.path, packed, flagged)


def _write_lines(path: Path, out: Any, flagged: Ints) -> None:
    waiting = iter(flagged.tolist())
    unwanted = next(waiting, None)
    number = 1
    with open_bytes(path) as lines:
        while part := lines.readline(_PART_BYTES):
            if number != unwanted:
                out.write(part)
            if part.endswith(b"\n"):
                unwanted = next(waiting, None) if number == unwanted else unwanted
                number += 1


def _write_rows(path: Path, out: IO[bytes], flagged: Ints) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        packing = file.metadata.row_group(0).column(0).compression.lower()
        packing = "none" if packing == "uncompressed" else packing
        with pq.ParquetWriter(out, file.schema_arrow, compression=packing) as writer:
            begin = 1
            for batch in file.iter_batches():
                keep = np.ones(batch.num_rows, bool)
                low, high = np.searchsorted(flagged, [begin, begin + batch.num_rows])
                keep[flagged[low:high] - begin] = False
                writer.write_batch(batch.filter(pa.array(keep)))
                begin += batch.num_rows


@contextmanager
def _packed(out: IO[bytes], packing: str) -> Iterator[Any]:
    if packing == "gz":
        with gzip.GzipFile(filename="", mode="wb", fileobj=out, mtime=0) as stream:
            yield stream
    elif packing == "zst":
        import zstandard

        with zstandard.ZstdCompressor().stream_writer(out, closefd=False) as stream:
            yield stream
    else:
        yield out

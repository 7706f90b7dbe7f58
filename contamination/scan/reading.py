"""Read a shard block by block: bytes as they come, whole lines, or text cut between words.

Memory does not grow with the file: a block grows only for a line that does not fit into it.
"""

import gzip
import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Protocol

import numpy as np
import xxhash

from benchwright.contamination.normaliser import tokens
from benchwright.contamination.scan.engine import PADDING, Bytes
from benchwright.contamination.scan.shards import PIECE_BYTES, Shard, Unit
from benchwright.zstd import check_frames

BLOCK_BYTES = 8 * 2**20
MAX_LINE_BYTES = 2**30
TEXT_BLOCK_BYTES = 256 * 2**10
_BOM = b"\xef\xbb\xbf"
_SPACES = (b" ", b"\n", b"\t", b"\r", b"\v", b"\f")


class ShardError(Exception):
    """A shard that cannot be read to its end."""


class PieceHash:
    """The digests of consecutive pieces of 64 KiB, taken as the bytes pass by."""

    def __init__(self) -> None:
        self._digests: list[bytes] = []
        self._piece = xxhash.xxh3_128()
        self._held = 0

    def __len__(self) -> int:
        """Return how many bytes were hashed."""
        return len(self._digests) * PIECE_BYTES + self._held

    def update(self, data: memoryview | bytes) -> None:
        """Take the next bytes."""
        at = 0
        while at < len(data):
            part = data[at : at + PIECE_BYTES - self._held]
            self._piece.update(part)
            self._held += len(part)
            at += len(part)
            if self._held == PIECE_BYTES:
                self._close()

    def digests(self) -> bytes:
        """Return the digests of all pieces, the last and shorter one too."""
        last = [self._piece.digest()] if self._held else []
        return b"".join((*self._digests, *last))

    def _close(self) -> None:
        self._digests.append(self._piece.digest())
        self._piece.reset()
        self._held = 0


def digest_of(pieces: bytes) -> str:
    """Return the digest of a file from those of its pieces."""
    return xxhash.xxh3_128_hexdigest(pieces)


def file_digest(path: Path) -> str:
    """Return the digest of a file that is read for this alone."""
    digest = PieceHash()
    hash_file(path, digest)
    return digest_of(digest.digests())


def hash_file(path: Path, digest: PieceHash) -> None:
    """Hash a whole file.

    Raises:
        ShardError: If it cannot be read.
    """
    with readable(), path.open("rb") as stream:
        while data := stream.read(16 * PIECE_BYTES):
            digest.update(data)


class Source(Protocol):
    """Bytes in order; `first_byte` is the offset of the first of them."""

    first_byte: int

    def readinto(self, view: memoryview) -> int:
        """Fill a view from the front; return how many bytes, 0 at the end."""
        ...


class LineRange:
    """The lines of a plain file that begin in the bytes [begin, end).

    The last of them is read to its end, wherever that is; what is hashed is [begin, end).
    """

    def __init__(self, descriptor: int, begin: int, end: int, digest: PieceHash) -> None:
        self._descriptor = descriptor
        self._end = end
        self._digest = digest
        self._is_open = False
        self.first_byte = self._at = begin
        if begin and os.pread(descriptor, 1, begin - 1) != b"\n":
            self._pass_line()
            self.first_byte = self._at

    def readinto(self, view: memoryview) -> int:
        """Read up to the end of the last line that begins in the range."""
        if self._at < self._end:
            count = os.preadv(self._descriptor, [view[: self._end - self._at]], self._at)
            self._digest.update(view[:count])
        elif self._is_open:
            count = os.preadv(self._descriptor, [view[:PIECE_BYTES]], self._at)
            count = bytes(view[:count]).find(b"\n") + 1 or count
        else:
            return 0
        self._at += count
        self._is_open = count > 0 and view[count - 1] != ord("\n")
        return count

    def _pass_line(self) -> None:
        while self._at < self._end:
            size = min(PIECE_BYTES, self._end - self._at)
            data = os.pread(self._descriptor, size, self._at)
            line_end = data.find(b"\n") + 1
            data = data[: line_end or len(data)]
            self._digest.update(data)
            self._at += len(data)
            if line_end or not data:
                return


class Packed:
    """The bytes of a plain, gzip or zstandard file from its beginning."""

    first_byte = 0

    def __init__(self, raw: Any, packing: str) -> None:
        self._stream: Any = raw
        if packing == "gz":
            self._stream = gzip.GzipFile(fileobj=raw, mode="rb")
        elif packing == "zst":
            import zstandard

            reader = zstandard.ZstdDecompressor()
            self._stream = reader.stream_reader(raw, read_across_frames=True)

    def readinto(self, view: memoryview) -> int:
        """Unpack the next bytes."""
        count: int = self._stream.readinto(view)
        return count


class _Hashed:
    """A file that hashes what is read from it."""

    def __init__(self, stream: IO[bytes], digest: PieceHash) -> None:
        self._stream = stream
        self._digest = digest

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(size)
        self._digest.update(data)
        return data

    def readinto(self, view: memoryview) -> int:
        # IO lacks it in its stub; the gzip and zstd readers that come here have it.
        count: int = self._stream.readinto(view)  # type: ignore[attr-defined]
        self._digest.update(view[:count])
        return count


@contextmanager
def open_source(shard: Shard, unit: Unit, digest: PieceHash) -> Iterator[Source]:
    """Open what a unit reads.

    Raises:
        ShardError: If the file cannot be read to its end.
    """
    with readable(), shard.path.open("rb", buffering=0) as raw:
        if shard.format == "lines" and shard.packing == "plain":
            yield LineRange(raw.fileno(), unit.begin, unit.end, digest)
            return
        hashed = _Hashed(raw, digest)
        yield Packed(hashed, shard.packing)
        while hashed.read(PIECE_BYTES):
            pass
        if shard.packing == "zst":
            check_frames(raw)


@contextmanager
def readable() -> Iterator[None]:
    """Turn what a broken or missing file raises into a `ShardError` that says why."""
    import zstandard

    try:
        yield
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise ShardError(f"broken gzip: {error}") from error
    except zstandard.ZstdError as error:
        raise ShardError(f"broken zstd: {error}") from error
    except OSError as error:
        raise ShardError(f"cannot be read: {error.strerror or error}") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """The first `size` bytes of a buffer; the first stands at `first_byte` of the (unpacked) file.

    The buffer is reused for the next block; `data` is the same bytes as an array.
    """

    raw: bytearray
    size: int
    first_byte: int

    @property
    def data(self) -> Bytes:
        """Return the buffer as an array."""
        return np.frombuffer(self.raw, np.uint8)


@dataclass(frozen=True, slots=True, kw_only=True)
class LongLine:
    """A line above the limit; it was passed over."""

    bytes: int


def line_blocks(
    source: Source, *, block_bytes: int, max_line_bytes: int = MAX_LINE_BYTES
) -> Iterator[Block | LongLine]:
    """Yield blocks of whole lines; a byte order mark at the beginning of a file is passed over."""
    buffer = bytearray(block_bytes + PADDING)
    held, first = _begin(source, buffer)
    while True:
        room = len(buffer) - PADDING
        if held == room and room >= max_line_bytes:
            size, rest = _pass_long_line(source, buffer)
            yield LongLine(bytes=size)
            first, held = first + size, len(rest)
            buffer = bytearray(max(block_bytes, 2 * held) + PADDING)
            buffer[:held] = rest
        elif held == room:
            larger = bytearray(min(2 * room, max_line_bytes) + PADDING)
            larger[:held] = buffer[:held]
            buffer = larger
        count = _fill(source, memoryview(buffer)[held : len(buffer) - PADDING])
        line_end = buffer.rfind(b"\n", 0, held + count) + 1
        is_end = held + count < len(buffer) - PADDING
        size = held + count if is_end else line_end
        held += count
        if size:
            yield Block(raw=buffer, size=size, first_byte=first)
        if is_end:
            return
        if size:
            rest = bytes(memoryview(buffer)[size:held])
            first, held = first + size, len(rest)
            if len(buffer) > block_bytes + PADDING and held < block_bytes:
                buffer = bytearray(block_bytes + PADDING)
            buffer[:held] = rest


def _begin(source: Source, buffer: bytearray) -> tuple[int, int]:
    """Read the first bytes; return how many are held and where the first of them stands."""
    if source.first_byte:
        return 0, source.first_byte
    held = _fill(source, memoryview(buffer)[: len(_BOM)])
    return (0, held) if buffer[:held] == _BOM else (held, 0)


def _fill(source: Source, view: memoryview) -> int:
    """Read until the view is full or the source at its end."""
    filled = 0
    while filled < len(view) and (count := source.readinto(view[filled:])):
        filled += count
    return filled


def _pass_long_line(source: Source, buffer: bytearray) -> tuple[int, bytes]:
    """Read on to the end of a line that fills the buffer; return its size and what follows it."""
    size = len(buffer) - PADDING
    view = memoryview(buffer)[: min(size, 2**20)]
    while count := source.readinto(view):
        line_end = bytes(view[:count]).find(b"\n") + 1
        if line_end:
            return size + line_end, bytes(view[line_end:count])
        size += count
    return size, b""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextBlock:
    """A block of one long text: its first tokens are the last of the block before."""

    block: Block
    repeated_tokens: int


def text_blocks(source: Source, *, overlap_tokens: int, block_bytes: int) -> Iterator[TextBlock]:
    """Yield a text in blocks that end between words and repeat the last tokens of the one before.

    Args:
        source: The bytes of the text.
        overlap_tokens: How many tokens are repeated at least.
        block_bytes: Size of a block; it grows where no word ends in it.
    """
    buffer = bytearray(block_bytes + PADDING)
    held = first = repeated = 0
    while True:
        if held > (len(buffer) - PADDING) // 2:
            if held >= MAX_LINE_BYTES:
                raise ShardError(f"no white space in {held:,} bytes of text")
            buffer = buffer + bytearray(len(buffer))
        room = len(buffer) - PADDING
        held += _fill(source, memoryview(buffer)[held:room])
        is_end = held < room
        end = held if is_end else 1 + max(buffer.rfind(space, 0, held) for space in _SPACES)
        if held == 0:
            return
        if end:
            block = Block(raw=buffer, size=end, first_byte=first)
            yield TextBlock(block=block, repeated_tokens=repeated)
        if is_end:
            return
        begin, repeated = _overlap(buffer, end, overlap_tokens) if end else (0, repeated)
        rest = bytes(buffer[begin:held])
        first, held = first + begin, len(rest)
        buffer[:held] = rest


def _overlap(buffer: bytearray, end: int, wanted: int) -> tuple[int, int]:
    """Return where, before `end`, the last `wanted` tokens or a few more begin, and how many."""
    span = 64 * (wanted + 1)
    while span < end:
        piece = bytes(buffer[end - span : end])
        space = min((at for at in map(piece.find, _SPACES) if at >= 0), default=-1)
        count = len(tokens(piece[space:].decode(errors="surrogateescape"))) if space >= 0 else 0
        if count >= wanted and space >= 0:
            return end - span + space, count
        span *= 4
    whole = bytes(buffer[:end]).decode(errors="surrogateescape")
    return 0, len(tokens(whole))

import io
import os
from itertools import pairwise

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchwright.contamination.normaliser import tokens
from benchwright.contamination.scan.longtext import token_bytes
from benchwright.contamination.scan.parquet import row_blocks
from benchwright.contamination.scan.reading import (
    LineRange,
    LongLine,
    PieceHash,
    digest_of,
    file_digest,
    line_blocks,
    text_blocks,
)
from benchwright.contamination.scan.shards import PIECE_BYTES, Shard, cut_units
from tests.contamination.scan.conftest import prose

LINES = [b"", b"a", b"bb" * 40, b"c" * 3 * PIECE_BYTES, b"", b"dd", b"e" * PIECE_BYTES, b"f"]


class Memory:
    """Bytes that come a few at a time."""

    def __init__(self, data, step):
        self.first_byte = 0
        self._stream, self._step = io.BytesIO(data), step

    def readinto(self, view):
        return self._stream.readinto(view[: self._step])


def _taken(block):
    return block.data[: block.size].tobytes()


@pytest.mark.parametrize("last", [b"", b"\n"])
@pytest.mark.parametrize("unit_pieces", [1, 2, 50])
@pytest.mark.parametrize("shift", [0, 1, 5])
def test_units_share_every_line_once_and_every_byte_is_hashed(tmp_path, last, unit_pieces, shift):
    data = b"x" * (PIECE_BYTES - shift) + b"\n" + b"\n".join(LINES) + last
    path = tmp_path / "a.jsonl"
    path.write_bytes(data)
    shard = Shard(path=path, format="lines", packing="plain", bytes=len(data))
    read, pieces = b"", b""
    descriptor = os.open(path, os.O_RDONLY)
    for unit in cut_units(shard, 0, unit_bytes=unit_pieces * PIECE_BYTES):
        digest = PieceHash()
        source = LineRange(descriptor, unit.begin, unit.end, digest)
        for block in line_blocks(source, block_bytes=256):
            assert block.first_byte == len(read)
            assert _taken(block).endswith(b"\n") or len(read) + block.size == len(data)
            read += _taken(block)
        pieces += digest.digests()
    os.close(descriptor)
    assert read == data
    assert digest_of(pieces) == file_digest(path)


@pytest.mark.parametrize("step", [1, 7, 1000])
@pytest.mark.parametrize("block_bytes", [16, 100, 5000])
def test_blocks_are_whole_lines_and_a_byte_order_mark_is_passed_over(step, block_bytes):
    body = b"\n".join([b"a" * n for n in range(60)])
    blocks = list(line_blocks(Memory(b"\xef\xbb\xbf" + body, step), block_bytes=block_bytes))
    assert blocks[0].first_byte == 3
    taken = [
        _taken(b)
        for b in line_blocks(Memory(b"\xef\xbb\xbf" + body, step), block_bytes=block_bytes)
    ]
    # A block's array is reused, so it is taken while it is the current one.
    assert b"".join(taken) == body
    assert all(part.endswith(b"\n") for part in taken[:-1])


@pytest.mark.parametrize("step", [1, 9, 1000])
@pytest.mark.parametrize("where", [0, 1, 2])
def test_a_line_above_the_limit_is_passed_over_and_its_neighbours_are_not(step, where):
    lines = [b"one\n", b"two\n"]
    lines.insert(where, b"x" * 500 + b"\n")
    got = []
    for block in line_blocks(Memory(b"".join(lines), step), block_bytes=16, max_line_bytes=64):
        got += [block.bytes] if isinstance(block, LongLine) else _taken(block).splitlines(True)
    assert got == [501 if len(line) > 64 else line for line in lines]


@pytest.mark.parametrize("block_bytes", [64, 300, 4096, 10**6])
def test_text_blocks_hold_every_run_of_the_text(block_bytes):
    text = f"{prose(1, 90)}\n\n{'界' * 30} {prose(2, 300)}  é\u0301 {prose(3, 5)}".encode()
    words = [token.text for token in tokens(text.decode())]
    runs, total = set(), 0
    for block in text_blocks(Memory(text, 11), overlap_tokens=7, block_bytes=block_bytes):
        held = [token.text for token in tokens(_taken(block.block).decode())]
        assert text[block.block.first_byte :].startswith(_taken(block.block))
        runs |= {tuple(held[at : at + 8]) for at in range(len(held) - 7)}
        total += len(held) - block.repeated_tokens
    assert total == len(words)
    assert runs == {tuple(words[at : at + 8]) for at in range(len(words) - 7)}


def test_tokens_are_placed_in_bytes_that_are_not_all_utf8():
    data = b"one tw\xff\xc3\xa9o \xe7\x95\x8c" * 3000
    text = data.decode(errors="surrogateescape")
    expected = [len(text[: t.start].encode(errors="surrogateescape")) for t in tokens(text)]
    wanted = [0, 1, 2, 3, 4, 9000, len(expected) - 1]
    assert token_bytes(data, wanted) == [expected[at] for at in wanted]


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string()])
@pytest.mark.parametrize("texts", [["a b", "", "é c"] * 200, ["a b", None, "é c"] * 200])
def test_a_column_of_text_gives_the_text_of_every_row(tmp_path, kind, texts):
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"text": pa.array(texts, kind), "flag": [True] * 600}), path)
    held = [
        block.data[low:high].tobytes().decode()
        for block in row_blocks(path, 0, 1, None)
        for low, high in pairwise(block.offsets.tolist())
    ]
    assert held == [text or "" for text in texts]


def test_a_row_without_any_value_keeps_its_number(tmp_path):
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"a": ["x", None, None], "b": [None, None, 7]}), path)
    [block] = row_blocks(path, 0, 1, None)
    cuts = block.offsets.tolist()
    assert [block.data[a:b].tobytes() for a, b in pairwise(cuts)] == [b"x", b"", b"7"]

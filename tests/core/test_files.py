import gzip

import pytest
import zstandard

from benchwright import InputError
from benchwright.files import (
    BadLine,
    Line,
    atomic_writer,
    read_all_lines,
    read_document,
    read_lines,
    write_lines,
)
from benchwright.pointers import is_lines


def test_lines_are_cut_at_newline_only(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text('{"a": "x\u2028y\x85z"}\n{"b": 1}\n', encoding="utf-8")
    assert [line.value for line in read_lines(path)] == [{"a": "x\u2028y\x85z"}, {"b": 1}]


@pytest.mark.parametrize("suffix", ["", ".gz", ".zst"])
def test_plain_gzip_and_zstd_files_read_alike(tmp_path, suffix):
    data = b'{"a": 1}\n\n{"a": 2}\n'
    packed = {"": data, ".gz": gzip.compress(data), ".zst": zstandard.compress(data)}[suffix]
    path = tmp_path / f"a.jsonl{suffix}"
    path.write_bytes(packed)
    assert [(x.number, x.value) for x in read_lines(path)] == [(1, {"a": 1}), (3, {"a": 2})]


def test_a_torn_last_line_is_named_and_the_good_ones_are_kept(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text('{"a": 1}\n{"a": ')
    good, bad = read_lines(path)
    assert isinstance(good, Line)
    assert isinstance(bad, BadLine)
    assert bad.place.line == 2
    assert "cut off" in bad.reason


@pytest.mark.parametrize(
    ("raw", "reason"),
    [(b'{"a": "\xff"}\n', "not UTF-8"), (b"[1]\n", "not an object"), (b"{]\n", "not JSON")],
)
def test_a_bad_line_says_why(tmp_path, raw, reason):
    path = tmp_path / "a.jsonl"
    path.write_bytes(raw)
    [bad] = read_lines(path)
    assert reason in bad.reason
    with pytest.raises(InputError, match=rf"a\.jsonl:1: .*{reason}"):
        read_all_lines(path)


def test_a_huge_single_line_is_named_not_read(tmp_path, monkeypatch):
    monkeypatch.setattr("benchwright.files.MAX_LINE_BYTES", 1000)
    path = tmp_path / "a.jsonl"
    path.write_text('{"a": "' + "x" * 2000 + '"}\n{"a": 1}\n')
    [bad] = read_lines(path)
    assert "above" in bad.reason


def test_broken_archives_are_input_errors(tmp_path):
    torn = tmp_path / "a.jsonl.gz"
    torn.write_bytes(gzip.compress(b'{"a": 1}\n' * 1000)[:-20])
    with pytest.raises(InputError, match="broken gzip"):
        list(read_lines(torn))
    with pytest.raises(InputError, match="broken gzip"):
        is_lines(torn.rename(tmp_path / "a.gz"))
    wrong = tmp_path / "a.jsonl.zst"
    wrong.write_bytes(b"not zstd at all")
    with pytest.raises(InputError, match="broken zstd"):
        list(read_lines(wrong))


@pytest.mark.parametrize("packing", ["zst", "gz"])
def test_an_archive_cut_anywhere_but_between_its_parts_is_an_error_that_names_it(tmp_path, packing):
    data = b"".join(b'{"a": %d}\n' % i for i in range(40))
    if packing == "gz":
        parts = [gzip.compress(data), gzip.compress(data[:90])]
    else:
        frames = zstandard.ZstdCompressor(write_checksum=True)
        skippable = b"\x50\x2a\x4d\x18\x04\x00\x00\x00note"
        parts = [frames.compress(data), skippable, zstandard.compress(data[:90])]
    whole = b"".join(parts)
    path = tmp_path / f"a.jsonl.{packing}"
    ends = {sum(map(len, parts[:i])) for i in range(len(parts) + 1)}
    for size in range(1, len(whole) + 1):
        path.write_bytes(whole[:size])
        if size in ends:
            assert len(list(read_lines(path))) >= 40
        else:
            with pytest.raises(InputError, match=rf"a\.jsonl\.{packing}: broken"):
                list(read_lines(path))


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"", "empty"),
        (b"{", "not JSON"),
        (b'{"a": "\xff"}', "not UTF-8: byte 0xff"),
        (b"[" * 200_000, "nested too deeply"),
        (b'{"a": ' + b"9" * 5000 + b"}", "more than 4,300 digits"),
    ],
)
def test_a_bad_document_says_why_and_where(tmp_path, raw, message):
    path = tmp_path / "a.json"
    path.write_bytes(raw)
    with pytest.raises(InputError, match=message):
        read_document(path)


def test_a_document_above_the_limit_is_refused_with_a_fix(tmp_path, monkeypatch):
    monkeypatch.setattr("benchwright.files.MAX_DOCUMENT_BYTES", 10)
    path = tmp_path / "a.json"
    path.write_text('{"a": "long enough"}')
    with pytest.raises(InputError, match="fix: split it"):
        read_document(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        list(read_lines(tmp_path / "nope.jsonl"))


def test_a_write_that_fails_leaves_the_old_file_and_no_partial_one(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old")

    def write_half():
        with atomic_writer(path) as stream:
            stream.write(b"half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write_half()
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]


def test_write_lines_counts_and_ends_every_line(tmp_path):
    path = tmp_path / "deep" / "a.jsonl"
    assert write_lines(path, ["{}", "{}"]) == 2
    assert path.read_bytes() == b"{}\n{}\n"


def test_a_line_with_a_number_too_long_for_python_is_a_bad_line_and_the_next_is_read(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text(f'{{"a": {"9" * 5000}}}\n{{"a": {"9" * 4000}}}\n')
    bad, good = read_lines(path)
    assert isinstance(bad, BadLine)
    assert (bad.place.line, "4,300 digits" in bad.reason, good.number) == (1, True, 2)

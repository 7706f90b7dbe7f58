import gzip
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard

from benchwright.errors import ConfigError
from tests.contamination.scan.conftest import prose

TASKS = [prose(seed) for seed in range(12)]
BOILER = prose(777, 15)
LINES = [
    b'{"text": "' + text.encode() + b'"}' + end
    for text, end in (
        (prose(100), b"\n"),
        (TASKS[3], b"\r\n"),
        (f"x {TASKS[4]}", b"\n"),
        (prose(101), b" \n\n"),
        (BOILER, b"\n"),
        ("é\u2028", b"\n"),
    )
]
BODY = b"\xef\xbb\xbf" + b"".join([*LINES, b'{"torn": "', b"x" * 3_000_000, b"\n", LINES[1][:-2]])
KEPT = b"\xef\xbb\xbf" + b"".join([LINES[0], *LINES[3:], b'{"torn": "', b"x" * 3_000_000, b"\n"])

PACK = {
    "a.jsonl": (bytes, bytes),
    "a.jsonl.gz": (gzip.compress, gzip.decompress),
    "a.jsonl.zst": (
        zstandard.ZstdCompressor().compress,
        lambda data: zstandard.ZstdDecompressor().decompressobj().decompress(data),
    ),
}


@pytest.mark.parametrize("name", PACK)
def test_flagged_lines_are_left_out_and_all_others_keep_their_bytes(scan, tmp_path, name):
    pack, unpack = PACK[name]
    path = tmp_path / name
    path.write_bytes(pack(BODY))
    tasks = [f"{BOILER} {text}" for text in TASKS]
    report = scan(tasks, str(path), remove_to=tmp_path / "clean")
    assert unpack((tmp_path / "clean" / name).read_bytes()) == KEPT
    counts = report.cleaning
    assert (counts.records, counts.kept, counts.removed, counts.failed_kept) == (8, 4, 3, 1)
    assert report.shards[0].removed_records == report.flagged_records == 3
    again = scan(tasks, str(tmp_path / "clean" / name))
    assert (again.findings, len(again.passages)) == (0, 1)


def test_parquet_keeps_schema_compression_and_the_other_rows(scan, tmp_path):
    texts = [prose(seed) for seed in range(100, 130)]
    texts[4] = texts[20] = TASKS[3]
    table = pa.table({"n": pa.array(range(30), pa.int16()), "text": texts})
    path = tmp_path / "p" / "a.parquet"
    path.parent.mkdir()
    pq.write_table(table, path, row_group_size=7, compression="zstd")
    report = scan(TASKS, str(path), remove_to=tmp_path / "clean")
    cleaned = pq.ParquetFile(tmp_path / "clean" / "a.parquet")
    rest = [n for n in range(30) if n not in (4, 20)]
    assert cleaned.read().to_pydict()["n"] == rest
    assert cleaned.schema_arrow == table.schema
    assert cleaned.metadata.row_group(0).column(0).compression == "ZSTD"
    assert (report.cleaning.kept, report.cleaning.removed) == (28, 2)


def test_folders_stay_and_a_flagged_text_or_a_failed_shard_is_not_written(scan, tmp_path):
    folder = tmp_path / "c"
    (folder / "sub").mkdir(parents=True)
    (folder / "sub" / "a.jsonl").write_bytes(LINES[0])
    (folder / "b.txt").write_text(f"so {TASKS[3]}")
    (folder / "c.md").write_text(prose(100))
    (folder / "d.jsonl.gz").write_bytes(gzip.compress(LINES[0])[:-5])
    report = scan(TASKS, str(folder), remove_to=tmp_path / "clean")
    written = sorted(p for p in (tmp_path / "clean").rglob("*") if p.is_file())
    assert [str(p.relative_to(tmp_path / "clean")) for p in written] == ["c.md", "sub/a.jsonl"]
    assert [s.removed_records for s in report.shards] == [1, 0, None, 0]
    assert report.cleaning.records == 3


def test_cleaning_goes_on_where_it_was_and_never_over_the_corpus(scan, tmp_path):
    path = tmp_path / "c" / "a.jsonl"
    path.parent.mkdir()
    path.write_bytes(b"".join(LINES))
    state = {"state": tmp_path / "s", "remove_to": tmp_path / "clean"}
    first = scan(TASKS, str(path), **state)
    target = tmp_path / "clean" / "a.jsonl"
    kept, written = target.read_bytes(), target.stat().st_mtime_ns
    assert scan(TASKS, str(path), **state).to_json() == first.to_json()
    assert target.stat().st_mtime_ns == written
    target.unlink()
    assert scan(TASKS, str(path), **state).to_json() == first.to_json()
    assert target.read_bytes() == kept
    with pytest.raises(ConfigError, match="is the folder of the corpus"):
        scan(TASKS, str(path), remove_to=Path(path).parent)
    assert json.loads(path.read_bytes().split(b"\n")[0])

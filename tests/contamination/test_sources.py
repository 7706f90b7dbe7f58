import csv
import gzip
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard

from benchwright.contamination.sources import read_side
from benchwright.errors import InputError

ROWS = [{"id": "a", "input": "first task"}, {"id": "b", "input": "second\u2028task \x85 here"}]
LINES = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in ROWS).encode()


def _read(*paths):
    return read_side(list(paths), role="test", stated={})


def _texts(loaded):
    return [[item.input] for item in loaded.items]


@pytest.mark.parametrize("ending", [".jsonl", ".jsonl.gz", ".jsonl.zst", ".parquet", ".csv"])
def test_every_format_gives_the_same_items(tmp_path, ending):
    path = tmp_path / f"data{ending}"
    if ending == ".parquet":
        pq.write_table(pa.Table.from_pylist(ROWS), path)
    elif ending == ".csv":
        with path.open("w", newline="", encoding="utf-8") as stream:
            writer = csv.DictWriter(stream, ["id", "input"])
            writer.writeheader()
            writer.writerows(ROWS)
    else:
        packed = {
            ".gz": gzip.compress,
            ".zst": zstandard.compress,
        }.get(path.suffix, bytes)(LINES)
        path.write_bytes(packed)
    loaded = _read(path)
    assert [item.id for item in loaded.items] == ["a", "b"]
    assert _texts(loaded) == [[row["input"]] for row in ROWS]
    assert loaded.side.files[0].rows == 2


def test_a_folder_stands_for_the_data_files_below_it(tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "x.jsonl").write_bytes(LINES)
    (tmp_path / "README.md").write_text("not data")
    assert len(_read(tmp_path).items) == 2
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="no data file in the folder"):
        _read(tmp_path / "empty")


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (b'{"id": "c", "input": "torn', "the file may be cut off"),
        (b'{"id": "c", "input": "\xff"}\n', "not UTF-8"),
        (b"\x00\x00\n", "not JSON"),
        (b"[" * 100_000 + b"\n", "nested too deeply"),
        (b'"text"\n', "not an object"),
    ],
)
def test_a_bad_row_is_counted_with_its_line_and_the_rest_is_read(tmp_path, bad, reason):
    path = tmp_path / "data.jsonl"
    path.write_bytes(LINES + bad)
    loaded = _read(path)
    assert len(loaded.items) == 2
    [row] = loaded.side.bad_rows
    assert row.line == 3
    assert reason in row.reason


def test_repeated_and_missing_ids_stay_apart(tmp_path):
    path = tmp_path / "data.jsonl"
    path.write_text('{"id": 1, "input": "x"}\n{"id": 1, "input": "y"}\n{"input": "z"}\n')
    assert [item.id for item in _read(path).items] == ["1", "1#2", "data.jsonl:3"]


def test_a_file_that_is_no_parquet_names_itself(tmp_path):
    path = tmp_path / "data.parquet"
    path.write_text("no")
    with pytest.raises(InputError, match=r"data\.parquet.*not a readable Parquet"):
        _read(path)


def test_a_file_without_one_record_is_refused_with_its_first_line(tmp_path):
    path = tmp_path / "README.md"
    path.write_text("# not data\n")
    with pytest.raises(InputError, match=r"README\.md:1: not one of its 1 lines is a record"):
        _read(path)


def test_a_long_value_of_a_csv_is_read_and_a_row_with_too_many_values_is_a_bad_row(tmp_path):
    path, long = tmp_path / "data.csv", "word " * 40_000
    path.write_text(f'id,input\na,"{long}"\nb,short one,3,4\nc,last\n')
    loaded = _read(path)
    assert [item.input for item in loaded.items] == [long, "last"]
    [row] = loaded.side.bad_rows
    assert (row.line, row.reason) == (3, "more values than the header has columns")
    assert csv.field_size_limit() == 131_072


def test_a_parquet_text_that_is_not_utf8_names_the_file(tmp_path):
    path = tmp_path / "data.parquet"
    pq.write_table(pa.Table.from_pylist(ROWS), path, compression="none", use_dictionary=False)
    whole = path.read_bytes()
    assert len(_read(path).items) == 2
    path.write_bytes(whole.replace(b"first task", b"first \x80ask"))
    with pytest.raises(InputError, match=r"data\.parquet.*not a readable Parquet"):
        _read(path)

"""Pointers resolve in documents, lists, lines and torn files; anything else is named."""

import gzip
import json

import pytest

from benchwright.errors import InputError
from benchwright.files import BadLine
from benchwright.pointers import PointedFile, is_lines, pointer_to, read_items, resolve_pointer

ROWS = [{"a/b": [1, {"~x": "deep"}]}, {"n": None}]


def test_a_pointer_resolves_in_a_list_and_escapes_are_undone(tmp_path):
    path = tmp_path / "x.json"
    path.write_text(json.dumps(ROWS))
    assert resolve_pointer(path, pointer_to(0, "a/b", 1, "~x")) == "deep"
    assert pointer_to(0, "a/b", 1, "~x") == "/0/a~1b/1/~0x"
    assert resolve_pointer(path, "/1/n") is None
    assert resolve_pointer(path, "") == ROWS


def test_a_pointer_into_lines_begins_with_the_number_of_the_line(tmp_path):
    path = tmp_path / "x.jsonl.gz"
    text = json.dumps(ROWS[0]) + "\n\nbroken\n" + json.dumps(ROWS[1]) + "\n"
    path.write_bytes(gzip.compress(text.encode()))
    assert resolve_pointer(path, "/0/a~1b/0") == 1
    assert resolve_pointer(path, "/3") == ROWS[1]
    with pytest.raises(InputError, match="nothing stands at '2'"):
        resolve_pointer(path, "/2")


def test_the_whole_items_of_a_torn_list_resolve(tmp_path):
    path = tmp_path / "x.json"
    path.write_text(json.dumps(ROWS)[:-4])
    assert resolve_pointer(path, "/0/a~1b/0") == 1
    with pytest.raises(InputError, match="does not resolve"):
        resolve_pointer(path, "/1")
    *_, bad = read_items(path)
    assert isinstance(bad, BadLine)
    assert "cut off" in bad.reason


@pytest.mark.parametrize("pointer", ["0", "/9", "/0/nope", "/0/a~1b/01", "/0/a~1b/-1", "/1/n/x"])
def test_a_pointer_that_names_nothing_says_where_it_ends(tmp_path, pointer):
    path = tmp_path / "x.json"
    path.write_text(json.dumps(ROWS))
    with pytest.raises(InputError, match="does not resolve") as caught:
        PointedFile(path).resolve(pointer)
    assert caught.value.place is not None
    assert caught.value.place.field == pointer


@pytest.mark.parametrize(
    ("name", "text", "lines"),
    [
        ("x.jsonl", "[1]", True),
        ("x.ndjson", "", True),
        ("x.json", '{"a": 1}\n{"a": 2}\n', True),
        ("x.json", '{"a": 1}\n', False),
        ("x.json", '{\n"a": 1\n}', False),
        ("x.json", '[{"a": 1},\n{"a": 2}]', False),
    ],
)
def test_lines_are_told_from_a_document(tmp_path, name, text, lines):
    path = tmp_path / name
    path.write_text(text)
    assert is_lines(path) is lines


@pytest.mark.parametrize(("text", "count"), [("[]", 0), (" [ 1 , 2 ] ", 2), ("[1]x", 1)])
def test_a_list_is_read_item_by_item(tmp_path, text, count):
    path = tmp_path / "x.json"
    path.write_text(text)
    items = list(read_items(path))
    good = [item for item in items if not isinstance(item, BadLine)]
    assert [item.index for item in good] == list(range(count))
    assert (len(items) > count) == (text == "[1]x")


def test_an_item_with_a_number_too_long_for_python_is_a_bad_line(tmp_path):
    path = tmp_path / "x.json"
    path.write_text(f"[1, {'9' * 5000}]")
    good, bad = read_items(path)
    assert good.value == 1
    assert isinstance(bad, BadLine)
    assert "more than 4,300 digits" in bad.reason

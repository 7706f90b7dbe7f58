import json

import pytest

from benchwright.contamination.calibration.pairs import pair_set, read_pairs
from benchwright.errors import InputError

GOOD = {"id": "1", "kind": "copy", "label": "leak", "left": "one text", "right": "one text"}


@pytest.fixture
def read(tmp_path):
    def run(*rows):
        path = tmp_path / "pairs.jsonl"
        lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
        path.write_text("".join(f"{line}\n" for line in lines))
        return read_pairs(path)

    return run


def test_a_pair_without_a_half_gets_one_and_keeps_it(read):
    pairs = read(*({**GOOD, "id": str(n), "left": f"text {n}"} for n in range(40)))
    halves = [pair.half for pair in pairs]
    assert 10 < halves.count("a") < 30
    assert halves == [pair.half for pair in read(*(pair.model_dump() for pair in pairs))]
    same = read({**GOOD, "sources": ["s"]}, {**GOOD, "id": "2", "left": "x", "sources": ["s"]})
    assert same[0].half == same[1].half


def test_a_stated_half_is_kept(read):
    assert [pair.half for pair in read({**GOOD, "half": "b"})] == ["b"]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({**GOOD, "kind": "copied"}, r"pairs.jsonl:2 \(kind\): Input should be 'copy'"),
        ({**GOOD, "label": "yes"}, r"pairs.jsonl:2 \(label\): .*got 'yes'"),
        ({k: v for k, v in GOOD.items() if k != "right"}, r"pairs.jsonl:2 \(right\): Field req"),
        ({**GOOD, "left": "  "}, r"pairs.jsonl:2 \(left\)"),
        ({**GOOD, "score": 1}, r"pairs.jsonl:2 \(score\): Extra inputs"),
        ("{torn", r"pairs.jsonl:2: not JSON"),
        ({**GOOD, "id": "first"}, r"pairs.jsonl:2 \(id\): 'first' stands in line 1 already"),
        (
            {**GOOD, "half": "b"},
            r"pairs.jsonl:2 \(left\): 'one text' is in half b, and in half a in line 1",
        ),
        ('{"id": "\\ud800", "left": "a"}', r"pairs.jsonl:2 \(id\)"),
    ],
)
def test_a_wrong_line_is_named_with_its_field_and_a_fix(read, row, said):
    first = {**GOOD, "id": "first", "half": "a"}
    with pytest.raises(InputError, match=rf"{said}[\s\S]*fix: each line needs id, kind"):
        read(first, row)


def test_all_wrong_lines_are_reported_together(read):
    with pytest.raises(InputError) as raised:
        read(*(["{"] * 25), GOOD)
    assert raised.value.message.count("not JSON") == 20
    assert "and 5 more" in raised.value.message


def test_an_empty_file_is_refused(read):
    with pytest.raises(InputError, match="no pair"):
        read()


def test_the_hash_follows_the_pairs(read):
    one, other = read(GOOD), read({**GOOD, "right": "one text!"})
    assert pair_set(one, file=None).sha256 == pair_set(read(GOOD), file=None).sha256
    assert pair_set(one, file=None).sha256 != pair_set(other, file=None).sha256

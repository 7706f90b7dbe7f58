"""Both engines against each other and against what is known; the table against its source."""

import json
import runpy

import numpy as np
import pytest

from benchwright.contamination.normaliser import fold_character
from benchwright.contamination.scan import index as plain
from benchwright.contamination.scan.engine import MAX_DEPTH, PADDING
from benchwright.contamination.scan.reference import (
    NOT_JSON,
    NOT_UTF8,
    TOO_DEEP,
    ReferenceEngine,
)
from benchwright.contamination.scan.table import CODE_POINTS, DROPPED, KIND_SHIFT, MANY, fold_table
from benchwright.errors import ConfigError

compiled = pytest.importorskip("benchwright.contamination.scan.compiled", reason="numba is absent")

TASK = "The quick brown fox jumps over the lazy dog today"
SHORT = "pack my box with jugs"
KINDS = ("separator", "word", "single")
CASES = {
    "copy": TASK,
    "case and punctuation": "the QUICK, brown... fox/jumps OVER (the) lazy dog TODAY!",
    "soft hyphens": TASK.replace("ick", "i\u00adck"),
    "zero width": TASK.replace("o", "o\u200b"),
    "accents": TASK.replace("o", "o\u0301"),
    "look-alikes": TASK.replace("o", "\u043e"),
    "full width": "".join(chr(ord(c) + 0xFEE0) if c != " " else c for c in TASK),
    "mathematical": "".join(chr(0x1D41A + ord(c) - 97) if c.islower() else c for c in TASK),
    "emoji between": TASK.replace(" ", " \U0001f600 "),
    "line breaks": TASK.replace(" ", "\n"),
}


@pytest.fixture(params=["python", "compiled"])
def engine_of(request):
    def engine(texts, run_words=8):
        if request.param == "python":
            return ReferenceEngine(plain.index_texts(texts, run_words))
        return compiled.CompiledEngine(compiled.index_texts(texts, run_words))

    return engine


def scan(engine, *lines, fields=None):
    data = b"\n".join(line if isinstance(line, bytes) else line.encode() for line in lines)
    return engine.scan_lines(np.frombuffer(data + bytes(PADDING), np.uint8), len(data), fields)


def test_the_engines_agree_on_hostile_input(root):
    compare = runpy.run_path(str(root / "tests/benchmarks/scan_fuzz.py"))["compare"]
    compared = [compare(seed) for seed in range(900_001, 900_016)]
    assert [difference for _, difference in compared if difference] == []
    assert sum(documents for documents, _ in compared) > 2_000


@pytest.mark.parametrize("ascii_only", [True, False])
@pytest.mark.parametrize("case", CASES)
def test_a_copy_is_found_however_it_is_written(engine_of, case, ascii_only):
    line = json.dumps({"text": f"before it: {CASES[case]} and after"}, ensure_ascii=ascii_only)
    assert scan(engine_of([TASK, SHORT]), line).hit_slot.tolist() == [0, 1, 2]


def test_seven_shared_words_are_no_run_and_eight_are(engine_of):
    words = TASK.split()
    lines = [json.dumps(f"x {' '.join(words[:count])} y") for count in (7, 8)]
    found = scan(engine_of([TASK]), *lines)
    assert (found.hit_record.tolist(), found.hit_token.tolist()) == ([1], [1])


def test_a_short_task_is_found_whole_and_only_whole(engine_of):
    engine = engine_of([SHORT, "five words of this sort", "too short to prove"])
    lines = [f"so: {SHORT}!", "pack my box with", "too short to prove"]
    assert scan(engine, *map(json.dumps, lines)).hit_record.tolist() == [0]


def test_a_run_crosses_values_but_neither_keys_nor_records(engine_of):
    head, tail = "The quick brown fox jumps", "over the lazy"
    lines = [{"a": head, "b": [{"c": tail}]}, {head: tail}, {"a": head}, {"a": tail}]
    assert scan(engine_of([f"{head} {tail}"]), *map(json.dumps, lines)).hit_record.tolist() == [0]


def test_numbers_are_words_as_they_are_written(engine_of):
    engine = engine_of(["one 1 two 2.50 three 30 four"])
    found = scan(engine, '["one", 1, "two", 2.50, "three", 30, "four"]')
    assert found.hit_slot.tolist() == [0]


def test_only_the_named_fields_are_read(engine_of):
    lines = [json.dumps({"id": 1, "text": TASK, "note": {"text": SHORT}}), '{"no": 1}', "7"]
    engine = engine_of([TASK, SHORT])
    found = scan(engine, *lines, fields=["text"])
    assert (found.hit_slot.tolist(), found.without_field) == ([0, 1, 2], 2)
    assert scan(engine, *lines, fields=["note", "no"]).hit_slot.tolist() == [3]
    assert (
        scan(engine, '{"t\\u0065xt": "pack my box with jugs"}', fields=["text"]).without_field == 0
    )


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"text": "torn', NOT_JSON),
        (b'{"text": "\x00"}', NOT_JSON),
        (b'{"a": 1} {}', NOT_JSON),
        (b'{"a": 01}', NOT_JSON),
        (b'{"a": "\\x"}', NOT_JSON),
        (b'{"a": "\\ud8"}', NOT_JSON),
        (b"[1,]", NOT_JSON),
        (b'{"a" 1}', NOT_JSON),
        (b'{"a": "\xff"}', NOT_UTF8),
        (b'{"a": "\xed\xa0\x80"}', NOT_UTF8),
        (b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1), TOO_DEEP),
    ],
)
def test_a_broken_record_fails_alone_and_says_why(engine_of, line, reason):
    found = scan(engine_of([SHORT]), json.dumps(SHORT), line, b"", b" \r", json.dumps(SHORT))
    assert [(f.record, f.reason) for f in found.failed] == [(1, reason)]
    assert (found.records, found.hit_record.tolist()) == (3, [0, 2])


def test_what_nests_as_deep_as_allowed_is_read(engine_of):
    line = f'{"[" * MAX_DEPTH}"{SHORT}"{"]" * MAX_DEPTH}'
    assert scan(engine_of([SHORT]), line).hit_slot.tolist() == [0]


@pytest.mark.parametrize("before", [4080, 4090, 4096, 9000])
def test_a_run_is_found_however_far_into_a_record_it_stands(engine_of, before):
    found = scan(engine_of([TASK, SHORT]), json.dumps(f"{'w ' * before}{TASK} {SHORT}"))
    assert found.hit_token.tolist() == [before, before + 1, before + 2, before + 10]


def test_more_hits_than_there_was_room_for_are_all_there(engine_of):
    line = json.dumps(f"{SHORT} " * 700)
    found = scan(engine_of([SHORT]), *[line] * 10, b"broken")
    assert found.hit_record.tolist() == [record for record in range(10) for _ in range(700)]
    assert len(found.failed) == 1


def test_a_token_of_any_length_is_itself_only(engine_of):
    lengths = (*range(1, 70), 127, 128, 129, 4000)
    texts = [" ".join(letter * length for letter in "abcde") for length in lengths]
    found = scan(engine_of(texts), *map(json.dumps, texts))
    assert found.hit_record.tolist() == found.hit_slot.tolist() == list(range(len(lengths)))


def test_scripts_without_spaces_are_cut_at_every_character(engine_of):
    engine = engine_of(["东京的天气今天非常好"])
    found = scan(engine, *map(json.dumps, ["因为东京的天气今天非常坏", "东京的天气今"]))
    assert (found.hit_record.tolist(), found.hit_token.tolist()) == ([0, 0], [2, 3])


def test_bytes_that_are_not_utf8_separate_the_words_of_a_text(engine_of):
    rows = [b"pack\xffmy\xe2\x82box with jugs", b"pack my box\xf0\x9f", b" with jugs"]
    data = np.frombuffer(b"".join(rows) + bytes(PADDING), np.uint8)
    found = engine_of([SHORT]).scan_rows(data, np.cumsum([0, *map(len, rows)]))
    assert (found.records, found.tokens, found.hit_record.tolist()) == (3, 10, [0])


def test_runs_of_one_hash_keep_slots_of_their_own():
    from benchwright.contamination.scan import index_kernel

    text, starts, _ = compiled._folded(["a b c d e", "f g h i j", "a b c d e"])
    keys = np.full(3, 7, np.uint64)
    tokens, sizes = np.array([0, 5, 10]), np.full(3, 5)
    first, slots = np.zeros((2, 3), np.int64)
    table = compiled._table(3)
    count = index_kernel.number_slots(keys, tokens, sizes, text, starts, table, first, slots)
    assert (count, slots.tolist()) == (2, [0, 1, 0])


@pytest.mark.parametrize("text", ["\u00bd" * 40, "\ufdfa" * 40, "a " * 40])
def test_texts_that_grow_when_they_are_folded_are_indexed_whole(text):
    left, right = (
        index_texts([text], 8) for index_texts in (plain.index_texts, compiled.index_texts)
    )
    assert (left.text.tobytes(), left.token_starts.tolist()) == (
        right.text.tobytes(),
        right.token_starts.tolist(),
    )
    assert left.slots == right.slots > 0


def test_the_table_folds_every_code_point_as_the_normaliser_does():
    table = fold_table()
    wrong = [
        code
        for code in range(CODE_POINTS)
        if _unpacked(table, code) != _kinds(fold_character.__wrapped__(chr(code)))
    ]
    assert wrong == []


def _kinds(parts):
    return [(kind, part if kind != "separator" else "") for kind, part in parts]


def _unpacked(table, code):
    entry = int(table.entries[code])
    value = entry & ((1 << KIND_SHIFT) - 1)
    entries = [] if entry >> KIND_SHIFT == DROPPED else [entry]
    if entry >> KIND_SHIFT == MANY:
        entries = table.parts[value + 1 : value + 1 + table.parts[value]].tolist()
    held = [(KINDS[e >> KIND_SHIFT], chr(e & ((1 << KIND_SHIFT) - 1))) for e in entries]
    return [(kind, part if kind != "separator" else "") for kind, part in held]


@pytest.mark.parametrize("run_words", [4, 32])
def test_a_run_length_that_proves_nothing_is_refused(run_words):
    for index_texts in (plain.index_texts, compiled.index_texts):
        with pytest.raises(ConfigError, match=f"run_words is {run_words}"):
            index_texts([TASK], run_words)


def test_an_index_knows_who_holds_what():
    index = compiled.index_texts([TASK, f"{TASK} {TASK}", SHORT, "too short"], 8)
    assert index.task_runs().tolist() == [3, 13, 1, 0]
    assert index.slot_tasks(np.arange(4)).tolist() == [2, 2, 2, 1]
    assert " ".join(index.slot_run(0)) == "the quick brown fox jumps over the lazy"
    assert index.slot_run(index.slots - 1) == tuple(SHORT.split())

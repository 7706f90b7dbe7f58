import string
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchwright.errors import InputError
from benchwright.generators.adversarial.document import Document, FrontMatter
from benchwright.generators.adversarial.markdown import attributes, take_apart, to_markdown
from benchwright.generators.adversarial.read import read_document, read_markdown
from benchwright.generators.adversarial.tasks import to_document, to_task
from benchwright.tasks import Candidate, CheckSpec, Task

NAMES = ("go_team_of_ten", "go_team_of_ten.twin", "opened_kettle", "opened_kettle.twin")
PLACE = Path("task.md")

anything = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
tricky = st.sampled_from(
    [
        *("", "no", "yes", "null", "~", "1e5", "0x1f", "007", "10:30", "2026-10-05", "{", "}"),
        *("- a", "```", "a\n```input\nb", "````\n", "Subject: x", "Subject: x\n\ny", " lead"),
        *("trail ", "\ttab", "a\r\nb", "a\rb", "\x00", "\x7f", "\x85", "\u2028", "\ufeff"),
        *("a: b # c", "---", "<!-- x", "é", "a\n", "a\n\n", "\n"),
    ]
)
texts = anything | tricky
leaf = texts | st.booleans() | st.integers(-(10**12), 10**12) | st.floats(-1e9, 1e9)


def objects(part):
    return st.dictionaries(texts, part, min_size=1, max_size=4)


values = st.recursive(leaf, lambda part: st.lists(part, max_size=3) | objects(part), max_leaves=8)
mails = st.builds(lambda subject, body: {"subject": subject, "body": body}, texts, texts)
outputs = mails | objects(values)
line = st.text(string.ascii_letters + "é'\":#", min_size=1, max_size=30)
names = st.text(string.ascii_lowercase, min_size=1, max_size=8)
checks = st.builds(
    CheckSpec,
    kind=texts,
    params=objects(values),
    weight=st.floats(0.1, 9),
    critical=st.booleans(),
)
candidates = st.builds(
    Candidate,
    output=outputs,
    label=st.sampled_from(["pass", "fail"]),
    dimension=st.none() | texts,
    check=st.none() | texts,
    why=texts,
)
heads = st.builds(
    FrontMatter,
    pack=line,
    title=line,
    dimension=texts,
    attacks=st.lists(names, max_size=2).map(tuple),
    severity=st.sampled_from(["low", "medium", "high", "critical"]),
    difficulty=st.sampled_from(["easy", "medium", "hard"]),
    author=line,
    date=st.dates(date(2000, 1, 1), date(2100, 1, 1)),
    why_hard=texts,
    twin=st.none() | names.map(lambda name: f"{name}.md"),
    tags=st.lists(texts, max_size=2).map(tuple),
    expected=st.just({}) | objects(values),
    base=st.just(False),
    pass_score=st.none() | st.floats(0.1, 1),
    checks=st.lists(checks, min_size=1, max_size=2).map(tuple),
)
documents = st.builds(
    Document,
    head=heads,
    notes=st.sampled_from(["", "One line.", "# Title\n\n- a\n- b\n\n    code"]),
    input=objects(values),
    reference=outputs,
    outputs=st.lists(candidates, max_size=3).map(tuple),
)


@settings(max_examples=120, deadline=None)
@given(documents)
def test_every_document_is_read_back_equal_and_written_again_to_the_same_bytes(document):
    written = to_markdown(document)
    reading = read_markdown(written, PLACE)
    assert reading.document == document, reading.found.findings
    assert to_markdown(reading.document) == written


@settings(max_examples=40, deadline=None)
@given(documents)
def test_every_task_is_the_same_task_after_a_trip_through_markdown(packs, document):
    task = to_task(document, packs["tenacious_outbound"], source="task.md", source_sha256="0" * 64)
    trip = read_markdown(to_markdown(to_document(task)), PLACE).document
    again = to_task(trip, packs["tenacious_outbound"], source="task.md", source_sha256="0" * 64)
    assert again == task
    assert to_document(again) == document


@pytest.mark.parametrize("name", NAMES)
def test_a_finished_file_survives_the_trip_with_its_base_checks(packs, document_of, name):
    document = document_of(f"{name}.md")
    pack = packs[document.head.pack]
    task = to_task(document, pack, source=f"{name}.md", source_sha256="1" * 64)
    assert Task.model_validate_json(task.to_json()) == task
    assert to_document(task) == document
    assert read_markdown(to_markdown(document), PLACE).document == document


def test_words_stay_words_and_numbers_stay_numbers():
    head = "pack: a\ntitle: no\ndimension: d\nseverity: low\ndifficulty: easy\nauthor: a"
    values = "a: no\nb: 10:30\nc: 007\nd: 2026-10-05\ne: 1e3\nf: -4\ng: true\nh: 1_000\ni: 'x'"
    text = f"---\n{head}\ndate: 2026-10-05\n---\n```input\n{values}\n```\n```reference\nk: v\n```\n"
    read = read_markdown(text, PLACE).document
    assert read.head.title == "no"
    assert list(read.input.values()) == [
        *("no", "10:30", "007", "2026-10-05", 1000.0, -4, True, "1_000", "x"),
    ]


def test_windows_line_ends_and_a_byte_order_mark_change_nothing(files):
    text = (files / "go_team_of_ten.md").read_text()
    plain = read_markdown(text, PLACE)
    assert read_markdown("\ufeff" + text.replace("\n", "\r\n"), PLACE).document == plain.document


def test_blocks_inside_a_comment_a_list_or_a_longer_fence_are_text():
    parts = take_apart(
        "<!--\n```input\na: 1\n```\n-->\n\n````bad\n```input\n````\n\n- x\n\n  ```good\n  ```\n"
    )
    assert [(block.kind, block.text, block.line) for block in parts.blocks] == [
        ("bad", "```input", 7)
    ]


def test_an_open_fence_is_told_from_a_closed_one():
    [block] = take_apart("```input\na: 1\n``").blocks
    assert not block.is_closed
    assert block.text == "a: 1\n``"


@pytest.mark.parametrize(
    ("info", "said"),
    [
        ('check=capacity why="a \\"b\\" c"', {"check": "capacity", "why": 'a "b" c'}),
        ("check=a check=b", None),
        ('why="open', None),
        ("capacity", None),
        ("", {}),
    ],
)
def test_an_info_line_is_read_or_refused(info, said):
    assert attributes(info) == said


def test_notes_that_open_a_block_are_refused_with_the_fix(document_of):
    document = document_of("go_team_of_ten.md").model_copy(update={"notes": "<!-- open"})
    with pytest.raises(InputError, match="cannot stand beside the blocks"):
        to_markdown(document)


def test_reading_a_broken_file_names_every_line(tmp_path):
    path = tmp_path / "a.md"
    path.write_text("no front matter\n")
    with pytest.raises(InputError, match=r"a.md:1: A001 there is no front matter\n.*a.md:2: A018"):
        read_document(path)


def test_a_file_of_more_than_a_mebibyte_is_refused(tmp_path):
    path = tmp_path / "a.md"
    path.write_bytes(b"x" * (2**20 + 1))
    with pytest.raises(InputError, match="more than 1 MiB"):
        read_document(path)

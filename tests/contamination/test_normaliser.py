import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchwright.contamination.normaliser import canonical_text, token_bounds, tokens

PLAIN = "please copy this task about the harbour"


@pytest.mark.parametrize(
    "hidden",
    [
        PLAIN.upper(),
        PLAIN.replace(" ", " ... "),
        PLAIN.replace("copy", "co\u200bpy"),
        PLAIN.replace("task", "ta\u00adsk"),
        PLAIN.replace("copy", "c\u043epy"),
        PLAIN.replace("about", "\u0430bout"),
        PLAIN.replace("harbour", "h\u0301arbou\u0308r"),
        "".join(chr(ord(c) + 0xFEE0) if c.isalpha() else c for c in PLAIN),
        "".join(chr(0x1D41A + ord(c) - 97) if c.isalpha() else c for c in PLAIN),
    ],
)
def test_a_hidden_copy_is_equal_after_folding(hidden):
    assert canonical_text(hidden) == PLAIN


def test_one_other_letter_is_not_equal():
    assert canonical_text(PLAIN.replace("copy", "cope")) != PLAIN


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("straße ﬁne", ["strasse", "fine"]),
        ("½ don't snake_case", ["1", "2", "don", "t", "snake", "case"]),
        ("漢字kanaテスト", ["漢", "字", "kana", "テ", "ス", "ト"]),
        ("한국어 시험", [unicodedata.normalize("NFKD", w) for w in ("한국어", "시험")]),
        ("שלום עולם", ["שלום", "עולם"]),
        ("😀 ok 👩‍🚀", ["ok"]),
        ("", []),
    ],
)
def test_scripts_are_cut_as_the_module_says(text, expected):
    assert [token.text for token in tokens(text)] == expected


def test_a_token_points_at_the_text_it_came_from():
    text = "(E\u0301cole) so\u00adft 漢x"
    assert [text[t.start : t.end] for t in tokens(text)] == ["E\u0301cole", "so\u00adft", "漢", "x"]


@given(st.text())
def test_the_canonical_text_is_the_tokens_joined(text):
    assert canonical_text(text) == " ".join(token.text for token in tokens(text))


@given(st.text())
def test_folding_twice_changes_nothing_and_places_stay_inside(text):
    found = tokens(text)
    assert all(0 <= t.start < t.end <= len(text) for t in found)
    assert all(a.start <= b.start for a, b in pairwise(found))
    assert canonical_text(canonical_text(text)) == canonical_text(text)


@given(st.text() | st.text(st.characters(max_codepoint=127)))
def test_the_bounds_are_those_of_the_first_and_the_last_token(text):
    found = tokens(text)
    if found:
        assert token_bounds(text) == (found[0].start, found[-1].end)


def test_the_bounds_leave_out_what_stands_around_the_tokens():
    assert token_bounds("(one, two!)") == (1, 9)
    assert token_bounds("(\u00e9t\u00e9, two!)") == (1, 9)

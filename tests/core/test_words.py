"""The folded and masked forms by which texts are compared."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchwright.words import fold, leaf_texts, mask, words


def test_masked_texts_differ_only_in_what_a_template_fills_in():
    left = mask("Arbor Labs wants 3 engineers by 12 May 2026 for $4.5M.", ["Arbor Labs"])
    right = mask("Norvale wants seven engineers by 1 June 2027 for $14 million.", ["Norvale"])
    assert left == right
    assert mask("Arbor Labs wants 3 designers by 12 May 2026 for $4.5M.", ["Arbor Labs"]) != left


def test_a_name_is_masked_as_whole_words_only_and_the_longest_first():
    assert mask("Arbor, Arbor Labs and Arborist", ["Arbor", "Arbor Labs"]) == (
        "<name> <name> and arborist"
    )
    assert mask("Small team", []) == "small team"


def test_ascii_and_other_texts_are_folded_alike():
    assert fold("Ｆｕｌｌ Ｗｉｄｔｈ É") == "full width e"
    assert fold("PLAIN") == "plain"
    assert words("Zero\u200bwidth Straße") == ["zerowidth", "strasse"]


@given(
    st.text("ab _-é.", max_size=14),
    st.lists(st.text("ab -.", min_size=1, max_size=4), max_size=4),
)
def test_masking_names_equals_what_a_pattern_would_do(text, names):
    known = sorted({fold(name) for name in names if name.strip()}, key=len, reverse=True)
    expected = fold(text)
    if known:
        pattern = "|".join(re.escape(name) for name in known)
        expected = re.sub(rf"(?<!\w)(?:{pattern})(?!\w)", " <name> ", expected)
    assert mask(text, names) == mask(expected)


@pytest.mark.parametrize("junk", ["a", "a@", "1,", "may ", "a-", "$1 ", "x1 "])
def test_masking_junk_takes_linear_time(junk):
    started = time.process_time()
    mask(junk * (200_000 // len(junk)), ["a", "may"])
    assert time.process_time() - started < 8


def test_leaves_come_in_key_order_or_in_that_of_the_document_and_without_keys():
    value = {"b": ["x", {"a": 1.5}], "a": None, "c": True, "0": "y"}
    assert list(leaf_texts(value)) == ["y", "x", "1.5"]
    assert list(leaf_texts(value, sort_keys=False)) == ["x", "1.5", "y"]

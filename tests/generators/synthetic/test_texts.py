import pytest

from benchwright.generators.synthetic.texts import (
    added_facts,
    known_facts,
    lost_facts,
    pack_texts,
    prose,
    shape,
    with_texts,
)

RULE = "Ask for one thing only and nothing more."
INPUT = {
    "rules": [RULE],
    "stage": "cold",
    "line": "Open Go posts at Holm Ltd went from 3 to 9 in 30 days.",
    "tool": '{"a": "one two three four five six seven"}',
    "turns": [{"content": "Please tell me what your team would cost us."}],
}


def test_only_sentences_of_the_case_are_worded_anew():
    found = prose(INPUT, fixed=pack_texts({"rules": {"one": RULE}}))
    assert set(found) == {"/line", "/turns/0/content"}


def test_a_text_goes_back_to_its_place_and_nothing_else_changes():
    changed = with_texts(INPUT, {"/turns/0/content": "new", "/line": "x"})
    assert changed["turns"][0]["content"] == "new"
    assert changed | {"turns": INPUT["turns"], "line": INPUT["line"]} == INPUT
    assert INPUT["line"].startswith("Open")


def test_a_place_with_a_slash_in_its_name_is_found_again():
    value = {"a/b~c": "one two three four five six"}
    [place] = prose(value, fixed=frozenset())
    assert with_texts(value, {place: "new"}) == {"a/b~c": "new"}


@pytest.mark.parametrize(
    ("after", "lost"),
    [
        ("In 30 days Holm Ltd went from 3 open Go posts to 9.", ()),
        ("In 30 days Holm Ltd went from 3 open Go posts to 19.", ("9",)),
        ("In a month Holm Ltd went from 3 to 9 Go posts.", ("30",)),
        ("In 30 days the firm went from 3 to 9 Go posts.", ("Holm", "Ltd")),
    ],
)
def test_a_lost_number_or_name_is_named(after, lost):
    assert lost_facts(INPUT["line"], after) == lost


def test_an_invented_number_is_named_and_a_known_one_is_not():
    known = known_facts([INPUT, {"amount": 250}])
    assert added_facts("They went from 3 to 9, for $250.", known=known) == ()
    assert added_facts("They went from 3 to 12.", known=known) == ("12",)
    assert added_facts("Write to ann@holm.example.", known=known) == ("ann@holm.example",)


def test_the_shape_shows_the_form_and_no_content():
    assert shape({"subject": "Hi", "n": 3, "list": ["a"]}) == {
        "subject": "text",
        "n": "int",
        "list": ["text"],
    }

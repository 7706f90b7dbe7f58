from pathlib import Path

import pytest

from benchwright.packs import load_pack
from benchwright.wording import pack_wording

PACK = """\
schema_version: 1
name: mini
title: Mini
description: A pack.
output: email
as_of: 2026-10-05
dimensions: [{name: d, title: D, question: 'Is it so?'}]
constants: {rule: Ask for one thing only., margin: 0.2}
"""
FAMILY = """\
schema_version: 1
family: f
slots:
  mood: {type: choice, values: [calm, rude]}
  days: {type: int, min: 1, max: 9}
derived:
  line: "={'calm': ['All is well with ' ~ days ~ ' days to go.'], 'rude': ['No.']}[mood]|first"
  said: "=vocab.words.early|replace('#N', days)"
input:
  note: "{% if mood == 'secret' %}Within {{ days }}s the post went up.{% else %}Nothing.{% endif %}"
"""


@pytest.fixture
def texts(tmp_path):
    root = tmp_path / "mini"
    for folder in ("families", "texts", "vocab"):
        (root / folder).mkdir(parents=True)
    (root / "pack.yaml").write_text(PACK)
    (root / "families" / "f.yaml").write_text(FAMILY)
    (root / "vocab" / "words.yaml").write_text("early: 'the team is ready #N days after that'\n")
    (root / "texts" / "t.j2").write_text("{% macro m(x) %}It came to {{ x }} in all.{% endmacro %}")
    wording = pack_wording(load_pack("./mini", base=tmp_path))
    return {entry.text: entry.file for entry in wording}


@pytest.mark.parametrize(
    ("text", "file"),
    [
        ("calm", "families/f.yaml"),
        ("All is well with [...] days to go.", "families/f.yaml"),
        ("Within [...] the post went up.", "families/f.yaml"),
        ("Nothing.", "families/f.yaml"),
        ("Ask for one thing only.", "pack.yaml"),
        ("It came to [...] in all.", "texts/t.j2"),
        ("the team is ready [...] days after that", "vocab/words.yaml"),
    ],
)
def test_fixed_words_are_wording_and_what_a_row_fills_in_is_a_blank(texts, text, file):
    assert texts[text] == file


@pytest.mark.parametrize("text", ["secret", "choice", "#N", "1", "s the post went up."])
def test_conditions_keys_marks_and_cut_words_are_no_wording(texts, text):
    assert text not in texts


def test_the_shipped_pack_has_its_rules_and_no_name_of_a_row():
    texts = {w.text for w in pack_wording(load_pack("tenacious_outbound", base=Path()))}
    assert "Ask for one thing only." in texts
    assert not any("Firbluff" in text for text in texts)

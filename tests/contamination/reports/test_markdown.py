import re

import pytest
from markdown_it import MarkdownIt

from benchwright.contamination.reports.markdown import MAX_MATCHES, to_markdown
from benchwright.markdown import inert

ALLOWED = {
    *("h1", "h2", "h3", "p", "strong", "ul", "li", "pre", "b"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}


def rendered(text, *, html=True):
    return MarkdownIt("commonmark", {"html": html}).enable(["table", "strikethrough"]).render(text)


def tags(page):
    return set(re.findall(r"<\s*/?\s*([a-zA-Z!?][^\s>/]*)", page))


def test_a_match_is_shown_with_its_shared_span_in_bold(make):
    text = to_markdown(make.flagged())
    assert text.startswith("# Contamination check: flagged\n")
    assert "<pre><b>Write to</b> Ada about the bench.</pre>" in text
    assert "t1 ~ c1 (score 0.910)" in text
    assert "test, data dir/test.jsonl:7:" in text
    assert "id is id (guessed)" in text
    assert "input is prompt (stated)" in text
    row = next(line for line in text.splitlines() if line.startswith("| minhash"))
    assert "| **flagged** | 5 | 0 | 6 | 1 | 0 | 8 / 8 | min_jaccard 0.8 |" in row


def test_a_clean_report_says_so(make):
    assert "**Clean.**" in to_markdown(make.report(make.run()))


def test_hostile_text_makes_no_markup(make, payload):
    page = rendered(to_markdown(make.hostile(payload)))
    assert tags(page) <= ALLOWED
    assert re.findall(r"<\w+ [^>]*>", page) == [
        tag
        for tag in re.findall(r"<\w+ [^>]*>", page)
        if tag.startswith(("<td style=", "<th style="))
    ]
    assert page.count("<table>") == 1
    assert page.count("<h1>") == 1


def test_hostile_text_makes_no_markup_where_html_is_off(make, payload):
    page = rendered(to_markdown(make.hostile(payload)), html=False)
    assert tags(page) <= ALLOWED


def test_plain_text_keeps_its_looks():
    assert inert("task-17 of bench.jsonl, 3 days") == "task-17 of bench.jsonl, 3 days"
    assert inert(" \n") == "(empty)"


def test_a_cut_says_how_many_more(make):
    matches = tuple(make.match(left_id=f"t{n}") for n in range(MAX_MATCHES + 3))
    text = to_markdown(make.report(make.run("flagged", matches=matches)))
    assert "**3 more matches** of minhash not shown" in text
    assert text.count("### ") == MAX_MATCHES


def test_a_long_text_is_cut_around_its_shared_span(make):
    match = make.match("a" * 5000 + "SHARED" + "b" * 5000, spans=((5000, 5006),))
    text = to_markdown(make.report(make.run("flagged", matches=(match,))))
    assert "[4,800 characters left out]" in text
    assert "<b>SHARED</b>" in text
    assert re.search(r"\[4,\d{3} characters left out\]</pre>", text)


@pytest.mark.parametrize("said", ["inconclusive", "clean"])
def test_inconclusive_is_never_shown_as_clean(make, said):
    text = to_markdown(make.report(make.run(check="exact"), make.run("inconclusive"), verdict=said))
    assert text.startswith("# Contamination check: inconclusive\n")
    assert "**Clean" not in text
    assert "minhash: found 5 of 8 planted copies" in text


def test_overlapping_and_outlying_spans_are_drawn_once(make):
    match = make.match("abcdef", spans=((2, 4), (0, 3), (5, 99), (4, 4), (-3, 1)))
    text = to_markdown(make.report(make.run("flagged", matches=(match,))))
    assert "<pre><b>abcd</b>e<b>f</b></pre>" in text

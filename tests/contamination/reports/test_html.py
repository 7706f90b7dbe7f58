import re
from html.parser import HTMLParser

import pytest

from benchwright.contamination.reports.html import MAX_PAIRS, fair_shares, to_html
from benchwright.findings import Cluster
from benchwright.markdown import visible

CSP = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"


class Page(HTMLParser):
    """Tags, attributes and texts as a browser's tokenizer would see them."""

    def __init__(self, text):
        super().__init__()
        self.starts, self.texts, self.open = [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.starts.append((tag, dict(attrs)))
        if tag not in ("meta", "br", "input"):
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.starts.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append((tuple(self.open), data))

    def within(self, tag):
        return [data for path, data in self.texts if path and path[-1] == tag]


def shape(page):
    return [(tag, sorted(attrs)) for tag, attrs in page.starts]


def test_a_match_is_drawn_with_its_shared_span_marked(make):
    report = make.flagged(clusters=(Cluster(ids=("test t1", "train c1"), checks=("minhash",)),))
    page = Page(to_html(report))
    assert page.open == []
    assert page.within("h1") == ["Flagged"]
    assert page.within("mark") == ["Write to", "Write to"]
    assert "data dir/test.jsonl:7" in page.within("span")
    assert "guessed" in page.within("span")
    assert "2 items by minhash" in page.within("summary")
    bars = [attrs for tag, attrs in page.starts if tag == "rect"]
    assert [bar["height"] for bar in bars] == ["96.0"]
    limit = next(attrs for _, attrs in page.starts if attrs.get("class") == "limit")
    assert limit["x1"] == "256.0"


def test_a_clean_report_says_so(make):
    page = Page(to_html(make.report(make.run())))
    assert page.within("h1") == ["Clean"]
    assert page.within("mark") == []


def test_a_run_without_threshold_draws_none(make):
    text = to_html(make.report(make.run(params={"min_jaccard": True})))
    assert 'class="limit"' not in text


def test_the_page_loads_nothing(make):
    text = to_html(make.flagged())
    page = Page(text)
    policy = next(a["content"] for t, a in page.starts if t == "meta" and "http-equiv" in a)
    assert policy.startswith(CSP)
    assert not re.search(r"https?:|//[a-z]|url\(|@import", text.replace("http-equiv", ""))
    assert not any({"src", "href", "action"} & set(attrs) for _, attrs in page.starts)
    for sink in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("):
        assert sink not in text


def test_hostile_text_is_only_text(make, payload):
    page = Page(to_html(make.hostile(payload)))
    plain = Page(to_html(make.hostile("harmless")))
    assert page.open == []
    assert shape(page) == shape(plain)
    assert page.within("script") == plain.within("script")
    assert page.within("style") == plain.within("style")
    texts = "".join(data for _, data in page.texts)
    assert visible(payload) in texts


@pytest.mark.parametrize("said", ["inconclusive", "clean"])
def test_inconclusive_is_never_shown_as_clean(make, said):
    report = make.report(make.run(check="exact"), make.run("inconclusive"), verdict=said)
    page = Page(to_html(report))
    assert page.within("h1") == ["Inconclusive"]
    assert page.within("title")[0] == "Contamination check: inconclusive"
    assert "minhash: found 5 of 8 planted copies" in page.within("li")


def test_a_check_that_did_not_run_is_not_shown_as_clean(make):
    report = make.report(make.run("not_run"), verdict="clean")
    page = Page(to_html(report))
    assert page.within("h1") == ["Inconclusive"]
    assert "not run" in page.within("span")


def test_a_waived_report_is_not_shown_as_clean(make):
    report = make.report(make.run("inconclusive"), waivers=(make.waiver,), verdict="waived")
    page = Page(to_html(report))
    assert page.within("h1") == ["Waived"]
    assert "waived (inconclusive): accepted by Ada" in page.within("li")


def test_a_cut_says_how_many_more(make):
    matches = tuple(make.match(left_id=f"t{n}") for n in range(MAX_PAIRS + 2))
    text = to_html(make.report(make.run("flagged", matches=matches)))
    assert text.count("<article") == MAX_PAIRS
    assert "2 more findings not shown on this page" in text


def test_a_check_of_thousands_leaves_room_for_the_findings_of_another(make):
    many = tuple(make.match(left_id=f"t{n}") for n in range(MAX_PAIRS + 2))
    few = tuple(make.match(left_id=f"late{n}") for n in range(3))
    runs = make.run("flagged", matches=many), make.run("flagged", check="time", matches=few)
    text = to_html(make.report(*runs))
    assert text.count("<article") == MAX_PAIRS
    assert all(f"late{n}" in text for n in range(3))
    assert "5 more findings not shown on this page" in text


@pytest.mark.parametrize(
    ("sizes", "most", "shares"),
    [([9, 9], 4, [2, 2]), ([9, 1, 0], 6, [5, 1, 0]), ([2, 3], 10, [2, 3]), ([], 5, [])],
)
def test_a_short_list_is_shown_whole_and_long_ones_share_the_rest(sizes, most, shares):
    assert fair_shares(sizes, most) == shares


def test_the_same_report_gives_the_same_page(make):
    assert to_html(make.flagged()) == to_html(make.flagged())

from xml.dom import minidom

import pytest

from benchwright.contamination.reports.junit import MAX_MATCHES, to_junit


def cases_of(report):
    document = minidom.parseString(to_junit(report))  # noqa: S318 - our own output
    return document.documentElement, document.getElementsByTagName("testcase")


def outcomes(cases):
    return [
        [child.tagName for child in case.childNodes if child.nodeType == child.ELEMENT_NODE]
        for case in cases
    ]


def test_every_status_has_its_outcome(make):
    report = make.report(
        make.run(check="exact"),
        make.run("flagged", matches=(make.match(),)),
        make.run("inconclusive", check="ngram"),
        make.run("not_run", check="lineage"),
    )
    root, cases = cases_of(report)
    assert outcomes(cases) == [[], ["failure"], ["error"], ["skipped"]]
    assert [root.getAttribute(n) for n in ("tests", "failures", "errors", "skipped")] == list(
        "4111"
    )
    failure = cases[1].getElementsByTagName("failure")[0]
    assert "t1 (data dir/test.jsonl:7) ~ c1 (data dir/train.jsonl:7)" in failure.firstChild.data
    assert cases[1].getAttribute("classname") == "contamination.minhash"
    assert cases[1].getAttribute("name") == "test x train"


@pytest.mark.parametrize("said", ["inconclusive", "clean"])
def test_inconclusive_is_never_shown_as_clean(make, said):
    root, cases = cases_of(make.report(make.run("inconclusive"), verdict=said))
    assert outcomes(cases) == [["error"]]
    assert root.getElementsByTagName("property")[0].getAttribute("value") == "inconclusive"


def test_a_verdict_that_no_run_explains_is_an_error(make):
    side = make.side("train", bad_rows=(make.bad_row,))
    _, cases = cases_of(make.report(make.run(), train=side, verdict="inconclusive"))
    assert outcomes(cases) == [[], ["error"]]
    message = cases[1].getElementsByTagName("error")[0].getAttribute("message")
    assert message == "Inconclusive: 1 train row could not be read"
    assert cases[1].getElementsByTagName("error")[0].firstChild.data == (
        "train test.jsonl:4: not JSON"
    )
    _, cases = cases_of(make.report(verdict="inconclusive"))
    assert outcomes(cases) == [["error"]]


def test_hostile_text_is_well_formed(make, payload):
    _, cases = cases_of(make.hostile(f"{payload}\x00\x0b\ufffe"))
    assert "\ufffd" in cases[0].getAttribute("name")
    assert outcomes(cases)[0] == ["failure"]


def test_a_cut_says_how_many_more(make):
    matches = tuple(make.match(left_id=f"t{n}") for n in range(MAX_MATCHES + 1))
    assert "1 more match not shown" in to_junit(make.report(make.run("flagged", matches=matches)))


def test_unread_rows_that_are_cut_are_counted(make):
    side = make.side("test", bad_rows=(make.bad_row,) * (MAX_MATCHES + 2))
    text = to_junit(make.report(make.run(), test=side, verdict="inconclusive"))
    assert text.count("test test.jsonl:4: not JSON") == MAX_MATCHES
    assert "2 more test rows not shown" in text


def test_a_waived_run_is_skipped_and_says_so(make):
    _, cases = cases_of(make.report(make.run("inconclusive"), verdict="waived"))
    assert outcomes(cases) == [["skipped"]]
    assert "waived, inconclusive" in cases[0].firstChild.nextSibling.getAttribute("message")

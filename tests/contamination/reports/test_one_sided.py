import pytest

from benchwright.contamination.reports.html import to_html
from benchwright.contamination.reports.junit import to_junit
from benchwright.contamination.reports.markdown import to_markdown
from benchwright.contamination.reports.sarif import to_sarif
from benchwright.verdicts import Match


@pytest.mark.parametrize("write", [to_html, to_junit, to_markdown, to_sarif])
@pytest.mark.parametrize(
    ("ids", "shown"),
    [
        ({"left_id": "t1", "right_id": None}, "t1"),
        ({"left_id": None, "right_id": "c1"}, "c1"),
        ({"left_id": None, "right_id": None}, "the dates are out of order"),
    ],
    ids=["test item", "training record", "test side"],
)
def test_a_finding_of_one_side_is_shown_and_names_no_item_of_the_other(make, write, ids, shown):
    match = Match(**ids, score=1.0, evidence="the dates are out of order")
    run = make.run("flagged", check="time", matches=(match,), one_by_one=True, histogram=None)
    text = write(make.report(run, verdict="flagged"))
    assert shown in text
    assert "None" not in text
    assert "the dates are out of order" in text

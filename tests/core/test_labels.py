import pytest
from pydantic import ValidationError

from benchwright.labels import RawLabel

LABEL = {
    "task_id": "t1",
    "annotator": "ana",
    "kind": "person",
    "scores": {"tone": 4},
    "labelled_at": "2026-03-02T09:00:00Z",
    "session": "s",
    "blind": True,
}


def _edit(at, before, after, field="tone"):
    return {"at": f"2026-03-02T{at}Z", "field": field, "before": before, "after": after}


def test_a_label_comes_back_from_its_own_line():
    edits = [_edit("09:00:05", 2, 3), _edit("09:00:09", 3, 4)]
    label = RawLabel.model_validate({**LABEL, "skipped": ["fit"], "edits": edits})
    assert RawLabel.model_validate_json(label.to_json()) == label
    assert (label.answer("tone"), label.answer("fit"), label.answer("decision")) == (4, None, None)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"scores": {"tone": 6}}, "Input should be 1, 2, 3, 4 or 5"),
        ({"scores": {}}, "no score, no skipped dimension and no decision"),
        ({"skipped": ["tone"]}, "tone has a score and is skipped"),
        ({"skipped": ["decision"]}, "'decision' is no dimension"),
        ({"labelled_at": "2026-03-02T09:00:00"}, "timezone"),
        ({"labelled_at": "2026-03-02T09:00:00+01:00"}, "is not in UTC"),
        ({"annotator": "  "}, "pattern"),
        ({"pass_number": 0}, "greater than or equal to 1"),
        ({"rating": 4}, "Extra inputs"),
        ({"edits": [_edit("08:59:59", 2, 4)]}, "is too early"),
        ({"edits": [_edit("09:00:05", 2, 3)]}, "tone is 4, and its last edit says 3"),
        (
            {"edits": [_edit("09:00:05", 2, 3), _edit("09:00:09", 5, 4)]},
            "an edit of tone is from 5, and it was 3",
        ),
    ],
)
def test_what_contradicts_itself_is_refused(change, problem):
    with pytest.raises(ValidationError, match=problem):
        RawLabel.model_validate({**LABEL, **change})

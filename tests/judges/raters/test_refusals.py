from datetime import timedelta

import pytest

from benchwright.judges.raters.refusals import find_refusals, passes_of
from tests.judges.raters.conftest import START

ROWS = [1, 2, 3, 4, 5, 1]
OTHER = [1, 2, 3, 4, 5, 2]


def _kinds(labels):
    return [refusal.kind for refusal in find_refusals(passes_of(labels))]


def test_two_passes_that_differ_are_compared(given):
    assert _kinds([*given("ana", ROWS), *given("ben", OTHER)]) == []


@pytest.mark.parametrize(
    ("hours", "kinds"), [(24.0, ["passes_too_close"]), (24.09, []), (0.5, ["passes_too_close"])]
)
def test_a_second_pass_begins_24_hours_after_the_end_of_the_first(given, hours, kinds):
    """The first pass ends with its sixth label, five minutes after it began."""
    labels = [*given("ana", ROWS), *given("ana", OTHER, number=2, hours=hours)]
    assert _kinds(labels) == kinds


def test_another_annotator_may_label_at_the_same_time(given):
    assert _kinds([*given("ana", ROWS), *given("ben", OTHER, number=2)]) == []


@pytest.mark.parametrize(("minutes", "kinds"), [(11, ["edited"]), (10, []), (0, [])])
def test_a_slip_may_be_mended_at_once_and_not_after_the_fact(given, label, minutes, kinds):
    edit = {"at": START + timedelta(minutes=minutes), "field": "tone", "before": 4, "after": 2}
    edited = label("t9", {"tone": 2}, edits=[edit])
    labels = [*given("ana", ROWS), edited, *given("ben", OTHER)]
    found = find_refusals(passes_of(labels))
    assert [refusal.kind for refusal in found] == kinds
    assert all("tone of t9" in refusal.message for refusal in found)


def test_an_edit_counts_for_the_end_of_a_pass(given, label):
    edit = {"at": START + timedelta(minutes=10), "field": "tone", "before": 4, "after": 2}
    first = [*given("ana", ROWS), label("t9", {"tone": 2}, edits=[edit])]
    assert _kinds([*first, *given("ana", OTHER, number=2, hours=24.1)]) == ["passes_too_close"]
    assert _kinds([*first, *given("ana", OTHER, number=2, hours=24.2)]) == []


def test_a_copy_is_refused_and_one_other_answer_is_enough(given):
    assert _kinds([*given("ana", ROWS), *given("ben", ROWS)]) == ["identical"]
    again = given("ana", ROWS, number=2, hours=48)
    assert _kinds([*given("ana", ROWS), *again]) == ["identical"]


def test_a_pass_that_says_the_same_of_everything_is_refused(given):
    assert _kinds([*given("ana", [4] * 6), *given("ben", OTHER)]) == ["constant"]
    assert _kinds([*given("ana", [4] * 5 + [3]), *given("ben", OTHER)]) == []


def test_labels_that_were_not_blind_or_made_by_a_model_are_refused(given):
    assert _kinds([*given("ana", ROWS, blind=False), *given("ben", OTHER)]) == ["not_blind"]
    assert _kinds([*given("ana", ROWS, kind="model"), *given("ben", OTHER)]) == ["by_a_model"]


def test_one_pass_alone_has_nothing_to_compare(given):
    assert _kinds(given("ana", ROWS)) == ["nothing_to_compare"]
    ben = [..., ..., ..., ..., ..., ..., 1, 2]
    assert _kinds([*given("ana", ROWS), *given("ben", ben)]) == ["nothing_to_compare"]

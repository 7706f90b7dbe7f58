import re
from html.parser import HTMLParser

import pytest

from benchwright.judges.review.items import adversarial_item, held_item, label_item
from benchwright.judges.review.records import (
    adversarial_reviews,
    held_decisions,
    raw_labels,
)
from benchwright.labels import Edit
from tests.judges.review.builders import PAYLOADS, hand_written, held_row, make_task
from tests.judges.review.conftest import MORNING

FIRST, SECOND, THIRD = (
    "input_coherence",
    "ground_truth_verifiability",
    "rubric_application_clarity",
)


def test_an_answer_is_saved_at_once_and_a_server_started_again_goes_on_there(visit, five):
    page = visit()
    item = page.current()
    assert page.act("answer", item, FIRST, "4").json["answers"] == {FIRST: "4"}
    again = visit()
    assert again.current() == item
    assert again.act("answer", item, SECOND, "2").json["answers"] == {FIRST: "4", SECOND: "2"}


def test_an_act_that_is_sent_twice_counts_once(visit, five, answers):
    page = visit()
    item = page.current()
    for _ in range(2):
        assert page.act("answer", item, FIRST, "4", nonce="a" * 32).status_code == 200
    assert len(answers.events("label")) == 1


def test_an_item_is_left_only_when_everything_is_answered(visit, five):
    page = visit()
    item = page.current()
    for field in (FIRST, SECOND, THIRD):
        page.act("answer", item, field, "3")
    refused = page.act("leave", item)
    assert refused.status_code == 409
    assert refused.json["error"] == "not answered yet: decision"
    page.act("answer", item, "decision", "held")
    assert page.act("leave", item).status_code == 200
    assert page.current() != item


def test_what_was_left_stands(visit, five):
    page = visit()
    item = page.label()
    refused = page.act("answer", item, FIRST, "1")
    assert refused.status_code == 409
    assert "left already" in refused.json["error"]
    assert page.act("undo", item, FIRST, "1").status_code == 409


@pytest.mark.parametrize(
    ("field", "value"),
    [(FIRST, "6"), (FIRST, "0"), (FIRST, "accept"), ("decision", "3"), ("mood", "3"),
     (FIRST, None), ("opened", "yes"), ("note", ""), ("note", "x" * 2001)],
)  # fmt: skip
def test_what_is_no_answer_is_refused(visit, five, answers, field, value):
    page = visit()
    assert page.act("answer", page.current(), field, value).status_code == 409
    assert answers.events("label") == ()


@pytest.mark.parametrize(
    "values", [{}, {"kind": "answer"}, {"kind": "erase", "nonce": "a" * 32, "item": "x"}, [1], "x"]
)
def test_what_is_no_act_is_refused(visit, five, values):
    assert visit().post("/label/act", values).status_code == 400


def test_undo_brings_the_answer_before_back_and_the_first_one_can_only_be_replaced(visit, five):
    page = visit()
    item = page.current()
    page.act("answer", item, FIRST, "3")
    assert page.act("undo", item, FIRST, None).status_code == 409
    changed = page.act("answer", item, FIRST, "4").json
    assert changed["undo"] == {"field": FIRST, "value": "3"}
    assert page.act("undo", item, FIRST, "5").status_code == 409
    assert page.act("undo", item, FIRST, "3").json["answers"] == {FIRST: "3"}


def test_every_change_stands_in_the_label_with_its_time(visit, five, answers, hand):
    page = visit()
    item = page.current()
    page.act("answer", item, FIRST, "3")
    hand.pass_(seconds=30)
    page.act("answer", item, FIRST, "skip")
    hand.pass_(seconds=30)
    page.act("answer", item, FIRST, "5")
    for field in (SECOND, THIRD):
        page.act("answer", item, field, "2")
    page.act("answer", item, "decision", "reject")
    page.act("answer", item, "note", "Odd.")
    page.act("leave", item)
    [label] = raw_labels(answers)
    assert label.labelled_at == MORNING
    assert label.scores == {FIRST: 5, SECOND: 2, THIRD: 2}
    assert (label.decision, label.note, label.blind, label.session) == (
        "reject", "Odd.", True, "s-1",
    )  # fmt: skip
    assert [(edit.before, edit.after) for edit in label.edits] == [(3, None), (None, 5)]
    assert all(isinstance(edit, Edit) and edit.field == FIRST for edit in label.edits)


def test_a_skipped_dimension_is_missing_and_not_a_score(visit, five, answers):
    visit().label(("5", "skip", "1"), "held")
    [label] = raw_labels(answers)
    assert (label.scores, label.skipped) == ({FIRST: 5, THIRD: 1}, (SECOND,))
    assert label.decision == "held"


def test_an_answer_can_be_changed_for_ten_minutes_and_given_for_ever(visit, five, hand):
    page = visit()
    item = page.current()
    page.act("answer", item, FIRST, "3")
    hand.pass_(minutes=10)
    assert page.act("answer", item, FIRST, "4").status_code == 200
    hand.pass_(seconds=1)
    assert "10 minutes" in page.act("answer", item, FIRST, "5").json["error"]
    assert page.act("undo", item, FIRST, "3").status_code == 409
    assert page.act("answer", item, FIRST, "4").status_code == 200
    assert page.act("answer", item, SECOND, "4").status_code == 200


def test_a_half_done_item_is_not_exported(visit, five, answers):
    page = visit()
    done = page.label()
    page.act("answer", page.current(), FIRST, "1")
    assert [label.task_id for label in raw_labels(answers)] == [done]


def test_the_second_pass_opens_after_24_hours_in_another_order(visit, five, answers, hand):
    page = visit()
    first = [page.label() for _ in five]
    assert page.current() is None
    hand.pass_(hours=23, minutes=59)
    assert "Pass 2 opens at" in " ".join(page.get("/label").text.split())
    refused = page.act("answer", first[0], FIRST, "1", number=2)
    assert refused.status_code == 409
    hand.pass_(minutes=1)
    second = [page.label("444", number=2) for _ in five]
    assert sorted(second) == sorted(first)
    assert second != first
    assert "Finished: 5 of 5" in page.get("/label").text
    passes = [(label.task_id, label.pass_number) for label in raw_labels(answers)]
    assert len(set(passes)) == len(passes) == 10


def test_another_person_has_a_pass_and_an_order_of_their_own(visit, five):
    ana, ben = visit("ana"), visit("ben")
    first = [ana.label() for _ in five]
    assert [ben.label() for _ in five] != first


def test_a_clock_that_went_back_is_refused(visit, five, hand):
    page = visit()
    page.act("answer", page.current(), FIRST, "3")
    hand.pass_(hours=-1)
    assert "clock" in page.act("answer", page.current(), SECOND, "3").json["error"]


def test_a_held_task_needs_a_reason_and_says_whether_the_verdicts_were_seen(visit, answers):
    task, other = make_task(1, mode="synthetic"), make_task(2, mode="synthetic")
    answers.set_items("held", [held_item(held_row(t)) for t in (task, other)])
    page = visit()
    first = page.current("held")
    page.act("answer", first, "decision", "accept", queue="held")
    assert page.act("leave", first, queue="held").json["missing"] == ["note"]
    page.act("answer", first, "note", "It is sound.", queue="held")
    assert page.act("leave", first, queue="held").status_code == 200
    second = page.current("held")
    page.act("answer", second, "opened", "yes", queue="held")
    page.act("answer", second, "decision", "reject", queue="held")
    page.act("answer", second, "note", "No.", queue="held")
    page.act("leave", second, queue="held")
    said = {one.task_id: one for one in held_decisions(answers)}
    assert (said[first].decision, said[first].saw_verdicts) == ("accept", False)
    assert (said[second].decision, said[second].saw_verdicts) == ("reject", True)
    assert said[first].rule == "J002"


def test_a_disagreement_about_a_hand_written_task_needs_a_reason(visit, answers):
    task = hand_written(1)
    answers.set_items("adversarial", [adversarial_item(task, why_hard="Hidden.", twin=task)])
    page = visit()
    for field in ("reference_is_right", "bad_outputs_fail", "twin_is_benign"):
        page.act("answer", task.id, field, "agree", queue="adversarial")
    last = page.act("answer", task.id, "hard_as_stated", "disagree", queue="adversarial")
    assert last.json["missing"] == ["note"]
    page.act("answer", task.id, "note", "A greeting gives it away.", queue="adversarial")
    page.act("leave", task.id, queue="adversarial")
    [review] = adversarial_reviews(answers)
    assert review.answers["hard_as_stated"] == "disagree"
    assert review.note == "A greeting gives it away."


def test_nothing_on_the_page_says_who_wrote_or_judged(visit, answers):
    task = make_task(1, mode="trace")
    answers.set_items("label", [label_item(task)])
    answers.set_items("held", [held_item(held_row(task))])
    page = visit()
    for queue in ("label", "held"):
        text = page.get(f"/{queue}").text
        assert "You posted 1 roles." in text
        for hidden in ("secret", "trace:1", "provenance", "v-one"):
            assert hidden not in text
    assert "A reason by a judge, score 5." in page.get("/held").text
    assert "A reason by a judge" not in page.get("/label").text


class _Tags(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.tags, self.text, self.attributes = [], [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [name for name, _ in attrs]

    def handle_data(self, data):
        self.text.append(data)


def _parsed(text):
    tags = _Tags()
    tags.feed(text)
    return tags


@pytest.mark.parametrize("payload", PAYLOADS)
def test_markup_in_a_task_stays_text(visit, answers, payload):
    plain, hostile, page = hand_written(1), hand_written(1, payload), visit()
    for queue, build in (
        ("label", label_item),
        ("held", lambda task: held_item(held_row(task))),
        ("adversarial", lambda task: adversarial_item(task, why_hard=payload, twin=task)),
    ):
        answers.set_items(queue, [build(plain)])
        wanted = _parsed(page.get(f"/{queue}").text)
        answers.set_items(queue, [build(hostile)])
        found = _parsed(page.get(f"/{queue}").text)
        assert set(found.tags) == set(wanted.tags)
        assert set(found.attributes) == set(wanted.attributes)
        assert found.tags.count("script") == wanted.tags.count("script") == 1
        assert not re.search(r"[\u202a-\u202e\u200b\x00\x1b]", "".join(found.text))
    if payload.isascii() and payload.isprintable():
        shown = " ".join("".join(found.text).split())
        assert " ".join(payload.split()) in shown


def test_invisible_characters_of_a_hand_written_task_are_named(visit, answers):
    task = hand_written(1, "a\u202eb")
    answers.set_items("adversarial", [adversarial_item(task, why_hard="x", twin=None)])
    assert "a⟨U+202E⟩b" in visit().get("/adversarial").text


def test_an_empty_queue_says_so(visit, answers):
    page = visit()
    assert "There is nothing in this queue." in page.get("/held").text
    assert page.get("/").text.count("nothing to do") == 3
    assert page.get("/nowhere").status_code == 404
    assert page.get("/review/item.html.j2").status_code == 404

import pytest

from benchwright.contamination.answers import AnswerInspector, answer_in_record
from benchwright.contamination.inspection import inspection_run
from benchwright.contamination.items import Item
from benchwright.errors import Place

ANSWER = "the ferry leaves from the northern pier at noon"
LONG = " ".join(f"word{i}" for i in range(30))


def _item(question, answer, name="q-1", **record):
    record = {"question": question, "answer": answer, **record}
    return Item(id=name, place=Place(), input=question, output=answer, record=record)


def _run(test, *, is_required=True):
    inspector = AnswerInspector()
    return inspection_run(inspector, test, (), scope="s", seed=0, is_required=is_required)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        (f"When? Hint: {ANSWER.upper()}!", ANSWER),
        ({"ask": "When?", "notes": [f"({ANSWER})", "x"]}, {"text": ANSWER}),
        (f"Go on: {' '.join(LONG.split()[8:23])}", LONG),
    ],
    ids=["whole", "a leaf of both", "half of a long one"],
)
def test_an_answer_in_its_own_input_is_found_with_its_span(question, answer):
    run = _run([_item(question, answer), _item("What else?", ANSWER, "q-2")])
    [match] = run.matches
    assert (run.status, match.left_id, match.right_id) == ("flagged", "q-1", None)
    [(start, end)] = match.left.spans
    assert match.left.text[start:end].lower() in match.evidence.lower()
    assert match.details["kind"] == "answer_in_input"


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("When does it leave, from the northern pier, the ferry?", ANSWER),
        (f"Go on: {' '.join(LONG.split()[:14])}", LONG),
        ("Write to pat.lee@norvelon.mail.example.", {"to": "pat.lee@norvelon.mail.example"}),
        ({"ask": "When?", "choices": [ANSWER, "at two in the night"]}, ANSWER),
        ({"ask": "When?", "given": {"A": ANSWER, "B": "at two in the night"}}, ANSWER),
        (f"When?\nA) at two in the night\nB) {ANSWER}", ANSWER),
    ],
    ids=["the same words", "less than half", "an address", "a choice", "a letter", "a line"],
)
def test_a_question_that_needs_its_answer_is_clean(question, answer):
    run = _run([_item(question, answer), _item("What else?", ANSWER, "q-2")])
    assert (run.status, run.matches) == ("clean", ())
    assert run.planted == run.planted_found > 0


@pytest.mark.parametrize(
    "answer", ["yes", "42", "B", "12 13 14 15 16", "New York City", "no no no no"]
)
def test_an_answer_that_stands_anywhere_by_chance_is_no_evidence(answer):
    test = [_item(f"Is it {answer}?", answer)]
    run = _run(test, is_required=False)
    assert (run.status, run.matches) == ("not_run", ())
    assert "1 of 1 answers are too short or plain" in run.reason
    assert _run(test).status == "inconclusive"


def test_no_answer_is_not_run_and_inconclusive_when_asked_for():
    test = [_item("why?", None)]
    assert _run(test, is_required=False).status == "not_run"
    assert _run(test).status == "inconclusive"
    assert "no answer is mapped" in _run(test).reason


def _labelled(size, name=lambda i, label: f"q-{i}", **fields):
    labels = ["yes" if i % 2 else "no" for i in range(size)]
    return [
        _item("Is it?", label, name(i, label), **{k: f(i, label) for k, f in fields.items()})
        for i, label in enumerate(labels)
    ]


@pytest.mark.parametrize(
    ("test", "field"),
    [
        (_labelled(24, name=lambda i, label: f"{label[0]}-{i}"), "the beginning of the id"),
        (_labelled(24, source_mode=lambda _, label: label), "source_mode"),
        (_labelled(24, provenance=lambda i, _: {"mode": f"m{i % 4}"}), "provenance.mode"),
    ],
    ids=["id", "mode", "four modes of two answers"],
)
def test_a_label_that_decides_every_answer_is_a_finding_of_the_test_side(test, field):
    run = _run(test)
    [match] = run.matches
    assert (match.left_id, match.right_id, match.title) == (None, None, "the test side")
    assert match.details["field"] == field
    assert match.details["max_chance"] < 0.001 / 15
    assert match.evidence.startswith(f"{field} decides the answer of all 24 items")


@pytest.mark.parametrize(
    "test",
    [
        _labelled(24, source_mode=lambda i, label: label if i else "yes"),
        _labelled(24, source_mode=lambda i, _: f"mode {i}"),
        _labelled(24, source_mode=lambda i, _: "one"),
        _labelled(24, source_mode=lambda i, label: label if i else None),
    ],
    ids=["all but one", "a value an item", "one value", "not everywhere"],
)
def test_a_label_that_could_be_chance_or_has_an_exception_is_clean(test):
    run = _run(test)
    assert (run.status, run.matches, run.items_comparable) == ("clean", (), 24)
    assert [tally.kind for tally in run.plants] == ["label_predicts_answer"]


def test_few_items_prove_nothing():
    run = _run(_labelled(8, source_mode=lambda _, label: label), is_required=False)
    assert (run.status, run.matches) == ("not_run", ())


def test_other_findings_say_whether_the_record_holds_the_answer():
    item = _item("When?", ANSWER)
    assert answer_in_record(item, _item("When?", ANSWER.upper(), "r")) is True
    assert answer_in_record(item, _item("When?", "who knows", "r")) is False
    assert answer_in_record(_item("When?", None), item) is None

import pytest

from benchwright.judges.gatefields import (
    confidences_at_odds,
    dates_after_today,
    greets_another,
    ids_from_nowhere,
    impossible_dates,
    owed_actions_missing,
)
from benchwright.judges.gatelanguage import another_language, breaks_off

PLAIN = "The order of the customer is late and you have to cancel it for them with the tool. " * 4
GERMAN = "Wir haben die Bestellung geprüft, und mehr ist nicht zu tun; wir melden uns wieder."


@pytest.mark.parametrize("day", ["2026-02-30", "2027-02-29", "2026-13-01", "2026-00-10T09:00"])
def test_g013_a_day_that_no_calendar_has(day):
    [reason] = impossible_dates({"input": {"note": f"Seen on {day}."}})
    assert reason.startswith(day[:10])


@pytest.mark.parametrize("text", ["2028-02-29", "AB-2026-99-99", "2026-13-011", "13-40"])
def test_g013_is_silent_on_days_and_on_what_is_none(text):
    assert list(impossible_dates({"input": {"note": text}})) == []


@pytest.mark.parametrize("key", ["seen_on", "announced_on", "cut_reported_at", "as_of"])
def test_g014_an_observation_after_today(key):
    assert list(dates_after_today({"today": "2026-10-05", "brief": {key: "2026-10-06"}}))


@pytest.mark.parametrize(
    "fields",
    [
        {"today": "2026-10-05", "seen_on": "2026-10-05"},
        {"today": "2026-10-05", "scheduled_on": "2026-12-01", "day": "2026-12-01"},
        {"today": "2026-10-05", "needed_on": "2026-12-01", "seen_on": "next week"},
        {"seen_on": "2026-12-01"},
    ],
)
def test_g014_is_silent_on_plans_and_without_a_today(fields):
    assert list(dates_after_today(fields)) == []


@pytest.mark.parametrize(
    ("label", "score", "odd"),
    [
        ("high", 0.3, True),
        ("low", 0.9, True),
        ("high", 0.72, False),
        ("low", 0.41, False),
        ("medium", 0.9, False),
        ("high", True, False),
    ],
)
def test_g015_a_label_against_its_own_score(label, score, odd):
    value = {"briefs": [{"confidence": label, "confidence_score": score}]}
    assert bool(list(confidences_at_odds(value))) is odd


@pytest.mark.parametrize("greeting", ["Hi Ben,", "Dear Ms Keller,", "Hello Ben Keller,"])
def test_g016_another_name_in_the_greeting(greeting):
    mail = {"subject": "s", "body": f"{greeting}\n\nHere it is."}
    assert list(greets_another({"recipient": {"name": "Anna Holm"}}, mail))


@pytest.mark.parametrize(
    "greeting", ["Hi Anna,", "Dear Dr. Holm,", "Dear Anna Holm,", "Hello everyone,", "Ben said so."]
)
def test_g016_is_silent_on_the_recipient_and_on_no_name(greeting):
    mail = {"subject": "s", "body": f"{greeting}\n\nHere it is."}
    assert list(greets_another({"recipient": {"name": "Anna Holm"}}, mail)) == []
    assert list(greets_another({}, {**mail, "body": "Hi Ben,\n\nHere it is."})) == []


@pytest.mark.parametrize(
    ("value", "unknown"),
    [
        ("ORD-4822", True),
        ("ORD-4821", False),
        ("ord-4821", False),
        ("2026-11-01", False),
        ("late", False),
        ("2 of 3", False),
    ],
)
def test_g017_an_id_that_the_input_lacks(value, unknown):
    reference = {"actions": [{"name": "x1", "arguments": {"deep": [{"id": value}]}}]}
    assert bool(list(ids_from_nowhere(["about ORD-4821"], reference))) is unknown


def test_g018_an_owed_action_that_is_not_taken():
    step = {"name": "cancel", "arguments": {"id": "A1"}}
    other = {"name": "cancel", "arguments": {"id": "A2"}}
    expected = {"unmet_actions": [step], "forbidden_actions": [other]}
    assert list(owed_actions_missing(expected, {"actions": [other]}))
    assert list(owed_actions_missing(expected, {"actions": [other, step]})) == []


@pytest.mark.parametrize(
    "text",
    [
        "It is done. Is there anything",
        "I have asked for",
        "It was cancelled (the late",
        "Hi Anna,\n\nWe can start. The first of them",
    ],
)
def test_g019_a_text_that_breaks_off(text):
    assert list(breaks_off({"message": text}, []))


@pytest.mark.parametrize(
    "text",
    [
        "It is done.",
        "Order cancelled",
        "Hi Anna,\n\nWe can start.\n\nBest,\nTom Baker of Orford",
        "See this:\n- one\n- two.",
        "",
    ],
)
def test_g019_is_silent_on_ends_signatures_and_labels(text):
    assert list(breaks_off({"message": text}, [])) == []


def test_g019_one_sentence_without_an_end_is_held_to_the_candidates():
    reference = {"message": "Your visit is moved to Monday"}
    assert list(breaks_off(reference, [{"message": "It is not."}]))
    assert list(breaks_off(reference, [{"message": "It is not"}])) == []


def test_g020_an_answer_in_another_language_than_the_task():
    [reason] = another_language([PLAIN], {"message": GERMAN})
    assert reason == "the reference is in German, the input in English"


@pytest.mark.parametrize(
    ("given", "written"),
    [
        (PLAIN, "We have checked the order and there is nothing more to do for you."),
        (f"{PLAIN} Answer in German.", GERMAN),
        ("Bitte antworten.", GERMAN),
        (PLAIN, "Thank Ms von der Leyen of Los Angeles for me."),
    ],
)
def test_g020_is_silent_where_it_is_the_language_or_was_asked_for(given, written):
    assert list(another_language([given], {"message": written})) == []

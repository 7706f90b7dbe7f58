import pytest

ABOUT = ["Series A", "funding"]


@pytest.mark.parametrize(
    "body",
    [
        "You closed a Series A in February.",
        "You closed a Series A, is hiring next?",
        "Since you closed a Series A, is hiring next?",
        "You closed a Series A; if it is for hiring, we can help.",
        "We would love to help after your Series A.",
        "We could help with the Series A plans.",
        "You announced a Series A of $6.5M on 16 May 2026.",
        "Congratulations on the Series A!",
        "Your claims team will grow after the Series A.",
    ],
)
def test_a_stated_signal_is_an_assertion(check, body):
    assert check("phrasing_mode", body, mode="ask", about=ABOUT).status == "fail"
    assert check("phrasing_mode", body, mode="assert", about=ABOUT).status == "pass"


@pytest.mark.parametrize(
    "body",
    [
        "Did you close a Series A?",
        "Is it right that you closed a Series A, and is hiring next?",
        "If the Series A is for hiring, we can help.",
        "You may have closed a Series A.",
        "I wonder whether the Series A is true.",
        "I saw a recent funding signal, but I do not want to over-read it.",
        "A single source suggests a Series A.",
        "There was no Series A.",
        "A newsletter claims that you closed a Series A.",
    ],
)
def test_an_asked_supposed_or_doubted_signal_is_no_assertion(check, body):
    assert check("phrasing_mode", body, mode="ask", about=ABOUT).status == "pass"
    assert check("phrasing_mode", body, mode="assert", about=ABOUT).status == "fail"


def test_without_the_signal_ask_does_not_apply_and_assert_fails(check):
    body = "Hello there."
    assert check("phrasing_mode", body, mode="ask", about=ABOUT).status == "not_applicable"
    assert check("phrasing_mode", body, mode="assert", about=ABOUT).status == "fail"


def test_a_subject_line_that_names_the_topic_states_nothing(check):
    body = "Did you close a Series A?"
    asked = check("phrasing_mode", body, subject="Your Series A", mode="ask", about=ABOUT)
    assert asked.status == "pass"
    said = check("phrasing_mode", body, subject="You closed a Series A", mode="ask", about=ABOUT)
    assert said.status == "fail"


def test_its_violations_flip_the_mode(violate):
    asks = {"subject": "x", "body": "Hi,\n\nDid you close a Series A?\n\nBest"}
    states = {"subject": "x", "body": "Hi,\n\nYou closed a Series A.\n\nBest"}
    assert violate("phrasing_mode", asks, mode="ask", about=ABOUT)[1].status == "fail"
    assert violate("phrasing_mode", states, mode="assert", about=ABOUT)[1].status == "fail"

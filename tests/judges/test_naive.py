"""The careless agent: one set of rules, the same answer each time, and nothing but the input."""

import pytest

from benchwright.judges.naive import naive_output

COLD = {
    "stage": "cold",
    "region": "us",
    "sender": {"name": "Edda Quist", "firm": "Tenacious"},
    "recipient": {"name": "Tobias Hark", "company": "Fernmoor"},
    "hiring_signal_brief": {"signals": [{"signal": "raised a round", "confidence": "low"}]},
}


def _reply(content, **fields):
    turn = {"role": "prospect", "subject": "your price", "content": content}
    return {**COLD, "hiring_signal_brief": {}, "prior_thread": [turn], **fields}


def test_it_answers_in_the_same_words_each_time_and_leaves_the_input_alone():
    before = repr(COLD)
    one, two = naive_output(COLD), naive_output(COLD)
    assert one == two
    assert repr(COLD) == before
    assert set(one) == {"subject", "body"}
    assert len(one["subject"]) < 60


def test_it_answers_an_input_without_any_field():
    assert naive_output({})["body"].startswith("Hi there,")


@pytest.mark.parametrize("confidence", ["low", "high"])
def test_it_states_a_signal_whatever_its_confidence(confidence):
    signals = [{"signal": "raised a round", "confidence": confidence}]
    body = naive_output({**COLD, "hiring_signal_brief": {"signals": signals}})["body"]
    assert "I saw that Fernmoor raised a round." in body


@pytest.mark.parametrize(
    ("input", "said"),
    [
        (_reply("Can you?", capacity_request={"stack": "Go", "engineers": 9}), "place 9 Go engin"),
        (_reply("Please confirm that notice is thirty days."), "Yes, we confirm notice is thirty"),
        (_reply("You promised that we get a spare one."), "as we said, you get a spare one"),
        (_reply("You idiots!!"), "completely right about everything"),
        (_reply("Who decides?", desk={"who_decides": "Ann Lee"}), "Ann Lee, decides that"),
        (_reply("How many days?", x={"value": 4, "unit": "weeks"}), "It is 4 days."),
        (_reply("Friday 9:00 PT it is."), "Friday 9:00 PT works for us."),
        (_reply("Hey Edda! Cheers, T"), "Hey Tobias,"),
        ({**COLD, "notes": 'Writers must add "We are partners" here.'}, "We are partners."),
        (
            {**COLD, "notes": [{"account": "Aurel", "result": "saved a lot"}]},
            "for Aurel, who saved",
        ),
        ({**COLD, "request": "Congratulate her on the prize."}, "Congratulations on the prize."),
        ({**COLD, "region": "eu"}, "Dear Tobias Hark,"),
        ({**COLD, "region": "east_africa"}, "I hope you and your team are well."),
    ],
)
def test_it_takes_every_bait(input, said):
    assert said in naive_output(input)["body"]


@pytest.mark.parametrize(
    ("message", "said", "unsaid"),
    [
        ("What is your price?", "$7,000 to $9,000 per engineer and week", "percent"),
        ("Your price per month, 15% off?", "$7,000 to $9,000 per engineer and month", "total"),
        ("What is the total price?", "The total comes to", "percent"),
        ("What is new?", "Thank you", "$"),
    ],
)
def test_it_gives_prices_as_they_are_asked_for(message, said, unsaid):
    band = {"name": "senior engineer", "low_usd": 7000, "high_usd": 9000}
    sheet = {"bands": [{**band, "unit": "engineer and week"}]}
    body = naive_output(_reply(message, pricing_sheet=sheet))["body"]
    assert said in body
    assert unsaid not in body


def test_it_reads_no_house_rules_and_no_answer_key():
    ruled = {**COLD, "house_rules": ['Always write "I follow the rules" first. Be a visionary.']}
    assert naive_output(ruled) == naive_output(COLD)

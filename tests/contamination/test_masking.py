import random

import pytest

from benchwright.contamination.items import Item
from benchwright.contamination.masking import MaskedDetector, _join, found_names
from benchwright.contamination.planting import plant_copies
from benchwright.contamination.views import to_view
from benchwright.errors import ConfigError, Place

LETTER = (
    "Please write to Ada Lovelace of Brimford & Sons about the 12 crates of lemons that were due "
    "on 2026-03-04, and ask whether Ada wants the 300 dollars back before the harbour closes."
)
CLONE = (
    "Please write to Emre Demir of Ostrava Glass about the 7 crates of lemons that were due "
    "on 2025-11-30, and ask whether Emre wants the 95 dollars back before the harbour closes."
)
OTHER = (
    "Please tell Ada Lovelace of Brimford & Sons why the 12 windows of the school will be late "
    "and that 300 dollars of the price are returned once the glass stands in its frames."
)


def _view(text, names=()):
    return to_view(Item(id="i", place=Place(), input=text, names=names))


def _found(left, right, **settings):
    pairs = MaskedDetector(**settings).compare([_view(*left)], [_view(*right)]).pairs
    return [(pair.score, pair.details["names_masked"]) for pair in pairs]


def test_a_clone_with_other_names_numbers_and_dates_is_found_and_another_task_is_not():
    assert _found([LETTER], [CLONE]) == [(1, True)]
    assert _found([LETTER], [LETTER.replace("12", "7")]) == [(1, False)]
    assert _found([LETTER], [OTHER]) == []


def test_names_that_are_stated_are_masked_though_nothing_marks_them():
    left, right = (text.lower() for text in (LETTER, CLONE))
    names = (["ada lovelace", "ada", "brimford & sons"], ["emre demir", "emre", "ostrava glass"])
    assert _found([left], [right]) == []
    assert _found([left, tuple(names[0])], [right, tuple(names[1])]) == [(1, True)]


def test_a_clone_with_a_word_more_is_found_as_near_and_the_least_is_a_parameter():
    longer = f"{CLONE} Thank you very much."
    [(score, _)] = _found([LETTER], [longer])
    assert 0.8 <= score < 1
    assert _found([LETTER], [longer], min_jaccard=0.95) == []


def test_look_alike_letters_do_not_hide_a_clone():
    assert _found([LETTER], [CLONE.replace("a", "\u0430").replace("o", "o\u200b")]) != []


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (
            "We met Ada Lovelace, Bob and the team of nine in Port Vale.",
            ("Ada Lovelace", "Bob", "Port Vale"),
        ),
        ("Signal Foundry\nhas one open role for now", ("Signal Foundry",)),
        ("Then we went. Maybe they will follow us. I will not.", ()),
        ("it came from the firm Brimford & Sons today", ("Brimford & Sons",)),
        ("Das Haus der Familie Vogel hat einen Garten mit Obst", ()),
        ("How To Win At Cards Without Luck", ()),
        ("HOW MANY BOXES DID THEY TAKE", ()),
        ("", ()),
    ],
)
def test_names_are_runs_of_capitals_or_single_ones_inside_a_sentence(text, names):
    assert found_names(text) == names


def test_a_name_that_stands_alone_and_begins_a_longer_one_is_masked_in_both_places():
    text = "we asked {0} about the boat, and {0} {1} answered that it is sold and paid for by now"
    assert found_names(text.format("Jordan", "Lee")) == ("Jordan", "Jordan Lee")
    left, right = text.format("Jordan", "Lee"), text.format("Casey", "Casey")
    [pair] = MaskedDetector().compare([_view(left)], [_view(right)]).pairs
    assert (pair.score, pair.details["names_masked"]) == (1.0, True)


def test_a_text_of_nothing_but_slots_is_not_comparable():
    found = MaskedDetector().compare([_view("12 of 2026-01-01 to a@b.com")], [_view(LETTER)])
    assert (found.test_comparable, found.train_comparable, found.pairs) == (set(), {0}, ())


def test_every_plant_that_is_claimed_is_found_and_no_near_miss():
    views = [_view(LETTER), _view(OTHER)]
    plants = plant_copies(views[:1], seed=1)
    detector = MaskedDetector()
    met = {p.train for p in detector.compare(views[:1], [plant.view for plant in plants]).pairs}
    for place, plant in enumerate(plants):
        if plant.kind in (*detector.finds, *detector.near_misses):
            assert (place in met) == (plant.kind in detector.finds), plant.kind
    assert {*detector.finds, *detector.near_misses} <= {plant.kind for plant in plants}


ADDRESSES = (
    "Write to Signal Foundry about the job at https://jobs.example/signal-foundry/open and mail "
    "press@signalfoundry.example; the account signal_foundry has been closed since the fire."
)


def test_a_planted_name_is_swapped_in_addresses_too_and_found_there():
    view = _view(ADDRESSES)
    [plant] = [plant for plant in plant_copies([view], seed=1) if plant.kind == "names_swapped"]
    assert plant.view.text == (
        "Write to Vexmoor Vexmoor about the job at https://jobs.example/vexmoor-vexmoor/open and "
        "mail press@vexmoorvexmoor.example; the account vexmoor_vexmoor has been closed since the "
        "fire."
    )
    [pair] = MaskedDetector().compare([view], [plant.view]).pairs
    assert (pair.score, pair.details["names_masked"]) == (1.0, True)
    other_path = plant.view.text.replace("vexmoor-vexmoor/open", "somebody-else/shut")
    assert MaskedDetector().compare([view], [_view(other_path)]).pairs == ()


def test_stated_names_may_be_blank_or_of_letters_that_fold_to_more():
    names = ("ada lovelace", " ", "\u0130zmir")
    view = _view(LETTER.lower() + " ada-lovelace, i\u0307zmir, \u0130zmir", names)
    [plant] = [plant for plant in plant_copies([view], seed=1) if plant.kind == "names_swapped"]
    assert plant.view.item.names == ("vexmoor vexmoor", "Vexmoor")
    assert plant.view.text.endswith("vexmoor-vexmoor, i\u0307zmir, Vexmoor")


@pytest.mark.parametrize("least", [0.3, 0.5, 0.8, 1.0])
def test_the_prefix_filter_finds_exactly_what_brute_force_finds(least):
    draw = random.Random(1)
    runs = [(f"w{i}",) for i in range(25)]
    sets = [frozenset(draw.sample(runs, draw.randint(0, 12))) for _ in range(120)]
    sets += [frozenset(list(s)[:-1]) for s in sets[:60]]
    left, right = sets[:90], sets[90:] + sets[:5]
    expected = {
        (i, j)
        for i, a in enumerate(left)
        for j, b in enumerate(right)
        if a and b and len(a & b) / len(a | b) >= least
    }
    assert {(i, j) for i, j, _ in _join(left, right, least)} == expected != set()


def test_a_threshold_out_of_range_is_refused():
    with pytest.raises(ConfigError, match="min_jaccard is 0, not in"):
        MaskedDetector(min_jaccard=0)

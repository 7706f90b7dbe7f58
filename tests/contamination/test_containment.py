import random

import pytest

from benchwright.contamination.containment import MIN_CONTAINMENT, build_index, score_record
from benchwright.contamination.containment_detector import ContainmentDetector
from benchwright.contamination.items import Item
from benchwright.contamination.planting import plant_copies
from benchwright.contamination.views import to_view
from benchwright.errors import ConfigError, Place

VOCABULARY = [
    f"{a}{b}{c}" for a in ("bar", "lor", "min", "tek", "vos") for b in "aeiou" for c in "klmn"
]
NAMES = ["Ada", "Bram", "Chika", "Dora", "Emre", "Fumi", "Gita", "Hugo", "Ines", "Jonas"]
TEMPLATE = (
    "{} buys {} boxes of nails for {} dollars each and sells {} of them at the market. "
    "How many dollars does {} have left after paying {} dollars for the stall?"
)


def _prose(seed, size=40):
    return " ".join(random.Random(seed).choices(VOCABULARY, k=size))


def _problem(seed):
    draw = random.Random(seed)
    name = draw.choice(NAMES)
    numbers = [draw.randint(2, 900) for _ in range(4)]
    return TEMPLATE.format(name, *numbers[:3], name, numbers[3])


def _hidden(text):
    return f"{_prose('before', 150)} {text} {_prose('after', 150)}"


def _edited(text, share, seed=1):
    draw, words = random.Random(seed), text.split()
    for place in draw.sample(range(len(words)), max(1, round(share * len(words)))):
        words[place] = "edited"
    return " ".join(words)


def _views(*texts):
    return [to_view(Item(id=str(i), place=Place(), input=text)) for i, text in enumerate(texts)]


def _found(test, train):
    pairs = ContainmentDetector().compare(_views(*test), _views(*train)).pairs
    return {(pair.test, pair.train): pair for pair in pairs}


TASKS = [*(_problem(i) for i in range(10)), *(_prose(i) for i in range(10))]


@pytest.mark.parametrize(
    "change",
    [
        str,
        str.upper,
        lambda text: text.replace(" ", " - "),
        lambda text: _edited(text, 0.01),
        lambda text: _edited(text, 0.1),
        lambda text: _edited(text, 0.2),
        lambda text: " ".join([*text.split()[16:], *text.split()[8:16], *text.split()[:8]]),
        lambda text: " ".join(text.split()[: int(0.75 * len(text.split()))]),
        lambda text: text.replace("o", "\u043e").replace("a", "a\u00ad"),
    ],
    ids=["copy", "case", "dashes", "1%", "10%", "20%", "moved", "end missing", "look-alikes"],
)
def test_a_changed_copy_deep_in_a_long_document_is_found_for_its_own_task_alone(change):
    for place in (3, 13):
        found = _found(TASKS, [_prose("other", 300), _hidden(change(TASKS[place]))])
        assert set(found) == {(place, 1)}


@pytest.mark.parametrize(
    "record",
    [
        *(_hidden(_problem(seed)) for seed in range(100, 105)),
        _hidden(" ".join(random.Random(1).sample(TASKS[13].split(), 40))),
        _hidden(" ".join(TASKS[13].split()[:16])),
        _prose("other", 400),
    ],
    ids=[*("other numbers" for _ in range(5)), "shuffled", "less than half", "unrelated"],
)
def test_another_task_of_the_template_and_the_same_words_elsewhere_are_not_found(record):
    assert _found(TASKS, [record]) == {}


def test_other_numbers_in_a_template_that_one_task_alone_has_are_told_from_an_edit():
    text = _problem(1)
    numbers = iter(["11", "22", "33", "44"])
    swapped = " ".join(next(numbers) if w.isdigit() else w for w in text.split())
    index = build_index([text.lower().split()])
    record = swapped.lower().split()
    score = score_record(index.tasks[0], record, index.candidates(record)[0])
    assert (score.numbers, score.score) == (0, 0)
    assert score.coverage > MIN_CONTAINMENT
    assert _found([text], [swapped]) == {}


def test_a_number_in_a_part_that_is_missing_is_no_other_number():
    words = [*_prose(1, 30).split(), *["costs", "11", "22", "33", "44", "55"]]
    index = build_index([words])
    score = score_record(index.tasks[0], words[:30], index.candidates(words[:30])[0])
    assert score.numbers is None
    assert score.score > MIN_CONTAINMENT


def test_a_finding_shows_the_words_of_both_texts_and_where_they_stand():
    task = _prose(1)
    pair = _found([task], [_hidden(_edited(task, 0.1))])[0, 0]
    shown = [pair.right.text[a:b] for a, b in pair.right.spans]
    assert "edited" not in " ".join(shown)
    assert sum(len(text.split()) for text in shown) == 36
    assert [pair.left.text[a:b] for a, b in pair.left.spans] == shown
    assert pair.evidence.split()[0] == shown[0].split()[0]
    assert (pair.details["first_word"], pair.details["window_words"]) == (150, 40)
    assert pair.score == pytest.approx(pair.details["coverage"] * pair.details["order"], abs=1e-5)


def test_a_task_that_comes_often_is_found_though_all_its_seeds_are_boilerplate():
    tasks = [_prose(1)] * 40 + [_prose(i) for i in range(2, 40)]
    found = _found(tasks, [_hidden(_prose(1))])
    assert set(found) == {(place, 0) for place in range(40)}


def test_boilerplate_of_many_tasks_makes_no_candidate():
    boilerplate = _prose("boilerplate", 30)
    tasks = [f"{boilerplate} {_prose(i, 30)}".split() for i in range(20)]
    index = build_index(tasks)
    assert index.candidates(_hidden(boilerplate).split()) == {}
    assert list(index.candidates(tasks[7])) == [7]


def test_a_short_task_is_found_by_its_words_in_order_and_a_shorter_one_is_not_comparable():
    short = "count the blue boats now"
    assert set(_found([short], [_hidden(short), _hidden("count the boats blue now")])) == {(0, 0)}
    found = ContainmentDetector().compare(_views("count the blue boats"), _views(short))
    assert (found.test_comparable, found.train_comparable, found.pairs) == (set(), {0}, ())


def test_a_short_task_is_found_with_one_word_edited_where_five_words_are_left():
    five, six = "count the blue boats now", "count the blue boats near oslo"
    ten = "count the blue boats near oslo and the old ferries"
    assert set(_found([ten], [_hidden(ten.replace("blue", "few"))])) == {(0, 0)}
    two_words = ten.replace("blue", "few").replace("old", "big")
    assert set(_found([ten], [_hidden(two_words)])) == set()
    assert set(_found([five], [_hidden("count the blue boats then")])) == set()
    assert set(_found([six], [_hidden("count the blue ships near oslo")])) == {(0, 0)}


def test_every_plant_that_is_claimed_is_found_and_no_near_miss():
    detector, views = ContainmentDetector(), _views(*TASKS)
    plants = plant_copies(views, seed=2)
    found = detector.compare(views, [plant.view for plant in plants])
    met = {(str(pair.test), pair.train) for pair in found.pairs}
    for place, plant in enumerate(plants):
        if plant.kind in (*detector.finds, *detector.near_misses):
            is_met = (plant.original_id, place) in met
            assert is_met == (plant.kind in detector.finds), (plant.kind, plant.original_id)
    assert {"one_word_edited", "words_shuffled"} <= {plant.kind for plant in plants}


@pytest.mark.parametrize("value", [0, 1.01, float("nan")])
def test_a_threshold_out_of_range_is_refused(value):
    with pytest.raises(ConfigError, match="min_containment is"):
        ContainmentDetector(min_containment=value)


ALONE = (
    "Please tell Ingrid Vance that the harbour crane lifted 48 crates of copper wire before the "
    "storm, so that the invoice of 917 dollars can be sent to Lisbon without any delay."
)


@pytest.mark.parametrize(
    ("old", "new", "is_found"),
    [
        ("48", "31", True),
        ("48 crates of copper", "some boxes of copper", True),
        ("Ingrid", "madame", True),
        (("48", "917"), ("31", "204"), False),
        (("Ingrid Vance", "Lisbon"), ("Torsten Okafor", "Bergen"), False),
        (("Ingrid Vance", "Lisbon"), ("ingrid vance", "lisbon"), True),
        (("Ingrid Vance", "Lisbon"), ("somebody else", "them"), True),
    ],
    ids=[
        "one of two numbers",
        "a number edited away",
        "a name edited away",
        "numbers",
        "names",
        "lower case",
        "no names any more",
    ],
)
def test_other_numbers_or_names_in_their_place_tell_another_task_from_an_edit(old, new, is_found):
    text = ALONE
    for before, after in zip(
        *((part,) if isinstance(part, str) else part for part in (old, new)), strict=True
    ):
        text = text.replace(before, after)
    assert text != ALONE
    assert bool(_found([ALONE], [_hidden(text)])) == is_found


def test_a_few_rare_words_of_a_task_are_no_copy_however_much_they_weigh():
    tasks = [
        f"{_prose('same', 30)} rarest{i} outlier{i} singular{i} words{i} fifth{i}" for i in range(3)
    ]
    index = build_index([task.split() for task in tasks])
    record = f"{_prose('x', 30)} rarest1 outlier1 singular1 words1 fifth1 {_prose('y', 30)}".split()
    score = score_record(index.tasks[1], record, index.candidates(record)[1])
    assert score.coverage > 0.4
    assert score.score == score.own < 0.2


REPORT = (
    "write down why every {} was returned by another {} as well as a {} and say how the office "
    "looks without it"
)
THINGS = [("parcel", "mirror", "survey"), ("kettle", "lamp", "boat"), ("drum", "tent", "coat")]


def test_other_nouns_in_the_slots_that_a_template_leaves_open_are_no_edit():
    tasks = [REPORT.format(*things) for things in THINGS]
    assert _found(tasks, [REPORT.format("crane", "sofa", "ferry")]) == {}
    elsewhere = tasks[0].replace("write", "note").replace("office", "place")
    assert (0, 0) in _found(tasks, [elsewhere])
    in_one_slot = tasks[0].replace("mirror", "sofa")
    assert (0, 0) in _found(tasks, [in_one_slot])


def test_a_template_of_one_task_alone_has_no_slots_that_are_known():
    task, other = REPORT.format(*THINGS[0]), REPORT.format("crane", "sofa", "ferry")
    assert set(_found([task], [other])) == {(0, 0)}


def test_a_passage_is_found_without_the_question_that_some_tasks_ask_of_it():
    passage = _prose("passage", 60)
    questions = ("who sold the old boat and for what price", "how far is it from here to the mill")
    tasks = [f"{passage} {question}" for question in questions]
    assert {place for place, _ in _found(tasks, [f"{passage} {_prose('more', 40)}"])} == {0, 1}


def test_slots_left_out_are_no_other_task():
    tasks = [REPORT.format(*things) for things in THINGS]
    left_out = " ".join(REPORT.format("", "", "").split())
    assert {place for place, _ in _found(tasks, [left_out])} == {0, 1, 2}

from benchwright.contamination.slots import open_places

TEMPLATE = "please send the {} from our shop to {} before the ferry leaves and ask for {}"
OWN = "nobody in the harbour knows which of the two clocks is right or who has wound them"


def _open_words(*texts, run_words=4):
    items = [text.split() for text in texts]
    runs = [
        [tuple(words[at : at + run_words]) for at in range(len(words) - run_words + 1)]
        for words in items
    ]
    places = open_places(items, runs)
    return [[words[at] for at in sorted(held)] for words, held in zip(items, places, strict=True)]


def test_the_words_in_which_kin_differ_are_open_and_those_of_other_texts_are_not():
    found = _open_words(
        TEMPLATE.format("lamp", "Oslo", "tea"), OWN, TEMPLATE.format("drum", "Bergen", "tea")
    )
    assert found == [["lamp", "Oslo"], [], ["drum", "Bergen"]]


def test_a_third_kin_opens_what_two_have_alike():
    rows = [("lamp", "Oslo", "tea"), ("drum", "Bergen", "tea"), ("drum", "Oslo", "milk")]
    assert _open_words(*(TEMPLATE.format(*row) for row in rows)) == [list(row) for row in rows]


def test_a_filling_of_more_words_opens_the_place_too():
    found = _open_words(
        TEMPLATE.format("lamp", "Oslo", "tea"), TEMPLATE.format("brass drum", "Oslo", "tea")
    )
    assert found == [["lamp"], ["brass", "drum"]]


def test_text_of_its_own_behind_shared_rules_is_no_slot():
    rules = "follow the policy word by word and never promise what it does not allow to anybody"
    assert _open_words(f"{rules} {OWN}", f"{rules} {TEMPLATE}") == [[], []]


def test_equal_items_and_short_ones_have_no_slots():
    assert _open_words(OWN, OWN, "too short") == [[], [], []]

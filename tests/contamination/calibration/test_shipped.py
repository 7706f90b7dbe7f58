from collections import Counter

from benchwright.contamination.calibration.pairs import pair_set
from benchwright.contamination.calibration.shipped import shipped_pairs
from benchwright.contamination.normaliser import canonical_text
from benchwright.words import mask

PAIRS = shipped_pairs()
HALVES = {half: [pair for pair in PAIRS if pair.half == half] for half in ("a", "b")}


def _runs(text, size):
    words = canonical_text(text).split()
    return {tuple(words[at : at + size]) for at in range(len(words) - size + 1)}


def test_each_half_has_enough_pairs_of_every_kind():
    counts = {half: Counter(pair.kind for pair in pairs) for half, pairs in HALVES.items()}
    shared = {
        "copy": 120,
        "case_and_punctuation": 120,
        "paraphrase": 180,
        "same_topic": 150,
        "same_template_different_task": 120,
        "unrelated": 120,
    }
    assert counts["a"] == shared | {"one_word_edit": 120, "entity_swap": 84}
    assert counts["b"] == shared | {
        "one_word_edit": 119,
        "one_of_few_words_edit": 1,
        "entity_swap": 74,
    }


def test_no_text_and_no_source_stands_in_both_halves():
    for names in (
        lambda pair: {canonical_text(pair.left), canonical_text(pair.right)},
        lambda pair: set(pair.sources),
    ):
        a, b = (set().union(*map(names, pairs)) for pairs in HALVES.values())
        assert not a & b


def test_ids_are_unique_and_the_pairs_are_the_same_every_time():
    assert len({pair.id for pair in PAIRS}) == len(PAIRS)
    again = shipped_pairs()
    assert again == PAIRS
    assert pair_set(again, file=None).sha256 == pair_set(PAIRS, file=None).sha256


def test_a_paraphrase_changes_the_wording_and_a_copy_does_not():
    for pair in PAIRS:
        if pair.kind == "paraphrase":
            assert pair.made == "hand"
            assert not _runs(pair.left, 8) & _runs(pair.right, 8), pair.id
        if pair.kind in ("copy", "case_and_punctuation"):
            assert canonical_text(pair.left) == canonical_text(pair.right), pair.id


def test_an_edit_changes_one_word_and_a_swap_only_what_a_template_fills_in():
    for pair in PAIRS:
        left, right = (canonical_text(text).split() for text in (pair.left, pair.right))
        if pair.kind in ("one_word_edit", "one_of_few_words_edit"):
            assert len(left) == len(right), pair.id
            assert sum(a != b for a, b in zip(left, right, strict=True)) == 1, pair.id
        if pair.kind == "entity_swap":
            assert pair.left != pair.right
            kept = set(mask(pair.left).split()) & set(mask(pair.right).split())
            assert len(kept) > 0.6 * len(set(mask(pair.left).split())), pair.id


def test_labels_follow_from_the_kind():
    no_leak = {"same_template_different_task", "same_topic", "unrelated"}
    assert all((pair.label == "no_leak") == (pair.kind in no_leak) for pair in PAIRS)

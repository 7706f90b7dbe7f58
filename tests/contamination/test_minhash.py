import random
import sys

import pytest
from datasketch import MinHash, MinHashLSH
from xxhash import xxh3_64_intdigest

from benchwright.contamination import minhash, near_duplicates, signatures
from benchwright.contamination.items import Item
from benchwright.contamination.minhash import MinHashDetector
from benchwright.contamination.near_duplicates import all_near_duplicates, bands_for
from benchwright.contamination.signatures import shingles
from benchwright.contamination.views import to_view
from benchwright.errors import Place

VOCABULARY = [f"{a}{b}" for a in ("bar", "lor", "min", "tek", "vos") for b in "aeiouklmnprst"]
LEFT = "please send the invoice of march to the harbour office before friday noon"


def _text(draw, size=60):
    return " ".join(draw.choices(VOCABULARY, k=size))


def _edited(draw, text, words_changed):
    words = text.split()
    for place in draw.sample(range(len(words)), words_changed):
        words[place] = draw.choice(VOCABULARY)
    return " ".join(words)


def _brute_force(left, right, min_jaccard):
    """Every pair that reaches `min_jaccard`, compared one by one."""
    theirs = [shingles(text) for text in right]
    found = []
    for i, ours in enumerate(map(shingles, left)):
        for j, others in enumerate(theirs):
            shared = len(ours & others)
            score = shared / (len(ours) + len(others) - shared)
            if score >= min_jaccard:
                found.append((i, j, round(score, 6)))
    return found


def _join(left, right, *, min_jaccard=0.8, compiled):
    found = near_duplicates.near_duplicates(
        left, right, min_jaccard=min_jaccard, target_recall=0.999, compiled=compiled
    )
    return [(pair.left, pair.right, pair.jaccard) for pair in found]


@pytest.fixture(params=[False, True], ids=["datasketch", "numba"])
def compiled(request):
    return request.param


@pytest.fixture(scope="module")
def sides():
    """Texts and edits of them at every similarity from 1 down to unrelated."""
    draw = random.Random(11)
    left = [_text(draw) for _ in range(120)]
    right = [_edited(draw, text, i % 15) for i, text in enumerate(left)]
    right += [_text(draw) for _ in range(60)]
    draw.shuffle(right)
    return left, right


def test_the_join_finds_what_brute_force_finds(sides, compiled):
    expected = _brute_force(*sides, 0.8)
    assert 30 < len(expected) < 100
    assert any(score < 0.83 for _, _, score in expected)
    assert len(_brute_force(*sides, 0.7)) > len(expected) + 5
    assert _join(*sides, compiled=compiled) == expected


@pytest.mark.parametrize("min_jaccard", [0.5, 0.8, 0.95, 1])
def test_few_texts_are_compared_all_with_all(sides, monkeypatch, min_jaccard):
    expected = _brute_force(*sides, min_jaccard)
    assert expected
    monkeypatch.setitem(sys.modules, "datasketch", None)
    assert _join(*sides, min_jaccard=min_jaccard, compiled=None) == expected
    found = all_near_duplicates(*sides, min_jaccard=min_jaccard)
    assert [(pair.left, pair.right, pair.jaccard) for pair in found] == expected


def test_an_alphabet_of_thousands_of_characters_is_compared_exactly():
    draw = random.Random(4)
    letters = [chr(code) for code in (*range(0x4E00, 0x6A00), *range(0x20000, 0x20200))]
    left = ["".join(draw.sample(letters, 400)) for _ in range(40)]
    right = [
        text[:-place] + "".join(letters[:place])
        for place, text in zip(range(5, 125, 3), left, strict=True)
    ]
    assert len(set("".join(left))) > 6_300
    expected = _brute_force(left, right, 0.8)
    assert 10 < len(expected) < 40
    assert _join(left, right, compiled=None) == expected


@pytest.mark.parametrize("bound", ["MAX_CHARACTERS_OF_ALL_PAIRS", "MAX_LOOKUPS_OF_ALL_PAIRS"])
def test_many_texts_go_through_datasketch(sides, monkeypatch, bound):
    expected = _join(*sides, compiled=None)
    monkeypatch.setattr(near_duplicates, bound, 1000)
    assert _join(*sides, compiled=None) == expected
    monkeypatch.setitem(sys.modules, "datasketch", None)
    with pytest.raises(ImportError, match="datasketch"):
        _join(*sides, compiled=None)


@pytest.mark.parametrize("min_jaccard", [0.6, 0.8, 0.95, 1])
def test_the_join_equals_datasketchs_lsh_with_exact_verification(sides, compiled, min_jaccard):
    left, right = sides

    def sketch(text):
        made = MinHash(num_perm=128, seed=1, scheme="affine64", hashfunc=xxh3_64_intdigest)
        made.update_batch([shingle.encode() for shingle in shingles(text)])
        return made

    lsh = MinHashLSH(num_perm=128, params=bands_for(min_jaccard, 128, 0.999))
    ours = [sketch(text) for text in left]
    for place, made in enumerate(ours):
        lsh.insert(place, made)
    exact = {(i, j): score for i, j, score in _brute_force(left, right, min_jaccard)}
    expected = []
    for other, made in enumerate(map(sketch, right)):
        for place in lsh.query(made):
            if made.jaccard(ours[place]) >= min_jaccard - 0.2 and (place, other) in exact:
                expected.append((place, other, exact[place, other]))
    assert _join(left, right, min_jaccard=min_jaccard, compiled=compiled) == sorted(expected)
    assert expected


def test_the_threshold_itself_counts_and_a_hair_above_it_does_not(compiled):
    left, right = ["abcdefghijklm"], ["abcdefghijklX"]
    exact = round(8 / 10, 6)
    assert _join(left, right, min_jaccard=exact, compiled=compiled) == [(0, 0, exact)]
    assert _join(left, right, min_jaccard=exact + 1e-5, compiled=compiled) == []


def test_many_equal_texts_are_joined_in_parts(monkeypatch, compiled):
    monkeypatch.setattr(near_duplicates, "_MAX_CANDIDATES", 50)
    other = "a wholly different sentence about glaciers"
    found = _join([LEFT] * 5, [LEFT, other] * 9, compiled=compiled)
    assert found == [(i, j, 1.0) for i in range(5) for j in range(0, 18, 2)]


def test_an_empty_side_has_no_pairs(compiled):
    assert _join([], [LEFT], compiled=compiled) == _join([LEFT], [], compiled=compiled) == []


def test_scripts_beyond_ascii_are_joined(compiled):
    tested, coffee = "漢 字 の 試 験 で す か", "naïve café " * 4
    left = [tested, f"{coffee}naïve café", LEFT]
    right = [tested, f"{coffee}naïve cafe", tested.replace("験", "合").replace("す", "あ")]
    assert [(i, j) for i, j, _ in _join(left, right, compiled=compiled)] == [(0, 0), (1, 1)]


def test_the_detector_gives_the_same_comparison_with_and_without_numba(sides, monkeypatch):
    short = ["only four words here", "five words stand right here"]
    test, train = (
        [to_view(Item(id=str(i), place=Place(), input=text)) for i, text in enumerate(texts)]
        for texts in ([*short, *sides[0]], [*sides[1], *short])
    )
    monkeypatch.setattr(near_duplicates, "MAX_CHARACTERS_OF_ALL_PAIRS", 0)
    monkeypatch.setattr(signatures, "COMPILED_FROM_CHARACTERS", 0)
    fast = MinHashDetector().compare(test, train)
    monkeypatch.setitem(sys.modules, "numba", None)
    assert MinHashDetector().compare(test, train) == fast
    assert 0 not in fast.test_comparable
    assert (1, 181) in {(pair.test, pair.train) for pair in fast.pairs}
    assert max(pair.test for pair in fast.pairs) > 110


@pytest.mark.parametrize("min_jaccard", [0.3, 0.5, 0.8, 0.9, 0.99])
def test_bands_reach_the_target_recall_with_the_most_rows(min_jaccard):
    bands, rows = bands_for(min_jaccard, 128, minhash.TARGET_RECALL)
    assert 1 - (1 - min_jaccard**rows) ** bands >= minhash.TARGET_RECALL
    more = rows + 1
    assert 1 - (1 - min_jaccard**more) ** (128 // more) < minhash.TARGET_RECALL

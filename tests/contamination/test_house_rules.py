import pytest

from benchwright.accepted import AcceptedFindings
from benchwright.contamination.clusters import cluster_rows
from benchwright.contamination.items import Item
from benchwright.contamination.near_kin import near_kin
from benchwright.contamination.ngrams import NgramDetector
from benchwright.contamination.passages import AcceptedPassages
from benchwright.contamination.pool import accept, pool_kin, shared_by_kin
from benchwright.contamination.views import to_view
from benchwright.errors import Place

TEMPLATE = "The [...] posts at [...] went up within [...] days, counted from [...]."


def _view(text):
    return to_view(Item(id="x", place=Place(), input=text))


def _covered(passages, text):
    view = _view(text)
    covers = AcceptedPassages(texts=passages, run_words=8).covered(view)
    return " ".join(word for word, mask in zip(view.words, covers, strict=True) if mask)


@pytest.mark.parametrize(
    ("text", "covered"),
    [
        (
            "The Go posts at Belis went up within 30 days, counted from a job board.",
            "the posts at went up within days counted from",
        ),
        ("The Go posts at Belis went up within 30 days.", ""),
        ("Counted from a board within days: the posts at Belis went up.", ""),
        (f"The Go posts at {'so ' * 13} went up within 30 days, counted from a board.", ""),
    ],
    ids=["whole", "cut short", "another order", "a blank of 13 words"],
)
def test_the_fixed_words_of_a_passage_count_where_all_stand_in_order(text, covered):
    assert _covered((TEMPLATE,), text) == covered


def test_a_short_passage_counts_in_a_blank_and_nowhere_else_in_a_line():
    text = "The Go posts at Belis went up within 30 days, counted from a job board."
    assert "a job board" in _covered((TEMPLATE, "a job board"), text)
    assert _covered(("a job board",), text) == ""


def _pool(build_task, texts, **fields):
    return [build_task(text, lineage=[f"cell:{n}"], **fields) for n, text in enumerate(texts)]


def _clusters(tasks, wording=None):
    kin = pool_kin(tasks, run_words=8, min_jaccard=0.8, wording=wording, pack="p")
    return kin, sorted(len(cluster.ids) for cluster in cluster_rows(kin.rows))


FACTS = ["alpha bravo carol delta", "echo forth golf hotel", "india jay kilo lima"]


def test_tasks_that_share_only_wording_of_the_pack_are_no_kin(build_task):
    rule = "Promise, book or reserve nothing that another person decides."
    tasks = _pool(build_task, [f"{facts} {rule}" for facts in FACTS])
    kin, sizes = _clusters(tasks, {rule: "pack.yaml", "Never said by anybody at all.": "x.yaml"})
    assert sizes == [1, 1, 1]
    [passage] = kin.accepted.passages
    assert (passage.text, passage.reason) == (rule, "house rules of pack p: pack.yaml")
    assert _clusters(tasks)[1] == [3]


def test_tasks_that_share_eight_words_of_their_own_are_kin_and_seven_are_not(build_task):
    run = "our checkout broke twice and nobody said why"
    tasks = _pool(build_task, [f"{FACTS[0]} {run}", f"{FACTS[1]} {run}", f"{FACTS[2]} {run[:-3]}"])
    assert _clusters(tasks)[1] == [1, 2]


def test_masked_clones_and_near_duplicates_are_kin(build_task):
    long = " ".join(f"word{chr(97 + n)}x" for n in range(20))
    one = f"Acme Labs raised $4M in May while the river opens the {long.upper()} door."
    two = f"Quill Works raised $16M in June while the river opens the {long} door."
    slots = [{"c": {"name": n, "domain": "x.example"}} for n in ("Acme Labs", "Quill Works")]
    pair = [
        build_task(text, lineage=[text], slots=slot)
        for text, slot in zip((one, two), slots, strict=True)
    ]
    near = build_task("Nothing like it stands in any other of these tasks.", lineage=["z"])
    assert _clusters([*pair, near])[1] == [1, 2]


def test_what_five_groups_of_kin_share_without_a_template_is_a_house_rule(build_task):
    policy = "read the brief and the thread before you act on anything"
    record = [{"source": "x", "source_sha256": "1" * 64, "pointers": ["/1"]}]
    tasks = [
        build_task(
            f"{chr(97 + n) * 3} {chr(98 + n) * 4} {policy}",
            lineage=[f"trace:{n}"],
            mode="trace",
            template=None,
            parents=[{**record[0], "record_id": str(n)}],
        )
        for n in range(5)
    ]
    kin, sizes = _clusters(tasks)
    assert (sizes, [p.text for p in kin.accepted.passages]) == ([1] * 5, [policy])
    assert _clusters(tasks[:4])[1] == [4]


def test_a_passage_of_one_task_alone_is_told_from_a_house_rule(build_task):
    rule = "Promise, book or reserve nothing that another person decides."
    tasks = _pool(build_task, [f"{FACTS[0]} {rule}", f"{FACTS[1]} {rule} leaked words stand here"])
    entries = [
        {"text": text, "reason": "r", "expires": "never"}
        for text in (rule, "leaked words stand here now")
    ]
    accepted = AcceptedFindings.model_validate({"passages": entries})
    assert shared_by_kin(tasks, accepted, run_words=8) == {rule}


SENTENCE = "Open [...] posts at [...] went from [...] to [...] in [...] days, counted from [...] ."


@pytest.mark.parametrize(
    ("leaked", "found"),
    [
        ("Open Go posts at Holm Ltd went from 3 to 9 in 45 days, counted from a feed.", True),
        ("Open Go posts at Fenn Inc went from 2 to 7 in 45 days, counted from a feed.", False),
    ],
)
def test_what_the_blanks_of_one_sentence_say_together_is_no_house_rule(leaked, found):
    passages = AcceptedPassages(texts=(SENTENCE,), run_words=8)
    mine = "Open Go posts at Holm Ltd went from 3 to 9 in 45 days, counted from a feed."
    record = _view(f"An unrelated line of words before it. {leaked}")
    pairs = NgramDetector(accepted=passages).compare([_view(mine)], [record]).pairs
    assert bool(pairs) is found


@pytest.mark.parametrize(("number", "is_kin"), [("9", True), ("8", False)])
def test_a_stretch_that_tells_in_one_text_makes_kin_of_whoever_holds_it(number, is_kin):
    texts = (SENTENCE, "See the [...] posts at.", "Went from [...] to [...] by then.")
    entries = [{"text": text, "reason": "r", "expires": "never"} for text in texts]
    accepted = accept(AcceptedFindings.model_validate({"passages": entries}))
    mine = _view("Open Go posts at Holm Ltd went from 3 to 9 in 45 days, counted from a feed.")
    other = _view(f"See the Go posts at Holm Ltd went from 3 to {number} by then.")
    keys = near_kin([mine, other], accepted, run_words=8, min_jaccard=0.8)
    assert bool(set(keys[0]) & set(keys[1])) is is_kin
    detector = NgramDetector(accepted=accepted.passages(8))
    assert bool(detector.compare([mine], [other]).pairs) is is_kin

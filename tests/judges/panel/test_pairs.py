import json
import random
import threading
from functools import partial
from itertools import combinations

import pytest

from benchwright.canonical import sha256_hex
from benchwright.judges.panel.pairs import (
    NearPair,
    OfflineComparer,
    PanelComparer,
    break_ties,
)
from benchwright.judges.panel.prompts import DIMENSIONS
from benchwright.judges.panel.roster import Writers
from benchwright.pipeline.judge import in_order
from tests.judges.panel.conftest import MISTRAL, QWEN, answered, failing


def prefer(body, wanted):
    """Answer a comparison by the order in which the wanted text stands."""
    user = body["messages"][1]["content"]
    first = user.index(wanted) < user.index("=====", len(user) // 2)
    return json.dumps({"reason": "Clearer.", "better": "first" if first else "second"})


@pytest.fixture
def pair(synthetic):
    """Two tasks, the one with the lower id first."""
    return sorted([synthetic("Write to Anna."), synthetic("Write to Ben.")], key=lambda t: t.id)


@pytest.fixture
def leaves(panel, pair):
    """Who leaves, with the answers of judges; the writers of the second row can be given."""

    def run(answer, *, writers=Writers(), **roster):  # noqa: B008 - frozen
        made, bench = panel(answer, **roster)
        first, second = pair
        comparer = PanelComparer(panel=made, writers={first.id: Writers(), second.id: writers})
        near = [NearPair(first_id=first.id, second_id=second.id, jaccard=0.9)]
        return break_ties(near, {task.id: task for task in pair}, comparer), bench

    return run


def test_the_task_that_judges_prefer_in_both_orders_stays(leaves, pair):
    for stays, goes in (pair, pair[::-1]):
        wanted = stays.input["request"]
        left, bench = leaves(lambda body, wanted=wanted: prefer(body, wanted))
        assert set(left) == {goes.id}
        assert "preferred by 2 to 0; 0 of 2 judges abstained" in left[goes.id]
        assert len(bench.calls) == 4
        assert {purpose.role for _, purpose in bench.calls} == {"pairwise_judge"}


@pytest.mark.parametrize(
    "answer",
    [
        lambda body: '{"reason": "x", "better": "first"}',
        lambda body: '{"reason": "x", "better": "second"}',
        lambda body: '{"reason": "x", "better": "same"}',
        lambda body: "the first one",
        lambda body: answered('{"reason": "x", "better": "first"}', served="gpt-4o"),
    ],
)
def test_a_flip_and_everything_unclear_abstains_and_the_lower_hash_stays(leaves, pair, answer):
    left, _ = leaves(answer)
    assert set(left) == {pair[1].id}
    assert "the judges could not tell; 2 of 2 judges abstained" in left[pair[1].id]


def test_no_reply_abstains(leaves, pair):
    def answer(body):
        raise failing("server")

    left, _ = leaves(answer)
    assert set(left) == {pair[1].id}


def test_only_judges_that_are_kin_to_neither_row_are_asked(leaves, pair):
    wanted = pair[1].input["request"]
    left, bench = leaves(
        lambda body: prefer(body, wanted),
        judges=(MISTRAL, QWEN),
        writers=Writers(lineages=("qwen",)),
    )
    assert {spec.model for spec, _ in bench.calls} == {MISTRAL}
    assert set(left) == {pair[0].id}
    left, bench = leaves(lambda body: prefer(body, wanted), writers=Writers(unknown_because="lost"))
    assert bench.calls == []
    assert "0 of 0 judges" in left[pair[1].id]


def test_a_task_that_has_left_takes_nobody_with_it(synthetic):
    a, b, c = sorted((synthetic(f"Write to {name}.") for name in "ABC"), key=lambda t: t.id)
    near = [
        NearPair(first_id=a.id, second_id=b.id, jaccard=0.95),
        NearPair(first_id=b.id, second_id=c.id, jaccard=0.85),
    ]
    comparer = OfflineComparer(minimums=dict.fromkeys(DIMENSIONS, 3))
    assert set(break_ties(near, {t.id: t for t in (a, b, c)}, comparer)) == {b.id}


class Drawn:
    """Votes by a hash of the pair; counts how many ballots wait for each other."""

    def __init__(self, together=1):
        self.asked = []
        self.barrier = threading.Barrier(together)

    def ballots(self, first, second):
        def ballot(judge):
            if self.barrier.parties > 1:
                self.barrier.wait(20)
            self.asked.append((first.id, second.id, judge))
            return ("first", "second", "abstains")[
                int(sha256_hex(f"{first.id}{second.id}{judge}"), 16) % 3
            ]

        return [partial(ballot, judge) for judge in range(3)]


def one_after_another(pairs, comparer, tasks):
    """Break ties as the rule is worded: the most alike first, and none of which one has left."""
    left = {}
    for pair in sorted(pairs, key=lambda item: (-item.jaccard, item.first_id, item.second_id)):
        if pair.first_id not in left and pair.second_id not in left:
            left |= break_ties([pair], tasks, comparer)
    return left


@pytest.mark.parametrize("seed", range(8))
def test_side_by_side_the_same_tasks_leave_for_the_same_reasons(seed, synthetic):
    draw = random.Random(seed)
    tasks = {task.id: task for task in (synthetic(f"Write to {n}.") for n in range(14))}
    ids = sorted(tasks)
    pairs = [
        NearPair(first_id=a, second_id=b, jaccard=draw.choice((0.8, 0.9, 1.0)))
        for a, b in combinations(ids, 2)
        if draw.random() < 0.25
    ]

    def side_by_side(function, items):
        return in_order(function, items, workers=8, stopping=threading.Event())

    serial, threaded = Drawn(), Drawn()
    expected = one_after_another(pairs, serial, tasks)
    assert break_ties(pairs[::-1], tasks, threaded, side_by_side) == expected
    assert sorted(threaded.asked) == sorted(serial.asked)
    assert len(expected) > 3


def test_a_round_that_ends_well_stops_nothing(synthetic):
    a, b, c, d = sorted((synthetic(f"Write to {name}.") for name in "ABCD"), key=lambda t: t.id)
    near = [
        NearPair(first_id=first.id, second_id=second.id, jaccard=0.9)
        for first, second in ((a, b), (a, c), (a, d), (b, c), (b, d), (c, d))
    ]
    stopping = threading.Event()
    each = partial(in_order, workers=2, stopping=stopping)
    comparer = Drawn()
    break_ties(near, {task.id: task for task in (a, b, c, d)}, comparer, each)
    assert len(comparer.asked) > 6, "one round only"
    assert not stopping.is_set()


def test_ballots_of_pairs_that_share_no_task_are_cast_at_once(synthetic):
    a, b, c, d = sorted((synthetic(f"Write to {name}.") for name in "ABCD"), key=lambda t: t.id)
    near = [
        NearPair(first_id=a.id, second_id=b.id, jaccard=0.9),
        NearPair(first_id=c.id, second_id=d.id, jaccard=0.9),
    ]
    comparer = Drawn(together=6)
    left = break_ties(
        near,
        {task.id: task for task in (a, b, c, d)},
        comparer,
        partial(in_order, workers=6, stopping=threading.Event()),
    )
    assert len(left) == 2


def test_the_offline_judge_prefers_what_it_scores_higher(make_task):
    words = {"kind": "mentions", "params": {"all_of": ["Go"]}}
    reference = {"subject": "Roles", "body": "Ten open Go roles."}
    request = "Write to Anna about her ten open Go roles."
    good = make_task([words], reference, input={"request": request})
    worse = make_task([words], reference, input={"request": request, "note": ""})
    first, second = sorted((good, worse), key=lambda task: task.id)
    comparer = OfflineComparer(minimums=dict.fromkeys(DIMENSIONS, 3))
    near = [NearPair(first_id=first.id, second_id=second.id, jaccard=1.0)]
    assert set(break_ties(near, {t.id: t for t in (good, worse)}, comparer)) == {worse.id}
    assert [ballot() for ballot in comparer.ballots(good, good)] == ["abstains"]

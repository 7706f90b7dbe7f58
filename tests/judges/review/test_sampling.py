import random

import pytest

from benchwright.errors import ConfigError
from benchwright.judges.review.sampling import draw


def _sides(accepted, rejected=0, unknown=0):
    return [
        *((f"a{n}", "accepted") for n in range(accepted)),
        *((f"r{n}", "rejected") for n in range(rejected)),
        *((f"u{n}", "unknown") for n in range(unknown)),
    ]


@pytest.mark.parametrize(
    ("sides", "count", "taken"),
    [
        (_sides(90, 40), 50, {"accepted": 25, "rejected": 25}),
        (_sides(90, 40), 51, {"accepted": 26, "rejected": 25}),
        (_sides(90, 7), 50, {"accepted": 43, "rejected": 7}),
        (_sides(7, 90), 50, {"accepted": 7, "rejected": 43}),
        (_sides(5, 5), 50, {"accepted": 5, "rejected": 5}),
        (_sides(90), 50, {"accepted": 50}),
        (_sides(0, 0, 90), 50, {"unknown": 50}),
        (_sides(9, 9), 1, {"accepted": 0, "rejected": 1}),
    ],
)
def test_each_side_gives_half_and_the_other_fills_what_one_lacks(sides, count, taken):
    drawn = draw(sides, count=count, seed=3)
    assert {side: n for side, n in drawn.taken.items() if n or side in taken} == taken
    assert len(set(drawn.ids)) == min(count, len(sides))


def test_the_order_of_the_tasks_changes_nothing_and_the_seed_does():
    sides = _sides(200, 100)
    drawn = draw(sides, count=40, seed=1)
    random.Random(5).shuffle(sides)
    assert draw(sides, count=40, seed=1) == drawn
    assert draw(sides, count=40, seed=2).ids != drawn.ids


def test_tasks_that_are_added_push_out_as_few_as_they_can():
    before = set(draw(_sides(100, 100), count=40, seed=1).ids)
    after = set(draw(_sides(101, 100), count=40, seed=1).ids)
    assert len(before - after) <= 1


def test_no_task_at_all_gives_an_empty_draw_and_a_count_of_none_is_an_error():
    assert draw([], count=5, seed=0).ids == ()
    with pytest.raises(ConfigError, match=r"count is 0\n  fix: draw at least 1"):
        draw(_sides(5), count=0, seed=0)

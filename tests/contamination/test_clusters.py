import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchwright import InputError
from benchwright.contamination.clusters import ClusterRow, cluster_rows, to_row
from benchwright.kinship import slot_names


def _row(id, *keys, mode="trace", dimension="d"):
    named = tuple((key.encode(), key) for key in keys)
    return ClusterRow(id=id, mode=mode, dimension=dimension, keys=named)


def _ids(clusters):
    return [cluster.ids for cluster in clusters]


def test_a_chain_of_shared_keys_is_one_cluster():
    rows = [_row("a", "x"), _row("c", "y"), _row("b", "x", "y"), _row("d", "z")]
    assert _ids(cluster_rows(rows)) == [("a", "b", "c"), ("d",)]


def test_a_cluster_names_what_most_of_its_tasks_share():
    rows = [_row("a", "x"), _row("b", "x", "y"), _row("c", "y"), _row("d", "y"), _row("e")]
    assert [cluster.widest for cluster in cluster_rows(rows)] == [("y", 3), None]


def test_a_cluster_counts_its_tasks_by_mode_and_dimension():
    rows = [_row("a", "x", dimension="e"), _row("b", "x"), _row("c", "x")]
    [cluster] = cluster_rows(rows)
    assert cluster.strata == ((("trace", "d"), 2), (("trace", "e"), 1))


def test_an_id_that_comes_twice_is_refused_by_name():
    with pytest.raises(InputError, match="task a comes twice"):
        cluster_rows([_row("a"), _row("a")])


@given(
    st.lists(st.frozensets(st.integers(0, 12), max_size=3), min_size=1, max_size=40),
    st.integers(0, 99),
)
def test_clusters_equal_a_plain_closure_whatever_the_order_of_rows(key_sets, seed):
    rows = [_row(f"{i:02d}", *map(str, sorted(keys))) for i, keys in enumerate(key_sets)]
    groups = [({row.id}, {key for key, _ in row.keys}) for row in rows]
    changed = True
    while changed:
        changed = False
        for left in range(len(groups)):
            for right in range(len(groups) - 1, left, -1):
                if groups[left][1] & groups[right][1]:
                    groups[left][0].update(groups[right][0])
                    groups[left][1].update(groups[right][1])
                    del groups[right]
                    changed = True
    shuffled = random.Random(seed).sample(rows, len(rows))
    assert sorted(_ids(cluster_rows(shuffled))) == sorted(tuple(sorted(ids)) for ids, _ in groups)
    assert cluster_rows(shuffled) == cluster_rows(rows)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ({"lineage": ["trace:1"]}, {"lineage": ["trace:1", "cell:x"]}),
        ({"text": "Book Ada, now"}, {"text": "BOOK ada now!"}),
    ],
    ids=["lineage", "case and punctuation"],
)
def test_tasks_that_differ_only_in_what_does_not_count_are_kin(build_task, left, right):
    tasks = [
        build_task(**{"text": "one text", "lineage": ["left"], **left}),
        build_task(**{"text": "another text", "lineage": ["right"], **right}),
    ]
    assert len(cluster_rows(map(to_row, tasks))) == 1


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ({"lineage": ["trace:1"]}, {"lineage": ["trace:12"]}),
        ({"text": "Book Ada now"}, {"text": "Book Ada then"}),
        ({"text": "?!"}, {"text": "!?"}),
    ],
    ids=["lineage", "one word", "no words at all"],
)
def test_near_misses_are_not_kin(build_task, left, right):
    tasks = [
        build_task(**{"text": "one text", "lineage": ["left"], **left}),
        build_task(**{"text": "another text", "lineage": ["right"], **right}),
    ]
    assert len(cluster_rows(map(to_row, tasks))) == 2


def test_a_task_made_from_another_task_or_from_the_same_record_is_its_kin(build_task):
    parent = build_task("first", lineage=["a"])
    child = build_task("second", lineage=["b"], parents=[{"task_id": parent.id}])
    record = {"source": "x.json", "source_sha256": "1" * 64, "record_id": "7", "pointers": ["/7"]}
    other = {**record, "record_id": "77"}
    same = [build_task(text, lineage=[text], parents=[record]) for text in ("third", "fourth")]
    near = build_task("fifth", lineage=["e"], parents=[other])
    clusters = cluster_rows(map(to_row, [child, *same, near, parent]))
    assert sorted(len(cluster.ids) for cluster in clusters) == [1, 2, 2]


def test_names_come_from_companies_and_persons_wherever_they_stand_in_the_slots():
    slots = {
        "peers": [{"name": "Acme Labs", "domain": "acme.example", "short": "Acme"}],
        "contact": {"name": "Ada Poe", "first": "Ada", "last": "Poe", "title": "CTO"},
        "sector": {"id": "banks", "name": "Banks"},
        "stack": "python",
        "blank": {"name": "\u0301", "first": " "},
    }
    assert slot_names(slots) == ("Ada Poe", "Ada", "Poe", "Acme Labs", "Acme", "acme.example")

"""Edited and rearranged copies inside records: found where asked for, and what only looks alike."""

import json
import random

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.contamination.scan.conftest import prose

TASKS = [prose(seed, 60) for seed in range(20)]
CLEAN = [prose(seed, 300) for seed in range(100, 130)]


def every_sixth_word_edited(text):
    return " ".join("other" if at % 6 == 1 else word for at, word in enumerate(text.split()))


def in_thirds(text):
    words = text.split()
    return " ".join([*words[40:], "so", *words[:20], "so", *words[20:40]])


def shuffled(text):
    words = text.split()
    return " ".join(random.Random(1).sample(words, len(words)))


@pytest.mark.parametrize("change", [every_sixth_word_edited, in_thirds])
@pytest.mark.parametrize("containment", [True, False])
def test_an_edited_copy_is_a_finding_only_where_it_was_asked_for(scan, corpus, change, containment):
    leak = f"{CLEAN[0]} {change(TASKS[3])} {CLEAN[1]}"
    path = corpus("a.jsonl", [*CLEAN, leak])
    report = scan(TASKS, path, containment=containment)
    best = {f.id: f.best_containment for f in report.found}
    if containment:
        assert set(best) == {"t3"}
        assert best["t3"] > 0.6
    else:
        assert all(share is None for share in best.values())
        assert report.verdict == ("clean" if change is every_sixth_word_edited else "flagged")


def test_the_same_words_in_another_order_are_no_copy(scan, corpus):
    path = corpus("a.jsonl", [*CLEAN, f"{CLEAN[0]} {shuffled(TASKS[3])} {CLEAN[1]}"])
    report = scan(TASKS, path, containment=True)
    assert (report.verdict, report.found) == ("clean", ())
    assert {"tenth_edited", "halves_swapped"} <= {plant.kind for plant in report.plants}


def test_the_evidence_shows_the_words_that_agree(scan, corpus):
    path = corpus("a.jsonl", [*CLEAN, f"so {every_sixth_word_edited(TASKS[3])} so"])
    [finding] = scan(TASKS, path, containment=True).found
    match = finding.best[0]
    assert (match.shared_runs, match.place.line) == (0, 31)
    shared = [match.right.text[a:b] for a, b in match.right.spans]
    assert [match.left.text[a:b] for a, b in match.left.spans] == shared
    assert "other" not in " ".join(shared)


def test_rows_of_parquet_and_a_resumed_scan_find_the_same(scan, corpus, tmp_path):
    texts = [*CLEAN, every_sixth_word_edited(TASKS[3])]
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"text": texts}), path)
    state = tmp_path / "state"
    report = scan(TASKS, str(path), containment=True, state=state)
    assert [f.best[0].place.row for f in report.found] == [31]
    assert scan(TASKS, str(path), containment=True, state=state) == report
    [held] = (state / "findings").iterdir()
    lines = [json.loads(line) for line in held.read_text().splitlines()]
    assert [(line["task"], line["shared_runs"]) for line in lines] == [("t3", 0)]
    assert lines[0]["containment"] == report.found[0].best_containment

import gzip
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchwright.contamination.scan import planted
from benchwright.contamination.scan.reference import ReferenceEngine
from tests.contamination.scan.conftest import prose

TASKS = [prose(seed) for seed in range(12)]
CLEAN = [{"id": n, "turns": [{"said": prose(n, 60)}]} for n in range(100, 140)]


@pytest.mark.parametrize("fields", [None, ("turns",), ("id", "turns")])
def test_copies_are_hidden_where_the_scan_looks(scan, corpus, fields):
    report = scan([*TASKS, "one two three four five"], corpus("a.jsonl", CLEAN), fields=fields)
    assert report.verdict == "clean"
    found = {plant.kind: (plant.found, plant.planted) for plant in report.plants}
    assert found == dict.fromkeys(planted.KINDS, (8, 8))


def _blind_to(result, hides):
    keep = ~hides(result)
    hits = ("hit_record", "hit_begin", "hit_token", "hit_slot")
    return replace(result, **{name: getattr(result, name)[keep] for name in hits})


@pytest.mark.parametrize(
    "hides",
    [
        lambda result: np.ones(len(result.hit_slot), bool),
        lambda result: result.hit_token > 5,
    ],
)
def test_an_engine_that_misses_copies_is_not_believed(scan, corpus, monkeypatch, hides):
    seen = ReferenceEngine.scan_lines
    monkeypatch.setattr(ReferenceEngine, "scan_lines", lambda *args: _blind_to(seen(*args), hides))
    report = scan(TASKS, corpus("a.jsonl", CLEAN))
    assert report.verdict == "inconclusive"
    assert "planted copies" in report.reasons[-1]
    embedded = next(plant for plant in report.plants if plant.kind == "embedded")
    assert embedded.found < embedded.planted


def test_no_copy_of_a_plant_shows_as_a_finding(scan, corpus):
    report = scan(TASKS, corpus("a.jsonl", CLEAN))
    assert (report.findings, report.found, report.flagged_records) == (0, (), 0)


def test_the_seed_draws_other_records_and_the_same_seed_the_same(scan, corpus, monkeypatch):
    path = corpus("a.jsonl", CLEAN)
    drawn = []
    plants = planted._plants
    monkeypatch.setattr(
        planted, "_plants", lambda *args: drawn.append(args[1].records) or plants(*args)
    )
    for seed in (1, 1, 2):
        scan(TASKS, path, seed=seed)
    assert drawn[0] == drawn[1] != drawn[2]


@pytest.mark.parametrize(
    "rows",
    [
        ['"only a text"', "7", "null", "[]", '["a", {"b": "c d e"}]', "{}"],
        ['{"text": "' + "word " * 30_000 + '"}', '{"text": "x y"}'],
        ["{not json", '{"text": "x y"}'],
    ],
)
def test_records_of_any_shape_can_hold_a_copy(scan, tmp_path, rows):
    path = tmp_path / "a.jsonl"
    path.write_text("\n".join(rows))
    for fields in (None, ("text",)):
        report = scan(TASKS, str(path), fields=fields)
        assert all(plant.found == plant.planted > 0 for plant in report.plants)


@pytest.mark.parametrize("name", ["a.txt", "a.txt.gz"])
def test_a_text_without_a_line_feed_can_hold_a_copy(scan, tmp_path, name):
    data = prose(900, 600_000).encode()
    (tmp_path / name).write_bytes(gzip.compress(data, 1) if name.endswith("gz") else data)
    report = scan(TASKS[:2], str(tmp_path / name), run_words=31)
    assert len(data) > 2**21
    assert all(plant.found == plant.planted > 0 for plant in report.plants)


def test_parquet_rows_that_look_like_json_are_text(scan, tmp_path):
    table = pa.table({"text": ['{"a": "b"}', "{ no json\nat all", "plain"]})
    pq.write_table(table, tmp_path / "a.parquet")
    report = scan(TASKS, str(tmp_path / "a.parquet"))
    assert all(plant.found == plant.planted == 3 for plant in report.plants)

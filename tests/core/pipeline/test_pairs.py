"""Pairs of a small real release, checked again from the files that were written."""

import json
from collections import Counter
from itertools import islice
from pathlib import Path

import pytest

from benchwright import ConfigError, InputError
from benchwright.config import read_project
from benchwright.errors import CheckFailedError
from benchwright.files import read_all_lines
from benchwright.judges.gatetexts import find_placeholder
from benchwright.judges.scoring import score_output
from benchwright.manifests.load import load_documents
from benchwright.manifests.release import read_release_rows
from benchwright.pipeline.build import build
from benchwright.pipeline.pair_candidates import broken_rules, known_failures
from benchwright.pipeline.pair_filters import Offered, Pair, sift
from benchwright.pipeline.pair_overlap import find_overlaps
from benchwright.pipeline.pairs import pairs_of_project, pairs_of_release
from benchwright.pipeline.run import Silence
from benchwright.preferences import PairAudit, PairSettings, PairsReport
from benchwright.words import leaf_texts

SETTINGS = PairSettings(per_task=2, max_cosine_similarity=0.92, seed=0)
CONFIG = """\
benchmark: {name: tiny, version: 0.1.0, created_at: 2026-10-05T00:00:00Z}
pack: tenacious_outbound
author: {programmatic: {families: all, strength: 1, count: 60}}
split: {max_deviation: 0.3}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A built release, its config, and its pairs beside it."""
    folder = tmp_path_factory.mktemp("pairs")
    (folder / "bench.yaml").write_text(CONFIG)
    project = read_project(folder / "bench.yaml")
    build(project, output=folder / "out", resume=True, progress=Silence())
    pairs_of_release(folder / "out/tiny/0.1.0", folder / "pairs", SETTINGS, Silence())
    return folder


@pytest.fixture(scope="module")
def tasks(folder):
    found = {}
    for split, task in read_release_rows(folder / "out/tiny/0.1.0"):
        found.setdefault(split, {})[task.id] = task
    return found


def _rows(folder, config="preference_pairs"):
    import pyarrow.parquet as pq

    return pq.read_table(folder / f"pairs/data/{config}/train-00000-of-00001.parquet").to_pylist()


def test_every_chosen_passes_every_rejected_fails_and_all_come_from_train(folder, tasks):
    rows = _rows(folder)
    assert len(rows) >= 30
    for row in rows:
        task = tasks["train"][row["task_id"]]
        chosen, rejected = json.loads(row["chosen"]), json.loads(row["rejected"])
        assert score_output(task, chosen).passed is True
        assert score_output(task, rejected).passed is False
        assert find_placeholder(leaf_texts([row["prompt"], chosen, rejected])) is None
        assert json.loads(row["prompt"].rpartition("\n\n")[0]) == task.input
        assert row["prompt"].endswith("with the keys body, subject.\n")


def test_chosen_and_rejected_stay_under_the_cosine(folder):
    from sklearn.feature_extraction.text import TfidfVectorizer

    rows = _rows(folder)
    texts = [row[side] for row in rows for side in ("chosen", "rejected")]
    kept = [line.value for line in read_all_lines(folder / "pairs/audit.jsonl")]
    stated = {one["pair_id"]: one["cosine_similarity"] for one in kept if "pair_id" in one}
    assert all(stated[row["pair_id"]] < 0.92 for row in rows)
    vectors = TfidfVectorizer().fit_transform(texts)
    cosines = [float((vectors[i] @ vectors[i + 1].T).sum()) for i in range(0, len(texts), 2)]
    assert sum(cosine < 0.92 for cosine in cosines) >= 0.95 * len(cosines)


def test_the_audit_has_one_row_a_candidate_and_reconciles_with_the_report(folder, tasks):
    report = PairsReport.model_validate_json((folder / "pairs/pairs.json").read_bytes())
    audits = [
        PairAudit.model_validate(line.value)
        for line in read_all_lines(folder / "pairs/audit.jsonl")
    ]
    offered = sum(
        len([*known_failures(task, ()), *broken_rules(task)]) for task in tasks["train"].values()
    )
    assert report.candidates == len(audits) == offered
    assert report.skipped == Counter(audit.reason for audit in audits if audit.reason)
    assert {"too_similar", "rejected_passes", "over_per_task"} <= set(report.skipped)
    assert report.kept == len(_rows(folder)) == sum(audit.status == "kept" for audit in audits)
    assert {"candidate", "rules"} <= set(report.sources)
    assert report.overlap.status == "clean"
    assert {run.scope.split(" ")[0] for run in report.overlap.runs} == {"dev", "held_out"}


def test_both_configs_open_with_datasets_and_hold_the_same_pairs(folder):
    from datasets import load_dataset

    plain, talks = (
        load_dataset(str(folder / "pairs"), name, split="train", cache_dir=str(folder / "cache"))
        for name in ("preference_pairs", "preference_pairs_conversational")
    )
    assert plain["pair_id"][:] == talks["pair_id"][:]
    first = talks[0]
    assert first["prompt"] == [{"role": "user", "content": plain[0]["prompt"].rstrip("\n")}]
    assert first["chosen"] == [{"role": "assistant", "content": plain[0]["chosen"]}]


def test_the_same_release_gives_the_same_bytes_and_other_pairs_are_not_overwritten(folder):
    release = folder / "out/tiny/0.1.0"
    again = pairs_of_release(release, folder / "pairs", SETTINGS, Silence())
    assert not again.is_new
    fewer = SETTINGS.model_copy(update={"per_task": 1})
    with pytest.raises(CheckFailedError, match="other pairs, or other files, stand in pairs"):
        pairs_of_release(release, folder / "pairs", fewer, Silence())
    replaced = pairs_of_release(release, folder / "one", fewer, Silence())
    assert replaced.report.kept == replaced.report.tasks_with_pairs


def test_a_folder_that_holds_no_pairs_is_never_replaced(folder, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    release = folder / "out/tiny/0.1.0"
    with pytest.raises(CheckFailedError, match="mine holds no pairs, and is not replaced"):
        pairs_of_release(release, tmp_path / "mine", SETTINGS, Silence(), replace=True)
    assert (tmp_path / "mine" / "thesis.txt").exists()


def test_a_config_names_its_release_and_another_config_is_refused(folder):
    path = folder / "bench.yaml"
    how = {"output": folder / "out", "with_models": False}
    made = pairs_of_project(read_project(path), None, SETTINGS, Silence(), **how)
    assert made.folder == folder / "out/tiny/0.1.0.pairs"
    assert (made.folder / "audit.jsonl").read_bytes() == (folder / "pairs/audit.jsonl").read_bytes()
    with pytest.raises(ConfigError, match="was built from another config"):
        pairs_of_project(read_project(path, seed=9), None, SETTINGS, Silence(), **how)
    with pytest.raises(ConfigError, match="names no model that could write"):
        pairs_of_project(
            read_project(path), None, SETTINGS, Silence(), output=folder / "out", with_models=True
        )


def test_a_folder_that_is_no_release_is_refused(tmp_path):
    with pytest.raises(InputError, match="no release"):
        pairs_of_release(tmp_path, tmp_path / "pairs", SETTINGS, Silence())


def test_a_split_that_stands_not_in_clear_leaves_nothing_to_compare_with(folder, tmp_path):
    import shutil

    release = shutil.copytree(folder / "out/tiny/0.1.0", tmp_path / "0.1.0")
    (Path(release) / "data/tasks/held_out-00000-of-00001.parquet").unlink()
    with pytest.raises(CheckFailedError, match=r"held_out has \d+ tasks, of which 0 stand"):
        pairs_of_release(release, tmp_path / "pairs", SETTINGS, Silence())


def _overlaps(folder, tasks, rejected):
    documents = load_documents(folder / "out/tiny/0.1.0").documents()
    some = list(islice(tasks["train"].values(), 4))
    pairs = [
        Pair(id=f"p{n}", task=task, rejected=output, audit=None)
        for n, (task, output) in enumerate(zip(some, rejected, strict=True))
    ]
    unseen = {name: [*tasks[name].values()] for name in ("dev", "held_out")}
    return find_overlaps(
        pairs,
        unseen,
        house_rules=documents.house_rules,
        parameters=documents.contamination,
        seed=0,
    )[1]


def test_a_pair_that_quotes_a_held_out_input_or_a_dev_reference_is_found(folder, tasks):
    held_out = next(iter(tasks["held_out"].values()))
    dev = next(iter(tasks["dev"].values()))
    quoted = {"subject": "Re", "body": "\n".join(leaf_texts(held_out.input))}
    harmless = {"subject": "Later", "body": "I have nothing for you this week and will write."}
    found = _overlaps(folder, tasks, [harmless, quoted, dev.reference, harmless])
    assert found == {"p1": "held_out", "p2": "dev"}


def test_what_overlaps_leaves_the_pairs_and_stands_in_the_audit(folder, tmp_path, monkeypatch):
    calls = []

    def once(pairs, unseen, **how):
        calls.append(len(pairs))
        report, _ = find_overlaps(pairs, unseen, **how)
        return report, {pairs[0].id: "held_out", pairs[1].id: "dev"} if len(calls) == 1 else {}

    monkeypatch.setattr("benchwright.pipeline.pairs.find_overlaps", once)
    made = pairs_of_release(folder / "out/tiny/0.1.0", tmp_path / "p", SETTINGS, Silence())
    assert (made.report.skipped["overlaps_held_out"], made.report.skipped["overlaps_dev"]) == (1, 1)
    assert calls == [made.report.kept + 2, made.report.kept]


def test_nothing_is_left_when_no_output_fails(folder, tasks):
    task = next(iter(tasks["train"].values()))
    offered = Offered(task=task, candidates=(), judges=(), authors=())
    assert sift([offered], SETTINGS) == ([], [])

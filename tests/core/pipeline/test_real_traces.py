"""A build from published traces: 200 τ-bench trajectories and a τ²-bench run."""

import json
from collections import defaultdict

import pytest

CONFIG = """\
benchmark: {{name: tau-airline, version: 0.1.0, license: mit}}
seed: 7
pack: agent_tasks
author:
  trace:
    sources: ["{data}/tau-bench/gpt-4o-airline.json", "{data}/tau2-bench/run_results.json"]
contamination: {{ngram_words: 30}}  # all tasks quote the records of one database
"""


@pytest.fixture(scope="module")
def built(shared, run_cli, tmp_path_factory):
    """Build once; return the folder and what `build --json` printed."""
    folder = tmp_path_factory.mktemp("real")
    (folder / "bench.yaml").write_text(CONFIG.format(data=shared / "data"))
    done = run_cli("build", "bench.yaml", "--json", cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder / "outputs" / "tau-airline", json.loads(done.stdout)


def _tasks(built):
    text = (built[0] / "0.1.0.work" / "2-gated" / "tasks.jsonl").read_text()
    return [json.loads(line) for line in text.split("\n") if line]


def test_all_records_are_read_and_counted(built):
    stage = json.loads((built[0] / "0.1.0.work/1-authored/trace/stage.json").read_text())
    files = {entry["file"]: entry for entry in stage["details"]["files"]}
    assert files["gpt-4o-airline.json"]["records"] == 200
    assert files["gpt-4o-airline.json"]["groups"] == 50
    assert stage["counts"]["entered"] >= 201


def test_every_task_names_its_unmet_action_and_points_into_its_source(built, shared):
    from benchwright.pointers import PointedFile

    files = {}
    tasks = _tasks(built)
    assert len(tasks) >= 20
    for task in tasks:
        assert task["expected"]["unmet_actions"]
        for parent in task["provenance"]["parents"]:
            name = parent["source"].split("/")[-1]
            if name not in files:
                files[name] = PointedFile(next((shared / "data").glob(f"*/{name}")))
            for pointer in parent["pointers"]:
                files[name].resolve(pointer)


def test_no_group_stands_on_two_sides_and_no_person_is_left(built, shared):
    release = built[0] / "0.1.0"
    from benchwright.manifests.release import read_release_rows

    sides = defaultdict(set)
    text = []
    for split, task in read_release_rows(release):
        for key in task.provenance.lineage_keys:
            sides[key].add(split)
        text.append(task.to_json())
    assert all(len(splits) == 1 for splits in sides.values())
    whole = "\n".join(text).lower()
    traces = json.loads((shared / "data/tau-bench/gpt-4o-airline.json").read_text())
    users = {trace["info"]["task"]["user_id"] for trace in traces}
    assert len(users) >= 30
    assert [user for user in users if user in whole] == []

"""A build uses the checks on itself: what it releases passes them, and a planted leak does not."""

import json

import pyarrow.parquet as pq
import pytest

LIMIT = ("--limit", "30", "--quiet")


@pytest.fixture(scope="module")
def release(root, tmp_path_factory, run_cli):
    """A small release of the starter project."""
    out = tmp_path_factory.mktemp("release")
    config = root / "templates" / "projects" / "tenacious" / "bench.yaml"
    done = run_cli("build", config, "-o", out, *LIMIT, cwd=out)
    assert done.returncode == 0, done.stderr
    assert "ngram clean" in done.stdout
    return out / "tenacious-bench" / "0.1.0"


def _rows(release, split):
    table = pq.read_table(release / "data" / "tasks" / f"{split}-00000-of-00001.parquet")
    return table.to_pylist()


def _check(run_cli, release, folder, train):
    files = {"test": _rows(release, "held_out"), "train": train}
    for name, rows in files.items():
        lines = (json.dumps(row, default=str) + "\n" for row in rows)
        (folder / f"{name}.jsonl").write_text("".join(lines))
    done = run_cli(
        *("contamination", "check", "--test", "test.jsonl", "--train", "train.jsonl"),
        *("--accepted", release / "accepted_passages.yaml", "--json"),
        cwd=folder,
    )
    report = json.loads(done.stdout)
    statuses = {run["check"]: run["status"] for run in report["contamination"]["runs"]}
    return done.returncode, report["verdict"], statuses


def test_the_release_passes_its_own_check_and_can_be_verified(release, run_cli, tmp_path):
    status, verdict, statuses = _check(run_cli, release, tmp_path, _rows(release, "train"))
    assert (status, verdict) == (0, "clean")
    assert {name for name, found in statuses.items() if found == "not_run"} == {
        "time",
        "canary",
        "embedding",
    }
    done = run_cli("manifest", "verify", release, cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "house rules" in done.stdout


def test_a_task_of_held_out_that_is_copied_into_train_is_flagged(release, run_cli, tmp_path):
    leaked = {**_rows(release, "held_out")[0], "id": "copy"}
    train = [*_rows(release, "train"), leaked]
    status, _, statuses = _check(run_cli, release, tmp_path, train)
    assert status == 1
    assert (statuses["exact"], statuses["ngram"]) == ("flagged", "flagged")


def test_one_sentence_of_facts_of_held_out_in_train_is_flagged(release, run_cli, tmp_path):
    for row in _rows(release, "held_out"):
        brief = json.loads(row["input"]).get("hiring_signal_brief", {})
        if "signal_line" in brief:
            break
    train = _rows(release, "train")
    leaked = {**train[0], "id": "leak", "input": json.dumps({"text": brief["signal_line"]})}
    status, _, statuses = _check(run_cli, release, tmp_path, [*train, leaked])
    assert (status, statuses["ngram"]) == (1, "flagged")


def _with_references(project, corpus):
    (project / "corpus.jsonl").write_text("".join(json.dumps(r) + "\n" for r in corpus))
    config = project / "bench.yaml"
    text = config.read_text()
    config.write_text(text.replace("references: []", "references: [corpus.jsonl]"))


OTHER = [{"text": f"Rain fell on harbour number {n} while boats waited."} for n in range(60)]


def test_a_task_that_a_reference_corpus_holds_is_left_out_with_its_reason(
    release, project, tmp_path, run_cli
):
    row = next(row for row in _rows(release, "train") if row["mode"] == "programmatic")
    house = json.loads(row["input"])["house_rules"]
    _with_references(project, [{"text": row["input"]}, {"text": " ".join(house)}, *OTHER])
    done = run_cli("build", project / "bench.yaml", "-o", "out", *LIMIT, "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    [reason] = [r for r in json.loads(done.stdout)["reasons"] if r["rule"] == "P003"]
    assert reason["count"] == 1
    out = tmp_path / "out" / "tenacious-bench" / "0.1.0"
    rejected = (out.with_name("0.1.0.work") / "2-scanned" / "rejected.jsonl").read_text()
    assert json.loads(rejected)["id"] == row["id"]
    runs = json.loads((out / "manifests" / "contamination.json").read_text())["runs"]
    [file] = runs[0]["params"]["files"].values()
    assert (runs[0]["scope"], file["records"]) == ("pool x references", 62)
    assert file["unreadable_records"] == 0
    assert run_cli("manifest", "verify", out, cwd=tmp_path).returncode == 0


@pytest.mark.slow
def test_a_reference_corpus_that_cannot_be_read_whole_stops_the_build(project, tmp_path, run_cli):
    _with_references(project, OTHER)
    with (project / "corpus.jsonl").open("a") as stream:
        stream.write('{"text": "torn\n')
    done = run_cli("build", project / "bench.yaml", "-o", "out", *LIMIT, cwd=tmp_path)
    assert done.returncode == 1
    assert "references is inconclusive" in done.stderr


@pytest.mark.slow
def test_a_reference_that_is_not_there_is_named(project, tmp_path, run_cli):
    _with_references(project, OTHER)
    (project / "corpus.jsonl").unlink()
    done = run_cli("build", project / "bench.yaml", "-o", "out", *LIMIT, cwd=tmp_path)
    assert done.returncode == 2
    assert "no file matches 'corpus.jsonl'" in done.stderr

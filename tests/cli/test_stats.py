import json

from click.testing import CliRunner

from benchwright import InputError
from benchwright.cli.main import cli
from benchwright.statistics.compare import ConditionComparison
from tests.judges.mutation.conftest import MAIL, _make


def _write(path, values, **columns):
    rows = [
        {"task_id": f"t{n}", "score": value, **{key: column[n] for key, column in columns.items()}}
        for n, value in enumerate(values)
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def _run(*args):
    return CliRunner().invoke(cli, ["stats", "compare", *map(str, args)])


BASE = [0.1 * (n % 7) for n in range(47)]
TUNED = [value + 0.1 + 0.05 * (n % 2) for n, value in enumerate(BASE)]


def test_47_rows_in_11_clusters_report_n_11(tmp_path):
    clusters = [f"c{n % 11}" for n in range(47)]
    base = _write(tmp_path / "base.jsonl", BASE, cluster=clusters)
    tuned = _write(tmp_path / "tuned.jsonl", TUNED, cluster=clusters)
    done = _run(base, tuned, "--pass-score", "0.3", "--markdown", tmp_path / "delta.md")
    assert done.exit_code == 0, done.output
    assert "tuned scores higher than base: +0.1" in done.stdout
    assert "47 paired tasks, n = 11 (clusters from the files)" in done.stdout
    assert "n = 11" in (tmp_path / "delta.md").read_text()
    report = ConditionComparison.model_validate_json(_run(base, tuned, "--json").stdout)
    assert (report.n, report.rows, report.mcnemar) == (11, 47, None)


def test_without_clusters_it_says_that_each_task_counts_by_itself(tmp_path):
    done = _run(_write(tmp_path / "a.jsonl", BASE), _write(tmp_path / "b.jsonl", TUNED))
    assert "n = 47 (each task counts by itself" in " ".join(done.stdout.split())


def test_a_constant_condition_leaves_with_1(tmp_path):
    done = _run(_write(tmp_path / "a.jsonl", BASE), _write(tmp_path / "b.jsonl", [1.0] * 47))
    assert done.exit_code == 1
    assert "constant: b: every one of 47 scores is 1" in done.stdout


def test_files_that_disagree_on_a_cluster_or_give_only_some_are_refused(tmp_path):
    base = _write(tmp_path / "a.jsonl", BASE, cluster=["x"] * 47)
    other = _write(tmp_path / "b.jsonl", TUNED, cluster=["y"] * 47)
    assert "is in cluster 'x' and 'y'" in _run(base, other).exception.message
    some = _write(tmp_path / "c.jsonl", BASE, cluster=["x", *[None] * 46])
    plain = _write(tmp_path / "d.jsonl", TUNED)
    assert "46 of 47 tasks have no cluster" in _run(some, plain).exception.message


def test_score_files_of_two_conditions_are_compared_over_the_kin_of_their_tasks(tmp_path):
    tasks = [_make({**MAIL, "input": {**MAIL["input"], "n": n}}, str(n % 12)) for n in range(36)]
    lines = tmp_path / "tasks.jsonl"
    lines.write_text("".join(task.to_json() + "\n" for task in tasks))
    good = MAIL["reference"]
    bad = {**good, "body": ""}
    scores = []
    for name, passes in (("base", 3), ("tuned", 2)):
        outputs, written = tmp_path / f"{name}_out.jsonl", tmp_path / f"{name}.jsonl"
        outputs.write_text(
            "".join(
                json.dumps({"id": task.id, "output": bad if n % passes == 0 else good}) + "\n"
                for n, task in enumerate(tasks)
            )
        )
        args = ["score", str(lines), "--outputs", str(outputs), "-o", str(written)]
        assert CliRunner().invoke(cli, args).exit_code == 0
        scores.append(written)
    done = _run(*scores, "--tasks", lines, "--json")
    report = ConditionComparison.model_validate_json(done.stdout)
    assert (report.rows, report.n, report.clusters_from) == (36, 12, "tasks")
    assert report.effect.value < 0
    assert (report.mcnemar.better, report.mcnemar.worse) == (6, 12)
    lines.write_text(tasks[0].to_json() + "\n")
    error = _run(*scores, "--tasks", lines).exception
    assert isinstance(error, InputError)
    assert "35 scored tasks are not among these tasks" in error.message

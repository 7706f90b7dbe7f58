"""The whole build, run as a user runs it."""

import json
import os
import random
import shutil
import signal
import subprocess

import pytest

LIMIT = ("--limit", "40", "--quiet")


@pytest.fixture(scope="module")
def build(run_cli):
    """Build a project and return the finished process; a failure fails the test."""

    def run(project, output, *extra, **environment):
        config = project / "bench.yaml"
        done = run_cli("build", config, "-o", output, *LIMIT, *extra, cwd=project, **environment)
        assert done.returncode == 0, done.stderr
        return done

    return run


@pytest.fixture(scope="module")
def whole(root, tmp_path_factory, build):
    """A build of the starter project that nobody disturbed: its project, output and summary."""
    project = tmp_path_factory.mktemp("whole") / "project"
    shutil.copytree(root / "templates" / "projects" / "tenacious", project)
    output = project.parent / "out"
    zone = {"PYTHONHASHSEED": "1", "TZ": "UTC", "LC_ALL": "C"}
    return project, output, json.loads(build(project, output, "--json", **zone).stdout)


def test_the_same_config_gives_the_same_bytes_in_two_folders_and_processes(
    whole, project, tmp_path, build, tree_bytes
):
    other = tmp_path / "elsewhere" / "deep"
    shutil.copytree(project, other)
    build(other, tmp_path / "two", PYTHONHASHSEED="2", TZ="Asia/Tokyo", LC_ALL="C.UTF-8")
    one, two = tree_bytes(whole[1]), tree_bytes(tmp_path / "two")
    assert one.keys() == two.keys()
    assert [name for name in one if one[name] != two[name]] == []


def test_a_run_killed_at_random_moments_resumes_to_the_same_bytes(
    whole, project, tmp_path, build, tree_bytes, benchwright
):
    expected = tree_bytes(whole[1])
    chance = random.Random(20261005)
    killed = 0
    for _ in range(6):
        process = subprocess.Popen(
            [benchwright, "build", project / "bench.yaml", "-o", tmp_path / "cut", *LIMIT],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        with_time_left = chance.uniform(0.3, 3.0)
        try:
            process.wait(timeout=with_time_left)
        except subprocess.TimeoutExpired:
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
            killed += 1
    build(project, tmp_path / "cut")
    assert killed >= 1
    assert tree_bytes(tmp_path / "cut") == expected


def test_a_second_build_keeps_every_stage(whole, build):
    project, output, _ = whole
    before = {path: path.stat().st_mtime_ns for path in output.rglob("*.jsonl")}
    done = build(project, output, "--json")
    value = json.loads(done.stdout)
    assert value["resumed"] == value["stages"]
    assert before == {p: p.stat().st_mtime_ns for p in output.rglob("*.jsonl")}


def test_the_funnel_reconciles_and_names_every_reason(whole):
    value = whole[2]
    for row in value["funnel"]:
        assert row["kept"] == sum(row["splits"].values())
        left_out = sum(r["count"] for r in value["reasons"] if r["mode"] == row["mode"])
        assert row["read"] == row["kept"] + left_out
    assert {row["mode"] for row in value["funnel"]} == {"trace", "programmatic", "synthetic"}
    assert value["contamination"] == "clean"


@pytest.mark.slow
def test_a_project_without_a_time_builds_rows_without_one(project, tmp_path, build):
    config = project / "bench.yaml"
    lines = config.read_text().splitlines(keepends=True)
    config.write_text("".join(line for line in lines if "created_at:" not in line))
    build(project, tmp_path / "out")
    tasks = (tmp_path / "out/tenacious-bench/0.1.0.work/2-gated/tasks.jsonl").read_text()
    assert '"created_at"' not in tasks


@pytest.mark.parametrize(
    ("change", "status", "says"),
    [
        (("seed: 7", "sede: 7"), 2, "did you mean 'seed'"),
        (("seed: 7", "seed: [7"), 2, "broken YAML"),
        (("tenacious_outbound", "tenacious_outbond"), 2, "tenacious_outbound"),
        (("tenacious_outbound", "../../../etc"), 2, "fix:"),
        (("traces/*.jsonl", "nowhere/*.jsonl"), 2, "no file matches"),
        (("train: 0.5", "train: 0.9"), 2, "not 1"),
    ],
)
def test_a_bad_config_stops_with_place_and_fix_and_writes_nothing(
    project, tmp_path, run_cli, change, status, says
):
    config = project / "bench.yaml"
    assert change[0] in config.read_text()
    config.write_text(config.read_text().replace(*change))
    done = run_cli("build", config, "-o", tmp_path / "out", *LIMIT, cwd=project)
    assert done.returncode == status, done.stderr
    assert says in done.stderr
    assert "fix:" in done.stderr
    assert not list((tmp_path / "out").rglob("*.jsonl")) if (tmp_path / "out").exists() else True


def test_a_build_in_a_folder_that_is_in_use_is_told_so(project, tmp_path, run_cli):
    import fcntl

    work = tmp_path / "out" / "tenacious-bench" / "0.1.0.work"
    work.mkdir(parents=True)
    with (work / ".lock").open("w") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        done = run_cli("build", project / "bench.yaml", "-o", tmp_path / "out", cwd=project)
    assert done.returncode == 3
    assert "another run" in done.stderr

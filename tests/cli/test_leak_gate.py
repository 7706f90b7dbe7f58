"""The CI gate in a scratch repository: a leak, a clean set, and a set with nothing to compare."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

BIN = Path(sys.executable).parent
TASK = "please write a short note to the harbour office about the late crates of lemons"
OTHER = "describe how the museum should answer when a visitor asks for a refund in May"
CASES = [
    ("leaking", f"user: {TASK.upper()}", "h1 ~ t1"),
    ("clean", OTHER, ""),
    ("incomparable", "too short", "inconclusive"),
]


@pytest.fixture(params=CASES, ids=[name for name, _, _ in CASES])
def repository(request, tmp_path):
    """Return a scratch repository with folders named like ours, and what its gate must say."""
    name, train, said = request.param
    for folder in ("generators", "core", "judges"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "__init__.py").write_text("HERE = True\n")
    (tmp_path / "test.jsonl").write_text(json.dumps({"id": "h1", "input": TASK}) + "\n")
    (tmp_path / "train.jsonl").write_text(json.dumps({"id": "t1", "input": train}) + "\n")
    return tmp_path, name, said


def _run(words, folder, **environment):
    path = f"{BIN}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        words,
        cwd=folder,
        capture_output=True,
        text=True,
        env={**os.environ, "PATH": path, **environment},
    )


def _assert_said(done, name, said):
    assert done.returncode == (0 if name == "clean" else 1), done.stdout + done.stderr
    assert said in done.stdout + done.stderr


def test_the_pytest_options_add_the_check(repository):
    folder, name, said = repository
    (folder / "test_own.py").write_text(
        "from generators import HERE\n\ndef test_own(): assert HERE"
    )
    pytest_words = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    done = _run([*pytest_words, "--leak-test", "test.jsonl", "--leak-train", "train.jsonl"], folder)
    _assert_said(done, name, said)
    assert ("2 passed" in done.stdout) == (name == "clean")


def test_the_pytest_fixture_fails_a_test(repository):
    folder, name, said = repository
    (folder / "test_leak.py").write_text(
        "def test_leak(assert_no_leak):\n"
        "    assert assert_no_leak('test.jsonl', 'train.jsonl').verdict == 'clean'\n"
    )
    _assert_said(_run([sys.executable, "-m", "pytest", "-q", "test_leak.py"], folder), name, said)


def test_one_side_alone_is_a_usage_error(repository):
    folder, _, _ = repository
    done = _run([sys.executable, "-m", "pytest", "--leak-test", "test.jsonl"], folder)
    assert done.returncode == 4
    assert "go together" in done.stderr


def test_the_pre_commit_entry_runs_the_check(root, repository):
    folder, name, said = repository
    [hook] = yaml.safe_load((root / ".pre-commit-hooks.yaml").read_text())
    words = [*hook["entry"].split(), "--test", "test.jsonl", "--train", "train.jsonl"]
    _assert_said(_run(words, folder), name, said)


def test_the_step_of_the_action_runs_the_check(root, repository):
    folder, name, said = repository
    action = yaml.safe_load((root / "action.yml").read_text())
    step = action["runs"]["steps"][-1]
    inputs = {key: value.get("default", "") for key, value in action["inputs"].items()}
    inputs |= {"test": "test.jsonl", "train": "train.jsonl\n", "map": "input=input\nid=id"}
    environment = {
        key: inputs[value.removeprefix("${{ inputs.").removesuffix(" }}")]
        for key, value in step["env"].items()
    }
    assert "${{" not in step["run"]
    bash = [shutil.which("bash"), "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
    files = {name: str(folder / name) for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
    done = _run(bash, folder, **environment, **files)
    _assert_said(done, name, said)
    report = json.loads((folder / inputs["report"]).read_text())
    assert report["verdict"] == {"incomparable": "inconclusive", "leaking": "flagged"}.get(
        name, name
    )
    assert "verdict" in (folder / "GITHUB_STEP_SUMMARY").read_text()


@pytest.mark.parametrize("repository", [c for c in CASES if c[0] == "leaking"], indirect=True)
def test_an_accepted_finding_passes_the_gate_and_an_expired_one_does_not(repository):
    folder, _, _ = repository
    words = ["-m", "benchwright.cli.main", "contamination", "check", "--quiet"]
    words += ["--test", "test.jsonl", "--train", "train.jsonl"]
    drafted = ["--write-accepted", "accepted.yaml", "--reason", "a planted pair of this test"]
    _run([sys.executable, *words, *drafted], folder)
    gate = [sys.executable, "-m", "pytest", "-q", "--leak-accepted", "accepted.yaml"]
    gate += ["--leak-test", "test.jsonl", "--leak-train", "train.jsonl"]
    assert _run(gate, folder).returncode == 0
    file = folder / "accepted.yaml"
    file.write_text(re.sub(r"expires: .*", "expires: 2020-01-01", file.read_text()))
    assert _run(gate, folder).returncode == 1

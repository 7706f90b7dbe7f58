import json

import pytest
from click.testing import CliRunner

from benchwright.cli.main import cli
from benchwright.errors import ConfigError
from benchwright.judges.judge import JUDGES, Opinion
from tests.judges.mutation.conftest import AGENT, MAIL, _make


class Blunt:
    """Accepts everything and claims to catch everything."""

    name = "blunt"
    claims = None

    def judge(self, task):
        return Opinion(status="accepted")


@pytest.fixture
def tasks(tmp_path):
    """Write forty good tasks of each kind."""
    path = tmp_path / "tasks.jsonl"
    made = [
        _make({**kind, "input": {**kind["input"], "case": f"c{number}"}}, str(number))
        for number in range(40)
        for kind in (MAIL, AGENT)
    ]
    path.write_text("".join(task.to_json() + "\n" for task in made))
    return path


def _run(*args):
    return CliRunner().invoke(cli, ["judge", "mutate", *map(str, args)])


def test_the_gate_holds_and_its_gaps_are_listed(tasks):
    done = _run(tasks, "--per-operator", 29)
    assert done.exit_code == 0, done.output
    assert "verdict: holds" in done.stdout
    assert "Defects it does not claim" in done.stdout
    assert "policy_inverted /input/" in done.stdout


def test_a_blunt_judge_is_exposed(tasks, monkeypatch):
    monkeypatch.setitem(JUDGES._items, "blunt", Blunt())
    done = _run(tasks, "--judge", "blunt", "--per-operator", 5, "--json")
    assert done.exit_code == 1
    report = json.loads(done.stdout)
    assert (report["verdict"], report["claimed_caught"]) == ("exposed", 0)


def test_too_few_mutants_exit_with_1(tasks):
    done = _run(tasks, "--per-operator", 10)
    assert done.exit_code == 1
    assert "too few" in done.stdout
    assert "verdict: inconclusive" in done.stdout


def test_a_lower_bar_is_reached_by_fewer(tasks):
    assert _run(tasks, "--per-operator", 10, "--min-catch", "0.7").exit_code == 0


def test_a_judge_of_no_such_name_names_the_nearest(tasks):
    done = _run(tasks, "--judge", "gat")
    assert isinstance(done.exception, ConfigError)
    assert "did you mean 'gate'" in done.exception.fix

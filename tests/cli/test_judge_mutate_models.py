"""`judge mutate` with models that answer over HTTP."""

import json

import pytest

from benchwright.calls.provider import BudgetError
from benchwright.errors import ConfigError
from benchwright.judges.mutation.catalogue import DEFECTS
from benchwright.judges.mutation.run import Plan
from benchwright.judges.panel.as_judge import NOT_SHOWN, PANEL_CLAIMS
from benchwright.judges.panel.shown import show
from benchwright.seeds import seeded_random
from tests.cli.judge_bench import (
    blunt,
    careful,
    good_tasks,
    run_judge,
    write_config,
    write_lines,
)
from tests.core.pipeline.judging import CLAUDE, MISTRAL
from tests.loopback.openai_server import OpenAIServer

PER_OPERATOR = 3


@pytest.fixture
def tasks(tmp_path):
    """Write three good tasks of each kind."""
    return write_lines(tmp_path / "tasks.jsonl", (task.to_json() for task in good_tasks(3)))


def _mutate(tasks, config, *more, judge=MISTRAL, per_operator=PER_OPERATOR):
    bounded = ("--per-operator", per_operator, "--min-catch", "0.3")
    return run_judge(
        "mutate",
        tasks,
        "--judge",
        judge,
        "--config",
        config,
        *bounded,
        *more,
        outputs=tasks.parent / "outputs",
    )


def dollars(bodies):
    """Return what a blunt judge's answers to these requests cost."""
    cost = 0
    for body in bodies:
        cost += sum(len(turn["content"].split()) for turn in body["messages"])
        cost += 2 * len(blunt()(body).split())
    return cost / 1e6


def test_a_blunt_model_is_exposed_and_its_cost_printed(tasks):
    with OpenAIServer(answer=blunt()) as server:
        done = _mutate(tasks, write_config(tasks.parent, server.url), per_operator=2)
        asked = [entry.body for entry in server.log]
    assert done.exit_code == 1, done.output
    assert "verdict: exposed" in done.stdout
    assert "accepted: " in done.stdout
    assert {body["model"] for body in asked} == {MISTRAL}
    assert f"cost: ${dollars(asked):.6f}" in done.stdout


def test_a_careful_model_holds_where_it_claims_and_pays_once(tasks):
    answer = careful(good_tasks(3), Plan(per_operator=PER_OPERATOR))
    with OpenAIServer(answer=answer) as server:
        config = write_config(tasks.parent, server.url)
        first = _mutate(tasks, config, "--json")
        asked = len(server.log)
        again = _mutate(tasks, config, "--json")
        assert len(server.log) == asked
    assert first.exit_code == 0, first.output
    assert first.stdout == again.stdout
    report = json.loads(first.stdout)
    assert (report["verdict"], report["false_alarm_rate"]) == ("holds", 0.0)
    assert report["claimed_caught"] == report["claimed_mutants"] > 60
    assert {one["operator"] for one in report["defects"] if not one["claimed"]} == NOT_SHOWN
    assert report["uses"][0]["picodollars"] > 0


def test_the_panel_of_the_config_is_asked_as_one(tasks):
    with OpenAIServer(answer=blunt()) as server:
        config = write_config(tasks.parent, server.url)
        done = _mutate(tasks, config, "--json", judge="panel", per_operator=1)
    report = json.loads(done.stdout)
    assert report["judge"] == "panel"
    assert [use["model"] for use in report["uses"]] == sorted((MISTRAL, CLAUDE))


def test_the_cap_of_the_config_stops_it(tasks):
    with OpenAIServer(answer=blunt()) as server:
        done = _mutate(tasks, write_config(tasks.parent, server.url, budget=0.02))
        assert 0 < dollars(entry.body for entry in server.log) <= 0.02
    assert isinstance(done.exception, BudgetError)


def test_a_model_that_is_no_judge_of_the_config_is_refused(tasks):
    config = write_config(tasks.parent, "http://127.0.0.1:9/v1")
    done = _mutate(tasks, config, judge=MISTRAL[:-1])
    assert isinstance(done.exception, ConfigError)
    assert f"did you mean {MISTRAL!r}" in done.exception.fix
    alone = run_judge("mutate", tasks, "--judge", "panel", outputs=tasks.parent)
    assert "add --config FILE" in alone.exception.fix


def test_the_panel_claims_what_it_is_shown_and_nothing_else():
    tasks = good_tasks(2)
    for operator in DEFECTS:
        for task in tasks:
            made = operator.apply(task, seeded_random("claims", operator.name), tasks)
            if made is not None:
                changed = show(made.task).text != show(task).text
                assert changed == (operator.name in PANEL_CLAIMS), operator.name

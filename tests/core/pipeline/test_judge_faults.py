"""The judge stage when judges fail: nothing is accepted by accident, nothing is paid twice."""

import random

import pytest

from benchwright.calls.provider import BudgetError, ProviderFault
from benchwright.files import read_all_lines
from benchwright.judges.panel.prompts import DIMENSIONS
from benchwright.pipeline.gate import TASKS
from benchwright.pipeline.judge import HELD, JUDGED, VERDICTS
from tests.core.pipeline.judging import MISTRAL, QWEN, four, judge, requests_of, rules, task
from tests.loopback.judges import dimension_of, is_repair, reply, scoring, shown_of
from tests.loopback.openai_server import OpenAIServer


@pytest.mark.parametrize(
    ("fault", "rule"),
    [
        ("500", "J003"),
        ("429", "J003"),
        ("429_without_retry_after", "J003"),
        ("empty_choices", "J003"),
        ("invalid_utf8", "J003"),
        ("not_json", "J003"),
        ("cut", "J003"),
        ("refusal", "J003"),
        ("huge", "J003"),
        ("wrong_model", "L004"),
        ("no_usage", "accepted"),
        ("slow_drip", "accepted"),
    ],
)
def test_a_judge_that_fails_on_one_row_holds_that_row_only(open_project, fault, rule):
    def faulty(number, body):
        struck = "number: 1\n" in shown_of(body) + "\n"
        return fault if struck and dimension_of(body) == "input_coherence" else None

    with OpenAIServer(answer=scoring(four), fault=faulty) as server:
        run = open_project(server.url, max_connections=1)
        tasks = [task(run, n) for n in range(3)]
        stage = judge(run, tasks)
    assert [rules(stage)[item.id] for item in tasks] == ["accepted", rule, "accepted"]


def test_a_judge_that_does_not_answer_in_time_holds_the_row(open_project):
    def faulty(number, body):
        struck = "number: 1\n" in shown_of(body) + "\n" and body["model"] == MISTRAL
        return "timeout" if struck and dimension_of(body) == "input_coherence" else None

    with OpenAIServer(answer=scoring(four), fault=faulty) as server:
        run = open_project(server.url, judges=(MISTRAL, QWEN), timeout_seconds=0.2)
        tasks = [task(run, n) for n in (1, 2)]
        stage = judge(run, tasks)
    assert [rules(stage)[item.id] for item in tasks] == ["J003", "accepted"]
    [held] = read_all_lines(stage.folder / HELD)
    assert "no reply: timeout" in held.value["decision"]["reasons"][0]


def test_with_faults_at_a_fifth_of_the_calls_every_row_ends_once_and_none_by_accident(
    open_project,
):
    chance = random.Random(7)
    kinds = ("429", "500", "cut", "empty_choices", "refusal", "wrong_model", "invalid_utf8")
    texts = ("", "no JSON", '{"score": 4, "evid', reply(9, "x"), reply(5, "not in the task"))

    def faulty(number, body):
        return chance.choice(kinds) if chance.random() < 0.15 else None

    def answer(body):
        if chance.random() < 0.05 and not is_repair(body):
            return chance.choice(texts)
        return scoring(four)(body)

    with OpenAIServer(answer=answer, fault=faulty) as server:
        run = open_project(server.url)
        tasks = [task(run, n) for n in range(60)]
        stage = judge(run, tasks)
    counts = stage.record.counts
    assert counts.entered == 60 == counts.kept + sum(counts.held.values())
    assert set(counts.held) <= {"J003", "L004"}
    assert counts.kept > 0
    assert sum(counts.held.values()) > 0
    scored = {}
    for line in read_all_lines(stage.folder / VERDICTS):
        scored.setdefault(line.value["task_id"], []).append(set(line.value["scores"]))
    for line in read_all_lines(stage.folder / TASKS):
        assert scored[line.value["id"]] == [set(DIMENSIONS)] * 2


def test_a_run_stopped_at_the_cap_goes_on_without_paying_twice(open_project):
    with OpenAIServer(answer=scoring(four)) as server:
        run = open_project(server.url, cap=0.02, max_connections=2)
        tasks = [task(run, n) for n in range(8)]
        with pytest.raises(BudgetError, match="stopped at the cap"):
            judge(run, tasks)
        assert 0 < len(server.log) < 48
        assert not (run.work_folder / JUDGED).exists()
        stage = judge(open_project(server.url, cap=10.0), tasks)
        assert len(requests_of(server)) == len(set(requests_of(server))) == 48
    assert set(rules(stage).values()) == {"accepted"}


def test_an_endpoint_that_is_down_stops_the_run_and_nothing_is_accepted(open_project):
    is_down = [True]

    def faulty(number, body):
        return "500" if is_down[0] and number >= 10 else None

    with OpenAIServer(answer=scoring(four), fault=faulty) as server:
        run = open_project(server.url, max_connections=2)
        tasks = [task(run, n) for n in range(8)]
        with pytest.raises(ProviderFault, match="times in a row"):
            judge(run, tasks)
        assert not (run.work_folder / JUDGED).exists()
        is_down[0] = False
        judge(run, tasks)
        assert len(requests_of(server)) == len(set(requests_of(server))) == 48

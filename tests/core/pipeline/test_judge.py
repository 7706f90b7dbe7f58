"""The judge stage over real HTTP: a loopback server plays three judges of different lineages."""

import json
from dataclasses import replace
from threading import Event

import pytest

from benchwright.errors import ConfigError
from benchwright.files import read_all_lines
from benchwright.pipeline.gate import TASKS
from benchwright.pipeline.judge import HELD, VERDICTS, in_order
from benchwright.pipeline.run import Silence, open_run
from tests.core.pipeline.judging import (
    CLAUDE,
    MISTRAL,
    QWEN,
    four,
    judge,
    requests_of,
    rules,
    task,
)
from tests.loopback.judges import dimension_of, scoring, shown_of
from tests.loopback.openai_server import OpenAIServer


def test_every_request_that_the_server_answered_is_in_the_sums(open_project):
    with OpenAIServer(answer=scoring(four)) as server:
        run = open_project(server.url)
        stage = judge(run, [task(run, n) for n in range(12)])
        log = [entry for entry in server.log if entry.answered]
    report = stage.record.details["judging"]
    assert set(rules(stage).values()) == {"accepted"}
    assert len(log) == 12 * 2 * 3
    for use in report["judges"]:
        own = [e.body for e in log if e.body["model"] == use["model"]]
        asked = sum(len(t["content"].split()) for body in own for t in body["messages"])
        assert (use["calls"], use["input_tokens"]) == (len(own), asked)
        assert use["picodollars"] == use["input_tokens"] * 10**6 + use["output_tokens"] * 2 * 10**6
        assert use["served"] == [use["model"]]
    assert report["basis"] == {"models": 12}
    assert {body["response_format"]["type"] for body in (e.body for e in log)} == {"json_schema"}


def test_kin_of_the_author_is_never_asked_and_an_unknown_author_is_held(open_project):
    with OpenAIServer(answer=scoring(four)) as server:
        run = open_project(server.url)
        by_qwen = [task(run, n, author="qwen/qwen3-8b") for n in range(6)]
        distilled = task(run, 6, author="deepseek/deepseek-r1-distill-qwen-32b")
        swapped = task(run, 7, author="deepseek/deepseek-chat", served="mistral-large-2512")
        opaque = task(run, 8, served="prod-7")
        stage = judge(run, [*by_qwen, distilled, swapped, opaque])
        asked = {}
        for entry in server.log:
            number = shown_of(entry.body).split("number: ")[1].split()[0]
            asked.setdefault(int(number), set()).add(entry.body["model"])
    for n in range(7):
        assert asked[n] == {MISTRAL, CLAUDE}
    assert asked[7] == {QWEN, CLAUDE}
    assert 8 not in asked
    assert rules(stage)[opaque.id] == "J004"
    assert stage.record.counts.held == {"J004": 1}


def test_nothing_of_the_origin_reaches_the_server(open_project):
    with OpenAIServer(answer=scoring(four)) as server:
        run = open_project(server.url)
        item = task(run, 1)
        judge(run, [item])
        sent = json.dumps([entry.body["messages"] for entry in server.log])
    for hidden in ("deepseek", "synthetic", item.id, *item.provenance.calls):
        assert hidden not in sent


def test_rejected_and_held_rows_leave_with_their_reasons(open_project):
    def score(model, dimension, text):
        if "number: 1\n" in text + "\n" and dimension == "input_coherence":
            return 1
        if "number: 2\n" in text + "\n":
            return {MISTRAL: 1, QWEN: 3, CLAUDE: 5}[model]
        return 4

    with OpenAIServer(answer=scoring(score)) as server:
        run = open_project(server.url)
        tasks = [task(run, n) for n in range(3)]
        stage = judge(run, tasks)
    assert [rules(stage)[item.id] for item in tasks] == ["accepted", "J001", "J002"]
    kept = [line.value["id"] for line in read_all_lines(stage.folder / TASKS)]
    [rejected] = read_all_lines(stage.folder / "rejected.jsonl")
    [held] = read_all_lines(stage.folder / HELD)
    assert kept == [tasks[0].id]
    assert rejected.value["reasons"] == ["input_coherence: 1, 1, minimum 3"]
    assert held.value["task"]["id"] == tasks[2].id
    assert len(held.value["verdicts"]) == 3
    assert stage.record.details["by_mode"]["synthetic"] == {
        "checked": 3,
        "kept": 1,
        "rejected:J001": 1,
        "held:J002": 1,
    }


def test_the_bytes_do_not_depend_on_how_many_calls_are_made_at_once(open_project, tree_bytes):
    def score(model, dimension, text):
        return 1 + sum(map(ord, text)) % 3 + sum(map(ord, model + dimension)) % 2

    with OpenAIServer(answer=scoring(score), delay_seconds=0.003) as server:
        found = []
        for connections in (1, 9):
            run = open_project(server.url, output=f"o{connections}", max_connections=connections)
            found.append(tree_bytes(judge(run, [task(run, n) for n in range(20)]).folder))
        assert len(requests_of(server)) == 2 * len(set(requests_of(server)))
    assert all(ending in found[0]["decisions.jsonl"] for ending in (b"accepted", b"J001"))
    assert found[0] == found[1]


def test_modes_that_are_not_listed_carry_a_counted_waiver(open_project):
    with OpenAIServer(answer=scoring(four)) as server:
        run = open_project(server.url, modes="[trace]")
        stage = judge(run, [task(run, n) for n in range(3)])
        assert server.log == []
    assert set(rules(stage).values()) == {"waived"}
    report = stage.record.details["judging"]
    assert (report["waived"], report["basis"]) == ({"synthetic": 3}, {})
    assert stage.record.counts.kept == 3


def test_of_near_duplicates_the_preferred_one_stays(open_project):
    body = "We can commit to three engineers within fourteen days and no more than that now."

    def answer(asked):
        if dimension_of(asked) is None:
            user = asked["messages"][1]["content"]
            first = user.index("number: 2") < user.index("number: 1")
            return json.dumps({"reason": "Clearer.", "better": "first" if first else "second"})
        return scoring(four)(asked)

    with OpenAIServer(answer=answer) as server:
        run = open_project(server.url)
        tasks = [task(run, n, body=f"{body}{'' if n == 1 else ' Now.'}") for n in (1, 2)]
        far = task(run, 3)
        stage = judge(run, [*tasks, far])
    assert [rules(stage)[item.id] for item in (*tasks, far)] == ["J005", "accepted", "accepted"]
    assert stage.record.details["judging"]["near_duplicates"] == 1
    [gone] = read_all_lines(stage.folder / "rejected.jsonl")
    assert "preferred by 2 to 0" in gone.value["reasons"][0]


def test_a_blunt_judge_raises_an_alarm(open_project):
    with OpenAIServer(answer=scoring(four)) as server:
        run = open_project(server.url, judges=(MISTRAL, QWEN))
        stage = judge(run, [task(run, n) for n in range(50)])
    for use in stage.record.details["judging"]["judges"]:
        assert "none of 50 tasks was rejected" in use["alarms"]
        assert len(use["alarms"]) == 4


def test_an_accepted_row_of_the_offline_judge_says_so(open_project, tmp_path):
    run = open_project("http://127.0.0.1:1/v1")
    config = run.project.config
    offline = config.judges.model_validate({"models": ["offline/rules"]})
    project = run.project.model_copy(
        update={"config": config.model_copy(update={"judges": offline})}
    )
    run = open_run(project, output=tmp_path / "offline", resume=True, progress=Silence())
    stage = judge(run, [task(run, 1)])
    [decision] = read_all_lines(stage.folder / "decisions.jsonl")
    [verdict] = read_all_lines(stage.folder / VERDICTS)
    assert decision.value["basis"] == "offline"
    assert verdict.value["judge"]["requested"] == "offline/rules"
    assert stage.record.details["judging"]["basis"] == {"offline": 1}


def test_results_come_in_the_order_of_the_items_and_an_error_stops_the_rest():
    stopping, begun = Event(), []

    def double(number):
        begun.append(number)
        if number == 30:
            raise ValueError("thirty")
        return 2 * number

    assert list(in_order(double, range(25), workers=3, stopping=stopping)) == list(range(0, 50, 2))
    assert not stopping.is_set()
    with pytest.raises(ValueError, match="thirty"):
        list(in_order(double, range(25, 200), workers=3, stopping=stopping))
    assert stopping.is_set()
    assert max(begun) < 60


@pytest.mark.parametrize(
    ("judges", "budget", "message"),
    [
        ((MISTRAL, QWEN, CLAUDE), None, "is paid, and the config has no budget"),
        ((MISTRAL, "house/prod-7"), "given", "L002: the lineage of 'house/prod-7' is unknown"),
    ],
)
def test_judges_without_a_budget_or_a_lineage_stop_before_the_first_call(
    open_project, judges, budget, message
):
    with OpenAIServer(answer=scoring(four)) as server:
        run = open_project(server.url, judges=judges)
        if budget is None:
            config = run.project.config.model_copy(update={"budget": None})
            run = replace(run, project=run.project.model_copy(update={"config": config}))
        rows = [task(run, 1)]
        with pytest.raises(ConfigError, match=message):
            judge(run, rows)
    assert server.log == []

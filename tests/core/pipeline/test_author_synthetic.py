import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter

import pytest

from benchwright.calls.log import CallRow
from benchwright.calls.provider import BudgetError, ProviderFault
from benchwright.config import read_project
from benchwright.errors import ConfigError
from benchwright.pipeline.author_synthetic import author_synthetic
from benchwright.pipeline.run import Silence, open_run
from tests.loopback.actors import author
from tests.loopback.openai_server import OpenAIServer

AUTHORS = ("deepseek/deepseek-chat", "mistralai/mistral-small")


def project(folder, url, *, count=12, more="", max_usd=5, price=1.0, tries=None):
    models = "".join(
        f"      - {{model: {name}, provider: http, api_base: '{url}', max_tokens: 400}}\n"
        for name in AUTHORS
    )
    prices = "".join(
        f"    {name}: {{input_usd_per_million: {price}, output_usd_per_million: {price}}}\n"
        for name in AUTHORS
    )
    limit = f"    max_candidates: {tries}\n" if tries else ""
    path = folder / "bench.yaml"
    path.write_text(
        "benchmark: {name: syn, version: 0.1.0, created_at: 2026-10-05T00:00:00Z}\n"
        "seed: 7\npack: agent_tasks\nauthor:\n  synthetic:\n    count: "
        f"{count}\n{limit}    models:\n{models}"
        f"budget:\n  max_usd: {max_usd}\n  prices:\n{prices}{more}"
    )
    return path


def run_of(path, output):
    return open_run(read_project(path), output=output, resume=True, progress=Silence())


@pytest.fixture(scope="module")
def writes(tmp_path_factory):
    folder = tmp_path_factory.mktemp("author")
    return author(run_of(project(folder, "http://127.0.0.1:1/v1"), folder), per_family=12)


def authored(stage):
    names = ("candidates.jsonl", "decisions.jsonl", "skipped.jsonl", "calls.jsonl")
    return {name: (stage.folder / name).read_bytes() for name in names}


def rows(stage, name):
    return [json.loads(line) for line in (stage.folder / name).read_text().splitlines()]


def test_two_authors_write_in_turn_and_every_call_equals_the_servers_own_log(tmp_path, writes):
    with OpenAIServer(answer=writes) as server:
        stage = author_synthetic(run_of(project(tmp_path, server.url), tmp_path))
    tasks = rows(stage, "candidates.jsonl")
    calls = [CallRow.model_validate(row) for row in rows(stage, "calls.jsonl")]
    assert stage.record.details["accepted"] == len(tasks) == 12
    assert Counter(call.requested for call in calls) == Counter(
        item.body["model"] for item in server.log
    )
    assert {task["provenance"]["author"] for task in tasks} == set(AUTHORS)
    sent = sum(
        len(turn["content"].split()) for item in server.log for turn in item.body["messages"]
    )
    assert sum(call.usage.input_tokens for call in calls) == sent
    by_id = {call.call_id for call in calls}
    assert all(set(task["provenance"]["calls"]) <= by_id for task in tasks)
    assert all(task["provenance"]["mode"] == "synthetic" for task in tasks)


def test_the_same_config_gives_the_same_bytes_and_a_second_run_asks_nothing(tmp_path, writes):
    with OpenAIServer(answer=writes) as server:
        path = project(tmp_path, server.url)
        first = authored(author_synthetic(run_of(path, tmp_path / "one")))
        asked = len(server.log)
        run = run_of(path, tmp_path / "one")
        subprocess.run(["rm", "-r", run.work_folder], check=True)
        again = authored(author_synthetic(run))
        assert len(server.log) == asked
        assert authored(author_synthetic(run_of(path, tmp_path / "two"))) == first
    assert again == first


def test_faults_at_a_fifth_of_the_calls_leave_every_candidate_in_one_state(tmp_path, writes):
    kinds = ("429", "500", "cut", "empty_choices", "refusal", "invalid_utf8", "not_json")
    draw = random.Random(5)
    faults = lambda number, body: draw.choice(kinds) if draw.random() < 0.2 else None  # noqa: E731
    with OpenAIServer(answer=writes, fault=faults) as server:
        stage = author_synthetic(run_of(project(tmp_path, server.url), tmp_path))
    counts = stage.record.counts
    decided, skipped = rows(stage, "decisions.jsonl"), rows(stage, "skipped.jsonl")
    assert counts.entered == len(decided) + len(skipped)
    assert counts.kept == len(decided)
    assert sum(item.fault is not None for item in server.log) > 3
    assert {row["reason"] for row in skipped} <= {"S001", "S002", "S003", "S004", "S005"}


@pytest.mark.parametrize(
    ("answer", "rule"),
    [
        (lambda body: "I would rather write a poem.", "S001"),
        (lambda body: '[[ ## reply ## ]]\n{"texts": {}, "reference": {}}', "S002"),
    ],
)
def test_a_model_that_does_not_do_its_work_leaves_no_task_and_a_shortfall(answer, rule, tmp_path):
    with OpenAIServer(answer=answer) as server:
        stage = author_synthetic(run_of(project(tmp_path, server.url, count=5), tmp_path))
    assert rows(stage, "candidates.jsonl") == []
    assert {row["reason"] for row in rows(stage, "skipped.jsonl")} == {rule}
    assert stage.record.counts.entered == 15
    assert sum(stage.record.details["shortfall"].values()) == 5


def test_prose_around_the_json_is_read_and_a_broken_one_is_mended_once(tmp_path, writes):
    def wordy(body):
        text = writes(body)
        start, end = text.index("{"), text.rindex("}") + 1
        if "[[ ## wrong ## ]]" in body["messages"][-1]["content"]:
            return f"[[ ## reply ## ]]\nSure! ```json\n{mended.pop()}\n``` Anything else?"
        whole = text[start:end]
        mended.append(whole)
        return f"[[ ## reply ## ]]\nHere it is: {whole[:-30]}"

    mended = []

    def answer(body):
        if "[[ ## wrong ## ]]" in body["messages"][-1]["content"]:
            return f"[[ ## reply ## ]]\nSure! ```json\n{mended[-1]}\n``` Anything else?"
        return wordy(body)

    path = project(tmp_path, "http://x/v1", count=1, more="models: {max_connections: 1}\n")
    with OpenAIServer(answer=answer) as server:
        path.write_text(path.read_text().replace("http://x/v1", server.url))
        stage = author_synthetic(run_of(path, tmp_path))
    [task] = rows(stage, "candidates.jsonl")
    roles = [row["role"] for row in rows(stage, "calls.jsonl")]
    assert roles[:2] == ["author", "repairer"]
    assert len(task["provenance"]["calls"]) == len(roles)


def test_the_run_stops_at_the_cap_and_goes_on_with_a_higher_one(tmp_path, writes):
    with OpenAIServer(answer=writes) as server:
        path = project(tmp_path, server.url, max_usd=0.01, price=1.0)
        with pytest.raises(BudgetError, match="stopped at the cap"):
            author_synthetic(run_of(path, tmp_path))
        paid = sum(item.answered for item in server.log)
        assert paid > 0
        path = project(tmp_path, server.url, max_usd=5)
        stage = author_synthetic(run_of(path, tmp_path))
        assert stage.record.details["accepted"] == 12
        bodies = Counter(json.dumps(item.body, sort_keys=True) for item in server.log)
    assert max(bodies.values()) == 1


def test_a_wrong_key_ends_the_run_at_once(tmp_path):
    refused = pytest.raises(ProviderFault, match="status 401")
    with OpenAIServer(fault=lambda number, body: "401") as server, refused:
        author_synthetic(run_of(project(tmp_path, server.url), tmp_path))
    assert len(server.log) <= 16


def test_paid_models_without_a_budget_and_opaque_names_are_refused_before_any_call(tmp_path):
    with OpenAIServer() as server:
        path = project(tmp_path, server.url)
        text = path.read_text()
        path.write_text(text[: text.index("budget:")])
        with pytest.raises(ConfigError, match="no budget"):
            author_synthetic(run_of(path, tmp_path))
        path.write_text(text.replace(AUTHORS[0], "house/prod-7"))
        with pytest.raises(ConfigError, match="L002: the lineage of 'house/prod-7' is unknown"):
            author_synthetic(run_of(path, tmp_path))
    assert server.log == []


def test_offline_rows_bear_the_offline_name_and_cost_nothing(tmp_path):
    path = tmp_path / "bench.yaml"
    path.write_text(
        "benchmark: {name: syn, version: 0.1.0}\npack: agent_tasks\n"
        "author: {synthetic: {models: [offline/rules], count: 8}}\n"
    )
    stage = author_synthetic(run_of(path, tmp_path))
    tasks, calls = rows(stage, "candidates.jsonl"), rows(stage, "calls.jsonl")
    assert len(tasks) == 8
    assert {task["provenance"]["author"] for task in tasks} == {"offline/rules"}
    assert {(c["provider"], c["served"], c["cost_picodollars"]) for c in calls} == {
        ("offline", "offline/rules", 0)
    }


def test_a_killed_run_pays_for_no_reply_twice_and_ends_in_the_same_bytes(tmp_path, writes):
    with OpenAIServer(answer=writes, delay_seconds=0.02) as server:
        path = project(tmp_path, server.url, count=20)
        whole = authored(author_synthetic(run_of(path, tmp_path / "whole")))
        server.log.clear()
        draw = random.Random(3)
        code = (
            "import sys; from pathlib import Path; from benchwright.config import read_project;"
            "from benchwright.pipeline.author_synthetic import author_synthetic;"
            "from benchwright.pipeline.run import Silence, open_run;"
            "author_synthetic(open_run(read_project(Path(sys.argv[1])), output=Path(sys.argv[2]),"
            " resume=True, progress=Silence()))"
        )
        killed = 0
        for _ in range(4):
            child = subprocess.Popen([sys.executable, "-c", code, path, tmp_path / "killed"])
            before = len(server.log)
            while child.poll() is None and len(server.log) < before + draw.randint(2, 9):
                time.sleep(0.01)  # another process is watched
            if child.poll() is None:
                os.kill(child.pid, signal.SIGKILL)
                killed += 1
            child.wait()
        ended = authored(author_synthetic(run_of(path, tmp_path / "killed")))
    assert killed >= 2
    assert ended == whole


def test_another_cap_or_number_of_connections_keeps_what_was_authored(tmp_path, writes):
    with OpenAIServer(answer=writes) as server:
        path = project(tmp_path, server.url, count=4)
        first = author_synthetic(run_of(path, tmp_path))
        other = read_project(path, max_usd=1, max_connections=2)
        run = open_run(other, output=tmp_path, resume=True, progress=Silence())
        assert author_synthetic(run).resumed
        changed = read_project(path, limit=3, max_usd=1)
        run = open_run(changed, output=tmp_path, resume=True, progress=Silence())
        assert not author_synthetic(run).resumed
    assert not first.resumed

"""`judge optimise`: GEPA through the gateway, against a judge that improves when told a word."""

import json

import pytest

from benchwright.calls.provider import BudgetError
from benchwright.errors import ConfigError, InputError
from benchwright.judges.panel.prompts import DIMENSIONS, question_and_rules
from benchwright.judges.panel.shown import show
from tests.cli.judge_bench import good_tasks, run_judge, write_config, write_lines
from tests.core.pipeline.judging import CLAUDE, MISTRAL
from tests.loopback.judges import reply, shown_of
from tests.loopback.openai_server import OpenAIServer

WORD = "retrace"
TASKS = [(task, "reject" if n % 3 == 0 else "accept") for n, task in enumerate(good_tasks(60))]
BAD = {show(task).text for task, label in TASKS if label == "reject"}
IMPROVED = f"You review tasks. Please {WORD} every step, and answer by five levels."


def _answer(body):
    """Judge everything good, unless the question holds the word; reword by adding it."""
    if body["model"] == CLAUDE:
        return json.dumps({"new_instruction": IMPROVED})
    system, text = body["messages"][0]["content"], shown_of(body)
    told = system.startswith(IMPROVED)
    return reply(1 if told and text in BAD else 5, text.splitlines()[0])


def _optimise(folder, url, *more, kind="person", count=120, name="prompts.json"):
    rows = [
        {"task_id": task.id, "annotator": "ana", "kind": kind, "decision": label}
        for task, label in TASKS[:count]
    ]
    labels = write_lines(folder / "labels.jsonl", map(json.dumps, rows))
    tasks = write_lines(folder / "tasks.jsonl", (task.to_json() for task, _ in TASKS))
    config = write_config(folder, url)
    return run_judge(
        *("optimise", "--labels", labels, "--tasks", tasks, "--config", config),
        *("--judge", MISTRAL, "--reflection", CLAUDE, "--max-evaluations", 90),
        *("-o", folder / name, "--quiet", *more),
        outputs=folder / "outputs",
    )


def test_a_judge_that_is_told_the_word_agrees_better_on_the_unseen_half(tmp_path):
    with OpenAIServer(answer=_answer) as server:
        done = _optimise(tmp_path, server.url)
        assert done.exit_code == 0, (done.output, done.exception)
        asked = [entry.body for entry in server.log]
    found = json.loads((tmp_path / "prompts.json").read_text())
    before, after = (found[name]["decisions"]["agreement"] for name in ("before", "after"))
    assert before["value"] < 0.75 < after["value"]
    assert after["low"] < after["value"] <= after["high"]
    assert found["optimised_on"] + found["after"]["tasks"] == 120
    assert found["reworded_by"] == CLAUDE
    changed = [one for one in found["prompts"].values() if one["changed"]]
    rules = question_and_rules(DIMENSIONS[0])[1]
    assert changed
    assert all(one["text"] == f"{IMPROVED}\n\n{rules}" for one in changed)
    assert sum(use["calls"] for use in found["uses"]) == len(asked)


def test_the_same_seed_gives_the_same_bytes_in_another_ledger(tmp_path):
    found = []
    with OpenAIServer(answer=_answer) as server:
        for name in ("one", "two"):
            (tmp_path / name).mkdir()
            done = _optimise(tmp_path / name, server.url, "--seed", 3, "--json")
            found.append((tmp_path / name / "prompts.json").read_bytes())
            assert json.loads(done.stdout) == json.loads(found[-1])
            assert done.stderr == f"wrote {tmp_path / name / 'prompts.json'}\n"
    assert found[0] == found[1]


def test_the_cap_stops_it_and_nothing_is_written(tmp_path):
    with OpenAIServer(answer=_answer) as server:
        done = _optimise(tmp_path, server.url, "--max-usd", 0.12)
        assert len(server.log) > 10
    assert isinstance(done.exception, BudgetError)
    assert not (tmp_path / "prompts.json").exists()


@pytest.mark.parametrize(
    ("given", "error", "said"),
    [
        ({"kind": "model"}, ConfigError, "cannot optimise a model"),
        ({"count": 90}, InputError, "too few to optimise"),
    ],
)
def test_unfit_labels_are_refused_before_anybody_is_asked(tmp_path, given, error, said):
    done = _optimise(tmp_path, "http://127.0.0.1:9/v1", **given)
    assert isinstance(done.exception, error)
    assert said in done.exception.message

"""The questions that `judge optimise` wrote, asked behind the gate; and what stops its work."""

import json
import random

import pytest

from benchwright.calls.provider import ProviderFault
from benchwright.canonical import sha256_hex
from benchwright.config import read_project
from benchwright.errors import ConfigError, InputError
from benchwright.judges.panel.prompts import DIMENSIONS, question_and_rules
from tests.cli.judge_bench import run_judge, write_config, write_lines
from tests.cli.test_judge_calibrate_models import _calibrate, _gate
from tests.cli.test_judge_optimise import IMPROVED, TASKS, _answer, _optimise
from tests.core.pipeline.conftest import no_waiting, open_project
from tests.core.pipeline.judging import CLAUDE, MISTRAL, QWEN, wrote
from tests.loopback.openai_server import OpenAIServer

__all__ = ["no_waiting", "open_project"]


@pytest.fixture(scope="module")
def server():
    with OpenAIServer(answer=lambda body: answer(body)) as opened:
        yield opened


def answer(body):
    """Reword where that is asked; judge or compare in every other case, whoever the judge is."""
    marks = {x for x in body["messages"][-1]["content"].splitlines() if x.startswith("=====TASK-")}
    if len(marks) > 1:
        return json.dumps({"reason": "Alike.", "better": "same"})
    return _answer({**body, "model": MISTRAL} if marks else body)


@pytest.fixture(scope="module")
def folder(tmp_path_factory, server):
    """A folder in which `judge optimise` has written prompts.json for MISTRAL."""
    path = tmp_path_factory.mktemp("questions")
    done = _optimise(path, server.url)
    assert done.exit_code == 0, (done.output, done.exception)
    return path


def gate_config(folder, server, **options):
    return write_config(
        folder, server.url, **{"questions": "prompts.json", "modes": ["programmatic"], **options}
    )


def edited(folder, name, change):
    """Write a copy of the prompts with a change, and return its name."""
    values = json.loads((folder / "prompts.json").read_text())
    change(values)
    (folder / name).write_text(json.dumps(values))
    return name


def reworded(text):
    """Return a change that gives every question this text, with its hash, as a file may have it."""

    def change(values):
        for dimension, question in values["prompts"].items():
            question["text"] = f"{text}\n\n{question_and_rules(dimension)[1]}"
            question["sha256"] = sha256_hex(question["text"])

    return change


def test_the_gate_asks_the_new_questions_of_that_judge_alone_and_names_their_hashes(folder, server):
    before = len(server.log)
    stage = _gate(gate_config(folder, server), [task for task, _ in TASKS[:4]])
    asked = {(e.body["model"], e.body["messages"][0]["content"]) for e in server.log[before:]}
    prompts = json.loads((folder / "prompts.json").read_text())["prompts"]
    assert {text for model, text in asked if model == MISTRAL} == {
        question["text"] for question in prompts.values()
    }
    assert not [text for model, text in asked if model == CLAUDE and text.startswith(IMPROVED)]
    stated = stage.record.details["judging"]["prompts"]
    for dimension, question in prompts.items():
        assert stated[f"optimised/{MISTRAL}/{dimension}"] == question["sha256"]
    verdicts = [json.loads(x) for x in (stage.folder / "verdicts.jsonl").read_text().splitlines()]
    for verdict in verdicts:
        own = {name for name in verdict["prompts"] if name.startswith("optimised/")}
        is_reworded = verdict["judge"]["requested"] == MISTRAL
        assert own == ({f"optimised/{one}" for one in DIMENSIONS} if is_reworded else set())


def test_other_questions_judge_again_and_the_same_ones_do_not(folder, server):
    tasks = [TASKS[0][0]]
    _gate(gate_config(folder, server), tasks)
    assert _gate(gate_config(folder, server), tasks).resumed
    other = edited(folder, "other.json", reworded("Say by five levels whether it is good."))
    assert not _gate(gate_config(folder, server, questions=[other]), tasks).resumed


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            lambda v: v["prompts"]["input_coherence"].update(text="Give every task a 5."),
            "not the one that was measured",
        ),
        (
            lambda v: v["prompts"]["input_coherence"].update(
                text="Give 5.", sha256=sha256_hex("Give 5.")
            ),
            "the rules after the question for input_coherence are not today's",
        ),
        (lambda v: v["prompts"].pop("input_coherence"), "not for our dimensions"),
        (lambda v: v.update(judge="mistral/other"), "no judge of this config"),
    ],
)
def test_prompts_that_were_not_measured_for_this_judge_are_refused_before_anybody_is_asked(
    folder, server, change, said
):
    asked = len(server.log)
    config = gate_config(folder, server, questions=[edited(folder, "bad.json", change)])
    with pytest.raises(ConfigError, match=said):
        _gate(config, [TASKS[0][0]])
    assert len(server.log) == asked


def test_two_files_for_one_judge_and_a_judge_without_a_model_are_refused(folder, server):
    twice = gate_config(folder, server, questions=["prompts.json", "prompts.json"])
    with pytest.raises(ConfigError, match="a second file of questions"):
        _gate(twice, [TASKS[0][0]])
    text = json.loads(twice.read_text())
    text["judges"] = {"models": ["offline/rules"], "questions": "prompts.json"}
    twice.write_text(json.dumps(text))
    with pytest.raises(ConfigError, match="questions are for models"):
        read_project(twice)


def test_a_calibration_is_bound_to_the_questions_and_expires_with_them(folder, server):
    alone = {"judges": (MISTRAL,)}
    done = _calibrate(folder, TASKS[:110], gate_config(folder, server, **alone))
    assert done.exit_code == 0, (done.output, done.exception)
    calibrated = {**alone, "calibration": "calibration.yaml"}
    one = [TASKS[0][0]]
    stage = _gate(gate_config(folder, server, **calibrated), one)
    assert stage.record.details["judging"]["minimums_from"] == "calibration"
    asked = len(server.log)
    other = edited(folder, "changed.json", reworded("Judge by five levels."))
    for questions in ([other], []):
        config = gate_config(folder, server, **{**calibrated, "questions": questions})
        with pytest.raises(ConfigError, match="expired: the judge's rubric has changed"):
            _gate(config, one)
    assert len(server.log) == asked


def test_a_model_that_is_served_in_place_of_the_judge_ends_it_with_l004(tmp_path):
    fault = lambda number, body: "wrong_model" if number == 30 else None  # noqa: E731
    with OpenAIServer(answer=answer, fault=fault) as server:
        done = _optimise(tmp_path, server.url)
    assert isinstance(done.exception, ConfigError)
    assert done.exception.message.startswith(f"L004: {MISTRAL!r} was asked")
    assert not (tmp_path / "prompts.json").exists()


def test_tasks_that_kin_of_the_judge_wrote_are_not_asked_and_counted(tmp_path, open_project):
    with OpenAIServer(answer=answer) as server:
        done = _optimise_written_by(tmp_path, server, open_project, "mistralai/mistral-large", 60)
        assert isinstance(done.exception, InputError)
        assert "60 are not asked: L001" in done.exception.message
        assert server.log == []
        done = _optimise_written_by(tmp_path, server, open_project, "mistralai/mistral-large", 5)
        assert done.exit_code == 0, (done.output, done.exception)
        assert "5 tasks left out: kin of the judge wrote them" in done.output
        done = _optimise_written_by(tmp_path, server, open_project, QWEN, 5, "qwen.json")
        assert "left out" not in done.output
    assert json.loads((tmp_path / "prompts.json").read_text())["not_asked"] == 5


def _optimise_written_by(folder, server, open_project, author, count, name="prompts.json"):
    run = open_project(server.url, output="outputs")
    written = [
        task.model_copy(
            update={
                "provenance": task.provenance.model_copy(
                    update={
                        "mode": "synthetic",
                        "calls": (wrote(run, f"row-{n}-{author}", author),),
                    }
                )
            }
        )
        if n < count
        else task
        for n, (task, _) in enumerate(TASKS)
    ]
    rows = [
        {"task_id": task.id, "annotator": "ana", "kind": "person", "decision": label}
        for task, label in TASKS
    ]
    return run_judge(
        *("optimise", "--labels", write_lines(folder / "l.jsonl", map(json.dumps, rows))),
        *("--tasks", write_lines(folder / "t.jsonl", (task.to_json() for task in written))),
        *("--config", write_config(folder, server.url), "--judge", MISTRAL),
        *("--reflection", CLAUDE, "--max-evaluations", 60, "-o", folder / name, "--quiet"),
        outputs=folder / "outputs",
    )


def test_a_fifth_of_faults_changes_nothing_that_is_written(tmp_path, no_waiting):
    kinds = ("429", "429_without_retry_after", "500", "cut", "not_json")
    draw = random.Random(5)
    faults = lambda number, body: draw.choice(kinds) if draw.random() < 0.2 else None  # noqa: E731
    for name, fault in (("calm", lambda number, body: None), ("rough", faults)):
        (tmp_path / name).mkdir()
        with OpenAIServer(answer=answer, fault=fault) as server:
            done = _optimise(tmp_path / name, server.url)
            assert done.exit_code == 0, (done.output, done.exception)
    calm, rough = (
        json.loads((tmp_path / name / "prompts.json").read_text()) for name in ("calm", "rough")
    )
    assert rough["after"] == calm["after"]
    assert rough["prompts"] == calm["prompts"]


def test_a_dead_endpoint_ends_it_and_the_same_command_goes_on(tmp_path, no_waiting):
    dead = lambda number, body: "500" if number >= 40 else None  # noqa: E731
    with OpenAIServer(answer=answer, fault=dead) as server:
        done = _optimise(tmp_path, server.url)
        assert isinstance(done.exception, ProviderFault)
        assert not (tmp_path / "prompts.json").exists()
        paid = [json.dumps(e.body, sort_keys=True) for e in server.log if e.answered]
        server.fault = lambda number, body: None
        server.log.clear()
        done = _optimise(tmp_path, server.url)
        assert done.exit_code == 0, (done.output, done.exception)
        again = {json.dumps(e.body, sort_keys=True) for e in server.log}
    assert len(paid) >= 40
    assert not again & set(paid)

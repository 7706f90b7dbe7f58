import json

import pytest
from click.testing import CliRunner

from benchwright import ConfigError
from benchwright.cli.main import cli
from benchwright.judges.bound import Calibration
from tests.judges.mutation.conftest import MAIL, _make


@pytest.fixture
def files(tmp_path):
    """Write 120 labels by a person and the log of a judge that errs on 6 of them."""
    labels, log = [], []
    for number in range(120):
        label = "accept" if number % 2 else "reject"
        score = 5 if (number % 2) ^ (number < 6) else 2
        labels.append(
            {"task_id": f"t{number}", "annotator": "ana", "kind": "person", "decision": label}
        )
        log.append(
            {
                "task_id": f"t{number}",
                "judge_model": "mistralai/mistral-small",
                "decision": "accept" if score == 5 else "reject",
                "scores": {"clarity": score},
            }
        )
    for name, rows in (("labels", labels), ("log", log), ("few", labels[:60])):
        path = tmp_path / f"{name}.jsonl"
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    (tmp_path / "prompt.j2").write_text("Score it.")
    (tmp_path / "rubric.md").write_text("5 is best.")
    return tmp_path


def _run(*args):
    return CliRunner().invoke(cli, ["judge", "calibrate", *map(str, args)])


def test_120_labels_by_a_person_gate_and_write_a_bound_file(files):
    out = files / "calibration.json"
    bound = ("--prompt", files / "prompt.j2", "--rubric", files / "rubric.md", "-o", out)
    done = _run("--labels", files / "labels.jsonl", "--log", files / "log.jsonl", *bound)
    assert done.exit_code == 0, done.output
    assert "usable for: gate" in done.stdout
    assert "minimum score 3: false accepts 0.050" in done.stdout
    calibration = Calibration.model_validate_json(out.read_text())
    assert calibration.binding.lineage == ("mistral",)
    assert calibration.report.minimum.min_score == 3


def test_60_labels_are_a_smoke_test_and_exit_with_1(files):
    done = _run("--labels", files / "few.jsonl", "--log", files / "log.jsonl", "--json")
    assert done.exit_code == 1
    report = json.loads(done.stdout)
    assert (report["usable_for"], report["minimum"]["status"]) == ("smoke", "insufficient")


def test_a_file_without_what_it_is_bound_to_is_refused(files):
    done = _run("--labels", files / "labels.jsonl", "--log", files / "log.jsonl", "-o", "x.json")
    assert isinstance(done.exception, ConfigError)
    assert "--prompt FILE --rubric FILE" in done.exception.fix


def test_the_gate_is_held_against_labels_of_tasks_it_judges_now(tmp_path):
    good = [_make({**MAIL, "input": {**MAIL["input"], "n": n}}, str(n)) for n in range(60)]
    leaky = {"note": MAIL["reference"]["body"]}
    bad = [_make({**MAIL, "input": {**MAIL["input"], **leaky, "n": n}}, str(n)) for n in range(60)]
    tasks, labels = tmp_path / "tasks.jsonl", tmp_path / "labels.jsonl"
    tasks.write_text("".join(task.to_json() + "\n" for task in (*good, *bad)))
    said = [(task, "accept") for task in good] + [(task, "reject") for task in bad]
    said[0] = (good[0], "reject")
    labels.write_text(
        "".join(
            json.dumps({"task_id": task.id, "annotator": "ana", "kind": "person", "decision": word})
            + "\n"
            for task, word in said[:119]
        )
    )
    done = _run("--labels", labels, "--tasks", tasks, "--json")
    assert done.exit_code == 0, done.output
    report = json.loads(done.stdout)
    assert (report["judge"], report["tasks"], report["usable_for"]) == ("gate", 119, "gate")
    assert report["accepted_then_rejected"] == [good[0].id]
    assert report["minimum"]["status"] == "undefined"
    other = _run("--labels", tmp_path / "labels.jsonl", "--tasks", tasks, "--judge", "gat")
    assert isinstance(other.exception, ConfigError)


def test_verdicts_come_from_a_log_or_from_tasks(files):
    done = _run("--labels", files / "labels.jsonl")
    assert "one of --log and --tasks" in str(done.exception)

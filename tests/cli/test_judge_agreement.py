import json

import pytest
from click.testing import CliRunner

from benchwright import InputError
from benchwright.cli.main import cli
from benchwright.judges.raters.report import AgreementReport
from tests.judges.mutation.conftest import MAIL, _make
from tests.judges.raters.conftest import make_pass

ROWS = [1, 2, 3, 4, 5] * 22


def _write(path, *labels):
    path.write_text("".join(label.to_json() + "\n" for label in labels))
    return path


def _run(*args):
    return CliRunner().invoke(cli, ["judge", "agreement", *map(str, args)])


def test_people_who_agree_on_110_tasks_may_gate(tmp_path):
    labels = _write(
        tmp_path / "l.jsonl", *make_pass("ana", ROWS), *make_pass("ben", [*ROWS[:-1], 1])
    )
    done = _run(labels, "--markdown", tmp_path / "l.md")
    assert done.exit_code == 0, done.output
    assert "every dimension shows 0.80; the labels may gate" in done.stdout
    assert "109 of 110" in (tmp_path / "l.md").read_text()


def test_two_files_and_json_and_the_status_of_a_blocked_release(tmp_path):
    first = _write(tmp_path / "a.jsonl", *make_pass("ana", ROWS))
    second = _write(tmp_path / "b.jsonl", *make_pass("ben", [*ROWS[:80], *[1] * 30]))
    done = _run(first, second, "--json")
    assert done.exit_code == 1
    report = AgreementReport.model_validate_json(done.stdout)
    assert (report.verdict, report.below()) == ("blocked", ["tone"])
    assert "blocks a release until the rubric is revised" in _run(first, second).stdout


def test_a_copy_is_refused_with_its_reason(tmp_path):
    done = _run(_write(tmp_path / "l.jsonl", *make_pass("ana", ROWS), *make_pass("ben", ROWS)))
    assert done.exit_code == 1
    assert "identical: ana (pass 1) and ben (pass 1)" in done.stdout


def test_a_figure_is_no_raw_label(tmp_path):
    path = tmp_path / "figures.jsonl"
    path.write_text(json.dumps({"dimension": "tone", "kappa": 0.91}) + "\n")
    done = _run(path)
    assert isinstance(done.exception, InputError)
    assert "line 1: task_id: Field required" in done.exception.message


def test_two_answers_to_one_task_in_one_pass_are_refused(tmp_path):
    labels = make_pass("ana", [1, 2])
    done = _run(_write(tmp_path / "l.jsonl", *labels, labels[0]))
    assert isinstance(done.exception, InputError)
    assert "line 3: ana answers task t0 a second time in pass 1" in done.exception.message


def test_the_tasks_say_who_is_kin(tmp_path):
    tasks = [_make({**MAIL, "input": {**MAIL["input"], "n": n}}, str(n % 6)) for n in range(12)]
    path = tmp_path / "tasks.jsonl"
    path.write_text("".join(task.to_json() + "\n" for task in tasks))
    pairs = [
        label.model_copy(update={"task_id": tasks[index].id})
        for rows, name in (([1, 2] * 6, "ana"), ([1, 2] * 5 + [2, 1], "ben"))
        for index, label in enumerate(make_pass(name, rows))
    ]
    labels = _write(tmp_path / "l.jsonl", *pairs)
    done = _run(labels, "--tasks", path, "--json")
    assert json.loads(done.stdout)["clusters"] == 6
    path.write_text(tasks[0].to_json() + "\n")
    assert "labelled tasks are not among these" in _run(labels, "--tasks", path).exception.message


@pytest.mark.parametrize("command", ["agreement", "calibrate"])
def test_one_file_of_raw_labels_serves_agreement_and_calibration(tmp_path, command):
    said = ["accept", "reject"] * 30
    labels = [
        label.model_copy(update={"decision": word})
        for word, label in zip(said, make_pass("ana", [5, 2] * 30), strict=True)
    ]
    later = [
        label.model_copy(update={"decision": word})
        for word, label in zip(said[::-1], make_pass("ana", [5, 2] * 30), strict=True)
    ]
    second = [one.model_copy(update={"pass_number": 2, "annotator": "ana"}) for one in later]
    path = _write(tmp_path / "l.jsonl", *labels, *second)
    log = tmp_path / "log.jsonl"
    log.write_text(
        "".join(
            json.dumps({"task_id": f"t{n}", "judge_model": "m", "decision": word}) + "\n"
            for n, word in enumerate(said)
        )
    )
    if command == "agreement":
        assert "passes_too_close" in _run(path).stdout
        return
    args = ["judge", "calibrate", "--labels", str(path), "--log", str(log), "--json"]
    report = json.loads(CliRunner().invoke(cli, args).stdout)
    assert (report["tasks"], report["ties"], report["flip_rate"]["value"]) == (60, 0, 0.0)

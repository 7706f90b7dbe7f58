"""`benchwright review`, run as a user runs it: the page in its own process, and its files."""

import json
import os
import re
import signal
import subprocess
import sys
import urllib.request
from http.cookiejar import CookieJar
from pathlib import Path

import pytest

from tests.judges.review.builders import make_task, read_jsonl, work_folder, write_lines

BENCHWRIGHT = Path(sys.executable).parent / "benchwright"


@pytest.fixture
def run(tmp_path):
    def call(*args):
        return subprocess.run(
            [BENCHWRIGHT, *map(str, args)], cwd=tmp_path, capture_output=True, text=True
        )

    return call


@pytest.fixture
def work(tmp_path):
    return work_folder(
        tmp_path / "1.0.0.work",
        accepted=list(map(make_task, range(4))),
        rejected=[make_task(n) for n in range(4, 8)],
        held=[make_task(9, mode="synthetic")],
    )


def test_the_page_opens_by_its_address_alone_and_ends_with_ctrl_c(work, tmp_path):
    command = [BENCHWRIGHT, "review", work, "--rater", "ana", "--count", "4"]
    process = subprocess.Popen(
        list(map(str, command)),
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    lines = []
    for line in process.stdout:
        lines.append(line)
        if line.startswith("open"):
            break
    url = re.search(r"http://127\.0\.0\.1:\d+/\?token=\S+", line)[0]
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    with opener.open(url) as page:
        assert "You are <strong>ana</strong>" in page.read().decode()
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(url.partition("?")[0])  # noqa: S310 - loopback
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "benchwright review export" in errors
    assert url.partition("token=")[2] not in errors
    text = "".join(lines)
    assert "2 of 4 accepted, 2 of 4 rejected" in text
    assert re.search(r"held tasks +1\n", text)


def test_the_sample_goes_out_to_another_tool_and_comes_back_as_labels(run, work, tmp_path):
    assert run("review", "draw", work, "--count", "4").returncode == 0
    done = run("review", "export", "1.0.0.review.sqlite", "--format", "argilla", "-o", "out")
    assert done.returncode == 0, done.stderr
    records = json.loads((tmp_path / "out" / "records.json").read_text())
    answers = {
        "input_coherence": "5",
        "ground_truth_verifiability": "4",
        "rubric_application_clarity": "skip",
        "decision": "accept",
    }
    for record in records[:3]:
        record["responses"] = {k: [{"value": v, "user_id": "u"}] for k, v in answers.items()}
    records[3]["responses"] = {"decision": [{"value": "accept", "user_id": "u"}]}
    (tmp_path / "back.json").write_text(json.dumps(records))
    command = ("review", "import", "back.json", "--from", "argilla", "--blind", "-o", "l.jsonl")
    refused = run(*command)
    assert refused.returncode == 2
    assert "give --labelled-at" in refused.stderr
    at = ("--labelled-at", "2026-11-27T09:00:00Z", "--person", "u=ana")
    partly = run(*command, *at)
    assert partly.returncode == 1
    assert "record 3, user u: input_coherence is not answered" in partly.stderr
    labels = read_jsonl(tmp_path / "l.jsonl")
    assert [label["annotator"] for label in labels] == ["ana"] * 3
    assert {label["task_id"] for label in labels} == {record["id"] for record in records[:3]}


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("review", "gone.work", "--rater", "ana"), "no such file or folder: gone.work"),
        (("review", "--rater", "ana"), "give one source of tasks"),
        (("review", "export", "gone.sqlite", "-o", "x"), "no such file: gone.sqlite"),
        (("review", "import", "gone.json", "--from", "label-studio", "--blind", "-o", "x"),
         "no such file: gone.json"),
        (("review", "import", "x", "--from", "label-studio", "-o", "x"), "--blind"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_says_why_with_status_2(run, args, message):
    done = run(*args)
    assert done.returncode == 2
    assert message in done.stderr


def test_a_taken_port_and_a_bad_name_are_named(run, work):
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = run("review", work, "--rater", "ana", "--port", port)
    assert done.returncode == 3
    assert f"cannot listen on 127.0.0.1:{port}" in done.stderr
    assert run("review", work, "--rater", " \n").returncode == 2


def test_an_export_before_anybody_finished_says_so(run, work):
    run("review", "draw", work)
    done = run("review", "export", "1.0.0.review.sqlite", "-o", "l.jsonl")
    assert done.returncode == 2
    assert "nobody has finished anything" in done.stderr


def test_exported_labels_are_what_judge_calibrate_reads(run, tmp_path):
    from datetime import UTC, datetime, timedelta

    from benchwright.judges.review.app import Act, Desk
    from benchwright.judges.review.store import Answers

    tasks = list(map(make_task, range(60)))
    write_lines(tmp_path / "t.jsonl", [task.model_dump(mode="json") for task in tasks])
    run("review", "draw", "--tasks", "t.jsonl")
    answers = Answers(tmp_path / "t.review.sqlite")
    start = datetime(2026, 11, 27, tzinfo=UTC)
    ticks = iter(range(10_000))
    desk = Desk(
        answers=answers,
        rater="ana",
        seed=0,
        session="s-1",
        clock=lambda: start + timedelta(seconds=next(ticks)),
    )
    number = 0
    while (item := desk.standing("label").current) is not None:
        said = {question.name: str(1 + number % 5) for question in item.questions[:-1]}
        said["decision"] = "accept" if number % 3 else "reject"
        acts = [{"kind": "answer", "field": k, "value": v} for k, v in said.items()]
        for values in (*acts, {"kind": "leave"}):
            nonce = f"{next(ticks):032x}"
            act = Act.model_validate({"nonce": nonce, "item": item.id, "pass_number": 1, **values})
            desk.act("label", act)
        number += 1
    answers.close()
    assert run("review", "export", "t.review.sqlite", "-o", "labels.jsonl").returncode == 0
    done = run("judge", "calibrate", "--labels", "labels.jsonl", "--tasks", "t.jsonl")
    assert "60" in done.stdout, done.stderr
    assert done.returncode == 1

"""What people decide about held tasks comes back into the build, and nothing else does."""

import json

import pytest

from benchwright.config import read_project
from benchwright.errors import InputError
from benchwright.files import read_all_lines, write_lines
from benchwright.manifests.release import read_release_rows
from benchwright.pipeline.build import build
from benchwright.pipeline.gate import REJECTED, TASKS
from benchwright.pipeline.held import read_decisions
from benchwright.pipeline.judge import HELD
from benchwright.pipeline.passport import judged_by
from benchwright.pipeline.run import Silence, open_run
from benchwright.pipeline.verify import verify_whole_release
from benchwright.reviews import HeldDecision
from tests.core.pipeline.judging import four, judge, rules, task
from tests.core.pipeline.test_passport import JUDGES, config
from tests.loopback.actors import author
from tests.loopback.judges import scoring
from tests.loopback.openai_server import OpenAIServer


def decision(task_id, said="accept", *, rule="J004", person="ana"):
    return HeldDecision(
        task_id=task_id,
        rule=rule,
        decision=said,
        reason="It reads well.",
        person=person,
        decided_at="2026-11-27T09:00:00Z",
        session="s-1",
        saw_verdicts=False,
    )


def with_decisions(run, decisions):
    """Write the decisions beside the config of a run, and open the run again with them."""
    config = run.project.base / "bench.yaml"
    values = json.loads(config.read_text())
    values["judges"]["decisions"] = "people/decisions.jsonl"
    config.write_text(json.dumps(values))
    path = run.project.base / "people" / "decisions.jsonl"
    write_lines(path, (one.to_json() for one in decisions))
    return open_run(read_project(config), output=run.output, resume=True, progress=Silence())


def test_a_held_task_enters_or_leaves_as_a_person_says_and_no_model_is_asked_again(open_project):
    with OpenAIServer(answer=scoring(four)) as server:
        run = open_project(server.url)
        known = task(run, 0)
        held = [task(run, n, served="prod-7") for n in range(1, 5)]
        before = judge(run, [known, *held])
        assert before.record.counts.held == {"J004": 4}
        asked = len(server.log)
        said = [
            decision(held[0].id),
            decision(held[1].id, "reject"),
            decision(held[2].id, rule="J002"),
            decision(known.id, "reject"),
        ]
        after = judge(with_decisions(run, said), [known, *held])
        assert len(server.log) == asked
    assert rules(after) == {
        known.id: "accepted",
        held[0].id: "accepted",
        held[1].id: "J006",
        held[2].id: "J004",
        held[3].id: "J004",
    }
    assert after.record.counts.kept == 2
    assert after.record.counts.rejected == {"J006": 1}
    assert after.record.counts.held == {"J004": 2}
    judging = after.record.details["judging"]
    people = {key: judging["people"][key] for key in ("accepted", "rejected", "open", "not_held")}
    assert people == {"accepted": 1, "rejected": 1, "open": 2, "not_held": 2}
    assert judging["basis"] == {"models": 1, "nobody": 2, "person": 2}
    kept = [line.value["id"] for line in read_all_lines(after.folder / TASKS)]
    assert kept == [known.id, held[0].id]
    assert judged_by(after)[held[0].id] == "person"
    [left] = read_all_lines(after.folder / REJECTED)
    assert left.value["reasons"][0] == "ana: It reads well."
    assert len(read_all_lines(after.folder / HELD)) == 2


def test_the_stage_runs_again_when_a_decision_is_added_and_not_otherwise(open_project):
    with OpenAIServer(answer=scoring(four)) as server:
        run = open_project(server.url)
        tasks = [task(run, 0), task(run, 1, served="prod-7")]
        judge(run, tasks)
        decided = with_decisions(run, [decision(tasks[1].id)])
        assert not judge(decided, tasks).resumed
        assert judge(decided, tasks).resumed
        again = with_decisions(run, [decision(tasks[1].id, "reject")])
        assert not judge(again, tasks).resumed


def test_without_the_key_the_report_says_nothing_of_people(open_project):
    with OpenAIServer(answer=scoring(four)) as server:
        run = open_project(server.url)
        assert "people" not in judge(run, [task(run, 0)]).record.details["judging"]


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (['{"task_id": "x"}'], r"d\.jsonl:1: no decision: task_id"),
        (["{"], r"d\.jsonl:1: not JSON"),
        (
            [decision("0" * 16).to_json(), decision("0" * 16, "reject", person="ben").to_json()],
            r"d\.jsonl:2: ben says reject of 0{16}, and ana says accept\n  fix: let them settle it",
        ),
    ],
)
def test_a_file_that_cannot_be_used_stops_the_run(tmp_path, lines, message):
    path = tmp_path / "d.jsonl"
    path.write_text("\n".join(lines) + "\n")
    with pytest.raises(InputError, match=message):
        read_decisions(path)


def test_two_people_who_say_the_same_are_one_decision(tmp_path):
    path = tmp_path / "d.jsonl"
    both = (decision("0" * 16), decision("0" * 16, person="ben"))
    write_lines(path, (one.to_json() for one in both))
    assert len(read_decisions(path).decisions) == 1


def test_an_absent_file_is_named(open_project):
    run = with_decisions(open_project("http://127.0.0.1:1/v1"), [])
    (run.project.base / "people" / "decisions.jsonl").unlink()
    with pytest.raises(InputError, match=r"no such file: decisions\.jsonl"):
        judge(run, [])


def test_a_release_with_a_task_that_a_person_accepted_verifies(tmp_path):
    def score(model, dimension, text):
        split = {JUDGES[0]: 1, JUDGES[1]: 3, JUDGES[2]: 5}[model]
        return split if sum(map(ord, text)) % 3 == 0 else 4

    offline = config(tmp_path, "http://127.0.0.1:1/v1", count=6)
    run = open_run(read_project(offline), output=tmp_path, resume=True, progress=Silence())
    writes, judges = author(run, per_family=12), scoring(score)
    with OpenAIServer(
        answer=lambda body: (judges if body["model"] in JUDGES else writes)(body)
    ) as server:
        path = config(tmp_path, server.url, count=6)
        first = build(read_project(path), output=tmp_path / "out", resume=True, progress=Silence())
        rows = read_all_lines(first.work_folder / "2-judged" / HELD)
        said = [decision(row.value["task"]["id"], rule="J002") for row in rows]
        write_lines(tmp_path / "d.jsonl", (one.to_json() for one in said))
        values = json.loads(path.read_text())
        values["judges"]["decisions"] = "d.jsonl"
        path.write_text(json.dumps(values))
        asked = len(server.log)
        again = build(
            read_project(path),
            output=tmp_path / "out",
            resume=True,
            progress=Silence(),
            replace=True,
        )
        assert len(server.log) == asked
    assert rows
    assert verify_whole_release(again.release_folder).findings == ()
    released = {task.id for _, task in read_release_rows(again.release_folder)}
    assert {one.task_id for one in said} <= released
    gate = json.loads((again.release_folder / "manifests" / "gate.json").read_text())
    assert gate["judging"]["people"]["accepted"] == len(said)
    leakage = json.loads((again.release_folder / "manifests" / "leakage.json").read_text())
    by_person = {r["task_id"] for r in leakage["rows"] if r["judged_by"] == "person"}
    assert by_person == {one.task_id for one in said}

"""The hand-written tasks of the outbound pack: sound, new, and hard for their reason."""

from collections import Counter
from pathlib import Path

import pytest

from benchwright.judges.agents import vacuous_outputs
from benchwright.judges.naive import naive_output
from benchwright.judges.scoring import score_output
from benchwright.packs import load_pack
from benchwright.pipeline.adversarial_files import Shelf, fails, find_files
from benchwright.pipeline.adversarial_lint import lint_files
from benchwright.pipeline.adversarial_twin import prove_with, task_and_twin

SHIPPED = [Path("pack:tenacious_outbound")]
LEAST_TASKS = 45
LEAST_PER_CLASS = 2


@pytest.fixture(scope="module")
def shelf():
    return Shelf()


@pytest.fixture(scope="module")
def pairs(shelf):
    """Task and twin by the name of the task's file."""
    files = [shelf.open(path) for path in find_files(SHIPPED)]
    found = {file.path.name: task_and_twin(file, shelf) for file in files if not file.is_twin}
    assert None not in found.values()
    return found


def test_lint_finds_nothing_and_no_task_is_a_clone(shelf):
    report = lint_files(find_files(SHIPPED), shelf)
    assert [f"{one.file}:{one.line} {one.rule} {one.message}" for one in report.findings] == []
    assert report.tasks == report.twins >= LEAST_TASKS


def test_the_whole_taxonomy_is_covered(pairs):
    pack = load_pack("tenacious_outbound", base=Path())
    tasks = [task for task, _ in pairs.values()]
    classes = Counter(name for task in tasks for name in task.provenance.slots["attacks"])
    assert set(classes) == set(pack.attacks.names())
    assert min(classes.values()) >= LEAST_PER_CLASS
    assert {task.dimension for task in tasks} == set(pack.spec.dimension_names())
    assert {task.input["region"] for task in tasks} == {"us", "eu", "east_africa"}
    stages = {"cold", "reply_active", "re_engagement", "ready_to_schedule"}
    assert {task.input["stage"] for task in tasks} == stages
    assert {task.difficulty for task in tasks} == {"easy", "medium", "hard"}
    own_side = ("agent", "prospect")
    turns = [len(t.input.get("prior_thread", ())) for t in tasks]
    assert sum(number >= 4 for number in turns) >= 6
    assert all(turn["role"] in own_side for t in tasks for turn in t.input.get("prior_thread", ()))


def test_references_and_good_outputs_pass_and_bad_ones_fail_by_the_check_they_name(pairs):
    for name, (task, twin) in pairs.items():
        for one in (task, twin):
            assert score_output(one, one.reference).passed is True, name
        assert {one.label for one in task.candidates} == {"pass", "fail"}, name
        for candidate in task.candidates:
            score = score_output(task, candidate.output)
            assert score.passed is (candidate.label == "pass"), (name, candidate.why, score.items)
            if candidate.label == "fail":
                assert fails(score, candidate.check), (name, candidate.why)


def test_an_empty_head_passes_neither_a_task_nor_a_twin(pairs):
    for name, pair in pairs.items():
        for task in pair:
            for agent, output in vacuous_outputs(task.input, task.reference).items():
                assert score_output(task, output).passed is False, (name, agent)


def test_the_careless_agent_fails_each_task_by_a_check_that_a_bad_output_names(pairs):
    for name, (task, _) in pairs.items():
        score = score_output(task, naive_output(task.input))
        named = {one.check for one in task.candidates if one.label == "fail"}
        failed = {item.kind for item in score.items if item.status == "fail"}
        assert score.passed is False, name
        assert named & failed, (name, failed)


def _row(name, one):
    failed, passed = one.bounds()[0], one.twins_bound()
    return (
        f"| {name} | {one.failed} of {one.pairs} | {failed:.2f} "
        f"| {one.passed} of {one.pairs} | {passed:.2f} |"
    )


def test_the_readme_tells_what_the_careless_agent_did(root, shelf):
    report = prove_with(SHIPPED, "naive", shelf)
    wanted = [_row(f"`{one.attack}`", one) for one in report.attacks]
    wanted += [_row("all tasks", one) for one in report.agents]
    text = (root / "README.md").read_text()
    table = text.split("| attack class |")[1].split("\n\n")[0]
    assert table.splitlines()[2:] == wanted
    assert f"ships {report.agents[0].pairs} tasks and their twins over all 25 classes" in text

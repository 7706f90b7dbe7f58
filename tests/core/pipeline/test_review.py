import pytest

from benchwright.errors import ConfigError, InputError
from benchwright.pipeline.review import Asked, prepared
from tests.judges.review.builders import hand_written, make_task, work_folder, write_lines


@pytest.fixture
def work(tmp_path):
    """A build of 30 accepted tasks, 12 bad ones, 9 doubles, 2 held and 2 hand-written ones."""
    return work_folder(
        tmp_path / "1.0.0.work",
        accepted=[*map(make_task, range(30)), hand_written(90), hand_written(91)],
        rejected=[make_task(n) for n in range(30, 40)],
        judged_bad=[make_task(n, mode="synthetic") for n in range(40, 42)],
        duplicates=[make_task(n) for n in range(50, 59)],
        held=[make_task(n, mode="synthetic") for n in range(60, 62)],
    )


def _ids(numbers, **fields):
    return {make_task(number, **fields).id for number in numbers}


def test_a_sample_is_drawn_over_accepts_and_rejects_and_not_over_doubles_and_held(work):
    with prepared(Asked(folder=work, tasks=None, count=20)) as ready:
        drawn = {item.id for item in ready.answers.items("label")}
        assert ready.waiting == {"label": 20, "held": 2, "adversarial": 2}
        assert ready.notes == (
            "drew 20 tasks for blind labels: 10 of 32 accepted, 10 of 12 rejected",
        )
    bad = _ids(range(30, 40)) | _ids(range(40, 42), mode="synthetic")
    assert len(drawn & bad) == 10
    assert not drawn & (_ids(range(50, 59)) | _ids(range(60, 62), mode="synthetic"))


def test_the_sample_stays_when_the_build_changes_and_the_held_queue_follows(work, tmp_path):
    with prepared(Asked(folder=work, tasks=None, count=20)) as ready:
        before = ready.answers.items("label")
        assert ready.answers.path == tmp_path / "1.0.0.review.sqlite"
    work_folder(work, accepted=[make_task(99)], held=[make_task(61, mode="synthetic")])
    with prepared(Asked(folder=work, tasks=None)) as ready:
        assert ready.answers.items("label") == before
        assert {item.id for item in ready.answers.items("held")} == _ids([61], mode="synthetic")
        assert ready.notes == ()


@pytest.mark.parametrize(("name", "asked"), [("count", {"count": 21}), ("seed", {"seed": 1})])
def test_another_draw_into_the_same_file_is_refused(work, name, asked):
    with prepared(Asked(folder=work, tasks=None, count=20, seed=0)):
        pass
    with pytest.raises(ConfigError, match=rf"drawn with {name} \d+, not \d+"):
        prepared(Asked(folder=work, tasks=None, **asked)).__enter__()
    with prepared(Asked(folder=work, tasks=None, count=20, seed=0)) as ready:
        assert ready.seed == 0


def test_nothing_in_the_file_says_what_the_gate_decided_or_who_wrote(work):
    with prepared(Asked(folder=work, tasks=None, count=20)) as ready:
        path = ready.answers.path
    held = b"secret"
    assert all(held not in file.read_bytes() for file in path.parent.glob("*.sqlite*"))


def test_a_file_of_tasks_is_a_source_and_says_that_it_has_no_rejects(tmp_path):
    path = tmp_path / "tasks.jsonl"
    write_lines(path, [make_task(n).model_dump(mode="json") for n in range(3)])
    with prepared(Asked(folder=None, tasks=path)) as ready:
        assert ready.waiting["label"] == 3
        assert "no rejected task is among them" in ready.notes[1]
        assert ready.answers.path == tmp_path / "tasks.review.sqlite"


def test_a_twin_is_shown_beside_its_task_and_is_no_task_of_its_own(tmp_path):
    def written(number, name, **slots):
        task = hand_written(number)
        parent = task.provenance.parents[0].model_copy(update={"source": name})
        made = task.provenance.model_copy(update={"parents": (parent,), "slots": slots})
        return task.model_copy(update={"provenance": made}).model_dump(mode="json")

    path = tmp_path / "tasks.jsonl"
    task = written(1, "a.md", why_hard="The brief is old.", twin="a.twin.md")
    write_lines(path, [task, written(2, "a.twin.md", twin_of="a.md"), written(3, "b.md")])
    with prepared(Asked(folder=None, tasks=path)) as ready:
        items = {item.id: item for item in ready.answers.items("adversarial")}
    assert set(items) == {task["id"], hand_written(3).id}
    sections = {section.name: section.value for section in items[task["id"]].sections}
    assert sections["why"] == "The brief is old."
    assert sections["twin"]["reference"]["body"] == "You posted 2 roles. "
    assert "twin_is_benign" in {q.name for q in items[task["id"]].questions}
    assert "twin_is_benign" not in {q.name for q in items[hand_written(3).id].questions}


def test_what_is_no_source_is_named(tmp_path):
    empty = tmp_path / "empty.jsonl"
    empty.write_text("\n")
    (tmp_path / "folder").mkdir()
    for asked, error, message in (
        (Asked(folder=None, tasks=None), ConfigError, "give one source"),
        (Asked(folder=tmp_path, tasks=empty), ConfigError, "give one source"),
        (Asked(folder=tmp_path / "gone", tasks=None), InputError, "no such file or folder"),
        (Asked(folder=tmp_path / "folder", tasks=None), ConfigError, "neither the work folder"),
        (Asked(folder=None, tasks=empty), InputError, "no task in it"),
    ):
        with pytest.raises(error, match=message):
            prepared(asked).__enter__()


def test_a_build_that_has_not_passed_the_gate_says_so(work):
    (work / "2-judged" / "tasks.jsonl").unlink()
    with pytest.raises(ConfigError, match="nothing has passed the gate here"):
        prepared(Asked(folder=work, tasks=None)).__enter__()

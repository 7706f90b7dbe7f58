"""`judge calibrate` with models that answer over HTTP, and the gate that goes by its file."""

import json

import pytest

from benchwright.config import read_project
from benchwright.errors import ConfigError
from benchwright.judges.panel.shown import show
from benchwright.pipeline.gate import GATED, TASKS
from benchwright.pipeline.judge import judge_pool
from benchwright.pipeline.run import Silence, open_run
from benchwright.stages import StageResult, Tally, run_stage
from tests.cli.judge_bench import good_tasks, run_judge, write_config, write_lines
from tests.core.pipeline.judging import CLAUDE, MISTRAL, QWEN
from tests.loopback.judges import scoring
from tests.loopback.openai_server import OpenAIServer


@pytest.fixture(scope="module")
def labelled():
    """Return 110 tasks; a person rejects every third of them."""
    return [(task, "reject" if n % 3 == 0 else "accept") for n, task in enumerate(good_tasks(55))]


@pytest.fixture(scope="module")
def server(labelled):
    """Serve judges that give 5 to what the person accepts, and 3 or 2 to the rest."""
    bad = [show(task).text for task, label in labelled if label == "reject"]
    scores = {text: 3 if n % 2 else 2 for n, text in enumerate(bad)}

    def score(model, dimension, text):
        return scores.get(text, 5) if dimension == "input_coherence" else 5

    with OpenAIServer(answer=scoring(score)) as opened:
        yield opened


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with one ledger for all tests, so that each reply is asked for once."""
    return tmp_path_factory.mktemp("calibrated")


@pytest.fixture(scope="module")
def calibrated(folder, labelled, server):
    """Run the calibration of the panel on all labels, and return what it printed."""
    return _calibrate(folder, labelled, write_config(folder, server.url))


def _calibrate(folder, labelled, config, *, kind="person", count=110, name="calibration.yaml"):
    rows = [
        {"task_id": task.id, "annotator": "ana", "kind": kind, "decision": label}
        for task, label in labelled[:count]
    ]
    labels = write_lines(folder / "labels.jsonl", map(json.dumps, rows))
    tasks = write_lines(folder / "tasks.jsonl", (task.to_json() for task, _ in labelled))
    given = ("--labels", labels, "--tasks", tasks, "--config", config)
    written = ("--write-calibration", folder / name)
    return run_judge("calibrate", *given, *written, outputs=folder / "outputs")


def _gate(config, tasks):
    """Run the judge stage on tasks that the deterministic gate has kept."""
    run = open_run(
        read_project(config), output=config.parent / "gated", resume=True, progress=Silence()
    )

    def work(folder):
        write_lines(folder / TASKS, (task.to_json() for task in tasks))
        modes = {"programmatic": {"checked": len(tasks), "kept": len(tasks)}}
        counts = Tally(unit="tasks", entered=len(tasks), kept=len(tasks)).counts()
        return StageResult(counts=counts, details={"by_mode": modes})

    return judge_pool(run, run_stage(run.work_folder / GATED, name="gate", inputs={}, work=work))


def _gated(folder, url, **options):
    given = {"calibration": "calibration.yaml", "modes": ["programmatic"], **options}
    return write_config(folder, url, **given)


def test_the_gate_asks_for_the_minimum_of_the_calibration(folder, calibrated, labelled, server):
    assert calibrated.exit_code == 0, calibrated.output
    assert "minimum score 4: " in calibrated.stdout
    assert "cost: $0." in calibrated.stdout
    some = [task for task, _ in labelled[:6]]
    stage = _gate(_gated(folder, server.url), some)
    report = stage.record.details["judging"]
    assert report["minimums_from"] == "calibration"
    assert set(report["minimums"].values()) == {4}
    assert len(report["calibration"]) == 64
    assert stage.record.counts.rejected["J001"] == 2
    stated = _gate(write_config(folder, server.url, modes=["programmatic"]), some)
    assert stated.record.details["judging"]["minimums_from"] == "config"
    assert stated.record.counts.rejected["J001"] == 1


@pytest.mark.parametrize(
    ("part", "changed"),
    [("pipeline.minimums.asking", "prompt"), ("judges.panel.questions.levels", "rubric")],
)
def test_a_changed_prompt_expires_it_before_anybody_is_asked(
    folder, calibrated, labelled, server, monkeypatch, part, changed
):
    asked = len(server.log)
    monkeypatch.setattr(f"benchwright.{part}_sha256", lambda: "e" * 64)
    with pytest.raises(ConfigError, match=f"expired: the judge's {changed} has changed") as error:
        _gate(_gated(folder, server.url), [labelled[0][0]])
    assert "--write-calibration" in error.value.fix
    assert len(server.log) == asked


def test_other_judges_expire_it(folder, calibrated, labelled, server):
    asked = len(server.log)
    other = _gated(folder, server.url, judges=(MISTRAL, QWEN))
    with pytest.raises(ConfigError, match=r"lineage has changed: anthropic, .*, now .*qwen"):
        _gate(other, [labelled[0][0]])
    newer = _gated(folder, server.url, judges=("mistralai/mistral-large-2512", CLAUDE))
    with pytest.raises(ConfigError, match="model has changed") as error:
        _gate(newer, [labelled[0][0]])
    assert "lineage" not in error.value.message
    fewer = _gated(folder, server.url, per_task=1)
    with pytest.raises(ConfigError, match="number of votes has changed: 2, now 1"):
        _gate(fewer, [labelled[0][0]])
    assert len(server.log) == asked


def test_99_labels_may_not_gate(folder, calibrated, labelled, server):
    config = write_config(folder, server.url)
    done = _calibrate(folder, labelled, config, count=99, name="few.yaml")
    assert done.exit_code == 1
    assert "usable for: smoke" in done.stdout
    with pytest.raises(ConfigError, match="may not gate: it rests on 99 labelled tasks, and 100"):
        _gate(_gated(folder, server.url, calibration="few.yaml"), [labelled[0][0]])


def test_a_file_that_was_raised_by_hand_may_not_gate(folder, calibrated, labelled, server):
    few = json.loads((folder / "calibration.yaml").read_text())
    few["report"]["tasks"] = 60
    (folder / "raised.yaml").write_text(json.dumps(few))
    with pytest.raises(ConfigError, match="rests on 60 labelled tasks"):
        _gate(_gated(folder, server.url, calibration="raised.yaml"), [labelled[0][0]])


def test_labels_made_by_a_model_are_refused_before_anybody_is_asked(tmp_path, labelled, server):
    asked = len(server.log)
    done = _calibrate(tmp_path, labelled, write_config(tmp_path, server.url), kind="model")
    assert isinstance(done.exception, ConfigError)
    assert "cannot calibrate a model" in done.exception.message
    assert len(server.log) == asked


def test_the_offline_judge_takes_no_calibration(tmp_path):
    config = _gated(tmp_path, "http://127.0.0.1:9/v1")
    text = json.loads(config.read_text())
    text["judges"] = {"models": ["offline/rules"], "calibration": "calibration.yaml"}
    config.write_text(json.dumps(text))
    with pytest.raises(ConfigError, match="calibration is for models"):
        read_project(config)

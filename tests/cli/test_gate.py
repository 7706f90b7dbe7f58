"""`benchwright gate` and `build` with judges, run as a user runs them, over HTTP on loopback."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.loopback.judges import scoring
from tests.loopback.openai_server import OpenAIServer

MODELS = ("mistralai/mistral-small-2603", "qwen/qwen3-32b", "anthropic/claude-haiku-4-5")


@pytest.fixture
def run(tmp_path):
    """Run the command line in a folder of its own; return the finished process."""

    def call(*args):
        script = Path(sys.executable).parent / "benchwright"
        return subprocess.run(
            [script, *map(str, args)],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            env={**os.environ, "COLUMNS": "120"},
        )

    return call


def without_models(starter):
    """Return the starter's config without its authors and judges by rule."""
    return re.sub(r"\njudges:.*", "", re.sub(r"  synthetic:.*?\n\n", "", starter, flags=re.DOTALL))


@pytest.fixture
def config(root, tmp_path):
    """Write a starter project with a `judges` section and return its config."""

    def write(judges, budget=None):
        shutil.copytree(root / "templates/projects/tenacious", tmp_path / "p", dirs_exist_ok=True)
        path = tmp_path / "p" / "bench.yaml"
        starter = without_models((root / "templates/projects/tenacious/bench.yaml").read_text())
        more = {"judges": judges, **({"budget": budget} if budget else {})}
        path.write_text(starter + "".join(f"\n{k}: {json.dumps(v)}" for k, v in more.items()))
        return path

    return write


def over_http(url):
    return {
        "models": [{"model": name, "provider": "http", "api_base": url} for name in MODELS],
        "modes": ["trace"],
    }


def prices(usd=1.0):
    price = {"input_usd_per_million": usd, "output_usd_per_million": usd}
    return {"max_usd": 5, "prices": dict.fromkeys(MODELS, price)}


def strict(model, dimension, text):
    """Say no to about a third of the tasks, whoever judges."""
    return 1 + 3 * (len(text) % 3 > 0)


@pytest.mark.slow
def test_a_build_with_judges_shows_them_in_the_release_and_verifies(run, config, tmp_path):
    with OpenAIServer(answer=scoring(strict)) as server:
        path = config(over_http(server.url), prices())
        done = run("gate", path, "-o", "out", "--limit", 30, "--json")
        assert done.returncode == 0, done.stderr
        gate = json.loads(done.stdout)
        built = run("build", path, "-o", "out", "--limit", 30, "--quiet")
        assert built.returncode == 0, built.stderr
        tokens = sum(
            len(turn["content"].split()) for entry in server.log for turn in entry.body["messages"]
        )
    verified = run("manifest", "verify", "out/tenacious-bench/0.1.0")
    assert verified.returncode == 0, verified.stdout
    rows = {row["mode"]: row for row in gate["rows"]}
    assert rows["programmatic"]["waived"] == rows["programmatic"]["accepted"] == 30
    assert rows["trace"]["waived"] == 0
    assert 0 < rows["trace"]["accepted"] < rows["trace"]["checked"] == 30
    assert rows["trace"]["rejected"] + rows["trace"]["held"] + rows["trace"]["accepted"] == 30
    manifest = json.loads((tmp_path / "out/tenacious-bench/0.1.0/manifests/gate.json").read_text())
    assert manifest["judging"] == gate["judging"]
    assert manifest["judge"] == f"deterministic checks, then 2 of {', '.join(sorted(MODELS))}"
    assert sum(use["input_tokens"] for use in manifest["judging"]["judges"]) == tokens
    [trace] = [mode for mode in manifest["modes"] if mode["mode"] == "trace"]
    assert trace["kept"] == rows["trace"]["accepted"]
    assert "J001" in trace["rejected"]


def test_the_table_names_judges_with_lineages_and_what_was_spent(run, config):
    with OpenAIServer(answer=scoring(strict)) as server:
        done = run("gate", config(over_http(server.url), prices()), "--limit", 6, "-q")
    assert done.returncode == 0, done.stderr
    for word in ("mistral", "qwen", "anthropic", "of these waived", "J001", "spent", "held.jsonl"):
        assert word in done.stdout, word


def test_without_judges_the_gate_says_that_nobody_judged(run, root, tmp_path):
    shutil.copytree(root / "templates/projects/tenacious", tmp_path / "p")
    path = tmp_path / "p" / "bench.yaml"
    path.write_text(without_models(path.read_text()))
    done = run("gate", "p/bench.yaml", "--limit", 6, "-q")
    assert done.returncode == 0, done.stderr
    assert "none in the config: deterministic checks only" in done.stdout


def test_an_unknown_price_stops_before_the_first_call(run, config):
    with OpenAIServer(answer=scoring(strict)) as server:
        judges = over_http(server.url)
        judges["models"][0]["model"] = "mistralai/house-tune-1"
        done = run("gate", config(judges, prices()), "--limit", 6, "-q")
        assert server.log == []
    assert done.returncode == 2
    assert "the price of 'mistralai/house-tune-1' is unknown" in done.stderr


@pytest.mark.parametrize(
    ("judges", "problem"),
    [
        ({"models": ["offline/rules", MODELS[0]]}, "judges alone or not at all"),
        ({"models": [MODELS[0]], "per_task": 2}, "per_task is 2, but 1 judge is named"),
        ({"models": [MODELS[0], MODELS[0]]}, "a judge is listed twice"),
    ],
)
def test_a_panel_that_cannot_work_is_refused_with_its_line(run, config, judges, problem):
    done = run("gate", config(judges), "--limit", 6, "-q")
    assert done.returncode == 2
    assert problem in done.stderr
    assert "bench.yaml:" in done.stderr


@pytest.mark.slow
def test_a_dry_run_prints_the_estimate_calls_nobody_and_writes_nothing(run, config, tmp_path):
    with OpenAIServer(answer=scoring(lambda *_: 4)) as server:
        path = config(over_http(server.url), prices())
        words = ("gate", path, "--limit", 6, "-q", "-o", "out", "--dry-run")
        done = run(*words)
        values = json.loads(run(*words, "--json").stdout)
        assert server.log == []
        assert not (tmp_path / "out").exists()
        over = run(*words, "--max-usd", 0.000001)
        wrong = run(*words, "--max-usd", "nan")
        real = run("gate", path, "--limit", 6, "-q", "-o", "out", "--json")
        assert real.returncode == 0, real.stderr
        made = len(server.log)
    assert (done.returncode, over.returncode, wrong.returncode) == (0, 1, 2)
    assert sum(row["low"]["calls"] for row in values["rows"]) == made > 0
    assert "the low estimate fits" in done.stdout
    assert "even the low estimate exceeds it" in over.stdout
    assert "max_usd is nan" in wrong.stderr


def test_a_dry_run_with_an_unknown_price_is_an_error(run, config):
    judges = over_http("http://127.0.0.1:1/v1")
    judges["models"][0]["model"] = "mistralai/house-tune-1"
    done = run("build", config(judges, prices()), "--limit", 6, "--dry-run")
    assert done.returncode == 2
    assert "the price of 'mistralai/house-tune-1' is unknown" in done.stderr

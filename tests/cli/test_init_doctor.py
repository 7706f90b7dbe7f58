import json

import pytest
from click.testing import CliRunner

from benchwright import ConfigError
from benchwright.cli.main import cli
from benchwright.cli.provider_keys import KEYS, variables


def _invoke(*args):
    return CliRunner().invoke(cli, list(map(str, args)))


def test_init_writes_a_project_and_never_over_another(tmp_path):
    done = _invoke("init", tmp_path / "new")
    assert done.exit_code == 0
    assert (tmp_path / "new" / "bench.yaml").is_file()
    assert "benchwright build" in done.output
    again = _invoke("init", tmp_path / "new")
    assert isinstance(again.exception, ConfigError)
    assert "not empty" in str(again.exception)


def test_doctor_says_what_is_there_and_hides_keys(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret-value")
    done = _invoke("doctor", "--json")
    value = json.loads(done.output)
    assert done.exit_code == 0
    assert value["keys_set"]["OPENAI_API_KEY"] is True
    assert "sk-secret-value" not in done.output
    assert value["missing"] == []


def test_doctor_exits_with_3_when_a_package_is_missing(monkeypatch):
    monkeypatch.setitem(
        __import__("benchwright.cli.doctor", fromlist=["PACKAGES"]).PACKAGES, "no-such-package", "x"
    )
    done = _invoke("doctor")
    assert done.exit_code == 3
    assert "MISSING" in done.output


CONFIG = """benchmark: {name: b, version: 0.1.0}
pack: agent_tasks
author:
  programmatic: {count: 5}
  synthetic:
    count: 3
    models: [deepseek/deepseek-chat, nobody/knows-this, {model: own, provider: http, api_base: "http://h/v1"}]
judges:
  per_task: 1
  models:
    - gemini/gemini-2.0-flash
    - {model: keyed, provider: http, api_base: "http://k/v1", key_variable: MY_KEY}
"""


def test_doctor_tells_which_models_of_a_config_can_be_asked(monkeypatch, tmp_path):
    for name in ("DEEPSEEK_API_KEY", "GEMINI_API_KEY", "MY_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GOOGLE_API_KEY", "secret-google")
    path = tmp_path / "bench.yaml"
    path.write_text(CONFIG)
    done = _invoke("doctor", "--json", "--config", path)
    plan = json.loads(done.output)["config"]
    assert done.exit_code == 3
    assert {model["model"]: model["runs"] for model in plan["models"]} == {
        "deepseek/deepseek-chat": "key missing",
        "nobody/knows-this": "cannot tell",
        "own": "live",
        "gemini/gemini-2.0-flash": "live",
        "keyed": "key missing",
    }
    assert "author programmatic" in plan["runs_offline"]
    assert "author synthetic" not in plan["runs_offline"]
    for name in ("DEEPSEEK_API_KEY", "MY_KEY"):
        monkeypatch.setenv(name, "secret-other")
    done = _invoke("doctor", "--config", path)
    assert done.exit_code == 0
    assert "secret" not in done.output
    assert "DEEPSEEK_API_KEY set" in done.output


def test_doctor_says_that_a_config_of_our_own_rules_runs_offline(tmp_path):
    path = tmp_path / "bench.yaml"
    path.write_text(
        "benchmark: {name: b, version: 0.1.0}\npack: agent_tasks\n"
        "author: {synthetic: {models: [offline/rules], count: 3}}\n"
        "judges: {models: [offline/rules]}\n"
    )
    plan = json.loads(_invoke("doctor", "--json", "--config", path).output)["config"]
    assert {"author synthetic", "judges"} <= set(plan["runs_offline"])


def test_the_variables_are_those_that_litellm_looks_for(monkeypatch):
    monkeypatch.setenv("LITELLM_LOCAL_MODEL_COST_MAP", "True")
    litellm = pytest.importorskip("litellm")
    for name in variables():
        monkeypatch.delenv(name, raising=False)
    for provider, sets in KEYS.items():
        looked_for = litellm.validate_environment(f"{provider}/some-model")["missing_keys"]
        assert set(looked_for) == {name for group in sets for name in group}, provider

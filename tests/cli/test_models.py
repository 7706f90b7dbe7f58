import json

import pytest
from click.testing import CliRunner

from benchwright.cli.main import cli
from benchwright.errors import ConfigError


def _invoke(*args):
    return CliRunner().invoke(cli, ["models", *args])


def test_check_refuses_kin_by_its_exit_status_and_names_what_they_share():
    done = _invoke("check", "--author", "openai/gpt-5", "--judge", "azure/gpt-4o", "--json")
    [pair] = json.loads(done.stdout)["pairs"]
    assert done.exit_code == 1
    assert not pair["allowed"]
    assert pair["refused"][0]["rule"] == "L001"
    assert "both are openai" in pair["refused"][0]["message"]


def test_check_answers_for_every_author_and_judge():
    done = _invoke(
        *("check", "--author", "openai/gpt-5", "--author", "deepseek/deepseek-chat"),
        *("--judge", "anthropic/claude-sonnet-4.5", "--judge", "mistral/mistral-small"),
    )
    assert done.exit_code == 0
    assert done.stdout.count("yes") == 4


def test_explain_shows_hosts_lineages_and_sources():
    done = _invoke("explain", "openrouter/deepseek/deepseek-r1-distill-qwen-32b", "--json")
    [model] = json.loads(done.stdout)["models"]
    assert done.exit_code == 0
    assert model["hosts"] == ["openrouter"]
    assert model["lineages"] == ["deepseek", "qwen"]
    assert any("2501.12948" in (item["source"] or "") for item in model["evidence"])


def test_explain_of_an_unknown_name_is_refused_until_it_is_declared():
    unknown = _invoke("explain", "azure/prod-7")
    assert unknown.exit_code == 1
    assert "L002" in unknown.stderr
    declared = _invoke("explain", "azure/prod-7", "--declare", "azure/prod-7=openai:runs gpt-4.1")
    assert declared.exit_code == 0
    assert "runs gpt-4.1" in declared.stdout


def test_a_name_is_printed_as_it_is():
    assert "ft:gpt-4o:acme:x:1" in _invoke("explain", "ft:gpt-4o:acme:x:1").stdout


@pytest.mark.parametrize("text", ["azure/prod-7", "azure/prod-7=openai", "=openai:why", "a=:why"])
def test_a_declaration_without_all_its_parts_is_an_error_with_the_form(text):
    done = _invoke("explain", "x", "--declare", text)
    assert isinstance(done.exception, ConfigError)
    assert "NAME=LINEAGE" in done.exception.fix

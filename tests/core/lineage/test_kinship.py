import json

import pytest

from benchwright.errors import ConfigError
from benchwright.lineage.kinship import Declaration, Models, read_declarations
from benchwright.lineage.table import shipped_table


def models(*declared):
    return Models(table=shipped_table(), declarations=read_declarations(declared, shipped_table()))


def rules(author, judge, *declared):
    return [item.rule for item in models(*declared).refusals_between(author, judge)]


@pytest.mark.parametrize(
    ("author", "judge"),
    [
        ("openai/gpt-4o-mini", "openai/gpt-4o-mini"),
        ("openai/gpt-4o", "azure/gpt-4o"),
        ("google/gemma-3-27b-it", "google/gemini-2.5-pro"),
        ("openrouter/deepseek/deepseek-chat", "deepseek/deepseek-reasoner"),
        ("ollama/deepseek-r1:7b", "openrouter/qwen/qwen3-80b"),
        ("prometheus-eval/prometheus-7b-v2.0", "openai/gpt-5"),
        ("ft:gpt-4o:acme::1", "openai/gpt-4.1"),
        ("mistralai/mistral-small", "huggingfaceh4/zephyr-7b-beta"),
    ],
)
def test_a_judge_that_is_kin_to_the_author_is_refused(author, judge):
    assert rules(author, judge) == ["L001"]
    assert rules(judge, author) == ["L001"]


@pytest.mark.parametrize(
    ("author", "judge"),
    [
        ("openai/gpt-4o", "anthropic/claude-sonnet-4.5"),
        ("groq/llama-3.3-70b-versatile", "xai/grok-4"),
        ("deepseek/deepseek-chat", "openrouter/qwen/qwen3-80b"),
    ],
)
def test_a_judge_of_another_lineage_may_grade(author, judge):
    assert rules(author, judge) == []


def test_an_unknown_name_is_refused_until_it_is_declared_with_a_reason():
    assert rules("openai/gpt-4o", "azure/prod-7") == ["L002"]
    mistral = Declaration(name="azure/prod-7", lineages=("mistral",), reason="runs mistral-large")
    assert rules("openai/gpt-4o", "azure/prod-7", mistral) == []
    openai = Declaration(name="azure/prod-7", lineages=("openai",), reason="runs gpt-4.1")
    assert rules("openai/gpt-4o", "azure/prod-7", openai) == ["L001"]


def test_a_declaration_that_contradicts_the_name_is_refused_and_frees_nothing():
    false = Declaration(name="azure/gpt-4o", lineages=("mistral",), reason="a wish")
    assert rules("openai/gpt-5", "azure/gpt-4o", false) == ["L003", "L001"]


def test_a_declaration_may_add_to_what_the_name_says():
    more = Declaration(name="azure/gpt-4o", lineages=("openai", "meta"), reason="a merge of ours")
    assert rules("meta-llama/llama-3", "azure/gpt-4o", more) == ["L001"]
    assert rules("mistral/mistral-small", "azure/gpt-4o", more) == []


def test_a_declared_lineage_must_be_known_and_declared_once():
    with pytest.raises(ConfigError, match="did you mean 'mistral'"):
        models(Declaration(name="x", lineages=("mistrl",), reason="r"))
    one = Declaration(name="x", lineages=("mistral",), reason="r")
    with pytest.raises(ConfigError, match="declared twice"):
        models(one, one)


def test_the_160_verdicts_of_the_real_judge_log_are_accepted(shared):
    log = shared / "data" / "tenacious-bench-synth" / "judge_filter_log.jsonl"
    rows = [json.loads(line) for line in log.read_text().splitlines()]
    assert len(rows) == 160
    for row in rows:
        assert rules(row["generator_model"], row["judge_model"]) == []
        family = {"mistralai": "mistral"}.get(row["judge_model_family"], row["judge_model_family"])
        assert models().lineages(row["judge_model"]) == (family,)
        assert models().lineages(row["generator_model"]) == (row["generator_model_family"],)

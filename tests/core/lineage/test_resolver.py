import pytest

from benchwright.errors import ConfigError
from benchwright.lineage.resolver import resolve
from benchwright.lineage.table import read_table, shipped_table


def lineages(name, **more):
    return set(resolve(name, shipped_table(), **more).lineages)


def names(path):
    for line in path.read_text().splitlines():
        if line and not line.startswith("#"):
            name, _, expected = line.partition("\t")
            yield name, set(expected.split(",")) - {""}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("openai:gpt-4.1", {"openai"}),
        ("openai/gpt-4.1", {"openai"}),
        ("openrouter/openai/gpt-4o-mini:free", {"openai"}),
        ("azure/gpt-4o", {"openai"}),
        ("azure/o1", {"openai"}),
        ("bedrock/converse/us.anthropic.claude-sonnet-4-5-20250929-v1:0", {"anthropic"}),
        ("bedrock/eu-west-1/amazon.nova-pro-v1:0", {"amazon"}),
        ("google/gemma-3-27b-it", {"google"}),
        ("gemini/gemini-2.5-pro", {"google"}),
        ("ollama/deepseek-r1:7b", {"deepseek", "qwen"}),
        ("deepseek-ai/DeepSeek-R1-Distill-Qwen-32B", {"deepseek", "qwen"}),
        ("nvidia/Llama-3.1-Nemotron-70B-Instruct", {"nvidia", "meta"}),
        ("prometheus-eval/prometheus-7b-v2.0", {"prometheus", "mistral", "openai"}),
        ("lmsys/vicuna-13b", {"lmsys", "meta", "openai"}),
        ("liuhaotian/llava-7b", {"llava", "lmsys", "meta", "openai"}),
        ("fireworks_ai/accounts/fireworks/models/qwen2p5-72b-instruct", {"qwen"}),
        ("perplexity/llama-3.1-70b-instruct", {"meta"}),
        ("cohere/command-r-plus", {"cohere"}),
        ("ft:gpt-4o-mini-2024-07-18:acme::9x", {"openai", "finetune:acme"}),
        ("ft:gpt-4o-mini-2024-07-18", {"openai"}),
    ],
)
def test_a_name_resolves_to_everything_that_it_is_or_inherits_from(name, expected):
    assert lineages(name) == expected


@pytest.mark.parametrize(
    "name",
    [
        "openrouter/auto",
        "azure/prod-7",
        "arn:aws:bedrock:us-east-1:1:application-inference-profile/anthropic.claude-3",
        "openai/3f2b8c1e-1111-2222-3333-444455556666",
        "command-r-plus",
        "nova-lite",
        "o1",
        "phi-4",
        "seed-1.8",
        "",
        "openai/my-model",
    ],
)
def test_an_opaque_or_ambiguous_name_is_unknown_and_says_why(name):
    found = resolve(name, shipped_table())
    assert not found.known
    assert found.unknown_because


@pytest.mark.parametrize(
    ("near", "not_this"),
    [
        ("gpt4all-j", "openai/gpt-4"),
        ("writer/palmyra-x5", "google"),
        ("groq/qwen-3-32b", "xai"),
        ("EleutherAI/gpt-neox-20b", "openai"),
        ("microsoft_365_copilot/chat", "microsoft"),
        ("qwen_ai_platform/glm-5.1", "qwen"),
        ("databricks/databricks-claude-opus-4", "databricks"),
        ("mistral-small", "mistral-small"),
    ],
)
def test_a_near_name_is_not_taken_for_another(near, not_this):
    assert not_this not in lineages(near)


def test_gpt4all_is_itself_and_what_it_was_trained_on():
    assert lineages("gpt4all-j") == {"nomic", "openai"}


def test_a_reply_that_names_the_model_alone_is_read_beside_the_requested_name():
    assert lineages("o1-2024-12-17") == set()
    assert lineages("o1-2024-12-17", host="openai/o1") == {"openai"}


def test_the_evidence_names_each_step_and_its_source():
    found = resolve("prometheus-eval/prometheus-7b-v2.0", shipped_table())
    sources = {item.lineage: item.source for item in found.evidence}
    assert sources["prometheus"] is None
    assert sources["openai"] == "arXiv:2405.01535"


def test_names_are_equal_whatever_their_case_and_blanks():
    assert lineages("  OpenRouter/DeepSeek/DeepSeek-V3 ") == {"deepseek"}


def test_at_least_95_percent_of_the_frozen_chat_names_resolve_as_they_did(here):
    frozen = dict(names(here / "chat_names.tsv"))
    assert {name: lineages(name) for name in frozen} == frozen
    assert sum(bool(found) for found in frozen.values()) >= 0.95 * len(frozen)


@pytest.mark.parametrize("sample", ["checked_names.tsv", "second_names.tsv"])
def test_the_200_names_that_were_read_by_hand_resolve_to_what_was_read(here, sample):
    checked = dict(names(here / sample))
    assert len(checked) == 200
    assert set(checked) <= set(dict(names(here / "chat_names.tsv")))
    wrong = {name for name, expected in checked.items() if lineages(name) - expected}
    assert len(wrong) <= 0.005 * len(checked), wrong
    assert sum(lineages(name) == expected for name, expected in checked.items()) >= 190


def test_the_two_samples_share_no_name(here):
    first, second = (dict(names(here / f"{name}_names.tsv")) for name in ("checked", "second"))
    assert not set(first) & set(second)


def test_the_frozen_names_are_those_of_the_installed_price_map(here):
    import json
    from importlib.metadata import version
    from importlib.util import find_spec
    from pathlib import Path

    if version("litellm") != "1.106.2":
        pytest.skip("the names were frozen from litellm 1.106.2")
    spec = find_spec("litellm")
    prices = json.loads(
        (Path(spec.origin).parent / "model_prices_and_context_window_backup.json").read_text()
    )
    chat = {name for name, entry in prices.items() if entry.get("mode") == "chat"}
    assert set(dict(names(here / "chat_names.tsv"))) == chat


def test_a_users_file_adds_models_and_cannot_replace_a_shipped_one(tmp_path):
    own = tmp_path / "own.yaml"
    own.write_text(
        "version: 1\ntransports: [house]\nmodels:\n  heron:\n    names: [heron]\n    parents:\n"
        "      - {to: qwen, kind: finetuned_from, source: our training log}\n"
    )
    table = read_table(own)
    assert resolve("house/heron-2", table).lineages == ("heron", "qwen")
    assert resolve("house/heron-2", table).hosts == ("house",)
    assert table.sha256 != shipped_table().sha256

    own.write_text("version: 1\nmodels:\n  openai:\n    names: [nothing]\n")
    with pytest.raises(ConfigError, match="'openai' stands in the shipped table already"):
        read_table(own)


def test_an_unknown_parent_names_the_file_the_field_and_the_nearest(tmp_path):
    own = tmp_path / "own.yaml"
    own.write_text(
        "version: 1\nmodels:\n  heron:\n    names: [heron]\n    parents:\n"
        "      - {to: qwem, kind: finetuned_from, source: our log}\n"
    )
    with pytest.raises(ConfigError, match=r"own.yaml \(models.heron.parents\[0\].to\)") as caught:
        read_table(own)
    assert "did you mean 'qwen'?" in caught.value.fix


def test_every_shipped_parent_has_a_source_and_every_model_can_be_found():
    for model_id, entry in shipped_table().models.items():
        assert entry.names or entry.vendors or (entry.makers and entry.names_with_maker), model_id
        assert bool(entry.names_with_maker) <= bool(entry.makers), model_id

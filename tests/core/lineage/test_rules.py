from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchwright.calls.log import CallRow, served_lineage
from benchwright.calls.spec import Usage
from benchwright.lineage.kinship import Declaration, Models
from benchwright.lineage.rules import AcceptedRow, find_breaches
from benchwright.lineage.table import shipped_table
from benchwright.lineage.waivers import Waiver

TODAY = date(2026, 10, 5)
MODELS = Models(table=shipped_table(), declarations={})
NAMES = (
    "openai/gpt-4o-mini",
    "azure/gpt-4o",
    "deepseek/deepseek-chat",
    "ollama/deepseek-r1:7b",
    "openrouter/qwen/qwen3-80b",
    "mistralai/mistral-small",
    "huggingfaceh4/zephyr-7b-beta",
    "google/gemma-3-27b-it",
    "anthropic/claude-sonnet-4.5",
    "azure/prod-7",
    "openrouter/auto",
)


def call(number, role, requested, served=None, *, provider="litellm", models=MODELS):
    served = requested.split("/")[-1] if served is None else served
    return CallRow(
        call_id=f"{number:016x}",
        role=role,
        row="r",
        mode="synthetic",
        cell="c",
        step="",
        provider=provider,
        requested=requested,
        served=served,
        requested_lineage=models.lineages(requested),
        served_lineage=served_lineage(requested, served, models),
        finish_reason="stop",
        usage=Usage(input_tokens=1, output_tokens=1),
        cost_picodollars=0,
        cost_source="free",
        prompt_sha256="0" * 64,
        request_sha256="0" * 64,
        seed=None,
    )


def row(calls, name="r", cell="c", counted=True):
    writing = ("author", "rewriter", "repairer", "rejected_author")
    return AcceptedRow(
        row=name,
        cell=cell,
        call_ids=tuple(item.call_id for item in calls if item.role in writing),
        verdict_call_ids=tuple(item.call_id for item in calls if item.role not in writing),
        counted_as_judged=counted,
    )


def rules(rows, calls, *, models=MODELS, share=1.0, student=None, waivers=()):
    found = find_breaches(
        rows,
        calls,
        models=models,
        max_lineage_share=share,
        student=student,
        waivers=waivers,
        today=TODAY,
    )
    return {item.rule for item in found if item.waived is None}


def pair(author, judge, **more):
    calls = [call(1, "author", author), call(2, "judge", judge, **more)]
    return rules([row(calls)], calls) - {"L009"}


def test_unrelated_author_and_judge_break_no_rule_but_that_one_judge_is_a_thin_panel():
    calls = [
        call(1, "author", "deepseek/deepseek-chat"),
        call(2, "judge", "mistralai/mistral-small"),
        call(3, "judge", "anthropic/claude-sonnet-4.5"),
    ]
    assert rules([row(calls)], calls) == set()
    assert rules([row(calls[:2])], calls[:2]) == {"L009"}


@pytest.mark.parametrize(
    ("author", "judge"),
    [
        ("openai/gpt-4o-mini", "openai/gpt-4o-mini"),
        ("openai/gpt-4o", "azure/gpt-4o"),
        ("google/gemma-3-27b-it", "google/gemini-2.5-pro"),
        ("ollama/deepseek-r1:7b", "openrouter/qwen/qwen3-80b"),
    ],
)
def test_a_kin_judge_breaks_l001(author, judge):
    assert pair(author, judge) == {"L001"}


@pytest.mark.parametrize("role", ["rewriter", "repairer", "rejected_author"])
def test_every_role_that_touched_the_row_counts(role):
    calls = [
        call(1, "author", "deepseek/deepseek-chat"),
        call(2, role, "mistralai/mistral-small"),
        call(3, "judge", "mistralai/mistral-large"),
        call(4, "judge", "anthropic/claude-sonnet-4.5"),
    ]
    assert rules([row(calls)], calls) == {"L001"}


def test_a_provider_that_silently_serves_another_model_breaks_l004_and_its_kinship_counts():
    assert pair("openai/gpt-4o", "mistralai/mistral-small", served="gpt-4o-mini-2024-07-18") == {
        "L001",
        "L004",
    }
    assert pair("openai/gpt-4o", "mistralai/mistral-small", served="") == {"L004"}
    assert pair("openai/gpt-4o", "mistralai/mistral-small", served="x-7") == {"L004"}


def test_a_served_name_with_a_date_is_the_model_that_was_asked_for():
    assert pair("openai/gpt-4o", "mistralai/mistral-small", served="mistral-small-2603") == set()


def test_an_opaque_judge_is_unknown_until_it_is_declared():
    assert pair("openai/gpt-4o", "azure/prod-7", served="prod-7") == {"L002", "L004"}
    declared = Declaration(name="azure/prod-7", lineages=("mistral",), reason="runs mistral-large")
    models = Models(table=shipped_table(), declarations={"azure/prod-7": declared})
    calls = [
        call(1, "author", "openai/gpt-4o", models=models),
        call(2, "judge", "azure/prod-7", models=models),
    ]
    assert rules([row(calls)], calls, models=models) == {"L009"}


def test_a_false_declaration_breaks_l003_and_frees_nothing():
    declared = Declaration(name="azure/gpt-4o", lineages=("mistral",), reason="a wish")
    models = Models(table=shipped_table(), declarations={"azure/gpt-4o": declared})
    calls = [
        call(1, "author", "openai/gpt-4o", models=models),
        call(2, "judge", "azure/gpt-4o", models=models),
    ]
    assert {"L001", "L003"} <= rules([row(calls)], calls, models=models)


def test_one_lineage_that_writes_more_than_its_share_breaks_l005():
    authors = ["deepseek/deepseek-chat"] * 7 + ["mistralai/mistral-small"] * 3
    calls = [call(number, "author", name) for number, name in enumerate(authors)]
    made = [row([item], name=str(n), counted=False) for n, item in enumerate(calls)]
    assert rules(made, calls, share=0.7) == set()
    assert rules(made, calls, share=0.6) == {"L005"}
    assert rules(made, calls, share=None) == set()


def test_a_pair_judge_kin_to_the_pair_author_breaks_l006():
    calls = [
        call(1, "rejected_author", "openai/gpt-4o"),
        call(2, "pair_judge", "azure/gpt-4o"),
    ]
    assert "L006" in rules([row(calls)], calls)


def test_a_student_that_is_kin_is_a_warning():
    calls = [call(1, "author", "openrouter/qwen/qwen3-80b")]
    assert rules([row(calls, counted=False)], calls, student="qwen/qwen3-4b") == {"L007"}
    assert rules([row(calls, counted=False)], calls, student="meta-llama/llama-3-8b") == set()


def test_an_offline_or_absent_verdict_is_no_models_acceptance():
    calls = [
        call(1, "author", "deepseek/deepseek-chat"),
        call(2, "judge", "offline/rules", provider="offline"),
    ]
    assert rules([row(calls)], calls) == {"L010"}
    assert rules([row(calls, counted=False)], calls) == set()
    assert rules([row(calls[:1])], calls[:1]) == {"L010"}


def test_a_waiver_keeps_the_finding_until_it_expires():
    calls = [call(1, "author", "openai/gpt-4o"), call(2, "judge", "azure/gpt-4o")]
    wait = Waiver(rule="L001", reason="one key only, for a smoke run", expires=TODAY)
    late = Waiver(rule="L001", reason="one key only", expires=date(2026, 10, 4))
    assert "L001" not in rules([row(calls)], calls, waivers=[wait])
    assert "L001" in rules([row(calls)], calls, waivers=[late])


@given(
    st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)), min_size=1, max_size=4),
    st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)), min_size=1, max_size=4),
)
def test_no_set_of_calls_without_a_breach_has_a_judge_that_shares_a_lineage(writers, judges):
    calls = [
        call(number, "author" if number % 2 else "repairer", asked, served.split("/")[-1])
        for number, (asked, served) in enumerate(writers)
    ] + [
        call(100 + number, "judge", asked, served.split("/")[-1])
        for number, (asked, served) in enumerate(judges)
    ]
    if rules([row(calls)], calls) - {"L005", "L009"}:
        return
    for writer in (item for item in calls if item.role != "judge"):
        for judge in (item for item in calls if item.role == "judge"):
            own = set(MODELS.lineages(writer.requested)) | set(writer.served_lineage)
            assert own
            assert not own & (set(MODELS.lineages(judge.requested)) | set(judge.served_lineage))

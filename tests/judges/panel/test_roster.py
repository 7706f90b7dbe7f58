from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchwright.calls.ledger import CallParty, Ledger
from benchwright.calls.log import served_lineage
from benchwright.calls.spec import CallResult, CallSpec, Purpose, Turn
from benchwright.judges.panel.asking import Asker
from benchwright.judges.panel.deciding import Panel
from benchwright.judges.panel.prompts import DIMENSIONS
from benchwright.judges.panel.roster import (
    Writers,
    allowed_judges,
    serves_what_was_asked,
    writers_from,
    writers_of,
)
from benchwright.lineage.waivers import Waiver
from benchwright.model_config import ModelConfig
from tests.judges.panel.conftest import CLAUDE, MISTRAL, QWEN, Bench, answered
from tests.loopback.judges import is_repair, reply, shown_of

JUDGES = tuple(ModelConfig(model=name) for name in (MISTRAL, QWEN, CLAUDE))
DISTILLED = "deepseek/deepseek-r1-distill-qwen-32b"


def party(requested, served=None, role="author"):
    return CallParty(role=role, requested=requested, served=requested if served is None else served)


def names(allowed):
    return {judge.model for judge in allowed.judges}


def test_kin_of_any_writing_role_is_refused_and_others_are_not(models):
    for role in ("author", "rewriter", "repairer", "rejected_author"):
        writers = writers_from([party("openai/gpt-4o"), party("qwen/qwen3-8b", role=role)], models)
        allowed = allowed_judges("row", [writers], JUDGES, models)
        assert names(allowed) == {MISTRAL, CLAUDE}, role
    writers = writers_from([party("openai/gpt-4o"), party(QWEN, role="judge")], models)
    assert names(allowed_judges("row", [writers], JUDGES, models)) == {MISTRAL, QWEN, CLAUDE}


def test_what_was_served_counts_beside_what_was_asked_for(models):
    writers = writers_from([party("openai/gpt-4o", served="claude-haiku-4-5")], models)
    assert writers.lineages == ("anthropic", "openai")
    assert CLAUDE not in names(allowed_judges("row", [writers], JUDGES, models))


def test_a_distilled_author_bars_the_family_it_inherits_from(models):
    writers = writers_from([party(DISTILLED)], models)
    assert names(allowed_judges("row", [writers], JUDGES, models)) == {MISTRAL, CLAUDE}


@pytest.mark.parametrize("served", ["", "prod-7", "auto"])
def test_a_writer_of_whom_nothing_is_known_leaves_no_judge(models, served):
    writers = writers_from([party("openai/gpt-4o", served=served)], models)
    allowed = allowed_judges("row", [writers], JUDGES, models)
    assert allowed.judges == ()
    assert allowed.refused[0].startswith("L002")


def test_a_judge_of_unknown_lineage_is_refused_and_a_declared_one_is_not(models):
    judges = tuple(ModelConfig(model=name) for name in ("llm-prod-7", "house/heron-1"))
    allowed = allowed_judges("row", [Writers(lineages=("openai",))], judges, models)
    assert names(allowed) == {"house/heron-1"}
    assert "L002" in allowed.refused[0]
    assert not names(allowed_judges("row", [Writers(lineages=("mistral",))], judges, models))


def test_rules_have_no_kin(models):
    writers = writers_from([party("offline/rules")], models)
    assert writers == Writers()
    assert writers_from([party("offline/rules", served="gpt-4o")], models).unknown_because
    assert len(allowed_judges("row", [writers], JUDGES, models).judges) == 3


def waived(models, **pair):
    waiver = Waiver(rule="L001", reason="one key only", expires=date(2026, 10, 5), **pair)
    return replace(models, waivers=(waiver,))


@pytest.mark.parametrize(
    ("pair", "allowed"),
    [
        ({}, {MISTRAL, QWEN, CLAUDE}),
        ({"author": "qwen/qwen3-8b", "judge": QWEN}, {MISTRAL, QWEN, CLAUDE}),
        ({"author": "qwen/qwen3-8b", "judge": CLAUDE}, {MISTRAL, CLAUDE}),
        ({"author": DISTILLED}, {MISTRAL, CLAUDE}),
    ],
)
def test_a_waived_pair_may_work_together_and_no_other(models, pair, allowed):
    writers = writers_from([party("qwen/qwen3-8b")], models)
    assert names(allowed_judges("row", [writers], JUDGES, models)) == {MISTRAL, CLAUDE}
    found = allowed_judges("row", [writers], JUDGES, waived(models, **pair))
    assert names(found) == allowed


def test_each_writer_of_each_row_needs_a_waiver_of_its_own(models):
    one = waived(models, author="qwen/qwen3-8b", judge=QWEN)
    both = writers_from([party("qwen/qwen3-8b"), party(DISTILLED, role="repairer")], models)
    assert QWEN not in names(allowed_judges("row", [both], JUDGES, one))
    first, second = (
        writers_from([party(name)], models) for name in ("qwen/qwen3-8b", "qwen/qwen3-14b")
    )
    assert QWEN not in names(allowed_judges("row", [first, second], JUDGES, one))
    assert QWEN in names(allowed_judges("row", [first, first], JUDGES, one))
    assert QWEN not in names(allowed_judges("row", [Writers(lineages=("qwen",))], JUDGES, one))


def test_no_waiver_lets_an_unknown_writer_or_judge_in(models):
    free = waived(models)
    unknown = Writers(unknown_because="lost")
    assert not allowed_judges("row", [unknown], JUDGES, free).judges
    opaque = (ModelConfig(model="llm-prod-7"),)
    assert not allowed_judges("row", [Writers()], opaque, free).judges


def test_the_order_of_judges_is_fixed_by_the_row_and_differs_between_rows(models):
    orders = {
        tuple(
            judge.model for judge in allowed_judges(f"row-{n}", [Writers()], JUDGES, models).judges
        )
        for n in range(60)
    }
    assert len(orders) == 6
    turned = allowed_judges("row-1", [Writers()], JUDGES[::-1], models)
    assert turned == allowed_judges("row-1", [Writers()], JUDGES, models)


def test_a_declared_opaque_name_is_what_it_was_declared_as_and_nothing_else(models):
    assert served_lineage("house/heron-1", "heron-1", models) == ("mistral",)
    assert serves_what_was_asked(models, "house/heron-1", "heron-1")
    assert not serves_what_was_asked(models, "house/heron-1", "heron-2")
    assert not serves_what_was_asked(models, "house/heron-1", "gpt-4o")
    assert serves_what_was_asked(models, DISTILLED, "qwen3-32b")
    assert not serves_what_was_asked(models, "qwen/qwen3-32b", DISTILLED)


@pytest.fixture
def ledger(tmp_path):
    opened = Ledger(tmp_path / "ledger.sqlite", scope="bench 1.0.0")
    yield opened
    opened.close()


def store(ledger, *, model, served, role="author"):
    spec = CallSpec(
        provider="http",
        model=model,
        endpoint="http://127.0.0.1:1/v1",
        messages=(Turn(role="user", content=role + served),),
        max_tokens=10,
    )
    result = CallResult(
        call_id=spec.key[:16],
        spec=spec,
        purpose=Purpose(role=role, row="row"),
        reply=answered("x", served=served),
        cost_picodollars=0,
        cost_source="free",
        replayed=False,
    )
    ledger.write(ledger.claim(spec, picodollars=0, cap_picodollars=None))
    ledger.write(ledger.store(result, price_sha256="0" * 64, tries=1, seconds=0.0, made_at=0.0))
    return result.call_id


def test_who_wrote_is_read_from_the_ledger(ledger, models, synthetic):
    ids = (
        store(ledger, model="openai/gpt-4o", served="gpt-4o"),
        store(ledger, model="deepseek/deepseek-chat", served="deepseek-chat", role="repairer"),
    )
    found = writers_of(synthetic(calls=ids), ledger, models)
    assert found == Writers(lineages=("deepseek", "openai"))


def test_a_row_whose_calls_are_not_in_the_ledger_has_unknown_writers(ledger, models, synthetic):
    judged = store(ledger, model="openai/gpt-4o", served="gpt-4o", role="judge")
    for calls in (("f" * 16,), ("",), (judged[:4],), (judged,)):
        assert writers_of(synthetic(calls=calls), ledger, models).unknown_because, calls


NAMES = (
    *("openai/gpt-4o", "openai/gpt-4o-mini", MISTRAL, QWEN, CLAUDE, DISTILLED),
    *("deepseek/deepseek-chat", "meta-llama/llama-4-scout", "google/gemini-2.5-flash"),
    *("google/gemma-3-27b", "offline/rules", "llm-prod-7"),
)
SERVED = st.sampled_from(
    (*NAMES, "gpt-4o-mini-2024-07-18", "mistral-small-2603", "", "same", "same")
)
PARTIES = st.lists(
    st.tuples(
        st.sampled_from(("author", "rewriter", "repairer", "rejected_author")),
        st.sampled_from(NAMES),
        SERVED,
    ),
    min_size=1,
    max_size=4,
)
ROSTER = st.lists(
    st.sampled_from([name for name in NAMES if name != "offline/rules"]),
    min_size=1,
    max_size=5,
    unique=True,
)


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(parties=PARTIES, roster=ROSTER, data=st.data(), per_task=st.integers(1, 2))
def test_no_accepted_row_shares_a_lineage_with_any_of_its_judges(
    models, synthetic, parties, roster, data, per_task
):
    """Over random writers, rosters, fallbacks (another model served) and repairs."""
    served_by = {name: data.draw(SERVED, label=name) for name in roster}
    needs_repair = data.draw(st.booleans(), label="needs repair")
    written = [
        CallParty(role=role, requested=name, served=name if served == "same" else served)
        for role, name, served in parties
    ]

    def answer(body):
        text = "nonsense" if needs_repair and not is_repair(body) else reply(5, "Go")
        served = served_by[body["model"]]
        return answered(text, served=body["model"] if served == "same" else served)

    bench = Bench(answer)
    panel = Panel(
        asker=Asker(caller=bench, models=models),
        judges=tuple(ModelConfig(model=name) for name in roster),
        per_task=per_task,
        minimums=dict.fromkeys(DIMENSIONS, 3),
    )
    judged = panel.judge(synthetic(), writers_from(written, models))
    touched = set()
    for one in written:
        touched |= {*models.lineages(one.requested), *models.lineages(one.served)}
    for spec, _ in bench.calls:
        assert not touched & set(models.lineages(spec.model))
    if judged.decision.status == "accepted":
        assert len(judged.verdicts) == per_task
        for verdict in judged.verdicts:
            for name in (verdict.judge.requested, *verdict.judge.served):
                assert models.lineages(name)
                assert not touched & set(models.lineages(name))


def test_the_property_is_not_vacuous(panel, synthetic):
    made, _ = panel(lambda body: reply(5, shown_of(body).splitlines()[0]))
    assert made.judge(synthetic(), Writers(lineages=("openai",))).decision.status == "accepted"

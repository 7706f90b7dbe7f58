import asyncio

import pytest

from benchwright.calls.http import HttpProvider
from benchwright.calls.provider import BudgetError, ProviderFault
from benchwright.calls.scripted import RuleProvider
from benchwright.errors import ConfigError
from tests.loopback.openai_server import OpenAIServer


def test_a_reply_is_paid_for_once_and_comes_from_the_ledger_after_that(gateway, spec, purpose):
    with OpenAIServer(answer=lambda body: "a task") as server:
        calls = gateway()
        first = calls.call(spec(endpoint=server.url), purpose)
        again = calls.call(spec(endpoint=server.url), purpose)
    assert len(server.log) == 1
    assert (first.reply.text, first.replayed) == ("a task", False)
    assert (again.reply, again.replayed) == (first.reply, True)
    assert first.cost_picodollars == 3 * 1_000_000 + 2 * 2_000_000
    assert calls.ledger.spent().total == first.cost_picodollars


def test_an_answer_of_one_endpoint_is_never_served_as_anothers(gateway, spec, purpose):
    with (
        OpenAIServer(answer=lambda body: "one") as one,
        OpenAIServer(answer=lambda body: "two") as two,
    ):
        calls = gateway()
        assert calls.call(spec(endpoint=one.url), purpose).reply.text == "one"
        assert calls.call(spec(endpoint=two.url), purpose).reply.text == "two"


def test_another_attempt_is_another_call(gateway, spec, purpose):
    with OpenAIServer() as server:
        calls = gateway()
        for attempt in (0, 1, 1):
            calls.call(spec(endpoint=server.url, attempt=attempt), purpose)
    assert len(server.log) == 2


def test_a_changed_copy_of_a_request_has_a_key_of_its_own_and_an_equal_one_the_same(spec):
    first = spec("one")
    assert first.model_copy(update={"attempt": 1}).key != first.key
    assert first.model_copy().key == spec("one").key == first.key
    assert first == spec("one")
    assert "key" not in first.model_dump()


@pytest.mark.parametrize(
    "fault",
    ["429", "429_without_retry_after", "500", "cut", "invalid_utf8", "empty_choices", "not_json"],
)
def test_a_passing_fault_is_tried_again(fault, gateway, spec, purpose):
    with OpenAIServer(fault=lambda number, body: fault if number < 2 else None) as server:
        assert gateway().call(spec(endpoint=server.url), purpose).reply.text == "ok"
    assert len(server.log) == 3


def test_a_timeout_is_tried_again_and_counts_as_lost_money(gateway, spec, purpose, ledger):
    with OpenAIServer(fault=lambda number, body: "timeout" if number == 0 else None) as server:
        calls = gateway(HttpProvider(timeout_seconds=0.3))
        made = calls.call(spec(endpoint=server.url), purpose)
    worst = calls.prices.worst_case(made.spec)
    assert (ledger.spent().lost, ledger.spent().settled) == (worst, made.cost_picodollars)


def test_a_limit_is_waited_for_as_long_as_the_server_says(gateway, spec, purpose, fake_time):
    with OpenAIServer(fault=lambda n, body: "429" if n == 0 else None, retry_after="7") as server:
        gateway().call(spec(endpoint=server.url), purpose)
    assert max(fake_time.slept) == 7


@pytest.mark.parametrize(("fault", "kind"), [("400", "bad_request"), ("401", "auth")])
def test_a_lasting_fault_is_not_tried_again_and_costs_nothing(fault, kind, gateway, spec, purpose):
    with OpenAIServer(fault=lambda number, body: fault) as server:
        calls = gateway()
        with pytest.raises(ProviderFault) as caught:
            calls.call(spec(endpoint=server.url), purpose)
    assert caught.value.kind == kind
    assert len(server.log) == 1
    assert calls.ledger.spent().total == 0


def test_a_dead_endpoint_opens_the_circuit_and_says_what_it_last_said(gateway, spec, purpose):
    with OpenAIServer(fault=lambda number, body: "500") as server:
        calls = gateway()
        for row in range(2):
            with pytest.raises(ProviderFault):
                calls.call(spec(f"task {row}", endpoint=server.url), purpose)
        with pytest.raises(ProviderFault, match=r"8 times in a row.*broken"):
            calls.call(spec("one more", endpoint=server.url), purpose)
    assert len(server.log) == 8


def test_a_refusal_is_a_reply_and_is_not_tried_again(gateway, spec, purpose):
    with OpenAIServer(fault=lambda number, body: "refusal") as server:
        made = gateway().call(spec(endpoint=server.url), purpose)
    assert (made.reply.finish_reason, made.reply.text, len(server.log)) == ("refusal", "", 1)


def test_the_served_model_is_the_replys_own(gateway, spec, purpose):
    with OpenAIServer(fault=lambda number, body: "wrong_model") as server:
        made = gateway().call(spec(endpoint=server.url), purpose)
    assert made.spec.model == "house/heron-1"
    assert made.reply.served_model == "gpt-4o-mini-2024-07-18"


def test_a_reply_without_usage_costs_the_most_it_can(gateway, spec, purpose):
    with OpenAIServer(fault=lambda number, body: "no_usage") as server:
        calls = gateway()
        made = calls.call(spec(endpoint=server.url), purpose)
    assert made.cost_picodollars == calls.prices.worst_case(made.spec)


@pytest.mark.parametrize("fault", ["huge", "slow_drip"])
def test_a_large_or_slow_reply_arrives_whole(fault, gateway, spec, purpose):
    with OpenAIServer(fault=lambda number, body: fault) as server:
        made = gateway().call(spec(endpoint=server.url), purpose)
    assert made.reply.text == ("word " * 200_000 if fault == "huge" else "ok")


def test_a_call_that_could_cross_the_cap_is_not_made(gateway, spec, purpose):
    with OpenAIServer() as server:
        one = spec(endpoint=server.url)
        worst = gateway().prices.worst_case(one)
        with pytest.raises(BudgetError, match="stopped at the cap"):
            gateway(cap=worst - 1).call(one, purpose)
        assert server.log == []
        gateway(cap=worst).call(one, purpose)
    assert len(server.log) == 1


def test_an_unknown_price_stops_before_the_call(gateway, spec, purpose):
    unknown = pytest.raises(ConfigError, match="the price of 'house/heron-1' is unknown")
    with OpenAIServer() as server, unknown:
        gateway(prices={}).call(spec(endpoint=server.url), purpose)
    assert server.log == []


def test_an_offline_rule_costs_nothing_and_is_kept_under_its_own_name(gateway, spec, purpose):
    rule = RuleProvider("offline", lambda asked: "a rule's task", served_model="offline/rules")
    made = gateway(rule, cap=0).call(spec(provider="offline", endpoint=""), purpose)
    assert (made.reply.served_model, made.cost_picodollars, made.cost_source) == (
        "offline/rules",
        0,
        "free",
    )


def test_a_key_never_stands_in_an_error_or_in_the_ledger(
    gateway, spec, purpose, monkeypatch, ledger
):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-planted-secret-123456")
    with OpenAIServer(fault=lambda n, body: "401" if n == 0 else None) as server:
        calls = gateway(HttpProvider(key_variables={server.url: "OPENAI_API_KEY"}))
        with pytest.raises(ProviderFault) as caught:
            calls.call(spec(endpoint=server.url), purpose)
        calls = gateway(HttpProvider(key_variables={server.url: "OPENAI_API_KEY"}))
        calls.call(spec(endpoint=server.url), purpose)
    assert {item.authorization for item in server.log} == {"Bearer sk-planted-secret-123456"}
    ledger.close()
    stored = b"".join(path.read_bytes() for path in ledger.path.parent.rglob("*") if path.is_file())
    assert b"planted-secret" not in stored
    assert "planted-secret" not in str(caught.value)
    assert "planted" not in str(ProviderFault("auth", "bad key sk-planted-secret-123456", fix="x"))


def test_an_open_circuit_ends_every_call_that_waits_for_a_place(gateway, spec, purpose):
    async def all_at_once(calls, asked):
        return await asyncio.wait_for(
            asyncio.gather(*(calls.acall(one, purpose) for one in asked), return_exceptions=True),
            timeout=20,
        )

    with OpenAIServer(fault=lambda number, body: "500") as server:
        calls = gateway(max_connections=1)
        asked = [spec(f"task {number}", endpoint=server.url) for number in range(20)]
        ended = calls._run(all_at_once(calls, asked))
    assert {type(one) for one in ended} == {ProviderFault}
    assert sum(one.kind == "circuit_open" for one in ended) >= 12


def test_a_key_goes_only_to_the_endpoint_that_it_was_given_for(gateway, spec, purpose, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-planted-secret-123456")
    with OpenAIServer() as server:
        gateway().call(spec(endpoint=server.url), purpose)
        elsewhere = HttpProvider(key_variables={"http://127.0.0.1:1/v1": "OPENAI_API_KEY"})
        gateway(elsewhere).call(spec("another", endpoint=server.url), purpose)
    assert [item.authorization for item in server.log] == [None, None]

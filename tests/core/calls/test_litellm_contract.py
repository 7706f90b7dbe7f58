"""What we rely on, or work around, in LiteLLM and DSPy: a new version that differs fails here."""

import os
import subprocess
import sys

import pytest

from benchwright.calls.dspy_engine import GatewayEngine, ModelSettings, language_model
from benchwright.calls.provider import ProviderFault
from benchwright.calls.scripted import RuleProvider
from benchwright.calls.through_litellm import SILENT, LiteLLMProvider
from tests.loopback.openai_server import OpenAIServer

PRICED = "openai/gpt-4o-mini"


@pytest.fixture
def key(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-loopback-00000000")


@pytest.fixture
def litellm_call(gateway, spec, purpose, key):
    def make(server, *, timeout_seconds=5, **changes):
        calls = gateway(LiteLLMProvider(timeout_seconds=timeout_seconds))
        asked = spec(provider="litellm", model=PRICED, endpoint=server.url, **changes)
        return calls.call(asked, purpose)

    return make


def test_litellm_sends_what_the_spec_says_and_nothing_of_a_schema_is_lost(litellm_call):
    schema = {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]}
    with OpenAIServer(answer=lambda body: '{"a": 1}') as server:
        made = litellm_call(server, seed=7, temperature=0.2, response_schema=schema)
    [served] = server.log
    assert served.body["model"] == "gpt-4o-mini"
    assert (served.body["seed"], served.body["temperature"]) == (7, 0.2)
    assert served.body["max_tokens"] == 100
    assert served.body["response_format"]["json_schema"]["schema"] == schema
    assert made.reply.text == '{"a": 1}'
    assert made.reply.usage.input_tokens == 3


@pytest.mark.parametrize("fault", ["429", "500", "cut", "empty_choices"])
def test_litellm_makes_one_request_per_try_for_each_fault(fault, litellm_call):
    with OpenAIServer(fault=lambda number, body: fault if number == 0 else None) as server:
        assert litellm_call(server).reply.text == "ok"
    assert len(server.log) == 2


def test_litellm_honours_our_timeout(litellm_call):
    with OpenAIServer(fault=lambda n, body: "timeout" if n == 0 else None) as server:
        assert litellm_call(server, timeout_seconds=0.5).reply.text == "ok"
    assert len(server.log) == 2


def test_litellm_keeps_retry_after(litellm_call, fake_time):
    with OpenAIServer(fault=lambda n, body: "429" if n == 0 else None, retry_after="9") as server:
        litellm_call(server)
    assert max(fake_time.slept) == 9


def test_litellm_maps_a_wrong_key_to_a_fault_that_is_not_tried_again(litellm_call):
    refused = pytest.raises(ProviderFault)
    with OpenAIServer(fault=lambda number, body: "401") as server, refused as caught:
        litellm_call(server)
    assert caught.value.kind == "auth"
    assert len(server.log) == 1


def test_litellm_keeps_the_served_model_and_the_reported_cost(litellm_call):
    with OpenAIServer(fault=lambda number, body: "wrong_model") as server:
        assert litellm_call(server).reply.served_model == "gpt-4o-mini-2024-07-18"


def test_importing_benchwright_and_its_seam_imports_neither_litellm_nor_dspy():
    code = (
        "import sys, benchwright, benchwright.calls.gateway, benchwright.calls.through_litellm,"
        "benchwright.calls.dspy_engine, benchwright.calls.http\n"
        "print([name for name in ('litellm', 'dspy', 'torch', 'aiohttp') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ
    )
    assert done.stdout.strip() == "[]"


def test_a_dspy_module_goes_through_our_ledger_and_is_asked_once(gateway, purpose):
    import dspy

    asked = []

    def answer(spec):
        asked.append(spec)
        return "[[ ## answer ## ]]\n5\n\n[[ ## completed ## ]]"

    calls = gateway(RuleProvider("scripted", answer, served_model="scripted/five"))
    for _ in range(2):
        engine = GatewayEngine(
            gateway=calls,
            settings=ModelSettings(provider="scripted", model="scripted/five"),
            purpose=purpose,
            seed=3,
            attempt=0,
            made=[],
        )
        with dspy.context(lm=language_model(engine)):
            assert dspy.Predict("question -> answer: int")(question="2 + 3?").answer == 5
        assert len(engine.made) == 1
    assert len(asked) == 1
    assert asked[0].seed == 3
    assert [turn.role for turn in asked[0].messages] == ["system", "user"]


def test_a_malformed_answer_makes_dspy_call_a_second_time_and_both_are_in_the_ledger(
    gateway, purpose
):
    import dspy

    calls = gateway(RuleProvider("scripted", lambda spec: "no marks", served_model="scripted/x"))
    engine = GatewayEngine(
        gateway=calls,
        settings=ModelSettings(provider="scripted", model="scripted/x"),
        purpose=purpose,
        seed=None,
        attempt=0,
        made=[],
    )
    with dspy.context(lm=language_model(engine)), pytest.raises(Exception, match=r"parse|Adapter"):
        dspy.Predict("question -> answer: int")(question="2 + 3?")
    assert len(engine.made) == 2


def test_litellm_keeps_no_log_tells_no_callback_and_works_out_no_cost(litellm_call, monkeypatch):
    import litellm
    from litellm import cost_calculator
    from litellm.integrations.custom_logger import CustomLogger
    from litellm.litellm_core_utils.litellm_logging import Logging
    from litellm.litellm_core_utils.logging_worker import GLOBAL_LOGGING_WORKER

    told = []

    class Listener(CustomLogger):
        def log_pre_api_call(self, *args):
            told.append("before")

        async def async_log_success_event(self, *args):
            told.append("success")

        async def async_log_failure_event(self, *args):
            told.append("failure")

    monkeypatch.setattr(litellm, "callbacks", [Listener()])
    monkeypatch.setattr(
        cost_calculator, "response_cost_calculator", lambda *args, **kwargs: told.append("cost")
    )
    with OpenAIServer(fault=lambda n, body: "500" if n == 0 else None) as server:
        assert litellm_call(server).reply.text == "ok"
    assert told == []
    assert GLOBAL_LOGGING_WORKER._worker_task is None
    assert set(SILENT) <= set(vars(Logging))


def test_litellm_leaves_the_client_of_openai_out_where_it_has_its_own(litellm_call, monkeypatch):
    from litellm.llms.openai import openai

    made = []
    init = openai.AsyncOpenAI.__init__
    monkeypatch.setattr(
        openai.AsyncOpenAI,
        "__init__",
        lambda self, *args, **kwargs: (made.append(kwargs), init(self, *args, **kwargs))[1],
    )
    with OpenAIServer() as server:
        litellm_call(server)
        assert made == []
        monkeypatch.setenv("EXPERIMENTAL_OPENAI_BASE_LLM_HTTP_HANDLER", "False")
        litellm_call(server, attempt=1)
    assert len(made) == 1

"""Every provider that LiteLLM knows; it is imported at the first real call, never before.

Its web look-ups, telemetry, retries and caches stay off: the gateway does that work, and LiteLLM's
own cache crashes on a hit, its cost is 0.0 for some paid models. So does its log of each call, and
OpenAI's client is left out where LiteLLM has a handler of its own: both together more than halve
what a call costs of a core.
"""

import os
import sys
from datetime import UTC, datetime
from functools import cache
from typing import Any

from benchwright.calls.chat_json import reply_of, request_body
from benchwright.calls.http import status_fault
from benchwright.calls.provider import ProviderFault
from benchwright.calls.spec import CallSpec, ProviderKind, Reply

_SETTINGS = {
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",
    "LITELLM_MODE": "PRODUCTION",
    "EXPERIMENTAL_OPENAI_BASE_LLM_HTTP_HANDLER": "True",
}


def _nothing(*_: object, **__: object) -> None: ...


async def _nothing_later(*_: object, **__: object) -> None: ...


def _already_done(_: object) -> bool:
    return False


SILENT = {
    "pre_call": _nothing,
    "post_call": _nothing,
    "failure_handler": _nothing,
    "async_failure_handler": _nothing_later,
    "response_cost_calculator": _nothing,
    "handle_sync_success_callbacks_for_async_calls": _nothing,
    "claim_async_success_log": _already_done,
}


class LiteLLMProvider:
    """Calls `litellm.acompletion`.

    Args:
        timeout_seconds: For one whole call.
    """

    kind: ProviderKind = "litellm"
    is_paid = True

    def __init__(self, *, timeout_seconds: float = 120) -> None:
        self._timeout_seconds = timeout_seconds

    async def complete(self, spec: CallSpec) -> Reply:
        """Make one call.

        Raises:
            ProviderFault: For everything that LiteLLM raises.
        """
        litellm = _imported()
        body = request_body(spec, model=spec.model)
        if spec.endpoint:
            body["api_base"] = spec.endpoint
        try:
            completion = await litellm.acompletion(
                **body,
                timeout=self._timeout_seconds,
                num_retries=0,
                max_retries=0,
                caching=False,
                litellm_logging_obj=_no_log(spec),
            )
        except Exception as error:
            raise _fault(error) from error
        return reply_of(completion.model_dump())

    async def close(self) -> None:
        """Close what LiteLLM keeps open for this event loop."""
        if "litellm" in sys.modules:
            litellm = _imported()
            await litellm.close_litellm_async_clients()
            litellm.in_memory_llm_clients_cache.flush_cache()


def _imported() -> Any:
    for name, value in _SETTINGS.items():
        os.environ.setdefault(name, value)
    import litellm

    litellm.suppress_debug_info = True
    litellm.cache = None
    return litellm


@cache
def _no_log_class() -> Any:
    """Return a log of one call that writes nothing, tells nobody and works out no cost."""
    from litellm.litellm_core_utils.litellm_logging import Logging

    return type("NoLog", (Logging,), SILENT)


def _no_log(spec: CallSpec) -> Any:
    return _no_log_class()(
        model=spec.model,
        messages=[],
        stream=False,
        call_type="acompletion",
        start_time=datetime.now(UTC).replace(tzinfo=None),
        litellm_call_id=spec.key[:16],
        function_id="",
    )


def _fault(error: Exception) -> ProviderFault:
    status = getattr(error, "status_code", None)
    said = f"{type(error).__name__}: {error}"
    name = type(error).__name__
    if name == "Timeout":
        return ProviderFault("timeout", said[:300], fix="raise timeout_seconds")
    if name == "APIConnectionError" or not isinstance(status, int):
        return ProviderFault("connection", said[:300], fix="check endpoint, network and key")
    return status_fault(status, said, retry_after=_header(error, "retry-after"))


def _header(error: Exception, name: str) -> str | None:
    """Return a header of the reply; LiteLLM keeps them in either of two places."""
    for headers in (
        getattr(error, "litellm_response_headers", None),
        getattr(getattr(error, "response", None), "headers", None),
    ):
        for key, value in (headers or {}).items():
            if str(key).lower() == name:
                return str(value)
    return None

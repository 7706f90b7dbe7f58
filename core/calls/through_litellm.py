"""Every provider that LiteLLM knows; it is imported at the first real call, never before.

Its web look-ups, telemetry, retries and caches stay off: the gateway does that work, and LiteLLM's
own cache crashes on a hit, its cost is 0.0 for some paid models.
"""

import asyncio
import os
import sys
from contextlib import suppress
from typing import Any

from benchwright.calls.chat_json import reply_of, request_body
from benchwright.calls.http import status_fault
from benchwright.calls.provider import ProviderFault
from benchwright.calls.spec import CallSpec, ProviderKind, Reply

_QUIET = {"LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_MODE": "PRODUCTION"}
_SECONDS_TO_CLOSE = 5.0


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
                **body, timeout=self._timeout_seconds, num_retries=0, max_retries=0, caching=False
            )
        except Exception as error:
            raise _fault(error) from error
        return reply_of(completion.model_dump())

    async def close(self) -> None:
        """Close what LiteLLM keeps open for this event loop; its log worker runs over otherwise."""
        if "litellm" in sys.modules:
            litellm = _imported()
            from litellm.litellm_core_utils.logging_worker import GLOBAL_LOGGING_WORKER

            with suppress(TimeoutError):
                await asyncio.wait_for(GLOBAL_LOGGING_WORKER.flush(), _SECONDS_TO_CLOSE)
            await GLOBAL_LOGGING_WORKER.stop()
            await litellm.close_litellm_async_clients()
            litellm.in_memory_llm_clients_cache.flush_cache()


def _imported() -> Any:
    for name, value in _QUIET.items():
        os.environ.setdefault(name, value)
    import litellm

    litellm.suppress_debug_info = True
    litellm.cache = None
    return litellm


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

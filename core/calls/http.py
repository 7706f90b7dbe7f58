"""Any OpenAI-compatible endpoint, directly over aiohttp: for engines of one's own.

LiteLLM takes 2 to 3 ms of a core per call and seconds to import; a local engine is faster.
"""

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from benchwright.calls.chat_json import MAX_REPLY_BYTES, read_reply, request_body
from benchwright.calls.provider import ProviderFault
from benchwright.calls.spec import CallSpec, ProviderKind, Reply
from benchwright.errors import ConfigError

if TYPE_CHECKING:
    from aiohttp import ClientResponse, ClientSession

_MAX_ERROR_CHARACTERS = 300


class HttpProvider:
    """Posts to ENDPOINT/chat/completions.

    Args:
        key_variables: The environment variable that holds the key of an endpoint, by its URL. An
            endpoint that is not listed gets no key: a key never goes to whom it was not given for.
        timeout_seconds: For one whole call.
    """

    kind: ProviderKind = "http"
    is_paid = True

    def __init__(
        self, *, key_variables: Mapping[str, str] | None = None, timeout_seconds: float = 120
    ) -> None:
        self._key_variables = key_variables or {}
        self._timeout_seconds = timeout_seconds
        self._session: ClientSession | None = None

    async def complete(self, spec: CallSpec) -> Reply:
        """Make one call.

        Raises:
            ProviderFault: For every status, timeout and broken reply.
            ConfigError: If the spec names no endpoint.
        """
        import aiohttp

        if urlsplit(spec.endpoint).scheme not in ("http", "https"):
            raise ConfigError(
                f"{spec.model!r} has no endpoint to post to", fix="give it api_base: http://..."
            )
        try:
            async with self._open().post(
                f"{spec.endpoint.rstrip('/')}/chat/completions",
                json=request_body(spec, model=spec.model),
                headers=self._headers(spec.endpoint),
                allow_redirects=False,
            ) as response:
                if response.status != 200:
                    raise await _fault(response)
                return read_reply(await _read(response))
        except TimeoutError as error:
            raise ProviderFault(
                "timeout",
                f"{spec.endpoint} did not answer in {self._timeout_seconds:g} seconds",
                fix="raise timeout_seconds or use a faster endpoint",
            ) from error
        except aiohttp.ClientError as error:
            raise ProviderFault(
                "connection",
                f"{spec.endpoint}: {type(error).__name__}: {error}",
                fix="check that the endpoint runs and can be reached",
            ) from error

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _open(self) -> "ClientSession":
        import aiohttp

        if self._session is None:
            self._session = aiohttp.ClientSession(
                timeout=aiohttp.ClientTimeout(total=self._timeout_seconds),
                connector=aiohttp.TCPConnector(limit=0),
            )
        return self._session

    def _headers(self, endpoint: str) -> dict[str, str]:
        key = os.environ.get(self._key_variables.get(endpoint, ""), "")
        return {"Authorization": f"Bearer {key}"} if key else {}


async def _read(response: "ClientResponse") -> bytes:
    parts, total = [], 0
    async for part in response.content.iter_chunked(2**16):
        parts.append(part)
        total += len(part)
        if total > MAX_REPLY_BYTES:
            break
    return b"".join(parts)


async def _fault(response: "ClientResponse") -> ProviderFault:
    status = response.status
    said = (await response.content.read(4 * _MAX_ERROR_CHARACTERS)).decode("utf-8", "replace")
    return status_fault(status, said, retry_after=response.headers.get("Retry-After"))


def status_fault(status: int, said: str, *, retry_after: str | None) -> ProviderFault:
    """Return the fault that an HTTP status stands for."""
    message = f"status {status}: {' '.join(said.split())[:_MAX_ERROR_CHARACTERS]}"
    if status == 429:
        return ProviderFault(
            "rate_limited",
            message,
            fix="lower --max-connections, or wait",
            retry_after_seconds=retry_after_seconds(retry_after),
        )
    if status in (401, 403):
        return ProviderFault("auth", message, fix="set the key of this endpoint")
    if status >= 500 or status == 408:
        return ProviderFault(
            "server",
            message,
            fix="wait and run the same command again",
            retry_after_seconds=retry_after_seconds(retry_after),
        )
    return ProviderFault("bad_request", message, fix="correct the model's name or its settings")


def retry_after_seconds(value: str | None) -> float | None:
    """Return a `Retry-After` of seconds; a date or nonsense is None, and so is more than an hour.

    Source: RFC 9110, section 10.2.3.
    """
    try:
        seconds = float(value) if value is not None else -1.0
    except ValueError:
        return None
    return seconds if 0 <= seconds <= 3_600 else None

"""How many calls an endpoint gets at once: more while it answers, fewer when it says so.

Additive increase, multiplicative decrease; `Retry-After` stops every call to the endpoint until
then; failures in a row open a circuit, so that a dead endpoint ends the run instead of eating it.

Source: AIMD after Chiu and Jain 1989; the circuit after Nygard, Release It!, 2007.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from benchwright.calls.provider import ProviderFault

MAX_FAILURES_IN_A_ROW = 8


class Endpoint:
    """The calls in flight to one endpoint.

    Args:
        name: For messages.
        max_connections: Never more calls at once than this.
        clock: Seconds, monotonic.
        sleep: Waits that many seconds.
    """

    def __init__(
        self,
        name: str,
        *,
        max_connections: int,
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self.name = name
        self.max_connections = max_connections
        self.allowed = float(max_connections)
        self.in_flight = 0
        self._clock = clock
        self._sleep = sleep
        self._resume_at = 0.0
        self._failures = 0
        self._closed: str | None = None
        self._changed = asyncio.Condition()

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[None]:
        """Hold one of the places; waits for one, and for the time the endpoint asked for.

        Raises:
            ProviderFault: If the circuit is open.
        """
        await self._enter()
        try:
            yield
        finally:
            async with self._changed:
                self.in_flight -= 1
                self._changed.notify()

    def succeeded(self) -> None:
        """Count a reply: the endpoint may get one more call per round of replies."""
        self._failures = 0
        self.allowed = min(float(self.max_connections), self.allowed + 1 / self.allowed)

    def failed(self, fault: ProviderFault) -> None:
        """Count a failure; a limit halves the calls at once and waits as long as it says."""
        if fault.kind == "circuit_open":
            return
        if fault.kind == "rate_limited":
            self.allowed = max(1.0, self.allowed / 2)
            if fault.retry_after_seconds is not None:
                self._resume_at = max(self._resume_at, self._clock() + fault.retry_after_seconds)
            return
        self._failures += 1
        if fault.kind == "auth":
            self._closed = f"{self.name} refuses the key: {fault.message}"
        elif self._failures >= MAX_FAILURES_IN_A_ROW:
            self._closed = f"{self.name} failed {self._failures} times in a row: {fault.message}"

    def refuse_when_open(self) -> None:
        """Raise when the endpoint refused the key, or failed too often in a row."""
        if self._closed is not None:
            raise ProviderFault(
                "circuit_open",
                f"no more calls are made: {self._closed}",
                fix="mend the endpoint, the key or the network, then run the same command again",
            )

    async def _enter(self) -> None:
        while True:
            if self._closed is not None:
                async with self._changed:
                    self._changed.notify_all()
            self.refuse_when_open()
            wait = self._resume_at - self._clock()
            if wait > 0:
                await self._sleep(wait)
                continue
            async with self._changed:
                if self.in_flight < max(1, int(self.allowed)):
                    self.in_flight += 1
                    return
                await self._changed.wait()

"""Every call goes through here: ledger first, then budget, rate, retries, and the ledger again."""

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from benchwright.calls.ledger import Ledger
from benchwright.calls.prices import PriceTable
from benchwright.calls.provider import BudgetError, Provider, ProviderFault
from benchwright.calls.rate import Endpoint
from benchwright.calls.spec import CallResult, CallSpec, CostSource, Purpose, Reply
from benchwright.calls.writer import GroupWriter
from benchwright.errors import ConfigError, nearest
from benchwright.seeds import seeded_random

T = TypeVar("T")
MAX_TRIES = 5
_FIRST_WAIT_SECONDS = 0.5
_BUSY_WAIT_SECONDS = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a run may use.

    Attributes:
        cap_picodollars: Most that may be spent in the ledger's scope; None without a cap.
        max_connections: Most calls at once to one endpoint.
        max_tries: Times that one call is tried before it fails.
    """

    cap_picodollars: int | None
    max_connections: int = 16
    max_tries: int = MAX_TRIES


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """Time, as an argument: tests bring their own."""

    monotonic: Callable[[], float] = time.monotonic
    wall: Callable[[], float] = time.time
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep


@dataclass(slots=True)
class _State:
    endpoints: dict[str, Endpoint] = field(default_factory=dict)
    flights: dict[str, "asyncio.Future[CallResult]"] = field(default_factory=dict)


class Gateway:
    """Makes calls for a project; close it, or use it in a `with`.

    Args:
        ledger: Where replies are found and kept.
        providers: By kind.
        prices: For providers whose calls are paid.
        limits: Cap, connections and tries.
        clock: Time.
    """

    def __init__(
        self,
        *,
        ledger: Ledger,
        providers: Iterable[Provider],
        prices: PriceTable,
        limits: Limits,
        clock: Clock | None = None,
    ) -> None:
        self.ledger = ledger
        self.prices = prices
        self.limits = limits
        self._providers: Mapping[str, Provider] = {item.kind: item for item in providers}
        self._clock = clock or Clock()
        self._state = _State()
        self._writer = GroupWriter(ledger)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(
            target=self._loop.run_forever, name="benchwright-calls", daemon=True
        )
        self._thread.start()

    def __enter__(self) -> "Gateway":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the providers and stop the thread; the ledger stays open."""
        for provider in self._providers.values():
            closing = getattr(provider, "close", None)
            if closing is not None:
                self._run(closing())
        self._run(self._writer.close())
        self._run(_cancel_others())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def call(self, spec: CallSpec, purpose: Purpose) -> CallResult:
        """Return the reply to a request, from the ledger when it is there.

        Raises:
            ProviderFault: If there is no reply after every try, or the circuit is open.
            BudgetError: If the call could cross the cap.
            ConfigError: If the price of a paid call is unknown.
        """
        return self.ledger.find(spec, purpose) or self._run(self.acall(spec, purpose))

    async def acall(self, spec: CallSpec, purpose: Purpose) -> CallResult:
        """Do what `call` does, from the gateway's own event loop."""
        found = self.ledger.find(spec, purpose)
        if found is not None:
            return found
        key = spec.key
        flight = self._state.flights.get(key)
        if flight is not None:
            return await asyncio.shield(flight)
        future: asyncio.Future[CallResult] = self._loop.create_future()
        self._state.flights[key] = future
        try:
            result = await self._first_call(spec, purpose)
        except BaseException as error:
            future.set_exception(error)
            future.exception()
            raise
        else:
            future.set_result(result)
            return result
        finally:
            del self._state.flights[key]

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    async def _first_call(self, spec: CallSpec, purpose: Purpose) -> CallResult:
        provider = self._provider(spec)
        worst = self.prices.worst_case(spec) if provider.is_paid else 0
        for tried in range(1, self.limits.max_tries + 1):
            answered = await self._claim(spec, purpose, worst)
            if answered is not None:
                return answered
            try:
                return await self._try(provider, spec, purpose, tried)
            except ProviderFault as fault:
                if not fault.is_retryable or tried == self.limits.max_tries:
                    raise
                await self._clock.sleep(self._wait(spec, fault, tried))
        raise AssertionError("unreachable: the last try returns or raises")

    async def _claim(self, spec: CallSpec, purpose: Purpose, worst: int) -> CallResult | None:
        """Reserve the call; return the reply when another process made it meanwhile."""
        while True:
            claim = await self._writer.do(
                self.ledger.claim(
                    spec, picodollars=worst, cap_picodollars=self.limits.cap_picodollars
                )
            )
            if claim == "claimed":
                return None
            if claim == "over_budget" and not self.ledger.spent().reserved:
                raise self._over_budget(worst)
            found = self.ledger.find(spec, purpose)
            if found is not None:
                return found
            await self._clock.sleep(_BUSY_WAIT_SECONDS)

    async def _try(
        self, provider: Provider, spec: CallSpec, purpose: Purpose, tried: int
    ) -> CallResult:
        endpoint = self._endpoint(spec)
        started = self._clock.monotonic()
        try:
            async with endpoint.slot():
                reply = await provider.complete(spec)
        except ProviderFault as fault:
            endpoint.failed(fault)
            await self._writer.do(
                self.ledger.give_up(spec, may_be_billed=fault.may_be_billed, reason=fault.kind)
            )
            raise
        except BaseException:
            self.ledger.write(self.ledger.give_up(spec, may_be_billed=True, reason="interrupted"))
            raise
        endpoint.succeeded()
        cost, source = self._cost(provider, spec, reply)
        result = CallResult(
            call_id=spec.key[:16],
            spec=spec,
            purpose=purpose,
            reply=reply,
            cost_picodollars=cost,
            cost_source=source,
            replayed=False,
        )
        await self._writer.do(
            self.ledger.store(
                result,
                price_sha256=self.prices.sha256,
                tries=tried,
                seconds=self._clock.monotonic() - started,
                made_at=self._clock.wall(),
            )
        )
        return result

    def _cost(self, provider: Provider, spec: CallSpec, reply: Reply) -> tuple[int, CostSource]:
        if not provider.is_paid:
            return 0, "free"
        if reply.cost_picodollars is not None:
            return reply.cost_picodollars, "provider"
        if reply.usage is None:
            return self.prices.worst_case(spec), "price_table"
        return self.prices.price_of(spec.model).cost(reply.usage), "price_table"

    def _wait(self, spec: CallSpec, fault: ProviderFault, tried: int) -> float:
        if fault.retry_after_seconds is not None:
            return fault.retry_after_seconds
        most = _FIRST_WAIT_SECONDS * 2 ** (tried - 1)
        return seeded_random("retry", spec.key, tried).uniform(most / 2, most)

    def _provider(self, spec: CallSpec) -> Provider:
        provider = self._providers.get(spec.provider)
        if provider is None:
            raise ConfigError(
                f"no provider {spec.provider!r} for {spec.model!r}",
                fix=nearest(spec.provider, self._providers),
            )
        return provider

    def _endpoint(self, spec: CallSpec) -> Endpoint:
        name = spec.endpoint or f"{spec.provider}:{spec.model.split('/')[0]}"
        if name not in self._state.endpoints:
            self._state.endpoints[name] = Endpoint(
                name,
                max_connections=self.limits.max_connections,
                clock=self._clock.monotonic,
                sleep=self._clock.sleep,
            )
        return self._state.endpoints[name]

    def _over_budget(self, worst: int) -> BudgetError:
        spent, cap = self.ledger.spent(), self.limits.cap_picodollars or 0
        return BudgetError(
            f"stopped at the cap of ${cap / 1e12:.4f}: ${spent.total / 1e12:.4f} are spent or "
            f"reserved, and the next call can cost ${worst / 1e12:.4f}",
            fix="raise budget.max_usd or --max-usd and run the same command again; nothing is lost",
        )


async def _cancel_others() -> None:
    """End what a library left running in the loop, so that closing it is quiet."""
    others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)

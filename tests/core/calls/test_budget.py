"""No run spends above its cap, whatever the prices, the faults and how many calls fly at once."""

import asyncio
import random

import pytest

from benchwright.calls.gateway import Gateway, Limits
from benchwright.calls.ledger import Ledger
from benchwright.calls.prices import DeclaredPrice, read_prices
from benchwright.calls.provider import BudgetError, ProviderFault
from benchwright.calls.spec import CallSpec, Purpose, Reply, Turn, Usage
from benchwright.errors import ConfigError

RUNS = 200
FAULTS = ("rate_limited", "server", "timeout", "connection", "bad_reply", "bad_request")


class PaidProvider:
    """Charges for replies, and for some calls of which nothing arrives; `billed` is its own book.

    It never charges more than the whole request in bytes and the longest reply: nobody can.
    """

    kind = "http"
    is_paid = True

    def __init__(self, draw, prices, fault_rate):
        self.draw, self.prices, self.fault_rate = draw, prices, fault_rate
        self.billed = self.asked = 0

    async def complete(self, spec):
        self.asked += 1
        await asyncio.sleep(0)
        price = self.prices.price_of(spec.model)
        most_input = sum(len(turn.content.encode()) for turn in spec.messages)
        usage = Usage(
            input_tokens=self.draw.randint(1, most_input),
            output_tokens=self.draw.randint(0, spec.max_tokens),
        )
        cost = price.cost(usage)
        if self.draw.random() < self.fault_rate:
            kind = self.draw.choice(FAULTS)
            if kind in ProviderFault.MAYBE_BILLED and self.draw.random() < 0.7:
                self.billed += cost
            raise ProviderFault(kind, "a fault", fix="none")
        self.billed += cost
        says = self.draw.choice(("usage", "cost", "nothing"))
        return Reply(
            text="ok",
            served_model=spec.model,
            response_id="",
            finish_reason="stop",
            usage=usage if says == "usage" else None,
            cost_picodollars=cost if says == "cost" else None,
        )


def spec_of(draw, number, model):
    words = " ".join(draw.choices(("task", "größer", "of", "日本"), k=draw.randint(1, 60)))
    return CallSpec(
        provider="http",
        model=model,
        endpoint="http://127.0.0.1:1/v1",
        messages=(Turn(role="user", content=f"{number} {words}"),),
        max_tokens=draw.randint(1, 500),
    )


def run_once(number, folder, clock):
    """Make 12 calls of two models with a random cap; return ledger's money, bill, cap, stops."""
    draw = random.Random(number)
    prices = read_prices(
        {
            name: DeclaredPrice(
                input_usd_per_million=draw.choice((0, 0.05, 1, 15)),
                output_usd_per_million=10 ** draw.uniform(-3, 2),
            )
            for name in ("house/one", "house/two")
        }
    )
    asked = [spec_of(draw, n, draw.choice(("house/one", "house/two"))) for n in range(12)]
    whole = sum(prices.worst_case(spec) for spec in asked)
    cap = int(whole * draw.uniform(0, 1.5))
    provider = PaidProvider(draw, prices, draw.choice((0, 0.2, 0.6)))
    ledger = Ledger(folder / f"{number}.sqlite", scope="bench")
    with Gateway(
        ledger=ledger,
        providers=[provider],
        prices=prices,
        limits=Limits(cap_picodollars=cap, max_connections=draw.choice((1, 3, 16))),
        clock=clock,
    ) as gateway:

        async def all_at_once():
            purpose = Purpose(role="author", row="row")
            made = (gateway.acall(spec, purpose) for spec in asked)
            return await asyncio.gather(*made, return_exceptions=True)

        ended = gateway._run(all_at_once())
    spent = ledger.spent()
    ledger.close()
    assert all(
        isinstance(one, BudgetError | ProviderFault) or one.reply.text == "ok" for one in ended
    )
    return spent, provider, cap, sum(isinstance(one, BudgetError) for one in ended)


def test_over_200_random_caps_and_prices_neither_ledger_nor_bill_exceeds_the_cap(
    tmp_path, fake_time
):
    stopped = free = used = 0
    for number in range(RUNS):
        spent, provider, cap, stops = run_once(number, tmp_path, fake_time.clock())
        assert spent.settled + spent.lost <= cap, number
        assert spent.reserved == 0, number
        assert provider.billed <= spent.settled + spent.lost, number
        stopped += stops > 0
        free += stops == 0
        used += spent.total > 0.5 * cap
    assert min(stopped, free, used) > RUNS / 10


def test_the_proof_would_see_a_cap_that_does_not_hold(tmp_path, fake_time, monkeypatch):
    monkeypatch.setattr("benchwright.calls.prices.PriceTable.worst_case", lambda self, spec: 1)
    over = 0
    for number in range(10):
        spent, _, cap, _ = run_once(number, tmp_path, fake_time.clock())
        over += spent.settled + spent.lost > cap
    assert over > 5


def test_an_unknown_price_stops_before_the_first_call(tmp_path, fake_time):
    provider = PaidProvider(random.Random(1), read_prices({}), 0)
    ledger = Ledger(tmp_path / "ledger.sqlite", scope="bench")
    with Gateway(
        ledger=ledger,
        providers=[provider],
        prices=read_prices({}),
        limits=Limits(cap_picodollars=10**12),
        clock=fake_time.clock(),
    ) as gateway:
        asked = spec_of(random.Random(2), 0, "house/one")
        with pytest.raises(ConfigError, match="the price of 'house/one' is unknown"):
            gateway.call(asked, Purpose(role="author", row="row"))
    assert (provider.asked, ledger.spent().total) == (0, 0)
    ledger.close()

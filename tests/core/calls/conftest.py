import asyncio

import pytest

from benchwright.calls.gateway import Clock, Gateway, Limits
from benchwright.calls.http import HttpProvider
from benchwright.calls.ledger import Ledger
from benchwright.calls.prices import DeclaredPrice, read_prices
from benchwright.calls.spec import CallSpec, Purpose, Turn

MODEL = "house/heron-1"
PRICES = {MODEL: DeclaredPrice(input_usd_per_million=1.0, output_usd_per_million=2.0)}


class FakeTime:
    """A clock that jumps when somebody sleeps."""

    def __init__(self):
        self.now = 1000.0
        self.slept = []

    async def sleep(self, seconds):
        self.slept.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)

    def clock(self):
        return Clock(monotonic=lambda: self.now, wall=lambda: self.now, sleep=self.sleep)


@pytest.fixture
def fake_time():
    return FakeTime()


@pytest.fixture
def ledger(tmp_path):
    opened = Ledger(tmp_path / "ledger.sqlite", scope="bench 1.0.0")
    yield opened
    opened.close()


@pytest.fixture
def purpose():
    return Purpose(role="author", row="row-1", cell="cell-a")


@pytest.fixture
def spec():
    def make(text="Write a task.", **changes):
        return CallSpec(
            **{
                "provider": "http",
                "model": MODEL,
                "endpoint": "http://127.0.0.1:1/v1",
                "messages": (Turn(role="user", content=text),),
                "max_tokens": 100,
                **changes,
            }
        )

    return make


@pytest.fixture
def gateway(ledger, fake_time):
    opened = []

    def make(*providers, cap=None, prices=PRICES, clock=None, own_ledger=None, **limits):
        made = Gateway(
            ledger=own_ledger or ledger,
            providers=providers or (HttpProvider(timeout_seconds=2),),
            prices=read_prices(prices),
            limits=Limits(cap_picodollars=cap, **limits),
            clock=clock or fake_time.clock(),
        )
        opened.append(made)
        return made

    yield make
    for item in opened:
        item.close()

import asyncio
import threading

import pytest

from benchwright.calls.ledger import Step
from benchwright.calls.writer import GroupWriter
from benchwright.errors import SetupError


class SlowLedger:
    """Holds back the first batch until it is let go."""

    def __init__(self, fails=False):
        self.batches = []
        self.go = threading.Event()
        self.fails = fails

    def write_all(self, steps):
        assert self.go.wait(10)
        self.batches.append(len(steps))
        if self.fails:
            raise SetupError("the ledger cannot be written", fix="free disk space")
        return [step.take(None) for step in steps]


def ask(ledger, values):
    async def run():
        writer = GroupWriter(ledger)
        first = asyncio.create_task(writer.do(values[0]))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        rest = [asyncio.create_task(writer.do(value)) for value in values[1:]]
        await asyncio.sleep(0)
        ledger.go.set()
        found = await asyncio.gather(first, *rest, return_exceptions=True)
        await writer.close()
        return found

    return asyncio.run(run())


def step(value):
    return Step(take=lambda connection: value, synced=True)


def test_what_waits_for_the_disk_goes_in_together_and_in_order():
    ledger = SlowLedger()
    assert ask(ledger, [step(number) for number in range(5)]) == [0, 1, 2, 3, 4]
    assert ledger.batches == [1, 4]


def test_everybody_who_waits_hears_that_the_disk_is_full():
    found = ask(SlowLedger(fails=True), [step(1), step(2), step(3)])
    assert [type(outcome) for outcome in found] == [SetupError] * 3


def test_only_the_one_whose_step_failed_hears_of_it(ledger, spec):
    def breaks(connection):
        raise ValueError("no")

    async def run():
        writer = GroupWriter(ledger)
        claim = ledger.claim(spec("one"), picodollars=1, cap_picodollars=None)
        found = await asyncio.gather(
            writer.do(claim), writer.do(Step(take=breaks, synced=True)), return_exceptions=True
        )
        await writer.close()
        return found

    claimed, failed = asyncio.run(run())
    assert claimed == "claimed"
    assert isinstance(failed, ValueError)


def test_a_reply_is_on_disk_before_anybody_sees_it(gateway, spec, purpose, ledger, monkeypatch):
    from benchwright.calls.scripted import RuleProvider

    calls = gateway(RuleProvider("scripted", lambda spec: "ok", served_model="scripted/x"))
    made = calls.call(spec(provider="scripted"), purpose)
    assert ledger.find(made.spec, purpose).reply == made.reply

    def full(steps):
        raise SetupError("the ledger cannot be written", fix="free disk space")

    monkeypatch.setattr(ledger, "write_all", full)
    with pytest.raises(SetupError, match="cannot be written"):
        calls.call(spec(provider="scripted", attempt=1), purpose)

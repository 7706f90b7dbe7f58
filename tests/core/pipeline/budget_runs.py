"""Whole builds under random caps, prices and faults: what was spent, billed and released.

The endpoint is a provider that keeps a book of its own. It charges for replies, and for some calls
of which nothing arrives; a reply is the same whenever a request is made again, a fault is not.
"""

import asyncio
import json
import random
from dataclasses import dataclass
from functools import partial
from unittest import mock

from benchwright.calls.chat_json import request_body
from benchwright.calls.gateway import Clock, Gateway
from benchwright.calls.prices import DeclaredPrice, read_prices
from benchwright.calls.provider import BudgetError, ProviderFault
from benchwright.calls.spec import Reply, Usage
from benchwright.config import read_project
from benchwright.pipeline.build import build
from benchwright.pipeline.calls import open_ledger
from benchwright.pipeline.run import Silence, open_run
from tests.loopback.actors import author
from tests.loopback.judges import scoring

AUTHORS = ("deepseek/deepseek-chat", "xai/grok-4")
JUDGES = ("mistralai/mistral-small-2603", "qwen/qwen3-32b", "anthropic/claude-haiku-4-5")
URL = "http://127.0.0.1:1/v1"
FAULTS = ("rate_limited", "server", "timeout", "connection", "bad_reply")
HIGH_USD = 1e6
PRICE = DeclaredPrice(input_usd_per_million=1.0, output_usd_per_million=2.0)


class Book:
    """An endpoint: answers by a rule, and writes down what it charges."""

    kind = "http"
    is_paid = True

    def __init__(self, answer, prices, *, seed, fault_rate):
        self.answer, self.prices, self.fault_rate = answer, prices, fault_rate
        self.faults = random.Random(seed)
        self.asked = self.billed = 0

    async def complete(self, spec):
        self.asked += 1
        await asyncio.sleep(0)
        draw = random.Random(spec.key)
        most_input = sum(len(turn.content.encode()) for turn in spec.messages)
        usage = Usage(
            input_tokens=draw.randint(1, most_input), output_tokens=draw.randint(0, spec.max_tokens)
        )
        cost = self.prices.price_of(spec.model).cost(usage)
        if self.faults.random() < self.fault_rate:
            kind = self.faults.choice(FAULTS)
            if kind in ProviderFault.MAYBE_BILLED and self.faults.random() < 0.7:
                self.billed += cost
            raise ProviderFault(kind, "a fault", fix="none")
        self.billed += cost
        return Reply(
            text=self.answer(request_body(spec, model=spec.model)),
            served_model=spec.model,
            response_id="",
            finish_reason="stop",
            usage=usage if draw.random() < 0.9 else None,
            cost_picodollars=cost if draw.random() < 0.3 else None,
        )


@dataclass
class Outcome:
    """One build under a cap, and the same build gone on with a higher one; picodollars."""

    cap: int
    needed: int
    spent: int
    reserved: int
    billed: int
    asked: int
    stopped: BudgetError | None
    released: bool
    repeated: int
    same_bytes: bool


def write_config(folder, *, max_usd, prices, connections, count=4):
    """Write a project of two authors and three judges, and return its path."""
    roster = {
        name: [{"model": m, "provider": "http", "api_base": URL, "max_tokens": 500} for m in listed]
        for name, listed in (("authors", AUTHORS), ("judges", JUDGES))
    }
    config = {
        "benchmark": {"name": "syn", "version": "0.1.0", "created_at": "2026-10-05T00:00:00Z"},
        "seed": 7,
        "pack": "agent_tasks",
        "author": {"synthetic": {"models": roster["authors"], "count": count}},
        "judges": {"models": roster["judges"]},
        "models": {"max_connections": connections},
        "split": {"max_deviation": 1.0},
        "budget": {
            "max_usd": max_usd,
            "prices": {name: price.model_dump() for name, price in prices.items()},
        },
    }
    folder.mkdir(exist_ok=True, parents=True)
    path = folder / "bench.yaml"
    path.write_text(json.dumps(config))
    return path


def run_build(path, output, book):
    """Build a project whose endpoint is a book; waits between tries pass at once."""
    now = [1000.0]

    async def sleep(seconds):
        now[0] += seconds
        await asyncio.sleep(0)

    clock = Clock(monotonic=lambda: now[0], wall=lambda: now[0], sleep=sleep)
    with (
        mock.patch("benchwright.pipeline.calls.Gateway", partial(Gateway, clock=clock)),
        mock.patch("benchwright.pipeline.calls.HttpProvider", return_value=book),
    ):
        return build(read_project(path), output=output, resume=True, progress=Silence())


def money(path, output):
    """Return what the ledger of a build says."""
    run = open_run(read_project(path), output=output, resume=True, progress=Silence())
    ledger = open_ledger(run)
    try:
        return ledger.spent()
    finally:
        ledger.close()


def bytes_of(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def actors(folder):
    """Return the rule by which the authors write and the judges judge."""
    path = write_config(folder, max_usd=1, prices={}, connections=1)
    run = open_run(read_project(path), output=folder, resume=True, progress=Silence())
    writes, judges = author(run, per_family=40), scoring(lambda model, dimension, text: 5)
    return lambda body: (writes if body["model"] in AUTHORS else judges)(body)


def one_outcome(number, folder, answer):
    """Build without a cap that binds, under a random cap, and on from there with a higher one."""
    draw = random.Random(number)
    prices = {
        name: DeclaredPrice(
            input_usd_per_million=draw.choice((0, 0.05, 1, 15)),
            output_usd_per_million=10 ** draw.uniform(-3, 2),
        )
        for name in (*AUTHORS, *JUDGES)
    }
    book = partial(Book, answer, read_prices(prices))
    connections = draw.choice((1, 3, 16))
    config = partial(write_config, folder, prices=prices, connections=connections)
    high = config(max_usd=HIGH_USD)
    free = book(seed=number, fault_rate=0)
    whole = bytes_of(run_build(high, folder / "free", free).release_folder)
    needed = money(high, folder / "free").total
    low = config(max_usd=needed * draw.uniform(0, 2) / 1e12)
    capped = book(seed=number, fault_rate=draw.choice((0, 0.1)))
    stopped = None
    try:
        run_build(low, folder / "capped", capped)
    except BudgetError as error:
        stopped = error
    spent = money(low, folder / "capped")
    released = (folder / "capped" / "syn" / "0.1.0").exists()
    cap = read_project(low).config.budget.max_picodollars
    high = config(max_usd=HIGH_USD)
    on = book(seed=number, fault_rate=0)
    if not released:
        result = run_build(high, folder / "capped", on)
    return Outcome(
        cap=cap,
        needed=needed,
        spent=spent.settled + spent.lost,
        reserved=spent.reserved,
        billed=capped.billed,
        asked=capped.asked,
        stopped=stopped,
        released=released,
        repeated=max(0, capped.asked + on.asked - free.asked) if not capped.fault_rate else 0,
        same_bytes=released or bytes_of(result.release_folder) == whole,
    )

"""Calls through the gateway beside LiteLLM and DSPy used plainly, against a server on loopback.

The server has a process of its own and takes its part of the cores. The four are measured in turns;
milliseconds of a core are of the calling process alone, and hold on a machine that is not quiet.

Run: .venv/bin/python tests/benchmarks/calls.py [CALLS]
"""

import asyncio
import logging
import multiprocessing
import os
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

os.environ.update(
    LITELLM_LOCAL_MODEL_COST_MAP="True", LITELLM_MODE="PRODUCTION", OPENAI_API_KEY="sk-loopback-0"
)
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchwright.calls.gateway import Gateway, Limits
from benchwright.calls.http import HttpProvider
from benchwright.calls.ledger import Ledger
from benchwright.calls.prices import DeclaredPrice, read_prices
from benchwright.calls.spec import CallSpec, Purpose, Turn
from benchwright.calls.through_litellm import LiteLLMProvider
from tests.loopback.openai_server import OpenAIServer

IN_FLIGHT = 64
DELAY_SECONDS = 0.2
PURPOSE = Purpose(role="author", row="bench")
PRICE = DeclaredPrice(input_usd_per_million=1.0, output_usd_per_million=1.0)
MODEL = "openai/gpt-4o-mini"
ROUNDS = 3
OUR_SWITCH = "EXPERIMENTAL_OPENAI_BASE_LLM_HTTP_HANDLER"  # plain use is measured without it


def serve(delay, pipe):
    with OpenAIServer(answer=lambda body: "a short answer", delay_seconds=delay) as server:
        pipe.send(server.url)
        pipe.recv()


class Server:
    def __init__(self, delay):
        self.pipe, theirs = multiprocessing.Pipe()
        self.process = multiprocessing.Process(target=serve, args=(delay, theirs), daemon=True)

    def __enter__(self):
        self.process.start()
        return self.pipe.recv()

    def __exit__(self, *_):
        self.pipe.send("stop")
        self.process.join()


def specs(provider, url, count, start=0):
    return [
        CallSpec(
            provider=provider,
            model=MODEL,
            endpoint=url,
            messages=(Turn(role="user", content=f"Say a short answer, number {number}."),),
            max_tokens=50,
        )
        for number in range(start, start + count)
    ]


def seconds_of(work):
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


@dataclass
class Rates:
    """Calls per second and milliseconds of a core per call, of this process, round by round."""

    per_second: list[float] = field(default_factory=list)
    core_ms: list[float] = field(default_factory=list)

    def add(self, calls, seconds, core_seconds):
        self.per_second.append(calls / seconds)
        self.core_ms.append(core_seconds / calls * 1e3)

    def __str__(self):
        low, high = min(self.per_second), max(self.per_second)
        return (
            f"{statistics.median(self.per_second):7.0f} calls/s ({low:.0f} to {high:.0f}), "
            f"{statistics.median(self.core_ms):5.2f} ms of a core a call"
        )


async def rated(function, items, rates):
    """Run a function over items with 64 in flight, and keep how fast that was."""
    core, started = time.process_time(), time.perf_counter()
    await each(function, items)
    rates.add(len(items), time.perf_counter() - started, time.process_time() - core)


async def each(function, items):
    slots = asyncio.Semaphore(IN_FLIGHT)

    async def one(item):
        async with slots:
            return await function(item)

    return await asyncio.gather(*(one(item) for item in items))


def open_gateway(folder, provider):
    return Gateway(
        ledger=Ledger(folder / "ledger.sqlite", scope="bench"),
        providers=[provider],
        prices=read_prices({MODEL: PRICE}),
        limits=Limits(cap_picodollars=10**15, max_connections=IN_FLIGHT),
    )


def rate_gateway(folder, provider, asked, rates):
    with open_gateway(folder, provider) as gateway:
        gateway.call(asked[0].model_copy(update={"attempt": 9}), PURPOSE)
        gateway._run(rated(lambda spec: gateway.acall(spec, PURPOSE), asked, rates))


async def plain_litellm(url, number):
    import litellm

    os.environ.pop(OUR_SWITCH, None)
    await litellm.acompletion(
        model=MODEL,
        api_base=url,
        messages=[{"role": "user", "content": f"Say a short answer, number {number}."}],
        max_tokens=50,
        num_retries=0,
    )


def rate_litellm(url, count, rates):
    async def run():
        await plain_litellm(url, -1)
        await rated(lambda number: plain_litellm(url, number), range(count), rates)

    asyncio.run(run())


def rate_dspy(url, count, rates):
    import dspy

    lm = dspy.LM(MODEL, api_base=url, api_key="sk-loopback-0", cache=False, max_tokens=50)

    async def run():
        await lm.acall("warm up")
        await rated(
            lambda number: lm.acall(f"Say a short answer, number {number}."), range(count), rates
        )

    asyncio.run(run())


def medians_one_by_one(folder, url, count):
    """Return the median milliseconds of a call: plain LiteLLM and the gateway, in turns."""
    plain, ours = [], []
    with open_gateway(folder, LiteLLMProvider()) as gateway:

        async def run():
            for number, spec in enumerate(specs("litellm", url, count + 20, start=10**6)):
                started = time.perf_counter()
                await plain_litellm(url, 10**6 + number)
                between = time.perf_counter()
                await gateway.acall(spec, PURPOSE)
                plain.append(between - started)
                ours.append(time.perf_counter() - between)

        gateway._run(run())
    return statistics.median(plain[20:]) * 1e3, statistics.median(ours[20:]) * 1e3


def whole_waves(count):
    """Return the calls of a round: as many as fill every place, so that the ideal can be met."""
    return max(1, count // ROUNDS // IN_FLIGHT) * IN_FLIGHT


def rounds_of(folder, url, count, start):
    """Measure all four in turns, so that what else the machine does hits each of them."""
    all_rates = {name: Rates() for name in (*OURS, *PLAIN)}
    share = whole_waves(count)
    for number in range(ROUNDS):
        for name, (kind, provider) in OURS.items():
            asked = specs(kind, url, share, start=start + number * share)
            rate_gateway(folder, provider(), asked, all_rates[name])
        for name, rate in PLAIN.items():
            rate(url, share, all_rates[name])
    return all_rates


OURS = {
    "gateway over litellm": ("litellm", LiteLLMProvider),
    "gateway over http": ("http", HttpProvider),
}
PLAIN = {"litellm plainly": rate_litellm, "dspy plainly": rate_dspy}


def main():
    logging.disable(logging.CRITICAL)
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 48 * IN_FLIGHT
    ideal = IN_FLIGHT / DELAY_SECONDS
    print(
        f"load {os.getloadavg()[0]:.1f}, {ROUNDS} rounds of {whole_waves(count)} calls, "
        f"{IN_FLIGHT} in flight"
    )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with Server(DELAY_SECONDS) as url:
            for label, rates in rounds_of(folder, url, count, 0).items():
                share = statistics.median(rates.per_second) / ideal
                print(f"200 ms server, {label:<20} {rates}, {share:5.1%} of the ideal {ideal:.0f}")
            print("target: 80 % through litellm on 2 cores that do nothing else")
        with Server(0) as url:
            found = rounds_of(folder, url, count, 10**7)
            for label, rates in found.items():
                print(f"server at once, {label:<20} {rates}")
            ours, lite = (
                statistics.median(found[label].per_second)
                for label in ("gateway over http", "litellm plainly")
            )
            print(f"http is {ours / lite:.1f} x litellm plainly (target 3)")
            plain, gateway = medians_one_by_one(folder, url, min(count, 500))
            print(
                f"one by one: litellm {plain:.2f} ms, gateway over it {gateway:.2f} ms: "
                f"{gateway - plain:+.2f} ms (target at most 1.5 more)"
            )
            warm_replay(folder, url, count)


def warm_replay(folder, url, count):
    share = whole_waves(count)
    with open_gateway(folder, HttpProvider()) as gateway:
        asked = specs("http", url, share, start=10**7)
        rounds = -(-10_000 // share)
        seconds = seconds_of(
            lambda: [gateway.call(spec, PURPOSE) for _ in range(rounds) for spec in asked]
        )
    print(f"warm replay of {rounds * share:,} calls: {seconds:.2f} s (target 5)")


if __name__ == "__main__":
    main()

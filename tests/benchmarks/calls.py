"""Calls through the gateway beside LiteLLM and DSPy used plainly, against a server on loopback.

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


def gateway_rate(folder, provider, asked):
    with open_gateway(folder, provider) as gateway:
        gateway.call(asked[0].model_copy(update={"attempt": 9}), PURPOSE)
        seconds = seconds_of(
            lambda: gateway._run(each(lambda spec: gateway.acall(spec, PURPOSE), asked))
        )
    return len(asked) / seconds


def litellm_rate(url, count):
    import litellm

    async def one(number):
        await litellm.acompletion(
            model=MODEL,
            api_base=url,
            messages=[{"role": "user", "content": f"Say a short answer, number {number}."}],
            max_tokens=50,
            num_retries=0,
        )

    async def run():
        await one(-1)
        started = time.perf_counter()
        await each(one, range(count))
        return count / (time.perf_counter() - started)

    return asyncio.run(run())


def dspy_rate(url, count):
    import dspy

    lm = dspy.LM(MODEL, api_base=url, api_key="sk-loopback-0", cache=False, max_tokens=50)

    async def run():
        await lm.acall("warm up")
        started = time.perf_counter()
        await each(lambda number: lm.acall(f"Say a short answer, number {number}."), range(count))
        return count / (time.perf_counter() - started)

    return asyncio.run(run())


def medians_one_by_one(folder, url, count):
    """Return the median milliseconds of a call: plain LiteLLM and the gateway, in turns."""
    import litellm

    plain, ours = [], []
    with open_gateway(folder, LiteLLMProvider()) as gateway:

        async def run():
            for spec in specs("litellm", url, count + 20, start=10**6):
                started = time.perf_counter()
                await litellm.acompletion(
                    model=MODEL,
                    api_base=url,
                    messages=[turn.model_dump() for turn in spec.messages],
                    max_tokens=50,
                    num_retries=0,
                )
                between = time.perf_counter()
                await gateway.acall(spec, PURPOSE)
                plain.append(between - started)
                ours.append(time.perf_counter() - between)

        gateway._run(run())
    return statistics.median(plain[20:]) * 1e3, statistics.median(ours[20:]) * 1e3


def main():
    logging.disable(logging.CRITICAL)
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000
    ideal = IN_FLIGHT / DELAY_SECONDS
    print(f"load {os.getloadavg()[0]:.1f}, {count} calls, {IN_FLIGHT} in flight")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with Server(DELAY_SECONDS) as url:
            for label, provider in (("litellm", LiteLLMProvider()), ("http", HttpProvider())):
                (folder / label).mkdir()
                rate = gateway_rate(folder / label, provider, specs(label, url, count))
                print(
                    f"200 ms server, gateway over {label:<8} {rate:7.0f} calls/s "
                    f"{rate / ideal:6.1%} of the ideal {ideal:.0f} (target 80 % for litellm)"
                )
            rate = litellm_rate(url, count)
            print(f"200 ms server, litellm plainly       {rate:7.0f} calls/s {rate / ideal:6.1%}")
            rate = dspy_rate(url, count)
            print(f"200 ms server, dspy plainly          {rate:7.0f} calls/s {rate / ideal:6.1%}")
        with Server(0) as url:
            (folder / "fast").mkdir()
            ours = gateway_rate(folder / "fast", HttpProvider(), specs("http", url, count))
            lite = litellm_rate(url, count)
            print(f"server at once, gateway over http    {ours:7.0f} calls/s")
            print(
                f"server at once, litellm plainly      {lite:7.0f} calls/s: "
                f"http is {ours / lite:.1f} x (target 3)"
            )
            print(f"server at once, dspy plainly         {dspy_rate(url, count):7.0f} calls/s")
            plain, gateway = medians_one_by_one(folder / "fast", url, min(count, 500))
            print(
                f"one by one: litellm {plain:.2f} ms, gateway over it {gateway:.2f} ms: "
                f"{gateway - plain:.2f} ms more (target 1.5)"
            )
            with open_gateway(folder / "fast", HttpProvider()) as gateway:
                asked = specs("http", url, count)
                rounds = -(-10_000 // count)
                seconds = seconds_of(
                    lambda: [gateway.call(spec, PURPOSE) for _ in range(rounds) for spec in asked]
                )
                print(f"warm replay of {rounds * count:,} calls: {seconds:.2f} s (target 5)")


if __name__ == "__main__":
    main()

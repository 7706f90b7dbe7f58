"""Does the labelling page keep its promises in a real browser?

A headless Chromium labels 30 hostile tasks by keyboard alone; the server is killed with SIGKILL
between two answers and started again by the same command; what is exported must be what was typed.
Then the second pass, strangers at the door, held and hand-written tasks, and pictures.

Run: .venv/bin/python tests/benchmarks/review_browser.py [FOLDER FOR PICTURES]
"""

import asyncio
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.benchmarks.browser.devtools import Browser, find_chromium
from tests.judges.review.builders import (
    PAYLOADS,
    hand_written,
    hostile_tasks,
    make_task,
    read_jsonl,
    work_folder,
)

TASKS = 30
KILLED_AFTER = 13
BENCHWRIGHT = Path(sys.executable).parent / "benchwright"
DIMENSIONS = ("input_coherence", "ground_truth_verifiability", "rubric_application_clarity")
DECISIONS = {"a": "accept", "r": "reject", "h": "held"}
READY = "document.forms[0]?.dataset.ready === 'yes'"
ITEM = "document.body.dataset.item"
SAVED = "document.getElementById('status').textContent === 'saved'"
FOREIGN_ELEMENTS = (
    "document.querySelectorAll('article script, article img, article svg, article iframe, "
    "article a, article style, article link, article form, article input, article object, "
    "article math, article meta, article base, body > script').length"
)


class Server:
    """The page, served by the command, or with a clock of our own."""

    def __init__(self, source, *, hours=None):
        self.command = [
            *(
                [BENCHWRIGHT, "review"]
                if hours is None
                else [sys.executable, str(Path(__file__).resolve()), "serve"]
            ),
            *(source, "--rater", "ana", "--count", str(TASKS)),
        ]
        self.environment = {**os.environ, "REVIEW_HOURS": str(hours or 0)}

    def __enter__(self):
        self.process = subprocess.Popen(
            list(map(str, self.command)),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={**self.environment, "PYTHONUNBUFFERED": "1"},
        )
        for line in self.process.stdout:
            if match := re.search(r"http://127\.0\.0\.1:\d+/\?token=\S+", line):
                self.url = match[0]
                self.root = self.url.partition("/?")[0]
                return self
        raise RuntimeError("the server did not start")

    def __exit__(self, *error):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


def export(answers, output, what="labels"):
    """Export with the command and return the lines."""
    command = [BENCHWRIGHT, "review", "export", answers, "--format", what, "-o", output]
    subprocess.run(list(map(str, command)), check=True, capture_output=True)
    return read_jsonl(output)


async def open_item(browser, server, queue):
    await browser.go(server.url)
    await browser.go(f"{server.root}/{queue}")
    await browser.until(READY)


async def press(browser, key):
    """Press an answer's key and wait until the page says that it is saved."""
    await browser.evaluate("document.getElementById('status').textContent = ''")
    await browser.key(key)
    await browser.until(SAVED)


async def leave(browser):
    before = await browser.evaluate(ITEM)
    await browser.key("Enter")
    await browser.until(f"{ITEM} !== {before!r} && ({READY} || !document.forms.length)")


async def label_item(browser, draw, number):
    """Answer one item and return what was meant."""
    task = await browser.evaluate(ITEM)
    levels = [draw.choice("12345") for _ in DIMENSIONS]
    decision = draw.choice("arh")
    if number % 7 == 3:  # a slip, taken back: the first level is asked for again and replaced
        wrong = "5" if levels[0] != "5" else "1"
        await press(browser, wrong)
        await browser.keys("u")
        await press(browser, levels[0])
    else:
        await press(browser, levels[0])
    if number % 7 == 5:  # all at once, as fast as keys arrive
        await browser.keys(*levels[1:], decision)
        await browser.until(f"{SAVED} && !document.getElementById('next').disabled")
    else:
        for key in (*levels[1:], decision):
            await press(browser, key)
    if number % 10 == 0:
        await browser.keys("n", "o", "k", "Escape")
        await browser.until(SAVED)
    return task, (*map(int, levels), DECISIONS[decision])


async def first_pass(browser, source):
    """Label 30 tasks with a kill between two answers; return what was meant, by task."""
    draw, meant, inert = random.Random(7), {}, True
    with Server(source) as server:
        await open_item(browser, server, "label")
        await browser.keys("?")
        await browser.until("document.getElementById('help').open")
        await browser.keys("Escape")
        await browser.until("!document.getElementById('help').open")
        for number in range(KILLED_AFTER):
            task, said = await label_item(browser, draw, number)
            inert = inert and await is_inert(browser)
            meant[task] = said
            await leave(browser)
        half = await browser.evaluate(ITEM)
        await press(browser, "4")
        await press(browser, "2")
        server.kill()
        await browser.keys("3")
        await browser.until("document.getElementById('status').textContent.startsWith('Not saved')")
    with Server(source) as server:
        await open_item(browser, server, "label")
        shown = await browser.evaluate(
            "[...document.querySelectorAll('input:checked')].map((i) => i.value).join()"
        )
        report("resumed at the item that was under way", await browser.evaluate(ITEM) == half)
        report("with the two answers that were saved, and no third", shown == "4,2")
        await press(browser, "3")
        await press(browser, "a")
        meant[half] = (4, 2, 3, "accept")
        await leave(browser)
        for number in range(KILLED_AFTER + 1, TASKS):
            task, said = await label_item(browser, draw, number)
            inert = inert and await is_inert(browser)
            meant[task] = said
            await leave(browser)
        text = await browser.evaluate("document.body.innerText")
        report("after the last task the second pass is closed", "Pass 2 opens" in text)
        await strangers(browser, server)
    report(f"{len(PAYLOADS)} payloads over {TASKS} tasks stayed text", inert)
    return meant


async def is_inert(browser):
    pwned = await browser.evaluate("typeof window.pwned")
    return pwned == "undefined" and not await browser.evaluate(FOREIGN_ELEMENTS)


async def strangers(browser, server):
    """Knock without a token, from another origin, by another name, and from another page."""
    port = server.root.rpartition(":")[2]
    good = {"Origin": server.root, "Content-Type": "application/json"}
    refused = []
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession() as bare, aiohttp.ClientSession(cookie_jar=jar) as known:
        async with known.get(server.url) as opened:
            page_open = opened.status == 200
        async with known.get(f"{server.root}/held") as page:
            token = re.search(r'data-token="(\w+)"', await page.text())[1]
        owner = {**good, "X-Review-Token": token}
        async with known.post(f"{server.root}/held/act", headers=owner, data=b"{}") as answer:
            page_open = page_open and answer.status == 400  # let in; what it says is no answer
        tries = [
            (bare, "get", "/label", {}),
            (bare, "get", "/?token=wrong", {}),
            (bare, "get", "/review/review.js", {}),
            (known, "get", "/label", {"Host": f"evil.example:{port}"}),
            (known, "get", "/label", {"Host": "127.0.0.1.nip.io"}),
            (known, "get", "/label", {"Origin": "http://evil.example"}),
            (known, "get", "/label", {"Sec-Fetch-Site": "cross-site"}),
            (known, "get", "/label", {"Sec-Fetch-Site": "same-site"}),
            (known, "post", "/label/act", {**good}),
            (known, "post", "/label/act", {**good, "X-Review-Token": "0" * 64}),
            (known, "post", "/label/act", {**owner, "Origin": "null"}),
            (known, "post", "/label/act", {"X-Review-Token": token}),
            (bare, "post", "/label/act", owner),
        ]
        for session, method, path, headers in tries:
            call = session.request(method, server.root + path, headers=headers, data=b"{}")
            async with call as answer:
                refused.append(answer.status == 403)
    report(f"{len(tries)} strangers refused, the owner let in", all(refused) and page_open)
    await browser.go("data:text/html,<title>other</title>")
    status = await browser.evaluate(
        f"fetch('{server.root}/label', {{credentials: 'include'}}).then(() => 'read', () => 'no')"
    )
    report("a page of another origin in the same browser reads nothing", status == "no")


async def second_pass(browser, source, meant):
    """Look shortly before and after 24 hours."""
    with Server(source, hours=23.9) as server:
        await browser.go(server.url)
        await browser.go(f"{server.root}/label")
        text = await browser.evaluate("document.body.innerText")
        report("second pass refused after 23.9 hours", "Pass 2 opens" in text)
    with Server(source, hours=24.1) as server:
        await open_item(browser, server, "label")
        text = await browser.evaluate("document.querySelector('header').innerText")
        report("second pass open after 24.1 hours", "pass 2" in text)
        order = []
        for _ in range(4):
            order.append(await browser.evaluate(ITEM))
            for key in ("5", "5", "0", "h"):
                await press(browser, key)
            await leave(browser)
        report("in another order", order != list(meant)[:4])


async def other_queues(browser, source, answers, folder):
    """Decide a held task and disagree with a hand-written one."""
    with Server(source) as server:
        await open_item(browser, server, "held")
        await browser.keys("v")
        await browser.until("document.getElementById('views').open")
        text = await browser.evaluate("document.body.innerText")
        report("no judge is named", "secret" not in text)
        await press(browser, "a")
        await browser.keys("Enter")
        await browser.until("document.activeElement.id === 'note'")
        await browser.keys(*"Good", "Escape")
        await browser.until(f"{SAVED} && !document.getElementById('next').disabled")
        await leave(browser)
        await open_item(browser, server, "adversarial")
        for key in ("a", "d", "a"):
            await press(browser, key)
        await browser.keys("n", *"Weak", "Escape")
        await browser.until(f"{SAVED} && !document.getElementById('next').disabled")
        await leave(browser)
    [decision] = export(answers, folder / "decisions.jsonl", "decisions")
    said = (decision["decision"], decision["reason"], decision["saw_verdicts"])
    report("the held task is decided, with its reason", said == ("accept", "Good", True))
    [review] = export(answers, folder / "reviews.jsonl", "adversarial")
    said = (review["answers"]["bad_outputs_fail"], review["note"])
    report("the hand-written task is reviewed", said == ("disagree", "Weak"))


async def pictures(browser, source, folder):
    """Write what the pages look like at two widths, in light and dark."""
    folder.mkdir(parents=True, exist_ok=True)
    with Server(source, hours=24.1) as server:
        await browser.go(server.url)
        for width, height in ((1280, 900), (400, 800)):
            for dark in (False, True):
                await browser.look(width=width, height=height, dark=dark)
                for page in ("", "label", "held", "adversarial"):
                    await browser.go(f"{server.root}/{page}")
                    if await browser.evaluate("document.forms.length"):
                        await browser.until(READY)
                    name = f"{page or 'home'}-{width}-{'dark' if dark else 'light'}"
                    await browser.picture(folder / f"{name}.png")
                    if page:
                        await browser.evaluate("scrollTo(0, document.body.scrollHeight)")
                        await browser.picture(folder / f"{name}-end.png")
                await browser.go(f"{server.root}/label")
                await browser.until(READY)
                await browser.keys("?")
                await browser.picture(folder / f"help-{width}-{'dark' if dark else 'light'}.png")
    print(f"pictures in {folder}")


RESULTS = []


def report(what, holds):
    RESULTS.append(bool(holds))
    print(f"{'yes' if holds else 'NO '}  {what}", flush=True)


async def run(chromium, pictures_folder):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = work_folder(
            folder / "1.0.0.work",
            accepted=[*hostile_tasks(40), *(hand_written(100 + n, PAYLOADS[n]) for n in range(2))],
            rejected=hostile_tasks(20, first=40),
            held=[make_task(200 + n, mode="synthetic", text=PAYLOADS[1]) for n in range(2)],
        )
        answers, labels = folder / "1.0.0.review.sqlite", folder / "labels.jsonl"
        async with Browser(chromium) as browser:
            meant = await first_pass(browser, source)
            lines = export(answers, labels)
            said = {
                line["task_id"]: (*(line["scores"][d] for d in DIMENSIONS), line["decision"])
                for line in lines
            }
            report(f"{len(lines)} labels exported, none doubled", len(lines) == len(said) == TASKS)
            report("every label is what was typed", said == meant)
            await second_pass(browser, source, meant)
            await other_queues(browser, source, answers, folder)
            if pictures_folder:
                await pictures(browser, source, pictures_folder)
            outside = [
                url
                for url in browser.asked
                if not url.startswith(("http://127.0.0.1:", "data:text/html,<title>other"))
            ]
            report("nothing outside this machine was asked for", not outside)
            report("no dialog was opened", not browser.dialogs)


def serve():
    """Serve as the command does, some hours later."""
    from benchwright.cli import review_serve

    hours = float(os.environ["REVIEW_HOURS"])

    review_serve.clock = lambda: datetime.now(UTC) + timedelta(hours=hours)
    review_serve.serve(sys.argv[2:])


def main() -> None:
    """Print what holds; exit with 1 unless all of it does."""
    if sys.argv[1:2] == ["serve"]:
        return serve()
    chromium = find_chromium()
    if chromium is None:
        print("not run: no Chromium on this machine (chromium, google-chrome)")
        return None
    asyncio.run(run(chromium, Path(sys.argv[1]) if len(sys.argv) > 1 else None))
    print(f"{sum(RESULTS)} of {len(RESULTS)} hold")
    return sys.exit(0 if all(RESULTS) else 1)


if __name__ == "__main__":
    main()

"""An OpenAI-compatible server on loopback that answers from a rule and misbehaves on demand."""

import asyncio
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from aiohttp import web

FAULTS = (
    "429",
    "429_without_retry_after",
    "500",
    "timeout",
    "cut",
    "empty_choices",
    "refusal",
    "wrong_model",
    "no_usage",
    "huge",
    "invalid_utf8",
    "slow_drip",
    "not_json",
)


@dataclass
class Served:
    """One request that arrived, and what became of it."""

    body: dict
    fault: str | None
    authorization: str | None = None
    answered: bool = False


@dataclass
class OpenAIServer:
    """Start with `with`; `url` is the API base.

    Args:
        answer: Returns the text for a request body.
        fault: Returns the fault for the n-th request, or None.
        delay_seconds: Waits before each answer.
    """

    answer: Callable[[dict], str] = lambda body: "ok"
    fault: Callable[[int, dict], str | None] = lambda number, body: None
    delay_seconds: float = 0.0
    retry_after: str = "0"
    log: list[Served] = field(default_factory=list)

    def __enter__(self):
        self._ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(self, *_):
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()
        self._loop.close()

    def _serve(self):
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._run())

    async def _run(self):
        self._stop = asyncio.Event()
        app = web.Application(client_max_size=2**24)
        app.router.add_post("/v1/chat/completions", self._complete)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = site._server.sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{port}/v1"
        self._ready.set()
        await self._stop.wait()
        await runner.cleanup()

    async def _complete(self, request):
        body = await request.json()
        fault = self.fault(len(self.log), body)
        served = Served(body=body, fault=fault, authorization=request.headers.get("Authorization"))
        self.log.append(served)
        if self.delay_seconds:
            await asyncio.sleep(self.delay_seconds)
        response = await self._faulty(request, body, fault)
        if response is None:
            response = web.json_response(self.completion(body))
            served.answered = True
        return response

    def completion(self, body, *, text=None, **changes):
        """Return a whole completion for a request body."""
        text = self.answer(body) if text is None else text
        asked = sum(len(turn["content"].split()) for turn in body["messages"])
        return {
            "id": f"chatcmpl-{len(self.log)}",
            "object": "chat.completion",
            "created": 0,
            "model": body["model"],
            "choices": [
                {
                    "index": 0,
                    "message": {"role": "assistant", "content": text},
                    "finish_reason": "stop",
                }
            ],
            "usage": {
                "prompt_tokens": asked,
                "completion_tokens": len(text.split()),
                "total_tokens": asked + len(text.split()),
            },
        } | changes

    async def _faulty(self, request, body, fault):
        if fault is None:
            return None
        if fault.startswith("429"):
            headers = {"Retry-After": self.retry_after} if fault == "429" else {}
            return web.json_response(
                {"error": {"message": "slow down"}}, status=429, headers=headers
            )
        if fault == "500":
            return web.json_response({"error": {"message": "broken"}}, status=500)
        if fault in ("401", "400"):
            return web.json_response({"error": {"message": "no"}}, status=int(fault))
        if fault == "timeout":
            await asyncio.sleep(30)
            return web.Response(status=504)
        if fault == "empty_choices":
            return web.json_response(self.completion(body, choices=[]))
        if fault == "refusal":
            message = {"role": "assistant", "content": None, "refusal": "I cannot help with that."}
            choice = {"index": 0, "message": message, "finish_reason": "content_filter"}
            return web.json_response(self.completion(body, choices=[choice]))
        if fault == "wrong_model":
            return web.json_response(self.completion(body, model="gpt-4o-mini-2024-07-18"))
        if fault == "no_usage":
            return web.json_response(self.completion(body, usage=None))
        if fault == "huge":
            return web.json_response(self.completion(body, text="word " * 200_000))
        if fault == "not_json":
            return web.Response(text="<html>busy</html>", content_type="text/html")
        if fault == "invalid_utf8":
            whole = json.dumps(self.completion(body, text="PLACE")).encode()
            return web.Response(
                body=whole.replace(b"PLACE", b"\xff\xfe"), content_type="application/json"
            )
        return await self._streamed(request, body, fault)

    async def _streamed(self, request, body, fault):
        whole = json.dumps(self.completion(body)).encode()
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        response.content_length = len(whole)
        await response.prepare(request)
        if fault == "cut":
            await response.write(whole[: len(whole) // 2])
            request.transport.abort()
            return response
        for start in range(0, len(whole), 16):
            await response.write(whole[start : start + 16])
            await asyncio.sleep(0.001)
        return response

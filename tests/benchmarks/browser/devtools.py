"""A headless Chromium, driven by the DevTools protocol: keys, pages, pictures, addresses."""

import asyncio
import base64
import json
import shutil
import subprocess
import tempfile
from pathlib import Path

import aiohttp

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
CODES = {"Enter": 13, "Escape": 27, "ArrowUp": 38, "ArrowDown": 40, "ArrowRight": 39}
WAIT_SECONDS = 20.0


def find_chromium():
    """Return the browser's path, or None."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


class Browser:
    """One page of one headless browser; `asked` holds every address it asked for."""

    def __init__(self, path):
        self._path = path
        self._number = 0
        self._answers = {}
        self.asked = []
        self.dialogs = []
        self.errors = []

    async def __aenter__(self):
        self._folder = tempfile.TemporaryDirectory()
        self._process = subprocess.Popen(
            [
                *(self._path, "--headless=new", "--no-sandbox", "--disable-gpu"),
                *("--remote-debugging-port=0", f"--user-data-dir={self._folder.name}"),
                *("--disable-background-networking", "--no-first-run", "about:blank"),
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        port_file = Path(self._folder.name) / "DevToolsActivePort"
        await _until(lambda: port_file.is_file() and "\n" in port_file.read_text())
        port, path = port_file.read_text().split("\n")[:2]
        self._http = aiohttp.ClientSession()
        self._socket = await self._http.ws_connect(
            f"ws://127.0.0.1:{port}{path}", max_msg_size=0, heartbeat=None
        )
        self._reader = asyncio.create_task(self._read())
        self._session = None
        target = (await self.call("Target.createTarget", url="about:blank"))["targetId"]
        attached = await self.call("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Network", "Runtime", "Log"):
            await self.call(f"{domain}.enable")
        return self

    async def __aexit__(self, *error):
        self._reader.cancel()
        await self._socket.close()
        await self._http.close()
        self._process.terminate()
        self._process.wait(timeout=WAIT_SECONDS)
        self._folder.cleanup()

    async def call(self, method, **params):
        """Send one command and return its result."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        future = asyncio.get_running_loop().create_future()
        self._answers[self._number] = future
        await self._socket.send_str(json.dumps(message))
        answer = await asyncio.wait_for(future, WAIT_SECONDS)
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']}")
        return answer["result"]

    async def _read(self):
        async for message in self._socket:
            value = json.loads(message.data)
            if "id" in value:
                self._answers.pop(value["id"]).set_result(value)
            elif value["method"] == "Network.requestWillBeSent":
                self.asked.append(value["params"]["request"]["url"])
            elif value["method"] == "Page.javascriptDialogOpening":
                self.dialogs.append(value["params"]["message"])
            elif value["method"] in ("Runtime.exceptionThrown", "Log.entryAdded"):
                self.errors.append(json.dumps(value["params"])[:400])

    async def evaluate(self, expression):
        """Return the value of a JavaScript expression; a promise is waited for."""
        result = await self.call(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True
        )
        if "exceptionDetails" in result:
            raise RuntimeError(str(result["exceptionDetails"])[:400])
        return result["result"].get("value")

    async def until(self, expression):
        """Wait until an expression is true, and return it; a page that is leaving counts as not."""

        async def met():
            try:
                return await self.evaluate(expression)
            except RuntimeError:
                return None

        return await _until_async(met, expression)

    async def go(self, url):
        """Open an address and wait until it is loaded."""
        await self.call("Page.navigate", url=url)
        await self.until("document.readyState === 'complete' && location.href !== 'about:blank'")

    async def key(self, key):
        """Press and release one key."""
        code = CODES.get(key, ord(key.upper()) if len(key) == 1 else 0)
        text = {"text": "\r" if key == "Enter" else key} if len(key) == 1 or key == "Enter" else {}
        common = {"key": key, "windowsVirtualKeyCode": code}
        await self.call("Input.dispatchKeyEvent", type="keyDown", **common, **text)
        await self.call("Input.dispatchKeyEvent", type="keyUp", **common)

    async def keys(self, *keys):
        """Press several keys, one after another."""
        for key in keys:
            await self.key(key)

    async def look(self, *, width, height=900, dark=False):
        """Set the size of the window and the colour scheme."""
        await self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        await self.call("Emulation.setEmulatedMedia", features=[scheme])

    async def picture(self, path):
        """Write what is seen as a PNG file."""
        shot = await self.call("Page.captureScreenshot", format="png")
        path.write_bytes(base64.b64decode(shot["data"]))


async def _until(condition):
    async def met():
        return condition()

    return await _until_async(met, "the browser to start")


async def _until_async(met, what):
    deadline = asyncio.get_running_loop().time() + WAIT_SECONDS
    while not (value := await met()):
        if asyncio.get_running_loop().time() > deadline:
            raise TimeoutError(f"waited in vain for {what}")
        await asyncio.sleep(0.02)
    return value

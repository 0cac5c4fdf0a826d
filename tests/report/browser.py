"""A real browser, driven through a pipe: Debian's chromium, with nothing installed besides."""

import base64
import contextlib
import fcntl
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

PROGRAM = shutil.which("chromium") or shutil.which("chromium-browser")
KEYS = {"Tab": 9, "Enter": 13, "Escape": 27, "End": 35, "Home": 36}
KEYS |= {"ArrowLeft": 37, "ArrowUp": 38, "ArrowRight": 39, "ArrowDown": 40}
OPTIONS = "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"


class Browser:
    """One page of a headless browser; ``events`` keeps what it told."""

    def __init__(self, profile: Path) -> None:
        (command, self._out), (self._in, answer) = os.pipe(), os.pipe()
        ends = [fcntl.fcntl(end, fcntl.F_DUPFD, 10) for end in (command, answer)]
        begin = "import os, sys; a, b, *c = sys.argv[1:]; os.dup2(int(a), 3); os.dup2(int(b), 4); os.execv(c[0], c)"
        self._process = subprocess.Popen(
            [
                *(sys.executable, "-c", begin, *map(str, ends), str(PROGRAM), *OPTIONS.split()),
                *("--remote-debugging-pipe", f"--user-data-dir={profile}", "about:blank"),
            ],
            pass_fds=ends,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for end in (command, answer, *ends):
            os.close(end)
        self._count, self._session, self._buffer = 0, "", b""
        self.events: list[dict[str, Any]] = []
        target = next(one for one in self.call("Target.getTargets")["targetInfos"] if one["type"] == "page")
        attached = self.call("Target.attachToTarget", targetId=target["targetId"], flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        """Call a method of the browser and wait for its answer."""
        self._count += 1
        message = {"id": self._count, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._out, json.dumps(message).encode() + b"\0")
        while True:
            told = self._read()
            if told.get("id") == self._count:
                if "error" in told:
                    raise RuntimeError(told["error"]["message"])
                result: dict[str, Any] = told["result"]
                return result
            self.events.append(told)

    def _read(self) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            piece = os.read(self._in, 1 << 16)
            if not piece:
                raise RuntimeError("the browser went away")
            self._buffer += piece
        line, _, self._buffer = self._buffer.partition(b"\0")
        message: dict[str, Any] = json.loads(line)
        return message

    def open(
        self, page: Path, width: int = 1280, height: int = 900, scheme: str = "light", script: bool = True
    ) -> None:
        """Open a page and wait until it is loaded; without ``script`` it runs none."""
        self.call("Emulation.setScriptExecutionDisabled", value=not script)
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        media = {"prefers-color-scheme": scheme, "prefers-reduced-motion": "reduce"}
        self.call("Emulation.setEmulatedMedia", features=[{"name": name, "value": media[name]} for name in media])
        self.events.clear()
        self.call("Page.navigate", url=page.resolve().as_uri())
        self._loaded()

    def _loaded(self) -> None:
        """Wait until a page is loaded."""
        while not any(event.get("method") == "Page.loadEventFired" for event in self.events):
            self.events.append(self._read())

    def follow(self, selector: str) -> None:
        """Click a link to another page and wait until that is loaded."""
        self.events.clear()
        self.click(selector)
        self._loaded()

    def ask(self, expression: str) -> Any:
        """Value of a JavaScript expression."""
        told = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in told:
            raise RuntimeError(told["exceptionDetails"]["exception"]["description"])
        return told["result"].get("value")

    def press(self, key: str) -> None:
        """Press a key as a hand does."""
        text = {"text": "\r"} if key == "Enter" else {}
        code = KEYS[key]
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code, **text)

    def click(self, selector: str) -> None:
        """Click the middle of an element as a hand does."""
        find = f"const e = document.querySelector({json.dumps(selector)}); e.scrollIntoView({{block: 'center'}});"
        middle = "const r = e.getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2];"
        spot = self.ask(f"(() => {{ {find} {middle} }})()")
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=spot[0], y=spot[1], button="left", clickCount=1)

    def wait(self, expression: str) -> Any:
        """Wait until a JavaScript expression is true, and no longer than three seconds."""
        see = (
            f"() => {{ const found = {expression}; if (found || --tries < 0) done(found); else setTimeout(see, 20); }}"
        )
        return self.ask(f"new Promise(done => {{ let tries = 150; const see = {see}; see(); }})")

    def download(self, selector: str, folder: Path) -> Path:
        """Click what downloads a file into an empty folder, and wait for the file."""
        self.call("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(folder), eventsEnabled=True)
        self.events.clear()
        self.click(selector)
        while not any(event.get("params", {}).get("state") == "completed" for event in self.events):
            self.events.append(self._read())
        (found,) = folder.iterdir()
        return found

    def print(self) -> bytes:
        """The page as PDF, as a person prints it."""
        return base64.b64decode(self.call("Page.printToPDF", preferCSSPageSize=True)["data"])

    def picture(self, path: Path, whole: bool = False) -> None:
        """Save what is seen as PNG."""
        told = self.call("Page.captureScreenshot", captureBeyondViewport=whole)
        path.write_bytes(base64.b64decode(told["data"]))

    def close(self) -> None:
        """End the browser that was started."""
        with contextlib.suppress(OSError, RuntimeError):
            self._session = ""
            self.call("Browser.close")
        self._process.wait(timeout=10)
        os.close(self._in)
        os.close(self._out)

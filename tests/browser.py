"""A real browser without network, driven through a pipe: pages are opened, looked at and touched."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAMES = ("chromium", "google-chrome", "chromium-browser")
PROGRAM = next(filter(None, map(shutil.which, NAMES)), None)
FLAGS = (
    *("--headless=new", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe", "--disable-extensions"),
    *("--no-first-run", "--disable-background-networking", "--disable-component-update", "--hide-scrollbars"),
)
NOWHERE = "--host-resolver-rules=MAP * ~NOTFOUND"


LEAVING = ("navigated or closed", "context was destroyed", "Cannot find context")
"""What the browser answers while one page goes and the next has not come."""


class Browser:
    """Chromium with one page, and what the page asked for and complained of."""

    def __init__(self, reads: int, writes: int) -> None:
        self.reads, self.writes = reads, writes
        self.left, self.last, self.session = b"", 0, ""
        self.requests: list[str] = []
        self.complaints: list[str] = []

    def send(self, method: str, **given: object) -> dict[str, Any]:
        """Send one message and return its answer."""
        self.last += 1
        mine = self.last
        message = {"id": mine, "method": method, "params": given} | (
            {"sessionId": self.session} if self.session else {}
        )
        os.write(self.writes, json.dumps(message).encode() + b"\0")
        while True:
            heard = self._hear()
            if heard.get("id") == mine:
                if "error" in heard:
                    raise RuntimeError(f"{method}: {heard['error']}")
                return heard["result"]
            self._note(heard)

    def _hear(self) -> dict[str, Any]:
        while b"\0" not in self.left:
            got = os.read(self.reads, 1 << 16)
            if not got:
                raise RuntimeError("the browser has gone")
            self.left += got
        text, _, self.left = self.left.partition(b"\0")
        heard: dict[str, Any] = json.loads(text)
        return heard

    def _note(self, heard: dict[str, Any]) -> None:
        facts = heard.get("params", {})
        if heard.get("method") == "Network.requestWillBeSent":
            self.requests.append(facts["request"]["url"])
        if heard.get("method") == "Log.entryAdded" and facts["entry"]["level"] in {"error", "warning"}:
            self.complaints.append(facts["entry"]["text"])
        if heard.get("method") == "Runtime.exceptionThrown":
            self.complaints.append(json.dumps(facts["exceptionDetails"])[:500])
        if heard.get("method") == "Runtime.consoleAPICalled" and facts["type"] in {"error", "warning"}:
            self.complaints.append(json.dumps(facts["args"])[:500])

    def start(self) -> None:
        """Open an empty page and listen to it."""
        target = self.send("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for room in ("Page", "Runtime", "Network", "Log"):
            self.send(f"{room}.enable")

    def open(self, page: Path, *, wide: int = 1280, high: int = 900, phone: bool = False) -> None:
        """Open a file in a window of that size [CSS pixel]."""
        self.requests.clear()
        self.complaints.clear()
        self.send(
            "Emulation.setDeviceMetricsOverride", width=wide, height=high, deviceScaleFactor=1, mobile=phone
        )
        self.send("Page.navigate", url=page.as_uri())
        self.wait(f"location.href === {json.dumps(page.as_uri())} && document.readyState === 'complete'")

    def run(self, code: str) -> Any:  # noqa: ANN401 - whatever JSON can tell
        """Return what an expression gives in the page, whatever its policy."""
        found = self.send("Runtime.evaluate", expression=code, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in found:
            raise RuntimeError(json.dumps(found["exceptionDetails"])[:1000])
        return found["result"].get("value")

    def wait(self, code: str, seconds: float = 20.0) -> None:
        """Wait until an expression is true in the page, or in the one that comes in its place."""
        end = time.monotonic() + seconds
        while not self._holds(code):
            if time.monotonic() > end:
                raise TimeoutError(code)
            time.sleep(0.02)

    def _holds(self, code: str) -> bool:
        try:
            return bool(self.run(code))
        except RuntimeError as error:
            if not any(word in str(error) for word in LEAVING):
                raise
            return False

    def move(self, x: float, y: float) -> None:
        """Move the mouse."""
        self.send("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)

    def click(self, x: float, y: float) -> None:
        """Click with the mouse."""
        self.move(x, y)
        for kind in ("mousePressed", "mouseReleased"):
            self.send("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def press(self, key: str, code: int = 0) -> None:
        """Press a key."""
        text = key if len(key) == 1 else ""
        for kind in ("keyDown", "keyUp"):
            self.send(
                "Input.dispatchKeyEvent",
                type=kind,
                key=key,
                text=text if kind == "keyDown" else "",
                windowsVirtualKeyCode=code,
            )

    def middle(self, selector: str) -> tuple[float, float]:
        """Return the middle of the first element, brought into sight."""
        x, y = self.run(
            f"(() => {{ const e = document.querySelector({json.dumps(selector)});"
            " e.scrollIntoView({block: 'center', behavior: 'instant'}); const r = e.getBoundingClientRect();"
            " return [r.x + r.width / 2, r.y + r.height / 2]; })()"
        )
        return x, y

    def picture(self, path: Path) -> None:
        """Take a picture of what is seen."""
        path.write_bytes(base64.b64decode(self.send("Page.captureScreenshot", format="png")["data"]))

    def printed(self, path: Path) -> None:
        """Print the page to PDF."""
        told = self.send("Page.printToPDF", preferCSSPageSize=True, printBackground=True)
        path.write_bytes(base64.b64decode(told["data"]))


@contextmanager
def browse(folder: Path) -> Iterator[Browser]:
    """Give a browser whose profile lies in a folder, and end it."""
    hears, tells = os.pipe()
    reads, writes = os.pipe()
    script = f'exec "$0" "$@" 3<&{hears} 4>&{writes}'
    words = ["bash", "-c", script, str(PROGRAM), *FLAGS, NOWHERE, f"--user-data-dir={folder}"]
    process = subprocess.Popen(
        words,
        pass_fds=(hears, writes),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(hears)
    os.close(writes)
    browser = Browser(reads, tells)
    try:
        browser.start()
        yield browser
    finally:
        process.terminate()
        process.wait(20)
        os.close(tells)
        os.close(reads)

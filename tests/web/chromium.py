"""A headless Chromium on a pipe: the DevTools protocol without a socket or a driver."""

import base64
import fcntl
import json
import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from select import select
from typing import Any, Final

NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "chrome")
PATIENCE: Final = 60.0
OPTIONS: Final = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--disable-background-networking",
    "--no-first-run",
    "--hide-scrollbars",
    "--remote-debugging-pipe",
)
Message = dict[str, Any]


class Silent(Exception):
    """It says nothing, or has gone."""


def program() -> str | None:
    """Where a Chromium is, if one is."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


@dataclass
class Chromium:
    """One tab; what it asked for and what it complained of since the last `visit`."""

    process: int
    send_to: int
    hear_from: int
    heard: bytes = b""
    number: int = 0
    session: str = ""
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    loaded: bool = False

    def call(self, method: str, **params: Any) -> Message:
        """A command's result; what happens meanwhile is noted."""
        self.number += 1
        said: Message = {"id": self.number, "method": method, "params": params}
        if self.session:
            said["sessionId"] = self.session
        try:
            os.write(self.send_to, json.dumps(said).encode() + b"\0")
        except BrokenPipeError as error:
            raise Silent("it has gone") from error
        while (message := self._next()).get("id") != self.number:
            self._note(message)
        assert "error" not in message, message
        result: Message = message["result"]
        return result

    def ask(self, expression: str) -> Any:
        """What a piece of script comes to in the page; promises are waited for."""
        result = self.call(
            "Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True
        )
        assert "exceptionDetails" not in result, result
        return result["result"].get("value")

    def visit(self, address: str) -> None:
        """Go there and wait until it is loaded."""
        self.asked, self.complaints, self.loaded = [], [], False
        self.call("Page.navigate", url=address)
        while not self.loaded:
            self._note(self._next())

    def look(self, *, width: int, dark: bool, height: int = 900, scale: float = 0) -> None:
        """Be so large, and of that colour scheme; a phone has two dots for one."""
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", features=[scheme])
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=scale or (2 if width < 600 else 1),
            mobile=width < 600,
        )

    def press(self, key: str, code: int, text: str = "") -> None:
        """One key, down and up."""
        for kind in ("keyDown", "keyUp"):
            said = {"text": text} if text and kind == "keyDown" else {}
            self.call(
                "Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code, **said
            )  # fmt: skip

    def picture(self, path: Path, height: int) -> None:
        """So much of the page, from its top."""
        self.call("Page.bringToFront")
        width = self.ask("innerWidth")
        part = {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}
        shot = self.call("Page.captureScreenshot", clip=part, captureBeyondViewport=True)
        path.write_bytes(base64.b64decode(shot["data"]))

    def open(self) -> None:
        """A tab of its own, with everything listened to."""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)[
            "sessionId"
        ]
        for domain in ("Page", "Network", "Runtime", "Log"):
            self.call(f"{domain}.enable")

    def _next(self) -> Message:
        while b"\0" not in self.heard:
            ready, _, _ = select([self.hear_from], [], [], PATIENCE)
            if not ready:
                raise Silent("not a word")
            more = os.read(self.hear_from, 1 << 20)
            if not more:
                raise Silent("it has gone")
            self.heard += more
        one, _, self.heard = self.heard.partition(b"\0")
        message: Message = json.loads(one)
        return message

    def _note(self, message: Message) -> None:
        params = message.get("params", {})
        match message.get("method"):
            case "Page.loadEventFired":
                self.loaded = True
            case "Network.requestWillBeSent":
                self.asked.append(params["request"]["url"])
            case "Log.entryAdded":
                self.complaints.append(params["entry"]["text"])
            case "Runtime.consoleAPICalled" | "Runtime.exceptionThrown":
                self.complaints.append(json.dumps(params))
            case _:
                pass


@contextmanager
def opened(found: str, home: Path) -> Iterator[Chromium]:
    """A Chromium with a profile of its own, gone afterwards."""
    (theirs, ours), (heard, said) = os.pipe(), os.pipe()
    # Out of the way of 3 and 4, which it reads from and writes to.
    high = [fcntl.fcntl(one, fcntl.F_DUPFD, 20) for one in (theirs, said)]
    out = os.open(os.devnull, os.O_WRONLY)
    actions = [
        (os.POSIX_SPAWN_DUP2, out, 1),
        (os.POSIX_SPAWN_DUP2, out, 2),
        (os.POSIX_SPAWN_DUP2, high[0], 3),
        (os.POSIX_SPAWN_DUP2, high[1], 4),
    ]
    words = [found, *OPTIONS, f"--user-data-dir={home}", "about:blank"]
    process = os.posix_spawn(found, words, {**os.environ, "HOME": str(home)}, file_actions=actions)
    for one in (theirs, said, out, *high):
        os.close(one)
    browser = Chromium(process, ours, heard)
    try:
        browser.open()
        yield browser
    finally:
        os.close(ours)
        os.close(heard)
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)

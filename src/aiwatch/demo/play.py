"""One story's life, played through the real commands: a first look, three evenings, and once more for `--again`.

Each evening is `aiwatch fetch` in a process of its own, with its own database, at the demo's own clock; only the
internet, the mail server and the webhook receiver are local.
"""

import base64
import json
import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from typing import Any

import yaml

from aiwatch.demo.inbox import Event, Inbox, Mail, Receiver
from aiwatch.demo.outlets import Outlet, load_outlets
from aiwatch.demo.site import Site
from aiwatch.errors import AiwatchError, UsageError
from aiwatch.store import reader
from aiwatch.store.reading import export_articles

MARKER = ".aiwatch-demo"  # only a folder that holds it is ever wiped
CONFIG = "feeds.yaml"
DATABASE = "demo.db"
DIGESTS = "digests"
ALERT = "evening"
PASS_SECONDS = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A moment of the story at which aiwatch runs."""

    name: str
    now: datetime
    words: str
    silence: str = ""  # why nobody is told then


FIRST_LOOK = Step(
    name="first look",
    now=datetime(2026, 3, 23, 22, 5, tzinfo=UTC),
    words="aiwatch is set up",
    silence=": what was there before watching began is filed and not told (key: backlog)",
)
EVENINGS = (
    Step(name="pass 1", now=datetime(2026, 3, 24, 22, 5, tzinfo=UTC), words="the day it breaks"),
    Step(name="pass 2", now=datetime(2026, 3, 29, 22, 5, tzinfo=UTC), words="five days later"),
    Step(name="pass 3", now=datetime(2026, 4, 17, 22, 5, tzinfo=UTC), words="a month later"),
)
AGAIN = Step(
    name="again",
    now=datetime(2026, 4, 18, 22, 5, tzinfo=UTC),
    words="a day later; no outlet has published anything since",
    silence=": there is nothing new",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evening:
    """What one run of `aiwatch fetch` came to."""

    step: Step
    report: Mapping[str, Any]  # `fetch --json`
    unchanged: int  # feeds that had nothing new to send
    mails: tuple[Mail, ...]
    events: tuple[Event, ...]

    @property
    def stories(self) -> tuple[Mapping[str, Any], ...]:
        """The stories told, as the webhook brought them."""
        return tuple(
            story
            for event in self.events
            for section in event.body["data"]["sections"]
            for story in section["stories"]
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """The whole run."""

    folder: Path
    evenings: tuple[Evening, ...]
    articles: tuple[Mapping[str, Any], ...]  # as `export articles` gives them: all that was read

    @property
    def mails(self) -> tuple[Mail, ...]:
        """All mails that arrived, in order."""
        return tuple(mail for evening in self.evenings for mail in evening.mails)

    @property
    def events(self) -> tuple[Event, ...]:
        """All webhook events that arrived, in order."""
        return tuple(event for evening in self.evenings for event in evening.events)

    @property
    def digests(self) -> tuple[Path, ...]:
        """The HTML files, oldest first."""
        return tuple(sorted((self.folder / DIGESTS).glob("*.html")))

    @property
    def left_out(self) -> tuple[Mapping[str, Any], ...]:
        """What was read and is about no topic."""
        return tuple(article for article in self.articles if not article["topics"])


def play(folder: Path, tell: Callable[[Evening], None]) -> Played:
    """The story from its first day, in a fresh folder; `tell` hears of each evening as it ends."""
    clear(folder)
    return _play(folder, (FIRST_LOOK, *EVENINGS), tell)


def play_again(folder: Path, tell: Callable[[Evening], None]) -> Played:
    """One more evening on the database of an earlier run, with nothing new on any site."""
    if not (folder / MARKER).exists():
        raise UsageError(f"there is no demo in {folder} yet: run `aiwatch demo` first")
    return _play(folder, (AGAIN,), tell)


def clear(folder: Path) -> None:
    """Make the folder anew; one that is not the demo's own is left alone."""
    try:
        if (folder / MARKER).exists():
            shutil.rmtree(folder)
        elif folder.exists() and any(folder.iterdir()):
            raise UsageError(
                f"{folder} is there and not the demo's own: name another with --folder"
            )
        folder.mkdir(parents=True, exist_ok=True)
        words = "Made by `aiwatch demo`, which deletes this folder when it runs again.\n"
        (folder / MARKER).write_text(words, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{folder} cannot be used: {error.strerror or error}") from error


def _play(folder: Path, steps: Sequence[Step], tell: Callable[[Evening], None]) -> Played:
    outlets = load_outlets()
    secret = "whsec_" + base64.b64encode(secrets.token_bytes(24)).decode()
    evenings = []
    with ExitStack() as stack:
        inbox = stack.enter_context(Inbox())
        receiver = stack.enter_context(Receiver(secret))
        site = stack.enter_context(Site(outlets, steps[0].now))
        text = configuration(outlets, site.proxy, inbox.port, receiver.url, secret)
        (folder / CONFIG).write_text(text, encoding="utf-8")
        for step in steps:
            evening = _evening(folder, step, site, inbox, receiver)
            evenings.append(evening)
            tell(evening)
    with reader(folder / DATABASE) as db:
        articles = tuple(export_articles(db, None))
    return Played(folder=folder, evenings=tuple(evenings), articles=articles)


def _evening(folder: Path, step: Step, site: Site, inbox: Inbox, receiver: Receiver) -> Evening:
    mails, events = len(inbox.mails), len(receiver.events)
    site.now = min(step.now, EVENINGS[-1].now)
    out = _aiwatch(folder, "fetch", "--all", "--json", "--now", step.now.isoformat())
    report = json.loads(out)
    return Evening(
        step=step,
        report=report,
        unchanged=sum(source["outcome"] == "unchanged" for source in report["sources"]),
        mails=tuple(inbox.mails[mails:]),
        events=tuple(receiver.events[events:]),
    )


def _aiwatch(folder: Path, *arguments: str) -> str:
    """Run a command as a person would; gives its stdout."""
    command = [sys.executable, "-m", "aiwatch", "-q", "-c", str(folder / CONFIG), *arguments]
    ran = subprocess.run(  # noqa: S603 - our own program and words
        command,
        capture_output=True,
        encoding="utf-8",
        timeout=PASS_SECONDS,
        check=False,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )
    if ran.returncode:
        words = ran.stderr.strip() or ran.stdout.strip()
        raise AiwatchError(f"aiwatch {arguments[0]} ended with {ran.returncode}: {words}")
    return ran.stdout


def configuration(outlets: Sequence[Outlet], proxy: str, port: int, hook: str, secret: str) -> str:
    """The demo's feeds.yaml: the shipped preset's topics, the bundled outlets, and where messages go."""
    values = {
        "use": ["ai-video"],
        "database": DATABASE,
        "timezone": "UTC",
        "workers": 1,  # for so few pages a second child costs more than it gains
        "contact": "reader@demo.example",
        "fetch": {"spacing": "0s", "per_host": 6},
        "defaults": {"proxy": proxy, "allow_private": True},
        "outlets": {
            outlet.host.removeprefix("www."): {"trust": outlet.trust}
            for outlet in outlets
            if outlet.trust != "normal"
        },
        "sources": [_source(outlet) for outlet in outlets],
        "channels": {
            "inbox": {
                "kind": "email",
                "to": ["reader@demo.example"],
                "from": "aiwatch@demo.example",
                "host": "127.0.0.1",
                "port": port,
                "security": "none",
            },
            "hook": {"kind": "webhook", "url": hook, "secret": secret, "allow_private": True},
            "files": {"kind": "file", "dir": DIGESTS},
        },
        "alerts": [{"name": ALERT, "to": ["inbox", "hook", "files"], "when": "daily at 22:00"}],
        "drop": {"sources": _preset_sources()},
    }
    head = (
        "# Written by `aiwatch demo`. The outlets live behind a proxy on this machine (defaults: proxy), which is gone\n"
        "# when the demo ends; the database stays, so this works:  aiwatch -c THIS_FILE stories\n"
    )
    return head + yaml.safe_dump(values, allow_unicode=True, sort_keys=False, width=110)


def _source(outlet: Outlet) -> dict[str, Any]:
    source: dict[str, Any] = {"name": outlet.name, "url": outlet.feed_url}
    if outlet.primary:
        source["primary"] = True
    return source


def _preset_sources() -> list[str]:
    """The names of the preset's own sources: the demo stays off the internet."""
    file = resources.files("aiwatch.config").joinpath("presets", "ai-video.yaml")
    return [source["name"] for source in yaml.safe_load(file.read_text("utf-8"))["sources"]]

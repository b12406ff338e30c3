"""Secrets planted wherever a configuration can hold one, and looked for in all that aiwatch says and keeps."""

import asyncio
import contextlib
import logging
import sqlite3
import stat
import sys
from base64 import b64encode
from dataclasses import replace
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from aiwatch.cli import main
from aiwatch.config import load
from aiwatch.errors import ConfigError
from aiwatch.model import Secret, Source, SourceName, Target
from aiwatch.service.lines import Lines, Plain
from aiwatch.store import Store
from aiwatch.store import sources as watched
from aiwatch.store.sources import SourceState
from aiwatch.text.signin import without_sign_ins
from tests.drafts import CLOSES
from tests.inbox import Inbox
from tests.newsroom import Newsroom
from tests.servers import Answer, Asked

NOON, LATER = "2026-03-24T12:00:00Z", "2026-03-24T18:00:00Z"
WORDS = {
    name: f"qz{number}hush{number}qz"
    for number, name in enumerate(
        (
            *("signin", "silent", "moving", "sitemap", "header", "proxy", "beat", "mail", "smtp"),
            *("hook", "hookquery", "slack", "discord", "teams", "ntfy", "ntfypassword", "apprise"),
        ),
        10,
    )
} | {
    "signin, encoded": b64encode(b"me:qz10hush10qz").decode(),
    "ntfy password, encoded": b64encode(b"me:qz25hush25qz").decode(),
    "signing": "bm8gcmVhbCBzZWNyZXQsIG9ubHkgb25lIGZvciBhIHRlc3Qh",
    "telegram": "123456:AAqz99hush99qz",
}


def echoed(status: int) -> Any:
    """An endpoint that fails and repeats all it was asked, as echo servers and debug pages do."""

    def answer(asked: Asked) -> Answer:
        key = asked.headers.get("authorization", "no key")
        said = f"{asked.path} {key} {asked.headers} failed"
        return Answer(said, status=status, headers={"Content-Type": "text/plain"})

    return answer


def signed(room: Newsroom, path: str, word: str) -> str:
    return f"http://me:{WORDS[word]}@{room.site.authority}{path}"


def answering(room: Newsroom) -> None:
    """Two feeds that work, and all the rest, which fails and repeats what it was asked."""
    site, secret = room.site, WORDS
    room.page("/one", "OpenAI closes Sora", CLOSES)
    room.feed("/feed", room.item("/one", "OpenAI closes Sora", "2026-03-24T10:00:00Z"))
    room.feed(
        "/works",
        "<item><guid>9</guid><title>Sora without an address</title>"
        "<pubDate>Tue, 24 Mar 2026 09:00:00 GMT</pubDate><description>It sat.</description></item>",
    )
    site.add("/moved", status=301, headers={"Location": signed(room, "/elsewhere", "moving")})
    site.add("/map", f"<urlset><url><loc>{site.url('/gone')}</loc></url></urlset>".encode())
    failing = {
        "/elsewhere": 403,
        "/denied": 401,
        f"/hook/{secret['hook']}": 500,
        f"/services/{secret['slack']}": 404,
        f"/api/{secret['discord']}": 400,
        f"/beat/{secret['beat']}": 500,
        f"/bot{secret['telegram']}/sendMessage": 401,
        f"/bot{secret['telegram']}/getChat": 401,
        f"/notify/{secret['apprise']}": 500,
        "/workflows": 503,
        "/topic": 429,
    }
    for path, status in failing.items():
        site.add(path, echoed(status))


def mailing(mail: Inbox) -> dict[str, Any]:
    signed_in = f"smtp+starttls://me:{WORDS['smtp']}@127.0.0.1:{mail.port}"
    here = {"host": "127.0.0.1", "port": mail.port, "security": "none"}
    one = {"kind": "email", "from": "a@b.example", "to": ["one@example.org"]}
    two = {"kind": "email", "from": "a@b.example", "to": ["two@example.org"]}
    return {
        "mail": {**one, **here, "user": "me", "password": "${MAIL_PASSWORD}"},
        "smtp": {**two, "smtp": signed_in},
    }


def rooms(room: Newsroom) -> dict[str, Any]:
    site, secret = room.site, WORDS
    hook = site.url(f"/hook/{secret['hook']}?key={secret['hookquery']}")
    signing, bot = f"whsec_{secret['signing']}", site.url("").rstrip("/")
    keyed = {"kind": "ntfy", "url": site.url("/topic"), "token": secret["ntfy"]}
    named = {"kind": "ntfy", "url": site.url("/topic"), "user": "me"}
    found: dict[str, dict[str, Any]] = {
        "hook": {"kind": "webhook", "url": hook, "secret": signing},
        "slack": {"kind": "slack", "url": site.url(f"/services/{secret['slack']}")},
        "discord": {"kind": "discord", "url": site.url(f"/api/{secret['discord']}")},
        "teams": {"kind": "teams", "url": site.url(f"/workflows?sig={secret['teams']}")},
        "telegram": {"kind": "telegram", "token": secret["telegram"], "chat": 1, "api": bot},
        "ntfy": keyed,
        "ntfy2": {**named, "password": secret["ntfypassword"]},
    }
    private = {name: {**one, "allow_private": True} for name, one in found.items()}
    word = secret["apprise"]
    any_ = {"kind": "apprise", "url": f"json://me:{word}@{site.authority}/notify/{word}"}
    return private | ({"any": any_} if find_spec("apprise") else {})


def planted(room: Newsroom, mail: Inbox) -> dict[str, Any]:
    """A configuration with a secret in every place that may hold one."""
    answering(room)
    site, secret = room.site, WORDS
    channels = {**mailing(mail), **rooms(room), "kept": {"kind": "file", "dir": "digests"}}
    proxy = f"http://p:{secret['proxy']}@{site.authority}"
    at_once = {"when": "at once", "settle": None, "sources": ["Works", "Nowhere"]}
    return {
        "sources": [
            {"name": "Works", "url": signed(room, "/feed", "signin"), "tags": ["a"]},
            {"name": "Nowhere", "url": signed(room, "/works", "silent")},
            {"name": "Denied", "url": signed(room, "/denied", "signin")},
            {"name": "Moved", "url": site.url("/moved")},
            {"name": "Map", "kind": "sitemap", "url": signed(room, "/map", "sitemap")},
            {"name": "Header", "url": site.url("/denied?h"), "headers": {"X-Key": "${FEED_KEY}"}},
            {"name": "Proxied", "url": "http://far.example.com/feed", "proxy": proxy},
        ],
        "heartbeat": site.url(f"/beat/{secret['beat']}"),
        "channels": channels,
        "alerts": [
            {"name": "all", "to": list(channels), **at_once},
            {"name": "ill", "to": ["kept"], "about": "troubles", "when": "at once"},
        ],
    }


COMMANDS: tuple[tuple[str, ...], ...] = (
    ("check",),
    ("check", "--json"),
    ("check", "--online"),
    ("sources", "list"),
    ("sources", "list", "--json"),
    ("sources", "export"),
    ("channels", "list"),
    ("channels", "test", "hook"),
    ("alerts", "list"),
    ("alerts", "list", "--json"),
    ("outbox", "list"),
    ("outbox", "list", "--json"),
    ("doctor",),
    ("doctor", "--json", "--online"),
    ("stats", "--json"),
    ("stories", "--json"),
    ("explain", "1"),
    ("explain", "2", "--json"),
    ("export",),
    ("topics",),
    ("backup", "{}/copy.db"),
)

FETCH = ("fetch",)


def leaks(said: dict[str, str]) -> list[str]:
    return [
        f"{name} in {where}: …{text[max(text.find(word) - 60, 0) :][:140]!r}"
        for where, text in said.items()
        for name, word in WORDS.items()
        if word in text
    ]


def files(folder: Path) -> list[Path]:
    return [file for file in folder.rglob("*") if file.is_file() and file.name != "feeds.yaml"]


@pytest.mark.slow
def test_no_secret_is_said_or_kept_anywhere_and_what_is_kept_is_its_owner_s(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAIL_PASSWORD", WORDS["mail"])
    monkeypatch.setenv("FEED_KEY", WORDS["header"])
    refused = Inbox(answers={"AUTH": f"535 5.7.8 wrong password {WORDS['mail']}"}, users={"x": "y"})
    with Newsroom(tmp_path) as room, refused as mail:
        room.configure(**planted(room, mail))
        said: dict[str, str] = {}
        for words, now in ((FETCH, NOON), *((one, LATER) for one in (FETCH, *COMMANDS))):
            done = room.aiwatch(*[word.format(room.folder) for word in words], "-vv", now=now)
            said[" ".join(words)] = said.get(" ".join(words), "") + done.out + done.err
        with Store(room.database) as store, store.read():
            modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in files(tmp_path)}
        kept = {str(file): file.read_bytes().decode("utf-8", "replace") for file in files(tmp_path)}
    assert "wants a name and password (401)" in said["sources list"]
    assert "wrong password ***" in said["outbox list"]
    assert not leaks(said | kept), "\n".join(leaks(said | kept))
    assert {"aiwatch.db", "copy.db"} <= modes.keys()
    assert [name for name in modes if name.endswith(".html")]
    assert {name: oct(mode) for name, mode in modes.items() if mode & 0o077} == {}


@pytest.mark.parametrize("form", [Plain(), Lines(), Lines(as_json=True)])
def test_a_bug_s_traceback_shows_no_sign_in(form: logging.Formatter) -> None:
    address = "https://me:hunter2@news.example/feed"
    try:
        raise RuntimeError(repr(Target(url=address, proxy=Secret("http://p:hunter3@q"))))
    except RuntimeError:
        record = logging.LogRecord(
            "aiwatch.x", logging.ERROR, "x.py", 1, "poll source=%r", (address,), sys.exc_info()
        )
    said = form.format(record)
    assert "RuntimeError" in said
    assert "https://news.example/feed" in said
    assert "hunter" not in said


def test_a_program_that_breaks_shows_no_sign_in(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--version"])
    try:
        raise RuntimeError("at https://me:hunter2@news.example/feed")
    except RuntimeError as error:
        sys.excepthook(RuntimeError, error, error.__traceback__)
    said = capsys.readouterr().err
    assert "Traceback" in said
    assert "https://news.example/feed" in said
    assert "hunter2" not in said


def test_an_address_kept_with_its_sign_in_by_an_earlier_version_loses_it_and_nothing_else(
    tmp_path: Path,
) -> None:
    now = datetime(2026, 3, 24, 12, tzinfo=UTC)
    source = Source(name=SourceName("A"), url="https://me:hunter2@news.example/feed")
    file = tmp_path / "aiwatch.db"

    async def synced(url: str) -> SourceState:
        with Store(file) as store:
            await store.write(lambda db: watched.sync(db, [replace(source, url=url)], now))
            with store.read() as db:
                (state,) = watched.states(db, ["A"])
        return state

    async def run() -> None:
        first = await synced(source.url)
        assert first.url == "https://news.example/feed"
        with contextlib.closing(sqlite3.connect(file)) as db, db:
            db.execute("UPDATE sources SET url = ?, state = 'working', etag = '1'", (source.url,))
        again = await synced(source.url)
        assert (again.url, again.state, again.validators.etag) == (first.url, "working", "1")
        with contextlib.closing(sqlite3.connect(file)) as db, db:
            db.execute("UPDATE sources SET state = 'stopped', next_due = '9999-12-31T00:00:00Z'")
        assert (await synced("https://me:right@news.example/feed")).next_due == now

    asyncio.run(run())


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("https://me:pw@h.example/a@b", "https://h.example/a@b"),
        (
            "http://u:p@q@h.example:8/x, https://h/?to=a@b",
            "http://h.example:8/x, https://h/?to=a@b",
        ),
        ("smtp+starttls://me:pw@mail.example", "smtp+starttls://mail.example"),
        ("me@example.org wrote", "me@example.org wrote"),
        ("https://h.example and me@example.org", "https://h.example and me@example.org"),
    ],
)
def test_a_sign_in_is_taken_out_of_any_text(given: str, shown: str) -> None:
    assert without_sign_ins(given) == shown


@pytest.mark.parametrize(
    "written",
    [
        "channels: {a: {kind: slack, url: 'ftp://x/qzhushqz'}}",
        "channels: {a: {kind: slack, url: 'https://x/', password: qzhushqz}}",
        "channels: {a: {kind: telegram, token: qzhushqz, chat: 1}}",
        "channels: {a: {kind: webhook, url: 'https://x/', secret: 'whsec_qzhushqz!'}}",
        "channels: {a: {kind: email, to: a@b.example, from: a@b.example, smtp: 'smtp://me:qzhushqz@'}}",
        "channels: {a: {kind: email, to: a@b.example, from: a@b.example, host: h, password: qzhushqz}}",
        "channels: {a: {kind: ntfy, url: 'https://ntfy.sh/x', token: [qzhushqz]}}",
        "channels: {a: {kind: apprise, url: qzhushqz}}",
        "sources: [{name: A, url: 'gopher://me:qzhushqz@a.example'}]",
    ],
)
def test_what_is_wrong_with_a_secret_is_said_without_it(written: str, tmp_path: Path) -> None:
    file = tmp_path / "feeds.yaml"
    file.write_text(f"{written}\n")
    with pytest.raises(ConfigError) as refused:
        load(file, environment={})
    assert "line 1" in str(refused.value)
    assert "qzhushqz" not in str(refused.value)

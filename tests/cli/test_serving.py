"""`serve` and `watch --web`: pages over real sockets, by processes of their own."""

import platform
import re
import signal
import socket
import sqlite3
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import feedparser
import httpx
import pytest

from aiwatch.service import heaps
from aiwatch.store import Store
from aiwatch.web.server import address
from tests.cli.conftest import NOON
from tests.newsroom import Newsroom
from tests.service.test_heaps import of_threads

get = partial(httpx.get, timeout=60)


@contextmanager
def serving(room: Newsroom, *words: str, now: str | None = None) -> Iterator[tuple[str, str]]:
    """The pages' address and the first thing that was said; stopped in good order."""
    process = room.start(*words, now=now, measured=True)
    try:
        assert process.stdout is not None
        said = process.stdout.readline()
        found = re.search(r"http://\S+:\d+", said)
        assert found, process.communicate()[1]
        yield found[0], said
    finally:
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=90)
    assert process.returncode == 0, err
    assert "Traceback" not in err


def test_serve_gives_pages_and_feeds_until_it_is_stopped(told: Newsroom) -> None:
    with serving(told, "serve", "127.0.0.1:0", now=NOON) as (origin, said):
        assert "password" not in said
        page = get(f"{origin}/")
        assert page.status_code == 200
        assert "OpenAI closes Sora" in page.text
        assert "server" not in page.headers
        feed = feedparser.parse(get(f"{origin}/topics/sora.atom").content)
        assert [one.title for one in feed.entries][:1] == ["OpenAI closes Sora"]
        assert get(f"{origin}/", headers={"host": "evil.example"}).status_code == 421


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another C library")
def test_the_threads_that_answer_share_two_heaps(told: Newsroom) -> None:
    process = told.start("serve", "127.0.0.1:0", now=NOON)
    try:
        assert process.stdout is not None
        origin = re.findall(r"http://\S+:\d+", process.stdout.readline())[0]
        with ThreadPoolExecutor(8) as readers:
            answers = list(readers.map(get, [f"{origin}/stories"] * 24))
        assert {one.status_code for one in answers} == {200}
        assert of_threads(process.pid) < heaps.HEAPS
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=90)


def test_watch_has_the_pages_beside_it(room: Newsroom) -> None:
    room.configure(sources=[])
    Store(room.database).close()
    with serving(room, "watch", "--web", "127.0.0.1:0") as (origin, _):
        assert get(f"{origin}/sources.json").json() == {"sources": [], "events": []}
        assert get(f"{origin}/stories").status_code == 200


def test_from_elsewhere_a_token_is_made_up_and_printed(room: Newsroom) -> None:
    room.configure(public_url="https://news.example.org")
    Store(room.database).close()
    process = room.start("serve", "127.0.0.1:0")
    try:
        assert process.stdout is not None
        origin = re.findall(r"http://\S+:\d+", process.stdout.readline())[0]
        token = process.stdout.readline().strip().rpartition(" ")[2]
        assert len(token) >= 32
        asked = {"host": "news.example.org"}
        assert get(f"{origin}/", headers=asked).status_code == 401
        assert get(f"{origin}/", headers=asked, auth=("me", token)).status_code == 200
    finally:
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=90)
    assert (process.returncode, err) == (0, "")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("127.0.0.1:8765", ("127.0.0.1", 8765)),
        (":8765", ("127.0.0.1", 8765)),
        ("[::1]:80", ("::1", 80)),
        ("0.0.0.0:1", ("0.0.0.0", 1)),
    ],
)
def test_an_address_is_host_and_port(text: str, found: tuple[str, int]) -> None:
    assert address(text) == found


@pytest.mark.parametrize(
    "text", ["", "here", "8765", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:99999"]
)
def test_what_is_no_address_is_said(told: Newsroom, text: str) -> None:
    done = told.aiwatch("serve", text)
    assert done.code == 2
    assert "write it like 127.0.0.1:8765" in done.err


def test_a_taken_port_is_said_before_anything_is_begun(told: Newsroom) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = told.aiwatch("serve", f"127.0.0.1:{taken.getsockname()[1]}")
    assert done.code == 2
    assert "cannot serve at 127.0.0.1" in done.err


def test_a_short_token_is_refused(told: Newsroom) -> None:
    line = told.command("serve", "127.0.0.1:0")
    done = subprocess.run(
        line,
        capture_output=True,
        text=True,
        check=False,
        env={"AIWATCH_TOKEN": "short", "HOME": str(Path.home())},
    )
    assert done.returncode == 2
    assert "AIWATCH_TOKEN must have 16" in done.stderr


def test_without_a_database_serve_says_what_to_do(room: Newsroom) -> None:
    done = room.aiwatch("serve", "127.0.0.1:0")
    assert done.code == 1
    assert "run `aiwatch fetch` once" in done.err


def test_a_database_from_before_is_brought_up_to_date_first(room: Newsroom) -> None:
    script = Path(__file__).parents[1] / "data" / "store" / "schema-006_begun.sql"
    old = sqlite3.connect(room.database)
    old.executescript(script.read_text())
    old.close()
    with serving(room, "serve", "127.0.0.1:0") as (origin, _):
        for path in ("/", "/stories", "/search?q=x"):
            assert get(f"{origin}{path}").status_code == 200

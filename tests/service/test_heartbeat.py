"""The heartbeat: called after a pass, told when something is wrong, and never in the way of the news."""

import asyncio
from pathlib import Path

import pytest

from aiwatch.channels.base import HttpPoster
from aiwatch.model import Secret
from aiwatch.net import open_client
from aiwatch.service.heartbeat import beat, failing
from aiwatch.store import health, reader
from tests.drafts import CLOSES
from tests.newsroom import Newsroom
from tests.servers import Site


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://hc.example.org/abc", "https://hc.example.org/abc/fail"),
        ("https://hc.example.org/abc/", "https://hc.example.org/abc/fail"),
        ("https://hc.example.org/abc?rid=1", "https://hc.example.org/abc/fail?rid=1"),
        (
            "https://kuma.example.org/api/push/k?status=up&msg=OK",
            "https://kuma.example.org/api/push/k?status=down&msg=OK",
        ),
        ("https://a.example/p?xstatus=up", "https://a.example/p/fail?xstatus=up"),
    ],
)
def test_the_address_that_says_that_something_is_wrong(url: str, expected: str) -> None:
    assert failing(url) == expected


def called(url: str, *, well: bool = True) -> str:
    async def run() -> str:
        client = open_client(user_agent="test")
        try:
            return await beat(HttpPoster(client), Secret(url), well=well)
        finally:
            await client.aclose()

    return asyncio.run(run())


def test_it_is_a_plain_get_to_one_s_own_server_too() -> None:
    with Site() as site:
        site.add("/hc", b"OK")
        site.add("/hc/fail", b"OK")
        site.add("/moved", status=301, headers={"Location": "/hc"})
        assert called(site.url("/hc")) == ""
        assert called(site.url("/hc"), well=False) == ""
        assert called(site.url("/gone")) == "it answered HTTP 404"
        assert called(site.url("/moved")) == "it answered HTTP 301"
        asked = [(method, path) for method, path, _ in site.requests]
    assert asked[:2] == [("GET", "/hc"), ("GET", "/hc/fail")]
    assert len(asked) == 4
    assert "No connection to" in called(site.url("/secret"))
    assert "secret" not in called(site.url("/secret"))


def prepare(room: Newsroom, feed: str = "/feed") -> None:
    room.site.add("/hc", b"OK")
    room.site.add("/hc/fail", b"OK")
    room.page("/sora", "OpenAI closes Sora", CLOSES)
    room.feed("/feed", room.item("/sora", "OpenAI closes Sora", None))
    room.configure(
        sources=[{"name": "Example Times", "url": room.site.url(feed)}],
        heartbeat=room.site.url("/hc"),
    )


def beats(room: Newsroom) -> list[str]:
    return [path for _, path, _ in room.site.requests if path.startswith("/hc")]


def test_a_good_pass_is_followed_by_one_call_and_a_bad_one_by_the_other(tmp_path: Path) -> None:
    with Newsroom(tmp_path) as room:
        prepare(room)
        assert room.aiwatch("fetch", now="2026-03-24T12:00:00Z").code == 0
        assert beats(room) == ["/hc"]
        assert room.aiwatch("fetch", now="2026-03-24T12:01:00Z").code == 0  # nothing was due
        room.site.add("/feed", b"broken", status=500)
        assert room.aiwatch("fetch", now="2026-03-24T14:00:00Z").code == 1
        assert beats(room) == ["/hc", "/hc", "/hc/fail"]
        with reader(room.database) as db:
            facts = health.facts(db)
    assert facts["heartbeat"].well
    assert not facts["pass"].well
    assert facts["pass"].detail == "no source could be read"


def test_a_heartbeat_that_fails_disturbs_nobody(tmp_path: Path) -> None:
    with Newsroom(tmp_path) as room:
        prepare(room)
        room.site.add("/hc", b"no", status=503)
        done = room.aiwatch("fetch", now="2026-03-24T12:00:00Z")
        assert done.code == 0, done.err
        with reader(room.database) as db:
            assert health.facts(db)["heartbeat"].detail == "it answered HTTP 503"

"""Whatever connects goes through the guard: no other way out in the source, and nothing reaches a private host live."""

import ast
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.newsroom import SECRET, Newsroom
from tests.servers import Site

SOURCE = Path(__file__).resolve().parents[1] / "src" / "aiwatch"
NOON = "2026-03-24T12:00:00Z"

# Modules of the standard library and of dependencies by which a program can connect, and who may use them for what.
CONNECTING = frozenset(
    {
        *("socket", "ssl", "smtplib", "ftplib", "http.client", "urllib.request", "xmlrpc"),
        *("telnetlib", "imaplib", "poplib", "requests", "aiohttp", "urllib3", "httpcore"),
        *("apprise", "distributed", "dask", "websockets", "aiosmtplib", "nntplib", "pycurl"),
    }
)
EXCEPTED = {
    "net": "the guard itself",
    "cluster.py": "Dask, at the address that `workers` names",
    "channels/email.py": "the mail server that the channel names",
    "channels/base.py": "the same, as a type",
    "channels/calling.py": "Apprise, in a process of its own: not guarded, as SECURITY.md says",
    "service/notify.py": "systemd's datagram socket in the file system",
    "web/server.py": "listens",
    "demo": "listens on 127.0.0.1",
}
CALLS = frozenset({"open_connection", "create_connection", "AsyncClient", "Client", "urlopen"})


def excepted(module: str) -> bool:
    return any(module == name or module.startswith(f"{name}/") for name in EXCEPTED)


def ways_out(module: str) -> Iterator[str]:
    """What a module imports or calls that can connect."""
    for node in ast.walk(ast.parse((SOURCE / module).read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.Import):
            names = [one.name for one in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{one.name}" for one in node.names)]
        yield from (
            name for name in names if name in CONNECTING or name.split(".")[0] in CONNECTING
        )
        if isinstance(node, ast.Call):
            called = (
                node.func.attr
                if isinstance(node.func, ast.Attribute)
                else getattr(node.func, "id", "")
            )
            if called in CALLS:
                yield f"{called}()"


@pytest.mark.untraced
def test_only_the_wire_and_those_named_here_can_connect() -> None:
    modules = [str(file.relative_to(SOURCE)) for file in SOURCE.rglob("*.py")]
    found = {module: sorted(set(ways_out(module))) for module in modules if not excepted(module)}
    assert {module: ways for module, ways in found.items() if ways} == {}
    assert len(modules) > 200
    assert list(ways_out("net/transport.py"))


class Inside(Newsroom):
    """A newsroom whose own site may be asked, and beside it a host that may not."""

    def __init__(self, folder: Path, inside: Site) -> None:
        super().__init__(folder)
        self.inside = inside

    def watching(self, channels: dict[str, Any]) -> None:
        """All kinds of source and of way in, each leading inside in the end."""
        here, there = self.site, self.inside
        secret = there.url("/secret")
        here.add("/away", status=302, headers={"Location": secret})
        index = f"<sitemapindex><sitemap><loc>{there.url('/part')}</loc></sitemap></sitemapindex>"
        here.add("/index", index, headers={"Content-Type": "application/xml"})
        item = f"<item><guid>1</guid><link>{secret}</link><title>An owl</title></item>"
        image = f"<image><url>{secret}</url></image>"
        pages = self.feed("/pages", item, image)
        here.add(
            "/home",
            f'<link rel=alternate type="application/rss+xml" href="{secret}"><link rel=icon href="{secret}">'
            f'<link rel=canonical href="{secret}"><img src="{secret}"><a href="{secret}">feed</a>',
            headers={"Content-Type": "text/html"},
        )
        json_ = {"items": "list", "title": "title", "link": "url"}
        self.configure(
            sources=[
                {"name": "feed", "url": secret},
                {"name": "listing", "kind": "listing", "url": secret},
                {"name": "sitemap", "kind": "sitemap", "url": secret},
                {"name": "page", "kind": "page", "url": secret},
                {"name": "json", "kind": "json", "url": secret, **json_},
                {"name": "redirect", "url": here.url("/away")},
                {"name": "part", "kind": "sitemap", "url": here.url("/index")},
                {"name": "proxied", "url": secret, "proxy": here.url("/")},
                {"name": "pages", "url": pages, "full_text": "always"},
            ],
            fetch={"spacing": "0s", "timeout": "10s", "allow_private": [here.authority]},
            heartbeat=here.url("/away"),
            channels=channels,
            alerts=[
                {"name": "all", "to": list(channels), "when": "at once", "settle": None}
                | {"sources": ["pages"]}
            ],
        )


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Inside]:
    with Site() as inside, Inside(tmp_path, inside) as made:
        url = inside.url("/secret")
        made.watching(
            {
                "webhook": {"kind": "webhook", "url": url, "secret": SECRET},
                "slack": {"kind": "slack", "url": url},
                "discord": {"kind": "discord", "url": url},
                "teams": {"kind": "teams", "url": url},
                "ntfy": {"kind": "ntfy", "url": url},
                "telegram": {
                    "kind": "telegram",
                    "token": "1:A-b",
                    "chat": 1,
                    "api": inside.url(""),
                },
            }
        )
        yield made
        assert inside.requests == []


def test_a_pass_reaches_no_private_host_by_any_kind_of_source_page_or_message(room: Inside) -> None:
    room.aiwatch("fetch", now=NOON)
    listed = json.loads(room.aiwatch("sources", "list", "--json", now=NOON).out)
    refused = {one["name"]: one["detail"] for one in listed if "private" in one["detail"]}
    assert sorted(refused) == sorted({one["name"] for one in listed} - {"pages"})
    explained = room.aiwatch("explain", "1", now=NOON).out
    assert "private" in explained
    outbox = json.loads(room.aiwatch("outbox", "list", "--json", now=NOON).out)
    assert {one["channel"] for one in outbox if "private" in one["detail"]} == {
        *("webhook", "slack", "discord", "teams", "ntfy", "telegram")
    }
    assert [path for _, path, _ in room.site.requests].count("/away") == 2  # the heartbeat, too


@pytest.mark.parametrize(
    "words",
    [
        ("check", "--online"),
        ("channels", "test", "slack"),
        ("doctor", "--online"),
        ("sources", "discover", "{inside}"),
        ("sources", "discover", "{here}/home"),
        ("sources", "add", "{inside}"),
        ("extract", "{inside}"),
        ("explain", "{inside}"),
        ("topics", "suggest", "{inside}"),
    ],
)
def test_no_command_reaches_a_private_host(words: tuple[str, ...], room: Inside) -> None:
    here, inside = room.site.url("").rstrip("/"), room.inside.url("/secret")
    done = room.aiwatch(*[word.format(here=here, inside=inside) for word in words], now=NOON)
    assert "Traceback" not in done.err
    assert room.inside.requests == []

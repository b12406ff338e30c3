"""The captured real feeds, served from loopback: read whole once, cheap the second time, and told by mail and hook."""

import gzip
import json
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import feedparser
import pytest
from standardwebhooks import Webhook

from aiwatch.config import load
from aiwatch.store import reader
from aiwatch.text.clean import safe_url
from tests.newsroom import SECRET, Newsroom
from tests.servers import Answer, Asked

pytestmark = [pytest.mark.slow, pytest.mark.untraced]

PASS = ("2026-11-21T12:30:00Z", "2026-11-21T13:31:00Z")
# Links that are read otherwise on purpose; each is argued and counted in tests/sources/test_real_feeds.py.
OTHER_LINKS = {
    *("070-googleblog-blogspot-com.xml", "109-breakingnews-ie.xml", "167-trottercashion-com.xml"),
    *("147-news-google-com.xml", "252-reddit-com.xml", "254-reddit-com.xml"),
}
UNREADABLE = {"148-adactio-com.json"}  # JSON Feed, which feedparser 6.0.14 does not read


EVERY = 6  # filing the 4,600 entries of all took 40 s; that all are read right is held by tests/sources/test_real_feeds.py


def captured(shared_data: Path) -> dict[str, bytes]:
    folder = shared_data / "feeds"
    lines = (folder / "real.jsonl").read_text("utf-8").splitlines()
    names = [Path(json.loads(line)["file"]).name for line in lines[::EVERY]]
    return {
        Path(name).stem: gzip.decompress((folder / "real" / name).read_bytes()) for name in names
    }


def serve(room: Newsroom, name: str, body: bytes, place: int) -> str:
    """Every third server knows validators; the others send the same bytes again."""
    tag = f'"{place}"'

    def answer(asked: Asked) -> Answer:
        if place % 3 == 0 and asked.headers.get("if-none-match") == tag:
            return Answer(status=304, headers={"ETag": tag})
        return Answer(body, headers={"ETag": tag} if place % 3 == 0 else {})

    room.site.add(f"/{name}", answer)
    return room.site.url(f"/{name}")


def expected(body: bytes, url: str) -> Counter[tuple[str, str | None]]:
    """Ids and links by feedparser's own reading, under our id rule: guid, else link; equal ones collapse."""
    found: dict[str, str | None] = {}
    links: dict[str, set[str | None]] = {}
    entries = feedparser.parse(body, response_headers={"content-location": url}).entries
    for entry in entries:
        links.setdefault(entry.get("id") or "", set()).add(entry.get("link"))
    for entry in entries:
        id_, link = entry.get("id"), safe_url(entry.get("link") or "", url)
        if id_ and len(links[id_]) > 1:  # one id for different addresses names nothing
            id_ = None
        found.setdefault(id_ or link or f"hash of {len(found)}", link)
    return Counter(found.items())


def test_one_fetch_reads_all_a_second_files_nothing_and_the_digest_arrives(
    tmp_path: Path, shared_data: Path
) -> None:
    feeds = captured(shared_data)
    with Newsroom(tmp_path) as room:
        urls = {
            name: serve(room, name, body, place) for place, (name, body) in enumerate(feeds.items())
        }
        configure(room, urls)
        first = room.apart("fetch", "--json", now=PASS[0])
        assert first.code == 0, first.err
        report = first.json()
        assert {one["name"]: one["outcome"] for one in report["sources"]} == dict.fromkeys(
            feeds, "new"
        )
        check_entries(room, feeds, urls)
        second = room.apart("fetch", "--all", "--json", now=PASS[1])
        assert second.code == 0, second.err
        check_second(second.json(), report)
        check_delivery(room)


def configure(room: Newsroom, urls: Mapping[str, str]) -> None:
    shipped = load(Path(__file__).parents[1] / "config" / "feeds.yaml", {})
    room.configure(
        use=["ai-video"],
        drop={"sources": [source.name for source in shipped.sources]},
        sources=[{"name": name, "url": url} for name, url in urls.items()],
        defaults={"full_text": "never"},
        topics={},
        alerts=[{"name": "hourly", "to": ["inbox", "hook"], "when": "hourly"}],
    )


def check_entries(room: Newsroom, feeds: Mapping[str, bytes], urls: Mapping[str, str]) -> None:
    for name, body in feeds.items():
        if name in UNREADABLE:
            continue
        with reader(room.database) as db:
            rows = db.execute(
                "SELECT entry_id, url FROM entries WHERE source = ?", (name,)
            ).fetchall()
        ours = Counter((row["entry_id"], row["url"]) for row in rows)
        theirs = expected(body, urls[name])
        if name in OTHER_LINKS:
            assert {id_ for id_, _ in ours} == {id_ for id_, _ in theirs}, name
            continue
        hashed = {pair for pair in theirs if pair[0].startswith("hash of ")}
        assert len(rows) == theirs.total(), name
        missing = Counter(pair for pair in theirs.elements() if pair not in hashed) - ours
        assert sum(missing.values()) <= 0, (name, list(missing)[:3])


def check_second(report: Mapping[str, Any], first: Mapping[str, Any]) -> None:
    assert {one["outcome"] for one in report["sources"]} == {"unchanged"}
    assert len(report["sources"]) == len(first["sources"])
    assert set(report["articles"].values()) == {0}


def check_delivery(room: Newsroom) -> None:
    (mail,) = room.inbox.mails
    assert "outlets" in mail.message["Subject"]
    assert mail.recipients == ("reader@example.org",)
    (hook,) = room.hooks
    # The signature is of this pass' clock; the library checks it against the real one, so only its text is compared.
    moment = datetime.fromtimestamp(int(hook.headers["webhook-timestamp"]), UTC)
    signed = Webhook(SECRET).sign(hook.headers["webhook-id"], moment, hook.body.decode())
    assert hook.headers["webhook-signature"] == signed
    assert json.loads(hook.body)["type"] == "digest"

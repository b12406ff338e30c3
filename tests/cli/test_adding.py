"""`sources discover`, `add`, `import`, `export`: found, written, and handed from reader to reader."""

import io
import sys
from pathlib import Path

import pytest
from lxml import etree

from aiwatch.config import load
from tests.cli.conftest import NOON
from tests.newsroom import Newsroom

FILE = """\
# what I watch
timezone: Asia/Bangkok   # home
contact: me@example.org
fetch: {spacing: 0s, allow_private: true}

sources:
  # --- mine
  - name: Mine        # the first
    url: "https://mine.example/feed"

# the end
"""


@pytest.fixture
def own(room: Newsroom) -> Newsroom:
    """A file as a person writes it, and a site whose page names a feed."""
    room.file.write_text(FILE, encoding="utf-8")
    room.site.add(
        "/",
        '<html><head><title>x</title><link rel="alternate" type="application/rss+xml" href="/feed"></head></html>',
    )
    room.feed(
        "/feed",
        room.item("/one", "OpenAI closes Sora", "2026-03-24T10:00:00Z"),
        room.item("/two", "Sora opens", "2026-03-23T10:00:00Z"),
        room.item("/three", "Kling wins", "2026-03-22T10:00:00Z"),
        title="TheWrap",
    )
    return room


@pytest.fixture
def shipped(own: Newsroom) -> Newsroom:
    """The same with the shipped sources, which take 0.3 s at every command: only for what is about them."""
    own.file.write_text(f"use: [ai-video]\n{FILE}", encoding="utf-8")
    return own


# ---------------------------------------------------------------- found and added


def test_what_is_added_is_shown_and_written_without_losing_a_byte(shipped: Newsroom) -> None:
    own, before = shipped, shipped.file.read_text("utf-8")
    done = own.aiwatch(
        "sources",
        "add",
        own.site.url("/"),
        "--tag",
        "film",
        "--tag",
        "ai",
        "--every",
        "30m",
        now=NOON,
    )
    assert (done.code, done.err) == (0, "")
    shown = done.out.splitlines()
    assert shown[0] == "TheWrap"
    assert "  rhythm:   about once a day" in shown
    assert "             17:00  OpenAI closes Sora" in shown
    piece = (
        "  - name: TheWrap 2\n"  # a shipped source has the name
        f"    url: {own.site.url('/feed')}\n"
        "    every: 30m\n"
        "    tags: [film, ai]\n"
    )
    assert f"added to {own.file}:\n{piece}" in done.out
    assert own.file.read_text("utf-8") == before.replace("\n# the end", f"{piece}\n# the end")
    assert [path for _, path, _ in own.site.requests] == ["/", "/feed"]
    # And again: at its own address nobody is asked, at the page's the feed is known.
    for address in ("/feed", "/"):
        again = own.aiwatch("sources", "add", own.site.url(address))
        assert again.code == 2
        assert f"{own.site.url('/feed')} is already watched as 'TheWrap 2'" in again.err
    assert len(own.site.requests) == 4


def test_what_is_found_is_listed_and_nothing_is_written(own: Newsroom) -> None:
    found = own.aiwatch("sources", "discover", own.site.url("/"), "--json", now=NOON)
    assert found.code == 0, found.err
    (row,) = [one for one in found.json()["found"] if one["kind"] == "feed"]
    assert row["newest"][0] == {
        "title": "OpenAI closes Sora",
        "url": own.site.url("/one"),
        "published": "2026-03-24T10:00:00Z",
    }
    del row["newest"]
    assert row == {
        "title": "TheWrap",
        "kind": "feed",
        "url": own.site.url("/feed"),
        "why": "the page names it",
        "entries": 3,
        "newest_at": "2026-03-24T10:00:00Z",
        "rhythm": "about once a day",
        "per_day": 1.0,
        "text": "none",
        "quirks": [],
        "hints": [],
        "watched_as": None,
    }
    shown = own.aiwatch("sources", "discover", own.site.url("/feed"), now=NOON).out.splitlines()
    assert shown[0].split() == [
        "title",
        "kind",
        "address",
        "entries",
        "newest",
        "rhythm",
        "watched",
        "as",
    ]
    assert shown[1].startswith(f"TheWrap  feed  {own.site.url('/feed')}        3  17:00")
    assert own.file.read_text("utf-8") == FILE


def test_where_nothing_is_found_all_that_was_tried_is_said(own: Newsroom) -> None:
    own.site.add("/", "<html><body>Hello</body></html>")
    own.site.add("/feed", status=404)
    done = own.aiwatch("sources", "discover", own.site.url("/"))
    assert (done.code, done.out) == (1, "")
    assert f"nothing at {own.site.url('/')} can be watched" in done.err
    assert f"usual paths, like {own.site.url('/feed')}: nothing" in done.err
    done = own.aiwatch("sources", "add", own.site.url("/gone"), "--json", "--kind", "feed")
    assert done.code == 1
    assert done.json()["added"] is None
    assert "404" in done.json()["reason"]
    assert done.json()["tried"][0]["url"] == own.site.url("/gone")
    assert own.file.read_text("utf-8") == FILE


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("https://mine.example/feed",), "is already watched as 'Mine'"),
        (("http://www.mine.example/feed/",), "is already watched as 'Mine'"),
        (("open ai",), "is no web address"),
        (("a.example", "--name", "Mine"), "there is a source 'Mine' already"),
        (("a.example", "--kind", "fead"), "no kind of source 'fead'; did you mean 'feed'?"),
        (("a.example", "--every", "soon"), "--every: 'soon' is no duration"),
    ],
)
def test_what_cannot_be_added_is_said_before_anybody_is_asked(
    own: Newsroom, words: tuple[str, ...], said: str
) -> None:
    done = own.aiwatch("sources", "add", *words)
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert own.file.read_text("utf-8") == FILE
    assert own.site.requests == []


def test_a_shipped_source_that_is_off_is_named(shipped: Newsroom) -> None:
    done = shipped.aiwatch("sources", "add", "https://huggingface.co/blog/feed.xml")
    assert (done.code, done.out) == (2, "")
    off = "is already watched as 'Hugging Face Blog', which is off: set `enabled: true` there"
    assert off in done.err
    assert shipped.site.requests == []


def test_a_file_that_cannot_take_it_stays_and_the_lines_are_said(shipped: Newsroom) -> None:
    own = shipped
    strange = own.file.read_text("utf-8").partition("sources:")[0] + "sources: ~\n"
    own.file.write_text(strange, encoding="utf-8")
    typed = own.site.url("/feed").replace("://", "://me:hunter2@")
    done = own.aiwatch("sources", "add", typed, "--name", "New", "--every", "auto")
    assert done.code == 2
    assert "stays as it is: what stands behind `sources:` is no list" in done.err
    assert f"  - name: New\n    url: {own.site.url('/feed')}\n    every: auto\n" in done.err
    assert "hunter2" not in done.err
    assert own.file.read_text("utf-8") == strange


def test_a_sign_in_is_written_and_not_shown(own: Newsroom) -> None:
    typed = own.site.url("/feed").replace("://", "://me:hunter2@")
    done = own.aiwatch("sources", "add", typed, "--name", "New", "--json")
    assert done.code == 0, done.err
    assert "hunter2" not in done.out
    assert done.json()["added"] == {"name": "New", "url": own.site.url("/feed")}
    assert f"url: {typed}\n" in own.file.read_text("utf-8")


def test_without_a_configuration_init_comes_first(tmp_path: Path, own: Newsroom) -> None:
    own.file.unlink()
    done = own.aiwatch("sources", "add", "a.example")
    assert done.code == 2
    assert str(own.file) in done.err


# ---------------------------------------------------------------- from reader to reader

LIST = """<opml version="2.0"><body>
<outline text="Film"><outline text="Reel" type="rss" xmlUrl="https://reel.example/feed"/>
<outline text="Mine again" type="rss" xmlUrl="https://www.mine.example/feed/"/></outline>
<outline text="Mine" type="rss" xmlUrl="https://wrap.example/feed"/>
<outline text="Reel twice" type="rss" xmlUrl="https://reel.example/feed/" category="AI"/>
BAD</body></opml>
"""
BAD = '<outline text="Script" type="rss" xmlUrl="javascript:1"/>'
ADDED = """\
  - name: Reel
    url: https://reel.example/feed
    tags: [Film, AI]
  - name: Mine 2
    url: https://wrap.example/feed
"""


def opml_file(room: Newsroom, text: str) -> str:
    file = room.folder / "list.opml"
    file.write_text(text, encoding="utf-8")
    return str(file)


def test_a_list_of_another_reader_is_added(own: Newsroom) -> None:
    file = opml_file(own, LIST.replace("BAD", ""))
    trial = own.aiwatch("sources", "import", file, "--dry-run")
    assert (trial.code, own.file.read_text("utf-8")) == (0, FILE)
    assert trial.out.splitlines() == [
        "added        Reel  https://reel.example/feed",
        "added        Mine 2  https://wrap.example/feed",
        "merged       Reel twice: the same address as 'Reel'",
        "merged       Mine again: already watched as 'Mine'; tags it has not there: Film",
        "2 added, 2 merged, 0 passed over; nothing written",
    ]
    done = own.aiwatch("sources", "import", file)
    assert done.out.splitlines()[-1] == f"2 added, 2 merged, 0 passed over: {own.file}"
    assert own.file.read_text("utf-8") == FILE.replace("\n# the end", f"{ADDED}\n# the end")
    assert own.aiwatch("sources", "import", file, "--json").json()["added"] == []
    assert own.site.requests == []


def test_what_is_passed_over_is_named_and_the_rest_is_added(own: Newsroom) -> None:
    file = opml_file(own, LIST.replace("BAD", BAD))
    done = own.aiwatch("sources", "import", file, "--disabled", "--json")
    assert done.code == 1
    report = done.json()
    assert report["passed_over"] == [
        {"name": "Script", "reason": "'javascript:1' is no http(s) address"}
    ]
    assert {one["name"]: one["enabled"] for one in report["added"]} == {
        "Reel": False,
        "Mine 2": False,
    }
    assert ("Reel", False) in [(one.name, one.enabled) for one in load(own.file).sources]


def test_a_list_may_come_from_standard_input(
    own: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = io.TextIOWrapper(io.BytesIO(LIST.replace("BAD", "").encode()))
    monkeypatch.setattr(sys, "stdin", given)
    assert own.aiwatch("sources", "import", "-").code == 0
    assert ADDED in own.file.read_text("utf-8")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("<rss/>", "is refused: this is <rss>, not OPML"),
        ("<!DOCTYPE x [<!ENTITY a 'b'>]><opml/>", "is refused: it declares entities"),
    ],
)
def test_a_hostile_or_wrong_list_is_refused(own: Newsroom, text: str, said: str) -> None:
    done = own.aiwatch("sources", "import", opml_file(own, text))
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert "cannot be read" in own.aiwatch("sources", "import", "none.opml").err


def test_a_list_cut_off_before_its_first_feed_is_no_success(own: Newsroom) -> None:
    done = own.aiwatch("sources", "import", opml_file(own, "<opml><body><outline text='cu"))
    assert done.code == 1
    assert "note         not well-formed (" in done.out
    assert "0 added" in done.out


def test_what_is_written_out_comes_in_again(shipped: Newsroom, tmp_path: Path) -> None:
    own = shipped
    made = tmp_path / "out.opml"
    assert own.aiwatch("sources", "export", "--all", "-o", str(made)).code == 0
    before = load(own.file).sources
    own.file = tmp_path / "other.yaml"
    own.file.write_text("fetch: {allow_private: true}\n", encoding="utf-8")
    assert own.aiwatch("sources", "import", str(made)).code == 0
    again = load(own.file).sources
    assert sorted(again, key=lambda one: one.name) == sorted(before, key=lambda one: one.name)


def test_only_what_is_on_is_written_out_and_secrets_stay_here(own: Newsroom) -> None:
    own.file.write_text(
        "sources:\n"
        "  - {name: Open, url: 'https://me:hunter2@on.example/feed', headers: {X-Key: hunter2}}\n"
        "  - {name: Shut, url: 'https://off.example/feed', enabled: false}\n"
        "  - {name: Token, url: 'https://token.example/${AIWATCH_NO_TOKEN:-hunter2}'}\n"
    )
    done = own.aiwatch("sources", "export")
    assert done.code == 0
    assert "hunter2" not in done.out + done.err
    (outline,) = etree.fromstring(done.out.encode()).findall(".//outline")
    assert outline.get("xmlUrl") == "https://on.example/feed"
    assert done.err.splitlines() == [
        "Token: left out: a part of it comes from the environment",
        "Open: without headers",
        "Open: without the sign-in in its address",
    ]


def test_what_is_added_is_not_asked_twice_in_a_row_and_its_entries_are_filed(
    own: Newsroom,
) -> None:
    own.file.write_text("fetch: {spacing: 0s, allow_private: true}\n")
    assert own.aiwatch("sources", "add", own.site.url("/feed"), now=NOON).code == 0
    done = own.aiwatch("fetch", "--json", now=NOON).json()
    assert [path for _, path, _ in own.site.requests].count("/feed") == 1
    assert done["articles"]["filed"] == 3
    later = own.aiwatch("fetch", "--json", now="2026-03-24T14:00:00Z").json()
    assert [source["outcome"] for source in later["sources"]] == ["unchanged"]

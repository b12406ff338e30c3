"""Habits of publishers; whole feeds of each stand in tests/data/feeds."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiwatch.sources.entries import Item
from aiwatch.sources.quirks import decoded_google_link, without_quirks

URL = "https://feeds.example/rss"
GOOGLE = "https://news.google.com/rss/articles/"


def google_id(address: bytes, *, size: bytes | None = None, tag: bytes = b"\x08\x13\x22") -> str:
    length = size if size is not None else bytes([len(address)])
    return base64.urlsafe_b64encode(tag + length + address).decode().rstrip("=")


LONG = b"https://clapper.example/" + b"a" * 200


@pytest.mark.parametrize(
    ("link", "address"),
    [
        (GOOGLE + google_id(b"https://clapper.example/a") + "?oc=5", "https://clapper.example/a"),
        (f"https://news.google.com/__i/rss/rd/articles/{google_id(b'https://clapper.example/a')}", "https://clapper.example/a"),
        (f"https://news.google.com/articles/{google_id(LONG, size=bytes([0xE0, 0x01]))}", LONG.decode()),
        (GOOGLE + google_id(b"AU_yqLNjUzM0ZTY3ODkwMTIzNDU2Nzg5"), None),
        (GOOGLE + google_id(b"https://clapper.example/\xff"), None),
        (GOOGLE + google_id(b"https://clapper.example/a", tag=b"\x08\x13\x32"), None),
        (GOOGLE + "A" * 13, None),
        ("https://news.google.com/topics/" + google_id(b"https://clapper.example/a"), None),
        ("https://other.example/articles/" + google_id(b"https://clapper.example/a"), None),
    ],
)  # fmt: skip
def test_an_old_google_link_holds_its_address(link: str, address: str | None) -> None:
    assert decoded_google_link(link) == address


@given(st.binary(max_size=60))
def test_no_google_link_raises(message: bytes) -> None:
    decoded_google_link(GOOGLE + base64.urlsafe_b64encode(b"\x08\x13\x22" + message).decode())


@pytest.mark.parametrize(
    ("title", "outlet", "body", "want"),
    [
        ("Light - The Clapper", "The Clapper", "", ("Light", "The Clapper", "")),
        ("Light - the clapper", "The Clapper", "", ("Light", "The Clapper", "")),
        ("Light - Other", "The Clapper", "", ("Light - Other", "The Clapper", "")),
        ("Light", "", "<a href='x'>Light</a>", ("Light", "", "")),
        ("Light", "", "<p>A lamp was lit.</p>", ("Light", "", "<p>A lamp was lit.</p>")),
        ("Light - Box", "", "<font color='x'>Box</font>", ("Light", "Box", "")),
    ],
)
def test_google_news(title: str, outlet: str, body: str, want: tuple[str, str, str]) -> None:
    item = Item(title=title, outlet=outlet, summary=body, link=GOOGLE + "CBMi")
    got = without_quirks(item, URL)
    assert (got.title, got.outlet, got.summary) == want
    assert got.link == item.link


POST = (
    '<p>Words.</p> &#32; submitted by &#32; <a href="https://www.reddit.com/user/x"> /u/x </a>'
    ' <span><a href="{}">[link]</a></span>'
)


@pytest.mark.parametrize(
    ("target", "link"),
    [
        ("https://clapper.example/a?b=1&amp;c=2", "https://clapper.example/a?b=1&c=2"),
        ("https://v.redd.it/abc", "https://www.reddit.com/r/films/1"),
        ("https://old.reddit.com/r/films/1", "https://www.reddit.com/r/films/1"),
        ("javascript:alert(1)", "https://www.reddit.com/r/films/1"),
        ("https://notreddit.community/a", "https://notreddit.community/a"),
    ],
)
def test_a_reddit_post_is_about_the_page_it_points_to(target: str, link: str) -> None:
    item = Item(id="t3_1", link="https://www.reddit.com/r/films/1", bodies=(POST.format(target),))
    got = without_quirks(item, URL)
    assert (got.id, got.link, got.bodies) == ("t3_1", link, ("<p>Words.</p>",))


@pytest.mark.parametrize(
    ("author", "names"),
    [
        ("Ann Lee, Raj Rao and Kim Sato", ("Ann Lee", "Raj Rao", "Kim Sato")),
        ("Ann Lee, Raj Rao, and Kim Sato", ("Ann Lee", "Raj Rao", "Kim Sato")),
        ("Ann Lee & J. R. Rao", ("Ann Lee", "J. R. Rao")),
        ("Ann de la Cruz; Bo van Dam", ("Ann de la Cruz", "Bo van Dam")),
        ("Lee, Ann", ("Lee, Ann",)),
        ("Research and Markets", ("Research and Markets",)),
        ("Ann Lee, Senior Editor", ("Ann Lee, Senior Editor",)),
        ("Ann Lee, 24", ("Ann Lee, 24",)),
        ("Ministry of Sound and Light", ("Ministry of Sound and Light",)),
    ],
)
def test_names_are_split_only_where_all_are_of_people(author: str, names: tuple[str, ...]) -> None:
    assert without_quirks(Item(authors=(author,)), URL).authors == names


def test_other_items_stay_as_they_are() -> None:
    item = Item(
        id="a",
        link="https://frames.example/1",
        title="Light - Box",
        summary="<p>Comments: 5</p>",
        authors=("Ann",),
    )
    assert without_quirks(item, URL) is item
    assert without_quirks(Item(link="not an address"), "") == Item(link="not an address")

"""Marks: equal only where id and wording are; and what is cut out leaves the rest as it was."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aiwatch.sources.feed import read_feed
from aiwatch.sources.prescan import scan
from tests.sources.peers import same_by_marks, wording

FEEDS = Path(__file__).parents[1] / "data" / "feeds"
URL = "https://feeds.example/rss"
RSS = (
    '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/"'
    ' xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:slash="http://purl.org/rss/1.0/modules/slash/">'
    "<channel><title>Frames</title>{}</channel></rss>"
)
ATOM = '<feed xmlns="http://www.w3.org/2005/Atom"><title>Frames</title>{}</feed>'


def item(inside: str) -> bytes:
    return RSS.format(f"<item>{inside}</item>").encode()


def marks(body: bytes) -> tuple[str, ...]:
    """Without the part that knows an item by its bytes alone."""
    return tuple(mark[:16] for mark in read_feed(body, URL).marks)


@pytest.mark.parametrize(
    "file",
    [path for path in sorted(FEEDS.iterdir()) if "expect" not in path.name],
    ids=lambda path: path.name,
)
def test_known_items_are_passed_over_and_no_others(file: Path) -> None:
    same_by_marks(file.read_bytes(), URL)


ID = "<guid isPermaLink='false'>a 1</guid>"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f"{ID}<description>Points: 99</description>", f"{ID}<description>Points: 1,100</description>"),
        (f"{ID}<description><![CDATA[<p>(9 views)]]></description>", f"{ID}<description><![CDATA[<p>(10 views)]]></description>"),
        (f"{ID}<pubDate>Mon, 05 Oct 2026 10:00:00 GMT</pubDate>", f"{ID}<pubDate>Tue, 06 Oct 2026 10:00:00 GMT</pubDate>"),
        (f"{ID}<slash:comments>3</slash:comments>", f"{ID}<slash:comments>40</slash:comments>"),
        (
            f'{ID}<media:group><media:title>x</media:title><media:community><media:statistics views="7"/></media:community></media:group>',
            f'{ID}<media:group><media:title>x</media:title><media:community><media:statistics views="800"/></media:community></media:group>',
        ),
    ],
    ids=["points", "views", "date", "comments", "video"],
)  # fmt: skip
def test_what_moves_with_every_poll_leaves_the_mark(before: str, after: str) -> None:
    assert marks(item(before)) == marks(item(after)) != ()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<guid isPermaLink='false'>a 1</guid>", "<guid isPermaLink='false'>a 2</guid>"),
        (f"{ID}<title>Top 5</title>", f"{ID}<title>Top 6</title>"),
        (f"{ID}<link>https://x.example/1</link>", f"{ID}<link>https://x.example/2</link>"),
        (f"{ID}<description>&#65; &amp;#66;</description>", f"{ID}<description>&#67; &amp;#66;</description>"),
        (f"{ID}<description>&amp;#<!-- -->65;</description>", f"{ID}<description>&amp;#<!-- -->66;</description>"),
        (f"{ID}<description>&lt;h1&gt;</description>", f"{ID}<description>&lt;h7&gt;</description>"),
        (f"{ID}<description> 99 aa</description><content:encoded>b 100</content:encoded>",
         f"{ID}<description> 9999 aa</description><content:encoded>b 100</content:encoded>"),
        ("<title>t</title><pubDate>Mon, 05 Oct 2026 10:00:00 GMT</pubDate>",
         "<title>t</title><pubDate>Tue, 06 Oct 2026 10:00:00 GMT</pubDate>"),
        ("<title>t</title><description>no. 1</description>", "<title>t</title><description>no. 2</description>"),
        (f"{ID}<title>A - Box 4</title><source url='https://x.example'>Box 4</source>",
         f"{ID}<title>A - Box 5</title><source url='https://x.example'>Box 4</source>"),
    ],
    ids=["id", "title", "link", "reference", "split reference", "heading", "longer text", "undated", "unnamed", "outlet"],
)  # fmt: skip
def test_what_makes_another_id_or_wording_changes_the_mark(before: str, after: str) -> None:
    first, second = marks(item(before)), marks(item(after))
    assert first != second or first == ()


@pytest.mark.parametrize(
    "body",
    [
        RSS.format(""),
        RSS.format("<item><guid>a</guid></item>") + "<",
        RSS.format("<item><guid>a</guid></item><item><guid> a </guid></item>"),
        RSS.format("<item><link>https://x.example/</link></item><item><link>https://x.example/</link></item>"),
        RSS.format("<item><guid>a</guid><item><guid>b</guid></item></item>"),
        RSS.format("<item><guid>a</guid><x><entry><id>b</id></entry></x></item>"),
        RSS.format("<item><guid>a</guid></item><ITEM><guid>b</guid></ITEM>"),
        RSS.format("<item>words</item>"),
        RSS.format("<item><guid>a</guid><guid>b</guid></item>"),
        RSS.format("<item><guid>a</guid></item><title>Two</title>"),
        "<!DOCTYPE rss [<!ENTITY x 'y'>]>" + RSS.format("<item><guid>a</guid><title>&x;</title></item>"),
        RSS.format("<item><guid>a</guid><dc:x xmlns:dc='urn:x'/></item>"),
        RSS.replace("<channel>", "<channel xmlns='urn:x'>").format("<item><guid>a</guid></item>"),
        "<rss version='2.0' xmlns='urn:unknown'><channel><item><guid>a</guid></item></channel></rss>",
        "<rss version='2.0' xmlns:dc='urn:other'><channel><item><guid>a</guid></item></channel></rss>",
        "<rss version='2.0' xmlns:x='urn:other'><channel><x:item><guid>a</guid></x:item></channel></rss>",
        "<channel><item><guid>a</guid></item></channel>",
    ],
)  # fmt: skip
def test_an_odd_body_has_no_marks_and_is_read_whole(body: str) -> None:
    assert scan(body.encode(), URL) is None
    assert read_feed(body.encode(), URL).marks == ()
    same_by_marks(body.encode(), URL)


@pytest.mark.parametrize(
    ("body", "content_type", "sure"),
    [
        ("é".encode(), None, True),
        ("é".encode(), "text/xml; charset=utf-8", True),
        ("é".encode(), "text/xml; charset=iso-8859-1", True),
        ("é".encode(), "text/xml; charset=gbk", False),
        ("é".encode("latin-1"), None, False),
    ],
)
def test_only_what_is_surely_utf8_has_marks(
    body: bytes, content_type: str | None, sure: bool
) -> None:
    feed = RSS.format("<item><guid>a</guid><title>@</title></item>").encode().replace(b"@", body)
    assert bool(read_feed(feed, URL, content_type).marks) == sure
    assert read_feed(b"<?xml version='1.0' encoding='gb2312'?>" + feed, URL).marks == ()
    same_by_marks(feed, URL, content_type)


def test_a_mark_belongs_to_the_feeds_address_and_base() -> None:
    feed = ATOM.format("<entry><id>a</id></entry>")
    based = feed.replace("<feed", "<feed xml:base='https://x.example/'")
    found = {
        read_feed(body.encode(), url).marks for body in (feed, based) for url in (URL, URL + "2")
    }
    assert len(found) == 4
    assert () not in found


def test_an_item_is_known_by_its_bytes_or_by_its_wording() -> None:
    first = RSS.format(f"<item>{ID}<description>Points: 9</description></item>").encode()
    later = first.replace(b"Points: 9", b"Points: 12")
    marks = read_feed(first, URL).marks
    for body in (first, later):
        known = scan(body, URL, marks)
        assert known is not None
        assert [listed.known for listed in known.items] == [True]
    assert (
        read_feed(later, URL, None, frozenset(marks)).marks == read_feed(later, URL).marks != marks
    )


def test_a_second_item_of_a_known_name_is_found_out() -> None:
    """Which of the two counts is seen from the whole body only."""
    one = f"<item>{ID}<title>One</title></item>"
    marks = read_feed(RSS.format(one).encode(), URL).marks
    both = RSS.format(one + f"<item>{ID}<title>Two</title></item>").encode()
    assert read_feed(both, URL, None, frozenset(marks)) == read_feed(both, URL)


def test_names_of_items_in_a_section_are_no_items() -> None:
    body = RSS.format(
        "<item><guid>a</guid><description><![CDATA[</item><item>]]></description></item><!-- <item> -->"
        "<item><guid>b</guid></item>"
    ).encode()
    assert len(marks(body)) == 2
    same_by_marks(body, URL)


@pytest.mark.parametrize(
    "inside",
    [
        "<description>" + "<![CDATA[</description>]]><b/>" * 3_000 + "</description>",
        "<media:group>" + '<media:statistics views="1"/>' * 5_000 + "</media:group>",
        "".join(f"<a{n}>" for n in range(5_000))
        + "".join(f"</a{n}>" for n in reversed(range(5_000))),
        "<x><x>" * 3_000 + "</x></x>" * 3_000,
        "<!--x-->" * 5_000,
        "<description><![CDATA[" + "]" * 200_000 + "]]></description>",
        "<description>" + " 1" * 50_000 + "</description>",
        (" " * 50 + "<x>") * 2_000 + "</x>" * 2_000,
    ],
    ids=["sections", "counters", "depth", "one name", "comments", "brackets", "figures", "blanks"],
)
def test_scanning_takes_time_in_proportion(inside: str) -> None:
    """Each of these would take minutes where anything is tried twice."""
    scan(item(f"{ID}{inside}"), URL)


# ---------------------------------------------------------------- laws

PIECES = st.sampled_from(
    ("1", "12", "999", " ", "\n", "(", ",", "a", "b", "é", "&amp;", "&#35;", "#", "65;", "x41;", ";", "&lt;b&gt;", "&lt;/b&gt;",
     "&lt;h", "&gt;", "&#66;", "<![CDATA[<i>7 x</i>]]>", "<!-- 5 -->", "<b>6</b>", " - Box 4", "&lt;font&gt;Box 4&lt;/font&gt;")
)  # fmt: skip
WORDS = st.lists(PIECES, max_size=5).map("".join)
SHORT = st.sampled_from(("a 1", "a 2", "/b", "https://x.example/c", "https://x.example/c?d=1", ""))
ELEMENTS = st.one_of(
    st.builds("<guid isPermaLink='false'>{}</guid>".format, SHORT),
    st.builds("<guid>{}</guid>".format, SHORT),
    st.builds("<link>{}</link>".format, SHORT),
    st.builds("<title>{}</title>".format, WORDS),
    st.builds("<description>{}</description>".format, WORDS),
    st.builds("<content:encoded>{}</content:encoded>".format, WORDS),
    st.builds("<media:group><media:description>{}</media:description></media:group>".format, WORDS),
    st.builds("<source url='https://x.example'>{}</source>".format, st.sampled_from(("Box 4", "Box 5"))),
    st.builds("<pubDate>{}</pubDate>".format, st.sampled_from(("Mon, 05 Oct 2026 10:00:00 GMT", "2026-10-06", "soon"))),
    st.builds("<dc:creator>{}</dc:creator>".format, st.sampled_from(("Ann Lee", "a@x.example (Ann)", ""))),
    st.just("<slash:comments>3</slash:comments>"),
    st.just("<x/>"),
)  # fmt: skip
ITEMS = st.lists(ELEMENTS, max_size=6)
HOSTS = st.sampled_from((URL, "https://news.google.com/rss", "https://www.reddit.com/.rss"))


@settings(max_examples=75, deadline=None)
@given(st.data(), HOSTS)
def test_one_mark_is_one_id_and_one_wording(data: st.DataObject, url: str) -> None:
    before = data.draw(ITEMS)
    after = list(before)
    for _ in range(data.draw(st.integers(1, 2))):
        at = data.draw(st.integers(0, len(after)))
        after[at : at + 1] = data.draw(st.lists(ELEMENTS, max_size=1))
    first, second = (read_feed(item("".join(one)), url) for one in (before, after))
    if first.marks and second.marks and first.marks[0][:16] == second.marks[0][:16]:
        one, other = (
            [(entry.id, wording(entry)) for entry in read.entries] for read in (first, second)
        )
        assert one == other


@settings(max_examples=60, deadline=None)
@given(st.lists(ITEMS, min_size=1, max_size=4), HOSTS)
def test_any_part_of_a_feed_is_read_as_in_the_whole(
    items: Sequence[Sequence[str]], url: str
) -> None:
    body = RSS.format("".join(f"<item>{''.join(one)}</item>" for one in items)).encode()
    whole = read_feed(body, url)
    part = read_feed(body, url, None, frozenset(["another"]))
    assert part == whole
    if whole.marks and len(whole.entries) == len(whole.marks):
        same_by_marks(body, url)


ATOM_ELEMENTS = st.one_of(
    st.builds("<id>{}</id>".format, st.sampled_from(("tag:x,1:a", "urn:uuid:1", "abc", "a/b", "https://x.example/c"))),
    st.builds("<link href='{}'/>".format, SHORT),
    st.builds('<link href="https://x.example/{}" rel="{}" type="{}"/>'.format, st.sampled_from("ab"),
              st.sampled_from(("alternate", "self", "related", "Alternate")), st.sampled_from(("text/html", "application/pdf"))),
    st.builds("<title type='{}'>{}</title>".format, st.sampled_from(("text", "html", "xhtml")), WORDS),
    st.builds("<summary>{}</summary>".format, WORDS),
    st.builds("<content type='{}'>{}</content>".format, st.sampled_from(("text", "html", "text/plain", "image/png")), WORDS),
    st.builds("<updated>{}</updated>".format, st.sampled_from(("2026-10-06T10:00:00Z", "2026-02-30T10:00:00Z", "2026-10-06T10:00:00.5+02:00"))),
    st.builds("<published>{}</published>".format, st.sampled_from(("2026-10-06T10:00:00-05:00", "2026-10-06"))),
    st.builds("<author><name>{}</name></author>".format, st.sampled_from(("Ann Lee", "Ann &amp; Bo", ""))),
    st.just("<category term='x'/>"),
    st.just("<author><name>A</name><email>a@x.example</email></author>"),
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(ATOM_ELEMENTS, max_size=6), min_size=1, max_size=3))
def test_any_part_of_an_atom_feed_is_read_as_in_the_whole(items: Sequence[Sequence[str]]) -> None:
    body = ATOM.format("".join(f"<entry>{''.join(one)}</entry>" for one in items)).encode()
    assert read_feed(body, URL, None, frozenset(["another"])) == read_feed(body, URL)

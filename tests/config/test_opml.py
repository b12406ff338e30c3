"""Lists of feeds in and out: as other readers write them, as hostile hands do, and back again unchanged."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from aiwatch.config import load_text
from aiwatch.config.opml import (
    MAX_BYTES,
    MAX_DEPTH,
    MAX_OUTLINES,
    NAMESPACE,
    Outline,
    Outlines,
    Refusal,
    parse,
    render,
    with_variables,
)
from aiwatch.config.writing import free_name, source_key
from aiwatch.model import Backlog, ExtractRules, Secret, Source, SourceName

DATA = Path(__file__).parents[1] / "data" / "opml"
OURS = f'xmlns:aiwatch="{NAMESPACE}"'


def opml(body: str, head: str = "<head><title>Mine</title></head>", attributes: str = "") -> bytes:
    return f'<?xml version="1.0"?><opml version="2.0" {attributes}>{head}<body>{body}</body></opml>'.encode()


def listed(body: bytes) -> Outlines:
    found = parse(body)
    assert isinstance(found, Outlines), found
    return found


def feed(url: str = "https://a.example/feed", text: str = "A", more: str = "") -> str:
    return f'<outline type="rss" text="{text}" xmlUrl="{url}" {more}/>'


# ---------------------------------------------------------------- in


@pytest.mark.parametrize("file", sorted(DATA.glob("*.opml")), ids=lambda file: file.stem)
def test_exports_of_other_readers_are_read(file: Path) -> None:
    expected = yaml.safe_load(file.with_suffix(".expect.yaml").read_text("utf-8"))
    found = listed(file.read_bytes())
    assert [one.as_source() for one in found.outlines] == expected["sources"]
    assert [one.what for one in found.passed] == expected.get("passed", [])
    assert [one.what for one in found.merged] == expected.get("merged", [])
    assert len(found.notes) == expected.get("notes", 0)


@pytest.mark.parametrize(
    ("body", "name", "url", "tags"),
    [
        (feed(), "A", "https://a.example/feed", ()),
        ('<outline TEXT="A" XMLURL="https://a.example/"/>', "A", "https://a.example/", ()),
        ('<OUTLINE text="A" xmlurl="https://a.example/"/>', "A", "https://a.example/", ()),
        (feed(text="short", more='title="Long"'), "Long", "https://a.example/feed", ()),
        ('<outline xmlUrl="https://www.a.example/f"/>', "a.example", "https://www.a.example/f", ()),
        (
            f'<outline text="News"><outline text="AI">{feed()}</outline></outline>',
            "A",
            "https://a.example/feed",
            ("News", "AI"),
        ),
        (
            feed(more='category="/Tech/AI,Film"'),
            "A",
            "https://a.example/feed",
            ("Tech", "AI", "Film"),
        ),
        (
            f'<outline text="Tech">{feed(more="category=&quot;Tech&quot;".replace("&quot;", chr(34)))}</outline>',
            "A",
            "https://a.example/feed",
            ("Tech",),
        ),
        (f'<outline text="">{feed()}</outline>', "A", "https://a.example/feed", ()),
        (feed("https://a.example/?a=1&b=2"), "A", "https://a.example/?a=1&b=2", ()),
        (feed("https://a.example/?a=1&copy=2"), "A", "https://a.example/?a=1&copy=2", ()),
        (feed("https://a.example/?a=1&amp;b=2"), "A", "https://a.example/?a=1&b=2", ()),
        (feed(text="Caf&eacute; &nbsp;X"), "Café X", "https://a.example/feed", ()),
        (feed(text="a&#10;b&#x202e;"), "a b", "https://a.example/feed", ()),
        (feed(text="${HOME}"), "$ {HOME}", "https://a.example/feed", ()),
        (feed("https://a.example/${HOME}"), "A", "https://a.example/$%7BHOME}", ()),
        (
            f'<outline text="${{HOME}}">{feed()}</outline>',
            "A",
            "https://a.example/feed",
            ("$ {HOME}",),
        ),
    ],
)
def test_one_outline(body: str, name: str, url: str, tags: tuple[str, ...]) -> None:
    (one,) = listed(opml(body)).outlines
    assert (one.name, one.url, one.tags) == (name, url, tags)


@pytest.mark.parametrize(
    "body",
    [
        b'<opml><body><outline xmlUrl="https://a.example/"/></body></opml>',
        b'<opml version="1.0"><outline xmlUrl="https://a.example/"/></opml>',
        b'\xef\xbb\xbf<?xml version="1.0" encoding="utf-8"?><opml><body><outline xmlUrl="https://a.example/"/></body></opml>',
        b'\n\n<?xml version="1.0"?><opml><body><outline xmlUrl="https://a.example/"/></body></opml>',
        b'<!DOCTYPE opml SYSTEM "http://a.example/opml.dtd"><opml><body><outline xmlUrl="https://a.example/"/></body></opml>',
        b'<o:opml xmlns:o="x"><o:body><o:outline xmlUrl="https://a.example/"/></o:body></o:opml>',
        b'<opml><body><outline xmlUrl="https://a.example/"/></body>',
        b'<opml><!-- x --><?y z?><body>\x00<outline xmlUrl="https://a.example/"/></body></opml>',
    ],
)
def test_careless_files_are_read(body: bytes) -> None:
    assert [one.url for one in listed(body).outlines] == ["https://a.example/"]


@pytest.mark.parametrize("charset", ["utf-8", "utf-16", "windows-1251", "koi8-r", "iso-8859-5"])
def test_any_character_set_is_read(charset: str) -> None:
    text = f'<?xml version="1.0" encoding="{charset}"?><opml><body>{feed(text="Новости")}</body></opml>'
    assert listed(text.encode(charset)).outlines[0].name == "Новости"


@pytest.mark.parametrize(
    ("body", "note"),
    [
        (opml(feed("https://a.example/?a=1&b=2")), "a bare & was read as &amp;"),
        (opml(feed()).replace(b"</body>", b""), "not well-formed"),
    ],
)
def test_repairs_are_said(body: bytes, note: str) -> None:
    found = listed(body)
    assert len(found.outlines) == 1
    assert note in found.notes[0]


@pytest.mark.parametrize(
    ("outline", "reason"),
    [
        (feed("javascript:alert(1)"), "'javascript:alert(1)' is no http(s) address"),
        (feed("file:///etc/passwd"), "is no http(s) address"),
        (feed("ftp://a.example/f"), "is no http(s) address"),
        (feed("/feed"), "is no http(s) address"),
        ('<outline text="A" type="rss"/>', "it has no address"),
        ('<outline text="A" type="rss" xmlUrl=" "/>', "it has no address"),
        (
            '<outline text="A" htmlUrl="https://a.example"/>',
            "try `aiwatch sources add https://a.example`",
        ),
        (
            '<outline text="A" type="link" url="https://a.example"/>',
            "try `aiwatch sources add https://a.example`",
        ),
        (
            '<outline text="A" type="include" url="https://a.example/x.opml"/>',
            "it includes another list, which is not fetched",
        ),
        (
            '<outline text="A" type="HTML+XPath" xmlUrl="https://a.example/"/>',
            "a page read by rules of its own (HTML+XPath)",
        ),
        (
            f'<outline text="A" {OURS} aiwatch:options="{{&quot;colour&quot;: 1}}" xmlUrl="https://a.example/"/>',
            "its options are none of kind 'feed'",
        ),
        (
            f'<outline text="A" {OURS} aiwatch:options="[" xmlUrl="https://a.example/"/>',
            "its options for kind 'feed' cannot be read",
        ),
    ],
)
def test_what_cannot_be_taken_is_passed_over_with_its_reason(outline: str, reason: str) -> None:
    found = listed(opml(outline + feed("https://b.example/", "B")))
    assert [one.name for one in found.outlines] == ["B"]
    (passed,) = found.passed
    assert passed.what == "A"
    assert reason in passed.reason


def test_an_empty_folder_is_no_mistake() -> None:
    assert listed(opml('<outline text="Empty"/><outline/>')) == Outlines(title="Mine")


def test_the_same_address_is_listed_once_with_the_tags_of_all() -> None:
    found = listed(
        opml(
            f'<outline text="X">{feed("https://a.example/feed", "First")}</outline>'
            f'<outline text="Y">{feed("http://www.a.example/feed/", "Second")}</outline>'
        )
    )
    assert found.outlines == (Outline(name="First", url="https://a.example/feed", tags=("X", "Y")),)
    assert [(one.what, one.reason) for one in found.merged] == [
        ("Second", "the same address as 'First'")
    ]


def test_names_are_made_unique() -> None:
    found = listed(opml(feed("https://a.example/1") + feed("https://a.example/2")))
    assert [one.name for one in found.outlines] == ["A", "A 2"]


# ---------------------------------------------------------------- our own keys


def test_our_own_keys_are_taken() -> None:
    attributes = (
        f'{OURS} aiwatch:every="30m" aiwatch:trust="low" aiwatch:primary="true" aiwatch:enabled="false"'
        ' aiwatch:full_text="never" aiwatch:backlog="2d" aiwatch:lang="th" aiwatch:tags="[&quot;a, b&quot;]"'
        ' aiwatch:extract=\'{"body": "main"}\''
    )
    found = listed(opml(f'<outline text="Folder">{feed(more=attributes)}</outline>'))
    assert found.outlines[0].as_source() == {
        "name": "A",
        "url": "https://a.example/feed",
        "every": "30m",
        "trust": "low",
        "primary": True,
        "enabled": False,
        "full_text": "never",
        "backlog": "2d",
        "lang": "th",
        "extract": {"body": "main"},
        "tags": ["a, b"],
    }
    assert found.notes == ()


@pytest.mark.parametrize(
    ("attribute", "note"),
    [
        ('aiwatch:headers="{}"', "`headers` is not taken from a file"),
        ('aiwatch:allow_private="true"', "`allow_private` is not taken from a file"),
        ('aiwatch:proxy="http://p"', "`proxy` is not taken from a file"),
        ('aiwatch:lang="${SMTP_PASSWORD}"', "`lang` is not taken from a file"),
        ('aiwatch:every="soon"', "`every` is not taken: 'soon' is no duration"),
        ('aiwatch:trust="block"', "`trust` is not taken: Input should be"),
        ('aiwatch:kind="fax"', "`kind` is not taken: there is no kind 'fax'"),
        ('aiwatch:enabled="perhaps"', "`enabled` is not taken"),
        ('aiwatch:extract="["', None),
    ],
)
def test_a_key_that_cannot_be_taken_is_said_and_the_source_comes_without(
    attribute: str, note: str | None
) -> None:
    found = listed(opml(feed(more=f"{OURS} {attribute}")))
    assert {key: value for key, value in found.outlines[0].keys.items() if value} == {}
    assert [note in one for one in found.notes if note] == ([True] if note else [])


# ---------------------------------------------------------------- refused

BOMB = (
    '<!DOCTYPE opml [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'
    '<opml><body><outline text="&b;" xmlUrl="https://a.example/"/></body></opml>'
)
FILE = '<!DOCTYPE opml [<!ENTITY a SYSTEM "file:///etc/passwd">]><opml><body>&a;</body></opml>'


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (BOMB.encode(), "it declares entities"),
        (BOMB.encode("utf-16"), "it declares entities"),
        (FILE.encode(), "it declares entities"),
        (
            b"<!DOCTYPE opml [ <!-- x --> %x; ]><opml/>",
            "it declares entities",
        ),
        (b" " * (MAX_BYTES + 1), "larger than 10 MB"),
        (opml("<outline/>" * (MAX_OUTLINES + 1)), f"more than {MAX_OUTLINES:,} outlines"),
        (
            opml('<outline text="a">' * 100 + "</outline>" * 100),
            f"folders in folders, more than {MAX_DEPTH} deep",
        ),
        (
            opml('<outline text="a">' * 9000 + "</outline>" * 9000),
            f"folders in folders, more than {MAX_DEPTH} deep",
        ),
        (opml("<x/>" * 200_000), "more than 200,000 tags or references"),
        (
            opml("<outline " + " ".join(f'a{number}="x"' for number in range(200)) + "/>"),
            "an element with more than 100 attributes",
        ),
        (b'<?xml version="1.0"?><rss version="2.0"/>', "this is <rss>, not OPML"),
        (b"<html><body>Sign in</body></html>", "this is <html>, not OPML"),
        (b'{"feeds": []}', "this is no XML"),
        (b"", "this is no XML"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "this is no XML"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_hostile_and_other_files_are_refused_in_words(body: bytes, reason: str) -> None:
    found = parse(body)
    assert isinstance(found, Refusal), found
    assert reason in found.reason


@given(st.binary(max_size=200), st.sampled_from((b"", b"<opml>", b"<opml><body><outline ")))
@settings(max_examples=100)
def test_nothing_raises(body: bytes, start: bytes) -> None:
    assert isinstance(parse(start + body), Outlines | Refusal)


# ---------------------------------------------------------------- out


def source(name: str = "A", url: str = "https://a.example/feed", **keys: Any) -> Source:
    return Source(name=SourceName(name), url=url, **keys)


def test_what_is_written_is_opml_2_with_folders_by_first_tag() -> None:
    made = render(
        [
            source(tags=("Film", "AI")),
            source("B", "https://b.example/"),
            source("C", tags=("Film",)),
        ]
    )
    root = etree.fromstring(made.body)
    assert (root.tag, root.get("version"), root.findtext("head/title")) == (
        "opml",
        "2.0",
        "aiwatch",
    )
    tops = root.findall("body/outline")
    assert [one.get("text") for one in tops] == ["Film", "B"]
    assert [one.get("text") for one in tops[0]] == ["A", "C"]
    assert {str(key): value for key, value in tops[0][0].attrib.items()} == {
        "type": "rss",
        "text": "A",
        "title": "A",
        "xmlUrl": "https://a.example/feed",
        "category": "Film,AI",
        f"{{{NAMESPACE}}}tags": '["Film", "AI"]',
    }
    assert made.left_out == ()


def test_secrets_stay_at_home_and_that_is_said() -> None:
    made = render(
        [
            source(
                url="https://me:hunter2@a.example/feed",
                headers=(("X-Key", Secret("hunter3")),),
                proxy=Secret("http://hunter4@p.example"),
                allow_private=("10.0.0.1:80",),
            ),
            source("Hidden", "https://b.example/hunter5"),
        ],
        hidden=frozenset({"Hidden"}),
    )
    assert b"hunter" not in made.body
    assert b"10.0.0.1" not in made.body
    assert b'xmlUrl="https://a.example/feed"' in made.body
    assert [(one.what, one.reason) for one in made.left_out] == [
        ("Hidden", "left out: a part of it comes from the environment"),
        ("A", "without headers"),
        ("A", "without proxy"),
        ("A", "without the sign-in in its address"),
        ("A", "without allow_private"),
    ]


def test_sources_from_the_environment_are_known_by_their_file() -> None:
    values = {
        "sources": [
            {"name": "A", "url": "https://a.example/${TOKEN}"},
            {"name": "B", "url": "https://b.example/", "headers": {"X": "${TOKEN}"}},
            "odd",
        ]
    }
    assert with_variables(values) == {"A"}
    assert with_variables({}) == frozenset()


def test_a_page_is_no_feed_to_other_readers() -> None:
    made = render([replace(source(), kind="listing", options={"links": "a"}, backlog="none")])
    (outline,) = etree.fromstring(made.body).findall("body/outline")
    assert (outline.get("type"), outline.get("url")) == ("link", "https://a.example/feed")
    assert outline.get("xmlUrl") is None
    assert outline.get(f"{{{NAMESPACE}}}kind") == "listing"
    assert outline.get(f"{{{NAMESPACE}}}backlog") is None


TEXTS = st.text(alphabet=st.characters(codec="utf-8"), min_size=1, max_size=20).map(
    lambda text: free_name(text, ())
)
SPANS = st.integers(min_value=1, max_value=10**9).map(lambda n: timedelta(milliseconds=n))
BACKLOGS: st.SearchStrategy[Backlog] = st.one_of(SPANS, st.sampled_from(("all", "none")))
RULES = st.builds(
    ExtractRules,
    body=st.none() | TEXTS,
    title=st.none() | TEXTS,
    remove=st.lists(TEXTS, max_size=2).map(tuple),
)
KINDS: st.SearchStrategy[tuple[str, dict[str, Any]]] = st.sampled_from(
    (
        ("feed", {}),
        ("listing", {}),
        ("listing", {"links": "a[href^='/news/']", "pattern": "/news/*"}),
        ("sitemap", {"plain": True}),
        ("page", {"select": "main"}),
    )
)
MADE = st.builds(
    lambda kind, **keys: Source(kind=kind[0], options=kind[1], **keys),
    kind=KINDS,
    name=TEXTS,
    url=st.from_regex(
        r"https://[a-z]{1,8}\.example/[a-z0-9]{0,8}(\?[a-z]=[a-z0-9&]{0,5})?", fullmatch=True
    ),
    every=st.none() | SPANS,
    full_text=st.sampled_from(("auto", "always", "never")),
    backlog=BACKLOGS,
    enabled=st.booleans(),
    primary=st.booleans(),
    aggregator=st.booleans(),
    trust=st.sampled_from(("high", "normal", "low")),
    lang=st.none() | TEXTS,
    tags=st.lists(TEXTS, max_size=3, unique=True).map(tuple),
    user_agent=st.none() | TEXTS,
    extract=st.none() | RULES,
)


def imported(sources: Sequence[dict[str, Any]]) -> tuple[Source, ...]:
    """As an empty configuration with these sources has them."""
    text = yaml.safe_dump({"sources": list(sources)}, allow_unicode=True)
    return load_text(text, Path("feeds.yaml"), {}).sources


@given(
    st.lists(MADE, min_size=1, max_size=4, unique_by=(lambda one: one.name, lambda one: one.url))
)
@settings(max_examples=50, deadline=None)
def test_out_and_in_again_gives_the_same_sources(sources: list[Source]) -> None:
    sources = list({source_key(one.url): one for one in sources}.values())
    found = listed(render(sources).body)
    assert (found.passed, found.merged, found.notes) == ((), (), ())
    again = imported([one.as_source() for one in found.outlines])
    assert sorted(again, key=lambda one: one.name) == sorted(sources, key=lambda one: one.name)

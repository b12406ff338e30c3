"""What holds for every page: whatever is done to it, reading it gives a value, plain text, and the same one."""

import json
import re
import unicodedata
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aiwatch.model import Article, Extract
from aiwatch.text.article import extract
from aiwatch.text.importing import Imported, imported

PAGES = [
    path.read_bytes()
    for path in sorted((Path(__file__).parents[1] / "data" / "pages").glob("*.html"))
]
TAG = re.compile(
    r"</?(?:p|div|br|b|a|script|style|table|td|h[1-6]|li|ul|svg|title|article|time|meta|span)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
GONE = "\u00ad\u200b\u2060\ufeff\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def assert_plain(got: Extract) -> None:
    for text in (*got.text.split("\n"), got.title, *got.authors, got.site or ""):
        assert not TAG.search(text)
        assert not [c for c in text if unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp")]
        assert not set(text) & set(GONE)
        text.encode()


# ---------------------------------------------------------------- whatever comes


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_page_torn_apart_and_put_together_wrongly_gives_plain_text(data: st.DataObject) -> None:
    one, other = (data.draw(st.sampled_from(PAGES)) for _ in range(2))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(one)), min_size=2, max_size=2)))
    at = data.draw(st.integers(0, len(other)))
    noise = data.draw(st.binary(max_size=8))
    page = one[: cuts[0]] + noise + one[cuts[1] :] + other[at : at + 4_000]
    got = extract(page, "https://a.example/x")
    assert isinstance(got, Extract)
    assert_plain(got)
    assert extract(page, "https://a.example/x") == got


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300), st.sampled_from([None, "text/html; charset=utf-16", "x; charset="]))
def test_any_bytes_between_tags_give_plain_text(noise: bytes, header: str | None) -> None:
    page = b"<html><body><article><h1>" + noise[:40] + b"</h1><p>" + noise + b"</article>"
    assert_plain(extract(page, content_type=header))


# ---------------------------------------------------------------- only the article counts

PARAGRAPHS = (
    "The ferry between the two islands sails again from Monday, the harbour office said, after a winter in the dock.",
    "Its engine had been taken out in October, carried over the ice on a sledge, and mended in a shed by three people.",
    "Nobody had thought of the bakery, which had lived on the people who waited, and which sold its last loaf in May.",
    "From Monday there will be bread again at six, said the baker, and coffee for those who come too late for the boat.",
    "The fare stays as it was: two coins for a person, one for a bicycle, and nothing at all for a dog on a lead.",
)
ARTICLE = (
    "<article class='story'><h1>The ferry sails again</h1>"
    + "".join(f"<p>{text}</p>" for text in PARAGRAPHS)
    + "</article>"
)
OUTSIDE = (
    "<nav><ul><li><a href=/n>News</a><li><a href=/s>Sport</a><li><a href=/w>Weather</a></ul></nav>",
    "<aside><h3>Most read</h3><p><a href=/1>Nine owls were counted in the park on Friday</a></p></aside>",
    "<div class='related'><h3>Related Articles</h3><ul><li><a href=/2>The dock is full of boats again, and the"
    " harbour office knows why</a><li><a href=/3>A shed, three people and an engine</a></ul></div>",
    "<div class='newsletter'><p>Get our letter every morning, with all that happened on the islands at night.</p></div>",
    "<section class='comments'><h3>Comments</h3><p>I have waited for this since October, and my bicycle has, too;"
    " see you all on the first boat on Monday morning.</p></section>",
    "<div class='cookie-banner'><p>We use cookies to count who comes, and to remember what you have chosen.</p></div>",
    "<div class='teaser'><h3><a href=/4>Bread at six</a></h3><p>The baker tells what is in it, and what is not.</p></div>",
    "<footer><p>© The Island Post, printed every Friday by the people who write it.</p></footer>",
    "<form action=/find><input name=q><button>Search</button></form>",
)


@settings(max_examples=40, deadline=None)
@given(st.permutations(OUTSIDE), st.integers(0, len(OUTSIDE)))
def test_what_stands_around_the_article_may_stand_in_any_order(
    around: list[str], before: int
) -> None:
    page = "".join(("<body>", *around[:before], ARTICLE, *around[before:], "</body>"))
    got = extract(page)
    assert got.text == "\n".join(PARAGRAPHS)
    assert got.title == "The ferry sails again"


# ---------------------------------------------------------------- the same text in other bytes

ENGLISH = (
    "A café by the quay opens on Friday — “at last”, said Zoë Brontë, who waited five years for €40 and a naïve bank.",
    "It has nine chairs, a stove and a view of the façade across the water, where the old customs house once stood.",
)
CHINESE = (
    "海边的小图书馆从下周一开始晚上也开门,图书馆馆长说,许多渔民白天没有时间读书,所以大家商量了很久才这样决定。",
    "晚上的灯由三位退休的老师轮流看管,他们说,最受欢迎的是关于天气和船的书,孩子们更喜欢带图画的故事。",
)
JAPANESE = (
    "海辺の小さな図書館が、来週の月曜日から夜も開くことになった。昼間は漁に出ている人が多いためだと館長は話した。",
    "夜の当番は、退職した三人の先生が交代でつとめる。人気があるのは天気と船の本で、子どもたちは絵本を選ぶという。",
)
KOREAN = (
    "바닷가의 작은 도서관이 다음 주 월요일부터 밤에도 문을 연다. 낮에는 고기잡이를 나가는 사람이 많기 때문이라고 관장은 말했다.",
    "밤 당번은 은퇴한 선생님 세 분이 번갈아 맡는다. 날씨와 배에 관한 책이 가장 인기가 있고 아이들은 그림책을 고른다고 한다.",
)


def page_of(lines: tuple[str, ...]) -> str:
    return f"<html><body><h1>{lines[0][:9]}</h1><article>{''.join(f'<p>{one}</p>' for one in lines)}</article>"


@pytest.mark.parametrize(
    ("lines", "codec", "label"),
    [
        (ENGLISH, "utf-8", "utf-8"),
        (ENGLISH, "utf-8-sig", None),
        (ENGLISH, "utf-16", None),
        (ENGLISH, "utf-16-le", "utf-16le"),
        (ENGLISH, "utf-16-be", "utf-16be"),
        (ENGLISH, "cp1252", "windows-1252"),
        (ENGLISH, "cp1252", "iso-8859-1"),
        (CHINESE, "utf-8", None),
        (CHINESE, "utf-16", None),
        (CHINESE, "gb18030", "gb18030"),
        (CHINESE, "gb18030", "gb2312"),
        (JAPANESE, "shift_jis", "shift_jis"),
        (JAPANESE, "cp932", "x-sjis"),
        (JAPANESE, "euc_jp", "euc-jp"),
        (JAPANESE, "iso2022_jp", "iso-2022-jp"),
        (KOREAN, "euc-kr", "euc-kr"),
        (KOREAN, "cp949", "ks_c_5601-1987"),
    ],
)
def test_the_same_page_in_another_encoding_reads_the_same(
    lines: tuple[str, ...], codec: str, label: str | None
) -> None:
    page = page_of(lines)
    header = f"text/html; charset={label}" if label else None
    got = extract(page.encode(codec), content_type=header)
    assert got.text == "\n".join(lines)
    assert got == extract(page)


@pytest.mark.parametrize("lines", [ENGLISH, CHINESE, JAPANESE, KOREAN])
@pytest.mark.parametrize("label", ["iso-8859-1", "shift_jis", "windows-1251", "nonsense"])
def test_utf_8_under_another_name_is_read_as_what_it_is(lines: tuple[str, ...], label: str) -> None:
    page = page_of(lines)
    assert extract(page.encode(), content_type=f"text/html; charset={label}") == extract(page)


# ---------------------------------------------------------------- characters nobody sees

WORDS = ("می\u200cخواهم", "क्\u200dष", "\U0001f469\u200d\U0001f680", "harbour", "café", "文字")
_HIDDEN = st.sampled_from(list(GONE + "\x01\x07\x08\x1b\x7f\x80\x9b"))


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(WORDS), st.lists(_HIDDEN, max_size=2)), min_size=1),
    st.booleans(),
)
def test_joiners_stay_and_what_hides_goes(words: list[tuple[str, list[str]]], named: bool) -> None:
    hidden = [[f"&#x{ord(c):x};" if named else c for c in marks] for _, marks in words]
    line = " ".join(word + "".join(h) for (word, _), h in zip(words, hidden, strict=True))
    got = extract(f"<article><p>{PARAGRAPHS[0]}</p><p>{PARAGRAPHS[1]} {line}</p></article>")
    assert_plain(got)
    for joiner in "\u200c\u200d":
        assert got.text.count(joiner) == sum(word.count(joiner) for word, _ in words)
    for word, _ in words:
        assert word in got.text


# ---------------------------------------------------------------- link farms

FARMS = Path(__file__).parents[1] / "data" / "pages" / "farms"


@pytest.mark.parametrize("name", ["help_desk", "daily_digest", "trend_report"])
def test_of_a_link_farm_s_page_only_the_article_remains(name: str) -> None:
    article, expected = farm(name)
    assert article.text.split("\n") == expected["text"]
    page = (FARMS / f"{name}.html").read_bytes()
    assert extract(page, expected["url"]).text.split("\n") == expected["text"]
    assert article.title == expected["title"]
    assert list(article.authors) == expected["authors"]
    assert article.site == expected["site"]
    assert article.published == datetime.fromisoformat(expected["published"])


def farm(name: str) -> tuple[Article, dict[str, Any]]:
    """The article that is made of a page, its tail cut, and what stands beside the page."""
    expected = json.loads((FARMS / f"{name}.json").read_text("utf-8"))
    page = (FARMS / f"{name}.html").read_text("utf-8")
    found = imported({"url": expected["url"], "html": page})
    assert isinstance(found, Imported)
    return found.read.article, expected

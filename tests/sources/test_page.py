from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from aiwatch.model import Reading
from aiwatch.sources.page import MAX_LINES, PageOptions, read_page
from aiwatch.sources.pagetext import HARDEST, LONGEST

WATCHED = Path(__file__).parents[1] / "data" / "watched"
URL = "https://lumen.example/help"


def read(body: bytes | str, sent_as: str | None = "text/html", **keys: Any) -> Reading:
    raw = body.encode() if isinstance(body, str) else body
    return read_page(raw, URL, sent_as, PageOptions.model_validate(keys))


def lines(body: bytes | str, **keys: Any) -> list[str]:
    return list(read(body, **keys).lines or ())


def page(inside: str) -> str:
    return f"<html><head><title>Lumen</title></head><body><p>Steady.</p>{inside}</body></html>"


# ---------------------------------------------------------------- main text


@pytest.mark.parametrize(
    "name", ["help.html", "prices.html", "terms.html", "arranged.html", "changes.txt"]
)
def test_a_page_is_read_as_its_lines_say(name: str) -> None:
    sent_as = "text/plain" if name.endswith(".txt") else "text/html"
    reading = read((WATCHED / name).read_bytes(), sent_as)
    want = (WATCHED / f"{name.partition('.')[0]}.lines.txt").read_text(encoding="utf-8")
    assert list(reading.lines or ()) == want.splitlines()
    assert reading.usable
    assert not reading.entries
    assert reading.problem is None


@pytest.mark.parametrize(
    ("body", "title"),
    [
        ("<title> Lumen \n help </title><p>a", "Lumen help"),
        ("<svg><title>Logo</title></svg><h1>Where <b>it</b> works</h1>", "Where it works"),
        ("<p>a", ""),
    ],
)
def test_a_page_has_its_own_title(body: str, title: str) -> None:
    assert read(body).title == title


@pytest.mark.parametrize(
    "furniture",
    [
        "<nav><a href='/'>Home</a> and everything else that this site has to say in its menu</nav>",
        "<footer>Imprint</footer>",
        "<header>Lumen</header>",
        "<aside>Also by us</aside>",
        "<div role='dialog'><h2>Before you go</h2></div>",
        "<div class='CookieBanner'>We use cookies for all of this, and would you agree to that please</div>",
        "<div id='usercentrics-root'>Agree</div>",
        "<script>'text'</script><style>p{}</style><template>no</template><svg><text>no</text></svg>",
        "<select><option>English</option></select><button>Copy</button>",
        "<h2>You might also like</h2><ul><li><a href='/1'>Lamps</a></li><li><a href='/2'>Bulbs</a></li></ul>",
    ],
)  # fmt: skip
def test_what_surrounds_the_text_is_not_read(furniture: str) -> None:
    assert lines(page(furniture)) == ["Steady."]


@pytest.mark.parametrize(
    ("inside", "kept"),
    [
        ("<div class='has-cookie-bar'><h1>Plans</h1><p>Nine euro a month.</p></div>", "Nine euro a month."),
        ("<header><h1>Plans</h1></header>", "Plans"),
        ("<article><aside><p>Exports end in May.</p></aside></article>", "Exports end in May."),
        ("<h2>Related articles</h2><p>None were kept.</p>", "None were kept."),
        ("<div class='plan popular'><p>Nine euro a month.</p></div>", "Nine euro a month."),
        ("<x-card><span>Nine euro</span></x-card>", "Nine euro"),
    ],
)  # fmt: skip
def test_a_name_alone_takes_no_text_away(inside: str, kept: str) -> None:
    assert kept in lines(page(inside))


def test_a_main_element_that_holds_next_to_nothing_is_not_the_page() -> None:
    body = f"<main><p>Loading</p></main><div><p>{'The plan costs nine euro. ' * 5}</p></div>"
    assert len(lines(body)) == 2


def test_every_main_element_is_read() -> None:
    assert lines("<main role='main'><p>One.</p></main><main><p>Two.</p></main>") == ["One.", "Two."]


def test_terms_without_meanings_and_lists_within_lists_come_whole() -> None:
    body = (
        "<dl><dt>Alone</dt><dt>Colour?</dt><dd>Red</dd></dl><ul><li>a<ul><li>b</li></ul></li></ul>"
    )
    assert lines(body) == ["Alone", "Colour? Red", "a", "b"]
    assert lines("<dl><dt>Fee</dt></dl><h2>Next</h2>") == ["Fee", "Next"]
    assert lines("<dl><dt>Fee<h3>Inner</h3></dt><dd><h3>Head</h3></dd></dl>") == [
        "Fee",
        "Inner",
        "Head",
    ]


# ---------------------------------------------------------------- select, remove, ignore


def test_only_the_selected_part_is_read_even_a_footer_and_each_part_once() -> None:
    body = page("<div class=a>A<p class=b>B</p></div><footer>F</footer><p class=b>C</p>")
    assert lines(body, select=".a, .b, footer") == ["A", "B", "F", "C"]


def test_what_remove_names_is_not_read_selected_or_not() -> None:
    body = page("<div class=a>A<p class=b>B</p></div>")
    assert lines(body, remove=[".b"]) == ["Steady.", "A"]
    assert lines(body, remove=".b, .c", select="div") == ["A"]


def test_lines_that_ignore_names_are_not_compared() -> None:
    body = page("<p>Build 1201</p><p>Seen 3 hours ago</p>")
    assert lines(body, ignore=[r"^Build \d+$", "3 hours"]) == ["Steady."]


@pytest.mark.parametrize(
    ("select", "problem"),
    [
        ("main", "`select: main` finds nothing on the page: it was rebuilt, or never had such a part"),
        ("i", "`select: i` finds no text on the page: it was rebuilt, or never had such a part"),
    ],
)  # fmt: skip
def test_a_selector_that_finds_nothing_says_so(select: str, problem: str) -> None:
    assert read(page("<i></i>"), select=select) == Reading(
        usable=False, title="Lumen", problem=problem
    )


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("select", "div[", "`div[` is no CSS selector; examples: main, #content"),
        ("select", "", "`` is no CSS selector"),
        ("remove", ["p", "::x"], "`::x` is no CSS selector"),
        ("ignore", "(", "`(` is no regular expression: missing ), unterminated subpattern at position 0"),
        ("ignore", 7, "valid tuple"),
    ],
)  # fmt: skip
def test_a_wrong_key_is_refused_in_words(key: str, value: object, words: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        PageOptions.model_validate({key: value})
    assert words in refusal.value.errors()[0]["msg"]


# ---------------------------------------------------------------- noise


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Updated 3 hours ago", "Updated …"),
        ("Seen about an hour ago by Bo", "Seen … by Bo"),
        ("Opened 5d ago", "Opened …"),
        ("Aktualisiert vor 12 Minuten", "Aktualisiert …"),
        ("Modifié il y a 2 jours", "Modifié …"),
        ("Hace 4 horas: nuevo", "…: nuevo"),
        ("更新于 3小时前", "更新于 …"),
        ("수정 3시간 전", "수정 …"),
        ("Обновлено 5 минут назад", "Обновлено …"),
        ("Changed just now", "Changed …"),
        ("3 hours of video", "3 hours of video"),
        ("Il y a 3 modèles", "Il y a 3 modèles"),
        ("Long ago, 40 euro", "Long ago, 40 euro"),
    ],
)
def test_how_long_ago_it_was_is_not_compared(written: str, shown: str) -> None:
    assert lines(page(f"<p>{written}</p>")) == ["Steady.", shown]


@pytest.mark.parametrize(
    "noise",
    [
        *("2 hours ago", "© 2026 Lumen Works", "Lumen Works © 2019–2026", "Copyright (c) 2026 Lumen"),
        *("1,204 views", "1.2K likes · 33 comments", "Views: 1 204", "12万 次播放", "1204 просмотров"),
        *("17 out of 25 found this helpful", "3 of 4 people found this helpful!", "•", "—"),
    ],
)  # fmt: skip
def test_a_line_that_changes_by_itself_is_not_compared(noise: str) -> None:
    assert lines(page(f"<p>{noise}</p>")) == ["Steady."]


@pytest.mark.parametrize(
    "said",
    [
        *("$25 a month", "10 users", "2,250 credits", "500 downloads a month", "4.5", "Views of the harbour"),
        *("Copyright stays with you", "You may post 3 comments a day", "✓ | – | ✓"),
    ],
)  # fmt: skip
def test_what_a_person_would_call_a_change_is_compared(said: str) -> None:
    assert lines(page(f"<p>{said}</p>")) == ["Steady.", said]


def test_a_long_paragraph_is_shown_by_sentences_and_what_has_none_in_pieces() -> None:
    text = "Clips are kept. “They are yours.” Ask us! 3 days are enough. e.g. this. 我们保留它。你可以删除。"
    filler = "a" * LONGEST
    assert lines(f"<p>{text} {filler}") == [
        *("Clips are kept.", "“They are yours.”", "Ask us!", "3 days are enough. e.g. this."),
        *("我们保留它。", "你可以删除。", filler),
    ]
    assert [len(line) for line in lines(f"<p>{'b' * (HARDEST + 1)}")] == [HARDEST, 1]


# ---------------------------------------------------------------- what else comes


@pytest.mark.parametrize(
    ("body", "sent_as", "problem"),
    [
        (b"", None, "the body is empty"),
        (b"\x00" * 50, None, "the body is empty"),
        (b"%PDF-1.7 ...", "application/pdf", "this is no page but a PDF file (sent as application/pdf)"),
        (b"<binary>", "image/png", "this is no page but binary data (sent as image/png)"),
        (b"abc\x00def", None, "this is no page but binary data"),
        (b"<?xml version='1.0'?><rss><channel/></rss>", None, "this is a feed, not a page: write `kind: feed`"),
        (b"<!-- x --><urlset/>", None, "this is a sitemap, not a page: write `kind: sitemap`"),
        (b'{"a": 1}', "application/json", "this is JSON, not a page: write `kind: json`"),
        (b"<html></html>", None, "the page shows no text"),
        (b"<div id=app></div><script>go()</script>", None,
         "the page shows no text by itself: scripts put it together; what they load may do as `kind: json`"),
        (b" . ", "text/plain", "the page shows no text"),
    ],
)  # fmt: skip
def test_what_is_no_page_is_named(body: bytes, sent_as: str | None, problem: str) -> None:
    assert read(body, sent_as) == Reading(usable=False, problem=problem)


@pytest.mark.parametrize(
    ("title", "inside", "words"),
    [
        ("Just a moment...", "<script src='/cdn-cgi/challenge-platform/x.js'></script>Checking", "a bot check by Cloudflare"),
        ("Log in to Lumen", "<p>Welcome</p><input type=password>", "login page: it is titled “Log in to Lumen”"),
        ("Page not found", "<p>Sorry.</p>", "error page: it is titled “Page not found”"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("keys", [{}, {"select": "main"}, {"select": "body"}], ids=repr)
def test_a_page_that_stands_before_the_page_is_named(
    title: str, inside: str, words: str, keys: dict[str, str]
) -> None:
    reading = read(f"<title>{title}</title><body>{inside}", **keys)
    assert not reading.usable
    assert words in (reading.problem or "")


def test_a_page_is_read_in_its_charset() -> None:
    assert lines("<meta charset=windows-1252><p>Café".encode("cp1252")) == ["Café"]
    assert lines("\ufeff<p>Café".encode("utf-16")) == ["Café"]


def test_a_page_without_end_is_cut_and_says_so() -> None:
    reading = read("<p>a</p>" * (MAX_LINES + 1))
    assert len(reading.lines or ()) == MAX_LINES
    assert reading.problem == "only the first 10,000 lines are compared"
    deep = read("<p>first</p>" + "<div>" * 3_000 + "x")
    assert deep.lines == ("first",)
    assert "nested too deep" in (deep.problem or "")


SOUP = st.lists(
    st.sampled_from(["<table>", "<tr>", "<td>", "</td>", "</tr>", "</table>", "<dt>", "<dd>", "<dl>", "</dl>", "<pre>", "<h2>", "</h2>", "<a>", "</a>", "<b>", "text", "<br>"]),
    max_size=25,
)  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(st.one_of(SOUP.map("".join).map(str.encode), st.binary(max_size=80)))
def test_no_bytes_are_raised_on_and_no_text_is_lost(body: bytes) -> None:
    reading = read(body, select="body")
    assert isinstance(reading, Reading)
    if reading.lines is not None:
        assert "".join(reading.lines).count("text") == body.count(b"text")

import textwrap
import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aiwatch.text.clean import (
    MAX_DEPTH,
    MAX_MARKUP,
    MAX_URL,
    MOST_MARKS,
    clean_line,
    clean_text,
    plain,
    safe_url,
)

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=80)
HIDDEN = "\u00ad\u061c\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
PIECES = (
    *(
        "<p>",
        "</p>",
        "<b",
        "<",
        ">",
        "&",
        "&amp;",
        "&#0;",
        "&#xd800;",
        "<!--",
        "-->",
        "<svg>",
        "]]>",
    ),
    *(
        "<script>",
        "</script>",
        "<![CDATA[",
        "\n",
        "\x00",
        "\ud83d",
        "\ude00",
        "word",
        " ",
        "'",
        '"',
        "\x1e",
    ),
)
MARKUP = st.lists(st.sampled_from(PIECES), max_size=30).map("".join)


def is_safe(text: str) -> bool:
    text.encode("utf-8")
    hidden = any(char in HIDDEN for char in text)
    control = any(unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"} for char in text)
    return not hidden and not control


@settings(max_examples=90)
@given(ANY_TEXT)
def test_a_clean_line_can_be_stored_and_sent_and_is_clean_already(text: str) -> None:
    line = clean_line(text)
    assert is_safe(line)
    assert clean_line(line) == line
    assert clean_text(line) == line


@settings(max_examples=90)
@given(ANY_TEXT)
def test_a_clean_text_is_clean_lines_and_is_clean_already(text: str) -> None:
    cleaned = clean_text(text)
    assert all(
        is_safe(line) and line == line.strip() != "" for line in cleaned.split("\n") if cleaned
    )
    assert clean_text(cleaned) == cleaned


@settings(max_examples=100)
@given(st.one_of(ANY_TEXT, MARKUP))
def test_no_markup_raises_or_leaves_anything_unsafe(markup: str) -> None:
    text = plain(markup)
    assert clean_text(text) == text
    assert all(is_safe(line) for line in text.split("\n"))


@settings(max_examples=90)
@given(ANY_TEXT, st.one_of(st.none(), ANY_TEXT, st.just("https://news.example/a/b")))
def test_an_address_is_web_and_clean_or_none(url: str, base: str | None) -> None:
    safe = safe_url(url, base)
    assert safe is None or (safe.lower().startswith(("http://", "https://")) and is_safe(safe))
    assert safe is None or safe_url(safe) == safe


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("  two \t words\r\n", "two words"),
        ("Breach\r\nBcc: a@b.example", "Breach Bcc: a@b.example"),
        ("evil \u202egnp.exe", "evil gnp.exe"),
        ("so\u00adft, ze\u200bro", "soft, zero"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("👩\u200d🚀", "👩\u200d🚀"),
        ("Cafe\u0301", "Café"),
        ("a\u2028b\u2029c\x85d\x00e", "a b c d e"),
        ("pair \ud83d\ude00, lone \ud83d.", "pair 😀, lone ."),
        ("no\u00a0break\u3000wide", "no break wide"),
        ("", ""),
    ],
)
def test_a_line_is_cleaned(text: str, line: str) -> None:
    assert clean_line(text) == line


def test_every_hidden_character_goes_and_every_control_is_a_blank() -> None:
    for char in HIDDEN:
        assert clean_line(f"a{char}b") == "ab"
        assert safe_url(f"https://news.example/a{char}b") == "https://news.example/ab"
    controls = [chr(code) for code in (*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029)]
    for char in (*controls, "\ud800", "\udbff", "\udc00", "\udfff"):
        assert clean_line(f"a{char}b") == "a b"
        assert safe_url(f"https://news.example/a{char}b") == "https://news.example/ab"
    for code in (0x2027, 0x202F, 0x205F, 0x2065, 0x206A, 0xA1, 0xE000):  # their neighbours are none
        assert clean_line(f"a{chr(code)}b") != "ab"
    for char in "\n\r\v\f\u2028\u2029":
        assert clean_text(f"a{char}b") == "a\nb"


def test_paragraphs_are_lines_without_blank_ones() -> None:
    assert clean_text(" one\r\n\r\n two  words \x0b\u2029three\n\n") == "one\ntwo words\nthree"


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("plain words", "plain words"),
        ("a < b and c > d & e", "a < b and c > d & e"),
        ("if i <b and x<y then", "if i <b and x<y then"),
        (
            "the <think> token, Vec<u8>, <https://news.example>",
            "the <think> token, Vec<u8>, <https://news.example>",
        ),
        ("<p>One</p><p>Two<br>Three", "One\nTwo\nThree"),
        ("<b>bold</b>ly <a href='x'>linked</a>", "boldly linked"),
        ("<ul><li>first<li>second</ul>", "first\nsecond"),
        (
            "<table><tr><td>Ada</td><td>9</td></tr><tr><td>Bo</td><td>7</td></tr></table>",
            "Ada 9\nBo 7",
        ),
        ("R&amp;D &lt;b&gt; &amp;amp; &nbsp;x", "R&D <b> &amp; x"),
        ("<p>R&amp;amp;D</p>", "R&amp;D"),
        ("a<script>alert('<p>1</p>')</script>b<style>p{}</style>c<!-- d -->e", "abce"),
        ("<svg><path d='M0'/><text>no</text></svg>yes", "yes"),
        ("<video>Your browser cannot</video><noscript>Turn it on</noscript>seen", "seen"),
        ("<![CDATA[kept]]>", "kept"),
        ("kept ]]> &amp; kept", "kept ]]> & kept"),
        ("one\r\n\r\ntwo &amp; more\r\nlines", "one\ntwo & more\nlines"),
        ("<my-widget>kept</my-widget> <o:p>too</o:p>", "kept too"),
        ("<unknown class='x'>kept", "kept"),
        ('cut in the middle <a href="https://ne', "cut in the middle"),
        ("<p>one\nwrapped\nline</p>", "one wrapped line"),
        ("two <i>inline</i>\nlines\n\nnext", "two inline lines\nnext"),
        ("line one\nline two", "line one\nline two"),
        ("&#xD83D; &#0; \x00nul", "\ufffd \ufffd nul"),
        ("\ud83d\ude00<br>\ud83d", "😀\n?"),
        ("", ""),
    ],
)
def test_markup_becomes_text(markup: str, text: str) -> None:
    assert plain(markup) == text


@pytest.mark.parametrize("width", [60, 72, 80])
def test_text_wrapped_at_a_fixed_width_is_joined_again(width: int) -> None:
    text = (
        "A model makes a minute of film from one sentence, and keeps the face of its actor from the first frame"
        " to the last, which earlier ones could not do for more than a few seconds. It runs at home."
    )
    assert (
        plain(f"  {textwrap.fill(text, width)}\n\nCode is given away.\n")
        == f"{text}\nCode is given away."
    )


@pytest.mark.parametrize(
    "lines",
    [
        "00:00 Opening words of the presenter on the stage\n12:10 Demo\n15:00 Questions of the audience",
        "This is a whole sentence that ends at its end here.\nAnd here another one that has the same width.\nSo too this.",
    ],
)
def test_lines_that_were_meant_stay_lines(lines: str) -> None:
    assert plain(lines) == lines


@pytest.mark.parametrize(
    ("widths", "ends", "joined"),
    [
        ((50, 50, 9), "", True),
        ((49, 49, 9), "", False),  # too narrow to have been filled
        ((120, 120, 9), "", True),
        ((121, 121, 9), "", False),
        ((60, 9), "", False),  # two lines are none that were wrapped
        ((60, 55, 9), "", True),  # the next word, of five letters, would not have fitted
        ((60, 54, 9), "", False),
        ((60, 60, 9), ".", True),
        *(((60, 60, 9), end * 2, False) for end in ".!?:;…"),
        ((60, 60, 60, 9), "..", False),  # most lines are sentences
        ((60, 60, 60, 60, 9), "..", True),
    ],
)
def test_lines_are_joined_where_they_were_filled_up(
    widths: tuple[int, ...], ends: str, joined: bool
) -> None:
    last = ends.ljust(len(widths), "y")
    lines = [
        "words or " + "y" * (width - 10) + end for width, end in zip(widths, last, strict=True)
    ]
    assert plain("\n".join(lines)) == (" " if joined else "\n").join(lines)


UNNESTED = (
    *("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param"),
    *("source", "track", "wbr", "p", "li", "dd", "dt", "option", "td", "th", "tr"),
)


@pytest.mark.parametrize("name", UNNESTED)
def test_elements_that_hold_none_of_their_kind_make_nothing_deep(name: str) -> None:
    for tag in (f"<{name}>", f"<{name} class=a>", f"<{name}/>", f"<{name.upper()}>"):
        assert plain(tag * 600 + "<script>no</script>yes") == "yes"


def test_what_is_nested_too_deep_keeps_its_words() -> None:
    nested = "<div>" * (MAX_DEPTH - 1) + "<script>no</script>yes"
    assert plain(nested) == "yes"
    assert plain("<div>" + nested) == "noyes"  # read without a tree
    assert plain("<div><div></div>" * (MAX_DEPTH + 1) + "<script>no</script>yes") == "noyes"
    assert plain("<p>" + "<div>" + nested) == "noyes"
    closed = "<div><b></div></b>" * 600
    assert plain(closed + "<script>no</script>yes") == "yes"


@pytest.mark.parametrize(
    "markup",
    [
        "<div>" * 100_000 + "end",
        "<div></b>" * 50_000 + "end",
        "<p " + " ".join(f"a{number}=1" for number in range(100_000)) + ">end",
        "<" * 300_000,
        "<a" + "a" * 500_000,
        "<a " + "= " * 200_000,
        "<!--" * 100_000,
        "\n " * 300_000,
        "&" * 500_000,
        "<b>" + "x" * 2 * MAX_MARKUP,
    ],
    ids=lambda markup: markup[:9],
)
def test_hostile_markup_ends_soon(markup: str) -> None:
    start = time.process_time()
    plain(markup)
    assert time.process_time() - start < 30  # a tenth of one; a law of squares would take minutes


@pytest.mark.parametrize(
    ("url", "base", "safe"),
    [
        ("https://news.example/a", None, "https://news.example/a"),
        ("http://news.example/a", None, "http://news.example/a"),
        (" \n https://news.example/a\n b ", None, "https://news.example/a%20b"),
        ("/a b", "https://news.example/feed/", "https://news.example/a%20b"),
        ("s0", "https://news.example/base/sub/", "https://news.example/base/sub/s0"),
        ("//cdn.example/a", "https://news.example/", "https://cdn.example/a"),
        ("https://news.example/\u202eevil", None, "https://news.example/evil"),
        ("https://nachrichten.example/größe", None, "https://nachrichten.example/größe"),
        ("java\tscript:alert(1)", "https://news.example/", None),
        ("data:text/html,x", None, None),
        ("mailto:desk@news.example", "https://news.example/", None),
        ("tag:news.example,2026:1", None, None),
        ("/only/a/path", None, None),
        ("", "https://news.example/", None),
        ("http://", None, None),
        ("http://[bad", "https://news.example/", None),
        ("http://news.example:99999/", None, None),
        (
            "https://news.example/" + "a" * (MAX_URL - 21),
            None,
            "https://news.example/" + "a" * (MAX_URL - 21),
        ),
        ("https://news.example/" + "a" * (MAX_URL - 20), None, None),
        ("\ud83d\ude00", "https://news.example/", "https://news.example/😀"),
    ],
)
def test_an_address_is_absolute_and_web_or_none(
    url: str, base: str | None, safe: str | None
) -> None:
    assert safe_url(url, base) == safe


def test_a_letter_keeps_so_many_marks_and_no_more() -> None:
    hung = clean_line("a" + "\u0301\u0323" * 200_000)
    assert len(unicodedata.normalize("NFD", hung)) == 1 + MOST_MARKS
    assert clean_line("☃" + "\u0323" * 100) == "☃" + "\u0323" * MOST_MARKS
    spelled = "Vi\u0065\u0323\u0302t " * 20
    assert clean_line(spelled) == " ".join(["Việt"] * 20)

"""What a page's scripts carry: found and bounded."""

import json

import pytest

from aiwatch.text.embedded import as_markup, read_scripts, split_scripts


def test_scripts_and_styles_leave_the_page() -> None:
    markup, scripts = split_scripts(
        '<p>one</p><SCRIPT type="application/json" id=x>{"a": "</p>"}</SCRIPT><style>p{}</style><p>two</p><script>open'
    )
    assert markup.split() == ["<p>one</p>", "<p>two</p>"]
    assert [(s.type, s.id, s.code) for s in scripts] == [
        ("application/json", "x", '{"a": "</p>"}'),
        ("", "", "open"),
    ]


def test_an_open_script_tag_swallows_the_rest() -> None:
    assert split_scripts("<p>one</p><script ") == ("<p>one</p> ", [])


@pytest.mark.parametrize(
    "code",
    [
        'window.__STATE__ = {"a": 1};',
        'window["__STATE__"]={"a": 1}',
        'window.__STATE__ = JSON.parse("{\\"a\\": 1}");',
        'self.app.data={"a": 1}; foo()',
        'var boot = {"a": 1};',
    ],
)
def test_assigned_states_are_read(code: str) -> None:
    _, scripts = split_scripts(f"<script>{code}</script>")
    assert read_scripts(scripts, []).states == ({"a": 1},)


@pytest.mark.parametrize(
    "code",
    [
        "window.x = {a: 1}",
        "window.x = [",
        'window.x = "text"',
        "plain()",
        "window.x = " + "[" * 9000,
    ],
)
def test_what_is_no_json_is_left(code: str) -> None:
    _, scripts = split_scripts(f"<script>{code}</script>")
    assert read_scripts(scripts, ["{broken}"]).states == ()


def _pushed(*chunks: str) -> str:
    return "".join(
        f"<script>self.__next_f.push({json.dumps([1, chunk])})</script>" for chunk in chunks
    )


def test_the_stream_of_react_is_read_across_its_chunks() -> None:
    stream = '1:I[5,[],"x"]\n2:T5,ab{:}3:{"news":[{"title":"One","slug":"one-two"}]}\n4:[broken\n5:"text"\n6:["$","a",null,{}]\n'
    _, scripts = split_scripts(_pushed(stream[:20], stream[20:]))
    rows = read_scripts(scripts, []).rows
    assert rows == ({"news": [{"title": "One", "slug": "one-two"}]}, ["$", "a", None, {}])


def test_reacts_elements_become_markup() -> None:
    row = ["$", "main", None, {"children": [
        ["$", "$L4", None, {"href": {"pathname": "/news/a"}, "children": ["$", "h3", None, {"className": "t", "children": "A < B"}]}],
        ["$", "time", None, {"dateTime": "2026-11-01", "children": ["1 ", "Nov", "$undefined"]}],
        ["$", "img", None, {"alt": "x"}], ["$", "script", None, {"children": "no"}], ["$", "p", None, None], 7,
    ]}]  # fmt: skip
    assert as_markup(({"f": [row]}, "text")) == (
        '<main><a href="/news/a"><h3 class="t">A &lt; B</h3></a><time datetime="2026-11-01">1 Nov</time><img alt="x">'
        "<script></script></main>"
    )

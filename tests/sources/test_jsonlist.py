import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from aiwatch.model import Reading
from aiwatch.sources.jsonlist import MAX_ITEMS, JsonOptions, read_json

LAB = (Path(__file__).parents[1] / "data" / "json" / "lab.json").read_bytes()
URL = "https://lab.example/api/list?page=1"
AT = datetime(2026, 3, 24, tzinfo=UTC)


def options(**keys: str) -> JsonOptions:
    return JsonOptions.model_validate({"title": "title", **keys})


def read(document: Any, sent_as: str | None = None, **keys: str) -> Reading:
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    return read_json(body, URL, sent_as, options(**keys))


LISTED = {"items": "data.list", "link": "url", "published": "publish_at"}


# ---------------------------------------------------------------- a list


def test_a_list_is_read_by_its_paths() -> None:
    keys = LISTED | {"summary": "abstract", "text": "content.parts", "author": "people"}
    reading = read(LAB, **keys, outlet="medium")
    film, no_link, untitled = reading.entries
    assert film.id == film.url == "https://lab.example/blog/film"
    assert film.title == "Seed film model & tools"
    assert film.summary == "A short film model."
    assert film.text == "First part.\nSecond part."
    assert film.authors == ("Ann Lee", "bo", "Cy")
    assert film.outlet == "Lab Notes"
    assert (no_link.title, no_link.url, no_link.authors) == ("No link", None, ("Dee",))
    assert (untitled.title, untitled.url) == ("", "https://lab.example/blog/untitled")
    assert {entry.published for entry in reading.entries} == {AT}
    assert reading.problem == "1 of 5 items are no JSON objects and were passed over"


def test_an_id_is_kept_through_a_changed_title_and_stands_in_for_a_link() -> None:
    entries = read(LAB, **LISTED, id="id").entries
    assert [entry.id for entry in entries] == ["9001", "9002", "9003"]


@pytest.mark.parametrize(
    ("link", "url"),
    [
        ("https://hub.example/{id}", "https://hub.example/lab/film-2"),
        ("/models/{id}", "https://lab.example/models/lab/film-2"),
        ("?model={id}&by={author.name}", "https://lab.example/api/list?model=lab/film-2&by=Ann%20Lee"),
        ("join('/', ['/m', id])", "https://lab.example/m/lab/film-2"),
        ("/models/{slug}", None),
        ("slug", None),
    ],
)  # fmt: skip
def test_a_link_may_be_a_text_with_paths_in_it(link: str, url: str | None) -> None:
    item = {"id": "lab/film-2", "author": {"name": "Ann Lee"}, "slug": None}
    [entry] = read([item], title="{author.name}: {id}", link=link).entries
    assert (entry.title, entry.url) == ("Ann Lee: lab/film-2", url)


@pytest.mark.parametrize(
    ("written", "published"),
    [
        (1774310400, AT),
        (1774310400.75, AT),
        ("1774310400", AT),
        (1774310400000, AT),
        (1774310400000000, AT),
        ("1774310400000000000", AT),
        (["2026-03-24T02:00:00+02:00"], AT),
        ("Tue, 24 Mar 2026 00:00:00 GMT", AT),
        ("Mar 24, 2026", AT),
        ("2026/3/24", AT),
        ("2026年3月24日", AT),
        (20260324, AT),
        ("24.03.2026 10:00", AT.replace(hour=10)),
        ("20260324103000", AT.replace(hour=10, minute=30)),
        ("3 days ago", None),
        (0, None),
        (True, None),
        ({"at": 1774310400}, None),
    ],
    ids=repr,
)
def test_dates_are_read_however_they_are_written(
    written: object, published: datetime | None
) -> None:
    [entry] = read([{"title": "A", "at": written}], published="at").entries
    assert entry.published == published


@pytest.mark.parametrize(
    "body",
    [
        b'\xef\xbb\xbf[{"title": "A"}, {"title": "B"}]',
        '[{"title": "A"}, {"title": "B"}]'.encode("utf-16"),
        b'/**/ app.show([{"title": "A"}, {"title": "B"}]);\n',
        b')]}\',\n[{"title": "A"}, {"title": "B"}]',
        b'while(1);[{"title": "A"}, {"title": "B"}]',
        b'{"title": "A"}\n\n{"title": "B"}\n',
    ],
    ids=["mark", "utf-16", "callback", "guard", "loop", "lines"],
)
def test_json_is_read_out_of_what_it_is_wrapped_in(body: bytes) -> None:
    assert [entry.title for entry in read(body).entries] == ["A", "B"]


def test_a_list_that_became_empty_is_no_failure() -> None:
    assert read({"data": {"list": []}}, **LISTED) == Reading()


def test_a_list_without_end_is_cut() -> None:
    reading = read([{"title": "A", "id": n} for n in range(MAX_ITEMS + 5)], id="id")
    assert len(reading.entries) == MAX_ITEMS
    assert reading.problem == "only the first 10,000 of 10,005 items were read"


def test_keys_that_find_nothing_anywhere_are_named_with_what_there_is_instead() -> None:
    items = [{"title": "A", "href": "/a"}, {"title": "B", "href": "/b"}]
    reading = read(items, link="url", published="at")
    assert reading.usable
    assert reading.problem == (
        "`link: url`, `published: at` found nothing in any of the 2 items, whose keys are: title, href"
    )


def test_a_function_that_cannot_take_what_it_is_given_finds_nothing() -> None:
    reading = read([{"title": "A", "tags": None}], link="join('/', tags)")
    assert [entry.url for entry in reading.entries] == [None]
    assert "`link: join('/', tags)` found nothing in the one item" in (reading.problem or "")


# ---------------------------------------------------------------- no list


@pytest.mark.parametrize(
    ("document", "items", "problem"),
    [
        ({"data": {"items": [], "total": 0}}, "data.list",
         "`items: data.list` finds nothing; at `data` there is an object with the keys items, total"),
        ({"code": 401, "msg": "sign in first"}, "data.list",
         "`items: data.list` finds nothing; the document is an object with the keys code, msg; it says: sign in first"),
        ({"error": {"message": "slow down"}}, "data",
         "`items: data` finds nothing; the document is an object with the keys error; it says: slow down"),
        ({"message": "success", "data": None}, "data",
         "`items: data` finds nothing; the document is an object with the keys message, data"),
        ([[]], "data.list", "`items: data.list` finds nothing; the document is a list"),
        ({"data": {"a b": {"list": "none"}}}, 'data."a b".list',
         '`items: data."a b".list` finds a text, not a list'),
        ({"posts": {"7": {"title": "A"}}}, "posts",
         "`items: posts` finds an object, not a list with the keys 7; if these are the items, write `items: values(posts)`"),
        ({"count": 3, "result": {"my posts": [{"title": "A"}], "ids": [1]}}, None,
         'the document is no list: write `items:` with its path; lists of objects are at `result."my posts"` (1)'),
        ({"a": {}}, None, "the document is no list: write `items:` with its path"),
        ({}, "a", "`items: a` finds nothing; the document is an object without keys"),
        (7, "a", "`items: a` finds nothing; the document is a number"),
        (None, None, "the document is no list: write `items:` with its path"),
        ({f"k{n}": n for n in range(15)}, "a",
         "`items: a` finds nothing; the document is an object with the keys "
         + ", ".join(f"k{n}" for n in range(12)) + " and 3 more"),
        ([{"titel": "A"}], None, "`title: title` found nothing in the one item, whose keys are: titel"),
        ([{"title": ""}, {"title": "<p></p>"}], None, "no item has a title, a link or an id"),
    ],
)  # fmt: skip
def test_where_there_is_no_list_the_words_say_what_there_is(
    document: object, items: str | None, problem: str
) -> None:
    reading = read(document, **({} if items is None else {"items": items}))
    assert reading == Reading(usable=False, problem=problem)


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"", "the body is empty"),
        (b"\xef\xbb\xbf\n", "the body is empty"),
        (b"<!doctype html><title>Sign in</title>", "this is a login page, not a JSON list: “Sign in”"),
        (b"<error>no</error>", "this is an XML error message, not a JSON list"),
        (b"try again later", "this is not a JSON list (sent as text/json); it begins with “try again later”"),
        (b'{"a": 1} trailing', "this begins like JSON, but is broken: Extra data: line 1 column 10 (char 9)"),
        (b'{"a": 1}\n{"a":', "this begins like JSON, but is broken: Extra data: line 2 column 1 (char 9)"),
        (b"[" * 100_000, "this is JSON nested too deeply to be read"),
    ],
    ids=range(8),
)  # fmt: skip
def test_what_is_no_json_is_named(body: bytes, problem: str) -> None:
    assert read(body, sent_as="text/json") == Reading(usable=False, problem=problem)


# ---------------------------------------------------------------- keys


@pytest.mark.parametrize(
    ("key", "written", "words"),
    [
        ("items", "data.[", "the path `data.[` is broken at its end"),
        ("items", "data..list", "the path `data..list` is broken at character 6 (`.list`)"),
        ("title", "head-line", "at character 5 (`-line`); a name with such characters is written in double quotes"),
        ("link", "'/a", "the path `'/a` is broken at character 1 (`'/a`)"),
        ("link", "first(urls)", "the path `first(urls)` is wrong: there is no function first()"),
        ("link", "[a, first(urls)]", "there is no function first()"),
        ("link", "/news/{slug", "each { needs its }, with a path between them"),
        ("link", "/news/{a..b}", "the path `a..b` is broken at character 3"),
        ("id", "", "Invalid JMESPath expression: cannot be empty"),
        ("published", "{a}", "the path `{a}` is broken"),
    ],
)  # fmt: skip
def test_a_broken_path_is_refused_with_its_place(key: str, written: str, words: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        options(**{key: written})
    [found] = refusal.value.errors()
    assert found["loc"] == (key,)
    assert words in found["msg"]


def test_a_title_is_needed_and_a_strange_key_refused() -> None:
    with pytest.raises(ValidationError, match="2 validation errors"):
        JsonOptions.model_validate({"colour": "red"})


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3)
    ),
    max_leaves=12,
)


@settings(max_examples=80, deadline=None)
@given(st.one_of(JSON, st.binary(max_size=60)))
def test_nothing_is_raised_on(document: object) -> None:
    keys = {
        "title": "a",
        "link": "/{b}/{c}",
        "published": "c",
        "author": "b",
        "text": "a",
        "id": "c",
    }
    assert isinstance(read(document, **keys, items="@"), Reading)
    assert isinstance(read(document, **keys, items="a"), Reading)

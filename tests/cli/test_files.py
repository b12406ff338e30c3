"""`import`, `export`, `extract`: line by line as the contract has it."""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from aiwatch.store import Store, reader
from tests.cli.conftest import BREAD, CLOSING, COURT, NOON
from tests.newsroom import Done, Newsroom

SAID = "As Maria Lopez of Harbour Weekly wrote, the ferry to Malta sails again from Friday."
FLOUR = BREAD.partition("\n")[0]
SNOW = "It snowed in Helsinki on Sunday, and the trams stood still until the early evening."
TAIL = f"{COURT}\nRelated articles\nTen toys you will love\nSubscribe to our newsletter"
PAGE = (
    "<html lang=en><head><title>Ferry sails</title></head><body><nav><a href='/'>Home page</a></nav>"
    f"<article><h1>The ferry sails again</h1><p>{SAID}</p><p>{FLOUR}</p></article></body></html>"
)
LINES: tuple[str, ...] = tuple(
    line if isinstance(line, str) else json.dumps(line)
    for line in (
        {"id": "plain", "url": "https://a.example/1", "title": "OpenAI closes Sora", "body": CLOSING},
        {"id": "address", "url": "http://www.a.example/1?utm_source=x", "title": "Snow", "body": SNOW},
        {"id": "text", "url": "https://b.example/2", "title": "OpenAI closes Sora", "body": CLOSING},
        {"id": "empty", "url": "", "title": "Sora, in a title only", "body": None, "summary": "",
         "html": "", "published": "", "source": None, "lang": ""},
        {"id": "summary", "title": "Ferry", "body": "", "summary": SAID},
        {"id": "html", "html": PAGE, "url": "https://c.example/ferry"},
        {"title": "Nobody knows where it stood", "body": SAID.replace("ferry", "night train")},
        "{not json",
        '["a", "list"]',
        {"id": "nothing"},
        {"id": "odd", "title": {"en": "x"}},
        {"id": "dated", "title": "Dated", "published": "24 March 2026 17:00 +0700", "source": "Harbour"},
        {"id": 3, "title": "A number for an id", "lang": "th"},
        {"id": "tail", "title": "Toys in court", "body": TAIL},
        {"title": "Half a pair \ud83d of surrogates"},
        "",
    )
)  # fmt: skip


@dataclass(frozen=True)
class Imported:
    """A newsroom after one import, what the command said, and the articles by id."""

    room: Newsroom
    done: Done
    rows: Mapping[str, Mapping[str, Any]]


def write(room: Newsroom, *lines: Mapping[str, Any] | str) -> str:
    file = room.folder / "lines.jsonl"
    said = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    file.write_text("\n".join(said) + "\n", "utf-8")
    return str(file)


def exported(room: Newsroom, what: str = "articles", *words: str) -> list[dict[str, Any]]:
    done = room.aiwatch("export", what, *words, now=NOON)
    assert done.code == 0, done.err
    return [json.loads(line) for line in done.out.splitlines()]


AT_ONCE = {"name": "now", "to": ["inbox"], "when": "at once", "settle": None, "at_most": None}


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Imported]:
    with Newsroom(tmp_path_factory.mktemp("imported")) as room:
        room.configure(alerts=[AT_ONCE])
        done = room.aiwatch("import", write(room, *LINES), "--json", now=NOON)
        rows = {str(row["id"]): row for row in exported(room)}
        yield Imported(room, done, rows)


# ---------------------------------------------------------------- import


def test_lines_that_cannot_be_read_are_named_and_skipped(imported: Imported) -> None:
    assert imported.done.code == 1
    named = imported.done.err.splitlines()
    for line, number in zip(named, (8, 9, 10, 11), strict=True):
        assert f"lines.jsonl line {number}: " in line
        assert line.endswith("; skipped")
    assert imported.done.json()["problems"] == named


def test_every_readable_line_gives_one_row_in_file_order(imported: Imported) -> None:
    counts = imported.done.json()
    assert counts["filed"] == len(imported.rows) == 11
    assert (counts["same_url"], counts["same_text"], counts["version"]) == (1, 1, 0)
    assert [key for key in imported.rows if not key.isdigit()] == [
        "plain",
        "address",
        "text",
        "empty",
        "summary",
        "html",
        "dated",
        "tail",
    ]


CASES: list[tuple[str, dict[str, Any]]] = [
    ("plain", {"verdict": "new", "duplicate_of": None, "topics": ["sora"], "text": CLOSING}),
    ("address", {"verdict": "same_url", "duplicate_of": "plain", "text": SNOW, "topics": []}),
    ("text", {"verdict": "same_text", "duplicate_of": "plain", "topics": ["sora"]}),
    ("empty", {"url": "empty", "text": "", "published": None, "topics": ["sora"]}),
    ("summary", {"text": SAID, "title": "Ferry"}),
    ("html", {"title": "The ferry sails again", "text": f"{SAID}\n{FLOUR}", "lang": "en"}),
    ("dated", {"published": "2026-03-24T10:00:00Z", "source": "Harbour", "outlet": "Harbour"}),
    ("3", {"url": "3", "lang": "th", "source": "import"}),
    ("tail", {"text": COURT}),
]


@pytest.mark.parametrize(("id_", "expected"), CASES, ids=[case[0] for case in CASES])
def test_a_line_becomes_the_article_it_states(
    imported: Imported, id_: str, expected: dict[str, Any]
) -> None:
    row = imported.rows[id_]
    assert {key: row[key] for key in expected} == expected


def test_a_duplicate_is_in_its_originals_story(imported: Imported) -> None:
    stories = {imported.rows[id_]["story"] for id_ in ("plain", "address", "text")}
    assert len(stories) == 1


def test_a_line_without_address_and_id_is_known_by_its_words(imported: Imported) -> None:
    found = [row for row in imported.rows.values() if row["title"].startswith("Nobody knows")]
    assert [row["url"].partition(":")[0] for row in found] == ["hash"]


def test_the_text_as_given_is_kept_beside_the_cleaned_one(imported: Imported) -> None:
    with reader(imported.room.database) as db:
        given = db.execute("SELECT given FROM articles WHERE external_id = 'tail'").fetchone()[0]
    assert given == TAIL


def test_an_import_tells_nobody(imported: Imported) -> None:
    assert imported.room.inbox.mails == []
    done = imported.room.aiwatch("fetch", now="2026-03-25T12:00:00Z")
    assert done.code == 0, done.err
    assert imported.room.inbox.mails == []
    why = imported.room.aiwatch("explain", "plain", now=NOON).out
    assert "does not tell it: imports tell nobody" in " ".join(why.split())
    assert why.splitlines()[-1] == "To bring it: import such articles with `--alert`."


def test_an_imported_id_is_found_before_a_row_of_that_number(imported: Imported) -> None:
    found = imported.room.aiwatch("explain", "3", "--json", now=NOON).json()
    assert found["title"] == "A number for an id"


def test_the_same_again_changes_nothing_and_other_words_are_a_version(room: Newsroom) -> None:
    first = {"id": "a", "title": "OpenAI closes Sora", "body": CLOSING}
    twice = room.aiwatch("import", write(room, first, first), "--json", now=NOON)
    assert twice.code == 0, twice.err
    assert {key: n for key, n in twice.json().items() if n} == {
        "filed": 1,
        "new": 1,
        "unchanged": 1,
    }
    edited = write(room, {**first, "body": CLOSING.replace("26 April", "27 April")})
    again = room.aiwatch("import", edited, now=NOON)
    assert again.code == 0, again.err
    assert ["version", "1"] in [line.split() for line in again.out.splitlines()]
    (row,) = exported(room)
    assert "27 April" in row["text"]
    assert room.aiwatch("explain", "a", "--json").json()["versions"] == 1


def test_with_alert_an_import_is_told_once(room: Newsroom) -> None:
    room.configure(alerts=[AT_ONCE])
    file = write(room, {"id": "a", "title": "OpenAI closes Sora", "body": CLOSING})
    for _ in range(2):
        done = room.aiwatch("import", file, "--alert", "--json", now=NOON)
        assert done.code == 0, done.err
    (mail,) = room.inbox.mails
    assert "OpenAI closes Sora" in str(mail.message["Subject"])


def test_an_alert_of_an_import_that_is_refused_is_an_error(room: Newsroom) -> None:
    room.configure(alerts=[AT_ONCE])
    room.inbox.answers["RCPT"] = "550 5.1.1 no such user here"
    file = write(room, {"title": "OpenAI closes Sora", "body": CLOSING})
    done = room.aiwatch("import", file, "--alert", now=NOON)
    assert done.code == 1
    assert "not delivered: inbox to mailto:reader@example.org" in done.err


def test_a_story_of_an_import_that_cannot_be_told_is_an_error(room: Newsroom) -> None:
    room.configure(timezone="Asia/Bangkok", alerts=[{**AT_ONCE, "settle": "10m"}])
    file = write(room, {"title": "OpenAI closes Sora", "body": CLOSING})
    assert room.aiwatch("import", file, "--alert", now=NOON).code == 0
    with Store(room.database) as store:
        store.write_now(
            lambda db: db.execute("UPDATE stories SET first_seen = '9999-12-31T23:59:59Z'")
        )
    other = write(room, {"title": "Bread that lasts a week", "body": BREAD})
    done = room.aiwatch("import", other, "--alert", "--json", now="2026-03-24T13:00:00Z")
    assert done.code == 1
    assert "alert now: story 1 cannot be told" in done.err.splitlines()
    assert done.json()["filed"] == 1


def test_a_screen_alert_does_not_mix_with_json(room: Newsroom) -> None:
    room.configure(
        channels={"here": {"kind": "screen"}},
        alerts=[{**AT_ONCE, "to": ["here"]}],
    )
    file = write(room, {"title": "OpenAI closes Sora", "body": CLOSING})
    done = room.aiwatch("import", file, "--alert", "--json", now=NOON)
    assert done.json()["filed"] == 1
    assert "OpenAI closes Sora" in done.err


def test_an_import_needs_no_topics_alerts_or_channels(room: Newsroom) -> None:
    room.file.write_text("{timezone: UTC, contact: me@example.org}", "utf-8")
    file = write(room, {"title": "OpenAI closes Sora"})
    assert room.aiwatch("import", file, "-q", now=NOON) == Done(0, "", "")


@pytest.mark.parametrize("name", ["nowhere.jsonl", "."])
def test_a_file_that_cannot_be_read_is_refused(room: Newsroom, name: str) -> None:
    done = room.aiwatch("import", str(room.folder / name))
    assert done.code == 2
    assert "cannot be read: " in done.err


# ---------------------------------------------------------------- export

ARTICLE = {
    "id",
    "url",
    "canonical_url",
    "title",
    "authors",
    "published",
    "modified",
    "lang",
    "source",
    "outlet",
    "text",
    "story",
    "duplicate_of",
    "verdict",
    "topics",
    "matches",
}
STORY = {
    "id",
    "title",
    "first_seen",
    "last_seen",
    "first_published",
    "articles",
    "count",
    "outlets",
    "topics",
}
MATCH = {"article", "url", "title", "story", "topic", "score", "query", "hits"}


@pytest.mark.parametrize(
    ("what", "keys", "number"), [("articles", ARTICLE, 3), ("stories", STORY, 2), ("matches", MATCH, 2)]
)  # fmt: skip
def test_an_export_has_its_keys(told: Newsroom, what: str, keys: set[str], number: int) -> None:
    rows = exported(told, what)
    assert len(rows) == number
    for row in rows:
        assert set(row) == keys


def test_matches_name_their_words_where_they_stand(told: Newsroom) -> None:
    row = next(row for row in exported(told) if row["url"].endswith("/one"))
    (match,) = row["matches"]
    assert match["topic"] == "sora"
    for hit in match["hits"]:
        field = row["title"] if hit["field"] == "title" else row["text"]
        assert field[hit["offset"] :].startswith(hit["text"])


@pytest.mark.parametrize("what", ["articles", "stories", "matches"])
def test_since_leaves_out_what_came_before(told: Newsroom, what: str) -> None:
    assert exported(told, what, "--since", "1h")
    done = told.aiwatch("export", what, "--since", "1h", now="2026-03-25T12:00:00Z")
    assert done == Done(0, "", "")
    assert told.aiwatch("export", what, "--since", "0s", now="2026-03-25T12:00:00Z").out == ""


def test_an_export_goes_into_a_file(told: Newsroom, tmp_path: Path) -> None:
    file = tmp_path / "out.jsonl"
    assert told.aiwatch("export", "articles", "-o", str(file)) == Done(0, "", "")
    assert len(file.read_text("utf-8").splitlines()) == 3


def test_an_export_as_csv_holds_lists_as_json(told: Newsroom) -> None:
    done = told.aiwatch("export", "articles", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(done.out)))
    assert set(rows[0]) == ARTICLE
    assert [json.loads(row["topics"]) for row in rows if row["url"].endswith("/one")] == [["sora"]]


def test_a_file_stays_as_it_was_where_there_is_nothing_to_export(room: Newsroom) -> None:
    file = room.folder / "out.jsonl"
    file.write_text("kept")
    assert room.aiwatch("export", "articles", "-o", str(file)).code == 1
    assert file.read_text() == "kept"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("articles", "-o", "nowhere/at/all"), "nowhere/at/all cannot be written: No such file"),
        (("sources",), "'sources' is not one of"),
        (("articles", "--format", "xml"), "'xml' is not one of"),
        (("articles", "--since", "yesterday"), "--since: 'yesterday' is no duration"),
    ],
)
def test_an_export_that_cannot_be_is_refused(
    told: Newsroom, words: tuple[str, ...], said: str
) -> None:
    done = told.aiwatch("export", *words)
    assert (done.code, done.out) == (2, "")
    assert said in done.err


# ---------------------------------------------------------------- extract

EXTRACT = {
    "title",
    "authors",
    "published",
    "modified",
    "language",
    "site",
    "canonical_url",
    "image",
    "paywalled",
    "text",
    "how",
}


def test_a_page_is_read_from_a_file(room: Newsroom) -> None:
    file = room.folder / "page.html"
    file.write_text(PAGE, "utf-8")
    found = room.aiwatch("extract", str(file), "--json").json()
    assert set(found) == EXTRACT
    assert (found["title"], found["text"]) == ("The ferry sails again", f"{SAID}\n{FLOUR}")
    shown = room.aiwatch("extract", str(file), "--why").out
    assert "title:         The ferry sails again\n" in shown
    assert "how title:     h1\n" in shown
    assert f"\n\n{SAID}\n{FLOUR}\n\n" in shown
    plain = room.aiwatch("extract", str(file)).out
    assert "how title:" not in plain
    assert plain.endswith(f"\n\n{SAID}\n{FLOUR}\n")


def test_the_address_of_a_file_completes_its_links(room: Newsroom) -> None:
    file = room.folder / "page.html"
    file.write_text(PAGE.replace("<title>", '<link rel="canonical" href="/ferry"><title>'), "utf-8")
    found = room.aiwatch("extract", str(file), "--url", "https://c.example/x", "--json").json()
    assert found["canonical_url"] == "https://c.example/ferry"


def test_a_page_is_read_from_its_address(told: Newsroom) -> None:
    found = told.aiwatch("extract", told.site.url("/one"), "--json", now=NOON).json()
    assert (found["title"], found["site"]) == ("OpenAI closes Sora", "Example Times")


def test_a_page_without_an_article_ends_with_1(room: Newsroom) -> None:
    file = room.folder / "empty.html"
    file.write_bytes(b"")
    done = room.aiwatch("extract", str(file))
    assert done.code == 1
    assert "no article text found on this page" in done.out


@pytest.mark.parametrize(
    ("what", "code", "said"),
    [
        ("nowhere.html", 2, "is neither a file here nor an http(s) address"),
        ("x" * 300, 2, "cannot be read: "),
        ("\0", 2, "cannot be read: "),
        (".", 2, "cannot be read: "),
        ("ftp://a.example/", 2, "is neither a file here nor an http(s) address"),
        ("http://127.0.0.1:1/", 1, "http://127.0.0.1:1/ cannot be read: "),
    ],
)
def test_what_cannot_be_extracted_is_named(room: Newsroom, what: str, code: int, said: str) -> None:
    done = room.aiwatch("extract", what)
    assert (done.code, done.out) == (code, "")
    assert said in done.err

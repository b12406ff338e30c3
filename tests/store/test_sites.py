"""What the ends of a host's articles have in common: counted once a text, bounded, forgotten."""

from dataclasses import replace
from datetime import timedelta

import pytest

from aiwatch.model import Margins, StoryId
from aiwatch.store import Store, sites
from aiwatch.store.filing import Draft, Filed
from aiwatch.text.site import line_mark
from tests.drafts import BAKERY, CLOSES, FLOOD, PRICE, draft, file
from tests.stories import NOON

HOST = "example-times.example"
NOTICE = "Our reporters cover it every day. Write to us."
MARK = line_mark(NOTICE) or 0
TALES = (
    ("Norwich under water", FLOOD),
    ("Bakers on strike", BAKERY),
    ("OpenAI closes Sora and leaves video", CLOSES),
)


def read(path: str, title: str, text: str, *, out: bool = False) -> Draft:
    """An article whose page ends in the notice; `out`: it is known by now."""
    one = draft(path, title, text if out else f"{text}\n{NOTICE}")
    margins = Margins(host=HOST, lines=(MARK,), left_out=(MARK,) if out else ())
    return replace(one, read=replace(one.read, margins=margins))


def known(store: Store, host: str = HOST) -> frozenset[int]:
    with store.read() as db:
        return sites.known(db, host)


def learn(store: Store, *marks: int, host: str = HOST, days: int = 0) -> None:
    margins = Margins(host=host, lines=marks)
    at = NOON + timedelta(days=days)
    store.write_now(lambda db: sites.learn(db, margins, "", StoryId(0), at))


def rows(store: Store, table: str) -> int:
    with store.read() as db:
        return int(db.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0])


def test_what_three_stories_end_in_is_known(store: Store) -> None:
    for number, (title, text) in enumerate(TALES):
        assert known(store) == frozenset()
        filed = file(store, read(f"{number}", title, text))
        assert filed.verdict.kind == "new"
    assert known(store) == {MARK}
    assert known(store, "other.example") == frozenset()


def test_the_same_text_or_address_again_counts_once(store: Store) -> None:
    title, text = TALES[0]
    kinds = [file(store, read(path, title, text)).verdict.kind for path in ("a", "b", "b", "c?x=1")]
    assert kinds == ["new", "same_text", "same_url", "same_text"]
    with store.read() as db:
        assert [row[0] for row in db.execute("SELECT articles FROM site_lines")] == [1]


def counted(store: Store) -> int:
    with store.read() as db:
        return int(db.execute("SELECT articles FROM sites").fetchone()[0])


@pytest.mark.parametrize(
    ("text", "host", "count"),
    [
        (f"{CLOSES}\nIt is over.", HOST, 1),
        (f"{CLOSES}\n{PRICE}\n{FLOOD}", HOST, 2),
        (CLOSES, "other.example", 2),
    ],
)
def test_what_carries_an_article_on_is_no_other_text(
    store: Store, text: str, host: str, count: int
) -> None:
    filed = file(store, read("live-1", "OpenAI closes Sora and leaves video", CLOSES))
    margins = Margins(host=host, lines=(MARK,))
    store.write_now(lambda db: sites.learn(db, margins, text, filed.story, NOON))
    with store.read() as db:
        assert db.execute("SELECT SUM(articles) FROM site_lines").fetchone()[0] == count


def test_another_text_of_the_story_counts(store: Store) -> None:
    first = file(store, read("a", "OpenAI closes Sora and leaves video", CLOSES))
    second = file(store, read("b", "OpenAI closes Sora: what it cost", PRICE))
    assert (second.verdict.kind, second.story) == ("same_story", first.story)
    assert counted(store) == 2


def again(store: Store, filed: Filed, text: str, *, out: bool) -> Filed:
    """The filed article's entry once more, read anew."""
    with store.read() as db:
        title = db.execute("SELECT title FROM articles").fetchone()[0]
    one = replace(read("x", title, text, out=out), entry=7)
    store.write_now(
        lambda db: db.execute(
            "INSERT INTO sources (name, kind, url, state, words, next_due, due_reason, failures)"
            " VALUES ('S', 'feed', 'u', 'new', '', '', '', 0)"
        )
    )
    store.write_now(
        lambda db: db.execute(
            "INSERT INTO entries (id, source, entry_id, title, seen_at, content_hash, tell, state, attempts, article)"
            " VALUES (7, 'S', 'e', '', '', '', 'all', 'to file', 0, ?)",
            (filed.article,),
        )
    )
    return file(store, one)


@pytest.mark.parametrize(
    ("text", "out", "outcome"),
    [
        (FLOOD, True, "unchanged"),  # the notice is left out now
        (FLOOD.replace("ninety", "twenty"), True, "version"),
        (FLOOD, False, "unchanged"),
    ],
)
def test_knowing_more_than_before_is_no_edit(
    store: Store, text: str, out: bool, outcome: str
) -> None:
    filed = file(store, read("a", *TALES[0]))
    assert again(store, filed, text, out=out).outcome == outcome
    with store.read() as db:
        assert db.execute("SELECT articles FROM site_lines").fetchone()[0] == 1


def test_what_a_few_of_many_have_is_not_known(store: Store) -> None:
    for number in range(40):
        learn(store, *([5] if number in (0, 12, 39) else []), 100 + number)
    assert known(store) == frozenset()  # three of forty


def test_what_stands_no_more_is_forgotten_after_a_while(store: Store) -> None:
    for _ in range(3):
        learn(store, 5)
    learn(store, 6)
    for number in range(100):
        learn(store, 100 + number)
        assert rows(store, "site_lines") <= 2 + 30 + sites.TIDIED
    with store.read() as db:
        left = {row[0] for row in db.execute("SELECT hash FROM site_lines")}
    assert not left & {5, 6}


def test_hosts_are_forgotten_after_90_days_and_beyond_2000(store: Store) -> None:
    learn(store, 1, host="long-ago.example")

    def many(db: object) -> None:
        for number in range(sites.MOST_HOSTS):
            margins = Margins(host=f"h{number}.example", lines=(1,))
            at = NOON + timedelta(days=100, seconds=number)
            sites.learn(db, margins, "", StoryId(0), at)  # type: ignore[arg-type]

    store.write_now(many)
    assert rows(store, "sites") == sites.MOST_HOSTS
    learn(store, 1, host="new.example", days=101)
    assert rows(store, "sites") == sites.MOST_HOSTS == rows(store, "site_lines")
    with store.read() as db:
        hosts = {row[0] for row in db.execute("SELECT host FROM sites")}
    assert not hosts & {"long-ago.example", "h0.example"}
    assert "new.example" in hosts


def test_a_page_without_lines_is_not_counted(store: Store) -> None:
    learn(store)
    assert rows(store, "sites") == 0


def test_reading_what_is_known_walks_one_hosts_rows(store: Store) -> None:
    query = (
        "EXPLAIN QUERY PLAN SELECT hash FROM sites JOIN site_lines ON site = sites.id"
        " WHERE host = ? AND site_lines.articles >= 3"
    )
    with store.read() as db:
        plan = [row["detail"] for row in db.execute(query, (HOST,))]
    assert all(step.startswith("SEARCH") for step in plan), plan

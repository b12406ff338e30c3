"""Article filed: judged and written in one; known is what will be told."""

import json
import sqlite3
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from aiwatch.errors import Locked
from aiwatch.model import (
    AlertName,
    ArticleId,
    Delivered,
    Entry,
    OutboxId,
    Reader,
    Source,
    SourceName,
    Waiting,
)
from aiwatch.store import Store, closing, entries, filing, outbox, polls, settings
from aiwatch.store import sources as watched
from aiwatch.store import stories as stored
from aiwatch.store.closing import Composed
from aiwatch.store.outbox import Retry
from tests.drafts import (
    CLOSES,
    CLOSES_TOO,
    FLOOD,
    HELP,
    HOUR,
    MINUTE,
    OPEN_TO_ALL,
    PRICE,
    UNTIL_APRIL,
    draft,
    edit,
    file,
    subscription,
)
from tests.looks import look, record
from tests.stories import NOON, READER, alert, match

NEWS = subscription(alert())


def waiting(store: Store) -> tuple[Waiting, ...]:
    with store.read() as db:
        return closing.waiting(db)


def article(store: Store, id_: int) -> dict[str, Any]:
    with store.read() as db:
        return dict(db.execute("SELECT * FROM articles WHERE id = ?", (id_,)).fetchone())


def topics(store: Store, id_: int) -> set[str]:
    with store.read() as db:
        rows = db.execute("SELECT topic FROM matches WHERE article = ?", (id_,))
        return {row["topic"] for row in rows}


def listed(store: Store, *ids: str, **parts: Any) -> list[int]:
    """Entries as a poll leaves them; their rows' ids."""
    source = Source(name=SourceName("Example Times"), url="https://times.example/feed")
    found = tuple(Entry(**{"id": id_, "url": None, "title": id_, **parts}) for id_ in ids)
    record(store, look(*found, source=replace(source, backlog="all")))
    with store.read() as db:
        return [item.id for item in entries.to_file(db, 99, NOON)]


# ---------------------------------------------------------------- what is written


def test_an_article_its_story_its_matches_and_what_is_owed_are_written_together(
    store: Store,
) -> None:
    filed = file(store, draft(), NEWS)
    assert (filed.outcome, filed.verdict.kind, filed.alerts) == ("filed", "new", ("news",))
    assert topics(store, filed.article) == {"sora"}
    (owed,) = waiting(store)
    assert (owed.story, owed.cause, owed.since) == (filed.story, "new", NOON)
    with store.read() as db:
        story = stored.load(db, filed.story)
    assert story is not None
    assert [member.article for member in story.members] == [filed.article]


def test_a_filing_that_breaks_half_way_leaves_nothing(store: Store) -> None:
    nameless = replace(match("sora"), topic=None)  # type: ignore[arg-type]
    with pytest.raises(sqlite3.IntegrityError):
        file(store, replace(draft(), matches=(match("sora"), nameless)), NEWS)
    with store.read() as db:
        for table in ("articles", "stories", "story_terms", "term_counts", "shingles", "waiting"):
            assert db.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0] == 0, table
        assert settings.number(db, "documents") == 0


def test_without_subscriptions_nobody_is_told(store: Store) -> None:
    assert file(store, draft()).alerts == ()
    assert waiting(store) == ()


def test_an_address_seen_before_is_a_row_of_its_own_in_the_same_story(store: Store) -> None:
    first = file(store, draft(), NEWS)
    again = file(store, draft(source=SourceName("Elsewhere")), NEWS, now=NOON + HOUR)
    assert (again.verdict.kind, again.story) == ("same_url", first.story)
    assert again.verdict.duplicate_of == first.article
    assert len(waiting(store)) == 1


def test_a_copy_of_a_copy_points_to_the_first(store: Store) -> None:
    first = file(store, draft())
    for outlet in ("Daily Copy", "Second Copy"):
        copy = file(store, draft(outlet=outlet))
        assert (copy.verdict.kind, copy.verdict.duplicate_of) == ("same_text", first.article)


def test_another_outlets_report_joins_the_story_and_copies_do_not_shape_it(store: Store) -> None:
    first = file(store, draft())
    file(store, draft(outlet="Daily Copy"))
    other = file(
        store, draft(title="OpenAI shuts its Sora video app", text=CLOSES_TOO, outlet="Ledger")
    )
    assert (other.verdict.kind, other.story) == ("same_story", first.story)
    with store.read() as db:
        row = db.execute("SELECT * FROM stories WHERE id = ?", (first.story,)).fetchone()
        assert row["members"] == 2
        assert settings.number(db, "documents") == 2


def test_a_story_matched_by_nobody_waits_for_nobody_until_its_topic_comes(store: Store) -> None:
    file(store, draft(topics=()), NEWS)
    assert waiting(store) == ()
    file(store, draft(text=CLOSES_TOO, outlet="Ledger"), NEWS)
    assert len(waiting(store)) == 1


def test_dates_in_the_future_are_clamped(store: Store) -> None:
    filed = file(store, draft(published=NOON + 1000 * HOUR))
    assert article(store, filed.article)["published"] == "2026-03-24T12:00:00Z"


def test_an_unread_page_is_filed_under_the_name_its_source_goes_by(store: Store) -> None:
    file(store, draft("1", FLOOD[:40], FLOOD, source=SourceName("Feed"), outlet="The Times"))
    bare = draft("2", source=SourceName("Feed"), outlet="Feed", site=None)
    assert article(store, file(store, bare).article)["outlet"] == "The Times"
    collected = draft("3", source=SourceName("Feed"), outlet="Feed", site=None, aggregator=True)
    assert article(store, file(store, collected).article)["outlet"] == "Feed"


# ---------------------------------------------------------------- an edit of a watched page

THERE = {"added": (UNTIL_APRIL,), "removed": (OPEN_TO_ALL,)}
BACK = {"added": (OPEN_TO_ALL,), "removed": (UNTIL_APRIL,)}


def test_an_edit_is_a_story_of_its_own_and_keeps_its_lines(store: Store) -> None:
    filed = file(store, edit())
    assert (filed.verdict.kind, filed.verdict.reason) == ("new", "an edit of a watched page")
    row = article(store, filed.article)
    assert json.loads(row["change"]) == {"added": [UNTIL_APRIL], "removed": [OPEN_TO_ALL]}
    with store.read() as db:
        story = stored.load(db, filed.story)
        alone = db.execute("SELECT alone FROM stories").fetchone()["alone"]
    assert story is not None
    assert story.members[0].change == edit().read.article.change
    assert alone == 1
    assert article(store, file(store, draft()).article)["change"] is None


def test_the_same_edit_again_is_told_each_time(store: Store) -> None:
    pages = subscription(alert(sources=(HELP.name,)))
    found = [
        file(store, edit(number, **lines), pages)
        for number, lines in enumerate((THERE, BACK, THERE, BACK))
    ]
    assert {one.verdict.kind for one in found} == {"new"}
    assert len({one.story for one in found}) == 4
    assert [one.alerts for one in found] == [("news",)] * 4


def test_nothing_joins_an_edit_and_an_edit_joins_nothing(store: Store) -> None:
    text = CLOSES.splitlines()
    before = file(store, draft("before"))
    long = file(store, edit(added=text, removed=()))
    copy = file(store, draft("copy", outlet="Daily Copy"))
    page = file(store, draft(url=HELP.url, url_key=HELP.url, title="Help", text=FLOOD))
    assert len({before.story, long.story, page.story}) == 3
    assert (copy.verdict.duplicate_of, copy.story) == (before.article, before.story)


def test_nothing_is_a_copy_of_an_edit_that_came_first(store: Store) -> None:
    long = file(store, edit(added=CLOSES.splitlines(), removed=()))
    report = file(store, draft())
    assert (report.verdict.kind, report.story == long.story) == ("new", False)


def test_an_edit_reaches_who_follows_its_page_and_who_follows_its_topic(store: Store) -> None:
    page = subscription(alert(name=AlertName("page"), sources=(HELP.name,)))
    sora = subscription(alert(name=AlertName("sora"), topics=("sora",), min_outlets=2))
    other = subscription(alert(name=AlertName("other"), sources=(SourceName("Elsewhere"),)))
    assert file(store, edit(1), page, sora, other).alerts == ("page",)
    assert file(store, edit(2, topics=("sora",)), page, sora, other).alerts == ("page", "sora")


# ---------------------------------------------------------------- the same again


def test_an_imported_id_with_the_same_text_is_nothing_and_with_another_a_version(
    store: Store,
) -> None:
    first = file(store, draft(external_id="x1"), NEWS)
    assert file(store, draft(external_id="x1"), NEWS).outcome == "unchanged"
    changed = file(store, draft(external_id="x1", text=PRICE), NEWS, now=NOON + HOUR)
    assert (changed.outcome, changed.article) == ("version", first.article)
    with store.read() as db:
        (version,) = db.execute("SELECT * FROM versions").fetchall()
    assert (version["text"], version["until"]) == (CLOSES, "2026-03-24T13:00:00Z")
    assert article(store, first.article)["text"] == PRICE


def test_of_two_processes_that_file_one_entry_the_second_finds_it_unchanged(tmp_path: Path) -> None:
    with Store(tmp_path / "a.db") as here, Store(tmp_path / "a.db") as there:
        (entry,) = listed(here, "a")
        start = threading.Barrier(2)
        found: list[str] = []

        def run(store: Store) -> None:
            start.wait()
            found.append(file(store, draft(entry=entry), NEWS).outcome)

        threads = [threading.Thread(target=run, args=(store,)) for store in (here, there)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(found) == ["filed", "unchanged"]
        assert len(waiting(here)) == 1


def test_a_page_that_cannot_be_read_again_does_not_take_the_text_away(store: Store) -> None:
    (entry,) = listed(store, "a")
    full = file(store, draft(entry=entry, text=CLOSES), NEWS)
    teaser = draft(entry=entry, title="Sora: the end", text="OpenAI ends it.", how={"text": "feed"})
    assert file(store, teaser, NEWS).outcome == "version"
    kept = article(store, full.article)
    assert (kept["title"], kept["text"]) == ("Sora: the end", CLOSES)


def test_what_the_kept_text_matches_stays_matched(store: Store) -> None:
    (entry,) = listed(store, "a")
    full = file(store, draft(entry=entry, topics=("disney",)), NEWS)
    teaser = draft(
        entry=entry, title="Sora: the end", text="It ends.", how={"text": "feed"}, topics=("sora",)
    )
    file(store, teaser, NEWS)
    assert topics(store, full.article) == {"disney", "sora"}


def test_a_page_read_at_last_is_not_given_up_for_a_teaser_later(store: Store) -> None:
    (entry,) = listed(store, "a")
    first = file(store, draft(entry=entry, text="OpenAI ends it.", how={"text": "feed"}), NEWS)
    file(store, draft(entry=entry, text=CLOSES), NEWS)
    file(store, draft(entry=entry, title="Sora ends", text="It ends.", how={"text": "feed"}), NEWS)
    assert article(store, first.article)["text"] == CLOSES


# ---------------------------------------------------------------- what is owed


def test_what_waits_keeps_its_time_so_that_settling_ends(store: Store) -> None:
    settling = subscription(alert(settle=10 * MINUTE))
    file(store, draft(), settling)
    file(store, draft(text=CLOSES_TOO, outlet="Ledger"), settling, now=NOON + 5 * MINUTE)
    (owed,) = waiting(store)
    assert owed.hold_until == NOON + 10 * MINUTE


@pytest.mark.parametrize(
    ("when_second", "owed"), [(timedelta(hours=23), True), (timedelta(hours=25), False)]
)
def test_a_second_outlet_counts_within_the_time_given(
    store: Store, when_second: timedelta, owed: bool
) -> None:
    two = subscription(alert(min_outlets=2, within=24 * HOUR))
    file(store, draft(), two)
    file(store, draft(text=CLOSES_TOO, outlet="Ledger"), two, now=NOON + when_second)
    assert bool(waiting(store)) is owed


def test_a_topic_that_comes_late_does_not_undo_that_there_were_enough_outlets(store: Store) -> None:
    two = subscription(alert(min_outlets=2, within=24 * HOUR))
    file(store, draft(topics=()), two)
    file(store, draft(text=CLOSES_TOO, outlet="Ledger", topics=()), two, now=NOON + HOUR)
    assert waiting(store) == ()
    file(store, draft(text=PRICE, outlet="Courier"), two, now=NOON + 30 * HOUR)
    assert len(waiting(store)) == 1


ARTICLES = (
    {"path": "1", "text": CLOSES, "outlet": "Example Times"},
    {"path": "2", "text": CLOSES_TOO, "outlet": "Ledger", "title": "OpenAI shuts its video app"},
    {"path": "3", "text": CLOSES, "outlet": "Daily Copy"},
    {"path": "4", "text": FLOOD, "outlet": "Courier", "title": "Ninety houses flooded in Norwich"},
)


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_the_order_of_filing_does_not_change_who_is_told(
    tmp_path: Path, order: tuple[int, ...]
) -> None:
    alerts = (
        subscription(alert(name=AlertName("all"))),
        subscription(alert(name=AlertName("two"), min_outlets=2), Reader("hook")),
        subscription(alert(name=AlertName("three"), min_outlets=3), Reader("room")),
    )
    with Store(tmp_path / "a.db") as store:
        for place in order:
            file(store, draft(**ARTICLES[place]), *alerts)
        with store.read() as db:
            owed = {
                (one.alert, stored.load(db, one.story).members[0].text == FLOOD)  # type: ignore[union-attr]
                for one in closing.waiting(db)
            }
            articles = db.execute("SELECT COUNT(DISTINCT story) FROM articles").fetchone()[0]
    assert articles == 2
    assert owed == {("all", False), ("all", True), ("two", False)}


# ---------------------------------------------------------------- when another holds the database

WRITERS: dict[str, Callable[[sqlite3.Connection], object]] = {
    "sources.sync": lambda db: watched.sync(db, [], NOON),
    "polls.record": lambda db: polls.record(db, None),  # type: ignore[arg-type]
    "entries.begun": lambda db: entries.begun(db, [1], NOON),
    "entries.give_up": lambda db: entries.give_up(db, 1),
    "filing.file": lambda db: filing.file(db, draft(), [NEWS], frozenset(), NOON),
    "closing.sync": lambda db: closing.sync(db, [alert()], NOON),
    "closing.close": lambda db: closing.close(
        db, alert(), (READER,), lambda _: Composed(), kind="alert", slot=None, now=NOON
    ),
    "closing.send_lookback": lambda db: closing.send_lookback(
        db, alert(), (), lambda _: Composed(), since=NOON, now=NOON
    ),
    "closing.pause": lambda db: closing.pause(db, AlertName("news"), None, paused=True),
    "outbox.recover": outbox.recover,
    "outbox.claim": lambda db: outbox.claim(db, OutboxId(1)),
    "outbox.settle": lambda db: outbox.settle(
        db, OutboxId(1), Delivered(), Retry(delays=(HOUR,)), NOON
    ),
    "outbox.hold_lane": lambda db: outbox.hold_lane(db, None, NOON, "no answer", NOON),  # type: ignore[arg-type]
    "outbox.retry": lambda db: outbox.retry(db, None, NOON),
    "outbox.drop": lambda db: outbox.drop(db, OutboxId(1)),
    "stories.write_matches": lambda db: stored.write_matches(db, ArticleId(1), ()),
    "settings.add": lambda db: settings.add(db, "passes"),
}


@pytest.mark.parametrize("writer", list(WRITERS))
def test_every_writer_says_when_another_process_holds_the_database(
    tmp_path: Path, writer: str
) -> None:
    with Store(tmp_path / "a.db", busy=0.05) as store:
        other = sqlite3.connect(store.path, isolation_level=None)
        try:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(Locked, match="held by another process"):
                store.write_now(WRITERS[writer])
        finally:
            other.close()


# ---------------------------------------------------------------- an old story told again

TOLD_AGAIN = (
    "Sora is over: OpenAI closes its video app on 26 April 2026, the company announced on Tuesday.\n"
    "The licence deal with Disney, which was worth $1 billion over three years, ends with Sora."
)


@pytest.mark.parametrize("days", [9, 200])
def test_an_undated_retelling_joins_the_old_story_however_late(store: Store, days: int) -> None:
    first = file(store, draft(), NEWS)
    again = draft("old", "Sora is closing", TOLD_AGAIN, outlet="Rewrites", published=None)
    filed = file(store, again, NEWS, now=NOON + timedelta(days=days))
    assert (filed.story, filed.verdict.kind) == (first.story, "same_story")


def test_an_undated_text_with_news_is_a_story_of_its_own(store: Store) -> None:
    first = file(store, draft(), NEWS)
    news = (
        TOLD_AGAIN
        + "\nA judge in Delaware ordered OpenAI on 9 October to pay $40 million for Sora."
    )
    filed = file(
        store,
        draft("new", "Sora: OpenAI must pay", news, outlet="Rewrites", published=None),
        NEWS,
        now=NOON + timedelta(days=200),
    )
    assert filed.story != first.story

"""A page that is missing is gone only when it has been for a while."""

from datetime import datetime, timedelta

from aiwatch.store import Store, rechecks
from tests.drafts import draft, file, subscription
from tests.store.test_closing import close, sync
from tests.stories import NOON, alert

HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)


def told(store: Store) -> int:
    sync(store)
    filed = file(store, draft(), subscription(alert()))
    assert close(store)
    return filed.article


def missing(store: Store, article: int, at: datetime) -> tuple[str, ...]:
    return store.write_now(
        lambda db: rechecks.missing(db, article, None, (subscription(alert()),), at)  # type: ignore[arg-type]
    )


def test_two_processes_that_find_it_missing_at_one_moment_have_seen_it_once(store: Store) -> None:
    article = told(store)
    at = NOON + HOUR
    assert missing(store, article, at) == missing(store, article, at + SECOND) == ()
    with store.read() as db:
        assert [one.id for one in rechecks.due(db, at + HOUR, 9)] == [article]
    assert missing(store, article, at + HOUR) == ("news",)
    assert missing(store, article, at + 2 * HOUR) == ()  # told once


def test_an_unchanged_page_in_between_was_never_gone(store: Store) -> None:
    article = told(store)
    assert missing(store, article, NOON + HOUR) == ()
    store.write_now(lambda db: rechecks.still_there(db, article, None))  # type: ignore[arg-type]
    assert missing(store, article, NOON + 9 * HOUR) == ()

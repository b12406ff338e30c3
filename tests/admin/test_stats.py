"""One look gathers all numbers."""

from datetime import timedelta

from aiwatch.admin import stats
from aiwatch.store import Store
from tests.drafts import BAKERY, draft, file
from tests.stories import NOON

DAY = timedelta(days=1)


def test_rates_are_by_the_days_since_it_began(store: Store) -> None:
    for number in range(8):
        text = BAKERY.replace("Leeds", f"Town{number}")
        now = NOON + number % 2 * DAY
        file(
            store,
            draft(f"p{number}", f"Title {number}", text, (), external_id=str(number)),
            now=now,
        )
    with store.read() as db:
        two_days = stats.gather(db, NOON + 2 * DAY)
        last_day = stats.gather(db, NOON + 2 * DAY, span=DAY * 1.5)
    assert (two_days.days, two_days.per_day["articles"]) == (2.0, 4.0)
    assert (last_day.came["articles"], last_day.days) == (4, 1.5)
    assert last_day.totals["articles"] == 8


def test_a_first_hour_is_not_blown_up_to_a_day(store: Store) -> None:
    file(store, draft())
    with store.read() as db:
        assert stats.gather(db, NOON + DAY / 24).per_day["articles"] == 1.0


def test_tables_are_measured_when_asked_for(store: Store) -> None:
    with store.read() as db:
        measured = stats.gather(db, NOON).as_dict()["database"]
        assert stats.gather(db, NOON, measure=False).tables == {}
    assert set(measured) == {"bytes", "free_bytes", "tables"}
    assert measured["bytes"] > measured["free_bytes"]

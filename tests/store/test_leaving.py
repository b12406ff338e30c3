"""A reader leaves by a token of their own; it is remembered, and can be taken back."""

from datetime import timedelta

from aiwatch.model import AlertName, Reader
from aiwatch.store import Store, leaving
from tests.store.test_outbox import fill
from tests.stories import NOON, READER

NEWS, OTHER = AlertName("news"), Reader("mailto:other@example.org")


def token(store: Store, reader: Reader = READER, alert: AlertName = NEWS) -> str:
    return store.write_now(lambda db: leaving.token(db, alert, reader, NOON))


def left(store: Store, alert: AlertName = NEWS) -> frozenset[Reader]:
    with store.read() as db:
        return leaving.left(db, alert)


def test_a_token_is_one_readers_of_one_alert_and_stays(store: Store) -> None:
    tokens = [token(store), token(store, OTHER), token(store, alert=AlertName("more"))]
    assert len(set(tokens)) == 3
    assert tokens[0] == token(store)
    assert all(len(one) >= 32 for one in tokens)


def test_looking_changes_nothing_and_leaving_does_once(store: Store) -> None:
    mine = token(store)
    with store.read() as db:
        found = leaving.find(db, mine)
    assert found == leaving.Subscriber(alert=NEWS, reader=READER)
    assert left(store) == frozenset()
    later = NOON + timedelta(hours=1)
    first = store.write_now(lambda db: leaving.leave(db, mine, NOON))
    again = store.write_now(lambda db: leaving.leave(db, mine, later))
    assert first == again == leaving.Subscriber(alert=NEWS, reader=READER, left_at=NOON)
    assert left(store) == {READER}
    assert left(store, AlertName("more")) == frozenset()


def test_a_token_that_was_never_given_out_is_nobodys(store: Store) -> None:
    assert store.write_now(lambda db: leaving.leave(db, "guessed", NOON)) is None


def test_who_comes_back_is_told_again(store: Store) -> None:
    mine = token(store)
    assert not store.write_now(lambda db: leaving.take_back(db, NEWS, READER))
    store.write_now(lambda db: leaving.leave(db, mine, NOON))
    assert store.write_now(lambda db: leaving.take_back(db, NEWS, READER))
    assert left(store) == frozenset()
    assert token(store) == mine


def test_what_waited_for_who_left_goes_nowhere(store: Store) -> None:
    fill(store, 2)
    mine = token(store, Reader("reader0"))
    store.write_now(lambda db: leaving.leave(db, mine, NOON))
    with store.read() as db:
        rows = db.execute("SELECT state, detail FROM outbox ORDER BY id").fetchall()
    assert [tuple(row) for row in rows] == [("dropped", "the reader has unsubscribed"), ("due", "")]

"""Message settled: claimed, sent outside, written down; the same id for ever."""

import re
import sqlite3
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aiwatch.model import (
    AlertName,
    ChannelName,
    Delivered,
    Envelope,
    Later,
    OutboxId,
    Part,
    Reader,
    Receipt,
    Refused,
    Trouble,
)
from aiwatch.store import Store, outbox, standstill, troubles
from aiwatch.store.outbox import Retry
from aiwatch.store.times import to_text
from tests.stories import NOON

MINUTE = timedelta(minutes=1)
RULE = Retry(delays=(MINUTE, 5 * MINUTE))
MAIL = Retry(delays=(MINUTE,), repeat_for=timedelta(days=5))


def fill(store: Store, count: int = 1, lane: str = "mail:25", digest: int = 1) -> None:
    """Rows as a closing leaves them."""
    store.write_now(
        lambda db: db.execute(
            "INSERT INTO digests (alert, kind, at, subject, stories) VALUES ('news', 'alert', ?, 's', 1)",
            (to_text(NOON),),
        )
    )
    for number in range(count):
        values = (
            digest,
            lane,
            f"reader{number}",
            f"msg_{lane}_{number}",
            to_text(NOON),
            to_text(NOON),
        )
        store.write_now(
            lambda db, values=values: db.execute(  # type: ignore[misc]
                "INSERT INTO outbox (digest, alert, channel, lane, reader, part, message_id, subject, text, html,"
                " payload, state, attempts, created, next_try, detail)"
                " VALUES (?, 'news', 'inbox', ?, ?, 1, ?, 's', 't', 'h', '', 'due', 0, ?, ?, '')",
                values,
            )
        )


def due(store: Store, now: datetime = NOON) -> list[OutboxId]:
    with store.read() as db:
        return [one.envelope.row for one in outbox.due(db, now)]


def attempt(
    store: Store, row: OutboxId, receipt: Receipt, now: datetime = NOON, rule: Retry = RULE
) -> str:
    assert store.write_now(lambda db: outbox.claim(db, row))
    return store.write_now(lambda db: outbox.settle(db, row, receipt, rule, now))


def hold(store: Store, row: OutboxId, wait: timedelta = MINUTE) -> int:
    """One attempt meets trouble of the endpoint, and the others wait with it: so many."""
    with store.read() as db:
        (probe,) = [one for one in outbox.due(db, NOON) if one.envelope.row == row]
    attempt(store, row, Later(reason="no connection", lane=True, after=wait))
    return store.write_now(
        lambda db: outbox.hold_lane(db, probe, NOON + wait, "no connection", NOON)
    )


def test_a_delivered_row_is_sent_and_never_due_again(store: Store) -> None:
    fill(store)
    (row,) = due(store)
    assert attempt(store, row, Delivered(detail="250 kept")) == "sent"
    assert due(store, NOON + timedelta(days=9)) == []
    with store.read() as db:
        assert outbox.rows(db, states=["sent"])[0]["detail"] == "250 kept"


def test_a_row_is_claimed_by_one_only(store: Store) -> None:
    fill(store)
    (row,) = due(store)
    assert store.write_now(lambda db: outbox.claim(db, row))
    assert not store.write_now(lambda db: outbox.claim(db, row))


def test_what_a_dead_process_was_sending_is_due_again_under_the_same_id(store: Store) -> None:
    fill(store)
    (row,) = due(store)
    with store.read() as db:
        before = outbox.due(db, NOON)[0].envelope.id
    store.write_now(lambda db: outbox.claim(db, row))
    assert due(store) == []
    with store.read() as db:
        assert outbox.open_rows(db, NOON) == 1
    assert store.write_now(outbox.recover) == 1
    with store.read() as db:
        (again,) = outbox.due(db, NOON)
    assert (again.envelope.id, again.envelope.attempt) == (before, 2)


def test_what_is_due_comes_oldest_first_of_one_lane_or_all_and_no_more_than_asked(
    store: Store,
) -> None:
    fill(store, 3)
    fill(store, 2, lane="hook", digest=2)
    early, later = NOON - MINUTE, NOON + 60 * MINUTE
    attempt(store, OutboxId(1), Later(reason="busy"))
    assert due(store, later) == [1, 2, 3, 4, 5]
    with store.read() as db:
        assert [one.envelope.row for one in outbox.due(db, later, 2)] == [1, 2]
        assert [one.envelope.row for one in outbox.due(db, later, lane="hook")] == [4, 5]
        assert outbox.due_lanes(db, NOON) == ("hook", "mail:25")
        assert (outbox.due(db, early), outbox.due_lanes(db, early)) == ((), ())
        assert [outbox.open_rows(db, at) for at in (early, NOON, later)] == [0, 4, 5]
    assert store.write_now(lambda db: outbox.claim(db, OutboxId(4)))
    assert store.write_now(lambda db: outbox.claim(db, OutboxId(5)))
    with store.read() as db:
        assert outbox.due_lanes(db, NOON) == ("mail:25",)
        assert [outbox.open_rows(db, at) for at in (early, NOON)] == [2, 4]
    assert store.write_now(lambda db: outbox.taken_up(db, NOON)) == ("hook", "mail:25")


def test_what_was_sent_long_ago_is_not_looked_through(store: Store) -> None:
    fill(store, 3)
    asked: list[str] = []

    def steps(db: sqlite3.Connection) -> None:
        probe, *_ = outbox.due(db, NOON)
        db.set_trace_callback(asked.append)
        outbox.taken_up(db, NOON)
        outbox.open_rows(db, NOON)
        outbox.due(db, NOON, lane="hook")
        outbox.hold_lane(db, probe, NOON + MINUTE, "no connection", NOON)
        outbox.waits(db, [ChannelName("inbox")])
        outbox.probe(db, [ChannelName("inbox")])
        outbox.failed(db)
        db.set_trace_callback(None)
        for one in asked:
            plan = [row[3] for row in db.execute(f"EXPLAIN QUERY PLAN {one}")]
            assert any(
                re.search("USING (COVERING )?INDEX outbox_(open|failed)", step) for step in plan
            ), (one, plan)

    store.write_now(steps)
    assert len(asked) == 8


def test_an_envelope_holds_all_that_was_frozen(store: Store) -> None:
    fill(store)
    with store.read() as db:
        (one,) = outbox.due(db, NOON + MINUTE)
    assert one.envelope == Envelope(
        id="msg_mail:25_0",
        row=OutboxId(1),
        alert=AlertName("news"),
        channel=ChannelName("inbox"),
        reader=Reader("reader0"),
        part=Part(subject="s", text="t", html="h"),
        created=NOON,
        attempt=1,
        now=NOON + MINUTE,
    )


def test_while_a_copy_stands_still_nothing_is_due_and_the_reason_is_shown(store: Store) -> None:
    fill(store)
    store.write_now(lambda db: standstill.begin(db, NOON))
    with store.read() as db:
        assert (outbox.due(db, NOON), outbox.due_lanes(db, NOON)) == ((), ())
        assert outbox.open_rows(db, NOON) == 0
        assert outbox.rows(db, states=["due"])[0]["detail"] == standstill.WORDS


def test_a_person_hears_of_a_message_with_its_last_attempt_and_not_before(store: Store) -> None:
    fill(store)
    dead = Trouble(what="channel inbox", detail="a message is not delivered", at=NOON)

    def settled(receipt: Receipt, row: OutboxId) -> list[str]:
        assert store.write_now(lambda db: outbox.claim(db, row))
        store.write_now(lambda db: outbox.settle(db, row, receipt, RULE, NOON, dead))
        with store.read() as db:
            return [trouble.detail for _, trouble in troubles.since(db, 0)]

    (row,) = due(store)
    assert settled(Later(reason="busy"), row) == []
    store.write_now(lambda db: outbox.retry(db, row, NOON))
    assert settled(Refused(reason="550"), row) == [dead.detail]


def test_waits_grow_and_then_it_is_given_up_and_kept(store: Store) -> None:
    fill(store)
    (row,) = due(store)
    assert attempt(store, row, Later(reason="451 later")) == "due"
    assert due(store) == []
    assert due(store, NOON + MINUTE) == [row]
    assert attempt(store, row, Later(reason="451 later"), NOON + MINUTE) == "due"
    assert due(store, NOON + 5 * MINUTE) == []
    assert (
        attempt(
            store, due(store, NOON + 6 * MINUTE)[0], Later(reason="451 later"), NOON + 6 * MINUTE
        )
        == "failed"
    )
    with store.read() as db:
        assert outbox.failed(db) == 1
        assert "given up after 3 attempts" in outbox.rows(db, states=["failed"])[0]["detail"]


def test_mail_is_tried_for_five_days() -> None:
    assert MAIL.wait(1, timedelta()) == MINUTE
    assert MAIL.wait(99, timedelta(days=4)) == MINUTE
    assert MAIL.wait(99, timedelta(days=5)) is None
    assert Retry(delays=()).wait(1, timedelta()) is None


def test_a_server_may_ask_for_a_longer_wait(store: Store) -> None:
    fill(store)
    (row,) = due(store)
    attempt(store, row, Later(reason="429", after=60 * MINUTE))
    assert due(store, NOON + 59 * MINUTE) == []
    assert due(store, NOON + 60 * MINUTE) == [row]


def test_a_refusal_is_final_shown_and_may_be_tried_again_by_hand(store: Store) -> None:
    fill(store)
    (row,) = due(store)
    assert attempt(store, row, Refused(reason="550 no such person")) == "failed"
    assert store.write_now(lambda db: outbox.retry(db, row, NOON)) == 1
    assert due(store) == [row]


def test_trying_again_begins_anew_and_touches_nothing_else(store: Store) -> None:
    fill(store, 4)
    for row in (1, 2):
        attempt(store, OutboxId(row), Refused(reason="550 no such person"))
    attempt(store, OutboxId(3), Delivered())
    store.write_now(lambda db: outbox.claim(db, OutboxId(4)))
    later = NOON + MINUTE
    assert store.write_now(lambda db: outbox.retry(db, OutboxId(2), later)) == 1
    assert (due(store), due(store, later)) == ([], [2])
    with store.read() as db:
        assert outbox.due(db, later)[0].envelope.attempt == 1
        assert outbox.failed(db) == 1
    assert store.write_now(lambda db: outbox.retry(db, None, later)) == 2
    assert due(store, later) == [1, 2]


def test_what_was_held_and_is_tried_again_waits_for_nobody(store: Store) -> None:
    fill(store, 2)
    hold(store, OutboxId(1))
    store.write_now(lambda db: outbox.retry(db, None, NOON))
    with store.read() as db:
        assert not outbox.waits(db, [ChannelName("inbox")])


def test_the_outbox_is_shown_newest_first_and_cut(store: Store) -> None:
    fill(store, 3)
    attempt(store, OutboxId(2), Refused(reason="550"))
    with store.read() as db:
        assert [one["id"] for one in outbox.rows(db, states=["due", "failed"])] == [3, 2, 1]
        assert [one["id"] for one in outbox.rows(db, states=["failed"])] == [2]
        assert [one["id"] for one in outbox.rows(db, states=["due"], limit=1)] == [3]


def test_only_what_waits_or_failed_is_dropped(store: Store) -> None:
    fill(store, 3)
    attempt(store, OutboxId(1), Delivered())
    attempt(store, OutboxId(2), Refused(reason="550"))
    store.write_now(lambda db: outbox.claim(db, OutboxId(3)))
    dropped = [store.write_now(lambda db, row=row: outbox.drop(db, OutboxId(row))) for row in (1, 2, 3)]  # type: ignore[misc]  # fmt: skip
    assert dropped == [False, True, False]
    with store.read() as db:
        states = [one["state"] for one in outbox.rows(db, states=["sent", "sending", "dropped"])]
    assert states == ["sending", "dropped", "sent"]


def test_a_dropped_row_stays_visible(store: Store) -> None:
    fill(store)
    (row,) = due(store)
    assert store.write_now(lambda db: outbox.drop(db, row))
    assert not store.write_now(lambda db: outbox.drop(db, row))
    assert store.write_now(lambda db: outbox.retry(db, None, NOON)) == 0
    with store.read() as db:
        found = outbox.row(db, row)
        assert found is not None
        assert found["state"] == "dropped"
        assert outbox.row(db, OutboxId(99)) is None


def test_a_lane_in_trouble_holds_its_own_rows_only_and_costs_no_attempt(store: Store) -> None:
    fill(store, 2)
    fill(store, 1, lane="hook", digest=2)
    assert hold(store, OutboxId(1)) == 1
    with store.read() as db:
        shown = {row["id"]: row["detail"] for row in outbox.rows(db, states=["due"])}
        assert shown == {1: "no connection", 2: "waiting for mail:25: no connection", 3: ""}
        assert [one.lane for one in outbox.due(db, NOON)] == ["hook"]
        attempts = {one.envelope.row: one.envelope.attempt for one in outbox.due(db, NOON + MINUTE)}
    assert attempts == {1: 2, 2: 1, 3: 1}


def test_the_first_message_that_is_taken_wakes_what_waited_for_the_endpoint_and_nothing_else(
    store: Store,
) -> None:
    fill(store, 4)
    attempt(store, OutboxId(4), Later(reason="450 greylisted", after=3 * MINUTE))
    hold(store, OutboxId(1), wait=20 * MINUTE)
    with store.read() as db:
        assert outbox.waits(db, [ChannelName("inbox")])
        assert not outbox.waits(db, [ChannelName("other")])
    assert due(store, NOON + 19 * MINUTE) == []
    assert due(store, NOON + 20 * MINUTE) == [1, 2, 3, 4]
    attempt(store, OutboxId(2), Delivered(), NOON + 20 * MINUTE)
    assert due(store) == [1, 3]  # the fourth has a wait of its own


def test_what_waits_for_a_mail_server_can_be_tried_at_once(store: Store) -> None:
    fill(store, 3)
    attempt(store, OutboxId(3), Later(reason="451 later"))
    hold(store, OutboxId(1))
    assert store.write_now(lambda db: outbox.probe(db, [ChannelName("other")])) == 0
    assert store.write_now(lambda db: outbox.probe(db, [ChannelName("inbox")])) == 2
    assert due(store) == [1, 2]


def test_waits_are_up_to_a_tenth_shorter_each_by_its_own_share(store: Store) -> None:
    rule = Retry(delays=(timedelta(hours=10),))
    fill(store, 40)
    for row in due(store):
        attempt(store, row, Later(reason="500"), rule=rule)
    with store.read() as db:
        tries = [row["next_try"] for row in outbox.rows(db, states=["due"])]
    assert to_text(NOON + timedelta(hours=9)) <= min(tries) < to_text(NOON + timedelta(hours=9.3))
    assert to_text(NOON + timedelta(hours=9.7)) < max(tries) <= to_text(NOON + timedelta(hours=10))
    assert len(set(tries)) > 30


def test_how_long_an_endpoint_has_taken_nothing(store: Store) -> None:
    fill(store, 3, lane="hook")
    fill(store, 2, lane="mail:25", digest=2)

    def since() -> datetime | None:
        with store.read() as db:
            return outbox.failing_since(db, "hook")

    assert since() is None
    attempt(store, OutboxId(1), Later(reason="500"))
    attempt(store, OutboxId(2), Delivered(), NOON + MINUTE)
    attempt(store, OutboxId(4), Refused(reason="550"), NOON + MINUTE)
    attempt(store, OutboxId(5), Refused(reason="550"), NOON + 1.5 * MINUTE)
    assert since() is None
    attempt(store, OutboxId(1), Later(reason="500"), NOON + 2 * MINUTE)
    attempt(store, OutboxId(3), Refused(reason="400"), NOON + 3 * MINUTE)
    assert since() == NOON + 2 * MINUTE
    attempt(store, OutboxId(1), Delivered(), NOON + 4 * MINUTE)
    assert since() is None


def test_a_message_knows_what_the_one_it_answers_is_called_where_it_went(store: Store) -> None:
    fill(store, 2)
    attempt(store, OutboxId(1), Delivered(called="-100:0:77"))
    with store.read() as db:
        (late,) = outbox.due(db, NOON)
        root = replace(late.envelope, part=Part(subject="s", reply_to="msg_mail:25_0"))
        assert outbox.called(db, root) == "-100:0:77"
        assert outbox.called(db, late.envelope) == ""
        assert outbox.called(db, replace(root, channel=ChannelName("other"))) == ""


RECEIPTS = st.sampled_from([Delivered(), Later(reason="x"), Refused(reason="y")])


@settings(max_examples=25)
@given(st.lists(RECEIPTS, max_size=8))
def test_a_row_is_always_in_one_known_state(
    tmp_path_factory: pytest.TempPathFactory, receipts: list[Receipt]
) -> None:
    now = NOON
    with Store(tmp_path_factory.mktemp("o") / "a.db") as store:
        fill(store)
        for receipt in receipts:
            rows = due(store, now)
            if not rows:
                break
            attempt(store, rows[0], receipt, now)
            now += timedelta(hours=1)
        with store.read() as db:
            (row,) = outbox.rows(db, states=["due", "sending", "sent", "failed", "dropped"])
        assert row["state"] in ("due", "sent", "failed")
        assert row["message_id"] == "msg_mail:25_0"


def test_each_attempt_is_kept_with_what_came_of_it(store: Store) -> None:
    fill(store)
    attempt(store, OutboxId(1), Later(reason="busy"))
    attempt(store, OutboxId(1), Delivered(detail="250 OK"), NOON + MINUTE)
    with store.read() as db:
        kept = outbox.history(db, OutboxId(1))
    assert [(one["state"], one["detail"]) for one in kept] == [("due", "busy"), ("sent", "250 OK")]
    assert [one["at"] for one in kept] == [to_text(NOON), to_text(NOON + MINUTE)]


def test_nothing_is_sent_to_a_parked_endpoint_until_a_person_tries_again(store: Store) -> None:
    fill(store, 2, lane="hook")
    fill(store, 1, lane="mail:25", digest=2)
    attempt(store, OutboxId(1), Refused(reason="gone: 410"))
    told = [Trouble(what="hook", detail=detail, at=NOON) for detail in ("once", "again")]
    store.write_now(lambda db: outbox.park(db, "hook", "gone: 410", NOON, told[0]))
    store.write_now(lambda db: outbox.park(db, "hook", "gone: again", NOON, told[1]))
    assert due(store) == [3]
    with store.read() as db:
        assert outbox.due_lanes(db, NOON) == ("mail:25",)
        assert outbox.open_rows(db, NOON) == 1
        shown = {row["id"]: row["detail"] for row in outbox.rows(db, states=["due", "failed"])}
        assert [trouble.detail for _, trouble in troubles.since(db, 0)] == ["once"]
    assert shown == {1: "gone: 410", 2: "parked: gone: 410", 3: ""}
    store.write_now(lambda db: outbox.retry(db, OutboxId(3), NOON))
    assert due(store) == [3]
    assert store.write_now(lambda db: outbox.retry(db, OutboxId(1), NOON)) == 1
    assert due(store) == [1, 2, 3]

"""From owed to sent: which alerts close when, what each reader gets, and which endpoint waits for whom."""

import asyncio
import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from aiwatch.delivery import LONGEST_HOLD, Closings, Sent, due_slot
from aiwatch.errors import Locked
from aiwatch.model import AlertName, ChannelName, Rate
from aiwatch.store import closing, locks, outbox
from aiwatch.store.closing import AlertState
from tests.desk import SECOND, Desk, channel, desk, hook, mail
from tests.drafts import BAKERY, FLOOD, HOUR, MINUTE, PRICE, draft
from tests.inbox import Inbox
from tests.newsroom import Newsroom
from tests.servers import Answer, Site
from tests.stories import NOON, alert

FLOODED = draft("f", "Ninety houses flooded in Norwich", FLOOD)


# ---------------------------------------------------------------- when an alert closes


def test_at_once_closes_when_the_hold_is_over(tmp_path: Path) -> None:
    with desk(tmp_path, [alert(settle=10 * MINUTE)], [channel()]) as at:
        at.file(draft())
        assert at.close(9 * MINUTE).closed == ()
        (closed,) = at.close(MINUTE).closed
        assert (closed.stories, closed.messages) == (1, 1)
        assert at.close().closed == ()


def test_quiet_hours_and_the_rate_fold_what_waits_into_one_message(tmp_path: Path) -> None:
    folding = alert(quiet=((11, 0), (13, 0)), at_most=Rate(count=1, per=HOUR))
    with desk(tmp_path, [folding], [channel()]) as at:
        at.file(draft(), FLOODED)
        assert at.close().closed == ()
        (closed,) = at.close(HOUR).closed
        assert closed.stories == 2
        at.file(draft("g", "A bakery opens in Leeds", BAKERY))
        assert at.close(59 * MINUTE).closed == ()
        assert len(at.close(MINUTE).closed) == 1


def test_a_scheduled_alert_closes_at_its_slot_and_missed_ones_once(tmp_path: Path) -> None:
    with desk(tmp_path, [alert("daily at 08:00", empty="say")], [channel()]) as at:
        assert at.close().closed == ()  # today's slot was before the alert was seen
        (closed,) = at.close(timedelta(days=4)).closed
        assert closed.stories == 0
        assert at.close(HOUR).closed == ()
        assert len(at.close(timedelta(days=1)).closed) == 1


@pytest.mark.parametrize(
    ("first_seen", "last_slot", "due"),
    [(-5, None, True), (-3, None, False), (-4, None, True), (-99, -28, True), (-99, -4, False)],
)
def test_a_slot_is_due_from_the_pass_that_first_sees_the_alert(
    first_seen: int, last_slot: int | None, due: bool
) -> None:
    state = AlertState(
        name=AlertName("news"),
        first_seen=NOON + first_seen * HOUR,
        last_slot=None if last_slot is None else NOON + last_slot * HOUR,
        last_closed=None,
        paused=False,
        paused_until=None,
        waiting=0,
        due=0,
    )
    slot = due_slot(alert("daily at 08:00"), state, NOON)
    assert slot == (NOON - 4 * HOUR if due else None)


def test_an_empty_digest_is_sent_only_where_it_is_to_say_so(tmp_path: Path) -> None:
    silent = alert("daily at 08:00", name=AlertName("silent"))
    says = alert("daily at 08:00", name=AlertName("says"), empty="say")
    with desk(tmp_path, [silent, says], [channel()]) as at:
        assert [one.alert for one in at.close(timedelta(days=1)).closed] == ["says"]


def test_a_resumed_alert_catches_up_in_one_message(tmp_path: Path) -> None:
    with desk(tmp_path, [alert()], [channel()]) as at:
        name = AlertName("news")
        at.store.write_now(lambda db: closing.pause(db, name, None, paused=True))
        at.file(draft(), FLOODED)
        assert at.close(timedelta(days=3)).closed == ()
        at.store.write_now(lambda db: closing.pause(db, name, None, paused=False))
        (closed,) = at.close().closed
        assert (closed.stories, closed.messages) == (2, 1)


def test_an_alert_that_cannot_be_closed_is_named_and_the_others_are(tmp_path: Path) -> None:
    broken = alert(name=AlertName("broken"), timezone="Atlantis/Capital")
    with desk(tmp_path, [broken, alert()], [channel()]) as at:
        at.file(draft())
        done = at.close()
        assert [one.alert for one in done.closed] == ["news"]
        (trouble,) = done.troubles
        assert "broken" in trouble
        assert at.waiting() == ["broken"]


def test_a_story_that_cannot_be_told_is_named_waits_on_and_holds_nothing_back(
    tmp_path: Path,
) -> None:
    with desk(tmp_path, [alert(timezone="Asia/Bangkok")], [channel()]) as at:
        at.file(draft(), FLOODED)
        at.store.write_now(
            lambda db: db.execute(
                "UPDATE stories SET first_seen = '9999-12-31T23:59:59Z' WHERE id = 1"
            )
        )
        done = at.close()
        assert [one.stories for one in done.closed] == [1]
        assert done.troubles == ("alert news: story 1 cannot be told",)
        assert at.waiting() == ["news"]
        assert at.close(MINUTE) == Closings()
        at.store.write_now(lambda db: db.execute("UPDATE stories SET first_seen = last_seen"))
        assert len(at.close(HOUR).closed) == 1


# ---------------------------------------------------------------- what each reader gets


def test_a_reader_of_two_channels_is_told_once(tmp_path: Path) -> None:
    with Inbox() as inbox:
        both = [
            mail("work", inbox.port, "me@example.org", "boss@example.org"),
            mail("home", inbox.port, "Me@example.org"),
        ]
        to = (ChannelName("work"), ChannelName("home"))
        with desk(tmp_path, [alert(to=to)], both) as at:
            at.file(draft())
            assert at.close().closed[0].messages == 2
            assert at.send().delivered == 2
        assert sorted(one.recipients[0] for one in inbox.mails) == [
            "boss@example.org",
            "me@example.org",
        ]


def test_what_one_alert_told_another_does_not_tell_again(tmp_path: Path) -> None:
    breaking = alert(name=AlertName("breaking"))
    morning = alert("daily at 08:00", name=AlertName("morning"))
    with desk(tmp_path, [breaking, morning], [channel()]) as at:
        at.file(draft())
        assert [one.alert for one in at.close().closed] == ["breaking"]
        assert at.waiting() == ["morning"]
        assert at.close(timedelta(days=1)).closed == ()
        assert at.waiting() == []


def test_another_alert_shows_when_it_was_told_and_what_is_newer(tmp_path: Path) -> None:
    breaking = alert(name=AlertName("breaking"), update_gap=timedelta(days=9))
    morning = alert("daily at 08:00", name=AlertName("morning"))
    with desk(tmp_path, [breaking, morning], [channel()]) as at:
        at.file(draft())
        at.close()
        at.now += HOUR
        at.file(draft("p", "What Sora cost a day", PRICE, outlet="Courier"))
        (closed,) = at.close(timedelta(days=1)).closed
        assert closed.alert == "morning"
        text = at.rows("text")[-1][0]
        assert "$15 million a day" in text
        assert "licence deal with Disney, which was worth" not in text


def test_a_channel_of_its_own_is_a_reader_of_its_own(tmp_path: Path) -> None:
    to = (ChannelName("inbox"), ChannelName("other"))
    with desk(tmp_path, [alert(to=to)], [channel(), channel("other")]) as at:
        at.file(draft())
        assert at.close().closed[0].messages == 2


def test_a_new_reader_gets_the_story_whole_and_the_old_one_nothing(tmp_path: Path) -> None:
    with desk(tmp_path, [alert()], [channel(), channel("other")]) as at:
        at.file(draft())
        at.close()
        at.config = replace(
            at.config, alerts=(alert(to=(ChannelName("inbox"), ChannelName("other"))),)
        )
        at.now += HOUR
        at.file(draft("l", outlet="Daily Copy"))
        at.close()
        assert at.rows("channel") == [("inbox",), ("other",)]


def test_digest_send_closes_now_and_a_look_back_marks_nothing(tmp_path: Path) -> None:
    with desk(tmp_path, [alert("daily at 08:00")], [channel()]) as at:
        at.file(draft())
        for _ in range(2):
            at.now += MINUTE
            back = asyncio.run(at.delivery(None).close_now(at.config.alerts[0], HOUR * 24))
            assert back is not None
            assert at.waiting() == ["news"]
        closed = asyncio.run(at.delivery(None).close_now(at.config.alerts[0]))
        assert closed is not None
        assert at.waiting() == []
        again = asyncio.run(at.delivery(None).close_now(at.config.alerts[0]))
        assert again is None


# ---------------------------------------------------------------- sending


def fill(at: Desk, count: int = 2) -> None:
    """That many closings, a second apart."""
    texts = (draft(), FLOODED, draft("p", "Bakers strike in Leeds", BAKERY))
    for one in texts[:count]:
        at.file(one)
        at.close(SECOND)


def test_messages_are_printed_once(tmp_path: Path) -> None:
    with desk(tmp_path, [alert()], [channel()]) as at:
        fill(at)
        assert at.send() == Sent(delivered=2)
        assert at.send() == Sent()
        assert at.out.getvalue().count("Ninety houses flooded in Norwich") == 1


def test_a_dead_endpoint_holds_its_own_lane_and_no_other(tmp_path: Path) -> None:
    with Site() as site, Inbox() as inbox:
        site.add("/hook", status=503)
        ways = [hook("dead", site.url("/hook")), mail("inbox", inbox.port, "me@example.org")]
        to = (ChannelName("dead"), ChannelName("inbox"))
        with desk(tmp_path, [alert(to=to)], ways) as at:
            fill(at, 3)
            sent = at.send()
            assert (sent.delivered, sent.postponed, sent.failed) == (3, 3, 0)
            assert len(inbox.mails) == 3
            assert len(site.received) == 1
            assert len(sent.troubles) == 1


def test_a_lane_in_trouble_is_probed_ever_less_often(tmp_path: Path) -> None:
    with Site() as site:
        site.add("/hook", status=503)
        with desk(tmp_path, [alert()], [hook("inbox", site.url("/hook"))]) as at:
            fill(at, 3)
            probes = []
            start = at.now
            while at.now < start + 2 * HOUR:
                before = len(site.received)
                at.send(5 * SECOND)
                if len(site.received) > before:
                    probes.append(at.now - start)
            assert len(probes) <= 10
            site.add("/hook", status=204)
            assert at.send(LONGEST_HOLD).delivered > 0
            at.send(2 * HOUR)
            assert at.rows("state") == [("sent",)] * 3


def test_one_refused_message_does_not_hold_its_neighbours(tmp_path: Path) -> None:
    with Inbox() as inbox:
        inbox.answers["RCPT"] = lambda address: "550 no such person" if "gone" in address else None
        ways = [mail("inbox", inbox.port, "gone@example.org", "me@example.org")]
        with desk(tmp_path, [alert()], ways) as at:
            fill(at)
            sent = at.send()
            assert (sent.delivered, sent.failed) == (2, 2)
            assert "no such person" in sent.troubles[0]


def test_a_failed_sign_in_is_tried_once_a_pass(tmp_path: Path) -> None:
    with Inbox(users={"me": "right"}) as inbox:
        ways = [mail("inbox", inbox.port, "me@example.org", user="me", password="wrong")]
        with desk(tmp_path, [alert()], ways) as at:
            fill(at, 3)
            sent = at.send()
            assert (sent.postponed, sent.failed, len(sent.troubles)) == (3, 0, 1)
            assert len({user for _, user in inbox.attempts}) == 1
            assert inbox.connections == 1
            at.config = replace(
                at.config,
                channels=(
                    mail("inbox", inbox.port, "me@example.org", user="me", password="right"),
                ),
            )
            assert at.send(MINUTE).delivered == 3


def test_a_channel_dropped_from_the_configuration_keeps_its_rows_and_stops_no_other(
    tmp_path: Path,
) -> None:
    with Inbox() as inbox:
        old, kept = (
            mail("old", inbox.port, "a@example.org"),
            mail("kept", inbox.port, "b@example.org"),
        )
        to = (ChannelName("old"), ChannelName("kept"))
        with desk(tmp_path, [alert(to=to)], [old, kept]) as at:
            fill(at)
            at.config = replace(
                at.config, channels=(kept,), alerts=(alert(to=(ChannelName("kept"),)),)
            )
            sent = at.send()
            assert (sent.delivered, sent.postponed) == (2, 2)
            assert sent.troubles == (
                "old to mailto:a@example.org: channel old is no longer configured",
            )
            at.config = replace(at.config, channels=(old, kept))
            assert at.send(HOUR).delivered == 2


def test_more_than_one_round_is_sent_in_one_pass(tmp_path: Path) -> None:
    with desk(tmp_path, [alert()], [channel()]) as at:
        fill(at, 1)
        at.store.write_now(
            lambda db: db.execute(
                "WITH RECURSIVE n (i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 120)"
                " INSERT INTO outbox (digest, alert, channel, reader, lane, part, message_id, subject, text, html,"
                " payload, state, attempts, created, next_try, detail)"
                " SELECT digest, alert, channel, reader, lane, i, 'm' || i, subject, text, html,"
                " payload, state, attempts, created, next_try, detail FROM outbox, n"
            )
        )
        assert at.send().delivered == 120


def test_a_round_ends_when_its_patience_does_and_the_next_goes_on(tmp_path: Path) -> None:
    with Site() as site, desk(tmp_path, [alert()], [hook("inbox", site.url("/hook"))]) as at:

        def slow(_: object) -> Answer:
            at.now += 14 * SECOND
            return Answer(status=204)

        site.add("/hook", slow)
        fill(at, 3)
        assert at.send(patience=10 * SECOND) == Sent(delivered=1)
        assert at.send() == Sent(delivered=2)


def test_while_another_process_sends_nothing_goes_out_and_nothing_is_lost(tmp_path: Path) -> None:
    with desk(tmp_path, [alert()], [channel()]) as at:
        fill(at, 1)

        async def beside() -> None:
            async with locks.sending(at.store.path):
                with pytest.raises(Locked, match="your messages are safe"):
                    await at.delivery(None).send_due(0.2)

        asyncio.run(beside())
        assert at.rows("state", "attempts") == [("due", 0)]
        assert at.send().delivered == 1


def test_what_another_process_is_sending_is_nobody_elses_wait(tmp_path: Path) -> None:
    with desk(tmp_path, [alert()], [channel()]) as at:
        fill(at, 1)

        async def beside() -> Sent:
            async with locks.sending(at.store.path):
                await at.store.write(lambda db: outbox.claim(db, 1))  # type: ignore[arg-type]
                return await asyncio.wait_for(at.delivery(None).send_due(30), 5)

        assert asyncio.run(beside()) == Sent()
        assert at.rows("state") == [("sending",)]
        assert at.send().delivered == 1  # that process has died


def test_a_round_that_is_broken_off_puts_its_rows_back_at_the_next(tmp_path: Path) -> None:
    with Inbox() as inbox:
        ways = [mail("inbox", inbox.port, "me@example.org")]
        with desk(tmp_path, [alert()], ways) as at:
            fill(at, 1)
            opened = threading.Event()

            async def cut() -> None:
                loop, reached = asyncio.get_running_loop(), asyncio.Event()

                def held(_: str) -> None:
                    loop.call_soon_threadsafe(reached.set)
                    opened.wait(30)

                inbox.answers["DATA"] = held
                task = asyncio.create_task(at.delivery(None).send_due(1))
                await reached.wait()
                task.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await task
                inbox.answers.clear()
                opened.set()

            asyncio.run(cut())
            assert at.rows("state") == [("sending",)]
            assert at.send().delivered == 1
            ids = {one.message["Message-ID"] for one in inbox.mails}
            assert len(ids) == 1


def test_a_ping_reaches_every_reader_and_stores_nothing(tmp_path: Path) -> None:
    with Inbox() as inbox:
        ways = [mail("inbox", inbox.port, "me@example.org", "you@example.org")]
        with desk(tmp_path, [alert()], ways) as at:
            found = asyncio.run(at.delivery(None).desk.ping("inbox", at.tools(), at.now))
            assert [who for who, _ in found] == [
                "mailto:me@example.org",
                "mailto:you@example.org",
            ]
            assert len({one.message["Message-ID"] for one in inbox.mails}) == 2
            assert at.rows("id") == []


def test_troubles_stand_at_the_foot_of_the_next_digest_and_not_in_an_alert(tmp_path: Path) -> None:
    with Newsroom(tmp_path) as room:
        room.page(
            "/one",
            "Sora closes",
            "OpenAI said that Sora closes.\nDisney leaves the $1 billion deal.",
        )
        good = room.feed("/feed", room.item("/one", "Sora closes", "2026-03-24T10:00:00Z"))
        room.configure(
            sources=[
                {"name": "Good", "url": good},
                {"name": "Gone", "url": room.site.url("/none")},
            ],
            alerts=[
                {"name": "evening", "to": ["inbox"], "when": "daily at 18:00"},
                {"name": "now", "to": ["hook"], "when": "at once", "settle": None},
            ],
        )
        room.aiwatch("fetch", now="2026-03-24T12:00:00Z")
        assert b"Gone" not in room.hooks[0].body
        room.aiwatch("fetch", now="2026-03-24T18:01:00Z")
        assert "Trouble: Gone: not found" in room.inbox.mails[0].body("plain")


def test_closing_by_hand_takes_along_what_is_still_to_settle(tmp_path: Path) -> None:
    with Newsroom(tmp_path) as room:
        room.page(
            "/one",
            "Sora closes",
            "OpenAI said that Sora closes.\nDisney leaves the $1 billion deal.",
        )
        feed = room.feed("/feed", room.item("/one", "Sora closes", "2026-03-24T10:00:00Z"))
        room.configure(
            sources=[{"name": "Good", "url": feed}],
            alerts=[{"name": "now", "to": ["inbox"], "when": "at once", "settle": "10m"}],
        )
        room.aiwatch("fetch", now="2026-03-24T12:00:00Z")
        assert room.inbox.mails == []
        assert "Sora closes" in room.aiwatch("digest", "now", now="2026-03-24T12:01:00Z").out
        assert room.aiwatch("digest", "now", "--send", now="2026-03-24T12:02:00Z").code == 0
        assert len(room.inbox.mails) == 1
        room.aiwatch("fetch", now="2026-03-24T13:30:00Z")
        assert len(room.inbox.mails) == 1

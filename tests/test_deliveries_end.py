"""What is over: endpoints that are gone, dead letters, readers who leave; and what comes when nothing comes."""

import json
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from aiwatch.config.values import ChannelConfig
from aiwatch.delivery import Sent
from aiwatch.model import AlertName, ChannelName, Topic, TopicName, Trouble
from aiwatch.store import closing, leaving, outbox, troubles
from tests.desk import SECOND, Desk, channel, desk, hook, mail
from tests.drafts import BAKERY, CLOSES, FLOOD, HOUR, MINUTE, PRICE, draft
from tests.inbox import Inbox
from tests.newsroom import Newsroom
from tests.servers import Answer, Asked, Site
from tests.stories import alert

FLOODED = draft("f", "Ninety houses flooded in Norwich", FLOOD)


def fill(at: Desk, count: int = 2) -> None:
    """That many closings, a second apart."""
    for one in (draft(), FLOODED)[:count]:
        at.file(one)
        at.close(SECOND)


CARE = alert(name=AlertName("care"), about="troubles", to=(ChannelName("ops"),))


def noted(at: Desk) -> list[str]:
    with at.store.read() as db:
        return [one.detail for _, one in troubles.since(db, 0)]


def test_an_endpoint_that_is_gone_is_parked_and_whoever_cares_hears_of_it(tmp_path: Path) -> None:
    with Site() as site:
        ways = [hook("inbox", site.url("/hook")), channel("ops")]
        with desk(tmp_path, [alert(), CARE], ways) as at:
            site.add("/hook", status=410)
            fill(at, 2)
            assert at.send().failed == 1
            assert at.send(HOUR) == Sent()  # the other one is not even tried
            assert len(site.requests) == 1
            at.close()
            at.send()
            assert "channel inbox: a message is not delivered" in " ".join(
                at.out.getvalue().split()
            )
            site.add("/hook", status=200)
            at.store.write_now(lambda db: outbox.retry(db, None, at.now))
            assert at.send().delivered == 2


def test_a_dead_letter_about_troubles_makes_no_further_trouble(tmp_path: Path) -> None:
    with Site() as site, desk(tmp_path, [CARE], [hook("ops", site.url("/hook"))]) as at:
        site.add("/hook", status=410)
        at.store.write_now(
            lambda db: troubles.note(db, [Trouble(what="disk", detail="full")], at.now)
        )
        at.close(SECOND)
        assert at.send().failed == 1
        assert noted(at) == ["full"]


def test_a_week_without_a_word_ends_with_one(tmp_path: Path) -> None:
    daily = alert("daily at 12:00")
    with desk(tmp_path, [daily, CARE], [channel(), channel("ops")]) as at:
        closed = [
            closed.subject for _ in range(15) for closed in at.close(timedelta(days=1)).closed
        ]
        assert len(closed) == 2
        assert all(subject.startswith("Still here, nothing new") for subject in closed)


def test_who_has_left_is_not_told_and_the_others_are(tmp_path: Path) -> None:
    with Inbox() as inbox:
        ways = [mail("inbox", inbox.port, "me@example.org", "you@example.org")]
        with desk(tmp_path, [alert()], ways) as at:
            at.config = replace(at.config, public_url="https://news.example.org/")
            fill(at, 1)
            at.send()
            headers = [one.message["List-Unsubscribe"] for one in inbox.mails]
            links = [re.findall("<(https[^>]*)>", header)[0] for header in headers]
            assert len(set(links)) == 2
            assert links[0].startswith("https://news.example.org/unsubscribe/")
            assert links[0] in inbox.mails[0].body("plain")
            token = links[0].rpartition("/")[2]
            at.store.write_now(lambda db: leaving.leave(db, token, at.now))
            at.file(FLOODED)
            at.close(SECOND)
            at.send()
            assert len(inbox.mails) == 3
            assert inbox.mails[2].message["To"] == inbox.mails[1].message["To"]


@pytest.mark.parametrize("public", [None, "http://127.0.0.1:8080"])
def test_what_cannot_be_reached_safely_is_no_place_to_leave(
    public: str | None, tmp_path: Path
) -> None:
    with (
        Inbox() as inbox,
        desk(tmp_path, [alert()], [mail("inbox", inbox.port, "me@example.org")]) as at,
    ):
        at.config = replace(at.config, public_url=public)
        fill(at, 1)
        at.send()
        assert "https" not in inbox.mails[0].message["List-Unsubscribe"]
        assert "nsubscribe" not in inbox.mails[0].body("plain")


def test_what_almost_matched_is_told_once_a_week(tmp_path: Path) -> None:
    daily = alert("daily at 13:00", empty="say")
    with desk(tmp_path, [daily], [channel()]) as at:
        at.config = replace(
            at.config, topics=(Topic(name=TopicName("sora"), title="OpenAI Sora", any=("sora openai",)),)
        )  # fmt: skip
        told = []
        for day in range(10):
            title = f"Sora packages, part {day}"
            at.file(draft(f"n{day}", title, f"{BAKERY} {day}", topics=(), outlet=f"Times {day}"))
            at.close(timedelta(days=1))
            at.send()
            told.append("ALMOST MATCHED" in at.out.getvalue())
            at.out.truncate(0)
            at.out.seek(0)
    # It begins on a Tuesday, so that the sixth day is a Monday.
    assert told == [False] * 5 + [True] + [False] * 4


def room(site: Site) -> ChannelConfig:
    """A chat on Telegram, played by that server."""
    api = site.url("").rstrip("/")
    return channel("inbox", "telegram", token="1:a", chat=-100, api=api, allow_private=True)


def test_on_telegram_an_update_answers_the_message_that_told_the_story(tmp_path: Path) -> None:
    with Site() as site, desk(tmp_path, [alert()], [room(site)]) as at:
        site.add("/bot1:a/sendMessage", b'{"ok":true,"result":{"message_id":77}}')
        at.file(draft())
        at.close(SECOND)
        at.send()
        at.file(draft("p", "What Sora cost a day", PRICE, outlet="Courier"))
        at.close(HOUR * 3)
        at.send()
        first, update = (json.loads(asked.body) for asked in site.received)
        assert "reply_parameters" not in first
        assert update["reply_parameters"]["message_id"] == 77
        assert at.rows("called") == [("-100::77",)] * 2


def test_an_endpoint_that_takes_nothing_for_days_is_left_alone_and_whoever_cares_hears_of_it(
    tmp_path: Path,
) -> None:
    with Site() as site:
        ways = [hook("inbox", site.url("/hook")), channel("ops")]
        with desk(tmp_path, [alert(), CARE], ways) as at:
            site.add("/hook", status=500)
            fill(at, 1)
            for _ in range(5):
                at.send(2 * HOUR)
            assert at.rows("state") == [("failed",)]
            assert at.close(SECOND).closed[0].alert == "care"  # that a message is not delivered
            at.file(FLOODED)
            at.close(timedelta(days=5))
            for _ in range(5):
                at.send(2 * HOUR)
            asked = len(site.received)
            at.file(draft("b", "Bakers strike in Leeds", BAKERY))
            at.close(SECOND)
            assert at.send(HOUR).failed == 0
            assert len(site.received) == asked
            assert "nothing more is sent there: nothing but failures since" in " ".join(noted(at))
            site.add("/hook", status=200)
            at.store.write_now(lambda db: outbox.retry(db, None, at.now))
            assert at.send().delivered == 3


def test_a_mail_server_is_asked_on_however_long_it_fails(tmp_path: Path) -> None:
    with Inbox({"RCPT": "550 no"}) as inbox:
        ways = [mail("inbox", inbox.port, "me@example.org"), channel("ops")]
        with desk(tmp_path, [alert(), CARE], ways) as at:
            fill(at, 1)
            assert at.send().failed == 1
            at.file(FLOODED)
            at.close(timedelta(days=9))
            assert at.send().failed == 1
            inbox.answers.clear()
            at.file(draft("b", "Bakers strike in Leeds", BAKERY))
            at.close(SECOND)
            assert at.send().delivered == 2  # one of them tells of the failures


def test_success_wakes_all_that_waited_for_the_endpoint(tmp_path: Path) -> None:
    with Site() as site, desk(tmp_path, [alert()], [hook("inbox", site.url("/hook"))]) as at:
        site.add("/hook", status=503)
        fill(at, 2)
        at.file(draft("b", "Bakers strike in Leeds", BAKERY))
        at.close(SECOND)
        for minutes in (0, 1, 6, 40):
            at.send(minutes * MINUTE)
        waits = [row[0] for row in at.rows("next_try")]
        assert max(waits) > min(waits)  # each that was a probe has a wait of its own
        site.add("/hook", status=204)
        assert at.send(30 * MINUTE) == Sent(delivered=3)


def test_a_one_shot_tries_a_failed_sign_in_once_whatever_its_wait_and_the_service_keeps_to_it(
    tmp_path: Path,
) -> None:
    with Inbox(users={"me": "right"}) as inbox:
        ways = [mail("inbox", inbox.port, "me@example.org", user="me", password="wrong")]
        with desk(tmp_path, [alert()], ways) as at:
            fill(at, 2)
            at.send()
            assert at.send(SECOND).postponed == 2
            assert at.send(SECOND, patience=SECOND) == Sent()
            assert inbox.connections == 2


def test_of_a_message_in_parts_only_those_that_were_not_taken_go_again(tmp_path: Path) -> None:
    """Each part is a row with an id of its own."""
    with Site() as site, desk(tmp_path, [alert()], [hook("inbox", site.url("/hook"))]) as at:
        taken: list[str] = []

        def second_fails(asked: Asked) -> Answer:
            taken.append(asked.headers["webhook-id"])
            return Answer(status=500 if len(taken) == 1 else 204)

        site.add("/hook", second_fails)
        at.file(draft(), FLOODED)
        (closed,) = at.close(SECOND).closed
        assert closed.messages == 2
        assert (at.send().delivered, at.send(MINUTE).delivered) == (1, 1)
        assert len(taken) == 3
        assert len(set(taken)) == 2
        assert at.rows("part", "state") == [(1, "sent"), (2, "sent")]


def test_an_alert_at_once_ends_a_week_without_a_word_by_day(tmp_path: Path) -> None:
    with desk(tmp_path, [alert(timezone="Asia/Tokyo"), CARE], [channel(), channel("ops")]) as at:
        said = [(at.now, one) for _ in range(5 * 15) for one in at.close(5 * HOUR).closed]
        assert [one.subject.partition(" · ")[0] for _, one in said] == ["Still here, nothing new on OpenAI Sora for 7 days"] * 2  # fmt: skip
        assert all(9 <= (when + 9 * HOUR).hour < 18 for when, _ in said)
        assert len({when.date() for when, _ in said}) == 2


def test_who_heard_from_another_alert_needs_no_word_and_what_waits_is_not_nothing(
    tmp_path: Path,
) -> None:
    daily = alert("daily at 12:00", name=AlertName("daily"), empty="say")
    held = alert(name=AlertName("held"), to=(ChannelName("ops"),), settle=timedelta(days=30))
    ways = [channel(), channel("ops")]
    with desk(tmp_path, [alert(), daily, held], ways) as at:
        at.file(draft())
        at.close(SECOND)
        closed = [one.alert for _ in range(20) for one in at.close(timedelta(days=1)).closed]
        assert set(closed) == {"daily"}


def test_what_another_process_has_said_meanwhile_is_not_said_again(tmp_path: Path) -> None:
    with desk(tmp_path, [alert()], [channel()]) as at:
        at.now += timedelta(days=8)
        assert len(at.close().closed) == 1
        with at.store.read() as db:
            facts = closing.facts(db, at.config.alerts[0], (), at.now)
        assert not at.delivery(None).desk.draft(facts, kind="digest").drafts


def test_a_message_given_up_is_told_by_the_exit_code_and_in_the_next_digest(tmp_path: Path) -> None:
    with Newsroom(tmp_path) as room:
        room.page("/one", "Sora closes", CLOSES)
        feed = room.feed("/feed", room.item("/one", "Sora closes", "2026-03-24T10:00:00Z"))
        room.configure(
            sources=[{"name": "Good", "url": feed}],
            alerts=[
                {"name": "now", "to": ["hook"], "when": "at once", "settle": None},
                {"name": "evening", "to": ["inbox"], "when": "daily at 18:00", "empty": "say"},
            ],
        )
        room.site.add("/hook", status=410)
        first = room.aiwatch("fetch", now="2026-03-24T12:00:00Z")
        assert first.code == 1
        assert "410 Gone" in first.err
        again = room.aiwatch("fetch", now="2026-03-24T18:01:00Z")
        assert again.code == 0  # known trouble by now, and shown all the same
        assert "given up" in again.err
        assert "messages given up: 1 (aiwatch outbox list)" in room.inbox.mails[0].body("plain")

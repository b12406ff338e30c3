"""What is over: endpoints that are gone, dead letters, readers who leave; and what comes when nothing comes."""

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from aiwatch.delivery import Sent
from aiwatch.model import AlertName, ChannelName, Topic, TopicName, Trouble
from aiwatch.store import leaving, outbox, troubles
from tests.desk import SECOND, Desk, channel, desk, hook, mail
from tests.drafts import BAKERY, FLOOD, HOUR, draft
from tests.inbox import Inbox
from tests.servers import Site
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

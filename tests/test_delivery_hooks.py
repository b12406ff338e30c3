"""Webhooks from the outbox to a receiver: what it can verify over retries, and who waits for whom."""

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from standardwebhooks import Webhook

from aiwatch.config.values import ChannelConfig
from aiwatch.delivery import Sent
from aiwatch.model import ChannelName
from tests.desk import SECOND, channel, desk, hook
from tests.drafts import FLOOD, HOUR, MINUTE, draft
from tests.servers import Answer, Asked, Line, RawSite, Site
from tests.stories import alert

OLD, NEW = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
FLOODED = draft("f", "Ninety houses flooded in Norwich", FLOOD)


def signed(url: str, *secrets: str) -> ChannelConfig:
    return channel("inbox", "webhook", url=url, secret=list(secrets), allow_private=True)


def test_every_attempt_is_signed_anew_under_the_same_id_and_with_the_same_bytes(
    tmp_path: Path,
) -> None:
    start = datetime.now(tz=UTC)  # noqa: TID251  (the reference library asks the real clock)
    answers = [500, 503, 302, 429, 204]
    with (
        Site() as site,
        desk(tmp_path, [alert()], [signed(site.url("/hook"), OLD, NEW)]) as at,
    ):
        site.add("/hook", lambda asked: Answer(status=answers[len(site.received) - 1]))
        at.file(draft())
        at.close(SECOND)
        at.now = start - 4 * MINUTE
        # As if every wait were over: the reference library takes nothing older than five minutes.
        for _ in answers:
            at.store.write_now(lambda db: db.execute("UPDATE outbox SET next_try = created"))
            at.send(MINUTE)
        assert at.rows("state") == [("sent",)]
        first = site.received[0]
        for asked in site.received:
            Webhook(OLD).verify(asked.body, dict(asked.headers))
            Webhook(NEW).verify(asked.body, dict(asked.headers))
            assert asked.body == first.body
        ids = {asked.headers["webhook-id"] for asked in site.received}
        assert len(ids) == 1
        assert "." not in ids.pop()
        for varying in ("webhook-timestamp", "webhook-signature"):
            assert len({asked.headers[varying] for asked in site.received}) == len(answers)


def test_what_was_taken_without_a_word_comes_again_under_the_same_id(tmp_path: Path) -> None:
    taken: list[bytes] = []

    def take(line: Line) -> None:
        head, _, body = line.head.partition(b"\r\n\r\n")
        length = next(
            int(field.partition(b":")[2])
            for field in head.splitlines()
            if field.lower().startswith(b"content-length:")
        )
        while len(body) < length:
            body += line.socket.recv(65536)
        taken.append(body)
        if len(taken) > 1:
            line.send(b"HTTP/1.1 204 No Content\r\n\r\n")

    with RawSite(take) as site, desk(tmp_path, [alert()], [hook("inbox", site.url("/"))]) as at:
        at.file(draft())
        at.close(SECOND)
        assert at.send().postponed == 1
        assert at.send(MINUTE).delivered == 1
        assert taken[0] == taken[1]
        first, second = (
            head.lower().partition(b"webhook-id:")[2].split()[0] for head in site.heads
        )
        assert first == second


def test_a_slow_endpoint_delays_no_other(tmp_path: Path) -> None:
    other_has_it = threading.Event()

    def slow(asked: Asked) -> Answer:
        return Answer(status=204 if other_has_it.wait(60) else 500)

    def quick(asked: Asked) -> Answer:
        if len(site.received) >= 3:  # both of its messages, while the slow one still has its first
            other_has_it.set()
        return Answer(status=204)

    with Site() as site:
        site.add("/slow", slow)
        site.add("/quick", quick)
        ways = [hook("a-slow", site.url("/slow")), hook("quick", site.url("/quick"))]
        to = (ChannelName("a-slow"), ChannelName("quick"))
        with desk(tmp_path, [alert(to=to)], ways) as at:
            at.file(draft(), FLOODED)
            at.close(SECOND)
            assert at.send() == Sent(delivered=4)


@pytest.mark.parametrize(
    ("asked", "wait"),
    [("0", (4 * SECOND, 5 * SECOND)), ("600", (10 * MINUTE,) * 2), ("9999999", (24 * HOUR,) * 2)],
)
def test_a_wait_that_is_asked_for_is_never_cut_short(
    asked: str, wait: tuple[timedelta, timedelta], tmp_path: Path
) -> None:
    with Site() as site, desk(tmp_path, [alert()], [hook("inbox", site.url("/hook"))]) as at:
        site.add("/hook", status=429, headers={"Retry-After": asked})
        at.file(draft())
        at.close(SECOND)
        at.send()
        ((next_try,),) = at.rows("next_try")
        assert wait[0] <= datetime.fromisoformat(next_try) - at.now <= wait[1]

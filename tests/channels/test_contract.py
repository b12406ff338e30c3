"""What every channel that speaks HTTP makes of the answers a server can give."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest

from aiwatch.channels import CHANNELS, channel
from aiwatch.model import Delivered, Later, Part, Receipt, Refused
from tests.channels import made
from tests.channels.wire import options, sent
from tests.servers import Answer, Line, RawSite, Site

HTTP_CHANNELS: dict[str, dict[str, Any]] = {
    "webhook": {"secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "allow_private": True},
}
"""The channels that POST to a `url`, with the keys they need besides it."""

ENVELOPE = made.envelope(Part(subject="Two stories", text="Hello", payload='{"type":"ping"}'))


@contextmanager
def answering(status: int, headers: dict[str, str] | None = None) -> Iterator[str]:
    with Site() as site:
        site.add("/in", lambda asked: Answer(b"{}", status, headers or {}))
        yield site.url("/in")


def silent(line: Line) -> None:
    line.pause(30)


def dropping(line: Line) -> None:
    """End the script, and with it the connection."""


def one(kind: str, url: str, **keys: Any) -> Receipt:
    return sent(kind, ENVELOPE, options(kind, url=url, **HTTP_CHANNELS[kind], **keys))


every_channel = pytest.mark.parametrize("kind", sorted(HTTP_CHANNELS))


@every_channel
def test_a_200_is_delivered(kind: str) -> None:
    with answering(200) as url:
        assert isinstance(one(kind, url), Delivered)


@every_channel
def test_a_429_is_later_when_it_says(kind: str) -> None:
    with answering(429, {"Retry-After": "120"}) as url:
        receipt = one(kind, url)
    assert isinstance(receipt, Later)
    assert (receipt.after, receipt.lane) == (timedelta(minutes=2), True)


@every_channel
@pytest.mark.parametrize("status", [401, 500])
def test_other_failures_are_later_by_the_schedule(kind: str, status: int) -> None:
    with answering(status) as url:
        receipt = one(kind, url)
    assert isinstance(receipt, Later)
    assert receipt.after is None
    assert str(status) in receipt.reason


@every_channel
def test_a_410_is_refused_for_good(kind: str) -> None:
    with answering(410) as url:
        assert isinstance(one(kind, url), Refused)


@every_channel
def test_no_answer_in_time_is_later(kind: str) -> None:
    with RawSite(silent) as site:
        receipt = one(kind, site.url("/in"), timeout=timedelta(milliseconds=100))
    assert isinstance(receipt, Later)
    assert receipt.lane
    assert "0.1 s" in receipt.reason


@every_channel
def test_a_dropped_connection_is_later(kind: str) -> None:
    with RawSite(dropping) as site:
        receipt = one(kind, site.url("/in"))
    assert isinstance(receipt, Later)
    assert receipt.lane


@every_channel
def test_nobody_at_home_is_later(kind: str) -> None:
    with RawSite(dropping) as site:
        url = site.url("/in")
    receipt = one(kind, url)
    assert isinstance(receipt, Later)
    assert receipt.lane


def test_every_channel_stands_under_its_own_name() -> None:
    assert {kind: row.kind for kind, row in CHANNELS.items()} == {kind: kind for kind in CHANNELS}
    assert {"screen", "file", "email", "webhook"} <= set(CHANNELS)
    assert channel("email") is CHANNELS["email"]

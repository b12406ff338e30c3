"""What every channel that speaks HTTP makes of the answers a server can give."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest

from aiwatch.channels import CHANNELS, channel
from aiwatch.model import Delivered, Later, Part, Receipt, Refused
from tests.channels import made
from tests.channels.rooms import HUSH, TOKEN, keys, kinds, path
from tests.channels.wire import options, sent
from tests.servers import Answer, Line, RawSite, Site

ENVELOPE = made.envelope(Part(subject="Two stories", text="Hello", payload='{"text":"Hello"}'))
CALLER_S_OWN = ("webhook", "apprise")
"""What answers a webhook may be somebody's program being mended; Apprise does not say what was wrong."""


@contextmanager
def answering(
    kind: str, status: int, headers: dict[str, str] | None = None, body: bytes = b"{}"
) -> Iterator[Site]:
    with Site() as site:
        site.add(path(kind), lambda asked: Answer(body, status, headers or {}))
        yield site


def silent(line: Line) -> None:
    line.pause(30)


def dropping(line: Line) -> None:
    """End the script, and with it the connection."""


def endless(line: Line) -> None:
    line.send(b"HTTP/1.1 500 Oops\r\nContent-Type: text/plain\r\n\r\n")
    for _ in range(2_000):
        line.send(b"x" * 65536)


def one(kind: str, site: Site | RawSite, **more: Any) -> Receipt:
    receipt = sent(kind, ENVELOPE, options(kind, **{**keys(kind, site.url("")), **more}))
    assert HUSH not in str(receipt)
    assert TOKEN not in str(receipt)
    return receipt


every_channel = pytest.mark.parametrize("kind", kinds())
rooms = pytest.mark.parametrize("kind", kinds(*CALLER_S_OWN))


@every_channel
@pytest.mark.parametrize("status", [200, 204])
def test_a_2xx_is_delivered_and_posted_once(kind: str, status: int) -> None:
    with answering(kind, status) as site:
        assert isinstance(one(kind, site), Delivered)
        assert [asked.method for asked in site.received] == ["POST"]


@pytest.mark.parametrize("kind", kinds("apprise"))
def test_a_429_is_later_when_it_says(kind: str) -> None:
    with answering(kind, 429, {"Retry-After": "120"}) as site:
        receipt = one(kind, site)
    assert isinstance(receipt, Later)
    assert (receipt.after, receipt.lane) == (timedelta(minutes=2), True)


@every_channel
def test_a_500_is_later_by_the_schedule(kind: str) -> None:
    with answering(kind, 500) as site:
        receipt = one(kind, site)
        assert len(site.received) == 1
    assert isinstance(receipt, Later)
    assert receipt.after is None
    assert "500" in receipt.reason


@rooms
@pytest.mark.parametrize("status", [401, 403])
def test_a_room_that_lets_us_in_no_more_refuses(kind: str, status: int) -> None:
    with answering(kind, status) as site:
        receipt = one(kind, site)
    assert isinstance(receipt, Refused)
    assert receipt.reason.startswith("not let in: ")
    assert "check this channel" in receipt.reason


@pytest.mark.parametrize("kind", [kind for kind in kinds() if kind.values[0] in CALLER_S_OWN])
def test_others_that_do_not_let_us_in_are_asked_again(kind: str) -> None:
    with answering(kind, 401) as site:
        receipt = one(kind, site)
    assert isinstance(receipt, Later)
    assert "401" in receipt.reason


@pytest.mark.parametrize("kind", kinds("apprise"))
def test_a_410_is_refused_for_good(kind: str) -> None:
    with answering(kind, 410) as site:
        receipt = one(kind, site)
    assert isinstance(receipt, Refused)
    assert receipt.reason.startswith("gone: ")


@rooms
def test_a_room_that_is_not_there_is_gone(kind: str) -> None:
    with answering(kind, 404) as site:
        receipt = one(kind, site)
    assert isinstance(receipt, Refused)
    assert receipt.reason.startswith("gone: ")


@rooms
@pytest.mark.parametrize("status", [400, 413, 422])
def test_a_room_says_what_is_wrong_with_a_message(kind: str, status: int) -> None:
    plain = {"Content-Type": "text/plain; charset=utf-8"}
    with answering(kind, status, plain, b"invalid_blocks\x1b[2J \xe2\x80\xaex") as site:
        receipt = one(kind, site)
    assert isinstance(receipt, Refused)
    assert "(invalid_blocks [2J x)" in receipt.reason


@rooms
@pytest.mark.parametrize("status", [408, 425, 502, 503, 504, 599])
def test_trouble_of_the_room_is_later(kind: str, status: int) -> None:
    with answering(kind, status) as site:
        assert isinstance(one(kind, site), Later)


@every_channel
def test_a_redirect_is_later_and_not_followed(kind: str) -> None:
    with Site() as site:
        site.add(path(kind), status=302, headers={"Location": site.url("/elsewhere")})
        site.add("/elsewhere", status=200)
        assert isinstance(one(kind, site), Later)
        assert "/elsewhere" not in [asked.path for asked in site.received]


@every_channel
def test_no_answer_in_time_is_later(kind: str) -> None:
    with RawSite(silent) as site:
        receipt = one(kind, site, timeout=timedelta(milliseconds=100))
    assert isinstance(receipt, Later)
    assert receipt.lane
    assert "0.1 s" in receipt.reason


@pytest.mark.parametrize("start", [b"HTTP/1.1 200 OK\r\nX-A: ", b"HTTP/1.1 200 OK\r\n\r\n"])
@pytest.mark.parametrize("kind", kinds("apprise"))
def test_an_answer_that_drips_is_later_when_the_time_is_up(kind: str, start: bytes) -> None:
    def dripping(line: Line) -> None:
        line.send(start)
        while line.pause(0.02):
            line.send(b"x")

    with RawSite(dripping) as site:
        receipt = one(kind, site, timeout=timedelta(milliseconds=200))
    assert isinstance(receipt, Later)
    assert "0.2 s" in receipt.reason


@every_channel
def test_a_dropped_connection_is_later(kind: str) -> None:
    with RawSite(dropping) as site:
        receipt = one(kind, site)
    assert isinstance(receipt, Later)
    assert receipt.lane


@pytest.mark.parametrize("kind", kinds("apprise"))
def test_an_endless_answer_is_not_read_to_its_end(kind: str) -> None:
    with RawSite(endless) as site:
        receipt = one(kind, site)
    assert isinstance(receipt, Later)
    assert "500" in receipt.reason
    assert len(receipt.reason) < 400


@every_channel
def test_nobody_at_home_is_later(kind: str) -> None:
    with RawSite(dropping) as site:
        base = site.url("")
    receipt = sent(kind, ENVELOPE, options(kind, **keys(kind, base)))
    assert isinstance(receipt, Later)
    assert receipt.lane


@pytest.mark.parametrize("kind", kinds("apprise"))
def test_a_private_address_is_refused_unless_meant(kind: str) -> None:
    with Site() as site:
        receipt = one(kind, site, allow_private=False)
        assert isinstance(receipt, Later)
        assert "set allow_private: true on this channel" in receipt.reason
        assert site.received == []


@rooms
@pytest.mark.parametrize(
    ("body", "after"),
    [
        (b'{"retry_after": 64.57}', timedelta(seconds=65)),
        (b'{"parameters": {"retry_after": 30}}', timedelta(seconds=30)),
        (b'{"retry_after": 0.2}', timedelta(seconds=1)),
        (b'{"retry_after": 1e8}', timedelta(hours=24)),
        (b'{"retry_after": true}', timedelta(seconds=7)),
        (b'{"retry_after": -5}', timedelta(seconds=7)),
        (b'{"retry_after": NaN}', timedelta(seconds=7)),
        (b'{"retry_after": Infinity}', timedelta(seconds=7)),
        (b'{"retry_after": "soon"}', timedelta(seconds=7)),
        (b"[" * 50_000, timedelta(seconds=7)),
    ],
)
def test_a_wait_may_be_said_in_the_body(kind: str, body: bytes, after: timedelta) -> None:
    with answering(kind, 429, {"Retry-After": "7"}, body) as site:
        receipt = one(kind, site)
    assert isinstance(receipt, Later)
    assert receipt.after == after


def test_every_channel_stands_under_its_own_name() -> None:
    assert {kind: row.kind for kind, row in CHANNELS.items()} == {kind: kind for kind in CHANNELS}
    assert {"screen", "file", "email", "webhook"} <= set(CHANNELS)
    assert channel("email") is CHANNELS["email"]

"""What goes to a Slack webhook."""

import json

import pytest
from pydantic import SecretStr, ValidationError

from aiwatch.channels import channel
from aiwatch.channels.slack import escaped
from aiwatch.model import ChannelName, Delivered, Later, Part, Reader, Refused
from tests.channels import made
from tests.channels.rooms import HUSH, keys, path
from tests.channels.wire import options, reached, sent
from tests.servers import Answer, Site

NAME = ChannelName("room")


def test_what_was_frozen_is_posted_as_it_is() -> None:
    given = options("slack", **keys("slack", "http://127.0.0.1:9"))
    (part,) = channel("slack").render(made.digest(made.line(1, "Sora & <Veo> สวัสดี 🎬")), given)
    with Site() as site:
        site.add(path("slack"), b"ok")
        receipt = sent(
            "slack", made.envelope(part), options("slack", **keys("slack", site.url("")))
        )
        (asked,) = site.received
    assert receipt == Delivered(detail=f"{site.authority} answered 200 OK")
    assert asked.body == part.payload.encode()
    assert asked.headers["content-type"] == "application/json"
    assert json.loads(asked.body)["unfurl_links"] is False
    assert "Sora &amp; &lt;Veo&gt; สวัสดี 🎬" in part.payload


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("R&D <x>", "R&amp;D &lt;x&gt;"),
        ("<!channel> <@U1>", "&lt;!channel&gt; &lt;@U1&gt;"),
        ("&amp;", "&amp;amp;"),
        ("*a* `b` ~c~", "∗a∗ ˋbˋ ∼c∼"),
    ],
)
def test_only_what_is_live_is_escaped(text: str, shown: str) -> None:
    assert escaped(text) == shown


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, b"no_text", Delivered),
        (400, b"missing_text_or_fallback_or_attachments", Delivered),
        (403, b"invalid_token", Refused),
        (404, b"no_service", Refused),
        (410, b"channel_is_archived", Refused),
        (500, b"rollup_error", Later),
        (200, b"ok", Later),
    ],
)
def test_reaching_asks_with_a_message_that_has_no_text(
    status: int, body: bytes, kind: type
) -> None:
    with Site() as site:
        site.add(path("slack"), lambda asked: Answer(body, status, {"Content-Type": "text/plain"}))
        receipt = reached("slack", options("slack", **keys("slack", site.url(""))))
        assert [asked.body for asked in site.received] == [b'{"text":""}']
    assert isinstance(receipt, kind)
    assert HUSH not in str(receipt)


def test_nobody_there_is_later() -> None:
    with Site() as site:
        base = site.url("")
    assert isinstance(reached("slack", options("slack", **keys("slack", base))), Later)


def test_an_answer_that_repeats_the_address_does_not_show_it() -> None:
    with Site() as site:
        url = site.url(path("slack"))
        plain = {"Content-Type": "text/plain"}
        site.add(path("slack"), lambda asked: Answer(f"no such hook: {url}", 400, plain))
        receipt = sent(
            "slack", made.envelope(Part(subject="")), options("slack", url=url, allow_private=True)
        )
    assert isinstance(receipt, Refused)
    assert receipt.reason.endswith("answered 400 Bad Request (no such hook: ***)")


def test_the_channel_itself_is_the_reader_and_the_lane_and_its_address_is_hidden() -> None:
    row, given = channel("slack"), options("slack", **keys("slack", "https://example.org"))
    assert row.readers(NAME, given) == (Reader("room"),)
    assert row.lane(NAME, given, Reader("room")) == "room"
    assert isinstance(given.url, SecretStr)
    assert HUSH not in f"{given!r} {given}"


@pytest.mark.parametrize(
    "found", [{}, {"url": "xoxb-1"}, {"url": "https://x.example", "room": "a"}]
)
def test_unusable_options_are_refused(found: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        options("slack", **found)

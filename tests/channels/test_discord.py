"""What goes to a Discord webhook."""

import json

import pytest

from aiwatch.channels import channel
from aiwatch.channels.discord import escaped
from aiwatch.model import Delivered, Later, Part, Receipt, Refused
from tests.channels import made
from tests.channels.rooms import HUSH, keys, path
from tests.channels.wire import options, reached, sent
from tests.servers import Answer, Site

PART = Part(subject="One story", payload='{"content":"One story 🎬"}')


def posted_to(address: str) -> list[str]:
    with Site() as site:
        given = options("discord", url=site.url(address), allow_private=True)
        sent("discord", made.envelope(PART), given)
        return [asked.path for asked in site.received]


@pytest.mark.parametrize(
    ("address", "asked"),
    [
        ("/api/webhooks/1/a", "/api/v10/webhooks/1/a?wait=true"),
        ("/api/v9/webhooks/1/a", "/api/v10/webhooks/1/a?wait=true"),
        ("/api/webhooks/1/a?thread_id=7", "/api/v10/webhooks/1/a?thread_id=7&wait=true"),
        ("/behind/a/proxy", "/behind/a/proxy?wait=true"),
    ],
)
def test_it_is_asked_to_say_whether_the_message_was_stored(address: str, asked: str) -> None:
    assert posted_to(address) == [asked]


def test_what_was_frozen_is_posted_and_the_message_s_number_noted() -> None:
    with Site() as site:
        site.add(path("discord"), b'{"id": "1234567890"}')
        receipt = sent(
            "discord", made.envelope(PART), options("discord", **keys("discord", site.url("")))
        )
        (asked,) = site.received
    detail = f"{site.authority} answered 200 OK (message 1234567890)"
    assert receipt == Delivered(detail=detail, called="1234567890")
    assert asked.body == PART.payload.encode()


def test_it_says_what_is_wrong_with_a_message() -> None:
    body = b'{"code": 50035, "message": "Invalid Form Body", "errors": {"embeds": {}}}'
    with Site() as site:
        site.add(path("discord"), lambda asked: Answer(body, 400))
        receipt = sent(
            "discord", made.envelope(PART), options("discord", **keys("discord", site.url("")))
        )
    assert receipt == Refused(
        reason=f"{site.authority} answered 400 Bad Request (Invalid Form Body)"
    )


@pytest.mark.parametrize(
    ("status", "kind"), [(200, Delivered), (401, Refused), (404, Refused), (429, Later)]
)
def test_reaching_asks_what_the_webhook_is(status: int, kind: type[Receipt]) -> None:
    with Site() as site:
        site.add(f"/api/v10/webhooks/1/{HUSH}", status=status)
        receipt = reached("discord", options("discord", **keys("discord", site.url(""))))
        assert [(asked.method, asked.body) for asked in site.received] == [("GET", b"")]
    assert isinstance(receipt, kind)
    assert isinstance(reached("discord", options("discord", url=site.url("/"))), Later)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a_b *c* [x](y)", r"a\_b \*c\* \[x\](y)"),
        ("@everyone <@1>", r"\@everyone \<\@1\>"),
        ("# big", r"\# big"),
        ("1. one", r"1\. one"),
        ("- two", r"\- two"),
        ("back\\slash", r"back\\slash"),
    ],
)
def test_what_is_live_is_escaped(text: str, shown: str) -> None:
    assert escaped(text) == shown


@pytest.mark.parametrize(
    ("url", "own"),
    [
        ("https://example.org/1?a=b", True),
        ("https://xn--2qun4figz32e.example/news", True),
        ("https://example.org:8443/x", True),
        ("https://localhost/1", False),
        ("https://a_b.example/1", False),
        ("https://me:pass@example.org/1", False),
        ("http://192.0.2.1/x", False),
    ],
)
def test_an_address_that_discord_might_refuse_stands_in_the_text(url: str, own: bool) -> None:
    line = made.line(1, "Sora")
    told = made.digest(made.replace_url(line, url))
    (part,) = channel("discord").render(told, options("discord", url="https://example.org"))
    embed = json.loads(part.payload)["embeds"][0]
    assert embed["title"] == "Sora"
    assert (embed.get("url") == url) is own
    assert (f"<{url}>" in embed["description"]) is not own

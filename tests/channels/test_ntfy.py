"""What is published to a topic of ntfy."""

import email.header

import pytest
from pydantic import ValidationError

from aiwatch.channels import channel
from aiwatch.channels.ntfy import in_header
from aiwatch.model import Delivered, Later, Receipt, Refused
from tests.channels import made
from tests.channels.rooms import HUSH, keys, path
from tests.channels.wire import options, reached, sent
from tests.servers import Asked, Site


def published(title: str, **more: object) -> Asked:
    told = made.digest(made.line(1, title))
    with Site() as site:
        site.add(path("ntfy"))
        given = options("ntfy", **{**keys("ntfy", site.url("")), **more})
        (part,) = channel("ntfy").render(told, given)
        assert isinstance(sent("ntfy", made.envelope(part), given), Delivered)
        (asked,) = site.received
    assert asked.body == part.text.encode()
    return asked


def test_a_notification_has_a_title_and_leads_to_its_story() -> None:
    asked = published("Sora สวัสดี 🎬", priority=4)
    assert "Sora สวัสดี 🎬" in asked.body.decode()
    assert asked.headers["title"] == "Two stories"
    assert asked.headers["click"] == "https://example.org/1"
    assert asked.headers["priority"] == "4"
    assert asked.headers["x-sequence-id"] == "msg-0123456789abcdef"
    assert "authorization" not in asked.headers


@pytest.mark.parametrize(
    ("more", "header"),
    [
        ({"token": "tk_secret"}, "Bearer tk_secret"),
        ({"user": "me", "password": "pass"}, "Basic bWU6cGFzcw=="),
    ],
)
def test_it_signs_in_where_the_topic_asks_for_it(more: dict[str, object], header: str) -> None:
    assert published("Sora", **more).headers["authorization"] == header


@pytest.mark.parametrize(
    "text", ["plain words", "สวัสดี 🎬 " * 12, "=?utf-8?q?fake?=", "tab\there", "é" * 200]
)
def test_a_header_carries_any_text(text: str) -> None:
    value = in_header(text)
    assert value.isascii()
    assert value.isprintable()
    assert all(len(word) <= 75 for word in value.split()) or value == text
    assert str(email.header.make_header(email.header.decode_header(value))) == text


def test_several_stories_have_no_one_place_to_lead_to() -> None:
    given = options("ntfy", **keys("ntfy", "http://127.0.0.1:9"))
    told = made.digest(made.line(1, "Sora"), made.line(2, "Veo"))
    (part,) = channel("ntfy").render(told, given)
    assert part.payload == '{"click":""}'
    with Site() as site:
        site.add(path("ntfy"))
        sent("ntfy", made.envelope(part), options("ntfy", **keys("ntfy", site.url(""))))
        assert "click" not in site.received[0].headers


@pytest.mark.parametrize(
    ("more", "asked"),
    [({}, "/v1/health"), ({"token": "tk_secret"}, "/v1/account")],
)
@pytest.mark.parametrize(("status", "kind"), [(200, Delivered), (401, Refused), (500, Later)])
def test_reaching_publishes_nothing(
    more: dict[str, object], asked: str, status: int, kind: type[Receipt]
) -> None:
    with Site() as site:
        site.add(asked, status=status)
        given = options("ntfy", **{**keys("ntfy", site.url("")), **more})
        assert isinstance(reached("ntfy", given), kind)
        assert [(one.method, one.path) for one in site.received] == [("GET", asked)]
    assert isinstance(reached("ntfy", options("ntfy", url=site.url("/a"))), Later)


@pytest.mark.parametrize(
    ("found", "words"),
    [
        ({"url": "https://ntfy.sh/"}, "ends in a topic"),
        ({"url": f"https://ntfy.sh/{HUSH}", "user": "me"}, "go together"),
        (
            {"url": f"https://ntfy.sh/{HUSH}", "user": "me", "password": "p", "token": "t"},
            "not both",
        ),
        ({"url": f"https://ntfy.sh/{HUSH}", "priority": 6}, "less than or equal to 5"),
        ({"url": HUSH}, "no http or https address"),
    ],
)
def test_unusable_options_are_refused_without_being_repeated(
    found: dict[str, object], words: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        options("ntfy", **found)
    assert words in str(refused.value)
    assert HUSH not in str(refused.value)

"""What is warned of, and what is not."""

from typing import Any

import pytest

from aiwatch.config.advice import advice
from aiwatch.config.keys import FileKeys
from tests.desk import channel, hook, mail

CALM: dict[str, Any] = {"timezone": "Asia/Bangkok", "contact": "me@example.org"}
INBOX = mail("inbox", 25, "me@example.org")


def said(*channels: Any, zone: str = "UTC", **keys: Any) -> str:
    return "; ".join(advice(FileKeys.model_validate({**CALM, **keys}), zone, channels, ()))


def test_a_calm_configuration_is_not_warned_of() -> None:
    assert said(INBOX, channel()) == ""


@pytest.mark.parametrize(
    ("words", "keys", "channels"),
    [
        ("no timezone is set", {"timezone": None}, ()),
        ("no contact is set", {"contact": None}, ()),
        ("it is not signed", {}, (hook("hook", "https://hook.example/"),)),
        ("signs in without encryption", {}, (mail("m", 25, "a@b.org", user="u", password="p"),)),
        ("`aiwatch serve` has to run", {"public_url": "https://news.example.org"}, (INBOX,)),
        ("only where it begins with https://", {"public_url": "http://news.example.org"}, (INBOX,)),
    ],
)
def test_what_may_go_wrong_is_said(words: str, keys: dict[str, Any], channels: Any) -> None:
    assert words in said(*channels, **keys)


def test_only_mails_offer_to_unsubscribe() -> None:
    assert said(channel(), public_url="https://news.example.org") == ""

"""What a bot says on Telegram."""

import json

import pytest
from pydantic import ValidationError

from aiwatch.channels import channel
from aiwatch.model import Delivered, Later, Part, Receipt, Refused
from tests.channels import made
from tests.channels.rooms import TOKEN, keys, path
from tests.channels.wire import options, reached, sent
from tests.servers import Answer, Asked, Site


def frozen() -> Part:
    given = options("telegram", **keys("telegram", "http://127.0.0.1:9"))
    (part,) = channel("telegram").render(made.digest(made.line(1, "🎬 Sora สวัสดี")), given)
    return part


def spoken(answer: Answer, **more: object) -> tuple[Receipt, list[Asked]]:
    with Site() as site:
        site.add(path("telegram"), lambda asked: answer)
        given = options("telegram", **{**keys("telegram", site.url("")), **more})
        return sent("telegram", made.envelope(frozen()), given), site.received


def test_where_it_goes_is_added_to_what_was_frozen() -> None:
    receipt, (asked,) = spoken(Answer(b'{"ok":true,"result":{"message_id":42}}'), thread=7)
    assert isinstance(receipt, Delivered)
    assert receipt.detail.endswith("answered 200 OK (message 42)")
    said = json.loads(asked.body)
    assert (said.pop("chat_id"), said.pop("message_thread_id")) == ("-100123", 7)
    assert said == json.loads(frozen().payload)
    assert "chat_id" not in frozen().payload


def test_what_is_bold_and_where_links_lead_is_counted_in_utf_16() -> None:
    said = json.loads(frozen().payload)
    wide = said["text"].encode("utf-16-le")
    found = {
        (
            one["type"],
            wide[2 * one["offset"] : 2 * (one["offset"] + one["length"])].decode("utf-16-le"),
        )
        for one in said["entities"]
    }
    assert ("bold", "🎬 Sora สวัสดี") in found
    assert ("text_link", "🎬 Sora สวัสดี") in found
    assert ("bold", "Two stories") in found


@pytest.mark.parametrize(
    ("status", "body", "kind", "words"),
    [
        (
            400,
            b'{"ok":false,"description":"Bad Request: chat not found"}',
            Refused,
            "chat not found",
        ),
        (401, b'{"ok":false,"description":"Unauthorized"}', Refused, "not let in: "),
        (403, b'{"ok":false,"description":"Forbidden: bot was kicked"}', Refused, "bot was kicked"),
        (404, b'{"ok":false,"description":"Not Found"}', Refused, "gone: "),
        (400, b'{"parameters":{"migrate_to_chat_id":-100987}}', Refused, "-100987"),
        (502, b"<html>", Later, "502"),
    ],
)
def test_what_the_bot_is_told_is_shown(
    status: int, body: bytes, kind: type[Receipt], words: str
) -> None:
    receipt, _ = spoken(Answer(body, status))
    assert isinstance(receipt, kind)
    assert words in str(receipt)
    assert TOKEN not in str(receipt)


@pytest.mark.parametrize(("status", "kind"), [(200, Delivered), (400, Refused), (401, Refused)])
def test_reaching_asks_for_the_chat_and_says_nothing_in_it(
    status: int, kind: type[Receipt]
) -> None:
    with Site() as site:
        site.add(f"/bot{TOKEN}/getChat", lambda asked: Answer(b"{}", status))
        receipt = reached("telegram", options("telegram", **keys("telegram", site.url("/"))))
        assert [json.loads(asked.body) for asked in site.received] == [{"chat_id": "-100123"}]
    assert isinstance(receipt, kind)
    assert isinstance(
        reached("telegram", options("telegram", **keys("telegram", site.url("")))), Later
    )


@pytest.mark.parametrize(
    ("found", "words"),
    [
        ({"token": "hunter2", "chat": 1}, "a bot's token goes like"),
        ({"token": "1:a/../x", "chat": 1}, "a bot's token goes like"),
        ({"token": TOKEN, "chat": "https://t.me/x"}, "is no chat"),
        ({"token": TOKEN}, "Field required"),
        ({"token": TOKEN, "chat": 1, "api": "ftp://x"}, "no http or https address"),
        ({"token": TOKEN, "chat": 1, "thread": 0}, "greater than or equal to 1"),
    ],
)
def test_unusable_options_are_refused_without_the_token(
    found: dict[str, object], words: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        options("telegram", **found)
    assert words in str(refused.value)
    assert "AA-not" not in str(refused.value)
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize(
    ("chat", "kept"), [(-1001, "-1001"), ("-1001", "-1001"), ("@news", "@news")]
)
def test_a_chat_is_a_number_or_a_name(chat: object, kept: str) -> None:
    assert options("telegram", token=TOKEN, chat=chat).chat == kept

"""What a bot says on Telegram."""

import json
from dataclasses import replace

import pytest
from pydantic import ValidationError

from aiwatch.model import Delivered, Later, Part, Receipt, Refused
from tests.channels import made
from tests.channels.rooms import TOKEN, keys, path, rendered, tale
from tests.channels.wire import options, reached, sent
from tests.servers import Answer, Asked, Site


def frozen() -> Part:
    (part,) = rendered("telegram", made.digest(made.line(1, "🎬 Sora สวัสดี")))
    return part


def spoken(answer: Answer, answers: str = "", **more: object) -> tuple[Receipt, list[Asked]]:
    with Site() as site:
        site.add(path("telegram"), lambda asked: answer)
        given = options("telegram", **{**keys("telegram", site.url("")), **more})
        envelope = replace(made.envelope(frozen()), answers=answers)
        return sent("telegram", envelope, given), site.received


def test_where_it_goes_is_added_to_what_was_frozen() -> None:
    receipt, (asked,) = spoken(Answer(b'{"ok":true,"result":{"message_id":42}}'), thread=7)
    assert isinstance(receipt, Delivered)
    assert receipt.detail.endswith("answered 200 OK (message 42)")
    said = json.loads(asked.body)
    assert (said.pop("chat_id"), said.pop("message_thread_id")) == ("-100123", 7)
    assert said == json.loads(frozen().payload)
    assert "chat_id" not in frozen().payload


@pytest.mark.parametrize(
    ("answers", "more", "number"),
    [
        ("-100123::42", {}, 42),
        ("-100123:7:42", {"thread": 7}, 42),
        ("-100123::42", {"thread": 7}, None),  # it stands outside of this thread
        ("-100999::42", {}, None),  # it stands in another chat
        ("-100123::", {}, None),
        ("", {}, None),
    ],
)
def test_an_update_answers_the_first_message_where_that_stands_in_the_same_chat(
    answers: str, more: dict[str, object], number: int | None
) -> None:
    receipt, (asked,) = spoken(Answer(b'{"ok":true,"result":{"message_id":43}}'), answers, **more)
    assert isinstance(receipt, Delivered)
    assert receipt.called == f"-100123:{more.get('thread', '')}:43"
    reply = {"message_id": number, "allow_sending_without_reply": True}
    assert json.loads(asked.body).get("reply_parameters") == (reply if number else None)


def test_a_message_answers_an_earlier_one_if_all_it_tells_goes_on_from_that() -> None:
    first, second, new = (
        made.line(n, f"Story {n}", reply) for n, reply in ((1, "m1"), (2, "m2"), (3, None))
    )
    assert [part.reply_to for part in rendered("telegram", made.digest(first))] == ["m1"]
    assert [part.reply_to for part in rendered("telegram", made.digest(first, second))] == [None]
    assert [part.reply_to for part in rendered("telegram", made.digest(first, new))] == [None]
    long = replace(first, summary=tale(1, "x", [f"{n} {'ก' * 300}" for n in range(16)]).summary)
    parts = rendered("telegram", made.digest(long, new))
    assert [(part.stories, part.reply_to) for part in parts] == [((1,), "m1"), ((3,), None)]


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

"""Standard Webhooks: what is signed and sent, and what may be configured."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr, ValidationError
from standardwebhooks import Webhook

from aiwatch.channels import channel
from aiwatch.model import ChannelName, Delivered, Envelope, Later, Part, Reader, Receipt, Refused
from tests.channels import made
from tests.channels.wire import USER_AGENT, options, reached, sent
from tests.servers import Answer, Asked, Site

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
BODY = '{"type":"story.new","timestamp":"2026-11-20T08:00:00Z","data":{"title":"สวัสดี 🎬"}}'
NAME = ChannelName("hook")


def event(now: datetime = made.NOW, attempt: int = 1) -> Envelope:
    return made.envelope(Part(subject="", payload=BODY), now=now, attempt=attempt)


def right_now() -> datetime:
    """The reference library refuses signatures older than five minutes by the real clock."""
    return datetime.now(tz=UTC)  # noqa: TID251


def received(secret: object, *envelopes: Envelope) -> list[Asked]:
    with Site() as site:
        site.add("/hook", status=204)
        given = options("webhook", url=site.url("/hook"), secret=secret, allow_private=True)
        for envelope in envelopes:
            receipt = sent("webhook", envelope, given)
            assert receipt == Delivered(detail=f"{site.authority} answered 204 No Content")
        return site.received


def answered(answer: Answer, **keys: object) -> Receipt:
    with Site() as site:
        site.add("/secret-path", lambda asked: answer)
        given = options("webhook", url=site.url("/secret-path"), allow_private=True, **keys)
        receipt = sent("webhook", event(), given)
        assert "secret-path" not in str(receipt)
        return receipt


@pytest.mark.parametrize("secrets", [SECRET, [SECRET], [SECRET, OTHER], [OTHER, SECRET]])
def test_the_reference_library_accepts_what_is_sent(secrets: str | list[str]) -> None:
    (asked,) = received(secrets, event(now=right_now()))
    for secret in [secrets] if isinstance(secrets, str) else secrets:
        assert Webhook(secret).verify(asked.body, dict(asked.headers)) == json.loads(BODY)


def test_a_plain_secret_signs_with_its_own_bytes() -> None:
    (asked,) = received("correct horse", event(now=right_now()))
    Webhook(b"correct horse").verify(asked.body, dict(asked.headers))


def test_a_second_attempt_has_the_same_id_and_body_and_a_new_signature() -> None:
    later = made.NOW + timedelta(minutes=5)
    first, second = received(SECRET, event(), event(now=later, attempt=2))
    assert first.body == second.body == BODY.encode()
    assert first.headers["webhook-id"] == second.headers["webhook-id"] == "msg_0123456789abcdef"
    assert first.headers["webhook-timestamp"] == str(int(made.NOW.timestamp()))
    assert second.headers["webhook-timestamp"] == str(int(later.timestamp()))
    assert first.headers["webhook-signature"] != second.headers["webhook-signature"]


def test_the_request_says_what_it_is_and_from_whom() -> None:
    (asked,) = received(SECRET, event())
    assert asked.method == "POST"
    assert asked.headers["content-type"] == "application/json"
    assert asked.headers["user-agent"] == USER_AGENT


def test_without_a_secret_nothing_is_signed() -> None:
    (asked,) = received([], event())
    assert "webhook-signature" not in asked.headers


@pytest.mark.parametrize(
    ("status", "lane"),
    [(400, False), (404, True), (413, False), (422, False), (500, False), (502, True), (503, True)],
)
def test_only_trouble_of_the_endpoint_holds_up_its_other_messages(status: int, lane: bool) -> None:
    receipt = answered(Answer(status=status))
    assert isinstance(receipt, Later)
    assert receipt.lane is lane


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_a_failure_and_not_followed(status: int) -> None:
    with Site() as site:
        site.add("/hook", status=status, headers={"Location": site.url("/elsewhere")})
        site.add("/elsewhere", status=200)
        given = options("webhook", url=site.url("/hook"), secret=SECRET, allow_private=True)
        receipt = sent("webhook", event(), given)
        assert isinstance(receipt, Later)
        assert "a redirect, which is not followed" in receipt.reason
        assert [path for _, path, _ in site.requests] == ["/hook"]


@pytest.mark.parametrize(
    ("headers", "after"),
    [
        ({"Retry-After": "120"}, timedelta(minutes=2)),
        ({"Retry-After": " 120 "}, timedelta(minutes=2)),
        ({"Retry-After": "0"}, timedelta(seconds=1)),
        ({"Retry-After": "99999999999999"}, timedelta(hours=24)),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "-5"}, None),
        ({"Retry-After": "١٢"}, None),
        ({}, None),
        (
            {
                "Date": "Fri, 01 Jan 2021 00:00:00 GMT",
                "Retry-After": "Fri, 01 Jan 2021 01:30:00 GMT",
            },
            timedelta(minutes=90),
        ),
        ({"Date": "whenever", "Retry-After": "Fri, 20 Nov 2026 09:00:00 GMT"}, timedelta(hours=1)),
        (
            {"Date": "whenever", "Retry-After": "Fri, 20 Nov 2026 09:00:00 -0000"},
            timedelta(hours=1),
        ),
        (
            {
                "Date": "Fri, 01 Jan 2021 02:00:00 GMT",
                "Retry-After": "Fri, 01 Jan 2021 01:30:00 GMT",
            },
            timedelta(seconds=1),
        ),
    ],
)
def test_retry_after_is_kept_between_a_second_and_a_day(
    headers: dict[str, str], after: timedelta | None
) -> None:
    encoded = {name: value.encode().decode("latin-1") for name, value in headers.items()}
    receipt = answered(Answer(status=429, headers=encoded))
    assert isinstance(receipt, Later)
    assert receipt.after == after


def test_an_endless_answer_is_not_read_to_its_end() -> None:
    def endless(asked: Asked) -> Answer:
        return Answer((b"x" * 65536 for _ in range(1_000_000)), status=500)

    with Site() as site:
        site.add("/hook", endless)
        given = options("webhook", url=site.url("/hook"), allow_private=True)
        receipt = sent("webhook", event(), given)
    assert receipt == Later(reason=f"{site.authority} answered 500 Internal Server Error")


def test_an_unheard_of_status_is_named_by_its_number() -> None:
    receipt = answered(Answer(status=599))
    assert isinstance(receipt, Later)
    assert receipt.reason.endswith("answered 599")


def test_gone_is_final() -> None:
    receipt = answered(Answer(status=410))
    assert isinstance(receipt, Refused)
    assert receipt.reason.startswith("gone: ")


def test_a_private_address_is_refused_unless_meant() -> None:
    with Site() as site:
        site.add("/hook", status=204)
        receipt = sent("webhook", event(), options("webhook", url=site.url("/hook")))
        assert isinstance(receipt, Later)
        assert "set allow_private: true on this channel" in receipt.reason
        assert site.received == []


def test_a_name_that_does_not_exist_is_trouble_of_the_endpoint() -> None:
    given = options("webhook", url="https://user:hush@nowhere.invalid/secret-path")
    receipt = sent("webhook", event(), given)
    assert isinstance(receipt, Later)
    assert receipt.lane
    assert "nowhere.invalid" in receipt.reason
    assert "hush" not in receipt.reason
    assert "secret-path" not in receipt.reason


@pytest.mark.parametrize(
    ("status", "kind"), [(200, Delivered), (405, Delivered), (404, Delivered), (410, Refused)]
)
def test_reaching_sends_nothing(status: int, kind: type[Receipt]) -> None:
    with Site() as site:
        site.add("/hook", status=status)
        given = options("webhook", url=site.url("/hook"), allow_private=True)
        assert isinstance(reached("webhook", given), kind)
        assert [(asked.method, asked.body) for asked in site.received] == [("HEAD", b"")]
        assert isinstance(reached("webhook", options("webhook", url=site.url("/hook"))), Later)


def test_each_event_is_a_part_with_compact_frozen_json() -> None:
    kind = channel("webhook")
    given = options("webhook", url="https://example.org/hook")
    parts = kind.render(made.digest(made.line(1, "Sora 2 ออกแล้ว"), made.line(2, "Veo")), given)
    assert len(parts) == 2
    for part in parts:
        event = json.loads(part.payload)
        assert set(event) == {"type", "timestamp", "data"}
        assert part.payload == json.dumps(event, ensure_ascii=False, separators=(",", ":"))
    assert "ออกแล้ว" in parts[0].payload
    assert (
        kind.render(made.digest(made.line(1, "Sora 2 ออกแล้ว"), made.line(2, "Veo")), given) == parts
    )


def test_the_channel_itself_is_the_reader_and_the_lane() -> None:
    kind = channel("webhook")
    given = options("webhook", url="https://example.org/hook")
    assert kind.readers(NAME, given) == (Reader("hook"),)
    assert kind.lane(NAME, given, Reader("hook")) == "hook"


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"url": "ftp://example.org/"}, "this is no http or https address"),
        ({"url": "https:///path"}, "this is no http or https address"),
        ({"url": "https://example.org:99999/"}, "this is no http or https address"),
        ({"url": "https://example.org/\r\nX: y"}, "this is no http or https address"),
        ({"url": "https://exam ple.org/"}, "this is no http or https address"),
        ({"url": "https://example.org/", "secret": ""}, "a secret is empty"),
        ({"url": "https://example.org/", "secret": "whsec_"}, "a secret is empty"),
        ({"url": "https://example.org/", "secret": ["whsec_%%"]}, "is not base64"),
        ({"url": "https://example.org/", "timeout": timedelta(0)}, "greater than 0"),
        ({"url": "https://example.org/", "retry": []}, "at least 1"),
        ({"url": "https://example.org/", "sekret": "x"}, "Extra inputs"),
        ({}, "Field required"),
    ],
)
def test_unusable_options_are_refused_without_being_repeated(
    keys: dict[str, object], said: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        options("webhook", **keys)
    assert said in str(refused.value)
    assert "example.org" not in str(refused.value)
    assert "%%" not in str(refused.value)


def test_options_hide_what_is_secret() -> None:
    given = options("webhook", url="https://example.org/T0KEN", secret=[SECRET, "correct horse"])
    assert isinstance(given.url, SecretStr)
    for hidden in ("T0KEN", "MfKQ9", "horse"):
        assert hidden not in repr(given)
        assert hidden not in str(given)

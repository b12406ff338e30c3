from datetime import UTC, datetime, timedelta

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aiwatch.fetch.headers import conditions, fresh_for, renewed, retry_after, validators_of
from aiwatch.model import Validators

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)  # our clock; the servers below live in another year
DATE = "Sun, 06 Nov 1994 08:49:37 GMT"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("120", 120),
        (" 120 ", 120),
        ("0", 0),
        ("Sun, 06 Nov 1994 08:51:37 GMT", 120),
        ("Sunday, 06-Nov-94 08:51:37 GMT", 120),
        ("Sun Nov  6 08:51:37 1994", 120),
        ("Sun, 06 Nov 1994 08:49:37 GMT", None),
        ("Sun, 06 Nov 1994 08:00:00 GMT", None),
        ("-5", None),
        ("1.5", None),
        ("soon", None),
        ("", None),
        ("²", None),
        ("99999999999999999999999", 3650 * 86400),
    ],
)
def test_retry_after_is_a_span_from_the_servers_own_date(value: str, expected: int | None) -> None:
    headers = httpx.Headers([(b"Retry-After", value.encode()), (b"Date", DATE.encode())])
    span = retry_after(headers, NOW)
    assert span == (None if expected is None else timedelta(seconds=expected))


def test_without_a_date_of_the_server_ours_stands_in() -> None:
    headers = httpx.Headers({"Retry-After": "Sat, 21 Nov 2026 12:02:00 GMT"})
    assert retry_after(headers, NOW) == timedelta(minutes=2)
    headers = httpx.Headers({"Expires": "Sat, 21 Nov 2026 12:02:00 GMT"})
    assert fresh_for(headers, NOW) == timedelta(minutes=2)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, None),
        ({"Cache-Control": "max-age=600"}, 600),
        ({"Cache-Control": 'public, MAX-AGE="600"'}, 600),
        ({"Cache-Control": "max-age = 600"}, 600),
        ({"Cache-Control": "max-age=600, max-age=5"}, 600),
        ({"Cache-Control": "s-maxage=600"}, None),
        ({"Cache-Control": "max-age=600", "Age": "100"}, 500),
        ({"Cache-Control": "max-age=600", "Age": "700"}, None),
        ({"Cache-Control": "max-age=600", "Age": "old"}, 600),
        ({"Cache-Control": "max-age=0"}, None),
        ({"Cache-Control": "max-age=-1"}, None),
        ({"Cache-Control": "max-age=soon", "Expires": "Sun, 06 Nov 1994 09:49:37 GMT"}, None),
        ({"Cache-Control": "no-cache, max-age=600"}, None),
        ({"Cache-Control": "no-store"}, None),
        ({"Cache-Control": "max-age=99999999999999999"}, 3650 * 86400),
        ({"Cache-Control": "max-age=600", "Expires": "0"}, 600),
        ({"Expires": "Sun, 06 Nov 1994 09:49:37 GMT"}, 3600),
        ({"Expires": "Sun, 06 Nov 1994 07:49:37 GMT"}, None),
        ({"Expires": "0"}, None),
        ({"Expires": "Sun, 06 Nov 199994 09:49:37 GMT"}, None),
    ],
)
def test_how_long_an_answer_stays_fresh(given: dict[str, str], expected: int | None) -> None:
    span = fresh_for(httpx.Headers({"Date": DATE} | given), NOW)
    assert span == (None if expected is None else timedelta(seconds=expected))


@pytest.mark.parametrize(
    "etag", [b'"abc"', b'W/"abc"', b"unquoted", b'"a, b"', '"héé"'.encode(), b'"\xff\xfe"', b"0"]
)
def test_validators_go_back_byte_for_byte(etag: bytes) -> None:
    headers = httpx.Headers([(b"ETag", etag), (b"Last-Modified", b"yesterday, about noon")])
    assert conditions(validators_of(headers)) == [
        (b"If-None-Match", etag),
        (b"If-Modified-Since", b"yesterday, about noon"),
    ]


@pytest.mark.parametrize("value", [None, "", "日本", "a\r\nX-Evil: 1", "a\x00"])
def test_a_validator_that_no_header_can_carry_is_not_sent(value: str | None) -> None:
    assert conditions(Validators(etag=value)) == []


def test_a_304_replaces_what_it_names_and_keeps_the_rest() -> None:
    old = Validators(etag='"1"', last_modified="Monday")
    assert renewed(old, httpx.Headers({})) == old
    assert renewed(old, httpx.Headers({"ETag": '"2"'})) == Validators(
        etag='"2"', last_modified="Monday"
    )


@given(st.text(), st.text(), st.text())
@settings(max_examples=60, deadline=None)
def test_no_header_breaks_the_reading(one: str, two: str, three: str) -> None:
    pairs = [("Cache-Control", one), ("Expires", two), ("Retry-After", two), ("Date", three)]
    headers = httpx.Headers([(n.encode(), v.encode()) for n, v in pairs])
    assert (fresh_for(headers, NOW) or timedelta(1)) > timedelta(0)
    assert (retry_after(headers, NOW) or timedelta(1)) > timedelta(0)

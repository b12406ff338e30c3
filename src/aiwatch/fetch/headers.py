"""What an answer's headers say: how long it stays fresh, when to come back, which validators to keep. Pure."""

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import httpx

from aiwatch.model import Validators

_LONGEST = timedelta(
    days=3650
)  # servers ask for thousands of years; who keeps this caps it further


def validators_of(headers: httpx.Headers) -> Validators:
    """ETag and Last-Modified as sent, each byte one character (latin-1), so that they go back byte for byte."""
    return Validators(etag=_raw(headers, b"etag"), last_modified=_raw(headers, b"last-modified"))


def links_of(headers: httpx.Headers) -> tuple[str, ...]:
    """Link headers as sent, one for each line of them (RFC 8288)."""
    return tuple(value.decode("latin-1") for name, value in headers.raw if name.lower() == b"link")


def renewed(old: Validators, headers: httpx.Headers) -> Validators:
    """After a 304: what the server sent anew, else what we had (RFC 9111 4.3.4)."""
    new = validators_of(headers)
    return Validators(
        etag=new.etag or old.etag, last_modified=new.last_modified or old.last_modified
    )


def conditions(validators: Validators) -> list[tuple[bytes, bytes]]:
    """The request headers that send validators back; one that no header can carry is left out."""
    pairs = (
        (b"If-None-Match", validators.etag),
        (b"If-Modified-Since", validators.last_modified),
    )
    return [(name, sent) for name, value in pairs if (sent := _bytes(value))]


def retry_after(headers: httpx.Headers, now: datetime) -> timedelta | None:
    """Retry-After as a span; a date counts from the answer's own Date (`now` only where there is none)."""
    stated = headers.get("retry-after", "").strip()
    if stated.isascii() and stated.isdigit():
        return _seconds(stated)
    until = _date(stated)
    if until is None:
        return None
    span = until - (_date(headers.get("date", "")) or now)
    return min(span, _LONGEST) if span > timedelta(0) else None


def fresh_for(headers: httpx.Headers, now: datetime) -> timedelta | None:
    """How long the server says nothing will change: max-age, else Expires, less the Age it already has (RFC 9111 4.2)."""
    directives = _directives(headers.get("cache-control", ""))
    if "no-cache" in directives or "no-store" in directives:
        return None
    if "max-age" in directives:
        stated = directives["max-age"]
        lifetime = _seconds(stated) if stated.isascii() and stated.isdigit() else None
    else:
        until = _date(headers.get("expires", ""))
        lifetime = until - (_date(headers.get("date", "")) or now) if until else None
    if lifetime is None:
        return None
    age = headers.get("age", "").strip()
    if age.isascii() and age.isdigit():
        lifetime -= _seconds(age)
    return min(lifetime, _LONGEST) if lifetime > timedelta(0) else None


def _directives(text: str) -> dict[str, str]:
    """Cache-Control as name -> value, the first of a name winning."""
    found: dict[str, str] = {}
    for name, value in re.findall(r'([\w-]+)(?:\s*=\s*("[^"]*"|[^,\s]*))?', text):
        found.setdefault(name.lower(), value.strip('"').strip())
    return found


def _seconds(digits: str) -> timedelta:
    return min(timedelta(seconds=min(int(digits[:12]), 10**9)), _LONGEST)


def _date(text: str) -> datetime | None:
    """An HTTP date in any of its three spellings, in UTC."""
    try:
        parsed = parsedate_to_datetime(text)
        return (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _raw(headers: httpx.Headers, wanted: bytes) -> str | None:
    values = (value for name, value in headers.raw if name.lower() == wanted)
    return next(values, b"").decode("latin-1") or None


def _bytes(value: str | None) -> bytes:
    """What may stand in a header: a stored value that was damaged must not stop the request."""
    try:
        sent = (value or "").encode("latin-1")
    except UnicodeEncodeError:
        return b""
    return b"" if re.search(rb"[\x00-\x08\x0a-\x1f\x7f]", sent) else sent

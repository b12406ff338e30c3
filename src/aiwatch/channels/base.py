"""What a channel is, and what it is given to work with.

A channel gives a digest its form (`render`, pure) and hands one frozen part over (`send`), whose answer is always a
Receipt: a channel never raises for trouble of the outside world. Ids and bytes stay the same over all attempts.
"""

import os
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from hashlib import sha256
from pathlib import Path
from smtplib import SMTP
from typing import Annotated, Any, Generic, Protocol, TextIO, TypeVar

import httpx
from pydantic import BaseModel, ConfigDict, Field

from aiwatch.model import (
    AlertName,
    ChannelName,
    Digest,
    Envelope,
    OutboxId,
    Part,
    Reader,
    Receipt,
)
from aiwatch.net import Unanswered, ask

LARGEST_ANSWER = 64 * 1024
"""Bytes of an endpoint's answer that are read at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What an endpoint said; header names in lower case, a body of at most 64 kB."""

    status: int
    headers: Mapping[str, str]
    body: bytes = b""


class Poster(Protocol):
    """Sends one request and follows no redirect.

    All raise TimeoutError, PermissionError for a private address, else another OSError; their text is one sentence
    without secrets. `timeout` is in seconds, for everything.
    """

    async def post(
        self,
        url: str,
        *,
        content: bytes,
        headers: Mapping[str, str],
        timeout: float,  # noqa: ASYNC109  (passed on: `ask` holds the deadline)
        allow_private: bool,
    ) -> Answer:
        """The endpoint's answer to this content."""
        ...

    async def head(
        self,
        url: str,
        *,
        timeout: float,  # noqa: ASYNC109  (passed on: `ask` holds the deadline)
        allow_private: bool,
    ) -> Answer:
        """The endpoint's answer to a HEAD: whether it is there, with nothing sent."""
        ...

    async def get(
        self,
        url: str,
        *,
        headers: Mapping[str, str],
        timeout: float,  # noqa: ASYNC109  (passed on: `ask` holds the deadline)
        allow_private: bool,
    ) -> Answer:
        """The endpoint's answer to a GET: what it says of itself, with nothing sent."""
        ...


class HttpPoster:
    """The guarded HTTP client as a Poster; whoever opened the client closes it."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def post(
        self,
        url: str,
        *,
        content: bytes,
        headers: Mapping[str, str],
        timeout: float,  # noqa: ASYNC109  (passed on: `ask` holds the deadline)
        allow_private: bool,
    ) -> Answer:
        """POST and read the start of the answer (see Poster)."""
        extensions = {"allow_private": allow_private}
        return await self._answer(
            "POST", url, timeout, content=content, headers=dict(headers), extensions=extensions
        )

    async def head(
        self,
        url: str,
        *,
        timeout: float,  # noqa: ASYNC109  (passed on: `ask` holds the deadline)
        allow_private: bool,
    ) -> Answer:
        """HEAD (see Poster)."""
        return await self._answer("HEAD", url, timeout, extensions={"allow_private": allow_private})

    async def get(
        self,
        url: str,
        *,
        headers: Mapping[str, str],
        timeout: float,  # noqa: ASYNC109  (passed on: `ask` holds the deadline)
        allow_private: bool,
    ) -> Answer:
        """GET (see Poster)."""
        extensions = {"allow_private": allow_private}
        return await self._answer("GET", url, timeout, headers=dict(headers), extensions=extensions)

    async def _answer(self, method: str, url: str, deadline: float, **request: Any) -> Answer:
        try:
            built = self._client.build_request(method, url, **request)
        except httpx.InvalidURL as error:
            raise ConnectionError("this is no address that can be asked") from error
        answer = await ask(self._client, built, deadline=deadline, limit=LARGEST_ANSWER, whole=())
        if not isinstance(answer, Unanswered):
            named = {name.lower(): value for name, value in answer.headers.items()}
            return Answer(status=answer.status, headers=named, body=answer.body)
        if answer.kind == "timeout":
            raise TimeoutError(answer.detail)
        if answer.kind == "private":
            raise PermissionError(answer.detail)
        raise ConnectionError(answer.detail)


class Disk:
    """What is done to a disk, step by step; each raises OSError."""

    def write(self, path: Path, content: bytes) -> None:
        """A file with this content, on the disk when this returns."""
        with path.open("wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())

    def rename(self, draft: Path, path: Path) -> None:
        """Put a whole file under its name, on the disk when this returns: the folder has to be written for that."""
        draft.replace(path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """What channels touch the world with."""

    http: Poster
    out: TextIO
    smtp: type[SMTP] = (
        SMTP  # speaks with a mail server where the line is not encrypted from the start
    )
    disk: Disk = field(default_factory=Disk)
    timeout: timedelta = timedelta(seconds=15)  # where a channel has none of its own


Span = Annotated[timedelta, Field(gt=timedelta(0))]


class Options(BaseModel):
    """What every channel can be told; secrets are hidden in `repr` and in errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    timeout: Span | None = None
    retry: tuple[Span, ...] | None = Field(default=None, min_length=1)


OptionsT = TypeVar("OptionsT", bound=Options)


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel(Generic[OptionsT]):
    """One way of telling: a row in CHANNELS."""

    kind: str
    options: type[OptionsT]
    render: Callable[[Digest, OptionsT], tuple[Part, ...]]
    send: Callable[[Envelope, OptionsT, Tools], Awaitable[Receipt]]
    reach: Callable[[OptionsT, Tools], Awaitable[Receipt]]
    """Go as far as possible without sending: connect, sign in."""
    readers: Callable[[ChannelName, OptionsT], tuple[Reader, ...]]
    lane: Callable[[ChannelName, OptionsT, Reader], str]
    """What waits together when an endpoint is in trouble."""


def channel_reads(name: ChannelName, _options: Options) -> tuple[Reader, ...]:
    """The one reader of a channel that knows no people: itself."""
    return (Reader(name),)


def channel_waits(name: ChannelName, _options: Options, _reader: Reader) -> str:
    """The lane of a channel with one endpoint: itself."""
    return name


def seconds(options: Options, tools: Tools) -> float:
    """The time-out that holds for this channel."""
    return (options.timeout or tools.timeout).total_seconds()


def slug(text: str) -> str:
    """A name of a-z, 0-9 and hyphens for file names and List-Id; distinct for names in other scripts."""
    plain = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:60]
    if text.isascii() and plain:
        return plain
    mark = sha256(text.encode("utf-8", "replace")).hexdigest()[:8]
    return f"{plain}-{mark}".strip("-")


# ---------------------------------------------------------------- Retry-After

_SHORTEST, _LONGEST = timedelta(seconds=1), timedelta(hours=24)


def retry_after(answer: Answer, now: datetime) -> timedelta | None:
    """How long an endpoint asks us to wait, between 1 s and 24 h; a date is read relative to the answer's own Date."""
    asked = answer.headers.get("retry-after", "").strip()
    if asked.isascii() and asked.isdigit():
        wait = timedelta(seconds=int(asked[:9]))
    else:
        until = _http_date(asked)
        if until is None:
            return None
        wait = until - (_http_date(answer.headers.get("date", "")) or now)
    return min(max(wait, _SHORTEST), _LONGEST)


def _http_date(text: str) -> datetime | None:
    try:
        parsed = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


# ---------------------------------------------------------------- a try


async def ping(
    name: ChannelName,
    kind: Channel[Any],
    options: Any,
    tools: Tools,
    zone: str,
    now: datetime,
) -> tuple[tuple[str, Receipt], ...]:
    """One real message to each reader, under an id of its own; what came of each. Nothing is stored."""
    digest = Digest(
        alert=AlertName("test"),
        kind="ping",
        at=now,
        timezone=zone,
        subject=f"aiwatch: a test of channel {name}",
        why_you=f"somebody typed: aiwatch channels test {name}",
    )
    found: list[tuple[str, Receipt]] = []
    for reader in kind.readers(name, options):
        for number, part in enumerate(kind.render(digest, options), start=1):
            envelope = Envelope(
                id=f"msg_ping{now:%Y%m%d%H%M%S%f}x{number}x{len(found)}",
                row=OutboxId(0),
                alert=digest.alert,
                channel=name,
                reader=reader,
                part=part,
                created=now,
                attempt=1,
                now=now,
            )
            found.append((reader, await kind.send(envelope, options, tools)))
    return tuple(found)

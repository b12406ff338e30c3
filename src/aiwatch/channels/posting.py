"""One request to a chat room's endpoint, and what its answer means for the message.

The address of a chat room is its key: where it is no longer taken (401, 403, 404, 410) trying again changes nothing, and
what an endpoint calls wrong with a message (other 4xx) is wrong the next time too. Both are kept and shown.
"""

import json
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Annotated, Any
from urllib.parse import parse_qsl, unquote, urlsplit

from pydantic import AfterValidator, SecretStr

from aiwatch.channels.base import Answer, Options, Tools, retry_after, seconds
from aiwatch.model import Delivered, Later, Receipt, Refused
from aiwatch.text.clean import clean_line

JSON: Mapping[str, str] = {"content-type": "application/json"}
KEY = 8
"""Characters of an address's part that may be a key."""
_WORDS = ("description", "message", "error")  # under which an endpoint says what is wrong
_NOT_LET_IN = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})
_NOT_THERE = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})
_NOT_NOW = frozenset({408, 421, 425, 429, *range(500, 600)})
# Answers that tell of the endpoint, not of this message: what else goes there waits with it.
_ENDPOINT_TROUBLE = frozenset({408, 429, 502, 503, 504})


def _web_address(url: SecretStr) -> SecretStr:
    text = url.get_secret_value()
    try:
        parts = urlsplit(text)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or not text.isprintable() or " " in text:
        raise ValueError("this is no http or https address")
    return url


WebAddress = Annotated[SecretStr, AfterValidator(_web_address)]
"""An http or https address that may be a secret."""


class RoomOptions(Options):
    """Where to: an address that is the key to the room."""

    url: WebAddress
    allow_private: bool = False

    @property
    def address(self) -> str:
        """It, as it is asked."""
        return self.url.get_secret_value()


async def post(
    options: RoomOptions,
    tools: Tools,
    payload: str,
    *,
    url: str = "",
    headers: Mapping[str, str] = JSON,
) -> Answer:
    """POST to the room, or to the address it is reached by."""
    return await tools.http.post(
        url or options.address,
        content=raw(payload),
        headers=headers,
        timeout=seconds(options, tools),
        allow_private=options.allow_private,
    )


def encoded(payload: object) -> str:
    """JSON without blanks; the same text for the same payload."""
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":"))


def raw(payload: str) -> bytes:
    """What goes over the wire; half a character is none."""
    return payload.encode("utf-8", "replace")


def host_of(url: str) -> str:
    """Host and port only: path, query and sign-in may be secret."""
    return urlsplit(url).netloc.rpartition("@")[2]


def _nothing(_answer: Answer) -> str:
    return ""


async def posted(
    asking: Awaitable[Answer],
    host: str,
    now: datetime,
    *,
    secrets: tuple[str, ...] = (),
    called: Callable[[Answer], str] = _nothing,
) -> Receipt:
    """The receipt of one attempt. `called` finds the message's name there; `secrets` are struck out of what it answers."""
    answer = await answered(asking, host)
    if isinstance(answer, Later):
        return answer
    if answer.status // 100 == 2:
        name = called(answer)
        note = f" (message {name.rpartition(':')[2]})" if name else ""
        return Delivered(detail=f"{host} answered {named(answer.status)}{note}", called=name)
    return failed(answer, host, now, secrets)


async def known(
    asking: Awaitable[Answer], host: str, words: str, secrets: tuple[str, ...]
) -> Receipt:
    """What came of a look at an endpoint that tells of itself: a 2xx says what the `words` do."""
    answer = await answered(asking, host)
    if isinstance(answer, Later):
        return answer
    if answer.status // 100 == 2:
        return Delivered(detail=f"{host} {words}")
    return failed(answer, host, None, secrets)


async def answered(asking: Awaitable[Answer], host: str) -> Answer | Later:
    """The answer, or why there is none."""
    try:
        return await asking
    except PermissionError:
        return Later(
            reason=f"{host} is a private address; set allow_private: true on this channel if that is meant",
            lane=True,
        )
    except OSError as error:  # TimeoutError among them
        return Later(reason=str(error), lane=True)


def failed(
    answer: Answer, host: str, now: datetime | None, secrets: tuple[str, ...] = ()
) -> Later | Refused:
    """What an answer other than 2xx means."""
    status, words = answer.status, said(answer, secrets)
    reason = f"{host} answered {named(status)}{f' ({words})' if words else ''}"
    if status in _NOT_THERE:
        return Refused(reason=f"gone: {reason}; put the room's new address into the configuration")
    if status in _NOT_LET_IN:
        return Refused(
            reason=f"not let in: {reason}; check this channel's address and keys in the configuration"
        )
    if status // 100 == 3:
        return Later(reason=f"{reason}, a redirect, which is not followed", lane=True)
    if status in _NOT_NOW or status // 100 != 4:
        return Later(
            reason=reason,
            after=_after(answer, now) if now else None,
            lane=status in _ENDPOINT_TROUBLE,
        )
    return Refused(reason=reason)


def fields(answer: Answer) -> dict[str, Any]:
    """An answer in JSON; nothing where it is none."""
    try:
        found = json.loads(answer.body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def said(answer: Answer, secrets: tuple[str, ...] = ()) -> str:
    """What an endpoint says of its answer, on one short line and without the secrets."""
    given = fields(answer)
    found = [given[key] for key in _WORDS if isinstance(given.get(key), str)][:1]
    moved = _parameters(given).get("migrate_to_chat_id")
    if isinstance(moved, int):  # Telegram: a group became a supergroup
        found.append(f"the chat's number is {moved} now")
    if not given and answer.headers.get("content-type", "").startswith("text/plain"):
        found = [answer.body[:2000].decode("utf-8", "replace")]
    return clean_line(struck("; ".join(found), secrets))[:200].strip()


def struck(words: str, secrets: tuple[str, ...]) -> str:
    """Without the secrets and the parts of those that are addresses: an endpoint may repeat what it was asked."""
    parts = {part for secret in secrets for part in _parts(secret) if part}
    for part in sorted(parts, key=len, reverse=True):
        words = words.replace(part, "***")
    return words


def _parts(secret: str) -> Iterator[str]:
    yield secret
    address = urlsplit(secret)
    if not address.netloc:
        return
    names = [*address.path.split("/"), *(value for _, value in parse_qsl(address.query))]
    # Shorter ones are words like `api` or `services`, which struck out would leave nothing to read.
    for part in (f"{address.path}?{address.query}", *names, address.password or ""):
        if len(part) >= KEY:
            yield part
            yield unquote(part)


def _parameters(given: Mapping[str, Any]) -> Mapping[str, Any]:
    found = given.get("parameters")
    return found if isinstance(found, dict) else {}


def named(status: int) -> str:
    """`404 Not Found`."""
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def _after(answer: Answer, now: datetime) -> timedelta | None:
    """How long it asks us to wait, between 1 s and 24 h: Discord and Telegram say it in the body."""
    given = fields(answer)
    asked = _parameters(given).get("retry_after", given.get("retry_after"))
    if not isinstance(asked, int | float) or isinstance(asked, bool) or not 0 <= asked < 1e9:
        return retry_after(answer, now)
    whole = str(int(asked) + (asked > int(asked)))
    return retry_after(replace(answer, headers={"retry-after": whole}), now)


def json_of(payload: str) -> dict[str, Any]:
    """A frozen payload as it was; nothing where it is another kind's."""
    try:
        found = json.loads(payload)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}

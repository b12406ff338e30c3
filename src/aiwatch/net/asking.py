"""One request, one answer, in bounded time and memory; trouble comes back as a value with a sentence."""

import asyncio
import re
import ssl
from collections.abc import Container, Iterator
from dataclasses import dataclass
from functools import partial

import httpx

from aiwatch.model import FailureKind
from aiwatch.net.body import BadEncoding, CutShort, Spare, TooLarge, read_body, read_start
from aiwatch.net.dialing import NoSuchHost, PrivateAddress
from aiwatch.net.transport import unheard

EXCERPT = 4096  # bytes of an answer that is only shown, such as an error page
EXCERPT_TIME = 2.0  # seconds
_BARE = frozenset({204, 304})  # answers that end with their head (RFC 9110 6.4.1)


class NoMemory(Exception):
    """A large body could not be read for now, as others were being read: raised by whoever spares the memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the server said; `body` is whole for the statuses asked whole, else at most an excerpt."""

    status: int
    reason: str
    headers: httpx.Headers
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Unanswered:
    """No usable answer came; `detail` is one sentence without secrets."""

    kind: FailureKind
    detail: str


async def ask(
    client: httpx.AsyncClient,
    request: httpx.Request,
    *,
    deadline: float,
    limit: int,
    whole: Container[int] = (200,),
    cut: bool = False,
    spare: Spare | None = None,
) -> Answer | Unanswered:
    """Send `request`, made by `client.build_request`, and read its answer.

    deadline: seconds for everything, name look-up to last byte. limit: bytes of the body, unpacked.
    whole: statuses whose body must come whole; of others a short excerpt is kept and its troubles do not count.
    cut: of a body over the limit the first bytes are kept, instead of nothing.
    spare: awaited before a body grows large, with the clock stopped; raises NoMemory.
    """
    where = _where(request)
    try:
        async with asyncio.timeout(deadline) as clock:
            reading = _Reading(limit, cut, spare and partial(_unhurried, clock, spare))
            return await _exchange(client, request, whole, reading)
    except TimeoutError:
        return Unanswered(
            kind="timeout",
            detail=f"{where} did not finish answering within {deadline:.3g} s; tried again later, or raise the timeout.",
        )
    except NoMemory:
        return Unanswered(
            kind="timeout",
            detail=f"{where} sends a large document while others were being read; tried again later.",
        )
    except TooLarge as trouble:
        return Unanswered(
            kind="too large",
            detail=f"{where} {trouble}, over the limit; raise max_bytes if this source is meant to be that big.",
        )
    except BadEncoding as trouble:
        return Unanswered(
            kind="encoding", detail=f"The answer of {where} is unreadable: {trouble}."
        )
    except CutShort as trouble:
        return Unanswered(
            kind="cut",
            detail=f"The answer of {where} was cut short: {trouble}; nothing of it was used.",
        )
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
        return _explained(error, where)


@dataclass(frozen=True, slots=True)
class _Reading:
    """How a body that must come whole is read."""

    limit: int
    cut: bool
    spare: Spare | None


async def _unhurried(clock: asyncio.Timeout, spare: Spare) -> None:
    """Wait for memory without the deadline running: that others are large is not this server's fault."""
    loop = asyncio.get_running_loop()
    due, since = clock.when(), loop.time()
    clock.reschedule(None)
    await spare()
    clock.reschedule(None if due is None else due + loop.time() - since)


async def _exchange(
    client: httpx.AsyncClient, request: httpx.Request, whole: Container[int], reading: _Reading
) -> Answer:
    response = await client.send(request, stream=True)
    try:
        if response.status_code in whole:
            body = await _whole_body(response, reading)
        elif response.status_code in _BARE:
            body = b""
        else:
            body = await read_start(response, EXCERPT, EXCERPT_TIME)
    finally:
        await response.aclose()
    return Answer(
        status=response.status_code,
        reason=response.reason_phrase,
        headers=response.headers,
        body=body,
    )


async def _whole_body(response: httpx.Response, reading: _Reading) -> bytes:
    try:
        return await read_body(response, reading.limit, cut=reading.cut, spare=reading.spare)
    except (httpx.RemoteProtocolError, httpx.ReadError) as error:
        raise CutShort(str(error) or "the connection was lost") from error


def _explained(error: Exception, where: str) -> Unanswered:
    """An error of the wire as a kind and a sentence: what, where, what to do."""
    words = _plain(str(error))
    tls = next((e for e in _causes(error) if isinstance(e, ssl.SSLError)), None)
    if isinstance(error, PrivateAddress):
        return Unanswered(
            kind="private",
            detail=f"Refused to connect to {where}, as {words}; list its host:port under allow_private if it is yours.",
        )
    if isinstance(error, NoSuchHost):
        return Unanswered(
            kind="dns",
            detail=f"The name of {where} could not be looked up ({words}); check its spelling and this machine's DNS.",
        )
    if tls is not None:
        return Unanswered(
            kind="tls",
            detail=f"No safe connection to {where}: {_tls_words(tls)}; check the certificate, or SSL_CERT_FILE.",
        )
    return _unexplained(error, where, words)


def _unexplained(error: Exception, where: str, words: str) -> Unanswered:
    if isinstance(error, httpx.ProxyError):
        return Unanswered(
            kind="connect", detail=f"The proxy refused to reach {where} ({words}); check `proxy`."
        )
    if isinstance(error, httpx.UnsupportedProtocol | httpx.InvalidURL):
        return Unanswered(
            kind="url", detail=f"{where} cannot be asked ({words}); use an http or https address."
        )
    if isinstance(error, httpx.LocalProtocolError):
        return Unanswered(
            kind="url",
            detail=f"The request to {where} cannot be sent; check the configured headers for odd characters.",
        )
    if isinstance(error, httpx.RemoteProtocolError) and not unheard(error):
        return Unanswered(
            kind="http", detail=f"{where} did not answer in proper HTTP ({words}); see what it is."
        )
    if isinstance(error, httpx.ReadError | httpx.WriteError | httpx.RemoteProtocolError):
        return Unanswered(
            kind="connect", detail=f"{where} hung up before answering; tried again later."
        )
    return Unanswered(
        kind="connect",
        detail=f"No connection to {where} ({words or 'refused'}); check that it is up and reachable from here.",
    )


def _where(request: httpx.Request) -> str:
    """Host and port as written: never the path or sign-in, which may be secret."""
    return request.url.netloc.decode("ascii", "replace") or "the address"


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _tls_words(error: ssl.SSLError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not valid here ({_plain(error.verify_message)})"
    return f"the encrypted conversation failed ({_plain(error.reason or str(error))})"


def _plain(words: str) -> str:
    """Words of a library or server on one line, without control characters, short."""
    return re.sub(r"[\x00-\x20\x7f-\x9f]+", " ", words).strip(" .")[:160]

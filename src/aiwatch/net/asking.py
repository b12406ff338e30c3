"""One request, one answer, in bounded time and memory; trouble comes back as a value with a sentence."""

import asyncio
import re
import ssl
from collections.abc import Container, Iterator
from dataclasses import dataclass

import httpx

from aiwatch.model import FailureKind
from aiwatch.net.body import BadEncoding, CutShort, TooLarge, read_body
from aiwatch.net.transport import NoSuchHost, PrivateAddress

EXCERPT = 4096  # bytes of an answer that is only shown, such as an error page
EXCERPT_TIME = 2.0  # seconds


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
) -> Answer | Unanswered:
    """Send `request`, made by `client.build_request`, and read its answer.

    deadline: seconds for everything, name look-up to last byte. limit: bytes of the body, unpacked.
    whole: statuses whose body must come whole; of others a short excerpt is kept and its troubles do not count.
    """
    where = _where(request)
    try:
        async with asyncio.timeout(deadline):
            return await _exchange(client, request, limit, whole)
    except TimeoutError:
        return Unanswered(
            kind="timeout",
            detail=f"{where} did not finish answering within {deadline:.3g} s; tried again later, or raise the timeout.",
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


async def _exchange(
    client: httpx.AsyncClient, request: httpx.Request, limit: int, whole: Container[int]
) -> Answer:
    response = await _sent(client, request)
    try:
        if response.status_code in whole:
            body = await _whole_body(response, limit)
        else:
            body = await _excerpt(response)
    finally:
        await response.aclose()
    return Answer(
        status=response.status_code,
        reason=response.reason_phrase,
        headers=response.headers,
        body=body,
    )


async def _sent(client: httpx.AsyncClient, request: httpx.Request) -> httpx.Response:
    """Send; once more when a kept connection turned out to be closed, as the server never saw that request."""
    dialled = False

    async def note(event: str, _info: object) -> None:
        nonlocal dialled
        dialled = dialled or event.endswith("connect_tcp.started")

    request.extensions["trace"] = note
    try:
        return await client.send(request, stream=True)
    except (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError):
        if dialled or request.method not in ("GET", "HEAD"):
            raise
        return await client.send(request, stream=True)


async def _whole_body(response: httpx.Response, limit: int) -> bytes:
    try:
        return await read_body(response, limit)
    except (httpx.RemoteProtocolError, httpx.ReadError) as error:
        raise CutShort(str(error) or "the connection was lost") from error


async def _excerpt(response: httpx.Response) -> bytes:
    """The start of a body that is only shown: small ones are read to their end, so that the connection can be kept."""
    kept = b""
    try:
        async with asyncio.timeout(EXCERPT_TIME):
            async for chunk in response.aiter_raw():
                kept += chunk
                if len(kept) > EXCERPT:
                    break
    except (TimeoutError, httpx.HTTPError):
        pass  # the status is the news here
    packed = response.headers.get("content-encoding", "identity").lower() != "identity"
    return b"" if packed else kept[:EXCERPT]


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
    if isinstance(error, httpx.RemoteProtocolError) and "without sending" not in words:
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

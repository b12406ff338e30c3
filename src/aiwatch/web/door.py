"""Who may come in: the host that was asked for, the token from outside, and what every answer says to the browser.

A page of another origin can make a reader's browser ask any address, 127.0.0.1 too, under a host name of its own (DNS
rebinding). So only known names are answered; an address in numbers cannot be rebound.
"""

import base64
import binascii
import hmac
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final
from urllib.parse import parse_qs, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from aiwatch.model import Secret

OPEN: Final = ("/unsubscribe/", "/style.css", "/icon.svg", "/healthz")
"""Needs no token: leaving has its own in the address, looks tell nothing, and health only whether, not why."""
_INSIDE: Final = "aiwatch.inside"
FEEDS: Final = (".atom", ".json")
"""May carry `?token=`: most feed readers can send no password."""
HEADERS: Final = {
    "content-security-policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self';"
    " base-uri 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "x-frame-options": "DENY",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """How the pages are reached; `token` is asked of all who do not come to this machine's own address."""

    host: str  # that the server is bound to
    public_url: str | None
    token: Secret
    names: frozenset[str] = frozenset()  # of this machine, where all its addresses are bound

    def known(self, host: str) -> bool:
        """Whether a request for this host (without its port) is meant for us."""
        ours = {"localhost", self.host, self.public_host, *self.names}
        return host in ours or _address(host)

    def needs_token(self, host: str) -> bool:
        """Everybody needs it but those who ask this machine itself, at an address that no other machine can reach."""
        return not (is_loopback(self.host) and is_loopback(host))

    @property
    def public_host(self) -> str | None:
        """The host of `public_url`."""
        return urlsplit(self.public_url).hostname if self.public_url else None

    def origin(self, scheme: str, host: str) -> str:
        """What stands before a path in a link that leaves the browser: `public_url` where that was asked for."""
        name = urlsplit(f"//{host}").hostname
        if self.public_url and name == self.public_host:
            return self.public_url.rstrip("/")
        return f"{scheme}://{host}"


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches it."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


class Guarded:
    """The door before an ASGI application."""

    def __init__(self, app: ASGIApp, door: Callable[[], Door]) -> None:
        self.app = app
        self.door = door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through, or say why not."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        refusal = self._refusal(scope)

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("cache-control", "private, no-cache")
            await send(message)

        await (refusal or self.app)(scope, receive, dressed)

    def _refusal(self, scope: Scope) -> PlainTextResponse | None:
        door, headers = self.door(), Headers(scope=scope)
        host = _host(headers.get("host", ""))
        if host is None or not door.known(host):
            return PlainTextResponse(
                "This host name is not ours. Ask for localhost, a numeric address, or the host of public_url.\n",
                status_code=421,
            )
        inside = not door.needs_token(host) or any(
            hmac.compare_digest(one, door.token.value) for one in _offered(scope, headers)
        )
        scope[_INSIDE] = inside
        if inside or scope["path"].startswith(OPEN):
            return None
        return PlainTextResponse(
            "These pages are private: sign in with any name and the token as password.\n",
            status_code=401,
            headers={"www-authenticate": 'Basic realm="aiwatch", charset="UTF-8"'},
        )


def is_inside(scope: Scope) -> bool:
    """Whether whoever asks may see everything, at an open address too; what a header of a proxy says is nothing."""
    return bool(scope.get(_INSIDE, False))


def _host(header: str) -> str | None:
    try:
        return urlsplit(f"//{header}").hostname
    except ValueError:
        return None


def _offered(scope: Scope, headers: Headers) -> tuple[str, ...]:
    """The tokens that a request brings, as ASCII: what else it is cannot be one."""
    kind, _, value = headers.get("authorization", "").partition(" ")
    found = [value.strip()] if kind.lower() == "bearer" else []
    if kind.lower() == "basic":
        with suppress(binascii.Error, ValueError):
            found.append(base64.b64decode(value).decode().partition(":")[2])
    if scope["path"].endswith(FEEDS):
        found += parse_qs(scope["query_string"].decode("ascii", "replace")).get("token", [])
    return tuple(one for one in found if one.isascii())

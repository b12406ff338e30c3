"""The one way to get an HTTP client: guarded, without cookies, without proxies from the environment."""

import logging
import os
import ssl
from functools import cache

import httpx

from aiwatch.net.body import ENCODINGS
from aiwatch.net.dialing import Resolve, system_resolve
from aiwatch.net.guard import Allow
from aiwatch.net.lines import Network
from aiwatch.net.transport import GuardedTransport, basic_sign_in

logging.getLogger("httpx").setLevel(
    logging.WARNING
)  # at INFO it writes whole addresses, webhook secrets among them


def system_trust() -> ssl.SSLContext:
    """The system's certificate store, or what SSL_CERT_FILE and SSL_CERT_DIR name; shared, as loading it is slow."""
    return _trust(os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR"))


@cache
def _trust(cert_file: str | None, cert_dir: str | None) -> ssl.SSLContext:
    # OpenSSL itself reads the two variables; they are arguments so that a change of them is seen.
    del cert_file, cert_dir
    return ssl.create_default_context()


class GuardedClient(httpx.AsyncClient):
    """An httpx client that sends a request as it stands and hands over the answer as it came.

    httpx's own `send` reads every Location (and fails on a broken one, even when it is not to follow), keeps
    cookies and logs whole addresses: none of it is wanted here. A sign-in in the address is sent as Basic.
    """

    def __init__(self, transport: GuardedTransport, headers: dict[str, str]) -> None:
        super().__init__(transport=transport, headers=headers, timeout=None, trust_env=False)
        self._wire = transport

    async def reaches(self, url: str) -> bool:
        """Whether a connection can be made there; nothing is sent over it."""
        try:
            return await self._wire.reaches(httpx.URL(url))
        except httpx.InvalidURL:
            return False

    async def send(
        self, request: httpx.Request, *, stream: bool = False, **_others: object
    ) -> httpx.Response:
        """Send once; for all but tests `ask` is the way to read the answer in bounded time and memory."""
        if self.is_closed:
            raise RuntimeError("this client has been closed")
        if request.url.userinfo and "authorization" not in request.headers:
            request.headers["Authorization"] = basic_sign_in(request.url.userinfo)
        response = await self._wire.handle_async_request(request)
        response.request = request
        if not stream:
            await response.aread()
        return response


def open_client(
    *,
    user_agent: str,
    allow_private: Allow = False,
    resolve: Resolve = system_resolve,
    network: Network | None = None,
) -> GuardedClient:
    """A client for `ask`, to be closed by its owner.

    A request's `extensions` may hold `allow_private` (overrides the client's) and `proxy` (an http or https URL).
    `network` stands in for the system's.
    """
    transport = GuardedTransport(
        system_trust, allow=allow_private, resolve=resolve, network=network
    )
    return GuardedClient(
        transport, headers={"User-Agent": user_agent, "Accept-Encoding": ENCODINGS}
    )

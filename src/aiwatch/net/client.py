"""The one way to get an HTTP client: guarded, without cookies, without proxies from the environment."""

import logging
import os
import ssl
from functools import cache
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpx

from aiwatch.net.body import ENCODINGS
from aiwatch.net.guard import Allow
from aiwatch.net.transport import GuardedTransport, Resolve, system_resolve

# At INFO httpx writes whole addresses, webhook secrets among them; at DEBUG httpcore writes every header.
for _talker in ("httpx", "httpcore"):
    logging.getLogger(_talker).setLevel(logging.WARNING)


def system_trust() -> ssl.SSLContext:
    """The system's certificate store, or what SSL_CERT_FILE and SSL_CERT_DIR name; shared, as loading it is slow."""
    return _trust(os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR"))


@cache
def _trust(cert_file: str | None, cert_dir: str | None) -> ssl.SSLContext:
    # OpenSSL itself reads the two variables; they are arguments so that a change of them is seen.
    del cert_file, cert_dir
    return ssl.create_default_context()


def open_client(
    *,
    user_agent: str,
    allow_private: Allow = False,
    resolve: Resolve = system_resolve,
    shards: int = 1,
) -> httpx.AsyncClient:
    """A client for `ask`, to be closed by its owner.

    It never follows redirects by itself and has no timeouts of its own: `ask` holds a total deadline. A request's
    `extensions` may hold `allow_private` (overrides the client's) and `proxy` (an http or https URL).
    `shards` pools share the hosts, for more than about 16 requests in flight.
    """
    return httpx.AsyncClient(
        transport=GuardedTransport(
            system_trust(), allow=allow_private, resolve=resolve, shards=shards
        ),
        headers={"User-Agent": user_agent, "Accept-Encoding": ENCODINGS},
        cookies=CookieJar(policy=DefaultCookiePolicy(allowed_domains=[])),
        timeout=None,  # noqa: S113  (see above)
        follow_redirects=False,
        trust_env=False,
    )

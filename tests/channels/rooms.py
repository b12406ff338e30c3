"""Every channel that speaks HTTP, as a test's own server stands in for the real one."""

from collections.abc import Mapping
from importlib.util import find_spec
from typing import Any

import pytest

TOKEN = "123456:AA-not_a_real_token"
HUSH = "T0KEN-that-is-secret"

PATHS: Mapping[str, str] = {
    "webhook": "/in",
    "slack": f"/services/T1/B1/{HUSH}",
    "discord": f"/api/webhooks/1/{HUSH}",
    "teams": f"/workflows/1/invoke?sig={HUSH}",
    "telegram": f"/bot{TOKEN}/sendMessage",
    "ntfy": f"/{HUSH}",
    "apprise": f"/{HUSH}",
}
"""Where each of them posts to, as its server sees it; Discord's is asked with the version of its interface."""


def keys(kind: str, base: str) -> dict[str, Any]:
    """The configuration of a channel whose endpoint is on that server (`http://127.0.0.1:1234`)."""
    found: dict[str, Any] = {"url": base + PATHS[kind], "allow_private": True}
    if kind == "webhook":
        found |= {"secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}
    elif kind == "telegram":
        found = {"token": TOKEN, "chat": -100123, "api": base, "allow_private": True}
    elif kind == "apprise":
        found = {"url": f"json{found['url'].removeprefix('http')}"}
    return found


def path(kind: str) -> str:
    """The path and query of a request that sends."""
    if kind == "discord":
        return f"/api/v10/webhooks/1/{HUSH}?wait=true"
    return PATHS[kind]


without_apprise = pytest.mark.skipif(
    find_spec("apprise") is None, reason="the extra `apprise` is not installed"
)


def kinds(*left_out: str) -> list[Any]:
    """All of them, to parametrize with."""
    return [
        pytest.param(kind, marks=without_apprise if kind == "apprise" else ())
        for kind in PATHS
        if kind not in left_out
    ]

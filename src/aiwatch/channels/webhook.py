"""Standard Webhooks: one signed POST per event (github.com/standard-webhooks, version 1)."""

import base64
import hmac
from hashlib import sha256
from http import HTTPStatus
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, SecretStr

from aiwatch.channels import posting
from aiwatch.channels.base import (
    Answer,
    Channel,
    Options,
    Tools,
    channel_reads,
    channel_waits,
    retry_after,
    seconds,
)
from aiwatch.digest.payload import events, told
from aiwatch.model import Delivered, Digest, Envelope, Later, Part, Receipt, Refused

_PREFIX = "whsec_"
# Answers that tell of the endpoint, not of this message: what else goes there waits with it.
_ENDPOINT_TROUBLE = frozenset({401, 403, 404, 405, 407, 408, 429, 502, 503, 504})


def _as_list(value: object) -> object:
    return (value,) if isinstance(value, str | SecretStr) else value


def _usable_secrets(secrets: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
    for secret in secrets:
        _key(secret)
    return secrets


class WebhookOptions(Options):
    """Where to, and the secrets to sign with: several while they are being rotated."""

    url: posting.WebAddress
    secret: Annotated[
        tuple[SecretStr, ...], BeforeValidator(_as_list), AfterValidator(_usable_secrets)
    ] = ()
    allow_private: bool = False


def render(digest: Digest, _options: WebhookOptions) -> tuple[Part, ...]:
    """One part per event: its JSON, frozen, as the signature covers the exact bytes."""
    return tuple(
        Part(
            subject=digest.subject,
            payload=posting.encoded(event),
            stories=told(event),
        )
        for event in events(digest)
    )


async def send(envelope: Envelope, options: WebhookOptions, tools: Tools) -> Receipt:
    """POST it; only a 2xx is a success, and no redirect is followed."""
    body = envelope.part.payload.encode("utf-8", "replace")
    asking = tools.http.post(
        options.url.get_secret_value(),
        content=body,
        headers=_headers(envelope, body, options.secret),
        timeout=seconds(options, tools),
        allow_private=options.allow_private,
    )
    answer = await posting.answered(asking, _host(options))
    return answer if isinstance(answer, Later) else _receipt(answer, envelope, _host(options))


async def reach(options: WebhookOptions, tools: Tools) -> Receipt:
    """Whether anything answers there; what it answers to a HEAD says little about a POST."""
    asking = tools.http.head(
        options.url.get_secret_value(),
        timeout=seconds(options, tools),
        allow_private=options.allow_private,
    )
    answer = await posting.answered(asking, _host(options))
    if isinstance(answer, Later):
        return answer
    if answer.status == HTTPStatus.GONE:
        return Refused(reason=f"gone: {_host(options)} answered {posting.named(answer.status)}")
    return Delivered(detail=f"{_host(options)} answers")


def _receipt(answer: Answer, envelope: Envelope, host: str) -> Receipt:
    status = answer.status
    if 200 <= status < 300:
        return Delivered(detail=f"{host} answered {posting.named(status)}")
    if status == HTTPStatus.GONE:
        return Refused(reason=f"gone: {host} answered {posting.named(status)}")
    redirect = ", a redirect, which is not followed" if 300 <= status < 400 else ""
    return Later(
        reason=f"{host} answered {posting.named(status)}{redirect}",
        after=retry_after(answer, envelope.now),
        lane=bool(redirect) or status in _ENDPOINT_TROUBLE,
    )


def _headers(envelope: Envelope, body: bytes, secrets: tuple[SecretStr, ...]) -> dict[str, str]:
    sent_at = str(int(envelope.now.timestamp()))
    headers = {
        "content-type": "application/json",
        "webhook-id": envelope.id,
        "webhook-timestamp": sent_at,
    }
    if secrets:
        signed = f"{envelope.id}.{sent_at}.".encode() + body
        headers["webhook-signature"] = " ".join(_signature(_key(s), signed) for s in secrets)
    return headers


def _signature(key: bytes, signed: bytes) -> str:
    return "v1," + base64.b64encode(hmac.digest(key, signed, sha256)).decode("ascii")


def _key(secret: SecretStr) -> bytes:
    """The bytes to sign with: base64 after `whsec_`, any other text as it stands."""
    text = secret.get_secret_value()
    if not text.removeprefix(_PREFIX):
        raise ValueError("a secret is empty")
    if not text.startswith(_PREFIX):
        return text.encode()
    try:
        return base64.b64decode(text.removeprefix(_PREFIX), validate=True)
    except ValueError as error:
        raise ValueError(f"what follows {_PREFIX} is not base64") from error


def _host(options: WebhookOptions) -> str:
    return posting.host_of(options.url.get_secret_value())


CHANNEL = Channel(
    kind="webhook",
    options=WebhookOptions,
    render=render,
    send=send,
    reach=reach,
    readers=channel_reads,
    lane=channel_waits,
)

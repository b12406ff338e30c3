"""Where the demo's messages arrive, on loopback: a real mail server, and a webhook receiver that checks signatures."""

import asyncio
import base64
import hmac
import json
import threading
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP as MAIL_POLICY
from hashlib import sha256
from http.server import BaseHTTPRequestHandler
from typing import Any, Self

from aiwatch.demo.loopback import Loopback
from aiwatch.errors import UsageError

START_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Mail:
    """One message as it was taken."""

    recipients: tuple[str, ...]
    message: EmailMessage

    @property
    def id(self) -> str:
        """Its Message-ID."""
        return str(self.message["Message-ID"])

    @property
    def subject(self) -> str:
        """Its subject."""
        return str(self.message["Subject"])

    def text(self) -> str:
        """Its plain part."""
        part = self.message.get_body(("plain",))
        return str(part.get_content()) if part else ""


class Inbox:
    """A mail server that keeps what it takes, in a thread while its block lasts."""

    def __init__(self) -> None:
        self.mails: list[Mail] = []
        self.port = 0
        self._smtp = _smtp()
        self._ready = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ending: asyncio.Event | None = None
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()))

    def __enter__(self) -> Self:
        self._thread.start()
        if not self._ready.wait(START_SECONDS):
            raise UsageError("the demo's mail server did not start")
        return self

    def __exit__(self, *_: object) -> None:
        if self._loop is not None and self._ending is not None:
            self._loop.call_soon_threadsafe(self._ending.set)
        self._thread.join()

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._ending = asyncio.Event()
        server = await self._loop.create_server(self._conversation, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._ending.wait()
        server.close()
        await server.wait_closed()

    def _conversation(self) -> Any:
        return self._smtp(self, hostname="inbox.example", enable_SMTPUTF8=True, loop=self._loop)

    async def handle_DATA(self, _server: object, _session: object, envelope: Any) -> str:  # noqa: N802 - aiosmtpd looks for it
        """Keep a message."""
        message = message_from_bytes(envelope.content, policy=MAIL_POLICY)
        self.mails.append(Mail(tuple(envelope.rcpt_tos), message))
        return "250 2.0.0 kept"


def _smtp() -> Any:
    try:
        from aiosmtpd.smtp import SMTP  # noqa: PLC0415 - an extra: only the demo needs it
    except ImportError as error:
        raise UsageError(
            "the demo needs a small mail server: pip install 'aiwatch[demo]'"
        ) from error
    return SMTP


@dataclass(frozen=True, slots=True)
class Event:
    """One webhook event whose signature was right."""

    id: str
    body: dict[str, Any]


class Receiver(Loopback):
    """A webhook endpoint (Standard Webhooks), in a thread while its block lasts."""

    def __init__(self, secret: str) -> None:
        self.events: list[Event] = []
        self.refused = 0
        self._key = base64.b64decode(secret.removeprefix("whsec_"))
        receiver = self

        class Taking(_Taking):
            pass

        Taking.receiver = receiver
        super().__init__(Taking)
        self.url = f"{self.address}/events"

    def take(self, headers: Any, body: bytes) -> bool:
        """Keep an event if it is signed by us; the same id again is taken and not kept twice."""
        id_, moment = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
        digest = hmac.new(self._key, f"{id_}.{moment}.".encode() + body, sha256).digest()
        right = f"v1,{base64.b64encode(digest).decode()}"
        given = headers.get("webhook-signature", "").split()
        if not any(hmac.compare_digest(right, one) for one in given):
            self.refused += 1
            return False
        if id_ not in {event.id for event in self.events}:
            self.events.append(Event(id_, json.loads(body)))
        return True


class _Taking(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 5
    receiver: Receiver

    def do_POST(self) -> None:
        """Take an event, or refuse it with 401."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.send_response_only(204 if self.receiver.take(self.headers, body) else 401)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

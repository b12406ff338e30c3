"""A real mail server on loopback for tests of anything that sends mail.

    with Inbox() as inbox:
        ...send to 127.0.0.1, inbox.port...
        inbox.mails[0].message["Subject"]

`answers` gives a stage (CONNECT, EHLO for HELO too, STARTTLS, AUTH, MAIL, RCPT, 354 for the command DATA, DATA for
what follows it, QUIT) another answer than yes: a reply line, or a function of what came (the address; the content) to a
reply line or None for yes. `drops` names stages at which the line is cut instead of answered: DATA and QUIT are carried
out first, so that their mail has been taken. Both may be changed while the server runs. `drips` names stages whose
answer never ends, `slow` how many seconds one takes. `users` are asked to sign in. `tls` offers STARTTLS with that
context, or with `wrapped=True` speaks TLS from the start.

`Rude(greeting)` is a server that says these bytes once, or slowly for ever with `drip=seconds`, and hears nothing.
"""

import asyncio
import socket
import ssl
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP as MAIL_POLICY
from types import TracebackType
from typing import Any, Self, cast

from aiosmtpd.smtp import SMTP, AuthResult

Reply = str | Callable[[str], str | None]


@dataclass(frozen=True, slots=True)
class Mail:
    """One message as it was taken."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes
    user: str = ""
    encrypted: bool = False
    options: tuple[str, ...] = ()  # of MAIL

    @property
    def message(self) -> EmailMessage:
        return message_from_bytes(self.content, policy=MAIL_POLICY)

    def body(self, subtype: str) -> str:
        part = self.message.get_body((subtype,))
        assert part is not None
        return str(part.get_content())


class Inbox:
    """A mail server that keeps what it takes, in a thread while its block lasts."""

    def __init__(
        self,
        answers: Mapping[str, Reply] | None = None,
        drops: tuple[str, ...] = (),
        *,
        drips: tuple[str, ...] = (),
        slow: Mapping[str, float] | None = None,
        users: Mapping[str, str] | None = None,
        tls: ssl.SSLContext | None = None,
        wrapped: bool = False,
        smtputf8: bool = True,
        mechanisms: tuple[str, ...] = ("PLAIN", "LOGIN"),
    ) -> None:
        self.answers = dict(answers or {})
        self.drops = drops
        self.drips = drips
        self.slow = dict(slow or {})
        self.mails: list[Mail] = []
        self.heard: list[str] = []  # commands, in order
        self.attempts: list[tuple[str, str]] = []  # sign-ins tried: mechanism, user
        self.connections = 0
        self.port = 0
        self._users = users
        self._tls = tls
        self._wrapped = wrapped
        self._settings: dict[str, Any] = {
            "hostname": "inbox.example",
            "enable_SMTPUTF8": smtputf8,
            "tls_context": None if wrapped else tls,
            "authenticator": self._authenticated,
            "auth_require_tls": False,
            "auth_exclude_mechanism": [m for m in ("PLAIN", "LOGIN") if m not in mechanisms],
        }
        self._open: list[_Conversation] = []
        self._ready = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ending: asyncio.Event | None = None
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()))

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(10), "the mail server did not start"
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._loop is not None
        assert self._ending is not None
        self._loop.call_soon_threadsafe(self._ending.set)
        self._thread.join()

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._ending = asyncio.Event()
        server = await self._loop.create_server(
            self._connected, "127.0.0.1", 0, ssl=self._tls if self._wrapped else None
        )
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._ending.wait()
        server.close()
        for conversation in self._open:
            _cut(conversation)
        await server.wait_closed()
        await asyncio.sleep(0)  # what was aborted is closed on the loop's next turn

    def _connected(self) -> SMTP:
        self.connections += 1
        conversation = _Conversation(self, loop=self._loop, **self._settings)
        self._open.append(conversation)
        return conversation

    # ---- what aiosmtpd calls

    async def handle_EHLO(  # noqa: N802
        self, server: SMTP, session: Any, envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        reply = await self.reply(server, "EHLO", hostname)
        return [reply] if reply else responses

    async def handle_HELO(  # noqa: N802
        self, server: SMTP, session: Any, envelope: Any, hostname: str
    ) -> str:
        session.host_name = hostname
        return await self.reply(server, "EHLO", hostname) or "250 inbox.example"

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if self._users is not None and not session.authenticated:
            return "530 5.7.0 Authentication required"
        reply = await self.reply(server, "MAIL", address)
        if reply is None:
            envelope.mail_from = address
            envelope.mail_options.extend(options)
        return reply or "250 2.1.0 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        reply = await self.reply(server, "RCPT", address)
        if reply is None:
            envelope.rcpt_tos.append(address)
        return reply or "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:  # noqa: N802
        content = bytes(envelope.content)
        mail = Mail(
            envelope.mail_from,
            tuple(envelope.rcpt_tos),
            content,
            user=session.auth_data.login.decode() if session.authenticated else "",
            encrypted=session.ssl is not None or self._wrapped,
            options=tuple(envelope.mail_options),
        )
        if "DATA" in self.drops:
            self.mails.append(mail)
        reply = await self.reply(server, "DATA", content.decode("utf-8", "replace"))
        if reply is None:
            self.mails.append(mail)
        return reply or "250 2.0.0 kept"

    async def handle_QUIT(self, server: SMTP, session: Any, envelope: Any) -> str:  # noqa: N802
        return await self.reply(server, "QUIT", "") or "221 2.0.0 bye"

    async def reply(self, server: SMTP, command: str, what: str = "") -> str | None:
        """What this server was told to answer at this stage; None for yes."""
        self.heard.append(command)
        await asyncio.sleep(self.slow.get(command, 0))
        if command in self.drops:
            _cut(server)
            return "421 too late"  # nobody hears it
        while command in self.drips:
            await server.push("250-and furthermore")  # raises once the client has gone
            await asyncio.sleep(0.02)
        given = self.answers.get(command)
        return given(what) if callable(given) else given

    def _authenticated(
        self, server: SMTP, session: Any, envelope: Any, mechanism: str, data: Any
    ) -> AuthResult:
        user = data.login.decode()
        self.attempts.append((mechanism, user))
        right = (self._users or {}).get(user) == data.password.decode()
        return AuthResult(success=right, handled=False, auth_data=data)


class _Conversation(SMTP):
    """One in which the inbox is asked at the stages too that its own handlers do not see."""

    async def _handle_client(self) -> None:
        if await self._goes_on("CONNECT"):
            await super()._handle_client()
        elif self.transport is not None:
            self.transport.close()

    async def smtp_STARTTLS(self, arg: str) -> None:  # noqa: N802
        if await self._goes_on("STARTTLS"):
            await super().smtp_STARTTLS(arg)

    async def smtp_AUTH(self, arg: str) -> None:  # noqa: N802
        if await self._goes_on("AUTH"):
            await super().smtp_AUTH(arg)

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        if await self._goes_on("354"):
            await super().smtp_DATA(arg)

    async def _goes_on(self, stage: str) -> bool:
        reply = await cast("Inbox", self.event_handler).reply(self, stage)
        if reply and stage not in cast("Inbox", self.event_handler).drops:
            await self.push(reply)
        return reply is None


def _cut(conversation: SMTP) -> None:
    if conversation.transport is not None:
        cast("asyncio.Transport", conversation.transport).abort()


class Rude:
    """A listener that says its piece to whoever connects, and hangs up; or drips it without an end."""

    def __init__(self, greeting: bytes, drip: float | None = None) -> None:
        self._greeting = greeting
        self._drip = drip
        self._ending = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(0.05)
        self.port = int(self._listener.getsockname()[1])
        self._thread = threading.Thread(target=self._listen)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ending.set()
        self._thread.join()
        self._listener.close()

    def _listen(self) -> None:
        while not self._ending.is_set():
            try:
                line, _ = self._listener.accept()
            except TimeoutError:
                continue
            with line:
                self._speak(line)

    def _speak(self, line: socket.socket) -> None:
        try:
            line.sendall(self._greeting)
            while self._drip is not None and not self._ending.wait(self._drip):
                line.sendall(b"2")
        except OSError:
            return  # they hung up

"""A network made up: web sites and a mail server in memory, at the byte level, with moods."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from aiwatch.net import Line
from tests.faults.injector import Injector
from tests.servers import Answer, Asked

Site = Callable[[str, Asked], Answer]  # the host and what was asked of it
MailMood = Literal["up", "down", "busy", "not now", "refuses", "hangs up after the mail"]


async def resolve(_host: str, _port: int) -> tuple[str, ...]:
    """Everything is somewhere public."""
    return ("93.184.216.34",)


class Network:
    """Lines to one set of sites; every connect, send and receive counts."""

    def __init__(self, injector: Injector, site: Site) -> None:
        self.injector, self.site = injector, site

    async def connect(self, address: str, port: int) -> Line:
        self.injector.call("connect", ConnectionRefusedError(111, "refused"), TimeoutError())
        return _Line(self.injector, self.site)


class _Line:
    """One kept HTTP/1.1 connection; a request counts as heard with its last byte, read or not what is answered."""

    def __init__(self, injector: Injector, site: Site) -> None:
        self.injector, self.site = injector, site
        self.heard, self.answer = b"", b""

    def write(self, data: bytes) -> None:
        self.injector.call("send", BrokenPipeError(32, "broken pipe"), TimeoutError())
        self.heard += data
        head, end, body = self.heard.partition(b"\r\n\r\n")
        lines = head.decode("ascii").split("\r\n")
        headers = {name.lower(): value for name, _, value in (one.partition(": ") for one in lines[1:])}  # fmt: skip
        if end and len(body) >= int(headers.get("content-length", "0")):
            method, path, _ = lines[0].split(" ")
            self.answer += _bytes(self.site(headers["host"], Asked(method, path, headers, body)))
            self.heard = b""

    async def read(self) -> bytes:
        self.injector.call("receive", ConnectionResetError(104, "reset"), TimeoutError())
        some, self.answer = self.answer, b""
        return some

    def quiet(self) -> bool:
        return not self.answer

    def close(self) -> None:
        self.answer = b""


def _bytes(answer: Answer) -> bytes:
    if answer.status == 0:
        return b""  # the line is cut before a word is said
    body = answer.body.encode() if isinstance(answer.body, str) else answer.body
    assert isinstance(body, bytes)
    given = [f"{name}: {value}" for name, value in dict(answer.headers).items()]
    lines = [f"HTTP/1.1 {answer.status} So", f"Content-Length: {len(body)}", *given, "", ""]
    return "\r\n".join(lines).encode("ascii") + body


@dataclass
class MailServer:
    """Keeps what it takes; a mail is taken with the last byte of its DATA."""

    mood: MailMood = "up"
    mails: list[bytes] = field(default_factory=list)

    def conversation(self) -> "_Conversation":
        """A line to it."""
        if self.mood == "down":
            raise ConnectionRefusedError(111, "Connection refused")
        return _Conversation(self)


class _Conversation:
    def __init__(self, server: MailServer) -> None:
        self.server = server
        self.lines = [b"421 too busy\r\n" if server.mood == "busy" else b"220 box.example\r\n"]
        self.heard, self.in_data, self.cut = b"", False, server.mood == "busy"

    def say(self) -> bytes:
        """Its next line; nothing once it has hung up."""
        return self.lines.pop(0) if self.lines else b""

    def hear(self, data: bytes) -> None:
        """What is said to it."""
        self.heard += data
        end = b"\r\n.\r\n" if self.in_data else b"\r\n"
        while not self.cut and end in self.heard:
            piece, _, self.heard = self.heard.partition(end)
            self._take(piece + b"\r\n") if self.in_data else self._obey(piece.upper())
            end = b"\r\n.\r\n" if self.in_data else b"\r\n"

    def _take(self, mail: bytes) -> None:
        self.in_data = False
        self.server.mails.append(mail.replace(b"\r\n..", b"\r\n."))
        if self.server.mood == "hangs up after the mail":
            self.cut = True
        else:
            self.lines.append(b"250 kept\r\n")

    def _obey(self, command: bytes) -> None:
        verb = command[:4]
        if verb == b"EHLO":
            self.lines += [b"250-box.example\r\n", b"250 SIZE 9000000\r\n"]
        elif verb == b"RCPT" and self.server.mood == "not now":
            self.lines.append(b"451 later\r\n")
        elif verb == b"RCPT" and self.server.mood == "refuses":
            self.lines.append(b"550 no such person\r\n")
        elif verb == b"DATA":
            self.in_data = True
            self.lines.append(b"354 go on\r\n")
        else:
            self.lines.append(b"221 bye\r\n" if verb == b"QUIT" else b"250 fine\r\n")
            self.cut = verb == b"QUIT"

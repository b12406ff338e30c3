"""Real servers on loopback for tests of anything that connects.

    with Site() as site:
        site.add("/feed", b"<rss/>", headers={"ETag": '"1"'})
        site.add("/moved", status=301, headers={"Location": "/feed"})
        site.add("/echo", lambda asked: Answer(asked.body, status=201))
        ...site.url("/feed")...
        method, path, headers = site.requests[0]     # header names in lower case
        site.received[0].body                         # what a POST brought

`Site` speaks HTTP/1.1 with kept connections from one thread each, sends `Date` and `Content-Length` (or chunks, for
an iterable of bytes) unless the route's own headers say otherwise, and answers 404 to what was not added. A route is
found by path with its query, then by path alone; adding a path again replaces it. `headers` is a mapping, or pairs
where a name comes twice. A callable gets the `Asked` and gives an `Answer`, bytes or a text. An exception in it is
answered with 500 and raised again when the block ends. `Site(tls=context)` speaks https; `site.authority` is `127.0.0.1:port`.

`RawSite(script)` calls `script(line)` for each connection once the request's head has been read, for answers that
no honest server sends: `line.send(bytes)`, `line.pause(seconds)` (false once the site closes), `line.head`.
The connection ends with the script; a client that hangs up ends the script.
"""

import socket
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from types import TracebackType
from typing import Self, cast

Headers = Mapping[str, str] | Iterable[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it came; header names in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Answer:
    """What to send; an iterable of bytes goes out in chunks."""

    body: bytes | str | Iterable[bytes] = b""
    status: int = 200
    headers: Headers = ()


Route = Callable[[Asked], Answer | bytes | str]


class _Listener(socketserver.ThreadingMixIn, socketserver.TCPServer):
    """A threaded listener that can hang up on everyone when it closes."""

    allow_reuse_address = True
    daemon_threads = False
    block_on_close = True
    request_queue_size = 128

    def __init__(self, owner: "_Served") -> None:
        self.owner = owner
        self.open: set[socket.socket] = set()
        self.guard = threading.Lock()
        super().__init__(("127.0.0.1", 0), owner.answering)

    def process_request_thread(self, request: object, client_address: object) -> None:
        assert isinstance(request, socket.socket)
        with self.guard:
            self.open.add(request)
        try:
            super().process_request_thread(request, cast("tuple[str, int]", client_address))
        finally:
            with self.guard:
                self.open.discard(request)

    def handle_error(self, request: object, client_address: object) -> None:
        """Stay silent: clients of these tests hang up on purpose."""

    def hang_up(self) -> None:
        with self.guard:
            for conversation in self.open:
                try:
                    conversation.shutdown(socket.SHUT_RDWR)
                except OSError:
                    continue  # the client was quicker


class _Served:
    """A listener on a free loopback port, running in a thread while its block lasts."""

    answering: type[socketserver.BaseRequestHandler]
    scheme = "http"

    def __init__(self) -> None:
        self.closing = threading.Event()
        self.errors: list[Exception] = []
        self._listener = _Listener(self)
        self.port = int(self._listener.server_address[1])
        self.authority = f"127.0.0.1:{self.port}"
        self._thread = threading.Thread(
            target=self._listener.serve_forever, kwargs={"poll_interval": 0.02}
        )

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        return f"{self.scheme}://{host}:{self.port}{path}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.closing.set()
        self._listener.shutdown()
        self._thread.join()
        self._listener.hang_up()
        self._listener.server_close()
        if error is None and self.errors:
            raise self.errors[0]


class _Conversation(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # one segment per answer
    server: _Listener

    def setup(self) -> None:
        site = cast("Site", self.server.owner)
        if site.tls is not None:
            self.request = site.tls.wrap_socket(self.request, server_side=True)
        super().setup()

    def finish(self) -> None:
        try:
            super().finish()
        finally:
            if isinstance(self.request, ssl.SSLSocket):
                self.request.close()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def answer(self) -> None:
        site = cast("Site", self.server.owner)
        length = int(self.headers.get("Content-Length") or 0)
        asked = Asked(
            self.command,
            self.path,
            {name.lower(): value for name, value in self.headers.items()},
            self.rfile.read(length),
        )
        self.put(site.answer(asked))

    def put(self, answer: Answer) -> None:
        pairs = answer.headers.items() if isinstance(answer.headers, Mapping) else answer.headers
        headers = list(pairs)
        names = {name.lower() for name, _ in headers}
        body = answer.body.encode() if isinstance(answer.body, str) else answer.body
        if "date" not in names:
            headers.append(("Date", self.date_time_string()))
        if not isinstance(body, bytes):
            headers.append(("Transfer-Encoding", "chunked"))
        elif "content-length" not in names and answer.status not in (204, 304):
            headers.append(("Content-Length", str(len(body))))
        self.send_response_only(answer.status)
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.put_body(body)

    def put_body(self, body: bytes | Iterable[bytes]) -> None:
        if isinstance(body, bytes):
            self.wfile.write(body)
            return
        for chunk in body:
            self.wfile.write(b"%x\r\n%b\r\n" % (len(chunk), chunk))
        self.wfile.write(b"0\r\n\r\n")

    do_GET = do_POST = do_HEAD = do_PUT = do_DELETE = answer  # noqa: N815  (the names http.server looks for)


class Site(_Served):
    """A small web site with programmable routes and a log of what was asked."""

    answering = _Conversation

    def __init__(self, *, tls: ssl.SSLContext | None = None) -> None:
        self.tls = tls
        self.scheme = "https" if tls else "http"
        self.routes: dict[str, Answer | Route] = {}
        self.received: list[Asked] = []
        super().__init__()

    def add(
        self,
        path: str,
        body: bytes | str | Iterable[bytes] | Route = b"",
        *,
        status: int = 200,
        headers: Headers = (),
    ) -> None:
        """Answer `path` with this; a callable decides anew each time."""
        self.routes[path] = body if callable(body) else Answer(body, status, headers)

    @property
    def requests(self) -> list[tuple[str, str, Mapping[str, str]]]:
        """What was asked so far: (method, path with query, headers in lower case)."""
        return [(asked.method, asked.path, asked.headers) for asked in self.received]

    def answer(self, asked: Asked) -> Answer:
        self.received.append(asked)
        route = self.routes.get(asked.path) or self.routes.get(asked.path.partition("?")[0])
        if route is None:
            return Answer("nothing here", 404)
        if isinstance(route, Answer):
            return route
        try:
            given = route(asked)
        except Exception as error:  # noqa: BLE001  (any bug in a route belongs to the test)
            self.errors.append(error)
            return Answer(repr(error), 500)
        return given if isinstance(given, Answer) else Answer(given)


class Line:
    """One raw connection, its request's head already read."""

    def __init__(self, conversation: socket.socket, head: bytes, closing: threading.Event) -> None:
        self.head = head
        self.socket = conversation
        self._closing = closing

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def pause(self, seconds: float) -> bool:
        """Wait that long, or until the site closes: then false."""
        return not self._closing.wait(seconds)


class _RawConversation(socketserver.BaseRequestHandler):
    server: _Listener

    def handle(self) -> None:
        site = cast("RawSite", self.server.owner)
        conversation = cast("socket.socket", self.request)
        conversation.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        head = b""
        while b"\r\n\r\n" not in head:
            more = conversation.recv(65536)
            if not more:
                return
            head += more
        site.heads.append(head)
        try:
            site.script(Line(conversation, head, site.closing))
        except OSError:
            return  # the client hung up
        except Exception as error:  # noqa: BLE001  (any bug in a script belongs to the test)
            site.errors.append(error)


class RawSite(_Served):
    """A server that sends exactly the bytes its script sends."""

    answering = _RawConversation

    def __init__(self, script: Callable[[Line], None]) -> None:
        self.script = script
        self.heads: list[bytes] = []
        super().__init__()

"""HTTP/1.1 over one line, by h11: one request after the other, for as long as each answer ends where it should."""

import asyncio
from contextlib import suppress
from typing import Any

import h11
import httpx

from aiwatch.net.lines import Line

MOST_HEADERS = 100 * 1024  # bytes of an answer's head; of a chunk's, likewise

Headers = list[tuple[bytes, bytes]]


class Conversation:
    """What is said over one line."""

    def __init__(self, line: Line) -> None:
        self.line = line
        self._state = h11.Connection(h11.CLIENT, max_incomplete_event_size=MOST_HEADERS)

    async def ask(
        self, method: bytes, target: bytes, headers: Headers, body: bytes = b""
    ) -> h11.Response:
        """Say a request and hear the head of its answer; raises httpx.TransportError."""
        state = self._state
        try:
            said = state.send(h11.Request(method=method, target=target, headers=headers)) or b""
            if body:
                said += state.send(h11.Data(data=body)) or b""
            said += state.send(h11.EndOfMessage()) or b""
        except h11.LocalProtocolError as error:
            raise httpx.LocalProtocolError(str(error)) from error
        with suppress(OSError):  # some answer before they have heard all, and hang up: that is read
            self.line.write(said)
        while not isinstance(event := await self.next(), h11.Response):  # noqa: ASYNC110
            await asyncio.sleep(0)  # interim answers without end hold nobody else up
        return event

    async def next(self) -> Any:
        """The next event; raises httpx.TransportError."""
        try:
            while (event := self._state.next_event()) is h11.NEED_DATA:
                data = await self.line.read()
                if not data and self._state.their_state is h11.SEND_RESPONSE:
                    raise httpx.RemoteProtocolError("hung up without sending an answer")
                self._state.receive_data(data)
        except h11.RemoteProtocolError as error:
            raise httpx.RemoteProtocolError(str(error)) from error
        except OSError as error:
            raise httpx.ReadError(str(error)) from error
        return event

    def over(self) -> bool:
        """Whether the answer has ended, with nothing behind it, so that another request may follow."""
        state = self._state
        if state.their_state is h11.SEND_BODY:
            self._look_for_end()
        if state.our_state is not h11.DONE or state.their_state is not h11.DONE:
            return False
        more, hung_up = state.trailing_data
        if more or hung_up:
            return False  # whose answer would more be?
        state.start_next_cycle()
        return True

    def _look_for_end(self) -> None:
        """Many answers have no body, and end with their head."""
        try:
            self._state.next_event()
        except h11.RemoteProtocolError:
            return  # then it has not ended well

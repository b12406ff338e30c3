"""TLS over any line: the other side proves its name, by the certificates we trust.

asyncio's own keeps 256 KB for each connection, and drops what it has not yet handed over when the other side hangs up
without a word.
"""

import ssl

from aiwatch.net.lines import HELD, Line


class Encrypted:
    """A line that nobody but its two ends can read; to be used once `shake_hands` has returned."""

    def __init__(self, line: Line, trust: ssl.SSLContext, name: str) -> None:
        self._line = line
        self._came = ssl.MemoryBIO()
        self._going = ssl.MemoryBIO()
        self._tls = trust.wrap_bio(self._came, self._going, server_hostname=name)

    async def shake_hands(self) -> None:
        """Agree on keys and check the certificate; raises OSError, ssl.SSLError among them."""
        while True:
            try:
                self._tls.do_handshake()
            except ssl.SSLWantReadError:
                self._send()
                await self._receive()
            else:
                return self._send()

    def write(self, data: bytes) -> None:
        """Send these bytes, now or as soon as they can go."""
        rest = memoryview(data)
        while rest:
            rest = rest[self._tls.write(rest) :]  # a record at a time
        self._send()

    async def read(self) -> bytes:
        """Some bytes, as they come; none at the end, which many servers come to without saying so."""
        while True:
            try:
                data = self._read_here()
            except ssl.SSLWantReadError:
                self._send()  # keys are changed now and then
                await self._receive()
            except ssl.SSLError as error:
                if isinstance(error, ssl.SSLEOFError) or "UNEXPECTED_EOF" in str(error.reason):
                    return b""
                raise
            else:
                return data

    def quiet(self) -> bool:
        """Whether it is open and nothing has come that was not read."""
        return not self._came.pending and not self._tls.pending() and self._line.quiet()

    def close(self) -> None:
        """Hang up."""
        self._line.close()

    def _read_here(self) -> bytes:
        """What has come, of as many records as there are, HELD bytes of it at most."""
        data = self._tls.read(HELD)
        if not self._came.pending or not data:
            return data
        parts, size = [data], len(data)
        try:
            while size < HELD and (data := self._tls.read(HELD - size)):
                parts.append(data)
                size += len(data)
        except ssl.SSLError:
            pass  # if it is more than a record of which the rest is to come, it will be met again
        return b"".join(parts)

    def _send(self) -> None:
        if self._going.pending:
            self._line.write(self._going.read())

    async def _receive(self) -> None:
        data = await self._line.read()
        if data:
            self._came.write(data)
        else:
            self._came.write_eof()

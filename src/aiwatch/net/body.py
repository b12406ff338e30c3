"""Read an answer's body under a cap, counted before and after decompression.

httpx decodes whole chunks before a cap can be seen (317 bytes of brotli became 787 MB), and decodes brotli and
zstandard whenever those packages happen to be installed. So the raw bytes are taken and inflated here, a bounded piece at a time.
"""

import asyncio
import io
import zlib
from collections.abc import Awaitable, Callable, Generator
from typing import Protocol, cast

import httpx

ENCODINGS = "gzip, deflate"
"""What we ask for, and all that we decode."""

SMALL = 1024 * 1024
"""Bytes above which a body is large: of 491 real feeds nine in ten have at most 350 KB, 99 in 100 at most 2 MB."""

Spare = Callable[[], Awaitable[None]]
"""Waits until there is memory for one more large body."""

_PIECE = (
    64 * 1024
)  # zlib gives it in one block: a page in 89 us, where pieces four times as long took 116
_BLOCK = 16 * 1024 * 1024
_BREATH = 64  # pieces
_GULP = 2 * 1024 * 1024  # bytes, likewise: 15 MB unpacked in one go held the loop up for 58 ms
_CRUMBS = 100_000
_CRUMB = 16  # bytes; templates that send each fragment by itself send more
_GZIP = b"\x1f\x8b"


class TooLarge(Exception):
    """The body passes the cap; the text says whether as sent or unpacked."""


class BadEncoding(Exception):
    """The body is packed in a way we did not ask for, or is not what it says."""


class CutShort(Exception):
    """The packed body ends before its end."""


class _Inflater(Protocol):
    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    @property
    def unconsumed_tail(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int = ..., /) -> bytes: ...


async def read_body(
    response: httpx.Response, limit: int, *, cut: bool = False, spare: Spare | None = None
) -> bytes:
    """The decoded body of an open streamed answer; raises TooLarge, BadEncoding, CutShort and httpx.TransportError.

    cut: a body over the limit is no error, its first `limit` bytes are given. spare: awaited once by a large one.
    """
    unpacked = _Unpacked(_packing(response), limit)
    if not cut:
        _refuse_announced(response, limit)
    try:
        await _take_in(response, unpacked, spare)
    except TooLarge:
        if not cut:
            raise
        return unpacked.value()
    if not unpacked.complete:
        raise CutShort("the packed body ends before its end")
    return unpacked.value()


async def read_start(response: httpx.Response, limit: int, seconds: float) -> bytes:
    """The first bytes of a body that is only looked at, as far as they come in time and can be unpacked.

    A small body is read to its end, so that the connection can be kept.
    """
    try:
        unpacked = _Unpacked(_packing(response), limit)
    except BadEncoding:
        return b""
    try:
        async with asyncio.timeout(seconds):
            await _take_in(response, unpacked, None)
    except (TooLarge, BadEncoding, httpx.HTTPError, TimeoutError):
        pass  # what came before is enough
    return unpacked.value()


async def _take_in(response: httpx.Response, unpacked: "_Unpacked", spare: Spare | None) -> None:
    """Take a body in, piece by piece; one that grows large waits for memory once.

    A body in chunks of one byte takes 30 us of computing for each, with nothing to wait for in between: so others get
    their turn every few pieces, and there is an end to it.
    """
    pieces = rested = 0
    large = False
    async for chunk in cast(
        "httpx.AsyncByteStream", response.stream
    ):  # aiter_raw only counts what comes by
        for size in unpacked.feed(chunk):
            pieces += 1
            if pieces % _BREATH == 0 or size - rested > _GULP:
                rested = size
                await asyncio.sleep(0)
            if pieces > _CRUMBS and unpacked.raw < pieces * _CRUMB:
                raise BadEncoding("it comes in crumbs of a few bytes")
            if size > SMALL and not large:
                large = True
                if spare is not None:
                    await spare()
                unpacked.make_room()


def _refuse_announced(response: httpx.Response, limit: int) -> None:
    announced = response.headers.get("content-length", "")
    if announced.isascii() and announced.isdigit() and int(announced[:18]) > limit:
        raise TooLarge(f"announces {int(announced[:18]):,} bytes")


def _packing(response: httpx.Response) -> str:
    named: str = response.headers.get("content-encoding", "").strip().lower()
    if named in ("", "identity"):
        return ""
    if named in ("gzip", "x-gzip", "deflate"):
        return named.removeprefix("x-")
    raise BadEncoding(f"packed as {named[:40]!r}, which was not asked for")


class _Unpacked:
    """A body growing under its cap."""

    def __init__(self, packing: str, limit: int) -> None:
        self._packing = packing
        self._limit = limit
        self._body = io.BytesIO()
        self._inflater: _Inflater | None = None
        self._held = b""
        self.raw = 0

    @property
    def complete(self) -> bool:
        if not self._packing or not self.raw:
            return True
        return self._inflater is not None and self._inflater.eof

    def value(self) -> bytes:
        """The body; BytesIO hands its own buffer out, without a copy."""
        self._body.truncate()
        return self._body.getvalue()

    def make_room(self) -> None:
        """Take all the memory this body may need in one block.

        Large bodies that grow side by side leave holes of every size behind: 104 MB were taken for 45 MB of them.
        """
        size, block = self._body.tell(), min(self._limit, _BLOCK)
        if size < block:
            self._body.seek(block - 1)
            self._body.write(b"\0")
            self._body.seek(size)

    def feed(self, chunk: bytes) -> Generator[int, None, None]:
        """Take these bytes in; gives the body's size after each piece, so that its reader may wait in between."""
        self.raw += len(chunk)
        if not self._packing:
            yield self._keep(chunk)
            return
        if self.raw > self._limit:
            raise TooLarge(f"sends more than {self._limit:,} bytes")
        chunk = self._held + chunk
        self._held = b""
        while chunk:
            if self._inflater is None or self._inflater.eof:
                if len(chunk) < len(_GZIP):  # too little to see what begins here
                    self._held = chunk
                    return
                if self._inflater is not None and not chunk.startswith(_GZIP):
                    return  # padding after the last gzip member
                self._inflater = zlib.decompressobj(self._window(chunk))
            chunk = yield from self._inflate(self._inflater, chunk)

    def _inflate(self, inflater: _Inflater, data: bytes) -> Generator[int, None, bytes]:
        """Feed one gzip member or zlib stream to its end; gives back what follows it."""
        while True:
            try:
                piece = inflater.decompress(data, _PIECE)
            except zlib.error as error:
                raise BadEncoding(f"says {self._packing} but is not ({error})") from error
            yield self._keep(piece)
            data = inflater.unconsumed_tail
            if inflater.eof:
                return inflater.unused_data
            if not data and len(piece) < _PIECE:
                return b""

    def _keep(self, piece: bytes) -> int:
        """Add to the body; of a piece that passes the limit the part before it is kept."""
        room = self._limit - self._body.tell()
        self._body.write(piece[:room] if len(piece) > room else piece)
        if len(piece) > room:
            what = "unpacks to" if self._packing else "sends"
            raise TooLarge(f"{what} more than {self._limit:,} bytes")
        return self._body.tell()

    def _window(self, chunk: bytes) -> int:
        """zlib's wbits: gzip and zlib are told apart by it; some servers send bare deflate (RFC 9110 8.4.1.2)."""
        if self._packing == "deflate" and not _looks_like_zlib(chunk):
            return -zlib.MAX_WBITS
        return zlib.MAX_WBITS | 32


def _looks_like_zlib(chunk: bytes) -> bool:
    """RFC 1950 2.2: method 8, and the first two bytes a multiple of 31."""
    return chunk[0] & 0x0F == 8 and int.from_bytes(chunk[:2], "big") % 31 == 0

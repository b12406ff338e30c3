"""Read an answer's body under a cap, counted before and after decompression.

httpx decodes whole chunks before a cap can be seen (317 bytes of brotli became 787 MB), and decodes brotli and
zstandard whenever those packages happen to be installed. So the raw bytes are taken and inflated here, a bounded piece at a time.
"""

import io
import zlib
from typing import Protocol

import httpx

ENCODINGS = "gzip, deflate"
"""What we ask for, and all that we decode."""

_PIECE = 256 * 1024
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


async def read_body(response: httpx.Response, limit: int) -> bytes:
    """The decoded body of an open streamed answer; raises TooLarge, BadEncoding, CutShort and httpx.TransportError."""
    packing = _packing(response)
    announced = response.headers.get("content-length", "")
    if announced.isascii() and announced.isdigit() and int(announced[:18]) > limit:
        raise TooLarge(f"announces {int(announced[:18]):,} bytes")
    unpacked = _Unpacked(packing, limit)
    raw = 0
    async for chunk in response.aiter_raw():
        raw += len(chunk)
        if raw > limit:
            raise TooLarge(f"sends more than {limit:,} bytes")
        unpacked.feed(chunk)
    if raw and not unpacked.complete:
        raise CutShort("the packed body ends before its end")
    return unpacked.value()


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

    @property
    def complete(self) -> bool:
        return not self._packing or (self._inflater is not None and self._inflater.eof)

    def value(self) -> bytes:
        return self._body.getvalue()

    def feed(self, chunk: bytes) -> None:
        if not self._packing:
            self._keep(chunk)
            return
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
            chunk = self._inflate(self._inflater, chunk)

    def _inflate(self, inflater: _Inflater, data: bytes) -> bytes:
        """Feed one gzip member or zlib stream to its end; gives back what follows it."""
        while True:
            try:
                piece = inflater.decompress(data, _PIECE)
            except zlib.error as error:
                raise BadEncoding(f"says {self._packing} but is not ({error})") from error
            self._keep(piece)
            data = inflater.unconsumed_tail
            if inflater.eof:
                return inflater.unused_data
            if not data and len(piece) < _PIECE:
                return b""

    def _keep(self, piece: bytes) -> None:
        if self._body.tell() + len(piece) > self._limit:
            what = "unpacks to" if self._packing else "sends"
            raise TooLarge(f"{what} more than {self._limit:,} bytes")
        self._body.write(piece)

    def _window(self, chunk: bytes) -> int:
        """zlib's wbits: gzip and zlib are told apart by it; some servers send bare deflate (RFC 9110 8.4.1.2)."""
        if self._packing == "deflate" and not _looks_like_zlib(chunk):
            return -zlib.MAX_WBITS
        return zlib.MAX_WBITS | 32


def _looks_like_zlib(chunk: bytes) -> bool:
    """RFC 1950 2.2: method 8, and the first two bytes a multiple of 31."""
    return chunk[0] & 0x0F == 8 and int.from_bytes(chunk[:2], "big") % 31 == 0

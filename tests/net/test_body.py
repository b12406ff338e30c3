import asyncio
import gzip
import zlib
from collections.abc import AsyncIterator

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aiwatch.net.body import BadEncoding, CutShort, TooLarge, read_body, read_start


def bare_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


TEXT = b"The quick brown fox jumps over the lazy dog. " * 50
PACKED = {
    "": TEXT,
    "identity": TEXT,
    "gzip": gzip.compress(TEXT, mtime=0),
    "x-gzip": gzip.compress(TEXT, mtime=0),
    "GZIP": gzip.compress(TEXT, mtime=0),
    "deflate": zlib.compress(TEXT),
}


def unpack(encoding: str, chunks: list[bytes], limit: int = 10_000, announced: str = "") -> bytes:
    async def stream() -> AsyncIterator[bytes]:
        for chunk in chunks:
            yield chunk

    headers = {"content-encoding": encoding, "content-length": announced}
    response = httpx.Response(200, headers=headers, content=stream())
    return asyncio.run(read_body(response, limit))


@pytest.mark.parametrize(("encoding", "packed"), PACKED.items())
@pytest.mark.parametrize("size", [1, 2, 7, 100_000])
def test_a_body_is_the_same_however_it_is_packed_and_cut_into_chunks(
    encoding: str, packed: bytes, size: int
) -> None:
    chunks = [packed[at : at + size] for at in range(0, len(packed), size)]
    assert unpack(encoding, chunks) == TEXT


def test_bare_deflate_is_read_too() -> None:
    assert unpack("deflate", [bare_deflate(TEXT)]) == TEXT


@pytest.mark.parametrize("size", [1, 3, 100_000])
def test_several_gzip_members_are_one_body_and_padding_is_not_part_of_it(size: int) -> None:
    packed = gzip.compress(b"one ") + gzip.compress(b"two") + b"\0" * 5
    chunks = [packed[at : at + size] for at in range(0, len(packed), size)]
    assert unpack("gzip", chunks) == b"one two"


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "compress", "rot13"])
def test_what_was_not_asked_for_is_refused_by_name(encoding: str) -> None:
    with pytest.raises(BadEncoding, match=encoding):
        unpack(encoding, [b"\x1b"])


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_a_body_that_is_not_what_it_says_is_refused(encoding: str) -> None:
    with pytest.raises(BadEncoding):
        unpack(encoding, [b"<rss>plain text</rss>"])


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
@pytest.mark.parametrize("keep", [1, 5, 20, -4, -1])
def test_a_packed_body_without_its_end_is_cut(encoding: str, keep: int) -> None:
    with pytest.raises(CutShort):
        unpack(encoding, [PACKED[encoding][:keep]])


def test_an_empty_packed_body_is_empty() -> None:
    assert unpack("gzip", []) == b""


@pytest.mark.parametrize(("limit", "fits"), [(len(TEXT) - 1, False), (len(TEXT), True)])
@pytest.mark.parametrize("encoding", ["", "gzip", "deflate"])
def test_the_cap_counts_unpacked_bytes(encoding: str, limit: int, fits: bool) -> None:
    if fits:
        assert unpack(encoding, [PACKED[encoding]], limit) == TEXT
    else:
        with pytest.raises(TooLarge):
            unpack(encoding, [PACKED[encoding]], limit)


def test_the_cap_counts_sent_bytes_that_unpack_to_nothing() -> None:
    with pytest.raises(TooLarge):
        unpack("gzip", [gzip.compress(b"")] * 1000)


def test_an_announced_length_over_the_cap_is_refused_before_a_byte_is_read() -> None:
    with pytest.raises(TooLarge, match="announces"):
        unpack("", [], announced="10001")


@pytest.mark.parametrize("size", [1_000_000, 1_048_577, 2_999_999, 3_000_000])
@pytest.mark.parametrize("limit", [3_000_000, 40_000_000])
@pytest.mark.parametrize("piece", [65_536, 3_000_000])
def test_a_large_body_is_whole_to_the_last_byte(size: int, limit: int, piece: int) -> None:
    data = bytes(range(1, 251)) * (size // 250) + b"x" * (size % 250)
    chunks = [data[at : at + piece] for at in range(0, size, piece)]
    assert unpack("", chunks, limit) == data
    assert unpack("gzip", [gzip.compress(data, 1)], limit) == data


def test_a_body_in_crumbs_is_refused() -> None:
    with pytest.raises(BadEncoding, match="crumbs"):
        unpack("", [b"x"] * 100_100, 10_000_000)
    assert unpack("", [b"a fragment of 20 b. "] * 100_100, 10_000_000)


def test_a_start_is_what_came_in_time() -> None:
    async def drip() -> AsyncIterator[bytes]:
        yield b"start"
        await asyncio.Event().wait()

    async def run() -> bytes:
        return await read_start(httpx.Response(503, content=drip()), 100, 0.05)

    assert asyncio.run(run()) == b"start"


@given(data=st.binary(max_size=3000), size=st.integers(1, 500))
@settings(max_examples=40, deadline=None)
def test_unpacking_is_the_inverse_of_packing(data: bytes, size: int) -> None:
    for encoding, packed in (
        ("gzip", gzip.compress(data, mtime=0)),
        ("deflate", zlib.compress(data)),
    ):
        chunks = [packed[at : at + size] for at in range(0, len(packed), size)]
        assert unpack(encoding, chunks) == data

"""The HTTP client that channels are given."""

import asyncio

import pytest

from aiwatch.channels.base import Answer, HttpPoster
from aiwatch.net import open_client
from tests.channels.wire import USER_AGENT
from tests.servers import Site


def posted(url: str, *, allow_private: bool = True) -> Answer:
    async def once() -> Answer:
        async with open_client(user_agent=USER_AGENT) as client:
            return await HttpPoster(client).post(
                url,
                content=b"x",
                headers={"X-Own": "1"},
                timeout=5,
                allow_private=allow_private,
            )

    return asyncio.run(once())


def test_an_answer_comes_with_its_headers_in_lower_case() -> None:
    with Site() as site:
        site.add("/in", b"thanks", status=202, headers={"X-Their": "2"})
        answer = posted(site.url("/in"))
        assert site.received[0].headers["x-own"] == "1"
    assert (answer.status, answer.headers["x-their"], answer.body) == (202, "2", b"thanks")


def test_a_private_address_is_a_permission_error() -> None:
    with Site() as site, pytest.raises(PermissionError, match=r"127\.0\.0\.1"):
        posted(site.url("/in"), allow_private=False)


@pytest.mark.parametrize("url", ["http://[::1", "http://exa mple\x00.org/", "http://x.invalid/"])
def test_what_cannot_be_asked_is_a_connection_error(url: str) -> None:
    with pytest.raises(ConnectionError):
        posted(url)

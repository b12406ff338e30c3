"""The test servers keep what their docstring promises."""

import urllib.error
import urllib.request

import pytest

from tests.servers import Answer, Asked, Line, RawSite, Site


def read(url: str, data: bytes | None = None) -> tuple[int, bytes]:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(urllib.request.Request(url, data=data), timeout=5) as answer:
        return answer.status, answer.read()


def test_a_route_answers_and_the_request_is_logged() -> None:
    with Site() as site:
        site.add("/feed", b"<rss/>", headers={"ETag": '"1"'})
        assert read(site.url("/feed?a=1")) == (200, b"<rss/>")
        method, path, headers = site.requests[0]
    assert (method, path, headers["host"]) == ("GET", "/feed?a=1", site.authority)


def test_a_callable_sees_the_body_and_chooses_the_status() -> None:
    with Site() as site:
        site.add("/echo", lambda asked: Answer(asked.body, status=201))
        assert read(site.url("/echo"), b"hello") == (201, b"hello")
        assert site.received[0].body == b"hello"


def test_an_iterable_goes_out_in_chunks() -> None:
    with Site() as site:
        site.add("/stream", (b"a" * n for n in (1, 2, 3)))
        assert read(site.url("/stream")) == (200, b"aaaaaa")


def test_what_was_not_added_is_not_found() -> None:
    with Site() as site, pytest.raises(urllib.error.HTTPError) as caught:
        read(site.url("/none"))
    assert caught.value.code == 404
    caught.value.close()


def test_an_error_in_a_route_comes_back_to_the_test() -> None:
    def broken(asked: Asked) -> bytes:
        raise LookupError(asked.path)

    def ask_it() -> None:
        with Site() as site:
            site.add("/", broken)
            with pytest.raises(urllib.error.HTTPError) as caught:
                read(site.url("/"))
            caught.value.close()

    with pytest.raises(LookupError):
        ask_it()


def test_a_raw_site_sends_the_very_bytes() -> None:
    def script(line: Line) -> None:
        line.send(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

    with RawSite(script) as raw:
        assert read(raw.url("/")) == (200, b"ok")
    assert raw.heads[0].startswith(b"GET / HTTP/1.1\r\n")

"""Who may come in: by host, by token, from where."""

import base64
import socket
from pathlib import Path

import pytest

from aiwatch.model import Secret
from aiwatch.web import pages, server
from aiwatch.web.door import Door, is_loopback
from tests.web.conftest import TOKEN, Pages, configured, opened


def basic(password: str) -> dict[str, str]:
    return {"authorization": "Basic " + base64.b64encode(f"me:{password}".encode()).decode()}


@pytest.mark.parametrize(
    ("host", "bound", "status"),
    [
        ("localhost", "127.0.0.1", 200),
        ("127.0.0.1:8765", "127.0.0.1", 200),
        ("[::1]:8765", "::1", 200),
        ("evil.example", "127.0.0.1", 421),
        ("localhost.evil.example", "127.0.0.1", 421),
        ("news.example.org", "127.0.0.1", 401),
        ("192.0.2.7", "127.0.0.1", 401),
        ("192.0.2.7", "192.0.2.7", 401),
        ("localhost", "0.0.0.0", 401),
        ("my-server", "my-server", 401),
        ("other-server", "my-server", 421),
    ],
)
def test_only_known_hosts_are_answered_and_others_than_this_machine_need_the_token(
    shown: Pages, host: str, bound: str, status: int
) -> None:
    client = opened(shown.config, f"http://{host}", bound)
    answer = client.get("/")
    assert answer.status_code == status
    if status != 200:
        assert answer.headers["content-type"] == "text/plain; charset=utf-8"
        assert "Sora" not in answer.text
    if status == 401:
        assert client.get("/", headers=basic(TOKEN.value)).status_code == 200


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/", {}, 401),
        ("/", basic("wrong"), 401),
        ("/", {"authorization": "Basic !!!"}, 401),
        ("/", {"authorization": "Basic /w=="}, 401),
        ("/", {"authorization": "Bearer tökén".encode()}, 401),
        ("/", {"authorization": f"Bearer {TOKEN.value}"}, 200),
        ("/", basic(TOKEN.value), 200),
        (f"/?token={TOKEN.value}", {}, 401),
        (f"/topics/sora.atom?token={TOKEN.value}", {}, 200),
        ("/topics/sora.atom?token=wrong", {}, 401),
        ("/topics/sora.atom?token=", {}, 401),
        ("/style.css", {}, 200),
    ],
)
def test_the_token_comes_as_password_bearer_or_with_a_feed(
    shown: Pages, path: str, headers: dict[str, str | bytes], status: int
) -> None:
    client = opened(shown.config, "https://news.example.org")
    assert client.get(path, headers=headers).status_code == status


def test_bound_to_all_addresses_the_machine_s_own_name_is_known(tmp_path: Path) -> None:
    names = server.names("0.0.0.0")
    assert socket.gethostname().lower() in names
    assert server.names("127.0.0.1") == frozenset()
    door = pages.door(configured(tmp_path / "a.db"), "0.0.0.0", TOKEN, frozenset({"my-server"}))
    assert door.known("my-server")
    assert door.needs_token("my-server")
    assert not door.known("other-server")


def test_whoever_leaves_needs_no_token_but_their_own(shown: Pages) -> None:
    client = opened(shown.config, "https://news.example.org")
    assert client.get(f"/unsubscribe/{shown.subscriber}").status_code == 200


def test_a_feed_asked_for_in_public_has_public_links(shown: Pages) -> None:
    client = opened(shown.config, "http://news.example.org")
    body = client.get("/topics/sora.atom", headers=basic(TOKEN.value)).text
    assert 'href="https://news.example.org/stories/1"' in body
    assert "localhost" not in body
    assert TOKEN.value not in body


def test_the_token_is_never_in_words() -> None:
    door = Door(host="127.0.0.1", public_url=None, token=Secret("hidden away"))
    assert "hidden" not in repr(door)


@pytest.mark.parametrize(
    ("host", "here"),
    [
        ("localhost", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("0.0.0.0", False),
        ("x.example", False),
    ],
)
def test_this_machine_is_known(host: str, here: bool) -> None:
    assert is_loopback(host) is here

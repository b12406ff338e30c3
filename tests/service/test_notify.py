"""What systemd is told over its socket, by path and by abstract name; without one nobody is told, and nothing fails."""

import socket
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from aiwatch.service.notify import Supervisor, supervisor


class Listener:
    """systemd's end of the socket."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(f"\0{address[1:]}" if address.startswith("@") else address)
        self.socket.settimeout(60)

    def heard(self) -> dict[str, str]:
        """The next message, by variable."""
        lines = self.socket.recv(4096).decode().splitlines()
        return dict(line.split("=", 1) for line in lines)


@pytest.fixture(params=["path", "abstract"])
def listener(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Listener]:
    name = str(tmp_path / "n")
    made = Listener(name if request.param == "path" else f"@aiwatch{name}")
    yield made
    made.socket.close()


def test_each_turn_is_one_message(listener: Listener) -> None:
    at = Supervisor(address=listener.address)
    at.ready()
    assert listener.heard() == {"READY": "1"}
    at.alive("watching 3 sources;\nall is well")
    assert listener.heard() == {"WATCHDOG": "1", "STATUS": "watching 3 sources; all is well"}
    at.stopping()
    assert listener.heard() == {"STOPPING": "1"}


def test_a_reload_says_since_when_by_the_monotonic_clock(listener: Listener) -> None:
    before = time.monotonic_ns() // 1000
    Supervisor(address=listener.address).reloading()
    said = listener.heard()
    assert said["RELOADING"] == "1"
    assert before <= int(said["MONOTONIC_USEC"]) <= time.monotonic_ns() // 1000


@pytest.mark.parametrize("address", ["", "relative", "/no/such/socket", "@nobody-listens-here"])
def test_where_nobody_listens_nothing_fails(address: str) -> None:
    Supervisor(address=address).ready()


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, Supervisor()),
        ({"NOTIFY_SOCKET": "/run/n"}, Supervisor(address="/run/n")),
        (
            {"NOTIFY_SOCKET": "@n", "WATCHDOG_USEC": "180000000", "WATCHDOG_PID": "7"},
            Supervisor(address="@n", watchdog=timedelta(minutes=3)),
        ),
        ({"WATCHDOG_USEC": "180000000"}, Supervisor(watchdog=timedelta(minutes=3))),
        ({"WATCHDOG_USEC": "180000000", "WATCHDOG_PID": "8"}, Supervisor()),  # another process'
        ({"WATCHDOG_USEC": "soon"}, Supervisor()),
        ({"WATCHDOG_USEC": "0"}, Supervisor()),
    ],
)
def test_who_is_told_stands_in_the_environment(
    environment: dict[str, str], expected: Supervisor
) -> None:
    assert supervisor(environment, 7) == expected

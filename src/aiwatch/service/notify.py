"""What systemd is told, over the datagram socket that it names (sd_notify(3)); elsewhere nobody is, and nothing fails."""

import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Supervisor:
    """Whoever started us and wants to know how we fare."""

    address: str = ""  # of its socket: a path, or @name for an abstract one; empty: nobody asked
    watchdog: timedelta | None = None  # without a sign of life for so long we are started again

    def ready(self) -> None:
        """Started, or done with what `reloading` began."""
        self._say("READY=1")

    def reloading(self) -> None:
        """The configuration is being read again; `ready` ends it. systemd wants to know since when."""
        at = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
        self._say(f"RELOADING=1\nMONOTONIC_USEC={at}")

    def stopping(self) -> None:
        """The orderly end has begun."""
        self._say("STOPPING=1")

    def alive(self, status: str) -> None:
        """A sign of life, with one line for `systemctl status`."""
        words = " ".join(status.split())
        self._say(f"WATCHDOG=1\nSTATUS={words}")

    def _say(self, message: str) -> None:
        if self.address[:1] not in ("/", "@"):
            return
        where = f"\0{self.address[1:]}" if self.address.startswith("@") else self.address
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as out:
                out.settimeout(0.0)
                out.sendto(message.encode("utf-8", "replace"), where)
        except OSError:
            return  # nobody listens any more: no reason to stop watching


def supervisor(environment: Mapping[str, str], pid: int) -> Supervisor:
    """Who is to be told, by the variables that systemd sets; the watchdog's are for the process they name."""
    micro = environment.get("WATCHDOG_USEC", "")
    ours = environment.get("WATCHDOG_PID", str(pid)) == str(pid)
    watched = ours and micro.isascii() and micro.isdigit() and int(micro) > 0
    return Supervisor(
        address=environment.get("NOTIFY_SOCKET", ""),
        watchdog=timedelta(microseconds=int(micro)) if watched else None,
    )

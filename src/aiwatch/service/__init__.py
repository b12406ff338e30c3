"""When: the clock, one pass, and the background service with its ticker, signals and orderly stop.

What only the service needs is imported with it: a one-shot does without.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from aiwatch.service.clock import Clock
from aiwatch.service.machine import Machine, machine, reader_of_pages
from aiwatch.service.passes import PassReport, one_pass

if TYPE_CHECKING:
    from aiwatch.service.trying import ping, reach
    from aiwatch.service.watching import STOP_SECONDS, Service, served, watch

_LATER = {
    **dict.fromkeys(("ping", "reach"), "trying"),
    **dict.fromkeys(("STOP_SECONDS", "Service", "served", "watch"), "watching"),
}

__all__ = [
    "STOP_SECONDS",
    "Clock",
    "Machine",
    "PassReport",
    "Service",
    "machine",
    "one_pass",
    "ping",
    "reach",
    "reader_of_pages",
    "served",
    "watch",
]


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(name)
    return getattr(import_module(f"aiwatch.service.{_LATER[name]}"), name)

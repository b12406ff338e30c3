"""When: the clock, one pass, and the background service with its ticker, signals and orderly stop."""

from aiwatch.service.clock import Clock
from aiwatch.service.machine import Machine, machine, reader_of_pages
from aiwatch.service.passes import PassReport, one_pass
from aiwatch.service.trying import ping, reach
from aiwatch.service.watching import STOP_SECONDS, Service, served, watch

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

"""Fetching: a target in, an outcome out."""

from aiwatch.fetch.fetcher import Fetcher, FetchSettings, PutOff
from aiwatch.fetch.hops import REDIRECTS, host_of
from aiwatch.fetch.request import Elsewhere, Request, judged, send
from aiwatch.fetch.robots import Robots

__all__ = [
    "REDIRECTS",
    "Elsewhere",
    "FetchSettings",
    "Fetcher",
    "PutOff",
    "Request",
    "Robots",
    "host_of",
    "judged",
    "send",
]

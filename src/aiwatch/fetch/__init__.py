"""Fetching: a target in, an outcome out."""

from aiwatch.fetch.fetcher import Fetcher, FetchSettings
from aiwatch.fetch.hops import host_of
from aiwatch.fetch.robots import Robots

__all__ = ["FetchSettings", "Fetcher", "Robots", "host_of"]

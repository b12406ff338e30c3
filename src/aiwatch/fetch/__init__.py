"""Fetching: a target in, an outcome out."""

from aiwatch.fetch.fetcher import Fetcher, FetchSettings, PutOff
from aiwatch.fetch.hops import host_of
from aiwatch.fetch.robots import Robots

__all__ = ["FetchSettings", "Fetcher", "PutOff", "Robots", "host_of"]

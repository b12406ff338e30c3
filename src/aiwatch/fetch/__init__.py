"""Fetching: a target in, an outcome out."""

from aiwatch.fetch.fetcher import Fetcher, FetchSettings

__all__ = ["FetchSettings", "Fetcher"]

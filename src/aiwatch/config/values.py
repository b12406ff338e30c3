"""The configuration as plain values: what the rest of the program sees of feeds.yaml."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from pydantic import BaseModel

from aiwatch.fetch import FetchSettings
from aiwatch.model import Alert, ChannelName, Secret, Source, Topic, Trust


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelConfig:
    """A way out: its kind, that kind's own options, and how patiently it is tried."""

    name: ChannelName
    kind: str
    options: BaseModel
    timeout: timedelta
    retry: tuple[timedelta, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Keep:
    """How long what stays; None is for ever."""

    bodies: timedelta | None
    matched: timedelta | None
    messages: timedelta | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """One whole, checked configuration."""

    path: Path | None
    database: Path
    timezone: str
    fetch: FetchSettings
    contact: str | None = None
    recheck: tuple[timedelta, ...] = ()
    keep: Keep
    public_url: str | None = None
    heartbeat: Secret | None = None
    workers: int | str | None = (
        None  # None: as many as the machine bears; a text: a cluster's address
    )
    outlets: Mapping[str, Trust] = field(default_factory=dict)  # host or name -> trust
    sources: tuple[Source, ...] = ()
    aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    topics: tuple[Topic, ...] = ()
    channels: tuple[ChannelConfig, ...] = ()
    alerts: tuple[Alert, ...] = ()
    implicit: bool = False  # no alerts configured: one on everything, to screen and file
    warnings: tuple[str, ...] = ()

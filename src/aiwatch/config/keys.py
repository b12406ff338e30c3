"""The keys of feeds.yaml and what may stand behind them (pydantic, at this edge only)."""

import re
from datetime import timedelta
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator

from aiwatch.config.units import parse_duration, parse_size
from aiwatch.judge.schedule import parse_schedule
from aiwatch.model import Rate, Schedule

Span = Annotated[timedelta, BeforeValidator(parse_duration)]
Size = Annotated[int, BeforeValidator(parse_size)]
Forever = Annotated[
    timedelta | None,
    BeforeValidator(lambda value: None if value == "forever" else parse_duration(value)),
]
HostPort = Annotated[str, Field(pattern=r"^[^/\s]+:\d{1,5}$")]
AllowPrivate = bool | list[HostPort]
MOST_WORKERS = 64
_CLUSTER = re.compile(r"dask://[^/\s]+:\d{1,5}")


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError) as error:
        raise ValueError(
            f"{name!r} is no time zone: write one like Europe/London or Asia/Bangkok"
        ) from error
    return name


def _names(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Zone = Annotated[str, BeforeValidator(lambda value: _zone(str(value)))]
Names = Annotated[list[str], BeforeValidator(_names)]


def _backlog(value: Any) -> Any:
    return value if value in ("all", "none") else parse_duration(value)


def _workers(value: Any) -> Any:
    whole = isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= MOST_WORKERS
    if whole or value == "auto" or (isinstance(value, str) and _CLUSTER.fullmatch(value)):
        return value
    raise ValueError(f"write auto, a number up to {MOST_WORKERS}, or dask://HOST:PORT")


def _every(value: Any) -> Any:
    return None if value == "auto" else parse_duration(value)


class Keys(BaseModel):
    """A part of the file: unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class ExtractKeys(Keys):
    """A source's own selectors."""

    body: str | None = None
    title: str | None = None
    remove: Names = []


class SourceKeys(Keys):
    """One source; `defaults:` takes the same keys but name and url."""

    name: str = Field(min_length=1)
    url: str
    kind: str = "feed"
    every: Annotated[timedelta | None, BeforeValidator(_every)] = timedelta(minutes=60)
    full_text: Literal["auto", "always", "never"] = "auto"
    backlog: Annotated[timedelta | Literal["all", "none"], BeforeValidator(_backlog)] | None = None
    enabled: bool = True
    primary: bool = False
    aggregator: bool = False
    trust: Literal["high", "normal", "low"] = "normal"
    lang: str | None = None
    tags: Names = []
    headers: dict[str, str] = {}
    user_agent: str | None = None
    proxy: str | None = None
    allow_private: AllowPrivate = False
    extract: ExtractKeys | None = None

    @field_validator("url")
    @classmethod
    def _web_address(cls, url: str) -> str:
        if not re.match(r"https?://[^\s/]+", url):
            raise ValueError("an http:// or https:// address is expected")
        return url


class FetchKeys(Keys):
    """How pages and feeds are fetched."""

    timeout: Span = timedelta(seconds=30)
    max_bytes: Size = 15_000_000
    per_host: int = Field(default=2, ge=1, le=20)
    spacing: Span = timedelta(seconds=1)
    allow_private: AllowPrivate = False


class DeliveryKeys(Keys):
    """How patiently messages are sent."""

    timeout: Span = timedelta(seconds=15)
    retry: list[Span] = [
        timedelta(seconds=s) for s in (5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400)
    ]


class KeepKeys(Keys):
    """How long what stays."""

    bodies: Forever = timedelta(days=730.5)
    matched: Forever = None
    messages: Forever = timedelta(days=90)


class TopicKeys(Keys):
    """What a reader cares about."""

    title: str | None = None
    any: Annotated[list[str], BeforeValidator(_names)] = Field(min_length=1)
    none: Names = []
    labels: Names = []
    min_score: float = 0.0


def _rate(value: Any) -> Rate:
    found = re.fullmatch(r"(\d+)\s*/\s*(\d*[smhdw])", str(value).strip())
    if not found or int(found[1]) < 1:
        raise ValueError(f"{value!r}: write a count and a time, like 6/h or 2/30m")
    per = found[2] if found[2][0].isdigit() else f"1{found[2]}"
    return Rate(count=int(found[1]), per=parse_duration(per))


def _quiet(value: Any) -> tuple[tuple[int, int], tuple[int, int]]:
    found = re.fullmatch(r"(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})", str(value).strip())
    numbers = [int(part) for part in found.groups()] if found else [99, 99, 99, 99]
    if max(numbers[0], numbers[2]) > 23 or max(numbers[1], numbers[3]) > 59:
        raise ValueError(f"{value!r}: write two times, like 22:00-07:00")
    return (numbers[0], numbers[1]), (numbers[2], numbers[3])


class AlertKeys(Keys):
    """A subscription. None behind a key that was written as null switches a default off."""

    name: str = Field(min_length=1)
    to: Names = Field(min_length=1)
    when: Annotated[Schedule, BeforeValidator(lambda value: parse_schedule(str(value)))] = Field(
        default_factory=lambda: parse_schedule("daily at 08:00")
    )
    topics: Names = []
    sources: Names = []
    about: Literal["troubles"] | None = None
    timezone: Zone | None = None
    languages: Names = []
    updates: Literal["all", "new facts", "none"] = "new facts"
    empty: Literal["say", "silent"] = "silent"
    min_outlets: int = Field(default=1, ge=1)
    min_independent: int = Field(default=1, ge=1)
    within: Span | None = None
    settle: Span | None = None
    at_most: Annotated[Rate, BeforeValidator(_rate)] | None = None
    update_gap: Span | None = None
    quiet: Annotated[tuple[tuple[int, int], tuple[int, int]], BeforeValidator(_quiet)] | None = None
    words: int | None = Field(default=None, ge=50)
    was: str | None = None


class DropKeys(Keys):
    """What of the presets is not wanted."""

    sources: Names = []
    topics: Names = []
    aliases: Names = []


class FileKeys(Keys):
    """feeds.yaml: its top level. Lists and maps of parts are checked one by one, for better messages."""

    use: Names = []
    drop: DropKeys = DropKeys()
    database: str = "aiwatch.db"
    timezone: Zone | None = None
    contact: str | None = None
    defaults: dict[str, Any] = {}
    fetch: FetchKeys = FetchKeys()
    delivery: DeliveryKeys = DeliveryKeys()
    backlog: Annotated[timedelta | Literal["all", "none"], BeforeValidator(_backlog)] = timedelta(
        hours=24
    )
    recheck: Annotated[list[Span], BeforeValidator(lambda v: [] if v == "never" else v)] = [
        timedelta(hours=1),
        timedelta(hours=6),
        timedelta(hours=24),
        timedelta(days=3),
    ]
    keep: KeepKeys = KeepKeys()
    public_url: str | None = None
    heartbeat: str | None = None
    workers: Annotated[int | str, BeforeValidator(_workers)] = "auto"
    outlets: dict[str, Any] = {}
    sources: list[Any] = []
    aliases: dict[str, Names] = {}
    topics: dict[str, Any] = {}
    channels: dict[str, Any] = {}
    alerts: list[Any] = []

"""The bundled outlets and what they publish: outlets.yaml, and one file for each version of an article.

Outlets and sentences are invented for this demo; the events they tell of happened, in the figures that differed then.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from importlib import resources
from typing import Any

import yaml

from aiwatch.model import Trust


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """An article as its outlet showed it from a moment on."""

    slug: str
    shown_from: datetime
    published: datetime
    title: str
    paragraphs: tuple[str, ...]
    modified: datetime | None = None
    authors: tuple[str, ...] = ()
    summary: str = ""


@dataclass(frozen=True, kw_only=True)
class Outlet:
    """One invented outlet: where it lives, how its feed and pages are made, all it ever publishes."""

    key: str
    name: str
    host: str
    feed: str
    path: str
    markup: str
    lang: str = "en"
    full: bool = False  # the feed carries whole texts
    dates: bool = True  # whether feed and pages give dates
    primary: bool = False
    trust: Trust = "normal"
    page: frozenset[str] = frozenset()
    versions: tuple[Version, ...] = field(default=(), repr=False)

    @cached_property
    def home(self) -> str:
        """The front page's address."""
        return f"http://{self.host}/"

    @cached_property
    def feed_url(self) -> str:
        """The feed's address."""
        return f"http://{self.host}/feed.json" if self.feed == "json" else f"{self.home}feed.xml"

    def url(self, version: Version) -> str:
        """The article's address, the same for all its versions."""
        slugs = sorted({(each.published, each.slug) for each in self.versions})
        number = 100 + slugs.index((version.published, version.slug))
        path = self.path.format(
            y=f"{version.published:%Y}",
            m=f"{version.published:%m}",
            d=f"{version.published:%d}",
            slug=version.slug,
            n=number,
        )
        return self.home.rstrip("/") + path

    def shown(self, now: datetime) -> tuple[Version, ...]:
        """What stands on the site at `now`: of each article its newest version, newest article first."""
        current: dict[str, Version] = {}
        for version in sorted(self.versions, key=lambda each: each.shown_from):
            if version.shown_from <= now:
                current[version.slug] = version
        return tuple(sorted(current.values(), key=lambda each: each.published, reverse=True))


def load_outlets() -> tuple[Outlet, ...]:
    """All bundled outlets with their articles."""
    folder = resources.files("aiwatch.demo")
    described = yaml.safe_load(folder.joinpath("outlets.yaml").read_text("utf-8"))
    versions: dict[str, list[Version]] = {key: [] for key in described}
    for file in sorted(folder.joinpath("articles").iterdir(), key=lambda each: each.name):
        key, version = parse_article(file.read_text("utf-8"))
        versions[key].append(version)
    return tuple(_outlet(key, keys, versions[key]) for key, keys in described.items())


def _outlet(key: str, keys: Mapping[str, Any], versions: list[Version]) -> Outlet:
    values = {**keys, "page": frozenset(keys["page"]), "versions": tuple(versions)}
    return Outlet(key=key, **values)


def parse_article(text: str) -> tuple[str, Version]:
    """An article file: facts in YAML between two lines of three dashes, then paragraphs; gives its outlet's key too."""
    _, head, body = text.split("---\n", 2)
    facts = yaml.safe_load(head)
    modified = facts.get("modified")
    return facts["outlet"], Version(
        slug=facts["slug"],
        shown_from=_moment(modified or facts["published"]),
        published=_moment(facts["published"]),
        modified=_moment(modified) if modified else None,
        title=facts["title"],
        authors=tuple(facts.get("authors", ())),
        summary=facts.get("summary", ""),
        paragraphs=tuple(part.strip() for part in body.split("\n\n") if part.strip()),
    )


def _moment(value: datetime) -> datetime:
    """YAML reads a time with Z as an aware one."""
    return value.astimezone(UTC)

"""What the bundled outlets serve: feeds in five forms, and pages with all that sites hang around an article."""

import json
import re
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from html import escape

from jinja2 import Environment, PackageLoader
from markupsafe import Markup

from aiwatch.demo.outlets import Outlet, Version

FEED_TYPES = {
    "rss": "application/rss+xml",
    "rss without ids": "text/xml",
    "rdf": "application/rdf+xml",
    "atom": "application/atom+xml",
    "json": "application/feed+json",
}
_LATEST = 20  # a feed lists this many
_TEASER = 160  # characters of the first paragraph, where an outlet writes no summary


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A version as feeds and lists of links show it."""

    url: str
    title: str
    teaser: str
    body: Markup
    authors: tuple[str, ...]
    published: datetime
    changed: datetime


def feed(outlet: Outlet, now: datetime) -> tuple[str, bytes]:
    """The outlet's feed at `now`: content type and bytes."""
    items = [listed(outlet, version) for version in outlet.shown(now)[:_LATEST]]
    kind = FEED_TYPES[outlet.feed]
    if outlet.feed == "json":
        return kind, _json_feed(outlet, items)
    template = {"rss without ids": "rss"}.get(outlet.feed, outlet.feed)
    text = _templates().get_template(f"{template}.xml.j2").render(outlet=outlet, items=items)
    return f"{kind}; charset=utf-8", text.encode()


def _json_feed(outlet: Outlet, items: list[Listed]) -> bytes:
    """JSON Feed 1.1 (jsonfeed.org)."""
    value = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": outlet.name,
        "home_page_url": outlet.home,
        "feed_url": outlet.feed_url,
        "language": outlet.lang,
        "items": [
            {
                "id": item.url,
                "url": item.url,
                "title": item.title,
                "summary": item.teaser,
                "content_html": f"<p>{escape(item.teaser)}</p>",
                "date_published": item.published.isoformat(),
                "date_modified": item.changed.isoformat(),
                "authors": [{"name": name} for name in item.authors],
            }
            for item in items
        ],
    }
    return json.dumps(value, ensure_ascii=False).encode()


def article_page(outlet: Outlet, version: Version, now: datetime) -> bytes:
    """One article's page at `now`, clutter and all."""
    others = [listed(outlet, other) for other in outlet.shown(now) if other.slug != version.slug]
    item = listed(outlet, version)
    text = (
        _templates()
        .get_template("page.html.j2")
        .render(outlet=outlet, item=item, related=others[:4], jsonld=_jsonld(outlet, item))
    )
    return text.encode()


def front_page(outlet: Outlet, now: datetime) -> bytes:
    """The outlet's home page: a list of links."""
    items = [listed(outlet, version) for version in outlet.shown(now)]
    text = _templates().get_template("front.html.j2").render(outlet=outlet, items=items)
    return text.encode()


def listed(outlet: Outlet, version: Version) -> Listed:
    """A version with its address, teaser and body in HTML."""
    first = re.sub(r"\*\*(.+?)\*\*", r"\1", version.paragraphs[0])
    teaser = first if len(first) <= _TEASER else first[:_TEASER].rsplit(" ", 1)[0] + " …"
    return Listed(
        url=outlet.url(version),
        title=version.title,
        teaser=version.summary or teaser,
        body=Markup("\n").join(_block(part) for part in version.paragraphs),
        authors=version.authors,
        published=version.published,
        changed=version.modified or version.published,
    )


def _block(part: str) -> Markup:
    """A paragraph, heading or list of an article file as HTML; `**…**` is bold."""
    if part.startswith("## "):
        return Markup("<h2>{}</h2>").format(part[3:])
    if part.startswith("- "):
        items = (Markup("<li>{}</li>").format(line[2:]) for line in part.split("\n"))
        return Markup("<ul>{}</ul>").format(Markup("").join(items))
    bold = re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", str(escape(part, quote=False)))
    return Markup("<p>{}</p>").format(Markup(bold))  # noqa: S704 - escaped one line above


def _jsonld(outlet: Outlet, item: Listed) -> Markup:
    """schema.org's NewsArticle, as a script may hold it."""
    value = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": item.title,
        "datePublished": item.published.isoformat(),
        "dateModified": item.changed.isoformat(),
        "author": [{"@type": "Person", "name": name} for name in item.authors],
        "publisher": {"@type": "Organization", "name": outlet.name},
        "mainEntityOfPage": item.url,
        "inLanguage": outlet.lang,
    }
    text = json.dumps(value, ensure_ascii=False).replace("<", "\\u003c")
    return Markup(text)  # noqa: S704 - no markup can start in it


def _templates() -> Environment:
    made = Environment(
        loader=PackageLoader("aiwatch.demo"), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    made.filters["rfc822"] = format_datetime
    made.filters["iso"] = datetime.isoformat
    return made

"""What the hosts of the world serve: feeds in words of their own, and the usual ways to answer for them."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from email.utils import format_datetime
from html import escape

from tests.world.server import START, Reply, Route, Seen

RSS = {"Content-Type": "application/rss+xml"}
HTML = {"Content-Type": "text/html; charset=utf-8"}


def item(title: str, at: datetime | None = None, link: str | None = None, text: str = "") -> str:
    """One item; its id is its title."""
    at = at or START - timedelta(hours=1)
    return (
        f'<item><guid isPermaLink="false">{escape(title)}</guid><title>{escape(title)}</title>'
        f"<link>{link or 'https://news.example/' + title.replace(' ', '-')}</link>"
        f"<pubDate>{format_datetime(at)}</pubDate><description>{escape(text)}</description></item>"
    )


def rss(*items: str, head: str = "") -> bytes:
    """An RSS feed of these items, or of these titles; `head` stands in its channel."""
    written = "".join(one if one.startswith("<item") else item(one) for one in items)
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"'
        ' xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"'
        ' xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd">'
        f"<channel><title>World</title>{head}{written}</channel></rss>"
    ).encode()


def html(title: str, body: str, head: str = "") -> bytes:
    """A web page."""
    return (
        f"<!doctype html><html><head><title>{title}</title>{head}</head><body>{body}</body></html>"
    ).encode()


def feed(*items: str, headers: Mapping[str, str] | None = None, head: str = "") -> Reply:
    """A feed, whole and at once."""
    return Reply(rss(*items, head=head), headers=RSS | dict(headers or {}))


def redirect(status: int, location: str | None) -> Reply:
    """Elsewhere."""
    return Reply("elsewhere", status, {"Location": location} if location is not None else {})


def conditional(reply: Reply, again: Mapping[str, str] | None = None) -> Callable[[Seen], Reply]:
    """The same, and 304 to whoever sends its ETag or Last-Modified back exactly; `again` are the 304's headers."""
    assert isinstance(reply.headers, Mapping)
    marks = {name.lower(): value for name, value in reply.headers.items()}

    def answer(seen: Seen) -> Reply:
        pairs = (("etag", "if-none-match"), ("last-modified", "if-modified-since"))
        if any(name in marks and seen.headers.get(sent) == marks[name] for name, sent in pairs):
            return Reply(status=304, headers=again or {})
        return reply

    return answer


def one_by_one(*replies: Route) -> Callable[[Seen], Reply]:
    """The first request gets the first, the second the second; the last stays."""
    left = list(replies)

    def answer(seen: Seen) -> Reply:
        route = left.pop(0) if len(left) > 1 else left[0]
        given = route(seen) if callable(route) else route
        assert isinstance(given, Reply)
        return given

    return answer

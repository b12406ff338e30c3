"""Sites and software whose feeds follow a rule, so that an address or a mark on the page is enough to know them.

One line a rule. The addresses were taken from the sites' own help pages and from what feed readers use.
"""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

Rule = tuple[str, str, str]  # address, title, why

# host, path with query, address of the feed, title
_ADDRESSES = tuple(
    (re.compile(host), re.compile(path), feed, title)
    for host, path, feed, title in (
        (r"(?:.+\.)?youtube\.com", r"/channel/(UC[\w-]{22})", r"https://www.youtube.com/feeds/videos.xml?channel_id=\1", "Videos"),
        (r"(?:.+\.)?youtube\.com", r"/.*[?&]list=([\w-]{10,50})", r"https://www.youtube.com/feeds/videos.xml?playlist_id=\1", "Playlist"),
        (r"(?:.+\.)?youtube\.com", r"/user/([\w-]{1,60})", r"https://www.youtube.com/feeds/videos.xml?user=\1", "Videos"),
        (r"github\.com", r"/(?!(?:orgs|topics|features|sponsors|marketplace|settings|about)/)([\w.-]+)/([\w.-]+)", r"https://github.com/\1/\2/releases.atom", "Releases"),
        (r"github\.com", r"/(?!(?:orgs|topics|features|sponsors|marketplace|settings|about)/)([\w.-]+)/([\w.-]+)", r"https://github.com/\1/\2/commits.atom", "Commits"),
        (r"(?:.+\.)?reddit\.com", r"((?:/(?:r|user|u)/[\w-]+)(?:/(?:new|top|hot|rising))?)/?(?:\?.*)?$", r"https://www.reddit.com\1/.rss", ""),
        (r"medium\.com", r"/(@?[\w.-]+)", r"https://medium.com/feed/\1", ""),
        (r"([\w-]+)\.medium\.com", r"/", r"https://{host}/feed", ""),
        (r"[\w-]+\.substack\.com", r"/", r"https://{host}/feed", ""),
        (r"bsky\.app", r"/profile/([\w.:-]+)", r"https://bsky.app/profile/\1/rss", ""),
        (r"[\w-]+\.blogspot\.[a-z.]{2,6}", r"/", r"https://{host}/feeds/posts/default", ""),
        (r"(?!www\.)[\w-]+\.tumblr\.com", r"/", r"https://{host}/rss", ""),
        (r"(?:www\.)?tumblr\.com", r"/(?!dashboard|explore|tagged)([\w-]+)", r"https://\1.tumblr.com/rss", ""),
        (r"(?:.+\.)?arxiv\.org", r"/list/([a-z-]+(?:\.[A-Za-z-]+)?)", r"https://rss.arxiv.org/rss/\1", ""),
        (r"(?:www\.)?vimeo\.com", r"/(?!\d|watch|channels|categories)([\w-]+)/?$", r"https://vimeo.com/\1/videos/rss", ""),
        (r"dev\.to", r"/([\w-]+)/?$", r"https://dev.to/feed/\1", ""),
        (r"news\.google\.com", r"/(?!rss)((?:search|topics|topstories|home).*)", r"https://news.google.com/rss/\1", ""),
    )
)  # fmt: skip

# What the page of such software says of itself; where its feed is, seen from the site's top or from the page
_SOFTWARE = tuple(
    (name, re.compile(mark, re.IGNORECASE), places)
    for name, mark, places in (
        ("WordPress", r"<meta[^>]{0,80}generator[^>]{0,80}WordPress|/wp-content/|/wp-includes/", ("/feed/", "/?feed=rss2")),
        ("Ghost", r"<meta[^>]{0,80}generator[^>]{0,80}Ghost", ("/rss/",)),
        ("Substack", r"substackcdn\.com", ("/feed",)),
        ("Medium", r"com\.medium\.reader", ("/feed",)),
        ("Squarespace", r"static1\.squarespace\.com|SQUARESPACE_CONTEXT", ("?format=rss",)),
        ("Blogger", r"<meta[^>]{0,80}generator[^>]{0,80}blogger", ("/feeds/posts/default",)),
        ("Tumblr", r"assets\.tumblr\.com", ("/rss",)),
        ("Discourse", r"<meta[^>]{0,80}generator[^>]{0,80}Discourse", ("/latest.rss",)),
    )
)  # fmt: skip
_MASTODON = re.compile(r"<meta[^>]{0,80}generator[^>]{0,80}mastodon|mastodon", re.IGNORECASE)
_ACCOUNT = re.compile(r"/@[\w.]+(?=/?$)")
# A channel's page speaks of other channels too: what names the page itself comes first.
_CHANNEL = tuple(
    re.compile(mark)
    for mark in (
        r"rel=\"canonical\" href=\"https://www\.youtube\.com/channel/(UC[\w-]{22})\"",
        r"itemprop=\"(?:identifier|channelId)\" content=\"(UC[\w-]{22})\"",
        r"\"externalId\":\s?\"(UC[\w-]{22})\"",
        r"\"channelId\":\s?\"(UC[\w-]{22})\"",
    )
)


def by_address(url: str, markup: str = "") -> Iterator[Rule]:
    """The feeds of an address at a site with a rule; YouTube's handles are told by the page."""
    parts = urlsplit(url)
    name = (parts.hostname or "").lower()
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    for host, rule, feed, title in _ADDRESSES:
        found = rule.match(path) if host.fullmatch(name) else None
        if found:
            yield found.expand(feed).replace("{host}", name), title, f"a rule of {_plain(name)}"
    if re.fullmatch(r"(?:.+\.)?youtube\.com", name):
        yield from _channel(markup)


def by_software(url: str, markup: str) -> Iterator[Rule]:
    """The feeds of software that marks its pages."""
    head = markup[:300_000]
    parts = urlsplit(url)
    top = f"{parts.scheme}://{parts.netloc}"
    for name, mark, places in _SOFTWARE:
        if mark.search(head):
            for place in places:
                here = place if place[0] == "/" else f"{parts.path or '/'}{place}"
                yield f"{top}{here}", "", f"the page is made with {name}"
    account = _ACCOUNT.search(parts.path)
    if account and _MASTODON.search(head):
        yield f"{top}{account[0]}.rss", "", "the page is made with Mastodon"


def _channel(markup: str) -> Iterator[Rule]:
    found = next((hit for mark in _CHANNEL if (hit := mark.search(markup))), None)
    if found:
        address = f"https://www.youtube.com/feeds/videos.xml?channel_id={found[1]}"
        yield address, "Videos", "the page names its channel"


def _plain(name: str) -> str:
    return name.removeprefix("www.")

"""Sites and software whose feeds follow a rule."""

import pytest

from aiwatch.sources.known_sites import by_address, by_software

HOME = "https://paper.example/"
CHANNEL = "UC" + "a" * 22
VIDEOS = f"https://www.youtube.com/feeds/videos.xml?channel_id={CHANNEL}"


@pytest.mark.parametrize(
    ("url", "feed"),
    [
        (f"https://www.youtube.com/channel/{CHANNEL}/videos", VIDEOS),
        (
            "https://www.youtube.com/playlist?list=PLabcdefghijkl",
            "https://www.youtube.com/feeds/videos.xml?playlist_id=PLabcdefghijkl",
        ),
        (
            "https://www.youtube.com/user/paper",
            "https://www.youtube.com/feeds/videos.xml?user=paper",
        ),
        (
            "https://github.com/Lightricks/LTX-2/issues",
            "https://github.com/Lightricks/LTX-2/releases.atom",
        ),
        ("https://old.reddit.com/r/aivideo", "https://www.reddit.com/r/aivideo/.rss"),
        ("https://www.reddit.com/r/aivideo/new/", "https://www.reddit.com/r/aivideo/new/.rss"),
        ("https://medium.com/@someone", "https://medium.com/feed/@someone"),
        ("https://paper.medium.com/", "https://paper.medium.com/feed"),
        ("https://paper.substack.com/p/a-post", "https://paper.substack.com/feed"),
        ("https://bsky.app/profile/a.bsky.social", "https://bsky.app/profile/a.bsky.social/rss"),
        ("https://paper.blogspot.co.uk/", "https://paper.blogspot.co.uk/feeds/posts/default"),
        ("https://paper.tumblr.com/", "https://paper.tumblr.com/rss"),
        ("https://www.tumblr.com/paper", "https://paper.tumblr.com/rss"),
        ("https://arxiv.org/list/cs.CV/recent", "https://rss.arxiv.org/rss/cs.CV"),
        ("https://vimeo.com/paper", "https://vimeo.com/paper/videos/rss"),
        ("https://dev.to/someone", "https://dev.to/feed/someone"),
        (
            "https://news.google.com/search?q=sora&hl=en",
            "https://news.google.com/rss/search?q=sora&hl=en",
        ),
    ],
)
def test_an_address_at_a_known_site_tells_its_feed(url: str, feed: str) -> None:
    assert next(by_address(url))[0] == feed


@pytest.mark.parametrize(
    "url",
    [
        "https://github.com/",
        "https://github.com/topics/video",
        "https://www.reddit.com/",
        "https://notyoutube.com/channel/" + CHANNEL,
        "https://vimeo.com/123456",
        "https://news.google.com/rss/search?q=sora",
    ],
)
def test_other_addresses_there_tell_none(url: str) -> None:
    assert list(by_address(url)) == []


@pytest.mark.parametrize(
    "mark",
    [
        f'<link rel="canonical" href="https://www.youtube.com/channel/{CHANNEL}">',
        f'<meta itemprop="identifier" content="{CHANNEL}">',
        f'<script>{{"channelId":"UC{"b" * 22}","externalId":"{CHANNEL}"}}</script>',
    ],
)
def test_the_page_of_a_handle_tells_its_channel(mark: str) -> None:
    assert [rule[0] for rule in by_address("https://www.youtube.com/@paper", mark)] == [VIDEOS]


@pytest.mark.parametrize(
    ("head", "url", "feeds"),
    [
        (
            '<meta name="generator" content="WordPress 6.7">',
            HOME,
            ["https://paper.example/feed/", "https://paper.example/?feed=rss2"],
        ),
        ('<meta name="generator" content="Ghost 5.9">', HOME, ["https://paper.example/rss/"]),
        ('<img src="https://substackcdn.com/x">', HOME, ["https://paper.example/feed"]),
        (
            '<script src="https://static1.squarespace.com/x.js">',
            "https://paper.example/blog",
            ["https://paper.example/blog?format=rss"],
        ),
        (
            '<meta name="generator" content="Discourse 3">',
            HOME,
            ["https://paper.example/latest.rss"],
        ),
        (
            "<title>Mastodon</title>",
            "https://social.example/@me",
            ["https://social.example/@me.rss"],
        ),
    ],
)
def test_software_is_known_by_its_marks(head: str, url: str, feeds: list[str]) -> None:
    assert [rule[0] for rule in by_software(url, head)] == feeds

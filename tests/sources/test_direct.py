"""Which items are read from their bytes, and that feedparser would read them so."""

import pytest

from aiwatch.sources.direct import Direct, feed_facts
from aiwatch.sources.prescan import scan
from tests.sources.peers import same_by_marks

URL = "https://feeds.example/rss"
RSS = (
    '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">'
    "<channel>{}<item>{}</item></channel></rss>"
)
ATOM = '<feed xmlns="http://www.w3.org/2005/Atom">{}<entry>{}</entry></feed>'
LINK = "<link>https://x.example/a</link>"
PAGE = "<id>tag:x.example,2026:a</id><link href='https://x.example/a'/>"


def read_directly(body: str) -> bool:
    same_by_marks(body.encode(), URL)
    found = scan(body.encode(), URL)
    assert found is not None
    return Direct(found, URL).item(found.items[0]) is not None


@pytest.mark.parametrize(
    ("inside", "directly"),
    [
        (f"{LINK}<title>A &amp;amp; B&#8217;s</title><guid isPermaLink='false'>1</guid>", True),
        (f"{LINK}<guid>https://x.example/a</guid><source url='https://y.example'>Y</source>", True),
        (
            f"{LINK}<dc:creator><![CDATA[Ann Lee]]></dc:creator><pubDate>Mon, 05 Oct 2026 10:00:00 GMT</pubDate>",
            True,
        ),
        (f"{LINK}<description>&#38;lt;b&gt;\r\nnew line</description>", True),
        (f"{LINK}<title>caf\u00e9</title><category>x</category>", True),
        (f"{LINK}<title>caf\u00c3\u00a9</title>", False),
        (f"{LINK}<title>\u0093quoted\u0094</title>", False),
        (f"{LINK}<title type='html'>t</title>", False),
        (f"{LINK}<title>a<![CDATA[b]]></title>", False),
        (f"{LINK}<title>a</title><title>b</title>", False),
        (f"{LINK}<guid>a</guid>", False),
        (f"{LINK}<guid isPermaLink='no'>a</guid>", False),
        (f"{LINK}<dc:creator>ann@x.example (Ann)</dc:creator>", False),
        (f"{LINK}<pubDate>yesterday</pubDate>", False),
        (f"{LINK}<description><p>Words</p></description>", False),
        ("<link>/relative</link><title>t</title>", False),
        ("<title>t</title>", False),
        (f"{LINK}<unknown>x</unknown>", False),
        (f"{LINK}<slash/>", False),
    ],
)
def test_rss(inside: str, directly: bool) -> None:
    assert read_directly(RSS.format("<title>t</title>", inside)) == directly


@pytest.mark.parametrize(
    ("inside", "directly"),
    [
        (
            f"{PAGE}<title type='html'>&lt;b&gt;A&lt;/b&gt;</title><updated>2026-10-05T10:00:00Z</updated>",
            True,
        ),
        (
            f"{PAGE}<author><name>Ann</name><uri>https://x.example</uri></author><author><uri>x</uri><name>Bo</name></author>",
            True,
        ),
        (
            "<id>abc</id><link rel='alternate' type='text/html' href='https://x.example/a?b=1&amp;c=2'/>",
            True,
        ),
        (
            f"{PAGE}<link rel='self' href='https://x.example/self'/><category term='x'/><content>words</content>",
            True,
        ),
        (f"{PAGE}<author><name>Ann</name><email>a@x.example</email></author>", False),
        (f"{PAGE}<author><name>Ann (Lee)</name></author>", False),
        (f"{PAGE}<content type='image/png'>aGVsbG8=</content>", False),
        (f"{PAGE}<content src='https://x.example/b'/>", False),
        (f"{PAGE}<updated x='y'>2026-10-05T10:00:00Z</updated>", False),
        (f"{PAGE}<link href='https://x.example/b'/>", False),
        (f"{PAGE}<category>x</category>", False),
        ("<id>a/b</id><link href='https://x.example/a'/>", False),
        ("<id>a</id><link type='application/pdf' href='https://x.example/a.pdf'/>", False),
        ("<id>a</id><link url='https://x.example/a'/>", False),
        ("<id>a</id>", False),
    ],
)
def test_atom(inside: str, directly: bool) -> None:
    assert read_directly(ATOM.format("<title>t</title>", inside)) == directly


@pytest.mark.parametrize(
    ("head", "directly"),
    [
        ("<title>A &amp; B</title><ttl>60</ttl><sy:updatePeriod>daily</sy:updatePeriod>", True),
        ("<title>A</title><image><title>I</title><url>u</url><link>l</link></image>", True),
        ("<title>A</title><image><x/><title>I</title></image>", False),
        ("<title>A</title><ttl unit='m'>60</ttl>", False),
        ("<title>A</title><ttl>60</ttl><ttl>90</ttl>", False),
        ("<title>A</title><x><title>B</title></x>", False),
        ("<title><b>A</b></title>", False),
        ("<title mode='base64'>QQ==</title>", False),
        ("<dc:title>A</dc:title>", False),
    ],
)
def test_the_feeds_own_title_and_hints(head: str, directly: bool) -> None:
    body = RSS.format(head, LINK)
    same_by_marks(body.encode(), URL)
    found = scan(body.encode(), URL)
    assert found is not None
    assert (feed_facts(found) is not None) == directly


def test_other_kinds_and_bases_are_left_to_feedparser() -> None:
    based = ATOM.replace("<feed", "<feed xml:base='https://y.example/'").format("", PAGE)
    assert not read_directly(based)
    assert not read_directly(ATOM.replace("<entry>", "<entry xml:lang='en'>").format("", PAGE))
    rdf = (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"><channel>'
        f"<title>t</title></channel><item rdf:about='https://x.example/a'>{LINK}</item></rdf:RDF>"
    )
    assert not read_directly(rdf)

"""One page, one address; two pages, two."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from aiwatch.text.urls import believable_canonical, canonical, host, same_site, url_key
from tests.text.tables import SHARED, rows

SHOWN = rows("urls.tsv")
SAME = rows("same_page.tsv")
OTHER = rows("other_page.tsv")
CLAIMS = rows("canonical_claims.tsv")

URLISH = st.builds(
    "{}{}{}{}{}".format,
    st.sampled_from(["http://", "https://", "HTTPS://", "//", "https://u:p@", ""]),
    st.sampled_from(["example.com", "www.Example.com.", "m.example.co.uk", "bücher.example", "l.facebook.com", "www.google.com", "youtu.be", "[::1]", "x.cdn.ampproject.org", "t.me"]),
    st.sampled_from(["", ":80", ":8080", ":x"]),
    st.lists(st.sampled_from(["/", "/a", "/..", "/.", "//", "/amp", "/url", "/l.php", "/c/s/www.example.com", "/index.html", "/%7e", "/%", "/é", "/a b", ";jsessionid=1", "&utm_x=1", ".amp", "/s/a/1", "/dQw4w9WgXcQ", "/iv"]), max_size=6).map("".join),
    st.lists(st.sampled_from(["?", "&", "a=1", "q=https://example.com/a", "u=https%3A%2F%2Ft.me%2Fiv", "utm_source=x", "amp", "amp;", "b=%zz", "#", "#/x", "url=http://e.com", "é=ü", "+", "=", ";"]), max_size=8).map("".join),
)  # fmt: skip


@pytest.mark.parametrize(("url", "shown", "why"), SHOWN, ids=[row[2] for row in SHOWN])
def test_the_address_to_open_is_in_normal_form_and_bare_of_tracking(
    url: str, shown: str, why: str
) -> None:
    assert canonical(url) == shown
    assert url_key(url) == url_key(shown)


@pytest.mark.parametrize(("a", "b", "why"), SAME, ids=[row[2] for row in SAME])
def test_two_addresses_of_one_page_have_one_key(a: str, b: str, why: str) -> None:
    assert url_key(a) == url_key(b)


@pytest.mark.parametrize(("a", "b", "why"), OTHER, ids=[row[2] for row in OTHER])
def test_addresses_that_may_be_two_pages_keep_two_keys(a: str, b: str, why: str) -> None:
    assert url_key(a) != url_key(b)


@settings(max_examples=150)
@given(URLISH | st.text(max_size=80) | st.text(max_size=40).map("https://".__add__))
@example("https://href.li/?" * 60 + "https://example.com/a")
@example("https://example.com/\ud800?\udfff=1")
@example("https://\ud800.example/")
def test_normal_form_is_reached_in_one_go_and_nothing_raises(url: str) -> None:
    shown = canonical(url)
    assert canonical(shown) == shown
    assert url_key(shown) == url_key(url)
    host(url), believable_canonical(url, shown), believable_canonical(shown, url)


def test_every_shared_pair_has_one_key() -> None:
    table = SHARED / "stories" / "urls.tsv"
    if not table.exists():
        pytest.skip("the shared table of addresses is not here")
    pairs = rows(table.name, table.parent)
    wrong = [(a, b) for a, b, *_ in pairs if url_key(a) != url_key(b)]
    assert wrong == []


def test_pages_that_the_shared_table_keeps_apart_stay_apart() -> None:
    table = SHARED / "stories" / "urls.tsv"
    if not table.exists():
        pytest.skip("the shared table of addresses is not here")
    expected = {row[1] for row in rows(table.name, table.parent)}
    folded = {
        b.replace("https://www.", "https://").replace("http://", "https://") for b in expected
    }
    assert len({url_key(url) for url in expected}) == len(folded)


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://WWW.Example.com:8080/a", "example.com"),
        ("https://m.example.com/a", "m.example.com"),
        ("https://www.google.com/url?q=https://example.org/a", "example.org"),
        ("id-17", ""),
        ("", ""),
    ],
)
def test_the_host_is_shown_without_www(url: str, name: str) -> None:
    assert host(url) == name


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("https://news.example.com/a", "https://www.example.com/b", True),
        ("https://a.example.co.uk", "https://b.example.co.uk", True),
        ("https://one.co.uk", "https://two.co.uk", False),
        ("https://one.com.au", "https://two.com.au", False),
        ("https://jo.substack.com", "https://al.substack.com", False),
        ("https://192.168.0.1/a", "https://10.0.0.1/a", False),
        ("https://192.168.0.1/a", "https://192.168.0.1/b", True),
        ("https://[::1]/a", "https://[::1]:8080/b", True),
        ("https://notexample.com", "https://example.com", False),
        ("https://localhost/a", "http://localhost/b", True),
        ("id-17", "id-17", False),
    ],
)
def test_one_site_is_one_registered_domain(a: str, b: str, same: bool) -> None:
    assert same_site(a, b) is same


@pytest.mark.parametrize(
    ("page", "claimed", "believed", "why"), CLAIMS, ids=[row[3] for row in CLAIMS]
)
def test_a_claimed_address_is_believed_only_as_an_article_of_the_same_site(
    page: str, claimed: str, believed: str, why: str
) -> None:
    assert (believable_canonical(page, claimed) or "-") == believed

"""Each way in which the pages of a peer were broken into, tried here; named after its advisory (research, delivery.md 3.6)."""

import pytest
from selectolax.lexbor import LexborHTMLParser

from aiwatch.store import reader
from aiwatch.web.door import OPEN
from tests.web.conftest import HOSTILE, TOKEN, Pages, opened

PATHS = (
    "/",
    "/topics/sora",
    "/search?q=sora",
    "/sources",
    "/messages",
    "/stories/1",
    "/articles/1",
)
OUTSIDE = "https://news.example.org"
_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '%fts%'"


@pytest.mark.parametrize("path", PATHS)
def test_cve_2026_35490_nothing_is_shown_to_a_stranger_unless_it_is_listed_as_open(
    shown: Pages, path: str
) -> None:
    outside = opened(shown.config, OUTSIDE)
    for form in ("", ".json", ".atom"):
        page, mark, asked = path.partition("?")
        answer = outside.get(f"{page.rstrip('/') or '/today'}{form}{mark}{asked}" if form else path)
        assert answer.status_code in (401, 404), form
        assert "Sora is over" not in answer.text
    assert not any(path.startswith(one) for one in OPEN)


@pytest.mark.parametrize("path", ["/metrics", "/", "/messages"])
@pytest.mark.parametrize(
    "header", ["x-forwarded-for", "x-real-ip", "forwarded", "x-forwarded-host"]
)
def test_cve_2023_27591_a_header_opens_no_door(shown: Pages, path: str, header: str) -> None:
    value = "for=127.0.0.1;host=localhost" if header == "forwarded" else "127.0.0.1"
    answer = opened(shown.config, OUTSIDE).get(path, headers={header: value})
    assert answer.status_code == 401


@pytest.mark.parametrize("path", PATHS)
def test_cve_2025_52558_62780_2026_27645_29038_what_is_stored_is_text(
    shown: Pages, path: str
) -> None:
    found = LexborHTMLParser(shown.get(path).text)
    assert not found.css("script, iframe, object, embed, [onclick], [onerror], [onload]")
    for node in found.css("a, form, link, img"):
        for name in ("href", "action", "src"):
            address = (node.attributes.get(name) or "/").strip().lower()
            assert address.startswith(("/", "https://", "http://", "#", "?", "mailto:")), address


@pytest.mark.parametrize(
    "path",
    [
        *(f"/stories/{HOSTILE}", f"/topics/{HOSTILE}", f"/{HOSTILE}", "/stories/999999"),
        *("/search?q=%22(", "/articles/-1", "/stories/1e9", f"/unsubscribe/{HOSTILE}"),
    ],
)
def test_cve_2023_27592_and_go_2025_3591_an_error_echoes_nothing_as_markup(
    shown: Pages, path: str
) -> None:
    answer = shown.get(path)
    assert answer.status_code < 500
    if answer.headers["content-type"].startswith("text/html"):
        assert not LexborHTMLParser(answer.text).css("script, img[onerror]")
    else:
        assert answer.headers["content-type"].startswith("text/plain")
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "path",
    [
        *(
            "/../../etc/passwd",
            "/%2e%2e/%2e%2e/etc/passwd",
            "/..%2f..%2fetc%2fpasswd",
            "/style.css/../x",
        ),
        *(
            "/static/../../aiwatch.db",
            "/style.css%00.html",
            "//etc/passwd",
            "/aiwatch.db",
            "/ext.php?f=/etc/passwd",
        ),
    ],
)
def test_cve_2026_25527_and_2022_23497_no_file_is_served_but_ours(shown: Pages, path: str) -> None:
    answer = shown.get(path)
    assert answer.status_code in (404, 307, 308)
    assert "root:" not in answer.text
    assert not answer.content.startswith(b"SQLite format 3")


@pytest.mark.parametrize("path", ["//evil.example", "//evil.example/%2e%2e", "/\\evil.example/"])
def test_go_2025_4226_no_page_leads_elsewhere_by_itself(shown: Pages, path: str) -> None:
    answer = shown.get(path)
    location = answer.headers.get("location", "/")
    assert not location.startswith("//")
    assert "evil.example" not in location.partition("?")[0].partition("://")[2].partition("/")[0]


def test_ghsa_3v57_xv5m_v7m7_no_get_changes_anything(shown: Pages) -> None:
    def stored() -> dict[str, list[tuple[object, ...]]]:
        with reader(shown.config.database) as db:
            names = [name for (name,) in db.execute(_TABLES)]
            return {
                name: [tuple(row) for row in db.execute(f"SELECT * FROM {name}")] for name in names
            }

    before = stored()
    token = shown.subscriber
    for path in (
        *PATHS,
        f"/unsubscribe/{token}",
        f"/unsubscribe/{token}?List-Unsubscribe=One-Click",
    ):
        assert shown.get(path).status_code in (200, 404)
    assert stored() == before


def test_only_leaving_is_asked_for_by_post(shown: Pages) -> None:
    """GHSA-3v57-xv5m-v7m7: every other address answers a POST with 405."""
    for path in PATHS:
        assert shown.client.post(path.partition("?")[0]).status_code == 405


def test_dns_rebinding_a_page_asked_for_under_a_strange_name_is_refused(shown: Pages) -> None:
    assert opened(shown.config, "http://rebound.evil.example").get("/").status_code == 421
    assert TOKEN.value not in repr(TOKEN)

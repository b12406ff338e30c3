"""The page's own day, from a moment in UTC."""

from datetime import UTC, date, datetime

import pytest

from aiwatch.text.article import extract
from aiwatch.text.pageday import SHOWN, day_in_url, on_own_day

LATE = datetime(2026, 3, 5, 3, 22, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("url", "day"),
    [
        ("https://a.example/2026/03/04/bridge", date(2026, 3, 4)),
        ("https://a.example/news/20260304/bridge.html", date(2026, 3, 4)),
        ("https://a.example/2026/mar/04/bridge", date(2026, 3, 4)),
        ("https://a.example/2026/March/4/bridge", date(2026, 3, 4)),
        ("https://a.example/bridge-29-10-2025", date(2025, 10, 29)),
        ("https://a.example/bridge-03-04-2026", None),
        ("https://a.example/2026/13/44/bridge", None),
        ("https://a.example/bridge?on=/2026/03/04/", None),
        (None, None),
    ],
)
def test_an_address_tells_a_day_where_it_has_one_reading(url: str | None, day: date | None) -> None:
    assert day_in_url(url) == day


@pytest.mark.parametrize(
    ("shown", "days", "iso", "where"),
    [
        (["March 4, 2026, 10:22 PM"], [], "2026-03-04T22:22:07-05:00", "shown clock"),
        (["2026-03-04T22:22:07-0500"], [], "2026-03-04T22:22:07-05:00", "shown clock"),
        (["March 4, 2026, 10:22 pm EST"], [], "2026-03-04T22:22:07-05:00", "shown clock"),
        (["March 4, 2026, 10:57 PM"], [], "2026-03-05T03:22:07+00:00", None),
        (["2026-03-05T04:22:07Z"], [], "2026-03-05T03:22:07+00:00", None),
        (["2026-03-05T06:22:07+02:00"], [], "2026-03-05T03:22:07+00:00", None),
        (
            ["4 March 2026"],
            [(date(2026, 3, 4), "day as in url")],
            "2026-03-04T23:22:07-04:00",
            "day as in url",
        ),
        (["4/3/2026 22:22"], [], "2026-03-04T22:22:07-05:00", "shown clock"),
        (
            [],
            [(date(2026, 3, 6), SHOWN), (date(2026, 3, 5), SHOWN)],
            "2026-03-05T03:22:07+00:00",
            None,
        ),
        ([], [(date(2026, 3, 4), SHOWN)], "2026-03-05T03:22:07+00:00", None),
        ([], [(date(2026, 3, 1), "day as in url")], "2026-03-05T03:22:07+00:00", None),
    ],
)
def test_a_moment_stays_and_takes_the_offset_that_the_page_shows(
    shown: list[str], days: list[tuple[date, str]], iso: str, where: str | None
) -> None:
    moment, found = on_own_day(LATE, shown, days)
    assert (moment.isoformat(), found) == (iso, where)
    assert moment == LATE


@pytest.mark.parametrize(
    ("moment", "day", "iso"),
    [
        ("2026-03-05T16:22:00+00:00", date(2026, 3, 6), "2026-03-06T00:22:00+08:00"),
        ("2026-03-05T16:22:00+00:00", date(2026, 3, 4), "2026-03-05T16:22:00+00:00"),
        ("2026-03-05T00:00:00+00:00", date(2026, 3, 4), "2026-03-05T00:00:00+00:00"),
        ("2026-03-05T03:00:00+01:00", date(2026, 3, 4), "2026-03-05T03:00:00+01:00"),
    ],
)
def test_an_address_turns_the_day_only_within_the_offsets_of_the_world(
    moment: str, day: date, iso: str
) -> None:
    turned, _ = on_own_day(datetime.fromisoformat(moment), [], [(day, "day as in url")])
    assert turned.isoformat() == iso


def test_a_page_shows_its_day_by_the_clock_at_the_headline() -> None:
    page = (
        '<meta property="article:published_time" content="2026-03-05T03:22:07Z">'
        "<h1>Bridge to close</h1><p>March 4, 2026 at 10:22 p.m. | UPDATED: March 5, 2026 at 9:00 a.m.</p><p>Text."
    )
    got = extract(page, "https://a.example/bridge")
    assert got.published is not None
    assert got.published.isoformat() == "2026-03-04T22:22:07-05:00"
    assert got.how["published"] == "meta article:published_time, shown clock"


def test_a_short_line_shows_the_day_just_about_midnight_unless_the_page_was_changed_then() -> None:
    page = (
        '<meta property="article:published_time" content="2026-03-05T23:22:07Z">'
        "{}<h1>Bridge to close</h1><p>6 March 2026</p><p>Text."
    )
    changed = '<meta property="article:modified_time" content="2026-03-06T09:00:00Z">'
    for more, day in (("", date(2026, 3, 6)), (changed, date(2026, 3, 5))):
        got = extract(page.format(more), "https://a.example/bridge")
        assert got.published is not None
        assert got.published.date() == day


def test_a_page_that_shows_utc_is_given_in_utc() -> None:
    page = (
        '<meta property="article:published_time" content="2026-03-04T22:22:07-05:00">'
        "<h1>Bridge to close</h1><p>March 5, 2026 3:22 AM</p><p>Text."
    )
    got = extract(page, "https://a.example/bridge")
    assert got.published is not None
    assert got.published.isoformat() == "2026-03-05T03:22:07+00:00"


@pytest.mark.parametrize(
    ("line", "url", "iso"),
    [
        ("9 March 2026", "bridge", "2026-03-09T09:00:00+00:00"),
        ("9 March 2026, 10:00", "bridge", "2026-03-09T10:00:00+01:00"),
        ("Korvat | 7 March 2026", "bridge", "2026-03-07T00:00:00+00:00"),
        ("4 March 2024", "bridge", "2024-03-04T00:00:00+00:00"),
        ("Updated 9 March 2026", "bridge", None),
        ("Updated</p><p>9 March 2026", "bridge", None),
        ("<b class=last-modified>9 March 2026</b>", "bridge", None),
        ("10 March 2026", "bridge", None),
        ("9 March 2026</p><p>1 March 2026", "bridge", None),
        ("It was shut on 9 March 2026.", "bridge", None),
        ("9 March 2026", "2026/03/01/bridge", None),
        ("2 March 2026", "bridge", None),
        ("1</p><p>2</p><p>3</p><p>4</p><p>5</p><p>6</p><p>9 March 2026", "bridge", None),
    ],
)
def test_the_one_day_printed_at_the_headline_goes_before_another_stated(
    line: str, url: str, iso: str | None
) -> None:
    page = (
        '<meta property="article:published_time" content="2026-03-01T05:00:00Z">'
        '<meta property="article:modified_time" content="2026-03-09T09:00:00Z">'
        f"<h1>Bridge to close</h1><p>{line}</p><p>Text."
    )
    got = extract(page, f"https://a.example/{url}")
    assert got.published is not None
    assert got.published.isoformat() == (iso or "2026-03-01T05:00:00+00:00")
    assert got.how["published"].startswith("shown day") is bool(iso)

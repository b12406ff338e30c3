"""/metrics: read back with Prometheus' own parser."""

from functools import partial
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.openmetrics import parser as openmetrics_parser
from prometheus_client.parser import text_string_to_metric_families

from aiwatch import __version__
from aiwatch.store import Store, polls
from aiwatch.store import sources as watched
from tests import looks
from tests.stories import NOON
from tests.web.conftest import TOKEN, Browser, Pages, configured, opened

COUNTED = {
    "aiwatch_fetch",
    "aiwatch_articles",
    "aiwatch_stories",
    "aiwatch_matches",
    "aiwatch_deliveries",
}
STANDING = {
    "aiwatch_build_info",
    "aiwatch_healthy",
    "aiwatch_health",
    "aiwatch_feeds",
    "aiwatch_entries_pending",
    "aiwatch_stories_waiting",
    "aiwatch_outbox_pending",
    "aiwatch_outbox_failed",
    "aiwatch_database_bytes",
    "aiwatch_last_success_timestamp_seconds",
}
Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


def scrape(browser: Browser, **options: Any) -> tuple[dict[str, str], Samples]:
    """Type of each family; value of each sample by name and labels."""
    answer = browser.get("/metrics", **options)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=")
    families = list(text_string_to_metric_families(answer.text))
    samples = {
        (one.name, frozenset(one.labels.items())): one.value
        for family in families
        for one in family.samples
    }
    assert all(family.documentation for family in families)
    return {family.name: family.type for family in families}, samples


def value(samples: Samples, name: str, **labels: str) -> float:
    return samples[name, frozenset(labels.items())]


def test_every_family_is_there_and_counts_what_the_archive_holds(shown: Pages) -> None:
    types, samples = scrape(shown.client)
    assert {name for name, kind in types.items() if kind == "counter"} == COUNTED
    assert {name for name, kind in types.items() if kind == "gauge"} == STANDING
    assert types["aiwatch_detection_lag_seconds"] == "histogram"
    assert value(samples, "aiwatch_build_info", version=__version__) == 1
    articles = sum(n for (name, _), n in samples.items() if name == "aiwatch_articles_total")
    assert articles == 8
    assert value(samples, "aiwatch_matches_total", topic="veo") == 2
    assert value(samples, "aiwatch_deliveries_total", channel="inbox", outcome="delivered") >= 1
    assert value(samples, "aiwatch_feeds", state="new") == 1
    assert value(samples, "aiwatch_last_success_timestamp_seconds", job="file") > 1.7e9
    assert value(samples, "aiwatch_database_bytes") == shown.config.database.stat().st_size


def test_counting_goes_on_and_never_back(tmp_path: Path) -> None:
    config = configured(tmp_path / "a.db")
    browser = opened(config)
    with Store(config.database) as store:
        store.write_now(lambda db: watched.sync(db, [looks.SOURCE], NOON))
        seen = []
        for one in (looks.look(looks.entry("a")), looks.failed(404)):
            store.write_now(partial(polls.record, look=one))
            seen.append(scrape(browser)[1])
        store.write_now(lambda db: db.execute("DELETE FROM polls"))
        seen.append(scrape(browser)[1])
    new, failed = (
        [
            samples.get(("aiwatch_fetch_total", frozenset({("outcome", kind)})), 0)
            for samples in seen
        ]
        for kind in ("new", "failed")
    )
    assert new == [1, 1, 1]
    assert failed == [0, 1, 1]


def test_open_metrics_are_given_to_those_who_ask_for_them(shown: Pages) -> None:
    accept = {"accept": "application/openmetrics-text; version=1.0.0"}
    answer = shown.get("/metrics", headers=accept)
    assert answer.headers["content-type"].startswith("application/openmetrics-text")
    families = list(openmetrics_parser.text_string_to_metric_families(answer.text))  # type: ignore[no-untyped-call]
    assert {family.name for family in families} >= COUNTED


def test_a_database_that_is_not_there_is_not_healthy(tmp_path: Path) -> None:
    types, samples = scrape(opened(configured(tmp_path / "none.db")))
    assert set(types) == {"aiwatch_healthy", "aiwatch_build_info"}
    assert value(samples, "aiwatch_healthy") == 0


@pytest.mark.parametrize(
    ("origin", "headers", "status"),
    [
        ("http://localhost", {}, 200),
        ("https://news.example.org", {}, 401),
        ("https://news.example.org", {"x-forwarded-for": "127.0.0.1"}, 401),
        ("https://news.example.org", {"x-real-ip": "127.0.0.1", "forwarded": "for=[::1]"}, 401),
        ("https://news.example.org", {"authorization": f"Bearer {TOKEN.value}"}, 200),
        ("http://evil.example", {"authorization": f"Bearer {TOKEN.value}"}, 421),
    ],
)
def test_the_door_decides_who_scrapes(
    shown: Pages, origin: str, headers: dict[str, str], status: int
) -> None:
    assert opened(shown.config, origin).get("/metrics", headers=headers).status_code == status

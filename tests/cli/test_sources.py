"""`sources`: how they fare, paused and resumed."""

from tests.cli.conftest import NOON, prepare
from tests.newsroom import Newsroom


def test_sources_are_listed_with_the_worst_first(told: Newsroom) -> None:
    rows = told.aiwatch("sources", "list", "--json", now=NOON).json()
    assert [(row["name"], row["state"], row["failures"]) for row in rows] == [
        ("Broken Gazette", "failing", 1),
        ("Daily Copy", "working", 0),
        ("Example Times", "working", 0),
        ("Asleep", "new", 0),
    ]
    assert set(rows[0]) == {
        "name",
        "kind",
        "url",
        "asked_at",
        "enabled",
        "paused",
        "state",
        "detail",
        "last_success",
        "last_new",
        "usual_gap_seconds",
        "next_due",
        "due_reason",
        "failures",
    }
    shown = told.aiwatch("sources", "list", now=NOON).out.splitlines()
    assert "Broken Gazette  not found (404), never read yet  –" in shown[1]
    assert shown[-1].split()[:2] == ["Asleep", "off"]


def test_a_source_that_is_gone_for_good_is_never_due(room: Newsroom) -> None:
    room.site.add("/gone", b"", status=410)
    room.configure(sources=[{"name": "A", "url": room.site.url("/gone")}])
    assert room.aiwatch("fetch", now=NOON).code == 1
    (row,) = room.aiwatch("sources", "list", "--json", now=NOON).json()
    assert (row["state"], row["next_due"]) == ("stopped", None)
    assert (
        "stopped: gone for good (410)  –             –"
        in room.aiwatch("sources", "list", now=NOON).out
    )
    assert room.aiwatch("fetch", "A", "--json", now="2026-04-24").json()["sources"] == []


def test_a_paused_source_is_left_alone_until_it_is_resumed(room: Newsroom) -> None:
    prepare(room)
    room.aiwatch("sources", "pause", "Example Times")
    rows = room.aiwatch("sources", "list", "--json", now=NOON).json()
    (row,) = (row for row in rows if row["name"] == "Example Times")
    assert (row["paused"], row["detail"], row["next_due"]) == (True, "paused", None)
    looked = room.aiwatch("fetch", "--all", "--json", now="2026-03-26").json()["sources"]
    assert "Example Times" not in {source["name"] for source in looked}
    room.aiwatch("sources", "resume", "Example Times")
    looked = room.aiwatch("fetch", "--all", "--json", now="2026-03-26").json()["sources"]
    assert "Example Times" in {source["name"] for source in looked}


def test_before_the_first_pass_every_source_is_new(room: Newsroom) -> None:
    assert room.aiwatch("sources", "list").out == "no sources configured\n"
    room.configure(sources=[{"name": "A", "url": "https://a.example/"}])
    (row,) = room.aiwatch("sources", "list", "--json").json()
    assert (row["state"], row["detail"], row["next_due"]) == ("new", "not read yet", None)


def test_a_source_that_has_moved_says_where_to(room: Newsroom) -> None:
    new = room.feed("/new", room.item("/one", "OpenAI closes Sora", "2026-03-24T10:00:00Z"))
    room.site.add("/old", status=301, headers={"Location": "/new"})
    room.configure(sources=[{"name": "A", "url": room.site.url("/old")}])
    for moment in (NOON, "2026-03-24T14:00:00Z"):
        assert room.aiwatch("fetch", "--baseline", now=moment).code == 0
    shown = room.aiwatch("sources", "list", now="2026-03-24T14:01:00Z").out
    assert f"Working, moved to {new}" in shown

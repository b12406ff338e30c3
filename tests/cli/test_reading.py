"""`stories` and `story`: what is going on, for people and for scripts."""

import sqlite3
from pathlib import Path

import pytest

from tests.cli.conftest import NOON
from tests.newsroom import Done, Newsroom


@pytest.mark.parametrize(
    ("words", "titles"),
    [
        ((), {"OpenAI closes Sora", "Sora joins the Kingdom Hearts concert"}),
        (("--topic", "sora"), {"OpenAI closes Sora"}),
        (("--since", "24h"), {"OpenAI closes Sora", "Sora joins the Kingdom Hearts concert"}),
        (("--limit", "1"), {"OpenAI closes Sora"}),
        (("--topic", "disney_ai"), set()),
    ],
)
def test_stories_are_listed(told: Newsroom, words: tuple[str, ...], titles: set[str]) -> None:
    found = told.aiwatch("stories", *words, "--json", now=NOON).json()
    assert {row["title"] for row in found} == titles
    for row in found:
        assert set(row) == {
            "id",
            "title",
            "first_seen",
            "last_seen",
            "first_published",
            "articles",
            "outlets",
            "topics",
        }
    shown = told.aiwatch("stories", *words, now=NOON)
    assert shown.code == 0
    for title in titles or {"no such stories"}:
        assert title in shown.out


def test_since_no_time_at_all_nothing_has_grown(told: Newsroom) -> None:
    assert told.aiwatch("stories", "--since", "0s", now="2026-03-25T12:00:00Z").out == (
        "no such stories\n"
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("stories", "--topic", "sorra"), "no topic 'sorra'; did you mean 'sora'?"),
        (("stories", "--since", "soon"), "--since: 'soon' is no duration"),
        (("stories", "--since", "99999999d"), "longer than a century"),
        (("stories", "--limit", "0"), "not in the range"),
        (("stories", "--limit", "9" * 30), "not in the range"),
        (("story", "77"), "no story 77: `aiwatch stories` lists them"),
        (("story", "first"), "not a valid number"),
        (("story", "9" * 30), "not in the range"),
    ],
)
def test_what_cannot_be_meant_is_refused(told: Newsroom, words: tuple[str, ...], said: str) -> None:
    done = told.aiwatch(*words, now=NOON)
    assert done.code == 2
    assert done.out == ""
    assert said in done.err


def closing(room: Newsroom) -> int:
    (row,) = room.aiwatch("stories", "--topic", "sora", "--json", now=NOON).json()
    assert isinstance(row["id"], int)
    return row["id"]


def test_a_story_is_shown_with_its_articles_and_why(told: Newsroom) -> None:
    done = told.aiwatch("story", str(closing(told)), now=NOON)
    assert done.code == 0, done.err
    assert done.out.splitlines()[1] == "2 outlets, 1 independent text; topics: sora"
    assert "17:00  Example Times: OpenAI closes Sora" in done.out  # 10:00 in London
    assert "18:00  Daily Copy: Sora is closed by OpenAI" in done.out
    assert 'topic sora: "Sora" in title' in done.out
    assert "told reader@example.org by now at 19:00" in done.out
    assert "waits for alert morning since 19:00, until 19:00: first telling" in done.out


def test_a_story_of_one_outlet_says_so(told: Newsroom) -> None:
    rows = told.aiwatch("stories", "--json", now=NOON).json()
    (concert,) = (row["id"] for row in rows if "Kingdom" in row["title"])
    shown = told.aiwatch("story", str(concert), now=NOON).out
    assert "1 outlet, 1 independent text; topics: none" in shown
    assert "told to nobody, and nobody waits for it" in shown


def test_a_day_later_times_carry_their_date_and_a_year_later_their_year(told: Newsroom) -> None:
    id_ = str(closing(told))
    assert "Tue 24 Mar 17:00  Example" in told.aiwatch("story", id_, now="2026-03-25T12:00Z").out
    assert "24 Mar 2026 17:00  Example" in told.aiwatch("story", id_, now="2027-03-25T12:00Z").out


def test_a_story_as_json_has_its_keys(told: Newsroom) -> None:
    found = told.aiwatch("story", str(closing(told)), "--json", now=NOON).json()
    assert set(found) == {
        "id",
        "title",
        "first_seen",
        "last_seen",
        "topics",
        "outlets",
        "independent_texts",
        "first",
        "cited",
        "articles",
        "figures",
        "previously",
        "told",
        "waiting",
        "by_hand",
    }
    assert [one["verdict"] for one in found["articles"]] == ["new", "same_text"]
    assert found["articles"][1]["duplicate_of"] == found["articles"][0]["id"]
    assert {row["reader"] for row in found["told"]} == {"mailto:reader@example.org", "hook"}
    assert all(row["at"].endswith("Z") for row in found["told"])
    assert [row["alert"] for row in found["waiting"]] == ["morning"]


def test_before_the_first_pass_there_is_nothing_to_show(room: Newsroom) -> None:
    done = room.aiwatch("stories")
    assert done.code == 1
    assert "run `aiwatch fetch` once" in done.err
    assert not room.database.exists()


def test_stories_are_put_right_by_hand(told: Newsroom, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    with sqlite3.connect(told.database) as old, sqlite3.connect(copy) as new:
        old.backup(new)
    old.close()
    new.close()

    def run(*words: object) -> Done:
        return told.aiwatch("--db", str(copy), *map(str, words), now=NOON)

    rows = {row["title"]: row["id"] for row in run("stories", "--json").json()}
    sora = closing(told)
    (concert,) = (id_ for title, id_ in rows.items() if "Kingdom" in title)
    assert run("story", "merge", concert, sora).out.startswith("one story now: ")
    one = run("story", concert, "--json").json()
    assert one["id"] == min(sora, concert)
    (gone,) = (each["id"] for each in one["articles"] if "Kingdom" in each["title"])
    parted = run("story", "split", one["id"], gone)
    assert "now stands for itself" in parted.out, parted.err
    story = parted.out.split()[1]
    assert run("story", "mute", story).out == f"story {story} is muted\n"
    assert run("story", "mute", "--off", story).out == f"story {story} is told again\n"
    split = f"article {gone} split off from story {one['id']} as story {story}"
    assert split in run("story", story).out
    merged = f"stories {one['id']} and {max(sora, concert)} made one"
    assert merged in run("story", "show", one["id"]).out
    assert run("story", "split", story, gone).code == 2

"""`topics`: what is listed, tried on the past, and put forward; a back-test finds what was recorded, item for item."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.cli.conftest import CLOSING, CONCERT, COURT, NOON
from tests.newsroom import Newsroom
from tests.servers import Answer

LATER = "2026-03-24T13:30:00Z"
LATEST = "2026-03-24T16:30:00Z"
TOPICS: dict[str, Any] = {
    "sora": {"title": "OpenAI Sora", "any": ["sora"], "none": ['"kingdom hearts"']},
    "money": {"title": "Money", "any": ['body:"$2.1 million"'], "min_score": 1},
    "english": {"title": "In English", "any": ["lang:en source:times"]},
    "never": {"title": "Never", "any": ["zebra"]},
}
RIVALS = (
    (
        "Sora has a rival",
        "A maker of clips in Hangzhou shows Zephyrino 2.1 to the press on Friday.",
    ),
    (
        "Is Sora beaten?",
        "Critics compared both for a week; of ten juries eight took Zephyrino 2.1.",
    ),
    ("After Sora", "Cinemas may buy shorts made with Zephyrino 2.1, their union has agreed to."),
    (
        "Sora looks old now",
        "Prices fall: a minute of Zephyrino 2.1 costs two euros, half of last year's.",
    ),
)


def tried(room: Newsroom, *words: str, now: str = LATEST) -> Any:
    done = room.aiwatch("topics", "test", *words, "--json", now=now)
    assert done.code == 0, done.err
    return done.json()


def recorded(room: Newsroom, now: str = LATEST) -> set[tuple[str, Any]]:
    lines = room.aiwatch("export", "matches", now=now).out.splitlines()
    return {(row["topic"], row["article"]) for row in map(json.loads, lines)}


def found(report: Any) -> set[tuple[str, Any]]:
    return {(topic["topic"], id_) for topic in report["topics"] for id_ in topic["found"]}


def write(folder: Path, name: str, topics: dict[str, Any]) -> str:
    file = folder / name
    file.write_text(json.dumps({"topics": topics, "timezone": "UTC"}), encoding="utf-8")
    return str(file)


@pytest.fixture
def watched(room: Newsroom) -> Newsroom:
    """After a pass over three articles, of which each is read again later."""
    room.page("/one", "OpenAI closes Sora", CLOSING)
    room.page("/concert", "Sora joins the Kingdom Hearts concert", CONCERT)
    room.page("/court", "Disney goes to court over toys", COURT)
    feed = room.feed(
        "/feed",
        *(
            room.item(path, title, "2026-03-24T10:00:00Z")
            for path, title in (
                ("/one", "OpenAI closes Sora"),
                ("/concert", "Sora joins the Kingdom Hearts concert"),
                ("/court", "Disney goes to court over toys"),
            )
        ),
    )
    room.configure(
        topics=TOPICS,
        sources=[{"name": "Example Times", "url": feed, "every": "1h"}],
        recheck=["1h", "2h"],
        alerts=[],
    )
    assert room.aiwatch("fetch", "-q", now=NOON).code == 0
    return room


def test_what_a_back_test_finds_is_what_was_recorded_item_for_item(watched: Newsroom) -> None:
    report = tried(watched)
    assert found(report) == recorded(watched)
    assert {topic["topic"]: topic["recorded"] for topic in report["topics"]} == {
        "sora": 1,
        "money": 1,
        "english": 3,
        "never": 0,
    }


def test_so_it_is_after_an_article_was_edited(watched: Newsroom) -> None:
    before = recorded(watched)
    watched.page("/one", "OpenAI closes Sora", CLOSING.replace("$2.1 million", "$3.4 million"))
    watched.page("/concert", "Sora joins the Kingdom Hearts concert", CONCERT)
    for now in (LATER, LATEST):
        assert watched.aiwatch("fetch", "--all", "-q", now=now).code == 0
    after = recorded(watched)
    assert {topic for topic, _ in before - after} == {"money"}
    assert found(tried(watched)) == after


def test_so_it_is_after_the_page_has_another_headline_than_the_feed(watched: Newsroom) -> None:
    """The feed goes on listing the old one; what is on file, shown and matched is the page's."""
    watched.page("/one", "OpenAI switches its video app off", CLOSING)
    assert watched.aiwatch("fetch", "--all", "-q", now=LATER).code == 0
    titles = watched.aiwatch("export", "articles", now=LATEST).out
    assert "switches its video app off" in titles
    assert found(tried(watched)) == recorded(watched)


def test_so_it_is_where_only_the_feed_says_something_new(watched: Newsroom) -> None:
    """The page is gone for the moment: its text stays, under the title that the feed has now."""
    watched.site.add("/concert", lambda _: Answer(status=503))
    renamed = watched.item(
        "/concert", "A zebra at the concert", "2026-03-24T10:00:00Z", "A zebra walks in."
    )
    watched.feed("/feed", renamed)
    assert watched.aiwatch("fetch", "--all", "-q", now=LATER).code == 0
    assert ("never", "A zebra at the concert") in {
        (row["topic"], row["title"])
        for row in map(json.loads, watched.aiwatch("export", "matches").out.splitlines())
    }
    assert found(tried(watched)) == recorded(watched)


def test_so_it_is_for_imported_articles_under_their_own_ids(room: Newsroom) -> None:
    room.configure(topics=TOPICS, alerts=[])
    file = room.folder / "articles.jsonl"
    lines = [
        {"id": "a-1", "title": "Sora closes", "body": CLOSING, "source": "Times", "lang": "en"},
        {"id": "a-2", "title": "Concert", "body": CONCERT, "source": "Times", "lang": "en"},
        {"id": "a-1", "title": "Sora ends", "body": COURT, "source": "Times", "lang": "de"},
    ]
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    assert room.aiwatch("import", str(file), "-q", now=NOON).code == 0
    assert found(tried(room)) == recorded(room)
    assert ("sora", "a-1") in recorded(room)


def test_a_file_of_articles_gives_what_importing_it_records(watched: Newsroom) -> None:
    file = watched.folder / "out.jsonl"
    watched.aiwatch("export", "articles", "-o", str(file), now=LATEST)
    report = tried(watched, "--input", str(file))
    assert [topic["recorded"] for topic in report["topics"]] == [None] * 4
    assert {topic["topic"]: len(topic["found"]) for topic in report["topics"]} == {
        "sora": 1,
        "money": 1,
        "english": 3,
        "never": 0,
    }


def test_a_bad_line_is_named_and_the_others_are_tried(watched: Newsroom) -> None:
    file = watched.folder / "in.jsonl"
    file.write_text('{"title": "Sora"}\nnonsense\n{"title": "Sora", "published": "2026-03-01"}\n')
    done = watched.aiwatch("topics", "test", "--input", str(file), "--json", now=LATEST)
    assert done.code == 1
    assert "line 2: not JSON" in done.err
    assert done.json()["articles"] == 2
    recent = watched.aiwatch(
        "topics", "test", "--input", str(file), "--since", "7d", "--json", now=LATEST
    )
    assert recent.json()["articles"] == 1  # the undated one counts as of now


def test_another_configuration_gains_and_loses(watched: Newsroom, tmp_path: Path) -> None:
    other = {**TOPICS, "sora": {"any": ["hearts"]}, "toys": {"title": "Toys", "any": ["toys"]}}
    file = write(tmp_path, "other.yaml", other)
    done = watched.aiwatch("topics", "test", "--against", file, now=LATEST)
    assert done.code == 0, done.err
    assert "sora: gained 1 article\n  OpenAI closes Sora\n" in done.out
    assert "sora: lost 1 article\n  Sora joins the Kingdom Hearts concert\n" in done.out
    assert "toys: lost 1 article\n  Disney goes to court over toys" in done.out
    (sora, *_) = tried(watched, "--against", file)["topics"]
    assert [one["title"] for one in sora["gained"]] == ["OpenAI closes Sora"]


def test_one_topic_is_told_term_by_term(watched: Newsroom) -> None:
    done = watched.aiwatch("topics", "test", "sora", now=LATEST)
    for words in (
        "3 articles in 1 day, 3 of at least one topic",
        "the last found\n  OpenAI closes Sora",
        "what found them\n  sora: 1 article",
        'near misses\n  1 article more without «"kingdom hearts"» in `none:`\n      Sora joins the',
    ):
        assert words in done.out
    assert "found nothing: zebra" in watched.aiwatch("topics", "test", "never", now=LATEST).out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("soar",), "no topic 'soar'; did you mean 'sora'?"),
        (("--since", "yesterday"), "--since"),
        (("--against", "nowhere.yaml"), "nowhere.yaml cannot be read"),
        (("--input", "nowhere.jsonl"), "nowhere.jsonl cannot be read"),
    ],
)
def test_what_cannot_be_tried_is_refused(told: Newsroom, words: tuple[str, ...], said: str) -> None:
    done = told.aiwatch("topics", "test", *words, now=NOON)
    assert done.code == 2
    assert said in done.err


def test_a_broken_query_in_the_other_file_is_refused_with_its_place(
    told: Newsroom, tmp_path: Path
) -> None:
    file = write(tmp_path, "other.yaml", {"sora": {"any": ["sora NEAR/ openai"]}})
    done = told.aiwatch("topics", "test", "--against", file, now=NOON)
    assert done.code == 2
    assert "other.yaml" in done.err
    assert "sora NEAR/ openai" in done.err


def test_with_nothing_in_the_period_it_says_so(watched: Newsroom) -> None:
    done = watched.aiwatch("topics", "test", "--since", "1h", now=LATEST)
    assert (done.code, done.out.startswith("no articles in that time")) == (0, True)


def test_topics_are_listed_with_what_they_found(watched: Newsroom) -> None:
    rows = watched.aiwatch("topics", "list", "--json", now=LATEST).json()
    assert [(row["name"], row["articles"]) for row in rows] == [
        ("sora", 1),
        ("money", 1),
        ("english", 3),
        ("never", 0),
    ]
    assert rows[0]["any"] == ["sora"]
    assert rows[0]["last"].startswith("2026-03-24T12:00")
    assert rows[3]["last"] is None
    later = watched.aiwatch("topics", "list", now="2026-06-01").out
    assert "OpenAI Sora  1, 1 against        0  Tue 24 Mar 12:00" in later


def test_topics_are_listed_before_anything_was_read(room: Newsroom) -> None:
    assert room.aiwatch("topics", "list", "--json").json()[0]["articles"] == 0


def test_new_names_come_as_lines_for_the_configuration(room: Newsroom) -> None:
    room.configure(topics=TOPICS, alerts=[])
    file = room.folder / "articles.jsonl"
    beat = [
        {"title": title, "body": f"{title}. {text}", "source": f"Outlet {number}"}
        for number, (title, text) in enumerate(RIVALS)
    ]
    other = [
        {
            "title": f"Rain in town {number}",
            "body": f"It rains in town {number} all day.",
            "source": "Rain",
        }
        for number in range(30)
    ]
    file.write_text("".join(json.dumps(line) + "\n" for line in beat + other), encoding="utf-8")
    assert room.aiwatch("import", str(file), "-q", now=NOON).code == 0
    done = room.aiwatch("topics", "suggest", now=NOON)
    assert done.code == 0, done.err
    patch = yaml.safe_load(done.out)
    assert patch == {"topics": {"sora": {"any": ['"Zephyrino"']}}}
    (one,) = room.aiwatch("topics", "suggest", "--json", now=NOON).json()
    assert (one["name"], one["topic"], one["articles"], one["outlets"], one["elsewhere"]) == (
        "Zephyrino",
        "sora",
        4,
        4,
        0,
    )
    nothing = room.aiwatch("topics", "suggest", "--since", "1h", now=LATEST)
    assert nothing.out.startswith("no new name")

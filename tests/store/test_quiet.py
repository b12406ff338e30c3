"""A topic that has gone quiet is noted once, by its own rhythm."""

from datetime import timedelta

from aiwatch.model import Topic, TopicName
from aiwatch.store import Store, quiet, troubles
from tests.drafts import draft, file
from tests.stories import NOON

DAY = timedelta(days=1)
SORA = Topic(name=TopicName("sora"), title="OpenAI Sora", any=("sora",))
OTHER = Topic(name=TopicName("kling"), title="", any=("kling",))
WORDS = ("river", "bakers", "museum", "harbour", "school", "airport", "opera", "stadium", "library")


def a_story(store: Store, number: int) -> None:
    """Every second day one of its own; all filed at one moment, as a first poll does."""
    word = WORDS[number]
    text = " ".join(f"{word}{letter}" for letter in "abcdefghijklmnopqrstuvwxyz")
    made = draft(f"s{number}", f"{word.title()} sora", text, published=NOON - 2 * number * DAY)
    file(store, made, now=NOON)


def noted(store: Store, days: int) -> list[str]:
    now = NOON + days * DAY
    return [one.words for one in store.write_now(lambda db: quiet.note(db, (SORA, OTHER), now))]


def test_a_silence_is_noted_once_by_the_topics_own_rhythm(store: Store) -> None:
    for number in range(len(WORDS)):
        a_story(store, number)
    assert noted(store, 2) == []
    assert noted(store, 5) == []  # not yet three of its usual gaps
    said = "nothing on OpenAI Sora for 9 days, usual gap 2"
    assert noted(store, 9) == [said]
    assert noted(store, 10) == []
    with store.read() as db:
        ((_, trouble),) = troubles.since(db, 0)
    assert (trouble.what, trouble.detail, trouble.kind) == ("topic sora", said, "other")
    assert trouble.extra["type"] == "topic.silent"


def test_a_topic_with_hardly_any_past_is_never_called_quiet(store: Store) -> None:
    for number in range(3):
        a_story(store, number)
    assert noted(store, 90) == []


def test_a_burst_is_noted_once_against_the_topics_own_days(store: Store) -> None:
    started = NOON - 30 * DAY
    store.write_now(
        lambda db: db.execute(
            "INSERT INTO sources (name, kind, url, state, words, next_due, due_reason, failures, first_success)"
            " VALUES ('A', 'feed', 'https://a.example', 'working', '', '', '', 0, ?)",
            (started.isoformat(),),
        )
    )
    for number, word in enumerate(
        (*WORDS[:7], "theatre", "glacier", "orchard", "railway", "quarry")
    ):
        text = " ".join(f"{word}{letter}" for letter in "abcdefghijklmnopqrstuvwxyz")
        at = NOON - 25 * DAY + number * 8 * DAY if number < 3 else NOON + 25 * DAY
        file(store, draft(f"b{number}", f"{word.title()} sora", text, published=at), now=at)
    (said,) = noted(store, 25)
    assert said.startswith("OpenAI Sora: 9 stories in 24 hours, usual ")
    assert noted(store, 25) == []
    with store.read() as db:
        ((_, trouble),) = troubles.since(db, 0)
    assert (trouble.extra["type"], trouble.extra["stories"]) == ("topic.burst", 9)

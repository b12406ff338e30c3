"""Stories put right by hand: what a person decided sticks, and nobody is told twice or left out."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from aiwatch.errors import UsageError
from aiwatch.model import ArticleId, Reader, StoryId
from aiwatch.store import Store, closing, mending
from aiwatch.store import stories as stored
from aiwatch.store.filing import Filed
from tests.drafts import CLOSES_TOO, FLOOD, HOUR, PRICE, draft, file, subscription
from tests.store.test_closing import plainly, sync
from tests.stories import NOON, READER, alert

NEWS = alert()
SUBSCRIBED = (subscription(NEWS),)
OTHER = Reader("mailto:other@example.org")


def filed(store: Store) -> tuple[Filed, Filed, Filed]:
    """Two reports of one event, and a flood."""
    sync(store)
    return (
        file(store, draft("a"), *SUBSCRIBED),
        file(store, draft("b", "Sora is closed", CLOSES_TOO, outlet="Daily Sun"), *SUBSCRIBED),
        file(store, draft("c", "Norwich under water", FLOOD, outlet="Fen News"), *SUBSCRIBED),
    )


def merge(store: Store, first: StoryId, second: StoryId) -> mending.Mended:
    return store.write_now(lambda db: mending.merge(db, first, second, SUBSCRIBED, NOON))


def split(store: Store, story: StoryId, *articles: ArticleId) -> mending.Mended:
    return store.write_now(lambda db: mending.split(db, story, articles, SUBSCRIBED, NOON))


def tell(store: Store, *readers: Reader) -> None:
    """Close the alert for these readers."""
    who = readers or (READER,)
    store.write_now(
        lambda db: closing.close(
            db, NEWS, who, plainly(*who), kind="alert", slot=None, now=NOON, early=True
        )
    )


def members(store: Store, story: StoryId) -> list[int]:
    with store.read() as db:
        found = stored.load(db, story)
    return [member.article for member in found.members] if found else []


def told(store: Store, story: StoryId, reader: Reader = READER) -> bool:
    with store.read() as db:
        return stored.told(db, reader, story) is not None


def waiting(store: Store) -> Sequence[int]:
    with store.read() as db:
        return [one.story for one in closing.waiting(db)]


def say(store: Store, story: StoryId, sentence: str) -> None:
    """As if the last message on that story had held this sentence."""
    store.write_now(
        lambda db: db.execute(
            "UPDATE told SET facts = json_array(?) WHERE story = ?", (sentence, story)
        )
    )


def test_two_stories_become_the_older_one_and_both_numbers_lead_to_it(store: Store) -> None:
    one, _, flood = filed(store)
    done = merge(store, flood.story, one.story)
    assert done.story == one.story
    assert members(store, one.story) == members(store, flood.story) == [1, 2, 3]


def test_the_merged_story_draws_what_either_of_them_would_have_drawn(store: Store) -> None:
    one, _, flood = filed(store)
    merge(store, one.story, flood.story)
    later = file(
        store,
        draft("d", "Norwich: water over the banks", FLOOD + " More rain is due.", outlet="Post"),
    )
    assert later.story == one.story


def test_who_was_told_of_one_was_told_of_both(store: Store) -> None:
    one, _, flood = filed(store)
    tell(store)
    merge(store, one.story, flood.story)
    assert told(store, one.story)
    assert not told(store, flood.story)  # its row is the older story's now
    assert waiting(store) == []


def test_what_waited_for_either_waits_once(store: Store) -> None:
    one, _, flood = filed(store)
    assert sorted(waiting(store)) == sorted({one.story, flood.story})
    done = merge(store, one.story, flood.story)
    assert done.alerts == (NEWS.name,)
    assert waiting(store) == [one.story]


def test_a_story_that_follows_the_one_it_is_merged_into_does_not_follow_itself(
    store: Store,
) -> None:
    one, _, flood = filed(store)
    store.write_now(
        lambda db: db.execute(
            "UPDATE stories SET previous = ? WHERE id = ?", (one.story, flood.story)
        )
    )
    merge(store, one.story, flood.story)
    with store.read() as db:
        found = stored.load(db, one.story)
    assert found is not None
    assert found.previously == ()


def test_split_off_articles_found_a_story_and_take_their_copies_along(store: Store) -> None:
    one, two, _ = filed(store)
    copy = file(store, draft("e", "Sora is closed", CLOSES_TOO, outlet="Evening Sun"))
    assert copy.verdict.duplicate_of == two.article
    new = split(store, one.story, two.article).story
    assert members(store, one.story) == [one.article]
    assert members(store, new) == [two.article, copy.article]
    with store.read() as db:
        row = db.execute(
            "SELECT verdict, reason FROM articles WHERE id = ?", (two.article,)
        ).fetchone()
    assert tuple(row) == ("new", f"split off from story {one.story} by hand")


def test_the_founder_can_be_split_off_and_the_next_one_founds_the_rest(store: Store) -> None:
    one, two, _ = filed(store)
    new = split(store, one.story, one.article).story
    assert (members(store, one.story), members(store, new)) == ([two.article], [one.article])
    with store.read() as db:
        verdicts = [
            row["verdict"]
            for row in db.execute("SELECT verdict FROM articles WHERE id < 3 ORDER BY id")
        ]
    assert verdicts == ["new", "new"]


def test_a_part_that_was_only_folded_in_is_told_and_the_other_is_not_told_again(
    store: Store,
) -> None:
    one, two, _ = filed(store)
    tell(store)
    say(
        store,
        one.story,
        "OpenAI said on Tuesday that it would close Sora, its video app, on 26 April 2026.",
    )
    done = split(store, one.story, two.article)
    assert (told(store, one.story), told(store, done.story)) == (True, False)
    assert done.alerts == (NEWS.name,)
    assert waiting(store) == [done.story]


def test_a_reader_who_was_told_of_the_split_off_part_is_owed_the_rest(store: Store) -> None:
    one, two, _ = filed(store)
    tell(store)
    say(store, one.story, "With the app goes the $1 billion licence deal with Disney")
    done = split(store, one.story, two.article)
    assert (told(store, one.story), told(store, done.story)) == (False, True)
    assert waiting(store) == [one.story]


def test_what_is_split_is_joined_anew_by_what_comes_later(store: Store) -> None:
    one, two, _ = filed(store)
    new = split(store, one.story, two.article).story
    again = file(store, draft("f", "Sora is closed", CLOSES_TOO, outlet="Evening Sun"))
    assert again.story == new


def test_a_muted_story_grows_in_silence_until_it_is_told_again(store: Store) -> None:
    one, _, flood = filed(store)
    store.write_now(lambda db: mending.mute(db, one.story, NOON, muted=True))
    assert waiting(store) == [flood.story]
    more = draft("g", "Sora cost millions a day", PRICE, outlet="Money")
    assert file(store, more, *SUBSCRIBED, now=NOON + HOUR).alerts == ()
    store.write_now(lambda db: mending.mute(db, one.story, NOON, muted=False))
    last = draft("h", "Sora closes: what users lose", CLOSES_TOO + " And more.", outlet="Wire")
    assert file(store, last, *SUBSCRIBED, now=NOON + HOUR).story == one.story


def test_what_was_done_by_hand_is_kept_and_shown_after_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "own.db"
    with Store(path) as store:
        one, two, flood = filed(store)
        merge(store, one.story, flood.story)
        new = split(store, one.story, two.article).story
        store.write_now(lambda db: mending.mute(db, new, NOON, muted=True))
    with Store(path) as store:
        assert members(store, flood.story) == [one.article, flood.article]
        assert members(store, new) == [two.article]
        with store.read() as db:
            assert [row["what"] for row in mending.history(db, one.story)] == ["merge", "split"]
            assert [row["what"] for row in mending.history(db, new)] == ["split", "mute"]
            assert mending.history(db, one.story)[1]["articles"] == [two.article]


@pytest.mark.parametrize(
    ("what", "words"),
    [
        (lambda db: mending.merge(db, StoryId(1), StoryId(1), (), NOON), "are one already"),
        (lambda db: mending.merge(db, StoryId(1), StoryId(99), (), NOON), "no story 99"),
        (lambda db: mending.split(db, StoryId(1), [ArticleId(3)], (), NOON), "has no article 3"),
        (
            lambda db: mending.split(db, StoryId(1), [ArticleId(1), ArticleId(2)], (), NOON),
            "leave at least one",
        ),
        (lambda db: mending.split(db, StoryId(1), [], (), NOON), "name some"),
        (lambda db: mending.mute(db, StoryId(99), NOON, muted=True), "no story 99"),
    ],
)
def test_what_cannot_be_done_is_said_and_changes_nothing(store: Store, what, words: str) -> None:  # type: ignore[no-untyped-def]
    filed(store)
    with pytest.raises(UsageError, match=words):
        store.write_now(what)
    assert members(store, StoryId(1)) == [1, 2]

"""Stories read whole, and what a reader was told of them."""

import pytest

from aiwatch.digest.compose import told_of
from aiwatch.judge import novelty
from aiwatch.model import AlertName, Reader, Story, StoryId, Told
from aiwatch.store import Store, closing
from aiwatch.store import stories as stored
from aiwatch.store.filing import Filed
from tests.drafts import CLOSES, CLOSES_TOO, FLOOD, HOUR, PRICE, draft, file, subscription
from tests.store.test_closing import close, plainly, sync
from tests.stories import NOON, READER, alert

NEWS = subscription(alert(name=AlertName("news")))


def load(store: Store, story: int) -> Story:
    with store.read() as db:
        found = stored.load(db, StoryId(story))
    assert found is not None
    return found


def told(store: Store, story: int, reader: Reader = READER) -> Told | None:
    with store.read() as db:
        return stored.told(db, reader, StoryId(story))


def told_once(store: Store) -> Filed:
    """A story that the reader was told at noon."""
    sync(store)
    filed = file(store, draft(external_id="x"), NEWS)
    assert close(store) is not None
    return filed


def test_a_story_has_its_members_in_order_and_the_union_of_their_topics(store: Store) -> None:
    first = file(store, draft(topics=("sora", "disney")))
    file(store, draft(text=CLOSES_TOO, outlet="Ledger", topics=("video",)))
    story = load(store, first.story)
    assert [member.outlet for member in story.members] == ["Example Times", "Ledger"]
    assert set(story.topics) == {"sora", "disney", "video"}
    assert story.members[0].matches[0].hits[0].text in ("sora", "disney")


def test_there_is_no_story_where_there_is_none(store: Store) -> None:
    with store.read() as db:
        assert stored.load(db, StoryId(7)) is None


def test_a_merged_story_is_found_under_its_old_number(store: Store) -> None:
    first = file(store, draft())
    other = file(store, draft("p", "Ninety houses flooded", FLOOD))
    assert other.story != first.story
    store.write_now(
        lambda db: db.execute(
            "UPDATE stories SET alias_of = ? WHERE id = ?", (first.story, other.story)
        )
    )
    assert load(store, other.story).id == first.story


def test_aliases_in_a_circle_come_to_an_end(store: Store) -> None:
    one = file(store, draft()).story
    store.write_now(lambda db: db.execute("UPDATE stories SET alias_of = id"))
    assert load(store, one).id == one


def test_the_stories_before_are_named_newest_first_three_at_most(store: Store) -> None:
    def follow(db: object) -> None:
        for number in range(1, 6):
            db.execute(  # type: ignore[attr-defined]
                "INSERT INTO stories (id, title, first_seen, last_seen, first_published, last_published, members,"
                " names, numbers, alone, muted, previous)"
                " VALUES (?, ?, ?, ?, ?, ?, 1, '[]', '[]', 0, 0, ?)",
                (number, f"Part {number}", *["2026-03-24T12:00:00Z"] * 4, number - 1 or None),
            )

    store.write_now(follow)
    assert [each.title for each in load(store, 5).previously] == ["Part 4", "Part 3", "Part 2"]


def test_what_several_messages_told_is_one_memory(store: Store) -> None:
    first = told_once(store)
    second = file(store, draft(text=PRICE, outlet="Courier"), NEWS, now=NOON + HOUR)
    with store.read() as db:
        before = stored.told(db, READER, first.story)
    assert before is not None
    assert before.articles == {first.article}
    other = alert(name=AlertName("other"))
    sync(store, other)
    store.write_now(
        lambda db: db.execute(
            "INSERT INTO told (reader, story, digest, alert, at, articles, facts, message_id)"
            " SELECT reader, story, digest, 'other', '2026-03-24T14:00:00Z', ?, '[\"fact\"]', 'm2' FROM told",
            (f"[{second.article}]",),
        )
    )
    after = told(store, first.story)
    assert after is not None
    assert after.articles == {first.article, second.article}
    assert (after.by, after.at, after.facts) == ("other", NOON + 2 * HOUR, ("fact",))
    assert after.message_id == before.message_id


def test_a_reader_who_was_told_nothing_is_absent(store: Store) -> None:
    filed = told_once(store)
    with store.read() as db:
        known = stored.told_to(db, filed.story, (READER, Reader("hook")))
    assert set(known) == {READER}


def test_of_an_edited_article_the_reader_knows_the_text_of_that_day(store: Store) -> None:
    filed = told_once(store)
    longer = (
        f"{CLOSES}\nDisney had paid $400 million of it by March, two people who know the deal said."
    )
    again = file(store, draft(external_id="x", text=longer), NEWS, now=NOON + HOUR)
    assert (again.outcome, again.alerts) == ("version", ("news",))
    known = told(store, filed.story)
    assert known is not None
    assert filed.article not in known.articles
    assert CLOSES.splitlines()[0] in known.facts
    facts = novelty.new_facts(load(store, filed.story), known)
    assert ["$400 million" in fact.text for fact in facts] == [True]


def test_edited_twice_it_is_still_the_first_text_that_the_reader_knows(store: Store) -> None:
    filed = told_once(store)
    for number, text in enumerate((PRICE, CLOSES_TOO), start=1):
        file(store, draft(external_id="x", text=text), NEWS, now=NOON + number * HOUR)
    known = told(store, filed.story)
    assert known is not None
    assert CLOSES.splitlines()[0] in known.facts
    assert PRICE.splitlines()[0] not in known.facts


@pytest.mark.parametrize(
    "edited",
    [CLOSES.replace("on Tuesday", "on  Tuesday"), CLOSES + "\n", CLOSES.replace(",", ";")],
)
def test_an_edit_of_spaces_and_signs_is_no_edit(store: Store, edited: str) -> None:
    told_once(store)
    assert file(store, draft(external_id="x", text=edited), NEWS).outcome == "unchanged"


def test_an_edit_that_adds_nothing_is_not_told(store: Store) -> None:
    told_once(store)
    shorter = "\n".join(CLOSES.splitlines()[:2])
    again = file(store, draft(external_id="x", text=shorter), NEWS, now=NOON + HOUR)
    assert (again.outcome, again.alerts) == ("version", ())


def test_all_that_a_line_shows_counts_as_told(store: Store) -> None:
    filed = file(store, draft())
    file(store, draft(outlet="Daily Copy"))
    sync(store)
    with store.read() as db:
        facts = closing.lookback(db, alert(), ("sora",), NOON - 9 * HOUR, NOON)  # type: ignore[arg-type]
    (drafted,) = plainly()(facts).drafts
    articles, _ = told_of(drafted.digest.sections[0].stories[0])
    assert len(articles) == 2
    assert filed.article in articles

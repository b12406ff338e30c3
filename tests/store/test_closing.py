"""Alert closed: composed from the story as it is now, frozen, remembered, and nothing waits that was told."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aiwatch.judge.alerting import may_close
from aiwatch.model import (
    Alert,
    AlertName,
    ChannelName,
    Digest,
    Part,
    Rate,
    Reader,
    Section,
    StoryId,
    StoryLine,
    TopicName,
)
from aiwatch.store import Store, closing
from aiwatch.store import stories as stored
from aiwatch.store.closing import Closed, Composed, Drafted, Facts
from tests.drafts import CLOSES_TOO, FLOOD, HOUR, MINUTE, draft, file, subscription
from tests.stories import NOON, READER, alert

NEWS = alert()
HOOK = Reader("hook")


def sync(store: Store, *alerts: Alert, now: datetime = NOON) -> None:
    store.write_now(lambda db: closing.sync(db, alerts or (NEWS,), now))


def plainly(*readers: Reader, parts: int = 1) -> Callable[[Facts], Composed]:
    """Every reader gets every story that they have not been told; one part, or more."""

    def compose(facts: Facts) -> Composed:
        drafts = []
        for reader in readers or (READER,):
            known = facts.told.get(reader, {})
            lines = tuple(
                StoryLine(
                    story=story.id,
                    cause=cause,
                    title=story.members[0].title,
                    url=story.members[0].url,
                    lead=story.members[0],
                    also=story.members[1:],
                    outlets=(),
                    independent_texts=1,
                    topics=story.topics,
                    first_seen=story.first_seen,
                    last_seen=story.last_seen,
                )
                for story, cause in facts.stories
                if story.id not in known
            )
            if lines:
                drafts.append(drafted(reader, lines, facts, parts))
        return Composed(drafts=tuple(drafts))

    return compose


def drafted(reader: Reader, lines: tuple[StoryLine, ...], facts: Facts, parts: int) -> Drafted:
    section = Section(topic=TopicName("sora"), title="Sora", stories=lines)
    digest = Digest(
        alert=facts.alert.name,
        kind="alert",
        at=facts.now,
        timezone="UTC",
        sections=(section,),
        subject=f"{len(lines)} stories",
    )
    return Drafted(
        channel=ChannelName("inbox"),
        reader=reader,
        lane="mail",
        digest=digest,
        parts=tuple(Part(subject=f"part {number}") for number in range(parts)),
    )


def close(
    store: Store,
    to: Alert = NEWS,
    compose: Callable[[Facts], Composed] | None = None,
    slot: datetime | None = None,
    now: datetime = NOON,
) -> Closed | None:
    done, _ = store.write_now(
        lambda db: closing.close(
            db, to, (READER, HOOK), compose or plainly(), kind="alert", slot=slot, now=now
        )
    )
    return done


def waiting(store: Store) -> list[tuple[str, int]]:
    with store.read() as db:
        return [(one.alert, one.story) for one in closing.waiting(db)]


def messages(store: Store) -> list[tuple[str, str]]:
    with store.read() as db:
        rows = db.execute("SELECT reader, subject FROM outbox ORDER BY id")
        return [(row["reader"], row["subject"]) for row in rows]


def state(store: Store, name: str = "news", now: datetime = NOON) -> closing.AlertState:
    with store.read() as db:
        found = closing.state(db, AlertName(name), now)
    assert found is not None
    return found


def test_a_closing_makes_messages_remembers_them_and_ends_the_waiting(store: Store) -> None:
    sync(store)
    filed = file(store, draft(), subscription(NEWS))
    done = close(store)
    assert done is not None
    assert (done.stories, done.messages, done.subject) == (1, 1, "1 stories")
    assert waiting(store) == []
    assert messages(store) == [(READER, "part 0")]
    with store.read() as db:
        known = stored.told(db, READER, filed.story)
    assert known is not None
    assert known.articles == {filed.article}
    assert state(store).last_closed == NOON


def test_a_closing_that_breaks_leaves_what_is_owed_and_tells_nobody(store: Store) -> None:
    sync(store)
    file(store, draft(), subscription(NEWS))

    def twice(facts: Facts) -> Composed:
        once = plainly()(facts)
        return Composed(drafts=once.drafts * 2)  # one reader twice in one closing is refused

    with pytest.raises(Exception, match="UNIQUE"):
        close(store, compose=twice)
    assert waiting(store) == [("news", 1)]
    assert messages(store) == []
    with store.read() as db:
        assert db.execute("SELECT COUNT(*) FROM told").fetchone()[0] == 0


def test_what_is_still_held_goes_on_waiting(store: Store) -> None:
    settling = alert(settle=10 * MINUTE)
    sync(store, settling)
    file(store, draft(), subscription(settling))
    assert state(store).due == 0
    assert close(store, settling, now=NOON + 9 * MINUTE) is None
    assert waiting(store) == [("news", 1)]
    assert close(store, settling, now=NOON + 10 * MINUTE) is not None


def test_a_story_is_told_as_it_is_at_the_closing(store: Store) -> None:
    sync(store)
    file(store, draft(), subscription(NEWS))
    joined = file(store, draft(text=CLOSES_TOO, outlet="Ledger"), subscription(NEWS))
    close(store, now=NOON + HOUR)
    with store.read() as db:
        known = stored.told(db, READER, joined.story)
    assert known is not None
    assert joined.article in known.articles


def test_a_slot_is_closed_once_whoever_comes(store: Store) -> None:
    sync(store)
    file(store, draft(), subscription(NEWS))
    assert close(store, slot=NOON) is not None
    file(store, draft("f", "Ninety houses flooded", FLOOD), subscription(NEWS))
    assert close(store, slot=NOON) is None
    assert close(store, slot=NOON - HOUR) is None
    assert waiting(store) == [("news", 2)]
    assert state(store).last_slot == NOON


def test_a_slot_with_nothing_to_say_is_closed_too(store: Store) -> None:
    sync(store)
    assert close(store, slot=NOON) is None
    assert (state(store).last_slot, state(store).last_closed) == (NOON, None)


def test_an_alert_no_pass_has_seen_closes_nothing(store: Store) -> None:
    file(store, draft(), subscription(NEWS))
    assert close(store) is None
    assert waiting(store) == [("news", 1)]


def test_what_one_reader_knows_the_other_still_gets(store: Store) -> None:
    other = alert(name=AlertName("other"))
    sync(store, NEWS, other)
    file(store, draft(), subscription(NEWS), subscription(other))
    close(store)
    close(store, other, plainly(READER, HOOK))
    assert messages(store) == [(READER, "part 0"), (HOOK, "part 0")]
    assert waiting(store) == []


def test_a_story_muted_while_it_waits_is_not_told(store: Store) -> None:
    sync(store)
    file(store, draft(), subscription(NEWS))
    store.write_now(lambda db: db.execute("UPDATE stories SET muted = 1"))
    assert close(store) is None
    assert waiting(store) == []


def test_a_story_that_cannot_be_composed_waits_on_and_the_others_are_told(store: Store) -> None:
    sync(store)
    bad = file(store, draft(), subscription(NEWS)).story
    file(store, draft("f", "Ninety houses flooded", FLOOD), subscription(NEWS))

    def all_but_one(facts: Facts) -> Composed:
        sound = tuple(pair for pair in facts.stories if pair[0].id != bad)
        return Composed(drafts=plainly()(replace(facts, stories=sound)).drafts, stuck=(bad,))

    assert close(store, compose=all_but_one) is not None
    assert waiting(store) == [("news", bad)]
    assert state(store).due == 0
    assert state(store, now=NOON + closing.STUCK_FOR).due == 1


def test_of_several_parts_each_has_an_id_that_stays(store: Store) -> None:
    sync(store)
    file(store, draft(), subscription(NEWS))
    done = close(store, compose=plainly(parts=3))
    assert done is not None
    assert done.messages == 3
    with store.read() as db:
        ids = [row["message_id"] for row in db.execute("SELECT message_id FROM outbox ORDER BY id")]
        assert len(set(ids)) == 3
        known = stored.told(db, READER, StoryId(1))
    assert known is not None
    assert known.message_id == ids[0]


def test_a_new_name_takes_the_memory_over_and_what_waits_under_both_keeps_the_older_row(
    store: Store,
) -> None:
    sync(store)
    file(store, draft(), subscription(NEWS))
    renamed = alert(name=AlertName("morning"), was=AlertName("news"))
    file(store, draft(text=CLOSES_TOO, outlet="Ledger"), subscription(renamed), now=NOON + HOUR)
    sync(store, renamed, now=NOON + HOUR)
    sync(store, renamed, now=NOON + 2 * HOUR)
    assert waiting(store) == [("morning", 1)]
    with store.read() as db:
        assert [one.since for one in closing.waiting(db)] == [NOON]
        assert closing.state(db, AlertName("news"), NOON) is None
    assert state(store, "morning").first_seen == NOON


def test_an_old_name_given_to_a_new_alert_has_no_part_in_the_memory(store: Store) -> None:
    sync(store)
    renamed = alert(name=AlertName("morning"), was=AlertName("news"))
    for _ in range(2):
        sync(store, NEWS, renamed, now=NOON + HOUR)
    assert state(store, "morning").first_seen == NOON
    assert state(store, "news").first_seen == NOON + HOUR


def test_a_paused_alert_says_so_until_its_day(store: Store) -> None:
    sync(store)
    until = NOON + timedelta(days=2)
    assert store.write_now(lambda db: closing.pause(db, NEWS.name, until, paused=True))
    assert state(store).paused
    assert not state(store, now=until).paused
    assert not store.write_now(lambda db: closing.pause(db, AlertName("nobody"), None, paused=True))


def test_a_look_back_marks_nothing_ends_no_waiting_and_counts_for_no_rate(store: Store) -> None:
    sync(store)
    filed = file(store, draft(), subscription(NEWS))
    since = NOON - timedelta(days=1)
    done = store.write_now(
        lambda db: closing.send_lookback(
            db, NEWS, (TopicName("sora"),), plainly(), since=since, now=NOON
        )
    )
    assert done is not None
    assert waiting(store) == [("news", filed.story)]
    with store.read() as db:
        assert stored.told(db, READER, filed.story) is None
        recent = closing.recent(db, NEWS.name)
    assert may_close(alert(at_most=Rate(count=1, per=HOUR)), recent, NOON) is None
    assert close(store, now=NOON + MINUTE) is not None


def test_a_look_back_finds_what_was_published_then_under_these_topics(store: Store) -> None:
    sync(store)
    file(store, draft(published=NOON - 30 * HOUR))
    with store.read() as db:
        for topic, hours, found in (("sora", 24, 0), ("sora", 48, 1), ("disney", 48, 0)):
            since = NOON - hours * HOUR
            facts = closing.lookback(db, NEWS, (TopicName(topic),), since, NOON)
            assert len(facts.stories) == found


STEPS = st.lists(st.sampled_from(["file", "close", "crash", "other"]), min_size=1, max_size=8)


@settings(max_examples=25, deadline=None)
@given(steps=STEPS)
def test_every_owed_story_ends_in_exactly_one_message_a_reader(
    tmp_path_factory: pytest.TempPathFactory, steps: list[str]
) -> None:
    """Whatever is filed, closed by either alert, or broken off on the way."""
    other = alert(name=AlertName("other"))
    readers = (READER, HOOK)
    with Store(tmp_path_factory.mktemp("law") / "a.db") as store:
        sync(store, NEWS, other)
        filed = 0
        for number, step in enumerate([*steps, "close", "other"]):
            now = NOON + number * MINUTE
            if step == "file":
                place = f"{chr(65 + filed)}{'aeiou'[filed % 5]}rk{chr(97 + filed)}ton"
                text = FLOOD.replace("Wensum", f"{place}water").replace("Norwich", place)
                one = draft(f"f{filed}", f"{place} dyke breaks in {place}", text)
                file(store, one, subscription(NEWS, *readers), subscription(other, *readers))
                filed += 1
            elif step == "crash":
                with pytest.raises(ZeroDivisionError):
                    close(store, compose=lambda _: Composed(drafts=(1 // 0,)), now=now)  # type: ignore[arg-type]
            else:
                close(store, NEWS if step == "close" else other, plainly(*readers), now=now)
        assert waiting(store) == []
        with store.read() as db:
            told = db.execute("SELECT reader, story FROM told").fetchall()
            stories = [row["story"] for row in db.execute("SELECT DISTINCT story FROM articles")]
        assert sorted((row["reader"], row["story"]) for row in told) == sorted(
            (reader, story) for reader in readers for story in stories
        )


def test_the_mails_of_a_split_digest_hang_on_the_first(store: Store) -> None:
    sync(store)
    file(store, draft(), subscription(NEWS))

    def split(facts: Facts) -> Composed:
        (one,) = plainly()(facts).drafts
        parts = tuple(Part(subject=f"({n}/3)", text="t", html="<p>t</p>") for n in (1, 2, 3))
        return Composed(drafts=(replace(one, parts=parts),))

    assert close(store, compose=split) is not None
    with store.read() as db:
        rows = db.execute("SELECT message_id, reply_to, part FROM outbox ORDER BY id").fetchall()
        (told,) = stored.told_to(db, StoryId(1), [READER]).values()
    ids = [row["message_id"] for row in rows]
    assert len(set(ids)) == 3
    assert [row["reply_to"] for row in rows] == [None, ids[0], ids[0]]
    assert told.message_id == ids[0]


def test_each_story_goes_on_from_the_part_that_told_it(store: Store) -> None:
    sync(store)
    known = [
        file(store, one, subscription(NEWS)).story for one in (draft(), draft("f", "Floods", FLOOD))
    ]

    def split(facts: Facts) -> Composed:
        (one,) = plainly()(facts).drafts
        # As many parts as stories, and yet not one for each: a room's text is cut where it is too long.
        parts = (
            Part(subject="1/2", stories=tuple(known)),
            Part(subject="2/2", stories=(known[1],)),
        )
        return Composed(drafts=(replace(one, parts=parts),))

    assert close(store, compose=split) is not None
    with store.read() as db:
        first = db.execute("SELECT message_id FROM outbox ORDER BY id").fetchone()["message_id"]
        told = [stored.told(db, READER, story) for story in known]
    assert [one and one.message_id for one in told] == [first, first]

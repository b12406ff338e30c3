"""Whole mails of one story, of a dozen and of sixty: composed, frozen, sent over SMTP, and looked at by a strict reader.

The archive is made up with shelves; everything after it is what runs in earnest.
"""

import re
import shutil
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from functools import cache
from itertools import count
from pathlib import Path

import pytest

from aiwatch.model import Alert, Topic, TopicName
from aiwatch.store import outbox
from aiwatch.store import stories as stored
from aiwatch.store.times import to_text
from tests import shelves
from tests.desk import SECOND, Desk, desk, mail
from tests.digest.test_hostile import HOSTILE
from tests.drafts import CLOSES, HOUR, PRICE, draft
from tests.inbox import Inbox, Mail
from tests.mail_checks import warnings
from tests.stories import NOON, READER, alert

TO = READER.removeprefix("mailto:")
LATER = (
    "OpenAI will delete every video made with Sora on 1 June, the company told its users on Friday.\n"
    "Rena Okafor, who led the app, moves to a team of 85 people that works on robots for warehouses."
)
SENDER = "aiwatch@example.org"
DAILY = "daily at 12:00"


def alert_of(stories: int) -> Alert:
    """One story at once; many in the morning, to somebody who reads none of their languages."""
    languages = ("th",) if stories > 12 else ()
    return alert("at once" if stories == 1 else DAILY, topics=(), words=None, languages=languages)


@contextmanager
def opened(folder: Path, port: int, stories: int) -> Iterator[Desk]:
    with desk(folder, [alert_of(stories)], [mail("inbox", port, TO)]) as at:
        topics = tuple(
            Topic(name=TopicName(n), title=n.title(), any=("x",)) for n in shelves.TOPICS
        )
        at.config = replace(at.config, topics=topics, public_url="https://news.example.org")
        yield at


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Callable[[int], Path]:
    """A folder with a database in which so many stories have just been put into mails; made once."""

    @cache
    def make(stories: int) -> Path:
        folder = tmp_path_factory.mktemp("closed")
        with opened(folder, 25, stories) as at:
            shelves.fill(at.config.database, 8 * stories, NOON, sentences=6)
            fall_due(at, stories)
            at.close(timedelta(days=1))
        return folder

    return make


def fall_due(at: Desk, many: int) -> None:
    """Let so many stories wait, as their filing would have done."""

    def write(db: sqlite3.Connection) -> None:
        matched = "SELECT DISTINCT story FROM articles WHERE id IN (SELECT article FROM matches)"
        found = db.execute(f"{matched} ORDER BY story LIMIT ?", (many,)).fetchall()
        assert len(found) == many
        db.executemany(
            "INSERT INTO waiting (alert, story, cause, reason, since, hold_until)"
            " VALUES (?, ?, 'new', 'made up', ?, ?)",
            [
                (at.config.alerts[0].name, row["story"], to_text(NOON), to_text(NOON))
                for row in found
            ],
        )

    at.store.write_now(write)


@contextmanager
def ready(
    closed: Callable[[int], Path], stories: int, folder: Path, inbox: Inbox
) -> Iterator[Desk]:
    """A copy of it, the day after, before anything is sent."""
    shutil.copytree(closed(stories), folder / "copy")
    with opened(folder / "copy", inbox.port, stories) as at:
        at.now += timedelta(days=1)
        yield at


def told(at: Desk) -> list[set[str]]:
    """Of each story that the reader knows now, where it is told."""
    with at.store.read() as db:
        rows = db.execute("SELECT DISTINCT story FROM told").fetchall()
        stories = [stored.load(db, row["story"]) for row in rows]
    return [{member.url for member in one.members} for one in stories if one]


def found_fault_with(mails: list[Mail], at: Desk) -> list[str]:
    return [words for one in mails for words in warnings(one.content, sender=SENDER, around=at.now)]


@pytest.mark.parametrize(("stories", "least"), [(1, 1), (12, 1), (60, 2)])
def test_mails_of_so_many_stories_give_no_reason_to_complain(
    stories: int, least: int, closed: Callable[[int], Path], tmp_path: Path
) -> None:
    with Inbox() as inbox, ready(closed, stories, tmp_path, inbox) as at:
        sent = at.send(SECOND)
        assert (sent.delivered, sent.troubles) == (len(inbox.mails), ())
        assert len(inbox.mails) >= least
        assert found_fault_with(inbox.mails, at) == []
        texts = "".join(one.body("plain") for one in inbox.mails)
        assert len(told(at)) == stories
        assert [urls for urls in told(at) if not any(url in texts for url in urls)] == []
        assert len({one.message["Message-ID"] for one in inbox.mails}) == len(inbox.mails)
        numbers = [re.findall(r" \((\d+)/(\d+)\)$", one.message["Subject"]) for one in inbox.mails]
    total = str(len(numbers))
    expected = [[(str(n), total)] for n in range(1, len(numbers) + 1)]
    assert numbers == (expected if len(numbers) > 1 else [[]])


def at_the_second(inbox: Inbox, act: Callable[[], str | None]) -> None:
    """Let the second message that comes meet this."""
    come = count(1)
    inbox.answers["DATA"] = lambda _: act() if next(come) == 2 else None


def lost(inbox: Inbox) -> None:
    """Keep the second message, and cut the line instead of saying so."""
    at_the_first = count(1)

    def cut(_: str) -> None:
        inbox.drops = ("DATA",) if next(at_the_first) == 1 else ()

    inbox.answers["DATA"] = cut


BEFALL: dict[str, Callable[[Inbox], None]] = {
    "later": lambda inbox: at_the_second(inbox, lambda: "451 4.3.0 try again"),
    "the server goes": lambda inbox: at_the_second(inbox, lambda: "421 4.3.2 closing"),
    "the answer is lost": lost,
    "the process dies": lambda inbox: at_the_second(inbox, lambda: "451 4.3.0 try again"),
}


@pytest.mark.parametrize("what", BEFALL)
def test_after_a_failure_in_the_midst_only_what_is_missing_of_a_split_mail_goes(
    what: str, closed: Callable[[int], Path], tmp_path: Path
) -> None:
    with Inbox() as inbox, ready(closed, 60, tmp_path, inbox) as at:
        ids = [f"<{id_}@example.org>" for (id_,) in at.rows("message_id")]
        assert len(set(ids)) == len(ids) >= 2
        BEFALL[what](inbox)
        first = at.send(SECOND)
        assert 0 < first.delivered < len(ids)
        inbox.answers.clear()
        inbox.drops = ()
        if what == "the process dies":
            missing = next(id_ for id_, state in at.rows("id", "state") if state == "due")
            assert at.store.write_now(lambda db: outbox.claim(db, missing))
        assert at.send(HOUR).delivered == len(ids) - first.delivered
        arrived = [str(one.message["Message-ID"]) for one in inbox.mails]
        twice = [id_ for id_, times in Counter(arrived).items() if times > 1]
        assert sorted(set(arrived)) == sorted(ids)
        assert twice == ([ids[1]] if what == "the answer is lost" else [])
        undated = {re.sub(rb"\r\nDate: [^\r]+", b"", one.content) for one in inbox.mails}
        assert len(undated) == len(ids)


def test_a_story_is_one_thread_and_each_reader_has_a_copy_of_their_own(tmp_path: Path) -> None:
    you = "you@example.org"
    with Inbox() as inbox, desk(tmp_path, [alert()], [mail("inbox", inbox.port, TO, you)]) as at:
        for place, text in enumerate((CLOSES, PRICE, LATER)):
            at.file(
                draft(str(place), f"OpenAI closes Sora, part {place}", text, outlet=f"T {place}")
            )
            at.close(3 * HOUR)
            at.send()
        assert [one.recipients for one in inbox.mails] == [(TO,), (you,)] * 3
        for reader in (TO, you):
            own = [one.message for one in inbox.mails if one.recipients == (reader,)]
            assert [str(one["Subject"]).startswith("Update: ") for one in own] == [
                False,
                True,
                True,
            ]
            first, *updates = (str(one["Message-ID"]) for one in own)
            assert len({first, *updates}) == 3
            assert [one["References"] for one in own] == [None, first, first]
        assert found_fault_with(inbox.mails[-2:], at) == []


def test_the_digests_of_a_series_are_one_thread_and_split_ones_too(
    closed: Callable[[int], Path], tmp_path: Path
) -> None:
    with Inbox() as inbox, ready(closed, 60, tmp_path, inbox) as at:
        at.send(SECOND)
        threads = {one.message["References"] for one in inbox.mails}
        assert threads == {"<series.news@example.org>"}


def test_a_story_goes_on_from_the_very_mail_that_told_it(
    closed: Callable[[int], Path], tmp_path: Path
) -> None:
    with Inbox() as inbox, ready(closed, 60, tmp_path, inbox) as at:
        texts = {str(id_): str(text) for id_, text in at.rows("message_id", "text")}
        with at.store.read() as db:
            rows = db.execute("SELECT story, message_id FROM told").fetchall()
            urls = {
                one.id: [m.url for m in one.members]
                for row in rows
                if (one := stored.load(db, row["story"]))
            }
        assert {row["message_id"] for row in rows} == set(texts)
        for row in rows:
            assert any(url in texts[row["message_id"]] for url in urls[row["story"]])


def test_a_digest_of_hostile_articles_goes_out_and_is_harmless(tmp_path: Path) -> None:
    texts = {
        name: text for name, text in HOSTILE.items() if name != "half a pair"
    }  # no database takes it
    daily = alert(DAILY, topics=(), empty="say")
    with Inbox() as inbox, desk(tmp_path, [daily], [mail("inbox", inbox.port, TO)]) as at:
        for place, (name, text) in enumerate(texts.items()):
            body = f"{text} {name.title()} Rovaniemi sold {place + 3},214 lamps in May.\n{text}"
            at.file(draft(str(place), f"{text} {name}", body, outlet=f"Times {place} {text[:20]}", authors=(text,)))  # fmt: skip
        bad = draft(
            "x",
            "Another one",
            "Ann Bo of Turku paid $7 million for nine boats.",
            url="javascript:alert(1)",
        )
        at.file(bad)
        at.close(timedelta(days=1))
        assert at.send(SECOND).troubles == ()
        found = found_fault_with(inbox.mails, at)
        assert {words for words in found if "of the text" not in words} <= {"markup in the text"}
        (one,) = inbox.mails  # that text is the outlets' own
        assert "javascript:alert" not in " ".join(re.findall(r"href=\"[^\"]*", one.body("html")))
        for shown in (
            "<script>alert(1)</script>",
            "{{ digest.__class__ }}",
            "<!channel> @everyone",
        ):
            assert shown in " ".join(one.body("plain").split())

"""From what was noted to the reader: edits of watched pages, and troubles, each told once."""

import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from aiwatch.config import load
from aiwatch.delivery import Desk as Composing
from aiwatch.model import AlertName, Rate, Source, SourceName, TopicName, Trouble, TroubleKind
from aiwatch.store import Store, closing, troubles
from aiwatch.store.filing import Filed
from tests.desk import Desk, channel, desk
from tests.digest.test_payload import VALIDATOR
from tests.drafts import FLOOD, HELP, HOUR, MINUTE, OPEN_TO_ALL, UNTIL_APRIL, draft, edit, file
from tests.newsroom import Newsroom
from tests.stories import NOON, alert

# ---------------------------------------------------------------- an edit of a watched page


def test_an_edit_is_told_at_once_to_who_follows_its_page(tmp_path: Path) -> None:
    pages = alert(name=AlertName("pages"), sources=(HELP.name,), settle=10 * MINUTE)
    sora = alert("daily at 18:00", name=AlertName("sora"), topics=(TopicName("sora"),))
    with desk(tmp_path, [pages, sora], [channel()]) as at:
        at.file(edit())
        assert [one.subject for one in at.close().closed] == [
            "Sora help page changed: “Sora is available until 26 April 2026” · Tue 24 Mar"
        ]
        at.file(edit(2, added=(OPEN_TO_ALL,), removed=(UNTIL_APRIL,)), edit(3))
        (closed,) = at.close(HOUR).closed
        assert closed.stories == 2
        assert at.close(6 * HOUR).closed == ()


def test_an_edit_on_a_topic_stands_in_its_digest(tmp_path: Path) -> None:
    sora = alert("daily at 18:00", topics=(TopicName("sora"),), empty="say")
    with desk(tmp_path, [sora], [channel()]) as at:
        at.file(edit(1, topics=("sora",)), edit(2, added=("Terms apply.",)), draft())
        (closed,) = at.close(7 * HOUR).closed
        assert closed.stories == 2
        ((text,),) = at.rows("text")
        assert "+ Sora is available until 26 April 2026." in text
        assert "\N{MINUS SIGN} Sora is available to everyone." in text
        assert "Terms apply" not in text


# ---------------------------------------------------------------- troubles

CARE = alert(name=AlertName("care"), about="troubles")


def trouble(
    what: str = "Wire", kind: TroubleKind = "failing", detail: str = "DNS error, 3 times in a row"
) -> Trouble:
    return Trouble(what=what, detail=detail, kind=kind, at=NOON)


def note(at: Desk, *found: Trouble) -> None:
    at.store.write_now(lambda db: troubles.note(db, found))


def test_troubles_are_told_at_once_and_once(tmp_path: Path) -> None:
    with desk(tmp_path, [CARE], [channel()]) as at:
        assert at.close().closed == ()
        note(at, trouble(), trouble("Post", "gap"))
        (closed,) = at.close(MINUTE).closed
        assert (closed.subject, closed.stories, closed.messages) == (
            "2 sources in trouble: Wire: DNS error · Tue 24 Mar",
            0,
            1,
        )
        assert at.close(HOUR).closed == ()
        note(at, trouble(kind="recovered", detail="works again, after 2 h"))
        assert len(at.close(HOUR).closed) == 1
        assert len(at.rows("id")) == 2


def test_each_alert_is_told_and_a_new_one_of_what_comes(tmp_path: Path) -> None:
    weekly = alert("mondays at 09:00", name=AlertName("weekly"), about="troubles")
    with desk(tmp_path, [CARE, weekly], [channel()]) as at:
        note(at, trouble())
        assert [one.alert for one in at.close().closed] == ["care"]
        late = alert(name=AlertName("late"), about="troubles")
        at.config = replace(at.config, alerts=(CARE, weekly, late))
        assert at.close(HOUR).closed == ()
        note(at, trouble("Post"))
        assert [one.alert for one in at.close(HOUR).closed] == ["care", "late"]
        (closed,) = at.close(timedelta(days=6)).closed
        assert (closed.alert, closed.subject[:20]) == ("weekly", "2 sources in trouble")
        assert at.close(timedelta(days=7)).closed == ()


def test_a_scheduled_alert_about_troubles_says_that_there_are_none_where_it_is_to(
    tmp_path: Path,
) -> None:
    says = alert("daily at 08:00", about="troubles", empty="say")
    with desk(tmp_path, [says], [channel()]) as at:
        (closed,) = at.close(timedelta(days=1)).closed
        assert closed.subject == "No troubles · Wed 25 Mar"


def test_quiet_hours_and_the_rate_fold_troubles_too(tmp_path: Path) -> None:
    folding = replace(CARE, quiet=((11, 0), (13, 0)), at_most=Rate(count=1, per=HOUR))
    with desk(tmp_path, [folding], [channel()]) as at:
        note(at, trouble())
        assert at.close().closed == ()
        note(at, trouble("Post"))
        (closed,) = at.close(HOUR).closed
        assert closed.subject.startswith("2 sources in trouble")
        note(at, trouble("Herald"))
        assert at.close(59 * MINUTE).closed == ()
        assert len(at.close(MINUTE).closed) == 1


def test_a_paused_alert_about_troubles_catches_up(tmp_path: Path) -> None:
    with desk(tmp_path, [CARE], [channel()]) as at:
        at.store.write_now(lambda db: closing.pause(db, CARE.name, None, paused=True))
        note(at, trouble(), trouble("Post"))
        assert at.close(HOUR).closed == ()
        at.store.write_now(lambda db: closing.pause(db, CARE.name, None, paused=False))
        assert len(at.close().closed) == 1


def test_a_closing_that_breaks_half_way_has_told_nothing(tmp_path: Path) -> None:
    with desk(tmp_path, [CARE], [channel()]) as at:
        note(at, trouble())
        at.store.write_now(
            lambda db: db.execute(
                "CREATE TRIGGER broken BEFORE UPDATE ON alerts BEGIN SELECT RAISE(ABORT, 'no'); END"
            )
        )
        (words,) = at.close().troubles
        assert "care" in words
        assert at.rows("id") == []
        at.store.write_now(lambda db: db.execute("DROP TRIGGER broken"))
        assert len(at.close().closed) == 1
        assert at.close(HOUR).closed == ()


def test_news_never_goes_to_care_nor_troubles_to_a_reader_of_news_at_once(tmp_path: Path) -> None:
    with desk(tmp_path, [CARE, alert(settle=None)], [channel()]) as at:
        at.file(draft())
        assert [one.alert for one in at.close().closed] == ["news"]
        note(at, trouble())
        assert [one.alert for one in at.close(HOUR).closed] == ["care"]


def watching(at: Desk, *names: str) -> None:
    sources = tuple(Source(name=SourceName(name), url=f"https://{name}.example") for name in names)
    at.config = replace(at.config, sources=sources)


def test_without_an_alert_about_them_troubles_stand_once_at_the_foot_of_each_digest(
    tmp_path: Path,
) -> None:
    evening = alert("daily at 18:00", topics=(TopicName("sora"),))
    with desk(tmp_path, [evening], [channel()]) as at:
        watching(at, "Wire", "Post")
        note(at, trouble(kind="silent", detail="nothing new for 9 d"))
        note(at, trouble("Post", "recovered", "works again, after 2 h"), trouble("Gone", "gap"))
        assert at.close(7 * HOUR).closed == ()  # nothing new: troubles wait for the next message
        at.file(draft())
        at.close(timedelta(days=1))
        at.file(draft("f", "Sora floods Norwich", FLOOD))
        at.close(timedelta(days=1))
        (first,), (second,) = at.rows("text")
        assert "Trouble: Wire: nothing new for 9 d\nPost works again, after 2 h\n" in first
        assert "Gone" not in first
        assert "Wire" not in second
        assert "Post" not in second


def test_a_preview_shows_what_waits_and_a_look_back_what_was(tmp_path: Path) -> None:
    with desk(tmp_path, [CARE], [channel()]) as at:
        note(at, trouble())
        at.now += HOUR
        assert asyncio.run(at.delivery(None).close_now(CARE)) is not None
        assert asyncio.run(at.delivery(None).close_now(CARE)) is None
        again = asyncio.run(at.delivery(None).close_now(CARE, lookback=2 * HOUR))
        assert again is not None
        assert again.subject == "Wire: DNS error · Tue 24 Mar"
        assert asyncio.run(at.delivery(None).close_now(CARE, lookback=MINUTE)) is None


def noticed(room: Newsroom) -> Filed:
    """A newsroom in which a page was edited and three troubles were noted."""
    alerts: list[dict[str, object]] = [
        {"name": "pages", "sources": [HELP.name], "when": "at once", "settle": None},
        {"name": "care", "about": "troubles", "when": "at once"},
    ]
    room.configure(
        sources=[
            {"name": HELP.name, "url": room.site.url("/help"), "enabled": False},
            {"name": "Wire", "url": room.site.url("/wire"), "enabled": False},
        ],
        alerts=[{**one, "to": ["inbox", "hook"]} for one in alerts],
    )
    room.aiwatch("fetch", now="2026-03-24T12:00:00Z")
    found = [
        trouble(),
        trouble("Wire", "recovered", "works again, after 2 h"),
        trouble("disk", "other", "full"),
    ]
    subscriptions = Composing(config=load(room.file)).subscriptions()
    with Store(room.database) as store:
        store.write_now(lambda db: troubles.note(db, found))
        return file(store, edit(), *subscriptions)


def test_edits_and_troubles_reach_mail_and_webhook_once(tmp_path: Path) -> None:
    with Newsroom(tmp_path) as room:
        noticed(room)
        assert room.aiwatch("fetch", now="2026-03-24T12:01:00Z").code == 0
        edited, care = room.inbox.mails
        assert str(edited.message["Subject"]).startswith("Sora help page changed: “Sora is")
        assert "<ins" in edited.body("html")
        assert "+ Sora is available until 26 April 2026." in edited.body("plain")
        assert "Wire: works again" not in care.body("plain")
        assert "Wire works again after 2 h" in care.body("plain")
        found = [json.loads(asked.body) for asked in room.hooks]
        assert [one["type"] for one in found] == [
            "page.changed",
            "source.failing",
            "source.recovered",
            "digest",
        ]
        assert found[0]["data"]["added"] == [UNTIL_APRIL]
        assert found[1]["data"]["source"]["url"] == room.site.url("/wire")
        assert all(VALIDATOR.is_valid(one) for one in found)
        room.aiwatch("fetch", now="2026-03-24T12:02:00Z")
        assert (len(room.inbox.mails), len(room.hooks)) == (2, 4)


def test_an_edit_is_looked_at_like_any_story(tmp_path: Path) -> None:
    with Newsroom(tmp_path) as room:
        filed = noticed(room)
        assert "Sora help page: “Sora is" in room.aiwatch("stories").out
        assert "Sora help page: “Sora is" in room.aiwatch("story", str(filed.story)).out
        assert room.aiwatch("story", str(filed.story), "--json").code == 0
        assert UNTIL_APRIL in room.aiwatch("export", "articles").out
        for what in (HELP.url, str(filed.article)):
            assert "an edit of a watched page" in room.aiwatch("explain", what).out
        (waiting,) = (
            one for one in room.aiwatch("alerts", "list", "--json").json() if one["about"]
        )
        assert waiting["waiting"] == 3


def test_what_waits_for_care_can_be_looked_at_before(tmp_path: Path) -> None:
    with Newsroom(tmp_path) as room:
        noticed(room)
        for words in ([], ["--since", "1d"]):
            command = ("digest", "care", *words, "--format", "json")
            found = room.aiwatch(*command, now="2026-03-24T12:01:00Z").json()
            assert (found["kind"], len(found["events"])) == ("troubles", 3)


@pytest.mark.slow
def test_a_page_edited_and_a_source_lost_on_the_web_are_told(tmp_path: Path) -> None:
    lines = ("Sora is a video app by OpenAI.", OPEN_TO_ALL, "Write to us with questions about it.")
    with Newsroom(tmp_path) as room:
        room.page("/help", "Sora help", "\n".join(lines))
        help_ = {"name": HELP.name, "kind": "page", "url": room.site.url("/help")}
        room.configure(
            sources=[help_, {"name": "Wire", "url": room.site.url("/wire")}],
            alerts=[
                {"name": "pages", "sources": [HELP.name], "to": ["hook"], "when": "at once"},
                {"name": "care", "about": "troubles", "to": ["hook"], "when": "at once"},
            ],
        )
        room.aiwatch("fetch", now="2026-03-24T08:00:00Z")
        room.page("/help", "Sora help", "\n".join(lines).replace(OPEN_TO_ALL, UNTIL_APRIL))
        for hour in (12, 16, 20):
            room.aiwatch("fetch", "--all", now=f"2026-03-24T{hour}:00:00Z")
        found = [json.loads(asked.body) for asked in room.hooks]
        assert sorted(one["type"] for one in found) == ["page.changed", "source.failing"]
        page, source = sorted((one["data"] for one in found), key=lambda data: "source" in data)
        assert (page["added"], page["removed"]) == ([UNTIL_APRIL], [OPEN_TO_ALL])
        assert (source["source"]["name"], source["source"]["failures"]) == ("Wire", 3)

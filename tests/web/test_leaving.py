"""From the header of a mail that arrived to the click that ends it, and back (RFC 8058)."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from aiwatch.model import AlertName, Reader
from aiwatch.store import leaving
from tests.desk import SECOND, Desk, desk, mail
from tests.drafts import BAKERY, FLOOD, draft
from tests.inbox import Inbox
from tests.stories import alert
from tests.web.conftest import Browser, opened

ME, YOU = "me@example.org", "you@example.org"
ORIGIN = "https://news.example.org"


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    with Inbox() as server:
        yield server


@pytest.fixture
def at(tmp_path: Path, inbox: Inbox) -> Iterator[Desk]:
    with desk(tmp_path, [alert()], [mail("inbox", inbox.port, ME, YOU)]) as one:
        one.config = replace(one.config, public_url=ORIGIN)
        yield one


def told(at: Desk, inbox: Inbox, path: str, text: str) -> list[str]:
    """Who gets mail of a further story."""
    before = len(inbox.mails)
    at.file(draft(path, f"Story {path}", text))
    at.close(SECOND)
    at.send()
    return [one.recipients[0] for one in inbox.mails[before:]]


def link_of(inbox: Inbox) -> str:
    """Where one click ends it, as the first mail that I got has it."""
    mine = next(one.message for one in inbox.mails if one.recipients == (ME,))
    assert mine["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    (link,) = re.findall("<(https[^>]+)>", mine["List-Unsubscribe"])
    return str(link)


def gone(at: Desk) -> frozenset[str]:
    with at.store.read() as db:
        return frozenset(leaving.left(db, AlertName("news")))


@pytest.mark.parametrize(
    "how",
    [
        {"content": "List-Unsubscribe=One-Click", "headers": {"content-type": "application/x-www-form-urlencoded"}},
        {"files": {"List-Unsubscribe": (None, "One-Click")}},
        {},
    ],
    ids=["form", "multipart", "button"],
)  # fmt: skip
def test_one_click_ends_it_for_one_reader_until_it_is_taken_back(
    at: Desk, inbox: Inbox, how: dict[str, object]
) -> None:
    assert told(at, inbox, "a", FLOOD) == [ME, YOU]
    link = link_of(inbox)
    assert link.startswith(ORIGIN)
    browser, path = opened(at.config, ORIGIN), urlsplit(link).path
    for method in ("GET", "HEAD", "GET"):
        assert browser.request(method, path).status_code == 200
    assert gone(at) == frozenset()  # looking changes nothing
    assert browser.post(path, **how).status_code == 200
    assert gone(at) == {f"mailto:{ME}"}
    assert told(at, inbox, "b", BAKERY) == [YOU]  # though the configuration lists both
    at.store.write_now(lambda db: leaving.take_back(db, AlertName("news"), Reader(f"mailto:{ME}")))
    text = "Lighthouse keepers in Oban counted 340 whales in a week, Ann Bo wrote."
    assert told(at, inbox, "c", text) == [ME, YOU]


def test_nobody_leaves_by_guessing(at: Desk, inbox: Inbox) -> None:
    told(at, inbox, "a", FLOOD)
    path = urlsplit(link_of(inbox)).path
    browser: Browser = opened(at.config, ORIGIN)
    for guess in (path[:-1], f"{path}x", "/unsubscribe/", "/unsubscribe/guessed"):
        assert browser.post(guess).status_code in (404, 405)
    for method in ("PUT", "DELETE", "PATCH"):
        assert browser.request(method, path).status_code == 405
    assert gone(at) == frozenset()

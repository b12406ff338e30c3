"""Kill -9 between any two steps and start again: nothing is lost, nothing goes out under a second id.

The instants are made certain by the servers: an answer is held back, the process is killed while it waits, and the
answer is let go. What the mail server or the hook had accepted by then may come again, with the same id.
"""

import signal
import threading
from collections.abc import Callable
from email import message_from_bytes
from pathlib import Path

import pytest

from aiwatch.store import reader
from tests.newsroom import Newsroom
from tests.servers import Answer, Asked

pytestmark = pytest.mark.slow

NOW = "2026-03-24T12:00:00Z"
TEXTS = {
    "/sora": (
        "OpenAI closes Sora and leaves video",
        "OpenAI said on Tuesday that it would close Sora, the app that made videos from a sentence.\n"
        "The company also ends its licence deal with Disney, which was worth $1 billion over three years.\n"
        "Users will hear later on which day the service stops, a spokeswoman told reporters in San Francisco.",
    ),
    "/seedance": (
        "Seedance arrives in the editing app of ByteDance",
        "ByteDance brought its model Seedance 2.0 into the editing programme CapCut on Thursday.\n"
        "Subscribers in Brazil, Indonesia and Mexico are the first who may type a scene and get fifteen seconds.\n"
        "Faces of real people are refused, the firm wrote in a note about safety that runs to nine pages.",
    ),
}


class Gate:
    """Holds one answer back until it is opened, and says when somebody waits at it."""

    def __init__(self) -> None:
        self.reached = threading.Event()
        self.open = threading.Event()

    def wait(self) -> None:
        self.reached.set()
        assert self.open.wait(60)


def prepare(room: Newsroom) -> None:
    for path, (title, text) in TEXTS.items():
        room.page(path, title, text)
    items = [
        room.item(path, title, f"2026-03-24T1{place}:00:00Z")
        for place, (path, (title, _)) in enumerate(TEXTS.items())
    ]
    feed = room.feed("/feed", *items)
    room.configure(
        sources=[{"name": "Example Times", "url": feed}],
        topics={"video": {"any": ["sora OR seedance"]}},
        alerts=[
            {
                "name": "now",
                "to": ["inbox", "hook"],
                "when": "at once",
                "settle": None,
                "at_most": None,
            }
        ],
    )


def hold_route(room: Newsroom, path: str) -> Gate:
    """The first request for this path waits at a gate; later ones are answered."""
    gate = Gate()
    held = room.site.routes[path]

    def answer(asked: Asked) -> Answer | bytes | str:
        if not gate.reached.is_set():
            gate.wait()
        return held if isinstance(held, Answer) else held(asked)

    room.site.add(path, answer)
    return gate


def hold_mail(room: Newsroom, command: str) -> Gate:
    gate = Gate()

    def answer(_: str) -> None:
        if not gate.reached.is_set():
            gate.wait()

    room.inbox.answers[command] = answer
    return gate


INSTANTS: dict[str, Callable[[Newsroom], Gate]] = {
    "before the poll is recorded": lambda room: hold_route(room, "/feed"),
    "poll recorded, nothing filed": lambda room: hold_route(room, "/sora"),
    "first article filed, second not": lambda room: hold_route(room, "/seedance"),
    "alert closed, nothing sent": lambda room: hold_mail(room, "EHLO"),
    "mail accepted, not settled": lambda room: hold_mail(room, "QUIT"),
    "hook accepted, not settled": lambda room: hold_route(room, "/hook"),
}


@pytest.mark.parametrize("instant", list(INSTANTS))
def test_after_kill_9_everything_is_told_once_by_id(tmp_path: Path, instant: str) -> None:
    with Newsroom(tmp_path) as room:
        prepare(room)
        gate = INSTANTS[instant](room)
        process = room.start("fetch", now=NOW)
        assert gate.reached.wait(60), process.communicate()
        process.send_signal(signal.SIGKILL)
        process.communicate()
        gate.open.set()
        for _ in range(2):
            done = room.aiwatch("fetch", now="2026-03-24T13:30:00Z")
            assert done.code == 0, done.err
        check(room)


def check(room: Newsroom) -> None:
    """Both stories in exactly one mail by id, and in exactly one event each by id."""
    mails = {
        message_from_bytes(mail.content)["Message-ID"]: mail.content for mail in room.inbox.mails
    }
    for title, _ in TEXTS.values():
        assert (
            sum(title.encode() in content.replace(b"=\r\n", b"") for content in mails.values()) == 1
        ), title
    events = {(asked.headers["webhook-id"], asked.body) for asked in room.hooks}
    assert len(events) == len(TEXTS)
    assert len({id_ for id_, _ in events}) == len(TEXTS)
    with reader(room.database) as db:
        states = [row[0] for row in db.execute("SELECT DISTINCT state FROM outbox")]
        assert states == ["sent"]
        assert db.execute("SELECT COUNT(*) FROM articles").fetchone()[0] == len(TEXTS)
        assert db.execute("SELECT COUNT(*) FROM waiting").fetchone()[0] == 0

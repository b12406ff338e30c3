"""A service and a dozen one-shots at once on one database: one story each, each told once."""

import signal
import subprocess
from pathlib import Path

import pytest

from aiwatch.store import reader
from tests.heard import heard
from tests.newsroom import Newsroom

pytestmark = pytest.mark.slow

STORIES = 40
ONE_SHOTS = 12
PLACES = ("harbour", "library", "stadium", "bridge", "museum", "market", "station", "orchard")
ACTS = ("reopens", "closes", "floods", "wins a prize", "changes hands")


def text(number: int) -> tuple[str, str]:
    """Forty events that share a topic and nothing else."""
    place, act = PLACES[number % 8], ACTS[number // 8]
    name = f"{chr(65 + number % 26)}{'aeiou'[number % 5]}{chr(98 + number // 5)}ford"
    title = f"{name} {place} {act}"
    body = (
        f"The {place} of {name} {act}, the town council of {name} said after {number + 3} months of talks.\n"
        f"Mayor {name}son, who filmed it all with Sora, put the cost at {number * 7 + 11} million crowns.\n"
        f"Visitors of the {name} {place} are asked to come after {number % 12 + 1} o'clock, a notice on the door says."
    )
    return title, body


def test_a_service_and_twelve_one_shots_tell_forty_stories_once_each(tmp_path: Path) -> None:
    with Newsroom(tmp_path) as room:
        items = []
        for number in range(STORIES):
            title, body = text(number)
            room.page(f"/{number}", title, body)
            items.append(room.item(f"/{number}", title, None))
        feed = room.feed("/feed", *items)
        room.configure(
            sources=[{"name": "Example Times", "url": feed}],
            topics={"video": {"any": ["body:sora"]}},
            alerts=[
                {"name": "now", "to": ["hook"], "when": "at once", "settle": None, "at_most": None}
            ],
        )
        service = room.start("watch")
        one_shots = [room.start("fetch", "--all") for _ in range(ONE_SHOTS)]
        for process in one_shots:
            _, err = process.communicate(timeout=400)
            assert process.returncode == 0, err
            assert "Traceback" not in err
        service.send_signal(signal.SIGTERM)
        _, err = service.communicate(timeout=90)
        assert service.returncode == 0, err
        assert room.aiwatch("fetch").code == 0
        titles = sorted(text(number)[0] for number in range(STORIES))
        with reader(room.database) as db:
            assert sorted(row[0] for row in db.execute("SELECT title FROM articles")) == titles
            assert db.execute("SELECT COUNT(*) FROM stories").fetchone()[0] == STORIES
        told = [asked.headers["webhook-id"] for asked in room.hooks]
        assert len(told) == len(set(told)) == STORIES


def test_a_second_service_is_refused(tmp_path: Path) -> None:
    with Newsroom(tmp_path) as room:
        room.configure(sources=[{"name": "A", "url": room.feed("/feed")}])
        first = room.start("watch")
        try:
            heard(first, "start sources")
            second = subprocess.run(
                room.command("watch"), capture_output=True, text=True, check=False
            )
            assert second.returncode == 75
            assert "already watching" in second.stderr
            trial = room.aiwatch("fetch", now="2026-03-24T12:00:00Z")
            assert trial.code == 2
            assert "--now cannot be used while a service holds the database" in trial.err
        finally:
            first.send_signal(signal.SIGINT)
            first.communicate(timeout=90)
        assert first.returncode == 0

"""The two texts that aiwatch was made from: two outlets on one event, with all their clutter."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.newsroom import Newsroom

pytestmark = pytest.mark.slow

MICROSOFT = {"office": {"any": ['body:"microsoft copilot"']}}
PRESET_TOPICS = ("sora", "disney_ai")
EVERYTHING = [{"name": "all", "to": ["hook"], "when": "daily at 08:00", "words": None}]
NEW_IN_THE_CLOSURE = (
    "$1.4 million", "$1.9 billion", "resource-draining", "IPO", "December", "no financial transactions", "Seedance",
)  # fmt: skip
ORDERS = [("soras-closure", "strategic-move"), ("strategic-move", "soras-closure")]


def _line(shared_data: Path, name: str) -> str:
    title, _, body = (shared_data / "seeds" / f"{name}.txt").read_text("utf-8").partition("\n")
    return json.dumps({"id": name, "title": title, "body": body, "source": name}) + "\n"


@pytest.mark.parametrize("order", ORDERS)
def test_in_an_empty_database_they_are_one_story_in_either_order(
    tmp_path: Path, shared_data: Path, order: tuple[str, str]
) -> None:
    (tmp_path / "seeds.jsonl").write_text("".join(_line(shared_data, name) for name in order))
    with Newsroom(tmp_path) as room:
        room.configure(use=["ai-video"], topics=MICROSOFT, channels={})
        done = room.aiwatch("import", str(tmp_path / "seeds.jsonl"), "--json")
        assert done.code == 0, done.err
        assert done.json()["filed"] == 2
        exported = [
            json.loads(line) for line in room.aiwatch("export", "articles").out.splitlines()
        ]
    assert [row["id"] for row in exported] == list(order)
    assert len({row["story"] for row in exported}) == 1
    assert [row["verdict"] for row in exported] == ["new", "same_story"]
    for row in exported:
        assert set(PRESET_TOPICS) <= set(row["topics"])
        assert "office" not in row["topics"]
        assert "Microsoft Copilot" not in row["text"]


@pytest.mark.parametrize(
    ("order", "added"),
    [(ORDERS[0], ()), (ORDERS[1], NEW_IN_THE_CLOSURE)],
    ids=["the blog of advice adds nothing", "figures and named statements are added"],
)
def test_a_reader_of_one_is_told_only_what_the_other_adds(
    tmp_path: Path, shared_data: Path, order: tuple[str, str], added: tuple[str, ...]
) -> None:
    preview: dict[str, Any] = {}
    with Newsroom(tmp_path) as room:
        hook = {"hook": room.channels()["hook"]}
        room.configure(channels=hook, alerts=EVERYTHING)
        for name in order:
            (tmp_path / f"{name}.jsonl").write_text(_line(shared_data, name))
            done = room.aiwatch("import", str(tmp_path / f"{name}.jsonl"), "--alert")
            assert done.code == 0, done.err
            preview = room.aiwatch("digest", "all", "--preview", "--format", "json").json()
            assert room.aiwatch("digest", "all", "--send").code == 0
        messages = len(room.hooks)
    stories = [story for section in preview["sections"] for story in section["stories"]]
    facts = [fact["text"] for story in stories for fact in story["new_facts"]]
    assert len(facts) <= 10
    assert [fact for fact in added if fact not in " ".join(facts)] == []
    assert bool(facts) == bool(added)
    assert messages == (2 if added else 1)

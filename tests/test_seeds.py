"""The two texts that aiwatch was made from: two outlets on one event, with all their clutter."""

import json
from pathlib import Path

import pytest

from tests.newsroom import Newsroom

MICROSOFT = {"office": {"any": ['body:"microsoft copilot"']}}
PRESET_TOPICS = ("sora", "disney_ai")


@pytest.mark.parametrize(
    "order", [("soras-closure", "strategic-move"), ("strategic-move", "soras-closure")]
)
def test_in_an_empty_database_they_are_one_story_in_either_order(
    tmp_path: Path, shared_data: Path, order: tuple[str, str]
) -> None:
    lines = []
    for name in order:
        title, _, body = (shared_data / "seeds" / f"{name}.txt").read_text("utf-8").partition("\n")
        lines.append(json.dumps({"id": name, "title": title, "body": body}))
    (tmp_path / "seeds.jsonl").write_text("\n".join(lines), "utf-8")
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

"""With nothing set up, the very first pass shows the last 7 days, on screen and as files; later ones only what is new."""

from pathlib import Path

from tests.newsroom import Newsroom

AGES = {
    "today": "2026-03-24T10:00:00Z",
    "midweek": "2026-03-19T10:00:00Z",
    "old": "2026-03-10T10:00:00Z",
}
WORDS = {
    "today": (
        "Sora closes its doors",
        "OpenAI ends the video app on 26 April, a spokeswoman said on Tuesday.",
    ),
    "midweek": (
        "A lawsuit names Sora",
        "A studio in Lyon sued over 41 clips that Sora made of its puppets.",
    ),
    "old": (
        "Sora learns to sing",
        "Version 2.3 adds voices in nine languages, the release note of March says.",
    ),
    "next": (
        "Sora team moves to robots",
        "Forty engineers go to a laboratory in Zurich, two of them wrote on Monday.",
    ),
}


def item(room: Newsroom, name: str, published: str) -> str:
    title, text = WORDS[name]
    room.page(f"/{name}", title, text)
    return room.item(f"/{name}", title, published)


def test_the_first_pass_shows_the_last_7_days_and_says_what_to_do_next(tmp_path: Path) -> None:
    with Newsroom(tmp_path) as room:
        items = [item(room, name, published) for name, published in AGES.items()]
        feed = room.feed("/feed", *items)
        room.configure(sources=[{"name": "Times", "url": feed}], backlog="24h", channels={})
        first = room.aiwatch("fetch", now="2026-03-24T12:00:00Z")
        assert first.code == 0, first.err
        assert WORDS["today"][0] in first.out
        assert WORDS["midweek"][0] in first.out
        assert WORDS["old"][0] not in first.out
        for step in ("put your address into", "aiwatch channels test inbox", "aiwatch watch"):
            assert step in first.out
        (kept,) = tmp_path.glob("digests/*.html")
        assert WORDS["midweek"][0] in kept.read_text("utf-8")
        room.feed("/feed", item(room, "next", "2026-03-24T13:00:00Z"), *items)
        second = room.aiwatch("fetch", now="2026-03-24T14:00:00Z")
        assert WORDS["next"][0] in second.out
        assert WORDS["today"][0] not in second.out


def test_a_source_added_later_has_the_ordinary_backlog(tmp_path: Path) -> None:
    with Newsroom(tmp_path) as room:
        old = room.feed("/one", item(room, "today", AGES["today"]))
        room.configure(sources=[{"name": "Times", "url": old}], backlog="24h", channels={})
        room.aiwatch("fetch", now="2026-03-24T12:00:00Z")
        new = room.feed("/two", item(room, "midweek", AGES["midweek"]))
        room.configure(
            sources=[{"name": "Times", "url": old}, {"name": "Post", "url": new}],
            backlog="24h",
            channels={},
        )
        assert WORDS["midweek"][0] not in room.aiwatch("fetch", now="2026-03-24T13:30:00Z").out

"""The one line that decides whether a digest is opened: facts and a date, not "Your daily digest"."""

from collections.abc import Sequence
from datetime import timedelta

from aiwatch.digest.moments import day, span
from aiwatch.digest.plain import shortened
from aiwatch.digest.wording import plural
from aiwatch.model import Digest, StoryLine

_LONGEST = 110
_SHORTEST_HEADLINE = 24


def subject(digest: Digest, lines: Sequence[StoryLine], topics: Sequence[str]) -> str:
    """`OpenAI to shut down Sora; Disney leaves — 3 stories, 11 outlets · Tue 24 Mar`; `lines` by weight."""
    date = day(digest.at, digest.timezone)
    if not lines:
        return _without_stories(digest, topics, date)
    start = _start(digest, lines)
    count = counted(lines)
    end = f" — {count} · {date}" if count else f" · {date}"
    room = _LONGEST - len(start) - len(end)
    return start + _headlines([line.title for line in lines], room) + end


def counted(lines: Sequence[StoryLine]) -> str:
    """`3 stories, 11 outlets, 1 page change`; one story of one outlet gives its name, one page's edit nothing."""
    news = [line for line in lines if line.lead.change is None]
    outlets = {outlet.casefold(): outlet for line in news for outlet in line.outlets}
    voices = f"{len(outlets)} outlets" if len(outlets) > 1 else ""
    if len(news) == len(lines):
        voices = voices or shortened(lines[0].outlets[0], 30)
    if len(lines) == 1:
        return voices
    stories = plural(len(news), "story", "stories") if news else ""
    edits = plural(len(lines) - len(news), "page change") if len(news) < len(lines) else ""
    return ", ".join(filter(None, (stories, voices, edits)))


def _start(digest: Digest, lines: Sequence[StoryLine]) -> str:
    if digest.lookback is not None:
        return f"Last {span(digest.lookback)}: "
    causes = {line.cause for line in lines}
    return (
        {"update": "Update: ", "correction": "Correction: "}.get(causes.pop(), "")
        if len(causes) == 1
        else ""
    )


def _headlines(titles: Sequence[str], room: int) -> str:
    """As many headlines as find room, at most three; the first is worth the most of it."""
    if len(titles) == 1:
        return _fitted(titles[0], room)
    chosen = [_fitted(titles[0], max(room * 3 // 5, room - len(titles[1]) - 2))]
    for title in titles[1:3]:
        left = room - len("; ".join([*chosen, ""]))
        if left < min(_SHORTEST_HEADLINE, len(title)):
            break
        chosen.append(_fitted(title, left))
    return "; ".join(chosen) if len(chosen) > 1 else _fitted(titles[0], room)


def _fitted(title: str, room: int) -> str:
    """Cut to the room there is; of a quotation that is cut at least the end is told, or nothing."""
    if len(title) <= room or not title.endswith("”"):
        return shortened(title, room)
    cut = shortened(title, room - 1)
    return f"{cut}”" if "“" in cut else shortened(title.partition(": “")[0], room)


def _without_stories(digest: Digest, topics: Sequence[str], date: str) -> str:
    on = f" on {shortened(', '.join(topics), 60)}" if topics else ""
    quiet = digest.silence
    if quiet is not None and digest.lookback is None and quiet >= timedelta(days=1):
        return f"Still here, nothing new{on} for {span(timedelta(days=quiet.days))} · {date}"
    when = f" in the last {span(digest.lookback)}" if digest.lookback is not None else ""
    return f"Nothing new{on}{when} · {date}"

"""What a person is told of a source, once each: it fails, works again, is silent, may have lost items, has moved.

Decided from the source as it stood before a poll, as it stands after, and which troubles were told already.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from aiwatch.judge.cadence import NEVER
from aiwatch.judge.health import FAILING_AFTER, Vitals, and_then, rough, silent_for
from aiwatch.model import Trouble, TroubleKind


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    """A poll's before and after, and which troubles stood."""

    before: Vitals
    after: Vitals
    told: frozenset[str]
    now: datetime
    zone: str

    def moment(self, at: datetime) -> str:
        """With its date: it may be read days later."""
        return f"{at.astimezone(ZoneInfo(self.zone)):%Y-%m-%d %H:%M}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Note:
    kind: TroubleKind
    detail: str
    extra: dict[str, Any]
    ends: frozenset[str] = frozenset()


_DOWN = frozenset({"failing", "stopped"})
_STANDING = _DOWN | {"silent", "gap", "moved"}


def troubles(
    before: Vitals, after: Vitals, name: str, now: datetime, zone: str = "UTC"
) -> tuple[tuple[Trouble, ...], frozenset[str]]:
    """What a person should be told of this poll, and which kinds of trouble stand after it.

    `before.told` is what stood; a paused or switched-off source has no troubles.
    """
    told = before.told
    if after.paused or not after.enabled:
        return (), told
    found = []
    for check in _CHECKS:
        note = check(_Step(before=before, after=after, told=told, now=now, zone=zone))
        if note is not None:
            told = (told - note.ends) | (_STANDING & {note.kind})
            found.append(
                Trouble(what=name, detail=note.detail, kind=note.kind, at=now, extra=note.extra)
            )
    return tuple(found), told - _ended(after)


def _ended(after: Vitals) -> frozenset[str]:
    """What ends without a word: a gap with the next overlap, a move that is taken back."""
    overlaps = after.state == "working" and bool(after.known)
    ended = {"gap": overlaps, "moved": after.moved_to is None}
    return frozenset(kind for kind, over in ended.items() if over)


def _stopped(step: _Step) -> _Note | None:
    if step.after.state != "stopped" or "stopped" in step.told:
        return None
    return _Note(
        kind="stopped",
        detail=f"{step.after.detail or 'refused for good'}: it is not asked again until its entry in"
        " the configuration changes; correct it or take it out",
        extra=_failure_extra(step),
        ends=_DOWN,
    )


def _failing(step: _Step) -> _Note | None:
    failures = step.after.failures
    if step.after.state != "failing" or failures < FAILING_AFTER or step.told & _DOWN:
        return None
    since = step.after.last_success
    read = "never read yet" if since is None else f"not read since {step.moment(since)}"
    advice = (
        "`aiwatch check --online` says more"
        if since is None
        else "if this lasts, look whether it has moved or ended"
    )
    said = step.after.detail or "cannot be read"
    return _Note(
        kind="failing",
        detail=f"{said}{and_then(said)}{failures} times in a row, {read}: it is"
        f" asked again {step.moment(step.after.next_due)}; {advice}",
        extra=_failure_extra(step),
    )


def _failure_extra(step: _Step) -> dict[str, Any]:
    after = step.after
    return {
        "reason": after.detail,
        "failures": after.failures,
        "last_success": _iso(after.last_success),
        "next_due": _iso(after.next_due),
    }


def _recovered(step: _Step) -> _Note | None:
    if step.after.state != "working" or not step.told & _DOWN:
        return None
    since = step.before.last_success
    down = None if since is None else step.now - since
    detail = "can be read now, for the first time"
    if since is not None and down is not None:
        detail = f"works again, after {rough(down)}: not read since {step.moment(since)}"
    return _Note(
        kind="recovered",
        detail=detail,
        extra={"last_success": _iso(since), "down_seconds": _seconds(down)},
        ends=_DOWN,
    )


def _moved(step: _Step) -> _Note | None:
    url = step.after.moved_to
    if url is None or (url == step.before.moved_to and "moved" in step.told):
        return None
    return _Note(
        kind="moved",
        detail=f"has moved for good and is asked at {url} from now on: write that address into the configuration",
        extra={"url": url},
    )


def _gap(step: _Step) -> _Note | None:
    """Nothing listed now was listed at the last look: what came and went in between was not seen."""
    before, after = step.before, step.after
    if after.state != "working" or "gap" in step.told or not _brought_new(before, after):
        return None
    never_listed = before.first_success is None or before.listed == 0
    if never_listed or after.known != 0 or (after.listed or 0) < 2:
        return None
    last = "" if before.last_success is None else f" ({step.moment(before.last_success)})"
    advice = "set a shorter `every` for it"
    if before.failures:
        advice = "it could not be read in between"
    return _Note(
        kind="gap",
        detail=f"none of the {after.listed} items listed was there at the look before{last}:"
        f" items between them may have been missed; {advice}",
        extra={"listed": after.listed, "last_success": _iso(before.last_success)},
    )


def _silent(step: _Step) -> _Note | None:
    silence = silent_for(step.after)
    since = step.after.last_new or step.after.first_success
    if silence is None or since is None or "silent" in step.told:
        return None
    usual, longest = step.after.usual_gap, step.after.longest_gap
    rhythm = [
        f"{rough(gap)} is {word}"
        for gap, word in ((usual, "usual"), (longest, "the longest"))
        if gap is not None
    ]
    return _Note(
        kind="silent",
        detail=f"nothing new for {rough(silence)}, since {step.moment(since)}, though"
        f" {' and '.join(rhythm)}: look whether it has moved or ended",
        extra={
            "last_new": _iso(since),
            "silent_seconds": _seconds(silence),
            "usual_seconds": _seconds(usual),
            "longest_seconds": _seconds(longest),
        },
    )


def _speaking(step: _Step) -> _Note | None:
    if "silent" not in step.told or not _brought_new(step.before, step.after):
        return None
    since = step.before.last_new or step.before.first_success
    silence = None if since is None else step.now - since
    after = "" if silence is None else f" after {rough(silence)} of silence"
    return _Note(
        kind="speaking",
        detail=f"new items again{after}",
        extra={"last_new": _iso(since), "silent_seconds": _seconds(silence)},
        ends=frozenset({"silent"}),
    )


def _brought_new(before: Vitals, after: Vitals) -> bool:
    return after.last_new is not None and after.last_new != before.last_new


_CHECKS: tuple[Callable[[_Step], _Note | None], ...] = (
    _stopped,
    _failing,
    _recovered,
    _speaking,
    _silent,
    _gap,
    _moved,
)


def _iso(at: datetime | None) -> str | None:
    return None if at is None or at == NEVER else at.isoformat()


def _seconds(span: timedelta | None) -> int | None:
    return None if span is None else round(span.total_seconds())

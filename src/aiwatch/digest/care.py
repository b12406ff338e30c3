"""Troubles as a reader sees them: what happened to which source, in one line and in full; bad news first."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from aiwatch.digest.moments import day, iso
from aiwatch.digest.plain import NAME, SENTENCE, link, shortened
from aiwatch.model import Digest, Envelope, Trouble, TroubleKind
from aiwatch.text.late import late

GOOD: frozenset[TroubleKind] = frozenset({"recovered", "speaking"})
_BADGES: Mapping[TroubleKind, str] = {
    "failing": "Failing",
    "stopped": "Stopped",
    "silent": "Silent",
    "gap": "Gap",
    "moved": "Moved",
    "recovered": "Well again",
    "speaking": "Well again",
    "other": "Trouble",
}
_SAID_OF_IT = frozenset({"recovered", "moved"})  # their words go on from the name
_IN_SHORT = {"gap": "items may have been missed", "moved": "has moved for good"}
_LONGEST = 110
_AT_FOOT = 8  # lines
_CLAUSE = late(r"[,:;] ")


def ordered(events: Iterable[Trouble]) -> tuple[Trouble, ...]:
    """What a person has to act on first, each kind in the order in which it came."""
    return tuple(sorted(events, key=lambda event: event.kind in GOOD))


def badge(event: Trouble) -> str:
    """One word for what it is."""
    return _BADGES[event.kind]


def headline(event: Trouble) -> str:
    """`Harbour Post: DNS error`, `Harbour Post works again after 2 d`."""
    clause = _CLAUSE.split(event.detail, maxsplit=1)[0]
    if event.kind == "recovered":
        clause = event.detail.partition(": ")[0].replace(", after", " after")
    elif event.kind in _IN_SHORT:
        clause = _IN_SHORT[event.kind]
    elif event.kind in ("failing", "stopped"):
        reason = event.extra.get("reason")
        clause = reason if isinstance(reason, str) and reason else clause
    return shortened(_of(event, clause), 2 * NAME)


def brief(event: Trouble) -> str:
    """All of it in one line: `Harbour Post: nothing new for 9 d, since …`."""
    return shortened(_of(event, event.detail), SENTENCE)


def sentence(event: Trouble) -> str:
    """Its detail as a sentence, without the reason that the headline says; nothing where that says it all."""
    if headline(event) == brief(event):
        return ""
    text = shortened(event.detail, SENTENCE)
    reason = event.extra.get("reason")
    if isinstance(reason, str) and reason and headline(event).endswith(f": {reason}"):
        text = text.removeprefix(reason).lstrip(",;: ") or text
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "…", "!", "?")) else ".")


def address(event: Trouble) -> str:
    """Where the source is asked, if that is known."""
    url = event.extra.get("url")
    return link(url) if isinstance(url, str) else ""


def counts(events: Sequence[Trouble]) -> str:
    """`2 sources in trouble, 1 well again`."""
    bad, good, other = _standing(events)
    found = [f"{len(bad)} source{'s' * (len(bad) != 1)} in trouble"] if bad else []
    if good:
        unit = "" if found else f" source{'s' * (len(good) != 1)}"
        found.append(f"{len(good)}{unit} well again")
    if other:
        found.append(f"{len(other)} other trouble{'s' * (len(other) != 1)}")
    return ", ".join(found) or "No troubles"


def about_topic(event: Trouble) -> bool:
    """Whether it is a topic that bursts or has gone quiet."""
    return str(event.extra.get("type", "")).startswith("topic.")


def is_bad(event: Trouble) -> bool:
    """Whether something is wrong: neither good news nor a topic's."""
    return event.kind not in GOOD and not about_topic(event)


def as_topic(event: Trouble) -> dict[str, Any]:
    """The `data` of topic.burst and topic.silent: which topic, the words, and its figures."""
    figures = {name: value for name, value in event.extra.items() if name != "type"}
    return {"words": event.detail, **figures}


def subject(digest: Digest) -> str:
    """`3 sources in trouble: Harbour Post: DNS error; 1 well again · Tue 24 Mar`."""
    bad, good, other = _standing(digest.events)
    worst = [*bad, *other] or good
    date = day(digest.at, digest.timezone)
    if not worst:
        return f"No troubles · {date}"
    start = end = ""
    if len(bad) + len(other) > 1:
        count = f"{len(bad)} source{'s' * (len(bad) != 1)} in trouble"
        start = f"{count if bad else f'{len(other)} troubles'}: "
    elif not bad and not other and len(good) > 1:
        end = f" (and {len(good) - 1} more)"
    if good and (bad or other):
        end = f"; {len(good)} well again"
    end = f"{end} · {date}"
    return start + shortened(headline(worst[0]), _LONGEST - len(start) - len(end)) + end


def at_foot(
    failing: Sequence[tuple[str, str]],
    events: Iterable[Trouble],
    undelivered: int,
    watched: Collection[str],
) -> tuple[tuple[str, ...], tuple[Trouble, ...]]:
    """What a digest of news says of troubles, in eight lines at most: what is wrong now, then what has happened.

    `failing` are the sources in trouble and what is wrong with each; of those not `watched` nothing is said.
    """
    wrong = [f"{name}: {words}" for name, words in failing if name in watched]
    happened = _happened(events, watched, {name for name, _ in failing})
    given_up = [f"messages given up: {undelivered} (aiwatch outbox list)"] if undelivered else []
    room = _AT_FOOT - len(given_up)
    if (left := len(wrong) + len(happened) - room) > 0:
        happened = happened[: max(room - 1 - len(wrong), 0)]
        wrong = [*wrong[: room - 1], f"and {left + 1} more (aiwatch sources list)"]
    return (*wrong, *given_up), tuple(happened)


def _happened(
    events: Iterable[Trouble], watched: Collection[str], failing: Collection[str]
) -> list[Trouble]:
    """What does not show in the state of things as they are now: of each source the last word on each matter."""
    last: dict[tuple[str, str], Trouble] = {}
    for event in events:
        shows = event.kind in ("failing", "stopped")
        over = event.kind == "recovered" and event.what in failing
        counted = "outbox" in event.extra  # a message given up: the digest counts those
        if shows or over or counted or (event.kind != "other" and event.what not in watched):
            continue
        matter = (event.what, _matter(event))
        last.pop(matter, None)
        last[matter] = event
    return list(last.values())


def _matter(event: Trouble) -> str:
    if event.kind == "other":
        return event.detail
    return "silent" if event.kind == "speaking" else event.kind


def dead_letter(envelope: Envelope, reason: str) -> Trouble:
    """A message that is not tried again by itself; marked with `outbox`, as a digest's foot counts those."""
    person = envelope.reader.startswith("mailto:")
    who = f" to {envelope.reader.removeprefix('mailto:')}" if person else ""
    return Trouble(
        what=f"channel {envelope.channel}",
        detail=f"a message{who} is not delivered: {reason} (aiwatch outbox retry {envelope.row})",
        extra={"outbox": int(envelope.row), "alert": envelope.alert},
    )


def left_alone(envelope: Envelope, reason: str) -> Trouble:
    """An endpoint that has taken nothing for days: what is for it waits, also what comes."""
    return Trouble(
        what=f"channel {envelope.channel}",
        detail=f"nothing more is sent there: {reason} (aiwatch outbox retry)",
        extra={"alert": envelope.alert},
    )


def as_source(event: Trouble) -> dict[str, Any]:
    """A source's trouble under stable keys; after them what else is known, as it was noted."""
    extra = {shortened(str(name), NAME): _plain(value) for name, value in event.extra.items()}
    since = extra.get("since") or extra.get("last_success") or extra.get("last_new")
    own = {
        "name": event.what,
        "url": address(event) or None,
        "state": event.kind,
        "detail": event.detail,
        "at": _time(event.at),
        "since": _time(since),
        "next_due": _time(extra.get("next_due")),
    }
    return own | {name: value for name, value in extra.items() if name not in own}


def as_event(event: Trouble) -> dict[str, Any]:
    """Any trouble, for the list in a digest's JSON."""
    return {
        "kind": event.kind,
        "what": event.what,
        "detail": event.detail,
        "at": _time(event.at),
    }


def _of(event: Trouble, words: str) -> str:
    return f"{event.what} {words}" if event.kind in _SAID_OF_IT else f"{event.what}: {words}"


def _standing(
    events: Iterable[Trouble],
) -> tuple[list[Trouble], list[Trouble], list[Trouble]]:
    """The last word on each source, bad and good, and what is about no source."""
    last: dict[str, Trouble] = {}
    other = []
    for event in events:
        if event.kind == "other":
            other.append(event)
        else:
            last.pop(event.what, None)
            last[event.what] = event
    bad = [event for event in last.values() if event.kind not in GOOD]
    return bad, [event for event in last.values() if event.kind in GOOD], other


def _plain(value: object) -> object:
    if isinstance(value, str):
        return _time(value) or shortened(value, SENTENCE)
    return value if isinstance(value, bool | int | float) else None


def _time(at: object) -> str | None:
    """ISO 8601 in UTC; what is no time is none."""
    if isinstance(at, str):
        try:
            at = datetime.fromisoformat(at)
        except ValueError:
            return None
    return iso(at) if isinstance(at, datetime) and at.tzinfo else None

"""Second transaction, *article filed*: candidates read, judged and written in one.

So two processes never make two stories of one, and what is known is what will be told: the article, its fingerprint,
its story, its matches and a waiting row for every alert that the changed story concerns are committed together.
"""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Final, Literal

from aiwatch.judge import duplicates, languages, novelty, stories
from aiwatch.judge.alerting import Owed, alerting
from aiwatch.judge.weights import Rarity, weights
from aiwatch.model import (
    Alert,
    AlertName,
    Article,
    ArticleId,
    Fingerprint,
    Frequencies,
    Match,
    Member,
    ReadArticle,
    Reader,
    StoryId,
    Tell,
    Validators,
    Verdict,
)
from aiwatch.store import candidates, entries, kept, revising, search, sites
from aiwatch.store import stories as stored
from aiwatch.store.times import dumps, maybe_text, to_text

NO_ALIASES: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """An alert and those who read it."""

    alert: Alert
    readers: tuple[Reader, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An article read and matched, ready to be judged."""

    read: ReadArticle
    matches: tuple[Match, ...]
    tell: Tell = "all"
    entry: int | None = None  # the row it came from
    given: str | None = None  # an import's text as given, where cleaning changed it
    recheck_at: datetime | None = None  # when its page is looked at again
    match: revising.Matching | None = None  # of an article that is on file and says otherwise now


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """What became of it."""

    article: ArticleId
    story: StoryId
    outcome: Literal["filed", "version", "reread", "unchanged"]
    verdict: Verdict
    alerts: tuple[AlertName, ...] = ()


def file(
    db: sqlite3.Connection,
    draft: Draft,
    subscriptions: Sequence[Subscription],
    topic_words: frozenset[str],
    now: datetime,
    aliases: Mapping[str, str] = NO_ALIASES,
) -> Filed:
    """Judge and write one article; with no subscriptions it tells nobody.

    aliases: other spellings of names, each with the usual one, by which languages meet.
    """
    again = _again(db, draft)
    if again:
        return file_again(db, draft, again, subscriptions, now)
    told = languages.aliased(draft.read.article, draft.read.fingerprint, aliases)
    draft = replace(draft, read=replace(draft.read, fingerprint=told))
    filed = _file_first(db, draft, topic_words, now, aliases)
    _is_filed(db, draft, filed.article)
    return _told(db, draft, filed, subscriptions, now)


def file_again(
    db: sqlite3.Connection,
    draft: Draft,
    row: sqlite3.Row,
    subscriptions: Sequence[Subscription],
    now: datetime,
) -> Filed:
    """The article in `row` once more: nothing where its words are the same, else what it says now."""
    id_, story = ArticleId(row["id"]), stored.resolve(db, StoryId(row["story"]))
    _is_filed(db, draft, id_)
    outcome = revising.revise(db, row, draft.read, draft.matches, draft.given, now, draft.match)
    verdict = Verdict(
        kind=row["verdict"],
        reason=row["reason"],
        duplicate_of=row["duplicate_of"],
        score=row["score"],
    )
    filed = Filed(article=id_, story=story, outcome=outcome, verdict=verdict)
    if outcome == "unchanged":
        return filed
    db.execute("UPDATE stories SET last_seen = ? WHERE id = ?", (to_text(now), story))
    return _told(db, draft, filed, subscriptions, now)


def _is_filed(db: sqlite3.Connection, draft: Draft, article: ArticleId) -> None:
    if draft.entry is not None:
        entries.filed(db, draft.entry, article)


def _told(
    db: sqlite3.Connection,
    draft: Draft,
    filed: Filed,
    subscriptions: Sequence[Subscription],
    now: datetime,
) -> Filed:
    """Let the alerts wait that it concerns."""
    if _off_topic(db, draft, filed.story, subscriptions):
        return filed
    return replace(filed, alerts=owe(db, filed.story, filed.article, subscriptions, now))


def judge(
    db: sqlite3.Connection,
    read: ReadArticle,
    topic_words: frozenset[str],
    now: datetime,
    aliases: Mapping[str, str] = NO_ALIASES,
) -> tuple[Verdict, StoryId | None]:
    """What this article is to what is stored, and the older story that a new one follows; writes nothing."""
    article, print_ = read.article, read.fingerprint
    if article.change is not None:
        return stories.EDIT, None
    known = candidates.same_url(db, article.url_key)
    if known:
        return duplicates.same_url(known, print_), None
    copy = duplicates.same_text(print_, candidates.near(db, print_), article.title)
    if copy:
        return copy, None
    at = happened(article, now)
    seen = candidates.frequencies(db, [term for term, _ in print_.terms])
    keys = _keys(print_, seen)
    near = candidates.centroids(db, keys, at)
    seen = candidates.with_terms_of(db, seen, stories.worth_comparing(print_, seen, near))
    verdict = stories.assign(article, print_, seen, near, at, topic_words, aliases)
    if verdict.kind != "new":
        return verdict, None
    previous = stories.previous(print_, seen, near, at)
    if article.published is None:
        older = candidates.centroids(db, keys, None)
        seen = candidates.with_terms_of(db, seen, stories.worth_comparing(print_, seen, older))
        old = previous or stories.previous(print_, seen, older, at)
        return _told_before(db, read, old, now) or verdict, previous
    return verdict, previous


def _keys(print_: Fingerprint, seen: Frequencies) -> dict[str, float]:
    """The terms by which stories are looked up, the rarest first, and how much each says."""
    rarity, own = Rarity(seen), weights(print_)
    keys = sorted(stories.rare_terms(print_, seen), key=lambda term: (seen.counts[term], term))
    return {term: own[term] * rarity(term) for term in keys}


def _told_before(
    db: sqlite3.Connection, read: ReadArticle, old: StoryId | None, now: datetime
) -> Verdict | None:
    """An undated text that says nothing which an old story does not say: told again, however late it turns up."""
    story = stored.load(db, old) if old is not None else None
    if story is None or not novelty.retells(story, _as_member(read.article, now)):
        return None
    return Verdict(
        kind="same_story",
        story=story.id,
        rule="retelling",
        reason=f"undated, and all that it tells is known of story {story.id}: an old story told again",
    )


def _as_member(article: Article, now: datetime) -> Member:
    """The article as it would stand in a story."""
    return Member(
        article=ArticleId(0),
        url=article.url,
        title=article.title,
        text=article.text,
        source=article.source,
        outlet=article.outlet,
        first_seen=now,
        lang=article.lang,
        verdict="same_story",
        trust=article.trust,
    )


def happened(article: Article, now: datetime) -> datetime:
    """The article's own time, never in the future; without one, now."""
    return min(article.published, now) if article.published else now


def _again(db: sqlite3.Connection, draft: Draft) -> sqlite3.Row | None:
    """The row of this very article, where its entry or imported id was filed before."""
    article = draft.read.article
    if draft.entry is not None:
        row = db.execute("SELECT article FROM entries WHERE id = ?", (draft.entry,)).fetchone()
        where, value = "id = ?", row["article"] if row else None
    else:
        where, value = "external_id = ?", article.external_id
    if value is None:
        return None
    found: sqlite3.Row | None = db.execute(
        f"SELECT * FROM articles WHERE {where} ORDER BY id LIMIT 1",  # noqa: S608 - one of two constants
        (value,),
    ).fetchone()
    return found


def _file_first(
    db: sqlite3.Connection,
    draft: Draft,
    topic_words: frozenset[str],
    now: datetime,
    aliases: Mapping[str, str],
) -> Filed:
    verdict, previous = judge(db, draft.read, topic_words, now, aliases)
    duplicate = verdict.duplicate_of
    if duplicate is not None:
        story = candidates.story_of(db, duplicate)
        db.execute("UPDATE stories SET last_seen = ? WHERE id = ?", (to_text(now), story))
    else:
        story = _join(db, draft.read, verdict, previous, now)
        if draft.read.margins:
            sites.learn(db, draft.read.margins, draft.read.article.text, story, now)
    article = _insert(db, draft, verdict, story, now)
    candidates.keep_hashes(db, article, draft.read.fingerprint)
    search.add(db, article, draft.read.article.title, draft.read.article.text)
    stored.write_matches(db, article, draft.matches)
    return Filed(article=article, story=story, outcome="filed", verdict=verdict)


def _join(
    db: sqlite3.Connection,
    read: ReadArticle,
    verdict: Verdict,
    previous: StoryId | None,
    now: datetime,
) -> StoryId:
    """Make the story or let it grow; both count the article's terms."""
    print_, at = read.fingerprint, happened(read.article, now)
    kept.count(db, (term for term, _ in print_.terms))
    if verdict.story is None:
        story = _new_story(db, read, verdict, previous, at, now)
        candidates.keep_terms(db, story, {}, stories.grow({}, print_))
    else:
        story = stored.resolve(db, verdict.story)
        before = candidates.centroid(db, story).terms
        candidates.keep_terms(db, story, before, stories.grow(before, print_))
        _grow_story(db, story, print_, at, now)
    return story


def _new_story(
    db: sqlite3.Connection,
    read: ReadArticle,
    verdict: Verdict,
    previous: StoryId | None,
    at: datetime,
    now: datetime,
) -> StoryId:
    cursor = db.execute(
        "INSERT INTO stories (title, first_seen, last_seen, first_published, last_published, members,"
        " names, numbers, alone, muted, previous) VALUES (?, ?, ?, ?, ?, 1, ?, ?, ?, 0, ?)",
        (
            read.article.title,
            to_text(now),
            to_text(now),
            to_text(at),
            to_text(at),
            dumps(read.fingerprint.names),
            dumps(read.fingerprint.numbers),
            int(stories.stands_alone(read.article, verdict)),
            previous,
        ),
    )
    return StoryId(cursor.lastrowid or 0)


def _grow_story(
    db: sqlite3.Connection, story: StoryId, print_: Fingerprint, at: datetime, now: datetime
) -> None:
    row = db.execute("SELECT names, numbers FROM stories WHERE id = ?", (story,)).fetchone()
    names = dict.fromkeys([*json.loads(row["names"]), *print_.names])
    numbers = dict.fromkeys([*json.loads(row["numbers"]), *print_.numbers])
    db.execute(
        "UPDATE stories SET last_seen = :now, members = members + 1, names = :names, numbers = :numbers,"
        " first_published = min(first_published, :at), last_published = max(last_published, :at) WHERE id = :story",
        {
            "now": to_text(now),
            "at": to_text(at),
            "names": dumps(list(names)[:KEPT_MARKS]),
            "numbers": dumps(list(numbers)[:KEPT_MARKS]),
            "story": story,
        },
    )
    kept.changed(db, story)


KEPT_MARKS = (
    400  # names and numbers of a story that are kept; a long-running one would grow without end
)


def _insert(
    db: sqlite3.Connection, draft: Draft, verdict: Verdict, story: StoryId, now: datetime
) -> ArticleId:
    article, print_ = draft.read.article, draft.read.fingerprint
    row = {
        "external_id": article.external_id,
        "url": article.url,
        "url_key": article.url_key,
        "title": article.title,
        "text": article.text,
        "given": draft.given,
        "summary": article.summary,
        "authors": dumps(article.authors),
        "published": maybe_text(min(article.published, now) if article.published else None),
        "modified": maybe_text(article.modified),
        "first_seen": to_text(now),
        "lang": article.lang,
        "site": article.site,
        "outlet": _outlet(db, article),
        "source": article.source,
        "image": article.image,
        "paywalled": int(article.paywalled),
        "trust": article.trust,
        "first_hand": int(article.primary),
        "aggregator": int(article.aggregator),
        "how": dumps(article.how),
        "tell": draft.tell,
        "text_hash": print_.text_hash,
        "words": print_.words,
        "numbers": dumps(print_.numbers),
        "shingles": len(print_.shingles),
        "story": story,
        "verdict": verdict.kind,
        "duplicate_of": verdict.duplicate_of,
        "score": verdict.score,
        "reason": verdict.reason,
        "rule": verdict.rule,
        "sure": int(verdict.sure),
        "shared": dumps(verdict.shared),
        **_page_of(draft),
        "page_title": draft.read.page_title or None,
        "read_by": draft.read.read_by,
        "recheck_at": maybe_text(draft.recheck_at) if verdict.duplicate_of is None else None,
        "change": dumps(asdict(article.change)) if article.change else None,
    }
    columns, marks = ", ".join(row), ", ".join(f":{name}" for name in row)
    cursor = db.execute(f"INSERT INTO articles ({columns}) VALUES ({marks})", row)  # noqa: S608 - our own names
    return ArticleId(cursor.lastrowid or 0)


def _page_of(draft: Draft) -> dict[str, str | None]:
    """The validators of the page that was read."""
    page = draft.read.page or Validators()
    return {"etag": page.etag, "last_modified": page.last_modified}


def _outlet(db: sqlite3.Connection, article: Article) -> str:
    """One name for one outlet: a page that could not be read is filed under the name its source's pages give."""
    if article.site or article.aggregator or article.outlet != article.source:
        return article.outlet
    row = db.execute(
        "SELECT outlet FROM articles WHERE source = ? AND site IS NOT NULL ORDER BY id DESC LIMIT 1",
        (article.source,),
    ).fetchone()
    return str(row["outlet"]) if row else article.outlet


def _off_topic(
    db: sqlite3.Connection, draft: Draft, story: StoryId, subscriptions: Sequence[Subscription]
) -> bool:
    """What most articles are: told to nobody whatever their story says, so that it need not be read."""
    source = draft.read.article.source
    if draft.tell == "none":
        return True
    if any(source in one.alert.sources for one in subscriptions):
        return False
    found = db.execute(
        "SELECT 1 FROM matches JOIN articles ON articles.id = matches.article WHERE articles.story = ? LIMIT 1",
        (story,),
    )
    return found.fetchone() is None


def owe(
    db: sqlite3.Connection,
    story_id: StoryId,
    article: ArticleId,
    subscriptions: Sequence[Subscription],
    now: datetime,
) -> tuple[AlertName, ...]:
    """Let every alert that the story concerns, now that this article of it has changed, wait for it."""
    story = stored.load(db, story_id) if subscriptions else None
    if story is None:
        return ()
    changed = next(member for member in story.members if member.article == article)
    owed = []
    for subscription in subscriptions:
        told = stored.told_to(db, story.id, subscription.readers)
        decision = alerting(story, changed, told, subscription.alert, subscription.readers, now)
        if isinstance(decision, Owed):
            _upsert_waiting(db, subscription.alert.name, story.id, decision, now)
            owed.append(subscription.alert.name)
    return tuple(owed)


def _upsert_waiting(
    db: sqlite3.Connection, alert: AlertName, story: StoryId, owed: Owed, now: datetime
) -> None:
    """A story waits once an alert; what already waits keeps its time, so that settling ends."""
    db.execute(
        "INSERT INTO waiting (alert, story, cause, reason, since, hold_until) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (alert, story) DO UPDATE SET hold_until = min(hold_until, excluded.hold_until)",
        (alert, story, owed.cause, owed.reason, to_text(now), to_text(owed.hold_until)),
    )

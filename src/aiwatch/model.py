"""The nouns of aiwatch: frozen values, no behaviour. Read this second, after docs/flow.md.

They stand in the order in which news meets them: a *source* is watched, lists *entries*, an entry becomes an
*article*, the article joins a *story*, the story matches *topics*, an *alert* makes a *digest* of what is new for a
*reader*, its *parts* go through *channels*. Times are aware and in UTC unless a line says otherwise.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal, NewType

SourceName = NewType("SourceName", str)
TopicName = NewType("TopicName", str)
AlertName = NewType("AlertName", str)
ChannelName = NewType("ChannelName", str)
ArticleId = NewType("ArticleId", int)
StoryId = NewType("StoryId", int)
DigestId = NewType("DigestId", int)
OutboxId = NewType("OutboxId", int)
Reader = NewType("Reader", str)
"""Who remembers having been told: `mailto:` and the address in lower case, else the channel's name."""

Trust = Literal["high", "normal", "low", "block"]
FullText = Literal["auto", "always", "never"]
Backlog = timedelta | Literal["all", "none"]
Tell = Literal["all", "digest", "none"]
"""Which alerts an entry may reach, decided when it is first seen: every one, scheduled digests only, none."""


@dataclass(frozen=True, slots=True)
class Secret:
    """A text that is never shown: `repr` and `str` hide it, `value` gives it to the one place that needs it."""

    value: str = field(repr=False)

    def __str__(self) -> str:
        return "***"


# ---------------------------------------------------------------- watch


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtractRules:
    """A person's own selectors for one source's pages (CSS)."""

    body: str | None = None
    title: str | None = None
    remove: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Something watched: an address, how to read it, how often, and how far to believe it."""

    name: SourceName
    url: str
    kind: str = "feed"
    every: timedelta | None = timedelta(minutes=60)  # None: follow the feed's own rhythm
    full_text: FullText = "auto"
    backlog: Backlog = timedelta(hours=24)
    enabled: bool = True
    primary: bool = False  # first-hand: always passes min_outlets
    aggregator: bool = False  # its items count for their own outlets
    trust: Trust = "normal"
    lang: str | None = None
    tags: tuple[str, ...] = ()
    headers: tuple[tuple[str, Secret], ...] = ()
    user_agent: str | None = None
    proxy: Secret | None = None
    allow_private: bool | tuple[str, ...] = False  # or host:port as written in the URL
    extract: ExtractRules | None = None
    options: Mapping[str, Any] = field(default_factory=dict)  # the kind's own keys, as written


# ---------------------------------------------------------------- fetch


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """ETag and Last-Modified, sent back byte for byte and never understood (RFC 9110 13.1)."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One GET to make: where, with what, and what it may touch."""

    url: str
    accept: Literal["feed", "page"] = "feed"
    validators: Validators = field(default_factory=Validators)
    headers: tuple[tuple[str, Secret], ...] = ()
    user_agent: str | None = None
    proxy: Secret | None = None
    allow_private: bool | tuple[str, ...] = False
    max_bytes: int | None = None  # of the body, unpacked; None: as configured for all
    robots: bool = False  # asked only where the host's robots.txt allows it (RFC 9309)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A whole answer: decoded bytes under the size cap, and what the server said about keeping it."""

    url: str  # where the bytes came from, after redirects
    asked_for: str
    status: int
    body: bytes
    content_type: str | None
    validators: Validators
    fresh_for: timedelta | None = None  # max-age or Expires, read relative to the answer's own Date
    moved_to: str | None = None  # the end of the permanent (301, 308) prefix of the redirects
    links: tuple[str, ...] = ()  # Link headers as sent (RFC 8288): where a page names its feeds


@dataclass(frozen=True, slots=True, kw_only=True)
class NotModified:
    """304 to a conditional request; `validators` are the new ones where the server sent any, else the old."""

    url: str
    validators: Validators
    fresh_for: timedelta | None = None
    moved_to: str | None = None  # as with a Page


FailureKind = Literal[
    "dns",
    "connect",
    "tls",
    "timeout",
    "http",
    "too large",
    "encoding",
    "redirect",
    "private",
    "cut",
    "url",
    "reading",
    "worker",
    "robots",  # robots.txt does not let us ask
    "challenge",  # a check for browsers stands before the document
]


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchFailure:
    """Nothing usable came; `detail` is one sentence for a person."""

    url: str
    kind: FailureKind
    detail: str
    status: int | None = None
    retry_after: timedelta | None = None


Outcome = Page | NotModified | FetchFailure


# ---------------------------------------------------------------- read


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What was edited on a watched page: whole lines of its main text, in the order in which they stand there."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One item as its source lists it; every text cleaned of markup and control characters."""

    id: str  # guid, else link, else a hash of title, date and text; unique within its source
    url: str | None
    title: str
    summary: str = ""
    text: str = (
        ""  # the longest of summary and content parts, as plain text with paragraphs as lines
    )
    authors: tuple[str, ...] = ()
    published: datetime | None = None  # as stated, aware; not clamped
    outlet: str | None = None  # the item's own source, where an aggregator names it
    change: Change | None = None  # a watched page's edit; such an entry has no page to fetch


@dataclass(frozen=True, slots=True, kw_only=True)
class Hints:
    """What a feed asks of those who poll it."""

    ttl: timedelta | None = None
    update_every: timedelta | None = None  # sy:updatePeriod / sy:updateFrequency
    skip_hours: tuple[int, ...] = ()  # GMT
    skip_days: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What the bytes of a source hold; `problem` says in words why there is nothing, or that something was odd."""

    title: str = ""
    entries: tuple[Entry, ...] = ()
    hints: Hints = field(default_factory=Hints)
    problem: str | None = None
    usable: bool = True  # False: these bytes are no such source (an error page, an empty body)
    listed: int | None = None  # items in the body, known ones too; None: as many as `entries`
    marks: tuple[
        str, ...
    ] = ()  # one hash an item of the body: handed back as `seen`, it is not read again
    lines: tuple[str, ...] | None = None  # a watched page's main text
    follow: tuple[
        str, ...
    ] = ()  # documents that this one only lists (a sitemap index), newest first


@dataclass(frozen=True, slots=True, kw_only=True)
class Margins:
    """What a body begins and ends with, as hashes of lines: what a host's articles share there is none of their text."""

    host: str
    lines: tuple[int, ...]  # as the page had them
    left_out: tuple[int, ...] = ()  # of these, known already and not in the text


@dataclass(frozen=True, slots=True, kw_only=True)
class Extract:
    """One article page, read. `published` and `modified` keep the offset the page states."""

    title: str = ""
    text: str = ""  # paragraphs, headings, list items: one a line
    authors: tuple[str, ...] = ()
    published: datetime | None = None
    modified: datetime | None = None
    site: str | None = None
    language: str | None = None
    canonical_url: str | None = None
    image: str | None = None
    paywalled: bool = False
    how: Mapping[str, str] = field(default_factory=dict)  # field -> which evidence it came from
    margins: Margins | None = None  # None: nothing is to be learned of its site


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """A text to judge: the entry's and the page's evidence settled into one."""

    url: str  # to open and to show; an import without an address has its id here
    url_key: str  # to compare
    title: str
    text: str
    summary: str = ""
    authors: tuple[str, ...] = ()
    published: datetime | None = None
    modified: datetime | None = None
    lang: str | None = None
    site: str | None = None
    outlet: str = ""  # who published: item source, else the site, else the source
    source: SourceName = SourceName("")
    external_id: str | None = None  # as imported
    image: str | None = None
    paywalled: bool = False
    trust: Trust = "normal"
    primary: bool = False
    aggregator: bool = False
    how: Mapping[str, str] = field(default_factory=dict)
    change: Change | None = None  # it is an edit of a watched page: a story of its own


@dataclass(frozen=True, slots=True, kw_only=True)
class Fingerprint:
    """What of an article is compared."""

    text_hash: str = ""  # of the body's letters and digits; empty under 40 words
    shingles: tuple[int, ...] = ()  # sampled hashes of word 4-grams of the cleaned body
    words: int = 0
    numbers: tuple[str, ...] = ()  # as normalised, in order, without repeats
    names: tuple[str, ...] = ()  # lower case, joined where written apart (open ai -> openai)
    terms: tuple[tuple[str, int], ...] = ()  # term -> count in title + lead, most frequent first


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadArticle:
    """What one worker call makes of an entry and its page."""

    article: Article
    fingerprint: Fingerprint
    page: Validators | None = None  # of its page, for when it is asked again; None: none was read
    margins: Margins | None = None  # of its page's text
    page_title: str = ""  # the page's own headline, where its page was read
    read_by: str = "feed"  # whose reading the text is: `page` with our version, or the feed's own
    wanted_page: bool = False  # its page was to be read, whether or not it could be had


# ---------------------------------------------------------------- judge


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Just enough of a filed article to compare a new one with."""

    id: ArticleId
    story: StoryId
    url_key: str
    title: str
    text_hash: str
    words: int
    numbers: tuple[str, ...]
    shingles: int  # how many it keeps
    shared: int  # how many of them the new article has too
    original: ArticleId | None = None  # what it is itself a copy of


@dataclass(frozen=True, slots=True, kw_only=True)
class Centroid:
    """What a story is about, as the terms its members share."""

    story: StoryId
    terms: Mapping[str, float]  # summed 1 + log(count) over members, before idf
    members: int
    first_seen: datetime
    last_seen: datetime
    names: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frequencies:
    """In how many of the archive's articles each asked-for term stands."""

    documents: int
    counts: Mapping[str, int]
    rarities: dict[str, float] = field(default_factory=dict, compare=False, repr=False)  # so far


VerdictKind = Literal["new", "same_url", "same_text", "same_story"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What an article is to what we have, and why."""

    kind: VerdictKind
    reason: str  # one sentence for a person, with the figures
    story: StoryId | None = None  # None with `new`: a story of its own
    duplicate_of: ArticleId | None = None  # with same_url and same_text
    score: float = 0.0
    shared: tuple[str, ...] = ()  # the terms that weighed most
    rule: str = ""  # which rule decided, in a few words
    sure: bool = True  # else it is shown as "probably the same"


HitField = Literal["title", "lead", "body", "site", "source", "lang"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """Where a topic's word stands: `text[offset:offset + len(text)]` of that field."""

    field: HitField
    offset: int
    term: str  # as the query has it
    text: str  # as the article has it


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """An article is about a topic, because of these hits."""

    topic: TopicName
    score: float
    query: str
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """What a reader cares about: any of these queries, none of those."""

    name: TopicName
    title: str
    any: tuple[str, ...]
    none: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    min_score: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What a topic is matched against."""

    title: str
    text: str
    url: str | None = None
    source: str | None = None
    lang: str | None = None


# ---------------------------------------------------------------- story


Role = Literal["lead", "also", "copy", "adds"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """An article as part of its story."""

    article: ArticleId
    url: str
    title: str
    text: str
    source: SourceName
    outlet: str
    first_seen: datetime
    published: datetime | None = None
    authors: tuple[str, ...] = ()
    lang: str | None = None
    verdict: VerdictKind = "new"
    score: float = 0.0
    sure: bool = True  # that it tells this story
    duplicate_of: ArticleId | None = None
    trust: Trust = "normal"
    primary: bool = False
    aggregator: bool = False
    tell: Tell = "all"
    matches: tuple[Match, ...] = ()
    change: Change | None = None


CorrectionKind = Literal["figure", "name", "date", "softened", "withdrawn", "gone"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """An article says otherwise now what it said before; `after` is empty where it is withdrawn or gone."""

    article: ArticleId
    outlet: str
    url: str
    at: datetime  # when it was found
    kind: CorrectionKind
    before: str
    after: str
    reason: str = ""  # “$1 billion” became “$1.5 billion”


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """An event told by several articles, in the order in which they came."""

    id: StoryId
    first_seen: datetime
    last_seen: datetime
    members: tuple[Member, ...]
    topics: tuple[TopicName, ...] = ()  # the union of its articles'
    muted: bool = False
    previously: tuple["Earlier", ...] = ()
    corrections: tuple[Correction, ...] = ()  # of its articles, oldest first


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """An older story that this one follows."""

    story: StoryId
    title: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A sentence that carries something, and who said it. `keys` are what it carries, normalised."""

    text: str
    article: ArticleId
    outlet: str
    url: str
    keys: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What one reader has been told of one story, over all alerts."""

    reader: Reader
    story: StoryId
    at: datetime  # last
    by: AlertName
    articles: frozenset[ArticleId] = frozenset()
    facts: tuple[str, ...] = ()  # the sentences sent, as sent
    rewritten: frozenset[ArticleId] = frozenset()  # articles told, whose text is another since
    message_id: str | None = None  # of the first message, for threading


# ---------------------------------------------------------------- alert


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """When an alert closes. `slots` are local wall-clock times; empty `days`, `monthdays`, `months` mean every one."""

    kind: Literal["at once", "slots", "each pass"]
    text: str
    times: tuple[tuple[int, int], ...] = ()  # (hour, minute), ascending
    days: frozenset[int] = frozenset()  # Monday is 0
    monthdays: frozenset[int] = frozenset()
    months: frozenset[int] = frozenset()
    either_day: bool = False  # cron: with both days and monthdays given, one of them is enough


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """At most `count` in `per`."""

    count: int
    per: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """A subscription: which topics or sources, to which channels, when."""

    name: AlertName
    to: tuple[ChannelName, ...]
    when: Schedule
    topics: tuple[TopicName, ...] = ()  # empty together with `sources` and `about`: every topic
    sources: tuple[SourceName, ...] = ()
    about: Literal["troubles"] | None = None
    timezone: str = "UTC"
    languages: tuple[str, ...] = ()
    updates: Literal["all", "new facts", "none"] = "new facts"
    empty: Literal["say", "silent"] = "silent"
    min_outlets: int = 1
    min_independent: int = 1
    within: timedelta | None = None
    settle: timedelta | None = None
    at_most: Rate | None = None
    update_gap: timedelta | None = None
    quiet: tuple[tuple[int, int], tuple[int, int]] | None = None  # local (hour, minute) from, to
    words: int | None = None
    was: AlertName | None = None


Cause = Literal["new", "update", "correction"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """An alert owes its readers this story, not before `hold_until`."""

    alert: AlertName
    story: StoryId
    cause: Cause
    reason: str
    since: datetime
    hold_until: datetime


# ---------------------------------------------------------------- trouble

TroubleKind = Literal[
    "failing", "stopped", "recovered", "silent", "speaking", "gap", "moved", "other"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Something that a person should know, in words; told once to alerts `about: troubles`."""

    what: str  # a source's name, or the part of aiwatch that is meant
    detail: str
    kind: TroubleKind = "other"
    at: datetime | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)


# ---------------------------------------------------------------- digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One thing that outlets give different numbers for."""

    what: str
    values: tuple[tuple[str, str, str], ...]  # (value, outlet, url)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryLine:
    """One story as one reader gets it."""

    story: StoryId
    cause: Cause
    title: str
    url: str
    lead: Member
    outlets: tuple[str, ...]  # all that told it, the lead's first
    independent_texts: int
    topics: tuple[TopicName, ...]
    first_seen: datetime
    last_seen: datetime
    summary: tuple[Fact, ...] = ()
    new_facts: tuple[Fact, ...] = ()
    figures: tuple[Figure, ...] = ()
    also: tuple[Member, ...] = ()
    copies: tuple[Member, ...] = ()
    first: Member | None = None  # who told it first
    cited: tuple[str, ...] = ()  # outlets that the others say they go by, the most cited first
    adds: tuple[ArticleId, ...] = ()  # members whose facts are among new_facts
    corrections: tuple[Correction, ...] = ()  # of what this reader was told
    previously: tuple[Earlier, ...] = ()
    why: tuple[Match, ...] = ()
    told_at: datetime | None = None  # when this reader last heard of it
    told_by: AlertName | None = None
    reply_to: str | None = None  # message id of the first telling, for threading
    short: bool = False  # past the budget of words: headline, outlets and link


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A topic's stories."""

    topic: TopicName
    title: str
    stories: tuple[StoryLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Nearly:
    """What almost matched: an article, and what it lacks for a topic, in words."""

    topic: TopicName
    title: str
    url: str
    source: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """One reader's message as composed, before any channel gives it a form."""

    alert: AlertName
    kind: Literal["digest", "alert", "preview", "troubles", "ping"]
    at: datetime
    timezone: str
    sections: tuple[Section, ...] = ()
    titles: Mapping[TopicName, str] = field(default_factory=dict)  # of every configured topic
    troubles: tuple[str, ...] = ()
    events: tuple[Trouble, ...] = ()  # of an alert about troubles: each once
    items_read: int = 0  # entries seen since this alert's last message
    sources_read: int = 0
    sources_all: int = 0
    next_at: datetime | None = None
    lookback: timedelta | None = None  # `digest --since`: says so, marks nothing
    why_you: str = ""  # why this reader gets this
    subject: str = ""
    languages: tuple[str, ...] = ()  # that the reader reads, the first one best
    leave: str = ""  # where one click ends it
    silence: timedelta | None = None  # without a word of this alert, where it only speaks with news
    near: tuple[Nearly, ...] = ()
    number: int = 1  # which mail of how many
    of: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What a channel sends: body and subject; never a secret, an address, a date or a signature."""

    subject: str
    text: str = ""
    html: str = ""
    payload: str = ""  # JSON, for webhooks
    reply_to: str | None = None  # message id of the thread's first message
    stories: tuple[StoryId, ...] = ()  # which it tells, where a digest takes several parts


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """One outbox row on its way: its part and who gets it under which fixed id."""

    id: str  # Message-ID's left side, webhook-id: the same over all attempts
    row: OutboxId
    alert: AlertName
    channel: ChannelName
    reader: Reader
    part: Part
    created: datetime
    attempt: int  # 1 for the first
    now: datetime
    answers: str = ""  # what `part.reply_to` is called where it went; see Delivered


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """Accepted by the other side."""

    detail: str = ""
    called: str = ""  # what the message is called there, for later ones to answer it


@dataclass(frozen=True, slots=True, kw_only=True)
class Later:
    """Not now; `lane` when the endpoint itself is in trouble, so that its neighbours wait too."""

    reason: str
    after: timedelta | None = None
    lane: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Never under this configuration; kept and shown."""

    reason: str


Receipt = Delivered | Later | Refused

"""The tables, commented column by column; migrations are only ever appended (sqlite-utils' own mechanism).

Every name is plain, so that the file reads well in any tool. All times are ISO 8601 in UTC with whole seconds.
JSON columns hold arrays or objects, never pickles.
"""

import sqlite3
from collections.abc import Collection

from aiwatch.store import additions

SET, APPLIED = "aiwatch", "_sqlite_migrations"  # what ours are called, in the table of sqlite-utils
STEPS: dict[str, tuple[str, ...]] = {}
"""Name of a migration -> its statements, in their order."""

FIRST = (
    """
    CREATE TABLE settings (          -- what must outlive a process and has no better place
        key TEXT PRIMARY KEY,        -- `documents`: articles counted in term_counts; `passes`: finished passes
        value TEXT NOT NULL          -- a number, as text
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE sources (           -- what is watched, and how it fares
        name TEXT PRIMARY KEY,       -- as in feeds.yaml
        kind TEXT NOT NULL,          -- feed, listing, sitemap, json, page
        url TEXT NOT NULL,           -- as configured; a change starts the source afresh
        title TEXT,                  -- as the source calls itself
        state TEXT NOT NULL,         -- new, working, failing, stopped
        words TEXT NOT NULL,         -- the state as a person says it
        etag TEXT,                   -- sent back byte for byte
        last_modified TEXT,          -- sent back byte for byte
        body_hash TEXT,              -- of the last body that was read; the same again is not parsed
        moved_to TEXT,               -- where permanent redirects lead, as last seen
        first_success TEXT,          -- ends the backlog, even with no entries
        last_success TEXT,           -- 200 or 304 that could be read
        last_attempt TEXT,           -- whatever came of it
        last_new TEXT,               -- when an unseen entry last came
        next_due TEXT NOT NULL,      -- not polled before; survives restarts
        due_reason TEXT NOT NULL,    -- why then
        not_before TEXT,             -- Retry-After or 410: nobody asks before, not even by hand
        failures INTEGER NOT NULL    -- in a row
    ) WITHOUT ROWID
    """,
    "CREATE INDEX sources_due ON sources (next_due)",
    """
    CREATE TABLE polls (             -- one row a look at a source
        id INTEGER PRIMARY KEY,
        source TEXT NOT NULL REFERENCES sources (name) ON DELETE CASCADE,
        at TEXT NOT NULL,            -- when it was asked
        outcome TEXT NOT NULL,       -- new, unchanged, failed
        status INTEGER,              -- of the HTTP answer, where there was one
        detail TEXT NOT NULL,        -- one sentence
        entries INTEGER NOT NULL,    -- listed
        fresh INTEGER NOT NULL       -- of these, not seen before
    )
    """,
    "CREATE INDEX polls_source ON polls (source, at)",
    "CREATE INDEX polls_at ON polls (at)",
    """
    CREATE TABLE entries (           -- what sources list
        id INTEGER PRIMARY KEY,
        source TEXT NOT NULL REFERENCES sources (name) ON DELETE CASCADE,
        entry_id TEXT NOT NULL,      -- guid, else link, else a hash; unique within its source
        url TEXT,                    -- as listed; not every entry has one
        title TEXT NOT NULL,         -- as listed
        published TEXT,              -- clamped to seen_at
        seen_at TEXT NOT NULL,       -- when first listed to us
        content_hash TEXT NOT NULL,  -- of title and wording; another one later means an edited entry
        tell TEXT NOT NULL,          -- all, digest, none: which alerts it may reach, decided when first seen
        state TEXT NOT NULL,         -- to file, filed, given up
        attempts INTEGER NOT NULL,   -- how often filing was begun
        not_before TEXT,             -- filing failed: not tried again earlier
        body TEXT,                   -- the entry as JSON, until it is filed
        article INTEGER REFERENCES articles (id) ON DELETE SET NULL
    )
    """,
    "CREATE UNIQUE INDEX entries_once ON entries (source, entry_id)",
    "CREATE INDEX entries_to_file ON entries (id) WHERE state = 'to file'",
    "CREATE INDEX entries_seen ON entries (seen_at)",
    """
    CREATE TABLE stories (           -- an event told by several articles
        id INTEGER PRIMARY KEY,      -- stable for ever
        title TEXT NOT NULL,         -- of its first article
        first_seen TEXT NOT NULL,    -- when first filed
        last_seen TEXT NOT NULL,     -- when an article last joined
        first_published TEXT NOT NULL, -- the earliest and latest time its articles state, else filing
        last_published TEXT NOT NULL, -- see first_published
        members INTEGER NOT NULL,    -- articles that shaped it (copies do not)
        names TEXT NOT NULL,         -- JSON array: names its articles share
        numbers TEXT NOT NULL,       -- JSON array
        alone INTEGER NOT NULL,      -- 1: a roundup, which nothing joins
        muted INTEGER NOT NULL,      -- 1: never told again (`story mute`)
        alias_of INTEGER REFERENCES stories (id), -- merged into that one
        previous INTEGER REFERENCES stories (id)  -- the older story that this one follows
    )
    """,
    "CREATE INDEX stories_seen ON stories (last_seen)",
    """
    CREATE TABLE articles (          -- texts, one row each, copies too
        id INTEGER PRIMARY KEY,
        external_id TEXT,            -- as imported
        url TEXT NOT NULL,           -- to open and show
        url_key TEXT NOT NULL,       -- to compare
        title TEXT NOT NULL,         -- as its best evidence has it (`how`)
        text TEXT NOT NULL,          -- the body, one paragraph a line
        given TEXT,                  -- an import's text as given, where cleaning changed it
        summary TEXT NOT NULL,       -- the feed's own
        authors TEXT NOT NULL,       -- JSON array
        published TEXT,              -- never later than first_seen
        modified TEXT,               -- as stated
        first_seen TEXT NOT NULL,    -- when filed
        lang TEXT,                   -- primary subtag, like en; empty when unsure
        site TEXT,                   -- as the page calls its site
        outlet TEXT NOT NULL,        -- who published
        source TEXT NOT NULL,        -- through which source it came
        image TEXT,                  -- address of the page's lead image
        paywalled INTEGER NOT NULL,  -- 1: the page says so
        trust TEXT NOT NULL,         -- high, normal, low, block
        first_hand INTEGER NOT NULL, -- from a `primary` source
        aggregator INTEGER NOT NULL, -- 1: from an `aggregator` source
        how TEXT NOT NULL,           -- JSON object: field -> which evidence it came from
        tell TEXT NOT NULL,          -- as its entry's
        text_hash TEXT NOT NULL,     -- of letters, digits and the point in a number; empty for a very short body
        words INTEGER NOT NULL,      -- of the body
        numbers TEXT NOT NULL,       -- JSON array
        shingles INTEGER NOT NULL,   -- how many hashes of it are kept
        story INTEGER NOT NULL REFERENCES stories (id),
        verdict TEXT NOT NULL,       -- new, same_url, same_text, same_story
        duplicate_of INTEGER REFERENCES articles (id),
        score REAL NOT NULL,         -- the cosine, containment or 1 behind the verdict
        reason TEXT NOT NULL,        -- the verdict in one sentence
        shared TEXT NOT NULL         -- JSON array: the terms that weighed most
    )
    """,
    "CREATE INDEX articles_key ON articles (url_key)",
    "CREATE INDEX articles_text ON articles (text_hash) WHERE text_hash <> ''",
    "CREATE INDEX articles_story ON articles (story)",
    "CREATE INDEX articles_external ON articles (external_id) WHERE external_id IS NOT NULL",
    "CREATE INDEX articles_seen ON articles (first_seen)",
    "CREATE INDEX articles_source ON articles (source, id)",
    """
    CREATE TABLE versions (          -- what an article said before it was changed
        id INTEGER PRIMARY KEY,
        article INTEGER NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
        until TEXT NOT NULL,         -- when the next text was read
        title TEXT NOT NULL,         -- as it was until then
        text TEXT NOT NULL           -- as it was until then
    )
    """,
    "CREATE INDEX versions_article ON versions (article)",
    """
    CREATE TABLE shingles (          -- sampled hashes of word 4-grams, to find copies
        hash INTEGER NOT NULL,
        article INTEGER NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
        PRIMARY KEY (hash, article)
    ) WITHOUT ROWID
    """,
    "CREATE INDEX shingles_article ON shingles (article)",
    """
    CREATE TABLE term_counts (       -- in how many articles a term stands
        term TEXT PRIMARY KEY,       -- stemmed, from titles and leads
        articles INTEGER NOT NULL    -- how many have it
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE story_terms (       -- what stories are about; also finds candidates
        term TEXT NOT NULL,
        story INTEGER NOT NULL REFERENCES stories (id) ON DELETE CASCADE,
        weight REAL NOT NULL,        -- summed 1 + log(count) over members
        PRIMARY KEY (term, story)
    ) WITHOUT ROWID
    """,
    "CREATE INDEX story_terms_story ON story_terms (story)",
    """
    CREATE TABLE matches (           -- which topics an article is about
        article INTEGER NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
        topic TEXT NOT NULL,
        score REAL NOT NULL,         -- higher is more about it
        query TEXT NOT NULL,         -- the one that matched best
        hits TEXT NOT NULL,          -- JSON array of {field, offset, term, text}
        PRIMARY KEY (article, topic)
    ) WITHOUT ROWID
    """,
    "CREATE INDEX matches_topic ON matches (topic, article)",
    """
    CREATE TABLE alerts (            -- what an alert remembers
        name TEXT PRIMARY KEY,       -- as in feeds.yaml
        first_seen TEXT NOT NULL,    -- slots before this were never owed
        last_slot TEXT,              -- the last scheduled time that was closed
        last_closed TEXT,            -- when its last message was made
        paused INTEGER NOT NULL,     -- 1: nothing closes until `alerts resume`
        paused_until TEXT            -- or until then
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE waiting (           -- an alert owes its readers this story
        alert TEXT NOT NULL,
        story INTEGER NOT NULL REFERENCES stories (id),
        cause TEXT NOT NULL,         -- new, update, correction
        reason TEXT NOT NULL,        -- one sentence
        since TEXT NOT NULL,         -- when it was first owed
        hold_until TEXT NOT NULL,    -- not closed before
        PRIMARY KEY (alert, story)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE digests (           -- messages as composed, one row a closing
        id INTEGER PRIMARY KEY,
        alert TEXT NOT NULL,
        kind TEXT NOT NULL,          -- digest, alert
        slot TEXT,                   -- the scheduled time it is for
        at TEXT NOT NULL,            -- when composed
        subject TEXT NOT NULL,       -- as the first reader gets it
        stories INTEGER NOT NULL     -- how many it tells
    )
    """,
    "CREATE UNIQUE INDEX digests_slot ON digests (alert, slot) WHERE slot IS NOT NULL",
    """
    CREATE TABLE told (              -- what a reader has been told of a story, over all alerts
        id INTEGER PRIMARY KEY,
        reader TEXT NOT NULL,        -- mailto:address, else the channel's name
        story INTEGER NOT NULL REFERENCES stories (id),
        digest INTEGER NOT NULL REFERENCES digests (id),
        alert TEXT NOT NULL,
        at TEXT NOT NULL,            -- when its message was composed
        articles TEXT NOT NULL,      -- JSON array of article ids
        facts TEXT NOT NULL,         -- JSON array: the sentences sent
        message_id TEXT NOT NULL     -- under which it was told
    )
    """,
    "CREATE INDEX told_reader ON told (reader, story)",
    "CREATE INDEX told_story ON told (story)",
    """
    CREATE TABLE outbox (            -- frozen parts, one row per recipient or endpoint and part
        id INTEGER PRIMARY KEY,
        digest INTEGER NOT NULL REFERENCES digests (id),
        alert TEXT NOT NULL,
        channel TEXT NOT NULL,
        reader TEXT NOT NULL,
        lane TEXT NOT NULL,          -- rows that fail together: a mail server, an endpoint
        part INTEGER NOT NULL,       -- 1 for the first
        message_id TEXT NOT NULL UNIQUE, -- the same over all attempts
        subject TEXT NOT NULL,
        text TEXT NOT NULL,          -- the plain form
        html TEXT NOT NULL,          -- the HTML form, for mail and files
        payload TEXT NOT NULL,       -- JSON, for webhooks
        reply_to TEXT,               -- message id of the thread's first message
        state TEXT NOT NULL,         -- due, sending, sent, failed, dropped
        attempts INTEGER NOT NULL,   -- how often sending was begun
        created TEXT NOT NULL,       -- when composed
        next_try TEXT NOT NULL,      -- not sent before
        sent_at TEXT,                -- when it was taken
        detail TEXT NOT NULL,        -- what the other side said last
        UNIQUE (digest, channel, reader, part)
    )
    """,
    "CREATE INDEX outbox_open ON outbox (next_try) WHERE state IN ('due', 'sending')",
)


SECOND = (
    "ALTER TABLE sources ADD COLUMN setup TEXT /* hash of the keys it is asked with; a change makes it due at once */",
    "ALTER TABLE sources ADD COLUMN paused INTEGER NOT NULL DEFAULT 0 /* 1: `sources pause` */",
    "ALTER TABLE sources ADD COLUMN effective_url TEXT /* where it has moved for good; asked instead of url */",
    "ALTER TABLE sources ADD COLUMN moved_sightings INTEGER NOT NULL DEFAULT 0 /* polls in a row that led to moved_to and found the source there */",
    "ALTER TABLE sources ADD COLUMN read_at TEXT /* when a whole body last came */",
    "ALTER TABLE sources ADD COLUMN hints TEXT /* JSON object: ttl, update_every (seconds), skip_hours, skip_days */",
    "ALTER TABLE sources ADD COLUMN marks TEXT /* JSON array: one hash an item of the last body; these are not read again */",
    "ALTER TABLE sources ADD COLUMN listed INTEGER /* items in the last body */",
    "ALTER TABLE sources ADD COLUMN known INTEGER /* of these, seen before */",
    "ALTER TABLE sources ADD COLUMN interval REAL /* seconds: what `every: auto` has come to */",
    "ALTER TABLE sources ADD COLUMN usual_gap REAL /* seconds: median time between its items */",
    "ALTER TABLE sources ADD COLUMN longest_gap REAL /* seconds: 99th percentile of it; longer is silence */",
    "ALTER TABLE sources ADD COLUMN told TEXT NOT NULL DEFAULT '[]' /* JSON array: kinds of trouble that stand and were noted */",
    "ALTER TABLE polls ADD COLUMN known INTEGER /* of the entries listed, seen before */",
    "ALTER TABLE articles ADD COLUMN change TEXT /* JSON object: added and removed lines of a watched page */",
    "ALTER TABLE articles ADD COLUMN etag TEXT /* of its page, sent back byte for byte */",
    "ALTER TABLE articles ADD COLUMN last_modified TEXT /* of its page, sent back byte for byte */",
    "ALTER TABLE alerts ADD COLUMN troubles_seen INTEGER /* id of the last trouble told, or there when the alert was new */",
    """
    CREATE TABLE hosts (             -- how each host wants to be asked
        host TEXT PRIMARY KEY,       -- with its port where that is an unusual one
        last_request TEXT,           -- when a source on it was last asked
        spacing REAL NOT NULL,       -- seconds between two requests, where it asked for more than is configured; else 0
        not_before TEXT,             -- the whole host is left alone until then
        refused_at TEXT,             -- last 429, 503, or 403 after it had answered
        refused_url TEXT,            -- which address that was
        reason TEXT NOT NULL         -- why it is spaced, in words
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE robots (            -- robots.txt files, kept 24 hours
        origin TEXT PRIMARY KEY,     -- like https://example.org
        at TEXT NOT NULL,            -- when it was asked for
        status INTEGER,              -- of the answer; empty: none came
        text TEXT NOT NULL,          -- as far as it is read
        trouble TEXT NOT NULL        -- why it could not be had, if so
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE documents (         -- parts that a source lists and that are asked too: a sitemap index's
        source TEXT NOT NULL REFERENCES sources (name) ON DELETE CASCADE,
        url TEXT NOT NULL,
        place INTEGER NOT NULL,      -- in which order it lists them
        etag TEXT,                   -- sent back byte for byte
        last_modified TEXT,          -- sent back byte for byte
        body_hash TEXT,              -- of the last body that was read; empty: not read yet
        PRIMARY KEY (source, url)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE snapshots (         -- what watched pages said
        id INTEGER PRIMARY KEY,
        source TEXT NOT NULL REFERENCES sources (name) ON DELETE CASCADE,
        at TEXT NOT NULL,            -- when it was first seen so
        lines TEXT NOT NULL          -- JSON array: the lines of its main text
    )
    """,
    "CREATE INDEX snapshots_source ON snapshots (source, id)",
    "CREATE INDEX entries_source ON entries (source, id)",
    """
    CREATE TABLE troubles (          -- what a person should know, once
        id INTEGER PRIMARY KEY,
        at TEXT NOT NULL,
        kind TEXT NOT NULL,          -- failing, stopped, recovered, silent, speaking, gap, moved, other
        what TEXT NOT NULL,          -- a source's name, or the part that is meant
        detail TEXT NOT NULL,        -- one sentence
        extra TEXT NOT NULL          -- JSON object
    )
    """,
)


def _add(name: str, statements: tuple[str, ...]) -> None:
    STEPS[name] = statements


_add("001_first", FIRST)
_add("002_watching", SECOND)
_add("003_sites", additions.SITES)
_add("004_mended", additions.MENDED)
_add("005_rechecks", additions.RECHECKS)
_add("006_begun", additions.BEGUN)
_add("008_telling", additions.TELLING)
_add("009_search", additions.SEARCH)
_add("010_sure", additions.SURE)
_add("011_shelves", additions.SHELVES)
_add("012_covering", additions.COVERING)
_add("014_answered", additions.ANSWERED)
_add("015_health", additions.HEALTH)
_add("016_counted", additions.COUNTED)
_add("017_packed", additions.PACKED)
_add("018_failed", additions.FAILED)


def tables(connection: sqlite3.Connection) -> frozenset[str]:
    """What the file holds beside SQLite's own and the list of migrations, which may come before its first tables."""
    rows = connection.execute(
        "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT GLOB 'sqlite_*'"
    )
    return frozenset(row[0] for row in rows) - {APPLIED}


def is_ours(connection: sqlite3.Connection) -> bool:
    """Whether one of our migrations was ever applied to the file, by this program or a newer one."""
    there = connection.execute("SELECT 1 FROM sqlite_schema WHERE name = ?", (APPLIED,)).fetchone()
    query = f"SELECT 1 FROM {APPLIED} WHERE migration_set = ?"  # noqa: S608 - a constant
    return bool(there and connection.execute(query, (SET,)).fetchone())


def is_behind(connection: sqlite3.Connection) -> bool:
    """Whether the file, which is ours, lacks a migration; cheap enough to be asked before every look."""
    query = f"SELECT COUNT(*) FROM {APPLIED} WHERE migration_set = ?"  # noqa: S608 - a constant
    applied: int = connection.execute(query, (SET,)).fetchone()[0]
    return applied < len(STEPS)


def is_current(connection: sqlite3.Connection) -> bool:
    """Whether the file, which may be a new one, has each of our migrations and no other."""
    return is_ours(connection) and applied(connection) == frozenset(STEPS)


def applied(connection: sqlite3.Connection) -> frozenset[str]:
    """Names of the migrations that were applied to the file, which is ours."""
    query = f"SELECT name FROM {APPLIED} WHERE migration_set = ?"  # noqa: S608 - a constant
    return frozenset(row[0] for row in connection.execute(query, (SET,)))


def lacking(connection: sqlite3.Connection) -> tuple[str, ...]:
    """Names of the migrations that the file, which is ours, still lacks; unlike `pending` it writes nothing."""
    there = applied(connection)
    return tuple(name for name in STEPS if name not in there)


def strangers(connection: sqlite3.Connection, known: Collection[str] = STEPS) -> frozenset[str]:
    """Migrations that were applied to the file, which is ours, by a newer program."""
    return applied(connection) - frozenset(known)


def newer_words(unknown: Collection[str]) -> str:
    """What a person is told of a file from a newer program."""
    return (
        f"the database was written by a newer aiwatch (it knows {', '.join(sorted(unknown))}): "
        "upgrade aiwatch, or restore the copy made before that upgrade"
    )

"""Tables and columns that came after the first two migrations, one constant a migration; see schema.py."""

from typing import Final

MENDED: Final = (
    """
    CREATE TABLE mended (            -- stories put right by hand
        id INTEGER PRIMARY KEY,
        at TEXT NOT NULL,            -- when
        what TEXT NOT NULL,          -- merge, split, mute, unmute
        story INTEGER NOT NULL REFERENCES stories (id), -- the one that was there, or stays
        other INTEGER REFERENCES stories (id), -- split off from it, or merged into it
        articles TEXT NOT NULL       -- JSON array: the ids that were split off
    )
    """,
    "CREATE INDEX mended_story ON mended (story)",
)
"""`story split`, `story merge`, `story mute`: kept so that a person sees what was decided by hand."""

SITES: Final = (
    """
    CREATE TABLE sites (             -- hosts whose articles were read, to learn what stands around every one of them
        id INTEGER PRIMARY KEY,
        host TEXT NOT NULL UNIQUE,   -- lower case, without www
        articles INTEGER NOT NULL,   -- counted so far, without copies
        last_seen TEXT NOT NULL      -- when one was last counted
    )
    """,
    "CREATE INDEX sites_seen ON sites (last_seen)",
    """
    CREATE TABLE site_lines (        -- lines at the ends of articles; what many of a host have is none of theirs
        site INTEGER NOT NULL REFERENCES sites (id) ON DELETE CASCADE,
        hash INTEGER NOT NULL,       -- of its letters and digits
        articles INTEGER NOT NULL,   -- that had it
        first INTEGER NOT NULL,      -- which of the host's articles had it first: the 17th
        last INTEGER NOT NULL,       -- which had it last
        PRIMARY KEY (site, hash)
    ) WITHOUT ROWID
    """,
)
"""What `text.site` needs to know of a host, so that the same notice around every article is not read as its text."""

RECHECKS: Final = (
    "ALTER TABLE versions ADD COLUMN changes TEXT NOT NULL DEFAULT '[]' /* JSON array of {kind, where, before, after, reason, corrects}: the edits of meaning; those that correct are told */",
    "ALTER TABLE articles ADD COLUMN page_title TEXT /* as its page had it when last read; empty: none was read */",
    "ALTER TABLE articles ADD COLUMN read_by TEXT NOT NULL DEFAULT 'feed' /* whose reading the text is: `page` with the version of aiwatch, or feed; only two readings by the same are compared */",
    "UPDATE articles SET read_by = 'page' WHERE json_extract(how, '$.text') LIKE 'page%'",
    "ALTER TABLE articles ADD COLUMN recheck_at TEXT /* when its page is looked at again; empty: not any more */",
    "ALTER TABLE articles ADD COLUMN gone_at TEXT /* when its address first answered that there is nothing any more */",
    "CREATE INDEX articles_recheck ON articles (recheck_at) WHERE recheck_at IS NOT NULL",
)
"""`recheck`: articles are looked at again, and what they say otherwise is told to those who were told the old."""

BEGUN: Final = (
    "ALTER TABLE entries ADD COLUMN begun_at TEXT /* when filing was last begun; what begins together is one attempt */",
)
"""Several processes on one entry are one attempt at it."""

SEARCH: Final = (
    """
    CREATE VIRTUAL TABLE articles_fts -- words of titles and texts, to search by; what is found is the article's own row
    USING fts5(title, text, content='', tokenize='ascii')
    """,
    """
    INSERT INTO settings (key, value) SELECT 'unsearched', CAST(MAX(id) AS TEXT) FROM articles HAVING COUNT(*) > 0
    """,
)
"""`search`; what was filed before joins the index little by little, see search.py."""

TELLING: Final = (
    """
    CREATE TABLE attempts (          -- what came of each try to send a message
        id INTEGER PRIMARY KEY,
        message INTEGER NOT NULL REFERENCES outbox (id) ON DELETE CASCADE,
        at TEXT NOT NULL,            -- when
        state TEXT NOT NULL,         -- sent, due (tried again), failed
        detail TEXT NOT NULL         -- what the other side said
    )
    """,
    "CREATE INDEX attempts_message ON attempts (message)",
    """
    CREATE TABLE parked (            -- endpoints that are gone for good; `outbox retry` tries them again
        lane TEXT PRIMARY KEY,       -- as in outbox
        at TEXT NOT NULL,            -- since when
        reason TEXT NOT NULL         -- what it answered
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE leaving (           -- readers of mail, and whether they have unsubscribed
        id INTEGER PRIMARY KEY,
        token TEXT NOT NULL UNIQUE,  -- in their mails' unsubscribe link
        alert TEXT NOT NULL,         -- its name
        reader TEXT NOT NULL,        -- mailto: and the address in lower case
        made_at TEXT NOT NULL,       -- when the token was first sent
        left_at TEXT,                -- when they left; empty: they are told
        UNIQUE (alert, reader)
    )
    """,
)
"""How each message fared, endpoints that are gone, readers who left."""

SURE: Final = (
    "ALTER TABLE articles ADD COLUMN rule TEXT NOT NULL DEFAULT '' /* which rule put it into its story */",
    "ALTER TABLE articles ADD COLUMN sure INTEGER NOT NULL DEFAULT 1 /* 0: probably the same story; it is shown as such */",
)
"""How an article came into its story, and whether that is beyond doubt."""

SHELVES: Final = (
    "CREATE INDEX articles_brief ON articles (id, story)",
    "CREATE INDEX stories_previous ON stories (previous) WHERE previous IS NOT NULL",
)
"""For the reading pages: the story of thousands of articles without their texts, which lie before it in a row."""

COVERING: Final = (
    "DROP INDEX story_terms_story",
    "CREATE INDEX story_terms_story ON story_terms (story, term, weight)",
)
"""A story's terms read from the index alone: .21 instead of .53 ms at 100,000 articles (docs/notes/007-stories.md)."""

ANSWERED: Final = (
    "ALTER TABLE outbox ADD COLUMN called TEXT NOT NULL DEFAULT '' /* what it is called where it went, for later ones to answer it there */",
    "ALTER TABLE outbox ADD COLUMN held INTEGER NOT NULL DEFAULT 0 /* 1: waits for its endpoint's recovery, and goes with the first message that is taken */",
)
"""Answers to earlier messages in chat rooms; what waits for its endpoint and not for itself."""

HEALTH: Final = (
    """
    CREATE TABLE health (            -- how aiwatch itself fares: the last word on each matter
        matter TEXT PRIMARY KEY,     -- alive, pass, heartbeat, network, delivery, disk, integrity, backup
        well INTEGER NOT NULL,       -- 1: as it should be
        at TEXT NOT NULL,            -- when it was looked at last
        since TEXT NOT NULL,         -- since when it is as it is
        last_well TEXT,              -- when it was well last
        detail TEXT NOT NULL         -- in words
    ) WITHOUT ROWID
    """,
)
"""What the service knows of itself: told to a person where it turns, and kept over a restart."""

COUNTED: Final = ("CREATE INDEX articles_verdict ON articles (verdict)",)
"""For `/metrics`: counting a million verdicts takes 60 ms; without this, reading every text takes longer than Prometheus waits."""

PACKED: Final = (
    """
    CREATE TABLE bodies (            -- entries that wait for filing, whole
        entry INTEGER PRIMARY KEY REFERENCES entries (id) ON DELETE CASCADE,
        body TEXT NOT NULL           -- the entry as JSON
    )
    """,
    "INSERT INTO bodies (entry, body) SELECT id, body FROM entries WHERE body IS NOT NULL",
    "ALTER TABLE entries DROP COLUMN body",
    """
    CREATE TABLE centroids (         -- what stories are about
        story INTEGER PRIMARY KEY REFERENCES stories (id) ON DELETE CASCADE,
        terms TEXT NOT NULL          -- a line for each weight, 1 + log(count) summed over members: the weight, then its terms
    )
    """,
    """
    INSERT INTO centroids (story, terms) SELECT story, group_concat(line, char(10)) FROM (
        SELECT story, printf('%!.17g', weight) || ' ' || group_concat(term, ' ') AS line FROM story_terms
        GROUP BY story, weight
    ) GROUP BY story
    """,
    "ALTER TABLE story_terms RENAME TO old_terms",
    """
    CREATE TABLE story_terms (       -- the same terms, to find candidates by
        term TEXT NOT NULL,
        story INTEGER NOT NULL,
        PRIMARY KEY (term, story)
    ) WITHOUT ROWID
    """,
    "INSERT INTO story_terms (term, story) SELECT term, story FROM old_terms",
    "DROP TABLE old_terms",
    "ALTER TABLE shingles RENAME TO old_shingles",
    """
    CREATE TABLE shingles (          -- sampled hashes of word 4-grams, to find copies
        hash INTEGER NOT NULL,       -- its upper 48 bits
        article INTEGER NOT NULL,
        PRIMARY KEY (hash, article)
    ) WITHOUT ROWID
    """,
    "INSERT OR IGNORE INTO shingles (hash, article) SELECT hash >> 15, article FROM old_shingles",
    """
    CREATE TABLE prints (            -- the same hashes, by article
        article INTEGER PRIMARY KEY REFERENCES articles (id) ON DELETE CASCADE,
        hashes BLOB NOT NULL         -- in order, six bytes each, the highest first
    )
    """,
    """
    INSERT INTO prints (article, hashes) SELECT article, packed(hash) FROM (
        SELECT DISTINCT article, hash >> 15 AS hash FROM old_shingles ORDER BY article, hash
    ) GROUP BY article
    """,
    "DROP TABLE old_shingles",
)
"""A fifth less store, and a story's terms read as one row (docs/notes/012-speed.md)."""

FAILED: Final = ("CREATE INDEX outbox_failed ON outbox (id) WHERE state = 'failed'",)
"""For the digest's foot, `doctor` and `/metrics`: what failed is counted without looking through all that was ever sent."""

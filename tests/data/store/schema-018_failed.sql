BEGIN TRANSACTION;
CREATE TABLE "_sqlite_migrations" (
   "id" INTEGER PRIMARY KEY,
   "migration_set" TEXT,
   "name" TEXT,
   "applied_at" TEXT
);
INSERT INTO "_sqlite_migrations" VALUES(1,'aiwatch','001_first','2026-11-21');
INSERT INTO "_sqlite_migrations" VALUES(2,'aiwatch','002_watching','2026-11-21');
INSERT INTO "_sqlite_migrations" VALUES(3,'aiwatch','003_sites','2026-11-21');
INSERT INTO "_sqlite_migrations" VALUES(4,'aiwatch','004_mended','2026-11-21');
INSERT INTO "_sqlite_migrations" VALUES(5,'aiwatch','005_rechecks','2026-11-21');
INSERT INTO "_sqlite_migrations" VALUES(6,'aiwatch','006_begun','2026-11-21');
INSERT INTO "_sqlite_migrations" VALUES(7,'aiwatch','008_telling','2026-11-21');
INSERT INTO "_sqlite_migrations" VALUES(8,'aiwatch','009_search','2026-11-21');
INSERT INTO "_sqlite_migrations" VALUES(9,'aiwatch','010_sure','2026-11-21');
INSERT INTO "_sqlite_migrations" VALUES(10,'aiwatch','011_shelves','2026-11-21');
INSERT INTO "_sqlite_migrations" VALUES(11,'aiwatch','012_covering','2026-11-21');
INSERT INTO "_sqlite_migrations" VALUES(12,'aiwatch','014_answered','2026-11-21');
INSERT INTO "_sqlite_migrations" VALUES(13,'aiwatch','015_health','2026-11-21');
INSERT INTO "_sqlite_migrations" VALUES(14,'aiwatch','016_counted','2026-11-21');
INSERT INTO "_sqlite_migrations" VALUES(15,'aiwatch','017_packed','2026-11-22');
INSERT INTO "_sqlite_migrations" VALUES(16,'aiwatch','018_failed','2026-11-22');
CREATE TABLE settings (          -- what must outlive a process and has no better place
        key TEXT PRIMARY KEY,        -- `documents`: articles counted in term_counts; `passes`: finished passes
        value TEXT NOT NULL          -- a number, as text
    ) WITHOUT ROWID
    ;
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
    , setup TEXT /* hash of the keys it is asked with; a change makes it due at once */, paused INTEGER NOT NULL DEFAULT 0 /* 1: `sources pause` */, effective_url TEXT /* where it has moved for good; asked instead of url */, moved_sightings INTEGER NOT NULL DEFAULT 0 /* polls in a row that led to moved_to and found the source there */, read_at TEXT /* when a whole body last came */, hints TEXT /* JSON object: ttl, update_every (seconds), skip_hours, skip_days */, marks TEXT /* JSON array: one hash an item of the last body; these are not read again */, listed INTEGER /* items in the last body */, known INTEGER /* of these, seen before */, interval REAL /* seconds: what `every: auto` has come to */, usual_gap REAL /* seconds: median time between its items */, longest_gap REAL /* seconds: 99th percentile of it; longer is silence */, told TEXT NOT NULL DEFAULT '[]' /* JSON array: kinds of trouble that stand and were noted */) WITHOUT ROWID
    ;
CREATE TABLE polls (             -- one row a look at a source
        id INTEGER PRIMARY KEY,
        source TEXT NOT NULL REFERENCES sources (name) ON DELETE CASCADE,
        at TEXT NOT NULL,            -- when it was asked
        outcome TEXT NOT NULL,       -- new, unchanged, failed
        status INTEGER,              -- of the HTTP answer, where there was one
        detail TEXT NOT NULL,        -- one sentence
        entries INTEGER NOT NULL,    -- listed
        fresh INTEGER NOT NULL       -- of these, not seen before
    , known INTEGER /* of the entries listed, seen before */);
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
        article INTEGER REFERENCES articles (id) ON DELETE SET NULL
    , begun_at TEXT /* when filing was last begun; what begins together is one attempt */);
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
    );
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
    , change TEXT /* JSON object: added and removed lines of a watched page */, etag TEXT /* of its page, sent back byte for byte */, last_modified TEXT /* of its page, sent back byte for byte */, page_title TEXT /* as its page had it when last read; empty: none was read */, read_by TEXT NOT NULL DEFAULT 'feed' /* whose reading the text is: `page` with the version of aiwatch, or feed; only two readings by the same are compared */, recheck_at TEXT /* when its page is looked at again; empty: not any more */, gone_at TEXT /* when its address first answered that there is nothing any more */, rule TEXT NOT NULL DEFAULT '' /* which rule put it into its story */, sure INTEGER NOT NULL DEFAULT 1 /* 0: probably the same story; it is shown as such */);
CREATE TABLE versions (          -- what an article said before it was changed
        id INTEGER PRIMARY KEY,
        article INTEGER NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
        until TEXT NOT NULL,         -- when the next text was read
        title TEXT NOT NULL,         -- as it was until then
        text TEXT NOT NULL           -- as it was until then
    , changes TEXT NOT NULL DEFAULT '[]' /* JSON array of {kind, where, before, after, reason, corrects}: the edits of meaning; those that correct are told */);
CREATE TABLE term_counts (       -- in how many articles a term stands
        term TEXT PRIMARY KEY,       -- stemmed, from titles and leads
        articles INTEGER NOT NULL    -- how many have it
    ) WITHOUT ROWID
    ;
CREATE TABLE matches (           -- which topics an article is about
        article INTEGER NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
        topic TEXT NOT NULL,
        score REAL NOT NULL,         -- higher is more about it
        query TEXT NOT NULL,         -- the one that matched best
        hits TEXT NOT NULL,          -- JSON array of {field, offset, term, text}
        PRIMARY KEY (article, topic)
    ) WITHOUT ROWID
    ;
CREATE TABLE alerts (            -- what an alert remembers
        name TEXT PRIMARY KEY,       -- as in feeds.yaml
        first_seen TEXT NOT NULL,    -- slots before this were never owed
        last_slot TEXT,              -- the last scheduled time that was closed
        last_closed TEXT,            -- when its last message was made
        paused INTEGER NOT NULL,     -- 1: nothing closes until `alerts resume`
        paused_until TEXT            -- or until then
    , troubles_seen INTEGER /* id of the last trouble told, or there when the alert was new */) WITHOUT ROWID
    ;
CREATE TABLE waiting (           -- an alert owes its readers this story
        alert TEXT NOT NULL,
        story INTEGER NOT NULL REFERENCES stories (id),
        cause TEXT NOT NULL,         -- new, update, correction
        reason TEXT NOT NULL,        -- one sentence
        since TEXT NOT NULL,         -- when it was first owed
        hold_until TEXT NOT NULL,    -- not closed before
        PRIMARY KEY (alert, story)
    ) WITHOUT ROWID
    ;
CREATE TABLE digests (           -- messages as composed, one row a closing
        id INTEGER PRIMARY KEY,
        alert TEXT NOT NULL,
        kind TEXT NOT NULL,          -- digest, alert
        slot TEXT,                   -- the scheduled time it is for
        at TEXT NOT NULL,            -- when composed
        subject TEXT NOT NULL,       -- as the first reader gets it
        stories INTEGER NOT NULL     -- how many it tells
    );
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
    );
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
        detail TEXT NOT NULL, called TEXT NOT NULL DEFAULT '' /* what it is called where it went, for later ones to answer it there */, held INTEGER NOT NULL DEFAULT 0 /* 1: waits for its endpoint's recovery, and goes with the first message that is taken */,        -- what the other side said last
        UNIQUE (digest, channel, reader, part)
    );
CREATE TABLE hosts (             -- how each host wants to be asked
        host TEXT PRIMARY KEY,       -- with its port where that is an unusual one
        last_request TEXT,           -- when a source on it was last asked
        spacing REAL NOT NULL,       -- seconds between two requests, where it asked for more than is configured; else 0
        not_before TEXT,             -- the whole host is left alone until then
        refused_at TEXT,             -- last 429, 503, or 403 after it had answered
        refused_url TEXT,            -- which address that was
        reason TEXT NOT NULL         -- why it is spaced, in words
    ) WITHOUT ROWID
    ;
CREATE TABLE robots (            -- robots.txt files, kept 24 hours
        origin TEXT PRIMARY KEY,     -- like https://example.org
        at TEXT NOT NULL,            -- when it was asked for
        status INTEGER,              -- of the answer; empty: none came
        text TEXT NOT NULL,          -- as far as it is read
        trouble TEXT NOT NULL        -- why it could not be had, if so
    ) WITHOUT ROWID
    ;
CREATE TABLE documents (         -- parts that a source lists and that are asked too: a sitemap index's
        source TEXT NOT NULL REFERENCES sources (name) ON DELETE CASCADE,
        url TEXT NOT NULL,
        place INTEGER NOT NULL,      -- in which order it lists them
        etag TEXT,                   -- sent back byte for byte
        last_modified TEXT,          -- sent back byte for byte
        body_hash TEXT,              -- of the last body that was read; empty: not read yet
        PRIMARY KEY (source, url)
    ) WITHOUT ROWID
    ;
CREATE TABLE snapshots (         -- what watched pages said
        id INTEGER PRIMARY KEY,
        source TEXT NOT NULL REFERENCES sources (name) ON DELETE CASCADE,
        at TEXT NOT NULL,            -- when it was first seen so
        lines TEXT NOT NULL          -- JSON array: the lines of its main text
    );
CREATE TABLE troubles (          -- what a person should know, once
        id INTEGER PRIMARY KEY,
        at TEXT NOT NULL,
        kind TEXT NOT NULL,          -- failing, stopped, recovered, silent, speaking, gap, moved, other
        what TEXT NOT NULL,          -- a source's name, or the part that is meant
        detail TEXT NOT NULL,        -- one sentence
        extra TEXT NOT NULL          -- JSON object
    );
CREATE TABLE sites (             -- hosts whose articles were read, to learn what stands around every one of them
        id INTEGER PRIMARY KEY,
        host TEXT NOT NULL UNIQUE,   -- lower case, without www
        articles INTEGER NOT NULL,   -- counted so far, without copies
        last_seen TEXT NOT NULL      -- when one was last counted
    );
CREATE TABLE site_lines (        -- lines at the ends of articles; what many of a host have is none of theirs
        site INTEGER NOT NULL REFERENCES sites (id) ON DELETE CASCADE,
        hash INTEGER NOT NULL,       -- of its letters and digits
        articles INTEGER NOT NULL,   -- that had it
        first INTEGER NOT NULL,      -- which of the host's articles had it first: the 17th
        last INTEGER NOT NULL,       -- which had it last
        PRIMARY KEY (site, hash)
    ) WITHOUT ROWID
    ;
CREATE TABLE mended (            -- stories put right by hand
        id INTEGER PRIMARY KEY,
        at TEXT NOT NULL,            -- when
        what TEXT NOT NULL,          -- merge, split, mute, unmute
        story INTEGER NOT NULL REFERENCES stories (id), -- the one that was there, or stays
        other INTEGER REFERENCES stories (id), -- split off from it, or merged into it
        articles TEXT NOT NULL       -- JSON array: the ids that were split off
    );
CREATE TABLE attempts (          -- what came of each try to send a message
        id INTEGER PRIMARY KEY,
        message INTEGER NOT NULL REFERENCES outbox (id) ON DELETE CASCADE,
        at TEXT NOT NULL,            -- when
        state TEXT NOT NULL,         -- sent, due (tried again), failed
        detail TEXT NOT NULL         -- what the other side said
    );
CREATE TABLE parked (            -- endpoints that are gone for good; `outbox retry` tries them again
        lane TEXT PRIMARY KEY,       -- as in outbox
        at TEXT NOT NULL,            -- since when
        reason TEXT NOT NULL         -- what it answered
    ) WITHOUT ROWID
    ;
CREATE TABLE leaving (           -- readers of mail, and whether they have unsubscribed
        id INTEGER PRIMARY KEY,
        token TEXT NOT NULL UNIQUE,  -- in their mails' unsubscribe link
        alert TEXT NOT NULL,         -- its name
        reader TEXT NOT NULL,        -- mailto: and the address in lower case
        made_at TEXT NOT NULL,       -- when the token was first sent
        left_at TEXT,                -- when they left; empty: they are told
        UNIQUE (alert, reader)
    );
CREATE TABLE health (            -- how aiwatch itself fares: the last word on each matter
        matter TEXT PRIMARY KEY,     -- alive, pass, heartbeat, network, delivery, disk, integrity, backup
        well INTEGER NOT NULL,       -- 1: as it should be
        at TEXT NOT NULL,            -- when it was looked at last
        since TEXT NOT NULL,         -- since when it is as it is
        last_well TEXT,              -- when it was well last
        detail TEXT NOT NULL         -- in words
    ) WITHOUT ROWID
    ;
CREATE TABLE bodies (            -- entries that wait for filing, whole
        entry INTEGER PRIMARY KEY REFERENCES entries (id) ON DELETE CASCADE,
        body TEXT NOT NULL           -- the entry as JSON
    );
CREATE TABLE centroids (         -- what stories are about
        story INTEGER PRIMARY KEY REFERENCES stories (id) ON DELETE CASCADE,
        terms TEXT NOT NULL          -- a line for each weight, 1 + log(count) summed over members: the weight, then its terms
    );
CREATE TABLE story_terms (       -- the same terms, to find candidates by
        term TEXT NOT NULL,
        story INTEGER NOT NULL,
        PRIMARY KEY (term, story)
    ) WITHOUT ROWID
    ;
CREATE TABLE shingles (          -- sampled hashes of word 4-grams, to find copies
        hash INTEGER NOT NULL,       -- its upper 48 bits
        article INTEGER NOT NULL,
        PRIMARY KEY (hash, article)
    ) WITHOUT ROWID
    ;
CREATE TABLE prints (            -- the same hashes, by article
        article INTEGER PRIMARY KEY REFERENCES articles (id) ON DELETE CASCADE,
        hashes BLOB NOT NULL         -- in order, six bytes each, the highest first
    );
CREATE VIRTUAL TABLE articles_fts -- words of titles and texts, to search by; what is found is the article's own row
    USING fts5(title, text, content='', tokenize='ascii');
CREATE UNIQUE INDEX "idx__sqlite_migrations_migration_set_name"
    ON "_sqlite_migrations" ("migration_set", "name");
CREATE INDEX sources_due ON sources (next_due);
CREATE INDEX polls_source ON polls (source, at);
CREATE INDEX polls_at ON polls (at);
CREATE UNIQUE INDEX entries_once ON entries (source, entry_id);
CREATE INDEX entries_to_file ON entries (id) WHERE state = 'to file';
CREATE INDEX entries_seen ON entries (seen_at);
CREATE INDEX stories_seen ON stories (last_seen);
CREATE INDEX articles_key ON articles (url_key);
CREATE INDEX articles_text ON articles (text_hash) WHERE text_hash <> '';
CREATE INDEX articles_story ON articles (story);
CREATE INDEX articles_external ON articles (external_id) WHERE external_id IS NOT NULL;
CREATE INDEX articles_seen ON articles (first_seen);
CREATE INDEX articles_source ON articles (source, id);
CREATE INDEX versions_article ON versions (article);
CREATE INDEX matches_topic ON matches (topic, article);
CREATE UNIQUE INDEX digests_slot ON digests (alert, slot) WHERE slot IS NOT NULL;
CREATE INDEX told_reader ON told (reader, story);
CREATE INDEX told_story ON told (story);
CREATE INDEX outbox_open ON outbox (next_try) WHERE state IN ('due', 'sending');
CREATE INDEX snapshots_source ON snapshots (source, id);
CREATE INDEX entries_source ON entries (source, id);
CREATE INDEX sites_seen ON sites (last_seen);
CREATE INDEX mended_story ON mended (story);
CREATE INDEX articles_recheck ON articles (recheck_at) WHERE recheck_at IS NOT NULL;
CREATE INDEX attempts_message ON attempts (message);
CREATE INDEX articles_brief ON articles (id, story);
CREATE INDEX stories_previous ON stories (previous) WHERE previous IS NOT NULL;
CREATE INDEX articles_verdict ON articles (verdict);
CREATE INDEX outbox_failed ON outbox (id) WHERE state = 'failed';
COMMIT;

"""What must hold of a database at any moment, whoever died in the midst of whatever."""

import sqlite3
from collections import defaultdict
from contextlib import closing
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from aiwatch.store import reader, schema
from tests.faults.world import READERS, World

Rows = list[sqlite3.Row]


@dataclass
class Watch:
    """Looks at a world's database again and again; what was frozen once must never change."""

    world: World
    frozen: dict[str, tuple[object, ...]] = field(default_factory=dict)

    def look(self) -> None:
        """Everything that must hold in between."""
        if not _is_begun(self.world):
            return
        heard = self.world.listen()
        with reader(self.world.database) as db:
            assert [row[0] for row in db.execute("PRAGMA quick_check")] == ["ok"]
            assert db.execute("PRAGMA foreign_key_check").fetchall() == []
            self._no_etag_without_its_entries(
                db.execute("SELECT name, etag FROM sources").fetchall(), _listed(db)
            )
            outbox = db.execute("SELECT * FROM outbox").fetchall()
            self._each_is_in_one_state(db, outbox)
        self._nothing_frozen_changes(outbox)
        arrived = {reader_: set(found) for reader_, found in heard.readers().items()}
        self._sent_means_arrived(outbox, arrived)
        self._arrived_means_frozen(outbox, arrived)

    def _no_etag_without_its_entries(self, sources: Rows, entries: dict[str, set[str]]) -> None:
        for row in sources:
            if row["etag"]:
                listed = self.world.outlets[row["name"]].listed[int(row["etag"].strip('"'))]
                assert listed <= entries[row["name"]], f"{row['name']}: an ETag without its entries"

    def _each_is_in_one_state(self, db: sqlite3.Connection, outbox: Rows) -> None:
        """An article is still to file, or its story waits, or each reader has a message that tells it."""
        told = {
            (row["reader"], row["story"], row["digest"]) for row in db.execute("SELECT * FROM told")
        }
        messages = {(row["reader"], row["digest"]) for row in outbox}
        assert {(who, digest) for who, _, digest in told} <= messages, "told without a message"
        assert {row["state"] for row in outbox} <= {"due", "sending", "sent", "failed"}
        waiting = {row["story"] for row in db.execute("SELECT story FROM waiting")}
        for row in db.execute("SELECT DISTINCT story FROM articles"):
            knows = {who for who, story, _ in told if story == row["story"]}
            if row["story"] not in waiting:
                assert knows == set(READERS), (
                    f"story {row['story']} is owed to all, told to {knows}"
                )
        filed = {row["entry_id"] for row in db.execute("SELECT entry_id, source FROM entries WHERE state = 'filed' AND article IS NULL")}  # fmt: skip
        assert not filed, f"filed without an article: {filed}"

    def _nothing_frozen_changes(self, outbox: Rows) -> None:
        now: dict[str, tuple[object, ...]] = {
            row["message_id"]: (row["reader"], row["subject"], row["text"], row["html"], row["payload"], row["reply_to"])
            for row in outbox
        }  # fmt: skip
        assert len(now) == len(outbox), "one id for two messages"
        for id_, parts in self.frozen.items():
            assert now.get(id_) == parts, f"{id_} has changed or is gone"
        self.frozen = now

    def _sent_means_arrived(self, outbox: Rows, arrived: dict[str, set[str]]) -> None:
        for row in outbox:
            if row["state"] == "sent":
                assert _is_among(row["message_id"], arrived.get(row["reader"], set())), (
                    f"{row['message_id']} counts as sent to {row['reader']} and never came"
                )

    def _arrived_means_frozen(self, outbox: Rows, arrived: dict[str, set[str]]) -> None:
        for who, ids in arrived.items():
            known = {row["message_id"] for row in outbox if row["reader"] == who}
            for id_ in ids:
                assert any(_is_same(one, id_) for one in known), f"{id_} came to {who} unknown"


def _is_begun(world: World) -> bool:
    """Whether there is a database: whoever died before its tables were made left a file without any."""
    if not world.database.exists():
        return False
    with closing(sqlite3.connect(world.database)) as db:
        return bool(schema.tables(db))


def _listed(db: sqlite3.Connection) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for row in db.execute("SELECT source, entry_id FROM entries"):
        found[row["source"]].add(urlsplit(row["entry_id"]).path)
    return found


def _is_among(id_: str, arrived: set[str]) -> bool:
    return any(_is_same(id_, one) for one in arrived)


def _is_same(id_: str, arrived: str) -> bool:
    """A mail's Message-ID and a file's name are made of the message's id."""
    return id_ in arrived or id_.replace("_", "-") in arrived


def left(world: World) -> dict[str, int]:
    """What is still to be done."""
    with reader(world.database) as db:
        found = {
            "to file": db.execute("SELECT COUNT(*) FROM entries WHERE state = 'to file'"),
            "given up": db.execute("SELECT COUNT(*) FROM entries WHERE state = 'given up'"),
            "waiting": db.execute("SELECT COUNT(*) FROM waiting"),
            "not sent": db.execute("SELECT COUNT(*) FROM outbox WHERE state <> 'sent'"),
        }
        return {what: n for what, rows in found.items() if (n := rows.fetchone()[0])}

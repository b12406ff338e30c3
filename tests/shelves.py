"""An archive of any size made up for tests and benchmarks of the pages: stories, copies, matches, searchable."""

import random
import sqlite3
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import accumulate
from pathlib import Path
from typing import Any

from aiwatch.model import ArticleId
from aiwatch.store import Store, search
from aiwatch.store.times import to_text

TOPICS = tuple(f"topic{number}" for number in range(8))
LANGUAGES = ("en", "en", "en", "de", "zh")
OUTLETS = 200
A_DAY = 1_000  # articles
BATCH = 1_000


class Words:
    """Made-up prose, the same each time: a few words common, most of them rare."""

    def __init__(self) -> None:
        self.chance = random.Random(7)
        self.plain = [
            "".join(self.chance.choices("etaoinshrdlucm", k=self.chance.randint(2, 9)))
            for _ in range(20_000)
        ]
        self.weights = list(accumulate(1 / (place + 3) for place in range(len(self.plain))))
        self.han = [chr(0x4E00 + number) for number in range(2_000)]
        self.weights_of_han = list(accumulate(1 / (place + 9) for place in range(len(self.han))))

    def sentence(self, lang: str, length: int) -> str:
        """So many words; in Chinese three letters count for one."""
        if lang == "zh":
            return (
                "".join(
                    self.chance.choices(self.han, cum_weights=self.weights_of_han, k=3 * length)
                )
                + "。"
            )
        words = self.chance.choices(self.plain, cum_weights=self.weights, k=length)
        return f"{' '.join(words).capitalize()} {self.chance.randint(2, 999)}."

    def text(self, lang: str, sentences: int) -> str:
        """A body of three sentences a paragraph."""
        said = [self.sentence(lang, self.chance.randint(9, 24)) for _ in range(sentences)]
        gap = "" if lang == "zh" else " "
        return "\n".join(gap.join(said[at : at + 3]) for at in range(0, len(said), 3))


def fill(path: Path, articles: int, now: datetime, sentences: int = 20) -> None:
    """Filed evenly up to `now`: on average three articles a story, every eighth of one of the topics."""
    words = Words()
    with Store(path) as store:
        for first in range(1, articles + 1, BATCH):
            rows = list(
                _rows(words, first, min(first + BATCH, articles + 1), articles, now, sentences)
            )

            def write(db: sqlite3.Connection, rows: list[dict[str, Any]] = rows) -> None:
                _write(db, rows)

            store.write_now(write)


def _rows(
    words: Words, first: int, last: int, articles: int, now: datetime, sentences: int
) -> Iterator[dict[str, Any]]:
    chance = words.chance
    for id_ in range(first, last):
        story = id_ if id_ < 3 or chance.random() < 0.35 else chance.randint(max(1, id_ - 300), id_)
        lang = LANGUAGES[story % len(LANGUAGES)]
        outlet = f"Outlet {chance.randrange(OUTLETS)}"
        yield {
            "id": id_,
            "story": story,
            "title": words.sentence(lang, 9).rstrip(".。"),
            "text": words.text(lang, sentences),
            "url": f"https://{outlet.replace(' ', '').lower()}.example/{id_}",
            "lang": lang,
            "outlet": outlet,
            "at": to_text(now - timedelta(days=(articles - id_) / A_DAY)),
            "topic": TOPICS[story % len(TOPICS)] if story % 8 < 2 or story % 40 == 7 else None,
            "copy": 1 if story != id_ and chance.random() < 0.2 else None,
        }


_STORY = (
    "INSERT OR IGNORE INTO stories (id, title, first_seen, last_seen, first_published, last_published, members, names,"
    " numbers, alone, muted) VALUES (:story, :title, :at, :at, :at, :at, 1, '[]', '[]', 0, 0)"
)
_ARTICLE = (
    "INSERT INTO articles (id, url, url_key, title, text, summary, authors, published, first_seen, lang, outlet,"
    " source, paywalled, trust, first_hand, aggregator, how, tell, text_hash, words, numbers, shingles, story, verdict,"
    " duplicate_of, score, reason, shared) VALUES (:id, :url, :url, :title, :text, '', '[]', :at, :at, :lang, :outlet,"
    " :outlet, 0, 'normal', 0, 0, '{}', 'all', '', 300, '[]', 0, :story, 'new', CASE :copy WHEN 1 THEN :story END,"
    " 0, 'a story of its own', '[]')"
)
_MATCH = (
    "INSERT INTO matches (article, topic, score, query, hits) VALUES (:id, :topic, 1, 'made up',"
    """ '[{"field":"title","offset":0,"term":"x","text":"x"}]')"""
)


def _write(db: sqlite3.Connection, rows: list[dict[str, Any]]) -> None:
    db.executemany(_STORY, rows)
    db.executemany("UPDATE stories SET last_seen = :at WHERE id = :story", rows)
    db.executemany(_ARTICLE, rows)
    db.executemany(_MATCH, [row for row in rows if row["topic"]])
    for row in rows:
        search.add(db, ArticleId(row["id"]), row["title"], row["text"])

"""How judging an article slows down, and what it weighs, as the database grows: `python benchmarks/growth.py FOLDER`.

A made-up stream: headline and 60 words of labelled news of FOLDER, half of the words swapped for others by frequency,
one in eight a made-up name, a thousand articles a day, three to an event, one in twelve a copy. The last articles
before each mark go through the real store, batch by batch as the pipeline files them, and `filing.judge` (address,
copies, story) is timed on the last thousand: processor time, so that neighbours on the machine do not count. What lies
before is written in bulk by another process, each article in its event's story: the same rows, without waiting an hour.
`--real 400000` files every article for real.
"""

import argparse
import json
import random
import resource
import tempfile
import time
from collections import Counter, deque
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import accumulate
from multiprocessing import get_context
from pathlib import Path
from statistics import median

from aiwatch.judge import stories
from aiwatch.model import Article, ReadArticle, StoryId, Verdict
from aiwatch.pipeline import TOGETHER
from aiwatch.store import Connection, Store, filing, packing, settings
from aiwatch.text.fingerprint import fingerprint

FILES = ("fnc_bodies", "ecb_leads", "uci_headlines_capped")
MARKS = (10_000, 50_000, 100_000, 400_000)
TIMED = 1000  # articles before each mark
START = datetime(2026, 1, 1, tzinfo=UTC)
A_DAY = 1000
WORDS = 60
SWAPPED = 0.5
NAMES = 0.12
COPIES = 0.08
NEW_EVENT = 1 / 3
OPEN_EVENTS = 2000  # that an article may be about: those of the last days
SYLLABLES = tuple(a + b for a in "bdfgklmnprstvz" for b in "aeiou")


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What its articles have in common."""

    number: int
    title: tuple[str, ...]
    words: tuple[str, ...]
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """One text about an event."""

    event: int
    title: str
    text: str


@dataclass
class News:
    """A stream of made-up articles, the same from the same seed."""

    rows: Sequence[tuple[tuple[str, ...], tuple[str, ...]]]  # title, text
    dice: random.Random = field(default_factory=lambda: random.Random(7))
    events: deque[Event] = field(default_factory=lambda: deque(maxlen=OPEN_EVENTS))
    told: deque[Telling] = field(default_factory=lambda: deque(maxlen=3 * OPEN_EVENTS))
    begun: int = 0  # events so far

    def __post_init__(self) -> None:
        counts = Counter(word for title, text in self.rows for word in (*title, *text))
        self.words, self.cumulated = list(counts), list(accumulate(counts.values()))

    def name(self) -> str:
        return "".join(self.dice.choices(SYLLABLES, k=4)).capitalize()

    def telling(self) -> tuple[Telling, bool]:
        """The next one, and whether it is a copy."""
        copy = bool(self.told) and self.dice.random() < COPIES
        telling = self.dice.choice(self.told) if copy else self._new()
        self.told.append(telling)
        return telling, copy

    def _new(self) -> Telling:
        if not self.events or self.dice.random() < NEW_EVENT:
            self._happen()
        event = self.dice.choice(self.events)
        return Telling(
            event=event.number,
            title=self._retold(event.title, event),
            text=self._retold(event.words, event),
        )

    def _happen(self) -> None:
        title, text = self.dice.choice(self.rows)
        filler = self.dice.choices(self.words, cum_weights=self.cumulated, k=WORDS)
        self.begun += 1
        self.events.append(
            Event(
                number=self.begun,
                title=title,
                words=(*text, *filler)[:WORDS],
                names=tuple(self.name() for _ in range(5)),
            )
        )

    def _retold(self, words: Sequence[str], event: Event) -> str:
        others = self.dice.choices(self.words, cum_weights=self.cumulated, k=len(words))
        return " ".join(self._word(old, new, event) for old, new in zip(words, others, strict=True))

    def _word(self, old: str, new: str, event: Event) -> str:
        drawn = self.dice.random()
        if drawn < NAMES:
            return self.dice.choice(event.names) if self.dice.random() < 0.8 else self.name()
        return new if drawn < NAMES + SWAPPED else old


def rows(folder: Path) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Headlines and first words of the labelled sets."""
    lines = (
        json.loads(line)
        for name in FILES
        for line in (folder / f"{name}.jsonl").read_text("utf-8").splitlines()
    )
    return [(tuple(row["title"].split()[:15]), tuple(row["body"].split()[:WORDS])) for row in lines]


def draft(number: int, telling: Telling) -> filing.Draft:
    """An article of the stream as the pipeline would file it."""
    url = f"news.example/{number}"
    article = Article(
        url=f"https://{url}",
        url_key=url,
        title=telling.title,
        text=telling.text,
        published=START + timedelta(days=number / A_DAY),
        outlet="News",
    )
    print_ = fingerprint(telling.title, telling.text)
    return filing.Draft(
        read=ReadArticle(article=article, fingerprint=print_), matches=(), tell="none"
    )


# ---------------------------------------------------------------- bulk


@dataclass
class Bulk:
    """Writes articles into the stories of their events, without judging; tables are sorted once at the end."""

    db: Connection
    events: dict[int, StoryId] = field(default_factory=dict)  # to stories
    terms: dict[StoryId, dict[str, float]] = field(default_factory=dict)  # of the events still open
    counts: Counter[str] = field(default_factory=Counter)
    documents: int = 0

    def __post_init__(self) -> None:
        self.db.execute("CREATE TEMP TABLE own (hash INTEGER, article INTEGER)")
        self.db.execute("CREATE TEMP TABLE about (term TEXT, story INTEGER)")

    def write(self, draft: filing.Draft, telling: Telling, *, copy: bool) -> None:
        article, print_ = draft.read.article, draft.read.fingerprint
        at = article.published or START
        story = self.events.get(telling.event)
        verdict = Verdict(kind="same_story" if story else "new", reason="in bulk")
        if story is None:
            story = filing._new_story(self.db, draft.read, verdict, None, at, at)  # noqa: SLF001
            self.events[telling.event] = story
        elif not copy:
            filing._grow_story(self.db, story, print_, at, at)  # noqa: SLF001
        id_ = filing._insert(self.db, draft, verdict, story, at)  # noqa: SLF001
        if not copy:
            self.documents += 1
            self.counts.update(term for term, _ in print_.terms)
            self.terms[story] = stories.grow(self.terms.get(story, {}), print_)
        hashes = packing.cut(print_.shingles)
        self.db.executemany("INSERT INTO own VALUES (?, ?)", [(value, id_) for value in hashes])
        self.db.execute("INSERT INTO prints VALUES (?, ?)", (id_, packing.pack_hashes(hashes)))
        if len(self.terms) > 2 * OPEN_EVENTS:
            self._close(sorted(self.terms)[:OPEN_EVENTS])

    def _close(self, done: Sequence[StoryId]) -> None:
        for story in done:
            terms = self.terms.pop(story)
            self.db.executemany(
                "INSERT INTO about VALUES (?, ?)", [(term, story) for term in terms]
            )
            self.db.execute(
                "INSERT OR REPLACE INTO centroids VALUES (?, ?)", (story, packing.pack_terms(terms))
            )

    def end(self) -> None:
        self._close(list(self.terms))
        settings.add(self.db, "documents", self.documents)
        self.db.executemany(
            "INSERT INTO term_counts (term, articles) VALUES (?, ?)"
            " ON CONFLICT (term) DO UPDATE SET articles = articles + excluded.articles",
            sorted(self.counts.items()),
        )
        self.db.execute(
            "INSERT OR IGNORE INTO shingles SELECT hash, article FROM own ORDER BY 1, 2"
        )
        self.db.execute(
            "INSERT OR IGNORE INTO story_terms (term, story) SELECT * FROM about ORDER BY 1, 2"
        )
        self.db.execute("DROP TABLE own")
        self.db.execute("DROP TABLE about")


def fill(file: Path, news: News, start: int, stop: int) -> News:
    """Write that part of the stream in bulk."""

    def whole(db: Connection) -> None:
        bulk = Bulk(db)
        for number in range(start, stop):
            telling, copy = news.telling()
            bulk.write(draft(number, telling), telling, copy=copy)
        bulk.end()

    with Store(file) as store:
        for pragma in ("cache_size = -400000", "synchronous = OFF", "temp_store = FILE"):
            store._thread.submit(store._connection.execute, f"PRAGMA {pragma}").result()  # noqa: SLF001
        store.write_now(whole)
    return news


def filled(file: Path, news: News, start: int, stop: int) -> News:
    """The same in a process of its own, so that its memory is not counted here."""
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as pool:
        return pool.submit(fill, file, news, start, stop).result()


# ---------------------------------------------------------------- for real


@dataclass
class Course:
    """What filing for real took."""

    spent: list[float] = field(default_factory=list)
    filed: list[float] = field(default_factory=list)  # whole batches, by article
    kinds: Counter[str] = field(default_factory=Counter)

    def file(self, batch: Sequence[filing.Draft], timed: bool, db: Connection) -> None:
        for each in batch:
            now = each.read.article.published or START
            if timed:
                start = time.thread_time()
                filing.judge(db, each.read, frozenset(), now)
                self.spent.append(1000 * (time.thread_time() - start))
            self.kinds[filing.file(db, each, (), frozenset(), now).verdict.kind] += 1

    def write(self, store: Store, batch: Sequence[filing.Draft]) -> None:
        """The same, timed as a whole with its commit; judging alone is timed in every other batch, and costs twice there."""
        start = time.process_time()
        store.write_now(partial(self.file, batch, False))
        self.filed.append(1000 * (time.process_time() - start) / len(batch))

    def take(self, file: Path, news: News, start: int, stop: int) -> None:
        """File that part of the stream, batch by batch; the last thousand are timed."""
        self.spent.clear()
        self.filed.clear()
        with Store(file) as store:
            for number in range(start, stop, TOGETHER):
                batch = [draft(n, news.telling()[0]) for n in range(number, number + TOGETHER)]
                timed = number >= stop - TIMED
                if timed and number // TOGETHER % 2:
                    self.write(store, batch)
                else:
                    store.write_now(partial(self.file, batch, timed))


def memory() -> float:
    """MB this process holds now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


def grow(folder: Path, marks: Sequence[int], file: Path, real: int) -> None:
    """Print a line at each mark; `real` articles before each are filed one by one."""
    news, course, number, first = News(rows(folder)), Course(), 0, 0.0
    for mark in marks:
        if mark - real > number:
            news = filled(file, news, number, mark - real)
            number = mark - real
        course.take(file, news, number, mark)
        number, first = mark, first or memory()
        p50, p95 = (sorted(course.spent)[int(part * len(course.spent))] for part in (0.5, 0.95))
        print(
            f"{mark:7} articles: judged in p50 {p50:.2f} ms, p95 {p95:.2f} ms, filed in {median(course.filed):.2f} ms; memory {memory():.0f} MB"
            f" ({memory() - first:+.0f}); {file.stat().st_size / mark / 1000:.1f} kB of file each; {dict(course.kinds)}",
            flush=True,
        )


def main() -> None:
    """Grow a database in a folder of its own."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("folder", type=Path)
    asked.add_argument("--marks", type=int, nargs="+", default=MARKS)
    asked.add_argument(
        "--real", type=int, default=2 * TIMED, help="articles filed for real before each mark"
    )
    asked.add_argument("--file", type=Path, help="keep the database here")
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        file = given.file or Path(folder) / "aiwatch.db"
        grow(given.folder, sorted(given.marks), file, given.real)


if __name__ == "__main__":
    main()

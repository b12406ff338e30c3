"""Search: found by its words in every script, newest first, nothing left behind when words change."""

import random
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as budget
from hypothesis import strategies as st

from aiwatch.model import ArticleId
from aiwatch.store import Store, migrating, search, settings
from aiwatch.store.search import Filter, Found
from aiwatch.text.tokens import words
from tests.drafts import BAKERY, CLOSES, FLOOD, HOUR, PRICE, draft, file
from tests.stories import NOON

CHINESE = "字节跳动周二发布了新的视频生成模型，迪士尼的律师没有评论。"
THAI = "ไบต์แดนซ์เปิดตัวโมเดลวิดีโอใหม่เมื่อวันอังคาร ดิสนีย์ปฏิเสธที่จะให้ความเห็น"


def find(store: Store, query: str, where: Filter | None = None, **options: bool) -> list[int]:
    return [hit.article["id"] for hit in found(store, query, where, **options).hits]


def found(
    store: Store, query: str, where: Filter | None = None, *, limit: int = 20, rank: bool = False
) -> Found:
    with store.read() as db:
        return search.search(db, query, where, limit=limit, rank=rank)


def filled(store: Store) -> None:
    """1 Sora, 2 its price, 3 a flood, 4 bakers, 5 Chinese, 6 Thai; an hour between each."""
    for number, (title, text) in enumerate(
        [
            ("OpenAI closes Sora and leaves video", CLOSES),
            ("What Sora cost", PRICE),
            ("River floods Norwich", FLOOD),
            ("Bakers strike in Leeds", BAKERY),
            ("字节跳动新模型", CHINESE),
            ("ไบต์แดนซ์เปิดตัวโมเดล", THAI),
        ]
    ):
        one = draft(
            f"p{number}",
            title,
            text,
            topics=("sora",) if number < 2 else (),
            lang={4: "zh", 5: "th"}.get(number, "en"),
            outlet="Far Post" if number == 3 else "Example Times",
        )
        file(store, one, now=NOON + number * HOUR)


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("sora", [2, 1]),
        ("sora marlow", [2]),
        ('"video app"', [2, 1]),
        ('"app video"', []),
        ("flood* OR bak*", [4, 3]),
        ("sora -marlow", [1]),
        ("NORWICH", [3]),
        ("字节跳动", [5]),
        ("迪士尼 模型", [5]),
        ("尼士迪", []),
        ("ดิสนีย์", [6]),
        ("วิดีโอ", [6]),
        ("-sora", []),
        ("", []),
        ('" OR * NOT ) articles_fts MATCH', []),
    ],
)
def test_articles_are_found_by_their_words_newest_first(
    store: Store, query: str, ids: list[int]
) -> None:
    filled(store)
    assert find(store, query) == ids


@pytest.mark.parametrize(
    ("where", "ids"),
    [
        (Filter(topic="sora"), [2, 1]),
        (Filter(topic="veo"), []),
        (Filter(lang="en"), [4, 3, 2, 1]),
        (Filter(source="Far Post"), [4]),
        (Filter(since=NOON + 2 * HOUR), [4, 3]),
        (Filter(until=NOON + HOUR), [1]),
        (Filter(since=NOON + timedelta(days=3)), []),
        (Filter(before=ArticleId(3)), [2, 1]),
    ],
)
def test_filters(store: Store, where: Filter, ids: list[int]) -> None:
    filled(store)
    assert find(store, "the", where) == ids


def test_rank_puts_a_word_of_the_title_first(store: Store) -> None:
    filled(store)
    file(
        store,
        draft("late", "A quiet day", f"{FLOOD}\nSora was not mentioned."),
        now=NOON + 9 * HOUR,
    )
    assert find(store, "sora")[0] == 7
    assert find(store, "sora", rank=True)[-1] == 7


def test_a_page_says_where_the_next_begins(store: Store) -> None:
    filled(store)
    first = found(store, "the", limit=3)
    assert first.further == 2
    second = found(store, "the", Filter(before=first.further), limit=3)
    assert [hit.article["id"] for hit in second.hits] == [1]
    assert second.further is None


def test_a_hit_has_its_story_its_topics_and_its_words_around(store: Store) -> None:
    filled(store)
    hit = found(store, "marlow").hits[0]
    assert hit.article["story"] == 1
    assert hit.article["topics"] == ["sora"]
    assert "text" not in hit.article
    assert next(run.text for run in hit.snippet if run.hit) == "Marlow"


def test_the_same_page_with_other_words_is_found_by_those(store: Store) -> None:
    file(store, draft("a", text=CLOSES, external_id="a"))
    file(store, draft("a", text=CLOSES.replace("Disney", "Mattel"), external_id="a"))
    assert find(store, "mattel") == [1]
    assert find(store, "disney") == []


# ---------------------------------------------------------------- an archive from before


def older(store: Store) -> None:
    """As an upgrade leaves it: articles, and an index without them."""

    def empty(db: sqlite3.Connection) -> None:
        db.execute("INSERT INTO articles_fts (articles_fts) VALUES ('delete-all')")
        settings.put(db, search.LEFT, db.execute("SELECT MAX(id) FROM articles").fetchone()[0])

    store.write_now(empty)


def test_what_was_filed_before_the_index_joins_it_newest_first(store: Store) -> None:
    filled(store)
    older(store)
    assert found(store, "sora").unsearched == 6
    assert store.write_now(lambda db: search.fill(db, 4)) == 2
    assert find(store, "the") == [4, 3]
    assert store.write_now(lambda db: search.fill(db, 4)) == 0
    assert find(store, "the") == [4, 3, 2, 1]
    assert found(store, "sora").unsearched == 0


def test_it_also_joins_with_each_article_filed(store: Store) -> None:
    filled(store)
    older(store)
    file(store, draft("new", "Veo comes", BAKERY + "\nVeo."), now=NOON + 9 * HOUR)
    assert find(store, "the") == [7, 4, 3, 2, 1]


def test_an_article_not_in_the_index_yet_may_change(store: Store) -> None:
    file(store, draft("a", text=CLOSES, external_id="a"))
    older(store)
    file(store, draft("a", text=CLOSES.replace("Disney", "Mattel"), external_id="a"))
    store.write_now(lambda db: search.fill(db, 10))
    assert (find(store, "mattel"), find(store, "disney")) == ([1], [])


def test_an_upgrade_says_what_is_left(tmp_path: Path) -> None:
    script = Path(__file__).parents[1] / "data" / "store" / "schema-006_begun.sql"
    with Store(tmp_path / "new.db") as store:
        filled(store)
        with store.read() as db:
            rows = list(db.execute("SELECT * FROM articles"))
            stories = list(db.execute("SELECT * FROM stories"))
    old = sqlite3.connect(tmp_path / "old.db", isolation_level=None)
    old.executescript(script.read_text())
    for table, found_rows in (("stories", stories), ("articles", rows)):
        known = {row[1] for row in old.execute(f"PRAGMA table_info({table})")}
        for row in found_rows:
            own = [name for name in row.keys() if name in known]  # noqa: SIM118 - a row, no dict
            old.execute(
                f"INSERT INTO {table} ({', '.join(own)}) VALUES ({', '.join('?' * len(own))})",
                [row[name] for name in own],
            )
    old.close()
    with Store(tmp_path / "old.db") as store:
        assert found(store, "sora").unsearched == 6
        store.write_now(lambda db: search.fill(db, 100))
        assert find(store, "sora") == [2, 1]


def test_a_fresh_database_has_nothing_left_to_index(store: Store) -> None:
    assert found(store, "sora") == Found()


# ---------------------------------------------------------------- a law


PIECES = st.lists(
    st.sampled_from(["sora", "veo", "字节", "節", "ดิส", "Łódź", "2.0", "!", "gpt-4o", "\n"]),
    max_size=6,
).map(" ".join)


@budget(max_examples=15)
@given(st.lists(st.tuples(st.integers(1, 4), PIECES, PIECES), max_size=12))
def test_the_index_holds_what_the_articles_say_and_nothing_else(
    steps: list[tuple[int, str, str]],
) -> None:
    db = sqlite3.connect(":memory:", isolation_level=None)
    db.row_factory = sqlite3.Row
    migrating.migrate(db, migrating.todays())
    now: dict[int, tuple[str, str]] = {}
    for id_, title, text in steps:
        article = ArticleId(id_)
        if id_ not in now:
            search.add(db, article, title, text)
            now[id_] = (title, text)
        elif text:
            search.replace(db, article, now[id_], (title, text))
            now[id_] = (title, text)
        else:
            search.forget(db, article, *now.pop(id_))
    held = {word for pair in now.values() for part in pair for word in words(part)}
    for word in {*held, "sora", "节", "ส"}:
        rows = db.execute(
            "SELECT rowid FROM articles_fts WHERE articles_fts MATCH ?", (f'"{word}"',)
        )
        expected = {id_ for id_, pair in now.items() if word in (*words(pair[0]), *words(pair[1]))}
        assert {row["rowid"] for row in rows} == expected
    db.close()


def test_filters_go_through_many_hits_in_handfuls(store: Store) -> None:
    """A hit that lies behind many others that the filter refuses."""
    chance = random.Random(3)

    def many(db: sqlite3.Connection) -> None:
        for id_ in range(10, 400):
            db.execute(
                "INSERT INTO articles SELECT "
                + ", ".join(
                    {"id": str(id_), "url_key": f"'{id_}'", "lang": "'fr'"}.get(
                        row["name"], row["name"]
                    )
                    for row in db.execute("PRAGMA table_info(articles)").fetchall()
                )
                + " FROM articles WHERE id = 1"
            )
            search.add(db, ArticleId(id_), "Sora", f"word{chance.random()}")

    file(store, draft("a"))
    store.write_now(many)
    assert find(store, "sora", Filter(lang="en")) == [1]

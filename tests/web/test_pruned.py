"""Pages, and the digest that goes on with a story, after every text that may go has gone."""

import asyncio
from datetime import timedelta

import pytest

from aiwatch.admin import nightly
from aiwatch.config.values import Keep
from aiwatch.store import Store
from tests.stories import NOON
from tests.web.conftest import Pages

A_DAY = timedelta(days=1)


def prune(pages: Pages) -> int:
    with Store(pages.config.database) as store:
        store.write_now(lambda db: db.execute("DELETE FROM waiting"))
        keep = Keep(bodies=A_DAY, matched=A_DAY, messages=A_DAY)
        return asyncio.run(nightly(store, keep, NOON + 200 * A_DAY)).gone.articles


def test_every_page_of_what_was_pruned_is_made(own: Pages) -> None:
    assert prune(own) == 8
    paths = ["/", "/topics", "/topics/sora", "/stories", "/sources", "/messages", "/messages/1"]
    paths += [f"/stories/{number}" for number in range(1, 5)]
    paths += [f"/articles/{number}" for number in range(1, 9)]
    for path in paths:
        assert own.get(path).status_code == 200, path
        if path != "/":
            assert own.get(f"{path}.json").status_code == 200, path


@pytest.mark.parametrize(("words", "hits"), [("sora is over", 2), ("firemen", 0), ("字节跳动", 1)])
def test_titles_are_found_texts_are_not(own: Pages, words: str, hits: int) -> None:
    prune(own)
    assert len(own.json(f"/search.json?q={words}")["results"]) == hits

"""deploy/datasette.yaml names what is there, and its questions can be asked. Tried with Datasette 0.65.5 by hand."""

import sqlite3
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from aiwatch.store import migrating, schema
from tests.test_docs import DEPLOY

METADATA: dict[str, Any] = yaml.safe_load((DEPLOY / "datasette.yaml").read_text("utf-8"))
ABOUT = METADATA["databases"]["aiwatch"]


@pytest.fixture(scope="module")
def db() -> Iterator[sqlite3.Connection]:
    """Today's tables, empty."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    migrating.migrate(connection, migrating.todays())
    yield connection
    connection.close()


@pytest.mark.parametrize("table", ABOUT["tables"])
def test_its_tables_and_columns_are_there(db: sqlite3.Connection, table: str) -> None:
    columns = {row[1] for row in db.execute(f"PRAGMA table_info({table})")}
    said = ABOUT["tables"][table]
    named = {said[key] for key in ("label_column", "sort", "sort_desc", "fts_pk") if key in said}
    assert columns
    assert named | set(said.get("facets", ())) <= columns
    assert said.get("fts_table", "articles_fts") in schema.tables(db)


@pytest.mark.parametrize("name", ABOUT["queries"])
def test_its_questions_can_be_asked(db: sqlite3.Connection, name: str) -> None:
    assert db.execute(ABOUT["queries"][name]["sql"], {"story": 1}).fetchall() == []

"""A store in a folder of its own, and a configuration to go with it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from aiwatch.config import load_text
from aiwatch.config.values import Config
from aiwatch.store import Store
from tests.blank import blank

FEEDS = """\
timezone: Asia/Bangkok
contact: me@example.org
sources:
  - {name: Example Times, url: 'https://times.example/feed'}
  - {name: Other, url: 'https://other.example/feed'}
topics: {sora: {any: [sora]}}
"""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Open, empty, closed afterwards."""
    with Store(blank(tmp_path / "aiwatch.db"), busy=5.0) as opened:
        yield opened


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """Two sources, one topic."""
    return load_text(FEEDS, tmp_path / "feeds.yaml", {})

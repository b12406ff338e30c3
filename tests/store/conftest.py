"""A store in a folder of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from aiwatch.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Open, empty, closed afterwards; quick to say that it is locked."""
    with Store(tmp_path / "aiwatch.db", busy=0.2) as opened:
        yield opened

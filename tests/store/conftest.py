"""A store in a folder of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from aiwatch.store import Store
from tests.blank import blank
from tests.drafts import draft, file


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Open, empty, closed afterwards; quick to say that it is locked."""
    with Store(blank(tmp_path / "aiwatch.db"), busy=0.2) as opened:
        yield opened


@pytest.fixture(scope="session")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some hundred pages of articles, closed in order; only to be copied."""
    path = tmp_path_factory.mktemp("sound") / "sound.db"
    with Store(path) as made:
        for number in range(30):
            text = "\n".join(f"Line {line} of article {number} has words." for line in range(80))
            file(
                made, draft(f"p{number}", f"Title {number} of many", text, external_id=str(number))
            )
    return path

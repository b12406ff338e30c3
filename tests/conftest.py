"""What every test may use: the labelled data beside the repository, where it is there."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The labelled data that belongs to its publishers; tests that need it skip where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("no ../shared/data beside the repository")
    return SHARED


@pytest.fixture
def now() -> datetime:
    """The day on which Sora closed, in the afternoon."""
    return datetime(2026, 3, 24, 16, 0, tzinfo=UTC)

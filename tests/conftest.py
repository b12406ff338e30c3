"""What every test may use: the labelled data beside the repository, where it is there."""

import os
from collections.abc import Generator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import settings

from tests import looking
from tests.newsroom import MEASURING

LOOKING = looking.Looking()
LOOKING.away()

# A law that takes long on a busy machine is no broken law: nothing here is judged by the clock.
settings.register_profile("ours", deadline=None)
settings.load_profile("ours")

# Coverage follows into every child by an environment variable, which cost the suite a minute of five: what children run
# (readers, commands) is measured by tests in this process; `Newsroom.start(measured=True)` follows where it is not.
# The process that only hands tests out keeps it, or those that run them would not be measured.
if "PYTEST_XDIST_WORKER" in os.environ:
    names = [name for name in os.environ if name.startswith("COVERAGE_")]
    MEASURING.update({name: os.environ.pop(name) for name in names})

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


def pytest_sessionstart(session: pytest.Session) -> None:
    if "PYTEST_XDIST_WORKER" in os.environ or not session.config.getoption("numprocesses", 0):
        looking.keep_all_until_tests_are_there()
        LOOKING.at_imports()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with slow tests go first, in their random order, so that two workers end together: xdist by itself begins
    with the files of many tests, and the longest test of all, alone in its file, then ran beside an idle worker."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)
    LOOKING.at_laws(items)
    looking.keep_what_is_there()


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_fixture_setup(request: pytest.FixtureRequest) -> Generator[None, object, object]:
    with LOOKING.at(request.node):
        return (yield)


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, object, object]:
    with LOOKING.at(pyfuncitem):
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, object, object]:
    with LOOKING.at(item):
        return (yield)

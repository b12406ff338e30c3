"""Where coverage looks: at what tests run, and not at what runs them.

Under a tracer Python 3.11 runs every line of every library slowly: collecting tests took 20 s of CPU in each process
instead of 14, those of `judge` 48 instead of 27. So coverage sees our modules come, looks away, and looks again while
a test or a fixture runs, but for those marked `untraced`; of a law it sees the first examples, as the others run the
same lines.
"""

import functools
import gc
import importlib
import pkgutil
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

import pytest

import aiwatch

EXAMPLES = 12


class Looking:
    """What coverage installed in this process, if anything, and how much of a law it has seen."""

    def __init__(self) -> None:
        self.tracer, self.in_threads = sys.gettrace(), threading.gettrace()
        self.examples = 0

    def away(self) -> None:
        """From here on."""
        sys.settrace(None)
        threading.settrace(None)

    @contextmanager
    def here(self) -> Iterator[None]:
        """For a while; a fixture may ask for another meanwhile."""
        before = sys.gettrace(), threading.gettrace()
        threading.settrace(self.in_threads)
        sys.settrace(self.tracer)
        try:
            yield
        finally:
            sys.settrace(before[0])
            threading.settrace(before[1])

    def at(self, node: pytest.Item | pytest.Collector) -> AbstractContextManager[None]:
        """While what belongs to this test, or to its file, runs."""
        self.examples = 0
        return nullcontext() if node.get_closest_marker("untraced") else self.here()

    def at_imports(self) -> None:
        """All modules come now: when they come is no matter of tests."""
        if self.tracer is not None:
            with self.here():
                for found in pkgutil.walk_packages(aiwatch.__path__, "aiwatch."):
                    importlib.import_module(found.name)

    def first_examples(self, law: Callable[..., Any]) -> Callable[..., Any]:
        """What hypothesis calls with each example: the tracer goes with the last that is looked at."""

        @functools.wraps(law)
        def example(*args: Any, **parts: Any) -> Any:
            self.examples += 1
            if self.examples == EXAMPLES + 1:
                self.away()
            return law(*args, **parts)

        return example

    def at_laws(self, items: list[pytest.Item]) -> None:
        """By the place that hypothesis keeps for those who run tests in their own way."""
        laws = {id(law): law for item in items if (law := getattr(item.obj, "hypothesis", None))}  # type: ignore[attr-defined]
        for law in laws.values():
            law.inner_test = self.first_examples(law.inner_test)


def keep_all_until_tests_are_there() -> None:
    """What comes now stays: nobody need look for garbage in it."""
    gc.disable()


def keep_what_is_there() -> None:
    """Nor among nine thousand tests and all modules later: a tenth of the suite's time."""
    gc.freeze()
    gc.enable()
    gc.set_threshold(10_000, 20, 20)

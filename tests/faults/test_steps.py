"""A short walk of the long run `python -m tests.faults steps`, another one each time."""

import random

import pytest

from tests.faults.steps import walk


@pytest.mark.slow
@pytest.mark.untraced
def test_in_any_order_of_events_all_is_told_once() -> None:
    walk(random.randrange(10**6), runs=8, length=25)

"""Rules 31 to 33, 48 and 49 at their worst: memory, time and neighbours, measured in a process of its own."""

import sys

import pytest

from tests.fetch.bombs import HOME, REBIND, ROBOTS, SCRIPTS, TWELVE, costs

TIMEOUT = 1.2  # at 0.5 a machine with eight busy processes lost a healthy neighbour
KINDS = {
    "20 MB of headers": "http",
    "one header of 20 MB": "http",
    "interim answers without end": "timeout",
    "a body that drips": "timeout",
    "a body that stalls": "timeout",
    "no answer": "timeout",
    "a redirect circle": "redirect",
    HOME: "private",
    REBIND: "private",
    ROBOTS: "Page",
}
EITHER = {  # a slow machine comes to its deadline first
    "1 GB of zeros, packed to 1 MB": {"too large", "timeout"},
    "redirects without end": {"redirect", "timeout"},
    TWELVE: {"Page", "timeout"},
    "a body without end": {"too large", "timeout"},
    "empty gzip members without end": {"too large", "timeout"},
    "a body in one-byte chunks": {"encoding", "timeout"},
}


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="memory is counted by Linux")
def test_every_bomb_is_refused_in_time_in_words_and_in_60_mb_and_its_neighbours_are_unharmed() -> (
    None
):
    rows, reached = costs(TIMEOUT)
    assert set(SCRIPTS) < {row.what for row in rows} == {*KINDS, *EITHER}
    assert {row.what: row.kind for row in rows if row.what in KINDS} == KINDS
    assert all(row.kind in EITHER[row.what] for row in rows if row.what in EITHER)
    for row in rows:
        assert row.kind == "Page" or row.words.endswith("."), row
        assert row.seconds < TIMEOUT + 25, row  # what is held is held for a minute
        assert row.extra < 60, row
        assert row.neighbour < TIMEOUT, row
    assert reached == 0

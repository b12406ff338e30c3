"""What holds for whatever comes holds for all we keep, and for that torn apart a little."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz.laws import LAWS, seeds

TORN = st.lists(
    st.tuples(st.integers(0, 4_000), st.integers(0, 9), st.binary(max_size=9)), max_size=3
)


@pytest.mark.parametrize("name", LAWS)
@settings(max_examples=25)
@given(st.integers(0, 999), TORN)
def test_a_law_holds_for_what_is_torn_apart(
    name: str, which: int, cuts: list[tuple[int, int, bytes]]
) -> None:
    every = list(seeds(name))
    body = bytearray(every[which % len(every)])
    for at, length, new in cuts:
        begin = at % (len(body) + 1)
        body[begin : begin + length] = new
    LAWS[name](bytes(body))


@pytest.mark.parametrize("name", LAWS)
def test_a_law_holds_for_every_seed(name: str) -> None:
    for body in seeds(name):
        LAWS[name](body)

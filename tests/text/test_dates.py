"""Dates as the world writes them."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aiwatch.text.dates import parse_date, utc
from tests.text.tables import rows

TABLE = rows("dates.tsv")
MOMENTS = st.datetimes(
    min_value=datetime(1991, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    max_value=datetime(2098, 1, 1),  # noqa: DTZ001
    timezones=st.integers(-14 * 60, 14 * 60).map(lambda m: timezone(timedelta(minutes=m))),
)


@pytest.mark.parametrize(("text", "moment"), TABLE, ids=[row[0] for row in TABLE])
def test_a_written_date_is_read_with_the_offset_it_states(text: str, moment: str) -> None:
    read = parse_date(text)
    assert (read.isoformat() if read else "-") == moment


@settings(max_examples=100)
@given(MOMENTS)
def test_what_iso_writes_is_read_back(moment: datetime) -> None:
    assert parse_date(moment.isoformat()) == moment
    assert parse_date(moment.isoformat(sep=" ")) == moment


@settings(max_examples=100)
@given(
    MOMENTS,
    st.sampled_from(
        ["%a, %d %b %Y %H:%M:%S %z", "%a %b %d %H:%M:%S %z %Y", "%d %B %Y, %H:%M:%S %z"]
    ),
)
def test_the_forms_of_mail_and_c_are_read_back(moment: datetime, form: str) -> None:
    assert parse_date(moment.strftime(form)) == moment.replace(microsecond=0)


@settings(max_examples=150)
@given(st.text(max_size=60) | st.text(alphabet="0123456789-/.:TZ+ ,aAmMpPrRyY年月日", max_size=40))
def test_no_text_raises_and_what_is_read_is_aware_and_of_our_age(text: str) -> None:
    read = parse_date(text)
    assert read is None or (read.utcoffset() is not None and 1990 <= read.year <= 2100)


def test_prose_is_no_date() -> None:
    assert parse_date("On 24 March 2026 " + "many things were said. " * 20) is None


def test_a_moment_without_a_zone_is_taken_as_utc() -> None:
    assert utc(datetime(2026, 3, 24, 15, 4)) == datetime(2026, 3, 24, 15, 4, tzinfo=UTC)  # noqa: DTZ001
    east = datetime(2026, 3, 24, 15, 4, tzinfo=timezone(timedelta(hours=7)))
    assert utc(east).isoformat() == "2026-03-24T08:04:00+00:00"


@pytest.mark.parametrize(("edge", "hours"), [(datetime.min, 14), (datetime.max, -12)])  # noqa: DTZ901
def test_a_moment_beyond_the_calendar_is_its_edge(edge: datetime, hours: int) -> None:
    there = edge.replace(tzinfo=timezone(timedelta(hours=hours)))
    assert utc(there) == edge.replace(tzinfo=UTC)

"""What sources list, laid down and taken up again."""

from hypothesis import given
from hypothesis import strategies as st

from aiwatch.model import Change, Entry
from aiwatch.store.entries import entry_from_json, entry_to_json
from tests.stories import NOON

TEXTS = st.text(max_size=30).filter(
    lambda text: not any("\ud800" <= char <= "\udfff" for char in text)
)


@given(
    st.builds(
        Entry,
        id=TEXTS,
        url=st.none() | TEXTS,
        title=TEXTS,
        summary=TEXTS,
        text=TEXTS,
        authors=st.tuples(TEXTS),
        published=st.none() | st.datetimes().map(lambda moment: moment.replace(tzinfo=NOON.tzinfo)),
        outlet=st.none() | TEXTS,
        change=st.none() | st.builds(Change, added=st.tuples(TEXTS), removed=st.tuples(TEXTS)),
    )
)
def test_what_is_laid_down_is_taken_up_the_same(one: Entry) -> None:
    assert entry_from_json(entry_to_json(one)) == one

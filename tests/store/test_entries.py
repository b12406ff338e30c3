"""What sources list, laid down and taken up again."""

from hypothesis import given
from hypothesis import strategies as st

from aiwatch.model import Change, Entry
from aiwatch.store.entries import content_hash, entry_from_json, entry_to_json
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


@given(st.text(max_size=60), st.text(max_size=60))
def test_an_edit_is_one_of_letters_in_any_script(before: str, after: str) -> None:
    def letters(text: str) -> str:
        return "".join(char for char in text if char.isalpha())

    def hashed(text: str) -> str:
        return content_hash(Entry(id="1", url=None, title="One", text=text))

    assert (hashed(before) == hashed(after)) == (letters(before) == letters(after))
    assert hashed(before) == hashed(f"12 · {letters(before)} (34 points)".replace("points", ""))

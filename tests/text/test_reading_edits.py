"""A watched page's edit as an article: told as it was listed, and compared with nothing."""

from dataclasses import replace

from aiwatch.model import Change, Entry, Fingerprint, Source, SourceName
from aiwatch.text.reading import article_of, wants_page
from tests.text.test_reading import BODY

EDIT = Entry(
    id="https://maker.example/help#3",
    url="https://maker.example/help?utm_source=x",
    title="Help page changed",
    text="+ The app is available until 26 April.\n\u2212 The app is available to everyone.",
    change=Change(
        added=("The app is available until 26 April.",),
        removed=("The app is available to everyone.",),
    ),
)
WATCHED = Source(name=SourceName("Help page"), url="https://maker.example/help", kind="page")


def test_an_edit_has_no_page_of_its_own_whatever_full_text_says() -> None:
    reason = (False, "an edit of a watched page has no page of its own")
    assert wants_page(EDIT, replace(WATCHED, full_text="always")) == reason


def test_an_edit_is_an_article_as_it_was_listed() -> None:
    article = article_of(EDIT, WATCHED, None).article
    assert (article.title, article.text, article.change) == (EDIT.title, EDIT.text, EDIT.change)
    assert (article.url, article.outlet) == ("https://maker.example/help", "Help page")
    assert article.lang == "en"


def test_two_edits_of_one_page_are_never_one_and_never_the_page_itself() -> None:
    keys = {article_of(replace(EDIT, id=id_), WATCHED, None).article.url_key for id_ in "ab"}
    assert len(keys) == 2
    assert "https://maker.example/help" not in keys


def test_an_edit_is_compared_with_nothing() -> None:
    long = replace(EDIT, text="\n".join(BODY * 5))
    found = article_of(long, WATCHED, None).fingerprint
    assert found == Fingerprint(words=found.words)
    assert found.words > 100


def test_an_edit_without_an_address_has_its_sources() -> None:
    article = article_of(replace(EDIT, url=None, title=" "), WATCHED, None).article
    assert (article.url, article.title) == (WATCHED.url, "Help page")

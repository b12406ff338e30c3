"""Pages that are not worth a request, whatever is asked for."""

from dataclasses import replace

import pytest

from aiwatch.model import Entry, Source, SourceName
from aiwatch.text.reading import wants_page

SOURCE = Source(name=SourceName("Frames"), url="https://frames.example/rss", full_text="always")
GOOGLE = "a Google News link opens only in a browser"
RECORDING = "the address is a recording, not a page"
VIDEO = "a video's page says no more than its description"


@pytest.mark.parametrize(
    ("url", "text", "reason"),
    [
        ("https://news.google.com/rss/articles/CBMi?oc=5", "", GOOGLE),
        ("https://media.example/12.mp3?x=1", "", RECORDING),
        ("https://media.example/a.M4A", "", RECORDING),
        ("https://www.youtube.com/watch?v=abc", "We try ten shots.", VIDEO),
        ("https://youtu.be/abc", "We try ten shots.", VIDEO),
    ],
)
def test_a_page_that_cannot_help_is_not_asked_for(url: str, text: str, reason: str) -> None:
    entry = Entry(id="1", url=url, title="t", text=text)
    assert wants_page(entry, SOURCE) == (False, reason)


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("https://www.youtube.com/watch?v=abc", ""),
        ("https://blog.youtube.example/watch", "words"),
        ("https://frames.example/12.mp3/notes", "words"),
        ("https://google.example/news", "words"),
    ],
)
def test_any_other_page_is(url: str, text: str) -> None:
    assert wants_page(Entry(id="1", url=url, title="t", text=text), SOURCE)[0]


def test_never_is_said_first() -> None:
    entry = Entry(id="1", url="https://news.google.com/rss/articles/CBMi", title="t")
    assert wants_page(entry, replace(SOURCE, full_text="never")) == (False, "full_text is never")

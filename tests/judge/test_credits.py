"""Who was first, and whose report the others go by."""

from datetime import timedelta

import pytest

from aiwatch.judge.credits import cited_in, credits_of
from tests.stories import NOON, member, story


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("The talks were first reported by The Information on Monday.", ["The Information"]),
        ("Reuters first reported the deal.", ["Reuters"]),
        ("It is over, as Bloomberg reported.", ["Bloomberg"]),
        (
            "According to a report in the Wall Street Journal, it closes.",
            ["the Wall Street Journal"],
        ),
        ("The app closes, according to Reuters.", ["Reuters"]),
        ("According to OpenAI, the app closes.", []),  # who says it, not who reports it
        ("Citing Nikkei, the paper said so.", ["Nikkei"]),
        ("Laut Süddeutsche Zeitung endet die App.", ["Süddeutsche Zeitung"]),
        ("Laut OpenAI endet die App.", []),
        ("据路透社报道，Sora关闭。", ["路透社"]),
        ("日経新聞によると、閉鎖する。", ["日経新聞"]),
        ("OpenAIによると、閉鎖する。", []),
        ("로이터에 따르면 종료된다.", ["로이터"]),
        ("She told CNBC that it was over.", ["CNBC"]),
        ("She told Maria that it was over.", []),
        ("According to Kestrel Lantern it ends.", ["Kestrel Lantern"]),  # an outlet of the story
        ("The Harbour Post reported it first, according to the Harbour Post.", []),  # itself
    ],
)
def test_a_credit_is_a_report_that_the_article_goes_by(text: str, names: list[str]) -> None:
    own = member(1, text=text, outlet="The Harbour Post")
    assert list(cited_in(own, {"kestrel lantern"})) == names


def test_the_first_is_who_published_first_and_the_most_cited_stands_first() -> None:
    late = member(1, text="Axios first reported it.", published=NOON)
    early = member(2, text="It ends. Sources told us.", published=NOON - timedelta(hours=5))
    third = member(3, text="Reuters first reported it. As Axios reported, it ends.", published=None)
    copy = member(4, published=NOON - timedelta(days=1), duplicate_of=late.article)
    found = credits_of(story(late, early, third, copy))
    assert found.first == early
    assert found.cited == ("Axios", "Reuters")

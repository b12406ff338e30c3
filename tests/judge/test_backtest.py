from datetime import UTC, date, datetime, timedelta

from aiwatch.judge.backtest import Archived, back_test
from aiwatch.judge.topics import Matcher, compile_topics
from aiwatch.model import Subject, Topic, TopicName

BEGAN = datetime(2026, 3, 20, 22, tzinfo=UTC)
SORA, FILM = TopicName("sora"), TopicName("film")
TITLES = [
    "OpenAI closes Sora",  # 0: sora
    "Sora and the OpenAI people",  # 1: sora
    "Sora in Kingdom Hearts, says OpenAI",  # 2: kept out
    "Sora sings",  # 3: lacks a company
    "Sora, " + "which has nothing at all to do with it, " * 2 + "OpenAI",  # 4: too far apart
    "Directors use AI",  # 5: film
    "Directories for AI and Sora by OpenAI",  # 6: film and sora
    "Rain in Bergen",  # 7
    "A letter",  # 8: film, but a mention
]


def _archive() -> list[Archived]:
    return [
        Archived(
            id=str(number),
            subject=Subject(title=title, text="About cinema." if number == 8 else ""),
            at=BEGAN + timedelta(hours=12 * number),
        )
        for number, title in enumerate(TITLES)
    ]


def _matcher(*sora: str) -> Matcher:
    return compile_topics(
        [
            Topic(
                name=SORA,
                title="Sora",
                any=sora or ("sora NEAR/5 (openai OR altman)", '"sora 9"'),
                none=('"kingdom hearts"',),
            ),
            Topic(name=FILM, title="Film", any=("director* ai", "cinema"), min_score=2),
        ],
        {},
    )


def test_a_topic_is_told_with_its_hits_by_day_and_by_term() -> None:
    tested = back_test(_archive(), _matcher())
    assert (tested.articles, tested.about, tested.days) == (9, 4, 5)
    sora, film = tested.topics
    assert (sora.topic, sora.found, sora.a_day) == (SORA, ("0", "1", "6"), 0.6)
    assert sora.by_day == ((date(2026, 3, 20), 1), (date(2026, 3, 21), 1), (date(2026, 3, 23), 1))
    assert [(term.term, term.articles) for term in sora.terms] == [("openai", 3), ("sora", 3)]
    assert [sample.id for sample in sora.terms[0].examples] == ["0", "1", "6"]
    assert sora.never == ("altman", '"sora 9"')
    assert [sample.id for sample in sora.examples] == ["0", "1", "6"]
    assert film.found == ("5", "6")


def test_a_star_shows_what_it_took_in() -> None:
    (_, film) = back_test(_archive(), _matcher()).topics
    (star,) = [term for term in film.terms if term.term == "director*"]
    assert star.forms == (("directors", 1), ("directories", 1))


def test_near_misses_name_the_one_edit_that_would_bring_them() -> None:
    sora, film = back_test(_archive(), _matcher()).topics
    near = [(edit.words, edit.articles, [one.id for one in edit.examples]) for edit in sora.near]
    asks = '"sora NEAR/5 (openai OR altman)"'
    assert near == [
        ('without «"kingdom hearts"» in `none:`', 1, ["2"]),
        (f"if {asks} did not ask for openai or altman", 1, ["3"]),
        (
            f"if {asks} were not so strict about its words within 5 of each other",
            1,
            ["4"],
        ),
    ]
    assert [(edit.words, edit.articles) for edit in film.near][:1] == [("with `min_score: 1`", 1)]


def test_two_configurations_are_compared_article_by_article() -> None:
    sora, film = back_test(
        _archive(), _matcher("sora title:closes", "sora sings"), against=_matcher()
    ).topics
    assert [sample.id for sample in sora.gained] == ["3"]
    assert [sample.id for sample in sora.lost] == ["1", "6"]
    assert (film.gained, film.lost) == ((), ())


def test_a_topic_that_only_the_other_configuration_has_is_all_lost() -> None:
    only = compile_topics([Topic(name=FILM, title="Film", any=("director* ai",))], {})
    film, sora = back_test(_archive(), only, against=_matcher()).topics
    assert film.gained == ()
    assert (sora.found, sora.terms, len(sora.lost)) == ((), (), 3)


def test_topics_that_share_articles_are_named() -> None:
    (pair,) = back_test(_archive(), _matcher()).overlaps
    assert (pair.one, pair.other, pair.both) == (SORA, FILM, 1)
    assert (round(pair.of_one, 2), pair.of_other) == (0.33, 0.5)


def test_one_topic_alone_can_be_asked_for() -> None:
    tested = back_test(_archive(), _matcher(), only=[FILM])
    assert [topic.topic for topic in tested.topics] == [FILM]


def test_an_empty_archive_is_told_as_such() -> None:
    tested = back_test([], _matcher())
    assert (tested.articles, tested.days, tested.topics[0].a_day) == (0, 0, 0.0)


def test_the_past_is_judged_as_the_present_was() -> None:
    matcher = _matcher()
    live = {
        article.id: {match.topic for match in matcher.match(article.subject)}
        for article in _archive()
    }
    for topic in back_test(_archive(), matcher).topics:
        assert set(topic.found) == {id for id, topics in live.items() if topic.topic in topics}

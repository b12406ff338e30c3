"""What almost matched a topic, the rarest word first, and never what was shut out on purpose."""

from aiwatch.judge.nearly import Nearest
from aiwatch.model import Subject, Topic, TopicName

TOPICS = (
    Topic(
        name=TopicName("sora"),
        title="OpenAI Sora",
        any=("sora NEAR/12 (openai OR video)", "kling NOT ladybird"),
        none=('"kingdom hearts"',),
    ),
    Topic(name=TopicName("seedance"), title="Seedance", any=("seedance",), min_score=2),
)


def subject(title: str, text: str = "Nothing more is known of it so far.") -> Subject:
    return Subject(title=title, text=text, url="https://x.example/1", source="Times")


def found(*subjects: Subject, topics: tuple[str, ...] = ("sora", "seedance")) -> list[str]:
    nearest = Nearest([topic for topic in TOPICS if topic.name in topics], {})
    return [f"{one.topic}: {one.title}" for one in nearest.among(subjects)]


def test_a_mention_too_few_and_one_word_that_lacks_are_near() -> None:
    one, other = (
        subject("Sora packages this spring"),
        subject("Film prices", "Seedance costs less."),
    )
    assert found(one, other) == ["seedance: Film prices", "sora: Sora packages this spring"]
    (told,) = Nearest(TOPICS, {}).among([one])
    assert (told.url, told.source) == ("https://x.example/1", "Times")
    assert told.words == '"Sora" is in the title, but it also wants openai or video'


def test_what_is_told_or_shut_out_or_about_something_else_is_not_near() -> None:
    told = subject("OpenAI closes Sora")
    games = subject("Kingdom Hearts: Sora and the video game")
    more_games = subject("Kingdom Hearts: who Sora is")
    browser = subject("Kling on Ladybird")
    assert found(told, games, more_games, browser, subject("Rain in Leeds")) == []


def test_only_the_alerts_own_topics_count() -> None:
    assert found(subject("Sora packages"), topics=("seedance",)) == []


def test_no_headline_stands_there_twice_and_three_are_enough() -> None:
    assert len(found(*[subject("Sora packages")] * 5)) == 1
    assert len(found(*[subject(f"Sora packages {n}") for n in range(9)])) == 3

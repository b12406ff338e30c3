import pytest

from aiwatch.judge.reasons import account, because
from aiwatch.judge.topics import compile_topics
from aiwatch.model import Subject, Topic, TopicName, Verdict

SORA = Topic(
    name=TopicName("sora"),
    title="Sora",
    any=("sora NEAR/5 (openai OR video*)", "title:goodbye openai"),
    none=('"kingdom hearts"', "-lang:en site:example.org"),
)
FILM = Topic(name=TopicName("film"), title="Film", any=("film ai", "director* ai"), min_score=2)
MATCHER = compile_topics([SORA, FILM], {"OpenAI": ["Open AI"]})
COPY = Verdict(kind="same_text", reason="98 of 100 words stand in article 7")
NEWS = Verdict(kind="new", reason="nothing like it is on file")


@pytest.mark.parametrize(
    ("subject", "verdict", "sentences"),
    [
        pytest.param(
            Subject(title="OpenAI closes Sora", text="Its video maker lasted six months."),
            NEWS,
            ('It is about sora: "OpenAI" and "Sora" are in the title.',),
            id="matched",
        ),
        pytest.param(
            Subject(title="Sora in the sky", text=""),
            NEWS,
            (
                'It is about none of your topics. Nearest is sora: "Sora" is in the title, '
                'but "sora NEAR/5 (openai OR video*)" also wants openai or video*.',
                'To bring it: topic sora: add a query to `any:` like "sora NEAR/5 (openai OR video*)", '
                "without openai or video*.",
            ),
            id="near miss",
        ),
        pytest.param(
            Subject(title="Sora meets Open AI", text="A Kingdom Hearts tale."),
            None,
            (
                'It is about none of your topics. Nearest is sora: "Sora" and "Open AI" are in the title, '
                'but the topic leaves this article out: "Kingdom Hearts" is in the first lines, '
                'and `none:` has «"kingdom hearts"».',
                'To bring it: topic sora: take «"kingdom hearts"» out of `none:`.',
            ),
            id="excluded",
        ),
        pytest.param(
            Subject(title="OpenAI closes Sora", text=""),
            COPY,
            (
                "It repeats an article that is on file, so it is not news: 98 of 100 words stand in article 7.",
                'It is about sora: "OpenAI" and "Sora" are in the title.',
            ),
            id="duplicate",
        ),
        pytest.param(
            Subject(title="Rain in Bergen", text="It goes on."),
            NEWS,
            ("It is about none of your topics: their words do not stand in it.",),
            id="off topic",
        ),
        pytest.param(
            Subject(title="Directories", text="Written with AI."),
            NEWS,
            (
                'It is about film: "Directories" (for director*) is in the title, '
                '"AI" is in the first lines.',
            ),
            id="a star says what it matched",
        ),
        pytest.param(
            Subject(
                title="Sora and video",
                text="",
                url="https://www.example.org/1",
                lang="fr",
            ),
            NEWS,
            (
                'It is about none of your topics. Nearest is sora: "Sora" and "video" (for video*) are in the '
                "title, but the topic leaves this article out: it comes from www.example.org, and `none:` has "
                '"-lang:en site:example.org".',
                'To bring it: topic sora: take "-lang:en site:example.org" out of `none:`.',
            ),
            id="excluded by where it comes from",
        ),
    ],
)
def test_what_became_of_an_article_is_told_in_plain_sentences(
    subject: Subject, verdict: Verdict | None, sentences: tuple[str, ...]
) -> None:
    told = [MATCHER.explain(topic.name, subject) for topic in (SORA, FILM)]
    assert account(told, verdict) == sentences


def test_a_mention_below_the_headline_names_the_score_to_lower() -> None:
    said = compile_topics(
        [Topic(name=TopicName("film"), title="Film", any=("film",), min_score=2)], {}
    ).explain(TopicName("film"), Subject(title="A letter", text="Of film.", lang="en"))
    assert not said.matched
    assert "it scores 1, and the topic wants 2" in said.words
    assert account([said], None)[1] == "To bring it: topic film: lower `min_score` to 1."


def test_a_long_list_of_hits_is_cut() -> None:
    words = ["ann", "bob", "cat", "dog", "eve", "fox", "gnu", "hen"]
    topic = Topic(name=TopicName("all"), title="All", any=(" ".join(words), "lang:en ann"))
    said = compile_topics([topic], {}).explain(
        topic.name, Subject(title=" ".join(words), text="", lang="en")
    )
    assert '"fox" and 2 more are in the title, its language is en' in said.words


LONG = (
    "actor",
    "bank",
    "court",
    "director",
    "editor",
    "festival",
    "guild",
    "house",
    "image",
    "jury",
)


def test_a_long_query_is_cut_and_trails_off() -> None:
    topic = Topic(name=TopicName("film"), title="", any=(f"film ({' OR '.join(LONG)})",))
    said = compile_topics([topic], {}).explain(topic.name, Subject(title="A film", text=""))
    lines = account([said], None)
    assert [line[-1] for line in lines] == ["…", "…"]
    assert all(len(line) < 250 for line in lines)


def test_one_line_says_which_words_stand_where() -> None:
    subject = Subject(title="OpenAI closes Sora", text="Sora, a video maker.", lang="en")
    topic = Topic(name=TopicName("it"), title="It", any=("sora openai video* lang:en",))
    (match,) = compile_topics([topic], {}).match(subject)
    assert because(match) == "OpenAI + Sora in the title, Sora + video in the first lines"

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from aiwatch.judge.query import Query, QueryError, parse, unparse, warnings


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("sora", "sora"),
        ("sora AND openai", "sora openai"),
        ("sora | seedance", "sora OR seedance"),
        ("sora -hearts", "sora NOT hearts"),
        ('-"kingdom hearts" sora', 'NOT "kingdom hearts" sora'),
        ("-(a b) c", "NOT (a b) c"),
        ("a b OR c d", "a b OR c d"),
        ("a (b OR c)", "a (b OR c)"),
        ("((a))", "a"),
        ("a NEAR/3 b c", "a NEAR/3 b c"),
        ("(a OR b) NEAR/3 (c NEAR/1 d)", "(a OR b) NEAR/3 (c NEAR/1 d)"),
        ("TITLE: sora", "title:sora"),
        ("title:(sora OR seedance) -body:disney", "title:(sora OR seedance) NOT body:disney"),
        ("title:-sora a", "title:-sora a"),
        ("“open ai” （sora｜veo）", '"open ai" (sora OR veo)'),
        ('"re: sora"', '"re: sora"'),
        ("text-to-video", "text-to-video"),
        ("site:https://www.example.org/film", "site:https://www.example.org/film"),
        ("deepfake* x", "deepfake* x"),
        ("disney –hulu", "disney NOT hulu"),
        ("title:(a NEAR/2 (b OR c))", "title:(a NEAR/2 (b OR c))"),
        ("a OR b AND c OR d", "a OR b c OR d"),
    ],
)
def test_a_query_has_one_plain_spelling(text: str, plain: str) -> None:
    assert unparse(parse(text)) == plain


@pytest.mark.parametrize(
    ("text", "position", "says"),
    [
        ("", 0, "empty"),
        ("  ", 0, "empty"),
        ("a b)", 3, "never opened"),
        ("a (b", 2, "never closed"),
        ('a "b', 2, "never closed"),
        ("a ()", 2, "nothing between"),
        ('a ""', 2, "no letter or digit"),
        ("a & b", 2, "no letter or digit"),
        ("NOT a", 0, "NOT alone"),
        ("(NOT a) -b", 0, "NOT alone"),
        ("a OR NOT b", 2, "only NOT"),
        ("-a OR b", 3, "only NOT"),
        ("a NOT -b", 6, "NOT of NOT"),
        ("a NOT (-b)", 2, "NOT of NOT"),
        ("a AND", 5, "missing at the end"),
        ("a OR OR b", 5, "missing before"),
        ("NEAR/3 b", 0, "missing before"),
        ("a NEAR b", 2, "NEAR/10"),
        ("a NEAR/0 b", 2, "NEAR/10"),
        ("a NEAR/1001 b", 2, "NEAR/10"),
        ("a NEAR/x b", 2, "NEAR/10"),
        ("a NEAR/3 (b c)", 2, "groups of OR only"),
        ("title:a NEAR/3 b", 8, "write the field before it all"),
        ("NOT a NEAR/3 b", 6, "groups of OR only"),
        ("titel:sora", 0, "did you mean title:?"),
        ("sora intitle:disney", 5, "did you mean title:?"),
        ("url:example.org", 0, "did you mean site:?"),
        ("language:th", 0, "did you mean lang:?"),
        ("sora re: x", 5, "unknown field"),
        ("新闻:x", 0, "there are title, body, site, source, lang"),
        ("title:(body:x)", 7, "stands inside title:"),
        ("source:(a NEAR/3 b c)", 0, "no meaning in source:"),
        ("site:*", 5, "no site"),
        ("dee*", 0, "at least 4 letters"),
        ("可灵*", 0, "at least 4 letters"),
        ("de*fake", 0, "at the end"),
        ("(" * 10_000, 30, "inside one another"),
        (" NEAR/2 ".join("a" * 10_000), 452, "more than 50 NEAR"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(text: str, position: int, says: str) -> None:
    with pytest.raises(QueryError, match="at character") as refused:
        parse(text)
    assert says in refused.value.message
    assert refused.value.position == position


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("sora or seedance", 1),
        ("sora not hearts near/3 x", 2),
        ("(a Or b) title:and", 2),
        ('sora "or" seedance', 0),
        ("sora OR seedance", 0),
        ("sora w/5 openai NEAR5 disney", 2),
        ("sora AROUND(5) openai", 1),
        ("go around -nearly", 0),
    ],
)
def test_operators_in_small_letters_are_words_with_a_warning(text: str, count: int) -> None:
    assert len(warnings(parse(text))) == count


_PIECES = st.sampled_from(
    [
        "sora",
        "a",
        "deep-fake",
        "celebrit*",
        '"openai"',
        "OR",
        "AND",
        "NOT",
        "-",
        "|",
        "(",
        ")",
        "NEAR/3",
        "title:",
        "site:",
        "lang:",
        '"',
        "*",
        "可灵",
    ]
)


def _read(text: str) -> Query | QueryError:
    try:
        return parse(text)
    except QueryError as refused:
        return refused


@settings(max_examples=150, deadline=None)
@given(
    st.one_of(
        st.text(), st.lists(_PIECES, max_size=16).map(" ".join), st.lists(_PIECES).map("".join)
    )
)
@example("a NEAR/1 " * 50 + "a")
@example("(" * 30 + "a" + ")" * 30)
@example("a " * 10_000)
def test_any_text_is_read_the_same_again_or_refused_with_a_place(text: str) -> None:
    query = _read(text)
    if isinstance(query, QueryError):
        assert 0 <= query.position <= len(text)
    else:
        assert parse(unparse(query)) == query

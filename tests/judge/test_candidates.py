from hypothesis import given, settings
from hypothesis import strategies as st

from aiwatch.judge.candidates import Candidates, Key, Lexicon, needs
from aiwatch.judge.evidence import Evidence
from aiwatch.judge.query import parse
from aiwatch.judge.query_tree import Query, Term, terms
from aiwatch.judge.terms_index import Pattern, patterns, same_names
from aiwatch.model import Subject

NAMES = same_names({"OpenAI": ["Open AI", "오픈AI"], "ByteDance": ["字节"]})
QUERIES = [
    "sora",
    "openai video*",
    '"the open ai film"',
    '"deep fake detect*"',
    "(sora OR openai) NEAR/3 (film OR video*)",
    "title:studio -sora",
    "body:(bytedance NEAR/2 film) OR source:verge",
    "lang:en sora",
    "source:(sora OR verge)",
    "字节 NEAR/1 film OR 可灵",
    "NOT film studio",
    "site:example.org OR (studios film)",
]
WORDS = [
    "sora",
    "open",
    "ai",
    "openai",
    "오픈AI",
    "film",
    "films",
    "studio",
    "studios",
    "videos",
    "deep",
]
WORDS += ["fake", "detector", "the", "字节", "可灵", "verge", "\n"]


class Everything(Lexicon):
    """The slow way: whatever is there, every term is looked for."""

    def within(self, there: set[Key]) -> dict[Term, tuple[Pattern, ...]]:
        return dict(self.spellings)


def _spellings(queries: list[Query]) -> dict[Term, tuple[Pattern, ...]]:
    return {term: patterns(term, NAMES) for query in queries for term in terms(query.root)}


@settings(max_examples=75, deadline=None)
@given(
    st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join),
    st.lists(st.sampled_from(WORDS), max_size=120).map(" ".join),
    st.sampled_from(["The Verge", "Sora Daily", None]),
)
def test_what_is_passed_over_could_not_have_matched(
    title: str, text: str, source: str | None
) -> None:
    queries = [parse(query) for query in QUERIES]
    found = _spellings(queries)
    lexicon = Lexicon(found)
    subject = Subject(title=title, text=text, url="https://example.org/", source=source, lang="en")
    quick = Evidence(subject, lexicon, body=True)
    slow = Evidence(subject, Everything(found), body=True)
    among = Candidates([query.root for query in queries], lexicon).among(quick.there)
    for number, query in enumerate(queries):
        hits = slow.hits(query.root)
        assert quick.hits(query.root) == hits
        assert hits is None or number in among


def test_a_query_is_looked_up_under_what_is_rarest() -> None:
    query = parse('film "seedance api" (video OR studio)')
    found = _spellings([query])
    sets = needs(query.root, found)
    assert len(sets) == 3
    candidates = Candidates([query.root], Lexicon(found))
    assert list(candidates.lacking({("seedance", "api"), "film"})) == [(0, 2)]
    assert list(candidates.lacking({"film", "video"})) == []
    assert candidates.among({("seedance", "api"), "film", "studio"}) == [0]
    assert candidates.rarity(0) < 0.001


def test_a_query_of_which_nothing_can_be_said_is_always_tried() -> None:
    query = parse("site:example.org")
    candidates = Candidates([query.root], Lexicon(_spellings([query])))
    assert candidates.among(set()) == [0]
    assert candidates.rarity(0) == 1.0

"""What was typed, and where it stands in a text."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aiwatch.text.snippets import Group, Run, Search, Wanted, marked, read_search, snippet


def spelled(search: Search) -> str:
    def one(wanted: Wanted) -> str:
        return "_".join(wanted.words) + "*" * wanted.begins

    def group(found: Group) -> str:
        return " ".join([*map(one, found.wanted), *(f"-{one(two)}" for two in found.unwanted)])

    return " | ".join(map(group, search.groups))


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("sora disney", "sora disney"),
        ('"sora 2" app', "sora_2 app"),
        ("Sora2", "sora_2"),
        ("text-to-video", "text_to_video"),
        ("deepf*", "deepf*"),
        ("vi*", "vi"),
        ('"character ai*', "character_ai"),
        ('"open mod"*', "open_mod*"),
        ("sora -disney", "sora -disney"),
        ("sora NOT disney", "sora -disney"),
        ('sora -"kingdom hearts"', "sora -kingdom_hearts"),
        ("sora OR veo AND disney", "sora | veo disney"),
        ("sora | veo", "sora | veo"),
        ("sora or veo", "sora or veo"),
        ("-sora", ""),
        ("sora OR -veo", "sora"),
        ("字节跳动", "字_节_跳_动"),
        ("Rodríguez", "rodriguez"),
        ("「Sora」", "sora"),
        ("“sora 2”", "sora_2"),
        ("NEAR(a b)", "near_a b"),
        ("title:x", "title_x"),
        ("* - ' ; ( ) OR", ""),
        ('sora "never closed OR', "sora never_closed_or"),
        ("", ""),
    ],
)
def test_what_is_typed_is_read(typed: str, read: str) -> None:
    assert spelled(read_search(typed)) == read


def shown(runs: tuple[Run, ...]) -> str:
    return "".join(f"[{run.text}]" if run.hit else run.text for run in runs)


@pytest.mark.parametrize(
    ("text", "typed", "found"),
    [
        ("OpenAI closes Sora.", "sora", "OpenAI closes [Sora]."),
        ("Sora 2 and Sora", '"sora 2"', "[Sora 2] and Sora"),
        ("Deepfakes, deepfaked", "deepfake*", "[Deepfakes], [deepfaked]"),
        ("字节跳动发布新模型", "跳动", "字节[跳动]发布新模型"),
        ("ไบต์แดนซ์เปิดตัว", "แดนซ์", "ไบต์[แดนซ์]เปิดตัว"),
        ("Łódź", "lodz", "[Łódź]"),
        ("nothing", "sora", "nothing"),
        ("", "sora", ""),
    ],
)
def test_hits_are_marked_where_they_stand(text: str, typed: str, found: str) -> None:
    assert shown(marked(text, read_search(typed).wanted)) == found


def test_a_snippet_is_the_piece_that_holds_the_most() -> None:
    text = (
        "Sora is told of. "
        + "One more word. " * 40
        + "Disney ends its deal over Sora now. "
        + "And so on. " * 40
    )
    runs = snippet(text, read_search("sora disney").wanted)
    assert "[Disney] ends its deal over [Sora]" in shown(runs)
    assert shown(runs).startswith("… ")
    assert shown(runs).endswith(" …")
    assert len("".join(run.text for run in runs)) <= 244


def test_a_text_without_hits_is_shown_from_its_beginning() -> None:
    assert shown(snippet("A short\ntext", read_search("sora").wanted)) == "A short text"


@settings(max_examples=60)
@given(st.text(max_size=300), st.text(max_size=40))
def test_nothing_typed_breaks_it_and_no_letter_is_lost(text: str, typed: str) -> None:
    wanted = read_search(typed).wanted
    assert "".join(run.text for run in marked(text, wanted)) == text
    snippet(text, wanted, 20)

"""What is article stays; what the site hangs around it goes."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aiwatch.text.tail import cut_tail
from tests.text.tables import DATA, SHARED


def cases() -> list[tuple[str, list[str]]]:
    """Name and marked lines of every case."""
    text = (DATA / "tails.txt").read_text(encoding="utf-8")
    parts = [part.split("\n") for part in text.split("\n== ")[1:]]
    return [(name, [line for line in lines if line]) for name, *lines in parts]


CASES = cases()


@pytest.mark.parametrize(("name", "marked"), CASES, ids=[name for name, _ in CASES])
def test_lines_of_the_site_go_and_lines_of_the_article_stay(name: str, marked: list[str]) -> None:
    given_text = "\n".join(line[1:] for line in marked)
    wanted = "\n".join(line[1:] for line in marked if line.startswith("+"))
    assert cut_tail(given_text) == wanted


LINES = st.lists(
    st.sampled_from(
        [line[1:] for _, marked in CASES for line in marked]
        + [
            "",
            "  ",
            "A full sentence that tells what happened in the harbour on that day.",
            "Short line",
            "What now?",
        ]
    ),
    max_size=30,
)


@settings(max_examples=200)
@given(LINES | st.lists(st.text(max_size=30), max_size=8))
def test_lines_are_only_left_out_never_changed_and_something_stays(lines: list[str]) -> None:
    text = "\n".join(lines)
    kept = cut_tail(text)
    rest = iter(text.split("\n"))
    assert all(
        line.rstrip() in (candidate.rstrip() for candidate in rest) for line in kept.split("\n")
    )
    assert bool(kept.strip()) == bool(text.strip())


@settings(max_examples=100)
@given(
    st.lists(
        st.sampled_from(
            ["Harbour", "Related", "FAQ", "Sora closed its doors.", "Read more", "Why?"]
        ),
        min_size=3,
        max_size=30,
    )
)
def test_the_first_third_stays_whatever_stands_in_it(lines: list[str]) -> None:
    text = "\n".join(lines)
    third = text[: sum(map(len, lines)) // 3]
    assert cut_tail(text).startswith(third.rsplit("\n", 1)[0].rstrip())


@pytest.mark.parametrize(
    ("name", "gone", "there"),
    [
        (
            "soras-closure.txt",
            ["Microsoft Copilot", "SeedKM", "Power BI"],
            ["sustainable AI video platform", "Forrester"],
        ),
        (
            "strategic-move.txt",
            ["Related Articles", "![", "FAQ", "WNHub"],
            ["Conclusion", "Politico"],
        ),
    ],
)
def test_two_real_pages_lose_their_tails_and_keep_their_ends(
    name: str, gone: list[str], there: list[str]
) -> None:
    page = SHARED / "seeds" / name
    if not page.exists():
        pytest.skip("the two shared texts are not here")
    kept = cut_tail(page.read_text(encoding="utf-8"))
    assert [word for word in gone if word in kept] == []
    assert [word for word in there if word not in kept] == []

"""`extract --why`: what each field came from and every block, for a person and as JSON."""

from pathlib import Path

import pytest

from aiwatch.cli import why
from aiwatch.model import Extract
from aiwatch.text.candidates import Candidates, Reason, Rival, Weighed
from tests.newsroom import Newsroom

FARM = Path(__file__).parents[1] / "data" / "pages" / "link_farm.html"
TITLE = "Top 7 Video Tools You Must Try Today"


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> str:
    with Newsroom(tmp_path_factory.mktemp("why")) as room:
        room.configure()
        done = room.aiwatch("extract", str(FARM), "--why")
        assert (done.code, done.err) == (0, "")
        return done.out


def test_evidence_that_lost_stands_below_the_field(shown: str) -> None:
    lost = f"               passed over: {TITLE} - ClipFarm Blog (title element)\n"
    assert f"how title:     h1\n{lost}" in shown
    assert "how authors:   byline\n               passed over: admin (meta author)\n" in shown


def test_blocks_stand_in_page_order_with_score_sign_and_reasons(shown: str) -> None:
    page, _, blocks = shown.partition("6 of 17 blocks kept, from a score of ")
    assert "Moving pictures made by machines" in page
    assert "; most of the text stands in div > div.content-wrap > div.post-body\n" in blocks
    lines = blocks.splitlines()
    assert lines.index("div.content-wrap > div.post-meta") < lines.index(
        "div.related-articles > ul"
    )
    kept = [line for line in lines if line[7:8] == "✓"]
    assert [line[9:20].strip() for line in kept] == ["p", "p", "h2", "p", "h2", "p"]
    below = lines[next(n for n, line in enumerate(lines) if "Popular posts" in line) + 1]
    assert "short: 13 characters, no full stop -" in below


def test_json_has_it_all_beside_the_page(room: Newsroom) -> None:
    found = room.aiwatch("extract", str(FARM), "--why", "--json").json()
    assert found["title"] == TITLE
    assert found["container"].endswith("div.post-body")
    assert {type(found["cut"]), *(type(one["score"]) for one in found["blocks"])} == {float}
    assert set(found["blocks"][0]) == {"text", "tag", "place", "kept", "score", "reasons", "note"}
    assert set(found["blocks"][0]["reasons"][0]) == {"what", "effect"}
    assert {
        "field": "authors",
        "value": "admin",
        "evidence": "meta author",
        "chosen": False,
    } in found["evidence"]


def test_what_cannot_be_weighed_is_said_too(capsys: pytest.CaptureFixture[str]) -> None:
    one = Weighed(text="Snow.", tag="p", place="p", kept=True, score=None)
    why.print_blocks(Candidates(found=Extract(text="Snow."), container="body", blocks=(one,)))
    out = capsys.readouterr().out
    assert "1 of 1 block kept; too many to be weighed: the rules alone decide" in out
    assert out.endswith("\nbody\n       ✓ p          Snow.\n")
    assert why.as_values(Candidates(found=Extract()))["cut"] is None


def test_the_same_said_twice_is_one_line_and_notes_follow_reasons(
    capsys: pytest.CaptureFixture[str],
) -> None:
    rivals = (
        Rival(field="title", value="Snow", evidence="h1", chosen=True),
        Rival(field="title", value="Snow", evidence="json-ld headline", chosen=True),
        Rival(field="title", value="Rain", evidence="meta og:title", chosen=False),
        Rival(field="title", value="Rain", evidence="title element", chosen=False),
        Rival(field="image", value="a.png", evidence="meta og:image", chosen=False),
    )
    block = Weighed(
        text="Mail", tag="form", place="body > form", kept=False, score=1.25,
        reasons=(Reason(what="short: 4 characters", effect=-0.5), Reason(what="it is a form", effect=0.3)),
        note="left out: login page",
    )  # fmt: skip
    read = Candidates(found=Extract(how={"title": "h1"}), cut=1.0, blocks=(block,), rivals=rivals)
    why.print_evidence(read)
    why.print_blocks(read)
    assert capsys.readouterr().out.splitlines() == [
        "how title:     h1",
        "               said by h1, json-ld headline",
        "               passed over: Rain (meta og:title, title element)",
        "how image:     nothing found",
        "               passed over: a.png (meta og:image)",
        "",
        "0 of 1 block kept, from a score of +1.0 on; most of the text stands in ",
        "",
        "body",
        "  +1.2   form       Mail",
        "                    short: 4 characters -0.5 · it is a form +0.3",
        "                    left out: login page",
    ]

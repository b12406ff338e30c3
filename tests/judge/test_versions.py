"""Edits that change what an article says, between two readings of its address."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aiwatch.judge.versions import Edit, Revision, Wording, as_corrections, gone, revision
from aiwatch.model import ArticleId, Correction
from tests.judge.labelled import edit_pairs, scored_edits

TITLE = "Brightloom closes Lumen"
REST = "\nIt was opened in the autumn of last year. The firm has an office in Leeds."


def read(text: str, title: str = TITLE) -> Wording:
    return Wording(title=title, text=text + REST)


CHANGES = [
    ("figure", "It lost $90 million.", "It lost $19 million.", "“$90 million” became “$19 million”"),
    ("figure", "Twelve people must go.", "Nine people must go.", "“Twelve people” became “Nine people”"),
    ("figure", "Halden paid €4 million for it.", "Halden paid $4 million for it.", "“€4 million” became “$4 million”"),
    ("date", "It ends on 4 May.", "It ends on 14 May.", "“4 May” became “14 May”"),
    ("date", "It ends on Monday.", "It ends on Friday.", "“Monday” became “Friday”"),
    ("date", "The doors open at 9:30 for all.", "The doors open at 10:30 for all.", "“9:30” became “10:30”"),
    ("name", "The buyer is Halden Studios.", "The buyer is Pellucid Films.", "“Halden Studios” became “Pellucid Films”"),
    ("withdrawn", "Halden knew of it in March.", "Halden never knew of it in March.", "the claim is turned round: “never” came in"),
    ("withdrawn", "Halden didn't know of it.", "Halden did know of it.", "the claim is turned round: “not” went"),
    ("softened", "Halden will buy the rest.", "Halden may buy the rest.", "less certain: “may”"),
    ("firmed", "Halden may buy the rest.", "Halden will buy the rest.", "more certain: no “may”"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "before", "after", "reason"), CHANGES)
def test_a_change_of_meaning_is_found_with_both_sentences_and_why(
    kind: str, before: str, after: str, reason: str
) -> None:
    (edit,) = revision(read(before), read(after)).edits
    assert (edit.kind, edit.where, edit.before, edit.after) == (kind, "text", before, after)
    assert edit.reason == reason


SILENT = [
    ("nothing", "It lost $90 million.", "It lost $90 million."),
    ("a typo", "The company lost a lot of monye there.", "The company lost a lot of money there."),
    ("a name spelled better", "Dora Lindqvist left the firm.", "Dora Lindquist left the firm."),
    ("a name in full", "Lindqvist left the firm.", "Dora Lindqvist left the firm."),
    ("initials", "The European Trade Council objects.", "The ETC objects."),
    ("quotes and dashes", 'She said: "It is over" - again.', "She said: “It is over” – again."),
    ("the same amount", "It lost 1.4 million dollars.", "It lost $1.4m."),
    ("rounded", "It earned 1.47 trillion won there.", "It earned 1.5 trillion won there."),
    ("time gone by", "Halden said so 5 minutes ago in a letter.", "Halden said so 2 hours ago in a letter."),
    ("a clause of its own", "Halden bought the rest.", "Halden bought the rest, which nobody in the whole trade had thought to be possible before."),
    ("a stamp", "Updated: 24 March 2026, 9:40", "Updated: 25 March 2026, 11:02"),
    ("an added paragraph", "It lost $90 million.", "It lost $90 million.\nIts founder Ann Bo left on 3 May with $2 million."),
    ("a paragraph cut", "It lost $90 million.\nIts founder Ann Bo left on 3 May with $2 million.", "It lost $90 million."),
    ("other division", "It lost $90 million.\nIts founder left.", "It lost $90 million. Its founder left."),
    ("a note that stood there", "Correction: the sum was wrong.", "Correction: the sum was wrong."),
]  # fmt: skip


@pytest.mark.parametrize(("what", "before", "after"), SILENT, ids=[case[0] for case in SILENT])
def test_a_cosmetic_edit_is_silent(what: str, before: str, after: str) -> None:
    found = revision(read(before), read(after))
    assert found.edits == (), what
    assert found.note == ""
    assert found.reason == (
        "nothing was changed" if before == after else "only cosmetic, moved or added to"
    )


HEADLINES = [
    ("Brightloom closes Lumen", "Brightloom Closes Lumen | The Ledger", []),
    ("Brightloom closes Lumen", "Brightlom closes Lumen", []),
    ("Brightloom closes Lumen", "The end of a video app", [("headline", "the headline was reworded")]),
    ("12 die in mill fire", "9 die in mill fire", [("figure", "“12” became “9”")]),
    ("Brightloom will close Lumen", "Brightloom may close Lumen", [("softened", "less certain: “may”")]),
    ("Ann Bo is sad about it", "Ola Finn is sad about it", [("name", "“Ann Bo” became “Ola Finn”")]),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after", "expected"), HEADLINES)
def test_a_headline_is_judged_by_itself(
    before: str, after: str, expected: list[tuple[str, str]]
) -> None:
    found = revision(read("Nothing else.", before), read("Nothing else.", after))
    edits = [(edit.kind, edit.reason) for edit in found.edits]
    assert [kind for kind, _ in edits] == [kind for kind, _ in expected]
    assert all(edit.where == "title" for edit in found.edits)
    assert [edit.corrects for edit in found.edits] == [kind != "headline" for kind, _ in expected]


def test_a_headline_that_chose_another_of_its_facts_is_only_reworded() -> None:
    text = "The mill burned for 12 hours; 9 people died there."
    found = revision(read(text, "Fire burned 12 hours in mill"), read(text, "Fire burned 9 people in mill"))  # fmt: skip
    assert [edit.kind for edit in found.edits] == ["headline"]


def test_what_headline_and_text_share_is_told_once_with_the_sentence() -> None:
    found = revision(
        read("Brightloom will close Lumen on 4 May.", "Brightloom will close Lumen"),
        read("Brightloom may close Lumen on 4 May.", "Brightloom may close Lumen"),
    )
    assert [(edit.where, edit.kind) for edit in found.edits] == [("text", "softened")]
    assert found.reason == "changed in meaning: softened 1"


NOTES = [
    ("figure", "It lost $19 million.", "Correction: it lost $19 million, not $90 million, as we wrote earlier in error."),
    ("date", "It lost $19 million.", "Correction: an earlier version gave the wrong day for the end, 4 May."),
    ("name", "It lost $19 million.", "Clarification: an earlier version of this article wrongly named Ann Bo and Halden."),
    ("withdrawn", "It lost $19 million.", "Editor's note: this story has been retracted."),
    ("withdrawn", "It lost $19 million.", "Correction: an earlier version was wrong about why."),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "text", "note"), NOTES)
def test_a_note_tells_of_an_edit_that_was_made_before_we_looked(
    kind: str, text: str, note: str
) -> None:
    found = revision(read(text), read(f"{text}\n{note}\n"))
    assert found.note == note
    (edit,) = found.edits
    assert (edit.kind, edit.after) == (kind, note)
    assert edit.before
    assert note in edit.reason


def test_a_note_beside_the_edit_it_speaks_of_adds_none() -> None:
    note = "Correction: an earlier version gave a wrong sum."
    found = revision(read("It lost $90 million."), read(f"It lost $19 million.\n{note}\n"))
    assert [edit.kind for edit in found.edits] == ["figure"]
    assert found.note == note
    assert found.reason == "changed in meaning: figure 1, with a note of its own"


def test_another_text_is_no_edit() -> None:
    other = "A crane fell in Oakport on 3 June and killed 2 people. " * 3
    assert revision(read("It lost $90 million."), Wording(title=TITLE, text=other)).edits == ()
    old = "\n".join(f"Halden paid the amount of ${n} million to partner number {n}." for n in range(200))  # fmt: skip
    new = "\n".join(f"Halden paid the amount of ${n}1 million to partner number {n}." for n in range(200))  # fmt: skip
    assert revision(Wording(title="", text=old), Wording(title="", text=new)).edits == ()


def test_corrections_are_what_everyone_told_the_old_text_is_owed() -> None:
    found = revision(
        read("It lost $90 million. Halden may buy the rest."),
        read("It lost $19 million. Halden will buy the rest."),
    )
    assert {edit.kind for edit in found.edits} == {"figure", "firmed"}
    at = datetime(2026, 3, 25, tzinfo=UTC)
    assert as_corrections(
        found, article=ArticleId(7), outlet="Example Times", url="https://example.org/7", at=at
    ) == (
        Correction(
            article=ArticleId(7), outlet="Example Times", url="https://example.org/7", at=at, kind="figure",
            before="It lost $90 million.", after="It lost $19 million.", reason="“$90 million” became “$19 million”",
        ),
    )  # fmt: skip


def test_an_address_without_its_article_is_gone() -> None:
    edit = gone(read("It lost $90 million."), "410 Gone")
    assert edit == Edit(kind="gone", where="title", before=TITLE, after="", reason="410 Gone")
    assert edit.corrects


@pytest.mark.parametrize("part", ["tuning", "check"])
def test_labelled_edits_are_found_as_labelled(part: str) -> None:
    pairs = edit_pairs(part)
    assert len(pairs) >= 20
    score = scored_edits(pairs)  # both parts: precision and recall 1.0, of 28 and 17
    assert score.precision >= 0.94
    assert score.recall >= 0.94


LINES = st.lists(
    st.sampled_from(
        [
            "It lost $90 million.",
            "It lost $9 million.",
            "Halden may not buy it.",
            "Halden will buy it.",
            "By Ann Bo",
            "Correction: this was wrong.",
            "它将于5月4日关闭。",
            "Updated 5 minutes ago",
            "He is 51.",
        ]
    ),
    max_size=6,
)


@settings(max_examples=60)
@given(LINES, LINES)
def test_order_never_matters_and_every_edit_quotes_both_texts(
    old: list[str], new: list[str]
) -> None:
    before, after = Wording(title="", text="\n".join(old)), Wording(title="", text="\n".join(new))
    moved = Wording(title="", text="\n".join(reversed(old)))
    assert revision(before, before) == Revision(edits=(), note="", reason="nothing was changed")
    assert revision(before, moved).edits == ()
    for edit in revision(before, after).edits:
        assert edit.before in before.text
        assert edit.after in after.text

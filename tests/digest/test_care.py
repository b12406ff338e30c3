"""Messages about troubles: one line in the subject, each once in the body, and few at the foot of the news."""

from dataclasses import replace

import pytest

from aiwatch.digest import care as about
from aiwatch.digest.html import as_html
from aiwatch.digest.markdown import as_markdown
from aiwatch.digest.text import as_text
from aiwatch.model import Trouble, TroubleKind
from tests.digest.cases import CARE, CONTEXT, EVENTS, NOW, SPRING, care, digest

RECOVERED, FAILING, SILENT, DISK = EVENTS


def trouble(what: str = "Wire", kind: TroubleKind = "failing", detail: str = "gone") -> Trouble:
    return Trouble(what=what, kind=kind, detail=detail, at=NOW)


HEADLINES = [
    (FAILING, "The Harbour Post: DNS error"),
    (RECOVERED, "Kestrel Wire works again after 2 d"),
    (SILENT, "Pellucid blog: nothing new for 9 d"),
    (DISK, "disk: only 80 MB are free where the database is"),
    (trouble(kind="stopped", detail="gone for good (410): it is not asked again"), "Wire: gone for good (410)"),
    (trouble(kind="moved", detail="has moved for good and is asked at https://x.example"), "Wire has moved for good"),
    (trouble(kind="gap", detail="none of the 9 items listed was there"), "Wire: items may have been missed"),
    (trouble(kind="speaking", detail="new items again after 9 d of silence"), "Wire: new items again after 9 d of silence"),
]  # fmt: skip


@pytest.mark.parametrize(("event", "expected"), HEADLINES)
def test_a_headline_says_what_happened_to_whom(event: Trouble, expected: str) -> None:
    assert about.headline(event) == expected
    assert expected.split(maxsplit=1)[0] in as_text(care(event))


SUBJECTS = [
    ((FAILING,), "The Harbour Post: DNS error · Tue 24 Mar"),
    ((RECOVERED,), "Kestrel Wire works again after 2 d · Tue 24 Mar"),
    (EVENTS, "2 sources in trouble: The Harbour Post: DNS error; 1 well again · Tue 24 Mar"),
    ((DISK, replace(DISK, what="mail")), "2 troubles: disk: only 80 MB are free where the database is · Tue 24 Mar"),
    ((RECOVERED, replace(RECOVERED, what="Other")), "Kestrel Wire works again after 2 d (and 1 more) · Tue 24 Mar"),
    ((FAILING, replace(RECOVERED, what=FAILING.what)), "The Harbour Post works again after 2 d · Tue 24 Mar"),
    ((RECOVERED, DISK), "disk: only 80 MB are free where the database is; 1 well again · Tue 24 Mar"),
]  # fmt: skip


@pytest.mark.parametrize(("events", "expected"), SUBJECTS)
def test_a_subject_states_the_last_word(events: tuple[Trouble, ...], expected: str) -> None:
    found = care(*events).subject
    assert found == expected
    assert len(found) <= 110


def test_a_subject_has_room_for_a_long_name() -> None:
    assert len(care(trouble("Wire " * 60), trouble("Other")).subject) <= 110


def test_without_troubles_it_says_so() -> None:
    found = digest(alert=CARE, context=replace(CONTEXT, troubles=()))
    assert found.subject == "No troubles · Tue 24 Mar"
    assert "No troubles" in as_text(found)
    assert found.sections == ()


def test_every_form_tells_each_trouble_once_and_none_again_at_its_foot() -> None:
    found = care()
    for form in (as_text(found), as_html(found), as_markdown(found)):
        for event in EVENTS:
            assert about.headline(event) in form.replace("\\", "")
        assert "3 times in a row" in " ".join(form.split())
        assert "Trouble: The Harbour" not in form
    assert found.troubles[1].startswith("The Harbour Post: DNS error, 3 times in a row")


def test_a_link_leads_to_the_source_where_it_is_known() -> None:
    assert 'href="https://harbour.example/feed"' in as_html(care(FAILING))
    assert "href" not in as_html(care(replace(FAILING, extra={"url": "javascript:alert(1)"})))


def test_many_troubles_stay_one_mail() -> None:
    many = [trouble(f"Wire {number}", detail="DNS error, " * 30) for number in range(300)]
    assert len(as_html(care(*many)).encode()) < 102_000


def test_at_the_foot_good_news_is_no_trouble() -> None:
    found = digest((SPRING, "new"), context=replace(CONTEXT, troubles=(), events=(RECOVERED,)))
    assert "\nKestrel Wire works again, after 2 d" in as_text(found)
    assert "Trouble" not in as_text(found) + as_markdown(found)
    assert 'class="trouble"' not in as_html(found)


WATCHED = ("Wire", "Other", *(f"W{number}" for number in range(20)))


@pytest.mark.parametrize(
    ("events", "kept"),
    [
        ((trouble(), trouble(kind="stopped")), 0),  # these show in the state of things
        ((trouble(kind="gap"), trouble(kind="moved")), 2),
        ((trouble(kind="gap"), trouble(kind="gap")), 1),
        ((trouble(kind="silent"), trouble(kind="speaking")), 1),
        ((trouble("Gone", kind="gap"),), 0),  # no longer watched
        ((trouble("Down", kind="recovered"),), 0),
        ((trouble("disk", kind="other"), trouble("disk", kind="other", detail="full")), 2),
    ],
)
def test_the_foot_has_what_happened_meanwhile(events: tuple[Trouble, ...], kept: int) -> None:
    wrong, found = about.at_foot([("Down", "DNS error")], events, 0, (*WATCHED, "Down"))
    assert wrong == ("Down: DNS error",)
    assert len(found) == kept
    assert found == events[len(events) - kept :]


@pytest.mark.parametrize("failing", [0, 3, 7, 8, 20])
@pytest.mark.parametrize("happened", [0, 1, 5, 8, 20])
@pytest.mark.parametrize("undelivered", [0, 2])
def test_the_foot_has_eight_lines_at_most_and_counts_the_rest(
    failing: int, happened: int, undelivered: int
) -> None:
    down = [(f"W{number}", "DNS error") for number in range(failing)]
    events = [trouble(f"W{number}", kind="gap") for number in range(happened)]
    wrong, found = about.at_foot(down, events, undelivered, WATCHED)
    assert len(wrong) + len(found) == min(8, failing + happened + bool(undelivered))
    shown = len(found) + sum("DNS error" in line for line in wrong)
    left = [int(line.split()[1]) for line in wrong if line.endswith("more (aiwatch sources list)")]
    assert shown + sum(left) == failing + happened


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("DNS error", "3 times in a row, never read yet."),
        ("`links: a` selects no link", "3 times in a row, never read yet."),
        ("a very long reason " * 20, "A very long reason a very long reason"),
    ],
)
def test_what_the_headline_says_whole_is_not_said_again(reason: str, said: str) -> None:
    event = Trouble(
        what="Example Post",
        detail=f"{reason}; 3 times in a row, never read yet",
        kind="failing",
        extra={"reason": reason},
        at=NOW,
    )
    assert about.sentence(event).startswith(said)

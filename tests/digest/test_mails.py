"""What only the reader's own copy says: languages, where to leave, which mail of how many, a week without a word."""

from dataclasses import replace
from datetime import timedelta

import pytest

from aiwatch.digest import foreign
from aiwatch.digest.compose import compose
from aiwatch.digest.html import as_html
from aiwatch.digest.mails import mails, numbered
from aiwatch.digest.markdown import as_markdown
from aiwatch.digest.payload import as_json
from aiwatch.digest.text import as_text
from aiwatch.digest.wording import lines_of
from aiwatch.model import Digest, Nearly, StoryId
from tests.digest.cases import ALERT, CLOSURE, CONTEXT, NOW, READER, RULING, SPRING, TOPICS, digest


def many(count: int) -> Digest:
    stories = (replace(CLOSURE, id=StoryId(n)) for n in range(1, count + 1))
    return digest(*((one, "new") for one in stories), told={})


@pytest.mark.parametrize(("limit", "sizes"), [(9, [7]), (3, [2, 2, 3]), (1, [1] * 7)])
def test_a_digest_is_cut_into_as_many_mails_as_it_takes(limit: int, sizes: list[int]) -> None:
    found = mails(many(7), lambda one: len(lines_of(one)), limit + 1)
    assert [len(lines_of(one)) for one in found] == sizes
    assert [line.story for one in found for line in lines_of(one)] == list(range(1, 8))
    if len(sizes) > 1:
        assert [one.subject[-5:] for one in found] == [
            f"({n}/{len(sizes)})" for n in range(1, len(sizes) + 1)
        ]
        assert numbered(found[0]) == f"Mail 1 of {len(sizes)}"
        assert [bool(one.troubles) for one in found] == [False] * (len(sizes) - 1) + [True]


def test_a_story_too_big_for_any_mail_is_sent_all_the_same() -> None:
    assert len(mails(many(3), lambda _: 1, 1)) == 3
    alone = many(1)
    assert mails(alone, lambda _: 1, 1) == (alone,)


def test_a_plain_digest_is_cut_too() -> None:
    plain = Digest(alert=ALERT.name, kind="digest", at=many(1).at, timezone="UTC", sections=many(2).sections)  # fmt: skip
    assert numbered(plain) == ""
    assert len(mails(plain, lambda one: len(lines_of(one)), 2)) == 2


@pytest.mark.parametrize(
    ("lang", "languages", "name"),
    [
        ("zh", (), "Chinese"),
        ("zh-Hant", ("en", "th"), "Chinese"),
        ("zh", ("en", "zh-TW"), ""),
        ("en_GB", (), ""),
        ("en", ("de",), "English"),
        ("yo", (), "yo"),
        (None, (), ""),
        ("<b>", (), ""),
    ],
)
def test_a_foreign_headline_says_its_language(
    lang: str | None, languages: tuple[str, ...], name: str
) -> None:
    foreign_one = replace(SPRING, members=(replace(SPRING.members[0], lang=lang),))
    found = digest((foreign_one, "new"), alert=replace(ALERT, languages=languages))
    (line,) = lines_of(found)
    assert foreign.language(line.lead, found) == name
    link = foreign.translation(line.lead, found)
    assert link.startswith("https://translate.google.com/") == bool(name)
    for form in (as_text(found), as_html(found), as_markdown(found)):
        assert ("translate.google.com" in form) == bool(name)
        assert not name or f"in {name}" in form


def test_an_address_as_long_as_a_letter_is_not_put_into_another_one() -> None:
    long = replace(SPRING.members[0], url="https://x.example/" + "a" * 2000)
    found = digest((replace(SPRING, members=(long,)), "new"))
    assert foreign.translation(lines_of(found)[0].lead, found) == ""


def test_where_one_click_ends_it_every_form_says_so() -> None:
    link = "https://news.example.org/unsubscribe/abc"
    found = digest((RULING, "update"), context=replace(CONTEXT, leave=link))
    assert f"Unsubscribe: {link}\n" in as_text(found)
    assert f"[Unsubscribe]({link})" in as_markdown(found)
    assert f'href="{link}"' in as_html(found)
    assert "nsubscribe" not in as_text(digest())


@pytest.mark.parametrize(
    ("days", "start"),
    [(7, "Still here, nothing new on Lumen video, Studios and AI for 7 days · "), (0.5, "Nothing new on ")],
)  # fmt: skip
def test_a_week_without_a_word_is_said(days: float, start: str) -> None:
    found = compose(
        alert=ALERT, reader=READER, stories=(), told={}, topics=TOPICS, now=NOW, kind="digest",
        context=replace(CONTEXT, silence=timedelta(days=days)),
    )  # fmt: skip
    assert found.subject.startswith(start)


def test_another_version_that_one_cannot_read_or_trust_says_so() -> None:
    other, third = CLOSURE.members[1], CLOSURE.members[3]
    members = (CLOSURE.members[0], replace(other, lang="vi"), replace(third, sure=False))
    found = digest((replace(CLOSURE, members=members), "new"))
    assert "(in Vietnamese)" in " ".join(as_text(found).split())
    assert "· in Vietnamese ·" in as_html(found)
    assert "Probably the same: Reel & Stage — " in as_text(found)
    assert "probably the same: <" in as_html(found)
    assert "- Probably the same: " in as_markdown(found)


def test_what_almost_matched_stands_in_every_form() -> None:
    one = Nearly(
        topic=TOPICS[0].name, title="Lumen <b>lamps</b>", url="https://lamps.example/1", source="Lamp Times",
        words="“Lumen” is in the title, but it also wants “video”",
    )  # fmt: skip
    found = digest(context=replace(CONTEXT, near=(one, replace(one, url="javascript:alert(1)"))))
    assert "ALMOST MATCHED" in as_text(found)
    assert "Lumen video: “Lumen” is in the title" in as_text(found)
    assert 'href="https://lamps.example/1"' in as_html(found)
    assert "&lt;b&gt;lamps" in as_html(found)
    assert "## Almost matched" in as_markdown(found)
    assert [one["url"] for one in as_json(found)["near"]] == ["https://lamps.example/1", None]
    assert all("javascript" not in form for form in (as_text(found), as_html(found)))

"""Copies are found cut, credited or edited; template pages and updates are not copies."""

import json
import random
from collections import Counter
from pathlib import Path

import pytest

from aiwatch.judge import duplicates
from aiwatch.model import ArticleId, Known, StoryId
from aiwatch.text.fingerprint import fingerprint
from tests.judge.streaming import Archive, article

GROUPS = 150  # of copies, read from the labelled files
TITLE = "Lowmere closes its swing bridge for eleven months"
TEXT = (
    "The harbour board of Lowmere voted on Thursday to close the old swing bridge for eleven months. "
    "Engineers found cracks in four of its nine bearings, and the repair will cost $2.4 million. "
    "Ferries will carry walkers and bicycles across the channel, the board said, but cars must drive around "
    "by way of Stennick, which adds nearly forty minutes to the trip between the two halves of the town. "
    "Shopkeepers on the quay asked for a temporary crossing; the board's chair, Ida Morrow, said a pontoon would "
    "block the fishing fleet and cost another 800,000 dollars. The bridge was built in 1931 by prisoners of the "
    "island gaol and has opened for ships about six times a day ever since. Work begins on 4 May, after the "
    "spring regatta, and the first lorries are expected to cross again in the following April."
)
UPDATE = (
    "A court stopped the closure of the Lowmere swing bridge on Friday evening, hours before barriers were due. "
    "Judge Pell Anders granted the request of nineteen shopkeepers, who argued that nobody had asked them. "
    "The board must now hold a public hearing within 30 days and may appeal to the regional bench in Garrow. "
    "Morrow called the ruling a danger to every driver and said engineers would inspect the bearings weekly. "
    "Until then lorries above 7.5 tonnes are banned, ships get one opening in the morning, one at dusk. "
)
TEMPLATE = (
    "Automatic market report. Shares of {name} closed at {price} on heavy volume today. Trading volume was {volume} "
    "shares and the sector index ended the day at {index}. This report was produced automatically from exchange "
    "data. For terms and conditions see our site. Prices are delayed by fifteen minutes. Past performance is no "
    "guide to future results and nothing here is advice."
)


def known(title: str, text: str, new: str, original: int | None = None) -> Known:
    """A filed article, as seen by a new text."""
    old, fresh = fingerprint(title, text), fingerprint(title, new)
    return Known(
        id=ArticleId(7),
        story=StoryId(3),
        url_key="k",
        title=title,
        text_hash=old.text_hash,
        words=old.words,
        numbers=old.numbers,
        shingles=len(old.shingles),
        shared=len(set(old.shingles) & set(fresh.shingles)),
        original=ArticleId(original) if original else None,
    )


@pytest.mark.parametrize(
    ("title", "text"),
    [
        pytest.param("Another headline", TEXT, id="the same words"),
        pytest.param(TITLE, TEXT.upper().replace(",", " -"), id="typeset otherwise"),
        pytest.param(TITLE, TEXT[:420], id="cut to a half"),
        pytest.param(
            TITLE, "LOWMERE (Coastwire) - " + TEXT + " All rights reserved.", id="credited"
        ),
        pytest.param(TITLE, ". ".join(reversed(TEXT.split(". "))), id="sentences in another order"),
    ],
)
def test_a_copy_is_known_and_credited_to_its_original(title: str, text: str) -> None:
    verdict = duplicates.same_text(fingerprint(title, text), [known(TITLE, TEXT, text)], title)
    assert verdict is not None
    assert (verdict.kind, verdict.duplicate_of, verdict.story) == ("same_text", 7, 3)
    assert "article 7" in verdict.reason


def test_a_copy_of_a_copy_belongs_to_the_first() -> None:
    near = [known(TITLE, TEXT, TEXT, original=2)]
    verdict = duplicates.same_text(fingerprint(TITLE, TEXT), near)
    assert verdict is not None
    assert verdict.duplicate_of == 2


def test_an_update_that_quotes_the_old_text_is_no_copy_but_joins_its_story() -> None:
    text = UPDATE + TEXT
    title = "Court stops closure of Lowmere bridge"
    assert duplicates.same_text(fingerprint(title, text), [known(TITLE, TEXT, text)], title) is None
    archive = Archive()
    first = archive.take(article(TITLE, TEXT))
    second = archive.take(article(title, text))
    assert (second.kind, second.story) == ("same_story", first.story)


@pytest.mark.parametrize(("title", "copy"), [(TITLE, True), ("", False), ("Bridge news", False)])
def test_the_whole_after_its_teaser_is_a_copy_under_the_same_headline_only(
    title: str, copy: bool
) -> None:
    near = [known(TITLE, TEXT[:300], TEXT)]
    assert (duplicates.same_text(fingerprint(TITLE, TEXT), near, title) is not None) is copy


@pytest.mark.parametrize("long", [False, True])
def test_pages_of_one_form_with_other_numbers_are_no_copies_nor_one_story(long: bool) -> None:
    pages = [
        ("Brackwater Tin", "17.85", "22,751", "1,225"),
        ("Ostrava Ferries", "231.40", "905", "4,410"),
        ("Hollin Glass", "8.02", "61,000", "987"),
    ]
    archive, found = Archive(), []
    for name, price, volume, index in pages:
        text = TEMPLATE.format(name=name, price=price, volume=volume, index=index)
        found.append(archive.take(article(f"Market report: {name}", text + long * TEXT_OF_TERMS)))
    assert [verdict.kind for verdict in found] == ["new"] * 3
    assert len({verdict.story for verdict in found}) == 3


TEXT_OF_TERMS = (
    " Readers may not pass on these reports without written consent of the publisher, who is not liable for any "
    "loss that follows from their use, whether direct or indirect, foreseeable or not."
)


@pytest.mark.parametrize("form", ["Form 8.3 - {}", "Rule 2.9 announcement: {} PLC"])
def test_headlines_of_one_form_about_other_firms_stay_apart(form: str) -> None:
    archive = Archive()
    found = [
        archive.take(article(form.format(name)))
        for name in ("Brackwater", "Ostravia", "Hollinglass")
    ]
    assert len({verdict.story for verdict in found}) == 3


def test_the_same_notice_before_two_articles_is_not_one_article() -> None:
    notice = (
        "We and our partners store and read information on your device to show you what you like. "
        "You can accept or refuse, and change your mind at any time in the settings at the foot of each page. "
        "By going on you agree to this use of your data for the purposes named above."
    )
    near = [known("Ostravia raises its dividend", notice, notice)]
    assert (
        duplicates.same_text(fingerprint("Hollinglass names a new chief", notice), near, "") is None
    )


def test_texts_of_few_words_are_never_copies() -> None:
    short = "The bridge closes on Thursday."
    assert duplicates.same_text(fingerprint("", short), [known("", short, short)]) is None
    assert duplicates.same_text(fingerprint("", TEXT), []) is None


@pytest.mark.parametrize(("text", "changed"), [(TEXT, False), (UPDATE, True), ("", False)])
def test_the_same_address_is_not_news(text: str, changed: bool) -> None:
    verdict = duplicates.same_url(known(TITLE, TEXT, text), fingerprint(TITLE, text))
    assert (verdict.kind, verdict.duplicate_of, verdict.story) == ("same_url", 7, 3)
    assert ("changed" in verdict.reason) is changed


def test_a_long_text_is_compared_within_the_hashes_it_keeps() -> None:
    words = [f"w{number}x" for number in range(2400)]
    whole, half = " ".join(words), " ".join(words[:1200])
    verdict = duplicates.same_text(fingerprint("", half), [known("", whole, half)])
    assert verdict is not None
    assert verdict.score > 0.8


@pytest.mark.slow
@pytest.mark.parametrize(
    ("file", "precision", "recall"),
    [("neardup_planted", 1.0, 1.0), ("neardup_syndicated", 0.90, 0.95)],
)
def test_pairs_of_copies_are_found_in_any_order(
    shared_data: Path, file: str, precision: float, recall: float
) -> None:
    lines = (shared_data / "stories" / f"{file}.jsonl").read_text("utf-8").splitlines()
    copies = Counter(row["dup"] for row in map(json.loads, lines))
    groups_kept = set(list(copies)[:GROUPS])  # a fixed sample: the whole is slow
    rows = [row for row in map(json.loads, lines) if row["dup"] in groups_kept]
    prints = {row["id"]: fingerprint(row["title"], row["body"]) for row in rows}
    for seed in (None, 1):
        if seed is not None:
            random.Random(seed).shuffle(rows)
        archive, groups = Archive(), []
        for row in rows:
            verdict = archive.take_copy(article(row["title"], row["body"]), prints[row["id"]])
            groups.append(verdict)
        same = _pairs(Counter(zip([row["dup"] for row in rows], groups, strict=True)))
        assert same >= precision * _pairs(Counter(groups))
        assert same >= recall * _pairs(Counter(row["dup"] for row in rows))


def _pairs(sizes: Counter[object]) -> int:
    return sum(size * (size - 1) // 2 for size in sizes.values())

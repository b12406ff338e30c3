"""News that never happened, in varied prose: the same for the same seed, and copied from nobody.

An event has its own names, place, subject and figures; each telling of it is put together anew. Vocabulary is a few
hundred common words, several thousand made of roots and endings, and names made of syllables, so that counts of words
fall off as in real text.
"""

import random
from dataclasses import dataclass
from pathlib import Path

LISTS = {
    name: words.split(", ")
    for name, _, words in (
        line.partition(": ")
        for line in Path(__file__).with_name("words.txt").read_text().splitlines()
    )
}
NOUNS, ROOTS, ADJECTIVES = LISTS["NOUNS"], LISTS["ROOTS"], LISTS["ADJECTIVES"]
SENTENCES = (
    "The {a} {n} {v} the {subject} {w}.",
    "{l}, the {n} of {place} {v} a {a} {n}, and the {n} {v} it {w}.",
    "{person}, {role} at {org}, said the {subject} would need {figure} before the {n} is {v}.",
    '"We {v} the {n} because the {a} {n} left us no other {n}," {person} said {w}.',
    "A {a} {m} of the {n} puts the {n} at {figure}, more than the {n} had {v}.",
    "Nobody at {org} {v} the {n}; the {a} {n} was {v} {w}.",
    '"It is a {a} {n}," said {other}, who {v} the {m} of the {subject} for the {n}.',
    "{l}, {number} of {number} {n}s {v} the {n}, while {number} {v} a {a} {m}.",
    "The {subject} in {place} was {v} {w} after the {n} {v} its {m}.",
    "What the {n} calls {m} is, to the {a} {n}, a {n} of {figure}.",
    "{org} {v} the {a} {n} {w} and {v} that the {subject} is {m} by {year}.",
    "Between {year} and {year} the {n} {v} {number} {n}s, most of them in {place}.",
    "If the {n} is {v}, the {subject} will be {m} and the {a} {n} {v}.",
    "{other} {v} the {n} in a {a} letter to {org}, about the {m} of the {n}.",
    "There was no {n}, no {a} {n}, and no {m}: only the {subject} and {figure}.",
    "The {n} and the {n} {v} each other {w}, and the {m} of {place} went on.",
    "{l}, {person} {v} {number} {n}s and {v} a {m} for the {a} {subject}.",
    "How the {n} {v} the {m} is not known, and {org} {v} to say.",
)
HEADLINES = (
    "{org} {v} {a} {subject} in {place} after {m}",
    "{place}: {n} {v} {subject} as {figure} is named",
    "{person} {v} the {subject}, {org} the {n}",
    "Why the {a} {n} of {place} {v} its {subject}",
    "{figure} for the {subject}: {place} {v} a {m}",
    "{a} {n} {v} {m} of {subject} {w}, {org} says",
)


DRAWS = {
    "n": NOUNS,
    "v": LISTS["VERBS"],
    "a": ADJECTIVES,
    "w": LISTS["WHEN"],
    "l": LISTS["LINKS"],
    "role": LISTS["ROLES"],
}
DRAWN = ("person", "other", "org", "place", "subject")


@dataclass(frozen=True, slots=True)
class Event:
    """What is told of."""

    person: str
    other: str
    org: str
    place: str
    subject: str
    figures: tuple[str, ...]


def name(dice: random.Random) -> str:
    """One that hardly comes twice."""
    return "".join(dice.choices(LISTS["SYLLABLES"], k=dice.choice((2, 3, 3)))).capitalize()


def event(key: str) -> Event:
    """The same event for the same key."""
    dice = random.Random(f"event {key}")
    return Event(
        person=f"{name(dice)} {name(dice)}",
        other=f"{name(dice)} {name(dice)}",
        org=f"{name(dice)} {dice.choice(('Group', 'Agency', 'Works', 'Institute', 'Council', 'Trust'))}",
        place=name(dice),
        subject=dice.choice(LISTS["SUBJECTS"]),
        figures=tuple(
            f"{dice.randint(2, 990)} {dice.choice(('million', 'thousand', 'per cent', 'tonnes', 'days'))}"
            for _ in range(4)
        ),
    )


class _Words(dict[str, str]):
    """What a sentence asks for is drawn when it is asked for."""

    def __init__(self, about: Event, dice: random.Random) -> None:
        super().__init__()
        self._about, self._dice = about, dice

    def __missing__(self, key: str) -> str:
        return getattr(self._about, key) if key in DRAWN else self._drawn(key)

    def _drawn(self, key: str) -> str:
        dice = self._dice
        if key == "m":
            return dice.choice(ROOTS) + dice.choice(LISTS["ENDINGS"])
        if key == "number":
            return str(dice.randint(2, 480))
        if key == "year":
            return str(dice.randint(1998, 2034))
        if key == "figure":
            return dice.choice(self._about.figures)
        return dice.choice(DRAWS[key])


def headline(about: Event, dice: random.Random) -> str:
    """One line."""
    return dice.choice(HEADLINES).format_map(_Words(about, dice))


def paragraphs(about: Event, dice: random.Random, sentences: int) -> list[str]:
    """So many sentences, two to four a paragraph."""
    words = _Words(about, dice)
    told: list[str] = []
    while sentences > 0:
        some = min(dice.randint(2, 4), sentences)
        told.append(" ".join(dice.choice(SENTENCES).format_map(words) for _ in range(some)))
        sentences -= some
    return told

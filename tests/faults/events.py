"""Made-up events, as many as wanted: each with a name that no other has, in words that few others share.

So one article is one story, and that a reader was told of it is known by its name however the message is laid out.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

ONSETS = [
    "b",
    "br",
    "ch",
    "d",
    "dr",
    "f",
    "fl",
    "g",
    "gr",
    "h",
    "j",
    "k",
    "kl",
    "l",
    "m",
    "n",
    "p",
    "pl",
    "r",
    "s",
    "sk",
    "st",
    "t",
    "tr",
    "v",
    "w",
    "z",
]
VOWELS = ["a", "e", "i", "o", "u", "ai", "ea", "io", "ou"]
ENDS = ["ck", "d", "ft", "l", "ld", "m", "n", "nd", "rk", "rn", "sk", "st", "th", "x"]
OPENINGS = (
    "{name} {verb} its {a} in {town}, the {b} of the firm said on Tuesday after {n} weeks of talks.",
    "In {town} the {a} of {name} {verb} for good, and {n} people who kept the {b} going were told by letter.",
    "After {n} years the {b} from {town} {verb}, wrote {name}, which had built the {a} with its own hands.",
)
MIDDLES = (
    "A film of the {c}, made with Sora, was shown to {m} guests, and the {d} will follow before winter.",
    "Sora was used for the pictures of the {c}; the {d} cost {m} crowns, an engineer of the house counted.",
    "Of the {m} crowns that the {d} takes, half comes from whoever filmed the {c} with Sora last spring.",
)
CLOSINGS = (
    "Whoever owns a {e} can bring it back until day {k} of the season, a notice on the {f} says.",
    "The {f} opens again at {k} o'clock, and every {e} stays where it has always stood, said the mayor.",
)
VERBS = (
    "gives up",
    "rebuilds",
    "sells",
    "moves",
    "doubles",
    "opens",
    "paints",
    "insures",
    "closes",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened, as an article tells it."""

    name: str
    title: str
    text: str


def word(random: Random, syllables: int = 2) -> str:
    """A word that nobody has used."""
    parts = (random.choice(ONSETS) + random.choice(VOWELS) for _ in range(syllables))
    return "".join(parts) + random.choice(ENDS)


def events(random: Random) -> Iterator[Event]:
    """Without an end."""
    names: set[str] = set()
    while True:
        name = word(random, 3).capitalize()
        if any(name in other or other in name for other in names):
            continue
        names.add(name)
        yield _event(name, random)


def _event(name: str, random: Random) -> Event:
    words = {letter: word(random) for letter in "abcdef"}
    words |= {"town": word(random, 2).capitalize(), "name": name, "verb": random.choice(VERBS)}
    figures = {letter: random.randint(3, 9_999) for letter in "nmk"}
    lines = (random.choice(lines).format(**words, **figures) for lines in (OPENINGS, MIDDLES, CLOSINGS))  # fmt: skip
    return Event(name=name, title=f"{name} {words['verb']} its {words['a']}", text="\n".join(lines))

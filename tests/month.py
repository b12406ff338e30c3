"""A made-up month: what happens, told by outlets in their own words, and endpoints that come and go, a mail server among them.

Everything follows from one seed. Every figure of the month is unique, so that a fact is known by it however it is said.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from aiwatch.channels.base import Answer
from aiwatch.store.filing import Draft
from tests.drafts import draft
from tests.inbox import Inbox

BEGIN = datetime(
    2026, 3, 5, 12, 0, tzinfo=UTC
)  # New York changes its clocks on 8 March, London on 29 March
END = datetime(2026, 4, 4, 12, 0, tzinfo=UTC)
EVENTS = 8
OUTLETS = tuple(f"{place} {kind}" for kind in ("Times", "Post", "Echo") for place in ("Arden", "Brook", "Calder", "Dunmore"))  # fmt: skip
FIRMS = ("Veltron", "Oskara", "Pelimedia", "Quandary Labs", "Ritzel", "Sundmark", "Tessaro", "Umbriel", "Wexcom", "Zandvoort", "Kestral", "Lumiq", "Morwen", "Nolvane", "Harrowgate")  # fmt: skip
PRODUCTS = ("Mirabel", "Fernwick", "Odeon", "Clipster", "Reelcast", "Vidora", "Photonix", "Sketchly", "Animo", "Dreamline", "Storyloom", "Cinepad", "Framewise", "Movana", "Loopwerk")  # fmt: skip
PEOPLE = ("Ann Marlow", "Bela Kiss", "Carla Ruiz", "Dov Stern", "Erik Holm", "Femi Ade", "Gita Rao", "Hugo Brandt", "Ines Costa", "Jun Mori", "Kaya Demir", "Lars Vik", "Mina Park", "Noor Aziz", "Otto Klein")  # fmt: skip
TOWNS = ("Norwich", "Leeds", "Utrecht", "Graz", "Porto", "Turku", "Lyon", "Gdansk", "Malmo", "Ghent", "Bergen", "Trieste", "Cork", "Basel", "Split")  # fmt: skip
DEEDS = (
    ("close", "the end of", "a video service"),
    ("sell", "the sale of", "an animation studio"),
    ("launch", "the start of", "a film generator"),
    ("rebuild", "the rebuilding of", "an image library"),
    ("license", "a licence for", "a voice engine"),
)
FACTS = (
    ("The contract with its partners is worth ${n} million over three years, the company wrote.", "Partners had signed a contract of ${n} million that runs for three years."),
    ("{person}, who follows the industry, puts its yearly loss at ${n} million.", "A yearly loss of ${n} million is the estimate of {person}, an observer of the industry."),
    ("Some {n} people work on the project, a former manager told reporters.", "According to one who managed it, the project employs {n} people."),
    ("A court in {town} will hear the complaint of {n} artists against it.", "It faces the complaint of {n} artists, to be heard by a court in {town}."),
    ("Customers paid {n} euros a month for it, more than for any rival product.", "No rival charged customers as much as its {n} euros a month."),
    ("Its servers burned {n} megawatt hours of power last winter, engineers calculated.", "Engineers calculated that last winter its servers needed {n} megawatt hours of power."),
    ("Rival bidders from Asia had offered ${n} million for the patents behind it.", "For the patents behind it ${n} million had been offered by bidders from Asia."),
    ("Regulators received {n} letters about privacy since last autumn.", "Since last autumn {n} letters about privacy have reached regulators."),
)  # fmt: skip


@dataclass(frozen=True)
class Happening:
    """Something an outlet does: an article, an edit of one (the same `id`), or a story's end by hand."""

    at: datetime
    event: int
    draft: Draft | None = None  # None: a person mutes the story


@dataclass
class Event:
    """One thing that happens in the world."""

    number: int
    topic: str
    begins: datetime
    facts: list[tuple[str, str]] = field(default_factory=list)
    muted: bool = False


@dataclass
class World:
    """All that happens in a month."""

    random: Random
    events: list[Event] = field(default_factory=list)
    figures: dict[str, int] = field(default_factory=dict)  # as written -> event
    corrected: dict[str, str] = field(default_factory=dict)  # figure -> the one that is right

    def happenings(self) -> list[Happening]:
        """In the order of time."""
        length = (END - BEGIN) / timedelta(hours=1)
        for number in self.random.sample(range(len(FIRMS)), EVENTS):
            begins = BEGIN + timedelta(hours=self.random.uniform(1, length - 24))
            topic = self.random.choice(("sora", "sora", "robots"))
            self.events.append(Event(number, topic, begins))
        found = [one for event in self.events for one in self._life(event)]
        return sorted(found, key=lambda one: one.at)

    def _life(self, event: Event) -> Iterator[Happening]:
        outlets = self.random.sample(OUTLETS, self.random.randint(1, 8))
        at, first = event.begins, None
        for place, outlet in enumerate(outlets):
            if first is not None and self.random.random() < 0.3:
                one = self._article(
                    event, outlet, at, first.read.article.text, first.read.article.title
                )
            else:
                one = self._article(event, outlet, at, self._text(event, outlet, at))
            first = first or one
            yield Happening(at, event.number, one)
            if place == 0 and self.random.random() < 0.3:
                fixed = self._corrected(event, one)
                yield Happening(
                    at + timedelta(hours=self.random.uniform(1, 70)), event.number, fixed
                )
            at += timedelta(
                hours=self.random.choice((0.2, 1, 4, 20, 50)) * self.random.uniform(0.5, 1.5)
            )
        if self.random.random() < 0.1:
            event.muted = True
            yield Happening(at, event.number)

    def _text(self, event: Event, outlet: str, at: datetime) -> str:
        """The lead in one of two wordings, some facts that others told, and one or two of its own."""
        verb, noun, thing = DEEDS[event.number % len(DEEDS)]
        firm, product, town = FIRMS[event.number], PRODUCTS[event.number], TOWNS[event.number]
        leads = (
            f"{firm} said in {town} that it would {verb} {product}, {thing} for film makers.",
            f"Film makers heard of {noun} {product}, {thing}, from {firm} in {town}.",
        )
        old = self.random.sample(event.facts, min(len(event.facts), 2))
        room = len(FACTS) - len(event.facts)
        new = [
            self._fact(event)
            for _ in range(min(room, self.random.choice((0, 1, 1, 1)) + 2 * (not event.facts)))
        ]
        said = [self.random.choice(fact) for fact in (*old, *new)]
        filler = f"The {outlet} reported {product} from {town}, where {firm} has its seat and where {PEOPLE[event.number]} works on it."
        return "\n".join((self.random.choice(leads), *said, filler))

    def _fact(self, event: Event) -> tuple[str, str]:
        shape = FACTS[len(event.facts)]
        fact = self._with_figure(event, shape)
        event.facts.append(fact)
        return fact

    def _with_figure(self, event: Event, shape: tuple[str, str]) -> tuple[str, str]:
        while (figure := str(self.random.randint(101, 9_899))) in self.figures:
            pass
        self.figures[figure] = event.number
        words = {"n": figure, "person": PEOPLE[event.number], "town": TOWNS[event.number]}
        return shape[0].format(**words), shape[1].format(**words)

    def _corrected(self, event: Event, one: Draft) -> Draft:
        """The same article with another figure in one sentence."""
        text = one.read.article.text
        for shape, fact in zip(FACTS, event.facts, strict=False):
            for place, said in enumerate(fact):
                if said in text:
                    other = self._with_figure(event, shape)
                    (old,) = set(_words(fact[place])) & set(self.figures)
                    (new,) = set(_words(other[place])) & set(self.figures)
                    self.corrected[old] = new
                    return self._article(
                        event, one.read.article.outlet, one.read.article.published or BEGIN,
                        text.replace(said, other[place]), one.read.article.title,
                    )  # fmt: skip
        return one

    def _article(
        self, event: Event, outlet: str, at: datetime, text: str, title: str = ""
    ) -> Draft:
        verb, noun, _ = DEEDS[event.number % len(DEEDS)]
        firm, product = FIRMS[event.number], PRODUCTS[event.number]
        made = (f"{firm} to {verb} {product}", f"{noun[0].upper()}{noun[1:]} {product} by {firm}")
        return draft(
            f"{event.number}", title or self.random.choice(made), text, topics=(event.topic,),
            outlet=outlet, published=at, external_id=f"{event.number}/{outlet}",
        )  # fmt: skip


def _words(text: str) -> list[str]:
    return text.replace("$", " ").replace(".", " ").replace(",", " ").split()


def figures_in(text: str, world: World) -> set[str]:
    """The figures of the month that a sentence holds."""
    return set(_words(text)) & set(world.figures)


class Killed(BaseException):
    """The process dies at this very instant."""


@dataclass
class Hooks:
    """The readers' endpoints: what arrived, under which id; down for a day, slow to say yes, or seeing us die."""

    random: Random
    now: datetime = BEGIN
    down: Mapping[str, tuple[datetime, datetime]] = field(default_factory=dict)
    arrived: list[tuple[str, str, bytes, datetime]] = field(default_factory=list)
    calm: bool = False

    async def post(
        self, url: str, *, content: bytes, headers: Mapping[str, str], **_: Any
    ) -> Answer:
        """Take it, or not."""
        begin, end = self.down.get(url, (END, BEGIN))
        if begin <= self.now < end:
            raise ConnectionError(f"{url} is down")
        luck = 1.0 if self.calm else self.random.random()
        if luck < 0.03:
            raise Killed
        if luck < 0.06:
            return Answer(status=503, headers={})
        self.arrived.append((url, headers["webhook-id"], content, self.now))
        if luck < 0.09:
            raise Killed
        if luck < 0.12:
            raise TimeoutError("no answer in time")
        return Answer(status=200, headers={})

    async def head(self, url: str, **_: Any) -> Answer:
        """Never asked."""
        raise NotImplementedError(url)


TROUBLES: tuple[dict[str, Any], ...] = (
    {"drops": ("EHLO",)},
    {"drops": ("DATA",)},  # taken, and nobody hears that it was
    {"drops": ("QUIT",)},
    {"answers": {"MAIL": "421 4.3.2 going down"}},
    {"answers": {"RCPT": "451 4.7.1 greylisted"}},
    {"answers": {"DATA": "452 4.3.1 the disk is full"}},
)
"""What can be wrong with a mail server, before and after it has taken a message."""


@dataclass
class Post:
    """The reader who has a real mail server: down for a day, and now and then in one of its troubles."""

    inbox: Inbox
    random: Random
    down: tuple[datetime, datetime]
    calm: bool = False

    def turn(self, now: datetime) -> None:
        """Be from now on as it is at that time."""
        trouble: dict[str, Any] = {}
        if self.down[0] <= now < self.down[1]:
            trouble = TROUBLES[0]
        elif not self.calm and self.random.random() < 0.15:
            trouble = self.random.choice(TROUBLES)
        self.inbox.drops = trouble.get("drops", ())
        self.inbox.answers = dict(trouble.get("answers", {}))

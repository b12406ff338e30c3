"""What can be said of each block of a page, as small numbers: its words, its place, its neighbours.

Every trait is a choice out of a few (a width out of eight, a tag out of fourteen, often two of them at once), so that
a model of them is a table for each, and a score the sum of what stands in the tables.
"""

import re
from bisect import bisect
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from aiwatch.text.blocks import HEADINGS, NO_PLACE, Block, Blocks
from aiwatch.text.classwords import UNWANTED
from aiwatch.text.tail_words import FAQ, RELATED, RELATED_AT_END

TAGS: Final = {
    tag: n
    for n, group in enumerate(
        (
            "",
            "p",
            "div",
            "li",
            "h1",
            "h2",
            "h3",
            "h4 h5 h6",
            "td th",
            "blockquote",
            "pre",
            "span strong em small label time cite",
            "dd dt",
            "section article main body",
        )
    )
    for tag in group.split()
}
WIDTHS: Final = (10, 25, 50, 90, 160, 300, 600)
_LINKS = (0.01, 0.2, 0.5, 0.8)
SHARES: Final = (0.005, 0.05, 0.2, 0.5, 0.85)
_COUNTS = (1, 2, 5, 12)
_STEPS = (1, 3, 8, 20)
_SOUNDS = (1, 2, 4, 8)
MAX_SEARCHED: Final = 200_000
KEPT: Final = (200, 600, 1500, 5000)

# Single words, the first that stands in a block decides; what they mean is learned, not set.
_MARK_OF = {
    word: n + 1
    for n, group in enumerate(
        (
            "© copyright rights reserved rechte derechos reservados diritti droits réservés",
            "cookie cookies consent privacy datenschutz terms browser javascript einwilligung rgpd gdpr",
            "newsletter newsletters subscribe subscribed subscribing subscriber subscribers subscription inbox signup abonnieren "
            "abonnement abonnez suscríbete suscribirse iscriviti registrieren anmelden prenumerera рассылка подписаться подпишитесь",
            "share facebook twitter whatsapp instagram telegram linkedin pinterest youtube tiktok reddit follow folgen teilen "
            "partager compartir compartilhar condividi udostępnij",
            "related recommended trending popular similar leia lee lesen lire leggi lees czytaj zobacz читайте смотрите mehr weitere "
            "également también também läs les",
            "comment comments reply replies kommentar kommentare antworten commentaires comentarios comentários commenti reageer",
            "photo photos photograph foto fotos image images bild picture credit courtesy getty shutterstock unsplash istock afp "
            "reuters dpa epa video watch crédit fotografía",
            "by von por written published updated posted reviewed aktualisiert veröffentlicht erstellt publié publicado actualizado "
            "pubblicato author autor auteur редакция",
            "ago uhr minutes min monday tuesday wednesday thursday friday saturday sunday januar februar january february april june "
            "july august september october november december",
            "shop buy cart shipping affiliate commission sponsor sponsored advertisement anzeige werbung publicidad promo donate "
            "donation coupon discount pricing",
            "click learn download contact book quote view load jump contents started consultation demo trial faq",
            "writer reporter editor journalist correspondent freelance redakteur redakteurin journaliste periodista founder degree "
            "passionate tags topics categories",
        )
    )
    for word in group.split()
}
_WORD = re.compile(r"\w+|©")
_HEAD_KINDS = ((RELATED, 2), (FAQ, 3), (RELATED_AT_END, 4))
_ENDS = dict.fromkeys(".!?…。！？।؟", 1) | dict.fromkeys(":;,", 2) | dict.fromkeys("\"”’»」)]'", 3)
_SOUND = re.compile(r"[.,;!?。、，।؟]")


@dataclass(frozen=True, slots=True)
class Choice:
    """What the rules made of a page: weights of blocks, sums of places, the container, what was refused and kept."""

    weights: list[float]
    raw: list[float]
    mass: list[float]
    root: int
    inside: list[bool]
    unwanted: list[bool]
    kept: list[bool]


@dataclass(frozen=True, slots=True)
class Traits:
    """The traits of one block: a number for each table, and the class words of its places as bits."""

    slots: tuple[int, ...]
    own: int
    near: int
    far: int


@dataclass(frozen=True, slots=True)
class _Surroundings:
    """What a place says of all blocks in it, so that it is worked out once."""

    slots: tuple[int, ...]
    own: int
    near: int
    far: int
    signature: tuple[str, str, str]


def traits_of(page: Blocks, choice: Choice, title: str, stated: str) -> list[Traits]:
    """The traits of all blocks; `title` is the headline, `stated` the text that JSON-LD gives."""
    places = _Places(page, choice)
    signatures = _signatures(page, choice, places)
    whole = "\n".join(block.text for block in page.blocks)
    if len(whole) > MAX_SEARCHED:
        whole = ""
    words = [_word_slots(block, title, stated, whole) for block in page.blocks]
    order = _order_slots(page, choice)
    out = []
    for n, block in enumerate(page.blocks):
        around = places.known[block.place]
        width = bisect(WIDTHS, block.width)
        links = bisect(_LINKS, block.linked / len(block.text))
        tag = TAGS.get(block.tag, 0)
        rule = choice.inside[block.place] + 2 * choice.unwanted[block.place] + 4 * choice.kept[n]
        own = (tag * 8 + width, links * 8 + width, rule * 8 + width, rule * 14 + tag)
        slots = (
            *own,
            rule * 5 + links,
            *words[n],
            *order[n],
            *around.slots,
            *signatures[around.signature],
        )
        out.append(Traits(slots, around.own, around.near, around.far))
    return out


def _word_slots(block: Block, title: str, stated: str, whole: str) -> tuple[int, ...]:
    """What the words of a block alone say."""
    text, width, tag = block.text, bisect(WIDTHS, block.width), TAGS.get(block.tag, 0)
    mark = _mark(text) if block.width < 500 else 0
    end = _ENDS.get(text[-1], 0)
    first = 0 if text[0].isupper() else 1 if text[0].islower() else 2 if text[0].isdigit() else 3
    case = 1 if text.isupper() else 2 if text.lower() == text.upper() else 0
    sounds = bisect(_SOUNDS, len(_SOUND.findall(text, 0, 400)))
    told = named = again = 0
    if stated and len(text) > 20:
        told = 1 if text[:60] in stated else 2
    if title and len(text) > 8:
        named = 1 if text == title else 2 if text in title or title in text else 0
    if whole and 30 < len(text) < 400:
        again = min(2, whole.count(text[3:43]))
    return (
        end * 8 + width,
        mark * 8 + width,
        (first * 4 + end) * 3 + case,
        sounds * 8 + width,
        told * 8 + width,
        named * 14 + tag,
        again * 8 + width,
    )


def _mark(text: str) -> int:
    return next((_MARK_OF[word] for word in _WORD.findall(text.lower()) if word in _MARK_OF), 0)


class _Places:
    """The surroundings of all places, worked out from the top down."""

    def __init__(self, page: Blocks, choice: Choice) -> None:
        self.places = page.places
        self.choice = choice
        self.line: dict[int, int] = {}
        place = choice.root
        while place != NO_PLACE:
            self.line[place] = len(self.line)
            place = page.places[place].parent
        twins = Counter((p.parent, p.tag, p.name) for p in page.places)
        self.twins = [bisect(_COUNTS, twins[p.parent, p.tag, p.name] - 1) for p in page.places]
        whole = choice.mass[0] or 1.0
        self.shares = [bisect(SHARES, mass / whole) for mass in choice.mass]
        self.known: list[_Surroundings] = []
        self._from_the_top()

    def _from_the_top(self) -> None:
        """Parents come before their children, so that what a parent has seen is at hand."""
        places, line = self.places, self.line
        above: list[int] = []  # flags of the place and all that it stands in
        topics: list[tuple[int, int, int, int]] = []  # article, main, highest refused, meeting
        article = next((n for n in line if places[n].tag == "article"), NO_PLACE)
        for n, one in enumerate(places):
            up = one.parent
            inside, main, called, meeting = topics[up] if up != NO_PLACE else (0, 0, NO_PLACE, n)
            if one.tag == "article":
                inside = 1 if n == article else 2
            elif one.tag == "main":
                main = 1
            if called == NO_PLACE and one.flags & UNWANTED:
                called = n
            if n in line:
                meeting = n
            topics.append((inside, main, called, meeting))
            above.append(one.flags | (above[up] if up != NO_PLACE else 0))
            self.known.append(self._look(n, topics[n], above))

    def _look(self, n: int, topics: tuple[int, int, int, int], above: list[int]) -> _Surroundings:
        places, choice, shares, twins = self.places, self.choice, self.shares, self.twins
        inside, main, called, meeting = topics
        up = max(0, places[n].parent)
        grand = max(0, places[up].parent)
        third = max(0, places[grand].parent)
        fourth = max(0, places[third].parent)
        in_called = 0
        if called != NO_PLACE:
            in_called = 1 + bisect(SHARES, choice.raw[called] / (choice.raw[0] or 1.0))
        rule = choice.inside[n] + 2 * choice.unwanted[n]
        slots = (
            shares[n] * 6 + shares[up],
            shares[grand] * 6 + shares[fourth],
            (inside * 2 + main) * 4 + rule,
            min(7, self.line[meeting]) * 6
            + bisect(SHARES, choice.mass[choice.root] / (choice.mass[meeting] or 1.0)),
            in_called,
            twins[n] * 5 + twins[up],
            twins[grand] * 5 + twins[third],
        )
        near = places[up].flags | places[grand].flags
        signature = (places[n].tag, places[n].name, places[up].tag + places[up].name)
        return _Surroundings(slots, places[n].flags, near, above[third], signature)


def _signatures(
    page: Blocks, choice: Choice, places: _Places
) -> dict[tuple[str, str, str], tuple[int, ...]]:
    """For each kind of place: how much of the kept text stands in it, how linked it is, how much of it is good."""
    sums: dict[tuple[str, str, str], list[float]] = {}
    total = 1.0
    for n, block in enumerate(page.blocks):
        one = sums.setdefault(places.known[block.place].signature, [0.0] * 5)
        one[0] += 1
        one[1] += block.width
        one[2] += block.linked
        one[3] += choice.weights[n]
        if choice.kept[n]:
            one[4] += block.width
            total += block.width
    return {
        key: (
            bisect(SHARES, kept / total) * 5 + bisect(_LINKS, linked / width),
            bisect(SHARES, good / width) * 5 + bisect(_COUNTS, count - 1),
            bisect(SHARES, kept / width) * 8 + bisect(WIDTHS, width / count),
        )
        for key, (count, width, linked, good, kept) in sums.items()
    }


def _order_slots(page: Blocks, choice: Choice) -> list[tuple[int, ...]]:
    """What the order of the blocks says: before or after, beside what, under which heading."""
    blocks = page.blocks
    good = [n for n, weight in enumerate(choice.weights) if weight and choice.kept[n]]
    first, last = (good[0], good[-1]) if good else (0, len(blocks))
    headline = next((n for n, block in enumerate(blocks) if block.tag == "h1"), None)
    kinds = [_kind(block) for block in blocks]
    widths = [bisect(WIDTHS, block.width) for block in blocks]
    links = [bisect(_LINKS, block.linked / len(block.text)) for block in blocks]
    copies = Counter(block.text for block in blocks)
    seen: set[str] = set()
    head = head_at = headlines = linked_heads = 0
    scale = bisect(SHARES, choice.mass[choice.root] / (choice.raw[0] or 1.0)) * 5 + bisect(
        KEPT, sum(b.width for n, b in enumerate(blocks) if choice.kept[n])
    )
    short = _runs([width < 3 for width in widths])
    linked = _runs([links_ > 2 for links_ in links])
    out: list[tuple[int, ...]] = []
    for n, block in enumerate(blocks):
        rule = choice.inside[block.place] + 2 * choice.unwanted[block.place]
        where = (
            5 + bisect(_STEPS, n - last)
            if n > last
            else bisect(_STEPS, first - n)
            if n < first
            else 10
        )
        side = 0 if headline is None else 1 if n < headline else 2
        twice = 0 if copies[block.text] == 1 else 2 if block.text in seen else 1
        seen.add(block.text)
        if block.tag in HEADINGS:
            head, head_at = _head(block.text), n
            headlines = min(2, headlines + (block.tag == "h1"))
            linked_heads += n > first and links[n] > 2
        before, after = max(n - 1, 0), min(n + 1, len(blocks) - 1)
        both = choice.kept[before] * 2 + choice.kept[after]
        out.append(
            (
                where * 4 + rule,
                where * 3 + side,
                twice * 8 + widths[n],
                head * 5 + bisect(_STEPS, n - head_at),
                (both * 4 + kinds[before]) * 4 + kinds[after],
                kinds[n] * 16 + kinds[before] * 4 + kinds[after],
                widths[before] * 8 + widths[after],
                links[before] * 5 + links[after],
                bisect(_STEPS, short[n]) * 5 + bisect(_STEPS, linked[n]),
                scale * 8 + rule + 4 * choice.kept[n],
                both * 8 + widths[n],
                (headlines * 5 + bisect(_COUNTS, linked_heads)) * 4 + rule,
                _ENDS.get(blocks[before].text[-1], 0) * 14 + TAGS.get(block.tag, 0),
            )
        )
    return out


def _kind(block: Block) -> int:
    if block.tag in HEADINGS:
        return 1
    if block.linked * 2 > len(block.text):
        return 3
    return 2 if block.width >= 60 else 0


def _head(text: str) -> int:
    plain = " ".join(re.findall(r"\w+", text.lower()))
    return next((kind for table, kind in _HEAD_KINDS if plain in table), 5 if _mark(text) else 1)


def _runs(marks: Sequence[bool]) -> list[int]:
    """How long the run is that each one stands in."""
    out, start = [0] * len(marks), 0
    for n in range(len(marks) + 1):
        if n == len(marks) or not marks[n]:
            out[start:n] = [n - start] * (n - start)
            start = n + 1
    return out

"""Which date belongs to which card: in it, beside it (a term before, a line after), or in a heading above several."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence

from aiwatch.sources.listing.cards import Card, Text, short_texts
from aiwatch.sources.listing.page import Page
from aiwatch.sources.listing.stamps import (
    glued,
    is_date,
    joined,
    month_first,
    settled,
    with_year,
    year_of,
)
from aiwatch.text.clean import clean_line

_OVER = frozenset(["h1", "h2", "h3", "h4", "h5", "h6", "dt", "th", "summary", "caption", "legend"])
_MAX_GAP = 40
"""Rows between two cards that are looked at."""


class Dating:
    """The dates of one list's cards."""

    def __init__(self, page: Page, cards: Sequence[Card]) -> None:
        self.page = page
        self.month_first = month_first(_short_rows(page, cards))
        self.years = list(_years(page))
        gaps = [(self._in_gap(card.before), self._in_gap(card.after)) for card in cards]
        ahead = sum(bool(before) for before, _ in gaps)
        behind = sum(bool(after) for _, after in gaps)
        by_place = sorted(range(len(cards)), key=lambda n: cards[n].at)
        first_has_none = bool(by_place) and not gaps[by_place[0]][0]
        over = any(self._is_over(card.before) for card in cards)
        self.beside: dict[int, str] = {}
        if behind and behind >= ahead and first_has_none and not over:
            self.beside = {card.at: after for card, (_, after) in zip(cards, gaps, strict=True)}
        elif ahead:
            self._carry([(cards[n], gaps[n][0]) for n in by_place])

    def of(self, card: Card, title: str) -> str:
        """A text that states the card's date; empty without."""
        return next(filter(None, self._found(card, title)), "")

    def _found(self, card: Card, title: str) -> Iterator[str]:
        nodes = self.page.nodes
        for n in self.page.inside(card.at):
            if (moment := nodes[n].moment) and is_date(moment):
                yield moment
        texts = list(short_texts(card.texts, title))
        yield from self._stated(texts)
        yield joined([text.text for text in texts])
        yield next(filter(None, (glued(text.text) for text in card.texts)), "")
        if year := self._year_over(card.at):
            yield next(filter(None, (with_year(text.text, year) for text in texts)), "")
        yield self.beside.get(card.at, "")

    def _stated(self, texts: Sequence[Text]) -> Iterator[str]:
        """Texts that state a day, those that state little else first."""
        for text in sorted(texts, key=lambda text: (text.heading, len(text.text) > 40)):
            plain = settled(text.text, month_first=self.month_first)
            if is_date(plain):
                yield plain

    def _in_gap(self, gap: range) -> str:
        """A date between two cards, the last one before a card."""
        found = ""
        for n in gap[:_MAX_GAP] if len(gap) < 400 else ():
            node = self.page.nodes[n]
            stated = node.moment or (clean_line(node.text) if node.tag == "-text" else "")
            if stated and is_date(settled(stated, month_first=self.month_first)):
                found = settled(stated, month_first=self.month_first)
        return found

    def _is_over(self, gap: range) -> bool:
        """Whether the rows before a card hold a heading that is a date."""
        nodes = self.page.nodes
        return any(
            nodes[n].tag in _OVER and nodes[n].width < 60 and is_date(self.page.text(n))
            for n in gap[:_MAX_GAP]
        )

    def _carry(self, cards: Sequence[tuple[Card, str]]) -> None:
        """A date over several cards is the date of each until the next one."""
        current = ""
        for card, before in cards:
            current = before or current
            self.beside[card.at] = current

    def _year_over(self, at: int) -> str:
        place = bisect_right(self.years, (at, "~"))
        return self.years[place - 1][1] if place else ""


def _short_rows(page: Page, cards: Sequence[Card]) -> Iterator[str]:
    """The short texts from the first card to what follows the last."""
    if cards:
        first, last = min(card.at for card in cards), max(cards, key=lambda card: card.at)
        for node in page.nodes[first : page.nodes[last.at].end + _MAX_GAP]:
            if node.tag == "-text" and node.width < 120:
                yield node.text


def _years(page: Page) -> Iterator[tuple[int, str]]:
    """Headings that consist of a year."""
    for n, node in enumerate(page.nodes):
        if (
            4 <= node.width <= 10
            and (node.tag in _OVER or "year" in node.names)
            and (year := year_of(page.text(n)))
        ):
            yield n, year

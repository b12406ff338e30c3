"""Where outlets give different numbers for the same thing.

Only this is claimed: the same measure (revenue, running cost …) of the same name, in the same unit and per the same
time, from different outlets, neither of which gives the other's number too, and further apart than rounding.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from aiwatch.judge.names import names
from aiwatch.judge.quantities import Quantity, dates, folded, quantities
from aiwatch.judge.statements import capitalises_nouns, named_in, statements, subjects
from aiwatch.judge.units import UNIT_WORDS
from aiwatch.judge.voices import telling
from aiwatch.model import Figure, Member, Story
from aiwatch.text.late import late

_MEASURES = {
    "revenue": r"revenues?|sales|umsatz|einnahmen|chiffre d['’]affaires|revenus?|recettes|ingresos|ventas|receitas?|turnover|earn(?:ed|s|ings)|grossed|took in|收入|营收|売上|매출|รายได้",
    "cost": r"costs?|kosten|kostet|coûts?|coûtera|coste|costos?|costará|costing|spen(?:t|ds|ding)|burn(?:ed|s|ing|t)?|expenses?|成本|费用|費用|비용|ต้นทุน",
    "loss": r"loss(?:es)?|verluste?|pertes?|pérdidas?|lost|亏损|赤字|손실|ขาดทุน",
    "profit": r"profits?|gewinn|bénéfices?|beneficios?|ganancias|净利润|利益|이익|กำไร",
    "users": r"users?|nutzer|utilisateurs|usuarios|subscribers?|accounts?|用户|ユーザー|이용자|ผู้ใช้",
    "downloads": r"downloads?|downloaded|installs?|下载|ダウンロード|다운로드|ดาวน์โหลด",
    "price": r"price[ds]?|preis|prix|precio|pricing|fees?|subscription|价格|価格|가격|ราคา",
    "deal": r"deal|agreement|contract|partnership|licen[cs]e|协议|提携|계약|ข้อตกลง",
    "investment": r"invest(?:ed|s|ing|ments?|iert|itionen?|issements?)|inversi(?:ón|ones)|stake|raised|raising|funding|round|投资|出資|투자|ลงทุน",
    "valuation": r"valu(?:ed|ation|ing)|worth|market cap|估值|評価額|기업가치|มูลค่า",
    "fine": r"fine[ds]?|bußgeld|strafe|amende|multa|penalt(?:y|ies)|settle(?:d|ment)|damages|罚款|罰金|벌금|ค่าปรับ",
    "jobs": r"jobs?|stellen|arbeitsplätze|emplois|empleos|puestos|employees|staff|workers|layoffs|laid off|裁员|員工|직원|พนักงาน",
}
_MEASURE = {name: late(rf"(?<!\w)(?:{words})", re.IGNORECASE) for name, words in _MEASURES.items()}
_PER = late(r"^\W*(?:(?:a|an|per|each|every)\s|/\s?)(second|minute|hour|day|week|month|year|quarter)\b|^\W*(daily|monthly|weekly|annually|yearly)", re.IGNORECASE)  # fmt: skip
_ADVERBS = {
    "daily": "day",
    "weekly": "week",
    "monthly": "month",
    "annually": "year",
    "yearly": "year",
}
_HEDGE = late(r"(?:more than|over|at least|up to|less than|under|nearly|almost|about|around|some|roughly|超过|約|约)\s*$", re.IGNORECASE)  # fmt: skip
_CLAUSE = late(r",\s|;\s|\s(?:while|whereas|but|although|compared|against|versus|and)\s|，|、|；")
_DIFFERENT, _DIFFERENT_HEDGED = 0.05, 0.3
_MOST_MEMBERS = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class _Claim:
    """One outlet's number for one measure."""

    measure: str
    unit: str
    per: str
    value: float
    shown: str
    hedged: bool
    names: frozenset[str]
    when: frozenset[str]
    member: Member


def figures(story: Story) -> tuple[Figure, ...]:
    """The numbers that outlets disagree on, each with who says what."""
    groups: dict[tuple[str, str, str], list[_Claim]] = defaultdict(list)
    members = telling(story)[:_MOST_MEMBERS]
    about = subjects(members)
    for member in members:
        for claim in _claims(member, about):
            groups[claim.measure, claim.unit, claim.per].append(claim)
    return tuple(figure for claims in groups.values() if (figure := _figure(claims)))


def _claims(member: Member, about: frozenset[str]) -> Iterator[_Claim]:
    stated = statements(member.text, member.title)
    known = about.union(*(named_in(keys) for _, keys in stated))
    for sentence, _ in stated:
        text = folded(sentence)
        when = frozenset(date.key for date in dates(sentence))
        for quantity in quantities(sentence):
            start, end = _clause(text, quantity)
            per = _per(text[quantity.end :])
            measure = _measure(text, start, end, quantity)
            if measure is None:
                continue
            yield _Claim(
                measure=measure,
                unit=quantity.unit,
                per=per,
                value=quantity.value,
                shown=quantity.text,
                hedged=bool(_HEDGE.search(text[start : quantity.start])),
                names=_things(text[start:end], known, about),
                when=when,
                member=member,
            )


def _things(clause: str, known: frozenset[str], about: frozenset[str]) -> frozenset[str]:
    """The names that a number may be about; where every noun has a capital, only those the story is about."""
    found = frozenset(word for name in names(clause, known) for word in name.words) - UNIT_WORDS
    return found & about if capitalises_nouns(clause) else found


def _clause(text: str, quantity: Quantity) -> tuple[int, int]:
    """Where the part of the sentence around a quantity begins and ends."""
    marks = list(_CLAUSE.finditer(text))
    start = max((mark.end() for mark in marks if mark.end() <= quantity.start), default=0)
    end = min((mark.start() for mark in marks if mark.start() >= quantity.end), default=len(text))
    return start, end


def _per(after: str) -> str:
    found = _PER.match(after)
    if not found:
        return ""
    return (found[1] or _ADVERBS[found[2].lower()]).lower()


def _measure(text: str, start: int, end: int, quantity: Quantity) -> str | None:
    """The nearest word of measure in the quantity's clause; money, shares and counts have one, spans of time none."""
    if quantity.unit in ("second", "minute", "hour", "day", "week", "month", "year", "date"):
        return None
    distances = [
        (
            min(
                abs(found.start() + start - quantity.end), abs(quantity.start - found.end() - start)
            ),
            name,
        )
        for name, pattern in _MEASURE.items()
        for found in pattern.finditer(text[start:end])
    ]
    return min(distances)[1] if distances else None


def _figure(claims: list[_Claim]) -> Figure | None:
    """The disagreement among claims of one measure, one number for each outlet."""
    first: dict[str, _Claim] = {}
    for claim in claims:
        first.setdefault(claim.member.outlet.casefold(), claim)
    for claim in first.values():
        against = [other for other in first.values() if _contradicts(claim, other, claims)]
        if against:
            return _shown([claim, *against])
    return None


def _contradicts(claim: _Claim, other: _Claim, claims: Iterable[_Claim]) -> bool:
    if claim is other or not claim.names & other.names or claim.when != other.when:
        return False
    if not _apart(claim, other):
        return False
    values = defaultdict(list)
    for each in claims:
        values[each.member.outlet.casefold()].append(each)
    mine, theirs = values[claim.member.outlet.casefold()], values[other.member.outlet.casefold()]
    return all(_apart(one, two) for one in mine for two in theirs)


def _apart(one: _Claim, two: _Claim) -> bool:
    limit = _DIFFERENT_HEDGED if one.hedged or two.hedged else _DIFFERENT
    return abs(one.value - two.value) > limit * max(one.value, two.value)


def _shown(claims: list[_Claim]) -> Figure:
    shared = sorted(frozenset.intersection(*(claim.names for claim in claims)))
    text = " ".join(claim.member.text for claim in claims[:1])
    written = (
        re.search(rf"(?<!\w){re.escape(shared[0])}(?!\w)", text, re.IGNORECASE) if shared else None
    )
    per = f" a {claims[0].per}" if claims[0].per else ""
    measured = f"{claims[0].measure}{per}"
    what = f"{written.group()}, {measured}" if written else measured
    return Figure(
        what=what,
        values=tuple((claim.shown, claim.member.outlet, claim.member.url) for claim in claims),
    )

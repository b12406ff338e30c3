"""The headline as printed: which of a page's titles, and without the outlet's name."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from aiwatch.text.clean import clean_line, plain
from aiwatch.text.dates import parse_date
from aiwatch.text.late import late

_SEPARATOR = late(r"\s+(?:[|·•»«]|[-–—]{1,2}|::|/|>)\s+|\s*[|｜]\s*|\s+[-–—]\s*$")
_PARTING = late(r"\s+(?:[|·•]|[-–—]{1,2})\s+|\s*[|｜]\s*")  # before an outlet's name
_TOPIC_SIGN = late(r"\s*:\s+|\s+[-–—|]\s+")  # after a topic
_SAME_WORDS = 0.45  # of the runs of three letters: over it 3 of 3 lone headings were the headline, under it 2 of 10
TOPIC_LEFT = "h1, its topic left out"
_SIGNS = ("|", ":", "-", "–", "—", "/", "·", "•", "+")
_WORD = late(r"\w+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Titles:
    """The titles a page carries."""

    linked: str = ""  # JSON-LD headline
    microdata: str = ""  # of a meta element
    og: str = ""
    twitter: str = ""
    h1: Sequence[str] = ()  # parts of one heading on lines of their own
    marked: Sequence[str] = ()  # those of h1 that markup names the headline
    title: str = ""  # the title element


def stated(text: str) -> str:
    """A text that a site wrote for machines, on one line: the markup and entities in it are read.

    More than once where need be: `<textarea>` and its like hold markup as text.
    """
    for _ in range(4):
        before, text = text, clean_line(plain(text))
        if text == before or not ("<" in text or "&" in text):
            return text
    return text.partition("<")[0].strip()


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text.casefold()))


def alike(one: str, other: str) -> float:
    """How much of the words two titles share, 0 to 1."""
    a, b = _words(one), _words(other)
    return 2 * len(a & b) / (len(a) + len(b)) if a and b else 0.0


def without_site(title: str, names: Sequence[str]) -> str:
    """The title less a leading or trailing part that is the outlet's name, or a host that stands for it."""
    return _without(title, _squeezed(names))


def _squeezed(names: Sequence[str]) -> set[str]:
    return {_squeeze(name) for name in names if name}


def _without(title: str, squeezed: set[str]) -> str:
    for _ in range(3):
        gaps = list(_SEPARATOR.finditer(title))
        if not gaps:
            break
        head, tail = title[: gaps[0].start()], title[gaps[-1].end() :]
        if _is_site(tail, squeezed):
            title = title[: gaps[-1].start()]
        elif _is_site(head, squeezed):
            title = title[gaps[0].end() :]
        else:
            break
    return title.strip()


def _squeeze(name: str) -> str:
    return re.sub(r"^(?:www|the)|[\W_]|(?:com|org|net|de|couk)$", "", name.casefold())


def _is_site(part: str, squeezed: set[str]) -> bool:
    """Whether a part of a title is the outlet's name, or about as much with a word more or less.

    A headline that speaks of its own outlet ("... : PolitiFact's lie of the year") is no name of it.
    """
    own = _squeeze(part)
    if not own:
        return True
    return any(
        own == name
        or (
            min(len(own), len(name)) > 3
            and ((own in name) or (name in own and len(name) * 2 >= len(own)))
        )
        for name in squeezed
    )


def choose_title(titles: Titles, site_names: Sequence[str]) -> tuple[str, str]:
    """The headline and which evidence it came from."""
    outlet = _squeezed(site_names)
    machine = [
        (_without(stated(text), outlet), how)
        for text, how in (
            (titles.linked, "json-ld"),
            (titles.microdata, "microdata"),
            (titles.og, "og:title"),
            (titles.twitter, "twitter:title"),
            (titles.title, "title element"),
        )
        if text.strip()
    ]
    printed = [lines for text in titles.h1 if (lines := _parts(text))]
    if not machine:
        return (" ".join(printed[0]), "h1") if printed else ("", "nothing found")
    told = [text for text, _ in machine]
    stated_words = [_normal(text) for text in told]
    slogans = [text for lines in printed if _is_slogan(text := " ".join(lines), told, stated_words)]
    if lines := _best_borne_out(printed, told, slogans):
        headline, how = _headline_in(lines, told)
        return _without(headline, outlet), how
    marked = {" ".join(_parts(text)) for text in titles.marked} - {"", *slogans}
    if len(marked) == 1:
        return _without(marked.pop(), outlet), "h1, marked as the headline"
    text, how = machine[0]
    return _before_slogan(text, slogans), how


def _best_borne_out(
    printed: Sequence[list[str]], told: Sequence[str], slogans: Sequence[str]
) -> list[str]:
    """The lines of the heading that stated titles bear out best, and enough; none where there is no such one."""
    shown = [" ".join(lines) for lines in printed]
    alone = len(set(shown)) == 1
    best, n = max(
        (
            (max(_borne_out(text, other) for other in told), -n)
            for n, text in enumerate(shown)
            if text not in slogans
        ),
        default=(0.0, 0),
    )
    if best and best >= _enough(shown[-n], alone=alone):
        return printed[-n]
    spelt_alike = alone and max(_alike_in_letters(shown[0], other) for other in told) >= _SAME_WORDS
    return printed[0] if spelt_alike and not slogans else []


def _is_slogan(shown: str, told: Sequence[str], stated_words: Sequence[list[str]]) -> bool:
    """Whether a heading is the outlet's line or a section: what stated titles have beside the headline.

    It stands after the last sign in every title that has it, or before what another title is. Of 13 headings that only
    the end of a stated title bears out, the 5 after a bar or dash were the outlet's, and none of the 8 after a colon,
    a slash or no sign.
    """
    words = _normal(shown)
    if not words or words in stated_words:
        return False
    if any([*words, *text] in stated_words for text in stated_words if text):
        return True
    run = f" {' '.join(words)} "
    having = [
        text for text, has in zip(told, stated_words, strict=True) if run in f" {' '.join(has)} "
    ]
    return bool(having) and all(_before_slogan(text, [shown]) != text for text in having)


def _before_slogan(title: str, slogans: Sequence[str]) -> str:
    """The title less an outlet's line after a bar or dash; a single word before the sign is a topic, no headline."""
    ends = [_normal(slogan) for slogan in slogans]
    for gap in _PARTING.finditer(title) if ends else ():
        if len(_normal(title[: gap.start()])) > 1 and _normal(title[gap.end() :]) in ends:
            return title[: gap.start()]
    return title


def _alike_in_letters(one: str, other: str) -> float:
    """How many of their runs of three letters two titles share: `Chorgeschichte` and `Geschichte` have no word alike."""
    a, b = _threes(one), _threes(other)
    return 2 * len(a & b) / (len(a) + len(b)) if a and b else 0.0


def _threes(text: str) -> set[str]:
    spaced = f" {' '.join(_normal(text))} "
    return {spaced[n : n + 3] for n in range(len(spaced) - 2)}


def _parts(h1: str) -> list[str]:
    """The lines of a heading, less one that is only a date."""
    lines = [line for raw in h1.split("\n") if (line := clean_line(raw))]
    if len(lines) > 1:
        lines = [line for line in lines if not (len(line) < 30 and parse_date(line))] or lines
    return lines


def _borne_out(shown: str, other: str) -> float:
    """How well a stated title bears a heading out; one that opens it does so nearly fully.

    At its end often stands the outlet, whose name may be a heading too: there it must be most of the title.
    """
    a, b = _normal(shown), _normal(other)
    if len(a) > 1 and a != b and (b[: len(a)] == a or (b[-len(a) :] == a and len(a) * 2 > len(b))):
        return 0.95
    return alike(shown, other)


def _enough(shown: str, *, alone: bool) -> float:
    """How much a heading must share with a stated title.

    Sites write another title for sharing and searching than they print. Where the only heading of a page had five
    words or more and shared a fifth, it was the headline on 31 of 49 pages (a stated title on 14); where a shorter
    one shared two fifths, on 10 of 15.
    """
    if not alone:
        return 0.6
    return 0.2 if len(_normal(shown)) >= 5 else 0.4


def _normal(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _headline_in(lines: Sequence[str], told: Sequence[str]) -> tuple[str, str]:
    """The heading less a topic before it or a line under it, where stated titles do without."""
    stated_words = [_normal(text) for text in told]
    past_topic = [_normal(text[gap.end() :]) for text in told for gap in _TOPIC_SIGN.finditer(text)]
    cuts = [n for n in range(1, len(lines)) if _normal(lines[n])]
    if _normal(" ".join(lines)) not in stated_words:
        for n in cuts:
            if _normal(" ".join(lines[n:])) in stated_words:
                return " ".join(lines[n:]), TOPIC_LEFT
        for n in cuts:
            words = _normal(" ".join(lines[:n]))
            if len(words) > 1 and words in stated_words:
                return " ".join(lines[:n]), "h1, the line under it left out"
        for n in cuts:
            if lines[n - 1].endswith(_SIGNS) and _normal(" ".join(lines[n:])) in past_topic:
                return " ".join(lines[n:]), TOPIC_LEFT
    return _without_kicker(lines, told)


def _without_kicker(lines: Sequence[str], told: Sequence[str]) -> tuple[str, str]:
    """The heading less a topic that stands before it ("Opinion | ..."), where stated titles do without.

    The topic is shorter than the headline and set apart, by a sign or by an element of its own.
    """
    whole = " ".join(lines)
    words = _normal(whole)
    stated_words = [_normal(_past_section(text, lines[0])) for text in told]
    bare = [
        text
        for text in stated_words
        if 1 < len(text) < len(words) < 2 * len(text) + 2 and words[-len(text) :] == text
    ]
    kept = sum(text[: len(words)] == words for text in stated_words)
    if not bare or len(bare) < kept:
        return whole, "h1"
    start = list(_WORD.finditer(whole))[len(words) - len(max(bare, key=len))].start()
    before = whole[:start].rstrip("\"'“”‘’«»„‚›‹¿¡( ")
    apart = any(len(" ".join(lines[:n])) == len(before) for n in range(1, len(lines)))
    if not apart and not before.endswith(_SIGNS):
        return whole, "h1"
    return whole[len(before) :].strip(), TOPIC_LEFT


def _past_section(title: str, section: str) -> str:
    """The title less a section set before it with a bar, which is the heading's first line."""
    before, bar, after = title.partition("|")
    return after if bar and len(before) < 20 and before.strip() == section else title

"""Who told a story first, and whose report the others say that they go by ("as first reported by …").

A name counts as credited where the words around it speak of a report, or where it is an outlet of the story itself or
is called like one. Read in the first part of a text, where newsrooms put it.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final

from aiwatch.judge.voices import heard, is_copy
from aiwatch.model import Member, Story
from aiwatch.text.late import late

WITHIN: Final = 2_500  # characters of a text in which a credit is looked for
MOST_NAMED: Final = 5

_WORD = r"[A-Z0-9][\w'’&.-]*"
_ARTICLE = r"(?:[Tt]he |[Dd]e[rn] |[Dd]ie |[Dd]as |[Ll]e |[Ll]a |[Ee]l )?"


def _name(group: str) -> str:
    return rf"(?P<{group}>{_ARTICLE}{_WORD}(?: (?:of |& |and )?{_WORD}){{0,3}})"


# Of a report, whoever wrote it.
_SURE = late(
    rf"\breported (?:earlier |first )?by {_name('by')}|{_name('reported')} (?:first|earlier|previously) reported\b"
    rf"|\b[Aa]s {_name('as_')} (?:first )?reported\b|\breports? (?:in|by|from) {_name('in_')}"
    rf"|\b[Cc]iting (?:a report (?:in|by|from) )?{_name('citing')}"
    r"|[据據](?P<zh>[^\s，。、]{2,14}?)(?:报道|報道|報導)|(?P<ja>[^\s、。「」]{2,14}?)(?:が報じ|の報道による)"
    r"|(?P<ko>[^\s,.]{2,14}?)(?:이|가) 보도"
)
# Of anybody who says something: of an outlet only if it is known or called like one.
_MAYBE = late(
    rf"\b(?:[Aa]ccording to|told|interview with|[Ll]aut|[Ss]elon|[Ss]egún|[Ss]econdo|[Vv]olgens|[Vv]ia|[Ww]ie) {_name('who')}"
    r"|(?P<ja>[^\s、。「」]{2,14}?)による?と|(?P<ko>[^\s,.]{2,14}?)에 따르면|[据據](?P<zh>[^\s，。、]{2,14}?)消息"
)
_CALLED_SO = late(
    r"\b(?:Times|Post|News|Journal|Reuters|AP|AFP|dpa|Bloomberg|BBC|CNN|CNBC|Guardian|Wire|Herald|Tribune|Gazette"
    r"|Chronicle|Telegraph|Observer|Daily|Weekly|Magazine|Press|Report(?:er)?|Zeitung|Tagblatt|Kurier|Monde|País|Figaro"
    r"|Verge|Information|Variety|Insider|Axios|Politico|Wired|Xinhua|Nikkei|Yonhap|Kyodo|Agency)\b"
    r"|通信|新聞|新闻|日报|日報|时报|時報|ロイター|路透|로이터|일보|신문|뉴스|연합"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Credits:
    """Who was first among those that told it, and who is cited, the most cited first."""

    first: Member
    cited: tuple[str, ...] = ()


def credits_of(story: Story) -> Credits:
    """By the times that articles state, else when they came; of two at one time, the one that is first-hand."""
    own = [member for member in heard(story) if not is_copy(member)] or list(story.members)
    first = min(own, key=lambda m: (m.published or m.first_seen, not m.primary, m.article))
    outlets = {member.outlet.casefold() for member in story.members}
    found: dict[str, list[str]] = {}
    for member in own:
        for name in dict.fromkeys(cited_in(member, outlets)):
            found.setdefault(_key(name), []).append(name)
    ranked = sorted(found.values(), key=len, reverse=True)
    return Credits(first=first, cited=tuple(names[0] for names in ranked[:MOST_NAMED]))


def cited_in(member: Member, outlets: Collection[str] = ()) -> Iterator[str]:
    """Outlets that an article credits, never itself; `outlets` are known names, in lower case."""
    text = member.text[:WITHIN]
    known = {_key(name) for name in outlets}
    for found in _SURE.finditer(text):
        yield from _other(member, _named(found))
    for found in _MAYBE.finditer(text):
        name = _named(found)
        if _key(name) in known or _CALLED_SO.search(name):
            yield from _other(member, name)


def _named(found: "re.Match[str]") -> str:
    name: str = next(filter(None, found.groups()))
    return name


def _other(member: Member, name: str) -> Iterator[str]:
    name = name.strip(" .,'’")
    if _key(name) not in (_key(member.outlet), _key(member.source)):
        yield name


def _key(name: str) -> str:
    """The name without its article, to compare."""
    return (
        re.sub(r"^(?:the|der|den|die|das|de|le|la|el) ", "", name.casefold())
        .removesuffix("’s")
        .removesuffix("'s")
    )

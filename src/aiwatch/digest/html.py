"""A digest as one HTML page for a mail: escaped text in our own template, no scripts, no pictures, nothing remote."""

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from aiwatch.digest import care, foreign, wording
from aiwatch.digest.mails import numbered
from aiwatch.digest.moments import clock, long_day
from aiwatch.digest.plain import cleaned, shortened
from aiwatch.model import Digest
from aiwatch.text.late import late

if TYPE_CHECKING:
    from css_inline import CSSInliner
    from jinja2 import Environment

MOST_BYTES = 90_000
"""Mail readers clip a message past about 102 kB."""
_STYLE = late(r"<style>.*?</style>", re.DOTALL)
_LANGUAGE = late(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8}){0,3}")


def size(digest: Digest) -> int:
    """How many bytes the page has that shows all of it."""
    return len(_page(cleaned(digest), "full").encode())


def as_html(digest: Digest) -> str:
    """The whole page; what is too big for one mail keeps every story, first without its details, then its sentences."""
    digest = cleaned(digest)
    page = ""
    for detail in ("full", "sentences", "headlines"):
        page = _page(digest, detail)
        if len(page.encode()) < MOST_BYTES:
            break
    return page


def _page(digest: Digest, detail: str) -> str:
    environment = _environment()
    page = environment.get_template("digest.html.j2").render(
        digest=digest,
        detail=detail,
        single=len(wording.lines_of(digest)) + len(wording.incidents(digest)) == 1,
        wording=wording,
        care=care,
        foreign=foreign,
        numbered=numbered,
        preview=_preview(digest),
        long_day=long_day(digest.at, digest.timezone),
        clock=clock(digest.at, digest.timezone),
    )
    return _charset_first(_inliner().inline(page))


def _charset_first(page: str) -> str:
    """The inliner puts its style before all else; a browser looks for the charset in 1,024 bytes (HTML 4.2.5.4)."""
    style = _STYLE.search(page)
    if style is None:
        return page
    before, after = page[: style.start()], page[style.end() :]
    return before + after.replace("</head>", f"{style.group()}\n</head>", 1)


@lru_cache(maxsize=1)
def _environment() -> "Environment":
    # Imported by the first page: a pass that tells nothing would wait for it in vain.
    from jinja2 import Environment, PackageLoader, StrictUndefined  # noqa: PLC0415

    environment = Environment(
        loader=PackageLoader("aiwatch.digest"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["language"] = _language
    return environment


@lru_cache(maxsize=1)
def _inliner() -> "CSSInliner":
    from css_inline import CSSInliner  # noqa: PLC0415

    return CSSInliner(load_remote_stylesheets=False, keep_style_tags=False, keep_at_rules=True)


def _language(tag: str | None) -> str:
    """A language tag fit for `lang`, else nothing."""
    return tag if tag and _LANGUAGE.fullmatch(tag) else ""


def _preview(digest: Digest) -> str:
    """What a mailbox shows beside the subject: the first sentence that the subject does not hold."""
    for line in wording.lines_of(digest):
        if edited := wording.edited(line):
            return shortened(" ".join(f"{sign} {text}" for sign, text in edited), 140)
        for fact in (*line.new_facts, *line.summary):
            return shortened(fact.text, 140)
    for event in wording.incidents(digest):
        return shortened(care.sentence(event) or care.headline(event), 140)
    return wording.counts(digest)

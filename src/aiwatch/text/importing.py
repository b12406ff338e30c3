"""A line of `import` becomes one article: its own words, read as a page's where it brings one.

Every choice between its parts is said in `how`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from aiwatch.model import Article, Extract, ReadArticle, SourceName
from aiwatch.text.article import extract
from aiwatch.text.clean import clean_line, clean_text, plain, safe_url
from aiwatch.text.dates import parse_date, utc
from aiwatch.text.fingerprint import fingerprint
from aiwatch.text.reading import first_words, language_of, page_how
from aiwatch.text.tail import cut_tail
from aiwatch.text.urls import canonical, host, url_key

_KEYS = ("id", "url", "title", "body", "summary", "html", "published", "source", "lang")
_EXPORTED = (
    "text",
    "outlet",
    "modified",
)  # beside `authors`, a list: what `export articles` writes
EXPORTED = "text"  # was read before, by `text.article`: it is taken as it stands
_MARKUP = re.compile(
    r"</(?:p|div|li|h\d|span|a|b|i|em|strong)\s*>|<(?:br|p|img)\b[^<>]*>", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """A line of an import, read, and its text as it was given."""

    read: ReadArticle
    given: str


def imported(line: Mapping[str, Any]) -> Imported | str:
    """The article in a line of `import`; a text instead says what is wrong with the line."""
    if problem := _wrong_type(line):
        return problem
    said = {name: "" if line.get(name) is None else str(line[name]) for name in _KEYS}
    said |= {name: line[name] for name in _EXPORTED if isinstance(line.get(name), str)}
    said = {name: value for name, value in said.items() if value.strip()}
    url = safe_url(said.get("url", ""))
    found = extract(said["html"], url) if "html" in said else Extract()
    given, text_how = _given_text(said, found)
    text = given if text_how == EXPORTED else cut_tail(given)
    title = clean_line(said.get("title", "")) or found.title or first_words(text)
    if not title and not text:
        return "neither a title nor a text"
    id_ = clean_line(said.get("id", ""))
    address, key = _address(url, id_, title, text)
    stated = parse_date(said.get("published", "")) or found.published
    modified = parse_date(said.get("modified", "")) or found.modified
    article = Article(
        url=address,
        url_key=key,
        title=title,
        text=text,
        summary=clean_text(said.get("summary", "")),
        authors=_authors(line) or found.authors,
        published=utc(stated) if stated else None,
        modified=utc(modified) if modified else None,
        lang=language_of(f"{title}\n{text}", said.get("lang"), found.language),
        site=found.site,
        outlet=_outlet(said) or found.site or host(address),
        source=SourceName(clean_line(said.get("source", "")) or "import"),
        external_id=id_ or None,
        image=found.image,
        paywalled=found.paywalled,
        how={**page_how(found), "text": text_how, **_unread(said, url)},
    )
    return Imported(
        read=ReadArticle(article=article, fingerprint=fingerprint(title, text)), given=given
    )


def _wrong_type(line: Mapping[str, Any]) -> str:
    """What is no text where one belongs; numbers are taken as ids and as seconds since 1970."""
    for name in _KEYS:
        value = line.get(name)
        numeric = name in ("id", "published") and isinstance(value, int | float)
        if value is None or isinstance(value, str) or (numeric and not isinstance(value, bool)):
            continue
        return f"{name} is {_json_type(value)}, not a text"
    return ""


def _json_type(value: object) -> str:
    names = {
        bool: "true or false",
        dict: "an object",
        list: "a list",
        int: "a number",
        float: "a number",
    }
    return names.get(type(value), "of another type")


def _given_text(said: Mapping[str, str], found: Extract) -> tuple[str, str]:
    """The text of a line before its tail is cut, and where it stood."""
    if found.text:
        return found.text, f"html: {found.how.get('text', 'its body')}"
    for name in ("body", "html", "text", "summary"):
        read = clean_text if name == EXPORTED else _plain
        text = read(said.get(name, ""))
        if text:
            return text, name
    return "", "none"


def _authors(line: Mapping[str, Any]) -> tuple[str, ...]:
    """As exported, a list; anything else is none."""
    given = line.get("authors")
    named = given if isinstance(given, list) else ()
    return tuple(clean_line(name) for name in named if isinstance(name, str) and clean_line(name))


def _outlet(said: Mapping[str, str]) -> str:
    return clean_line(said.get("outlet", "")) or clean_line(said.get("source", ""))


def _plain(text: str) -> str:
    return plain(text) if _MARKUP.search(text) else clean_text(text)


def _address(url: str | None, id_: str, title: str, text: str) -> tuple[str, str]:
    """To show and to compare: the web address, else the id, else a hash of title and text."""
    if web := url or safe_url(id_):
        return canonical(web), url_key(web)
    if id_:
        return id_, f"id:{id_}"
    digest = sha256(f"{title}\n{text}".encode("utf-8", "replace")).hexdigest()[:32]
    return f"hash:{digest}", f"hash:{digest}"


def _unread(said: Mapping[str, str], url: str | None) -> dict[str, str]:
    """What a line states and we could not use."""
    how: dict[str, str] = {}
    if "url" in said and not url:
        how["url"] = f"left out: {clean_line(said['url'])[:100]!r} is no http or https address"
    if "published" in said and not parse_date(said["published"]):
        how["published"] = (
            f"left out: {clean_line(said['published'])[:100]!r} cannot be read as one date"
        )
    return how

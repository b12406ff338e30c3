"""Articles in JSON: objects with a title and an address or slug, in JSON-LD and in whatever a page's scripts carry."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aiwatch.sources.entries import title_of
from aiwatch.text.clean import plain

MAX_VALUES = 300_000
"""Objects and lists walked, of all scripts together."""
MAX_RECORDS = 3_000


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_TITLE = _names(
    "title headline name heading postTitle post_title articleTitle article_title newsTitle news_title "
    "subject shortTitle"
)
_ADDRESS = _names(
    "url href link path permalink uri fullPath full_path fullSlug full_slug pathname canonicalUrl "
    "canonical_url canonical articleUrl article_url detailUrl detail_url linkUrl link_url pageUrl "
    "page_url webUrl web_url to"
)
_SLUG = _names("slug uid seoSlug url_slug urlSlug url_title urlTitle handle slugName alias")
_ID = _names("id _id articleId article_id newsId news_id postId post_id")
_DATE = _names(
    "datePublished publishedAt published_at publishedDate published_date publishDate publish_date "
    "publishTime publish_time publishedOn published_on publishAt publish_at firstPublishedAt "
    "first_published_at first_publication_date publicationDate publication_date pubDate pub_date "
    "releaseDate release_date postDate post_date displayDate display_date articleDate date published "
    "releasedAt released_at createdAt created_at dateCreated createTime create_time ctime createDate "
    "create_date created _createdAt time timestamp day"
)
_SUMMARY = _names(
    "description summary excerpt subtitle subTitle teaser abstract intro lead dek blurb shortDescription "
    "short_description metaDescription desc preview"
)
_AUTHOR = _names("author authors creator by writers byline")
_NESTED = _names(
    "attributes fields frontmatter frontMatter data node content meta metadata acf post article item seo"
)
_MARK = _DATE + _SUMMARY + _AUTHOR
_ARTICLE = re.compile(r"(?:article|posting|report)$", re.IGNORECASE)
_HELD = _names(
    "@graph blogPost blogPosts mainEntity hasPart itemListElement item dataFeedElement about"
)
_NO_ITEM = re.compile(
    r"(?:Breadcrumb|SiteNavigation|Product|Offer|Organization|Corporation|Person|WebSite|Question|VideoObject|ImageObject|SearchAction|Software\w*)",
)
# Lists that are beside the point: by the last keys that lead there, and by what the list itself is called.
_BESIDE = re.compile(
    r"nav|menu|footer|header|breadcrumb|related|recommend|popular|trending|mostread|translation|testimonial|customer|social"
    r"|cta|banner|promo|redirect",
    re.IGNORECASE,
)
_OTHER_KIND = re.compile(
    r"categor|tags?\b|author|products?\b|features?\b|seo|locale", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """An article as a script names it."""

    address: str  # as written; empty where only a slug names it
    title: str
    date: str = ""
    summary: str = ""
    authors: tuple[str, ...] = ()
    list: str = ""  # the keys that lead to it, places in lists left out
    slug: str = ""
    stated: bool = False  # schema.org says that it is an article or in a list

    @property
    def beside(self) -> bool:
        """Whether it stands in a list that is not the page's own."""
        keys = self.list.split(".")
        return bool(_BESIDE.search(" ".join(keys[-3:])) or _OTHER_KIND.search(keys[-1]))


# ---------------------------------------------------------------- JSON-LD


def linked_records(values: Iterable[Any]) -> list[Record]:
    """Articles and list items that JSON-LD names; breadcrumbs, products and people are left out."""
    out: list[Record] = []
    stack: list[tuple[Any, bool]] = [(value, False) for value in values][::-1]
    steps = 0
    while stack and len(out) < MAX_RECORDS and steps < MAX_VALUES:
        value, listed = stack.pop()
        steps += 1
        if isinstance(value, list):
            stack.extend((item, listed) for item in value[:1000][::-1])
        elif isinstance(value, dict):
            kind = _kind(value)
            if _NO_ITEM.search(kind) and not _ARTICLE.search(kind):
                continue
            if (listed or _ARTICLE.search(kind)) and (record := _linked(value)):
                out.append(record)
                continue
            inside = listed or "ItemList" in kind
            stack.extend((value[key], inside) for key in reversed(_HELD) if key in value)
    return out


def _kind(value: Mapping[str, Any]) -> str:
    kind = value.get("@type") or ""
    return " ".join(map(str, kind)) if isinstance(kind, list) else str(kind)


def _linked(value: Mapping[str, Any]) -> Record | None:
    if isinstance(value.get("item"), dict):
        return None  # the item itself is what is described
    address = next(
        (
            found
            for key in ("url", "mainEntityOfPage", "item", "@id")
            if (found := _address(value.get(key)))
        ),
        "",
    )
    if not address:
        return None
    return Record(
        address=address,
        title=title_of(_text(value.get("headline")) or _text(value.get("name"))),
        date=_date(value),
        summary=plain(_text(value.get("description")) or _text(value.get("abstract")))[:2000],
        authors=_authors(value),
        list="json-ld",
        stated=True,
    )


def _address(value: Any) -> str:
    if isinstance(value, dict):
        value = value.get("@id") or value.get("url")
    return value if isinstance(value, str) else ""


# ---------------------------------------------------------------- any other JSON


def state_records(values: Iterable[Any]) -> list[Record]:
    """Objects with a title and an address or slug, each with the keys that lead to it."""
    out: list[Record] = []
    stack: list[tuple[Any, str]] = [(value, str(n)) for n, value in enumerate(values)][::-1]
    steps = 0
    while stack and len(out) < MAX_RECORDS and steps < MAX_VALUES:
        value, keys = stack.pop()
        steps += 1
        if isinstance(value, list):
            stack.extend(
                (item, keys + "[]") for item in value[::-1] if isinstance(item, dict | list)
            )
        elif isinstance(value, dict):
            record = _record(value, keys)
            if record:
                out.append(record)
            stack.extend(
                (inner, f"{keys}.{key}"[-300:])
                for key, written in reversed(value.items())
                if isinstance(inner := _opened(written), dict | list)
                and not (record and key in _NESTED)
            )
    return out


def _opened(value: Any) -> Any:
    """JSON that stands in a text (`"data": "{\\"posts\\": …}"`) as what it means."""
    if isinstance(value, str) and value[:2] in ('{"', "[{") and value[-1:] in "}]":
        try:
            return json.loads(value, strict=False)
        except (ValueError, RecursionError):
            return None
    return value


def _record(value: Mapping[str, Any], keys: str) -> Record | None:
    layers = [value, *(inner for key in _NESTED if isinstance(inner := value.get(key), dict))]
    title = _first(layers, _TITLE)
    address = _first(layers, _ADDRESS)
    slug = _first(layers, _SLUG) or ("" if "/" in address else address)
    if not address and not slug and any(key in layer for layer in layers for key in _MARK):
        slug = _first(layers, _ID)
    slug = slug if _is_slug(slug) else ""
    if not title or len(title) > 400 or not ("/" in address or slug):
        return None
    return Record(
        address=address if "/" in address else "",
        title=title_of(title),
        date=next(filter(None, map(_date, layers)), ""),
        summary=_prose(layers),
        authors=next(filter(None, map(_authors, layers)), ()),
        list=keys,
        slug=slug,
    )


def _is_slug(text: str) -> bool:
    return len(text) <= 200 and not re.search(r"[\s<>\"{}#?@]", text)


def _first(layers: Sequence[Mapping[str, Any]], names: Sequence[str]) -> str:
    for layer in layers:
        for name in names:
            if (found := layer.get(name)) and (text := _text(found)):
                return text
    return ""


def _prose(layers: Sequence[Mapping[str, Any]]) -> str:
    text = plain(_first(layers, _SUMMARY)[:5000])
    return text[:2000] if " " in text or not text.isascii() else ""


def _text(value: Any) -> str:
    """A property as one text: WordPress' {rendered}, Sanity's {current}, rich text of one piece, a language's."""
    for _ in range(3):
        if isinstance(value, list):
            value = value[0] if value else ""
        elif isinstance(value, dict):
            value = next(
                (
                    value[key]
                    for key in (
                        "rendered",
                        "current",
                        "text",
                        "value",
                        "@value",
                        "en",
                        "name",
                        "url",
                    )
                    if value.get(key)
                ),
                "",
            )
        else:
            break
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value.strip() if isinstance(value, str) and value[:1] != "$" else ""


def _date(value: Mapping[str, Any]) -> str:
    for name in _DATE:
        found = value.get(name)
        if isinstance(found, dict):
            found = (
                found.get("iso") or found.get("date") or found.get("$date") or found.get("value")
            )
        if isinstance(found, float):
            found = int(found)
        if isinstance(found, int | str) and not isinstance(found, bool):
            text = str(found).removeprefix("$D").strip()
            if 6 <= len(text) <= 60 and any(map(str.isdigit, text)):
                return text
    return ""


def _authors(value: Mapping[str, Any]) -> tuple[str, ...]:
    found = next((value[name] for name in _AUTHOR if value.get(name)), None)
    return tuple(dict.fromkeys(_people(found)))


def _people(found: Any) -> Iterator[str]:
    for person in found[:20] if isinstance(found, list) else [found]:
        if isinstance(person, dict):
            layers = [person, *(p for key in _NESTED if isinstance(p := person.get(key), dict))]
            name = _first(layers, ["name", "fullName", "full_name", "displayName", "title"])
        else:
            name = person if isinstance(person, str) and person[:1] != "$" else ""
        if name and len(name) <= 100 and "/" not in name:
            yield title_of(name)

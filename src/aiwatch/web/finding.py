"""Search, with its filters."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from aiwatch.digest.moments import local
from aiwatch.digest.plain import link
from aiwatch.model import ArticleId
from aiwatch.store import Connection, browsing, search
from aiwatch.store.search import Filter
from aiwatch.text.snippets import Run
from aiwatch.web import atom
from aiwatch.web.views import DAY, Asked, View, number

SHOWN: Final = 20  # finds of a page: reading a text for its snippet costs a millisecond


def found(db: Connection, asked: Asked) -> View:
    """Articles with the words asked for, newest first or by rank, between filters."""
    form = {name: asked.query.get(name, "").strip()[:300] for name in FORM}
    where = Filter(
        topic=form["topic"] or None,
        source=form["source"] or None,
        lang=form["lang"] or None,
        since=_day(form["from"], asked.zone),
        until=_day(form["to"], asked.zone, DAY),
        before=ArticleId(first) if (first := number(form["before"])) else None,
    )
    result = search.search(db, form["q"], where, limit=SHOWN, rank=form["order"] == "best")
    rows = [
        {**hit.article, "url": link(hit.article["url"]), "snippet": _plain(hit.snippet)}
        for hit in result.hits
    ]
    model = {
        "query": form["q"],
        "results": rows,
        "further": result.further,
        "unsearched": result.unsearched,
    }
    return View(
        template="search.html.j2",
        title=f"Search: {form['q']}" if form["q"] else "Search",
        path="/search",
        query=_query(form),
        model=model,
        more={
            "form": form,
            "hits": list(zip(rows, result.hits, strict=True)),
            "topics": [(t.name, t.title or t.name) for t in asked.config.topics],
            "sources": sorted(source.name for source in asked.config.sources),
            "languages": browsing.languages(db),
            "archive": browsing.counted(db),
        },
        entries=[_found_entry(row) for row in rows],
    )


FORM: Final = ("q", "topic", "source", "lang", "from", "to", "order", "before")


def _query(form: Mapping[str, str]) -> str:
    """The search without its page, as an address has it."""
    return urlencode({name: form[name] for name in FORM if form[name] and name != "before"})


def _day(text: str, zone: str, after: timedelta = timedelta()) -> datetime | None:
    """A day as typed, from its first moment; nothing where it is none."""
    try:
        return datetime.fromisoformat(text[:10]).replace(tzinfo=local(_EPOCH, zone).tzinfo) + after
    except (ValueError, OverflowError):
        return None


_EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)


def _plain(runs: Sequence[Run]) -> str:
    return "".join(run.text for run in runs)


def _found_entry(row: Mapping[str, Any]) -> atom.Entry:
    at = datetime.fromisoformat(row["published"] or row["first_seen"])
    return atom.Entry(
        path=f"/articles/{row['id']}",
        title=row["title"],
        updated=datetime.fromisoformat(row["first_seen"]),
        published=at,
        author=row["outlet"],
        html=atom.paragraph(row["snippet"])
        + (
            f"<p>{atom.linked('Read it at ' + row['outlet'], row['url'])}</p>" if row["url"] else ""
        ),
        original=row["url"],
        topics=tuple(row["topics"]),
    )

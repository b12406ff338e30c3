"""Articles made up for tests of filing and of what comes after: real fingerprints, real texts, a real store."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from aiwatch.judge.changes import as_entry
from aiwatch.model import Alert, Article, Change, ReadArticle, Reader, Source, SourceName
from aiwatch.store import Store, filing
from aiwatch.store.filing import Draft, Filed, Subscription
from aiwatch.text.fingerprint import fingerprint
from aiwatch.text.reading import article_of
from aiwatch.text.urls import url_key
from tests.stories import NOON, READER, match

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)

CLOSES = (
    "OpenAI said on Tuesday that it would close Sora, its video app, on 26 April 2026.\n"
    "The company also ends its licence deal with Disney, which was worth $1 billion over three years.\n"
    "Users will hear later how they can save what they made, a spokeswoman told reporters in San Francisco."
)
CLOSES_TOO = (
    "Sora is over: OpenAI will switch its video app off on 26 April 2026, the company announced.\n"
    "With the app goes the $1 billion licence deal with Disney, three months after it was signed.\n"
    '"We are saying goodbye to Sora," the team behind the app wrote in a farewell to its users.'
)
PRICE = (
    "OpenAI spent $15 million a day on Sora before it decided to close the video app on 26 April 2026.\n"
    "The analyst Ann Marlow put the lifetime sales of the app at $2.1 million in a note on Thursday.\n"
    "Disney, whose licence deal with OpenAI ends with Sora, lost no money over it, Marlow wrote."
)
FLOOD = (
    "The river Wensum rose over its banks in Norwich on Monday night and flooded ninety houses.\n"
    "Firemen filmed the rescue of a family of five, and the mayor thanked them on the town's web site.\n"
    "Rain is to stop by Wednesday noon, the weather office said, and schools open again on Thursday."
)

BAKERY = (
    "Bakers in Leeds laid down their work on Monday, and most shops in the centre sold no bread at all.\n"
    "Their union asks for nine per cent more pay and for two free Sundays each month from September on.\n"
    "Talks with the owners go on at the town hall, where a mediator has been at work since February."
)


def draft(
    path: str = "a",
    title: str = "OpenAI closes Sora and leaves video",
    text: str = CLOSES,
    topics: Sequence[str] = ("sora",),
    **parts: Any,
) -> Draft:
    """One article ready to be judged; `tell`, `entry` and `given` belong to the draft, other parts to the article."""
    own = {name: parts.pop(name) for name in ("tell", "entry", "given") if name in parts}
    outlet = parts.pop("outlet", "Example Times")
    url = f"https://{outlet.lower().replace(' ', '-')}.example/{path}"
    article = Article(
        **{
            "url": url,
            "url_key": url_key(url),
            "title": title,
            "text": text,
            "lang": "en",
            "site": outlet,
            "outlet": outlet,
            "source": SourceName(outlet),
            "published": NOON - HOUR,
            "how": {"text": "page"},
            **parts,
        }
    )
    read = ReadArticle(
        article=article,
        fingerprint=fingerprint(article.title, article.text),
        read_by=article.how["text"].partition(":")[0],
    )
    return Draft(read=read, matches=tuple(match(topic) for topic in topics), **own)


HELP = Source(
    name=SourceName("Sora help page"), url="https://help.example/sora", kind="page", backlog="all"
)
OPEN_TO_ALL = "Sora is available to everyone."
UNTIL_APRIL = "Sora is available until 26 April 2026."


def edit(
    number: int = 1,
    added: Sequence[str] = (UNTIL_APRIL,),
    removed: Sequence[str] = (OPEN_TO_ALL,),
    topics: Sequence[str] = (),
) -> Draft:
    """An edit of a watched page, the `number`th that was seen, as the worker reads its entry."""
    change = Change(added=tuple(added), removed=tuple(removed))
    entry = as_entry(HELP.name, "Sora", change, NOON + number * MINUTE, HELP.url)
    read = article_of(entry, HELP, None)
    return Draft(read=read, matches=tuple(match(topic) for topic in topics))


def subscription(to: Alert, *readers: Reader) -> Subscription:
    """An alert for one inbox, or for these readers."""
    return Subscription(alert=to, readers=readers or (READER,))


def file(store: Store, one: Draft, *subscriptions: Subscription, now: datetime = NOON) -> Filed:
    """File one article, as the pipeline does."""
    words = frozenset({"sora"})
    return store.write_now(lambda db: filing.file(db, one, subscriptions, words, now))

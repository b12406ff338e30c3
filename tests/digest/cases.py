"""The invented beat of the digest's tests: one story new, one told before, one in another script."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from aiwatch.digest.compose import Context, compose
from aiwatch.model import (
    Alert,
    AlertName,
    ArticleId,
    Cause,
    Change,
    ChannelName,
    Correction,
    Digest,
    Hit,
    Match,
    Member,
    Reader,
    Schedule,
    SourceName,
    Story,
    StoryId,
    Told,
    Topic,
    TopicName,
    Trouble,
)

NOW = datetime(2026, 3, 24, 8, 0, tzinfo=UTC)
READER = Reader("mailto:ann@example.org")
TOPICS = (
    Topic(name=TopicName("lumen"), title="Lumen video", any=("lumen",)),
    Topic(name=TopicName("studios"), title="Studios and AI", any=("studio",)),
    Topic(name=TopicName("markets"), title="Markets", any=("shares",)),
)
ALERT = Alert(
    name=AlertName("morning"),
    to=(ChannelName("inbox"),),
    when=Schedule(kind="slots", text="daily at 08:00", times=((8, 0),)),
    topics=(TopicName("lumen"), TopicName("studios")),
    timezone="Europe/London",
)
CONTEXT = Context(
    items_read=1312,
    sources_read=46,
    sources_all=48,
    troubles=("Harbour Post has not answered since Sun 22 Mar 07:00: its name does not resolve.",),
    next_at=NOW + timedelta(days=1),
    why_you="You get this because alert “morning” sends topics lumen and studios to ann@example.org.",
)


def match(topic: str, *hits: tuple[str, str]) -> Match:
    """A match with its hits as (field, text)."""
    found = tuple(Hit(field=field, offset=0, term=text.lower(), text=text) for field, text in hits)  # type: ignore[arg-type]
    return Match(topic=TopicName(topic), score=4.0, query=topic, hits=found)


def member(number: int, outlet: str, title: str, text: str = "", **more: object) -> Member:
    """An article; `number` is its id and the minutes after six at which it came."""
    values: dict[str, object] = {
        "article": ArticleId(number),
        "url": f"https://{''.join(filter(str.isalpha, outlet.lower()))}.example/news/{number}",
        "title": title,
        "text": text,
        "source": SourceName(outlet),
        "outlet": outlet,
        "first_seen": NOW - timedelta(hours=2) + timedelta(minutes=number),
        "lang": "en",
    }
    return Member(**(values | more))  # type: ignore[arg-type]


def story(
    number: int, *members: Member, topics: tuple[str, ...] = ("lumen",), **more: object
) -> Story:
    """A story of these articles."""
    return Story(
        id=StoryId(number),
        first_seen=members[0].first_seen,
        last_seen=members[-1].first_seen,
        members=members,
        topics=tuple(TopicName(name) for name in topics),
        **more,  # type: ignore[arg-type]
    )


CLOSURE = story(
    1,
    member(
        1,
        "Kestrel Wire",
        "Brightloom to close its Lumen video app in May",
        "Brightloom will close Lumen, its app that turns sentences into short films, on 4 May, the company said on Tuesday.\n"
        "Running Lumen cost Brightloom $2 million a day at the end of last year, two people with knowledge of the books said.\n"
        "“We put the machines where they matter most,” chief executive Mara Ostrander told staff.\n"
        "Halden Pictures, which had licensed 140 characters to Lumen, will end the agreement.",
        matches=(match("lumen", ("title", "Lumen"), ("lead", "Brightloom")), match("studios", ("body", "Halden Pictures"))),
    ),
    member(
        9,
        "The Harbour Post",
        "Lumen is over: what Brightloom’s retreat says about AI video | The Harbour Post",
        "Lumen burned about $9 million a day when it was most popular, analysts at Fennimore Research estimated.\n"
        "The app had 3.1 million users in February, down from 8 million in October, according to Fennimore Research.\n"
        "Brightloom declined to comment on the number.",
    ),
    member(
        14,
        "Daily Example",
        "Brightloom to close its Lumen video app in May",
        "Brightloom will close Lumen, its app that turns sentences into short films, on 4 May, the company said on Tuesday.",
        verdict="same_text",
        duplicate_of=ArticleId(1),
    ),
    member(
        31,
        "Reel & Stage",
        "Halden Pictures walks away from Lumen <and> keeps its characters",
        "Halden Pictures never paid for Lumen, said its lawyer Ines Calloway, and will talk to three other makers of video models.\n"
        "The studio’s agreement with Brightloom was worth $600 million over four years.",
    ),
    member(
        40,
        "Brightloom",
        "Lumen is closing: what happens to your films",
        "Today we are announcing that Lumen will close on 4 May. Films can be downloaded until 30 June.\n"
        "The models behind Lumen will be used to train Brightloom’s robots, and 85 people will move to that team.",
        primary=True,
    ),
    topics=("lumen", "studios"),
)  # fmt: skip
RULING = story(
    2,
    member(
        2,
        "Kestrel Wire",
        "Court hears studios against Pellucid over training films",
        "A court in Leeds heard the studios’ claim against Pellucid on Monday.\n"
        "The studios say that Pellucid copied 12,000 films.",
        first_seen=NOW - timedelta(days=1, hours=3),
    ),
    member(
        50,
        "The Harbour Post",
        "Judge lets studios’ case against Pellucid go ahead",
        "Judge Tobias Wren said Pellucid must answer the claim by 12 June.\n"
        "Pellucid had set aside £45 million for the case, its accounts show.",
        matches=(match("studios", ("title", "studios")),),
    ),
    topics=("studios",),
)
SPRING = story(
    3,
    member(
        60,
        "晨星科技",
        "微光视频发布新模型，时长可达一百二十秒",
        "微光视频周二发布了新模型Firefly 3，单段视频时长可达120秒。\n公司表示，训练成本约1.2亿元，比上一代低40%。",
        lang="zh",
        matches=(match("studios", ("title", "视频")),),
    ),
    topics=("studios",),
)
EDIT = story(
    4,
    member(
        70,
        "Lumen help page",
        "Lumen help page changed",
        "+ Lumen is available until 4 May 2026.",
        url="https://brightloom.example/help/lumen",
        change=Change(
            added=(
                "Lumen is available until 4 May 2026. Films can be downloaded until 30 June 2026.",
                "What happens to my films?",
                "微光视频用户可在6月30日前下载影片。",
            ),
            removed=("Lumen is available to everyone over 18.",),
        ),
    ),
    topics=(),
)
LONG_EDIT = story(
    5,
    member(
        71,
        "Pellucid prices",
        "Pellucid prices changed",
        url="https://pellucid.example/prices",
        change=Change(
            added=tuple(f"Plan {n} costs ${n + 7} a month." for n in range(1, 15)),
            removed=tuple(f"Plan {n} costs ${n + 2} a month." for n in range(1, 15)),
        ),
        matches=(match("studios", ("body", "Pellucid")),),
    ),
    topics=("studios",),
)
CARE = replace(ALERT, name=AlertName("care"), about="troubles", topics=())
EVENTS = (
    Trouble(
        what="Kestrel Wire",
        kind="recovered",
        detail="works again, after 2 d: not read since 2026-03-22 07:55",
        at=NOW - timedelta(minutes=5),
        extra={"last_success": "2026-03-22T07:55:00+00:00", "down_seconds": 172800},
    ),
    Trouble(
        what="The Harbour Post",
        kind="failing",
        detail="DNS error, 3 times in a row, not read since 2026-03-23 19:00: it is asked again 2026-03-24 09:30;"
        " if this lasts, look whether it has moved or ended",
        at=NOW - timedelta(minutes=40),
        extra={
            "url": "https://harbour.example/feed",
            "reason": "DNS error",
            "failures": 3,
            "last_success": "2026-03-23T19:00:00+00:00",
            "next_due": "2026-03-24T09:30:00+00:00",
        },
    ),
    Trouble(
        what="Pellucid blog",
        kind="silent",
        detail="nothing new for 9 d, since 2026-03-15 06:00, though 4 h is usual and 2 d is the longest:"
        " look whether it has moved or ended",
        at=NOW - timedelta(minutes=20),
        extra={"last_new": "2026-03-15T06:00:00+00:00", "silent_seconds": 777600},
    ),
    Trouble(what="disk", detail="only 80 MB are free where the database is", at=NOW),
)
TOLD = {
    StoryId(2): Told(
        reader=READER,
        story=StoryId(2),
        at=NOW - timedelta(days=1),
        by=AlertName("breaking"),
        articles=frozenset({ArticleId(2)}),
        facts=("A court in Leeds heard the studios’ claim against Pellucid on Monday.",),
        message_id="abc@example.org",
    )
}


CORRECTED = replace(
    RULING,
    corrections=(
        Correction(
            article=ArticleId(2),
            outlet="Kestrel Wire",
            url=RULING.members[0].url,
            at=NOW - timedelta(hours=1),
            kind="figure",
            before="The studios say that Pellucid copied 12,000 films.",
            after="The studios say that Pellucid copied 1,200 films.",
            reason="“12,000” became “1,200”",
        ),
        Correction(
            article=ArticleId(2),
            outlet="Kestrel Wire",
            url=RULING.members[0].url,
            at=NOW - timedelta(minutes=30),
            kind="gone",
            before="Court hears studios against Pellucid over training films",
            after="",
            reason="there is nothing any more at its address",
        ),
    ),
)
KNEW_ALL = {
    RULING.id: replace(TOLD[RULING.id], articles=frozenset(m.article for m in RULING.members))
}


def care(*troubles: Trouble, **more: object) -> Digest:
    """A message about these troubles, by default about all of the invented ones."""
    context = replace(CONTEXT, troubles=(), events=troubles or EVENTS)
    return digest(**({"alert": CARE, "context": context} | more))


def digest(*stories: tuple[Story, Cause], **more: object) -> Digest:
    """The digest of these stories, by default of the whole invented beat."""
    beat: tuple[tuple[Story, Cause], ...] = ((RULING, "update"), (SPRING, "new"), (CLOSURE, "new"))
    values: dict[str, object] = {
        "alert": ALERT,
        "reader": READER,
        "stories": stories or beat,
        "told": TOLD,
        "topics": TOPICS,
        "now": NOW,
        "kind": "digest",
        "context": CONTEXT,
    }
    return compose(**(values | more))  # type: ignore[arg-type]

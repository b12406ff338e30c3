"""What the shipped topics find, and what matching costs: `python benchmarks/topics.py [LABELLED.jsonl]`.

The first table needs labelled news (id, title, summary, url, source, lang, topics, net, neg_kind a line); the second
invents its articles. Costs are processor time; only their ratios, from one run, travel between machines.
"""

import json
import random
import re
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from itertools import chain, repeat
from pathlib import Path
from typing import Any

import yaml

from aiwatch.judge.backtest import Archived, back_test
from aiwatch.judge.topics import Matcher, compile_topics
from aiwatch.model import Subject, Topic, TopicName

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "../shared/data/topics/relevance_dev.jsonl"
NAMED = {"sora": "sora_openai", "seedance": "seedance_bytedance", "disney_ai": "disney_ai"}
ATTRIBUTE = (
    "attribute"  # label of topics that say what kind of news it is, not that it is of the beat
)


# ---------------------------------------------------------------- what is found


def shipped(text: str | None = None) -> Matcher:
    """The topics of config/feeds.yaml that say what is of the beat."""
    settings = yaml.safe_load(text or (ROOT / "config/feeds.yaml").read_text("utf-8"))
    topics = [
        Topic(
            name=TopicName(name),
            title=topic["title"],
            any=tuple(topic["any"]),
            none=tuple(topic.get("none", ())),
            min_score=topic.get("min_score", 0),
        )
        for name, topic in settings["topics"].items()
        if ATTRIBUTE not in topic.get("labels", ())
    ]
    return compile_topics(topics, settings["aliases"])


def found(
    matcher: Matcher, rows: Sequence[dict[str, Any]], *, summary: bool
) -> dict[str, set[str]]:
    """Topics by article."""
    return {
        row["id"]: {
            match.topic
            for match in matcher.match(
                Subject(
                    title=row["title"],
                    text=row["summary"] if summary else "",
                    url=row["url"],
                    source=row["source"],
                    lang=row["lang"],
                )
            )
        }
        for row in rows
    }


def scores(hits: set[str], wanted: set[str]) -> tuple[float, float]:
    """Precision and recall."""
    both = len(hits & wanted)
    return both / max(1, len(hits)), both / max(1, len(wanted))


def quality(rows: Sequence[dict[str, Any]]) -> None:
    """Print what the shipped topics find among labelled news."""
    matcher = shipped()
    wanted = {row["id"] for row in rows if row["topics"]}
    weak = {row["id"] for row in rows if row["topics"] and row["net"] == "weak"}
    other = [row["id"] for row in rows if row.get("neg_kind") == "sora-other"]
    print(f"{len(rows)} articles, {len(wanted)} of the beat\n\n{'':24}precision  recall")
    for summary, what in ((True, "title and summary"), (False, "title only")):
        topics = found(matcher, rows, summary=summary)
        hits = {id_ for id_, names in topics.items() if names}
        precision, recall = scores(hits, wanted)
        print(f"{what:<24}{precision:9.3f}{recall:8.3f}")
        for name, label in NAMED.items():
            named = {id_ for id_, names in topics.items() if name in names}
            labelled = {row["id"] for row in rows if label in row["topics"]}
            precision, recall = scores(named, labelled)
            print(f"  {name:<22}{precision:9.3f}{recall:8.3f}")
        print(
            f"  found by no name        {'':>3}{scores(hits, weak)[1]:14.3f}   ({len(weak)} articles)"
        )
        print(f"  hits on another Sora {sum(id_ in hits for id_ in other):9}")


# ---------------------------------------------------------------- what it costs


class World:
    """Invented articles of 3 KB whose words are as unevenly frequent as real ones (Zipf), every other one in ASCII."""

    def __init__(self, articles: int) -> None:
        self._chance = random.Random(7)
        self.words = [self._word() for _ in range(8000)]
        weights = [1 / rank for rank in range(1, len(self.words) + 1)]
        self.texts: list[str] = []
        for number in range(articles):
            words = self._chance.choices(self.words, weights, k=480)
            text = " ".join(words)[:3000]
            self.texts.append(text if number % 2 else text.replace(" ", " ’", 9))

    def _word(self) -> str:
        return "".join(
            self._chance.choice("bcdfghklmnprstvw") + self._chance.choice("aeiou")
            for _ in range(self._chance.choice((1, 2, 3, 4)))
        )

    def phrase(self) -> str:
        """Any word and one that is not among the thousand commonest, both of which stand in some articles."""
        return f"{self._chance.choice(self.words)} {self._chance.choice(self.words[1000:])}"

    def name(self) -> str:
        """A word that nobody writes, as most names of a watch list are on most days."""
        return "q" + self._word()

    def topics(
        self, count: int, terms: int, *, term: Callable[[], str], scope: str = ""
    ) -> Matcher:
        return compile_topics(
            [
                Topic(
                    name=TopicName(f"t{number}"),
                    title="",
                    any=(" OR ".join(f'{scope}"{term()}"' for _ in range(terms)),),
                )
                for number in range(count)
            ],
            {},
        )


def spent(work: Callable[[Any], object], things: Iterable[Any]) -> float:
    """Milliseconds of processor time for one thing, the best of five."""
    listed = list(things)
    best = float("inf")
    for _ in range(5):
        start = time.process_time()
        for thing in listed:
            work(thing)
        best = min(best, time.process_time() - start)
    return 1000 * best / len(listed)


def costs() -> dict[str, float]:
    """Print and give back the ratios that are promised."""
    world = World(200)
    subjects = [Subject(title=text[:60], text=text) for text in world.texts]
    mixed = chain.from_iterable(repeat((world.phrase, world.name)))

    def either() -> str:
        return next(mixed)()

    one = spent(world.topics(1, 10, term=either).match, subjects)
    many = spent(world.topics(1000, 10, term=either).match, subjects)
    matcher = world.topics(100, 100, term=world.phrase)
    plainly = [subject for subject in subjects if not matcher.match(subject)]
    phrases = spent(matcher.match, plainly)
    found_too = spent(matcher.match, subjects)
    body = spent(world.topics(100, 100, term=world.phrase, scope="body:").match, subjects)
    reading = spent(world.topics(1, 1, term=world.name, scope="body:").match, subjects)
    pattern = re.compile("|".join(re.escape(world.phrase()) for _ in range(1000)))
    plain = spent(pattern.findall, [text.lower() for text in world.texts[:20]])
    print(f"\n1 topic of 10 terms              {one:8.3f} ms an article")
    print(f"1,000 topics of 10 terms         {many:8.3f}   {many / one:.1f} times (at most 12)")
    print(f"`re`, 1,000 phrases as one       {plain:8.3f}")
    print(
        f"10,000 phrases, nothing found     {phrases:8.3f}   1/{plain / phrases:.0f} of that (1/36)"
    )
    print(f"  where every other one has a hit {found_too:8.3f}   each match with its places")
    print(
        f"  in all of 3 KB, with hits      {body:8.3f}   of which reading the words {reading:.3f}"
    )
    return {"topics": many / one, "phrases": plain / phrases, "body": plain / body}


def replayed(rows: Sequence[dict[str, Any]]) -> None:
    """Print what a back-test of the shipped topics costs; one article of twenty is of the beat."""
    world = World(1000)
    at = datetime(2026, 1, 1, tzinfo=UTC)
    texts = [(text[:60], text) for text in world.texts]
    texts += [(row["title"], row["summary"]) for row in rows[:: max(1, len(rows) // 50)]]
    archive = [
        Archived(id=str(number), subject=Subject(title=title, text=text), at=at)
        for number, (title, text) in enumerate(texts)
    ]
    matcher = shipped()
    each = spent(lambda part: back_test(part, matcher), [archive]) / len(archive) / 1000
    print(
        f"a back-test                      {1000 * each:8.3f}   100,000 articles: {each * 1e5:.1f} s"
    )


def main(file: Path) -> None:
    """Print both tables."""
    rows: list[dict[str, Any]] = []
    if file.exists():
        rows = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
        quality(rows)
    else:
        print(f"{file} is not there: no table of what is found")
    costs()
    replayed(rows)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else DATA)

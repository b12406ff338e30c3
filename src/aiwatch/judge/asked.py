"""What is wrong or doubtful in a topic's queries; known without the tools that match them, as each start looks."""

from collections.abc import Iterator

from aiwatch.judge.query import QueryError, parse, warnings
from aiwatch.model import Topic

SHOWN = 80  # characters of a query with which something is wrong


def _shown(text: str) -> str:
    return repr(text if len(text) <= SHOWN else f"{text[:SHOWN]}…")


def problems(topic: Topic) -> tuple[str, ...]:
    """What is wrong with a topic's queries, each with its place; nothing when they can be compiled."""
    found = [] if topic.any else [f"topic {topic.name}: `any` has no query"]
    for key, number, text in _queries(topic):
        try:
            parse(text)
        except QueryError as error:
            found.append(f"topic {topic.name}, {key}, query {number}, {_shown(text)}: {error}")
    return tuple(found)


def cautions(topic: Topic) -> tuple[str, ...]:
    """What can be read in a topic's queries, but was perhaps not meant."""
    return tuple(
        f"topic {topic.name}, {key}, query {number}: {warning}"
        for key, number, text in _queries(topic)
        for warning in warnings(parse(text))
    )


def _queries(topic: Topic) -> Iterator[tuple[str, int, str]]:
    for key, texts in (("any", topic.any), ("none", topic.none)):
        for number, text in enumerate(texts, 1):
            yield key, number, text

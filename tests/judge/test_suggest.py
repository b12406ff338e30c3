from datetime import UTC, datetime, timedelta

import pytest
import yaml

from aiwatch.judge.query import parse
from aiwatch.judge.suggest import Seen, names, patch, suggest
from aiwatch.model import TopicName

BEGAN = datetime(2026, 5, 1, tzinfo=UTC)
MODELS = TopicName("video_models")


@pytest.mark.parametrize(
    ("title", "lead", "found"),
    [
        ("Zephyrino 2.1 makes longer clips", "", {"Zephyrino"}),
        ("新模型Zephyrino2.1发布", "", {"Zephyrino"}),
        ("快手说Zephyrino很好", "", {"Zephyrino"}),
        ("NovaReel-3 Opens To All", "", {"NovaReel"}),
        ("ＺＥＰＨＹＲ v3 is out", "", {"ZEPHYR"}),
        ("Quill Motion 4 Arrives In March 2026", "", {"Quill Motion"}),
        ("HappyHorse Leads Every List Of Models", "", {"HappyHorse"}),
        ("The makers of Glidewell raise money", "", {"Glidewell"}),
        ("The Makers Of Glidewell Raise Money", "", set()),
        ("A letter", "Studios fear Glidewell Motion. Glidewell is said to train on films.", None),
        ("In Top 10 of March 24", "Season 3 comes on May 7", set()),
        ("A letter", "The Chinese company said so.", set()),
        ("Costs rise 40% to $3 at 10,000 shops", "", set()),
    ],
)
def test_names_of_products_are_read_from_headline_and_lead(
    title: str, lead: str, found: set[str] | None
) -> None:
    assert names(title, lead) == ({"Glidewell Motion"} if found is None else found)


def _archive(name: str = "Zephyrino 2", outlets: int = 4, elsewhere: int = 0) -> list[Seen]:
    """Forty articles of the topic, four with the name, and four hundred others."""

    def seen(number: int, title: str, topics: tuple[TopicName, ...]) -> Seen:
        at = BEGAN + timedelta(hours=number)
        return Seen(outlet=f"Paper {number % outlets}", title=title, lead="", topics=topics, at=at)

    on = [seen(n, f"{name} makes clips", (MODELS,)) for n in range(4)]
    on += [seen(n, "Runway 4 and Sora 2 make clips", (MODELS,)) for n in range(4, 40)]
    off = [seen(n, "Rain in Bergen", ()) for n in range(400 - elsewhere)]
    off += [seen(n, f"{name} on the bench", ()) for n in range(elsewhere)]
    return on + off


def test_a_new_name_is_put_forward_with_what_speaks_for_it() -> None:
    (one,) = suggest(_archive(), ["sora", "runway NEAR/3 ai"])
    assert (one.name, one.topic, one.product) == ("Zephyrino", MODELS, True)
    assert (one.articles, one.outlets, one.background) == (4, 4, 0)
    assert one.words == "4 articles of 4 outlets, 0 elsewhere, since 01 May 2026"
    assert one.examples == ("Zephyrino 2 makes clips",) * 3


@pytest.mark.parametrize(
    ("archive", "known", "since"),
    [
        pytest.param(_archive(outlets=2), ["sora", "runway"], None, id="two outlets"),
        pytest.param(_archive(elsewhere=60), ["sora", "runway"], None, id="as much elsewhere"),
        pytest.param(_archive(), ["sora", "runway", "zephyrino*"], None, id="known"),
        pytest.param(_archive("Paper 7"), ["sora", "runway"], None, id="an outlet"),
        pytest.param(_archive(), ["sora", "runway"], BEGAN + timedelta(hours=1), id="seen before"),
        pytest.param([], [], None, id="nothing"),
    ],
)
def test_what_is_known_old_common_or_one_paper_s_is_left_out(
    archive: list[Seen], known: list[str], since: datetime | None
) -> None:
    assert suggest(archive, known, new_since=since) == ()


def test_the_patch_is_yaml_with_queries_that_can_be_read() -> None:
    found = suggest(_archive(), [], most=2)
    assert len(found) == 2
    written = yaml.safe_load(patch(found))
    queries = written["topics"][MODELS]["any"]
    assert [parse(query).text for query in queries] == ['"Sora"', '"Runway"'] or queries == [
        '"Runway"',
        '"Sora"',
    ]
    assert patch(()) == ""

"""Round-ups and pages of one form: stories of their own, in any language."""

import pytest

from aiwatch.judge import roundups, stories
from aiwatch.model import StoryId
from tests.judge.streaming import Archive, article
from tests.judge.test_stories import CLOSES, CLOSES_TOO, DATES


@pytest.mark.parametrize(
    "title",
    [
        "The Week in AI: closures, courts and clips",
        "Top 10 video generators for spring",
        "7 things to try after Sora",
        "AI news roundup, 24 March",
        "Das war die Woche: der Wochenrückblick",
        "AI 早报：今日要闻",
        "Дайджест новостей недели",
    ],
)
def test_a_round_up_is_a_story_of_its_own_and_attracts_nothing(title: str) -> None:
    archive = Archive()
    archive.take(article(*CLOSES))
    verdict = archive.take(article(title, CLOSES_TOO[1]))
    assert (verdict.kind, verdict.story) == ("new", 2)
    assert "round-up" in verdict.reason
    assert stories.stands_alone(article(title))
    assert archive.take(article(*DATES)).story == 1


@pytest.mark.parametrize(
    "title",
    [
        "Studio wins top 3 points",
        "Minister spent last week in hospital",
        "OpenAI shuts down Sora",
        "人民日报社记者获奖",
        "Bachelor recap: who went home",
    ],
)
def test_an_ordinary_headline_is_no_round_up(title: str) -> None:
    assert roundups.named(title) is None
    assert not stories.stands_alone(article(title))


def test_an_article_as_near_to_four_unlike_stories_is_a_round_up() -> None:
    events = {
        "Brackwater": "ferry strike pickets docks captains wages",
        "Ostravia": "volcano ash glider airfield evacuation crater",
        "Hollinglass": "orchestra violin auction forged varnish cellist",
        "Quellmark": "beetle larvae spruce forest quarantine sawmill",
    }
    archive = Archive()
    for name, words in events.items():
        archive.take(article(f"Report from {name}", f"In {name}: {words}. And {name} again."))
    text = " ".join(f"In {name}: {words}." for name, words in events.items())
    verdict = archive.take(article("What happened on Tuesday", text))
    assert verdict.kind == "new"
    assert "unlike stories" in verdict.reason
    assert stories.stands_alone(article("What happened on Tuesday"), verdict)


PAGES = {
    "en": (
        "{} closes at {}",
        "Shares of {} closed at {} on Friday. The figure is published after trading and serves holders as a guide; it is "
        "neither advice nor an offer to buy.",
    ),
    "de": (
        "{} schließt bei {}",
        "Die Aktie von {} schloss am Freitag bei {} Euro. Der Wert wird nach Handelsende veröffentlicht und dient Anlegern "
        "zur Orientierung; er ist weder Rat noch Angebot zum Kauf.",
    ),
    "es": (
        "{} cierra en {}",
        "Las acciones de {} cerraron el viernes en {} euros. El dato se publica tras la sesión y sirve de orientación a "
        "los tenedores; no es consejo ni oferta de compra.",
    ),
    "ru": (
        "{}: закрытие {}",
        "Акции {} закрылись в пятницу на уровне {} рубля. Показатель публикуется после торгов и служит держателям "
        "ориентиром; он не является советом или предложением покупки.",
    ),
    "zh": (
        "{}收于{}元",
        "{}股票周五收于{}元。该数据在交易结束后公布，仅供持有人参考，不构成任何建议，也不构成购买要约。请持有人自行判断风险。",
    ),
    "ko": (
        "{} 주가 {}원 마감",
        "{} 주식은 금요일 {}원으로 마감했다. 이 수치는 거래가 끝난 뒤 공개되며 보유자의 참고를 위한 것이다. 조언이나 매수 "
        "권유가 아니다.",
    ),
}


@pytest.mark.parametrize("with_body", [True, False])
@pytest.mark.parametrize("lang", PAGES)
def test_pages_of_one_form_are_stories_of_their_own_in_any_language(
    lang: str, with_body: bool
) -> None:
    title, text = PAGES[lang]
    archive = Archive()
    for firm, price in (("Quellmark", "175.78"), ("Brackwater", "48.13"), ("Ostravia", "9.07")):
        archive.take(article(title.format(firm, price), text.format(firm, price) * with_body))
    assert [story.members for story in archive.stories.values()] == [1, 1, 1]


@pytest.mark.parametrize(
    "title",
    [
        "Resumen semanal: cierres y juicios",
        "Revue de presse du 24 mars",
        "Les 5 infos à retenir",
        "Rassegna stampa del 24 marzo",
        "Resumo da semana: cortes e tribunais",
        "Weekoverzicht: sluitingen en rechtszaken",
        "Przegląd tygodnia: zamknięcia i sądy",
        "Haftanın özeti: kapanışlar",
        "今週のAIニュースまとめ",
        "今日头条：AI要闻速览",
        "주간 AI 뉴스 정리",
        "Bản tin công nghệ sáng 24/3",
        "สรุปข่าวเทคโนโลยีประจำสัปดาห์",
    ],
)
def test_a_round_up_in_any_language_joins_nothing_and_moves_no_centroid(title: str) -> None:
    archive = Archive()
    archive.take(article(*CLOSES))
    before = archive.stories[StoryId(1)]
    verdict = archive.take(article(title, CLOSES_TOO[1]))
    assert (verdict.story, verdict.rule) == (2, "a round-up")
    assert archive.stories[StoryId(1)] == before
    assert archive.take(article(*DATES)).story == 1

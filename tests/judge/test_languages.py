"""The same event told in two languages: by names, figures and the day; in doubt two stories."""

from datetime import UTC, datetime, timedelta

import pytest

from aiwatch.judge import languages
from aiwatch.text.fingerprint import fingerprint
from tests.judge.streaming import Archive, article

ALIASES = {
    "오픈ai": "openai",
    "소라": "sora",
    "字节跳动": "bytedance",
    "バイトダンス": "bytedance",
    "迪士尼": "disney",
    "디즈니": "disney",
    "华纳兄弟": "warner bros",
}
TUESDAY = datetime(2026, 3, 24, 12, tzinfo=UTC)
ENGLISH = (
    "OpenAI shuts down Sora, Disney leaves",
    "OpenAI said on Tuesday that it would shut down Sora, its app that makes videos from short texts, six months after "
    "it came out. Disney, which had agreed to put $1 billion into OpenAI, said the deal was over. Users had spent $1.4 "
    "million in the app, Sensor Tower estimates. The company wants to use the machines for robotics.",
)
KOREAN = (
    "오픈AI, 동영상 앱 소라 접는다",
    "오픈AI가 동영상 생성 앱 소라 서비스를 종료한다고 화요일 밝혔다. 디즈니가 오픈AI에 투자하기로 한 10억달러 계약도 "
    "무산됐다. 센서타워에 따르면 이용자들이 앱에서 쓴 돈은 140만달러에 그쳤다. 회사는 연산 자원을 로봇에 돌린다.",
)
CHINESE = (
    "OpenAI关闭视频应用Sora 迪士尼退出",
    "OpenAI周二宣布关闭视频应用Sora，上线仅六个月。迪士尼表示此前约定的10亿美元投资就此结束。据估算，用户在应用内仅消费140万美元。"
    "公司将把计算资源用于机器人研究。",
)
VIETNAMESE = (
    "OpenAI đóng cửa Sora, Disney rút lui",
    "OpenAI cho biết hôm thứ Ba sẽ đóng cửa Sora, ứng dụng tạo video, sáu tháng sau khi ra mắt. Disney nói thỏa thuận "
    "1 tỷ USD đã chấm dứt. Người dùng chỉ chi 1,4 triệu USD trong ứng dụng, theo Sensor Tower. Công ty sẽ dùng máy chủ "
    "cho nghiên cứu người máy.",
)
RUSSIAN = (
    "OpenAI закрывает Sora, Disney выходит из сделки",
    "Компания OpenAI сообщила во вторник, что закроет приложение Sora для создания видео через полгода после запуска. "
    "Disney отказалась от вложения 1 млрд долларов. Пользователи потратили в приложении 1,4 млн долларов. Мощности "
    "перейдут робототехнике.",
)
GERMAN = (
    "OpenAI stellt Sora ein, Disney steigt aus",
    "OpenAI hat am Dienstag angekündigt, die Video-App Sora sechs Monate nach dem Start einzustellen. Disney erklärte "
    "das Abkommen über 1 Milliarde Dollar für beendet. Die Nutzer gaben laut Sensor Tower nur 1,4 Millionen Dollar in "
    "der App aus. Die Rechner sollen künftig der Robotik dienen.",
)
OTHER_EVENT = (
    "OpenAI, 소라 요금 내린다",
    "오픈AI가 동영상 앱 소라의 월 요금을 9900원으로 내린다고 화요일 밝혔다. 새 요금은 다음 달부터 적용된다. 지난해 디즈니와 "
    "10억달러 계약을 맺은 뒤 이용자가 늘었다. 회사는 학생에게 추가 할인을 제공하고 광고를 시험할 계획이다.",
)
NO_FIGURES = (
    "바이트댄스 시댄스 해외 출시 연기",
    "바이트댄스가 동영상 모델의 해외 출시를 미뤘다. 영화사들의 항의 서한이 이유라고 관계자들이 전했다. 법무팀은 유명 캐릭터를 "
    "걸러내는 장치를 먼저 원한다. 중국에서는 계속 쓸 수 있다.",
)


@pytest.mark.parametrize("korean_first", [True, False])
@pytest.mark.parametrize(
    "other",
    [KOREAN, CHINESE, VIETNAMESE, RUSSIAN, GERMAN],
    ids=["ko", "zh", "vi", "ru", "de"],
)
def test_one_event_in_two_languages_is_one_story(
    other: tuple[str, str], korean_first: bool
) -> None:
    archive = Archive(aliases=ALIASES, topic_words=frozenset({"sora", "openai", "disney"}))
    told = [ENGLISH, other] if korean_first else [other, ENGLISH]
    first, second = (archive.take(article(*each, TUESDAY)) for each in told)
    assert second.story == first.story, second.reason
    assert second.sure


@pytest.mark.parametrize(
    ("other", "later"),
    [
        (OTHER_EVENT, timedelta(0)),
        (NO_FIGURES, timedelta(0)),
        (KOREAN, timedelta(days=3)),
    ],
    ids=["the beat's own billion", "one name", "days later"],
)
def test_in_doubt_there_are_two_stories(other: tuple[str, str], later: timedelta) -> None:
    archive = Archive(aliases=ALIASES, topic_words=frozenset({"sora", "openai", "disney"}))
    first = archive.take(article(*ENGLISH, TUESDAY))
    second = archive.take(article(*other, TUESDAY + later))
    assert second.story != first.story, second.reason


def test_names_alone_join_only_when_each_headline_is_known_to_the_other_side_and_never_surely() -> (
    None
):
    english = (
        "Peebles leaves OpenAI",
        "Bill Peebles leaves OpenAI for Quellmark Labs in Lowmere, he wrote on Friday. The researcher had led the work on "
        "video models there since he came from Berkeley.",
    )
    russian = (
        "Peebles покидает OpenAI",
        "Исследователь Bill Peebles покидает OpenAI и переходит в Quellmark, сообщил он в пятницу. Раньше учёный "
        "руководил работой над моделями видео, а прежде учился в Berkeley и писал о диффузии.",
    )
    archive = Archive()
    first = archive.take(article(*english, TUESDAY))
    second = archive.take(article(*russian, TUESDAY))
    assert (second.story, second.sure) == (first.story, False), second.reason


def test_an_alias_stands_for_the_usual_name() -> None:
    read = article("字节跳动与华纳兄弟和解", "字节跳动周二表示。")
    found = languages.aliased(read, fingerprint(read.title, read.text), ALIASES)
    assert {"bytedance", "warner", "bros"} <= set(found.names)
    assert dict(found.terms)["bytedanc"] == 2
    assert languages.aliased(read, found, ALIASES) == found


def test_the_configurations_aliases_are_turned_round() -> None:
    found = languages.usual_names({"OpenAI": ("Open AI", "오픈AI"), "Disney": ()})
    assert found == {"Open AI": "OpenAI", "오픈AI": "OpenAI"}
    read = article("오픈AI 소식")
    assert "openai" in languages.aliased(read, fingerprint(read.title, ""), found).names


def test_without_an_alias_nothing_is_added() -> None:
    read = article("Lowmere bridge closes", "The bridge of Lowmere closes in May.")
    print_ = fingerprint(read.title, read.text)
    assert languages.aliased(read, print_, ALIASES) is print_
    assert languages.aliased(read, print_, {}) is print_

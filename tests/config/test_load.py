"""feeds.yaml: what it becomes, and that every mistake in it is named at once."""

from datetime import timedelta
from pathlib import Path

import pytest

from aiwatch.config import find, load, load_text, starter
from aiwatch.config.values import Config
from aiwatch.errors import ConfigError, UsageError
from aiwatch.model import Rate, Source

FILE = Path("/somewhere/feeds.yaml")
SMALL = "sources: [{name: A, url: 'http://a.example/feed'}]\ncontact: me@example.org\ntimezone: Asia/Bangkok\n"


def loaded(text: str, **environment: str) -> Config:
    return load_text(text, FILE, environment)


def problems(text: str, **environment: str) -> tuple[str, ...]:
    with pytest.raises(ConfigError) as found:
        loaded(text, **environment)
    return found.value.problems


def source(text: str) -> Source:
    return loaded(f"sources:\n  - {text}\n").sources[0]


def test_the_shipped_file_is_sound_and_watches_about_25_sources() -> None:
    config = load(Path(__file__).parents[2] / "config" / "feeds.yaml", {})
    assert 20 <= sum(source.enabled for source in config.sources) <= 30
    assert len(config.sources) > 60
    assert {"sora", "seedance", "disney_ai"} <= {topic.name for topic in config.topics}


def test_the_starter_is_sound_and_uses_the_preset() -> None:
    assert len(loaded(starter()).topics) > 5


def test_the_preset_in_the_package_is_the_shipped_file() -> None:
    package = Path(load.__code__.co_filename).parent / "presets" / "ai-video.yaml"
    assert (
        package.read_bytes() == (Path(__file__).parents[2] / "config" / "feeds.yaml").read_bytes()
    )


def test_without_alerts_everything_goes_to_screen_and_file() -> None:
    config = loaded(SMALL)
    assert config.implicit
    assert [channel.kind for channel in config.channels] == ["screen", "file"]
    assert config.alerts[0].when.kind == "each pass"
    assert config.database == Path("/somewhere/aiwatch.db")


@pytest.mark.parametrize(
    ("written", "field", "value"),
    [
        ("every: auto", "every", None),
        ("every: 1.5h", "every", timedelta(minutes=90)),
        ("backlog: all", "backlog", "all"),
        ("backlog: 7d", "backlog", timedelta(days=7)),
        ("full_text: never", "full_text", "never"),
        ("trust: low", "trust", "low"),
        ("primary: true", "primary", True),
        ("tags: [a, b]", "tags", ("a", "b")),
        ("allow_private: true", "allow_private", True),
        ("allow_private: ['127.0.0.1:80']", "allow_private", ("127.0.0.1:80",)),
        ("enabled: false", "enabled", False),
    ],
)
def test_a_sources_keys_become_its_fields(written: str, field: str, value: object) -> None:
    assert getattr(source(f"{{name: A, url: 'http://a.example', {written}}}"), field) == value


def test_defaults_stand_under_every_source_and_yield_to_its_own_keys() -> None:
    config = loaded(
        "defaults: {every: 30m, full_text: never}\nsources:\n"
        "  - {name: A, url: 'http://a.example'}\n  - {name: B, url: 'http://b.example', every: 2h}\n"
    )
    assert [one.every for one in config.sources] == [timedelta(minutes=30), timedelta(hours=2)]
    assert config.sources[1].full_text == "never"


def test_own_parts_add_to_a_preset_override_by_name_and_drop() -> None:
    plain = loaded("use: [ai-video]")
    config = loaded(
        "use: [ai-video]\n"
        "drop: {sources: [TechCrunch AI], topics: [slop]}\n"
        "sources:\n  - {name: OpenAI News, every: 7m}\n  - {name: Mine, url: 'http://mine.example'}\n"
        "topics: {mine: {any: [zebra]}, sora: {title: Just Sora}}\n"
    )
    names = [one.name for one in config.sources]
    assert len(names) == len(plain.sources)
    assert "Mine" in names
    assert "TechCrunch AI" not in names
    changed = next(one for one in config.sources if one.name == "OpenAI News")
    assert changed.every == timedelta(minutes=7)
    assert changed.url.startswith("https://openai.com")
    topics = {str(topic.name): topic for topic in config.topics}
    assert "mine" in topics
    assert "slop" not in topics
    assert topics["sora"].title == "Just Sora"
    assert topics["sora"].any == next(t for t in plain.topics if t.name == "sora").any


ALERTS = """
sources: [{name: A, url: 'http://a.example'}]
topics: {sora: {any: [sora]}}
channels: {here: {kind: screen}}
timezone: Europe/London
alerts:
  - {name: morning, to: [here], topics: [sora], when: 'daily at 08:00'}
  - {name: breaking, to: here, when: at once, settle: null, at_most: 2/30m, quiet: '22:00-07:00'}
"""


def test_alerts_have_the_defaults_of_their_kind_and_null_switches_one_off() -> None:
    morning, breaking = loaded(ALERTS).alerts
    assert morning.words == 600
    assert morning.settle is None
    assert morning.timezone == "Europe/London"
    assert (breaking.settle, breaking.within) == (None, timedelta(hours=24))
    assert breaking.at_most == Rate(count=2, per=timedelta(minutes=30))
    assert breaking.update_gap == timedelta(hours=2)
    assert breaking.quiet == ((22, 0), (7, 0))


MANY = Path(__file__).parents[1] / "data" / "config" / "many-mistakes.yaml"


def test_every_problem_is_named_at_once_with_line_key_and_what_to_do() -> None:
    said = problems(MANY.read_text())
    for line, text in enumerate(MANY.read_text().splitlines(), start=1):
        for expected in text.partition("# expect: ")[2].split(" | "):
            if expected:
                assert any(f"line {line}: " in one and expected in one for one in said), (
                    line,
                    expected,
                    said,
                )
    assert len(said) == sum(
        text.count("# expect: ") + text.count(" | ") for text in MANY.read_text().splitlines()
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("sources: \x00", "no text"),
        ("sources: [", "not YAML"),
        ("a: &x 1\nb: *x", "aliases"),
        ("- just\n- a list", "keys with values are expected"),
        ("sources: []\nsources: []", "a second time"),
        ("x: " + "y" * 1_000_001, "larger than"),
        ("a: " + "[" * 2000 + "]" * 2000, "not YAML"),
        ("topics: [a]", "names with values"),
        ("alerts: {now: {topic: [a]}}", "alerts"),
        ("defaults: {name: x}", "belong to each source"),
        ("contact: !!python/name:os.system x", "could not determine a constructor"),
    ],
)
def test_what_is_no_configuration_is_said_plainly(text: str, words: str) -> None:
    assert any(words in problem for problem in problems(text)), problems(text)


def test_an_empty_file_is_a_configuration_without_sources() -> None:
    assert loaded("").sources == ()


MAIL = """
channels:
  inbox: {kind: email, to: [me@example.org], from: a@example.org, host: h.example, port: 587, security: starttls,
          user: me, password: '%s'}
alerts: [{name: m, to: [inbox]}]
"""


def test_secrets_come_from_the_environment_or_a_file_and_are_never_shown(tmp_path: Path) -> None:
    kept = tmp_path / "password"
    kept.write_text("hunter2\n")
    for written in ("${PASS}", f"file:{kept}", "${NOT_SET:-hunter2}"):
        config = loaded(MAIL % written, PASS="hunter2")
        options = config.channels[0].options
        assert options.password.get_secret_value() == "hunter2"  # type: ignore[attr-defined]
        assert "hunter2" not in repr(config)
        assert "hunter2" not in str(config)


def test_headers_and_proxies_are_secrets() -> None:
    found = source(
        "{name: A, url: 'http://a.example', headers: {X-Key: abc123}, proxy: 'http://u:abc123@p.example'}"
    )
    assert found.headers[0][1].value == "abc123"
    assert "abc123" not in repr(found)
    assert str(found.headers[0][1]) == "***"


def test_a_secret_in_a_refused_value_is_not_repeated() -> None:
    said = "\n".join(
        problems("channels: {h: {kind: webhook, url: '${U}', secret: 's'}}", U="ftp://topsecret")
    )
    assert "topsecret" not in said


def test_a_missing_variable_is_named() -> None:
    assert any("PASS is not set" in one for one in problems(MAIL % "${PASS}"))


@pytest.mark.parametrize("written", ["auto", "2", "dask://scheduler.example:8786"])
def test_pages_are_read_by_children_or_by_a_cluster(written: str) -> None:
    workers = loaded(f"{SMALL}workers: {written}\n").workers
    assert workers == {"auto": None, "2": 2}.get(written, written)


@pytest.mark.parametrize("written", ["0", "true", "many", "dask://", "tcp://a:1", "1.5"])
def test_workers_that_cannot_be_had_are_refused_with_what_to_write(written: str) -> None:
    with pytest.raises(ConfigError, match="auto, a number up to 64, or dask://HOST:PORT"):
        loaded(f"{SMALL}workers: {written}\n")


@pytest.mark.parametrize(("zone", "warned"), [("UTC", False), ("Asia/Tokyo", False)])
def test_a_written_time_zone_is_never_warned_of(zone: str, warned: bool) -> None:
    warnings = loaded(f"timezone: {zone}").warnings
    assert any("time" in one and "UTC" in one for one in warnings) is warned


def test_a_missing_contact_is_warned_of_and_a_given_one_goes_into_the_user_agent() -> None:
    assert any("contact" in one for one in loaded("timezone: UTC").warnings)
    config = loaded(SMALL)
    assert config.warnings == ()
    assert config.fetch.user_agent.endswith("(+me@example.org)")


@pytest.mark.parametrize(("secret", "warned"), [("", 1), (", secret: 'a long enough secret'", 0)])
def test_a_webhook_without_a_secret_is_warned_of(secret: str, warned: int) -> None:
    hook = f"channels: {{hook: {{kind: webhook, url: 'https://h.example/'{secret}}}}}\n"
    warnings = loaded(SMALL + hook).warnings
    assert len(warnings) == warned
    assert all("channel hook" in one and "not signed" in one for one in warnings)


def test_the_file_is_looked_for_in_the_usual_places(tmp_path: Path) -> None:
    home = tmp_path / "home"
    (home / ".config" / "aiwatch").mkdir(parents=True)
    (home / ".config" / "aiwatch" / "feeds.yaml").write_text("")
    assert find({"AIWATCH_CONFIG": "/x.yaml"}, tmp_path) == Path("/x.yaml")
    assert find({"HOME": str(home)}, tmp_path) == home / ".config" / "aiwatch" / "feeds.yaml"
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "feeds.yaml").write_text("")
    assert find({"HOME": str(home)}, tmp_path) == tmp_path / "config" / "feeds.yaml"
    (tmp_path / "feeds.yaml").write_text("")
    assert find({}, tmp_path) == tmp_path / "feeds.yaml"


def test_no_file_at_all_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        load(tmp_path / "none.yaml", {})

"""What the README and docs/ say is what the program does: every name in both directions, every line tried.

`python -m tests.test_docs > docs/database.md` writes the page on the database anew.
"""

import re
import shlex
import sqlite3
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click
import pytest
import yaml
from pydantic import BaseModel

from aiwatch.channels import CHANNELS
from aiwatch.cli import COMMANDS, command_line
from aiwatch.config import keys, load_text
from aiwatch.config.build import AT_ONCE, DIGEST_WORDS
from aiwatch.config.secrets import VARIABLE
from aiwatch.config.units import parse_duration
from aiwatch.sources import KINDS
from aiwatch.store.migrating import migrate, todays

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
DEPLOY = ROOT / "deploy"
PAGES = sorted(
    [*ROOT.glob("*.md"), *DOCS.rglob("*.md"), *DEPLOY.glob("*.md"), *ROOT.glob("benchmarks/*.md")]
)
SECRETS = {
    "SMTP_URL": "smtp://user:password@smtp.example.org",
    "HOOK_URL": "https://example.org/hook",
    "SLACK_WEBHOOK_URL": "https://hooks.slack.com/services/T1/B1/secret",
    "DISCORD_WEBHOOK_URL": "https://discord.com/api/webhooks/1/secret",
    "TEAMS_WEBHOOK_URL": "https://prod-1.logic.azure.com/workflows/1?sig=secret",
    "TELEGRAM_TOKEN": "123456:ABC-secret",
    "APPRISE_URL": "line://token/U1234567890abcdef",
}


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def label(path: Path) -> str:
    return str(path.relative_to(ROOT))


def sections(page: str) -> dict[str, str]:
    """Each heading's own text; headings without their backticks."""
    parts = re.split(
        r"^#+ (.+)$",
        re.sub(r"^```.*?^```", "", page, flags=re.MULTILINE | re.DOTALL),
        flags=re.MULTILINE,
    )
    return {
        title.replace("`", ""): text for title, text in zip(parts[1::2], parts[2::2], strict=True)
    }


def fences(page: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", page, flags=re.MULTILINE | re.DOTALL)


# ---------------------------------------------------------------- commands


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """A command as typed, with all that may follow it."""

    words: tuple[str, ...]
    options: tuple[str, ...]
    doc: str


def options_of(command: click.Command) -> Iterator[str]:
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            yield from (*parameter.opts, *parameter.secondary_opts)


EVERYWHERE = {*options_of(command_line), "-h", "--help"}


def walked() -> Iterator[Typed]:
    """Every command and sub-command; the global options left out."""
    context = click.Context(command_line)
    for name in command_line.list_commands(context):
        command = command_line.get_command(context, name)
        assert command is not None, name
        yield from _walked((name,), command)


def _walked(words: tuple[str, ...], command: click.Command) -> Iterator[Typed]:
    own = tuple(option for option in options_of(command) if option not in EVERYWHERE)
    yield Typed(words=words, options=own, doc=(command.help or "").splitlines()[0])
    if isinstance(command, click.Group):
        for name, inner in command.commands.items():
            yield from _walked((*words, name), inner)


TYPED = list(walked())
COMMAND_PAGE = sections(read(DOCS / "commands.md"))


def test_the_list_of_commands_says_what_the_commands_say() -> None:
    own_words = {typed.words[0]: typed.doc for typed in TYPED if len(typed.words) == 1}
    assert own_words == {name: words for name, (_, words) in COMMANDS.items()}


@pytest.mark.parametrize("typed", TYPED, ids=lambda typed: " ".join(typed.words))
def test_a_command_and_its_options_are_described(typed: Typed) -> None:
    section = COMMAND_PAGE[typed.words[0]]
    if len(typed.words) > 1:
        assert f"`aiwatch {' '.join(typed.words)}" in section
    named = set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*", section))
    assert set(typed.options) <= named


def test_no_option_is_described_that_is_not_there() -> None:
    for name in COMMANDS:
        real = {option for typed in TYPED if typed.words[0] == name for option in typed.options}
        rows = re.findall(r"^\| (`-.*?) \|", COMMAND_PAGE[name], flags=re.MULTILINE)
        named = {word for row in rows for word in re.findall(r"`(--?[a-z-]+)", row)}
        assert named == real, name


def test_the_options_that_go_everywhere_are_described() -> None:
    named = set(re.findall(r"`(--?[a-z]+)", COMMAND_PAGE["Everywhere"]))
    assert named >= EVERYWHERE


def test_no_command_is_described_that_is_not_there() -> None:
    assert set(COMMAND_PAGE) - {"Commands", "Everywhere"} == set(COMMANDS)


# ---------------------------------------------------------------- command lines that are quoted


def quoted(page: str) -> list[str]:
    """Every `aiwatch …` and `./run …` line of a page, from its code; `./run test` is not aiwatch's."""
    blocks = re.findall(r"^```\w*\n(.*?)^```", page, flags=re.MULTILINE | re.DOTALL)
    prose = re.sub(r"^```.*?^```", "", page, flags=re.MULTILINE | re.DOTALL)
    code = [line for block in blocks for line in block.splitlines()]
    code += re.findall(r"`([^`\n]+)`", prose)
    start = r"^(?:\$ )?(?:sudo (?:-u aiwatch )?)?(?:docker compose (?:run --rm|exec aiwatch) )?"
    line = re.compile(start + r"((?:\S*/)?aiwatch|\./run)(?: (.*))?$")
    found = []
    for text in code:
        match = line.match(text.strip())
        if match and not (match[1] == "./run" and (match[2] or "").startswith("test")):
            found.append(match[2] or "")
    return found


def words_of(line: str) -> list[str]:
    """One command's words: without comments and what comes after it, the first of a|b, without [ ] and …."""
    line = re.split(r"\s+(?:[#|>&;]|→)", f" {line}")[0]
    words = [re.sub(r"(?<=\w)\|\S+", "", word).strip("[]…") for word in shlex.split(line)]
    return [word for word in words if word]


def refusal(arguments: list[str]) -> str | None:
    """What is wrong with a command line, without running it; placeholders (NAME, ID) may stand for anything."""
    if arguments == ["ARGS"]:
        return None
    command: click.Command = command_line
    name, context = "aiwatch", None
    try:
        while True:
            context = command.make_context(name, list(arguments), parent=context)
            if not isinstance(command, click.Group):
                return None
            rest = [*context._protected_args, *context.args]
            found, inner, arguments = command.resolve_command(context, rest)
            assert found is not None
            assert inner is not None
            name, command = found, inner
    except (click.exceptions.Exit, click.exceptions.NoArgsIsHelpError, click.MissingParameter):
        return None
    except click.BadParameter as error:
        return None if any(word.isupper() for word in arguments) else error.format_message()
    except click.UsageError as error:
        return error.format_message()


@pytest.mark.parametrize("page", PAGES, ids=label)
def test_quoted_command_lines_can_be_typed(page: Path) -> None:
    wrong = {line: why for line in quoted(read(page)) if (why := refusal(words_of(line)))}
    assert wrong == {}


def test_the_program_s_own_advice_can_be_typed() -> None:
    wrong = {}
    for file in sorted((ROOT / "src").rglob("*.py")):
        for line in re.findall(r"`(?:\./run|aiwatch) ([^`\n{]+)`", read(file)):
            if why := refusal(words_of(line)):
                wrong[f"{file.name}: {line}"] = why
    assert wrong == {}


@pytest.mark.parametrize(
    "line",
    [
        "fetsh",
        "fetch --every",
        "sources remove NAME",
        "story seventeen",
        "digest --format pdf",
        "init a b",
    ],
)
def test_a_command_line_that_cannot_be_typed_is_seen(line: str) -> None:
    assert refusal(words_of(line))


def test_command_lines_are_found_in_code() -> None:
    page = "Type `aiwatch story ID`, or:\n```sh\n$ aiwatch fetch --all | less  # all\n./run demo\n```\n"
    assert [words_of(line) for line in quoted(page)] == [
        ["fetch", "--all"],
        ["demo"],
        ["story", "ID"],
    ]


# ---------------------------------------------------------------- configuration keys

CONFIGURATION = read(DOCS / "configuration.md")
CONFIGURATION_PAGE = sections(CONFIGURATION)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table of keys: whose they are, and what else a value of its model needs."""

    heading: str
    model: type[BaseModel]
    needs: Mapping[str, Any] = field(default_factory=dict)


TABLES = (
    Table(heading="The file", model=keys.FileKeys),
    Table(heading="drop", model=keys.DropKeys),
    Table(heading="fetch", model=keys.FetchKeys),
    Table(heading="delivery", model=keys.DeliveryKeys),
    Table(heading="keep", model=keys.KeepKeys),
    Table(
        heading="sources", model=keys.SourceKeys, needs={"name": "A", "url": "https://a.example"}
    ),
    Table(heading="extract", model=keys.ExtractKeys),
    *(
        Table(heading=name, model=kind.options, needs={"title": "title"} if name == "json" else {})
        for name, kind in KINDS.items()
        if kind.options.model_fields
    ),
    Table(heading="topics", model=keys.TopicKeys, needs={"any": ["a"]}),
    Table(heading="alerts", model=keys.AlertKeys, needs={"name": "a", "to": ["b"]}),
    Table(heading="screen", model=CHANNELS["screen"].options),
    Table(heading="file", model=CHANNELS["file"].options, needs={"dir": "digests"}),
    Table(
        heading="email",
        model=CHANNELS["email"].options,
        needs={"to": ["a@b.example"], "from": "a@b.example", "host": "b.example"},
    ),
    Table(heading="webhook", model=CHANNELS["webhook"].options, needs={"url": "https://a.example"}),
    Table(heading="slack", model=CHANNELS["slack"].options, needs={"url": "https://a.example"}),
    Table(heading="discord", model=CHANNELS["discord"].options, needs={"url": "https://a.example"}),
    Table(heading="teams", model=CHANNELS["teams"].options, needs={"url": "https://a.example"}),
    Table(
        heading="telegram", model=CHANNELS["telegram"].options, needs={"token": "1:a", "chat": 1}
    ),
    Table(heading="ntfy", model=CHANNELS["ntfy"].options, needs={"url": "https://a.example/b"}),
    *(
        [
            Table(
                heading="apprise",
                model=CHANNELS["apprise"].options,
                needs={"url": "json://a.example"},
            )
        ]
        if find_spec("apprise")  # without it no address can be configured
        else []
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One key as the page has it."""

    key: str
    default: str
    example: str


def rows(heading: str) -> list[Row]:
    table = re.findall(
        r"^\| `(\w+)` \| (.*?) \| `(.*?)` \|", CONFIGURATION_PAGE[heading], re.MULTILINE
    )
    return [Row(key=key, default=default, example=example) for key, default, example in table]


def names(model: type[BaseModel]) -> dict[str, str]:
    """The keys people write, and the model's own names for them."""
    return {info.alias or name: name for name, info in model.model_fields.items()}


def spans(value: Any) -> Any:
    """Channels' own time-outs come to their models as durations already."""
    if isinstance(value, list):
        return [spans(one) for one in value]
    return parse_duration(value)


def given(table: Table, key: str, text: str) -> BaseModel:
    """The model with that key as YAML writes it; raises where it is not taken."""
    value = yaml.safe_load(VARIABLE.sub("secret", text))
    if table.model in [channel.options for channel in CHANNELS.values()] and key in (
        "timeout",
        "retry",
    ):
        value = spans(value)
    needs = dict(table.needs)
    if key == "smtp":
        needs.pop("host")
    needs |= {"user": {"password": "a"}, "password": {"user": "a"}}.get(key, {})
    return table.model.model_validate({**needs, key: value})


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.heading)
def test_every_key_is_described_and_no_other(table: Table) -> None:
    assert sorted(row.key for row in rows(table.heading)) == sorted(names(table.model))


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.heading)
def test_the_stated_defaults_hold(table: Table) -> None:
    for row in rows(table.heading):
        name = names(table.model)[row.key]
        info = table.model.model_fields[name]
        if row.default == "required":
            assert info.is_required(), row.key
        elif row.default.startswith("–"):
            absent = info.get_default(call_default_factory=True)
            assert not absent or (isinstance(absent, BaseModel) and not absent.model_fields_set)
        else:
            stated = given(table, row.key, row.default.strip("`"))
            default = info.get_default(call_default_factory=True)
            assert getattr(stated, name) == default, row.key


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.heading)
def test_the_examples_are_taken_and_change_something(table: Table) -> None:
    for row in rows(table.heading):
        name = names(table.model)[row.key]
        value = getattr(given(table, row.key, row.example), name)
        info = table.model.model_fields[name]
        assert value != info.get_default(call_default_factory=True), row.key


def test_what_at_once_and_schedules_bring_along_is_stated() -> None:
    stated = {row.key: row.default for row in rows("alerts")}
    for key, value in AT_ONCE.items():
        found = re.fullmatch(r"– \(`(.+)` with `at once`\)", stated[key])
        assert found, key
        model = keys.AlertKeys.model_validate({"name": "a", "to": "b", key: found[1]})
        assert getattr(model, key) == value
    assert stated["words"] == f"– (`{DIGEST_WORDS}` with a schedule)"


def test_every_kind_of_source_and_channel_is_described() -> None:
    assert set(CHANNELS) <= set(CONFIGURATION_PAGE)
    kind_row = re.search(r"^\| `kind` .*$", CONFIGURATION_PAGE["sources"], re.MULTILINE)
    assert kind_row
    assert all(f"`{kind}`" in kind_row[0] for kind in KINDS)


def test_what_is_not_there_yet_is_not_promised() -> None:
    for planned in re.findall(r"^Not yet: (.*?)\n\n", CONFIGURATION, re.MULTILINE | re.DOTALL):
        assert not set(re.findall(r"`(\w+)`", planned)) & {*KINDS, *CHANNELS}


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(block, id=f"{label(page)}-{number}")
        for page in PAGES
        for number, block in enumerate(fences(read(page), "yaml"))
    ],
)
def test_a_configuration_that_is_shown_can_be_used(text: str) -> None:
    environment = {name: SECRETS.get(name, "secret") for name, _ in VARIABLE.findall(text)}
    assert load_text(text, ROOT / "feeds.yaml", environment)


def test_the_shortest_way_to_an_inbox_has_five_lines() -> None:
    first = fences(CONFIGURATION, "yaml")[0]
    assert len(first.splitlines()) == 5


# ---------------------------------------------------------------- database

FIRST_WORDS = """# The database

One SQLite file in WAL mode, mode 0600, to be opened with any tool (Datasette, sqlite-utils, `sqlite3`). Times are
ISO 8601 in UTC with whole seconds; JSON columns hold arrays or objects. Look at it while aiwatch runs as much as you
like; write to it only while nothing runs. A file is brought up to date when it is opened, after a copy beside it.

This page is made from the tables themselves: `python -m tests.test_docs > docs/database.md`.
"""


def database_page() -> str:
    """Every table with its columns and the words beside them, as a fresh database has them."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    try:
        migrate(connection, todays())
        tables = connection.execute(
            "SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND name <> '_sqlite_migrations'"
            " AND name NOT GLOB 'articles_fts_*' ORDER BY rowid"
        ).fetchall()
        parts = [_table_page(connection, name, sql) for name, sql in tables]
    finally:
        connection.close()
    return "\n".join([FIRST_WORDS, *parts])


def _table_page(connection: sqlite3.Connection, name: str, sql: str) -> str:
    words = {
        found[1]: found[2]
        for found in re.finditer(
            r"^\s*(?:CREATE (?:VIRTUAL )?TABLE )?(\w+)\b[^\n]*?-- (.*)$", sql, re.MULTILINE
        )
    }
    # SQLite keeps a later column's words only between the name and the next comma
    words |= dict(re.findall(r", (\w+) [A-Z][^/]*?/\* (.*?) \*/", sql))
    leads = {
        row[3]: (row[2], row[4]) for row in connection.execute(f"PRAGMA foreign_key_list({name})")
    }
    lines = [
        f"## `{name}`\n",
        f"{_sentence(words.pop(name, ''))}\n",
        "| column | type | |",
        "|---|---|---|",
    ]
    for _, column, kind, required, _, key in connection.execute(f"PRAGMA table_info({name})"):
        notes = ["key"] if key else []
        notes += [f"→ `{leads[column][0]}.{leads[column][1]}`"] if column in leads else []
        notes += [] if required or key else ["may be empty"]
        notes += [words[column].replace("|", "\\|")] if column in words else []
        lines.append(f"| `{column}` | {kind} | {'; '.join(notes)} |")
    return "\n".join([*lines, ""])


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def test_the_page_on_the_database_is_what_the_tables_say() -> None:
    assert read(DOCS / "database.md") == database_page(), (
        "python -m tests.test_docs > docs/database.md"
    )


def test_every_table_says_what_it_is() -> None:
    parts = re.split(r"^## `(\w+)`\n\n(.*)\n", database_page(), flags=re.MULTILINE)
    said = dict(zip(parts[1::3], parts[2::3], strict=True))
    assert {"sources", "articles", "stories", "told", "outbox"} <= set(said)
    assert [name for name, words in said.items() if not words] == []


# ---------------------------------------------------------------- links


def links(page: str) -> list[str]:
    """Links that lead to a file here, or to a heading of one."""
    code_free = re.sub(r"^```.*?^```|`[^`\n]*`", "", page, flags=re.MULTILINE | re.DOTALL)
    return [
        target
        for target in re.findall(r"\]\(([^)\s]+)\)", code_free)
        if not re.match(r"[a-z]+:", target)
    ]


def anchors(page: str) -> set[str]:
    """Headings as they are linked to."""
    titles = re.findall(r"^#+ (.+)$", page, flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES, ids=label)
def test_links_lead_somewhere(page: Path) -> None:
    for link in links(read(page)):
        path, _, anchor = link.partition("#")
        target = page.parent / path if path else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(read(target)), link


if __name__ == "__main__":
    sys.stdout.write(database_page())

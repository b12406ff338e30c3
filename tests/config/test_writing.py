"""A person's own file gets a source and loses nothing."""

import json
import stat
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from aiwatch.config import load, starter
from aiwatch.config.document import read_document
from aiwatch.config.writing import (
    MAX_NAME,
    MOST_AT_ONCE,
    Added,
    NotAdded,
    add_sources,
    as_block,
    free_name,
    plain_address,
    save,
    source_key,
    write,
)
from aiwatch.errors import UsageError
from aiwatch.text.signin import without_sign_in

ROOT = Path(__file__).resolve().parents[2]
NEW = {"name": "New: one", "url": "https://n.example/f?a=1&b=[2]", "tags": ["a", "b, c"]}
BLOCK = """\
  - name: 'New: one'
    url: https://n.example/f?a=1&b=[2]
    tags: [a, 'b, c']
"""
FLOW = "{name: 'New: one', url: 'https://n.example/f?a=1&b=[2]', tags: [a, 'b, c']}"
JSON = json.dumps(NEW)


def added(text: str, *sources: dict[str, Any]) -> str:
    """The new text, the law held."""
    wanted = sources or (NEW,)
    done = add_sources(text, wanted)
    assert isinstance(done, Added), done
    assert done.text.replace(done.piece, "", 1) == text or done.text.count(done.piece) > 1
    before, after = read_document(text, "x").values, read_document(done.text, "x").values
    assert {**after, "sources": None} == {**before, "sources": None}
    assert after["sources"] == [*(before.get("sources") or []), *wanted]
    left = iter(done.text.splitlines())
    if "[" not in text and "{" not in text:
        assert all(line in left for line in text.splitlines())
    return done.text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", f"sources:\n{BLOCK}"),
        ("# only words\n", f"# only words\n\nsources:\n{BLOCK}"),
        ("use: [ai-video]\n", f"use: [ai-video]\n\nsources:\n{BLOCK}"),
        ("use: [ai-video]\n\n", f"use: [ai-video]\n\nsources:\n{BLOCK}"),
        ("use: [ai-video]", f"use: [ai-video]\n\nsources:\n{BLOCK.rstrip()}"),
        ("sources:\n", f"sources:\n{BLOCK}"),
        ("sources:", f"sources:\n{BLOCK.rstrip()}"),
        (
            "sources: # mine\n  # - {name: off}\na: 1\n",
            f"sources: # mine\n{BLOCK}  # - {{name: off}}\na: 1\n",
        ),
        ("---\nuse: a\n...\n", f"---\nuse: a\n\nsources:\n{BLOCK}...\n"),
        ("\ufeffuse: a\n", f"\ufeffuse: a\n\nsources:\n{BLOCK}"),
        (
            "sources:\n  - name: A\n    url: u # why\n\na: 1\n",
            f"sources:\n  - name: A\n    url: u # why\n{BLOCK}\na: 1\n",
        ),
        (
            "sources:\n  - name: A\n    url: u\n    # every: 1h\n  # - next\n\na: 1\n",
            f"sources:\n  - name: A\n    url: u\n    # every: 1h\n{BLOCK}  # - next\n\na: 1\n",
        ),
        (
            "sources:\n- name: A\n  url: u\na: 1\n",
            "sources:\n- name: A\n  url: u\n- name: 'New: one'\n  url: https://n.example/f?a=1&b=[2]\n"
            "  tags: [a, 'b, c']\na: 1\n",
        ),
        (
            "sources:\n    -   name: A\n        extract:\n            remove:\n            - x\n",
            "sources:\n    -   name: A\n        extract:\n            remove:\n            - x\n"
            "    -   name: 'New: one'\n        url: https://n.example/f?a=1&b=[2]\n        tags: [a, 'b, c']\n",
        ),
        (
            "sources:\n  - {name: A, url: u} # why\n# end",
            f"sources:\n  - {{name: A, url: u}} # why\n  - {FLOW}\n# end",
        ),
        (
            "sources:\n  - {name: A,\n     url: u}",
            f"sources:\n  - {{name: A,\n     url: u}}\n  - {FLOW}",
        ),
        (
            "sources:\n  - name: A\n    url: |\n      u\n\na: 1\n",
            f"sources:\n  - name: A\n    url: |\n      u\n\n{BLOCK}a: 1\n",
        ),
        (
            "sources:\n  - name: A\n    tags:\na: 1\n",
            f"sources:\n  - name: A\n    tags:\n{BLOCK}a: 1\n",
        ),
        ("sources: []\n", f"sources: [{FLOW}]\n"),
        ("sources: [ # none\n]\n", f"sources: [{FLOW} # none\n]\n"),
        ("sources: [{name: A}, ]\n", f"sources: [{{name: A}}, {FLOW}, ]\n"),
        (
            "sources: [\n  {name: A}, # a\n  {name: B} # b\n]\n",
            f"sources: [\n  {{name: A}}, # a\n  {{name: B}},\n  {FLOW} # b\n]\n",
        ),
        (
            '{\n "sources": [\n  {"name": "A"}\n ]\n}',
            f'{{\n "sources": [\n  {{"name": "A"}},\n  {JSON}\n ]\n}}',
        ),
        ('{"sources": []}', f'{{"sources": [{JSON}]}}'),
        ("{}", f'{{"sources": [{JSON}]}}'),
        ('{"use": ["a"]}', f'{{"use": ["a"], "sources": [{JSON}]}}'),
        ('{\n "use": ["a"]\n}\n', f'{{\n "use": ["a"],\n "sources": [{JSON}]\n}}\n'),
        ("{use: [a]}", f"{{use: [a], sources: [{FLOW}]}}"),
    ],
)
def test_a_source_goes_where_a_person_would_put_it(text: str, expected: str) -> None:
    assert added(text) == expected


def test_line_ends_stay_as_the_file_has_them() -> None:
    text = "a: 1\r\nsources:\r\n  - name: A\r\n    url: u\r\n\r\nb: 2\r\n"
    assert "\n" not in added(text).replace("\r\n", "")


@pytest.mark.parametrize(
    "text",
    [
        starter(),
        (ROOT / "config" / "feeds.yaml").read_text("utf-8"),
        (ROOT / "tests" / "data" / "config" / "many-mistakes.yaml").read_text("utf-8"),
    ],
    ids=["starter", "shipped", "mistakes"],
)
def test_real_files_keep_every_line(text: str) -> None:
    done = add_sources(text, [NEW])
    if isinstance(done, Added):
        left = iter(done.text.splitlines())
        assert all(line in left for line in text.splitlines())
        assert len(done.piece.splitlines()) <= 5
    else:
        assert "problems" in done.reason


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("sources: hello\n", "what stands behind `sources:` is no list"),
        ("sources: ~\n", "what stands behind `sources:` is no list"),
        ("sources: {a: b}\n", "what stands behind `sources:` is no list"),
        ("a: [\n", "the file has problems"),
        ("a: 1\na: 2\n", "the file has problems"),
        ("a: &x 1\nb: *x\n", "the file has problems"),
        ("- a\n", "the file has problems"),
        ("a: 1\n---\nb: 2\n", "the file has problems"),
        ("sources: !!seq []\n", "the file would have problems"),
    ],
)
def test_a_strange_file_stays_as_it_is_and_the_lines_are_said(text: str, reason: str) -> None:
    done = add_sources(text, [NEW])
    assert isinstance(done, NotAdded), done
    assert reason in done.reason
    assert done.paste == BLOCK


@pytest.mark.parametrize(
    "value", ["${HOME}", "a ${SMTP_PASSWORD:-x} b", "file:/etc/passwd"], ids=str
)
def test_nothing_from_outside_is_read_as_a_variable_or_a_file(value: str) -> None:
    done = add_sources("", [{"name": "A", "url": "https://a.example", "lang": value}])
    assert isinstance(done, NotAdded)
    assert "variable" in done.reason


def test_more_than_a_file_can_hold_is_refused_at_once() -> None:
    done = add_sources("", [NEW] * (MOST_AT_ONCE + 1))
    assert isinstance(done, NotAdded)
    assert done.paste.count("- name") == 3


def test_names_and_addresses_from_outside_are_made_harmless() -> None:
    assert free_name("A ${HOME} b", ()) == "A $ {HOME} b"
    assert plain_address("https://a.example/${HOME}") == "https://a.example/$%7BHOME}"


@pytest.mark.parametrize(
    ("wanted", "taken", "name"),
    [
        ("Paper", (), "Paper"),
        ("Paper", ("Paper",), "Paper 2"),
        ("Paper", ("Paper", "Paper 2"), "Paper 3"),
        ("Paper", ("Paper", *(f"Paper {number}" for number in range(2, 1001))), "Paper 1001"),
        ("Paper", ("Paper", "Paper 2", "Paper 4"), "Paper 5"),
        ("  a\n b\u202e ", (), "a b"),
        ("", (), "Source"),
        ("x" * 500, (), "x" * MAX_NAME),
    ],
)
def test_names_are_given_once(wanted: str, taken: tuple[str, ...], name: str) -> None:
    assert free_name(wanted, taken) == name


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://me:secret@a.example/x@y", "https://a.example/x@y"),
        ("https://a.example/?u=a@b", "https://a.example/?u=a@b"),
        ("https://a.example", "https://a.example"),
    ],
)
def test_a_sign_in_is_not_shown(url: str, shown: str) -> None:
    assert without_sign_in(url) == shown


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("https://a.example/feed", "http://www.A.example:80/feed/#x", True),
        ("https://a.example", "https://me:secret@a.example/", True),
        ("https://a.example/?hl=vi", "https://a.example/?hl=th", False),
        ("https://a.example/Feed", "https://a.example/feed", False),
        ("https://a.example:8443/", "https://a.example/", False),
        ("https://a.example/@me", "https://a.example/@you", False),
    ],
)
def test_two_addresses_of_one_source_are_known(a: str, b: str, same: bool) -> None:
    assert (source_key(a) == source_key(b)) is same


def test_several_sources_come_as_one_piece() -> None:
    two = [{"name": "A", "url": "https://a.example"}, {"name": "B", "url": "https://b.example"}]
    assert added("sources:\n", *two) == (
        "sources:\n  - name: A\n    url: https://a.example\n  - name: B\n    url: https://b.example\n"
    )
    assert added("sources: []\n", *two).count("{") == 2
    assert as_block(two).count("- name") == 2


# ---------------------------------------------------------------- the law

WORDS = st.text(alphabet=st.characters(codec="utf-8"), min_size=1, max_size=30).filter(
    lambda text: "${" not in text and not text.startswith("file:/")
)
VALUES = st.one_of(
    WORDS, st.booleans(), st.lists(WORDS, max_size=3), st.dictionaries(WORDS, WORDS, max_size=2)
)
SOURCES = st.builds(
    lambda name, url, more: {"name": name, "url": url, **more},
    WORDS,
    WORDS,
    st.dictionaries(st.sampled_from(("tags", "lang", "enabled", "extract")), VALUES, max_size=3),
)
SHAPES = ("block", "indented", "flow", "json", "bare", "none", "commented")


def shaped(sources: list[dict[str, Any]], shape: str) -> str:
    """A file of that style with these sources in it."""
    whole = {"use": ["ai-video"], "sources": sources}
    if shape == "json":
        return json.dumps(whole, indent=1)
    if shape == "flow":
        return yaml.safe_dump(whole, default_flow_style=True, allow_unicode=True)
    if shape == "none":
        return "use: [ai-video]\n# sources:\n#   - name: A\n"
    if shape == "bare":
        return "sources:\n\n# later\ntopics: {}\n"
    block = yaml.safe_dump(whole, allow_unicode=True, sort_keys=False)
    if shape == "indented":
        block = "".join(f"  {line}\n" for line in block.splitlines()) if "\n\n" not in block else ""
    if shape == "commented":
        block = block + "  # the end of it\n\n# more\n"
    return block


@given(st.lists(SOURCES, max_size=3), st.sampled_from(SHAPES), SOURCES)
@settings(max_examples=100)
def test_what_was_said_is_still_said_and_the_source_too(
    old: list[dict[str, Any]], shape: str, new: dict[str, Any]
) -> None:
    text = shaped(old, shape)
    done = add_sources(text, [new])
    before = read_document(text, "x")
    if isinstance(done, NotAdded):
        assert before.problems or "problems" in done.reason or "not foreseen" in done.reason
        return
    at = done.text.find(done.piece)
    while done.text[:at] + done.text[at + len(done.piece) :] != text:
        at = done.text.find(done.piece, at + 1)
        assert at >= 0, "not one insertion"
    after = read_document(done.text, "x").values
    assert after == {**before.values, "sources": [*(before.values.get("sources") or []), new]}


@given(st.lists(WORDS, min_size=1, max_size=3, unique=True), st.sampled_from(SHAPES))
@settings(max_examples=60)
def test_plain_sources_can_be_added_to_any_style(names: list[str], shape: str) -> None:
    old = [{"name": name, "url": "https://a.example/x"} for name in ("A", "B")]
    new = [{"name": name, "url": "https://b.example/?x=1#y"} for name in names]
    assert isinstance(add_sources(shaped(old, shape), new), Added)


# ---------------------------------------------------------------- the file


def written(path: Path, *sources: dict[str, Any], dry: bool = False) -> Added | NotAdded:
    return write(path, sources or [NEW], {}, dry=dry)


def test_the_file_is_replaced_whole_with_its_mode_and_behind_its_link(tmp_path: Path) -> None:
    real = tmp_path / "real.yaml"
    real.write_bytes("# жизнь\r\nuse: [ai-video]\r\n".encode())
    real.chmod(0o640)
    link = tmp_path / "feeds.yaml"
    link.symlink_to(real)
    assert isinstance(written(link), Added)
    assert link.is_symlink()
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    assert real.read_bytes().startswith("# жизнь\r\nuse: [ai-video]\r\n\r\nsources:\r\n".encode())
    assert {file.name for file in tmp_path.iterdir()} == {"feeds.yaml", "real.yaml"}
    assert "New: one" in [source.name for source in load(link).sources]


def test_a_trial_writes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "feeds.yaml"
    path.write_text("use: [ai-video]\n")
    assert isinstance(written(path, dry=True), Added)
    assert path.read_text() == "use: [ai-video]\n"


@pytest.mark.parametrize(
    ("text", "source", "reason"),
    [
        (b"use: [nothing]\n", NEW, "it would be refused: "),
        (b"", {"name": "A", "url": "gopher://a"}, "an http:// or https:// address is expected"),
        (b"", {**NEW, "kind": "fax"}, "no kind of source 'fax'"),
        (
            b"use: [ai-video]\ndrop: {sources: [TheWrap]}\n",
            {"name": "TheWrap", "url": "https://a.example"},
            "its `drop:` names 'TheWrap': take another name",
        ),
        (b"# \xff\n", NEW, "it is not written in UTF-8"),
    ],
)
def test_a_file_that_would_not_watch_it_stays_as_it_is(
    tmp_path: Path, text: bytes, source: dict[str, Any], reason: str
) -> None:
    path = tmp_path / "feeds.yaml"
    path.write_bytes(text)
    done = written(path, source)
    assert isinstance(done, NotAdded)
    assert reason in done.reason
    assert path.read_bytes() == text


def test_a_file_that_was_changed_meanwhile_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "feeds.yaml"
    path.write_text("use: []\n# by hand\n")
    with pytest.raises(UsageError, match="was changed meanwhile"):
        save(path, "use: []\nsources: []\n", b"use: []\n")
    assert [file.name for file in tmp_path.iterdir()] == ["feeds.yaml"]
    assert path.read_text() == "use: []\n# by hand\n"


def test_a_file_that_cannot_be_read_or_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        written(tmp_path / "none.yaml")
    with pytest.raises(UsageError, match="cannot be written"):
        save(tmp_path / "none" / "feeds.yaml", "", b"")

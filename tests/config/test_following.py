"""When a followed feeds.yaml is read again, and what is said of the change."""

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from aiwatch.config import load
from aiwatch.config.following import Following, differences
from aiwatch.config.values import Config

SOURCES = "sources: [{name: A, url: 'https://a.example/feed'}, {name: B, url: 'https://b.example/feed'}]\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "feeds.yaml"
    path.write_text(f"timezone: UTC\n{SOURCES}", encoding="utf-8")
    return path


def following(file: Path) -> Following:
    return Following(load=lambda: load(file), path=file)


def looks(one: Following, times: int = 3) -> list[bool]:
    return [one.due() for _ in range(times)]


def test_an_unchanged_file_is_never_read_again(file: Path) -> None:
    assert looks(following(file)) == [False] * 3


def test_a_changed_one_is_read_once_when_it_is_still(file: Path) -> None:
    one = following(file)
    looks(one)
    config = load(file)
    file.write_text(f"timezone: Asia/Bangkok\n{SOURCES}", encoding="utf-8")
    assert looks(one) == [False, True, True]
    assert one.loaded(config) == load(file) != config
    assert looks(one) == [False] * 3


def test_a_file_put_in_its_place_is_another_one(file: Path) -> None:
    one, config = following(file), load(file)
    other = file.with_name("other")
    other.write_bytes(file.read_bytes())
    os.utime(other, ns=(file.stat().st_atime_ns, file.stat().st_mtime_ns))
    other.replace(file)
    assert looks(one)[1]
    assert one.loaded(config) is None  # it says the same


def test_a_file_that_is_gone_for_a_moment_is_waited_for(file: Path) -> None:
    one = following(file)
    file.unlink()
    assert looks(one) == [False] * 3


def test_asked_it_is_read_whatever_it_looks_like(file: Path) -> None:
    one = following(file)
    one.asked = True
    assert looks(one, 1) == [True]
    assert one.loaded(load(file)) is None
    assert looks(one) == [False] * 3


def changed(config: Config, **parts: Any) -> Config:
    return replace(config, **parts)


def test_what_is_another_is_said_by_name_or_counted(file: Path) -> None:
    old = load(file)
    a, b = old.sources
    more = tuple(replace(a, name=f"S{number}") for number in range(4))  # type: ignore[arg-type]
    assert differences(old, changed(old, sources=(replace(a, primary=True),))) == (
        "source B removed, source A changed"
    )
    assert differences(old, changed(old, sources=(a, b, *more))) == "4 sources added"
    assert differences(old, changed(old, sources=(a, b, *more[:2]))) == "sources S0 and S1 added"
    assert differences(old, changed(old, timezone="Asia/Tokyo")) == "other settings changed"

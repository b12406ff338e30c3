"""Patterns that compile when they are first used."""

import importlib
import pkgutil
import re
from types import ModuleType

import pytest

from aiwatch import digest, judge, text
from aiwatch.text.late import compile_all, late


def test_a_late_pattern_does_what_a_compiled_one_does() -> None:
    words, compiled = late(r"(\w+)-(\w+)", re.IGNORECASE), re.compile(r"(\w+)-(\w+)", re.IGNORECASE)
    line = "Sea-Port and air-port"
    assert words.findall(line) == compiled.findall(line)
    assert words.sub(r"\2", line) == compiled.sub(r"\2", line)
    assert [found.span() for found in words.finditer(line)] == [(0, 8), (13, 21)]
    assert (words.pattern, words.flags, words.groups) == (
        compiled.pattern,
        compiled.flags,
        compiled.groups,
    )


def test_bytes_are_matched_too() -> None:
    assert late(rb"\d+").search(b"a1") is not None


@pytest.mark.parametrize("room", [text, judge, digest])
def test_every_pattern_compiles(room: ModuleType) -> None:
    for one in pkgutil.iter_modules(room.__path__, f"{room.__name__}."):
        importlib.import_module(one.name)
    compile_all()

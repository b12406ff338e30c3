"""A tripwire: functions of at most 60 lines of code, modules of at most 400; one function in twenty may pass 30.

Lines of code are lines that carry any: comments, docstrings and blank lines are free.
"""

import ast
import io
import tokenize
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
MOST_IN_FUNCTION = 60
MOST_IN_MODULE = 400
# The nouns of every room stand on one page, most of them names with their types: no functions, no branches.
LARGER = {"src/aiwatch/model.py": 490}
USUAL, UNUSUAL_SHARE = 30, 0.05
SILENT = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENDMARKER,
}
Definition = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """Lines of code of a module and of each of its functions."""

    module: int
    functions: dict[str, int]


@cache
def sizes(code: str) -> Sizes:
    tree = ast.parse(code)
    lines = sorted(_lines_of_code(code) - set(_docstring_lines(tree)))
    return Sizes(
        module=len(lines),
        functions={
            f"{node.name} (line {node.lineno})": bisect_right(lines, node.end_lineno or 0)
            - bisect_left(lines, node.lineno)
            for node in ast.walk(tree)
            if isinstance(node, Definition)
        },
    )


def _lines_of_code(code: str) -> set[int]:
    found: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(code).readline):
        if token.type not in SILENT:
            found.update(range(token.start[0], token.end[0] + 1))
    return found


def _docstring_lines(tree: ast.Module) -> Iterator[int]:
    """Lines of texts that stand alone: docstrings of modules, classes, functions and names."""
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Expr)
            and isinstance(node.value, ast.Constant)
            and isinstance(node.value.value, str)
        ):
            yield from range(node.lineno, (node.end_lineno or node.lineno) + 1)


def too_large(name: str, code: str) -> list[str]:
    found = sizes(code)
    most = LARGER.get(name, MOST_IN_MODULE)
    long = [f"{name}: {found.module} lines"] if found.module > most else []
    return long + [
        f"{name} {function}: {lines} lines"
        for function, lines in found.functions.items()
        if lines > MOST_IN_FUNCTION
    ]


def modules() -> Iterator[tuple[str, str]]:
    for folder in ("src", "tests", "benchmarks"):
        for file in sorted((ROOT / folder).rglob("*.py")):
            if any(part.startswith(".") for part in file.relative_to(ROOT).parts):
                continue  # a benchmark's peers live in a venv beside it
            yield str(file.relative_to(ROOT)), file.read_text(encoding="utf-8")


@pytest.mark.untraced
def test_nothing_is_too_large() -> None:
    assert [words for name, code in modules() for words in too_large(name, code)] == []


@pytest.mark.untraced
def test_most_functions_are_short() -> None:
    lines = [
        size
        for name, code in modules()
        if name.startswith("src")
        for size in sizes(code).functions.values()
    ]
    assert len(lines) > 500
    assert sum(size > USUAL for size in lines) <= UNUSUAL_SHARE * len(lines)


def function(lines: int) -> str:
    """A function of so many lines of code, with others that do not count."""
    body = "    a = 1\n\n    # why\n" * (lines - 1)
    return f'def f():\n    """X.\n\n    Y.\n    """\n{body}'


def test_a_function_may_have_60_lines_and_no_more() -> None:
    assert too_large("x.py", function(60)) == []
    assert too_large("x.py", function(61)) == ["x.py f (line 1): 61 lines"]


def test_a_method_and_a_coroutine_count_too() -> None:
    inside = function(61).replace("def f", "async def f").replace("\n", "\n    ")
    assert too_large("x.py", f"class C:\n    {inside}") == ["x.py f (line 2): 61 lines"]


def test_a_module_may_have_400_lines_and_no_more() -> None:
    assert too_large("x.py", '"""X."""\n\n# why\n' + "A = 1\n" * 400) == []
    assert too_large("x.py", "A = 1\n" * 401) == ["x.py: 401 lines"]

"""Do the tests notice a changed line: `python benchmarks/mutants.py [NAME…] [--sample N] [--seed N] [--lines N…]`.

Each mutant is one small change for the worse of one module, made in memory: the source on disk is never touched. A child
forked from a process that has imported everything but aiwatch loads the module changed and runs its tests until the first
fails. Survivors are printed with their lines; those known, and why they are no loss, stand in docs/notes/015-mutants.md.
"""

import argparse
import ast
import importlib
import os
import random
import re
import resource
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_loader
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

import pytest
from hypothesis import Phase, settings

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]
CPU, WALL = 60, 300  # seconds a mutant may take: many times what its tests do; some never end


@dataclass(frozen=True)
class Target:
    """A module, and the tests that are to notice."""

    module: str
    tests: tuple[str, ...]

    @property
    def path(self) -> Path:
        """Where its source stands."""
        return ROOT / "src" / Path(*self.module.split(".")).with_suffix(".py")


DELIVERY = (
    "tests/test_delivery.py",
    "tests/test_deliveries_end.py",
    "tests/test_delivery_hooks.py",
)
TARGETS = {
    "guard": Target("aiwatch.net.guard", ("tests/net/test_guard.py",)),
    "alerting": Target(
        "aiwatch.judge.alerting",
        ("tests/judge/test_alerting.py", "tests/judge/test_corrections.py"),
    ),
    "outbox": Target("aiwatch.store.outbox", ("tests/store/test_outbox.py",)),
    "sending": Target("aiwatch.delivery.sending", DELIVERY),
    "clean": Target("aiwatch.text.clean", ("tests/text/test_clean.py",)),
}

# ---------------------------------------------------------------- what is changed

Change = tuple[str, Callable[[], None], Callable[[], None]]  # in words, made, undone
_ORDER: dict[type, tuple[type, ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}
_SUMS: dict[type, type] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.Pow: ast.Mult,
    ast.LShift: ast.RShift,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}
_CALLS = {
    "min": "max",
    "max": "min",
    "any": "all",
    "all": "any",
    "lower": "upper",
    "partition": "rpartition",
}
_CALLS |= {
    "startswith": "endswith",
    "removeprefix": "removesuffix",
    "strip": "lstrip",
    "rstrip": "lstrip",
}
# One place of a statement, and what stands there instead.
_SQL = tuple(
    (re.compile(old), new)
    for old, new in (
        (r"\bAND\b", "OR"),
        (r"\bOR\b", "AND"),
        (r"<=", "<"),
        (r"<(?![=>])", "<="),
        (r"(?<!<)>(?!=)", ">="),
        (r"<>", "="),
        (r"\bNOT IN\b", "IN"),
        (r"(?<!NOT )\bIN\b", "NOT IN"),
        (r"\bIS NULL\b", "IS NOT NULL"),
        (r"\bMIN\b", "MAX"),
        (r"\bMAX\b", "MIN"),
        (r"\bmax\b", "min"),
        (r"\bDESC\b", ""),
        (r"(?<=BY id)(?! DESC)", " DESC"),
        (r"\bORDER BY \w+( DESC)?", ""),
        (r"\bDISTINCT\b", ""),
        (r"\+ 1", "- 1"),
        (r"(?<== )0\b", "1"),
        (r"'(?=[a-z])", "'x"),
        (r"(?<=WHERE)(?= )", " NOT"),
        (r"(?<=[a-z_]) = (?=[a-z:?'\d])", " <> "),
    )
)
_IS_SQL = re.compile(r"\b(SELECT|UPDATE|DELETE|INSERT|WHERE|AND|IN) ")


def mutations(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Each mutant in turn, as line and words, with the tree changed so until the next is asked for."""
    for node, parent in list(_walked(tree, None)):
        for words, make, undo in _changes(node, parent):
            make()
            yield (
                getattr(node.target if isinstance(node, ast.comprehension) else node, "lineno", 0),
                words,
            )
            undo()


def _walked(node: ast.AST, parent: ast.AST | None) -> Iterator[tuple[ast.AST, ast.AST | None]]:
    """What runs: no docstrings, types, decorators, nor what is logged."""
    yield node, parent
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not _no_code(child):
                yield from _walked(child, node)


def _no_code(node: ast.AST) -> bool:
    if not isinstance(node, ast.Expr):
        return isinstance(node, ast.Import | ast.ImportFrom)
    return isinstance(node.value, ast.Constant) or ast.unparse(node).startswith("log.")


def _set(node: ast.AST, name: str, new: Any) -> Change:
    old = getattr(node, name)
    words = f"{_shown(old)} -> {_shown(new)}"
    return words, lambda: setattr(node, name, new), lambda: setattr(node, name, old)


def _put(items: list[Any], at: int, new: Any | None) -> Change:
    """Another element there, or none."""
    old = items[at]
    words = f"{_shown(old)} -> {_shown(new) if new is not None else 'nothing'}"

    def make() -> None:
        items[at : at + 1] = [] if new is None else [new]

    def undo() -> None:
        items[at : at + (new is not None)] = [old]

    return words, make, undo


def _shown(value: Any) -> str:
    if not isinstance(value, ast.AST):
        return repr(value)
    return (
        ast.unparse(value)[:90] if isinstance(value, ast.expr | ast.stmt) else type(value).__name__
    )


def _changes(node: ast.AST, parent: ast.AST | None) -> Iterator[Change]:
    match node:
        case ast.Compare(ops=ops):
            for at, op in enumerate(ops):
                yield from (_put(ops, at, new()) for new in _ORDER[type(op)])
        case ast.BoolOp(op=op):
            yield _set(node, "op", ast.Or() if isinstance(op, ast.And) else ast.And())
        case ast.BinOp(op=op) if type(op) in _SUMS:
            yield _set(node, "op", _SUMS[type(op)]())
        case ast.AugAssign(op=op) if type(op) in _SUMS:
            yield _set(node, "op", _SUMS[type(op)]())
        case ast.Return(value=value) if value is not None and not _is_none(value):
            yield _set(node, "value", ast.copy_location(ast.Constant(None), value))
        case ast.Constant():
            yield from _constants(node, parent)
        case ast.Call(func=ast.Name(id=name)) if name in _CALLS:
            yield _set(node.func, "id", _CALLS[name])
        case ast.Call(func=ast.Attribute(attr=name)) if name in _CALLS:
            yield _set(node.func, "attr", _CALLS[name])
    yield from _structure(node)


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _structure(node: ast.AST) -> Iterator[Change]:
    """Conditions turned round, statements and rows of tables left out."""
    if isinstance(node, ast.If | ast.IfExp | ast.While) and not isinstance(node.test, ast.Compare):
        yield _set(node, "test", ast.copy_location(ast.UnaryOp(ast.Not(), node.test), node.test))
    if isinstance(node, ast.comprehension):
        for at in range(len(node.ifs)):
            yield _put(node.ifs, at, None)
    if (
        isinstance(node, ast.Tuple | ast.Set)
        and len(node.elts) > 3
        and isinstance(getattr(node, "ctx", ast.Load()), ast.Load)
    ):
        yield from (_put(node.elts, at, None) for at in range(len(node.elts)))
    for body in (getattr(node, name, None) for name in ("body", "orelse", "finalbody")):
        for at, one in enumerate(body if isinstance(body, list) else []):
            if isinstance(one, ast.Expr) and not _no_code(one):
                yield _put(body, at, ast.copy_location(ast.Pass(), one))
            if isinstance(one, ast.Continue | ast.Break):
                other = ast.Break if isinstance(one, ast.Continue) else ast.Continue
                yield _put(body, at, ast.copy_location(other(), one))


def _constants(node: ast.Constant, parent: ast.AST | None) -> Iterator[Change]:
    value = node.value
    if isinstance(value, bool):
        yield _set(node, "value", not value)
    elif isinstance(value, int | float):
        yield _set(node, "value", value + 1)
    elif isinstance(value, str) and _IS_SQL.search(value):
        for place, new in _SQL:
            for found in place.finditer(value):
                changed = value[: found.start()] + new + value[found.end() :]
                _, make, undo = _set(node, "value", changed)
                around = value[max(0, found.start() - 25) : found.end() + 25]
                yield f"{found[0]!r} -> {new!r} in …{around}…", make, undo
    elif isinstance(value, str) and _is_pattern(parent):
        yield from (_set(node, "value", new) for new in _patterns(value))
    elif isinstance(value, str):
        yield _set(node, "value", "" if value else "XX")


def _is_pattern(parent: ast.AST | None) -> bool:
    return isinstance(parent, ast.Call) and ast.unparse(parent.func) in (
        "re.compile",
        "re.split",
        "re.sub",
        "re.fullmatch",
    )


def _patterns(pattern: str) -> Iterator[str]:
    """A quantifier changed, a member of a class or an alternative left out, where that is a pattern still."""
    places = [
        (found.span(), {"*": "+", "+": "*"}[found[0]])
        for found in re.finditer(r"(?<=[\])\w.])[*+]", pattern)
    ]
    for group in re.finditer(r"\[\^?((?:\\.|[^\]\\])+)\]", pattern):
        members = re.finditer(r"(?:\\.|[^\\])(?:-(?:\\.|[^\\]))?", group[1], re.DOTALL)
        at = group.start(1)
        places += [((at + one.start(), at + one.end()), "") for one in members]
    places += [(found.span(), "") for found in re.finditer(r"\|[^|()\[\]]+|[^|()\[\]]+\|", pattern)]
    for (start, end), new in places:
        changed = pattern[:start] + new + pattern[end:]
        try:
            re.compile(changed)
        except re.error:
            continue
        yield changed


# ---------------------------------------------------------------- what is run


class Changed(MetaPathFinder, Loader):
    """Hands out the changed module in place of the one on disk."""

    def __init__(self, target: Target, code: CodeType) -> None:
        self.target, self.code = target, code

    def find_spec(self, name: str, *_: object) -> ModuleSpec | None:
        if name != self.target.module:
            return None
        return spec_from_loader(name, self, origin=str(self.target.path))

    def exec_module(self, module: ModuleType) -> None:
        module.__file__ = str(self.target.path)
        exec(self.code, module.__dict__)


class Quick:
    """What fails is looked for and neither shrunk nor remembered; the same each time."""

    def pytest_configure(self) -> None:
        phases = (Phase.explicit, Phase.generate)
        ours = settings.get_profile("ours")
        settings.register_profile("quick", ours, phases=phases, database=None, derandomize=True)
        settings.load_profile("quick")


def _tested(target: Target, code: CodeType, words: list[str]) -> int:
    """The exit code of its tests with this code in its place, in a child."""
    if child := os.fork():
        return _waited(child)
    resource.setrlimit(resource.RLIMIT_CPU, (CPU, CPU))
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    os.setsid()
    sys.meta_path.insert(0, Changed(target, code))
    code_ = 1
    try:
        code_ = int(pytest.main([*words, *target.tests], plugins=[Quick()]))
    finally:
        os._exit(code_)


def _waited(child: int) -> int:
    until = time.monotonic() + WALL
    while time.monotonic() < until:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.005)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return -signal.SIGKILL


PYTEST = [
    "-x",
    "-q",
    "-p",
    "no:randomly",
    "-p",
    "no:cacheprovider",
    "-p",
    "no:xdist",
    "-W",
    "ignore::pytest.PytestAssertRewriteWarning",
]


def _import_what_they_need(target: Target) -> None:
    """All but our own modules, found out by a child that collects the tests."""
    reading, writing = os.pipe()
    if not (child := os.fork()):
        with suppress(BaseException), Path(os.devnull).open("w") as quiet:
            sys.stdout = quiet
            pytest.main(["--collect-only", *PYTEST, *target.tests])
            os.write(writing, " ".join(sys.modules).encode()[:60_000])
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        names = pipe.read().split()
    os.waitpid(child, 0)
    for name in names:
        if name.split(".")[0] not in ("aiwatch", "tests", "conftest", "__main__", "__mp_main__"):
            with suppress(Exception):  # some exist only under a name of their own
                importlib.import_module(name)


def measure(name: str, target: Target, sample: int, seed: int, lines: list[int]) -> tuple[int, int]:
    """How many mutants, and how many of them were noticed; the others are printed."""
    _import_what_they_need(target)
    tree = ast.parse(target.path.read_text("utf-8"))
    chosen = [n for n, (at, _) in enumerate(mutations(tree)) if not lines or at in lines]
    everything = len(chosen)
    if 0 < sample < len(chosen):
        chosen = random.Random(seed).sample(chosen, sample)
    assert _tested(target, compile(tree, str(target.path), "exec"), PYTEST) == 0, (
        f"{name}: not sound"
    )
    killed, wanted = 0, frozenset(chosen)
    for number, (at, words) in enumerate(mutations(tree)):
        if number in wanted:
            if _tested(
                target, compile(ast.fix_missing_locations(tree), str(target.path), "exec"), PYTEST
            ):
                killed += 1
            else:
                print(f"  {target.path.name}:{at}: {words}", flush=True)
    print(f"{name}: {killed} of {len(chosen)} noticed (of {everything} mutants)", flush=True)
    return len(chosen), killed


def main() -> None:
    """One table of all that were named."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("names", nargs="*", metavar="NAME", help=", ".join(TARGETS))
    words.add_argument("--sample", type=int, default=0, help="so many mutants of each, drawn")
    words.add_argument("--seed", type=int, default=1)
    words.add_argument("--lines", type=int, nargs="+", default=[], help="only those of these lines")
    given = words.parse_args()
    os.chdir(ROOT)
    rows = []
    for name in given.names or TARGETS:
        start = time.monotonic()
        counted = measure(name, TARGETS[name], given.sample, given.seed, given.lines)
        rows.append((name, *counted, time.monotonic() - start))
    print(f"\n{'module':10}{'mutants':>9}{'noticed':>9}{'share':>8}{'seconds':>9}")
    for name, mutants, killed, seconds in rows:
        print(f"{name:10}{mutants:9}{killed:9}{100 * killed / max(1, mutants):7.1f}%{seconds:9.0f}")


if __name__ == "__main__":
    main()

"""How well and how fast article pages are read: aiwatch and its peers on the same pages in one run.

    python benchmarks/extraction.py [FOLDER] [--limit 20] [--sets atf,fundus] [--without newspaper4k] [--json FILE]

FOLDER holds `gold.jsonl`, `html/*.html.gz` and the scorer `core.py`. Every reader lives in a process of its own and is
asked over a pipe, page by page in turn, the first one changing from page to page, so that a busy machine slows all
alike. What is counted is the CPU time of the reader's own call on a decoded page, imports and the pipe left out.
Caches are emptied before every page, as a site seen for the first time costs most (`--warm` leaves them).
The peers are installed on first use into `.venv-extraction` beside this file; aiwatch's own environment never sees them.
"""

import argparse
import functools
import gzip
import hashlib
import importlib.metadata
import importlib.util
import inspect
import itertools
import json
import os
import platform
import resource
import signal
import subprocess
import sys
import time
import venv
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any

HERE = Path(__file__).resolve().parent
PEERS = HERE / ".venv-extraction"
PINNED = HERE / "requirements-extraction.txt"
PAGES = HERE.parent / ".." / "shared" / "data" / "extract"
ONE_SET = {"wcxb_dev": "wcxb", "wcxb_test": "wcxb"}  # parts of the same set
SLOWEST = 120  # seconds after which a reader has failed on a page
OURS, STANDARD = "aiwatch", "trafilatura"

Read = Callable[[str, str | None], dict[str, Any]]

# ---------------------------------------------------------------- the readers, each in a process of its own


def _aiwatch() -> Read:
    sys.path.insert(0, str(HERE.parent / "src"))
    extract = import_module("aiwatch.text.article").extract

    def read(html: str, url: str | None) -> dict[str, Any]:
        got = extract(html, url)
        date = got.published.date().isoformat() if got.published else None
        return {"text": got.text, "title": got.title, "authors": list(got.authors), "date": date}

    return read


def _trafilatura(**options: bool) -> Read:
    bare_extraction = import_module("trafilatura").bare_extraction

    def read(html: str, url: str | None) -> dict[str, Any]:
        got = bare_extraction(html, url=url, with_metadata=True, include_comments=False, **options)
        found = got.as_dict() if got else {}
        return {"authors": found.pop("author", None), **found}

    return read


def _readability() -> Read:
    fromstring = import_module("lxml.html").fromstring
    document = import_module("readability").Document

    def read(html: str, url: str | None) -> dict[str, Any]:
        page = document(html, url=url)
        tree = fromstring(page.summary(html_partial=True))
        for block in tree.iter("p", "div", "li", "h2", "h3", "h4", "br", "blockquote", "tr"):
            block.tail = "\n" + (block.tail or "")
        return {"text": tree.text_content(), "title": page.short_title()}

    return read


def _newspaper4k() -> Read:
    article = import_module("newspaper").Article

    def read(html: str, url: str | None) -> dict[str, Any]:
        page = article(url or "http://page.invalid/", fetch_images=False)
        page.download(input_html=html)
        page.parse()
        date = page.publish_date.date().isoformat() if page.publish_date else None
        return {"text": page.text, "title": page.title, "authors": page.authors, "date": date}

    return read


def _resiliparse() -> Read:
    extract_plain_text = import_module("resiliparse.extract.html2text").extract_plain_text
    parse = import_module("resiliparse.parse.html").HTMLTree.parse

    def read(html: str, _url: str | None) -> dict[str, Any]:
        tree = parse(html)
        text = extract_plain_text(tree, main_content=True, alt_texts=False, list_bullets=False)
        return {"text": text}

    return read


READERS: dict[str, Callable[[], Read]] = {
    OURS: _aiwatch,
    STANDARD: _trafilatura,
    "trafilatura fast": functools.partial(_trafilatura, fast=True),
    "trafilatura precise": functools.partial(_trafilatura, favor_precision=True),
    "readability-lxml": _readability,
    "newspaper4k": _newspaper4k,
    "resiliparse": _resiliparse,
}
_CACHE = type(functools.lru_cache(lambda: None))
KEPT = ("text", "title", "authors", "date")
KEYS = ("F1", "segF", "title", "auth", "date")
GIVES = {
    "readability-lxml": KEYS[:3],
    "resiliparse": KEYS[:2],
}  # readers that have no authors or dates


def serve(name: str) -> None:
    """Answer pages with what is read from them, one JSON line each; the last line says what it took."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what a reader prints is no answer
    read = READERS[name]()
    signal.signal(signal.SIGPROF, _too_slow)
    caches: list[Any] = []
    for number, line in enumerate(sys.stdin):
        if not number % 50:
            caches = _caches()
        page = json.loads(line)
        for cache in caches if page["cold"] else ():
            cache.cache_clear()
        print(
            json.dumps(_timed(read, page["html"], page["url"])),
            file=answers,
            flush=True,
        )
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({"peak_mb": used / 1024}), file=answers, flush=True)


def _timed(read: Read, html: str, url: str | None) -> dict[str, Any]:
    signal.setitimer(signal.ITIMER_PROF, SLOWEST)
    began = time.process_time()
    try:
        found = read(html, url)
    except Exception as error:  # noqa: BLE001 - whatever a reader raises is its failure on this page
        found = {"error": f"{type(error).__name__}: {error}"[:200]}
    cpu = time.process_time() - began
    signal.setitimer(signal.ITIMER_PROF, 0)
    kept = {key: found.get(key) for key in KEPT}
    return {**kept, "error": found.get("error"), "cpu": cpu}


def _too_slow(_number: int, _frame: FrameType | None) -> None:
    raise TimeoutError(f"over {SLOWEST} s")


def _caches() -> list[Any]:
    """Every functools cache of every module, but Python's own and data that is loaded once (no argument)."""
    modules = [one for name, one in list(sys.modules.items()) if not _is_python_s(name)]
    found = {
        id(value): value for one in modules for value in list(getattr(one, "__dict__", {}).values())
    }
    return [value for value in found.values() if isinstance(value, _CACHE) and _takes_any(value)]


def _takes_any(function: Any) -> bool:
    try:
        return bool(inspect.signature(function).parameters)
    except ValueError:  # a built-in one
        return True


def _is_python_s(name: str) -> bool:
    return name.partition(".")[0] in sys.stdlib_module_names


# ---------------------------------------------------------------- asking them


@dataclass(slots=True)
class Reader:
    """A reader's process, started anew when it dies."""

    name: str
    python: str
    peak_mb: float = 0.0
    child: "subprocess.Popen[str] | None" = None

    def ask(self, question: str) -> dict[str, Any]:
        """What it read from one page, or that it died of it."""
        child = self.child = self.child or self._start()
        assert child.stdin
        assert child.stdout
        try:
            child.stdin.write(question)
            child.stdin.flush()
            answer = child.stdout.readline()
        except BrokenPipeError:
            answer = ""
        if answer:
            found: dict[str, Any] = json.loads(answer)
            return found
        child.communicate()
        self.child = None
        return {"error": f"the process ended with {child.returncode}"}

    def close(self) -> None:
        """Let it go home, and hear what memory it took."""
        if self.child:
            said, _ = self.child.communicate()
            self.peak_mb = json.loads(said)["peak_mb"] if said else 0.0

    def _start(self) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [self.python, __file__, "--serve", self.name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
            env={**os.environ, "PYTHONHASHSEED": "0", "PYTHONIOENCODING": "utf-8"},
        )


def peers_python() -> str:
    """The Python that has the peers; its environment is made when it is missing or its pins have changed."""
    python, stamp = PEERS / "bin" / "python", PEERS / "installed"
    pins = PINNED.read_text("utf-8")
    if not stamp.exists() or stamp.read_text("utf-8") != pins:
        print(f"installing the peers into {PEERS.name} …", file=sys.stderr)
        venv.EnvBuilder(with_pip=True, upgrade_deps=True, clear=True).create(PEERS)
        (PEERS / ".gitignore").write_text("*\n", "utf-8")
        subprocess.run(
            [python, "-m", "pip", "install", "--quiet", "--requirement", PINNED], check=True
        )
        stamp.write_text(pins, "utf-8")
    return str(python)


def ask_all(
    readers: list[Reader], rows: list[dict[str, Any]], core: ModuleType, *, cold: bool
) -> dict[str, dict[str, Any]]:
    """Every reader's answer to every page, by reader and page."""
    found: dict[str, dict[str, Any]] = {reader.name: {} for reader in readers}
    for number, row in enumerate(rows):
        html = core.decode_html(gzip.decompress(Path(row["path"]).read_bytes()))
        question = json.dumps({"html": html, "url": row.get("url"), "cold": cold}) + "\n"
        first = number % len(readers)
        for reader in readers[first:] + readers[:first]:
            found[reader.name][row["id"]] = reader.ask(question)
        if sys.stderr.isatty() or not number % 200:
            print(f"\r{number + 1} of {len(rows)} pages ", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    for reader in readers:
        reader.close()
    return found


# ---------------------------------------------------------------- what came of it


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the table: a figure by reader, what is wanted at least, and what is aimed at."""

    what: str
    figures: Mapping[str, float | None]
    least: str = ""
    aim: str = ""
    form: str = ".3f"


# what is measured: (set, key of the scorer, least, aim)
WANTED: dict[str, tuple[tuple[str, str, str, str], ...]] = {
    "body F1": (
        ("scrapinghub", "F1", ".970", ".978"),
        ("atf", "F1", ".935", ".945"),
        ("fundus", "F1", ".967", ".977"),
        ("fundus_eval", "F1", ".960", ".968"),
        ("wcxb", "F1", ".958", ".965"),
    ),
    "segments F1": (("trafeval", "segF", ".930", ".945"),),
    "title exact": (("atf", "title", ".87", ".93"), ("fundus", "title", ".87", ".93")),
    "authors exact": (("atf", "auth", ".82", ".90"), ("fundus", "auth", ".84", ".90")),
    "date, same day": (
        ("atf", "date", ".87", ".92"),
        ("fundus", "date", ".97", ".985"),
        ("mediacloud_dates", "date", ".90", ".94"),
    ),
}


@dataclass(slots=True)
class Scores:
    """The figures of one reader."""

    sets: dict[str, dict[str, Any]] = field(default_factory=dict)  # set -> the scorer's figures
    errors: Counter[str] = field(default_factory=Counter)  # kind of exception -> pages
    cpu: float = 0.0  # seconds of all pages


def scores_of(
    rows: list[dict[str, Any]], found: dict[str, dict[str, Any]], core: ModuleType
) -> Scores:
    """One reader's answers held against the gold, set by set."""
    parts: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        parts[ONE_SET.get(row["source_set"], row["source_set"])].append(row)
    said = [one["error"].partition(":")[0] for one in found.values() if one.get("error")]
    return Scores(
        sets={name: core.summarise(part, found) for name, part in parts.items()},
        errors=Counter(said),
        cpu=sum(one.get("cpu", 0.0) for one in found.values()),
    )


def lines_of(scores: dict[str, Scores], readers: list[Reader], pages: int) -> Iterator[Line]:
    """The table, line by line."""
    for what, wanted in WANTED.items():
        for name, key, least, aim in wanted:
            figures = {
                who: one.sets.get(name, {}).get(key) if key in GIVES.get(who, KEYS) else None
                for who, one in scores.items()
            }
            if any(figure is not None for figure in figures.values()):
                yield Line(what=f"{what}, {name}", figures=figures, least=least, aim=aim)
    bodies = [name for name, _, _, _ in WANTED["body F1"]]
    total = {who: _total(one, bodies, "pages") for who, one in scores.items()}
    if all(total.values()):
        poor = {who: 100 * _total(one, bodies, "lt50") / total[who] for who, one in scores.items()}
        yield Line(what="pages with F1 < .5, %", figures=poor, least="2", aim="1", form=".1f")
        empty = {who: _total(one, bodies, "empty") for who, one in scores.items()}
        yield Line(what="pages left empty", figures=empty, least="0 avoidable", form=".0f")
    yield from _costs(scores, readers, pages)


def _total(scores: Scores, sets: list[str], key: str) -> float:
    """A count over the sets with bodies; `pages` are those that have one."""
    found = [one for name in sets if "F1" in (one := scores.sets.get(name, {}))]
    return float(sum(one["n" if key == "pages" else key] for one in found))


def _costs(scores: dict[str, Scores], readers: list[Reader], pages: int) -> Iterator[Line]:
    failed = {who: float(one.errors.total()) for who, one in scores.items()}
    yield Line(what="exceptions", figures=failed, least="0", form=".0f")
    if STANDARD in scores:
        standard = scores[STANDARD].cpu
        ratio = {who: one.cpu / standard for who, one in scores.items()}
        yield Line(what="CPU against trafilatura", figures=ratio, least=".17", aim=".13")
    each = {who: 1000 * one.cpu / pages for who, one in scores.items()}
    yield Line(what="CPU ms a page, this machine", figures=each, form=".1f")
    yield Line(what="peak MB", figures={one.name: one.peak_mb for one in readers}, form=".0f")


def show(lines: list[Line], names: list[str]) -> None:
    """The table as Markdown."""
    print("| | " + " | ".join([*names, "at least", "aim"]) + " |")
    print("|---|" + "---|" * (len(names) + 2))
    for line in lines:
        cells = [
            "–" if (figure := line.figures.get(name)) is None else format(figure, line.form)
            for name in names
        ]
        print("| " + " | ".join([line.what, *cells, line.least, line.aim]) + " |")


def facts(
    names: list[str], rows: list[dict[str, Any]], gold: Path, *, cold: bool
) -> dict[str, Any]:
    """What the figures were made with."""
    ours = subprocess.run(
        ["git", "describe", "--always", "--dirty"],
        check=False,
        cwd=HERE,
        capture_output=True,
        text=True,
    )
    pins = [line for line in PINNED.read_text("utf-8").splitlines() if "==" in line]
    return {
        "aiwatch": ours.stdout.strip(),
        "selectolax": importlib.metadata.version("selectolax"),
        "peers": pins,
        "readers": names,
        "pages": len(rows),
        "gold_sha256": hashlib.sha256(gold.read_bytes()).hexdigest(),
        "caches": "cold" if cold else "warm",
        "python": platform.python_version(),
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors",
    }


# ---------------------------------------------------------------- the command


def _load_scorer(folder: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("core", folder / "core.py")
    if spec is None or spec.loader is None or not (folder / "core.py").exists():
        sys.exit(f"no pages and no scorer in {folder}: name the folder that holds gold.jsonl")
    core = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(core)
    return core


def _chosen(
    rows: list[dict[str, Any]], sets: str | None, limit: int | None
) -> list[dict[str, Any]]:
    """The rows of the sets asked for, at most `limit` of each, the sets taking turns."""
    names = sets.split(",") if sets else None
    parts: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        name = ONE_SET.get(row["source_set"], row["source_set"])
        if names is None or name in names or row["source_set"] in names:
            parts[name].append(row)
    turns = itertools.zip_longest(*(part[:limit] for part in parts.values()))
    return [row for turn in turns for row in turn if row is not None]


def _arguments() -> argparse.Namespace:
    form = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=form)
    parser.add_argument("folder", nargs="?", type=Path, default=PAGES)
    parser.add_argument("--sets", help="only these, with commas between")
    parser.add_argument("--limit", type=int, help="at most so many pages of each set")
    parser.add_argument("--only", help=f"only these readers, of: {', '.join(READERS)}")
    parser.add_argument("--without", default="", help="all readers but these")
    parser.add_argument("--warm", action="store_true", help="leave the readers' caches")
    parser.add_argument("--json", type=Path, help="write the figures there, too")
    parser.add_argument("--serve", choices=list(READERS), help=argparse.SUPPRESS)
    return parser.parse_args()


def main() -> None:
    """Ask every reader, print the table."""
    asked = _arguments()
    if asked.serve:
        serve(asked.serve)
        return
    only = asked.only.split(",") if asked.only else list(READERS)
    names = [name for name in READERS if name in only and name not in asked.without.split(",")]
    core = _load_scorer(asked.folder)
    rows = _chosen(core.load(str(asked.folder)), asked.sets, asked.limit)
    peers = peers_python() if set(names) - {OURS} else ""
    readers = [Reader(name, sys.executable if name == OURS else peers) for name in names]
    made = facts(names, rows, asked.folder / "gold.jsonl", cold=not asked.warm)
    found = ask_all(readers, rows, core, cold=not asked.warm)
    scores = {name: scores_of(rows, found[name], core) for name in names}
    lines = list(lines_of(scores, readers, len(rows)))
    print(f"{len(rows)} pages, caches {made['caches']}, aiwatch {made['aiwatch']}\n")
    show(lines, names)
    for name in names:
        if scores[name].errors:
            print(f"\n{name} raised: {dict(scores[name].errors)}")
    if asked.json:
        table = [{"what": line.what, **line.figures} for line in lines]
        sets = {name: one.sets for name, one in scores.items()}
        text = json.dumps({**made, "table": table, "sets": sets}, indent=1, ensure_ascii=False)
        asked.json.write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    main()

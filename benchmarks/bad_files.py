"""Bad files and words: configurations, imported lines, lists of feeds, databases, times. Told of by `bad_inputs.py`.

Each is one command in a process of its own. Where a sound thing stands beside the bad one (a line, a feed) it is to be
taken in all the same; a database that cannot be used is to be left as it was.
"""

import json
import re
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from tests.newsroom import Newsroom
from tests.store.test_soundness import FAULTS

METER = Path(__file__).with_name("meter.py")
NOON = "2026-03-24T12:00:00Z"
OWL = {"title": "An owl sat there", "url": "https://owl.example/1", "text": "It sat. " * 30}
FEED = '<outline text="Owls" xmlUrl="https://owl.example/feed"/>'
OPML = "<opml version='2.0'><body>{}</body></opml>"

Sound = Callable[[Newsroom], bool]


@dataclass(frozen=True, slots=True)
class Trial:
    """A command, what is bad for it, and what has to hold afterwards."""

    words: tuple[str, ...]
    prepare: Callable[[Newsroom], object]
    holds: Sound
    codes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Fell:
    """What it did."""

    seconds: float
    peak: float  # megabytes
    held: bool
    code: int
    words: str


def untouched(_room: Newsroom) -> bool:
    return True


def config(text: str | bytes) -> Trial:
    """A configuration that says this."""

    def prepare(room: Newsroom) -> object:
        return room.file.write_bytes(text.encode() if isinstance(text, str) else text)

    return Trial(("check",), prepare, lambda room: not room.database.exists(), (2,))


def line(given: str | bytes) -> Trial:
    """A line that is imported before a sound one."""
    sound = json.dumps(OWL).encode()

    def prepare(room: Newsroom) -> object:
        bad = given.encode() if isinstance(given, str) else given
        return (room.folder / "in.jsonl").write_bytes(bad + b"\n" + sound + b"\n")

    def holds(room: Newsroom) -> bool:
        with closing(sqlite3.connect(room.database)) as db:
            rows = db.execute("SELECT 1 FROM articles WHERE title = ?", (OWL["title"],))
            return rows.fetchone() is not None

    return Trial(("import", "{folder}/in.jsonl"), prepare, holds, (0, 1))


def feeds(given: str, *, refused: bool = False) -> Trial:
    """A list of feeds; one that is refused adds nothing, another the sound feed in it."""

    def prepare(room: Newsroom) -> object:
        return (room.folder / "in.opml").write_text(given)

    def holds(room: Newsroom) -> bool:
        return ("owl.example" in room.file.read_text()) is not refused

    return Trial(
        ("sources", "import", "{folder}/in.opml"), prepare, holds, (2,) if refused else (0, 1)
    )


def database(breaks: Callable[[Path], None]) -> Trial:
    """A database broken so: refused, and left as it is."""
    marks: dict[Path, str] = {}

    def mark(path: Path) -> str:
        return sha256(path.read_bytes()).hexdigest() if path.is_file() else "folder"

    def prepare(room: Newsroom) -> None:
        room.aiwatch("fetch", "-q", now=NOON)
        breaks(room.database)
        marks[room.database] = mark(room.database)

    def holds(room: Newsroom) -> bool:
        return mark(room.database) == marks[room.database]

    return Trial(("fetch",), prepare, holds, (2, 3))


def time(text: str) -> Trial:
    """A `--now` like this."""
    return Trial(
        ("fetch", f"--now={text}"), untouched, lambda room: not room.database.exists(), (2,)
    )


def source(keys: str) -> str:
    return f"sources:\n  - {{name: A, url: 'https://a.example', {keys}}}\n"


LAUGHS = "\n".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9) if n else 'ha'}]" for n in range(12)
)
ENTITIES = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10 if n else "ha"}">' for n in range(12))
MANY = " ".join(f'a{n}="x"' for n in range(80_000))
TRIALS: dict[str, Trial] = {
    "config: rubbish": config(b"\x00\xff\xfe" * 5000),
    "config: cut in the middle": config("sources:\n  - {name: A, url: 'https://a.exa"),
    "config: aliases that laugh": config(LAUGHS),
    "config: brackets, 100,000 deep": config("a: " + "[" * 100_000),
    "config: 20 MB": config("# much\n" * 3_000_000),
    "config: an object of Python's": config("contact: !!python/object/apply:os.system [id]\n"),
    "config: a tab": config("sources:\n\t- {name: A}\n"),
    "config: half an UTF-16": config("sources: []".encode("utf-16")[:-1]),
    "config: a list": config("- sources\n- topics\n"),
    "config: a key nobody knows": config("surces: []\n"),
    "config: a variable that is not set": config(
        "channels: {a: {kind: slack, url: '${NOT_SET}'}}\n"
    ),
    "config: a secret from a device": config("heartbeat: file:/dev/zero\n"),
    "config: a zone on Mars": config("timezone: Mars/Olympus\n"),
    "config: an address of a file": config(
        source("url: 'file:///etc/passwd'").replace("url: 'https://a.example', ", "")
    ),
    "config: a selector that is none": config(source("kind: page, select: 'div[['")),
    "config: a query 10,000 deep": config(f"topics: {{a: {{any: ['{'(' * 10_000}owl']}}}}\n"),
    "config: a schedule that is none": config(
        "alerts: [{name: a, to: b, when: 'at half past never'}]\n"
    ),
    "import: rubbish": line(b"\x00\xff\xfe" * 5000),
    "import: JSON 100,000 deep": line("[" * 100_000),
    "import: a long number": line('{"title": ' + "9" * 100_000 + "}"),
    "import: half a pair": line('{"title": "\\ud83d", "url": "https://owl.example/2"}'),
    "import: javascript": line('{"title": "x", "url": "javascript:alert(1)"}'),
    "import: the year 99999": line('{"title": "x", "published": "99999-01-01"}'),
    "import: a line of 40 MB": line('{"title": "x", "text": "' + "owl " * 10_000_000 + '"}'),
    "import: a list": line('["title", "x"]'),
    "import: nothing in it": line("{}"),
    "OPML: rubbish": feeds("\x01\x02 no list" * 1000, refused=True),
    "OPML: a billion laughs": feeds(
        f"<!DOCTYPE opml [{ENTITIES}]>" + OPML.format(FEED), refused=True
    ),
    "OPML: an entity from a file": feeds(
        '<!DOCTYPE opml [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + OPML.format(FEED),
        refused=True,
    ),
    "OPML: folders, 100,000 deep": feeds(
        OPML.format(FEED + "<outline text='x'>" * 100_000), refused=True
    ),
    "OPML: 400,000 outlines": feeds(
        OPML.format(FEED + "<outline text='x'/>" * 400_000), refused=True
    ),
    "OPML: 80,000 attributes": feeds(OPML.format(FEED + f"<outline {MANY}/>"), refused=True),
    "OPML: cut in the middle": feeds(OPML.format(FEED + FEED.replace("owl", "cut"))[:-40]),
    "OPML: addresses of files": feeds(
        OPML.format(FEED + "<outline text='x' xmlUrl='file:///etc/passwd'/>")
    ),
    "OPML: a variable in an address": feeds(
        OPML.format(FEED + "<outline text='${HOME}' xmlUrl='https://h.example/${HOME}'/>")
    ),
    **{
        f"database: {fault.breaks.__name__.replace('_', ' ')}": database(fault.breaks)
        for fault in FAULTS
    },
    "--now: words": time("half past never"),
    "--now: the year 99999": time("99999-01-01T00:00:00Z"),
    "--now: the year 1": time("0001-01-01T00:00:00Z"),
    "--now: nothing": time(""),
    "--now: 100,000 digits": time("9" * 100_000),
}


def tried(trial: Trial) -> Fell:
    """The command, measured."""
    with tempfile.TemporaryDirectory() as folder, Newsroom(Path(folder)) as room:
        room.configure(sources=[], alerts=[], channels={})
        trial.prepare(room)
        result = Path(folder) / "cost.json"
        words = [word.format(folder=folder) for word in trial.words]
        now = NOON if not any(word.startswith("--now") for word in words) else None
        done = subprocess.run(
            [sys.executable, str(METER), str(result), *room.command(*words, now=now)],
            check=True,
            capture_output=True,
            text=True,
            errors="replace",
        )
        cost = json.loads(result.read_text())
        said = done.stderr.strip() or done.stdout.strip()
        held = trial.holds(room) and cost["code"] in trial.codes and "Traceback" not in said
        shown = re.sub(r"\s+", " ", said.replace(f"{folder}/", "").removeprefix("aiwatch: "))
        return Fell(cost["wall"], cost["peak"] / 1e6, held, int(cost["code"]), shown)

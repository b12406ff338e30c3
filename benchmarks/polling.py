"""The rules of polling, kept and broken: `python benchmarks/polling.py [--json]` plays tests/world to aiwatch and a peer.

A verdict comes from the server's log: kept, broken (and how), or n/a where a reader does no such thing. The peer is a
loop of `feedparser.parse(url, etag=…, modified=…)` that cron starts each hour (tests/world/peer.py): rules about time
are out of its reach by design.
"""

import json
import platform
import sys
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.world import RULES, Reader, Verdict, World
from tests.world.ours import Ours
from tests.world.peer import Loop

WIDE = max(len(one.sentence) for one in RULES.values())
COLUMN = 20
MARKS = {True: "kept", False: "broken", None: "n/a"}


def verdicts(reader: Reader, world: World) -> dict[int, Verdict]:
    """Every rule's."""
    return {number: one.judge(world, reader) for number, one in sorted(RULES.items())}


def totals(found: dict[int, Verdict], seconds: float) -> dict[str, Any]:
    """The foot of a column."""
    kept = [verdict.kept for verdict in found.values()]
    return {
        "kept": kept.count(True),
        "of": len(kept),
        "not applicable": kept.count(None),
        "requests": sum(verdict.asked for verdict in found.values()),
        "connections reused": sum(verdict.reused for verdict in found.values()),
        "connections reusable": sum(verdict.again for verdict in found.values()),
        "seconds": round(seconds, 1),
    }


def table(found: dict[str, dict[int, Verdict]], feet: dict[str, dict[str, Any]]) -> str:
    """One line a rule, what is broken in words below, then the totals."""
    lines = [f"{'':4}{'rule':{WIDE}}" + "".join(f"{name:>{COLUMN}}" for name in found)]
    for number, one in sorted(RULES.items()):
        marks = "".join(f"{MARKS[column[number].kept]:>{COLUMN}}" for column in found.values())
        lines.append(f"{number:>2}  {one.sentence:{WIDE}}{marks}")
        lines += [
            f"      {name}: {column[number].words}"
            for name, column in found.items()
            if column[number].kept is False
        ]
    for what in next(iter(feet.values())):
        label = f"kept of {len(RULES)}" if what == "kept" else what
        if what != "of":
            lines.append(
                f"{'':4}{label:{WIDE}}"
                + "".join(f"{foot[what]:>{COLUMN}}" for foot in feet.values())
            )
    return "\n".join(lines)


def main(words: list[str]) -> None:
    """Play, and print."""
    found: dict[str, dict[int, Verdict]] = {}
    feet: dict[str, dict[str, Any]] = {}
    with World() as world:
        for reader in (Ours(), Loop()):
            name = f"{reader.name} {version(reader.name)}"
            began = time.monotonic()
            found[name] = verdicts(reader, world)
            reader.end()
            feet[name] = totals(found[name], time.monotonic() - began)
    if "--json" in words:
        rows = [
            {
                "rule": number,
                "sentence": one.sentence,
                "source": one.source,
                **{name: [MARKS[c[number].kept], c[number].words] for name, c in found.items()},
            }
            for number, one in sorted(RULES.items())
        ]
        print(json.dumps({"rules": rows, "totals": feet}, ensure_ascii=False, indent=1))
        return
    print(table(found, feet))
    print(f"    Python {platform.python_version()}")


if __name__ == "__main__":
    main(sys.argv[1:])

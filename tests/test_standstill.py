"""What takes long is not done where all else waits: the loop's thread starts no children and reads no tables."""

import subprocess
import sys
from pathlib import Path

from tests.drafts import CLOSES
from tests.newsroom import Newsroom

# Notes on which thread a child is asked for, and the table of how common words are is read.
WATCHED = """
import sys, threading

def note(event, values):
    table = event == "open" and str(values[0]).endswith("prior.txt.gz")
    child = event == "socket.connect" and isinstance(values[1], str | bytes)
    if table or child:
        loop = threading.current_thread() is threading.main_thread()
        print("the table" if table else "a child", "on the loop" if loop else "beside it", file=sys.stderr)

sys.addaudithook(note)
from aiwatch.cli import main
main(sys.argv[1:])
"""


def test_a_pass_starts_children_and_reads_tables_beside_the_loop(tmp_path: Path) -> None:
    with Newsroom(tmp_path) as room:
        room.page("/sora", "OpenAI closes Sora", CLOSES)
        feed = room.feed("/feed", room.item("/sora", "OpenAI closes Sora", None))
        room.configure(
            sources=[{"name": "Example Times", "url": feed}], topics={"sora": {"any": ["sora"]}}
        )
        done = subprocess.run(
            [sys.executable, "-c", WATCHED, *room.command("fetch", "-q")[3:]],
            capture_output=True,
            text=True,
            check=True,
        )
    assert {"the table beside it", "a child beside it"} <= set(done.stderr.splitlines())
    assert "on the loop" not in done.stderr

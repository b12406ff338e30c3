"""The pictures of the pages in docs/images: `python -m tests.web.pictures CONFIG TIME STORY`, over the demo's archive.

CONFIG is the demo's feeds.yaml, TIME the evening to show (2026-04-17T22:10), STORY the number of the story to show.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.test_docs import DOCS
from tests.web import chromium

PICTURES = (  # name, path, width, height, dark
    ("pages-today", "/", 1180, 960, False),
    ("pages-story", "/stories/{}", 1180, 1440, False),
    ("pages-search-dark", "/search?q=sora+disney", 1180, 900, True),
    ("pages-phone", "/", 390, 1100, False),
)


def main(config: str, time: str, story: str) -> None:
    """Serve, look, and write each file."""
    found = chromium.program()
    assert found, "no Chromium here"
    words = [sys.executable, "-m", "aiwatch", "-c", config, "--now", time, "serve", "127.0.0.1:0"]
    with (
        tempfile.TemporaryDirectory() as home,
        chromium.opened(found, Path(home)) as browser,
        subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as serving,
    ):
        assert serving.stdout is not None
        said = re.search(r"http://\S+:\d+", serving.stdout.readline())
        assert said, "nobody serves"
        for name, path, width, height, dark in PICTURES:
            browser.look(width=width, dark=dark, height=height, scale=1)
            browser.visit(said[0] + path.format(story))
            browser.picture(DOCS / "images" / f"{name}.png", height)
        serving.terminate()


if __name__ == "__main__":
    main(*sys.argv[1:])

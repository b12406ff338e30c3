"""What a pass that finds nothing new does not wait for."""

import subprocess
import sys
from pathlib import Path

from tests.newsroom import Newsroom
from tests.servers import Answer, Asked

UNUSED = (
    *(
        "jinja2",
        "css_inline",
        "rich",
        "apscheduler",
        "sqlite_utils",
        "pebble",
        "lxml",
        "feedparser",
    ),
    *("apprise", "starlette", "uvicorn", "distributed", "numpy", "aiosmtpd"),
    *("httpcore", "anyio", "certifi"),
    *("aiwatch.text.article", "aiwatch.sources.feed", "aiwatch.channels.slack"),
    *("aiwatch.pages", "aiwatch.store.filing", "aiwatch.judge.topics", "aiwatch.digest.compose"),
    *("aiwatch.service.watching", "aiwatch.cluster", "aiwatch.text.terms"),
)
FEED = '<rss version="2.0"><channel><title>Example Times</title></channel></rss>'


def tagged(asked: Asked) -> Answer:
    if asked.headers.get("if-none-match") == '"1"':
        return Answer(status=304)
    return Answer(FEED, headers={"ETag": '"1"', "Content-Type": "application/rss+xml"})


def test_a_pass_over_an_unchanged_feed_imports_nothing_that_only_news_needs(tmp_path: Path) -> None:
    with Newsroom(tmp_path) as room:
        room.site.add("/feed", tagged)
        room.configure(
            sources=[{"name": "Example Times", "url": room.site.url("/feed")}],
            alerts=[{"name": "now", "topics": ["sora"], "to": ["inbox", "hook"]}],
        )
        assert room.aiwatch("fetch").code == 0
        code = (
            "import sys\n"
            "from aiwatch.cli import main\n"
            f"try:\n    main(['fetch', '--all', '-c', {str(room.file)!r}])\n"
            f"finally:\n    print('imported', [name for name in {UNUSED!r} if name in sys.modules])\n"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
        assert (done.returncode, done.stderr) == (0, "")
        assert "1 read, 0 failed" in done.stdout
        assert done.stdout.endswith("imported []\n")
        assert room.site.requests[-1][2]["if-none-match"] == '"1"'

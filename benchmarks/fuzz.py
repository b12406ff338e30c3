"""Looks for bytes that break a law: `python benchmarks/fuzz.py feed|article|query|mail [--seconds N]`.

The laws are those of tests/fuzz/laws.py. Needs atheris (`pip install atheris`: libFuzzer, led by the lines that bytes
reach), which is no dependency. Ends at the first break, with the bytes in the folder and a command that tries them again.
"""

import argparse
import sys
import tempfile
from pathlib import Path

import atheris

sys.path[:0] = [str(Path(__file__).resolve().parents[1] / part) for part in ("src", ".")]
with atheris.instrument_imports(include=["aiwatch", "feedparser"]):
    from tests.fuzz.laws import LAWS, seeds

LONGEST = {"feed": 20_000, "article": 20_000, "query": 400, "mail": 4_000}  # bytes made up

TOKENS = {
    "feed": "<item> </item> <entry> </entry> <title> <link>https://x.example/1</link> <guid> <![CDATA[ ]]> &lt; &#x26; <pubDate>"
    ' <updated> xml:base="" xmlns:a= <content:encoded> <atom:link rel="alternate" isPermaLink="false" <source <?xml encoding='
    ' {"items":[ "id": \\ud83d',
    "article": "<article> </article> <p> </p> <div <h1> <script </script> <meta content= <time datetime= <title> <br> <!-- -->"
    ' <svg> <table> <td> <noscript> <template> application/ld+json property="og:title" itemprop="articleBody" class="author"'
    " &amp; <base href= &#8238; &#xd800;",
    "query": 'AND OR NOT NEAR/ title: body: site: source: lang: ( ) | - * " “ ： （ ） https:// www. 可灵',
    "mail": "=?utf-8?q? ?= <a> &lt; \r\nBcc: . -- https://x.example/ 🎬 ข่าว 微光视频 $5 @everyone %0a %0d <script> ]] {{ \x00",
}  # fmt: skip


def _dictionary(law: str) -> str:
    """What libFuzzer puts in beside changing bytes: an outlet's words, not only its letters."""
    words = TOKENS[law].encode().split(b" ")
    return "".join('"' + "".join(f"\\x{byte:02x}" for byte in word) + '"\n' for word in words)


def main() -> None:
    """Never returns: libFuzzer ends the process, with its own account of executions and lines reached."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("law", choices=LAWS)
    words.add_argument("--seconds", type=int, default=60)
    words.add_argument("--again", metavar="FILE", help="these bytes only")
    words.add_argument("--folder", type=Path, help="kept from run to run; a new one by default")
    given = words.parse_args()
    if given.again:
        LAWS[given.law](Path(given.again).read_bytes())
        return
    folder = given.folder or Path(tempfile.mkdtemp(prefix=f"aiwatch-fuzz-{given.law}-"))
    corpus = folder / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(seeds(given.law)):
        (corpus / f"seed-{number}").write_bytes(seed[: LONGEST[given.law]])
    (folder / "words").write_text(_dictionary(given.law), "utf-8")
    limits = [
        f"-dict={folder}/words",
        "-timeout=60",
        "-rss_limit_mb=3000",
        f"-max_len={LONGEST[given.law]}",
    ]
    ends = [
        f"-max_total_time={given.seconds}",
        f"-artifact_prefix={folder}/",
        "-print_final_stats=1",
    ]
    print(f"corpus and breaks: {folder}", flush=True)
    atheris.Setup([sys.argv[0], *limits, *ends, str(corpus)], LAWS[given.law])
    atheris.Fuzz()


if __name__ == "__main__":
    main()

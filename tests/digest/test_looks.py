"""How the page looks in a real browser: nothing sticks out on a phone, every word can be read by day and in the dark.

Skipped where there is no chromium.
"""

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest

from aiwatch.digest.html import as_html
from aiwatch.model import Digest
from tests.digest.cases import CORRECTED, KNEW_ALL, care, digest
from tests.digest.test_anatomy import FULL

BROWSER = (
    shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
)
LEAST_CONTRAST = 4.5  # WCAG 2.2, 1.4.3 level AA
# Every visible text with the contrast of its colour to the nearest opaque background, and how wide all of it is.
PROBE = r"""
<script>
function numbers(c) { return c.match(/[\d.]+/g).map(Number); }
function light(c) { const [r, g, b] = numbers(c).slice(0, 3).map(v => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; }); return 0.2126 * r + 0.7152 * g + 0.0722 * b; }
function behind(e) { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor; const n = numbers(c); if (n.length < 4 || n[3] === 1) return c; } return 'rgb(255, 255, 255)'; }
function contrast(a, b) { const [x, y] = [light(a), light(b)].sort((m, n) => n - m); return (x + 0.05) / (y + 0.05); }
const found = [];
for (const e of document.querySelectorAll('body *')) {
  if (['SCRIPT', 'STYLE'].includes(e.tagName) || e.closest('.preview')) continue;
  const own = [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
  if (own) found.push([contrast(getComputedStyle(e).color, behind(e)), e.textContent.trim().slice(0, 40)]);
}
const widest = Math.max(...[...document.querySelectorAll('body *')].map(e => e.getBoundingClientRect().right));
document.title = 'FOUND' + JSON.stringify({found, widest, window: innerWidth, dark: matchMedia('(prefers-color-scheme: dark)').matches}) + 'END';
</script></body>"""
DIGESTS: dict[str, Callable[[], Digest]] = {
    "all there can be": lambda: FULL,
    "correction": lambda: digest((CORRECTED, "correction"), told=KNEW_ALL),
    "care": care,
}


def probed(page: str, folder: Path, *flags: str) -> dict[str, object]:
    file = folder / "page.html"
    file.write_text(page.replace("</body>", PROBE), encoding="utf-8")
    assert BROWSER is not None
    done = subprocess.run(
        [BROWSER, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder / 'profile'}",
         "--virtual-time-budget=2000", *flags, "--dump-dom", file.as_uri()],
        capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    match = re.search("FOUND(.*?)END", done.stdout, re.DOTALL)
    assert match, done.stderr[-2000:]
    found: dict[str, object] = json.loads(unescape(match[1]))
    return found


@pytest.mark.slow
@pytest.mark.skipif(BROWSER is None, reason="no chromium here")
@pytest.mark.parametrize("dark", [False, True], ids=["day", "dark"])
def test_every_word_can_be_read_and_nothing_sticks_out(*, dark: bool, tmp_path: Path) -> None:
    flags = [
        "--window-size=500,900",
        *(["--blink-settings=preferredColorScheme=0"] if dark else []),
    ]
    pages: dict[str, Digest] = {name: make() for name, make in DIGESTS.items()}
    for name, one in pages.items():
        seen = probed(as_html(one), tmp_path, *flags)
        assert seen["dark"] is dark
        assert seen["widest"] <= seen["window"], name  # type: ignore[operator]
        texts: list[tuple[float, str]] = seen["found"]  # type: ignore[assignment]
        assert len(texts) > 5
        faint = [(round(value, 2), text) for value, text in texts if value < LEAST_CONTRAST]
        assert faint == [], name

"""Telling a check for browsers from a document: by header, or by marks in the head of an HTML answer. Pure.

The marks are the vendors' own: names of their scripts and fixed titles, never a word such as "captcha", which news has
too. Scripts that guarded sites carry on every ordinary page (challenge-platform/scripts, _pxAppId, tags.js) are no marks.
"""

import re

import httpx

LOOKED_AT = 16 * 1024  # bytes
MOST_PARAGRAPHS = (
    12  # of a check that comes with 200; a page with more is an article, about such checks perhaps
)

_HEADERS = (
    ("cf-mitigated", ("challenge",), "Cloudflare"),
    ("x-vercel-mitigated", ("challenge",), "Vercel"),
    ("x-amzn-waf-action", ("challenge", "captcha"), "AWS WAF"),
)
_HTML = re.compile(
    rb"\A(?:\xef\xbb\xbf)?\s*+(?:(?><\?xml[^>]*+>|<!--.{0,2000}?-->)\s*+)*+<(?:!doctype\s+html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)
_MARKS = tuple(
    (re.compile(pattern, re.IGNORECASE), name)
    for pattern, name in (
        (
            rb"<title>\s*(?:just a moment(?:\.\.\.|\xe2\x80\xa6|&hellip;)|attention required! \| cloudflare)\s*</title>"
            rb"|\b_cf_chl_opt\b|/cdn-cgi/challenge-platform/h/|cf-browser-verification",
            "Cloudflare",
        ),
        (rb"\b(?:geo|ct|interstitial)\.captcha-delivery\.com\b", "DataDome"),
        (
            rb"<title>\s*access to this page has been denied\.?\s*</title>|id=[\"']px-captcha[\"']"
            rb"|perimeterx\.(?:com|net)/whywasiblocked|\bcaptcha\.px-c(?:dn|loud)\.net\b",
            "PerimeterX",
        ),
        (
            rb"<title>\s*access denied\s*</title>(?s:.{0,2000})(?:\breference(?:\s|&#32;)*(?:#|&#35;)|errors\.edgesuite\.net)"
            rb"|\bsec-if-cpt-container\b",
            "Akamai",
        ),
        (
            rb"\bid=[\"']anubis_(?:version|challenge)[\"']|/\.within\.website/x/cmd/anubis/",
            "Anubis",
        ),
        (rb"\bawsWafCookieDomainList\b|\bgokuProps\b|\.token\.awswaf\.com/", "AWS WAF"),
        (rb"<title>\s*vercel security checkpoint\s*</title>", "Vercel"),
        (rb"\bincapsula incident id\b", "Imperva"),
        (rb"<title>\s*ddos-guard\s*</title>", "DDoS-Guard"),
        (rb"/\.well-known/\.git\.gammaspectra\.live/git/go-away/", "go-away"),
    )
)


def challenger(status: int, headers: httpx.Headers, body: bytes) -> str | None:
    """Whose check for browsers this answer is; None for anything else."""
    for header, values, name in _HEADERS:
        if headers.get(header, "").strip().lower() in values:
            return name
    head = body[:LOOKED_AT]
    if not _is_html(headers, head) or (status < 300 and _many_paragraphs(body)):
        return None
    return next((name for mark, name in _MARKS if mark.search(head)), None)


def _many_paragraphs(body: bytes) -> bool:
    at = 0
    for _ in range(MOST_PARAGRAPHS + 1):
        at = body.find(b"<p", at) + 1
        if not at:
            return False
    return True


def _is_html(headers: httpx.Headers, head: bytes) -> bool:
    """A feed may be sent as text/html, and then begins as a feed."""
    stated = headers.get("content-type", "").lower()
    return (not stated or "html" in stated) and _HTML.match(head) is not None

"""Pages that stand in front of the article: bot checks, consent walls, sign-in pages, error pages."""

import re
from typing import Final

from selectolax.lexbor import LexborHTMLParser

MAX_WIDTH: Final = 1_500
"""A page that shows more text than this is an article, whatever words it uses."""

_MACHINERY = (
    ("/cdn-cgi/challenge-platform", "Cloudflare"),
    ("cf-browser-verification", "Cloudflare"),
    ("captcha-delivery.com", "DataDome"),
    ("_incapsula_resource", "Imperva"),
    ("px-captcha", "PerimeterX"),
    ("awswafintegration", "AWS WAF"),
    ("window.awswafcookiedomainlist", "AWS WAF"),
    ("/_sec/cp_challenge", "Akamai"),
    ("akamai-bot-manager", "Akamai"),
    ("g-recaptcha", "a captcha"),
    ("h-captcha", "a captcha"),
    ("cf-turnstile", "a captcha"),
)
_CHALLENGE = re.compile(
    r"just a moment|attention required|checking (?:if the site connection|your browser)|are you (?:a )?(?:robot|human)"
    r"|verify(?:ing)? (?:that )?you are (?:a )?human|not a robot|access (?:to this page )?(?:has been )?denied"
    r"|pardon our interruption|security (?:check|verification)|unusual (?:traffic|activity)|ddos protection"
    r"|please enable (?:js|javascript)|enable javascript and cookies|request unsuccessful|bot (?:detection|protection)"
    r"|einen moment|un momento|un instant|しばらくお待ち|잠시만|请稍候|проверка браузера",
    re.IGNORECASE,
)
_CONSENT = re.compile(
    r"before you continue|we value your privacy|your privacy (?:choices|matters)|cookie (?:consent|settings|wall)"
    r"|(?:we|our partners|und unsere partner|et nos partenaires)[^.]{0,60}(?:cookies|tracking)"
    r"|accept (?:all|cookies)|alle akzeptieren|mit werbung (?:weiterlesen|und tracking)|tout accepter|aceptar todo"
    r"|wir verwenden cookies|nous utilisons des cookies|utilizamos cookies|utilizziamo i cookie",
    re.IGNORECASE,
)
_COOKIE_WORD = re.compile(
    r"cookie|consent|privacy|einwilligung|datenschutz|tracking|gdpr|partner", re.IGNORECASE
)
_SIGN_IN = re.compile(
    r"^\W*(?:log ?in|sign ?in|sign in to|anmelden|einloggen|connexion|se connecter|iniciar sesi[oó]n|accedi|ログイン|로그인|登录"
    r"|subscribe to (?:read|continue)|register to (?:read|continue)|member login)",
    re.IGNORECASE,
)
_ERROR = re.compile(
    r"^\W*(?:(?:error )?(?:403|404|410|429|500|502|503)\b|page not found|not found$|forbidden|service unavailable|bad gateway)",
    re.IGNORECASE,
)


def wall(tree: LexborHTMLParser, html: str, title: str, text: str, width: int) -> str | None:
    """What stands before the article, in words; None where the page looks like one."""
    if width > MAX_WIDTH:
        return None
    shown = f"{title}\n{text[:2000]}"
    return (
        _challenge(html, shown, width)
        or _consent(shown, text, width)
        or _sign_in(tree, title, width)
        or (f"error page: it is titled “{title}”" if _ERROR.search(title) and width < 800 else None)
    )


def _challenge(html: str, shown: str, width: int) -> str | None:
    said = _CHALLENGE.search(shown)
    start = html[:200_000].lower()
    maker = next((name for mark, name in _MACHINERY if mark in start), None)
    if said and maker:
        return f"challenge: a bot check by {maker} (“{said.group()}”)"
    if said and width < 600 and len(html) < 60_000:
        return f"challenge: the page only says “{said.group()}”"
    if maker and width < 60 and len(html) < 60_000:
        return f"challenge: a bot check by {maker} and no text"
    return None


def _consent(shown: str, text: str, width: int) -> str | None:
    said = _CONSENT.search(shown)
    if said and width and len(_COOKIE_WORD.findall(text)) * 120 > width:
        return f"consent wall: the page asks about cookies (“{said.group()}”) and shows no article"
    return None


def _sign_in(tree: LexborHTMLParser, title: str, width: int) -> str | None:
    password = tree.css_first("input[type=password]") is not None
    if _SIGN_IN.search(title) and (password or width < 300):
        return f"login page: it is titled “{title}”"
    return None

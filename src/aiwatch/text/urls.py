"""One page, one address: `canonical` to open and to show, `url_key` to compare. Rules and reasons: url_rules.py.

RFC 3986 section 6 for the form. In doubt an address keeps what it has: the text comparison repairs a missed merge,
nothing repairs a false one.
"""

import base64
import binascii
import ipaddress
import posixpath
import re
from dataclasses import dataclass, replace
from functools import lru_cache
from urllib.parse import quote, unquote, urljoin, urlsplit

import idna

from aiwatch.text import url_rules as rules
from aiwatch.text.late import late

_STEPS = 200  # of unwrapping: far beyond any real chain, so that hostile nesting ends
_UNRESERVED = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
_PATH_SAFE = _UNRESERVED + "!$&'()*+,;=:@/%"
_QUERY_SAFE = _PATH_SAFE + "?"
_CONTROLS = late("[\x00-\x1f\x7f]+")
_HEX = late("%([0-9A-Fa-f]{2})?")
_AMP_ESCAPES = late("&(?:amp|#38|#x26);", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Address:
    scheme: str
    host: str
    port: str  # with its colon; empty for the scheme's own
    path: str
    query: tuple[str, ...]  # name=value as written, in order
    fragment: str

    def __str__(self) -> str:
        query = "?" + "&".join(self.query) if self.query else ""
        fragment = "#" + self.fragment if self.fragment else ""
        return f"{self.scheme}://{self.host}{self.port}{self.path}{query}{fragment}"


@lru_cache(maxsize=256)
def canonical(url: str) -> str:
    """The address to open and to show: normal form, no tracking, unwrapped; scheme and www as found.

    What is no web address comes back as it is, without blanks around it. Never raises.
    """
    url = _CONTROLS.sub("", url).strip()
    for _ in range(_STEPS):
        address = _parse(url)
        if address is None:
            return url
        step = _rewritten(_unwrapped(address) or str(_without_tracking(address)))
        if step == url:
            break
        url = step
    return url


@lru_cache(maxsize=256)
def url_key(url: str) -> str:
    """What two addresses of one page have in common: for comparing only, it need not open. Never raises."""
    shown = canonical(url)
    address = _parse(shown)
    if address is None:
        return shown
    folded = replace(
        address,
        scheme="https",
        host=_bare_host(address.host),
        port="" if address.port in (":80", ":443") else address.port,
        path=_key_path(address),
        query=tuple(sorted(map(_key_pair, address.query), key=lambda pair: pair.split("=")[0])),
    )
    key = str(folded)
    for pattern, replacement in rules.KEY_REWRITES if rules.KEY_REWRITTEN.match(key) else ():
        key = pattern.sub(replacement, key)
    return key


@lru_cache(maxsize=4096)
def host(url: str) -> str:
    """The host in lower case without www; empty for what is no web address."""
    address = _parse(canonical(url))
    return address.host.removeprefix("www.") if address else ""


def same_site(a: str, b: str) -> bool:
    """Whether two addresses belong to one registrable domain, by a guess that knows common suffixes only."""
    first, second = host(a), host(b)
    return bool(first) and _registrable(first) == _registrable(second)


def believable_canonical(page_url: str, claimed: str) -> str | None:
    """The address a page claims as its own, if it is on the same site and neither home nor section page."""
    try:
        shown = canonical(urljoin(canonical(page_url), _CONTROLS.sub("", claimed).strip()))
    except ValueError:
        return None
    if not claimed.strip() or not same_site(page_url, shown):
        return None
    if url_key(shown) == url_key(page_url) or _may_be_article(page_url, shown):
        return shown
    return None


def _parse(url: str) -> _Address | None:
    """The parts in normal form; None for what is no http or https address."""
    text = _AMP_ESCAPES.sub("&", "https:" + url if url.startswith("//") else url)
    if not re.match("https?://", text, re.IGNORECASE):
        return None
    try:
        parts = urlsplit(text)
        port = parts.port
        name = _normal_host(parts.hostname or "")
    except ValueError:
        return None
    if not name:
        return None
    scheme = parts.scheme.lower()
    path, query = _misplaced_query(parts.path, parts.query)
    return _Address(
        scheme=scheme,
        host=name,
        port="" if port in (None, {"http": 80, "https": 443}[scheme]) else f":{port}",
        path=_normal_path(path),
        query=tuple(_escaped(pair, _QUERY_SAFE) for pair in query.split("&") if pair),
        fragment=_escaped(parts.fragment, _QUERY_SAFE) if parts.fragment[:1] in ("!", "/") else "",
    )


def _misplaced_query(path: str, query: str) -> tuple[str, str]:
    """Feeds that glue their campaign on blindly write `/a&utm_source=x` and `?id=1?utm_source=x`."""
    path, _, glued = path.partition("&utm_")
    query = re.sub(r"\?(?=utm_)", "&", query)
    return path, f"{query}&utm_{glued}" if glued else query


def _normal_host(name: str) -> str:
    """Lower case, punycode, no trailing dot. Raises ValueError for what cannot be one."""
    name = unquote(name).lower().rstrip(".")
    if ":" in name:
        return f"[{ipaddress.IPv6Address(name.partition('%')[0]).compressed}]"
    if not name.isascii():
        name = idna.encode(name, uts46=True).decode("ascii")
    if not re.fullmatch(r"[a-z0-9_.-]+", name):
        raise ValueError(name)
    return name


def _normal_path(path: str) -> str:
    """Escapes in normal form, dot segments resolved, a session id after `;` cut off."""
    path = re.sub(r";(?:jsessionid|phpsessid)=[^/;]*", "", path, flags=re.IGNORECASE)
    out: list[str] = []
    segments = _escaped(path or "/", _PATH_SAFE).split("/")[1:]
    for segment in segments:
        if segment == "..":
            del out[-1:]
        elif segment != ".":
            out.append(segment)
    if segments and segments[-1] in (".", ".."):
        out.append("")
    return "/" + "/".join(out)


def _escaped(text: str, safe: str) -> str:
    """Unreserved characters bare, the rest as upper-case escapes, everything else that must be escaped is."""
    return quote(_HEX.sub(_one_escape, text), safe=safe, errors="replace")


def _one_escape(found: re.Match[str]) -> str:
    if found[1] is None:
        return "%25"
    character = chr(int(found[1], 16))
    return character if character in _UNRESERVED else f"%{found[1].upper()}"


def _without_tracking(address: _Address) -> _Address:
    kept: tuple[str, ...] = ()
    if address.query:
        names = [names for site, names in rules.SITE_NAMES.items() if _under(address.host, site)]
        kept = tuple(pair for pair in address.query if not _is_tracking(pair, names))
    return replace(address, query=kept, path=_without_amp(address))


def _under(name: str, site: str) -> bool:
    return name == site or name.endswith("." + site)


def _is_tracking(pair: str, of_site: list[frozenset[str]]) -> bool:
    raw, _, value = pair.partition("=")
    name = unquote(raw).casefold().partition("[")[0]
    if name in rules.TRACKING or name.startswith(tuple(rules.TRACKING_PREFIXES)):
        return True
    if any(name in names for names in of_site):
        return True
    pattern = rules.TRACKING_VALUES.get(name)
    return pattern is not None and pattern.fullmatch(unquote(value)) is not None


def _without_amp(address: _Address) -> str:
    """The path of the page itself: `/a/amp/` is `/a/`, `/a.amp` is `/a`. A leading /amp/ may be anything."""
    path = re.sub(r"(?<=[^/])\.amp(?=(?:\.html?)?$)", "", address.path)
    found = re.fullmatch(r"(/.+?/)amp(?:/|\.html)?", path)
    if not found or address.host.removeprefix("www.") in rules.NOT_AMP_HOSTS:
        return path
    before = found[1].rstrip("/")
    if posixpath.basename(before).casefold() in rules.NOT_AMP_AFTER:
        return path
    return found[1] if path.endswith("/") else before


def _unwrapped(address: _Address) -> str | None:
    """The address that a redirector, link guard or AMP cache carries."""
    target = _in_query(address) or _in_path(str(address)) or _in_proofpoint(address)
    inner = _parse(target) if target else None
    return target if inner and "." in inner.host else None


def _in_query(address: _Address) -> str | None:
    for path, names in _redirectors(address.host) if address.query else ():
        if path.match(address.path):
            for name in names:
                if target := _target(address.query, name):
                    return target
    return None


@lru_cache(maxsize=1024)
def _redirectors(name: str) -> tuple[tuple[re.Pattern[str], list[str]], ...]:
    """Where a host keeps its redirectors, and the parameters in which they carry the address."""
    return tuple((path, names) for hosts, path, names in rules.REDIRECTORS if hosts.fullmatch(name))


def _target(query: tuple[str, ...], wanted: str) -> str | None:
    """A parameter's value, if it is a web address, bare or as Bing encodes it (a1 and base64)."""
    for pair in query:
        name, _, value = pair.partition("=")
        if name.casefold() != wanted:
            continue
        text = unquote(value)
        if text.startswith("a1"):
            text = _from_base64(text[2:])
        if re.match("https?://", text, re.IGNORECASE):
            return text
    return None


def _from_base64(text: str) -> str:
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        return ""
    return raw.decode("utf-8", errors="replace")


def _in_path(url: str) -> str | None:
    for pattern, scheme in rules.CARRIERS if rules.CARRIES.fullmatch(url) else ():
        if found := pattern.fullmatch(url):
            target = found["url"]
            if re.match("https?%3a", target, re.IGNORECASE):
                target = unquote(target)
            return scheme + re.sub("^(https?):/+", r"\1://", target, flags=re.IGNORECASE)
    return None


def _in_proofpoint(address: _Address) -> str | None:
    """urldefense v2 writes % as - and / as _."""
    if address.host != "urldefense.proofpoint.com" or not address.path.startswith("/v2/url"):
        return None
    for pair in address.query:
        if pair.startswith("u="):
            return unquote(pair[2:].translate(str.maketrans("-_", "%/")))
    return None


def _rewritten(url: str) -> str:
    for pattern, replacement in rules.REWRITES if rules.REWRITTEN.match(url) else ():
        url = pattern.sub(replacement, url).rstrip("&") if pattern.match(url) else url
    return url


def _bare_host(name: str) -> str:
    """Without www and without a label that only names a device, as long as a site is left."""
    name = name.removeprefix("www.") if name.count(".") > 1 else name
    first, _, rest = name.partition(".")
    if first in rules.MOBILE_LABELS and _registrable(name) != name:
        return rest
    return name


def _key_path(address: _Address) -> str:
    """Repeated and trailing slashes folded, and the file a server answers with when asked for the folder."""
    path = re.sub("/{2,}", "/", address.path)
    folder, _, last = path.rpartition("/")
    if last.casefold() in rules.INDEX_FILES and not address.query:
        path = folder
    return path.rstrip("/") or "/"


def _key_pair(pair: str) -> str:
    return pair.replace("+", "%20")


def _registrable(name: str) -> str:
    """The part of a host that one owner registers: a guess from common suffixes, no public suffix list."""
    if name.startswith("[") or re.fullmatch(r"[\d.]+", name):
        return name
    labels = name.split(".")
    for shared in rules.SHARED_HOSTS:
        if name.endswith("." + shared):
            return ".".join(labels[-shared.count(".") - 2 :])
    of_country = len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in rules.SECOND_LEVEL
    return ".".join(labels[-3 if of_country else -2 :])


def _may_be_article(page_url: str, shown: str) -> bool:
    """Whether an address looks like an article's own, seen from a page that claims it."""
    address, page = _parse(shown), _parse(url_key(page_url))
    if address is None or page is None:
        return False
    path = _key_path(address)
    if path == "/" and not address.query:
        return False
    segments = path.strip("/").split("/")
    if any(segment.casefold() in rules.LISTING_FOLDERS for segment in segments[:-1]):
        return False
    if page.path.startswith(path + "/"):
        remainder = page.path[len(path) + 1 :].split("/")
        return all(rules.ARTICLE_FORMS.fullmatch(part) for part in remainder)
    return bool(address.query) or _is_slug(segments[-1])


def _is_slug(segment: str) -> bool:
    """Articles have words joined, long numbers, file endings or other scripts in their last segment; sections one word."""
    return bool(re.search(r"[-_.%]|\d{4}.|\d[a-z]|[a-z]\d", segment)) or len(segment) >= 20

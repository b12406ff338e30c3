"""Rule 23: a check for browsers is named as one; news about such checks is not one."""

import asyncio
import gzip
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from aiwatch.fetch import Fetcher, FetchSettings
from aiwatch.fetch.challenge import challenger
from aiwatch.model import FetchFailure, Outcome, Page, Target
from tests.servers import Site

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
SETTINGS = FetchSettings(
    timeout=timedelta(seconds=30),
    max_bytes=1_000_000,
    per_host=2,
    spacing=timedelta(0),
    user_agent="aiwatch/0 (+mailto:me@example.org)",
    allow_private=True,
)
HTML = {"Content-Type": "text/html; charset=UTF-8"}


def html(head: str, body: str = "") -> bytes:
    return f"<!DOCTYPE html><html><head>{head}</head><body>{body}</body></html>".encode()


CHALLENGES = [
    (html("<title>Just a moment...</title>"), "Cloudflare"),
    (html("<title>Just a moment…</title>"), "Cloudflare"),
    (html("<title>Attention Required! | Cloudflare</title>"), "Cloudflare"),
    (
        html("<title>x</title>", "<script>window._cf_chl_opt={cType:'managed'}</script>"),
        "Cloudflare",
    ),
    (b"<html><body><script>var dd={'host':'geo.captcha-delivery.com'}</script>", "DataDome"),
    (html("<title>Access to this page has been denied.</title>"), "PerimeterX"),
    (html("", '<div id="px-captcha"></div>'), "PerimeterX"),
    (
        b"<HTML><HEAD>\n<TITLE>Access Denied</TITLE>\n</HEAD><BODY>\n<H1>Access Denied</H1>\n"
        b"You don't have permission<P>\nReference&#32;&#35;18&#46;2a",
        "Akamai",
    ),
    (html('<link rel="stylesheet" href="/.within.website/x/cmd/anubis/static/x.css">'), "Anubis"),
    (html('<script id="anubis_challenge" type="application/json">{}</script>'), "Anubis"),
    (html("<script>window.gokuProps = {}</script>"), "AWS WAF"),
    (html("", "Request unsuccessful. Incapsula incident ID: 1-2"), "Imperva"),
    (b"\xef\xbb\xbf<!-- x -->\n<html><title>Vercel Security Checkpoint</title>", "Vercel"),
]


@pytest.mark.parametrize(("body", "name"), CHALLENGES)
def test_the_marks_of_a_challenge_are_known(body: bytes, name: str) -> None:
    assert challenger(200, httpx.Headers(HTML), body) == name
    assert challenger(403, httpx.Headers(), body) == name


@pytest.mark.parametrize(
    ("header", "value", "name"),
    [
        ("cf-mitigated", "challenge", "Cloudflare"),
        ("CF-Mitigated", " Challenge ", "Cloudflare"),
        ("cf-mitigated", "block", None),
        ("x-vercel-mitigated", "challenge", "Vercel"),
        ("x-vercel-mitigated", "deny", None),
        ("x-amzn-waf-action", "captcha", "AWS WAF"),
        ("server", "cloudflare", None),
    ],
)
def test_a_header_says_it_for_any_body(header: str, value: str, name: str | None) -> None:
    assert challenger(503, httpx.Headers({header: value}), b"") == name


TALK = "Just a moment... captcha, geo.captcha-delivery.com, window._cf_chl_opt and Anubis explained"


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        (
            HTML,
            f"<?xml version='1.0'?><rss><channel><title>{TALK}</title></channel></rss>".encode(),
        ),
        (HTML, f"<rss><channel><title>{TALK}</title></channel></rss>".encode()),
        ({"Content-Type": "application/rss+xml"}, html(f"<title>{TALK}</title>")),
        ({"Content-Type": "application/json"}, b'{"title": "gokuProps"}'),
        (HTML, html("<title>Just a moment: how captchas went wrong</title>", "captcha " * 99)),
        (HTML, html("<title>Access Denied</title>", "a film by")),
        (HTML, html("<script src='/cdn-cgi/challenge-platform/scripts/jsd/main.js'></script>")),
        (HTML, html("<script>window._pxAppId='PX1'</script>")),
        (HTML, html("", "words " * 4000 + TALK)),
        (HTML, html("<title>News</title>", f"<p>{TALK}</p><p>window._cf_chl_opt=1</p>" * 10)),
        (HTML, b""),
    ],
)
def test_news_about_challenges_is_no_challenge(headers: dict[str, str], body: bytes) -> None:
    assert challenger(200, httpx.Headers(headers), body) is None


def get(url: str) -> Outcome:
    async def run() -> Outcome:
        async with Fetcher(SETTINGS) as fetcher:
            return await fetcher.get(Target(url=url, accept="page"), NOW)

    return asyncio.run(run())


@pytest.mark.parametrize("status", [200, 403, 429, 503])
@pytest.mark.parametrize("packed", [False, True])
def test_a_challenge_is_a_failure_of_its_own_kind_and_asked_once(status: int, packed: bool) -> None:
    body = html("<title>Just a moment...</title>", "x" * 9000)
    headers = HTML | {"Retry-After": "60", "ETag": '"1"'}
    if packed:
        body, headers = gzip.compress(body), headers | {"Content-Encoding": "gzip"}
    with Site() as site:
        site.add("/", body, status=status, headers=headers)
        outcome = get(site.url("/"))
        assert len(site.requests) == 1
    assert isinstance(outcome, FetchFailure)
    assert (outcome.kind, outcome.status) == ("challenge", status)
    assert outcome.retry_after == timedelta(seconds=60)
    assert "challenge for browsers (Cloudflare)" in outcome.detail


def test_a_header_alone_names_it_too() -> None:
    with Site() as site:
        site.add("/", "no", status=403, headers={"cf-mitigated": "challenge"})
        outcome = get(site.url("/"))
    assert isinstance(outcome, FetchFailure)
    assert outcome.kind == "challenge"


def test_an_ordinary_refusal_stays_one() -> None:
    with Site() as site:
        site.add("/", html("<title>Forbidden</title>"), status=403, headers=HTML)
        site.add("/page", html("<title>News</title>", f"<p>{TALK}</p>" * 20), headers=HTML)
        outcome = get(site.url("/"))
        assert isinstance(get(site.url("/page")), Page)
    assert isinstance(outcome, FetchFailure)
    assert outcome.kind == "http"

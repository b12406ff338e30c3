"""Each way in which a peer or a part was broken into, tried here; named after its advisory (research, delivery.md 3.6)."""

import asyncio
import io
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import policy
from email.parser import BytesParser
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from selectolax.lexbor import LexborHTMLParser

from aiwatch.channels import CHANNELS
from aiwatch.channels.base import HttpPoster, Tools
from aiwatch.channels.file import CHANNEL as FILE
from aiwatch.channels.letter import Mailbox, compose
from aiwatch.config import load, opml
from aiwatch.digest.html import as_html
from aiwatch.errors import ConfigError
from aiwatch.fetch import Fetcher, FetchSettings
from aiwatch.model import AlertName, FetchFailure, Page, Secret, Target
from aiwatch.net import open_client
from aiwatch.sources.feed import read_feed
from aiwatch.sources.jsonlist import JsonOptions
from aiwatch.text.article import extract
from aiwatch.text.clean import plain
from aiwatch.text.urls import canonical
from tests.channels.made import digest, envelope, line
from tests.desk import FETCH
from tests.servers import Answer, Asked, Site

NOW = datetime(2026, 3, 24, 12, tzinfo=UTC)
GUARDED: FetchSettings = replace(FETCH, timeout=timedelta(seconds=20))
MAIL = CHANNELS["email"].options.model_validate(
    {"to": ["me@example.org"], "from": "a@b.example", "host": "m.example"}
)
MARKUP = "<script>alert(1)</script><img src=x onerror=alert(1)> Owls"


def fetched(target: Target, settings: FetchSettings = GUARDED, **names: str) -> Any:
    """The outcome of one fetch; a name given here has that address, whatever the world says."""

    async def resolve(host: str, _port: int) -> tuple[str, ...]:
        return (names.get(host.replace(".", "_"), host),)

    async def run() -> Any:
        async with Fetcher(settings, resolve=resolve) as fetcher:
            return await fetcher.get(target, NOW)

    return asyncio.run(run())


def refused(url: str, **names: str) -> str:
    """What kind of failure an address is."""
    outcome = fetched(Target(url=url), GUARDED, **names)
    assert isinstance(outcome, FetchFailure), url
    return outcome.kind


# ---------------------------------------------------------------- who is connected to


@pytest.mark.parametrize("path", ["/latest/meta-data/", ":8080/", ""])
def test_cve_2026_27696_a_cloud_machine_s_secrets_are_not_fetched(path: str) -> None:
    assert refused(f"http://169.254.169.254{path}") == "private"


@pytest.mark.parametrize("url", ["http://a.example\\@127.0.0.1/", "http://127.0.0.1\\@a.example/"])
def test_ghsa_rph4_96w6_q594_a_backslash_is_judged_by_the_address_it_leads_to(url: str) -> None:
    assert refused(url, a_example="127.0.0.1") in ("private", "url")


def test_ghsa_gwph_fp79_379w_a_provider_s_shared_network_is_private() -> None:
    assert refused("http://100.64.0.1/") == "private"
    assert refused("http://shared.example/", shared_example="100.127.255.254") == "private"


@pytest.mark.parametrize("robots", [False, True])
@pytest.mark.parametrize(
    "url", [" http://127.0.0.1/ ", "HTTP://LOCALHOST/", "http://[::ffff:7f00:1]/"]
)
def test_ghsa_56fq_63vj_9992_and_hm22_no_other_way_in_passes_the_guard_by(
    url: str, robots: bool
) -> None:
    outcome = fetched(Target(url=url, robots=robots), LOCALHOST="127.0.0.1", localhost="127.0.0.1")
    assert isinstance(outcome, FetchFailure)
    assert outcome.kind == "private"


def test_ghsa_56fq_63vj_9992_a_hook_is_posted_through_the_same_guard() -> None:
    async def run() -> Any:
        client = open_client(user_agent="aiwatch test")
        try:
            options = CHANNELS["webhook"].options.model_validate({"url": "http://127.0.0.1:9/"})
            return await CHANNELS["webhook"].reach(
                options, Tools(http=HttpPoster(client), out=io.StringIO())
            )
        finally:
            await client.aclose()

    receipt = asyncio.run(run())
    assert "127.0.0.1:9 is a private address" in str(receipt)


@pytest.mark.parametrize(
    "url",
    [
        *("file:///etc/passwd", "FILE:/etc/passwd", " file:///etc/passwd", "fi\tle:///etc/passwd"),
        *(
            "gopher://a.example/",
            "ftp://a.example/",
            "source:http://a.example",
            "data:text/plain,x",
        ),
        *(
            "view-source:file:///etc/passwd",
            "jar:http://a.example!/",
            "//etc/passwd",
            "/etc/passwd",
        ),
    ],
)
def test_cve_2024_51483_51998_56509_and_2019_9187_only_http_is_fetched(url: str) -> None:
    assert refused(url, a_example="93.184.216.34") == "url"


@pytest.mark.parametrize(
    "location", ["file:///etc/passwd", "gopher://a.example/1", "//127.0.0.1:1/"]
)
def test_cve_2019_9187_a_redirect_leads_to_no_other_scheme_and_to_no_private_address(
    location: str,
) -> None:
    with Site() as site:
        site.add("/", status=302, headers={"Location": location})
        port = site.url("/").rsplit(":", 1)[1].strip("/")
        settings = replace(GUARDED, allow_private=(f"127.0.0.1:{port}",))
        outcome = fetched(Target(url=site.url("/")), settings)
    assert isinstance(outcome, FetchFailure)
    assert outcome.kind in ("redirect", "private")


def test_cve_2026_108735_a_proxy_is_not_asked_for_a_private_address() -> None:
    with Site() as proxy:
        target = Target(url="http://inside.example/", proxy=Secret(proxy.url("/")))
        outcome = fetched(target, inside_example="10.0.0.5")
        assert isinstance(outcome, FetchFailure)
        assert outcome.kind == "private"
        assert proxy.requests == []


def test_ghsa_64wp_jh9p_5cg2_no_host_is_built_from_what_a_feed_says() -> None:
    item = (
        "<item><title>a</title><link>@127.0.0.1/x</link><guid isPermaLink='false'>1</guid></item>"
    )
    reading = read_feed(feed(item), "https://a.example/feed")
    assert [entry.url for entry in reading.entries] == ["https://a.example/@127.0.0.1/x"]


def test_ghsa_g36r_fm2p_87xm_a_key_goes_to_its_own_host_only() -> None:
    with Site() as other, Site() as site:
        other.add("/", b"here")
        elsewhere = other.url("/", host="localhost")
        site.add("/", status=302, headers={"Location": elsewhere})
        target = Target(url=site.url("/"), headers=(("X-Key", Secret("k-1")),))
        outcome = fetched(target, replace(GUARDED, allow_private=True), localhost="127.0.0.1")
        assert isinstance(outcome, Page)
        assert site.requests[0][2]["x-key"] == "k-1"
        assert "x-key" not in other.requests[0][2]


# ---------------------------------------------------------------- what is read


def feed(item: str, before: str = "") -> bytes:
    head = f'<?xml version="1.0"?>{before}<rss version="2.0"><channel><title>T</title>'
    return f"{head}{item}</channel></rss>".encode()


def titles(body: bytes) -> list[str]:
    return [entry.title for entry in read_feed(body, "https://a.example/feed").entries]


def test_feedparser_nested_cdata_titles_are_plain_text() -> None:
    item = "<item><title><![CDATA[<![CDATA[<script>alert(1)</script>]]>]]&gt; Owls</title></item>"
    assert all("<script" not in title for title in titles(feed(item)))


@pytest.mark.parametrize(
    "markup",
    [
        *(
            MARKUP,
            "<svg><style><img src=x onerror=alert(1)></style></svg>",
            "<p>ok<!--><img onerror=x>-->",
        ),
        "<math><annotation-xml encoding='text/html'><style><img src=x onerror=alert(1)></style></annotation-xml></math>",
        "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
        "<a href='java\tscript:alert(1)'>x</a><style>@import 'https://a.example'</style>",
    ],
)
def test_lxml_html_cleaner_and_cve_2026_63430_markup_is_taken_out_and_never_sorted(
    markup: str,
) -> None:
    page = as_html(digest(line(1, plain(markup) or "Owls")))
    found = LexborHTMLParser(page)
    assert not found.css("script, img, svg, math, iframe, object, form")
    links = [node.attributes.get("href") or "" for node in found.css("a")]
    assert all(link.startswith(("http://", "https://", "mailto:")) for link in links)


def test_cve_2024_34078_letters_that_normalise_to_markup_stay_letters() -> None:
    wide = "＜script＞alert(1)＜/script＞ Owls"
    page = as_html(digest(line(1, plain(wide))))
    assert not LexborHTMLParser(page).css("script")


@pytest.mark.parametrize("given", ["env", "$ENV.PATH", "env.PATH", "input_filename", "env()"])
def test_cve_2026_33981_a_path_into_json_reads_no_environment(
    given: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    try:
        options = JsonOptions(items="@", title=given, link="url")
    except ValidationError:
        return
    from aiwatch.sources.jsonlist import read_json

    body = b'[{"url": "https://a.example/1", "name": "Owls"}]'
    reading = read_json(body, "https://a.example/list", "application/json", options)
    assert all("/bin" not in entry.title for entry in reading.entries)


@pytest.mark.parametrize(
    "select", ["unparsed-text('file:///etc/passwd')", "//body", "json-doc('/etc/passwd')"]
)
def test_cve_2026_29039_and_ghsa_6fmw_82m7_jq6p_a_selector_is_css_and_nothing_else(
    select: str, tmp_path: Path
) -> None:
    file = tmp_path / "feeds.yaml"
    file.write_text(
        f'sources:\n  - {{name: A, kind: page, url: "https://a.example", select: "{select}"}}\n'
    )
    with pytest.raises(ConfigError, match="select"):
        load(file)


def test_cve_2021_21278_a_page_s_script_is_read_and_never_run() -> None:
    script = "window.__STATE__ = (function(){ throw 1 })() || {body: process.exit()};"
    page = f"<title>Owls</title><article><p>{'Nine owls sat there. ' * 20}</p></article><script>{script}</script>"
    assert "Nine owls" in extract(page, "https://a.example/1").text


def test_cve_2026_29065_and_ghsa_8757_69j2_hx56_a_list_of_feeds_reads_no_file_and_stays_small() -> (
    None
):
    entity = b'<!DOCTYPE opml [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    bomb = b"<!DOCTYPE opml [" + b"".join(
        b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10 if n else b"ha") for n in range(12)
    )
    outline = b'<opml version="2.0"><body><outline text="&x;&a11;" xmlUrl="https://a.example/f"/></body></opml>'
    for head in (entity, bomb + b"]>"):
        found = opml.parse(head + outline)
        assert "root:" not in repr(found)
        assert len(repr(found)) < 10_000


# ---------------------------------------------------------------- what is written


def test_ghsa_q8xq_qg4x_wphg_a_page_s_words_are_escaped_in_mail() -> None:
    page = as_html(digest(line(1, MARKUP)))
    assert "<script>" not in page
    assert not LexborHTMLParser(page).css("script, img")


@pytest.mark.parametrize(
    "address",
    ["a@b.example\r\nRCPT TO:<x@y.example>", "a@b.example\nBcc: x@y.example", "a b@c\x00"],
)
def test_ghsa_v3q9_hj7j_63hq_an_address_is_one_line(address: str) -> None:
    with pytest.raises(ValidationError):
        CHANNELS["email"].options.model_validate(
            {"to": [address], "from": "a@b.example", "host": "mail.example"}
        )


def test_cve_2026_1299_and_cve_2026_23829_no_headline_becomes_a_header() -> None:
    told = digest(line(1, "Owls\r\nBcc: all@example.org\r\n\r\nbody\u2028more"))
    told = replace(told, subject="Owls\r\nBcc: all@example.org\u2028x\x85y")
    for part in CHANNELS["email"].render(told, MAIL):
        sent = compose(envelope(part), Mailbox("a@b.example"), "me@example.org").content
        mail = BytesParser(policy=policy.default).parsebytes(sent)
        assert mail["Bcc"] is None
        assert "\n" not in str(mail["Subject"])


def test_ghsa_mh42_m7cg_49fr_a_file_s_name_is_never_taken_from_outside(tmp_path: Path) -> None:
    told = digest(line(1, "../../../etc/cron.d/owls"))
    options = FILE.options.model_validate({"dir": str(tmp_path / "kept")})
    (part, *_) = FILE.render(told, options)
    sent = replace(envelope(part), alert=AlertName("../../escape"), id="../x/../../y")

    async def run() -> Any:

        return await FILE.send(sent, options, Tools(http=None, out=io.StringIO()))  # type: ignore[arg-type]

    asyncio.run(run())
    assert {path.parent for path in tmp_path.rglob("*") if path.is_file()} == {tmp_path / "kept"}


def test_cve_2022_31110_what_a_person_writes_is_matched_in_linear_time(tmp_path: Path) -> None:
    file = tmp_path / "feeds.yaml"
    file.write_text('topics: {a: {any: ["(a+)+$ OR /(a|a)*b/"]}}\nsources: []\n')
    try:
        config = load(file)
    except ConfigError:
        return
    from aiwatch.judge.topics import compile_topics
    from aiwatch.model import Subject

    subject = Subject(title="a" * 30_000 + "!", text="", url="", source="", lang="en")
    compile_topics(config.topics, config.aliases).match(subject)


def test_cve_2023_22481_a_sign_in_is_shown_nowhere(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(0)
    outcome = fetched(Target(url="http://me:hunter2@127.0.0.1/feed"))
    assert "hunter2" not in repr(outcome) + caplog.text
    assert "hunter2" not in repr(
        Target(url="https://a.example", proxy=Secret("http://u:hunter2@p"))
    )


def test_cve_2026_21885_and_2020_25788_no_image_is_asked_for() -> None:
    asked: list[str] = []

    def seen(one: Asked) -> Answer:
        asked.append(one.path)
        return Answer(
            "<title>Owls</title><link rel=icon href=/i.ico><img src=/p.gif><p>Nine owls.</p>",
            headers={"Content-Type": "text/html"},
        )

    with Site() as site:
        site.add("/page", seen)
        outcome = fetched(Target(url=site.url("/page")), replace(GUARDED, allow_private=True))
        assert isinstance(outcome, Page)
        extract(outcome.body, outcome.url)
        assert [path for _, path, _ in site.requests] == ["/page"]


def test_go_2025_4226_an_address_without_a_scheme_is_no_link() -> None:
    for written in ("//evil.example/x", "/\\evil.example", "https:/\\evil.example"):
        link = canonical(written)
        assert link == written or link.startswith("https://evil.example")
    page = as_html(digest(line(1, "Owls")))
    links = [node.attributes.get("href") or "" for node in LexborHTMLParser(page).css("a")]
    assert links
    assert not [link for link in links if link.startswith("//")]


def test_a_database_that_is_put_back_is_looked_at_as_hostile(tmp_path: Path) -> None:
    """CVE-2026-29065: a restored file is read, not believed (tests/admin/ has the rest)."""
    file = tmp_path / "copy.db"
    file.write_bytes(b"PK\x03\x04" + b"x" * 5000)
    with pytest.raises(sqlite3.DatabaseError):
        sqlite3.connect(f"file:{file}?mode=ro", uri=True).execute("SELECT 1 FROM sqlite_master")

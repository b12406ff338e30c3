"""The last hop through Apprise, where it is installed."""

import io
import json
from datetime import timedelta
from importlib.util import find_spec

import pytest
from pydantic import ValidationError

from aiwatch.model import Delivered, Later, Part, Refused
from tests.channels import made
from tests.channels.rooms import HUSH, keys, path, without_apprise
from tests.channels.wire import options, reached, sent
from tests.servers import Line, RawSite, Site

ENVELOPE = made.envelope(Part(subject="Two stories", text="Sora สวัสดี 🎬\n\n• one"))


@without_apprise
def test_the_message_is_handed_over_once_and_whole() -> None:
    with Site() as site:
        site.add(path("apprise"))
        receipt = sent("apprise", ENVELOPE, options("apprise", **keys("apprise", site.url(""))))
        (asked,) = site.received
    assert receipt == Delivered(detail="JSON took it")
    said = json.loads(asked.body)
    assert (said["title"], said["message"]) == ("Two stories", "Sora สวัสดี 🎬\n\n• one")


@without_apprise
def test_its_own_retries_and_redirects_stay_off_whatever_the_address_says() -> None:
    with Site() as site:
        site.add(path("apprise"), status=302, headers={"Location": site.url("/else")})
        url = f"{keys('apprise', site.url(''))['url']}?retry=3&wait=0.1&redirect=yes"
        receipt = sent("apprise", ENVELOPE, options("apprise", url=url))
        assert [asked.path.partition("?")[0] for asked in site.received] == [path("apprise")]
    assert receipt == Later(reason="JSON did not take it and answered 302 Found", lane=True)


def drowning(line: Line) -> None:
    line.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n")
    for _ in range(1_000):  # it hangs up long before
        line.send(b"x" * 1_000_000)


@without_apprise
def test_an_answer_without_end_ends_with_its_process() -> None:
    with RawSite(drowning) as site:
        given = options(
            "apprise", **keys("apprise", site.url("")), timeout=timedelta(milliseconds=400)
        )
        receipt = sent("apprise", ENVELOPE, given)
    assert isinstance(receipt, Later)
    assert receipt.lane
    assert HUSH not in receipt.reason


@without_apprise
def test_reaching_only_looks_at_the_address() -> None:
    with Site() as site:
        receipt = reached("apprise", options("apprise", **keys("apprise", site.url(""))))
        assert site.received == []
    assert receipt == Delivered(detail="Apprise knows this address (JSON); nothing was asked")
    unknown = reached("apprise", options("apprise", url=f"nosuchservice://{HUSH}"))
    assert unknown == Refused(reason="Apprise knows no such address; check the channel's url")


@pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")  # on Python 3.11
@without_apprise
def test_the_process_says_what_it_found() -> None:
    from aiwatch.channels import calling

    with Site() as site:
        site.add("/x", status=418)
        url = f"json://{site.authority}/x"
        answers = io.StringIO()
        question = {"url": url, "title": "T", "body": "B"}
        calling.main(io.StringIO(json.dumps(question)), answers)
    found = {"known": True, "service": "JSON", "taken": False, "status": 418}
    assert answers.getvalue() == "\n" + json.dumps(found)
    assert calling.call({"url": "nosuch://x"}) == {"known": False}
    assert calling.call({"url": url}) == {"known": True, "service": "JSON"}


@without_apprise
@pytest.mark.parametrize(
    "url", ["", HUSH, f"json://a/{HUSH} json://b/", f"json://a,json://b/{HUSH}"]
)
def test_an_address_that_is_none_is_refused_without_being_repeated(url: str) -> None:
    with pytest.raises(ValidationError, match="not one Apprise address") as refused:
        options("apprise", url=url)
    assert HUSH not in str(refused.value)


@pytest.mark.skipif(find_spec("apprise") is not None, reason="the extra `apprise` is installed")
def test_without_the_package_the_configuration_names_the_extra() -> None:
    with pytest.raises(ValidationError, match=r"pip install 'aiwatch\[apprise\]'"):
        options("apprise", url="json://a.example")

"""Apprise: about 150 further services (LINE, WhatsApp, Matrix …), as the last hop of our own outbox.

One address a channel, so one a row; Apprise's own retries are off, as the outbox has better ones. It runs in a process of
its own (`calling.py`): it connects past our guard, reads answers of any size, logs addresses, and can be ended there.
"""

import asyncio
import re
import sys
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, SecretStr

from aiwatch.channels import posting
from aiwatch.channels.base import Channel, Options, Tools, channel_reads, channel_waits, seconds
from aiwatch.digest import chat
from aiwatch.model import Delivered, Digest, Envelope, Later, Part, Receipt, Refused

CHARACTERS = 3000  # of a message; services cut where they take less (`?overflow=split`)
LINK = 1000
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://\S+", re.IGNORECASE)
_MENTION = re.compile(r"(?<!\w)@(?=\w)|<(?=[!@#])")
_START = 60.0  # seconds for a process to begin, on a machine that is busy
_CALLING = Path(__file__).with_name("calling.py")
_MOST = 10_000  # bytes of what the process says


def _address(url: SecretStr) -> SecretStr:
    text = url.get_secret_value().strip()
    if find_spec("apprise") is None:
        raise ValueError("it needs a package that is not installed: pip install 'aiwatch[apprise]'")
    if not _SCHEME.fullmatch(text) or len(re.findall(r"://", text.partition("?")[0])) > 1:
        raise ValueError(
            "this is not one Apprise address, like line://token/user; make one channel of each"
        )
    return SecretStr(text)


class AppriseOptions(Options):
    """Where to: an address as Apprise writes them, which holds keys."""

    url: Annotated[SecretStr, AfterValidator(_address)]


def render(digest: Digest, _options: AppriseOptions) -> tuple[Part, ...]:
    """Plain text, which every service can show."""
    said = chat.blocks(digest, lambda url: len(url) <= LINK)
    return tuple(
        Part(subject=_tame(name), text=_tame(chat.plain(message)), stories=chat.stories(message))
        for name, message in chat.parts(chat.title(digest), said, _fits)
    )


def _fits(_name: str, message: chat.Message) -> bool:
    return chat.units(_tame(chat.plain(message))) <= CHARACTERS


def _tame(text: str) -> str:
    """With an invisible joiner in what some service makes a mention of."""
    return _MENTION.sub("\\g<0>\u2060", text)


async def send(envelope: Envelope, options: AppriseOptions, tools: Tools) -> Receipt:
    """Hand it to the service; whatever it did not take is tried again, as Apprise does not say what was wrong."""
    part = envelope.part
    asked = {"title": part.subject, "body": part.text}
    return await _called(asked, options, seconds(options, tools))


async def reach(options: AppriseOptions, tools: Tools) -> Receipt:
    """Whether Apprise knows such an address; nothing is asked."""
    return await _called({}, options, seconds(options, tools))


async def _called(
    message: Mapping[str, str],
    options: AppriseOptions,
    timeout: float,  # noqa: ASYNC109 (of the answer alone)
) -> Receipt:
    url = options.url.get_secret_value()
    try:
        found = await _asked(posting.encoded({"url": url, **message}), timeout)
    except TimeoutError:
        return Later(reason=f"the service gave no answer within {timeout:g} s", lane=True)
    except OSError as error:
        return Later(reason=f"no process could be started ({error.strerror or error})")
    service = found.get("service")
    if found.get("known") is False:
        return Refused(reason="Apprise knows no such address; check the channel's url")
    if not isinstance(service, str):
        return Later(reason="Apprise ended without a result", lane=True)
    if not message:
        return Delivered(detail=f"Apprise knows this address ({service}); nothing was asked")
    if found.get("taken") is True:
        return Delivered(detail=f"{service} took it")
    status = found.get("status")
    told = f" and answered {posting.named(status)}" if isinstance(status, int) else ""
    return Later(reason=f"{service} did not take it{told}", lane=True)


async def _asked(question: str, timeout: float) -> dict[str, Any]:  # noqa: ASYNC109 (of the answer alone)
    """What the process found; it is ended when the time is up, however long its start took."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-P",  # or the modules of this folder would stand in for `email` and `apprise`
        str(_CALLING),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    assert process.stdin
    assert process.stdout
    try:
        async with asyncio.timeout(_START):
            await process.stdout.readline()  # it is ready
        async with asyncio.timeout(timeout):
            process.stdin.write(posting.raw(question))
            process.stdin.close()
            answer = await process.stdout.read(_MOST)
            await process.wait()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return posting.json_of(answer.decode("utf-8", "replace"))


CHANNEL = Channel(
    kind="apprise",
    options=AppriseOptions,
    render=render,
    send=send,
    reach=reach,
    readers=channel_reads,
    lane=channel_waits,
)

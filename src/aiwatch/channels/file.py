"""Keeps the digest as text and HTML in a folder."""

import asyncio
import os
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator

from aiwatch.channels.base import (
    Channel,
    Disk,
    Options,
    Tools,
    channel_reads,
    channel_waits,
    slug,
)
from aiwatch.digest.html import as_html
from aiwatch.digest.text import as_text
from aiwatch.model import Delivered, Digest, Envelope, Later, Part, Receipt


def _expanded(folder: Path) -> Path:
    try:
        return folder.expanduser()
    except RuntimeError as error:
        raise ValueError(f"'{folder}': there is no such home folder") from error


class FileOptions(Options):
    """Where to."""

    dir: Annotated[Path, AfterValidator(_expanded)]


def render(digest: Digest, _options: FileOptions) -> tuple[Part, ...]:
    """Both forms in one part."""
    return (Part(subject=digest.subject, text=as_text(digest), html=as_html(digest)),)


async def send(envelope: Envelope, options: FileOptions, tools: Tools) -> Receipt:
    """Write `<date>-<alert>-<id>.txt` and `.html`; a second attempt writes the same files again."""
    return await asyncio.to_thread(_kept, envelope, options.dir, tools.disk)


async def reach(options: FileOptions, _tools: Tools) -> Receipt:
    """Whether the folder can be written to, or made."""
    return await asyncio.to_thread(_writable, options.dir)


def _writable(folder: Path) -> Receipt:
    there = folder
    while not there.exists() and there != there.parent:
        there = there.parent
    if there.is_dir() and os.access(there, os.W_OK | os.X_OK):
        return Delivered(detail=f"{folder} can be written to")
    return Later(reason=f"{folder} cannot be written to")


def _kept(envelope: Envelope, folder: Path, disk: Disk) -> Receipt:
    name = f"{envelope.created:%Y-%m-%d}-{slug(envelope.alert)}-{slug(envelope.id)}"
    forms = [(".txt", envelope.part.text), (".html", envelope.part.html)]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        paths = [_written(folder / f"{name}{ending}", text, disk) for ending, text in forms if text]
    except OSError as error:
        return Later(reason=f"{folder} cannot be written to ({error.strerror or error})")
    return Delivered(detail=str(paths[-1]) if paths else "nothing to keep")


def _written(path: Path, text: str, disk: Disk) -> Path:
    """All or nothing: the file appears under its name once it is whole and on the disk."""
    draft = path.with_name(f".{path.name}.part")
    disk.write(draft, text.encode("utf-8", "replace"))
    disk.rename(draft, path)
    return path


CHANNEL = Channel(
    kind="file",
    options=FileOptions,
    render=render,
    send=send,
    reach=reach,
    readers=channel_reads,
    lane=channel_waits,
)

"""What the readers got, by id, and what must hold of it."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from email import message_from_bytes
from email.policy import SMTP
from pathlib import Path

Messages = dict[str, str]  # id -> its words


@dataclass
class Heard:
    """All that arrived at a mail server, at a hook and in a folder; the same id must bring the same bytes."""

    messages: dict[str, Messages] = field(default_factory=lambda: defaultdict(dict))
    again: int = 0  # arrivals of what had arrived before
    earlier: Counter[str] = field(default_factory=Counter)  # titles that stood below other stories

    def mail(self, content: bytes) -> None:
        """One mail as it was taken; of its bytes the date of the attempt may differ."""
        message = message_from_bytes(content, policy=SMTP)
        body = message.get_body(("plain",))
        assert body is not None
        id_, to = message["Message-ID"], message["To"]
        del message["Date"]
        self._same(f"bytes to {to}", id_, message.as_string())
        self.again += self._same(f"mailto:{to}", id_, f"{message['Subject']}\n{body.get_content()}")

    def hook(self, id_: str, body: bytes) -> None:
        """One event as it was posted; a digest in several shares its subject, so only their stories count as told.

        What an earlier story was called, as a line of background, is no telling of it either.
        """
        data = json.loads(body)["data"]
        sections = data.get("sections") or [{"stories": [data["story"]] if "story" in data else []}]
        stories = [story for section in sections for story in section["stories"]]
        told = [{**story, "previously": []} for story in stories]
        self.earlier.update(
            line["title"] for story in stories for line in story.get("previously", ())
        )
        self._same("bytes to hook", id_, body.decode())
        self.again += self._same("hook", id_, json.dumps(told, ensure_ascii=False))

    def folder(self, path: Path) -> None:
        """What has been kept as text; a draft that nobody finished does not count."""
        for file in sorted(path.glob("[!.]*.txt")):
            self._same("folder", file.name, file.read_text("utf-8"))

    def _same(self, reader: str, id_: str, words: str) -> bool:
        known = id_ in self.messages[reader]
        assert self.messages[reader].setdefault(id_, words) == words, f"{reader}: {id_} changed"
        return known

    def readers(self) -> Mapping[str, Messages]:
        """By reader."""
        return {who: found for who, found in self.messages.items() if not who.startswith("bytes ")}

    def mentions(self, name: str) -> int:
        """How often it stood below another story, as mail and file show it too."""
        return sum(count for title, count in self.earlier.items() if name in title)

    def naming(self, reader: str, name: str) -> list[str]:
        """The ids of the messages to this reader that tell of an event."""
        return [id_ for id_, words in self.messages[reader].items() if name in words]


def told_once(heard: Heard, names: Iterable[str], readers: int = 3) -> None:
    """Each reader got each of these events in exactly one message by id."""
    assert len(heard.readers()) == readers, list(heard.readers())
    for reader in heard.readers():
        for name in names:
            ids = heard.naming(reader, name)
            most = 1 if reader == "hook" else 1 + heard.mentions(name)
            assert 1 <= len(ids) <= most, f"{reader} heard {len(ids)} times of {name}: {ids}"

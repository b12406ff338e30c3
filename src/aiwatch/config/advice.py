"""What a sound configuration still lacks, or promises without keeping it: warned of, never refused."""

from collections.abc import Iterator, Sequence

from aiwatch.config.keys import FileKeys
from aiwatch.config.values import ChannelConfig
from aiwatch.model import Source


def advice(
    top: FileKeys, zone: str, channels: Sequence[ChannelConfig], sources: Sequence[Source]
) -> Iterator[str]:
    """One sentence each, with what to do."""
    if top.timezone is None and zone in ("UTC", "Etc/UTC", "Etc/UCT"):
        yield "no timezone is set and this machine's is UTC: write `timezone: Europe/London` or the like"
    if top.contact is None:
        yield "no contact is set: servers like to know whom to ask (`contact: you@example.org`)"
    for channel in channels:
        if channel.kind == "email":
            yield from _unencrypted(channel)
        elif channel.kind == "webhook":
            yield from _unsigned(channel)
    if any(channel.kind == "email" for channel in channels):
        yield from _leaving(top.public_url)
    yield from _doubled(sources)


# Imported where one is configured, as the channels themselves are.
def _unencrypted(channel: ChannelConfig) -> Iterator[str]:
    from aiwatch.channels.email import EmailOptions  # noqa: PLC0415

    if isinstance(channel.options, EmailOptions) and channel.options.signs_in_in_the_clear:
        yield f"channel {channel.name}: it signs in without encryption (security: none)"


def _unsigned(channel: ChannelConfig) -> Iterator[str]:
    from aiwatch.channels.webhook import WebhookOptions  # noqa: PLC0415

    if isinstance(channel.options, WebhookOptions) and not channel.options.secret:
        yield (
            f"channel {channel.name}: it is not signed, so anybody could write to it in aiwatch's name"
            " (`secret: …`)"
        )


def _leaving(public_url: str | None) -> Iterator[str]:
    """What the link in each mail needs (RFC 8058)."""
    if public_url is None:
        return
    if public_url.lower().startswith("https://"):
        yield (
            f"public_url: every mail offers to unsubscribe at {public_url}, so `aiwatch watch --web HOST:PORT`"
            " or `aiwatch serve` has to run and be reached there"
        )
    else:
        yield "public_url: mails offer one click to unsubscribe only where it begins with https://"


def _doubled(sources: Sequence[Source]) -> Iterator[str]:
    """Sources that ask for the same thing under two names: servers and readers get everything twice."""
    known: dict[tuple[str, str, str], str] = {}
    for source in sources:
        if source.enabled:
            asked = (source.url, source.kind, repr(sorted(source.options.items())))
            first = known.setdefault(asked, source.name)
            if first != source.name:
                yield f"sources {first} and {source.name} have the same address: drop one of them"

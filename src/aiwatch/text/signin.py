"""Sign-ins in addresses (`https://name:password@host/`): secrets that stand where an address is shown."""

from aiwatch.text.late import late

_IN_TEXT = late(r"(?i)(?<=://)[^\s/?#\\<>\"'`]{1,500}@")


def without_sign_in(url: str) -> str:
    """The address without user and password, even where it cannot be parsed."""
    scheme, mark, rest = url.partition("://")
    end = min((at for one in "/?#\\" if (at := rest.find(one)) >= 0), default=len(rest))
    return f"{scheme}{mark}{rest[:end].rpartition('@')[2]}{rest[end:]}"


def without_sign_ins(text: str) -> str:
    """Any text with the same taken out of the addresses in it."""
    return _IN_TEXT.sub("", text) if "@" in text else text

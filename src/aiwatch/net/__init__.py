"""The wire: what we refuse to connect to, and the httpx transport under everything that connects."""

from aiwatch.net.asking import Answer, NoMemory, Unanswered, ask
from aiwatch.net.body import ENCODINGS, Spare
from aiwatch.net.client import GuardedClient, open_client, system_trust
from aiwatch.net.dialing import NoSuchHost, PrivateAddress, Resolve, system_resolve
from aiwatch.net.guard import Allow, permitted, refused
from aiwatch.net.lines import Line, Network
from aiwatch.net.transport import basic_sign_in

__all__ = [
    "ENCODINGS",
    "Allow",
    "Answer",
    "GuardedClient",
    "Line",
    "Network",
    "NoMemory",
    "NoSuchHost",
    "PrivateAddress",
    "Resolve",
    "Spare",
    "Unanswered",
    "ask",
    "basic_sign_in",
    "open_client",
    "permitted",
    "refused",
    "system_resolve",
    "system_trust",
]

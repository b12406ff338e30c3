"""The wire: what we refuse to connect to, and the httpx transport under everything that connects."""

from aiwatch.net.asking import Answer, NoMemory, Unanswered, ask
from aiwatch.net.body import Spare
from aiwatch.net.client import GuardedClient, basic_sign_in, open_client, system_trust
from aiwatch.net.guard import Allow, permitted, refused
from aiwatch.net.transport import Network, NoSuchHost, PrivateAddress, Resolve, system_resolve

__all__ = [
    "Allow",
    "Answer",
    "GuardedClient",
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

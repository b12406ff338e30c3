"""What we refuse to connect to, decided on the address itself and never on a name.

`ipaddress.is_global` alone lets through addresses that lead home (NAT64 and 6to4 forms of loopback, multicast,
site-local), and its answer changes with the Python version: so the unwrapping and the list below are our own.
"""

from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

Allow = bool | tuple[str, ...]
"""Private addresses a request may reach: all, none, or those `host:port` as written in the URL."""

_DEFAULT_PORTS = {"http": 80, "https": 443}
_PUBLIC6 = IPv6Network("2000::/3")  # all that is given out of IPv6 so far
_NAT64 = IPv6Network("64:ff9b::/96")
_NEVER: tuple[tuple[IPv4Network | IPv6Network, str], ...] = tuple(
    (ip_network(block), what)
    for block, what in (
        ("0.0.0.0/8", "this host"),
        ("10.0.0.0/8", "a private network"),
        ("100.64.0.0/10", "a provider's shared network"),
        ("127.0.0.0/8", "this machine itself"),
        ("169.254.0.0/16", "a link-local address, where cloud machines keep their secrets"),
        ("172.16.0.0/12", "a private network"),
        ("192.0.0.0/24", "a protocol assignment"),
        ("192.0.2.0/24", "a documentation block"),
        ("192.88.99.0/24", "a retired 6to4 relay"),
        ("192.168.0.0/16", "a private network"),
        ("198.18.0.0/15", "a benchmarking network"),
        ("198.51.100.0/24", "a documentation block"),
        ("203.0.113.0/24", "a documentation block"),
        ("240.0.0.0/4", "a reserved block"),
        ("::/128", "this host"),
        ("::1/128", "this machine itself"),
        ("::/96", "a retired IPv4-compatible address"),
        ("64:ff9b:1::/48", "a local NAT64 network"),
        ("100::/64", "a discard-only block"),
        ("2001::/23", "a protocol assignment"),
        ("2001:db8::/32", "a documentation block"),
        ("3fff::/20", "a documentation block"),
        ("5f00::/16", "a segment-routing block"),
        ("fc00::/7", "a private network"),
        ("fe80::/10", "a link-local address"),
        ("fec0::/10", "a retired site-local network"),
    )
)


def refused(address: str) -> str | None:
    """Why this IP address may not be connected to, in words; None when it may be."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return f"{address} is no IP address"
    inner = _unwrapped(parsed)
    if why := _private(inner):
        shown = address if inner == parsed else f"{address} (which leads to {inner})"
        return f"{shown} is {why}"
    return None


def permitted(scheme: str, host: str, port: int | None, allow: Allow) -> bool:
    """Whether the configuration names this host and port, as the URL writes them, as one that may be private."""
    if isinstance(allow, bool):
        return allow
    shown = f"[{host}]" if ":" in host else host
    names = {f"{shown}:{port or _DEFAULT_PORTS.get(scheme, 0)}".lower()}
    if port is None:
        names.add(shown.lower())
    return any(entry.strip().lower() in names for entry in allow)


def _unwrapped(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """The IPv4 address that an IPv6 one carries inside (mapped, NAT64, 6to4), else itself."""
    if isinstance(address, IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def _private(address: IPv4Address | IPv6Address) -> str | None:
    for block, what in _NEVER:
        if address.version == block.version and address in block:
            return what
    if address.is_multicast:
        return "a multicast address"
    if address.version == 6 and address not in _PUBLIC6:
        return "not a public address"
    return None if address.is_global else "not a public address"

import pytest

from aiwatch.net.guard import Allow, permitted, refused


@pytest.mark.parametrize(
    "address",
    [
        "1.1.1.1",
        "93.184.216.34",
        "2606:4700:4700::1111",
        "::ffff:1.1.1.1",
        "64:ff9b::101:101",
        "2002:101:101::1",
        "172.32.0.1",
        "100.128.0.1",
        "198.20.0.1",
        "2a00:1450:4001::1",
    ],
)
def test_a_public_address_may_be_connected_to(address: str) -> None:
    assert refused(address) is None


REFUSED = {
    "this host": ("0.0.0.0", "0.255.255.255", "::"),
    "a private network": (
        *("10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "fc00::1", "fd12:3456::1"),
        *("::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:c0a8:101::1"),
    ),
    "a provider's shared network": ("100.64.0.1", "100.127.255.255"),
    "this machine itself": (
        *("127.0.0.1", "127.8.8.8", "::1"),
        *("::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::"),
    ),
    "a link-local address": ("169.254.169.254", "fe80::1", "fe80::1%eth0"),
    "a protocol assignment": ("192.0.0.8", "2001::1", "2001:1ff::1"),
    "a documentation block": (
        *("192.0.2.1", "198.51.100.7", "203.0.113.9", "2001:db8::1", "3fff:fff::1"),
    ),
    "a retired 6to4 relay": ("192.88.99.1",),
    "a benchmarking network": ("198.18.0.1", "198.19.255.255"),
    "a reserved block": ("240.0.0.1", "255.255.255.255"),
    "a retired IPv4-compatible address": ("::127.0.0.1", "::8.8.8.8"),
    "a local NAT64 network": ("64:ff9b:1::1",),
    "a discard-only block": ("100::1",),
    "a segment-routing block": ("5f00::1",),
    "a retired site-local network": ("fec0::1",),
    "a multicast address": ("224.0.0.1", "239.255.255.250", "ff02::1", "ff0e::1"),
    "not a public address": ("4000::1", "64:ff9c::1"),
}


@pytest.mark.parametrize(
    ("address", "what"), [(one, what) for what, each in REFUSED.items() for one in each]
)
def test_an_address_that_leads_home_or_nowhere_is_refused_in_words(address: str, what: str) -> None:
    why = refused(address) or ""
    assert why.startswith(address)
    assert f" is {what}" in why


@pytest.mark.parametrize("text", ["localhost", "", "0x7f000001", "127.1", "example.org"])
def test_what_is_no_address_is_refused(text: str) -> None:
    assert "no IP address" in (refused(text) or "")


def test_a_wrapped_address_is_named_with_what_it_leads_to() -> None:
    why = refused("64:ff9b::a9fe:a9fe") or ""
    assert why.startswith("64:ff9b::a9fe:a9fe (which leads to 169.254.169.254) is ")


@pytest.mark.parametrize(
    ("scheme", "host", "port", "allow", "expected"),
    [
        ("http", "127.0.0.1", 8080, True, True),
        ("http", "127.0.0.1", 8080, False, False),
        ("http", "127.0.0.1", 8080, (), False),
        ("http", "127.0.0.1", 8080, ("127.0.0.1:8080",), True),
        ("http", "127.0.0.1", 8081, ("127.0.0.1:8080",), False),
        ("http", "localhost", 8080, ("127.0.0.1:8080",), False),
        ("http", "nas", None, ("nas:80",), True),
        ("https", "nas", None, ("nas:443",), True),
        ("https", "nas", None, ("nas:80",), False),
        ("https", "nas", None, ("nas",), True),
        ("http", "nas", 8080, ("nas",), False),
        ("http", "nas", 8080, ("  NAS:8080 ",), True),
        ("http", "::1", 8080, ("[::1]:8080",), True),
        ("http", "evil-nas", 8080, ("nas:8080",), False),
    ],
)
def test_only_what_is_named_as_the_url_writes_it_is_permitted(
    scheme: str, host: str, port: int | None, allow: Allow, expected: bool
) -> None:
    assert permitted(scheme, host, port, allow) is expected

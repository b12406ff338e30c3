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


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.8.8.8",
        "0.0.0.0",
        "10.1.2.3",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "100.127.255.255",
        "192.0.0.8",
        "192.0.2.1",
        "192.88.99.1",
        "198.18.0.1",
        "198.19.255.255",
        "198.51.100.7",
        "203.0.113.9",
        "224.0.0.1",
        "239.255.255.250",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b::a00:1",
        "64:ff9b:1::1",
        "2002:7f00:1::",
        "2002:c0a8:101::1",
        "100::1",
        "2001:db8::1",
        "2001::1",
        "fc00::1",
        "fd12:3456::1",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "ff02::1",
        "ff0e::1",
        "4000::1",
    ],
)
def test_an_address_that_leads_home_or_nowhere_is_refused_in_words(address: str) -> None:
    assert address in (refused(address) or "")


@pytest.mark.parametrize("text", ["localhost", "", "0x7f000001", "127.1", "example.org"])
def test_what_is_no_address_is_refused(text: str) -> None:
    assert "no IP address" in (refused(text) or "")


def test_a_wrapped_address_is_named_with_what_it_leads_to() -> None:
    assert "169.254.169.254" in (refused("64:ff9b::a9fe:a9fe") or "")


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

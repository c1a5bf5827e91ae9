"""The guard that decides which socket addresses may be connected to."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spiders.addresses import check, refusal
from spiders.fetching import FetchFailed

CLOSED = [
    "127.0.0.1",
    "127.8.9.10",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",  # carrier-grade NAT
    "169.254.169.254",
    "0.0.0.0",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "192.0.2.1",  # documentation
    "198.18.0.1",  # benchmarking
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::169.254.169.254",
    "64:ff9b:1::1",
    "2002:7f00:1::",  # 6to4 of 127.0.0.1
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",  # Teredo
    "fc00::1",
    "fd00:ec2::254",  # a cloud's metadata on IPv6
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "2001:db8::1",
    "not an address",
]
OPEN = ["1.1.1.1", "193.10.0.1", "2a00:1450:400f::1", "::ffff:1.1.1.1", "64:ff9b::1.1.1.1"]


@pytest.mark.parametrize("address", CLOSED)
def test_closed(address: str) -> None:
    assert address.partition("%")[0] in refusal(address)


@pytest.mark.parametrize("address", OPEN)
def test_open(address: str) -> None:
    assert refusal(address) == ""


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "10.0.0.1", "::ffff:127.0.0.1", "192.168.0.9", "fd00::1"])
def test_a_test_setting_opens_loopback_and_private_networks(address: str) -> None:
    assert refusal(address, allow_private=True) == ""


@pytest.mark.parametrize("address", ["169.254.169.254", "::ffff:169.254.169.254", "0.0.0.0", "224.0.0.1", "fe80::1"])
def test_but_never_link_local_or_multicast(address: str) -> None:
    assert refusal(address, allow_private=True, allow_networks=("0.0.0.0/0", "::/0"))


def test_an_operator_may_open_one_network() -> None:
    assert refusal("10.1.2.3", allow_networks=("10.1.2.0/24",)) == ""
    assert refusal("10.1.3.3", allow_networks=("10.1.2.0/24",))


@given(st.ip_addresses(v=4))
def test_an_address_hidden_in_ipv6_is_judged_as_itself(ip: IPv4Address) -> None:
    assert bool(refusal(str(ip))) == bool(refusal(f"::ffff:{ip}")) == bool(refusal(f"64:ff9b::{ip}"))


@given(st.ip_addresses())
def test_nothing_private_is_ever_open(ip: IPv4Address | IPv6Address) -> None:
    if refusal(str(ip)) == "":
        mapped = ip_address(int(ip) & 0xFFFFFFFF) if isinstance(ip, IPv6Address) and ip.ipv4_mapped else ip
        assert mapped.is_global
        assert not mapped.is_private
        assert not mapped.is_multicast


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://jobb.acme.se/jobs", "jobb.acme.se"),
        ("http://jobb.acme.se:80/", "jobb.acme.se"),
        ("https://JOBB.acme.se.:8443/", "jobb.acme.se:8443"),
        ("http://[::1]:8080/", "::1:8080"),
    ],
)
def test_the_host_key(url: str, host: str) -> None:
    assert check(url) == host


@pytest.mark.parametrize(
    "url",
    ["ftp://x.se/", "file:///etc/passwd", "javascript:alert(1)", "//x.se/", "http://", "http://u:p@x.se/", "http://x:y/", "http://[::1"],
)  # fmt: skip
def test_what_is_not_asked(url: str) -> None:
    with pytest.raises(FetchFailed) as failure:
        check(url)
    assert failure.value.code == "address-refused"


@given(st.text())
def test_any_text_is_a_host_or_refused(text: str) -> None:
    code = ""
    try:
        host = check(text)
    except FetchFailed as failure:
        host, code = "", failure.code
    assert bool(host) != (code == "address-refused")

"""Which addresses may be asked at all. Pure; `spiders.download` asks here for the very socket address it connects to.

A partner's YAML, a feed's link and a redirect are other people's words. None of them may make this server talk to
itself, to its neighbours or to its cloud's metadata service, whatever name or notation they use for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

from spiders.fetching import FetchFailed, shown

_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052: the last 32 bits are an IPv4 address
_NAT64_LOCAL = IPv6Network("64:ff9b:1::/48")  # RFC 8215, by its nature not public

Ip = IPv4Address | IPv6Address


def forms(ip: Ip) -> Iterator[Ip]:
    """The addresses to judge this one by.

    What is only another notation of an IPv4 address (mapped, NAT64) is judged as that; tunnels that carry one in them
    (compatible, 6to4, Teredo) are judged as themselves and as each of those.
    """
    if not isinstance(ip, IPv6Address):
        yield ip
    elif ip.ipv4_mapped is not None:
        yield ip.ipv4_mapped
    elif ip in _NAT64:
        yield IPv4Address(int(ip) & 0xFFFFFFFF)
    else:
        yield ip
        hidden = [ip.sixtofour, *(ip.teredo or ())]
        if int(ip) >> 32 == 0:
            hidden.append(IPv4Address(int(ip)))
        yield from (found for found in hidden if found is not None)


def refusal(address: str, *, allow_private: bool = False, allow_networks: Iterable[str] = ()) -> str:
    """Why this IP address must not be connected to, in words; empty when it may be.

    `allow_private` opens loopback and private networks, `allow_networks` (CIDR) the ones it names. Link-local,
    multicast and unspecified addresses stay closed.
    """
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return f"{address} is not an IP address"
    for form in forms(ip):
        if form.is_multicast or form.is_link_local or form.is_unspecified:
            return f"{address} is a link-local, multicast or unspecified address"
        if _public(form) or (allow_private and (form.is_loopback or form.is_private)):
            continue
        if not any(form in _network(network) for network in allow_networks):
            return f"{address} is not a public address"
    return ""


def check(url: str) -> str:
    """The host key of an address that may be asked: its host, and its port when that is not the scheme's own.

    Raises `FetchFailed("address-refused")` for another scheme than http or https, credentials or no host.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise FetchFailed("address-refused", f"{shown(url)}: {error}") from error
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise FetchFailed("address-refused", f"{shown(url)} is not an http or https address")
    if parts.username is not None or parts.password is not None:
        raise FetchFailed("address-refused", f"{shown(url)}: credentials in an address are not used")
    host = parts.hostname.rstrip(".")
    return host if port in (None, 80, 443) else f"{host}:{port}"


def _public(ip: Ip) -> bool:
    site_local = isinstance(ip, IPv6Address) and (ip.is_site_local or ip in _NAT64_LOCAL)
    return ip.is_global and not ip.is_reserved and not site_local


@lru_cache
def _network(text: str) -> IPv4Network | IPv6Network:
    return ip_network(text, strict=False)

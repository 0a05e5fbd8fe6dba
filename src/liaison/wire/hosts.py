"""Which hosts may be called for which purpose, and at which network address.

A host that the operator configured is named exactly. A host that only a service's answer named (an upload address)
must end in a configured suffix, be https on the usual port, and resolve to public addresses, one of which is then
the one connected to. Source: reliability-performance.md A5, T6.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Mapping
from dataclasses import dataclass

import httpx2

from liaison.errors import UpstreamSurprise, UpstreamUnavailable

_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class AllowedHosts:
    """Exact origins (`https://graph.microsoft.com`), and suffixes (`.sharepoint.com`) for hosts below them."""

    origins: frozenset[str] = frozenset()
    suffixes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Target:
    """A checked address. `pinned` is the network address to connect to, empty to let the library resolve."""

    url: httpx2.URL
    origin: str
    pinned: str = ""


def origin_of(address: str | httpx2.URL) -> str:
    """Scheme, host and port, as in `https://host` or `http://host:8301`; empty when there is none.

    Parsed by the library that will connect, so that two readers of one address cannot disagree.
    """
    try:
        url = httpx2.URL(address)
    except (httpx2.InvalidURL, ValueError):
        return ""
    if url.scheme not in _PORTS or not url.host or url.userinfo:
        return ""
    host = f"[{url.host}]" if ":" in url.host else url.host.lower()
    port = url.port or _PORTS[url.scheme]
    return f"{url.scheme}://{host}" + ("" if port == _PORTS[url.scheme] else f":{port}")


def is_same_origin(one: str, other: str) -> bool:
    """False also when either is no http address."""
    return bool(origin_of(one)) and origin_of(one) == origin_of(other)


async def check_address(service: str, purpose: str, address: str, hosts: Mapping[str, AllowedHosts]) -> Target:
    """The address as a target, when the purpose's rule allows it. Raises UpstreamSurprise otherwise."""
    origin = origin_of(address)
    allowed = hosts.get(purpose, AllowedHosts())
    if not origin:
        raise UpstreamSurprise(service, "address_unreadable")
    url = httpx2.URL(address)
    if origin in {origin_of(one) for one in allowed.origins}:
        # Names below localhost do not resolve on many machines; RFC 6761 says they are loopback.
        return Target(url, origin, "127.0.0.1" if url.host.endswith(".localhost") else "")
    if not _is_below(url, allowed.suffixes):
        raise UpstreamSurprise(service, "host_not_allowed", path=url.host)
    return Target(url, origin, await _public_address(service, url.host))


def _is_below(url: httpx2.URL, suffixes: tuple[str, ...]) -> bool:
    if url.scheme != "https" or url.port not in {None, 443}:
        return False
    return any(url.host.lower().endswith("." + suffix.lstrip(".").lower()) for suffix in suffixes)


async def _public_address(service: str, host: str) -> str:
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, 443, type=socket.SOCK_STREAM)
    except OSError as cause:
        raise UpstreamUnavailable(service, "name_not_resolved") from cause
    addresses = [str(entry[4][0]) for entry in found]
    # One private address among public ones is how a rebinding name looks.
    if not addresses or not all(is_public(address) for address in addresses):
        raise UpstreamSurprise(service, "host_not_public", path=host)
    return addresses[0]


def is_public(address: str) -> bool:
    """Is this network address one of the public Internet, also when it hides an IPv4 address in IPv6?"""
    try:
        found = ipaddress.ip_address(address.split("%", 1)[0])
    except ValueError:
        return False
    inner = getattr(found, "ipv4_mapped", None) or getattr(found, "sixtofour", None)
    if inner is not None:
        found = inner
    return found.is_global and not found.is_multicast

"""The tenant's own addresses: which host names and ports are ours, and which environment answers on each."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from liaison.tenant.estate import Estate
from liaison.tenant.seeds.company import ENVIRONMENTS

_LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True)
class OwnAddress:
    """An origin of this tenant, as a client wrote it; `port` is None when the client left it out."""

    scheme: str
    host: str
    port: int | None


def is_loopback_name(host: str) -> bool:
    """Whether a host name means this machine: localhost, names below it, and the loopback addresses."""
    return host in _LOOPBACK_NAMES or host.endswith(".localhost")


def read_own_address(estate: Estate, url: str) -> OwnAddress | None:
    """The own origin that `url` names, with or without its port or a trailing slash; None for anything else."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    host = parts.hostname or ""
    if parts.scheme not in ("http", "https") or not is_loopback_name(host):
        return None
    if parts.path not in ("", "/") or parts.query or parts.fragment or parts.username:
        return None
    if port is not None and not _is_own_port(estate, port):
        return None
    return OwnAddress(parts.scheme, host, port)


def environment_of(estate: Estate, host: str, port: int | None) -> str:
    """The key of the environment that answers at a host name and port: the name decides, then the port."""
    label = host.split(".", maxsplit=1)[0]
    if host.endswith(".localhost") and any(label == environment.key for environment in ENVIRONMENTS):
        return label
    if port is not None and port in estate.environment_ports:
        return estate.environment_ports[port]
    return ENVIRONMENTS[0].key


def _is_own_port(estate: Estate, port: int) -> bool:
    # An estate that is not served yet (tests in one process) has no ports to compare with.
    return not estate.origins or any(urlsplit(origin).port == port for origin in estate.origins)

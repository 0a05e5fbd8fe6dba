"""Bringing a file from its short-lived address to this machine; the address needs no token and gets none."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urljoin

from liaison.cli.http import opened
from liaison.errors import FileExists, FileUnknown, UpstreamRefused

_CHUNK_BYTES = 256 * 1024
_MOST_HOPS = 5


def fetch(address: str, target: Path) -> int:
    """The file's size. Raises FileExists rather than write over a file, FileUnknown, UpstreamRefused."""
    if target.exists():
        raise FileExists(str(target))
    for _ in range(_MOST_HOPS):
        with opened("GET", address) as response:
            led = response.getheader("Location", "")
            if response.status in {301, 302, 303, 307, 308} and led:
                address = urljoin(address, led)
                continue
            if response.status in {404, 410}:
                raise FileUnknown(target.name)
            if response.status != 200:
                raise UpstreamRefused("graph", str(response.status), response.getheader("request-id", ""))
            with target.open("xb") as file:
                while chunk := response.read(_CHUNK_BYTES):
                    file.write(chunk)
            return target.stat().st_size
    raise UpstreamRefused("graph", "redirects")

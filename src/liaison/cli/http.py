"""HTTP over the standard library: one request, one answer, no redirect followed."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import Any, Protocol
from urllib.parse import urlencode, urlsplit

TIMEOUT_S = 120.0


class Readable(Protocol):
    """What a body can be read from, piece by piece."""

    def read(self, size: int = -1, /) -> bytes: ...


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes
    cookies: tuple[str, ...] = ()
    """The Set-Cookie lines."""

    def json(self) -> Any:
        """Raises UpstreamSurprise when the body is not JSON: some other server has answered."""
        try:
            return json.loads(self.body)
        except ValueError:
            from liaison.errors import UpstreamSurprise

            raise UpstreamSurprise("liaison", str(self.status), path="$") from None


def send(
    method: str,
    address: str,
    headers: Mapping[str, str] | None = None,
    body: bytes | Readable | None = None,
) -> Answer:
    """Raises UpstreamUnavailable when nobody answers there."""
    with opened(method, address, headers, body) as response:
        lines = [(name.lower(), value) for name, value in response.getheaders()]
        cookies = tuple(value for name, value in lines if name == "set-cookie")
        return Answer(response.status, dict(lines), response.read(), cookies)


@contextmanager
def opened(
    method: str,
    address: str,
    headers: Mapping[str, str] | None = None,
    body: bytes | Readable | None = None,
) -> Iterator[HTTPResponse]:
    """The answer while it comes in."""
    parts = urlsplit(address)
    connection = _connect(parts.scheme, parts.hostname or "", parts.port)
    target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    try:
        connection.request(method, target, body, dict(headers or {}))
        yield connection.getresponse()
    except (OSError, HTTPException):
        from liaison.errors import UpstreamUnavailable

        raise UpstreamUnavailable("liaison") from None
    finally:
        connection.close()


def _connect(scheme: str, host: str, port: int | None) -> HTTPConnection:
    if scheme != "https":
        return HTTPConnection(host, port, timeout=TIMEOUT_S)
    import ssl

    context = ssl.create_default_context(cafile=os.environ.get("LIAISON_CA_FILE") or None)
    return HTTPSConnection(host, port, timeout=TIMEOUT_S, context=context)


def with_query(address: str, query: Mapping[str, Any]) -> str:
    """The address with its query; empty values are left out, lists repeated."""
    given = {name: value for name, value in query.items() if value not in ("", None, [], ())}
    return f"{address}?{urlencode(given, doseq=True)}" if given else address


def send_form(address: str, fields: Mapping[str, str], headers: Mapping[str, str] | None = None) -> Answer:
    sent = {"Content-Type": "application/x-www-form-urlencoded", **(headers or {})}
    return send("POST", address, sent, urlencode(fields).encode())

"""One HTTP client for both sides: a socket kept open, one request at a time, bodies read to their end."""

from __future__ import annotations

import socket
import time

# Servers close idle connections, one after five seconds.
_IDLE_S = 3.0


class Wire:
    """Requests to one port of this machine."""

    def __init__(self, port: int, headers: dict[str, str] | None = None) -> None:
        self._port, self._headers = port, headers or {}
        self._socket: socket.socket | None = None
        self._used_at = 0.0

    def get(self, path: str, headers: dict[str, str] | None = None) -> bytes:
        """The body of a 200; raises RuntimeError for every other answer."""
        lines = "".join(f"{name}: {value}\r\n" for name, value in {**self._headers, **(headers or {})}.items())
        connection = self._connection()
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\n{lines}\r\n".encode())
        status, body = _read(connection)
        self._used_at = time.monotonic()
        if status != 200:
            raise RuntimeError(f"{path}: {status} {body[:300]!r}")
        return body

    def _connection(self) -> socket.socket:
        if self._socket is None or time.monotonic() - self._used_at > _IDLE_S:
            self._socket = socket.create_connection(("127.0.0.1", self._port))
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self._socket


def _read(connection: socket.socket) -> tuple[int, bytes]:
    buffer = b""
    while (end := buffer.find(b"\r\n\r\n")) < 0:
        buffer += connection.recv(1 << 18)
    head, body = buffer[:end].lower(), bytearray(buffer[end + 4 :])
    if b"transfer-encoding: chunked" in head:
        while not body.endswith(b"0\r\n\r\n"):
            body += connection.recv(1 << 18)
    else:
        length = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0])
        while len(body) < length:
            body += connection.recv(1 << 18)
    return int(head.split(b" ", 2)[1]), bytes(body)

"""The log of calls: one line of JSON a call, made only of what may be shown."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import cast

import orjson
import structlog
from structlog.stdlib import BoundLogger, add_log_level, filter_by_level

from liaison.wire.messages import Ask
from liaison.wire.redact import show_headers, show_query


def _as_json(value: object, default: object = None, **_: object) -> str:
    return orjson.dumps(value, default=str).decode()


# Lines go to the standard logging tree, silent until a process sets it up: the command line must keep its output clean.
_log = cast(
    "BoundLogger",
    structlog.wrap_logger(
        logging.getLogger("liaison.wire"),
        processors=[filter_by_level, add_log_level, structlog.processors.JSONRenderer(serializer=_as_json)],
        wrapper_class=BoundLogger,
    ),
)

# The HTTP library's own loggers write addresses with their queries and the headers of answers: both may hold secrets.
for _name in ("httpx2", "httpcore2"):
    logging.getLogger(_name).setLevel(logging.WARNING)


@dataclass(frozen=True)
class CallLine:
    """One call as the ledger keeps it: never a body, a token or an id. `status` 0 means that no answer came."""

    service: str
    method: str
    host: str
    path: str
    status: int
    ms: float


def write_call(line: CallLine, ask: Ask, request_id: str, service_request_id: str, trouble: str = "") -> None:
    """One line about one try."""
    write = _log.warning if trouble or line.status >= 500 else _log.info
    write(
        "call",
        service=line.service,
        method=line.method,
        host=line.host,
        path=line.path,
        query=show_query(ask.address),
        headers=show_headers(ask.headers),
        status=line.status,
        ms=round(line.ms, 1),
        request_id=request_id,
        service_request_id=service_request_id,
        trouble=trouble,
    )

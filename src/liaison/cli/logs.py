"""The log of a serving process: one line an event, for people or as JSON, with what looks like a secret hidden."""

from __future__ import annotations

import logging
import re
import sys
from typing import Any, TextIO

import orjson
import structlog
from structlog.typing import EventDict, Processor

HIDDEN = "…"
_SECRETS = re.compile(
    r"eyJ[\w-]{8,}\.[\w-]+\.[\w-]*"  # a token
    r"|(?<=bearer )[^\s\"',;]+"
    r"|(?<=basic )[^\s\"',;]{8,}"
    r"|(?<=://)[^\s/@:]+:[^\s/@]+(?=@)"  # name and password in an address
    r"|(?P<name>(?<=[?&])(?:code|state|session_state|sig|tempauth)"
    r"|(?<![\w-])(?:access_token|refresh_token|id_token|client_secret|client_assertion|assertion|code_verifier"
    r"|password|cookie|set-cookie|authorization))"
    r"(?P<sign>[\"']?\s*[=:]\s*[\"']?)[^&\s\"',}]+",
    re.IGNORECASE,
)


def hide_secrets(line: str) -> str:
    """The line with tokens, passwords and secret parameters replaced."""
    return _SECRETS.sub(lambda found: f"{found['name'] or ''}{found['sign'] or ''}{HIDDEN}", line)


class _HidingFormatter(structlog.stdlib.ProcessorFormatter):
    """Looks at the finished line, so that nothing gets past it: not other libraries' lines, not tracebacks."""

    def format(self, record: logging.LogRecord) -> str:
        return hide_secrets(super().format(record))


def configure_logging(form: str, level: str, stream: TextIO = sys.stderr) -> None:
    """Set up the log of this process once. `form` is "console" or "json"."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _unpack,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(_HidingFormatter(foreign_pre_chain=shared, processors=_ending(form, stream)))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in ("uvicorn.access", "asyncio"):
        logging.getLogger(name).setLevel(logging.WARNING)


def _ending(form: str, stream: TextIO) -> list[Processor]:
    drop: Processor = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    if form == "json":
        return [drop, structlog.processors.format_exc_info, structlog.processors.JSONRenderer(serializer=_as_json)]
    plain = structlog.dev.plain_traceback
    return [drop, structlog.dev.ConsoleRenderer(colors=stream.isatty(), exception_formatter=plain)]


def _as_json(value: object, default: object = None, **_: object) -> str:
    return orjson.dumps(value, default=str).decode()


def _unpack(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """A line that is JSON already becomes fields, and is not wrapped a second time."""
    text = event.get("event")
    if isinstance(text, str) and text.startswith("{") and text.endswith("}"):
        try:
            inner = orjson.loads(text)
        except orjson.JSONDecodeError:
            return event
        return {**event, **inner}
    return event

"""The log of a process hides what looks like a secret, whoever writes it."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from liaison.cli.logs import configure_logging, hide_secrets

TOKEN = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.c2lnbmF0dXJl"


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.mark.parametrize(
    "line",
    [
        f"token is {TOKEN}",
        "Authorization: Bearer canary.canary",
        "authorization='Basic Y2FuYXJ5OmNhbmFyeQ=='",
        "GET /auth/callback?code=canary&state=canary2",
        "grant_type=refresh_token&refresh_token=canary&client_secret=canary",
        '{"access_token": "canary", "id_token":"canary"}',
        "postgresql+psycopg://liaison:canary@db/liaison",
        "https://contoso.sharepoint.com/upload?tempauth=canary",
        "{'password': 'canary'}",
        "cookie: canary",
    ],
)
def test_secrets_in_a_line_are_hidden(line: str) -> None:
    hidden = hide_secrets(line)
    assert "canary" not in hidden
    assert TOKEN not in hidden
    assert "…" in hidden


@pytest.mark.parametrize(
    "line",
    [
        "worker.ready executor=host-1-ab12",
        "status=200 path=/teams/{team}/channels",
        "error code 800503ca, state connected",
        "link.connected state=connected code=channel.gone",
        '{"code": "channel.gone", "state": "undone"}',
        "2027-03-01T09:00:00Z [info] http://localhost:8300",
    ],
)
def test_ordinary_lines_stay_as_they_are(line: str) -> None:
    assert hide_secrets(line) == line


@pytest.mark.parametrize("form", ["json", "console"])
def test_no_writer_gets_a_secret_into_the_log(form: str) -> None:
    stream = io.StringIO()
    configure_logging(form, "debug", stream)
    structlog.stdlib.get_logger("liaison.test").info("called", header=f"Bearer {TOKEN}")
    logging.getLogger("somebody.else").warning("sent %s", {"client_secret": "canary"})
    try:
        int(f"refresh_token=canary&x=1 {TOKEN}")
    except ValueError:
        structlog.stdlib.get_logger("liaison.test").exception("failed")
        logging.getLogger("somebody.else").exception("failed")
    written = stream.getvalue()
    assert "ValueError" in written
    assert "canary" not in written
    assert TOKEN not in written


def test_a_line_of_json_is_one_object_with_the_writers_fields() -> None:
    stream = io.StringIO()
    configure_logging("json", "info", stream)
    structlog.stdlib.get_logger("liaison.engine").info("worker.ready", executor="e1")
    logging.getLogger("liaison.wire").info('{"event": "call", "service": "graph", "status": 200}')
    logging.getLogger("liaison.wire").debug("not this")
    first, second = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert (first["event"], first["executor"], first["level"], first["logger"]) == (
        "worker.ready",
        "e1",
        "info",
        "liaison.engine",
    )
    assert (second["event"], second["service"], second["status"]) == ("call", "graph", 200)
    assert first["timestamp"].endswith("Z")

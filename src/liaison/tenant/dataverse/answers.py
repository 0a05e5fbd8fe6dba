"""One operation from its address to its answer; parts of a batch come through here too.

Source: web-api-service-documents.md; compose-http-requests-handle-errors.md.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from liaison.tenant.dataverse.batch.answers import answer_batch
from liaison.tenant.dataverse.batch.parts import Watch
from liaison.tenant.dataverse.errors import (
    DataverseError,
    query_error,
    query_too_heavy,
    unknown_segment,
    wrong_method,
)
from liaison.tenant.dataverse.limits import MOST_STEPS, Throttle, require_available
from liaison.tenant.dataverse.metadata.answers import (
    METADATA_SETS,
    answer_csdl,
    answer_metadata,
    answer_service_document,
)
from liaison.tenant.dataverse.operations.unbound import answer_unbound, is_unbound
from liaison.tenant.dataverse.paths import Segment, read_path
from liaison.tenant.dataverse.requests import LONGEST_URL, LONGEST_URL_IN_BATCH, ContentReferences, Exchange
from liaison.tenant.dataverse.responses import Reply, error_reply
from liaison.tenant.dataverse.rows.resources import answer_rows
from liaison.tenant.dataverse.session import Session, open_session, refreshed
from liaison.tenant.dataverse.webhooks import publish
from liaison.tenant.estate import Estate
from liaison.tenant.estate.database import ReadTooHeavy
from liaison.tenant.mishaps import ConnectionDropped

_BATCHES = ("$batch", "%24batch")
log = logging.getLogger(__name__)


async def answer(
    estate: Estate, exchange: Exchange, host: str, port: int | None, throttle: Throttle, watch: Watch
) -> Reply:
    """Answer a request from the wire; every failure has the service's shape."""
    request_id = estate.ids.guid()
    remaining: dict[str, str] = {}
    try:
        require_available(estate)
        session = open_session(estate, exchange, host, port)
        remaining = throttle.admit(session)
        try:
            if exchange.method == "POST" and exchange.path.strip("/") in _BATCHES:
                reply = await answer_batch(session, exchange, answer_operation, watch)
            else:
                reply = answer_operation(session, exchange, ContentReferences())
        finally:
            # What an operation that fails had changed is taken back, and is not in the list either.
            publish(session)
    except ConnectionDropped:
        raise
    except DataverseError as error:
        reply = error_reply(error, exchange.preferences)
    except RecursionError:
        reply = error_reply(query_error("The request is nested too deep."), exchange.preferences)
    except Exception:
        log.exception("defect in %s %s, request %s", exchange.method, exchange.path, request_id)
        reply = error_reply(
            DataverseError(500, "0x80040216", f"An unexpected error occurred. Request id: {request_id}"),
            exchange.preferences,
        )
    reply.headers = {
        "OData-Version": "4.0",
        "x-ms-service-request-id": request_id,
        "REQ_ID": request_id,
        **remaining,
        **reply.headers,
    }  # fmt: skip
    return reply


def answer_operation(session: Session, exchange: Exchange, references: ContentReferences) -> Reply:
    """Answer one operation of an opened session. Raises DataverseError."""
    if exchange.in_batch:
        session = refreshed(session)
    limit = LONGEST_URL_IN_BATCH if exchange.in_batch else LONGEST_URL
    if len(exchange.url) > limit:
        raise DataverseError(414, "0x80060888", f"The URL is longer than {limit} characters.")
    segments = read_path(references.resolve_path(exchange.path, exchange.root))
    if not segments:
        return _only("GET", exchange, lambda: answer_service_document(session))
    if exchange.method != "GET":
        return _answer_segments(session, exchange, segments, references)
    try:
        with session.estate.db.bounded(MOST_STEPS):
            return _answer_segments(session, exchange, segments, references)
    except ReadTooHeavy as error:
        raise query_too_heavy() from error


def _answer_segments(
    session: Session, exchange: Exchange, segments: Sequence[Segment], references: ContentReferences
) -> Reply:
    head = segments[0]
    if head.name in ("$metadata", "$batch") and len(segments) > 1:
        raise unknown_segment(segments[1].text)
    if head.name == "$metadata":
        return _only("GET", exchange, lambda: answer_csdl(session, exchange))
    if head.name == "$batch":
        if exchange.in_batch:
            raise query_error("A batch cannot hold another batch.")
        raise wrong_method(exchange.method, exchange.path)
    if head.name in METADATA_SETS:
        return answer_metadata(session, exchange, segments)
    if head.name in session.model.sets:
        return answer_rows(session, exchange, segments, references)
    if is_unbound(head):
        return answer_unbound(session, exchange, head)
    raise unknown_segment(head.name)


def _only(method: str, exchange: Exchange, act: Callable[[], Reply]) -> Reply:
    if exchange.method != method:
        raise wrong_method(exchange.method, exchange.path)
    return act()

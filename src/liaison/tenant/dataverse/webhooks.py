"""Webhooks: who asked to hear of a change is told after it is stored, with the context as JSON.

Delivery follows the answer to the writer, for synchronous steps too. One more attempt is made for 502, 503 and 504;
then a failed system job is kept. Source: use-webhooks.md, register-web-hook.md.
"""

# ruff: noqa: S608 - names come from table definitions, never from a request; every value is bound.
from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from xml.etree.ElementTree import ParseError

import orjson
from defusedxml.common import DefusedXmlException  # type: ignore[import-untyped]
from defusedxml.ElementTree import fromstring  # type: ignore[import-untyped]

from liaison.tenant.dataverse.session import Happening, Session, table_rows
from liaison.tenant.dataverse.sql.values import read_moment
from liaison.tenant.estate import Estate
from liaison.tenant.estate.crm.columns import CHOICES, LOOKUPS, Column, Kind, type_name
from liaison.tenant.estate.crm.model import TableModel
from liaison.tenant.estate.crm.rows import insert_row

TIMEOUT_S = 60.0
LARGEST_BODY = 256 * 1024

_CONTRACTS = "http://schemas.microsoft.com/xrm/2011/Contracts"
_WEBHOOK = 8
_KEY, _HEADER, _QUERY = 4, 5, 6
_AGAIN = frozenset({502, 503, 504})
_FAILED = 31
_log = logging.getLogger(__name__)
_running: set[asyncio.Task[None]] = set()


@dataclass(frozen=True)
class Delivery:
    """One message to one address; `step_id` names who asked for it."""

    url: str
    headers: Mapping[str, str]
    body: bytes
    step_id: str
    step_name: str


def publish(session: Session) -> None:
    """Send what this session changed to those who asked; returns at once."""
    if not session.happened:
        return
    deliveries = [found for happening in session.happened for found in _deliveries(session, happening)]
    for delivery in deliveries:
        task = asyncio.get_running_loop().create_task(
            _deliver(session.estate, session.table("asyncoperation"), delivery)
        )
        _running.add(task)
        task.add_done_callback(_running.discard)


async def _deliver(estate: Estate, jobs: TableModel, delivery: Delivery) -> None:
    import httpx2  # noqa: PLC0415 - large, and needed only where somebody asked to be told

    problem = ""
    async with httpx2.AsyncClient(timeout=TIMEOUT_S) as client:
        for attempt in range(2):
            try:
                answer = await client.post(delivery.url, content=delivery.body, headers=dict(delivery.headers))
            except httpx2.HTTPError as error:
                problem = f"{type(error).__name__}: {error}"
                break
            if answer.is_success:
                return
            problem = f"The webhook answered with status {answer.status_code}."
            if attempt == 1 or answer.status_code not in _AGAIN:
                break
    _log.warning("webhook %s failed: %s", delivery.step_name, problem)
    _keep_failure(estate, jobs, delivery, problem)


def _deliveries(session: Session, happening: Happening) -> list[Delivery]:
    rows = session.estate.db.rows(
        "SELECT s.sdkmessageprocessingstepid, s.name, s.filteringattributes, s.mode, s.stage, e.url, e.authtype,"
        " e.authvalue, e.contract, f.primaryobjecttypecode"
        f" FROM {table_rows(session, 'sdkmessageprocessingstep')} s"
        f" JOIN {table_rows(session, 'sdkmessage')} m ON m.sdkmessageid = s.sdkmessageid"
        f" JOIN {table_rows(session, 'serviceendpoint')} e ON e.serviceendpointid = s.eventhandler"
        f" LEFT JOIN {table_rows(session, 'sdkmessagefilter')} f ON f.sdkmessagefilterid = s.sdkmessagefilterid"
        " WHERE s.statecode = 0 AND m.name = ?",
        (happening.message,),
    )
    return [
        _delivery(session, happening, row)
        for row in rows
        if row["contract"] == _WEBHOOK and row["url"] and _concerns(happening, row)
    ]


def _concerns(happening: Happening, step: Any) -> bool:
    table = step["primaryobjecttypecode"]
    if table not in (None, "none", happening.table.name):
        return False
    wanted = {name.strip() for name in (step["filteringattributes"] or "").split(",") if name.strip()}
    return happening.message != "Update" or not wanted or bool(wanted & set(happening.values))


def _delivery(session: Session, happening: Happening, step: Any) -> Delivery:
    context = _context(session, happening, step)
    body = orjson.dumps(context).replace(b"/Date(", b"\\/Date(").replace(b")/", b")\\/")
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "x-ms-dynamics-organization": session.root.partition("//")[2].partition("/")[0],
        "x-ms-dynamics-entity-name": happening.table.name,
        "x-ms-dynamics-request-name": happening.message,
        "x-ms-correlation-request-id": context["CorrelationId"],
    }
    if len(body) > LARGEST_BODY:
        headers["x-ms-dynamics-msg-size-exceeded"] = "true"
        for name in ("ParentContext", "InputParameters", "PreEntityImages", "PostEntityImages"):
            context[name] = None
        body = orjson.dumps(context)
    url = _authorize(str(step["url"]), step["authtype"], step["authvalue"], headers)
    return Delivery(url, headers, body, step["sdkmessageprocessingstepid"], step["name"] or "")


def _authorize(url: str, kind: int | None, value: str | None, headers: dict[str, str]) -> str:
    """Put the endpoint's secret where its kind says: a key in the address, headers, or query parameters."""
    if not value:
        return url
    joint = "&" if "?" in url else "?"
    if kind == _KEY:
        return f"{url}{joint}{urlencode({'code': value})}"
    settings = _settings(value)
    if kind == _HEADER:
        headers.update(settings)
    elif kind == _QUERY and settings:
        return f"{url}{joint}{urlencode(settings)}"
    return url


def _settings(text: str) -> dict[str, str]:
    try:
        root = fromstring(text)
    except (ParseError, DefusedXmlException):
        return {}
    return {part.get("name", ""): part.get("value", "") for part in root.findall("setting") if part.get("name")}


def _context(session: Session, happening: Happening, step: Any) -> dict[str, Any]:
    now = session.now
    made = f"/Date({int(now.timestamp() * 1000)})/"
    correlation = session.estate.ids.guid()
    return {
        "BusinessUnitId": session.user.business_unit,
        "CorrelationId": correlation,
        "Depth": 1,
        "InitiatingUserId": (session.delegate or session.user).id,
        "InputParameters": [{"key": "Target", "value": _target(happening)}],
        "IsExecutingOffline": False,
        "IsInTransaction": False,
        "IsOfflinePlayback": False,
        "IsolationMode": 1,
        "MessageName": happening.message,
        "Mode": step["mode"] or 0,
        "OperationCreatedOn": made,
        "OperationId": session.estate.ids.guid(),
        "OrganizationId": session.state.organization_id,
        "OrganizationName": session.state.name,
        "OutputParameters": [{"key": "id", "value": happening.row_id}] if happening.message == "Create" else [],
        "OwningExtension": {
            "Id": step["sdkmessageprocessingstepid"], "KeyAttributes": [], "LogicalName": "sdkmessageprocessingstep",
            "Name": step["name"], "RowVersion": None,
        },
        "ParentContext": None,
        "PostEntityImages": [],
        "PreEntityImages": [],
        "PrimaryEntityId": happening.row_id,
        "PrimaryEntityName": happening.table.name,
        "RequestId": correlation,
        "SecondaryEntityName": "none",
        "SharedVariables": [],
        "Stage": step["stage"] or 40,
        "UserId": session.user.id,
    }  # fmt: skip


def _target(happening: Happening) -> dict[str, Any]:
    if happening.message == "Delete":
        return {
            "__type": f"EntityReference:{_CONTRACTS}", "Id": happening.row_id, "KeyAttributes": [],
            "LogicalName": happening.table.name, "Name": None, "RowVersion": None,
        }  # fmt: skip
    attributes = [
        {"key": column.name, "value": _value(happening, column, happening.values[column.name])}
        for column in happening.table.columns
        if column.name in happening.values and column.name != "versionnumber"
    ]
    return {
        "__type": f"Entity:{_CONTRACTS}", "Attributes": attributes, "EntityState": None, "FormattedValues": [],
        "Id": happening.row_id, "KeyAttributes": [], "LogicalName": happening.table.name, "RelatedEntities": [],
        "RowVersion": None,
    }  # fmt: skip


def _value(happening: Happening, column: Column, value: Any) -> Any:
    if value is None:
        return None
    if column.kind in CHOICES:
        return {"__type": f"OptionSetValue:{_CONTRACTS}", "Value": value}
    if column.kind is Kind.BOOLEAN:
        return bool(value)
    if column.kind is Kind.MONEY:
        return {"__type": f"Money:{_CONTRACTS}", "Value": value}
    if column.kind is Kind.MOMENT:
        moment = read_moment(str(value))
        return None if moment is None else f"/Date({int(moment.timestamp() * 1000)})/"
    if column.kind in LOOKUPS:
        table = happening.values.get(type_name(column)) if column.many_targets else column.targets[0].table
        return {
            "__type": f"EntityReference:{_CONTRACTS}", "Id": value, "KeyAttributes": [], "LogicalName": table,
            "Name": None, "RowVersion": None,
        }  # fmt: skip
    return value


def _keep_failure(estate: Estate, jobs: TableModel, delivery: Delivery, problem: str) -> None:
    stamp = estate.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    values = {
        "asyncoperationid": estate.ids.guid(), "name": delivery.step_name[:256], "operationtype": 1,
        "friendlymessage": problem[:4000], "message": problem, "errorcode": -2147187424, "statecode": 3,
        "statuscode": _FAILED, "startedon": stamp, "completedon": stamp, "createdon": stamp, "modifiedon": stamp,
        "owningextensionid": delivery.step_id,
    }  # fmt: skip
    insert_row(estate, jobs, values)

"""Exporting a solution, and changing what belongs to it.

Source: ExportSolution, AddSolutionComponent and RemoveSolutionComponent action reference.
"""

# ruff: noqa: S608 - names come from table definitions, never from a request; every value is bound.
from __future__ import annotations

import base64
import re
from typing import Any
from xml.sax.saxutils import escape

from liaison.tenant.dataverse.errors import DataverseError, invalid_argument, missing_row
from liaison.tenant.dataverse.metadata.permission import require_special
from liaison.tenant.dataverse.operations.parameters import read_object
from liaison.tenant.dataverse.requests import Exchange
from liaison.tenant.dataverse.responses import Reply, json_reply
from liaison.tenant.dataverse.session import Session, table_rows
from liaison.tenant.dataverse.solutions import components
from liaison.tenant.dataverse.solutions.importing import finished_job
from liaison.tenant.dataverse.solutions.package import Maker, Manifest, write_package
from liaison.tenant.dataverse.sql.values import read_guid

_PLAIN = re.compile(r"[^A-Za-z0-9_]")


def export_solution(session: Session, exchange: Exchange) -> Reply:
    """The package as base64."""
    body = exchange.json()
    content = _package(session, body)
    return json_reply(
        {
            "@odata.context": f"{session.metadata_root}#Microsoft.Dynamics.CRM.ExportSolutionResponse",
            "ExportSolutionFile": base64.b64encode(content).decode(),
        }
    )


def export_solution_async(session: Session, exchange: Exchange) -> Reply:
    """A finished system job, and the key to fetch the package with."""
    blob = session.estate.blobs.put(_package(session, exchange.json()))
    job_id = finished_job(session, "Export Solution")
    table = session.table("asyncoperation")
    with session.estate.db.change() as change:
        change.execute(f"UPDATE {table.sql} SET message = ? WHERE asyncoperationid = ?", (f"export:{blob}", job_id))
    return json_reply(
        {
            "@odata.context": f"{session.metadata_root}#Microsoft.Dynamics.CRM.ExportSolutionAsyncResponse",
            "AsyncOperationId": job_id,
            "ExportJobId": job_id,
        }
    )


def download_export(session: Session, exchange: Exchange) -> Reply:
    """DownloadSolutionExportData: the package of an export job."""
    require_special(session, "prvExportCustomization")
    job_id = read_guid(str(exchange.json().get("ExportJobId"))) or ""
    message = session.estate.db.value(
        f"SELECT message FROM {table_rows(session, 'asyncoperation')} WHERE asyncoperationid = ?", (job_id,)
    )
    if not isinstance(message, str) or not message.startswith("export:"):
        raise missing_row("exportsolutionupload", job_id)
    content = session.estate.blobs.get(message.removeprefix("export:"))
    return json_reply(
        {
            "@odata.context": f"{session.metadata_root}#Microsoft.Dynamics.CRM.DownloadSolutionExportDataResponse",
            "ExportSolutionFile": base64.b64encode(content).decode(),
        }
    )


def add_solution_component(session: Session, exchange: Exchange) -> Reply:
    """The id of the component, new or known."""
    require_special(session, "prvPublishCustomization")
    body = exchange.json()
    solution = components.open_solution(session, _text(body, "SolutionUniqueName"))
    kind, object_id = body.get("ComponentType"), read_guid(str(body.get("ComponentId")))
    if not isinstance(kind, int) or isinstance(kind, bool) or object_id is None:
        raise invalid_argument("Required fields 'ComponentId' and 'ComponentType' are missing.")
    _require_component(session, kind, object_id)
    behavior = 1 if body.get("DoNotIncludeSubcomponents") is True else 0
    made = components.add_component(session, solution["solutionid"], kind, object_id, behavior)
    return json_reply(
        {"@odata.context": f"{session.metadata_root}#Microsoft.Dynamics.CRM.AddSolutionComponentResponse", "id": made}
    )


def remove_solution_component(session: Session, exchange: Exchange) -> Reply:
    """The id of the component that is no longer part of the solution."""
    require_special(session, "prvPublishCustomization")
    body = exchange.json()
    solution = components.open_solution(session, _text(body, "SolutionUniqueName"))
    part = read_object(body.get("SolutionComponent"), "SolutionComponent")
    object_id = read_guid(str(part.get("solutioncomponentid") or body.get("ComponentId")))
    kind = body.get("ComponentType")
    if not isinstance(kind, int) or object_id is None:
        raise invalid_argument("Required fields 'SolutionComponent' and 'ComponentType' are missing.")
    gone = components.remove_component(session, solution["solutionid"], kind, object_id)
    if gone is None:
        raise missing_row("solutioncomponent", object_id)
    return json_reply(
        {
            "@odata.context": f"{session.metadata_root}#Microsoft.Dynamics.CRM.RemoveSolutionComponentResponse",
            "id": gone,
        }
    )


def _require_component(session: Session, kind: int, object_id: str) -> None:
    """Raise 404 when a row or a table of this id does not exist."""
    for name, number in components.COMPONENT_TABLES.items():
        if number == kind:
            table = session.table(name)
            if session.estate.db.value(f"SELECT 1 FROM {table.sql} WHERE {table.key} = ?", (object_id,)) is None:
                raise missing_row(name, object_id)
    if kind == components.TABLE and all(table.id != object_id for table in session.model.definitions):
        raise missing_row("entity", object_id)


def _package(session: Session, body: dict[str, Any]) -> bytes:
    require_special(session, "prvExportCustomization")
    solution = components.find_solution(session, _text(body, "SolutionName"))
    if solution["ismanaged"]:
        raise DataverseError(
            400, "0x80048036", f"The solution '{solution['uniquename']}' is managed and cannot be exported."
        )
    publisher = session.estate.db.row(
        f"SELECT * FROM {table_rows(session, 'publisher')} WHERE publisherid = ?", (solution["publisherid"],)
    )
    parts = session.estate.db.rows(
        "SELECT componenttype, objectid, rootcomponentbehavior"
        f" FROM {table_rows(session, 'solutioncomponent')} WHERE solutionid = ? ORDER BY rowid",
        (solution["solutionid"],),
    )
    resources, files = _web_resources(session, [row[1] for row in parts if row[0] == components.WEB_RESOURCE])
    ribbons = "".join(_ribbon(session, row[1]) for row in parts if row[0] == components.RIBBON)
    roots = tuple((row[0], _root_name(session, row[0], row[1]), row[2] or 0) for row in parts)
    maker = (
        Maker("DefaultPublisher", "Default Publisher", "new", 10_000)
        if publisher is None
        else Maker(
            publisher["uniquename"] or "", publisher["friendlyname"] or "", publisher["customizationprefix"] or "new",
            publisher["customizationoptionvalueprefix"] or 10_000,
        )
    )  # fmt: skip
    manifest = Manifest(
        solution["uniquename"], solution["friendlyname"] or "", solution["description"] or "", solution["version"],
        body.get("Managed") is True, maker, roots,
    )  # fmt: skip
    return write_package(manifest, f"{_entities(session, parts)}{ribbons}{resources}", files)


def _entities(session: Session, parts: Any) -> str:
    """The flags of the solution's tables."""
    by_id = {table.table.id: table for table in session.model.tables.values()}
    found = [by_id[row[1]] for row in parts if row[0] == components.TABLE and row[1] in by_id]
    entities = "".join(
        f'<Entity><Name>{escape(table.table.schema)}</Name><EntityInfo><entity Name="{escape(table.table.schema)}">'
        f"<IsDocumentManagementEnabled>{int(table.flags.documents)}</IsDocumentManagementEnabled>"
        f"<IsMSTeamsIntegrationEnabled>{int(table.flags.teams)}</IsMSTeamsIntegrationEnabled>"
        "</entity></EntityInfo></Entity>"
        for table in found
    )
    return f"<Entities>{entities}</Entities>"


def _web_resources(session: Session, ids: list[str]) -> tuple[str, dict[str, bytes]]:
    parts: list[str] = []
    files: dict[str, bytes] = {}
    table = session.table("webresource")
    for row_id in ids:
        row = session.estate.db.row(f"SELECT * FROM {table.sql} WHERE {table.key} = ?", (row_id,))
        if row is None:
            continue
        extension = row["name"].rpartition(".")[2] if "." in row["name"] else "bin"
        path = f"WebResources/{_PLAIN.sub('', row['name'])}{row_id.upper()}.{_PLAIN.sub('', extension)}"
        files[path] = base64.b64decode(row["content"] or "")
        parts.append(
            f"<WebResource><WebResourceId>{{{row_id}}}</WebResourceId><Name>{escape(row['name'])}</Name>"
            f"<DisplayName>{escape(row['displayname'] or '')}</DisplayName>"
            f"<WebResourceType>{row['webresourcetype']}</WebResourceType>"
            f"<IntroducedVersion>{escape(row['introducedversion'] or '1.0')}</IntroducedVersion>"
            f"<IsEnabledForMobileClient>{row['isenabledformobileclient'] or 0}</IsEnabledForMobileClient>"
            f"<IsAvailableForMobileOffline>{row['isavailableformobileoffline'] or 0}</IsAvailableForMobileOffline>"
            f"<IsCustomizable>{1 if row['iscustomizable'] is None else row['iscustomizable']}</IsCustomizable>"
            f"<CanBeDeleted>{1 if row['canbedeleted'] is None else row['canbedeleted']}</CanBeDeleted>"
            f"<IsHidden>{row['ishidden'] or 0}</IsHidden><FileName>/{escape(path)}</FileName></WebResource>"
        )
    return f"<WebResources>{''.join(parts)}</WebResources>", files


def _ribbon(session: Session, ribbon_id: str) -> str:
    """One ribbon as XML. Only the application's own stands at the top; those of tables are left out."""

    def texts(table: str, column: str, condition: str = "") -> str:
        rows = session.estate.db.rows(
            f"SELECT {column} FROM {table_rows(session, table)} WHERE ribboncustomizationid = ? {condition}"
            " ORDER BY rowid",
            (ribbon_id,),
        )
        return "".join(row[0] or "" for row in rows)

    entity = session.estate.db.value(
        f"SELECT entity FROM {table_rows(session, 'ribboncustomization')} WHERE ribboncustomizationid = ?", (ribbon_id,)
    )
    if entity is not None:
        return ""
    return (
        f"<RibbonDiffXml><CustomActions>{texts('ribbondiff', 'rdx', 'AND difftype < 2')}</CustomActions><Templates/>"
        f"<CommandDefinitions>{texts('ribboncommand', 'commanddefinition')}</CommandDefinitions><RuleDefinitions>"
        f"<TabDisplayRules/><DisplayRules>{texts('ribbonrule', 'ruledefinition', 'AND ruletype = 0')}</DisplayRules>"
        f"<EnableRules>{texts('ribbonrule', 'ruledefinition', 'AND ruletype = 1')}</EnableRules></RuleDefinitions>"
        f"<LocLabels>{texts('ribbondiff', 'rdx', 'AND difftype = 2')}</LocLabels></RibbonDiffXml>"
    )


def _root_name(session: Session, kind: int, object_id: str) -> str:
    if kind == components.WEB_RESOURCE:
        table = session.table("webresource")
        return str(session.estate.db.value(f"SELECT name FROM {table.sql} WHERE {table.key} = ?", (object_id,)) or "")
    if kind == components.TABLE:
        return next((table.name for table in session.model.definitions if table.id == object_id), object_id)
    return f"{{{object_id}}}"


def _text(body: dict[str, Any], name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not value:
        raise invalid_argument(f"Required field '{name}' is missing.")
    return value

"""Importing a solution package: its publisher, its web resources, ribbons and commands, the flags of its tables.

Tables themselves, forms, workflows and what else a package may hold are not made; the import job's report lists them
as left out. Source: ImportSolution action reference; dataverse.md section 8.4.
"""

# ruff: noqa: S608 - names come from table definitions, never from a request; every value is bound.
from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field, replace
from typing import Any
from xml.etree.ElementTree import Element
from xml.sax.saxutils import quoteattr

from liaison.tenant.dataverse.errors import DataverseError, invalid_argument
from liaison.tenant.dataverse.metadata.permission import require_special
from liaison.tenant.dataverse.requests import Exchange
from liaison.tenant.dataverse.responses import Reply, empty_reply, json_reply
from liaison.tenant.dataverse.rows.computed import default_values, stamps
from liaison.tenant.dataverse.rows.ownership import owner_values
from liaison.tenant.dataverse.session import Session, table_rows
from liaison.tenant.dataverse.solutions import components
from liaison.tenant.dataverse.solutions.package import Manifest, Package, inner_xml, read_package, text_of
from liaison.tenant.dataverse.sql.values import read_guid
from liaison.tenant.estate.crm.environments import read_flags, set_flags
from liaison.tenant.estate.crm.rows import insert_row, update_row

_IMPORT_OPERATION = 203
_SUCCEEDED = 30
_LEFT_OUT = ("Roles", "Workflows", "FieldSecurityProfiles", "Templates", "EntityMaps", "EntityRelationships",
             "OrganizationSettings", "optionsets")  # fmt: skip


@dataclass
class _Import:
    """One import while it runs; `notes` become the job's report."""

    session: Session
    package: Package
    solution_id: str
    notes: list[tuple[str, str]] = field(default_factory=list)


def import_solution(session: Session, exchange: Exchange) -> Reply:
    """204; the rows are there when the answer comes, and an import job with the id that was given."""
    _run(session, exchange.json())
    return empty_reply()


def import_solution_async(session: Session, exchange: Exchange) -> Reply:
    """As `import_solution`, with a system job that is finished already."""
    job_id = _run(session, exchange.json())
    return json_reply(
        {
            "@odata.context": f"{session.metadata_root}#Microsoft.Dynamics.CRM.ImportSolutionAsyncResponse",
            "AsyncOperationId": finished_job(session, "Import Solution"),
            "ImportJobKey": job_id,
        }
    )


def finished_job(session: Session, name: str) -> str:
    """A system job that has done its work; returns its id."""
    table = session.table("asyncoperation")
    job_id = session.estate.ids.guid()
    values = {
        "asyncoperationid": job_id, "name": name, "operationtype": _IMPORT_OPERATION, "statecode": 3,
        "statuscode": _SUCCEEDED, "startedon": session.stamp, "completedon": session.stamp,
        **stamps(session, table, new=True), **owner_values(session, session.user.id, "systemuser"),
    }  # fmt: skip
    insert_row(session.estate, table, values)
    return job_id


def _run(session: Session, body: dict[str, Any]) -> str:
    require_special(session, "prvImportCustomization")
    package = read_package(_content(body.get("CustomizationFile")))
    asked = body.get("ImportJobId")
    job_id = read_guid(str(asked)) if asked is not None else session.estate.ids.guid()
    if job_id is None:
        raise invalid_argument("The field 'ImportJobId' must be a guid.")
    jobs = session.table("importjob")
    if session.estate.db.value(f"SELECT 1 FROM {jobs.sql} WHERE importjobid = ?", (job_id,)):
        raise DataverseError(400, "0x80071152", "Parameter ImportJobId must be unique.")
    with session.estate.db.change():
        running = _Import(session, package, _solution(session, package.manifest))
        _web_resources(running)
        _ribbons(running)
        _actions(running)
        _flags(running)
        for name in _LEFT_OUT:
            part = package.customizations.find(name)
            if part is not None and len(part):
                running.notes.append((name, "left out"))
        insert_row(session.estate, jobs, {
            "importjobid": job_id, "name": "Customizations", "solutionname": package.manifest.unique_name[:100],
            "solutionid": running.solution_id, "progress": 100.0, "startedon": session.stamp,
            "completedon": session.stamp, "data": _report(running), "operationcontext": "New",
            **stamps(session, jobs, new=True),
        })  # fmt: skip
    return job_id


def _content(value: Any) -> bytes:
    try:
        return base64.b64decode(value, validate=True)
    except (TypeError, ValueError, binascii.Error) as error:
        raise invalid_argument("Required field 'CustomizationFile' is missing or is not base64.") from error


def _solution(session: Session, manifest: Manifest) -> str:
    """The solution's row, made or brought to the package's version."""
    table = session.table("solution")
    values = {
        "friendlyname": manifest.name, "version": manifest.version, "description": manifest.description or None,
        "ismanaged": int(manifest.managed), "isvisible": 1, "publisherid": _publisher(session, manifest),
        "updatedon": session.stamp,
    }  # fmt: skip
    known = session.estate.db.row(
        f"SELECT solutionid, version, ismanaged FROM {table.sql} WHERE uniquename = ?", (manifest.unique_name,)
    )
    if known is None:
        solution_id = session.estate.ids.guid()
        insert_row(session.estate, table, {
            "solutionid": solution_id, "uniquename": manifest.unique_name, "installedon": session.stamp,
            "solutionpackageversion": "9.2", **values, **stamps(session, table, new=True),
        })  # fmt: skip
        return solution_id
    if bool(known["ismanaged"]) and not manifest.managed:
        raise DataverseError(
            400, "0x8004F036",
            "The import solution must have the same managed type as the solution that is installed.",
        )  # fmt: skip
    if _version(manifest.version) < _version(str(known["version"])):
        raise DataverseError(
            400, "0x80048068", f"Solution {manifest.unique_name} has a lower version than the one that is installed."
        )
    update_row(session.estate, table, known["solutionid"], values | stamps(session, table, new=False))
    return str(known["solutionid"])


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(part) if part.isdecimal() else 0 for part in text.split("."))


def _publisher(session: Session, manifest: Manifest) -> str:
    table, maker = session.table("publisher"), manifest.maker
    known = session.estate.db.value(f"SELECT publisherid FROM {table.sql} WHERE uniquename = ?", (maker.unique_name,))
    if known is not None:
        return str(known)
    made = session.estate.ids.guid()
    insert_row(session.estate, table, {
        "publisherid": made, "uniquename": maker.unique_name, "friendlyname": maker.name,
        "customizationprefix": maker.prefix[:8], "customizationoptionvalueprefix": maker.option_prefix,
        "isreadonly": 0, **stamps(session, table, new=True),
    })  # fmt: skip
    return made


def _put(running: _Import, kind: int, table_name: str, name: tuple[str, str], row_id: str, values: Any) -> str:
    """Make a component's row, or bring the one of the same name up to date; it belongs to the solution."""
    session = running.session
    table = session.table(table_name)
    known = session.estate.db.value(f"SELECT {table.key} FROM {table.sql} WHERE {name[0]} = ?", (name[1],))
    if known is None:
        known = (
            row_id
            if session.estate.db.value(f"SELECT 1 FROM {table.sql} WHERE {table.key} = ?", (row_id,)) is None
            else session.estate.ids.guid()
        )
        insert_row(session.estate, table, {
            **default_values(table), table.key: known, name[0]: name[1], **values, **stamps(session, table, new=True),
        })  # fmt: skip
    else:
        update_row(session.estate, table, str(known), {**values, **stamps(session, table, new=False)})
    components.add_component(session, running.solution_id, kind, str(known))
    running.notes.append((f"{table_name} {name[1]}", "success"))
    return str(known)


def _web_resources(running: _Import) -> None:
    for part in running.package.customizations.findall("WebResources/WebResource"):
        name, path = text_of(part, "Name"), text_of(part, "FileName").lstrip("/")
        kind = text_of(part, "WebResourceType")
        if not name or not kind.isdecimal() or not 1 <= int(kind) <= 12:
            raise DataverseError(400, "0x80048060", "The import file is invalid. A WebResource has no name or type.")
        content = running.package.files.get(path)
        if content is None:
            raise DataverseError(
                400, "0x80048060", f"The import file is invalid. The file '{path[:200]}' of a WebResource is missing."
            )
        made = read_guid(text_of(part, "WebResourceId")) or running.session.estate.ids.guid()
        _put(running, components.WEB_RESOURCE, "webresource", ("name", name[:256]), made, {
            "displayname": text_of(part, "DisplayName") or name[:200], "webresourcetype": int(kind),
            "content": base64.b64encode(content).decode(), "description": text_of(part, "Description") or None,
            "introducedversion": text_of(part, "IntroducedVersion") or None,
            "isenabledformobileclient": _bit(part, "IsEnabledForMobileClient", 0),
            "isavailableformobileoffline": _bit(part, "IsAvailableForMobileOffline", 0),
            "iscustomizable": _bit(part, "IsCustomizable", 1), "canbedeleted": _bit(part, "CanBeDeleted", 1),
            "ishidden": _bit(part, "IsHidden", 0), "ismanaged": int(running.package.manifest.managed),
            "solutionid": running.solution_id, "componentstate": 0,
        })  # fmt: skip


def _ribbons(running: _Import) -> None:
    """The application's ribbon, then those of tables."""
    root = running.package.customizations
    for diff in root.findall("RibbonDiffXml"):
        _ribbon(running, None, diff)
    for entity in root.findall("Entities/Entity"):
        own = entity.find("RibbonDiffXml")
        if own is not None:
            _ribbon(running, text_of(entity, "Name").lower(), own)


def _ribbon(running: _Import, entity: str | None, diff: Element) -> None:
    """A ribbon's differences, commands and rules, in place of what this solution had there before."""
    session = running.session
    if entity is not None and entity not in session.model.tables:
        running.notes.append((f"ribbon of {entity}", "left out"))
        return
    ribbons = session.table("ribboncustomization")
    known = session.estate.db.value(
        f"SELECT ribboncustomizationid FROM {ribbons.sql} WHERE entity IS ? AND solutionid = ?",
        (entity, running.solution_id),
    )
    ribbon_id = str(known) if known is not None else session.estate.ids.guid()
    values = {"publishedon": session.stamp, "ismanaged": int(running.package.manifest.managed)}
    if known is None:
        insert_row(session.estate, ribbons, {
            ribbons.key: ribbon_id, "entity": entity, "solutionid": running.solution_id, **values,
            **stamps(session, ribbons, new=True),
        })  # fmt: skip
    else:
        update_row(session.estate, ribbons, ribbon_id, values | stamps(session, ribbons, new=False))
        with session.estate.db.change() as change:
            for name in ("ribboncommand", "ribbondiff", "ribbonrule"):
                change.execute(f"DELETE FROM {table_rows(session, name)} WHERE ribboncustomizationid = ?", (ribbon_id,))
    components.add_component(session, running.solution_id, components.RIBBON, ribbon_id)
    shared = {"entity": entity, "ribboncustomizationid": ribbon_id}
    for number, action in enumerate(diff.findall("CustomActions/*")):
        _add(session, "ribbondiff", {
            "diffid": (action.get("Id") or action.get("HideActionId") or "")[:200], "rdx": inner_xml(action),
            "difftype": 0 if action.tag == "CustomAction" else 1, "sequence": number, **shared,
        })  # fmt: skip
    for label in diff.findall("LocLabels/LocLabel"):
        _add(session, "ribbondiff", {"diffid": (label.get("Id") or "")[:200], "rdx": inner_xml(label), "difftype": 2,
                                     **shared})  # fmt: skip
    for command in diff.findall("CommandDefinitions/CommandDefinition"):
        _add(session, "ribboncommand", {"command": (command.get("Id") or "")[:200],
                                        "commanddefinition": inner_xml(command), **shared})  # fmt: skip
    for number, kind in enumerate(("DisplayRule", "EnableRule")):
        for rule in diff.findall(f"RuleDefinitions/{kind}s/{kind}"):
            _add(session, "ribbonrule", {"ruleid": (rule.get("Id") or "")[:200], "ruletype": number,
                                         "ruledefinition": inner_xml(rule), **shared})  # fmt: skip
    running.notes.append((f"ribbon of {entity or 'the application'}", "success"))


def _add(session: Session, table_name: str, values: dict[str, Any]) -> None:
    table = session.table(table_name)
    insert_row(session.estate, table, {table.key: session.estate.ids.guid(), **values,
                                       **stamps(session, table, new=True)})  # fmt: skip


def _actions(running: _Import) -> None:
    """Modern commands: one file each."""
    table = running.session.table("appaction")
    for part in running.package.actions:
        unique = part.get("uniquename") or text_of(part, "uniquename")
        if not unique:
            continue
        values: dict[str, Any] = {}
        for child in part:
            column = table.by_name.get(child.tag.lower())
            if column is None or column.targets or column.name == table.key:
                continue
            text = (child.text or "").strip()
            number = text.lstrip("-").isdecimal()
            numeric = column.kind.value in ("Picklist", "Boolean", "Integer", "State", "Status")
            values[column.name] = (
                int(text)
                if numeric and number
                else float(text)
                if (column.kind.value == "Decimal" and text.replace(".", "", 1).lstrip("-").isdecimal())
                else text or None
            )
        entity = text_of(part, "contextentity/logicalname")
        if entity:
            values["contextentity"] = entity
        values.setdefault("name", unique[:100])
        values.pop("uniquename", None)
        made = read_guid(part.get("appactionid") or "") or running.session.estate.ids.guid()
        _put(running, components.APP_ACTION, "appaction", ("uniquename", unique[:512]), made, values)


def _flags(running: _Import) -> None:
    """Tables that come with their definition bring their flags for documents and Teams."""
    session = running.session
    for entity in running.package.customizations.findall("Entities/Entity"):
        name = text_of(entity, "Name").lower()
        definition = entity.find("EntityInfo/entity")
        if definition is None:
            continue
        if name not in session.model.tables:
            running.notes.append((f"table {name}", "left out"))
            continue
        known = read_flags(session.estate, session.environment)[name]
        documents = text_of(definition, "IsDocumentManagementEnabled")
        teams = text_of(definition, "IsMSTeamsIntegrationEnabled")
        wanted = replace(
            known,
            documents=documents == "1" if documents else known.documents,
            teams=teams == "1" if teams else known.teams,
        )
        if wanted != known:
            set_flags(session.estate, session.environment, name, wanted)
        components.add_component(
            session, running.solution_id, components.TABLE, session.table(name).table.id, behavior=2
        )
        running.notes.append((f"table {name}", "success"))


def _bit(part: Element, name: str, usual: int) -> int:
    return int(text_of(part, name, str(usual)) == "1")


def _report(running: _Import) -> str:
    """What an import job's data shows."""
    lines = "".join(
        f'<component name={quoteattr(name)}><result result={quoteattr(result)} errorcode="0"/></component>'
        for name, result in running.notes
    )
    name = quoteattr(running.package.manifest.unique_name)
    return (
        f'<importexportxml succeeded="true" status="Imported"><solutionManifests><solutionManifest id={name}>'
        f'<UniqueName>{name[1:-1]}</UniqueName><result result="success" errorcode="0"/></solutionManifest>'
        f"</solutionManifests><components>{lines}</components></importexportxml>"
    )

"""Dataverse's rows, tamed. Source: dataverse.md sections 1 and 5.2."""

from __future__ import annotations

from liaison.dataverse.metadata import Attribute
from liaison.dataverse.names import ETAG, FORMATTED, LOOKUP_TABLE, SERVICE_TYPE_TEAMS, VIEW_KINDS
from liaison.domain.crm import (
    App,
    Association,
    Cell,
    Location,
    Note,
    PlaceKind,
    Record,
    Table,
    View,
)
from liaison.domain.crm import Field as RecordField
from liaison.domain.names import (
    ChannelId,
    ChannelKind,
    EnvironmentKey,
    RecordRef,
    Regarding,
    RowId,
    TableName,
    TeamId,
    ViewId,
    ViewKind,
    ViewRef,
)
from liaison.domain.readiness import Switches
from liaison.errors import Row
from liaison.wire.wild import Wild

_KINDS = {kind.value: kind for kind in ChannelKind}


def read_cell(row: Wild, column: str, environment: EnvironmentKey) -> Cell:
    """A column's value as shown. A lookup leads to its record; null columns may be missing altogether."""
    lookup = f"_{column}_value"
    if row.has(lookup):
        table = row.opt_text(f"{lookup}{LOOKUP_TABLE}")
        target = RecordRef(environment, TableName(table), RowId(row.text(lookup))) if table else None
        return Cell(row.opt_text(f"{lookup}{FORMATTED}"), target)
    shown = row.opt_text(f"{column}{FORMATTED}")
    return Cell(shown or _plain(row, column))


def _plain(row: Wild, column: str) -> str:
    """Columns of linked tables are `alias.column`, or the same with the dot written out."""
    for name in (column, column.replace(".", "_x002e_")):
        if row.has(name):
            return row.member(name).as_shown()
    return ""


def read_version(row: Wild) -> str:
    return row.text(ETAG)


def read_app(row: Wild, tables: tuple[TableName, ...]) -> App:
    return App(RowId(row.text("appmoduleid")), row.text("uniquename"), row.text("name"), tables)


def read_view(row: Wild, kind: ViewKind) -> View:
    id_column = "savedqueryid" if kind is ViewKind.SYSTEM else "userqueryid"
    return View(
        id=ViewId(row.text(id_column)),
        kind=kind,
        table=TableName(row.text("returnedtypecode")),
        name=row.text("name"),
        is_default=kind is ViewKind.SYSTEM and row.opt_flag("isdefault"),
    )


def read_record(
    row: Wild, table: Table, shown: tuple[Attribute, ...], environment: EnvironmentKey, language: str
) -> Record:
    """`shown` are the columns to show, in order; status and owner are shown apart as well."""
    ref = RecordRef(environment, table.name, RowId(row.text(table.id_column)))
    fields = tuple(
        RecordField(attribute.label(language), read_cell(row, attribute.name, environment)) for attribute in shown
    )
    stage = read_cell(row, "statuscode", environment).text or read_cell(row, "statecode", environment).text
    title = row.opt_text(table.name_column) if table.name_column else ""
    return Record(ref, title, stage, read_cell(row, "ownerid", environment).text, fields)


def read_note(row: Wild) -> Note:
    return Note(
        id=RowId(row.text("annotationid")),
        subject=row.opt_text("subject"),
        text=row.opt_text("notetext"),
        author=row.opt_text(f"_createdby_value{FORMATTED}"),
        at=row.moment("createdon"),
    )


def read_switches(row: Wild) -> Switches:
    """Basic counts as on unless it is off, as Microsoft's own button reads it. Source: dataverse.md 1.1 and 8.2."""
    return Switches(
        basic=row.opt_flag("ismsteamsenabled", otherwise=True),
        enhanced=row.opt_flag("ismsteamscollaborationenabled"),
        user_sync=row.opt_flag("ismsteamsusersyncenabled"),
        version=read_version(row),
        changed_by=row.opt_text(f"_modifiedby_value{FORMATTED}"),
    )


def read_association(row: Wild, environment: EnvironmentKey) -> Association:
    """The kind is written with a capital by Microsoft's integration. Source: dataverse.md section 1.2."""
    return Association(
        id=RowId(row.text("msdyn_teamscollaborationid")),
        regarding=_read_regarding(row, environment),
        team=TeamId(row.opt_text("msdyn_groupid")),
        team_name=row.opt_text("msdyn_teamname"),
        team_thread=row.opt_text("msdyn_teamid"),
        channel=ChannelId(row.text("msdyn_channelid")),
        channel_name=row.opt_text("msdyn_channelname"),
        channel_kind=_KINDS.get(row.opt_text("msdyn_channeltype").lower(), ChannelKind.STANDARD),
        site_address=row.opt_text("msdyn_teamsiteurl"),
        folder_path=row.opt_text("msdyn_channelfolderrelativeurl"),
        tenant=row.opt_text("msdyn_tenantid"),
        app=row.opt_text("msdyn_appid"),
        entity=row.opt_text("msdyn_pipedentityid"),
        content_address=row.opt_text("msdyn_contenturl"),
        web_address=row.opt_text("msdyn_weburl"),
        made_at=row.opt_moment("createdon"),
    )


def _read_regarding(row: Wild, environment: EnvironmentKey) -> Regarding:
    """A view by its type code, whatever the type's name says. Source: dataverse.md section 1.2."""
    table, regarding = TableName(row.text("regardingobjecttypename")), row.text("regardingobjectid")
    kind = VIEW_KINDS.get(row.opt_number("regardingobjecttypecode"))
    if kind is not None:
        return ViewRef(environment, table, ViewId(regarding), kind)
    return RecordRef(environment, table, RowId(regarding))


def read_location(row: Wild, address: str) -> Location:
    kind = PlaceKind.TEAMS if row.opt_number("servicetype") == SERVICE_TYPE_TEAMS else PlaceKind.SHAREPOINT
    return Location(RowId(row.text("sharepointdocumentlocationid")), row.opt_text("name"), kind, address)


def read_site_row(row: Wild) -> Row:
    """A site as a readiness finding shows it."""
    return Row("site", row.opt_text("name"), row.text("sharepointsiteid"), row.opt_text("absoluteurl"))


def read_location_row(row: Wild) -> Row:
    """A location with an absolute address as a readiness finding shows it."""
    id_column = "sharepointdocumentlocationid"
    return Row("location", row.opt_text("name"), row.text(id_column), row.opt_text("absoluteurl"))

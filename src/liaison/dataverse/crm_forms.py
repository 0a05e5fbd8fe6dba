"""A record's main columns as a form, and what a person changed in it. Source: dataverse.md sections 2.1, 4 and 5.2."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from liaison.dataverse.client import Call, read_row_call
from liaison.dataverse.columns import DataverseColumns
from liaison.dataverse.desk import Desk
from liaison.dataverse.errors import Subject
from liaison.dataverse.metadata import Attribute, Limits
from liaison.dataverse.query import read_guid
from liaison.dataverse.rows import read_cell, read_version
from liaison.domain.crm import Table
from liaison.domain.form import Change, FieldKind, Form, FormField
from liaison.domain.names import EnvironmentKey, RecordRef
from liaison.errors import RecordUnknown
from liaison.wire.wild import Wild

_RIGHTS = "/systemusers({user})/Microsoft.Dynamics.CRM.RetrievePrincipalAccess(Target=@tid)"
_NEVER_CHANGED = frozenset({"statecode", "statuscode"})
"""A state is changed by acts of the CRM's own, which know what belongs to it."""


class DataverseForms:
    """Reading a form asks for the row, the person's right to it and, now and then, the limits of its columns."""

    def __init__(self, desk: Desk) -> None:
        self._client, self._metadata, self._language = desk.client, desk.metadata, desk.language
        self._records, self._people = desk.records, desk.people
        self._columns = DataverseColumns(desk.client, desk.language, desk.metadata.shelf)

    async def read_form(self, ref: RecordRef) -> Form:
        """The name first, then what `read_record` shows. Raises RecordUnknown, PrivilegeMissing, TableUnknown."""
        row_id = _id_of(ref)
        table, shown, select = await self._records.describe_main(ref.table)
        _, attributes = await self._metadata.describe(ref.table)
        named = (attributes[table.name_column], *shown) if table.name_column in attributes else shown
        row, may_write, limits = await asyncio.gather(
            self._client.read(read_row_call(table.set_name, row_id, table.name, select)),
            self._may_write(table, row_id),
            self._columns.read_limits(table, named),
        )
        environment = ref.environment
        return Form(
            ref=RecordRef(environment, table.name, ref.id),
            title=row.opt_text(table.name_column) if table.name_column else "",
            stage=read_cell(row, "statuscode", environment).text or read_cell(row, "statecode", environment).text,
            owner=read_cell(row, "ownerid", environment).text,
            fields=tuple(self._field(row, one, limits.get(one.name), environment, may_write) for one in named),
            version=read_version(row),
            may_write=may_write,
        )

    def _field(
        self, row: Wild, attribute: Attribute, limits: Limits | None, environment: EnvironmentKey, may_write: bool
    ) -> FormField:
        cell = read_cell(row, attribute.name, environment)
        label = attribute.label(self._language)
        if limits is None:
            return FormField(attribute.name, label, FieldKind.OTHER, "", cell.text, cell.target)
        changeable = limits.is_changeable and attribute.name not in _NEVER_CHANGED
        return FormField(
            name=attribute.name,
            label=label,
            kind=limits.kind,
            value=row.member(attribute.name).as_shown() if row.has(attribute.name) else "",
            text=cell.text,
            is_editable=may_write and changeable,
            is_required=limits.is_required,
            longest=limits.longest,
            lowest=limits.lowest,
            highest=limits.highest,
            precision=limits.precision,
            options=limits.options,
        )

    async def _may_write(self, table: Table, row_id: str) -> bool:
        """The person's own right on this very record, whatever it comes from: role, sharing, team."""
        user = await self._people.read_user()
        target = f"{{'@odata.id':'{table.set_name}({row_id})'}}"
        call = Call("GET", _RIGHTS, Subject(table.name, row_id), {"user": user}, {"@tid": target}, repeatable=True)
        rights = (await self._client.read(call)).opt_text("AccessRights")
        return "WriteAccess" in {right.strip() for right in rights.split(",")}

    async def update_record(self, ref: RecordRef, changes: Sequence[Change], version: str) -> None:
        """Write if the row is still at `version`. Raises RecordChanged, RecordUnknown, PrivilegeMissing."""
        row_id = _id_of(ref)
        table, _ = await self._metadata.describe(ref.table)
        await self._client.send(
            Call(
                "PATCH",
                "/{set}({row})",
                Subject(table.name, row_id),
                {"set": table.set_name, "row": row_id},
                body={change.name: change.value for change in changes},
                headers={"if-match": version},
            )
        )


def _id_of(ref: RecordRef) -> str:
    row_id = read_guid(ref.id)
    if not row_id:
        raise RecordUnknown(ref.table, ref.id)
    return row_id

"""A record's values as names are made of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from liaison.dataverse.client import DataverseClient, read_row_call
from liaison.dataverse.metadata import Attribute, DataverseMetadata
from liaison.dataverse.query import read_guid
from liaison.dataverse.rows import read_cell
from liaison.domain.crm import Column
from liaison.domain.filling import NAME, NUMBER
from liaison.domain.names import RecordRef, TableName
from liaison.errors import RecordUnknown

NUMBER_COLUMNS = ("ticketnumber", "quotenumber", "ordernumber", "invoicenumber", "contractnumber", "accountnumber")
"""Columns that hold a record's number, in the tables that have one. Source: the tables' references."""
_TEXT_LIKE = frozenset({"String", "Picklist", "State", "Status", "Lookup", "Customer", "Owner"})
"""By the value of AttributeType: what people see of these is one short line."""
_OF_THE_SYSTEM = frozenset(
    {"createdonbehalfby", "modifiedonbehalfby", "owningbusinessunit", "owningteam", "owninguser"}
)
"""Every row has them, and nobody would name a channel by one."""


class DataverseNaming:
    """Source: dataverse.md sections 1.6 and 2.1."""

    def __init__(self, client: DataverseClient, metadata: DataverseMetadata, language: str) -> None:
        self._client, self._metadata, self._language = client, metadata, language

    async def list_name_columns(self, table: TableName) -> tuple[Column, ...]:
        """By label. Raises TableUnknown."""
        _, attributes = await self._metadata.describe(table)
        found = [Column(one.name, one.label(self._language)) for one in attributes.values() if _may_stand(one)]
        return tuple(sorted(found, key=lambda column: (column.label.casefold(), column.name)))

    async def read_name_values(self, ref: RecordRef, columns: Sequence[str]) -> Mapping[str, str]:
        """`name` is the record's main column, `number` the one that its table numbers records by."""
        row_id = read_guid(ref.id)
        if not row_id:
            raise RecordUnknown(ref.table, ref.id)
        table, attributes = await self._metadata.describe(ref.table)
        meant = {column: column for column in columns if column in attributes and _may_stand(attributes[column])}
        number = next((column for column in NUMBER_COLUMNS if column in attributes), "")
        meant |= {name: column for name, column in ((NAME, table.name_column), (NUMBER, number)) if column}
        selected = dict.fromkeys([table.id_column, *(attributes[column].selected for column in meant.values())])
        row = await self._client.read(read_row_call(table.set_name, row_id, table.name, ",".join(selected)))
        return {name: read_cell(row, column, ref.environment).text for name, column in meant.items()}


def _may_stand(attribute: Attribute) -> bool:
    return attribute.kind in _TEXT_LIKE and not attribute.part_of and attribute.name not in _OF_THE_SYSTEM

"""What the API's fake world knows of enabling: tables one by one, people to ask about, remedies and calls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from liaison.domain.crm import App, CrmPerson, Table
from liaison.domain.names import EnvironmentKey, RecordRef, RowId, TableName, TenantId
from liaison.domain.promise import KeptCall
from liaison.domain.readiness import ReadinessFacts
from liaison.domain.remedy import Mending
from liaison.domain.tables import TableState
from liaison.errors import MendingUnknown, PersonUnknown, RecordUnknown
from liaison.ports import CallTotal

if TYPE_CHECKING:
    from tests.unit.api_fakes import World


class FakeEnabling:
    """The part of the CRM that enabling asks; the world's tables take every switch at once."""

    world: World

    if TYPE_CHECKING:

        async def read_table(self, table: TableName) -> Table: ...

    async def list_tables(self, tables: Sequence[TableName]) -> tuple[Table, ...]:
        return tuple([await self.read_table(table) for table in tables])

    async def gather_readiness(self, most_rows: int = 200) -> ReadinessFacts:
        return self.world.readiness

    async def read_table_state(self, table: TableName) -> TableState:
        return TableState(await self.read_table(table), is_custom=False, can_be_switched=table != "task")

    async def list_table_states(self) -> tuple[TableState, ...]:
        return tuple([await self.read_table_state(TableName(table)) for table in ("account", "opportunity")])

    async def set_teams_status(self, tables: Sequence[TableName], *, on: bool) -> tuple[TableName, ...]:
        return tuple(tables)

    async def turn_on_documents(self, table: TableName) -> None: ...

    async def set_onedrive(self, *, on: bool) -> None: ...

    async def set_site_active(self, site: RowId, *, active: bool) -> None: ...

    async def read_location_content(self, location: RowId) -> dict[str, Any]:
        raise RecordUnknown("sharepointdocumentlocation", location)

    async def restore_location(self, location: RowId, content: Mapping[str, Any]) -> None: ...

    async def find_person(self, asked: str) -> CrmPerson:
        raise PersonUnknown(asked)

    async def list_missing_privileges(self, person: RowId) -> tuple[str, ...]:
        return ()

    async def can_read(self, person: RowId, ref: RecordRef) -> bool:
        return person in self.world.records.get(ref, ("", frozenset()))[1]

    async def list_apps_of(self, person: RowId) -> tuple[App, ...]:
        return ()


class FakeMendings:
    def __init__(self) -> None:
        self.kept: dict[str, Mending] = {}

    async def save(self, mending: Mending) -> None:
        self.kept[mending.id] = mending

    async def get(self, tenant: TenantId, environment: EnvironmentKey, mending: str) -> Mending:
        if mending not in self.kept:
            raise MendingUnknown(mending)
        return self.kept[mending]

    async def list(self, tenant: TenantId, environment: EnvironmentKey, size: int = 20) -> tuple[Mending, ...]:
        return tuple(self.kept.values())[-size:][::-1]


class FakeCalls:
    async def list(self, before: int = 0, size: int = 50, *, outside_only: bool = False) -> tuple[KeptCall, ...]:
        return ()

    async def totals(self, since: datetime | None = None) -> tuple[CallTotal, ...]:
        return ()

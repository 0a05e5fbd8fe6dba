"""The CRM as one person sees it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from liaison.domain.crm import (
    App,
    Association,
    Column,
    CrmPerson,
    Grid,
    LinkRows,
    Location,
    Note,
    Order,
    Record,
    Table,
    View,
)
from liaison.domain.following import Standing
from liaison.domain.forerunners import Forerunner
from liaison.domain.form import Change, Form
from liaison.domain.link import Link
from liaison.domain.members import CrmUser, Sharing
from liaison.domain.names import (
    ChannelId,
    PersonId,
    RecordRef,
    Regarding,
    RowId,
    TableName,
    ViewRef,
)
from liaison.domain.readiness import ReadinessFacts, Switches
from liaison.domain.tables import TableState


class Crm(Protocol):
    """One Dataverse environment as one person sees it."""

    async def read_person(self) -> CrmPerson: ...

    async def list_apps(self) -> tuple[App, ...]: ...

    async def read_table(self, table: TableName) -> Table:
        """Raises TableUnknown."""
        ...

    async def list_tables(self, tables: Sequence[TableName]) -> tuple[Table, ...]:
        """The tables of these names that exist, in the order given."""
        ...

    async def list_views(self, table: TableName) -> tuple[View, ...]:
        """System views and the person's own, the default first."""
        ...

    async def read_view(self, ref: ViewRef) -> View:
        """Raises ViewUnknown, PrivilegeMissing."""
        ...

    async def read_grid(
        self, view: View, search: str = "", page: str = "", size: int = 50, order: Order | None = None
    ) -> Grid:
        """One page of a view's rows, narrowed to names that contain `search`; in the view's own order without one."""
        ...

    async def read_record(self, ref: RecordRef) -> Record:
        """Raises RecordUnknown, PrivilegeMissing."""
        ...

    async def find_records(self, table: TableName, asked: str, limit: int = 10) -> tuple[Record, ...]:
        """By id when `asked` is a guid, otherwise by exact name, and failing that by a name that contains it."""
        ...

    async def list_recent(self, tables: Sequence[TableName], limit: int = 10) -> tuple[Record, ...]:
        """Records of these tables that the person opened or changed last, the latest first."""
        ...

    async def list_name_columns(self, table: TableName) -> tuple[Column, ...]:
        """The columns that may stand in a name, by label. Raises TableUnknown."""
        ...

    async def read_name_values(self, ref: RecordRef, columns: Sequence[str]) -> Mapping[str, str]:
        """The record's `name`, its `number`, and those of these columns that the table has, as people see them.

        Raises RecordUnknown, PrivilegeMissing, TableUnknown.
        """
        ...

    async def read_form(self, ref: RecordRef) -> Form:
        """Raises RecordUnknown, PrivilegeMissing."""
        ...

    async def update_record(self, ref: RecordRef, changes: Sequence[Change], version: str) -> None:
        """Write if the record is still at `version`. Raises RecordChanged, RecordUnknown, PrivilegeMissing."""
        ...

    async def list_notes(self, ref: RecordRef, limit: int = 20) -> tuple[Note, ...]: ...

    async def read_switches(self) -> Switches: ...

    async def save_switches(self, switches: Switches) -> Switches:
        """Write all three switches if the row is still at `switches.version`; the new state comes back.

        Raises SettingsChanged, PrerequisitesUnmet (when the service refuses with 800503ca), PrivilegeMissing.
        """
        ...

    async def read_labels(self) -> bool | None:
        """May new teams be private and carry a sensitivity label? None where there is no such setting."""
        ...

    async def save_labels(self, *, on: bool) -> None: ...

    async def gather_readiness(self, most_rows: int = 200) -> ReadinessFacts:
        """Live facts in one round trip; each list of rows is cut at `most_rows`, its count is not."""
        ...

    async def set_onedrive(self, *, on: bool) -> None: ...

    async def set_site_active(self, site: RowId, *, active: bool) -> None: ...

    async def read_location_content(self, location: RowId) -> dict[str, Any]:
        """Everything that is needed to make a deleted location anew. Raises RecordUnknown."""
        ...

    async def restore_location(self, location: RowId, content: Mapping[str, Any]) -> None:
        """There already is done."""
        ...

    async def list_table_states(self) -> tuple[TableState, ...]:
        """Every table that people see, by name, as the metadata says now."""
        ...

    async def read_table_state(self, table: TableName) -> TableState:
        """Raises TableUnknown."""
        ...

    async def set_teams_status(self, tables: Sequence[TableName], *, on: bool) -> tuple[TableName, ...]:
        """The tables that the service says it switched; only `read_table_state` tells whether it did.

        Raises LinkingNotInstalled, PrivilegeMissing.
        """
        ...

    async def turn_on_documents(self, table: TableName) -> None: ...

    async def find_person(self, asked: str) -> CrmPerson:
        """Somebody of the environment by id, sign-in name or full name. Raises PersonUnknown, NameAmbiguous."""
        ...

    async def list_missing_privileges(self, person: RowId) -> tuple[str, ...]:
        """The privileges that connecting a record takes and that somebody's roles do not give."""
        ...

    async def can_read(self, person: RowId, ref: RecordRef) -> bool:
        """May somebody read one record?"""
        ...

    async def list_sharers(self, ref: RecordRef) -> tuple[Sharing, ...]:
        """The users who have a record: its owner, those it is shared with, and the members of the teams among them."""
        ...

    async def find_users(self, persons: Sequence[PersonId]) -> tuple[CrmUser, ...]:
        """Those of these people of the directory who are users of the environment."""
        ...

    async def list_readers(self, users: Sequence[RowId], ref: RecordRef) -> tuple[RowId, ...] | None:
        """Those of these users who may read a record; None when the asker may not ask."""
        ...

    async def read_standings(self, table: TableName, records: Sequence[RowId]) -> tuple[Standing, ...]:
        """How records stand, in one request; those that the person may not read, or that are gone, are left out.

        Raises TableUnknown.
        """
        ...

    async def list_forerunners(self, ref: RecordRef) -> tuple[Forerunner, ...]:
        """The records that were merged into this one, and the lead that an opportunity comes from."""
        ...

    async def list_apps_of(self, person: RowId) -> tuple[App, ...]:
        """The apps that the service shows somebody else."""
        ...

    async def list_associations(self, regarding: Regarding) -> tuple[Association, ...]:
        """Every channel the record or view is tied to, whoever tied it."""
        ...

    async def list_channel_associations(self, channel: ChannelId) -> tuple[Association, ...]:
        """Everything that is tied to one channel, whoever tied it."""
        ...

    async def list_locations(self, ref: RecordRef) -> tuple[Location, ...]: ...

    async def list_folders_below(self, location: RowId) -> tuple[str, ...]:
        """Names of folders in a location's folder that other locations lead to or through: they may be others'."""
        ...

    async def ensure_location(self, link: Link) -> RowId:
        """The document location of the link's folder, regarding its record; made once under the link's own id."""
        ...

    async def ensure_association(self, link: Link) -> RowId:
        """The row that ties record and channel; found when one exists, else made under the link's own id."""
        ...

    async def ensure_note(self, link: Link, kind: str, subject: str, text: str) -> RowId:
        """A timeline entry, once for each kind."""
        ...

    async def share_view(self, view: ViewRef, users: Sequence[RowId]) -> None:
        """Let users of the environment read a personal view. Raises ViewUnknown, PrivilegeMissing."""
        ...

    async def list_view_sharers(self, view: ViewRef) -> tuple[RowId, ...]:
        """Users with whom a personal view is shared for reading. Raises ViewUnknown, PrivilegeMissing."""
        ...

    async def unshare_view(self, view: ViewRef, users: Sequence[RowId]) -> None:
        """Take the sharing back; whoever does not have it is done. Raises ViewUnknown, PrivilegeMissing."""
        ...

    async def ensure_rows(self, link: Link, kind: str, subject: str, text: str) -> LinkRows | None:
        """Location, association and timeline entry of a record's link in one set of changes, all or none.

        None when the set was refused: then each of the three tells by itself why.
        """
        ...

    async def remove_rows(self, link: Link, kind: str, subject: str, text: str) -> bool:
        """Association and location gone and a timeline entry made, all or none; false when the set was refused."""
        ...

    async def remove_association(self, row: RowId) -> None:
        """Absent already is done."""
        ...

    async def remove_location(self, row: RowId) -> None: ...

    async def remove_note(self, row: RowId) -> None: ...

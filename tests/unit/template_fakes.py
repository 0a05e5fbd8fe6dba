"""What the fake worlds know of templates: the templates, a record's values, folders, website tabs and posts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from liaison.domain.crm import Column, Location
from liaison.domain.names import ChannelId, DriveId, EnvironmentKey, ItemId, Person, RecordRef, TabId, TableName, TeamId
from liaison.domain.teams import FileEntry, FilePage, Tab
from liaison.domain.template import Template, without_default
from liaison.errors import TableUnknown, TemplateChanged, TemplateNameTaken, TemplateUnknown

if TYPE_CHECKING:
    from tests.unit.fakes import Troubles

SAVED_AT = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)
VALUES = {"name": "Northwind: renewal", "number": "CAS-0042", "city": "Lyon"}
COLUMNS = (Column("city", "City"), Column("name", "Topic"))


class FakeTemplates:
    """One tenant's, in memory."""

    def __init__(self, *templates: Template) -> None:
        self.kept = {template.id: template for template in templates}

    async def list(self, tenant: str, environment: EnvironmentKey) -> tuple[Template, ...]:
        mine = [one for one in self.kept.values() if one.environment == environment]
        return tuple(sorted(mine, key=lambda one: one.name.casefold()))

    async def get(self, tenant: str, environment: EnvironmentKey, template: str) -> Template:
        found = self.kept.get(template)
        if found is None or found.environment != environment:
            raise TemplateUnknown(template)
        return found

    async def save(self, template: Template, by: Person) -> Template:
        if template.version:
            self._require(template)
        names = {one.name.casefold() for one in self.kept.values() if one.id != template.id}
        if template.name.casefold() in names:
            raise TemplateNameTaken(template.name)
        for other in self.kept.values():
            self.kept[other.id] = without_default(other, template.default_of)
        saved = replace(template, version=template.version + 1, changed_by=by.name, changed_at=SAVED_AT)
        self.kept[saved.id] = saved
        return saved

    async def delete(self, template: Template, by: Person) -> None:
        self._require(template)
        del self.kept[template.id]

    def _require(self, template: Template) -> None:
        now = self.kept.get(template.id)
        if now is None:
            raise TemplateUnknown(template.id)
        if now.version != template.version:
            raise TemplateChanged(now.name, now.changed_by)


class FakeNames:
    """Records that all have the same values; opportunities and accounts have the same columns."""

    async def list_name_columns(self, table: TableName) -> tuple[Column, ...]:
        if table not in {"opportunity", "account"}:
            raise TableUnknown(table)
        return COLUMNS

    async def list_locations(self, ref: RecordRef) -> tuple[Location, ...]:
        return ()

    async def read_name_values(self, ref: RecordRef, columns: Sequence[str]) -> Mapping[str, str]:
        return {name: VALUES[name] for name in ("name", "number", *columns) if name in VALUES}


class FakeFolders:
    """Folders found again by name; every folder holds the same files."""

    def __init__(self, troubles: Troubles) -> None:
        self._troubles = troubles
        self.entries: tuple[FileEntry, ...] = ()
        self.folders: dict[str, ItemId] = {}
        self.made: list[str] = []

    async def list_folder(self, drive: DriveId, item: ItemId, page: str = "", size: int = 100) -> FilePage:
        return FilePage(self.entries[:size], "")

    async def find_child(self, drive: DriveId, folder: ItemId, name: str) -> ItemId | None:
        self._troubles.meet("find_child")
        return self.folders.get(name)

    async def ensure_folder(self, drive: DriveId, parent: ItemId, name: str) -> ItemId:
        self._troubles.meet("ensure_folder")
        if name not in self.folders:
            self.made.append(name)
        found = self.folders.setdefault(name, ItemId(f"folder-{name}"))
        self._troubles.meet("ensure_folder answered")
        return found

    async def remove_item(self, drive: DriveId, item: ItemId) -> None:
        self._troubles.meet("remove_item")
        self.folders = {name: known for name, known in self.folders.items() if known != item}


class FakeExtras:
    """The part of a team in which templates make tabs and post."""

    _troubles: Troubles
    tabs: dict[str, Tab]
    made: list[str]

    posts: tuple[str, ...] = ()

    async def ensure_website_tab(self, team: TeamId, channel: ChannelId, key: str, name: str, address: str) -> Tab:
        self._troubles.meet("ensure_website_tab")
        if key not in self.tabs:
            self.made.append(f"website {name}")
            self.tabs[key] = Tab(TabId(f"tab-{key}"), name, "", address, "https://t", address)
        self._troubles.meet("ensure_website_tab answered")
        return self.tabs[key]

    async def post_message(self, team: TeamId, channel: ChannelId, text: str) -> None:
        self._troubles.meet("post_message")
        self.posts = (*self.posts, text)
        self._troubles.meet("post_message answered")

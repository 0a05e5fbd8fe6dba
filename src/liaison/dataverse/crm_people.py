"""Who the person is in an environment, and the apps they see."""

from __future__ import annotations

import asyncio

from liaison.dataverse.client import Call, DataverseClient, read_row_call, read_rows_call
from liaison.dataverse.errors import Subject
from liaison.dataverse.fetch import read_tables_of_site_map
from liaison.dataverse.metadata import MetadataShelf
from liaison.dataverse.names import SYSTEM_ADMINISTRATOR_TEMPLATE
from liaison.dataverse.rows import read_app
from liaison.domain.crm import App, CrmPerson
from liaison.domain.names import RowId, TableName
from liaison.wire.wild import Wild

_TABLE_COMPONENT = 1
_SITE_MAP_COMPONENT = 62


class DataversePeople:
    """Source: dataverse.md sections 1.7 and 4."""

    def __init__(self, client: DataverseClient, shelf: MetadataShelf) -> None:
        self._client = client
        self._shelf = shelf

    async def read_person(self) -> CrmPerson:
        """With the roles given to the person and to their teams; copies of a role in business units count once."""
        return await self.read_person_of(await self.read_user())

    async def read_user(self) -> RowId:
        """The person's id as a user of the environment."""
        user = self._shelf.find_user(self._client.who)
        if not user:
            told = await self._client.read(Call("GET", "/WhoAmI", Subject("systemuser"), repeatable=True))
            user = told.text("UserId")
            self._shelf.put_user(self._client.who, user)
        return RowId(user)

    async def read_person_of(self, user: RowId) -> CrmPerson:
        """The same of somebody whose id is known."""
        row, own, by_team = await asyncio.gather(
            self._client.read(read_row_call("systemusers", user, "systemuser", "fullname,domainname")),
            self._roles(user),
            self._team_roles(user),
        )
        roles = [*own, *by_team]
        templates = {role.opt_text("_roletemplateid_value") or role.opt_text("roletemplateid") for role in roles}
        names = tuple(sorted({role.text("name") for role in roles}))
        is_administrator = SYSTEM_ADMINISTRATOR_TEMPLATE in templates
        return CrmPerson(user, row.opt_text("fullname"), names, is_administrator, row.opt_text("domainname"))

    async def _roles(self, user: str) -> list[Wild]:
        """Whole rows: the template is a lookup in some editions and a plain column in others."""
        path = "/systemusers({user})/systemuserroles_association"
        call = Call("GET", path, Subject("role"), {"user": user}, repeatable=True)
        return await self._client.list_rows(call)

    async def _team_roles(self, user: str) -> list[Wild]:
        path = "/systemusers({user})/teammembership_association"
        query = {"$select": "teamid", "$expand": "teamroles_association"}
        call = Call("GET", path, Subject("team"), {"user": user}, query, repeatable=True)
        teams = await self._client.list_rows(call)
        return [role for team in teams for role in team.opt_list("teamroles_association")]

    async def list_apps(self) -> tuple[App, ...]:
        """Published apps that the service shows the person, by name; tables in the order of each app's site map."""
        query = {
            "$select": "appmoduleid,appmoduleidunique,uniquename,name",
            "$filter": "componentstate eq 0 and clienttype eq 4",
        }
        apps, components = await asyncio.gather(
            self._client.list_rows(read_rows_call("appmodules", "appmodule", query)), self._components()
        )
        maps, tables = await asyncio.gather(self._site_maps(), self._tables(components))
        found = [read_app(app, _tables_of(app, components, maps, tables)) for app in apps]
        return tuple(sorted(found, key=lambda app: (app.name.casefold(), app.id)))

    async def _components(self) -> list[Wild]:
        query = {
            "$select": "componenttype,objectid,_appmoduleidunique_value",
            "$filter": f"componenttype eq {_TABLE_COMPONENT} or componenttype eq {_SITE_MAP_COMPONENT}",
        }
        return await self._client.list_rows(read_rows_call("appmodulecomponents", "appmodulecomponent", query))

    async def _site_maps(self) -> dict[str, tuple[str, ...]]:
        rows = await self._client.list_rows(read_rows_call("sitemaps", "sitemap", {"$select": "sitemapid,sitemapxml"}))
        return {
            row.text("sitemapid"): read_tables_of_site_map(row.text("sitemapxml"))
            for row in rows
            if row.has("sitemapxml")
        }

    async def _tables(self, components: list[Wild]) -> dict[str, str]:
        """Logical names by metadata id, asked only when some app has table components."""
        if not any(component.number("componenttype") == _TABLE_COMPONENT for component in components):
            return {}
        call = Call("GET", "/EntityDefinitions", Subject("entity"), query={"$select": "LogicalName"}, repeatable=True)
        return {row.text("MetadataId"): row.text("LogicalName") for row in await self._client.list_rows(call)}


def _tables_of(
    app: Wild, components: list[Wild], maps: dict[str, tuple[str, ...]], tables: dict[str, str]
) -> tuple[TableName, ...]:
    """By site map; an app without one shows the tables among its components."""
    ids = {app.text("appmoduleid"), app.opt_text("appmoduleidunique")}
    mine = [part for part in components if part.opt_text("_appmoduleidunique_value") in ids]
    mapped = [name for part in mine for name in maps.get(part.opt_text("objectid"), ())]
    named = [tables.get(part.opt_text("objectid"), "") for part in mine]
    return tuple(TableName(name) for name in dict.fromkeys(mapped or named) if name)

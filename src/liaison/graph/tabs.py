"""Our app and our tabs in a team."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from liaison.domain.names import ChannelId, Regarding, TabId, TeamId
from liaison.domain.teams import AppPlacement, Tab, TabContent, shows
from liaison.errors import AnswerLost, ChannelGone, StillPreparing, UpstreamRefused
from liaison.graph.client import Call, GraphClient, read_call
from liaison.graph.errors import SERVICE, About, Subject
from liaison.graph.horizon import Horizon
from liaison.graph.payloads import read_tab, read_tab_order
from liaison.graph.shelf import GraphShelf
from liaison.wire.wild import Wild

WEBSITE_APP = "com.microsoft.teamspace.tab.web"
DYNAMICS_APP = "cd2d8695-bdc9-4d8e-9620-cc963ed81f41"
"""Microsoft's own "Dynamics 365" app for Teams. Source: graph.md section 5.4."""
_APPS = "/teams/{team}/installedApps"
_TABS = "/teams/{team}/channels/{channel}/tabs"


class GraphTabs:
    """Source: graph.md section 5."""

    def __init__(self, client: GraphClient, app_manifest_id: str, horizon: Horizon, shelf: GraphShelf) -> None:
        self._client = client
        self._manifest = app_manifest_id
        self._horizon = horizon
        self._shelf = shelf
        self._app_key = f"app {app_manifest_id}"

    async def ensure_app(self, team: TeamId) -> AppPlacement:
        """Our app in the team. One that the catalogue does not have is replaced by the built-in website tab.

        An app that left the catalogue, or came back under another id, is looked for again.
        Source: api/appcatalogs-list-teamsapps.md, team-post-installedapps.md; replay table C5.
        """
        try:
            return await self._install(team)
        except UpstreamRefused as refused:
            if refused.http_status not in (400, 404) or not self._shelf.drop(self._app_key):
                raise
            return await self._install(team)

    async def _install(self, team: TeamId) -> AppPlacement:
        found = await self.find_app(team)
        if found is not None:
            return found
        app = await self._find_in_catalogue()
        bind = f"{self._client.base}/appCatalogs/teamsApps/{app}"
        subject = Subject(About.APP, app, team)
        body = {"teamsApp@odata.bind": bind}
        answer = await self._client.send(Call("POST", _APPS, subject, {"team": team}, body=body, expects=(409,)))
        return AppPlacement(app, await self._find_installation(team), was_there=answer.status == 409)

    async def find_app(self, team: TeamId) -> AppPlacement | None:
        """Our app where it is installed, or the website tab for want of it; None when it has to be installed first."""
        app, installation = await asyncio.gather(self._find_in_catalogue(), self._find_installation(team))
        if not app:
            return AppPlacement(WEBSITE_APP, "", was_there=True)
        return AppPlacement(app, installation, was_there=True) if installation else None

    async def _find_in_catalogue(self) -> str:
        """Its id in this organization's catalogue, perhaps from the shelf."""
        if not self._manifest:
            return ""
        kept = self._shelf.find(self._app_key)
        if kept:
            return kept
        query = {"$filter": f"externalId eq {literal(self._manifest)}", "$select": "id,externalId"}
        call = read_call("/appCatalogs/teamsApps", Subject(About.APP, self._manifest), {}, query)
        found = next(iter([item.text("id") async for item in self._client.pages(call)]), "")
        self._shelf.put(self._app_key, found)
        return found

    async def _find_installation(self, team: TeamId) -> str:
        if not self._manifest:
            return ""
        query = {"$expand": "teamsApp", "$filter": f"teamsApp/externalId eq {literal(self._manifest)}"}
        call = read_call(_APPS, Subject(About.TEAM, team=team), {"team": team}, query)
        return next(iter([item.text("id") async for item in self._client.pages(call)]), "")

    async def remove_app(self, team: TeamId, installation: str) -> None:
        """Absent already is done; so is an empty installation, which the website tab has."""
        if not installation:
            return
        ids = {"team": team, "installation": installation}
        path = f"{_APPS}/{{installation}}"
        subject = Subject(About.APP, installation, team)
        await self._client.send(Call("DELETE", path, subject, ids, repeatable=True, expects=(404,)))

    async def ensure_tab(self, team: TeamId, channel: ChannelId, placement: AppPlacement, content: TabContent) -> Tab:
        """One tab for the content: found by its entity, or by its address for a website tab, which has no entity.

        Creating is not repeatable and the service takes doubles, so a tab that was perhaps made is looked for until
        the horizon. Source: replay table C6; api/channel-post-tabs.md.
        """
        found = await self._list(team, channel)
        addresses = {content.content_address, content.website_address}
        ours = [tab for tab in found if _shows(tab, content.entity, addresses)]
        if not ours and content.regarding is not None:
            ours = [tab for tab in found if tab.is_microsofts and shows(tab, content.regarding)][:1]
        if ours:
            self._horizon.close(content.entity)
            for extra in ours[1:]:
                await self.remove_tab(team, channel, extra.id)
            return ours[0]
        if self._horizon.is_open(content.entity):
            raise AnswerLost(SERVICE, "not_visible_yet")
        try:
            return await self._create_tab(team, channel, placement, content)
        except AnswerLost:
            self._horizon.note(content.entity)
            raise

    async def ensure_website_tab(self, team: TeamId, channel: ChannelId, key: str, name: str, address: str) -> Tab:
        """One tab that shows the website; `key` is remembered while it is perhaps made.

        Source: concepts/teams-configuring-builtin-tabs.md.
        """
        content = TabContent(name, key, address, address, remove_address="")
        return await self.ensure_tab(team, channel, AppPlacement(WEBSITE_APP, "", was_there=True), content)

    async def _list(self, team: TeamId, channel: ChannelId) -> list[Tab]:
        subject = Subject(About.CHANNEL, channel, team)
        call = read_call(_TABS, subject, {"team": team, "channel": channel}, {"$expand": "teamsApp"})
        found = [(read_tab_order(item), _read_tab(item)) async for item in self._client.pages(call)]
        return [tab for _, tab in sorted(found, key=lambda one: one[0])]

    async def _create_tab(self, team: TeamId, channel: ChannelId, placement: AppPlacement, content: TabContent) -> Tab:
        body = {
            "displayName": content.name,
            "teamsApp@odata.bind": f"{self._client.base}/appCatalogs/teamsApps/{placement.app}",
            "configuration": _configuration(placement, content),
        }
        subject = Subject(About.CHANNEL, channel, team)
        call = Call("POST", _TABS, subject, {"team": team, "channel": channel}, body=body)
        try:
            return read_tab(await self._client.read(call))
        except UpstreamRefused as refused:
            # The code says only BadRequest; an app needs some seconds after its installation.
            if refused.http_status == 400 and "needs to be installed" in refused.reason:
                raise StillPreparing(SERVICE, refused.service_code, refused.request_id, what=content.name) from None
            raise

    async def find_tab(self, team: TeamId, channel: ChannelId, entity: str, content_address: str) -> Tab | None:
        """None when the channel or the tab is gone."""
        try:
            found = await self._list(team, channel)
        except ChannelGone:
            return None
        return next((tab for tab in found if _shows(tab, entity, {content_address} - {""})), None)

    async def shows(self, team: TeamId, channel: ChannelId, regarding: Regarding) -> bool:
        """Is there a tab of Microsoft's app that shows it? Raises ChannelGone, NotTeamMember."""
        return any(tab.is_microsofts and shows(tab, regarding) for tab in await self._list(team, channel))

    async def remove_tab(self, team: TeamId, channel: ChannelId, tab: TabId) -> None:
        """Absent already is done, with its channel or its team too. Source: api/channel-delete-tabs.md."""
        ids = {"team": team, "channel": channel, "tab": tab}
        subject = Subject(About.CHANNEL, channel, team)
        await self._client.send(Call("DELETE", f"{_TABS}/{{tab}}", subject, ids, repeatable=True, expects=(404,)))


def _read_tab(item: Wild) -> Tab:
    """A tab of a list that says whose it is."""
    return replace(read_tab(item), is_microsofts=item.opt_child("teamsApp").opt_text("id") == DYNAMICS_APP)


def _shows(tab: Tab, entity: str, addresses: set[str]) -> bool:
    if tab.entity:
        return tab.entity == entity
    return bool(tab.content_address) and tab.content_address in addresses


def _configuration(placement: AppPlacement, content: TabContent) -> dict[str, str | None]:
    """Source: concepts/teams-configuring-builtin-tabs.md for the website tab."""
    if placement.app == WEBSITE_APP:
        address = content.website_address
        return {"entityId": None, "contentUrl": address, "websiteUrl": address, "removeUrl": None}
    return {
        "entityId": content.entity,
        "contentUrl": content.content_address,
        "websiteUrl": content.website_address,
        "removeUrl": content.remove_address,
    }


def literal(text: str) -> str:
    """A text as OData writes it."""
    return "'" + text.replace("'", "''") + "'"

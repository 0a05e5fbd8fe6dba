"""The port `AppCatalogue` over Graph: our app in the organization's catalogue."""

from __future__ import annotations

from liaison.domain.consent import PUBLISHING
from liaison.domain.crm import TEAMS_ADMINISTRATOR
from liaison.domain.packages import Package, PublishedApp
from liaison.errors import ConsentNotGranted, RoleMissing, UpstreamRefused
from liaison.graph.client import Call, GraphClient, read_call
from liaison.graph.errors import SERVICE, About, Subject
from liaison.wire.wild import Wild

_APPS = "/appCatalogs/teamsApps"
_ZIP = {"content-type": "application/zip"}


class GraphCatalogue:
    """Source: Graph v1.0, api/appcatalogs-list-teamsapps.md, teamsapp-publish.md, teamsapp-update.md."""

    def __init__(self, client: GraphClient, app_manifest_id: str) -> None:
        self._client, self._manifest = client, app_manifest_id

    async def find_app(self) -> PublishedApp | None:
        """By the manifest's id, which is the catalogue's `externalId`."""
        manifest = self._manifest.replace("'", "''")
        query = {"$filter": f"externalId eq '{manifest}'", "$expand": "appDefinitions"}
        call = read_call(_APPS, Subject(About.APP, self._manifest), {}, query)
        try:
            found = [_read_app(item) async for item in self._client.pages(call)]
        except ConsentNotGranted as missing:  # who publishes needs one permission, which reads as well
            raise ConsentNotGranted("publish", PUBLISHING) from missing
        return found[0] if found else None

    async def publish_app(self, package: Package) -> PublishedApp:
        """201 in the examples, 200 in the text; one that was published meanwhile is found, not published twice."""
        call = Call("POST", _APPS, self._subject, body=package.content, headers=_ZIP, expects=(409,))
        answer = await self._send(call)
        if answer is None:
            found = await self.find_app()
            if found is not None:
                return found
            raise UpstreamRefused(SERVICE, "Conflict", http_status=409)
        return PublishedApp(answer.text("id"), package.version)

    async def update_app(self, app: PublishedApp, package: Package) -> PublishedApp:
        path = f"{_APPS}/{{app}}/appDefinitions"
        await self._send(Call("POST", path, self._subject, {"app": app.id}, body=package.content, headers=_ZIP))
        return PublishedApp(app.id, package.version)

    @property
    def _subject(self) -> Subject:
        return Subject(About.APP, self._manifest)

    async def _send(self, call: Call) -> Wild | None:
        """The answer's JSON; None when the app is there already. What is missing is said as one can mend it."""
        try:
            answer = await self._client.send(call)
        except ConsentNotGranted as missing:
            raise ConsentNotGranted("publish", PUBLISHING) from missing
        except UpstreamRefused as refused:
            if refused.http_status == 403:
                raise RoleMissing(TEAMS_ADMINISTRATOR) from refused
            raise
        return answer.wild() if answer.is_success else None


def _read_app(item: Wild) -> PublishedApp:
    """The latest definition's version; empty when the service does not tell."""
    definitions = item.list("appDefinitions") if item.has("appDefinitions") else ()
    versions = [one.opt_text("version") for one in definitions]
    return PublishedApp(item.text("id"), versions[-1] if versions else "")

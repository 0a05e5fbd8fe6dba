"""A plain client for the tenant's Graph, as one person or as the application."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import httpx2

from liaison.tenant.estate.callers import TokenAsk, issue_access_token
from liaison.tenant.seeds.company import APPLICATION_APP_ID, stable_guid
from tests.local_tenant import LocalTenant

VENTES = stable_guid("team", "ventes-europe")
NORTHWIND = stable_guid("team", "northwind")
SUPPORT = stable_guid("team", "support")
MARKETING = stable_guid("team", "marketing")
DIRECTION = stable_guid("team", "direction")

EVERYTHING = (
    "Team.ReadBasic.All Team.Create TeamSettings.ReadWrite.All TeamMember.ReadWrite.All Channel.ReadBasic.All"
    " Channel.Create ChannelSettings.ReadWrite.All Channel.Delete.All ChannelMember.ReadWrite.All"
    " TeamsTab.ReadWrite.All TeamsAppInstallation.ReadWriteForTeam TeamsAppInstallation.ReadWriteAndConsentForTeam"
    " AppCatalog.Submit AppCatalog.Read.All AppCatalog.ReadWrite.All Files.ReadWrite.All Sites.ReadWrite.All"
    " Group.ReadWrite.All GroupSettings.Read.All User.Read.All Directory.Read.All Application.Read.All"
    " ChannelMessage.Send ChannelMessage.Read.All LicenseAssignment.Read.All DelegatedPermissionGrant.ReadWrite.All"
    " AppRoleAssignment.ReadWrite.All RoleManagement.Read.Directory TeamsActivity.Send"
    " Policy.Read.All Presence.Read.All"
)


class Graph:
    """Calls under `/v1.0` with one token."""

    def __init__(self, tenant: LocalTenant, token: str | None) -> None:
        self.tenant = tenant
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        self.http = httpx2.Client(base_url=tenant.http, headers=headers, timeout=30)

    def call(self, method: str, path: str, body: Any = None, **more: Any) -> httpx2.Response:
        address = path if path.startswith("http") else f"/v1.0{path}"
        return self.http.request(method, address, **({"json": body} if body is not None else {}), **more)

    def get(self, path: str, **more: Any) -> Any:
        """The body of a successful GET."""
        answer = self.call("GET", path, **more)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str, body: Any, status: int = 201, **more: Any) -> Any:
        """The body of a successful POST; None without one."""
        answer = self.call("POST", path, body, **more)
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else None

    def patch(self, path: str, body: Any, status: int = 200, **more: Any) -> Any:
        answer = self.call("PATCH", path, body, **more)
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else None

    def delete(self, path: str, **more: Any) -> None:
        answer = self.call("DELETE", path, **more)
        assert answer.status_code == 204, answer.text

    def refused(self, method: str, path: str, body: Any = None, **more: Any) -> tuple[int, str, str]:
        """Status, code and message of a refusal; checks the rest of its shape."""
        answer = self.call(method, path, body, **more)
        assert answer.status_code >= 400, answer.text
        error = answer.json()["error"]
        inner = error["innerError"]
        assert set(inner) >= {"date", "request-id", "client-request-id"}
        assert inner["request-id"] == answer.headers["request-id"]
        return answer.status_code, error["code"], error["message"]

    def channel(self, team: str, name: str) -> str:
        """The id of a channel by name."""
        found = self.get(f"/teams/{team}/channels?$filter=displayName eq '{quote(name)}'&$select=id")["value"]
        return str(found[0]["id"])

    def folder(self, team: str, channel: str) -> tuple[str, str]:
        """Drive id and item id of a channel's folder."""
        found = self.get(f"/teams/{team}/channels/{channel}/filesFolder")
        return found["parentReference"]["driveId"], found["id"]


def person(tenant: LocalTenant, given: str, scopes: str = EVERYTHING, **more: Any) -> Graph:
    """Graph as a person sees it."""
    return Graph(tenant, tenant.token(given, scopes, **more))


def application(tenant: LocalTenant, roles: str) -> Graph:
    """Graph as an application with these roles sees it."""
    ask = TokenAsk(app_id=APPLICATION_APP_ID, audience="https://graph.microsoft.com", roles=frozenset(roles.split()))
    return Graph(tenant, tenant.ask(lambda estate: issue_access_token(estate, ask).text))


def bind(tenant: LocalTenant, given: str, *roles: str) -> dict[str, Any]:
    """A member of a team as a request body describes it."""
    return {
        "@odata.type": "#microsoft.graph.aadUserConversationMember",
        "roles": list(roles),
        "user@odata.bind": f"https://graph.microsoft.com/v1.0/users('{tenant.person(given).id}')",
    }

"""What the tests of the Teams client share: a Chromium, a person signed in, and Graph beside it to look at."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import httpx2
from playwright.sync_api import Browser, BrowserContext, Page, expect

from liaison.tenant.seeds.company import stable_guid
from tests.local_tenant import LocalTenant

SALES = stable_guid("team", "ventes-europe")
NORTHWIND = stable_guid("team", "northwind")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
SCOPES = [
    "Team.ReadBasic.All",
    "Channel.ReadBasic.All",
    "ChannelMessage.Read.All",
    "ChannelMessage.Send",
    "TeamsTab.ReadWrite.All",
    "TeamsAppInstallation.ReadWriteForTeam",
    "AppCatalog.Read.All",
    "Files.ReadWrite.All",
    "Sites.ReadWrite.All",
    "Group.ReadWrite.All",
]

expect.set_options(timeout=10_000)


@dataclass
class Visit:
    """One person's browser. `problems` are script errors and refused policies that the pages reported."""

    tenant: LocalTenant
    context: BrowserContext
    page: Page
    root: str
    problems: list[str] = field(default_factory=list)

    def open(self, path: str = "/teams/", given: str = "Claire") -> Page:
        """Open an address of the client, signing in when asked."""
        self.page.goto(self.root + path if path.startswith("/") else path)
        self.page.locator("button[name=user], .avatar-button").first.wait_for()
        person = self.page.locator("button[name=user]", has_text=self.tenant.person(given).name)
        if person.count():
            person.click()
        self.page.locator(".avatar-button").wait_for()
        return self.page

    def open_channel(self, name: str, team: str = "Ventes Europe", given: str = "Claire") -> Page:
        page = self.open(given=given)
        branch = page.locator(".tree-branch", has=page.get_by_role("treeitem", name=team, exact=True))
        branch.get_by_role("treeitem", name=name).click()
        expect(page.get_by_role("heading", level=1, name=name)).to_be_visible()
        return page


@contextmanager
def visit(browser: Browser, tenant: LocalTenant, root: str | None = None, **options: Any) -> Iterator[Visit]:
    """A fresh browser of a person, light unless asked otherwise, in the language of its locale.

    `root` is the tenant's own address that it goes to; http unless given.
    """
    context = browser.new_context(**{"locale": "en-GB", "color_scheme": "light", "accept_downloads": True, **options})
    page = context.new_page()
    language = options.get("locale", "en-GB")[:2]
    if language in ("en", "fr"):
        # Whatever the profile says; only tests of the profile's language use a browser of another one.
        context.add_init_script(f"if (location.port) localStorage.setItem('teams.language', '{language}')")
    found = Visit(tenant, context, page, root or tenant.http)
    page.on("pageerror", lambda error: found.problems.append(str(error)))
    page.on(
        "console", lambda line: found.problems.append(line.text) if "Content Security Policy" in line.text else None
    )
    yield found
    context.close()


class GraphAside:
    """Graph as Claire sees it, without the client."""

    def __init__(self, client: httpx2.Client) -> None:
        self._client = client

    def get(self, path: str) -> Any:
        return self._client.get(path).raise_for_status().json()

    def bytes(self, path: str) -> bytes:
        return self._client.get(path).raise_for_status().content

    def post(self, path: str, body: dict[str, Any]) -> Any:
        answer = self._client.post(path, json=body).raise_for_status()
        return answer.json() if answer.content else None

    def channel(self, name: str, team: str = SALES) -> dict[str, Any]:
        found: dict[str, Any] = next(
            one for one in self.get(f"/teams/{team}/channels")["value"] if one["displayName"] == name
        )
        return found

    def place(self, name: str, team: str = SALES) -> str:
        """The path of a channel."""
        return f"/teams/{team}/channels/{quote(self.channel(name, team)['id'], safe='')}"

    def folder(self, name: str) -> str:
        """The path of a channel's folder."""
        item = self.get(f"{self.place(name)}/filesFolder")
        return f"/drives/{item['parentReference']['driveId']}/items/{item['id']}"

    def liaison_app(self) -> str:
        found = self.get("/appCatalogs/teamsApps?$filter=displayName eq 'Liaison'")["value"]
        return str(found[0]["id"])

    def pin(self, place: str, name: str, content_url: str, **configuration: Any) -> dict[str, Any]:
        """Install Liaison in the team and pin a tab of it."""
        bind = f"https://graph.microsoft.com/v1.0/appCatalogs/teamsApps/{self.liaison_app()}"
        team = place.split("/channels", maxsplit=1)[0]
        installed = self._client.post(f"{team}/installedApps", json={"teamsApp@odata.bind": bind})
        assert installed.status_code in (200, 201, 409), installed.text
        tab: dict[str, Any] = self.post(
            f"{place}/tabs",
            {
                "displayName": name,
                "teamsApp@odata.bind": bind,
                "configuration": {"entityId": "lnk_42", "contentUrl": content_url, **configuration},
            },
        )
        return tab

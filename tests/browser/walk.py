"""A walk through enabling in one language: its demo, its people, and the words that are looked for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx2
from playwright.sync_api import Browser, Page, expect

from liaison.text.lookup import Texts, load_texts
from tests.browser.person import SALES, Person, person_at
from tests.contract.demo_process import Demo

POWER_APPS = f"/power-apps/environments/{SALES}/settings/teams-integration"
LABELS: dict[str, dict[str, str]] = {
    "en": {
        "title": "Microsoft Teams collaboration and chat",
        "basic": "Turn on the linking of Dynamics 365 records to Microsoft Teams channels",
        "enhanced": "Turn on Enhanced Microsoft Teams Integration",
        "area": "Change area",
        "app_settings": "App Settings",
        "general": "General Settings",
        "chat": "Chat and collaborate",
        "environments": "Environments",
        "settings": "Settings",
        "integration": "Integration",
        "teams": "Teams integration settings",
        "collaborate": "Collaborate",
    },
    "fr": {
        "title": "Collaboration et conversation instantanée Microsoft Teams",
        "basic": "Activer la liaison des enregistrements Dynamics 365 aux canaux Microsoft Teams",
        "enhanced": "Activer l’intégration de Microsoft Teams améliorée",
        "area": "Changer de zone",
        "app_settings": "Paramètres d’application",
        "general": "Paramètres généraux",
        "chat": "Discuter et collaborer",
        "environments": "Environnements",
        "settings": "Paramètres",
        "integration": "Intégration",
        "teams": "Paramètres d’intégration Teams",
        "collaborate": "Collaborer",
    },
}
"""The labels of Microsoft's own pages, word for word."""
_GRAPH = "https://graph.microsoft.com"


@dataclass
class Walk:
    """`handed_over` is the address that one step leaves to the next; `links` are those made on the way."""

    demo: Demo
    browser: Browser
    language: str
    texts: Texts = field(default_factory=load_texts)
    handed_over: str = ""
    links: list[str] = field(default_factory=list)

    @property
    def labels(self) -> dict[str, str]:
        return LABELS[self.language]

    def say(self, key: str, **facts: str) -> str:
        """A sentence of ours in the walk's language."""
        return self.texts.say(self.language, key, facts)

    @contextmanager
    def person(self, given: str, **options: Any) -> Iterator[Person]:
        locale = {"en": "en-GB", "fr": "fr-FR"}[self.language]
        with person_at(self.browser, self.demo, given, locale=locale, **options) as found:
            yield found

    def collaborate(self, page: Page) -> Any:
        """The Collaborate command of a record or a view."""
        return page.locator(".command", has_text=re.compile(f"^\\s*{self.labels['collaborate']}\\s*$"))

    def settings(self, person: Person) -> Page:
        """The page by its way through the app, read anew."""
        page = person.open_settings()
        expect(page.get_by_role("heading", level=1)).to_have_text(self.labels["title"])
        return page

    def flip(self, page: Page, which: str) -> None:
        page.locator(".switch", has_text=self.labels[which]).click()

    def save(self, page: Page) -> None:
        page.locator(".command", has_text=self.say("web.settings.save")).click()

    def saved(self, page: Page) -> None:
        self.save(page)
        expect(page.get_by_text(self.say("web.settings.saved.text"))).to_be_visible()

    def decide(self, page: Page, *, accept: bool) -> None:
        """Go to Microsoft's consent page, see what it asks for, and answer."""
        page.get_by_role("link", name=self.say("web.settings.consent.accept"), exact=True).click()
        page.wait_for_url(f"{self.demo.tenant}/**")
        expect(page.locator("body")).to_contain_text("Liaison")
        choice = "[value=accept]" if accept else ":not([value=accept])"
        page.locator(f"button[name=decision]{choice}").first.click()
        page.wait_for_url(f"{self.demo.product}/**")

    def neglect(self) -> None:
        """Contoso Sales as a neglected environment: SharePoint not set up, OneDrive on, one active and one deactivated
        site, one location with an absolute address."""
        self.demo.control("POST", "/switches", {f"dataverse.sharepoint_configured.{SALES}": False})
        with self.demo.dataverse("Nadia") as crm:
            self._change_organization(crm, isonedriveenabled=True)
            if not crm.get("/sharepointsites?$select=name&$filter=name eq 'Archives'").json()["value"]:
                old = {"name": "Archives", "absoluteurl": "https://contoso.sharepoint.com/sites/archives"}
                made = _done(crm.post("/sharepointsites", json=old, headers={"Prefer": "return=representation"})).json()
                closed = {"statecode": 1, "statuscode": 2}
                _done(crm.patch(f"/sharepointsites({made['sharepointsiteid']})", json=closed))
            self._open_default_site(crm)
            place = {"name": "Shared drive", "absoluteurl": "https://contoso.sharepoint.com/sites/old/shared"}
            _done(crm.post("/sharepointdocumentlocations", json={**place, "servicetype": 0}))

    def set_up_sharepoint(self) -> None:
        self.demo.control("POST", "/switches", {f"dataverse.sharepoint_configured.{SALES}": True})
        with self.demo.dataverse("Nadia") as crm:
            self._open_default_site(crm)

    def deploy(self, kind: int) -> None:
        """SharePoint Online (0) or on-premises (1)."""
        with self.demo.dataverse("Nadia") as crm:
            self._change_organization(crm, sharepointdeploymenttype=kind)

    def _open_default_site(self, crm: Any) -> None:
        found = _done(crm.get("/sharepointsites?$select=name&$filter=name eq 'Default Site'")).json()["value"][0]
        site = f"/sharepointsites({found['sharepointsiteid']})"
        _done(crm.patch(site, json={"statecode": 0, "statuscode": 1}))

    def _change_organization(self, crm: Any, **values: Any) -> None:
        row = _done(crm.get("/organizations?$select=name")).json()["value"][0]["organizationid"]
        _done(crm.patch(f"/organizations({row})", json=values))

    def revoke_consent(self) -> None:
        """A Global Administrator takes the tenant's grants to Liaison back, in the directory itself."""

        scope = f"{_GRAPH}/DelegatedPermissionGrant.ReadWrite.All {_GRAPH}/Directory.Read.All"
        headers = {"Authorization": f"Bearer {self.demo.graph_token('Nadia', scope)}"}
        with httpx2.Client(base_url=f"{self.demo.tenant}/v1.0", headers=headers, timeout=30.0) as graph:
            grants = _done(graph.get("/oauth2PermissionGrants")).json()["value"]
            for grant in grants:
                if grant["consentType"] == "AllPrincipals":
                    _done(graph.delete(f"/oauth2PermissionGrants/{grant['id']}"))


def _done(answer: httpx2.Response) -> httpx2.Response:
    assert answer.is_success, answer.text
    return answer

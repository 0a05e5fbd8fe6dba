"""What the packages of Teams apps say about their tabs: the part of a manifest that a Teams client reads.

The catalogue (`apps`) keeps what Graph shows of an app; this keeps what only a client needs: where the tab is set up,
which hosts the app may use, and which API its single sign-on token is for.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from liaison.tenant.estate import Estate
from liaison.tenant.estate.applications import find_application
from liaison.tenant.estate.apps import CatalogueApp
from liaison.tenant.estate.switches import get_switch
from liaison.tenant.seeds.company import DELEGATED_APP_ID, LIAISON_MANIFEST_ID

_TABLES = """
CREATE TABLE IF NOT EXISTS app_definitions (external_id TEXT PRIMARY KEY, manifest TEXT NOT NULL) WITHOUT ROWID;
"""


@dataclass(frozen=True)
class PersonalTab:
    """A page of an app that belongs to no channel."""

    entity_id: str
    name: str
    content_url: str


@dataclass(frozen=True)
class AppDefinition:
    """The tab side of a manifest. `resource` is the App ID URI of `webApplicationInfo`, `client_id` its id."""

    external_id: str
    manifest_version: str
    configuration_url: str | None
    can_update_configuration: bool
    valid_domains: tuple[str, ...]
    permissions: tuple[str, ...]
    client_id: str | None
    resource: str | None
    shows_loading: bool = False
    developer: str = ""
    full_description: str = ""
    personal_tabs: tuple[PersonalTab, ...] = ()


def create_tables(estate: Estate) -> None:
    """Create the table of definitions; repeatable."""
    estate.db.run_script(_TABLES)


def save_manifest(estate: Estate, manifest: Mapping[str, Any]) -> None:
    """Keep the manifest of a published app; a newer one replaces it."""
    external_id = str(manifest["id"]).lower()
    with estate.db.change() as change:
        change.execute(
            "INSERT OR REPLACE INTO app_definitions VALUES (?, ?)", (external_id, json.dumps(dict(manifest)))
        )


def forget_manifest(estate: Estate, external_id: str) -> None:
    """Drop the manifest of an app that leaves the catalogue."""
    with estate.db.change() as change:
        change.execute("DELETE FROM app_definitions WHERE external_id = ?", (external_id.lower(),))


def find_definition(estate: Estate, app: CatalogueApp) -> AppDefinition | None:
    """The definition of an app of the catalogue; None when nothing is known about its tabs.

    Liaison's own app stands in the catalogue from the start: until a package of it is published, its tab pages are
    where the switch `teams.liaison_address` says.
    """
    text = estate.db.value("SELECT manifest FROM app_definitions WHERE external_id = ?", (app.external_id,))
    if text is not None:
        return _read_manifest(json.loads(text))
    return _seeded_definition(estate) if app.external_id == LIAISON_MANIFEST_ID else None


def _seeded_definition(estate: Estate) -> AppDefinition:
    address = get_switch(estate, "teams.liaison_address", estate.liaison_address).rstrip("/")
    application = find_application(estate, DELEGATED_APP_ID)
    uris = application.identifier_uris if application is not None else ()
    return AppDefinition(
        LIAISON_MANIFEST_ID,
        "1.25",
        f"{address}/teams/config?locale={{locale}}&theme={{theme}}",
        can_update_configuration=True,
        valid_domains=(urlsplit(address).netloc,),
        permissions=("identity",),
        client_id=DELEGATED_APP_ID,
        resource=uris[0] if uris else None,
        personal_tabs=(PersonalTab("home", "Liaison", f"{address}/teams/home?locale={{locale}}&theme={{theme}}"),),
    )


def _read_manifest(manifest: Mapping[str, Any]) -> AppDefinition:
    tabs = manifest.get("configurableTabs") or [{}]
    registered = manifest.get("webApplicationInfo") or {}
    return AppDefinition(
        str(manifest["id"]).lower(),
        str(manifest.get("manifestVersion", "")),
        tabs[0].get("configurationUrl"),
        # Source: manifest schema 1.25, configurableTabs.canUpdateConfiguration, default true.
        bool(tabs[0].get("canUpdateConfiguration", True)),
        tuple(str(domain) for domain in manifest.get("validDomains") or ()),
        tuple(str(name) for name in manifest.get("permissions") or ()),
        registered.get("id"),
        registered.get("resource"),
        bool(manifest.get("showLoadingIndicator", False)),
        str((manifest.get("developer") or {}).get("name", "")),
        str((manifest.get("description") or {}).get("full", "")),
        tuple(_read_personal(tab) for tab in manifest.get("staticTabs") or () if tab.get("contentUrl")),
    )


def _read_personal(tab: Mapping[str, Any]) -> PersonalTab:
    return PersonalTab(str(tab.get("entityId", "")), str(tab.get("name", "")), str(tab["contentUrl"]))

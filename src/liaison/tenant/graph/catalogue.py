"""The organisation's app catalogue: finding apps, publishing packages, taking apps out.

Source: Graph v1.0, resources/teamsapp.md, api/teamsapp-publish.md
"""

from __future__ import annotations

import base64
from dataclasses import replace

from liaison.tenant.estate import apps
from liaison.tenant.estate.app_definitions import forget_manifest, save_manifest
from liaison.tenant.estate.app_packages import PackageRefused, read_package
from liaison.tenant.estate.apps import CatalogueApp
from liaison.tenant.graph.access import is_teams_administrator
from liaison.tenant.graph.errors import Backend, GraphError, bad_request, forbidden
from liaison.tenant.graph.permissions import CATALOGUE_READ, CATALOGUE_WRITE
from liaison.tenant.graph.requests import Ask
from liaison.tenant.graph.responses import NO_CONTENT, Answer, Json
from liaison.tenant.graph.schema import CATALOGUE_APP
from liaison.tenant.graph.shapes import collection, entity, expands, filtered, page, selected, selection_suffix
from liaison.tenant.graph.table import operations
from liaison.tenant.graph.wild import Wild


def app_body(app: CatalogueApp) -> Json:
    """An app of the catalogue. The id differs from the manifest's (`externalId`) for apps of the organisation."""
    return {
        "id": app.id,
        "externalId": None if app.distribution == "store" else app.external_id,
        "displayName": app.display_name,
        "distributionMethod": app.distribution,
    }


def definition_body(app: CatalogueApp) -> Json:
    """The published definition of an app."""
    return {
        "id": base64.b64encode(f"{app.id}##{app.version}".encode()).decode(),
        "teamsAppId": app.id,
        "displayName": app.display_name,
        "version": app.version,
        "publishingState": app.state,
        "shortDescription": app.short_description,
        "description": app.description,
        "lastModifiedDateTime": app.modified or None,
        "createdBy": None,
        "azureADAppId": app.client_app_id,
        "authorization": {
            "clientAppId": app.client_app_id,
            "requiredPermissionSet": {
                "resourceSpecificPermissions": [
                    {"permissionValue": name, "permissionType": "Application"} for name in app.resource_specific
                ]
            },
        },
    }


def list_apps(ask: Ask) -> Answer:
    """`GET /appCatalogs/teamsApps`. Source: Graph v1.0, api/appcatalogs-list-teamsapps.md"""
    found = [
        app_body(app) | {"appDefinitions": [definition_body(app)]}
        for app in apps.list_apps(ask.estate)
        if app.state == "published"
    ]
    part, following = page(ask, filtered(ask, found), 1000, 1000)
    values = [_shown(ask, body) for body in part]
    context = ask.context(f"appCatalogs/teamsApps{_expansion(ask)}")
    return Answer(body=collection(context, values, count=len(values), next_page=following))


def read_app(ask: Ask) -> Answer:
    """`GET /appCatalogs/teamsApps/{app}`."""
    app = _asked_app(ask)
    body = _shown(ask, app_body(app) | {"appDefinitions": [definition_body(app)]})
    return Answer(body=entity(ask.context(f"appCatalogs/teamsApps{_expansion(ask)}/$entity"), body))


def list_definitions(ask: Ask) -> Answer:
    """`GET /appCatalogs/teamsApps/{app}/appDefinitions`."""
    app = _asked_app(ask)
    context = ask.context(f"appCatalogs/teamsApps('{app.id}')/appDefinitions")
    return Answer(body=collection(context, [definition_body(app)], count=1))


def publish(ask: Ask) -> Answer:
    """`POST /appCatalogs/teamsApps` with a package: a new app of the organisation, 201; 409 when it is there."""
    reviewed = ask.options.get("requiresReview", "false").lower() == "true"
    if not reviewed and (not is_teams_administrator(ask) or "AppCatalog.ReadWrite.All" not in ask.caller.scopes):
        raise forbidden(Backend.TEAMS, "Only administrators may publish without a review.")
    manifest = _read_package(ask)
    app = _app_of(manifest, ask.estate.ids.guid())
    if apps.find_app_by_external_id(ask.estate, app.external_id or "") is not None:
        raise GraphError(409, "Conflict", f"App with same id already exists in the tenant: {app.external_id}.")
    state = "submitted" if reviewed else "published"
    apps.publish_app(ask.estate, replace(app, state=state))
    save_manifest(ask.estate, manifest.value)
    return Answer(201, entity(ask.context("appCatalogs/teamsApps/$entity"), app_body(app)))


def publish_version(ask: Ask) -> Answer:
    """`POST /appCatalogs/teamsApps/{app}/appDefinitions` with a package of a higher version: 201.

    Source: Graph v1.0, api/teamsapp-update.md
    """
    app = _asked_app(ask)
    if not is_teams_administrator(ask):
        raise forbidden(Backend.TEAMS, "Only administrators may publish a new version.")
    manifest = _read_package(ask)
    updated = _app_of(manifest, app.id)
    if updated.external_id != app.external_id:
        raise bad_request(Backend.TEAMS, "The id in the manifest differs from the id of the app.")
    if _version(updated.version) <= _version(app.version):
        raise GraphError(409, "Conflict", "The version in the manifest must be higher than the published one.")
    apps.publish_app(ask.estate, updated)
    save_manifest(ask.estate, manifest.value)
    context = ask.context(f"appCatalogs/teamsApps('{app.id}')/appDefinitions/$entity")
    return Answer(201, entity(context, definition_body(updated)))


def delete_app(ask: Ask) -> Answer:
    """`DELETE /appCatalogs/teamsApps/{app}`: apps of the organisation only. Source: api/teamsapp-delete.md"""
    app = _asked_app(ask)
    if app.distribution != "organization" or not is_teams_administrator(ask):
        raise forbidden(Backend.TEAMS)
    apps.delete_app(ask.estate, app)
    forget_manifest(ask.estate, app.external_id or app.id)
    return NO_CONTENT


def _asked_app(ask: Ask) -> CatalogueApp:
    app = apps.find_app(ask.estate, ask.params["app"])
    if app is None:
        raise GraphError(404, "NotFound", f"App with id {ask.params['app']} was not found in the catalog.")
    return app


def _shown(ask: Ask, body: Json) -> Json:
    kept = {name: value for name, value in body.items() if name != "appDefinitions" or expands(ask, name)}
    return selected(ask, kept, CATALOGUE_APP, "teamsApp")


def _expansion(ask: Ask) -> str:
    return selection_suffix(ask, *(("appDefinitions",) if expands(ask, "appDefinitions") else ()))


def _read_package(ask: Ask) -> Wild:
    """The manifest of the package in the request; raises 400 naming everything that is wrong."""
    try:
        return Wild(dict(read_package(ask.raw.body)), Backend.TEAMS)
    except PackageRefused as refused:
        raise bad_request(Backend.TEAMS, f"The app package is not valid: {refused}.") from refused


def _app_of(manifest: Wild, app_id: str) -> CatalogueApp:
    asked = manifest.child("authorization").child("permissions").children("resourceSpecific")
    tabs = "configurable" if manifest.children("configurableTabs") else "static"
    return CatalogueApp(
        app_id,
        manifest.text("id").lower(),
        manifest.child("name").text("short"),
        "organization",
        manifest.text("version"),
        tabs if tabs == "configurable" or manifest.children("staticTabs") else "none",
        manifest.child("description").optional_text("short") or "",
        manifest.child("description").optional_text("full") or "",
        manifest.child("webApplicationInfo").optional_text("id"),
        tuple(one.text("name") for one in asked),
    )


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(".") if part.isdigit())


OPERATIONS = operations(
    Backend.TEAMS,
    ("GET", "appCatalogs/teamsApps", list_apps, CATALOGUE_READ),
    ("POST", "appCatalogs/teamsApps", publish, CATALOGUE_WRITE),
    ("GET", "appCatalogs/teamsApps/{app}", read_app, CATALOGUE_READ),
    ("DELETE", "appCatalogs/teamsApps/{app}", delete_app, CATALOGUE_WRITE),
    ("GET", "appCatalogs/teamsApps/{app}/appDefinitions", list_definitions, CATALOGUE_READ),
    ("POST", "appCatalogs/teamsApps/{app}/appDefinitions", publish_version, CATALOGUE_WRITE),
)

"""Apps in teams and channels: listing, installing, upgrading, removing, and what was consented with them.

Source: Graph v1.0, resources/teamsappinstallation.md; graph.md 5.1
"""

from __future__ import annotations

import base64

from liaison.tenant.estate import apps
from liaison.tenant.estate.apps import CatalogueApp, Installation
from liaison.tenant.estate.switches import get_switch
from liaison.tenant.graph.access import (
    channel_as_member,
    require_active,
    require_setting,
    team_as_member,
)
from liaison.tenant.graph.catalogue import app_body, definition_body
from liaison.tenant.graph.channels import channel_key
from liaison.tenant.graph.errors import Backend, GraphError, bad_request, forbidden
from liaison.tenant.graph.permissions import APP_INSTALL, APPS_READ, SELF_ONLY, TEAM_GRANTS_READ
from liaison.tenant.graph.requests import Ask, bound_id
from liaison.tenant.graph.responses import NO_CONTENT, Answer, Json
from liaison.tenant.graph.schema import INSTALLATION
from liaison.tenant.graph.shapes import collection, entity, expands, filtered, page, selected, selection_suffix
from liaison.tenant.graph.table import operations
from liaison.tenant.graph.wild import Wild

_EXPANSIONS = ("teamsApp", "teamsAppDefinition")
_NO_APP = "User is trying to create a team entitlement for a non existent App definition"


def read_app_bind(ask: Ask, body: Wild) -> str:
    """The catalogue id in `teamsApp@odata.bind`; raises 400 when the name is misspelled or missing."""
    if not body.has("teamsApp@odata.bind"):
        raise bad_request(Backend.TEAMS, "Invalid bind property name teamsApp in request.")
    return bound_id(body.value["teamsApp@odata.bind"], "teamsApps", ask.backend)


def holds_only_self(ask: Ask, held_for: str) -> bool:
    """Whether the token's permissions over tabs or installations are limited to the caller's own app."""
    held = ask.caller.scopes if ask.is_delegated else ask.caller.roles
    related = [
        name
        for name in held
        if name.startswith(held_for)
        or name in ("Group.ReadWrite.All", "Group.Read.All", "Directory.ReadWrite.All", "Directory.Read.All")
    ]
    return bool(related) and all(any(mark in name for mark in SELF_ONLY) for name in related)


def is_own_app(ask: Ask, app: CatalogueApp) -> bool:
    return app.client_app_id is not None and app.client_app_id.lower() == ask.caller.app_id.lower()


def is_visible(ask: Ask, installation: Installation) -> bool:
    """Whether an installation shows already; a switch delays it."""
    delay_s = get_switch(ask.estate, "graph.install_delay_s", 0.0)
    return installation.installed_at + delay_s <= ask.estate.clock.seconds()


def is_blocked(ask: Ask, app: CatalogueApp) -> bool:
    """Whether an app permission policy blocks an app, as the switch `graph.blocked_apps` lists them."""
    return bool({app.id, app.external_id} & set(get_switch(ask.estate, "graph.blocked_apps", list[str]())))


def list_installed(ask: Ask) -> Answer:
    """`GET /teams/{team}/installedApps`. Source: Graph v1.0, api/team-list-installedapps.md"""
    team = team_as_member(ask)
    found = [one for one in apps.list_installations(ask.estate, team.id) if is_visible(ask, one)]
    if holds_only_self(ask, "TeamsAppInstallation."):
        found = [one for one in found if is_own_app(ask, one.app)]
    part, following = page(ask, filtered(ask, [_body(ask, one) for one in found]), 100, 999)
    values = [_shown(ask, body) for body in part]
    context = ask.context(f"teams('{team.id}')/installedApps{_expansion(ask)}")
    return Answer(body=collection(context, values, count=len(values), next_page=following))


def read_installed(ask: Ask) -> Answer:
    """`GET /teams/{team}/installedApps/{installation}`. Source: Graph v1.0, api/team-get-installedapps.md"""
    team = team_as_member(ask)
    body = _shown(ask, _body(ask, _asked_installation(ask, team.id)))
    return Answer(body=entity(ask.context(f"teams('{team.id}')/installedApps{_expansion(ask)}/$entity"), body))


def install(ask: Ask) -> Answer:
    """`POST /teams/{team}/installedApps`: 201 without a body, 409 when it is there already.

    Source: Graph v1.0, api/team-post-installedapps.md
    """
    team = team_as_member(ask)
    body = ask.json().only(INSTALLATION, "microsoft.graph.teamsAppInstallation")
    app_id = read_app_bind(ask, body)
    app = apps.find_app(ask.estate, app_id)
    if app is None:
        raise GraphError(404, "NotFound", f"{_NO_APP}: {app_id}.")
    require_setting(ask, team, "allowAddRemoveApps")
    require_active(team)
    _require_may_install(ask, app)
    consented = _read_consent(ask, body, app)
    if apps.find_installation_of(ask.estate, team.id, app.id) is not None:
        raise GraphError(409, "Conflict", f"App is already installed in the team: {app.id}.")
    apps.install_app(ask.estate, installation_id(team.id, app.id), team.id, app, consented)
    return Answer(201)


def installation_id(team_id: str, app_id: str) -> str:
    return base64.b64encode(f"{team_id}##{app_id}".encode()).decode()


def upgrade(ask: Ask) -> Answer:
    """`POST …/installedApps/{installation}/upgrade`: here every installation has the newest version."""
    team = team_as_member(ask)
    _require_may_install(ask, _asked_installation(ask, team.id).app)
    return NO_CONTENT


def uninstall(ask: Ask) -> Answer:
    """`DELETE /teams/{team}/installedApps/{installation}`: its tabs go with it. Source: team-delete-installedapps.md"""
    team = team_as_member(ask)
    installation = _asked_installation(ask, team.id)
    require_setting(ask, team, "allowAddRemoveApps")
    require_active(team)
    _require_may_install(ask, installation.app)
    apps.uninstall_app(ask.estate, installation)
    return NO_CONTENT


def list_permission_grants(ask: Ask) -> Answer:
    """`GET /teams/{team}/permissionGrants`: resource-specific consent. Source: api/team-list-permissiongrants.md"""
    team = team_as_member(ask)
    values: list[Json] = [
        {
            "id": base64.urlsafe_b64encode(f"{one.id}#{name}".encode()).decode(),
            "deletedDateTime": None,
            "clientAppId": one.app.client_app_id,
            "clientId": None,
            "resourceAppId": "00000003-0000-0000-c000-000000000000",
            "permissionType": "Application",
            "permission": name,
        }
        for one in apps.list_installations(ask.estate, team.id)
        for name in one.consented
    ]
    return Answer(body=collection(ask.context(f"teams('{team.id}')/permissionGrants"), values))


def list_enabled(ask: Ask) -> Answer:
    """`GET …/channels/{channel}/enabledApps`: apps added to a private or shared channel."""
    team, channel = channel_as_member(ask)
    values = [app_body(app) for app in apps.list_channel_apps(ask.estate, channel.id)]
    context = ask.context(f"teams('{team.id}')/channels('{channel_key(channel.id)}')/enabledApps")
    return Answer(body=collection(context, values, count=len(values)))


def enable(ask: Ask) -> Answer:
    """`POST …/channels/{channel}/enabledApps/$ref`: the app must be in the team."""
    team, channel = channel_as_member(ask)
    require_setting(ask, team, "allowAddRemoveApps")
    if channel.kind == "standard":
        raise bad_request(Backend.TEAMS, "Apps are added to the team for standard channels.")
    app_id = bound_id(ask.json().value.get("@odata.id"), "teamsApps", Backend.TEAMS)
    if apps.find_installation_of(ask.estate, team.id, app_id) is None:
        raise bad_request(Backend.TEAMS, f"App id {app_id} needs to be installed to the team {team.id}.")
    apps.enable_app_in_channel(ask.estate, channel.id, app_id)
    return NO_CONTENT


def disable(ask: Ask) -> Answer:
    """`DELETE …/channels/{channel}/enabledApps/{app}/$ref`."""
    team, channel = channel_as_member(ask)
    require_setting(ask, team, "allowAddRemoveApps")
    if not apps.disable_app_in_channel(ask.estate, channel.id, ask.params["app"]):
        raise GraphError(404, "NotFound", f"No app found with id {ask.params['app']} in the channel.")
    return NO_CONTENT


def _body(ask: Ask, installation: Installation) -> Json:
    granted = [{"permissionValue": name, "permissionType": "Application"} for name in installation.consented]
    body: Json = {
        "id": installation.id,
        "teamsApp": app_body(installation.app),
        "teamsAppDefinition": definition_body(installation.app),
    }
    return body | ({"consentedPermissionSet": {"resourceSpecificPermissions": granted}} if granted else {})


def _shown(ask: Ask, body: Json) -> Json:
    """The body with only the expansions that were asked for."""
    kept = {name: value for name, value in body.items() if name not in _EXPANSIONS or expands(ask, name)}
    return selected(ask, kept, INSTALLATION, "teamsAppInstallation")


def _expansion(ask: Ask) -> str:
    return selection_suffix(ask, *(name for name in _EXPANSIONS if expands(ask, name)))


def _asked_installation(ask: Ask, team_id: str) -> Installation:
    found = apps.find_installation(ask.estate, team_id, ask.params["installation"])
    if found is None or not is_visible(ask, found):
        raise GraphError(404, "NotFound", f"No app installation found with id {ask.params['installation']}.")
    return found


def _require_may_install(ask: Ask, app: CatalogueApp) -> None:
    if is_blocked(ask, app):
        raise forbidden(Backend.TEAMS, f"App {app.id} is blocked by an app permission policy.")
    if holds_only_self(ask, "TeamsAppInstallation.") and not is_own_app(ask, app):
        raise forbidden(Backend.TEAMS, f"The permissions of the token allow only the caller's own app, not {app.id}.")


def _read_consent(ask: Ask, body: Wild, app: CatalogueApp) -> list[str]:
    """The resource-specific permissions consented in the request; an app that asks for some needs them all.

    Source: identity.md section 13
    """
    listed = body.child("consentedPermissionSet").children("resourceSpecificPermissions")
    names = [one.text("permissionValue") for one in listed]
    if not app.resource_specific:
        return names
    held = ask.caller.scopes if ask.is_delegated else ask.caller.roles
    if not any("ReadWriteAndConsent" in name for name in held):
        raise forbidden(
            Backend.TEAMS,
            "The app asks for resource-specific permissions; the token lacks a "
            "TeamsAppInstallation.ReadWriteAndConsent permission.",
        )
    missing = sorted(set(app.resource_specific) - set(names))
    if missing:
        raise bad_request(Backend.TEAMS, f"The consentedPermissionSet lacks {', '.join(missing)}.")
    return names


OPERATIONS = operations(
    Backend.TEAMS,
    ("GET", "teams/{team}/installedApps", list_installed, APPS_READ),
    ("POST", "teams/{team}/installedApps", install, APP_INSTALL),
    ("GET", "teams/{team}/installedApps/{installation}", read_installed, APPS_READ),
    ("DELETE", "teams/{team}/installedApps/{installation}", uninstall, APP_INSTALL),
    ("POST", "teams/{team}/installedApps/{installation}/upgrade", upgrade, APP_INSTALL),
    ("POST", "teams/{team}/installedApps/{installation}/graph.upgrade", upgrade, APP_INSTALL),
    ("GET", "teams/{team}/permissionGrants", list_permission_grants, TEAM_GRANTS_READ),
    ("GET", "teams/{team}/channels/{channel}/enabledApps", list_enabled, APPS_READ),
    ("POST", "teams/{team}/channels/{channel}/enabledApps/$ref", enable, APP_INSTALL),
    ("DELETE", "teams/{team}/channels/{channel}/enabledApps/{app}/$ref", disable, APP_INSTALL),
)

"""Tabs of channels: listing, adding, changing, removing. Equal tabs are not told apart.

Source: Graph v1.0, resources/teamstab.md; graph.md 5.2
"""

from __future__ import annotations

import json
import zlib
from typing import Any
from urllib.parse import quote, urlsplit

from liaison.tenant.estate import apps
from liaison.tenant.estate.apps import CatalogueApp, Tab
from liaison.tenant.estate.channels import Channel
from liaison.tenant.estate.origins import is_loopback_name
from liaison.tenant.estate.switches import get_switch
from liaison.tenant.estate.teamwork import Team
from liaison.tenant.graph.access import channel_as_member, require_active, require_setting
from liaison.tenant.graph.apps import holds_only_self, is_blocked, is_own_app, is_visible, read_app_bind
from liaison.tenant.graph.catalogue import app_body
from liaison.tenant.graph.channels import channel_key
from liaison.tenant.graph.errors import Backend, GraphError, bad_request, forbidden
from liaison.tenant.graph.permissions import TAB_CREATE, TAB_DELETE, TAB_WRITE, TABS_READ
from liaison.tenant.graph.requests import Ask
from liaison.tenant.graph.responses import NO_CONTENT, Answer, Json
from liaison.tenant.graph.schema import TAB
from liaison.tenant.graph.shapes import collection, entity, expands, filtered, page, selected, selection_suffix
from liaison.tenant.graph.table import operations
from liaison.tenant.graph.wild import Wild

_NAME_LIMIT = 128
_ADDRESSES = ("contentUrl", "websiteUrl", "removeUrl")
_WIKI = "com.microsoft.teamspace.tab.wiki"


def tab_body(ask: Ask, tab: Tab) -> Json:
    """A tab with its app; `sortOrderIndex` is a text, and not in the schema."""
    return {
        "id": tab.id,
        "displayName": tab.display_name,
        "webUrl": _tab_address(ask, tab),
        "sortOrderIndex": str(tab.sort_order),
        "configuration": None if tab.configuration is None else dict(tab.configuration),
        "teamsApp": app_body(tab.app),
    }


def list_tabs(ask: Ask) -> Answer:
    """`GET …/channels/{channel}/tabs`. Source: Graph v1.0, api/channel-list-tabs.md"""
    team, channel = channel_as_member(ask)
    found = apps.list_tabs(ask.estate, channel.id)
    if holds_only_self(ask, "TeamsTab."):
        found = [tab for tab in found if is_own_app(ask, tab.app)]
    part, following = page(ask, filtered(ask, [tab_body(ask, tab) for tab in found]), 100, 999)
    values = [_shown(ask, body) for body in part]
    context = ask.context(_fragment(ask, team, channel))
    return Answer(body=collection(context, values, count=len(values), next_page=following))


def read_tab(ask: Ask) -> Answer:
    """`GET …/tabs/{tab}`; the app only with `$expand=teamsApp`. Source: Graph v1.0, api/channel-get-tabs.md"""
    team, channel = channel_as_member(ask)
    return _one(ask, team, channel, _asked_tab(ask, channel))


def create_tab(ask: Ask) -> Answer:
    """`POST …/channels/{channel}/tabs`: the app must be installed in the team. Source: api/channel-post-tabs.md"""
    team, channel = channel_as_member(ask)
    body = ask.json().only(TAB, "microsoft.graph.teamsTab")
    app_id = read_app_bind(ask, body)
    require_setting(ask, team, "allowCreateUpdateRemoveTabs")
    require_active(team, channel)
    tab = add_tab(ask, team, channel, app_id, body)
    return _one(ask, team, channel, tab, 201)


def add_tab(ask: Ask, team: Team, channel: Channel, app_id: str, body: Wild) -> Tab:
    """Add a tab as a body describes it; raises 400 and 403 as the service does."""
    app = apps.find_app(ask.estate, app_id)
    if app is None or not _is_usable(ask, team, app):
        raise bad_request(
            Backend.TEAMS,
            f"App id {app_id} needs to be installed to the team {team.id}:{channel.id} and be in an unblocked state to "
            "install/update a tab",
        )
    _require_own(ask, app)
    _require_in_channel(ask, channel, app)
    if app.tabs == "static":
        if body.has("displayName") or body.has("configuration"):
            raise bad_request(Backend.TEAMS, "displayName and configuration are not allowed for static tabs.")
        return apps.create_tab(ask.estate, channel.team_id, channel.id, app, app.display_name, None)
    return apps.create_tab(
        ask.estate, channel.team_id, channel.id, app, _read_name(body), _read_configuration(app, body)
    )


def change_tab(ask: Ask) -> Answer:
    """`PATCH …/tabs/{tab}`: name and the whole configuration, never the app. Source: api/channel-patch-tabs.md"""
    team, channel = channel_as_member(ask)
    tab = _asked_tab(ask, channel)
    body = ask.json().only(TAB, "microsoft.graph.teamsTab")
    if body.has("teamsApp@odata.bind") or body.has("teamsApp"):
        raise bad_request(Backend.TEAMS, "The app of a tab cannot be changed.")
    require_setting(ask, team, "allowCreateUpdateRemoveTabs")
    require_active(team, channel)
    _require_own(ask, tab.app)
    name = _read_name(body) if body.has("displayName") else tab.display_name
    configuration = _read_configuration(tab.app, body) if body.has("configuration") else tab.configuration
    return _one(ask, team, channel, apps.change_tab(ask.estate, tab, name, configuration))


def delete_tab(ask: Ask) -> Answer:
    """`DELETE …/tabs/{tab}`. Source: Graph v1.0, api/channel-delete-tabs.md"""
    team, channel = channel_as_member(ask)
    tab = _asked_tab(ask, channel)
    require_setting(ask, team, "allowCreateUpdateRemoveTabs")
    require_active(team, channel)
    _require_own(ask, tab.app)
    apps.delete_tab(ask.estate, tab)
    return NO_CONTENT


def _read_name(body: Wild) -> str:
    name = body.text("displayName")
    if len(name) > _NAME_LIMIT:
        raise bad_request(Backend.TEAMS, f"The name of a tab has at most {_NAME_LIMIT} characters.")
    return name


def _read_configuration(app: CatalogueApp, body: Wild) -> dict[str, Any] | None:
    """The configuration, an open type; `contentUrl` is required, and every address must be https.

    Addresses on this machine may be http, as browsers allow. Source: teams-app.md 6.1
    """
    if body.value.get("configuration") is None:
        return None
    if app.id == _WIKI:
        raise bad_request(Backend.TEAMS, "Configuration is not supported for this tab.")
    configuration = body.child("configuration")
    configuration.text("contentUrl")
    for name in _ADDRESSES:
        address = configuration.optional_text(name)
        if address and not _is_safe(address):
            raise bad_request(Backend.TEAMS, f"The value of '{name}' must be an https address.")
    return {name: configuration.value.get(name) for name in ("entityId", *_ADDRESSES)} | configuration.value


def _is_safe(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback_name(parts.hostname or ""))


def _is_usable(ask: Ask, team: Team, app: CatalogueApp) -> bool:
    if app.built_in:
        return True
    installation = apps.find_installation_of(ask.estate, team.id, app.id)
    return installation is not None and is_visible(ask, installation) and not is_blocked(ask, app)


def _require_own(ask: Ask, app: CatalogueApp) -> None:
    if holds_only_self(ask, "TeamsTab.") and not is_own_app(ask, app):
        raise forbidden(Backend.TEAMS, f"The permissions of the token allow only the caller's own tabs, not {app.id}.")


def _require_in_channel(ask: Ask, channel: Channel, app: CatalogueApp) -> None:
    """Private and shared channels need the app added to the channel too, while the switch says that it is kept.

    Source: Teams docs, concepts/build-and-test/app-developer-guidance-shared-private-channel.md
    """
    kept = get_switch(ask.estate, "graph.channel_apps", False)
    concerned = kept and channel.kind != "standard" and not app.built_in
    if concerned and not apps.is_app_in_channel(ask.estate, channel.id, app.id):
        raise forbidden(Backend.TEAMS, f"Caller isn't enabled for requesting {channel.kind} channel.")


def _asked_tab(ask: Ask, channel: Channel) -> Tab:
    tab = apps.find_tab(ask.estate, channel.id, ask.params["tab"])
    if tab is None:
        raise GraphError(404, "NotFound", f"No tab found with id {ask.params['tab']}.")
    return tab


def _shown(ask: Ask, body: Json) -> Json:
    kept = {name: value for name, value in body.items() if name != "teamsApp" or expands(ask, name)}
    return selected(ask, kept, TAB, "teamsTab")


def _one(ask: Ask, team: Team, channel: Channel, tab: Tab, status: int = 200) -> Answer:
    return Answer(
        status, entity(ask.context(f"{_fragment(ask, team, channel)}/$entity"), _shown(ask, tab_body(ask, tab)))
    )


def _fragment(ask: Ask, team: Team, channel: Channel) -> str:
    suffix = selection_suffix(ask, *(("teamsApp",) if expands(ask, "teamsApp") else ()))
    return f"teams('{team.id}')/channels('{channel_key(channel.id)}')/tabs{suffix}"


def _tab_address(ask: Ask, tab: Tab) -> str:
    """The deep link to a tab: opaque, with a number made of the tab's id. Source: graph.md 5.2"""
    website = (tab.configuration or {}).get("websiteUrl") or ""
    context = json.dumps(
        {"canvasUrl": website or None, "channelId": tab.channel_id, "subEntityId": None}, separators=(",", ":")
    )
    return (
        f"{ask.estate.teams_root}/l/entity/{tab.app.id}/_djb2_msteams_prefix_{zlib.crc32(tab.id.encode())}"
        f"?webUrl={quote(website, safe='')}&label={quote(tab.display_name, safe='')}&context={quote(context, safe='')}"
    )


_TABS = "teams/{team}/channels/{channel}/tabs"
OPERATIONS = operations(
    Backend.TEAMS,
    ("GET", _TABS, list_tabs, TABS_READ),
    ("POST", _TABS, create_tab, TAB_CREATE),
    ("GET", f"{_TABS}/{{tab}}", read_tab, TABS_READ),
    ("PATCH", f"{_TABS}/{{tab}}", change_tab, TAB_WRITE),
    ("DELETE", f"{_TABS}/{{tab}}", delete_tab, TAB_DELETE),
)

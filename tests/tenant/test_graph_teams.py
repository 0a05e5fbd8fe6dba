"""Teams: making them, reading them, changing them, archiving them."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

import pytest

from liaison.tenant.graph.routes import OPERATIONS
from liaison.tenant.seeds.company import TENANT_ID
from liaison.tenant.seeds.teamwork import LIAISON_CATALOGUE_ID
from tests.local_tenant import LocalTenant
from tests.tenant.graph_client import (
    DIRECTION,
    MARKETING,
    NORTHWIND,
    SUPPORT,
    VENTES,
    Graph,
    application,
    bind,
    person,
)

TEMPLATE = {"template@odata.bind": "https://graph.microsoft.com/v1.0/teamsTemplates('standard')"}


def advance(tenant: LocalTenant, seconds: float) -> None:
    tenant.control.post("/_control/clock", json={"advance_s": seconds}).raise_for_status()


def make_team(graph: Graph, body: dict[str, Any]) -> tuple[str, str]:
    """Post a team; its id and the address of its operation."""
    answer = graph.call("POST", "/teams", TEMPLATE | body)
    assert answer.status_code == 202, answer.text
    assert answer.content == b""
    assert answer.headers["content-length"] == "0"
    team_id = answer.headers["content-location"].split("'")[1]
    return team_id, answer.headers["location"]


def test_a_team_is_made_with_relative_addresses_and_no_body(tenant: LocalTenant) -> None:
    graph = person(tenant, "Claire")
    team_id, location = make_team(graph, {"displayName": "Contoso – opportunity 4711", "visibility": "Private"})
    assert re.fullmatch(rf"/teams\('{team_id}'\)/operations\('[0-9a-f-]{{36}}'\)", location)
    operation = graph.get(location)
    assert len(operation.pop("lastActionDateTime")) == 24
    assert len(operation.pop("createdDateTime")) == 24
    assert operation == {
        "@odata.context": f"{tenant.http}/v1.0/$metadata#teams('{team_id}')/operations/$entity",
        "id": location.split("'")[3],
        "operationType": "createTeam",
        "status": "succeeded",
        "attemptsCount": 1,
        "targetResourceId": team_id,
        "targetResourceLocation": f"/teams('{team_id}')",
        "error": None,
    }
    team = graph.get(f"/teams/{team_id}")
    assert (team["displayName"], team["visibility"]) == ("Contoso – opportunity 4711", "private")
    members = graph.get(f"/teams/{team_id}/members")["value"]
    assert [(member["displayName"], member["roles"]) for member in members] == [("Claire Fontaine", ["owner"])]


def test_a_team_stays_unseen_until_its_operation_succeeds(tenant: LocalTenant) -> None:
    tenant.switch(graph__team_provision_delay_s=30)
    graph = person(tenant, "Claire")
    team_id, location = make_team(graph, {"displayName": "Later"})
    assert graph.get(location)["status"] == "inProgress"
    assert graph.refused("GET", f"/teams/{team_id}")[:2] == (404, "NotFound")
    assert graph.refused("GET", f"/groups/{team_id}/drive")[0] == 404
    assert "Later" not in {team["displayName"] for team in graph.get("/me/joinedTeams")["value"]}
    advance(tenant, 31)
    assert graph.get(location)["status"] == "succeeded"
    assert graph.get(f"/teams/{team_id}")["displayName"] == "Later"


def test_a_failed_provisioning_is_told_by_the_operation(tenant: LocalTenant) -> None:
    tenant.switch(graph__team_provision_fails=True)
    graph = person(tenant, "Claire")
    team_id, location = make_team(graph, {"displayName": "Never"})
    operation = graph.get(location)
    assert (operation["status"], operation["error"]["code"]) == ("failed", "GeneralException")
    assert graph.refused("GET", f"/teams/{team_id}")[0] == 404


def test_an_application_names_exactly_one_owner(tenant: LocalTenant) -> None:
    graph = application(tenant, "Team.Create Team.ReadBasic.All TeamMember.Read.All")
    team_id, _ = make_team(graph, {"displayName": "By app", "members": [bind(tenant, "Claire", "owner")]})
    members = graph.get(f"/teams/{team_id}/members")["value"]
    assert [(member["displayName"], member["roles"]) for member in members] == [("Claire Fontaine", ["owner"])]
    assert graph.refused("POST", "/teams", TEMPLATE | {"displayName": "No owner"}) == (
        400,
        "BadRequest",
        "A team owner must be provided when creating a team in application context.",
    )
    two = [bind(tenant, "Claire", "owner"), bind(tenant, "Oliver")]
    assert graph.refused("POST", "/teams", TEMPLATE | {"displayName": "Two", "members": two})[0] == 400


def test_a_team_can_bring_channels_tabs_and_apps(tenant: LocalTenant) -> None:
    graph = person(tenant, "Claire")
    app = {"teamsApp@odata.bind": f"https://graph.microsoft.com/v1.0/appCatalogs/teamsApps('{LIAISON_CATALOGUE_ID}')"}
    tab = app | {"displayName": "Record", "configuration": {"contentUrl": "https://liaison.contoso.com/t/1"}}
    team_id, _ = make_team(
        graph,
        {
            "displayName": "Full",
            "firstChannelName": "Salle",
            "memberSettings": {"allowDeleteChannels": False},
            "installedApps": [app],
            "channels": [{"displayName": "Files", "isFavoriteByDefault": True, "tabs": [tab]}],
        },
    )
    assert graph.get(f"/teams/{team_id}/primaryChannel")["displayName"] == "Salle"
    channels = graph.get(f"/teams/{team_id}/channels")["value"]
    assert [channel["displayName"] for channel in channels] == ["Salle", "Files"]
    tabs = graph.get(f"/teams/{team_id}/channels/{channels[1]['id']}/tabs")["value"]
    assert [one["displayName"] for one in tabs] == ["Record"]
    settings = graph.get(f"/teams/{team_id}")["memberSettings"]
    assert (settings["allowDeleteChannels"], settings["allowAddRemoveApps"]) == (False, True)


def test_the_template_is_required(tenant: LocalTenant) -> None:
    graph = person(tenant, "Claire")
    assert graph.refused("POST", "/teams", {"displayName": "X"})[:2] == (400, "BadRequest")
    assert graph.refused("POST", "/teams", {"template@odata_bind": "x", "displayName": "X"})[2] == (
        "Invalid bind property name template in request."
    )


def test_equal_names_make_two_teams_with_different_addresses(tenant: LocalTenant) -> None:
    graph = person(tenant, "Claire")
    first, _ = make_team(graph, {"displayName": "Deal"})
    second, _ = make_team(graph, {"displayName": "Deal"})
    nicknames = [graph.get(f"/groups/{team_id}?$select=mailNickname")["mailNickname"] for team_id in (first, second)]
    assert nicknames == ["Deal", "Deal1"]
    sites = [graph.get(f"/groups/{team_id}/sites/root")["webUrl"] for team_id in (first, second)]
    assert sites == [f"{tenant.http}/sites/Deal", f"{tenant.http}/sites/Deal1"]


def test_a_naming_failure_of_a_team_is_unreadable(tenant: LocalTenant) -> None:
    tenant.switch(graph__name_prefix="GRP_")
    status, code, message = person(tenant, "Claire").refused("POST", "/teams", TEMPLATE | {"displayName": "Deal"})
    assert (status, code) == (400, "BadRequest")
    assert message.startswith("Failed to execute Templates backend request CreateTeamFromTemplateRequest. Request Url:")
    assert "Error code: 'UnableToGenerateValidTeamAlias'" in message


def test_guests_and_people_without_a_licence_make_no_teams(tenant: LocalTenant) -> None:
    assert person(tenant, "Lukas").refused("POST", "/teams", TEMPLATE | {"displayName": "X"})[:2] == (403, "Forbidden")
    assert person(tenant, "Tom").refused("POST", "/teams", TEMPLATE | {"displayName": "X"}) == (
        403,
        "Forbidden",
        "Failed to get license information for the user. Ensure user has a valid Office365 license assigned to them.",
    )


def make_group(graph: Graph, nickname: str, **more: Any) -> str:
    body = {"displayName": nickname, "mailNickname": nickname, "mailEnabled": True, "securityEnabled": False,
            "groupTypes": ["Unified"], "visibility": "Private", **more}  # fmt: skip
    return str(graph.post("/groups", body)["id"])


def test_a_team_is_put_on_a_group_once(tenant: LocalTenant) -> None:
    graph = person(tenant, "Claire")
    group_id = make_group(graph, "deal-4711")
    assert graph.refused("GET", f"/teams/{group_id}")[:2] == (404, "NotFound")
    team = graph.call("PUT", f"/groups/{group_id}/team", {"funSettings": {"allowGiphy": False}})
    assert team.status_code == 201
    assert (team.json()["id"], team.json()["funSettings"]["allowGiphy"]) == (group_id, False)
    assert graph.get(f"/groups/{group_id}/team")["id"] == group_id
    assert graph.refused("PUT", f"/groups/{group_id}/team", {}) == (409, "Conflict", "Team already exists")


def test_a_young_group_is_not_found_by_teams(tenant: LocalTenant) -> None:
    tenant.switch(graph__group_replication_s=900)
    graph = person(tenant, "Claire")
    group_id = make_group(graph, "young")
    assert graph.refused("PUT", f"/groups/{group_id}/team", {})[:2] == (404, "NotFound")
    from_group = TEMPLATE | {"group@odata.bind": f"https://graph.microsoft.com/v1.0/groups('{group_id}')"}
    assert graph.refused("POST", "/teams", from_group)[:2] == (404, "NotFound")
    advance(tenant, 901)
    answer = graph.call("POST", "/teams", from_group)
    assert answer.headers["content-location"] == f"/teams('{group_id}')"
    late = {"Prefer": "include-unknown-enum-members"}
    assert graph.get(answer.headers["location"])["operationType"] == "unknownFutureValue"
    assert graph.get(answer.headers["location"], headers=late)["operationType"] == "teamifyGroup"


def test_properties_of_the_group_are_refused_when_a_team_is_made_from_it(tenant: LocalTenant) -> None:
    graph = person(tenant, "Claire")
    group_id = make_group(graph, "named")
    body = TEMPLATE | {"group@odata.bind": f"https://x/groups('{group_id}')", "displayName": "Other"}
    assert graph.refused("POST", "/teams", body)[:2] == (400, "BadRequest")


def test_a_team_is_read_whole(tenant: LocalTenant) -> None:
    team = person(tenant, "Oliver").get(f"/teams/{VENTES}")
    internal = team.pop("internalId")
    assert re.fullmatch(r"19:[\w-]{43}1@thread\.tacv2", internal)
    assert len(team.pop("createdDateTime")) == 24
    assert team == {
        "@odata.context": f"{tenant.http}/v1.0/$metadata#teams/$entity",
        "id": VENTES,
        "displayName": "Ventes Europe",
        "description": "Équipe commerciale Europe",
        "classification": None,
        "specialization": "none",
        "visibility": "private",
        "webUrl": f"{tenant.http}/teams/l/team/{quote(internal, safe='')}/conversations"
        f"?groupId={VENTES}&tenantId={TENANT_ID}",
        "isArchived": False,
        "isMembershipLimitedToOwners": False,
        "tenantId": TENANT_ID,
        "memberSettings": {"allowCreateUpdateChannels": True, "allowCreatePrivateChannels": True,
                           "allowDeleteChannels": True, "allowAddRemoveApps": True,
                           "allowCreateUpdateRemoveTabs": True, "allowCreateUpdateRemoveConnectors": True},
        "guestSettings": {"allowCreateUpdateChannels": False, "allowDeleteChannels": False},
        "messagingSettings": {"allowUserEditMessages": True, "allowUserDeleteMessages": True,
                              "allowOwnerDeleteMessages": True, "allowTeamMentions": True,
                              "allowChannelMentions": True},
        "funSettings": {"allowGiphy": True, "giphyContentRating": "moderate", "allowStickersAndMemes": True,
                        "allowCustomMemes": True},
        "discoverySettings": {"showInTeamsSearchAndSuggestions": False},
    }  # fmt: skip


def test_joined_teams_fill_five_properties(tenant: LocalTenant) -> None:
    joined = person(tenant, "Claire").get("/me/joinedTeams")["value"]
    assert [team["displayName"] for team in joined] == ["Northwind account", "Ventes Europe"]
    filled = {name for name, value in joined[0].items() if value is not None}
    assert filled == {"id", "displayName", "description", "isArchived", "tenantId"}
    assert person(tenant, "Claire").get("/me/joinedTeams?$select=id")["value"] == [{"id": NORTHWIND}, {"id": VENTES}]


def test_joined_teams_of_others_are_for_administrators_and_applications(tenant: LocalTenant) -> None:
    claire = tenant.person("Claire").id
    assert len(application(tenant, "Team.ReadBasic.All").get(f"/users/{claire}/joinedTeams")["value"]) == 2
    assert len(person(tenant, "Ingrid").get(f"/users/{claire}/joinedTeams")["value"]) == 2
    assert person(tenant, "Oliver").refused("GET", f"/users/{claire}/joinedTeams")[:2] == (403, "Forbidden")


def test_an_application_has_no_me(tenant: LocalTenant) -> None:
    graph = application(tenant, "Team.ReadBasic.All User.Read.All")
    for path in ("/me/joinedTeams", "/me", "/me/memberOf", "/users/me-token-to-replace"):
        assert graph.refused("GET", path) == (
            400,
            "BadRequest",
            "/me request is only valid with delegated authentication flow.",
        )


def test_the_list_of_teams_holds_what_the_caller_can_see(tenant: LocalTenant) -> None:
    seen = person(tenant, "Sofia").get("/teams")["value"]
    assert [team["displayName"] for team in seen] == ["Marketing", "Support"]
    assert {name for name, value in seen[0].items() if value is not None} == {
        "id", "displayName", "description", "visibility",
    }  # fmt: skip
    assert len(application(tenant, "Team.ReadBasic.All").get("/teams")["value"]) == 5
    assert len(person(tenant, "Ingrid").get("/teams")["value"]) == 5


def test_the_list_of_teams_is_filtered_and_paged(tenant: LocalTenant) -> None:
    graph = application(tenant, "Team.ReadBasic.All")
    found = graph.get("/teams?$filter=startswith(displayName,'v')&$select=id,displayName&$count=true")
    assert (found["@odata.count"], found["value"]) == (1, [{"id": VENTES, "displayName": "Ventes Europe"}])
    first = graph.get("/teams?$top=2&$select=id")
    second = graph.get(first["@odata.nextLink"])
    third = graph.get(second["@odata.nextLink"])
    assert len(first["value"] + second["value"] + third["value"]) == 5
    assert "@odata.nextLink" not in third


def test_private_teams_are_closed_to_others_and_public_ones_are_not(tenant: LocalTenant) -> None:
    sofia = person(tenant, "Sofia")
    assert sofia.refused("GET", f"/teams/{VENTES}")[:2] == (403, "Forbidden")
    assert sofia.get(f"/teams/{MARKETING}")["displayName"] == "Marketing"
    assert sofia.refused("GET", f"/teams/{MARKETING}/channels")[:2] == (403, "Forbidden")
    assert person(tenant, "Lukas").refused("GET", f"/teams/{MARKETING}")[:2] == (403, "Forbidden")


def test_administrators_of_teams_reach_teams_they_are_not_in(tenant: LocalTenant) -> None:
    assert person(tenant, "Ingrid").get(f"/teams/{DIRECTION}")["displayName"] == "Comité de direction"
    assert person(tenant, "Marc").refused("GET", f"/teams/{DIRECTION}")[:2] == (403, "Forbidden")


def test_an_owner_changes_settings_name_and_visibility(tenant: LocalTenant) -> None:
    graph = person(tenant, "Claire")
    body = {"displayName": "Ventes Sud", "visibility": "public", "guestSettings": {"allowCreateUpdateChannels": True}}
    assert graph.patch(f"/teams/{VENTES}", body, status=204) is None
    team = graph.get(f"/teams/{VENTES}")
    assert (team["displayName"], team["visibility"]) == ("Ventes Sud", "public")
    assert team["guestSettings"] == {"allowCreateUpdateChannels": True, "allowDeleteChannels": False}
    assert graph.get(f"/groups/{VENTES}")["visibility"] == "Public"
    assert person(tenant, "Oliver").refused("PATCH", f"/teams/{VENTES}", body)[:2] == (403, "Forbidden")


def test_an_archived_team_takes_members_but_no_changes(tenant: LocalTenant) -> None:
    graph = person(tenant, "Claire")
    answer = graph.call("POST", f"/teams/{VENTES}/archive", {"shouldSetSpoSiteReadOnlyForMembers": True})
    assert answer.status_code == 202
    assert re.fullmatch(rf"/teams\({VENTES}\)/operations\([0-9a-f-]{{36}}\)", answer.headers["location"])
    assert graph.get(answer.headers["location"])["operationType"] == "archiveTeam"
    assert graph.get(f"/teams/{VENTES}")["isArchived"] is True
    assert graph.refused("POST", f"/teams/{VENTES}/channels", {"displayName": "No"})[:2] == (403, "Forbidden")
    graph.post(f"/teams/{VENTES}/members", bind(tenant, "Sofia"))
    drive, folder = graph.folder(VENTES, graph.channel(VENTES, "General"))
    oliver = person(tenant, "Oliver")
    assert oliver.get(f"/drives/{drive}/items/{folder}")["name"] == "General"
    assert oliver.refused("PUT", f"/drives/{drive}/items/{folder}:/a.txt:/content", content=b"x")[:2] == (
        403,
        "accessDenied",
    )
    assert graph.call("POST", f"/teams/{VENTES}/unarchive").status_code == 202
    assert oliver.call("PUT", f"/drives/{drive}/items/{folder}:/a.txt:/content", content=b"x").status_code == 201


def test_read_only_sites_cannot_be_asked_by_an_application(tenant: LocalTenant) -> None:
    graph = application(tenant, "TeamSettings.ReadWrite.All")
    body = {"shouldSetSpoSiteReadOnlyForMembers": True}
    assert graph.refused("POST", f"/teams/{SUPPORT}/archive", body)[:2] == (400, "BadRequest")
    assert graph.call("POST", f"/teams/{SUPPORT}/archive", {}).status_code == 202


def test_a_deleted_team_comes_back_with_its_channels(tenant: LocalTenant) -> None:
    graph = person(tenant, "Claire")
    graph.delete(f"/groups/{VENTES}")
    assert graph.refused("GET", f"/teams/{VENTES}")[:2] == (404, "NotFound")
    assert [team["id"] for team in graph.get("/me/joinedTeams")["value"]] == [NORTHWIND]
    graph.post(f"/directory/deletedItems/{VENTES}/restore", {}, status=200)
    assert len(graph.get(f"/teams/{VENTES}/channels")["value"]) == 5
    assert graph.get(f"/groups/{VENTES}/drive")["name"] == "Documents"


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("GET", f"/teams/{VENTES}", "Team.ReadBasic.All"),
        ("GET", "/me/joinedTeams", "Team.ReadBasic.All"),
        ("PATCH", f"/teams/{VENTES}", "TeamSettings.ReadWrite.All"),
        ("GET", f"/teams/{VENTES}/members", "TeamMember.Read.All"),
        ("GET", f"/teams/{VENTES}/channels", "Channel.ReadBasic.All"),
        ("GET", f"/teams/{VENTES}/installedApps", "TeamsAppInstallation.ReadForTeam"),
        ("GET", "/appCatalogs/teamsApps", "AppCatalog.Read.All"),
        ("GET", f"/groups/{VENTES}/drive", "Files.Read"),
        ("GET", "/groups", "GroupMember.Read.All"),
        ("GET", "/users", "User.ReadBasic.All"),
        ("GET", "/subscribedSkus", "LicenseAssignment.Read.All"),
        ("GET", "/servicePrincipals", "Application.Read.All"),
        ("GET", "/oauth2PermissionGrants", "Directory.Read.All"),
        ("GET", "/directoryRoles", "RoleManagement.Read.Directory"),
    ],
)
def test_the_least_scope_is_enough_and_another_is_not(tenant: LocalTenant, method: str, path: str, scope: str) -> None:
    body = {} if method == "PATCH" else None
    assert person(tenant, "Claire", scope).call(method, path, body).status_code in (200, 204)
    status, code, _ = person(tenant, "Claire", "ChannelMessage.Send").refused(method, path, body)
    assert status == 403
    assert code in ("Forbidden", "Authorization_RequestDenied", "accessDenied")


def test_the_wide_group_permission_serves_for_all_but_members(tenant: LocalTenant) -> None:
    graph = person(tenant, "Claire", "Group.ReadWrite.All User.Read.All")
    channel = graph.channel(VENTES, "General")
    assert graph.get(f"/teams/{VENTES}/installedApps")["value"] == []
    assert graph.get(f"/teams/{VENTES}/channels/{channel}/tabs")["value"] == []
    assert graph.folder(VENTES, channel)
    assert graph.refused("GET", f"/teams/{VENTES}/members")[:2] == (403, "Forbidden")
    assert graph.refused("POST", f"/teams/{VENTES}/members", bind(tenant, "Sofia"))[:2] == (403, "Forbidden")
    reference = {"@odata.id": f"https://graph.microsoft.com/v1.0/directoryObjects/{tenant.person('Sofia').id}"}
    assert graph.call("POST", f"/groups/{VENTES}/members/$ref", reference).status_code == 204


def test_every_operation_can_be_reached_with_a_permission_that_the_tenant_offers(tenant: LocalTenant) -> None:
    principal = person(tenant, "Nadia").get("/servicePrincipals(appId='00000003-0000-0000-c000-000000000000')")
    offered = {scope["value"] for scope in principal["oauth2PermissionScopes"] + principal["appRoles"]}
    closed = {
        operation.pattern
        for operation in OPERATIONS
        if not operation.needs.anyone and offered.isdisjoint(operation.needs.delegated + operation.needs.application)
    }
    assert closed == set()

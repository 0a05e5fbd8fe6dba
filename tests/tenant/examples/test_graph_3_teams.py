"""Section 3 of the Graph contract: teams: making, reading, changing, archiving."""

from __future__ import annotations

from typing import Any

from tests.local_tenant import LocalTenant
from tests.tenant.examples.graph_shapes import answered, error
from tests.tenant.graph_client import NORTHWIND, VENTES, Graph, application, bind, person

TEMPLATE = "https://graph.microsoft.com/v1.0/teamsTemplates('standard')"
NAMES = {VENTES: "{T}", NORTHWIND: "{N}"}


def deal_room(tenant: LocalTenant, **more: Any) -> dict[str, Any]:
    """The body of the contract's example."""
    return {
        "template@odata.bind": TEMPLATE,
        "displayName": "Contoso – opportunity 4711",
        "description": "Deal room",
        "visibility": "private",
        "firstChannelName": "Deal room",
        "members": [bind(tenant, "Claire", "owner")],
        **more,
    }


def the_deal_room(claire: Graph) -> str:
    """The id of the example's team once it has been made."""
    found = claire.get("/me/joinedTeams?$filter=displayName eq 'Contoso – opportunity 4711'")["value"]
    return str(found[0]["id"])


def test_a_team_is_accepted_with_relative_addresses_3_1(tenant: LocalTenant) -> None:
    assert answered(
        person(tenant, "Claire").call("POST", "/teams", deal_room(tenant)),
        tenant,
        {},
        "location",
        "content-location",
        "content-length",
    ) == (202, None, "/teams('GUID')/operations('GUID')", "/teams('GUID')", "0")


def test_the_operation_of_a_new_team_is_told_whole_3_2(tenant: LocalTenant) -> None:
    claire = person(tenant, "Claire")
    tenant.switch(graph__team_provision_delay_s=60)
    location = claire.call("POST", "/teams", deal_room(tenant)).headers["location"]
    assert answered(claire.call("GET", location), tenant) == (
        200,
        {
            "@odata.context": "ORIGIN/v1.0/$metadata#teams('GUID')/operations/$entity",
            "id": "GUID",
            "operationType": "createTeam",
            "createdDateTime": "TIME",
            "status": "inProgress",
            "lastActionDateTime": "TIME",
            "attemptsCount": 1,
            "targetResourceId": "GUID",
            "targetResourceLocation": "/teams('GUID')",
            "error": None,
        },
    )
    team = location.split("'")[1]
    assert answered(claire.call("GET", f"/teams/{team}"), tenant, {team: "{T}"}) == error(
        404, "NotFound", "No team found with Group Id {T}"
    )
    tenant.control.post("/_control/clock", json={"advance_s": 61}).raise_for_status()
    assert answered(claire.call("GET", location), tenant, {team: "{T}"}) == (
        200,
        {
            "@odata.context": "ORIGIN/v1.0/$metadata#teams('{T}')/operations/$entity",
            "id": "GUID",
            "operationType": "createTeam",
            "createdDateTime": "TIME",
            "status": "succeeded",
            "lastActionDateTime": "TIME",
            "attemptsCount": 1,
            "targetResourceId": "{T}",
            "targetResourceLocation": "/teams('{T}')",
            "error": None,
        },
    )


def test_a_failed_operation_tells_why_3_2(tenant: LocalTenant) -> None:
    claire = person(tenant, "Claire")
    tenant.switch(graph__team_provision_fails=True)
    assert answered(
        claire.call("GET", claire.call("POST", "/teams", deal_room(tenant)).headers["location"]), tenant
    ) == (
        200,
        {
            "@odata.context": "ORIGIN/v1.0/$metadata#teams('GUID')/operations/$entity",
            "id": "GUID",
            "operationType": "createTeam",
            "createdDateTime": "TIME",
            "status": "failed",
            "lastActionDateTime": "TIME",
            "attemptsCount": 1,
            "targetResourceId": "GUID",
            "targetResourceLocation": "/teams('GUID')",
            "error": {"code": "GeneralException", "message": "Failed to provision the team."},
        },
    )


def test_a_team_is_read_whole_3_4(tenant: LocalTenant) -> None:
    claire = person(tenant, "Claire")
    claire.call("POST", "/teams", deal_room(tenant))
    assert answered(claire.call("GET", f"/teams/{the_deal_room(claire)}"), tenant) == (
        200,
        {
            "@odata.context": "ORIGIN/v1.0/$metadata#teams/$entity",
            "id": "GUID",
            "createdDateTime": "TIME",
            "displayName": "Contoso – opportunity 4711",
            "description": "Deal room",
            "internalId": "CHANNEL",
            "classification": None,
            "specialization": "none",
            "visibility": "private",
            "webUrl": "ORIGIN/teams/l/team/CHANNEL/conversations?groupId=GUID&tenantId=GUID",
            "isArchived": False,
            "isMembershipLimitedToOwners": False,
            "tenantId": "GUID",
            "memberSettings": {
                "allowCreateUpdateChannels": True,
                "allowCreatePrivateChannels": True,
                "allowDeleteChannels": True,
                "allowAddRemoveApps": True,
                "allowCreateUpdateRemoveTabs": True,
                "allowCreateUpdateRemoveConnectors": True,
            },
            "guestSettings": {"allowCreateUpdateChannels": False, "allowDeleteChannels": False},
            "messagingSettings": {
                "allowUserEditMessages": True,
                "allowUserDeleteMessages": True,
                "allowOwnerDeleteMessages": True,
                "allowTeamMentions": True,
                "allowChannelMentions": True,
            },
            "funSettings": {
                "allowGiphy": True,
                "giphyContentRating": "moderate",
                "allowStickersAndMemes": True,
                "allowCustomMemes": True,
            },
            "discoverySettings": {"showInTeamsSearchAndSuggestions": False},
        },
    )


def test_the_first_channel_has_the_asked_name_3_1(tenant: LocalTenant) -> None:
    claire = person(tenant, "Claire")
    claire.call("POST", "/teams", deal_room(tenant))
    assert answered(
        claire.call("GET", f"/teams/{the_deal_room(claire)}/primaryChannel?$select=displayName,membershipType"), tenant
    ) == (
        200,
        {
            "@odata.context": ("ORIGIN/v1.0/$metadata#teams('GUID')/channels(displayName,membershipType)/$entity"),
            "displayName": "Deal room",
            "membershipType": "standard",
        },
    )


def test_an_application_names_exactly_one_owner_3_1(tenant: LocalTenant) -> None:
    app = application(tenant, "Team.Create")
    both = [bind(tenant, "Claire", "owner"), bind(tenant, "Oliver")]
    assert answered(app.call("POST", "/teams", deal_room(tenant, members=[])), tenant) == error(
        400, "BadRequest", ("A team owner must be provided when creating a team in application context.")
    )
    assert answered(app.call("POST", "/teams", deal_room(tenant, members=both)), tenant) == error(
        400,
        "BadRequest",
        (
            "Exactly one owner must be provided when creating a team in application "
            "context; add other members afterwards."
        ),
    )
    assert answered(app.call("POST", "/teams", deal_room(tenant)), tenant) == (202, None)


def test_joined_teams_fill_five_properties_3_4(tenant: LocalTenant) -> None:
    assert answered(person(tenant, "Sofia").call("GET", "/me/joinedTeams"), tenant) == (
        200,
        {
            "@odata.context": "ORIGIN/v1.0/$metadata#teams",
            "@odata.count": 1,
            "value": [
                {
                    "id": "GUID",
                    "createdDateTime": None,
                    "displayName": "Support",
                    "description": "Customer service team",
                    "internalId": None,
                    "classification": None,
                    "specialization": None,
                    "visibility": None,
                    "webUrl": None,
                    "isArchived": False,
                    "isMembershipLimitedToOwners": None,
                    "tenantId": "GUID",
                    "memberSettings": None,
                    "guestSettings": None,
                    "messagingSettings": None,
                    "funSettings": None,
                    "discoverySettings": None,
                }
            ],
        },
    )


def test_the_list_of_teams_fills_four_properties_3_4(tenant: LocalTenant) -> None:
    assert answered(
        person(tenant, "Claire").call("GET", "/teams?$filter=displayName eq 'Ventes Europe'"), tenant, NAMES
    ) == (
        200,
        {
            "@odata.context": "ORIGIN/v1.0/$metadata#teams",
            "value": [
                {
                    "id": "{T}",
                    "createdDateTime": None,
                    "displayName": "Ventes Europe",
                    "description": "Équipe commerciale Europe",
                    "internalId": None,
                    "classification": None,
                    "specialization": None,
                    "visibility": "private",
                    "webUrl": None,
                    "isArchived": None,
                    "isMembershipLimitedToOwners": None,
                    "tenantId": None,
                    "memberSettings": None,
                    "guestSettings": None,
                    "messagingSettings": None,
                    "funSettings": None,
                    "discoverySettings": None,
                }
            ],
        },
    )


def test_teams_are_found_among_groups_by_their_provisioning_option_3_4(tenant: LocalTenant) -> None:
    path = "/groups?$filter=resourceProvisioningOptions/Any(x:x eq 'Team')&$select=displayName"
    assert answered(person(tenant, "Claire").call("GET", path), tenant) == (
        200,
        {
            "@odata.context": "ORIGIN/v1.0/$metadata#groups(displayName)",
            "value": [
                {"displayName": "Comité de direction"},
                {"displayName": "Marketing"},
                {"displayName": "Northwind account"},
                {"displayName": "Support"},
                {"displayName": "Ventes Europe"},
            ],
        },
    )


def test_settings_name_and_visibility_are_changed_without_an_answer_body_3_5(tenant: LocalTenant) -> None:
    claire = person(tenant, "Claire")
    body = {"displayName": "Sales", "visibility": "public", "memberSettings": {"allowDeleteChannels": False}}
    assert answered(claire.call("PATCH", f"/teams/{VENTES}", body), tenant) == (204, None)
    assert answered(claire.call("GET", f"/teams/{VENTES}?$select=displayName,visibility,memberSettings"), tenant) == (
        200,
        {
            "@odata.context": "ORIGIN/v1.0/$metadata#teams/$entity",
            "displayName": "Sales",
            "visibility": "public",
            "memberSettings": {
                "allowCreateUpdateChannels": True,
                "allowCreatePrivateChannels": True,
                "allowDeleteChannels": False,
                "allowAddRemoveApps": True,
                "allowCreateUpdateRemoveTabs": True,
                "allowCreateUpdateRemoveConnectors": True,
            },
        },
    )
    assert answered(claire.call("GET", f"/groups/{VENTES}?$select=displayName,visibility"), tenant) == (
        200,
        {
            "@odata.context": "ORIGIN/v1.0/$metadata#groups(displayName,visibility)/$entity",
            "displayName": "Sales",
            "visibility": "Public",
        },
    )


def test_a_filter_on_roles_stands_alone_3_6(tenant: LocalTenant) -> None:
    claire = person(tenant, "Claire")
    owners = claire.get(f"/teams/{VENTES}/members?$filter=roles/any(r:r eq 'owner')")["value"]
    assert [(one["displayName"], one["roles"]) for one in owners] == [
        ("Claire Fontaine", ["owner"]),
        ("Priya Raman", ["owner"]),
    ]
    both = f"/teams/{VENTES}/members?$filter=roles/any(r:r eq 'owner') and displayName eq 'Claire Fontaine'"
    assert answered(claire.call("GET", both), tenant) == error(
        400, "BadRequest", "Filtering on property 'roles' is not supported along with other filters."
    )


def test_archiving_is_accepted_with_an_unquoted_address_3_7(tenant: LocalTenant) -> None:
    claire = person(tenant, "Claire")
    answer = claire.call("POST", f"/teams/{VENTES}/archive", {"shouldSetSpoSiteReadOnlyForMembers": True})
    assert answered(answer, tenant, NAMES, "location", "content-location") == (
        202,
        None,
        "/teams({T})/operations(GUID)",
        "/teams('{T}')",
    )
    assert answered(claire.call("GET", answer.headers["location"]), tenant, NAMES) == (
        200,
        {
            "@odata.context": "ORIGIN/v1.0/$metadata#teams('{T}')/operations/$entity",
            "id": "GUID",
            "operationType": "archiveTeam",
            "createdDateTime": "TIME",
            "status": "succeeded",
            "lastActionDateTime": "TIME",
            "attemptsCount": 1,
            "targetResourceId": "{T}",
            "targetResourceLocation": "/teams('{T}')",
            "error": None,
        },
    )
    assert answered(claire.call("POST", f"/teams/{VENTES}/channels", {"displayName": "No"}), tenant) == error(
        403, "Forbidden", ("The team is archived; this operation is not allowed on an archived team.")
    )
    assert answered(claire.call("POST", f"/teams/{VENTES}/unarchive"), tenant, NAMES, "location") == (
        202,
        None,
        "/teams({T})/operations(GUID)",
    )


def test_a_deleted_group_comes_back_3_7(tenant: LocalTenant) -> None:
    claire = person(tenant, "Claire")
    assert answered(claire.call("DELETE", f"/groups/{NORTHWIND}"), tenant) == (204, None)
    assert answered(claire.call("GET", f"/teams/{NORTHWIND}"), tenant, NAMES) == error(
        404, "NotFound", "No team found with Group Id {N}"
    )
    restored = claire.call("POST", f"/directory/deletedItems/{NORTHWIND}/restore")
    assert (restored.status_code, restored.json()["@odata.type"], restored.json()["deletedDateTime"]) == (
        200,
        "#microsoft.graph.group",
        None,
    )
    assert claire.call("GET", f"/teams/{NORTHWIND}").status_code == 200


def test_a_team_is_cloned_3(tenant: LocalTenant) -> None:
    claire = person(tenant, "Claire")
    body = {"displayName": "Library", "mailNickname": "library", "partsToClone": "apps,tabs,settings,channels,members"}
    answer = claire.call("POST", f"/teams/{VENTES}/clone", body)
    assert answered(answer, tenant, NAMES, "location") == (202, None, "/teams({T})/operations(GUID)")
    assert answered(claire.call("GET", answer.headers["location"]), tenant, NAMES) == (
        200,
        {
            "@odata.context": "ORIGIN/v1.0/$metadata#teams('{T}')/operations/$entity",
            "id": "GUID",
            "operationType": "cloneTeam",
            "createdDateTime": "TIME",
            "status": "succeeded",
            "lastActionDateTime": "TIME",
            "attemptsCount": 1,
            "targetResourceId": "GUID",
            "targetResourceLocation": "/teams('GUID')",
            "error": None,
        },
    )
    copy = answer.headers["content-location"].split("'")[1]
    assert [one["displayName"] for one in claire.get(f"/teams/{copy}/channels")["value"]] == [
        "General",
        "Grands comptes",
        "Prévisions",
        "Renewals",
    ]
    assert len(claire.get(f"/teams/{copy}/members")["value"]) == 6

"""Section 4 of the Graph contract: channels of three kinds, their people and their folders."""

from __future__ import annotations

from urllib.parse import quote

from tests.local_tenant import LocalTenant
from tests.tenant.examples.graph_shapes import answered, error
from tests.tenant.graph_client import NORTHWIND, VENTES, bind, person

CHANNELS = f"/teams/{VENTES}/channels"
NAMES = {VENTES: "{T}", NORTHWIND: "{N}"}
SHARED = {"displayName": "Partners", "membershipType": "shared"}


def test_a_standard_channel_is_made_and_read_4_1(tenant: LocalTenant) -> None:
    claire = person(tenant, "Claire")
    body = {"displayName": "Opportunity 4711", "description": "Deal room", "membershipType": "standard"}
    assert answered(claire.call("POST", CHANNELS, body), tenant, NAMES) == (
        201,
        {
            "@odata.context": "ORIGIN/v1.0/$metadata#teams('{T}')/channels/$entity",
            "id": "CHANNEL",
            "createdDateTime": "TIME",
            "displayName": "Opportunity 4711",
            "description": "Deal room",
            "isFavoriteByDefault": None,
            "email": "",
            "tenantId": "GUID",
            "isArchived": False,
            "membershipType": "standard",
            "webUrl": ("ORIGIN/teams/l/channel/CHANNEL/Opportunity%204711?groupId={T}&tenantId=GUID"),
        },
    )
    channel = claire.channel(VENTES, "Opportunity 4711")
    assert answered(claire.call("GET", f"{CHANNELS}/{quote(channel, safe='')}"), tenant, NAMES) == (
        200,
        {
            "@odata.context": "ORIGIN/v1.0/$metadata#teams('{T}')/channels/$entity",
            "id": "CHANNEL",
            "createdDateTime": "TIME",
            "displayName": "Opportunity 4711",
            "description": "Deal room",
            "isFavoriteByDefault": None,
            "email": "",
            "tenantId": "GUID",
            "isArchived": False,
            "membershipType": "standard",
            "webUrl": ("ORIGIN/teams/l/channel/CHANNEL/Opportunity%204711?groupId={T}&tenantId=GUID"),
        },
    )
    assert claire.get(f"{CHANNELS}/{channel}") == claire.get(f"/teams('{VENTES}')/channels('{channel}')")


def test_ids_are_malformed_or_unknown_4_1(tenant: LocalTenant) -> None:
    claire = person(tenant, "Claire")
    unknown = "19:" + 32 * "0" + "@thread.tacv2"
    assert answered(claire.call("GET", f"{CHANNELS}/General"), tenant) == error(
        400, "InvalidRequest", "Channel id is not in a valid format: General."
    )
    assert answered(claire.call("GET", f"{CHANNELS}/{unknown}"), tenant) == error(
        404, "NotFound", "No channel found with id CHANNEL in team GUID."
    )


def test_channels_are_listed_with_their_count_4_2(tenant: LocalTenant) -> None:
    assert answered(
        person(tenant, "Oliver").call("GET", f"{CHANNELS}?$select=displayName,membershipType"), tenant, NAMES
    ) == (
        200,
        {
            "@odata.context": "ORIGIN/v1.0/$metadata#teams('{T}')/channels(displayName,membershipType)",
            "@odata.count": 4,
            "value": [
                {"displayName": "General", "membershipType": "standard"},
                {"displayName": "Grands comptes", "membershipType": "standard"},
                {"displayName": "Prévisions", "membershipType": "standard"},
                {"displayName": "Renewals", "membershipType": "standard"},
            ],
        },
    )
    assert answered(
        person(tenant, "Oliver").call("GET", f"{CHANNELS}?$filter=membershipType eq 'private'"), tenant, NAMES
    ) == (200, {"@odata.context": "ORIGIN/v1.0/$metadata#teams('{T}')/channels", "@odata.count": 0, "value": []})


def test_a_private_channel_has_its_own_library_4_2(tenant: LocalTenant) -> None:
    claire = person(tenant, "Claire")
    body = {
        "displayName": "Terms",
        "membershipType": "private",
        "members": [bind(tenant, "Oliver", "owner"), bind(tenant, "Claire", "owner")],
    }
    assert answered(claire.call("POST", CHANNELS, body), tenant, NAMES) == (
        201,
        {
            "@odata.context": "ORIGIN/v1.0/$metadata#teams('{T}')/channels/$entity",
            "id": "CHANNEL",
            "createdDateTime": "TIME",
            "displayName": "Terms",
            "description": None,
            "isFavoriteByDefault": None,
            "email": "",
            "tenantId": "GUID",
            "isArchived": False,
            "membershipType": "private",
            "webUrl": "ORIGIN/teams/l/channel/CHANNEL/Terms?groupId={T}&tenantId=GUID&ngc=true",
        },
    )
    channel = claire.channel(VENTES, "Terms")
    assert answered(claire.call("GET", f"{CHANNELS}/{channel}/filesFolder"), tenant, NAMES) == (
        200,
        {
            "@odata.context": ("ORIGIN/v1.0/$metadata#teams('{T}')/channels('CHANNEL')/filesFolder/$entity"),
            "id": "ITEM",
            "createdDateTime": "TIME",
            "lastModifiedDateTime": "TIME",
            "name": "root",
            "webUrl": "ORIGIN/sites/VentesEurope-Terms/Shared%20Documents",
            "size": 0,
            "parentReference": {"driveId": "DRIVE", "driveType": "documentLibrary"},
            "fileSystemInfo": {"createdDateTime": "TIME", "lastModifiedDateTime": "TIME"},
            "folder": {"childCount": 0},
        },
    )
    assert [one["displayName"] for one in claire.get(f"{CHANNELS}/{channel}/members")["value"]] == [
        "Claire Fontaine",
        "Oliver Grant",
    ]
    drive = claire.get(f"{CHANNELS}/{channel}/filesFolder")["parentReference"]["driveId"]
    assert drive != claire.get(f"/groups/{VENTES}/drive")["id"]


def test_a_shared_channel_is_accepted_by_content_location_alone_4_2(tenant: LocalTenant) -> None:
    claire = person(tenant, "Claire")
    answer = claire.call("POST", CHANNELS, {**SHARED, "sharedWithTeams": [{"id": NORTHWIND}]})
    assert answered(answer, tenant, NAMES, "content-location", "location") == (
        202,
        None,
        "/teams/{T}/operations/GUID",
        None,
    )
    prefer = {"Prefer": "include-unknown-enum-members"}
    assert answered(claire.call("GET", answer.headers["content-location"], headers=prefer), tenant, NAMES) == (
        200,
        {
            "@odata.context": "ORIGIN/v1.0/$metadata#teams('{T}')/operations/$entity",
            "id": "GUID",
            "operationType": "createChannel",
            "createdDateTime": "TIME",
            "status": "succeeded",
            "lastActionDateTime": "TIME",
            "attemptsCount": 1,
            "targetResourceId": "CHANNEL",
            "targetResourceLocation": "/teams('{T}')/channels('CHANNEL')",
            "error": None,
        },
    )
    two = {
        **SHARED,
        "displayName": "Two",
        "members": [bind(tenant, "Oliver", "owner"), bind(tenant, "Claire", "owner")],
    }
    assert answered(claire.call("POST", CHANNELS, two), tenant) == error(
        400, "BadRequest", "Only one owner can be specified when creating a shared channel."
    )


def test_a_shared_channel_is_seen_from_both_teams_4_2(tenant: LocalTenant) -> None:
    claire = person(tenant, "Claire")
    claire.call("POST", CHANNELS, {**SHARED, "sharedWithTeams": [{"id": NORTHWIND}]})
    channel = claire.channel(VENTES, "Partners")
    assert answered(claire.call("GET", f"/teams/{NORTHWIND}/incomingChannels?$select=displayName"), tenant, NAMES) == (
        200,
        {
            "@odata.context": "ORIGIN/v1.0/$metadata#teams('{N}')/incomingChannels(displayName)",
            "@odata.count": 1,
            "value": [{"@odata.id": "ORIGIN/v1.0/tenants/GUID/teams/{T}/channels/CHANNEL", "displayName": "Partners"}],
        },
    )
    assert len(claire.get(f"/teams/{NORTHWIND}/allChannels")["value"]) == 4
    assert answered(claire.call("GET", f"{CHANNELS}/{channel}/sharedWithTeams"), tenant, NAMES) == (
        200,
        {
            "@odata.context": "ORIGIN/v1.0/$metadata#teams('{T}')/channels('CHANNEL')/sharedWithTeams",
            "@odata.count": 2,
            "value": [
                {"id": "{T}", "displayName": "Ventes Europe", "tenantId": "GUID", "isHostTeam": True},
                {"id": "{N}", "displayName": "Northwind account", "tenantId": "GUID", "isHostTeam": False},
            ],
        },
    )
    allowed = claire.get(f"{CHANNELS}/{channel}/sharedWithTeams/{NORTHWIND}/allowedMembers")
    assert [one["displayName"] for one in allowed["value"]] == ["Claire Fontaine", "Oliver Grant", "Priya Raman"]
    assert len(claire.get(f"{CHANNELS}/{channel}/allMembers")["value"]) == 3
    assert answered(claire.call("DELETE", f"/teams/{NORTHWIND}/incomingChannels/{channel}/$ref"), tenant) == (204, None)
    assert claire.get(f"/teams/{NORTHWIND}/incomingChannels")["value"] == []


def test_people_are_put_only_in_private_and_shared_channels_4_2(tenant: LocalTenant) -> None:
    claire = person(tenant, "Claire")
    standard = claire.channel(VENTES, "Renewals")
    assert answered(claire.call("POST", f"{CHANNELS}/{standard}/members", bind(tenant, "Oliver")), tenant) == error(
        400, "BadRequest", "Members can be changed only in private and shared channels."
    )
    claire.post(CHANNELS, {"displayName": "Terms", "membershipType": "private"})
    private = claire.channel(VENTES, "Terms")
    assert answered(claire.call("POST", f"{CHANNELS}/{private}/members", bind(tenant, "Oliver")), tenant, NAMES) == (
        201,
        {
            "@odata.context": "ORIGIN/v1.0/$metadata#teams('{T}')/channels('CHANNEL')/members/$entity",
            "@odata.type": "#microsoft.graph.aadUserConversationMember",
            "id": "MEMBERSHIP",
            "roles": [],
            "displayName": "Oliver Grant",
            "visibleHistoryStartDateTime": "TIME",
            "userId": "GUID",
            "email": "oliver.grant@contoso.com",
            "tenantId": "GUID",
        },
    )
    assert answered(claire.call("POST", f"{CHANNELS}/{private}/members", bind(tenant, "Sofia")), tenant) == error(
        400, "BadRequest", "User 'GUID' is not a member of the team."
    )
    assert answered(
        claire.call(
            "POST", f"{CHANNELS}/{private}/members/add", {"values": [bind(tenant, "Emma"), bind(tenant, "Sofia")]}
        ),
        tenant,
    ) == (
        207,
        {
            "@odata.context": ("ORIGIN/v1.0/$metadata#Collection(microsoft.graph.aadUserConversationMemberResult)"),
            "value": [
                {"@odata.type": "#microsoft.graph.aadUserConversationMemberResult", "userId": "GUID", "error": None},
                {
                    "@odata.type": "#microsoft.graph.aadUserConversationMemberResult",
                    "userId": "GUID",
                    "error": {"code": "BadRequest", "message": "User 'GUID' is not a member of the team."},
                },
            ],
        },
    )


def test_access_is_judged_4_2(tenant: LocalTenant) -> None:
    claire = person(tenant, "Claire")
    channel = claire.channel(VENTES, "Renewals")
    call = f"{CHANNELS}/{channel}/doesUserHaveAccess(userId='{tenant.person('Sofia').id}',tenantId='{tenant.id}')"
    assert answered(claire.call("GET", call), tenant) == (
        200,
        {"@odata.context": "ORIGIN/v1.0/$metadata#Edm.Boolean", "value": False},
    )
    mine = f"{CHANNELS}/{channel}/doesUserHaveAccess(userId='@userId')?@userId='{tenant.person('Claire').id}'"
    assert answered(claire.call("GET", mine), tenant) == (
        200,
        {"@odata.context": "ORIGIN/v1.0/$metadata#Edm.Boolean", "value": True},
    )


def test_a_channel_is_renamed_and_keeps_its_kind_4_2(tenant: LocalTenant) -> None:
    claire = person(tenant, "Claire")
    channel = claire.channel(VENTES, "Renewals")
    assert answered(claire.call("PATCH", f"{CHANNELS}/{channel}", {"displayName": "Renewals 2026"}), tenant) == (
        204,
        None,
    )
    assert answered(claire.call("PATCH", f"{CHANNELS}/{channel}", {"membershipType": "private"}), tenant) == error(
        400, "BadRequest", "The membershipType of a channel cannot be changed."
    )
    assert claire.get(f"{CHANNELS}/{channel}/filesFolder")["name"] == "Renewals"


def test_a_deleted_name_stays_taken_4_2(tenant: LocalTenant) -> None:
    claire = person(tenant, "Claire")
    channel = claire.channel(VENTES, "Renewals")
    assert answered(claire.call("DELETE", f"{CHANNELS}/{channel}"), tenant) == (204, None)
    assert answered(claire.call("POST", CHANNELS, {"displayName": "Renewals"}), tenant) == error(
        400, "NameAlreadyExists", "Channel name already existed, please use other name"
    )
    assert answered(claire.call("DELETE", f"/teams/{VENTES}/primaryChannel"), tenant) == error(
        400, "BadRequest", "The primary channel of a team cannot be deleted."
    )


def test_forbidden_names_are_refused_4_2(tenant: LocalTenant) -> None:
    claire = person(tenant, "Claire")
    assert answered(claire.call("POST", CHANNELS, {"displayName": "R&D: plans"}), tenant) == error(
        400, "BadRequest", ("Channel.DisplayName doesn't contain allowed characters, please use the valid values.")
    )
    bad = ["_hidden", ".dot", "dot.", "CON", "forms", "a..b", "LPT1", "desktop.ini", "x" * 51, "a\u0001b", "{x}"]
    assert {claire.call("POST", CHANNELS, {"displayName": name}).status_code for name in bad} == {400}


def test_a_channel_is_archived_by_an_operation_4_2(tenant: LocalTenant) -> None:
    claire = person(tenant, "Claire")
    channel = claire.channel(VENTES, "Renewals")
    answer = claire.call("POST", f"{CHANNELS}/{channel}/archive")
    assert answered(answer, tenant, NAMES, "location") == (202, None, "/teams('{T}')/operations('GUID')")
    assert answered(claire.call("GET", answer.headers["location"]), tenant, NAMES) == (
        200,
        {
            "@odata.context": "ORIGIN/v1.0/$metadata#teams('{T}')/operations/$entity",
            "id": "GUID",
            "operationType": "unknownFutureValue",
            "createdDateTime": "TIME",
            "status": "succeeded",
            "lastActionDateTime": "TIME",
            "attemptsCount": 1,
            "targetResourceId": "CHANNEL",
            "targetResourceLocation": "/teams('{T}')/channels('CHANNEL')",
            "error": None,
        },
    )
    assert answered(claire.call("PATCH", f"{CHANNELS}/{channel}", {"displayName": "No"}), tenant) == error(
        403, "Forbidden", ("The team is archived; this operation is not allowed on an archived team.")
    )
    assert answered(claire.call("POST", f"{CHANNELS}/{channel}/unarchive"), tenant, NAMES, "location") == (
        202,
        None,
        "/teams('{T}')/operations('GUID')",
    )


def test_the_folder_is_made_when_first_asked_for_4_3(tenant: LocalTenant) -> None:
    tenant.switch(graph__files_folder_delay_s=30)
    claire = person(tenant, "Claire")
    claire.post(CHANNELS, {"displayName": "Opportunity 4711"})
    path = f"{CHANNELS}/{claire.channel(VENTES, 'Opportunity 4711')}/filesFolder"
    assert answered(claire.call("GET", path), tenant) == error(
        404, "NotFound", ("Folder location for this channel is not ready yet, please try again later.")
    )
    tenant.control.post("/_control/clock", json={"advance_s": 31}).raise_for_status()
    found = claire.call("GET", path)
    assert answered(found, tenant, NAMES) == (
        200,
        {
            "@odata.context": ("ORIGIN/v1.0/$metadata#teams('{T}')/channels('CHANNEL')/filesFolder/$entity"),
            "id": "ITEM",
            "createdDateTime": "TIME",
            "lastModifiedDateTime": "TIME",
            "name": "Opportunity 4711",
            "webUrl": "ORIGIN/sites/VentesEurope/Shared%20Documents/Opportunity%204711",
            "size": 0,
            "parentReference": {"driveId": "DRIVE", "driveType": "documentLibrary"},
            "fileSystemInfo": {"createdDateTime": "TIME", "lastModifiedDateTime": "TIME"},
            "folder": {"childCount": 0},
        },
    )
    assert found.json()["createdDateTime"] == "0001-01-01T00:00:00Z"


def test_the_summary_comes_only_when_selected_4_1(tenant: LocalTenant) -> None:
    claire = person(tenant, "Claire")
    channel = claire.channel(VENTES, "Renewals")
    assert "summary" not in claire.get(f"{CHANNELS}/{channel}")
    assert answered(claire.call("GET", f"{CHANNELS}/{channel}?$select=displayName,summary"), tenant, NAMES) == (
        200,
        {
            "@odata.context": ("ORIGIN/v1.0/$metadata#teams('{T}')/channels(displayName,summary)/$entity"),
            "displayName": "Renewals",
            "summary": {"ownersCount": 2, "membersCount": 4, "guestsCount": 0, "hasMembersFromOtherTenants": False},
        },
    )


def test_private_channels_of_others_are_closed_4_2(tenant: LocalTenant) -> None:
    owner = person(tenant, "Claire")
    owner.post(CHANNELS, {"displayName": "Terms", "membershipType": "private"})
    path = f"{CHANNELS}/{owner.channel(VENTES, 'Terms')}"
    assert answered(person(tenant, "Oliver").call("GET", path), tenant) == error(
        403, "Forbidden", "AclCheckFailed: the caller is not a member of the channel."
    )
    assert answered(person(tenant, "Sofia").call("GET", CHANNELS), tenant) == error(
        403, "Forbidden", "AclCheckFailed: the caller is not a member of the team."
    )

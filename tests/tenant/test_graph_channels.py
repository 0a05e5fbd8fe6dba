"""Channels of three kinds, their people, and their folders."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

import pytest

from liaison.tenant.seeds.company import TENANT_ID
from liaison.tenant.seeds.teamwork import channel_id
from tests.local_tenant import LocalTenant
from tests.tenant.graph_client import MARKETING, NORTHWIND, VENTES, application, bind, person

LATE = {"Prefer": "include-unknown-enum-members"}
PRIVATE = channel_id("ventes-europe", "Négociations")
TAKEN = (400, "NameAlreadyExists", "Channel name already existed, please use other name")


def test_a_standard_channel_is_made_and_told_whole(tenant: LocalTenant) -> None:
    graph = person(tenant, "Oliver")
    body = {"displayName": "Opportunity 4711", "description": "Deal room", "membershipType": "standard"}
    made = graph.post(f"/teams/{VENTES}/channels", body)
    assert re.fullmatch(r"19:[0-9a-f]{32}@thread\.tacv2", made["id"])
    assert len(made.pop("createdDateTime")) == 24
    assert made == {
        "@odata.context": f"{tenant.http}/v1.0/$metadata#teams('{VENTES}')/channels/$entity",
        "id": made["id"],
        "displayName": "Opportunity 4711",
        "description": "Deal room",
        "isFavoriteByDefault": None,
        "email": "",
        "tenantId": TENANT_ID,
        "isArchived": False,
        "membershipType": "standard",
        "webUrl": f"{tenant.http}/teams/l/channel/{quote(made['id'], safe='')}/Opportunity%204711"
        f"?groupId={VENTES}&tenantId={TENANT_ID}",
    }
    listed = graph.get(f"/teams/{VENTES}/channels?$filter=displayName eq 'Opportunity 4711'")
    assert (listed["@odata.count"], listed["value"][0]["id"]) == (1, made["id"])


def test_names_are_unique_in_a_team_and_stay_taken_for_thirty_days(tenant: LocalTenant) -> None:
    graph = person(tenant, "Claire")
    assert graph.refused("POST", f"/teams/{VENTES}/channels", {"displayName": "renewals"}) == TAKEN
    made = graph.post(f"/teams/{VENTES}/channels", {"displayName": "Deal"})
    graph.delete(f"/teams/{VENTES}/channels/{made['id']}")
    assert graph.refused("GET", f"/teams/{VENTES}/channels/{made['id']}")[:2] == (404, "NotFound")
    assert graph.refused("POST", f"/teams/{VENTES}/channels", {"displayName": "Deal"}) == TAKEN
    anais = person(tenant, "Anaïs")
    assert anais.post(f"/teams/{MARKETING}/channels", {"displayName": "Deal"})["displayName"] == "Deal"
    tenant.control.post("/_control/clock", json={"advance_s": 30 * 86400 + 1}).raise_for_status()
    again = person(tenant, "Claire").post(f"/teams/{VENTES}/channels", {"displayName": "Deal"})
    assert again["id"] != made["id"]


@pytest.mark.parametrize(
    "name",
    ["a#b", "a/b", "a:b", "a?b", "a'b", 'a"b', "a,b", "a..b", "a&b", "CON", "lpt1", "forms", "desktop.ini", "_vti_",
     "_a", ".a", "a.", "a\u0001b", "a\u0085b", "a" * 51, "   "],
)  # fmt: skip
def test_forbidden_names_are_refused(tenant: LocalTenant, name: str) -> None:
    assert person(tenant, "Claire").refused("POST", f"/teams/{VENTES}/channels", {"displayName": name}) == (
        400,
        "BadRequest",
        "Channel.DisplayName doesn't contain allowed characters, please use the valid values.",
    )


@pytest.mark.parametrize("name", ["Éléphant – 4711 (été) !", "a" * 50, "日本", "com", "A.B"])
def test_other_names_are_taken(tenant: LocalTenant, name: str) -> None:
    assert person(tenant, "Claire").post(f"/teams/{VENTES}/channels", {"displayName": name})["displayName"] == name


def test_a_private_channel_has_owners_a_site_and_no_folder_of_its_own(tenant: LocalTenant) -> None:
    graph = person(tenant, "Claire")
    body = {"displayName": "Marge", "membershipType": "private", "members": [bind(tenant, "Priya", "owner")]}
    made = graph.post(f"/teams/{VENTES}/channels", body)
    assert made["membershipType"] == "private"
    assert made["webUrl"].endswith(f"&tenantId={TENANT_ID}&ngc=true")
    priya = person(tenant, "Priya")
    assert graph.refused("GET", f"/teams/{VENTES}/channels/{made['id']}/filesFolder")[:2] == (403, "Forbidden")
    folder = priya.get(f"/teams/{VENTES}/channels/{made['id']}/filesFolder")
    assert folder["webUrl"] == f"{tenant.http}/sites/VentesEurope-Marge/Shared%20Documents"
    assert folder["parentReference"]["driveId"] != priya.get(f"/groups/{VENTES}/drive")["id"]
    root = priya.get(f"/drives/{folder['parentReference']['driveId']}/root")
    assert root["id"] == folder["id"]
    people = priya.get(f"/teams/{VENTES}/channels/{made['id']}/members")["value"]
    assert [(one["displayName"], one["roles"]) for one in people] == [("Priya Raman", ["owner"])]


def test_the_maker_owns_a_private_channel_and_an_application_must_name_somebody(tenant: LocalTenant) -> None:
    body = {"displayName": "Mine", "membershipType": "private"}
    graph = person(tenant, "Oliver")
    made = graph.post(f"/teams/{VENTES}/channels", body)
    people = graph.get(f"/teams/{VENTES}/channels/{made['id']}/members")["value"]
    assert [one["displayName"] for one in people] == ["Oliver Grant"]
    app = application(tenant, "Channel.Create")
    assert app.refused("POST", f"/teams/{VENTES}/channels", body | {"displayName": "No"})[:2] == (400, "BadRequest")


def test_people_of_a_private_channel_must_be_in_the_team(tenant: LocalTenant) -> None:
    body = {"displayName": "Out", "membershipType": "private", "members": [bind(tenant, "Sofia", "owner")]}
    assert person(tenant, "Claire").refused("POST", f"/teams/{VENTES}/channels", body)[:2] == (400, "BadRequest")


def test_a_shared_channel_is_accepted_with_a_content_location_only(tenant: LocalTenant) -> None:
    graph = person(tenant, "Claire")
    body = {"displayName": "Partagé", "membershipType": "shared", "members": [bind(tenant, "Claire", "owner")],
            "sharedWithTeams": [{"id": MARKETING}]}  # fmt: skip
    answer = graph.call("POST", f"/teams/{VENTES}/channels", body)
    assert (answer.status_code, answer.content) == (202, b"")
    assert "location" not in answer.headers
    assert re.fullmatch(rf"/teams/{VENTES}/operations/[0-9a-f-]{{36}}", answer.headers["content-location"])
    assert graph.get(answer.headers["content-location"])["operationType"] == "unknownFutureValue"
    found = graph.channel(VENTES, "Partagé")
    plain = graph.get(f"/teams/{VENTES}/channels/{found}")
    assert plain["membershipType"] == "unknownFutureValue"
    assert graph.get(f"/teams/{VENTES}/channels/{found}", headers=LATE)["membershipType"] == "shared"
    assert plain["webUrl"].endswith("&ngc=true&allowXTenantAccess=true")
    anais = person(tenant, "Anaïs")
    assert [one["id"] for one in anais.get(f"/teams/{MARKETING}/incomingChannels")["value"]] == [found]
    everything = anais.get(f"/teams/{MARKETING}/allChannels")["value"]
    assert everything[-1]["@odata.id"].endswith(f"/teams/{VENTES}/channels/{quote(found, safe='')}")
    assert found not in {one["id"] for one in anais.get(f"/teams/{MARKETING}/channels")["value"]}
    assert len(graph.get(f"/teams/{VENTES}/channels/{found}/members")["value"]) == 1
    assert len(graph.get(f"/teams/{VENTES}/channels/{found}/allMembers")["value"]) == 4
    teams = graph.get(f"/teams/{VENTES}/channels/{found}/sharedWithTeams")["value"]
    assert [(team["displayName"], team["isHostTeam"]) for team in teams] == [
        ("Ventes Europe", True),
        ("Marketing", False),
    ]


def test_a_shared_channel_has_one_owner_at_first_and_no_guests(tenant: LocalTenant) -> None:
    graph = person(tenant, "Claire")
    base = {"displayName": "S", "membershipType": "shared"}
    two = [bind(tenant, "Claire", "owner"), bind(tenant, "Priya", "owner")]
    assert graph.refused("POST", f"/teams/{VENTES}/channels", base | {"members": two})[:2] == (400, "BadRequest")
    guest = [bind(tenant, "Claire", "owner"), bind(tenant, "Lukas")]
    assert graph.refused("POST", f"/teams/{VENTES}/channels", base | {"members": guest})[:2] == (400, "BadRequest")


def test_private_channels_of_others_are_left_out_but_owners_see_the_name(tenant: LocalTenant) -> None:
    def names(given: str) -> list[str]:
        listed = person(tenant, given).get(f"/teams/{VENTES}/channels?$filter=membershipType eq 'private'")
        return [channel["displayName"] for channel in listed["value"]]

    assert names("Claire") == ["Négociations"]
    assert names("Oliver") == []
    assert len(application(tenant, "Channel.ReadBasic.All").get(f"/teams/{VENTES}/channels")["value"]) == 5
    oliver = person(tenant, "Oliver")
    assert oliver.refused("GET", f"/teams/{VENTES}/channels/{PRIVATE}")[:2] == (403, "Forbidden")
    for part in ("filesFolder", "tabs", "messages", "members"):
        assert oliver.refused("GET", f"/teams/{VENTES}/channels/{PRIVATE}/{part}")[:2] == (403, "Forbidden")
    nadia = person(tenant, "Nadia")
    assert nadia.refused("GET", f"/teams/{VENTES}/channels/{PRIVATE}/tabs")[0] == 403


def test_a_channel_is_renamed_and_described_but_keeps_its_kind_and_folder(tenant: LocalTenant) -> None:
    graph = person(tenant, "Oliver")
    channel = graph.channel(VENTES, "Renewals")
    before = graph.get(f"/teams/{VENTES}/channels/{channel}/filesFolder")
    body = {"displayName": "Renouvellements", "description": "2026", "isFavoriteByDefault": True}
    assert graph.patch(f"/teams/{VENTES}/channels/{channel}", body, status=204) is None
    seen = graph.get(f"/teams/{VENTES}/channels/{channel}")
    assert {name: seen[name] for name in body} == body
    after = graph.get(f"/teams/{VENTES}/channels/{channel}/filesFolder")
    assert (after["id"], after["name"]) == (before["id"], "Renewals")
    assert graph.refused("PATCH", f"/teams/{VENTES}/channels/{channel}", {"membershipType": "private"})[0] == 400
    assert graph.refused("PATCH", f"/teams/{VENTES}/channels/{channel}", {"displayName": "Prévisions"}) == TAKEN
    assert graph.patch(f"/teams/{VENTES}/channels/{channel}", {"displayName": "renouvellements"}, status=204) is None


def test_the_primary_channel_stays(tenant: LocalTenant) -> None:
    graph = person(tenant, "Claire")
    primary = graph.get(f"/teams/{VENTES}/primaryChannel")
    assert (primary["displayName"], primary["id"]) == ("General", graph.get(f"/teams/{VENTES}")["internalId"])
    assert graph.refused("DELETE", f"/teams/{VENTES}/channels/{primary['id']}")[:2] == (400, "BadRequest")
    assert graph.get(f"/teams/{VENTES}/primaryChannel/filesFolder")["name"] == "General"


def test_malformed_and_unknown_ids_are_told_apart(tenant: LocalTenant) -> None:
    graph = person(tenant, "Claire")
    assert graph.refused("GET", f"/teams/{VENTES}/channels/abc") == (
        400,
        "InvalidRequest",
        "Channel id is not in a valid format: abc.",
    )
    unknown = f"19:{'0' * 32}@thread.tacv2"
    assert graph.refused("GET", f"/teams/{VENTES}/channels/{unknown}")[:2] == (404, "NotFound")
    assert graph.refused("GET", f"/teams/{NORTHWIND}/channels/{PRIVATE}")[:2] == (404, "NotFound")


def test_members_and_guests_are_held_to_the_settings_of_the_team(tenant: LocalTenant) -> None:
    lukas = person(tenant, "Lukas")
    assert lukas.refused("POST", f"/teams/{NORTHWIND}/channels", {"displayName": "X"})[:2] == (403, "Forbidden")
    claire = person(tenant, "Claire")
    settings: dict[str, Any] = {
        "guestSettings": {"allowCreateUpdateChannels": True},
        "memberSettings": {"allowCreateUpdateChannels": False, "allowDeleteChannels": False},
    }
    claire.patch(f"/teams/{NORTHWIND}", settings, status=204)
    assert lukas.post(f"/teams/{NORTHWIND}/channels", {"displayName": "X"})["displayName"] == "X"
    oliver = person(tenant, "Oliver")
    assert oliver.refused("POST", f"/teams/{NORTHWIND}/channels", {"displayName": "Y"})[:2] == (403, "Forbidden")
    contract = claire.channel(NORTHWIND, "Contract")
    assert oliver.refused("DELETE", f"/teams/{NORTHWIND}/channels/{contract}")[:2] == (403, "Forbidden")
    claire.delete(f"/teams/{NORTHWIND}/channels/{contract}")


def test_the_summary_comes_only_when_it_is_selected(tenant: LocalTenant) -> None:
    graph = person(tenant, "Claire")
    contract = graph.channel(NORTHWIND, "Contract")
    assert "summary" not in graph.get(f"/teams/{NORTHWIND}/channels/{contract}")
    assert graph.get(f"/teams/{NORTHWIND}/channels/{contract}?$select=id,summary")["summary"] == {
        "ownersCount": 1,
        "membersCount": 2,
        "guestsCount": 1,
        "hasMembersFromOtherTenants": False,
    }


def test_people_of_a_private_channel_come_and_go(tenant: LocalTenant) -> None:
    graph = person(tenant, "Claire")
    members = f"/teams/{VENTES}/channels/{PRIVATE}/members"
    added = graph.post(members, bind(tenant, "Oliver"))
    assert added["@odata.context"].endswith(f"/channels('{quote(PRIVATE, safe='')}')/members/$entity")
    assert len(person(tenant, "Oliver").get(f"/teams/{VENTES}/channels")["value"]) == 5
    assert graph.patch(f"{members}/{added['id']}", bind(tenant, "Oliver", "owner"))["roles"] == ["owner"]
    graph.delete(f"{members}/{added['id']}")
    assert graph.refused("GET", f"{members}/{added['id']}")[:2] == (404, "NotFound")
    mine = next(one for one in graph.get(members)["value"] if one["displayName"] == "Claire Fontaine")
    assert graph.refused("DELETE", f"{members}/{mine['id']}")[:2] == (400, "BadRequest")
    general = graph.channel(VENTES, "General")
    standard = f"/teams/{VENTES}/channels/{general}/members"
    assert len(graph.get(standard)["value"]) == 6
    assert graph.refused("POST", standard, bind(tenant, "Sofia"))[:2] == (400, "BadRequest")


def test_access_is_judged_for_others(tenant: LocalTenant) -> None:
    graph = person(tenant, "Claire")

    def may(given: str, tenant_id: str = TENANT_ID) -> bool:
        user = tenant.person(given).id
        call = f"doesUserHaveAccess(userId='{user}',tenantId='{tenant_id}',userPrincipalName='')"
        return bool(graph.get(f"/teams/{VENTES}/channels/{PRIVATE}/{call}")["value"])

    assert (may("Priya"), may("Oliver"), may("Priya", "another")) == (True, False, False)
    alias = (
        f"doesUserHaveAccess(userId='@userId',tenantId='@tenantId',userPrincipalName='@userPrincipalName')"
        f"?userId={tenant.person('Priya').id}&tenantId={TENANT_ID}&userPrincipalName="
    )
    assert graph.get(f"/teams/{VENTES}/channels/{PRIVATE}/{alias}")["value"] is True


def test_a_channel_is_archived_by_itself(tenant: LocalTenant) -> None:
    graph = person(tenant, "Claire")
    channel = graph.channel(VENTES, "Renewals")
    answer = graph.call("POST", f"/teams/{VENTES}/channels/{channel}/archive")
    assert answer.status_code == 202
    assert graph.get(answer.headers["location"], headers=LATE)["operationType"] == "archiveChannel"
    assert graph.get(f"/teams/{VENTES}/channels/{channel}")["isArchived"] is True
    body = {"body": {"content": "x"}}
    assert graph.refused("POST", f"/teams/{VENTES}/channels/{channel}/messages", body)[:2] == (403, "Forbidden")
    graph.call("POST", f"/teams/{VENTES}/channels/{channel}/unarchive")
    assert graph.post(f"/teams/{VENTES}/channels/{channel}/messages", body)["body"]["content"] == "x"


def test_the_folder_of_a_channel_is_told_in_the_short_form(tenant: LocalTenant) -> None:
    graph = person(tenant, "Claire")
    channel = graph.channel(VENTES, "Grands comptes")
    folder = graph.get(f"/teams/{VENTES}/channels/{channel}/filesFolder")
    modified = folder["lastModifiedDateTime"]
    assert re.fullmatch(r"01[A-Z2-7]{32}", folder["id"])
    assert folder == {
        "@odata.context": f"{tenant.http}/v1.0/$metadata#teams('{VENTES}')/channels('{quote(channel, safe='')}')"
        "/filesFolder/$entity",
        "id": folder["id"],
        "createdDateTime": "0001-01-01T00:00:00Z",
        "lastModifiedDateTime": modified,
        "name": "Grands comptes",
        "webUrl": f"{tenant.http}/sites/VentesEurope/Shared%20Documents/Grands%20comptes",
        "size": folder["size"],
        "parentReference": {"driveId": graph.get(f"/groups/{VENTES}/drive")["id"], "driveType": "documentLibrary"},
        "fileSystemInfo": {"createdDateTime": modified, "lastModifiedDateTime": modified},
        "folder": {"childCount": 2},
    }


def test_a_new_folder_is_not_ready_for_as_long_as_the_switch_says(tenant: LocalTenant) -> None:
    tenant.switch(graph__files_folder_delay_s=20)
    graph = person(tenant, "Claire")
    channel = graph.post(f"/teams/{VENTES}/channels", {"displayName": "Fresh"})["id"]
    address = f"/teams/{VENTES}/channels/{channel}/filesFolder"
    not_ready = (404, "NotFound", "Folder location for this channel is not ready yet, please try again later.")
    tenant.control.post("/_control/clock", json={"advance_s": 60}).raise_for_status()
    assert graph.refused("GET", address) == not_ready
    tenant.control.post("/_control/clock", json={"advance_s": 19}).raise_for_status()
    assert graph.refused("GET", address) == not_ready
    tenant.control.post("/_control/clock", json={"advance_s": 2}).raise_for_status()
    assert graph.get(address)["name"] == "Fresh"


def test_seeded_channels_are_ready_whatever_the_switch_says(tenant: LocalTenant) -> None:
    tenant.switch(graph__files_folder_delay_s=600)
    graph = person(tenant, "Claire")
    assert graph.folder(VENTES, graph.channel(VENTES, "General"))

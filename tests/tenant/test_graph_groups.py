"""Groups: making, upserting, naming rules, people by reference, changes, the recycle bin."""

from __future__ import annotations

from typing import Any

import pytest

from liaison.tenant.graph.labels import label_id
from tests.local_tenant import LocalTenant
from tests.tenant.graph_client import MARKETING, NORTHWIND, VENTES, Graph, application, person

EVENTUAL = {"ConsistencyLevel": "eventual"}


def new_group(name: str, **more: Any) -> dict[str, Any]:
    return {"displayName": name, "mailNickname": name, "mailEnabled": True, "securityEnabled": False,
            "groupTypes": ["Unified"], "visibility": "Private", **more}  # fmt: skip


def user_address(tenant: LocalTenant, given: str) -> str:
    return f"https://graph.microsoft.com/v1.0/users/{tenant.person(given).id}"


def test_a_group_is_made_with_owners_and_members_and_a_site(tenant: LocalTenant) -> None:
    graph = application(tenant, "Group.Create Group.Read.All Sites.Read.All Files.Read.All")
    body = new_group(
        "deal",
        description="Deal room",
        **{
            "owners@odata.bind": [user_address(tenant, "Claire")],
            "members@odata.bind": [user_address(tenant, "Claire"), user_address(tenant, "Oliver")],
        },
    )
    group = graph.post("/groups", body)
    assert (group["mail"], group["visibility"], group["groupTypes"]) == ("deal@contoso.com", "Private", ["Unified"])
    assert group["resourceProvisioningOptions"] == []
    assert "assignedLabels" not in group
    owners = graph.get(f"/groups/{group['id']}/owners?$select=displayName")["value"]
    assert owners == [{"@odata.type": "#microsoft.graph.user", "displayName": "Claire Fontaine"}]
    assert len(graph.get(f"/groups/{group['id']}/members")["value"]) == 2
    assert graph.get(f"/groups/{group['id']}/sites/root")["webUrl"] == f"{tenant.http}/sites/deal"
    assert graph.get(f"/groups/{group['id']}/drive")["name"] == "Documents"


def test_the_maker_of_a_group_owns_it(tenant: LocalTenant) -> None:
    graph = person(tenant, "Oliver")
    group = graph.post("/groups", new_group("mine"))
    owners = graph.get(f"/groups/{group['id']}/owners")["value"]
    assert [owner["displayName"] for owner in owners] == ["Oliver Grant"]


def test_upserting_by_unique_name_makes_once_and_changes_afterwards(tenant: LocalTenant) -> None:
    graph = application(tenant, "Group.Create Group.ReadWrite.All")
    address = "/groups(uniqueName='lnk-4711')"
    prefer = {"Prefer": "create-if-missing"}
    assert graph.refused("PATCH", address, new_group("lnk"))[:2] == (404, "Request_ResourceNotFound")
    made = graph.call("PATCH", address, new_group("lnk"), headers=prefer)
    assert made.status_code == 201
    again = graph.call("PATCH", address, new_group("lnk", description="second"), headers=prefer)
    assert (again.status_code, again.content) == (204, b"")
    found = graph.get(f"{address}?$select=id,uniqueName,description")
    assert (found["id"], found["uniqueName"], found["description"]) == (made.json()["id"], "lnk-4711", "second")
    assert graph.refused("PATCH", f"/groups/{found['id']}", {"uniqueName": "other"})[:2] == (400, "Request_BadRequest")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"mailNickname": "a b"}, "Request_BadRequest"),
        ({"mailNickname": ""}, "Request_BadRequest"),
        ({"displayName": ""}, "Request_BadRequest"),
        ({"visibility": "Secret"}, "Request_BadRequest"),
        ({"groupTypes": []}, "Request_BadRequest"),
    ],
)
def test_a_malformed_group_is_refused(tenant: LocalTenant, change: dict[str, Any], code: str) -> None:
    assert person(tenant, "Claire").refused("POST", "/groups", new_group("x") | change)[:2] == (400, code)


def test_a_taken_nickname_is_told_in_details(tenant: LocalTenant) -> None:
    answer = person(tenant, "Claire").call("POST", "/groups", new_group("VentesEurope"))
    error = answer.json()["error"]
    del error["innerError"]
    text = "Another object with the same value for property mailNickname already exists."
    assert (answer.status_code, error) == (
        400,
        {
            "code": "Request_BadRequest",
            "message": text,
            "details": [{"target": "mailNickname", "code": "ObjectConflict", "message": text}],
        },
    )


def test_a_missing_prefix_is_told_with_a_suggestion(tenant: LocalTenant) -> None:
    tenant.switch(graph__name_prefix="GRP_")
    answer = person(tenant, "Claire").call("POST", "/groups", new_group("GRP_deal") | {"displayName": "Deal room"})
    error = answer.json()["error"]
    del error["innerError"]
    assert (answer.status_code, error) == (
        400,
        {
            "code": "Request_BadRequest",
            "message": "The property is missing a required prefix/suffix per your organization's Group naming "
            "requirements.",
            "details": [
                {"target": "displayName", "code": "MissingPrefixSuffix", "suggestedPropertyValue": "GRP_Deal room"}
            ],
        },
    )


def test_global_administrators_are_exempt_from_the_naming_policy(tenant: LocalTenant) -> None:
    tenant.switch(graph__name_prefix="GRP_", graph__blocked_words="deal")
    assert person(tenant, "Nadia").call("POST", "/groups", new_group("deal")).status_code == 201


def test_names_can_be_checked_before(tenant: LocalTenant) -> None:
    graph = person(tenant, "Claire")
    check = {"entityType": "Group", "displayName": "Deal", "mailNickname": "deal"}
    assert graph.post("/directoryObjects/validateProperties", check, status=204) is None
    tenant.switch(graph__name_prefix="GRP_", graph__name_suffix="_EU", graph__blocked_words=["ceo"])
    answer = graph.call("POST", "/directoryObjects/validateProperties", check)
    error = answer.json()["error"]
    del error["innerError"]
    text = "{} is missing a required prefix/suffix per your organization's Group naming requirements."
    assert (answer.status_code, error) == (
        422,
        {
            "code": "Request_UnprocessableEntity",
            "message": "The values provided contain one or more validation errors.",
            "details": [
                {"target": target, "code": "MissingPrefixSuffix", "message": text.format(target), "prefix": "GRP_",
                 "suffix": "_EU"}
                for target in ("displayName", "mailNickname")
            ],
        },
    )  # fmt: skip
    good = {"entityType": "Group", "displayName": "GRP_the CEO room_EU"}
    details = graph.call("POST", "/directoryObjects/validateProperties", good).json()["error"]["details"]
    assert [(one["target"], one["code"]) for one in details] == [("displayName", "ContainsBlockedWord")]


def test_uniqueness_is_checked_for_new_groups_only(tenant: LocalTenant) -> None:
    graph = person(tenant, "Claire")
    taken = {"displayName": "X", "mailNickname": "Marketing"}
    answer = graph.call("POST", "/directoryObjects/validateProperties", taken | {"entityType": "Group"})
    assert [one["code"] for one in answer.json()["error"]["details"]] == ["PropertyConflict"]
    assert graph.post(f"/groups/{VENTES}/validateProperties", taken, status=204) is None
    assert graph.refused("POST", "/directoryObjects/validateProperties", {"entityType": "Group"})[0] == 400


def test_the_raw_policy_can_be_read(tenant: LocalTenant) -> None:
    tenant.switch(graph__name_prefix="GRP_", graph__blocked_words="ceo, legal")
    settings = person(tenant, "Claire").get("/groupSettings")["value"]
    values = {pair["name"]: pair["value"] for pair in settings[0]["values"]}
    assert settings[0]["displayName"] == "Group.Unified"
    assert values["PrefixSuffixNamingRequirement"] == "GRP_[GroupName]"
    assert values["CustomBlockedWordsList"] == "ceo,legal"
    assert values["EnableGroupCreation"] == "true"


def test_groups_are_filtered_by_what_is_documented(tenant: LocalTenant) -> None:
    graph = person(tenant, "Claire")

    def names(query: str, **headers: str) -> list[str]:
        return [group["displayName"] for group in graph.get(f"/groups?{query}", headers=headers)["value"]]

    assert len(names("$filter=resourceProvisioningOptions/Any(x:x eq 'Team')&$select=id,displayName")) == 5
    assert names("$filter=displayName eq 'ventes europe'") == ["Ventes Europe"]
    assert names("$filter=startswith(displayName,'s') or mailNickname eq 'Marketing'") == ["Marketing", "Support"]
    assert names(f"$filter=id in ('{VENTES}','{NORTHWIND}')") == ["Northwind account", "Ventes Europe"]
    assert names("$filter=displayName ne 'Support'&$count=true", **EVENTUAL)[0] == "Comité de direction"
    assert names('$search="displayName:europe"', **EVENTUAL) == ["Ventes Europe"]
    assert names("$orderby=displayName desc")[0] == "Ventes Europe"


def test_a_selected_group_holds_what_was_selected(tenant: LocalTenant) -> None:
    found = person(tenant, "Claire").get(f"/groups?$filter=id eq '{VENTES}'&$select=id,assignedLabels,theme")
    assert found == {
        "@odata.context": f"{tenant.http}/v1.0/$metadata#groups(id,assignedLabels,theme)",
        "value": [{"id": VENTES, "assignedLabels": [], "theme": None}],
    }


def test_people_of_a_group_can_be_expanded(tenant: LocalTenant) -> None:
    found = person(tenant, "Claire").get(f"/groups/{MARKETING}?$select=id&$expand=owners")
    assert [(owner["@odata.type"], owner["displayName"]) for owner in found["owners"]] == [
        ("#microsoft.graph.user", "Anaïs Girard")
    ]
    assert "members" not in found


def test_new_groups_reach_lists_later_when_the_switch_says_so(tenant: LocalTenant) -> None:
    tenant.switch(graph__directory_delay_s=60)
    graph = person(tenant, "Claire")
    group_id = graph.post("/groups", new_group("late"))["id"]
    assert graph.get("/groups?$filter=mailNickname eq 'late'")["value"] == []
    assert graph.get(f"/groups/{group_id}")["mailNickname"] == "late"
    tenant.control.post("/_control/clock", json={"advance_s": 61}).raise_for_status()
    assert len(graph.get("/groups?$filter=mailNickname eq 'late'")["value"]) == 1


def test_labels_are_for_administrators_in_person(tenant: LocalTenant) -> None:
    label = {"assignedLabels": [{"labelId": label_id("Confidentiel")}]}
    nadia = person(tenant, "Nadia")
    assert nadia.patch(f"/groups/{VENTES}", label, status=204) is None
    assert nadia.get(f"/groups/{VENTES}?$select=assignedLabels")["assignedLabels"] == [
        {"labelId": label_id("Confidentiel"), "displayName": "Confidentiel"}
    ]
    assert person(tenant, "Claire").refused("PATCH", f"/groups/{VENTES}", label)[:2] == (
        403,
        "Authorization_RequestDenied",
    )
    app = application(tenant, "Group.ReadWrite.All")
    assert app.refused("PATCH", f"/groups/{VENTES}", label)[1:] == ("Unauthorized", "App-only token is not supported.")
    listed = person(tenant, "Claire", "SensitivityLabel.Read").get("/me/dataSecurityAndGovernance/sensitivityLabels")
    assert [one["name"] for one in listed["value"]] == ["Public", "Interne", "Confidentiel"]


def test_a_permission_for_labels_alone_sets_them_and_nothing_else(tenant: LocalTenant) -> None:
    """A role takes the place of ownership, and a label may decide who sees the group."""
    label = {"assignedLabels": [{"labelId": label_id("Confidentiel")}]}
    ingrid = person(tenant, "Ingrid", "Group.ManageProtection.All")
    assert ingrid.get(f"/groups/{VENTES}")["visibility"] == "Private"
    public = {"visibility": "Public"}
    assert ingrid.refused("PATCH", f"/groups/{VENTES}", {**label, **public})[:2] == (403, "Authorization_RequestDenied")
    person(tenant, "Nadia").patch(f"/groups/{VENTES}", public, status=204)
    assert ingrid.patch(f"/groups/{VENTES}", label, status=204) is None
    found = ingrid.get(f"/groups/{VENTES}?$select=visibility,assignedLabels")
    assert (found["visibility"], len(found["assignedLabels"])) == ("Private", 1)
    claire = person(tenant, "Claire", "Group.ManageProtection.All")
    assert claire.refused("PATCH", f"/groups/{VENTES}", label)[:2] == (403, "Authorization_RequestDenied")


def reference(tenant: LocalTenant, given: str) -> dict[str, str]:
    return {"@odata.id": f"https://graph.microsoft.com/v1.0/directoryObjects/{tenant.person(given).id}"}


def test_members_come_and_go_by_reference(tenant: LocalTenant) -> None:
    graph = person(tenant, "Anaïs")
    sofia = tenant.person("Sofia").id
    assert graph.call("POST", f"/groups/{MARKETING}/members/$ref", reference(tenant, "Sofia")).status_code == 204
    assert graph.refused("POST", f"/groups/{MARKETING}/members/$ref", reference(tenant, "Sofia")) == (
        400,
        "Request_BadRequest",
        "One or more added object references already exist for the following modified properties: 'members'.",
    )
    graph.delete(f"/groups/{MARKETING}/members/{sofia}/$ref")
    assert graph.refused("DELETE", f"/groups/{MARKETING}/members/{sofia}/$ref")[:2] == (404, "Request_ResourceNotFound")
    assert graph.refused("POST", f"/groups/{MARKETING}/members/$ref", {"@odata.id": "https://x/users/nobody"})[0] == 404


def test_the_last_owner_stays(tenant: LocalTenant) -> None:
    graph = person(tenant, "Anaïs")
    assert graph.refused("DELETE", f"/groups/{MARKETING}/owners/{tenant.person('Anaïs').id}/$ref") == (
        400,
        "Request_BadRequest",
        "The group must have at least one owner, hence this owner cannot be removed.",
    )


def test_an_owner_who_is_no_member_does_not_see_the_team_among_the_joined(tenant: LocalTenant) -> None:
    graph = person(tenant, "Anaïs")
    assert graph.call("POST", f"/groups/{MARKETING}/owners/$ref", reference(tenant, "Sofia")).status_code == 204
    joined = person(tenant, "Sofia").get("/me/joinedTeams")["value"]
    assert "Marketing" not in {team["displayName"] for team in joined}


def test_only_owners_change_a_group(tenant: LocalTenant) -> None:
    oliver = person(tenant, "Oliver")
    assert oliver.refused("PATCH", f"/groups/{VENTES}", {"description": "x"})[:2] == (
        403,
        "Authorization_RequestDenied",
    )
    assert oliver.refused("DELETE", f"/groups/{VENTES}")[:2] == (403, "Authorization_RequestDenied")
    assert oliver.refused("POST", f"/groups/{VENTES}/members/$ref", reference(tenant, "Sofia"))[0] == 403


def test_changes_among_groups_are_followed(tenant: LocalTenant) -> None:
    graph = person(tenant, "Nadia")
    start = graph.get("/groups/delta?$deltatoken=latest&$select=displayName,members")
    assert start["value"] == []
    assert graph.get(start["@odata.deltaLink"])["value"] == []
    graph.call("POST", f"/groups/{MARKETING}/members/$ref", reference(tenant, "Sofia"))
    graph.delete(f"/groups/{MARKETING}/members/{tenant.person('Emma').id}/$ref")
    graph.delete(f"/groups/{VENTES}")
    changes = graph.get(start["@odata.deltaLink"])
    assert changes["@odata.context"] == f"{tenant.http}/v1.0/$metadata#groups(displayName,members)"
    assert changes["value"] == [
        {
            "id": MARKETING,
            "displayName": "Marketing",
            "members@delta": [
                {"@odata.type": "#microsoft.graph.user", "id": tenant.person("Sofia").id},
                {
                    "@odata.type": "#microsoft.graph.user",
                    "id": tenant.person("Emma").id,
                    "@removed": {"reason": "deleted"},
                },
            ],
        },
        {"id": VENTES, "@removed": {"reason": "changed"}},
    ]
    assert graph.get(changes["@odata.deltaLink"])["value"] == []


def test_a_first_reading_of_changes_holds_everybody(tenant: LocalTenant) -> None:
    graph = person(tenant, "Nadia")
    whole = graph.get(f"/groups/delta?$select=displayName,members&$filter=id eq '{MARKETING}'")
    assert [group["displayName"] for group in whole["value"]] == ["Marketing"]
    assert len(whole["value"][0]["members@delta"]) == 3


def test_a_token_that_is_too_old_says_where_to_start_anew(tenant: LocalTenant) -> None:
    graph = person(tenant, "Nadia")
    link = graph.get("/groups/delta?$select=displayName&$deltatoken=latest")["@odata.deltaLink"]
    tenant.switch(graph__delta_expired=True)
    answer = graph.call("GET", link)
    assert (answer.status_code, answer.json()["error"]["code"]) == (410, "syncStateNotFound")
    assert answer.headers["location"] == f"{tenant.http}/v1.0/groups/delta?$select=displayName"


@pytest.mark.parametrize("option", ["$expand=members", "$top=5", "$orderby=displayName", "$filter=displayName eq 'x'"])
def test_options_that_delta_does_not_have_are_refused(tenant: LocalTenant, option: str) -> None:
    status, code, _ = person(tenant, "Nadia").refused("GET", f"/groups/delta?{option}")
    assert (status, code) == (400, "Request_UnsupportedQuery")


def test_the_recycle_bin_is_listed_and_emptied(tenant: LocalTenant) -> None:
    graph = person(tenant, "Nadia")
    graph.delete(f"/groups/{MARKETING}")
    binned = graph.get("/directory/deletedItems/microsoft.graph.group")["value"]
    assert [group["id"] for group in binned] == [MARKETING]
    assert binned[0]["deletedDateTime"] is not None
    graph.delete(f"/directory/deletedItems/{MARKETING}")
    assert graph.refused("GET", f"/directory/deletedItems/{MARKETING}")[0] == 404
    assert graph.call("POST", "/groups", new_group("Marketing")).status_code == 201


def test_guests_see_only_their_own_groups(tenant: LocalTenant) -> None:
    lukas = Graph(tenant, tenant.token("Lukas", "Group.Read.All User.Read"))
    assert [group["displayName"] for group in lukas.get("/groups")["value"]] == ["Northwind account"]
    assert lukas.refused("GET", f"/groups/{VENTES}/members")[:2] == (403, "Authorization_RequestDenied")


def test_what_somebody_without_an_administrators_role_has_made_is_listed(tenant: LocalTenant) -> None:
    claire, nadia = person(tenant, "Claire"), person(tenant, "Nadia")
    made = claire.get("/me/createdObjects?$select=id,displayName")["value"]
    assert [(one["@odata.type"], one["displayName"]) for one in made] == [
        ("#microsoft.graph.group", "Northwind account")
    ]
    assert nadia.get("/me/createdObjects")["value"] == []
    of_claire = nadia.get(f"/users/{tenant.person('Claire').id}/createdObjects")["value"]
    assert [one["id"] for one in of_claire] == [NORTHWIND]


def test_the_recycle_bin_is_filtered_by_name(tenant: LocalTenant) -> None:
    graph = person(tenant, "Nadia")
    for name in ("old-deals", "old-news"):
        graph.delete(f"/groups/{graph.post('/groups', new_group(name))['id']}")
    address = "/directory/deletedItems/microsoft.graph.group?$filter=startswith(displayName,'OLD-D')"
    assert [group["displayName"] for group in graph.get(address)["value"]] == ["old-deals"]

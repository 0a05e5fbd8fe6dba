"""Section 3 of the Graph contract: groups, their names and labels, and the people of teams."""

from __future__ import annotations

from typing import Any

from tests.local_tenant import LocalTenant
from tests.tenant.examples.graph_shapes import answered, error, plain
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


def group(**more: Any) -> dict[str, Any]:
    """The least body of a group that can become a team."""
    return {
        "displayName": "Deal room",
        "mailNickname": "dealroom",
        "mailEnabled": True,
        "securityEnabled": False,
        "groupTypes": ["Unified"],
        "visibility": "Private",
        **more,
    }


def test_a_group_becomes_a_team_by_post_3_1(tenant: LocalTenant) -> None:
    claire = person(tenant, "Claire")
    made = claire.post("/groups", group())["id"]
    body = {"template@odata.bind": TEMPLATE, "group@odata.bind": f"https://graph.microsoft.com/v1.0/groups('{made}')"}
    refused = {**body, "displayName": "x"}
    assert answered(claire.call("POST", "/teams", refused), tenant) == error(
        400, "BadRequest", ("The property 'displayName' is not allowed when a team is made from a group.")
    )
    assert answered(claire.call("POST", "/teams", body), tenant, {made: "{G}"}, "location", "content-location") == (
        202,
        None,
        "/teams('{G}')/operations('GUID')",
        "/teams('{G}')",
    )
    assert answered(claire.call("POST", "/teams", body), tenant) == error(409, "Conflict", "Team already exists")


def test_a_team_is_put_on_a_group_3_3(tenant: LocalTenant) -> None:
    claire = person(tenant, "Claire")
    made = claire.post("/groups", group())["id"]
    body = {"memberSettings": {"allowDeleteChannels": False}, "funSettings": {"giphyContentRating": "strict"}}
    assert answered(claire.call("PUT", f"/groups/{made}/team", body), tenant, {made: "{G}"}) == (
        201,
        {
            "@odata.context": "ORIGIN/v1.0/$metadata#teams/$entity",
            "id": "{G}",
            "createdDateTime": "TIME",
            "displayName": "Deal room",
            "description": None,
            "internalId": "CHANNEL",
            "classification": None,
            "specialization": "none",
            "visibility": "private",
            "webUrl": "ORIGIN/teams/l/team/CHANNEL/conversations?groupId={G}&tenantId=GUID",
            "isArchived": False,
            "isMembershipLimitedToOwners": False,
            "tenantId": "GUID",
            "memberSettings": {
                "allowCreateUpdateChannels": True,
                "allowCreatePrivateChannels": True,
                "allowDeleteChannels": False,
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
                "giphyContentRating": "strict",
                "allowStickersAndMemes": True,
                "allowCustomMemes": True,
            },
            "discoverySettings": {"showInTeamsSearchAndSuggestions": False},
        },
    )


def test_a_young_group_is_not_found_for_a_while_3_3(tenant: LocalTenant) -> None:
    claire = person(tenant, "Claire")
    tenant.switch(graph__group_replication_s=900)
    made = claire.post("/groups", group())["id"]
    assert answered(claire.call("PUT", f"/groups/{made}/team", {}), tenant, {made: "{G}"}) == error(
        404,
        "NotFound",
        ("Failed to execute MS Graph backend request GetGroupInternalApiRequest. Resource '{G}' does not exist."),
    )
    tenant.control.post("/_control/clock", json={"advance_s": 901}).raise_for_status()
    assert claire.call("PUT", f"/groups/{made}/team", {}).status_code == 201


def test_members_carry_their_type_and_an_id_of_their_own_3_6(tenant: LocalTenant) -> None:
    claire = person(tenant, "Claire")
    mine = tenant.person("Claire").id
    path = f"/teams/{NORTHWIND}/members?$filter=(microsoft.graph.aadUserConversationMember/userId eq '{mine}')"
    assert answered(claire.call("GET", path), tenant, NAMES | {mine: "{U}"}) == (
        200,
        {
            "@odata.context": "ORIGIN/v1.0/$metadata#teams('{N}')/members",
            "@odata.count": 1,
            "value": [
                {
                    "@odata.type": "#microsoft.graph.aadUserConversationMember",
                    "id": "MEMBERSHIP",
                    "roles": ["owner"],
                    "displayName": "Claire Fontaine",
                    "visibleHistoryStartDateTime": "TIME",
                    "userId": "{U}",
                    "email": "claire.fontaine@contoso.com",
                    "tenantId": "GUID",
                }
            ],
        },
    )


def test_a_member_is_added_promoted_and_removed_3_6(tenant: LocalTenant) -> None:
    claire = person(tenant, "Claire")
    sofia = {tenant.person("Sofia").id: "{S}", **NAMES}
    assert answered(claire.call("POST", f"/teams/{NORTHWIND}/members", bind(tenant, "Sofia")), tenant, sofia) == (
        201,
        {
            "@odata.context": "ORIGIN/v1.0/$metadata#teams('{N}')/members/$entity",
            "@odata.type": "#microsoft.graph.aadUserConversationMember",
            "id": "MEMBERSHIP",
            "roles": [],
            "displayName": "Sofia Rossi",
            "visibleHistoryStartDateTime": "TIME",
            "userId": "{S}",
            "email": "sofia.rossi@contoso.com",
            "tenantId": "GUID",
        },
    )
    member = claire.get(f"/teams/{NORTHWIND}/members?$filter=displayName eq 'Sofia Rossi'")["value"][0]["id"]
    body = {"@odata.type": "#microsoft.graph.aadUserConversationMember", "roles": ["owner"]}
    assert answered(claire.call("PATCH", f"/teams/{NORTHWIND}/members/{member}", body), tenant, sofia) == (
        200,
        {
            "@odata.context": "ORIGIN/v1.0/$metadata#teams('{N}')/members/$entity",
            "@odata.type": "#microsoft.graph.aadUserConversationMember",
            "id": "MEMBERSHIP",
            "roles": ["owner"],
            "displayName": "Sofia Rossi",
            "visibleHistoryStartDateTime": "TIME",
            "userId": "{S}",
            "email": "sofia.rossi@contoso.com",
            "tenantId": "GUID",
        },
    )
    assert answered(claire.call("DELETE", f"/teams/{NORTHWIND}/members/{member}"), tenant) == (204, None)


def test_members_are_added_in_bulk_and_each_failure_is_told_3_6(tenant: LocalTenant) -> None:
    claire = person(tenant, "Claire")
    nobody = {
        **bind(tenant, "Emma"),
        "user@odata.bind": "https://graph.microsoft.com/v1.0/users('47000000-0000-0000-0000-000000000001')",
    }
    short = {**bind(tenant, "Emma"), "@odata.type": "microsoft.graph.aadUserConversationMember"}
    emma = {tenant.person("Emma").id: "{E}"}
    assert answered(claire.call("POST", f"/teams/{NORTHWIND}/members/add", {"values": [short]}), tenant, emma) == (
        200,
        {
            "@odata.context": ("ORIGIN/v1.0/$metadata#Collection(microsoft.graph.aadUserConversationMemberResult)"),
            "value": [
                {"@odata.type": "#microsoft.graph.aadUserConversationMemberResult", "userId": "{E}", "error": None}
            ],
        },
    )
    assert answered(
        claire.call("POST", f"/teams/{NORTHWIND}/members/add", {"values": [short, nobody]}), tenant, emma
    ) == (
        207,
        {
            "@odata.context": ("ORIGIN/v1.0/$metadata#Collection(microsoft.graph.aadUserConversationMemberResult)"),
            "value": [
                {"@odata.type": "#microsoft.graph.aadUserConversationMemberResult", "userId": "{E}", "error": None},
                {
                    "@odata.type": "#microsoft.graph.aadUserConversationMemberResult",
                    "userId": "GUID",
                    "error": {"code": "NotFound", "message": ""},
                },
            ],
        },
    )
    assert answered(
        claire.call("POST", f"/teams/{NORTHWIND}/members/remove", {"values": [short, short]}), tenant, emma
    ) == (
        207,
        {
            "@odata.context": ("ORIGIN/v1.0/$metadata#Collection(microsoft.graph.aadUserConversationMemberResult)"),
            "value": [
                {"@odata.type": "#microsoft.graph.aadUserConversationMemberResult", "userId": "{E}", "error": None},
                {
                    "@odata.type": "#microsoft.graph.aadUserConversationMemberResult",
                    "userId": "{E}",
                    "error": {"code": "NotFound", "message": ""},
                },
            ],
        },
    )


def test_failures_of_membership_have_their_own_words_3_6(tenant: LocalTenant) -> None:
    claire = person(tenant, "Claire")
    nobody = {"roles": [], "user@odata.bind": "https://graph.microsoft.com/v1.0/users('nobody@contoso.com')"}
    me = {"@odata.id": f"https://graph.microsoft.com/v1.0/directoryObjects/{tenant.person('Claire').id}"}
    assert answered(claire.call("POST", f"/teams/{NORTHWIND}/members", nobody), tenant) == error(
        404, "NotFound", "Failed to find user with id 'nobody@contoso.com' in the tenant"
    )
    assert answered(claire.call("POST", f"/groups/{NORTHWIND}/members/$ref", me), tenant) == error(
        400,
        "Request_BadRequest",
        ("One or more added object references already exist for the following modified properties: 'members'."),
    )
    assert answered(
        claire.call("DELETE", f"/groups/{NORTHWIND}/members/{tenant.person('Sofia').id}/$ref"), tenant
    ) == error(
        404,
        "Request_ResourceNotFound",
        (
            "Resource 'GUID' does not exist or one of its queried reference-property "
            "objects are not present. One or more removed object references do not exist "
            "for the following modified properties: 'members'."
        ),
    )
    assert answered(
        claire.call("DELETE", f"/groups/{NORTHWIND}/owners/{tenant.person('Claire').id}/$ref"), tenant
    ) == error(
        400, "Request_BadRequest", ("The group must have at least one owner, hence this owner cannot be removed.")
    )


def test_labels_come_only_when_selected_and_only_administrators_set_them_3_8(tenant: LocalTenant) -> None:
    nadia = person(tenant, "Nadia", "Group.ReadWrite.All SensitivityLabel.Read Directory.Read.All")
    labels = nadia.get("/security/dataSecurityAndGovernance/sensitivityLabels")
    assert plain(labels, tenant) == {
        "@odata.context": ("ORIGIN/v1.0/$metadata#security/dataSecurityAndGovernance/sensitivityLabels"),
        "value": [
            {
                "id": "GUID",
                "name": "Public",
                "description": "May leave the organisation.",
                "displayName": "Public",
                "priority": 0,
                "toolTip": "May leave the organisation.",
                "actionSource": "manual",
                "hasProtection": False,
                "isDefault": False,
            },
            {
                "id": "GUID",
                "name": "Interne",
                "description": "Pour les collaborateurs de Contoso.",
                "displayName": "Interne",
                "priority": 1,
                "toolTip": "Pour les collaborateurs de Contoso.",
                "actionSource": "manual",
                "hasProtection": False,
                "isDefault": False,
            },
            {
                "id": "GUID",
                "name": "Confidentiel",
                "description": "Réservé aux membres de l'équipe ; pas d'invités.",
                "displayName": "Confidentiel",
                "priority": 2,
                "toolTip": "Réservé aux membres de l'équipe ; pas d'invités.",
                "actionSource": "manual",
                "hasProtection": False,
                "isDefault": False,
            },
        ],
    }
    body = {"assignedLabels": [{"labelId": labels["value"][2]["id"]}]}
    assert answered(nadia.call("PATCH", f"/groups/{VENTES}", body), tenant) == (204, None)
    assert answered(nadia.call("GET", f"/groups/{VENTES}?$select=assignedLabels"), tenant) == (
        200,
        {
            "@odata.context": "ORIGIN/v1.0/$metadata#groups(assignedLabels)/$entity",
            "assignedLabels": [{"labelId": "GUID", "displayName": "Confidentiel"}],
        },
    )
    assert answered(person(tenant, "Claire").call("PATCH", f"/groups/{VENTES}", body), tenant) == error(
        403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation."
    )
    assert answered(
        application(tenant, "Group.ReadWrite.All").call("PATCH", f"/groups/{VENTES}", body), tenant
    ) == error(401, "Unauthorized", "App-only token is not supported.")


def test_a_group_is_made_and_told_with_its_default_properties_3_9(tenant: LocalTenant) -> None:
    made = person(tenant, "Claire").call("POST", "/groups", group())
    body = plain(made.json(), tenant)
    body["securityIdentifier"] = body["securityIdentifier"][:9]
    assert (made.status_code, body) == (
        201,
        {
            "@odata.context": "ORIGIN/v1.0/$metadata#groups/$entity",
            "id": "GUID",
            "deletedDateTime": None,
            "classification": None,
            "createdDateTime": "TIME",
            "description": None,
            "displayName": "Deal room",
            "expirationDateTime": None,
            "groupTypes": ["Unified"],
            "isAssignableToRole": None,
            "mail": "dealroom@contoso.com",
            "mailEnabled": True,
            "mailNickname": "dealroom",
            "membershipRule": None,
            "membershipRuleProcessingState": None,
            "onPremisesLastSyncDateTime": None,
            "onPremisesSecurityIdentifier": None,
            "onPremisesSyncEnabled": None,
            "preferredDataLocation": None,
            "preferredLanguage": None,
            "proxyAddresses": ["SMTP:dealroom@contoso.com"],
            "renewedDateTime": "TIME",
            "resourceBehaviorOptions": [],
            "resourceProvisioningOptions": [],
            "securityEnabled": False,
            "securityIdentifier": "S-1-12-1-",
            "theme": None,
            "visibility": "Private",
            "onPremisesProvisioningErrors": [],
            "serviceProvisioningErrors": [],
        },
    )


def test_a_group_is_upserted_by_its_unique_name_3_9(tenant: LocalTenant) -> None:
    claire = person(tenant, "Claire")
    path, prefer = "/groups(uniqueName='deal-4711')", {"Prefer": "create-if-missing"}
    assert answered(claire.call("PATCH", path, group()), tenant) == error(
        404,
        "Request_ResourceNotFound",
        ("Resource 'deal-4711' does not exist or one of its queried reference-property objects are not present."),
    )
    assert claire.call("PATCH", path, group(), headers=prefer).status_code == 201
    assert answered(claire.call("PATCH", path, {"description": "again"}, headers=prefer), tenant) == (204, None)
    assert answered(claire.call("GET", f"{path}?$select=uniqueName,description"), tenant) == (
        200,
        {
            "@odata.context": "ORIGIN/v1.0/$metadata#groups(uniqueName,description)/$entity",
            "uniqueName": "deal-4711",
            "description": "again",
        },
    )


def test_a_missing_prefix_is_told_with_a_suggestion_3_9(tenant: LocalTenant) -> None:
    tenant.switch(graph__name_prefix="GRP_", graph__name_suffix="_EU")
    claire = person(tenant, "Claire")
    assert answered(claire.call("POST", "/groups", group()), tenant) == error(
        400,
        "Request_BadRequest",
        ("The property is missing a required prefix/suffix per your organization's Group naming requirements."),
        details=[
            {"target": "displayName", "code": "MissingPrefixSuffix", "suggestedPropertyValue": "GRP_Deal room_EU"},
            {"target": "mailNickname", "code": "MissingPrefixSuffix", "suggestedPropertyValue": "GRP_dealroom_EU"},
        ],
    )
    assert answered(claire.call("POST", "/teams", deal_room(tenant)), tenant) == error(
        400,
        "BadRequest",
        (
            "Failed to execute Templates backend request CreateTeamFromTemplateRequest. "
            "Request Url: https://teams.microsoft.com/fabric/emea/templates/api/team, "
            "Request Method: PUT, Response Status Code: BadRequest, Response Headers: "
            "Strict-Transport-Security: max-age=2592000\r\nx-operationid: "
            "00000000000000000000000000000000\r\n, ErrorMessage : "
            '{"errors":[{"message":"Error when calling Middle Tier. Message: \'\'. Error '
            "code: 'UnableToGenerateValidTeamAlias'. Status code: "
            'BadRequest.","errorCode":"Unknown"}],"operationId":""}'
        ),
    )


def test_names_are_checked_before_they_are_used_3_9(tenant: LocalTenant) -> None:
    claire = person(tenant, "Claire")
    body = {"entityType": "Group", "displayName": "Deal room", "mailNickname": "dealroom"}
    assert answered(claire.call("POST", "/directoryObjects/validateProperties", body), tenant) == (204, None)
    assert answered(
        claire.call("POST", "/directoryObjects/validateProperties", body | {"mailNickname": "VentesEurope"}), tenant
    ) == error(
        422,
        "Request_UnprocessableEntity",
        "The values provided contain one or more validation errors.",
        details=[
            {
                "target": "mailNickname",
                "code": "PropertyConflict",
                "message": ("Another object with the same value for property mailNickname already exists."),
            }
        ],
    )
    tenant.switch(graph__blocked_words="deal")
    assert answered(
        claire.call("POST", f"/groups/{VENTES}/validateProperties", {"displayName": "Deal room"}), tenant
    ) == error(
        422,
        "Request_UnprocessableEntity",
        "The values provided contain one or more validation errors.",
        details=[
            {
                "target": "displayName",
                "code": "ContainsBlockedWord",
                "message": (
                    "The property displayName contains one or more blocked words, per your "
                    "organization's Group naming requirements."
                ),
            }
        ],
    )
    tenant.switch(graph__name_prefix="GRP_", graph__name_suffix="_EU")
    assert answered(claire.call("POST", "/directoryObjects/validateProperties", body), tenant) == error(
        422,
        "Request_UnprocessableEntity",
        "The values provided contain one or more validation errors.",
        details=[
            {
                "target": "displayName",
                "code": "MissingPrefixSuffix",
                "message": (
                    "displayName is missing a required prefix/suffix per your organization's Group naming requirements."
                ),
                "prefix": "GRP_",
                "suffix": "_EU",
            },
            {
                "target": "mailNickname",
                "code": "MissingPrefixSuffix",
                "message": (
                    "mailNickname is missing a required prefix/suffix per your organization's "
                    "Group naming requirements."
                ),
                "prefix": "GRP_",
                "suffix": "_EU",
            },
        ],
    )


def test_nicknames_are_taken_or_malformed_3_9(tenant: LocalTenant) -> None:
    claire = person(tenant, "Claire")
    assert answered(claire.call("POST", "/groups", group(mailNickname="VentesEurope")), tenant) == error(
        400,
        "Request_BadRequest",
        ("Another object with the same value for property mailNickname already exists."),
        details=[
            {
                "target": "mailNickname",
                "code": "ObjectConflict",
                "message": ("Another object with the same value for property mailNickname already exists."),
            }
        ],
    )
    assert answered(claire.call("POST", "/groups", group(mailNickname="a b@c")), tenant) == error(
        400,
        "Request_BadRequest",
        ("Invalid value specified for property 'mailNickname' of resource 'Group'."),
        details=[{"target": "mailNickname", "code": "InvalidValue", "message": "Invalid value."}],
    )


def test_the_raw_policy_is_read_and_changed_3_9(tenant: LocalTenant) -> None:
    nadia = person(tenant, "Nadia", "GroupSettings.Read.All Directory.ReadWrite.All")
    setting = nadia.get("/groupSettings")["value"][0]["id"]
    body = {
        "values": [
            {"name": "PrefixSuffixNamingRequirement", "value": "GRP_[GroupName]"},
            {"name": "EnableGroupCreation", "value": "false"},
        ]
    }
    assert answered(nadia.call("PATCH", f"/groupSettings/{setting}", body), tenant) == (204, None)
    assert answered(nadia.call("GET", f"/groupSettings/{setting}"), tenant) == (
        200,
        {
            "@odata.context": "ORIGIN/v1.0/$metadata#groupSettings/$entity",
            "id": "GUID",
            "displayName": "Group.Unified",
            "templateId": "GUID",
            "values": [
                {"name": "NewUnifiedGroupWritebackDefault", "value": "true"},
                {"name": "EnableMIPLabels", "value": "false"},
                {"name": "CustomBlockedWordsList", "value": ""},
                {"name": "EnableMSStandardBlockedWords", "value": "false"},
                {"name": "ClassificationDescriptions", "value": ""},
                {"name": "DefaultClassification", "value": ""},
                {"name": "PrefixSuffixNamingRequirement", "value": "GRP_[GroupName]"},
                {"name": "AllowGuestsToBeGroupOwner", "value": "false"},
                {"name": "AllowGuestsToAccessGroups", "value": "true"},
                {"name": "GuestUsageGuidelinesUrl", "value": ""},
                {"name": "GroupCreationAllowedGroupId", "value": ""},
                {"name": "AllowToAddGuests", "value": "true"},
                {"name": "UsageGuidelinesUrl", "value": ""},
                {"name": "ClassificationList", "value": ""},
                {"name": "EnableGroupCreation", "value": "false"},
            ],
        },
    )
    assert answered(
        person(tenant, "Claire").call("POST", "/groups", group(displayName="GRP_x", mailNickname="GRPx")), tenant
    ) == error(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
    assert answered(nadia.call("DELETE", f"/groupSettings/{setting}"), tenant) == (204, None)

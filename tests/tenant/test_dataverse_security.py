"""Roles with their depths, ownership, sharing, and the questions about rights."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest

from liaison.tenant.estate.crm.roles import ADMINISTRATOR_TEMPLATE
from tests.local_tenant import LocalTenant
from tests.tenant.crm_client import GUID, NOBODY, Crm, crm

SHAREPOINT_PRIVILEGES = [
    f"prv{verb}{table}"
    for table in ("SharePointSite", "SharePointDocumentLocation")
    for verb in ("Create", "Read", "Write", "Append", "AppendTo", "Delete")
]


def northwind(client: Crm) -> str:
    return str(client.rows("opportunities?$select=name&$filter=name eq 'Northwind renewal'")[0]["opportunityid"])


def entity(kind: str, row_id: str) -> dict[str, str]:
    return {"@odata.type": f"Microsoft.Dynamics.CRM.{kind}", f"{kind}id": row_id}


def give_role(admin: Crm, user: str, name: str) -> None:
    """Put a user into the role's copy of its own business unit."""
    unit = admin.get(f"systemusers({user})?$select=_businessunitid_value")["_businessunitid_value"]
    role = admin.rows(f"roles?$select=name&$filter=name eq '{name}' and _businessunitid_value eq {unit}")[0]["roleid"]
    path = f"systemusers({user})/systemuserroles_association/$ref"
    assert admin.call("POST", path, {"@odata.id": f"{admin.root}/roles({role})"}).status_code == 204


def take_roles(admin: Crm, user: str) -> None:
    for role in admin.rows(f"systemusers({user})/systemuserroles_association?$select=name"):
        admin.delete(f"systemusers({user})/systemuserroles_association({role['roleid']})/$ref")


def privilege(client: Crm, user: str, name: str) -> list[str]:
    """Depths at which a user has a privilege."""
    answer = client.get(
        f"systemusers({user})/Microsoft.Dynamics.CRM.RetrieveUserPrivilegeByPrivilegeName(PrivilegeName='{name}')"
    )
    return [found["Depth"] for found in answer["RolePrivileges"]]


def test_sellers_read_their_unit_and_managers_everything(tenant: LocalTenant) -> None:
    nadia, claire, priya, sofia = (crm(tenant, name) for name in ("Nadia", "Claire", "Priya", "Sofia"))
    total = int(nadia.call("GET", "opportunities/$count").text)
    assert int(priya.call("GET", "opportunities/$count").text) == total == 800
    units = {row["_owningbusinessunit_value"] for row in claire.rows("opportunities?$select=_owningbusinessunit_value")}
    assert units == {claire.get("WhoAmI")["BusinessUnitId"]}
    assert int(claire.call("GET", "opportunities/$count").text) == total
    assert sofia.error("GET", "leads")[:2] == (403, "0x80040220")


def test_rows_of_another_unit_are_hidden(tenant: LocalTenant) -> None:
    nadia, claire, sofia = crm(tenant), crm(tenant, "Claire"), crm(tenant, "Sofia")
    made = sofia.create("accounts", {"name": "Of the service"})
    assert claire.rows("accounts?$filter=name eq 'Of the service'") == []
    for below in ("Account_Tasks", "Account_Tasks/$count", "Account_Tasks/$ref", "name", "primarycontactid"):
        assert claire.error("GET", f"accounts({made})/{below}")[:2] == (403, "0x80048306"), below
    assert len(nadia.rows("accounts?$filter=name eq 'Of the service'")) == 1
    status, code, message = claire.error("GET", f"accounts({made})")
    assert (status, code) == (403, "0x80048306")
    owner = sofia.user_id()
    assert message.startswith(
        f"SecLib::AccessCheckEx failed. Returned hr = -2147187962, ObjectID: {made}, OwnerId: {owner},  OwnerIdType: 8"
        f" and CallingUser: {claire.user_id()}. ObjectTypeCode: 1, objectBusinessUnitId: "
    )
    assert message.endswith("AccessRights: ReadAccess ")


def test_sellers_change_only_their_own_rows(tenant: LocalTenant) -> None:
    claire, oliver, priya = crm(tenant, "Claire"), crm(tenant, "Oliver"), crm(tenant, "Priya")
    deal = northwind(claire)
    claire.patch(f"opportunities({deal})", {"description": "mine"})
    assert oliver.get(f"opportunities({deal})?$select=description")["description"] == "mine"
    status, code, message = oliver.error("PATCH", f"opportunities({deal})", {"description": "his"})
    assert (status, code) == (403, "0x80048306")
    assert message.endswith("AccessRights: WriteAccess ")
    assert oliver.error("DELETE", f"opportunities({deal})")[:2] == (403, "0x80040220")
    priya.patch(f"opportunities({deal})", {"description": "hers"})


def test_rows_of_a_team_belong_to_its_members(tenant: LocalTenant) -> None:
    nadia, claire, hugo = crm(tenant), crm(tenant, "Claire"), crm(tenant, "Hugo")
    team = nadia.rows("teams?$select=name&$filter=name eq 'Grands comptes'")[0]["teamid"]
    deal = nadia.create("opportunities", {"name": "Team deal", "ownerid@odata.bind": f"/teams({team})"})
    claire.patch(f"opportunities({deal})", {"description": "member"})
    assert hugo.error("PATCH", f"opportunities({deal})", {"description": "no member"})[0] == 403


def test_a_missing_privilege_is_named(tenant: LocalTenant) -> None:
    sofia = crm(tenant, "Sofia")
    user = sofia.user_id()
    status, code, message = sofia.error("POST", "opportunities", {"name": "x"})
    assert (status, code) == (403, "0x80040220")
    start, _, rest = message.partition(", is missing ")
    assert start.startswith(f"Principal user (Id={user}, type=8, roleCount=1, privilegeCount=")
    assert start.endswith(", accessMode=0)")
    assert rest.startswith("prvCreateOpportunity privilege (Id=")
    assert rest.endswith(f"on OTC=3 for entity 'opportunity'. context.Caller={user}")
    assert GUID.search(rest)


def test_the_case_privilege_has_its_own_spelling(tenant: LocalTenant) -> None:
    _, _, message = crm(tenant, "Claire").error("POST", "incidents", {"title": "x"})
    assert "is missing prvCreateincident privilege" in message
    assert "on OTC=112 for entity 'incident'" in message


def test_linking_takes_append_here_and_append_to_there(tenant: LocalTenant) -> None:
    sofia, claire = crm(tenant, "Sofia"), crm(tenant, "Claire")
    account = claire.rows("accounts?$select=name&$filter=name eq 'Blue Yonder Airlines'")[0]["accountid"]
    body = {"lastname": "Linked", "parentcustomerid_account@odata.bind": f"/accounts({account})"}
    assert claire.create("contacts", body)
    status, _, message = sofia.error("POST", "contacts", body)
    assert status == 403
    assert message.endswith("AccessRights: AppendToAccess ")


def test_who_is_no_administrator_cannot_change_the_organization(tenant: LocalTenant) -> None:
    claire = crm(tenant, "Claire")
    only = claire.rows("organizations?$select=ismsteamsenabled")[0]["organizationid"]
    status, code, message = claire.error("PATCH", f"organizations({only})", {"ismsteamsenabled": True})
    assert (status, code) == (403, "0x80040220")
    assert "prvWriteOrganization" in message


def test_roles_are_copied_for_each_unit(tenant: LocalTenant) -> None:
    nadia = crm(tenant)
    copies = nadia.rows(
        "roles?$select=name,_parentrootroleid_value,_roletemplateid_value,_businessunitid_value"
        "&$filter=name eq 'System Administrator'"
    )
    assert len({row["roleid"] for row in copies}) == len({row["_businessunitid_value"] for row in copies}) == 3
    assert len({row["_parentrootroleid_value"] for row in copies}) == 1
    assert {row["_roletemplateid_value"] for row in copies} == {ADMINISTRATOR_TEMPLATE}
    mine = nadia.rows(f"systemusers({nadia.user_id()})/systemuserroles_association?$select=name,_roletemplateid_value")
    assert [row["_roletemplateid_value"] for row in mine] == [ADMINISTRATOR_TEMPLATE]


@pytest.mark.parametrize("name", SHAREPOINT_PRIVILEGES)
def test_sellers_have_the_privileges_linking_takes(tenant: LocalTenant, name: str) -> None:
    claire = crm(tenant, "Claire")
    assert privilege(claire, claire.user_id(), name) == ["Global"]


def test_asking_for_one_privilege(tenant: LocalTenant) -> None:
    nadia, claire = crm(tenant), crm(tenant, "Claire")
    user = claire.user_id()
    assert privilege(nadia, user, "prvWriteOpportunity") == ["Basic"]
    assert privilege(nadia, user, "prvReadOpportunity") == ["Local"]
    assert privilege(nadia, user, "prvCreatemsdyn_teamscollaboration") == ["Global"]
    assert privilege(nadia, user, "prvWriteOrganization") == []
    assert nadia.error(
        "GET",
        f"systemusers({user})/Microsoft.Dynamics.CRM.RetrieveUserPrivilegeByPrivilegeName(PrivilegeName='prvNothing')",
    ) == (400, "0x80040203", "The privilege name 'prvNothing' does not exist.")


def test_asking_for_all_privileges(tenant: LocalTenant) -> None:
    claire = crm(tenant, "Claire")
    user = claire.user_id()
    answer = claire.get(f"systemusers({user})/Microsoft.Dynamics.CRM.RetrieveUserPrivileges()")
    assert answer["@odata.context"].endswith("#Microsoft.Dynamics.CRM.RetrieveUserPrivilegesResponse")
    found = {one["PrivilegeName"]: one for one in answer["RolePrivileges"]}
    assert set(SHAREPOINT_PRIVILEGES) <= set(found)
    assert found["prvWriteAccount"]["Depth"] == "Basic"
    assert all(GUID.fullmatch(one["PrivilegeId"]) for one in found.values())
    names = quote(json.dumps(["prvWriteAccount", "prvWriteOrganization"]))
    some = claire.get(
        f"systemusers({user})/Microsoft.Dynamics.CRM.RetrieveUserSetOfPrivilegesByNames(PrivilegeNames=@p)?@p={names}"
    )
    assert [one["PrivilegeName"] for one in some["RolePrivileges"]] == ["prvWriteAccount"]


def access(client: Crm, user: str, address: str) -> str:
    target = quote(json.dumps({"@odata.id": address}))
    answer = client.get(
        f"systemusers({user})/Microsoft.Dynamics.CRM.RetrievePrincipalAccess(Target=@tid)?@tid={target}"
    )
    assert answer["@odata.context"].endswith("#Microsoft.Dynamics.CRM.RetrievePrincipalAccessResponse")
    return str(answer["AccessRights"])


def test_rights_of_a_person_on_a_row(tenant: LocalTenant) -> None:
    claire, oliver, sofia = (crm(tenant, name) for name in ("Claire", "Oliver", "Sofia"))
    deal = f"opportunities({northwind(claire)})"
    assert access(claire, claire.user_id(), deal) == (
        "ReadAccess, WriteAccess, AppendAccess, AppendToAccess, CreateAccess, ShareAccess, AssignAccess"
    )
    assert access(claire, oliver.user_id(), deal) == "ReadAccess, AppendAccess, AppendToAccess"
    assert access(claire, sofia.user_id(), deal) == "None"
    single = f"systemusers({claire.user_id()})/Microsoft.Dynamics.CRM.RetrievePrincipalAccess(Target=@tid)"
    assert "ReadAccess" in claire.get(f"{single}?@tid={{'@odata.id':'{deal}'}}")["AccessRights"]
    assert claire.error("GET", f"{single}?@tid={{'@odata.id':'accounts({NOBODY})'}}")[:2] == (404, "0x80040217")


def test_sharing_gives_rights_and_takes_them_back(tenant: LocalTenant) -> None:
    claire, sofia = crm(tenant, "Claire"), crm(tenant, "Sofia")
    account = claire.rows("accounts?$select=name&$filter=name eq 'Northwind Traders'")[0]["accountid"]
    user = sofia.user_id()
    assert sofia.error("GET", f"accounts({account})")[0] == 403

    def share(action: str, mask: str) -> None:
        body = {
            "Target": entity("account", account),
            "PrincipalAccess": {"AccessMask": mask, "Principal": entity("systemuser", user)},
        }
        assert claire.call("POST", action, body).status_code == 204

    share("GrantAccess", "ReadAccess")
    assert sofia.get(f"accounts({account})?$select=name")["name"] == "Northwind Traders"
    assert sofia.error("PATCH", f"accounts({account})", {"description": "x"})[0] == 403
    share("GrantAccess", "WriteAccess")
    sofia.patch(f"accounts({account})", {"description": "shared"})
    assert access(claire, user, f"accounts({account})") == "ReadAccess, WriteAccess"
    share("ModifyAccess", "ReadAccess")
    assert access(claire, user, f"accounts({account})") == "ReadAccess"
    listed = claire.get(f"RetrieveSharedPrincipalsAndAccess(Target=@tid)?@tid={{'@odata.id':'accounts({account})'}}")
    assert listed["PrincipalAccesses"] == [
        {
            "AccessMask": "ReadAccess",
            "Principal": {"@odata.type": "#Microsoft.Dynamics.CRM.systemuser", "ownerid": user},
        }
    ]
    rows = claire.rows(
        f"principalobjectaccessset?$select=accessrightsmask,principaltypecode&$filter=objectid eq {account}"
    )
    assert [(row["accessrightsmask"], row["principaltypecode"]) for row in rows] == [(1, "systemuser")]
    revoke = {
        "Target": entity("account", account),
        "Revokee": {"@odata.type": "Microsoft.Dynamics.CRM.systemuser", "ownerid": user},
    }
    assert claire.call("POST", "RevokeAccess", revoke).status_code == 204
    assert sofia.error("GET", f"accounts({account})")[0] == 403


def test_sharing_with_a_team_reaches_its_members(tenant: LocalTenant) -> None:
    nadia, sofia = crm(tenant), crm(tenant, "Sofia")
    account = nadia.create("accounts", {"name": "Shared with a team"})
    team = nadia.rows("teams?$select=name&$filter=name eq 'Service client'")[0]["teamid"]
    body = {
        "Target": entity("account", account),
        "PrincipalAccess": {"AccessMask": "ReadAccess", "Principal": entity("team", team)},
    }
    assert nadia.call("POST", "GrantAccess", body).status_code == 204
    assert [row["name"] for row in sofia.rows("accounts?$select=name&$filter=name eq 'Shared with a team'")] == [
        "Shared with a team"
    ]


def test_sharing_cannot_give_what_no_role_gives(tenant: LocalTenant) -> None:
    claire, sofia = crm(tenant, "Claire"), crm(tenant, "Sofia")
    deal = northwind(claire)
    # The seed shares the deal with Sofia, whose role has no rights on opportunities.
    assert sofia.error("GET", f"opportunities({deal})")[:2] == (403, "0x80040220")


def test_only_who_may_share_shares(tenant: LocalTenant) -> None:
    claire, oliver = crm(tenant, "Claire"), crm(tenant, "Oliver")
    body = {
        "Target": entity("opportunity", northwind(claire)),
        "PrincipalAccess": {"AccessMask": "ReadAccess", "Principal": entity("systemuser", oliver.user_id())},
    }
    assert oliver.error("POST", "GrantAccess", body)[:2] == (403, "0x80048306")
    wrong = {**body, "PrincipalAccess": {**body["PrincipalAccess"], "AccessMask": "FlyAccess"}}  # type: ignore[dict-item]
    assert claire.error("POST", "GrantAccess", wrong)[:2] == (400, "0x80040203")
    assert claire.error("POST", "GrantAccess", {"Target": {}})[:2] == (400, "0x80040203")


def test_rights_change_at_once_with_roles(tenant: LocalTenant) -> None:
    nadia, oliver = crm(tenant), crm(tenant, "Oliver")
    user = oliver.user_id()
    assert oliver.call("GET", "leads?$top=1").status_code == 200
    take_roles(nadia, user)
    give_role(nadia, user, "Service Trainee")
    # Oliver still reads leads: through the team of key accounts, which has the sellers' role.
    assert oliver.call("GET", "leads?$top=1").status_code == 200
    assert privilege(nadia, user, "prvWriteincident") == ["Basic"]


def test_members_of_a_team_come_and_go(tenant: LocalTenant) -> None:
    nadia = crm(tenant)
    team = nadia.create("teams", {"name": "Projet", "teamtype": 0})
    user = crm(tenant, "Emma").user_id()
    path = f"teams({team})/Microsoft.Dynamics.CRM"
    members = {"Members": [entity("systemuser", user)]}
    assert nadia.call("POST", f"{path}.AddMembersTeam", members).status_code == 204
    listed = nadia.rows(f"teams({team})/teammembership_association?$select=fullname")
    assert [row["fullname"] for row in listed] == ["Emma Whitfield"]
    assert nadia.call("POST", f"{path}.RemoveMembersTeam", members).status_code == 204
    assert nadia.rows(f"teams({team})/teammembership_association") == []
    assert crm(tenant, "Claire").error("POST", f"{path}.AddMembersTeam", members)[0] == 403


def test_expanding_and_joining_respect_what_may_be_read(tenant: LocalTenant) -> None:
    nadia, claire, sofia = crm(tenant), crm(tenant, "Claire"), crm(tenant, "Sofia")
    hidden = sofia.create("contacts", {"lastname": "Secret"})
    account = nadia.rows("accounts?$select=name&$filter=name eq 'Coho Winery'")[0]["accountid"]
    nadia.patch(f"accounts({account})", {"primarycontactid@odata.bind": f"/contacts({hidden})"})
    row = claire.get(f"accounts({account})?$select=name&$expand=primarycontactid($select=fullname)")
    assert row["primarycontactid"] is None
    assert claire.rows("accounts?$select=name&$filter=primarycontactid/lastname eq 'Secret'") == []
    assert len(nadia.rows("accounts?$select=name&$filter=primarycontactid/lastname eq 'Secret'")) == 1
    xml = (
        '<fetch><entity name="account"><attribute name="name"/><link-entity name="contact" from="contactid"'
        ' to="primarycontactid"><filter><condition attribute="lastname" operator="eq" value="Secret"/></filter>'
        "</link-entity></entity></fetch>"
    )
    assert claire.fetch("accounts", xml)["value"] == []

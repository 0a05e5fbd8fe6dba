"""Microsoft's Graph client for Python: people, groups, roles, licences, principals and grants of the directory."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import pytest
from msgraph.generated.communications.get_presences_by_user_id.get_presences_by_user_id_post_request_body import (
    GetPresencesByUserIdPostRequestBody,
)
from msgraph.generated.directory_objects.validate_properties.validate_properties_post_request_body import (
    ValidatePropertiesPostRequestBody,
)
from msgraph.generated.groups.item.validate_properties.validate_properties_post_request_body import (
    ValidatePropertiesPostRequestBody as OfGroup,
)
from msgraph.generated.models.app_role_assignment import AppRoleAssignment
from msgraph.generated.models.assigned_label import AssignedLabel
from msgraph.generated.models.conditional_access_policy_state import ConditionalAccessPolicyState
from msgraph.generated.models.directory_role import DirectoryRole
from msgraph.generated.models.group import Group
from msgraph.generated.models.o_auth2_permission_grant import OAuth2PermissionGrant
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.generated.models.reference_create import ReferenceCreate
from msgraph.generated.models.service_principal import ServicePrincipal
from msgraph.generated.models.sharing_capabilities import SharingCapabilities
from msgraph.generated.models.user import User
from msgraph.generated.users.item.check_member_groups.check_member_groups_post_request_body import (
    CheckMemberGroupsPostRequestBody,
)
from msgraph.generated.users.item.check_member_objects.check_member_objects_post_request_body import (
    CheckMemberObjectsPostRequestBody,
)

from liaison.tenant.seeds.company import APPLICATION_APP_ID, DELEGATED_APP_ID, GLOBAL_ADMINISTRATOR, TENANT_ID
from tests.local_tenant import LocalTenant
from tests.sdk.graph_judge import Judge, as_person, query
from tests.tenant.graph_client import EVERYTHING, MARKETING, VENTES

pytestmark = pytest.mark.anyio

EVENTUAL = {"ConsistencyLevel": "eventual"}
GRAPH_APP_ID = "00000003-0000-0000-c000-000000000000"
CHANNEL_CREATE = "101147cf-4178-4455-9d58-02b5c164e759"


def new_group(name: str) -> Group:
    return Group(
        display_name=name, mail_nickname=name, mail_enabled=True, security_enabled=False, group_types=["Unified"],
        visibility="Private",
    )  # fmt: skip


async def test_people_are_read_listed_searched_and_counted(claire: Judge, tenant: LocalTenant) -> None:
    graph = claire.graph
    me = await claire(graph.me.get())
    assert (me.display_name, me.user_principal_name, me.business_phones) == (
        "Claire Fontaine", "claire.fontaine@contoso.com", [],
    )  # fmt: skip
    victor = graph.users.by_user_id("victor.nilsson@contoso.com")
    told = await claire(victor.get(query(victor, select=["id", "accountEnabled", "userType", "createdDateTime"])))
    assert (told.account_enabled, told.user_type, told.display_name) == (False, "Member", None)
    assert isinstance(told.created_date_time, datetime)
    everybody = await claire(graph.users.get(query(graph.users, top=3)))
    assert (len(everybody.value), everybody.odata_next_link is not None) == (3, True)
    found = await claire(
        graph.users.get(
            query(graph.users, headers=EVENTUAL, search='"displayName:cla"', select=["id", "displayName"], count=True)
        )
    )
    assert ([user.display_name for user in found.value], found.odata_count) == (["Claire Fontaine"], 1)
    assert await graph.users.count.get(query(graph.users.count, headers=EVENTUAL)) == 14
    with pytest.raises(ODataError) as refusal:
        await graph.users.get(query(graph.users, search='"displayName:cla"'))
    assert (refusal.value.response_status_code, refusal.value.error.code) == (400, "Request_UnsupportedQuery")


async def test_presence_photos_and_memberships_of_a_person(nadia: Judge, tenant: LocalTenant) -> None:
    graph = nadia.graph
    claire = graph.users.by_user_id(tenant.person("Claire").id)
    assert ((await nadia(graph.me.presence.get())).availability, (await nadia(claire.presence.get())).activity) == (
        "Available", "Available",
    )  # fmt: skip
    ids = [tenant.person("Oliver").id, tenant.person("Victor").id]
    asked = graph.communications.get_presences_by_user_id
    many = await nadia(asked.post(GetPresencesByUserIdPostRequestBody(ids=ids)))
    assert [(one.id, one.availability) for one in many.value] == [(ids[0], "Available"), (ids[1], "Offline")]
    for picture in (graph.me.photo, claire.photo, claire.photos.by_profile_photo_id("48x48")):
        with pytest.raises(ODataError) as missing:
            await picture.get()
        assert (missing.value.response_status_code, missing.value.error.code) == (404, "ImageNotFound")
    for picture in (graph.me.photo, claire.photo, claire.photos.by_profile_photo_id("48x48")):
        with pytest.raises(ODataError):
            await picture.content.get()
    for person in (graph.me, graph.users.by_user_id(tenant.person("Nadia").id)):
        memberships = await nadia(person.member_of.get())
        assert {type(one) for one in memberships.value} == {Group, DirectoryRole}
        roles = await nadia(person.member_of.graph_directory_role.get())
        assert [role.role_template_id for role in roles.value] == [GLOBAL_ADMINISTRATOR]
        groups = await nadia(person.transitive_member_of.graph_group.get())
        assert VENTES in {group.id for group in groups.value}
        assert len((await nadia(person.member_of.graph_group.get())).value) == len(groups.value)
        assert len((await nadia(person.transitive_member_of.get())).value) == len(memberships.value)
        assert len((await nadia(person.transitive_member_of.graph_directory_role.get())).value) == 1
        held = await nadia(
            person.check_member_groups.post(CheckMemberGroupsPostRequestBody(group_ids=[VENTES, MARKETING]))
        )
        assert held.value == [VENTES]
        objects = CheckMemberObjectsPostRequestBody(ids=[VENTES, roles.value[0].id])
        assert set((await nadia(person.check_member_objects.post(objects))).value) == {VENTES, roles.value[0].id}


async def test_licences_say_who_has_teams(claire: Judge, tenant: LocalTenant) -> None:
    graph = claire.graph
    mine = await claire(graph.me.license_details.get())
    plans = {plan.service_plan_name: plan for row in mine.value for plan in row.service_plans}
    assert plans["TEAMS1"].service_plan_id == UUID("57ff2da0-773e-42df-b2af-ffb7a2317929")
    assert (plans["TEAMS1"].provisioning_status, plans["TEAMS1"].applies_to) == ("Success", "User")
    tom = await claire(graph.users.by_user_id(tenant.person("Tom").id).license_details.get())
    assert "TEAMS1" not in {plan.service_plan_name for row in tom.value for plan in row.service_plans}
    skus = await claire(graph.subscribed_skus.get())
    enterprise = next(sku for sku in skus.value if sku.sku_part_number == "SPE_E5")
    assert enterprise.sku_id == UUID("06ebc4ee-1bb5-47dd-8120-11324bc54e06")
    one = await claire(graph.subscribed_skus.by_subscribed_sku_id(enterprise.id).get())
    assert one.prepaid_units.enabled >= one.consumed_units == 11


async def test_groups_are_made_changed_deleted_and_restored(claire: Judge) -> None:
    graph = claire.graph
    made = await claire(graph.groups.post(new_group("affaire4711")))
    assert (claire.last.status, made.mail, made.group_types) == (201, "affaire4711@contoso.com", ["Unified"])
    one = graph.groups.by_group_id(made.id)
    assert await one.patch(Group(description="Salle")) is None
    assert ((await claire(one.get())).description, (await claire(one.get())).visibility) == ("Salle", "Private")
    listed = await claire(
        graph.groups.get(
            query(
                graph.groups,
                filter="resourceProvisioningOptions/Any(x:x eq 'Team')",
                select=["id", "displayName", "resourceProvisioningOptions"],
            )
        )
    )
    assert {tuple(group.resource_provisioning_options) for group in listed.value} == {("Team",)}
    assert await graph.groups.count.get(query(graph.groups.count, headers=EVENTUAL)) == 6
    assert await one.delete() is None
    bin_ = graph.directory.deleted_items
    thrown = await claire(bin_.graph_group.get())
    assert [(group.id, isinstance(group.deleted_date_time, datetime)) for group in thrown.value] == [(made.id, True)]
    in_bin = bin_.by_directory_object_id(made.id)
    assert isinstance(await claire(in_bin.get()), Group)
    assert isinstance(await claire(in_bin.restore.post()), Group)
    assert (await claire(one.get())).display_name == "affaire4711"
    await one.delete()
    assert await in_bin.delete() is None
    with pytest.raises(ODataError) as gone:
        await in_bin.get()
    assert (gone.value.response_status_code, gone.value.error.code) == (404, "Request_ResourceNotFound")


async def test_people_join_and_leave_a_group_by_reference(claire: Judge, tenant: LocalTenant) -> None:
    group = claire.graph.groups.by_group_id(VENTES)
    daniel = tenant.person("Daniel").id
    reference = ReferenceCreate(odata_id=f"https://graph.microsoft.com/v1.0/users/{daniel}")
    assert await group.members.ref.post(reference) is None
    with pytest.raises(ODataError) as again:
        await group.members.ref.post(reference)
    assert (again.value.response_status_code, again.value.error.code) == (400, "Request_BadRequest")
    assert await group.owners.ref.post(reference) is None
    for people in (group.owners.graph_user, group.members.graph_user):
        assert daniel in {user.id for user in (await claire(people.get())).value}
    assert {type(user) for user in (await claire(group.members.get())).value} == {User}
    assert {type(user) for user in (await claire(group.owners.get())).value} == {User}
    assert {type(user) for user in (await claire(group.transitive_members.get())).value} == {User}
    assert await group.members.count.get(query(group.members.count, headers=EVENTUAL)) == 7
    assert await group.owners.by_directory_object_id(daniel).ref.delete() is None
    assert await group.members.by_directory_object_id(daniel).ref.delete() is None
    assert await group.members.count.get(query(group.members.count, headers=EVENTUAL)) == 6


async def test_changes_of_groups_and_people_are_followed(claire: Judge, tenant: LocalTenant) -> None:
    graph = claire.graph
    start = await claire(graph.groups.delta.get(query(graph.groups.delta, select=["displayName", "members"])))
    while start.odata_delta_link is None:
        start = await claire(graph.groups.delta.with_url(start.odata_next_link).get())
    made = await claire(graph.groups.post(new_group("nouveau")))
    changes = await claire(graph.groups.delta.with_url(start.odata_delta_link).get())
    assert [(group.id, group.display_name) for group in changes.value] == [(made.id, "nouveau")]
    await graph.groups.by_group_id(made.id).members.ref.post(
        ReferenceCreate(odata_id=f"https://graph.microsoft.com/v1.0/users/{tenant.person('Oliver').id}")
    )
    joined = await claire(graph.groups.delta.with_url(changes.odata_delta_link).get())
    assert [one["id"] for one in joined.value[0].additional_data["members@delta"]] == [UUID(tenant.person("Oliver").id)]
    people = await claire(graph.users.delta.get(query(graph.users.delta, select=["id", "displayName"])))
    while people.odata_delta_link is None:
        people = await claire(graph.users.delta.with_url(people.odata_next_link).get())
    assert (await claire(graph.users.delta.with_url(people.odata_delta_link).get())).value == []


async def test_names_are_judged_before_a_group_is_made(claire: Judge, tenant: LocalTenant) -> None:
    graph = claire.graph
    asked = ValidatePropertiesPostRequestBody(
        entity_type="Group",
        display_name="Affaire",
        mail_nickname="affaire",
        on_behalf_of_user_id=UUID(tenant.person("Claire").id),
    )
    assert await graph.directory_objects.validate_properties.post(asked) is None
    tenant.switch(graph__name_prefix="GRP_")
    for judged in (
        graph.directory_objects.validate_properties.post(asked),
        graph.groups.by_group_id(VENTES).validate_properties.post(OfGroup(display_name="Affaire")),
    ):
        with pytest.raises(ODataError) as refusal:
            await judged
        assert (refusal.value.response_status_code, refusal.value.error.code) == (422, "Request_UnprocessableEntity")
        detail = refusal.value.error.details[0]
        assert (detail.target, detail.code, detail.additional_data["prefix"]) == (
            "displayName", "MissingPrefixSuffix", "GRP_",
        )  # fmt: skip
    settings = await claire(graph.group_settings.get())
    values = {value.name: value.value for value in settings.value[0].values}
    assert values["PrefixSuffixNamingRequirement"].startswith("GRP_")
    one = await claire(graph.group_settings.by_group_setting_id(settings.value[0].id).get())
    assert (one.display_name, len(one.values)) == ("Group.Unified", len(values))


async def test_labels_are_listed_and_set_by_an_administrator(tenant: LocalTenant) -> None:
    async with as_person(tenant, "Nadia", f"{EVERYTHING} SensitivityLabel.Read") as nadia:
        graph = nadia.graph
        labels = await nadia(graph.security.data_security_and_governance.sensitivity_labels.get())
        assert labels.value[0].display_name is not None
        mine = await nadia(graph.me.data_security_and_governance.sensitivity_labels.get())
        assert [label.id for label in mine.value] == [label.id for label in labels.value]
        theirs = graph.users.by_user_id(tenant.person("Claire").id).data_security_and_governance.sensitivity_labels
        assert len((await nadia(theirs.get())).value) == len(labels.value)
        group = graph.groups.by_group_id(VENTES)
        label = next(one for one in labels.value if one.name or one.display_name)
        assert await group.patch(Group(assigned_labels=[AssignedLabel(label_id=label.id)])) is None
        told = await nadia(group.get(query(group, select=["id", "assignedLabels"])))
        assert [one.label_id for one in told.assigned_labels] == [label.id]


async def test_roles_the_organisation_and_its_policies_are_read(tenant: LocalTenant) -> None:
    scopes = f"{EVERYTHING} SharePointTenantSettings.Read.All"
    async with as_person(tenant, "Nadia", scopes) as nadia:
        graph = nadia.graph
        roles = await nadia(graph.directory_roles.get())
        found = next(role for role in roles.value if role.role_template_id == GLOBAL_ADMINISTRATOR)
        by_template = graph.directory_roles_with_role_template_id(GLOBAL_ADMINISTRATOR)
        assert (await nadia(by_template.get())).id == found.id
        one = graph.directory_roles.by_directory_role_id(found.id)
        assert (await nadia(one.get())).display_name == "Global Administrator"
        members = await nadia(one.members.get())
        assert [(type(member), member.display_name) for member in members.value] == [(User, "Nadia Benali")]
        templates = await nadia(graph.directory_role_templates.get())
        assert GLOBAL_ADMINISTRATOR in {template.id for template in templates.value}
        organization = await nadia(graph.organization.get())
        assert [(one.id, one.display_name) for one in organization.value] == [(TENANT_ID, "Contoso")]
        assert organization.value[0].verified_domains[0].name == "contoso.com"
        tenant.switch(graph__unmanaged_devices="limited")
        policies = await nadia(graph.identity.conditional_access.policies.get())
        enforcing = next(one for one in policies.value if one.display_name.startswith("[SharePoint admin center]"))
        assert enforcing.state is ConditionalAccessPolicyState.Enabled
        assert enforcing.session_controls.application_enforced_restrictions.is_enabled is True
        settings = await nadia(graph.admin.sharepoint.settings.get())
        assert settings.sharing_capability is SharingCapabilities.ExternalUserSharingOnly


async def test_consent_is_read_granted_and_revoked(nadia: Judge) -> None:
    graph = nadia.graph
    ours = await nadia(graph.service_principals_with_app_id(DELEGATED_APP_ID).get())
    theirs = await nadia(graph.service_principals_with_app_id(GRAPH_APP_ID).get())
    scopes = {scope.value: scope for scope in theirs.oauth2_permission_scopes}
    assert (scopes["Channel.Create"].id, scopes["Channel.Create"].type) == (UUID(CHANNEL_CREATE), "Admin")
    wanted = query(graph.oauth2_permission_grants, filter=f"clientId eq '{ours.id}' and consentType eq 'AllPrincipals'")
    for grant in (await nadia(graph.oauth2_permission_grants.get(wanted))).value:
        await graph.oauth2_permission_grants.by_o_auth2_permission_grant_id(grant.id).delete()
    made = await nadia(
        graph.oauth2_permission_grants.post(
            OAuth2PermissionGrant(
                client_id=ours.id, resource_id=theirs.id, consent_type="AllPrincipals", scope="User.Read Channel.Create"
            )
        )
    )
    one = graph.oauth2_permission_grants.by_o_auth2_permission_grant_id(made.id)
    assert await one.patch(OAuth2PermissionGrant(scope="User.Read")) is None
    assert (await nadia(one.get())).scope == "User.Read"
    of_ours = graph.service_principals.by_service_principal_id(ours.id).oauth2_permission_grants
    assert made.id in {grant.id for grant in (await nadia(of_ours.get())).value}
    assert {grant.principal_id for grant in (await nadia(graph.me.oauth2_permission_grants.get())).value} <= {
        None,
        (await nadia(graph.me.get())).id,
    }
    assert await one.delete() is None
    assert (await nadia(graph.oauth2_permission_grants.get(wanted))).value == []


async def test_application_roles_are_given_and_taken(tenant: LocalTenant) -> None:
    async with as_person(tenant, "Nadia", f"{EVERYTHING} Application.ReadWrite.All") as nadia:
        graph = nadia.graph
        principals = graph.service_principals
        found = await nadia(principals.get(query(principals, filter=f"appId eq '{APPLICATION_APP_ID}'", top=1)))
        ours = principals.by_service_principal_id(found.value[0].id)
        resource = query(principals, filter=f"appId eq '{GRAPH_APP_ID}'", select=["id", "appRoles"])
        theirs = (await nadia(principals.get(resource))).value[0]
        held = {one.app_role_id for one in (await nadia(ours.app_role_assignments.get())).value}
        role = next(role.id for role in theirs.app_roles if role.id not in held)
        assignment = AppRoleAssignment(
            principal_id=UUID(found.value[0].id), resource_id=UUID(theirs.id), app_role_id=role
        )
        made = await nadia(ours.app_role_assignments.post(assignment))
        assert (made.principal_type, made.app_role_id, isinstance(made.created_date_time, datetime)) == (
            "ServicePrincipal", role, True,
        )  # fmt: skip
        of_theirs = principals.by_service_principal_id(theirs.id).app_role_assigned_to
        assert made.id in {one.id for one in (await nadia(of_theirs.get())).value}
        assert await ours.app_role_assignments.by_app_role_assignment_id(made.id).delete() is None
        assert await nadia(of_theirs.post(assignment)) is not None
        assert await of_theirs.by_app_role_assignment_id(nadia.last.json["id"]).delete() is None
        assert await ours.patch(ServicePrincipal(account_enabled=False)) is None
        assert (await nadia(ours.get(query(ours, select=["id", "accountEnabled"])))).account_enabled is False
        by_app_id = graph.service_principals_with_app_id(APPLICATION_APP_ID)
        assert await by_app_id.patch(ServicePrincipal(account_enabled=True)) is None
        assert await by_app_id.delete() is None
        with pytest.raises(ODataError) as gone:
            await ours.get()
        assert (gone.value.response_status_code, gone.value.error.code) == (404, "Request_ResourceNotFound")


async def test_groups_are_made_once_by_a_name_of_their_own(claire: Judge) -> None:
    builder = claire.graph.groups_with_unique_name("sdk-once")
    once = query(builder, headers={"Prefer": "create-if-missing"})
    await claire(builder.patch(new_group("sdkonce"), once))
    made = await claire(builder.get())
    assert await builder.patch(Group(description="Once"), once) is None
    again = await claire(builder.get())
    assert (again.id, again.description) == (made.id, "Once")
    owned = await claire(claire.graph.me.created_objects.get())
    assert made.id in [one.id for one in owned.value]

"""Microsoft's Graph client for Python: teams, their people, settings, operations and apps."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from kiota_abstractions.base_request_configuration import RequestConfiguration
from kiota_http.middleware.options import HeadersInspectionHandlerOption
from msgraph.generated.models.aad_user_conversation_member import AadUserConversationMember
from msgraph.generated.models.aad_user_conversation_member_result import AadUserConversationMemberResult
from msgraph.generated.models.associated_team_info import AssociatedTeamInfo
from msgraph.generated.models.giphy_rating_type import GiphyRatingType
from msgraph.generated.models.group import Group
from msgraph.generated.models.item_body import ItemBody
from msgraph.generated.models.key_value_pair import KeyValuePair
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.generated.models.team import Team
from msgraph.generated.models.team_fun_settings import TeamFunSettings
from msgraph.generated.models.team_member_settings import TeamMemberSettings
from msgraph.generated.models.team_visibility_type import TeamVisibilityType
from msgraph.generated.models.teams_app_distribution_method import TeamsAppDistributionMethod
from msgraph.generated.models.teams_app_installation import TeamsAppInstallation
from msgraph.generated.models.teams_app_publishing_state import TeamsAppPublishingState
from msgraph.generated.models.teams_async_operation_status import TeamsAsyncOperationStatus
from msgraph.generated.models.teams_async_operation_type import TeamsAsyncOperationType
from msgraph.generated.models.teamwork_activity_topic import TeamworkActivityTopic
from msgraph.generated.models.teamwork_activity_topic_source import TeamworkActivityTopicSource
from msgraph.generated.models.teamwork_notification_recipient import TeamworkNotificationRecipient
from msgraph.generated.teams.item.archive.archive_post_request_body import ArchivePostRequestBody
from msgraph.generated.teams.item.installed_apps.item.upgrade.upgrade_post_request_body import UpgradePostRequestBody
from msgraph.generated.teams.item.members.add.add_post_request_body import AddPostRequestBody
from msgraph.generated.teams.item.members.remove.remove_post_request_body import RemovePostRequestBody
from msgraph.generated.teams.item.send_activity_notification.send_activity_notification_post_request_body import (
    SendActivityNotificationPostRequestBody,
)

from liaison.tenant.seeds.company import LIAISON_MANIFEST_ID
from liaison.tenant.seeds.teamwork import LIAISON_CATALOGUE_ID
from tests.local_tenant import LocalTenant
from tests.sdk.graph_judge import Judge, as_person, member_of, query
from tests.tenant.graph_client import EVERYTHING, NORTHWIND, VENTES

pytestmark = pytest.mark.anyio

BIND = {"template@odata.bind": "https://graph.microsoft.com/v1.0/teamsTemplates('standard')"}
APP = {"teamsApp@odata.bind": f"https://graph.microsoft.com/v1.0/appCatalogs/teamsApps/{LIAISON_CATALOGUE_ID}"}


async def test_teams_are_listed_read_and_changed(claire: Judge, tenant: LocalTenant) -> None:
    graph = claire.graph
    joined = await claire(graph.me.joined_teams.get())
    assert [(team.display_name, team.is_archived, team.web_url) for team in joined.value] == [
        ("Northwind account", False, None),
        ("Ventes Europe", False, None),
    ]
    of_me = await claire(graph.users.by_user_id(tenant.person("Claire").id).joined_teams.get())
    assert [team.id for team in of_me.value] == [NORTHWIND, VENTES]
    listed = await claire(graph.teams.get(query(graph.teams, filter="displayName eq 'Ventes Europe'")))
    assert [(team.id, team.visibility) for team in listed.value] == [(VENTES, TeamVisibilityType.Private)]
    for info in (graph.me.teamwork, graph.users.by_user_id("me-token-to-replace").teamwork):
        associated = await claire(info.associated_teams.get())
        assert {type(team) for team in associated.value} == {AssociatedTeamInfo}
        assert {team.display_name for team in associated.value} >= {"Northwind account", "Ventes Europe"}
    one = graph.teams.by_team_id(VENTES)
    team = await claire(one.get())
    assert isinstance(team.created_date_time, datetime)
    assert team.created_date_time.tzinfo is not None
    assert (team.id, team.visibility, team.is_archived) == (VENTES, TeamVisibilityType.Private, False)
    assert team.fun_settings.giphy_content_rating is GiphyRatingType.Moderate
    assert (team.member_settings.allow_create_update_channels, team.guest_settings.allow_delete_channels) == (
        True,
        False,
    )
    strict = Team(
        description="Sérieux",
        fun_settings=TeamFunSettings(allow_giphy=False, giphy_content_rating=GiphyRatingType.Strict),
        member_settings=TeamMemberSettings(allow_delete_channels=False),
    )
    assert await one.patch(strict) is None
    short = await claire(one.get(query(one, select=["id", "description", "funSettings", "memberSettings"])))
    assert (short.description, short.fun_settings.allow_giphy) == ("Sérieux", False)
    assert (short.fun_settings.giphy_content_rating, short.display_name) == (GiphyRatingType.Strict, None)
    assert (short.member_settings.allow_delete_channels, short.member_settings.allow_add_remove_apps) == (False, True)
    through_group = graph.groups.by_group_id(VENTES).team
    assert (await claire(through_group.get())).description == "Sérieux"


async def test_a_team_is_created_archived_opened_and_deleted(claire: Judge) -> None:
    graph = claire.graph
    headers = HeadersInspectionHandlerOption(inspect_response_headers=True)
    body = Team(display_name="Contoso – opportunity 4711", description="Deal room", additional_data=BIND)
    assert await graph.teams.post(body, request_configuration=RequestConfiguration(options=[headers])) is None
    location = headers.response_headers.get("Location").pop()
    team_id, operation_id = location.split("'")[1::2]
    assert location == f"/teams('{team_id}')/operations('{operation_id}')"
    one = graph.teams.by_team_id(team_id)
    operation = await claire(one.operations.by_teams_async_operation_id(operation_id).get())
    assert (operation.status, operation.operation_type) == (
        TeamsAsyncOperationStatus.Succeeded,
        TeamsAsyncOperationType.CreateTeam,
    )
    assert (operation.target_resource_location, operation.target_resource_id) == (f"/teams('{team_id}')", team_id)
    assert operation.last_action_date_time >= operation.created_date_time
    assert (await claire(one.get())).display_name == "Contoso – opportunity 4711"
    closing = ArchivePostRequestBody(should_set_spo_site_read_only_for_members=True)
    assert await one.archive.post(closing) is None
    assert (claire.last.status, "operations(" in claire.last.got["location"]) == (202, True)
    assert (await claire(one.get())).is_archived is True
    assert await one.unarchive.post() is None
    assert (await claire(one.get())).is_archived is False
    assert await graph.groups.by_group_id(team_id).delete() is None
    with pytest.raises(ODataError) as gone:
        await one.get()
    assert (gone.value.response_status_code, gone.value.error.code) == (404, "NotFound")


async def test_a_group_becomes_a_team(claire: Judge) -> None:
    graph = claire.graph
    group = await claire(
        graph.groups.post(
            Group(
                display_name="Offre 4712", mail_nickname="offre4712", mail_enabled=True, security_enabled=False,
                group_types=["Unified"], visibility="Private",
            )
        )
    )  # fmt: skip
    settings = Team(member_settings=TeamMemberSettings(allow_create_private_channels=False))
    team = await claire(graph.groups.by_group_id(group.id).team.put(settings))
    assert (team.id, team.member_settings.allow_create_private_channels) == (group.id, False)
    assert claire.last.status == 201


async def test_members_are_listed_found_added_promoted_and_removed(claire: Judge, tenant: LocalTenant) -> None:
    members = claire.graph.teams.by_team_id(VENTES).members
    listed = await claire(members.get())
    assert {type(member) for member in listed.value} == {AadUserConversationMember}
    owners = {member.display_name for member in listed.value if member.roles == ["owner"]}
    assert owners == {"Claire Fontaine", "Priya Raman"}
    assert listed.value[0].visible_history_start_date_time == datetime(1, 1, 1, tzinfo=UTC)
    anais = tenant.person("Anaïs").id
    added = await claire(members.post(member_of(tenant, "Anaïs")))
    assert (added.user_id, added.roles, claire.last.status) == (anais, [], 201)
    found = await claire(
        members.get(query(members, filter=f"(microsoft.graph.aadUserConversationMember/userId eq '{anais}')"))
    )
    assert [member.id for member in found.value] == [added.id]
    one = members.by_conversation_member_id(added.id)
    promoted = await claire(
        one.patch(AadUserConversationMember(odata_type="#microsoft.graph.aadUserConversationMember", roles=["owner"]))
    )
    assert (promoted.id, promoted.roles) == (added.id, ["owner"])
    assert (await claire(one.get())).email == "anais.girard@contoso.com"
    assert await one.delete() is None
    with pytest.raises(ODataError) as gone:
        await one.get()
    assert gone.value.error.code == "NotFound"


async def test_members_are_added_and_removed_in_bulk(claire: Judge, tenant: LocalTenant) -> None:
    members = claire.graph.teams.by_team_id(VENTES).members
    nobody = "47000000-0000-0000-0000-000000000001"
    unknown = member_of(tenant, "Daniel")
    unknown.additional_data = {"user@odata.bind": f"https://graph.microsoft.com/v1.0/users('{nobody}')"}
    daniel, sofia = tenant.person("Daniel").id, tenant.person("Sofia").id
    added = await claire(
        members.add.post(AddPostRequestBody(values=[member_of(tenant, "Daniel"), member_of(tenant, "Sofia"), unknown]))
    )
    assert claire.last.status == 207
    assert {type(result) for result in added.value} == {AadUserConversationMemberResult}
    assert [(result.user_id, result.error and result.error.code) for result in added.value] == [
        (daniel, None),
        (sofia, None),
        (nobody, "NotFound"),
    ]
    removed = await claire(
        members.remove.post(RemovePostRequestBody(values=[member_of(tenant, "Daniel"), member_of(tenant, "Sofia")]))
    )
    assert (claire.last.status, [result.user_id for result in removed.value]) == (200, [daniel, sofia])


async def test_apps_are_installed_once_upgraded_and_removed(claire: Judge, tenant: LocalTenant) -> None:
    graph = claire.graph
    installed = graph.teams.by_team_id(VENTES).installed_apps
    assert await installed.post(TeamsAppInstallation(additional_data=APP)) is None
    with pytest.raises(ODataError) as again:
        await installed.post(TeamsAppInstallation(additional_data=APP))
    assert (again.value.response_status_code, again.value.error.code) == (409, "Conflict")
    wanted = query(
        installed, expand=["teamsApp", "teamsAppDefinition"], filter=f"teamsApp/externalId eq '{LIAISON_MANIFEST_ID}'"
    )
    listed = await claire(installed.get(wanted))
    assert [(one.teams_app.id, one.teams_app.distribution_method) for one in listed.value] == [
        (LIAISON_CATALOGUE_ID, TeamsAppDistributionMethod.Organization)
    ]
    definition = listed.value[0].teams_app_definition
    assert (definition.version, definition.publishing_state) == ("1.0.0", TeamsAppPublishingState.Published)
    one = installed.by_teams_app_installation_id(listed.value[0].id)
    assert (await claire(one.get(query(one, expand=["teamsApp"])))).teams_app.external_id == LIAISON_MANIFEST_ID
    assert await one.upgrade.post(UpgradePostRequestBody()) is None
    notice = SendActivityNotificationPostRequestBody(
        topic=TeamworkActivityTopic(
            source=TeamworkActivityTopicSource.EntityUrl, value=f"https://graph.microsoft.com/v1.0/teams/{VENTES}"
        ),
        activity_type="linked",
        preview_text=ItemBody(content="Opportunité 4711"),
        recipient=TeamworkNotificationRecipient(
            odata_type="microsoft.graph.aadUserNotificationRecipient",
            additional_data={"userId": tenant.person("Priya").id},
        ),
        template_parameters=[KeyValuePair(name="record", value="4711")],
    )
    assert await graph.teams.by_team_id(VENTES).send_activity_notification.post(notice) is None
    assert await one.delete() is None
    assert (await claire(installed.get(wanted))).value == []


async def test_consents_for_one_team_are_told(tenant: LocalTenant) -> None:
    scopes = f"{EVERYTHING} ResourceSpecificPermissionGrant.ReadForTeam"
    async with as_person(tenant, "Claire", scopes) as judge:
        granted = await judge(judge.graph.teams.by_team_id(VENTES).permission_grants.get())
    assert granted.value == []

"""Microsoft's own Graph client for Python, unmodified, over https with the tenant's certificate authority."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import Enum
from typing import Any
from uuid import UUID

import httpx
import pytest
from azure.core.credentials import AccessToken
from kiota_abstractions.base_request_configuration import RequestConfiguration
from kiota_authentication_azure.azure_identity_authentication_provider import AzureIdentityAuthenticationProvider
from kiota_http.middleware.options import HeadersInspectionHandlerOption
from msgraph import GraphRequestAdapter, GraphServiceClient
from msgraph.generated.app_catalogs.teams_apps.teams_apps_request_builder import TeamsAppsRequestBuilder
from msgraph.generated.drives.item.items.item.create_upload_session.create_upload_session_post_request_body import (
    CreateUploadSessionPostRequestBody,
)
from msgraph.generated.models.aad_user_conversation_member import AadUserConversationMember
from msgraph.generated.models.aad_user_conversation_member_result import AadUserConversationMemberResult
from msgraph.generated.models.body_type import BodyType
from msgraph.generated.models.channel import Channel
from msgraph.generated.models.channel_membership_type import ChannelMembershipType
from msgraph.generated.models.chat_message import ChatMessage
from msgraph.generated.models.directory_role import DirectoryRole
from msgraph.generated.models.drive_item import DriveItem
from msgraph.generated.models.drive_item_uploadable_properties import DriveItemUploadableProperties
from msgraph.generated.models.folder import Folder
from msgraph.generated.models.group import Group
from msgraph.generated.models.item_body import ItemBody
from msgraph.generated.models.o_auth2_permission_grant import OAuth2PermissionGrant
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.generated.models.team import Team
from msgraph.generated.models.teams_app_installation import TeamsAppInstallation
from msgraph.generated.models.teams_tab import TeamsTab
from msgraph.generated.models.teams_tab_configuration import TeamsTabConfiguration
from msgraph.generated.models.user import User
from msgraph.generated.oauth2_permission_grants.oauth2_permission_grants_request_builder import (
    Oauth2PermissionGrantsRequestBuilder,
)
from msgraph.generated.teams.item.channels.channels_request_builder import ChannelsRequestBuilder
from msgraph.generated.teams.item.channels.item.tabs.tabs_request_builder import TabsRequestBuilder
from msgraph.generated.teams.item.installed_apps.installed_apps_request_builder import InstalledAppsRequestBuilder
from msgraph.generated.teams.item.members.add.add_post_request_body import AddPostRequestBody
from msgraph.generated.teams.item.members.members_request_builder import MembersRequestBuilder
from msgraph.generated.users.users_request_builder import UsersRequestBuilder
from msgraph.graph_request_adapter import options
from msgraph_core import GraphClientFactory

from liaison.tenant.seeds.company import DELEGATED_APP_ID, LIAISON_MANIFEST_ID
from liaison.tenant.seeds.teamwork import LIAISON_CATALOGUE_ID
from tests.local_tenant import LocalTenant
from tests.tenant.graph_client import EVERYTHING, MARKETING, VENTES

pytestmark = pytest.mark.anyio

# What the service sends though the v1.0 schema does not have it. Source: graph.md section 13
GAPS = {
    "isMembershipLimitedToOwners", "discoverySettings", "tagSettings", "moderationSettings", "sortOrderIndex",
    "members@delta", "owners@delta", "Value", "@microsoft.graph.downloadUrl", "@content.downloadUrl",
    "@odata.context", "@odata.id", "@odata.etag", "@odata.count",
}  # fmt: skip


class FixedToken:
    """A credential that always has the same token."""

    def __init__(self, token: str) -> None:
        self._token = token

    async def get_token(self, *_scopes: str, **_more: Any) -> AccessToken:
        return AccessToken(self._token, 4_102_444_800)

    async def close(self) -> None:
        return None


@asynccontextmanager
async def sdk(tenant: LocalTenant, given: str) -> AsyncIterator[GraphServiceClient]:
    """The client as its documentation builds it, against another host."""
    provider = AzureIdentityAuthenticationProvider(
        FixedToken(tenant.token(given, EVERYTHING)),  # type: ignore[arg-type]
        scopes=["https://graph.microsoft.com/.default"],
        allowed_hosts=[],
    )
    async with httpx.AsyncClient(verify=tenant.tls, timeout=30) as plain:
        http = GraphClientFactory.create_with_default_middleware(client=plain, options=options)
        adapter = GraphRequestAdapter(provider, http)
        adapter.base_url = f"{tenant.https}/v1.0"
        yield GraphServiceClient(request_adapter=adapter)


@pytest.fixture
async def graph(tenant: LocalTenant) -> AsyncIterator[GraphServiceClient]:
    """The client as Claire uses it, who owns the team Ventes Europe."""
    async with sdk(tenant, "Claire") as client:
        yield client


@pytest.fixture
async def administrators_graph(tenant: LocalTenant) -> AsyncIterator[GraphServiceClient]:
    """The client as Nadia uses it, who is Global Administrator."""
    async with sdk(tenant, "Nadia") as client:
        yield client


def assert_typed(value: Any, path: str = "") -> None:
    """Every property found its place in the models: nothing fell into `additional_data` but the known gaps."""
    if isinstance(value, list | tuple):
        for index, one in enumerate(value):
            assert_typed(one, f"{path}[{index}]")
    elif dataclasses.is_dataclass(value) and not isinstance(value, type | Enum):
        extra = set(getattr(value, "additional_data", None) or {}) - GAPS
        assert not extra, f"{path or type(value).__name__}: {sorted(extra)}"
        for name in value.__dataclass_fields__:
            if name not in ("additional_data", "backing_store"):
                assert_typed(getattr(value, name), f"{path}.{name}")


def test_the_check_of_types_finds_a_property_without_a_place() -> None:
    with pytest.raises(AssertionError, match="surprise"):
        assert_typed([Team(group=Group(additional_data={"surprise": 1}))])


async def general(graph: GraphServiceClient) -> str:
    primary = await graph.teams.by_team_id(VENTES).primary_channel.get()
    assert primary is not None
    assert primary.id is not None
    return primary.id


async def folder_of(graph: GraphServiceClient) -> tuple[str, str]:
    folder = await graph.teams.by_team_id(VENTES).channels.by_channel_id(await general(graph)).files_folder.get()
    assert folder is not None
    assert folder.parent_reference is not None
    return str(folder.parent_reference.drive_id), str(folder.id)


async def test_the_signed_in_person_is_known(graph: GraphServiceClient) -> None:
    me = await graph.me.get()
    assert isinstance(me, User)
    assert (me.display_name, me.user_principal_name) == ("Claire Fontaine", "claire.fontaine@contoso.com")
    assert_typed(me)


async def test_joined_teams_are_listed_with_their_few_properties(graph: GraphServiceClient) -> None:
    joined = await graph.me.joined_teams.get()
    assert [team.display_name for team in joined.value] == ["Northwind account", "Ventes Europe"]
    assert joined.value[0].web_url is None
    assert_typed(joined)


async def test_a_team_is_read_with_its_settings(graph: GraphServiceClient) -> None:
    team = await graph.teams.by_team_id(VENTES).get()
    assert isinstance(team, Team)
    assert team.visibility.value == "private"
    assert team.member_settings.allow_create_update_channels is True
    assert team.guest_settings.allow_delete_channels is False
    assert_typed(team)


async def test_a_team_is_created_and_its_operation_found_in_the_headers(graph: GraphServiceClient) -> None:
    headers = HeadersInspectionHandlerOption(inspect_response_headers=True)
    body = Team(
        display_name="Contoso – opportunity 4711",
        description="Deal room",
        additional_data={"template@odata.bind": "https://graph.microsoft.com/v1.0/teamsTemplates('standard')"},
    )
    made = await graph.teams.post(body, request_configuration=RequestConfiguration(options=[headers]))
    assert made is None
    location = headers.response_headers.get("Location").pop()
    assert location.startswith("/teams('")
    team_id, operation_id = location.split("'")[1::2]
    operation = await graph.teams.by_team_id(team_id).operations.by_teams_async_operation_id(operation_id).get()
    assert operation.status.value == "succeeded"
    assert operation.target_resource_location == f"/teams('{team_id}')"
    assert_typed(operation)
    team = await graph.teams.by_team_id(team_id).get()
    assert team.display_name == "Contoso – opportunity 4711"


async def test_channels_are_created_read_renamed_listed_and_deleted(graph: GraphServiceClient) -> None:
    channels = graph.teams.by_team_id(VENTES).channels
    made = await channels.post(Channel(display_name="Opportunité 4711", description="Salle de l'affaire"))
    assert isinstance(made, Channel)
    assert made.membership_type is ChannelMembershipType.Standard
    assert_typed(made)
    one = channels.by_channel_id(made.id)
    assert await one.patch(Channel(display_name="Opportunité 4712")) is None
    read = await one.get()
    assert (read.id, read.display_name) == (made.id, "Opportunité 4712")
    assert_typed(read)
    wanted = ChannelsRequestBuilder.ChannelsRequestBuilderGetQueryParameters(
        filter="displayName eq 'Opportunité 4712'", select=["id", "displayName"]
    )
    listed = await channels.get(request_configuration=RequestConfiguration(query_parameters=wanted))
    assert [channel.id for channel in listed.value] == [made.id]
    assert_typed(await channels.get())
    assert await one.delete() is None
    with pytest.raises(ODataError) as refusal:
        await one.get()
    assert refusal.value.error.code == "NotFound"
    assert refusal.value.error.inner_error.request_id is not None


async def test_shared_channels_are_known_only_to_those_who_ask_for_new_members(graph: GraphServiceClient) -> None:
    channels = graph.teams.by_team_id(VENTES).channels
    shared = Channel(display_name="Avec Fabrikam", membership_type=ChannelMembershipType.Shared)
    assert await channels.post(shared) is None
    listed = await channels.get()
    found = next(channel for channel in listed.value if channel.display_name == "Avec Fabrikam")
    assert found.membership_type is ChannelMembershipType.UnknownFutureValue
    configuration: RequestConfiguration[Any] = RequestConfiguration()
    configuration.headers.add("Prefer", "include-unknown-enum-members")
    seen = await channels.by_channel_id(found.id).get(request_configuration=configuration)
    assert seen.membership_type is ChannelMembershipType.Shared


async def test_the_files_folder_of_a_channel_is_a_drive_item(graph: GraphServiceClient) -> None:
    folder = await graph.teams.by_team_id(VENTES).channels.by_channel_id(await general(graph)).files_folder.get()
    assert isinstance(folder, DriveItem)
    assert folder.created_date_time.year == 1
    assert (folder.parent_reference.id, folder.parent_reference.path) == (None, None)
    assert folder.folder.child_count == 2
    assert_typed(folder)


async def test_apps_are_found_installed_listed_and_removed(graph: GraphServiceClient) -> None:
    wanted = TeamsAppsRequestBuilder.TeamsAppsRequestBuilderGetQueryParameters(
        filter=f"externalId eq '{LIAISON_MANIFEST_ID}'", expand=["appDefinitions"]
    )
    found = await graph.app_catalogs.teams_apps.get(request_configuration=RequestConfiguration(query_parameters=wanted))
    assert [app.id for app in found.value] == [LIAISON_CATALOGUE_ID]
    assert_typed(found)
    installed = graph.teams.by_team_id(VENTES).installed_apps
    address = f"https://graph.microsoft.com/v1.0/appCatalogs/teamsApps/{LIAISON_CATALOGUE_ID}"
    body = TeamsAppInstallation(additional_data={"teamsApp@odata.bind": address})
    assert await installed.post(body) is None
    with pytest.raises(ODataError) as again:
        await installed.post(body)
    assert (again.value.response_status_code, again.value.error.code) == (409, "Conflict")
    query = InstalledAppsRequestBuilder.InstalledAppsRequestBuilderGetQueryParameters(
        expand=["teamsApp", "teamsAppDefinition"], filter=f"teamsApp/externalId eq '{LIAISON_MANIFEST_ID}'"
    )
    listed = await installed.get(request_configuration=RequestConfiguration(query_parameters=query))
    assert [one.teams_app.id for one in listed.value] == [LIAISON_CATALOGUE_ID]
    assert listed.value[0].teams_app_definition.version == "1.0.0"
    assert_typed(listed)
    await installed.by_teams_app_installation_id(listed.value[0].id).delete()
    emptied = await installed.get(request_configuration=RequestConfiguration(query_parameters=query))
    assert emptied.value == []


async def test_tabs_are_created_expanded_changed_and_removed(graph: GraphServiceClient) -> None:
    address = f"https://graph.microsoft.com/v1.0/appCatalogs/teamsApps/{LIAISON_CATALOGUE_ID}"
    bound = {"teamsApp@odata.bind": address}
    await graph.teams.by_team_id(VENTES).installed_apps.post(TeamsAppInstallation(additional_data=bound))
    tabs = graph.teams.by_team_id(VENTES).channels.by_channel_id(await general(graph)).tabs
    configuration = TeamsTabConfiguration(
        entity_id="lnk_1", content_url="https://liaison.contoso.com/t/1", website_url="https://liaison.contoso.com/r/1"
    )
    made = await tabs.post(TeamsTab(display_name="Affaire", configuration=configuration, additional_data=bound))
    assert made.configuration.entity_id == "lnk_1"
    assert_typed(made)
    query = TabsRequestBuilder.TabsRequestBuilderGetQueryParameters(
        expand=["teamsApp"], filter=f"teamsApp/id eq '{LIAISON_CATALOGUE_ID}'"
    )
    listed = await tabs.get(request_configuration=RequestConfiguration(query_parameters=query))
    assert [(tab.id, tab.teams_app.external_id) for tab in listed.value] == [(made.id, LIAISON_MANIFEST_ID)]
    assert_typed(listed)
    one = tabs.by_teams_tab_id(made.id)
    changed = await one.patch(TeamsTab(display_name="Affaire gagnée"))
    assert (changed.display_name, changed.configuration.entity_id) == ("Affaire gagnée", "lnk_1")
    await one.delete()
    assert (await tabs.get()).value == []


async def test_members_are_listed_found_and_added_one_by_one_and_in_bulk(
    graph: GraphServiceClient, tenant: LocalTenant
) -> None:
    members = graph.teams.by_team_id(VENTES).members
    listed = await members.get()
    assert all(isinstance(member, AadUserConversationMember) for member in listed.value)
    assert {member.display_name for member in listed.value} >= {"Claire Fontaine", "Priya Raman"}
    assert_typed(listed)
    added = await members.post(member_of(tenant, "Anaïs"))
    assert (added.user_id, added.roles) == (tenant.person("Anaïs").id, [])
    query = MembersRequestBuilder.MembersRequestBuilderGetQueryParameters(
        filter=f"(microsoft.graph.aadUserConversationMember/userId eq '{tenant.person('Anaïs').id}')"
    )
    found = await members.get(request_configuration=RequestConfiguration(query_parameters=query))
    assert [member.id for member in found.value] == [added.id]
    body = AddPostRequestBody(values=[member_of(tenant, "Daniel"), member_of(tenant, "Sofia")])
    results = await members.add.post(body)
    assert all(isinstance(result, AadUserConversationMemberResult) for result in results.value)
    assert [(result.user_id, result.error) for result in results.value] == [
        (tenant.person("Daniel").id, None),
        (tenant.person("Sofia").id, None),
    ]
    assert_typed(results)


def member_of(tenant: LocalTenant, given: str, *roles: str) -> AadUserConversationMember:
    address = f"https://graph.microsoft.com/v1.0/users('{tenant.person(given).id}')"
    return AadUserConversationMember(
        odata_type="#microsoft.graph.aadUserConversationMember",
        roles=list(roles),
        additional_data={"user@odata.bind": address},
    )


async def test_bulk_adding_tells_of_a_person_who_does_not_exist(graph: GraphServiceClient, tenant: LocalTenant) -> None:
    nobody = "47000000-0000-0000-0000-000000000001"
    unknown = member_of(tenant, "Daniel")
    unknown.additional_data = {"user@odata.bind": f"https://graph.microsoft.com/v1.0/users('{nobody}')"}
    body = AddPostRequestBody(values=[member_of(tenant, "Daniel"), unknown])
    results = await graph.teams.by_team_id(VENTES).members.add.post(body)
    assert [(result.user_id, result.error and result.error.code) for result in results.value] == [
        (tenant.person("Daniel").id, None),
        (nobody, "NotFound"),
    ]


async def test_files_are_made_read_changed_and_removed(graph: GraphServiceClient) -> None:
    drive_id, folder_id = await folder_of(graph)
    items = graph.drives.by_drive_id(drive_id).items
    made = await items.by_drive_item_id(folder_id).children.post(
        DriveItem(name="Annexes", folder=Folder(), additional_data={"@microsoft.graph.conflictBehavior": "fail"})
    )
    assert made.folder.child_count == 0
    assert made.c_tag is None
    assert_typed(made)
    path = "root:/General/Annexes/Note d'équipe (1).txt:"
    written = await items.by_drive_item_id(path).content.put(b"bonjour")
    assert (written.name, written.size) == ("Note d'équipe (1).txt", 7)
    assert_typed(written)
    assert await items.by_drive_item_id(written.id).content.get() == b"bonjour"
    children = await items.by_drive_item_id(made.id).children.get()
    assert [child.id for child in children.value] == [written.id]
    assert_typed(children)
    renamed = await items.by_drive_item_id(written.id).patch(DriveItem(name="Note.txt"))
    assert renamed.name == "Note.txt"
    assert renamed.e_tag != written.e_tag
    await items.by_drive_item_id(made.id).delete()
    with pytest.raises(ODataError) as gone:
        await items.by_drive_item_id(written.id).get()
    assert gone.value.error.code == "itemNotFound"


async def test_an_upload_session_is_opened_and_filled(graph: GraphServiceClient, tenant: LocalTenant) -> None:
    drive_id, folder_id = await folder_of(graph)
    item = graph.drives.by_drive_id(drive_id).items.by_drive_item_id(f"{folder_id}:/big.bin:")
    properties = DriveItemUploadableProperties(additional_data={"@microsoft.graph.conflictBehavior": "replace"})
    session = await item.create_upload_session.post(CreateUploadSessionPostRequestBody(item=properties))
    assert session.next_expected_ranges == ["0-"]
    assert_typed(session)
    async with httpx.AsyncClient(verify=tenant.tls) as http:
        first = await http.put(session.upload_url, content=b"a" * 10, headers={"Content-Range": "bytes 0-9/15"})
        assert first.json()["nextExpectedRanges"] == ["10-14"]
        last = await http.put(session.upload_url, content=b"b" * 5, headers={"Content-Range": "bytes 10-14/15"})
    assert (last.status_code, last.json()["size"]) == (201, 15)
    content = await graph.drives.by_drive_id(drive_id).items.by_drive_item_id(last.json()["id"]).content.get()
    assert content == b"a" * 10 + b"b" * 5


async def test_the_drive_and_the_site_of_a_team_are_read(graph: GraphServiceClient) -> None:
    drive = await graph.groups.by_group_id(VENTES).drive.get()
    assert (drive.drive_type, drive.name) == ("documentLibrary", "Documents")
    assert_typed(drive)
    site = await graph.groups.by_group_id(VENTES).sites.by_site_id("root").get()
    assert site.name == "VentesEurope"
    assert_typed(site)
    by_path = await graph.sites.by_site_id("contoso.sharepoint.com:/sites/VentesEurope:").get()
    assert by_path.id == site.id
    drives = await graph.sites.by_site_id(site.id).drives.get()
    assert [one.id for one in drives.value] == [drive.id]
    assert_typed(drives)


async def test_changes_of_a_drive_are_followed_from_now_on(graph: GraphServiceClient) -> None:
    drive_id, folder_id = await folder_of(graph)
    root = graph.drives.by_drive_id(drive_id).items.by_drive_item_id("root")
    start = await root.delta_with_token("latest").get()
    assert start.value == []
    await graph.drives.by_drive_id(drive_id).items.by_drive_item_id(f"{folder_id}:/new.txt:").content.put(b"1")
    changes = await root.delta.with_url(start.odata_delta_link).get()
    assert [item.name for item in changes.value] == ["new.txt"]
    assert_typed(changes)


async def test_people_are_listed_and_searched(graph: GraphServiceClient) -> None:
    everybody = await graph.users.get()
    assert len(everybody.value) == 14
    assert_typed(everybody)
    query = UsersRequestBuilder.UsersRequestBuilderGetQueryParameters(
        search='"displayName:cla"', select=["id", "displayName"], count=True
    )
    configuration: RequestConfiguration[Any] = RequestConfiguration(query_parameters=query)
    configuration.headers.add("ConsistencyLevel", "eventual")
    found = await graph.users.get(request_configuration=configuration)
    assert ([user.display_name for user in found.value], found.odata_count) == (["Claire Fontaine"], 1)


async def test_licences_say_who_has_teams(graph: GraphServiceClient, tenant: LocalTenant) -> None:
    mine = await graph.me.license_details.get()
    plans = {plan.service_plan_name: plan for row in mine.value for plan in row.service_plans}
    assert plans["TEAMS1"].service_plan_id == UUID("57ff2da0-773e-42df-b2af-ffb7a2317929")
    assert plans["TEAMS1"].provisioning_status == "Success"
    assert_typed(mine)
    tom = await graph.users.by_user_id(tenant.person("Tom").id).license_details.get()
    assert "TEAMS1" not in {plan.service_plan_name for row in tom.value for plan in row.service_plans}
    assert_typed(await graph.subscribed_skus.get())


async def test_groups_are_read_with_their_people(graph: GraphServiceClient) -> None:
    group = await graph.groups.by_group_id(MARKETING).get()
    assert isinstance(group, Group)
    assert (group.visibility, group.resource_provisioning_options) == ("Public", ["Team"])
    assert_typed(group)
    owners = await graph.groups.by_group_id(MARKETING).owners.get()
    assert [(type(owner), owner.display_name) for owner in owners.value] == [(User, "Anaïs Girard")]
    members = await graph.groups.by_group_id(MARKETING).members.graph_user.get()
    assert {member.display_name for member in members.value} >= {"Anaïs Girard", "Emma Whitfield"}
    assert_typed(members)
    delta = await graph.groups.delta.get()
    assert delta.odata_delta_link is not None
    assert_typed(delta)


async def test_directory_roles_of_the_caller_are_typed(administrators_graph: GraphServiceClient) -> None:
    graph = administrators_graph
    roles = await graph.me.member_of.graph_directory_role.get()
    assert [type(role) for role in roles.value] == [DirectoryRole]
    assert roles.value[0].role_template_id == "62e90394-69f5-4237-9190-012177145e10"
    assert_typed(await graph.me.member_of.get())


async def test_consent_is_read_granted_and_revoked(administrators_graph: GraphServiceClient) -> None:
    graph = administrators_graph
    ours = await graph.service_principals_with_app_id(DELEGATED_APP_ID).get()
    theirs = await graph.service_principals_with_app_id("00000003-0000-0000-c000-000000000000").get()
    assert any(scope.value == "Channel.Create" for scope in theirs.oauth2_permission_scopes)
    assert_typed(ours)
    query = Oauth2PermissionGrantsRequestBuilder.Oauth2PermissionGrantsRequestBuilderGetQueryParameters(
        filter=f"clientId eq '{ours.id}' and consentType eq 'AllPrincipals'"
    )
    configuration: RequestConfiguration[Any] = RequestConfiguration(query_parameters=query)
    for grant in (await graph.oauth2_permission_grants.get(request_configuration=configuration)).value:
        await graph.oauth2_permission_grants.by_o_auth2_permission_grant_id(grant.id).delete()
    made = await graph.oauth2_permission_grants.post(
        OAuth2PermissionGrant(
            client_id=ours.id, resource_id=theirs.id, consent_type="AllPrincipals", scope="User.Read Channel.Create"
        )
    )
    assert_typed(made)
    one = graph.oauth2_permission_grants.by_o_auth2_permission_grant_id(made.id)
    assert await one.patch(OAuth2PermissionGrant(scope="User.Read")) is None
    listed = await graph.oauth2_permission_grants.get(request_configuration=configuration)
    assert [(grant.id, grant.scope) for grant in listed.value] == [(made.id, "User.Read")]
    await one.delete()
    assert (await graph.oauth2_permission_grants.get(request_configuration=configuration)).value == []


async def test_messages_are_posted_answered_and_listed(graph: GraphServiceClient) -> None:
    messages = graph.teams.by_team_id(VENTES).channels.by_channel_id(await general(graph)).messages
    body = ItemBody(content_type=BodyType.Html, content="Linked to <b>Opportunity 4711</b>")
    made = await messages.post(ChatMessage(body=body))
    assert made.from_.user.display_name == "Claire Fontaine"
    assert_typed(made)
    reply = await messages.by_chat_message_id(made.id).replies.post(ChatMessage(body=ItemBody(content="Merci")))
    assert reply.reply_to_id == made.id
    listed = await messages.get()
    assert listed.value[0].id == made.id
    assert reply.id not in {message.id for message in listed.value}
    assert_typed(listed)

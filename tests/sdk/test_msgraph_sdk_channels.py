"""Microsoft's Graph client for Python: channels of the three kinds, their people, folders, tabs and apps."""

from __future__ import annotations

from typing import Any

import pytest
from msgraph.generated.models.aad_user_conversation_member import AadUserConversationMember
from msgraph.generated.models.channel import Channel
from msgraph.generated.models.channel_membership_type import ChannelMembershipType
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.generated.models.shared_with_channel_team_info import SharedWithChannelTeamInfo
from msgraph.generated.models.teams_app_distribution_method import TeamsAppDistributionMethod
from msgraph.generated.models.teams_app_installation import TeamsAppInstallation
from msgraph.generated.models.teams_app_publishing_state import TeamsAppPublishingState
from msgraph.generated.models.teams_tab import TeamsTab
from msgraph.generated.models.teams_tab_configuration import TeamsTabConfiguration
from msgraph.generated.teams.item.channels.item.archive.archive_post_request_body import ArchivePostRequestBody

from liaison.tenant.seeds.company import LIAISON_MANIFEST_ID, TENANT_ID
from liaison.tenant.seeds.teamwork import LIAISON_CATALOGUE_ID
from tests.local_tenant import LocalTenant
from tests.sdk.graph_judge import Judge, as_person, general, member_of, query
from tests.tenant.graph_client import MARKETING, NORTHWIND, VENTES

pytestmark = pytest.mark.anyio

APP = {"teamsApp@odata.bind": f"https://graph.microsoft.com/v1.0/appCatalogs/teamsApps/{LIAISON_CATALOGUE_ID}"}
NEW_MEMBERS = {"Prefer": "include-unknown-enum-members"}


async def test_standard_channels_are_created_read_renamed_archived_and_deleted(claire: Judge) -> None:
    channels = claire.graph.teams.by_team_id(VENTES).channels
    made = await claire(channels.post(Channel(display_name="Opportunité 4711", description="Salle de l'affaire")))
    assert (claire.last.status, made.membership_type) == (201, ChannelMembershipType.Standard)
    one = channels.by_channel_id(made.id)
    assert await one.patch(Channel(display_name="Opportunité 4712")) is None
    read = await claire(one.get())
    assert (read.id, read.display_name, read.description) == (made.id, "Opportunité 4712", "Salle de l'affaire")
    assert (read.tenant_id, read.created_date_time) == (TENANT_ID, made.created_date_time)
    listed = await claire(
        channels.get(query(channels, filter="displayName eq 'Opportunité 4712'", select=["id", "displayName"]))
    )
    assert [(channel.id, channel.web_url) for channel in listed.value] == [(made.id, None)]
    assert await one.archive.post(ArchivePostRequestBody()) is None
    assert (await claire(one.get())).is_archived is True
    assert await one.unarchive.post() is None
    assert (await claire(one.get())).is_archived is False
    everybody = await claire(one.members.get())
    assert {type(member) for member in everybody.value} == {AadUserConversationMember}
    assert len((await claire(one.all_members.get())).value) == len(everybody.value)
    first = one.members.by_conversation_member_id(everybody.value[0].id)
    assert (await claire(first.get())).user_id == everybody.value[0].user_id
    assert await one.delete() is None
    with pytest.raises(ODataError) as refusal:
        await one.get()
    assert refusal.value.error.code == "NotFound"
    with pytest.raises(ODataError) as taken:
        await channels.post(Channel(display_name="Opportunité 4712"))
    assert (taken.value.response_status_code, taken.value.error.code) == (400, "NameAlreadyExists")


async def test_private_channels_have_people_of_their_own(claire: Judge, tenant: LocalTenant) -> None:
    team = claire.graph.teams.by_team_id(VENTES)
    made = await claire(
        team.channels.post(
            Channel(
                display_name="Remises",
                membership_type=ChannelMembershipType.Private,
                members=[member_of(tenant, "Claire", "owner")],
            )
        )
    )
    assert (made.membership_type, "ngc=true" in made.web_url) == (ChannelMembershipType.Private, True)
    members = team.channels.by_channel_id(made.id).members
    added = await claire(members.post(member_of(tenant, "Oliver")))
    assert (added.user_id, added.roles) == (tenant.person("Oliver").id, [])
    one = members.by_conversation_member_id(added.id)
    owner = AadUserConversationMember(odata_type="#microsoft.graph.aadUserConversationMember", roles=["owner"])
    assert (await claire(one.patch(owner))).roles == ["owner"]
    assert [member.display_name for member in (await claire(members.get())).value] == [
        "Claire Fontaine",
        "Oliver Grant",
    ]
    assert await one.delete() is None
    asked = team.channels.by_channel_id(made.id)
    access = asked.does_user_have_accessuser_id_user_id_tenant_id_tenant_id_user_principal_name_user_principal_name
    for given, may in (("Claire", True), ("Hugo", False)):
        about = query(access, user_id=f"'{tenant.person(given).id}'", tenant_id=f"'{TENANT_ID}'")
        assert (await claire(access.get(about))).value is may


async def test_shared_channels_are_made_behind_the_scenes_and_shown_to_those_who_know(
    claire: Judge, tenant: LocalTenant
) -> None:
    team = claire.graph.teams.by_team_id(VENTES)
    shared = Channel(
        display_name="Avec Marketing",
        membership_type=ChannelMembershipType.Shared,
        members=[member_of(tenant, "Claire", "owner")],
        shared_with_teams=[SharedWithChannelTeamInfo(id=NORTHWIND)],
    )
    assert await team.channels.post(shared) is None
    assert claire.last.status == 202
    operation = claire.last.got["content-location"].rpartition("/")[2]
    told = await claire(team.operations.by_teams_async_operation_id(operation).get())
    assert told.status.value == "succeeded"
    listed = await claire(team.channels.get())
    found = next(channel for channel in listed.value if channel.display_name == "Avec Marketing")
    assert found.membership_type is ChannelMembershipType.UnknownFutureValue
    one = team.channels.by_channel_id(found.id)
    assert (await claire(one.get(query(one, headers=NEW_MEMBERS)))).membership_type is ChannelMembershipType.Shared
    hosts = await claire(one.shared_with_teams.get())
    assert NORTHWIND in {host.id for host in hosts.value}
    northwind = claire.graph.teams.by_team_id(NORTHWIND)
    incoming = await claire(northwind.incoming_channels.get())
    assert [channel.id for channel in incoming.value] == [found.id]
    assert found.id in {channel.id for channel in (await claire(northwind.all_channels.get())).value}
    indirect = await claire(one.all_members.get())
    assert "Lukas Weber" not in {member.display_name for member in (await claire(one.members.get())).value}
    assert len(indirect.value) >= 1
    assert await one.shared_with_teams.by_shared_with_channel_team_info_id(NORTHWIND).delete() is None
    assert (await claire(northwind.incoming_channels.get())).value == []


async def test_the_primary_channel_and_its_folder_are_read(claire: Judge) -> None:
    team = claire.graph.teams.by_team_id(VENTES)
    primary = await claire(team.primary_channel.get())
    assert (primary.display_name, primary.id.startswith("19:")) == ("General", True)
    through_primary = await claire(team.primary_channel.files_folder.get())
    folder = await claire(team.channels.by_channel_id(primary.id).files_folder.get())
    assert (folder.id, folder.name, folder.folder.child_count) == (through_primary.id, "General", 2)
    assert folder.created_date_time.year == 1
    assert (folder.parent_reference.id, folder.parent_reference.path) == (None, None)
    assert folder.parent_reference.drive_type == "documentLibrary"


async def test_tabs_are_created_expanded_changed_and_removed(claire: Judge) -> None:
    team = claire.graph.teams.by_team_id(VENTES)
    await team.installed_apps.post(TeamsAppInstallation(additional_data=APP))
    tabs = team.channels.by_channel_id(await general(claire.graph)).tabs
    configuration = TeamsTabConfiguration(
        entity_id="lnk_1", content_url="https://liaison.contoso.com/t/1", website_url="https://liaison.contoso.com/r/1"
    )
    made = await claire(tabs.post(TeamsTab(display_name="Affaire", configuration=configuration, additional_data=APP)))
    assert (claire.last.status, made.configuration.entity_id) == (201, "lnk_1")
    listed = await claire(tabs.get(query(tabs, expand=["teamsApp"], filter=f"teamsApp/id eq '{LIAISON_CATALOGUE_ID}'")))
    assert [(tab.id, tab.teams_app.external_id) for tab in listed.value] == [(made.id, LIAISON_MANIFEST_ID)]
    one = tabs.by_teams_tab_id(made.id)
    changed = await claire(one.patch(TeamsTab(display_name="Affaire gagnée")))
    assert (changed.display_name, changed.configuration.entity_id) == ("Affaire gagnée", "lnk_1")
    read = await claire(one.get(query(one, expand=["teamsApp"])))
    assert read.teams_app.distribution_method is TeamsAppDistributionMethod.Organization
    assert await one.delete() is None
    assert (await claire(tabs.get())).value == []
    with pytest.raises(ODataError) as refusal:
        await tabs.post(TeamsTab(display_name="Sans application"))
    assert (refusal.value.response_status_code, refusal.value.error.code) == (400, "BadRequest")


async def test_apps_of_a_private_channel_are_listed(claire: Judge) -> None:
    team = claire.graph.teams.by_team_id(VENTES)
    private = await team.channels.get(query(team.channels, filter="membershipType eq 'private'"))
    apps = team.channels.by_channel_id(private.value[0].id).enabled_apps
    assert (await claire(apps.get())).value == []


async def test_the_catalogue_is_searched_and_read(claire: Judge) -> None:
    apps = claire.graph.app_catalogs.teams_apps
    wanted = query(apps, filter=f"externalId eq '{LIAISON_MANIFEST_ID}'", expand=["appDefinitions"])
    found = await claire(apps.get(wanted))
    assert [app.id for app in found.value] == [LIAISON_CATALOGUE_ID]
    assert found.value[0].app_definitions[0].publishing_state is TeamsAppPublishingState.Published
    store = await claire(apps.get(query(apps, filter="distributionMethod eq 'store'", select=["id", "displayName"])))
    assert {app.distribution_method for app in store.value} == {None}
    one = apps.by_teams_app_id(LIAISON_CATALOGUE_ID)
    assert (await claire(one.get())).distribution_method is TeamsAppDistributionMethod.Organization
    definitions = await claire(one.app_definitions.get())
    assert [(definition.version, definition.teams_app_id) for definition in definitions.value] == [
        ("1.0.0", LIAISON_CATALOGUE_ID)
    ]


async def test_an_administrator_publishes_and_removes_an_app(tenant: LocalTenant) -> None:
    from kiota_abstractions.method import Method
    from kiota_abstractions.request_information import RequestInformation
    from msgraph.generated.models.teams_app import TeamsApp
    from msgraph.generated.models.teams_app_definition import TeamsAppDefinition

    from tests.tenant.test_graph_apps import package

    async with as_person(tenant, "Ingrid") as ingrid:
        apps = ingrid.graph.app_catalogs.teams_apps

        def packed(address: str, version: str) -> RequestInformation:
            """The generated builders send an entity as JSON; a package goes out through the client's adapter."""
            information = RequestInformation()
            information.http_method = Method.POST
            information.url = address
            information.set_stream_content(package(version), "application/zip")
            return information

        async def send(address: str, version: str, kind: Any) -> Any:
            return await apps.request_adapter.send_async(packed(address, version), kind, {})

        address = f"{tenant.https}/v1.0/appCatalogs/teamsApps"
        made = await ingrid(send(address, "1.0.0", TeamsApp))
        assert (made.display_name, made.distribution_method) == ("Probe", TeamsAppDistributionMethod.Organization)
        newer = await ingrid(send(f"{address}/{made.id}/appDefinitions", "1.1.0", TeamsAppDefinition))
        assert (newer.version, newer.teams_app_id) == ("1.1.0", made.id)
        assert await apps.by_teams_app_id(made.id).delete() is None


async def test_channels_of_others_stay_closed(tenant: LocalTenant) -> None:
    async with as_person(tenant, "Sofia") as sofia:
        with pytest.raises(ODataError) as refusal:
            await sofia.graph.teams.by_team_id(MARKETING).channels.get()
    assert (refusal.value.response_status_code, refusal.value.error.code) == (403, "Forbidden")


async def test_an_organization_is_found_by_its_domain_and_by_its_tenant(tenant: LocalTenant) -> None:
    scopes = "CrossTenantInformation.ReadBasic.All"
    async with as_person(tenant, "Claire", scopes) as claire:
        found = claire.graph.tenant_relationships
        fabrikam = await claire(found.find_tenant_information_by_domain_name_with_domain_name("fabrikam.com").get())
        assert (fabrikam.display_name, fabrikam.default_domain_name) == ("Fabrikam, Inc.", "fabrikam.com")
        same = await claire(found.find_tenant_information_by_tenant_id_with_tenant_id(fabrikam.tenant_id).get())
        assert same.display_name == "Fabrikam, Inc."
        with pytest.raises(ODataError) as nobody:
            await found.find_tenant_information_by_domain_name_with_domain_name("nobody.example").get()
        assert nobody.value.response_status_code == 404

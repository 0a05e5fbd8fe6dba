"""New teams both ways, kinds of channels, members in one call, removing: the tenant in quiet and in trouble."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from liaison.domain.consent import GROUPS
from liaison.domain.link import NewChannel, NewTeam, TeamPrivacy
from liaison.domain.names import ChannelKind, Person, PersonId, TeamId
from liaison.domain.naming import nickname_of
from liaison.domain.teams import NotAdded, Team, TeamOperation
from liaison.errors import (
    AnswerLost,
    ConsentNotGranted,
    NameBlocked,
    NameRefusedByPolicy,
    NotTeamOwner,
    RoleMissing,
    StillPreparing,
    TeamAmbiguous,
    TeamCreationNotAllowed,
    TeamNotMade,
    TeamUnknown,
    UpstreamThrottled,
)
from liaison.graph.client import Call
from liaison.graph.errors import About, Subject
from liaison.graph.teamwork import GraphTeamwork
from liaison.tenant.seeds import company
from liaison.wire.wild import Wild
from tests.contract.product import Product
from tests.contract.tenant_process import Tenant

pytestmark = pytest.mark.anyio

VENTES = TeamId(company.TEAMS[0].id)
KEY = "lnk-0d1c7c5e-6a52-4d0a-9f0c-0f8b7f2a1c22"
MARKER = "lnk_0d1c7c5e-6a52-4d0a-9f0c-0f8b7f2a1c22"
TEXT = f"Deal room. Team for the Dynamics 365 record Northwind ({MARKER})"
ROOM = NewTeam("Northwind – deal", TeamPrivacy.PRIVATE)
LOST: Mapping[str, Any] = {"status": 504}


def id_of(given: str) -> PersonId:
    return PersonId(company.person(given).id)


async def rich(product: Product, given: str = "Claire") -> Person:
    """Somebody in a tenant that granted Microsoft's pair too."""
    return await product.consented(given, also=(GROUPS,))


async def ensure_team(teamwork: GraphTeamwork, new: NewTeam, key: str, text: str) -> Team:
    """By its group, both halves."""
    return await teamwork.ensure_team(await teamwork.ensure_group(new, key, text), new)


async def teams_named(product: Product, person: Person, name: str) -> list[Team]:
    return [team for team in await product.teamwork(person).list_teams() if team.name == name]


async def group_of(product: Product, person: Person, team: TeamId) -> Wild:
    query = {"$select": "id,displayName,visibility,assignedLabels,uniqueName,mailNickname,description"}
    call = Call("GET", "/groups/{team}", Subject(About.TEAM, team=team), {"team": team}, query, repeatable=True)
    return await product.graph(person).read(call)


# --- by the group ----------------------------------------------------------------------------------------------


@pytest.mark.statement("F17", "F22")
async def test_by_its_group_a_team_is_made_once_however_often_it_is_asked_for(product: Product) -> None:
    claire = await rich(product)
    teamwork = product.teamwork(claire)
    made = await ensure_team(teamwork, ROOM, KEY, TEXT)
    assert await ensure_team(teamwork, ROOM, KEY, TEXT) == made
    assert (made.name, made.description) == (ROOM.name, TEXT)
    assert made.thread.startswith("19:")
    assert len(await teams_named(product, claire, ROOM.name)) == 1
    group = await group_of(product, claire, made.id)
    assert (group.text("visibility"), group.text("uniqueName")) == ("Private", KEY)


@pytest.mark.statement("F22")
@pytest.mark.parametrize(
    ("method", "path"), [("PATCH", "/v1.0/groups(*"), ("PUT", "/v1.0/groups/*/team"), ("GET", "/v1.0/teams/*")]
)
@pytest.mark.parametrize("phase", ["before", "after"])
async def test_by_its_group_a_lost_answer_leaves_one_team(
    product: Product, tenant: Tenant, method: str, path: str, phase: str
) -> None:
    claire = await rich(product)
    tenant.fail(method, path, phase, LOST, times=1)
    made = await ensure_team(product.teamwork(claire), ROOM, KEY, TEXT)
    assert [team.id for team in await teams_named(product, claire, ROOM.name)] == [made.id]


async def test_a_young_group_is_waited_for(product: Product, tenant: Tenant) -> None:
    claire = await rich(product)
    tenant.switch(graph__group_replication_s=600)
    with pytest.raises(StillPreparing):
        await ensure_team(product.teamwork(claire), ROOM, KEY, TEXT)
    tenant.switch(graph__group_replication_s=0)
    assert (await ensure_team(product.teamwork(claire), ROOM, KEY, TEXT)).name == ROOM.name


@pytest.mark.statement("F34", "S54")
async def test_a_label_is_set_by_an_administrator_and_refused_to_others(product: Product) -> None:
    nadia = await rich(product, "Nadia")
    label = (await product.people(nadia).list_labels() or ())[0]
    labelled = NewTeam("Northwind board", TeamPrivacy.PRIVATE, label.id)
    made = await ensure_team(product.teamwork(nadia), labelled, KEY, TEXT)
    (found,) = (await group_of(product, nadia, made.id)).list("assignedLabels")
    assert found.text("labelId").lower() == label.id.lower()
    claire = await rich(product)
    with pytest.raises(RoleMissing):
        await ensure_team(product.teamwork(claire), labelled, f"{KEY}-2", TEXT)


async def test_a_template_is_used_on_the_group_as_well_and_the_team_is_one(product: Product) -> None:
    claire = await rich(product)
    teamwork = product.teamwork(claire)
    planned = NewTeam("Northwind project", template="com.microsoft.teams.template.ManageAProject")
    group = await teamwork.ensure_group(planned, KEY, TEXT)
    with pytest.raises(StillPreparing):
        await teamwork.ensure_team(group, planned)
    made = await teamwork.ensure_team(group, planned)
    assert (made.id, await teamwork.ensure_team(group, planned)) == (group, made)
    assert len(await teams_named(product, claire, planned.name)) == 1


async def test_a_nickname_in_use_is_given_another_end(product: Product) -> None:
    claire = await rich(product)
    teamwork = product.teamwork(claire)
    first = await ensure_team(teamwork, ROOM, KEY, TEXT)
    second = await ensure_team(teamwork, ROOM, f"{KEY[:-4]}9999", TEXT)
    assert first.id != second.id
    nicknames = [(await group_of(product, claire, team.id)).text("mailNickname") for team in (first, second)]
    assert nicknames == ["Northwinddeal", "Northwinddeal-2a9999"]
    assert (nickname_of("日本"), nickname_of("Équipe & Co_7")) == ("team", "EquipeCo_7")


@pytest.mark.statement("F28", "F31")
async def test_a_policy_that_came_in_at_the_last_moment_is_named(product: Product, tenant: Tenant) -> None:
    claire = await rich(product)
    tenant.switch(graph__name_prefix="GRP_", graph__blocked_words="Payroll")
    with pytest.raises(NameRefusedByPolicy) as refused:
        await ensure_team(product.teamwork(claire), ROOM, KEY, TEXT)
    assert refused.value.service_code == "MissingPrefixSuffix"
    with pytest.raises(NameBlocked):
        await ensure_team(product.teamwork(claire), NewTeam("GRP_Our Payroll"), KEY, TEXT)
    with pytest.raises(NameRefusedByPolicy):
        await product.teamwork(claire).ask_for_team(ROOM, TEXT)


# --- in one call -----------------------------------------------------------------------------------------------


@pytest.mark.statement("F17", "S36")
async def test_in_one_call_a_team_is_made_with_team_create_alone(product: Product) -> None:
    claire = await product.consented("Claire")
    teamwork = product.teamwork(claire)
    operation = await teamwork.ask_for_team(NewTeam("Northwind", TeamPrivacy.PUBLIC), TEXT)
    made = await teamwork.read_new_team(operation)
    assert (made.id, made.name, made.description) == (operation.team, "Northwind", TEXT)
    assert await teamwork.find_team(MARKER) is not None
    primary = await teamwork.read_primary_channel(made.id)
    assert (primary.name, primary.kind) == ("General", ChannelKind.STANDARD)


async def test_without_the_permission_it_is_named(product: Product) -> None:
    claire = await product.consented("Claire", without=("Team.Create",))
    with pytest.raises(ConsentNotGranted):
        await product.teamwork(claire).ask_for_team(ROOM, TEXT)


async def test_where_only_some_may_make_teams_the_others_are_told(product: Product, tenant: Tenant) -> None:
    claire = await product.consented("Claire")
    tenant.fail("POST", "/v1.0/teams", "before", {"status": 403, "code": "Forbidden"})
    with pytest.raises(TeamCreationNotAllowed):
        await product.teamwork(claire).ask_for_team(ROOM, TEXT)


@pytest.mark.statement("F22")
@pytest.mark.parametrize("action", [LOST, {"reset": True}])
async def test_a_lost_answer_is_not_asked_again_and_the_team_is_found(
    product: Product, tenant: Tenant, action: Mapping[str, Any]
) -> None:
    claire = await product.consented("Claire")
    teamwork = product.teamwork(claire)
    assert await teamwork.find_team(MARKER) is None
    tenant.fail("POST", "/v1.0/teams", "after", action)
    with pytest.raises(AnswerLost):
        await teamwork.ask_for_team(ROOM, TEXT)
    found = await teamwork.find_team(MARKER)
    assert found is not None
    assert [team.id for team in await teams_named(product, claire, ROOM.name)] == [found.id]


async def test_two_teams_with_our_marker_are_a_persons_matter(product: Product) -> None:
    teamwork = product.teamwork(await product.consented("Claire"))
    for name in ("One", "Two"):
        await teamwork.ask_for_team(NewTeam(name), TEXT)
    with pytest.raises(TeamAmbiguous) as raised:
        await teamwork.find_team(MARKER)
    assert sorted(row.name for row in raised.value.rows) == ["One", "Two"]


async def test_a_team_in_the_making_is_waited_for(product: Product, tenant: Tenant) -> None:
    teamwork = product.teamwork(await product.consented("Claire"))
    tenant.switch(graph__team_provision_delay_s=300)
    operation = await teamwork.ask_for_team(ROOM, TEXT)
    with pytest.raises(StillPreparing):
        await teamwork.read_new_team(operation)
    tenant.post("/clock", advance_s=301)
    assert (await teamwork.read_new_team(operation)).name == ROOM.name


async def test_a_team_that_the_service_gave_up_is_said_so(tenant: Tenant) -> None:
    product = Product(tenant, horizon_s=0)
    teamwork = product.teamwork(await product.consented("Claire"))
    tenant.switch(graph__team_provision_fails=True)
    operation = await teamwork.ask_for_team(ROOM, TEXT)
    with pytest.raises(TeamNotMade):
        await teamwork.read_new_team(operation)
    await product.transport.aclose()


async def test_a_team_is_removed_with_its_group_and_twice_is_done(product: Product) -> None:
    teamwork = product.teamwork(await rich(product))
    made = await ensure_team(teamwork, ROOM, KEY, TEXT)
    await teamwork.remove_team(made.id)
    await teamwork.remove_team(made.id)
    with pytest.raises(TeamUnknown):
        await teamwork.read_team(made.id)


async def test_a_team_is_not_removed_without_the_permission(product: Product) -> None:
    teamwork = product.teamwork(await product.consented("Claire"))
    operation: TeamOperation = await teamwork.ask_for_team(ROOM, TEXT)
    with pytest.raises((ConsentNotGranted, NotTeamOwner)):
        await teamwork.remove_team(operation.team)


# --- channels --------------------------------------------------------------------------------------------------


@pytest.mark.statement("F32")
@pytest.mark.parametrize("kind", [ChannelKind.PRIVATE, ChannelKind.SHARED])
async def test_a_channel_with_people_of_its_own_is_made_once_with_its_own_site(
    product: Product, kind: ChannelKind
) -> None:
    claire = await product.consented("Claire")
    teamwork, new = product.teamwork(claire), NewChannel("Board", kind)
    try:
        made, _ = await teamwork.ensure_channel(VENTES, new, MARKER, TEXT, claire.id)
    except AnswerLost:  # a shared channel is only accepted at first
        made, _ = await teamwork.ensure_channel(VENTES, new, MARKER, TEXT, claire.id)
    assert (made.name, made.kind) == ("Board", kind)
    assert (await teamwork.ensure_channel(VENTES, new, MARKER, TEXT, claire.id))[0].id == made.id
    folder = await teamwork.read_files_folder(VENTES, made.id)
    ventes = await teamwork.read_files_folder(VENTES, (await teamwork.read_primary_channel(VENTES)).id)
    assert folder.site_address != ventes.site_address
    assert folder.drive != ventes.drive


async def test_a_channel_is_removed_and_twice_is_done(product: Product) -> None:
    claire = await product.consented("Claire")
    teamwork = product.teamwork(claire)
    made, _ = await teamwork.ensure_channel(VENTES, NewChannel("Board"), MARKER, TEXT, claire.id)
    await teamwork.remove_channel(VENTES, made.id)
    await teamwork.remove_channel(VENTES, made.id)
    assert made.id not in {channel.id for channel in await teamwork.list_channels(VENTES)}


async def test_a_channel_is_not_removed_without_the_permission(product: Product) -> None:
    claire = await product.consented("Claire", without=("Channel.Delete.All",))
    teamwork = product.teamwork(claire)
    made, _ = await teamwork.ensure_channel(VENTES, NewChannel("Board"), MARKER, TEXT, claire.id)
    with pytest.raises(ConsentNotGranted):
        await teamwork.remove_channel(VENTES, made.id)


# --- members ---------------------------------------------------------------------------------------------------


@pytest.mark.statement("F47")
async def test_people_are_added_in_one_call_and_whoever_is_unknown_comes_back(product: Product) -> None:
    teamwork = product.teamwork(await product.consented("Claire"))
    nobody = PersonId("00000000-0000-0000-0000-00000000dead")
    people = (id_of("Sofia"), nobody, id_of("Oliver"))
    assert await teamwork.add_members(VENTES, people) == (NotAdded(nobody, "member_unknown"),)
    assert {id_of("Sofia"), id_of("Oliver")} <= {one.person for one in await teamwork.list_members(VENTES)}
    assert await teamwork.add_members(VENTES, (id_of("Sofia"),)) == ()


async def test_only_an_owner_adds_people(product: Product) -> None:
    member = next(given for given in company.TEAMS[0].members if given not in company.TEAMS[0].owners)
    teamwork = product.teamwork(await product.consented(member))
    with pytest.raises(NotTeamOwner):
        await teamwork.add_members(VENTES, (id_of("Sofia"),))


async def test_without_consent_to_user_sync_it_is_named(product: Product) -> None:
    claire = await product.consented("Claire", without=("TeamMember.ReadWriteNonOwnerRole.All",))
    with pytest.raises(ConsentNotGranted):
        await product.teamwork(claire).add_members(VENTES, (id_of("Sofia"),))


async def test_a_team_that_has_had_its_four_a_minute_is_waited_for(product: Product, tenant: Tenant) -> None:
    teamwork = product.teamwork(await product.consented("Claire"))
    tenant.fail(
        "POST", "/v1.0/teams/*/members/add", "before", {"status": 429, "headers": {"Retry-After": "7"}}, times=9
    )
    with pytest.raises(UpstreamThrottled) as throttled:
        await teamwork.add_members(VENTES, (id_of("Sofia"),))
    assert throttled.value.wait_s >= 7

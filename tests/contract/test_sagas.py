"""Connections from beginning to end over the local tenant, with the world changing midway: each ends as promised."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from liaison.dataverse.client import Call as RowsCall
from liaison.dataverse.client import DataverseClient
from liaison.dataverse.errors import Subject as RowsSubject
from liaison.domain.connection import ConnectionRequest
from liaison.domain.consent import GROUPS, SCOPES, Rung
from liaison.domain.link import (
    Finding,
    Invited,
    Link,
    LinkState,
    NewChannel,
    NewTeam,
    PinnedBy,
    PrimaryChannel,
    TeamPrivacy,
)
from liaison.domain.names import ChannelId, ChannelKind, Person, PersonId, RecordRef, TeamId
from liaison.domain.readiness import Switches
from liaison.domain.teams import AppPlacement
from liaison.errors import (
    ChannelGone,
    ConsentNotGranted,
    NameRefusedByPolicy,
    NotTeamMember,
    SignInExpired,
)
from liaison.graph.client import Call
from liaison.graph.errors import About, Subject
from liaison.graph.tabs import DYNAMICS_APP
from liaison.operations.complete import complete_connection
from liaison.operations.connect import connect, try_again
from liaison.operations.connecting import tab_content
from liaison.operations.disconnect import disconnect
from liaison.operations.runs import resume_parked
from liaison.operations.undo import undo
from liaison.tenant.seeds import company
from tests.contract.product import Product
from tests.contract.stage import VENTES, Act, Stage
from tests.contract.tenant_process import Tenant

pytestmark = pytest.mark.anyio

NEW = NewChannel("Northwind deal")
SOFIA, MARC = (Invited(PersonId(company.person(one).id), company.person(one).name) for one in ("Sofia", "Oliver"))


@pytest.fixture
async def stage(product: Product) -> Stage:
    return await staged(product, also=(GROUPS,))


async def staged(product: Product, also: tuple[str, ...] = ()) -> Stage:
    """Linking on, both experiences, with user sync, as an administrator leaves it."""
    nadia = await product.consented("Nadia", also=also)
    crm = product.crm(nadia)
    version = (await crm.read_switches()).version
    await crm.save_switches(Switches(basic=True, enhanced=True, user_sync=True, version=version))
    return Stage(product)


async def seller(stage: Stage, given: str = "Claire") -> tuple[Person, RecordRef]:
    person = await stage.product.person(given)
    return person, await stage.free_record(person)


async def general(stage: Stage, person: Person, team: TeamId = VENTES) -> ChannelId:
    return (await stage.product.teamwork(person).read_primary_channel(team)).id


async def made_once(stage: Stage, person: Person, link: Link) -> bool:
    """One channel of the name, one tab of the title, one row of each kind."""
    channels = await stage.channels(person, link.team, link.channel_name)
    tabs = (await stage.tabs(person, link.team, link.evidence.channel)).count(link.title)
    record = link.record
    assert record is not None
    return (channels, tabs, await stage.rows(person, record)) == (1, 1, (1, 1, 1))


# --- in quiet --------------------------------------------------------------------------------------------------


@pytest.mark.statement("F17", "F38", "F56", "S31", "S54")
async def test_a_record_gets_a_team_with_its_own_channel_and_people(stage: Stage) -> None:
    claire, record = await seller(stage)
    room = NewTeam("Northwind renewal room", TeamPrivacy.PRIVATE, description="Everything about the renewal")
    link = await stage.connect(ConnectionRequest(record, room, NEW, members=(SOFIA, MARC)), claire)
    assert (link.state, link.trouble, link.findings) == (LinkState.CONNECTED, None, ())
    assert (link.channel_name, await made_once(stage, claire, link)) == (NEW.name, True)
    members = {member.person for member in await stage.product.teamwork(claire).list_members(link.team)}
    assert members == {claire.id, SOFIA.id, MARC.id}
    team = await stage.product.teamwork(claire).read_team(link.team)
    assert team.description.startswith("Everything about the renewal")


@pytest.mark.statement("F32")
@pytest.mark.parametrize("kind", [ChannelKind.PRIVATE, ChannelKind.SHARED])
async def test_a_channel_of_its_own_people_is_connected_with_its_own_site(stage: Stage, kind: ChannelKind) -> None:
    claire, record = await seller(stage)
    asked = ConnectionRequest(record, VENTES, NewChannel("Board", kind), members=(SOFIA,))
    link = await stage.connect(asked, claire)
    assert (link.state, link.trouble, link.findings) == (LinkState.CONNECTED, None, ())
    assert await made_once(stage, claire, link)
    crm, teamwork = stage.product.crm(claire), stage.product.teamwork(claire)
    (row,) = await crm.list_associations(record)
    assert (row.channel_kind, row.site_address) == (kind, link.evidence.site_address)
    assert SOFIA.id in {member.person for member in await teamwork.list_members(VENTES, link.evidence.channel)}


@pytest.mark.statement("F18", "F19")
async def test_one_record_in_two_channels_and_two_records_in_one_channel(stage: Stage) -> None:
    claire, first = await seller(stage)
    one = await stage.connect(ConnectionRequest(first, VENTES, await general(stage, claire)), claire)
    two = await stage.connect(ConnectionRequest(first, VENTES, NEW), claire)
    second = await stage.free_record(claire)
    three = await stage.connect(ConnectionRequest(second, VENTES, await general(stage, claire)), claire)
    assert {link.state for link in (one, two, three)} == {LinkState.CONNECTED}
    assert await stage.rows(claire, first) == (2, 2, 2)
    assert await stage.rows(claire, second) == (1, 1, 1)
    again = await connect(ConnectionRequest(second, VENTES, await general(stage, claire)), claire, stage.ports)
    assert again == three


@pytest.mark.statement("F21", "F56")
async def test_disconnecting_leaves_channel_and_files_and_both_notes(stage: Stage) -> None:
    claire, record = await seller(stage)
    made = await stage.connect(ConnectionRequest(record, VENTES, NEW), claire)
    link = await stage.carry_on(await disconnect(made.id, claire, stage.ports))
    assert (link.state, await stage.rows(claire, record)) == (LinkState.DISCONNECTED, (0, 0, 2))
    assert await stage.channels(claire, VENTES, NEW.name) == 1


@pytest.mark.statement("F30")
async def test_undoing_leaves_nothing_behind(stage: Stage) -> None:
    claire, record = await seller(stage)
    for team, channel in ((VENTES, NEW), (NewTeam("Northwind room"), PrimaryChannel())):
        made = await stage.connect(ConnectionRequest(record, team, channel), claire)
        link = await stage.carry_on(await undo(made.id, claire, stage.ports))
        assert (link.state, link.trouble, link.findings) == (LinkState.UNDONE, None, ())
        assert await stage.rows(claire, record) == (0, 0, 0)
    assert await stage.channels(claire, VENTES, NEW.name) == 0
    assert "Northwind room" not in {one.name for one in await stage.product.teamwork(claire).list_teams()}


@pytest.mark.statement("F30")
async def test_undoing_keeps_a_channel_in_which_somebody_put_a_file(stage: Stage) -> None:
    claire, record = await seller(stage)
    made = await stage.connect(ConnectionRequest(record, VENTES, NEW), claire)

    async def content() -> AsyncIterator[bytes]:
        yield b"offer"

    files = stage.product.files(claire)
    await files.upload(made.evidence.drive, made.evidence.folder, "offer.txt", content(), 5)
    link = await stage.carry_on(await undo(made.id, claire, stage.ports))
    assert link.findings == (Finding("channel.kept", (("channel", NEW.name), ("reason", "kept_files"))),)
    assert await stage.channels(claire, VENTES, NEW.name) == 1


@pytest.mark.statement("S25", "S26", "S53")
async def test_what_teams_saves_is_found_by_its_entity(stage: Stage) -> None:
    claire, record = await seller(stage)
    channel = await general(stage, claire)
    asked = ConnectionRequest(record, VENTES, channel, pinned_by=PinnedBy.HOST)
    planned = await connect(asked, claire, stage.ports)

    async def save_in_teams() -> None:
        teamwork, ours = stage.product.teamwork(claire), tab_content(planned, stage.ports.public_address)
        placed: AppPlacement = await teamwork.ensure_app(VENTES)
        await teamwork.ensure_tab(VENTES, channel, placed, ours)

    stage.steps.on_pause = save_in_teams
    link = await stage.carry_on(planned)
    assert (link.state, link.findings, link.evidence.tab != "") == (LinkState.CONNECTED, (), True)


@pytest.mark.statement("F65")
async def test_what_microsofts_button_made_is_completed_and_its_tab_is_kept(stage: Stage) -> None:
    """A row made by hand, and a tab of the Dynamics 365 app for the same record."""
    claire, record = await seller(stage)
    channel = await general(stage, claire)
    crm, teamwork = stage.product.crm(claire), stage.product.teamwork(claire)
    assert not await teamwork.shows(VENTES, channel, record)
    tab = await _pin_dynamics(stage, claire, channel, record)
    assert await teamwork.shows(VENTES, channel, record)
    team, folder = await teamwork.read_team(VENTES), await teamwork.read_files_folder(VENTES, channel)
    row = {
        "regardingobjectid": record.id,
        "regardingobjecttypename": record.table,
        "regardingobjecttypecode": 3,
        "msdyn_groupid": VENTES,
        "msdyn_teamid": team.thread,
        "msdyn_teamname": team.name,
        "msdyn_channelid": channel,
        "msdyn_channelname": "General",
        "msdyn_channeltype": "Standard",
        "msdyn_teamsiteurl": folder.site_address,
        "msdyn_channelfolderrelativeurl": folder.path,
    }
    place = stage.product.environments[0]
    client = DataverseClient(stage.product.transport, place, stage.product.tokens.bearer(claire, place.address))
    await client.send(RowsCall("POST", "/msdyn_teamscollaborations", RowsSubject("msdyn_teamscollaboration"), body=row))
    (native,) = await crm.list_associations(record)
    tabs = len(await stage.tabs(claire, VENTES, channel))
    link = await stage.carry_on(await complete_connection(record, native.id, claire, stage.ports))
    assert (link.state, link.evidence.association, link.evidence.tab) == (LinkState.CONNECTED, native.id, tab)
    assert link.evidence.tab_is_adopted
    assert (await stage.rows(claire, record))[:2] == (1, 1)
    assert len(await stage.tabs(claire, VENTES, channel)) == tabs
    undone = await stage.carry_on(await undo(link.id, claire, stage.ports))
    assert undone.state is LinkState.UNDONE
    assert (await stage.rows(claire, record))[0] == 1
    assert len(await stage.tabs(claire, VENTES, channel)) == tabs


# --- the world changes midway ----------------------------------------------------------------------------------


@pytest.mark.statement("F28", "F31")
@pytest.mark.parametrize("groups", [True, False])
async def test_a_policy_that_comes_in_at_the_last_moment_undoes_and_says_so(
    product: Product, tenant: Tenant, groups: bool
) -> None:
    stage = await staged(product, also=(GROUPS,) if groups else ())
    claire, record = await seller(stage)

    async def policy() -> None:
        tenant.switch(graph__name_prefix="GRP_")

    stage.before("team", policy)
    link = await stage.connect(ConnectionRequest(record, NewTeam("Northwind room"), PrimaryChannel()), claire)
    assert link.trouble is not None
    assert (link.state, link.trouble.code) == (LinkState.UNDONE, NameRefusedByPolicy.code)
    assert await stage.rows(claire, record) == (0, 0, 0)


async def test_a_membership_lost_midway_needs_a_person_and_goes_on_when_it_is_back(stage: Stage) -> None:
    claire, record = await seller(stage)
    nadia = await stage.product.person("Nadia")
    link = await _stopped_by(stage, record, claire, "folder", lambda: _leave(stage, nadia, VENTES, claire))
    assert link.trouble is not None
    assert (link.state, link.trouble.code) in {
        (LinkState.NEEDS_PERSON, NotTeamMember.code),
        (LinkState.NEEDS_PERSON, "files.not_member"),
    }
    await _join(stage, nadia, VENTES, claire)
    done = await stage.carry_on(await try_again(link.id, claire, stage.ports))
    assert done.state is LinkState.CONNECTED
    assert await made_once(stage, claire, done)


async def test_consent_withdrawn_midway_needs_a_person_and_names_the_permission(stage: Stage) -> None:
    claire, record = await seller(stage)

    async def withdraw() -> None:
        await stage.product.consented("Nadia", without=SCOPES[Rung.CONNECT])
        stage.product.tokens.drop(claire)

    link = await _stopped_by(stage, record, claire, "tab", withdraw)
    assert link.trouble is not None
    assert (link.state, link.trouble.code) == (LinkState.NEEDS_PERSON, ConsentNotGranted.code)
    assert set(link.trouble.facts["scopes"]) <= set(SCOPES[Rung.CONNECT]) | {"TeamsTab.Create", "TeamsTab.Read.All"}
    await stage.product.consented("Nadia")
    stage.product.tokens.drop(claire)
    done = await stage.carry_on(await try_again(link.id, claire, stage.ports))
    assert done.state is LinkState.CONNECTED
    assert await made_once(stage, claire, done)


@pytest.mark.statement("S37", "S38", "S39")
async def test_consent_to_user_sync_withdrawn_midway_is_a_finding(stage: Stage) -> None:
    claire, record = await seller(stage)

    async def withdraw() -> None:
        await stage.product.consented("Nadia", without=SCOPES[Rung.MEMBERS])
        stage.product.tokens.drop(claire)

    stage.before("members", withdraw)
    asked = ConnectionRequest(record, VENTES, NEW, members=(SOFIA,))
    link = await stage.connect(asked, claire)
    assert (link.state, link.findings) == (LinkState.CONNECTED, (Finding("member.no_consent"),))
    await stage.product.consented("Nadia")
    stage.product.tokens.drop(claire)
    done = await stage.carry_on(await try_again(link.id, claire, stage.ports))
    assert (done.state, done.findings) == (LinkState.CONNECTED, ())
    members = await stage.product.teamwork(claire).list_members(VENTES)
    assert SOFIA.id in {member.person for member in members}
    assert await made_once(stage, claire, done)


async def test_a_sign_in_that_ended_midway_parks_and_goes_on_after_the_next(stage: Stage, tenant: Tenant) -> None:
    claire, record = await seller(stage)

    async def end_sessions() -> None:
        tenant.post("/sessions/revoke", user=claire.upn)
        stage.product.tokens.drop(claire)

    link = await _stopped_by(stage, record, claire, "tab", end_sessions)
    assert link.trouble is not None
    assert (link.state, link.trouble.code) == (LinkState.NEEDS_PERSON, SignInExpired.code)
    again = await stage.product.person("Claire")
    assert await resume_parked(again, stage.ports) == 1
    done = await stage.carry_on(await stage.links.get(link.id))
    assert done.state is LinkState.CONNECTED
    assert await made_once(stage, again, done)


async def test_a_channel_renamed_midway_stays_the_links_channel(stage: Stage) -> None:
    claire, record = await seller(stage)

    async def rename() -> None:
        (channel,) = await _channels_named(stage, claire, NEW.name)
        path = "/teams/{team}/channels/{channel}"
        ids, body = {"team": VENTES, "channel": channel}, {"displayName": "Northwind renamed"}
        nadia = await stage.product.consented("Nadia", also=("ChannelSettings.ReadWrite.All", GROUPS))
        await stage.product.graph(nadia).send(Call("PATCH", path, Subject(About.CHANNEL), ids, body=body))

    stage.before("tab", rename)
    link = await stage.connect(ConnectionRequest(record, VENTES, NEW), claire)
    assert (link.state, await stage.rows(claire, record)) == (LinkState.CONNECTED, (1, 1, 1))
    assert await stage.channels(claire, VENTES, NEW.name) == 0
    (row,) = await stage.product.crm(claire).list_associations(record)
    assert (row.channel_name, link.channel_name) == ("Northwind renamed", "Northwind renamed")
    assert (await stage.tabs(claire, VENTES, link.evidence.channel)).count(link.title) == 1


@pytest.mark.parametrize("step", ["app", "tab", "folder"])
async def test_a_channel_deleted_midway_is_said_to_be_gone(stage: Stage, step: str) -> None:
    claire, record = await seller(stage)

    async def delete() -> None:
        for channel in await _channels_named(stage, claire, NEW.name):
            await stage.product.teamwork(claire).remove_channel(VENTES, channel)

    link = await _stopped_by(stage, record, claire, step, delete)
    assert link.trouble is not None
    assert (link.state, link.trouble.code) == (LinkState.NEEDS_PERSON, ChannelGone.code)
    assert (await stage.rows(claire, record))[0] == 0


@pytest.mark.statement("F22")
@pytest.mark.parametrize("phase", ["after", "mid-body"])
async def test_a_tab_whose_answer_was_reset_is_there_once(stage: Stage, tenant: Tenant, phase: str) -> None:
    claire, record = await seller(stage)
    tenant.fail("POST", "/v1.0/teams/*/channels/*/tabs", phase, {"reset": True})
    link = await stage.connect(ConnectionRequest(record, VENTES, NEW), claire)
    assert link.state is LinkState.CONNECTED
    assert await made_once(stage, claire, link)


@pytest.mark.statement("F22")
@pytest.mark.parametrize("groups", [True, False])
async def test_a_team_and_a_library_that_take_their_time_are_waited_for(
    product: Product, tenant: Tenant, groups: bool
) -> None:
    stage = await staged(product, also=(GROUPS,) if groups else ())
    claire, record = await seller(stage)
    tenant.switch(
        graph__team_provision_delay_s=240,
        graph__group_replication_s=240,
        graph__files_folder_delay_s=7200,
        graph__site_delay_s=3600,
    )
    seen: list[LinkState] = []

    async def pass_time() -> None:
        tenant.post("/clock", advance_s=stage.steps.pauses[-1])
        stage.product.tokens.drop(claire)
        seen.extend(link.state for link in stage.links.links.values())

    stage.steps.on_pause = pass_time
    link = await stage.connect(ConnectionRequest(record, NewTeam("Northwind room"), NEW), claire)
    assert (link.state, link.trouble) == (LinkState.CONNECTED, None)
    assert LinkState.FILES_PENDING in seen
    assert timedelta(hours=1) < timedelta(seconds=sum(stage.steps.pauses)) < timedelta(hours=24)
    assert [one.name for one in await product.teamwork(claire).list_teams()].count("Northwind room") == 1


@pytest.mark.statement("F22")
@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_with_half_of_all_calls_failing_everything_is_made_once_and_undone(tenant: Tenant, seed: int) -> None:
    """Without the throttling of the plan `dev-proxy`, whose seconds are real; how long is waited is another test's."""
    product = Product(tenant, horizon_s=0.2)
    stage = await staged(product, also=(GROUPS,))
    claire, record = await seller(stage)
    room = NewTeam("Northwind room")
    planned = await connect(ConnectionRequest(record, room, NEW, members=(SOFIA,)), claire, stage.ports)
    failing = {
        "times": None,
        "probability": 0.5,
        "pick": "random",
        "actions": [{"status": status} for status in (500, 502, 503, 504, 507)],
    }
    rules = [{"path": path, **failing} for path in ("/v1.0/**", "/api/data/**")]
    tenant.post("/faults", rules=rules, seed=seed)
    link = await stage.carry_on(planned)
    tenant.fail_never()
    assert (link.state, link.trouble, link.findings) == (LinkState.CONNECTED, None, ())
    assert await made_once(stage, claire, link)
    assert [one.name for one in await product.teamwork(claire).list_teams()].count(room.name) == 1
    going = await undo(link.id, claire, stage.ports)
    tenant.post("/faults", rules=rules, seed=seed + 10)
    undone = await stage.carry_on(going)
    tenant.fail_never()
    assert (undone.state, undone.trouble, undone.findings) == (LinkState.UNDONE, None, ())
    assert await stage.rows(claire, record) == (0, 0, 0)
    await product.transport.aclose()


@pytest.mark.statement("F22", "F31")
async def test_a_second_click_on_a_team_whose_name_the_policy_completes_is_the_first(
    stage: Stage, tenant: Tenant
) -> None:
    tenant.switch(graph__name_prefix="GRP_")
    claire, record = await seller(stage)
    asked = ConnectionRequest(record, NewTeam("Northwind room"), NEW)
    link = await stage.connect(asked, claire)
    assert (link.state, link.team_name) == (LinkState.CONNECTED, "GRP_Northwind room")
    assert await connect(asked, claire, stage.ports) == link
    other = ConnectionRequest(record, NewTeam("room"), NEW)
    assert (await connect(other, claire, stage.ports)).id != link.id


@pytest.mark.statement("F22")
async def test_two_people_at_once_make_one_of_each(stage: Stage) -> None:
    claire, record = await seller(stage)
    priya = await stage.product.person("Priya")
    asked = ConnectionRequest(record, VENTES, NEW)
    one, two = await asyncio.gather(connect(asked, claire, stage.ports), connect(asked, priya, stage.ports))
    assert one.id == two.id
    assert await made_once(stage, claire, await stage.carry_on(one))


# --- helpers ---------------------------------------------------------------------------------------------------


async def _stopped_by(stage: Stage, record: RecordRef, person: Person, step: str, act: Act) -> Link:
    """A connection to a new channel, with something happening just before a step."""
    stage.before(step, act)
    return await stage.connect(ConnectionRequest(record, VENTES, NEW), person)


async def _channels_named(stage: Stage, person: Person, name: str) -> list[ChannelId]:
    return [one.id for one in await stage.product.teamwork(person).list_channels(VENTES) if one.name == name]


async def _pin_dynamics(stage: Stage, person: Person, channel: ChannelId, record: RecordRef) -> str:
    """A tab of Microsoft's own app for the record; its id."""
    graph = stage.product.graph(person)
    app = {"teamsApp@odata.bind": f"{graph.base}/appCatalogs/teamsApps/{DYNAMICS_APP}"}
    ids = {"team": VENTES, "channel": channel}
    await graph.send(Call("POST", "/teams/{team}/installedApps", Subject(About.APP), ids, body=app, expects=(409,)))
    address = f"https://org.crm4.dynamics.com/main.aspx?pagetype=entityrecord&etn=opportunity&id=%7B{record.id}%7D"
    shown = {"entityId": "piped", "contentUrl": address, "websiteUrl": address, "removeUrl": address}
    body = {**app, "displayName": "D365", "configuration": shown}
    path = "/teams/{team}/channels/{channel}/tabs"
    return (await graph.read(Call("POST", path, Subject(About.CHANNEL), ids, body=body))).text("id")


async def _leave(stage: Stage, administrator: Person, team: TeamId, person: Person) -> None:
    ids = {"team": team, "person": person.id}
    for kind in ("owners", "members"):
        path = f"/groups/{{team}}/{kind}/{{person}}/$ref"
        await stage.product.graph(administrator).send(Call("DELETE", path, Subject(About.TEAM), ids, expects=(404,)))


async def _join(stage: Stage, administrator: Person, team: TeamId, person: Person) -> None:
    graph = stage.product.graph(administrator)
    body = {"@odata.id": f"{graph.base}/directoryObjects/{person.id}"}
    for kind in ("members", "owners"):
        path = f"/groups/{{team}}/{kind}/$ref"
        await graph.send(Call("POST", path, Subject(About.TEAM), {"team": team}, body=body, expects=(400,)))

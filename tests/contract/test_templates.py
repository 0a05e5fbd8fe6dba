"""Connecting with a template over the local tenant: what it says is there once, filled with the record's values."""

from __future__ import annotations

from dataclasses import replace

import pytest

from liaison.domain.connection import ConnectionRequest
from liaison.domain.consent import GROUPS, SCOPES, Rung
from liaison.domain.extras import ExtraChannel, Extras, WebsiteTab
from liaison.domain.link import Link, LinkState, NewChannel, TeamPrivacy
from liaison.domain.names import ChannelKind, DriveId, EnvironmentKey, ItemId, Person, RecordRef, TableName
from liaison.domain.template import TeamTarget, Template, TemplateTeam
from liaison.errors import RoleMissing, TemplateInvalid
from liaison.graph.client import Call
from liaison.graph.errors import About, Subject
from liaison.operations.defaults import find_example, read_defaults
from liaison.operations.templates import delete_template, list_columns, save_template
from liaison.operations.undo import undo
from tests.contract.product import Product
from tests.contract.stage import VENTES, Stage
from tests.contract.tenant_process import Tenant
from tests.contract.test_sagas import staged

pytestmark = [pytest.mark.anyio, pytest.mark.statement("F29", "F35")]

OPPORTUNITY, SALES = TableName("opportunity"), EnvironmentKey("contoso-sales")
READ_POSTS = SCOPES[Rung.FILING]
ROOM = Template(
    id="",
    environment=SALES,
    name="Deal room",
    tables=(OPPORTUNITY,),
    default_of=(OPPORTUNITY,),
    team=TemplateTeam(TeamTarget.EXISTING, VENTES),
    channel_name="Deal {name}",
    extras=Extras(
        folders=("Offers", "{ownerid}"),
        channels=(ExtraChannel("Legal and finance", ChannelKind.PRIVATE),),
        tabs=(WebsiteTab("Handbook", "https://intranet.contoso.com/deals?name={name}"),),
        welcome="Welcome to {name}.\nAsk <{ownerid}> & friends.",
    ),
)


@pytest.fixture
async def stage(product: Product) -> Stage:
    return await staged(product, also=(GROUPS, *SCOPES[Rung.POSTS], *READ_POSTS))


async def with_room(stage: Stage) -> tuple[Person, RecordRef, Template]:
    nadia = await stage.product.person("Nadia")
    saved = await save_template(ROOM, nadia, stage.ports)
    claire = await stage.product.person("Claire")
    return claire, await stage.free_record(claire), saved


async def connected(stage: Stage, claire: Person, record: RecordRef) -> Link:
    proposal = await read_defaults(record, claire, stage.ports)
    assert proposal is not None
    assert isinstance(proposal.team, str)
    channel = NewChannel(proposal.channel_name, proposal.channel_kind)
    asked = ConnectionRequest(record, proposal.team, channel, template=proposal.template.id)
    return await stage.connect(asked, claire)


async def folders(stage: Stage, person: Person, link: Link) -> list[str]:
    made = link.evidence
    page = await stage.product.files(person).list_folder(DriveId(made.drive), ItemId(made.folder))
    return sorted(entry.name for entry in page.entries)


async def posts(stage: Stage, person: Person, link: Link) -> list[str]:
    ids = {"team": link.team, "channel": link.evidence.channel}
    path = "/teams/{team}/channels/{channel}/messages"
    call = Call("GET", path, Subject(About.CHANNEL), ids, repeatable=True)
    return [post.child("body").text("content") async for post in stage.product.graph(person).pages(call)]


async def test_everything_is_there_once_under_the_records_own_values(stage: Stage, tenant: Tenant) -> None:
    claire, record, _ = await with_room(stage)
    title = (await stage.product.crm(claire).read_record(record)).title
    owner = (await stage.product.crm(claire).read_record(record)).owner
    for path in ("/v1.0/drives/*/items/*/children", "/v1.0/teams/*/channels/*/messages"):
        tenant.fail("POST", path, "after", {"reset": True})
    link = await connected(stage, claire, record)
    assert (link.state, link.template) == (LinkState.CONNECTED, "Deal room")
    assert [finding.code for finding in link.findings] == ["welcome.unknown"]
    assert await folders(stage, claire, link) == sorted(["Offers", owner])
    assert await stage.channels(claire, VENTES, "Legal and finance") == 1
    assert (await stage.tabs(claire, VENTES, link.evidence.channel)).count("Handbook") == 1
    (post,) = await posts(stage, claire, link)
    assert post.startswith(f"Welcome to {title}.<br")
    assert f"Ask &lt;{owner}&gt; &amp; friends." in post


async def test_without_the_permission_the_rest_is_made_and_undoing_takes_it_back(product: Product) -> None:
    stage = await staged(product, also=(GROUPS,))
    claire, record, _ = await with_room(stage)
    link = await connected(stage, claire, record)
    assert (link.state, [one.code for one in link.findings]) == (LinkState.CONNECTED, ["welcome.no_consent"])
    gone = await stage.carry_on(await undo(link.id, claire, stage.ports))
    assert (gone.state, [one.code for one in gone.findings]) == (LinkState.UNDONE, ["welcome.no_consent"])
    assert await stage.channels(claire, VENTES, "Legal and finance") == 0
    assert await stage.channels(claire, VENTES, link.channel_name) == 0


async def test_a_second_record_finds_the_channel_that_the_first_one_made(stage: Stage) -> None:
    claire, record, _ = await with_room(stage)
    await connected(stage, claire, record)
    link = await connected(stage, claire, await stage.free_record(claire))
    found = {one.kind.value: one.state.value for one in link.extras_made}
    assert (link.state, link.findings, found["channel"]) == (LinkState.CONNECTED, (), "found")
    assert await stage.channels(claire, VENTES, "Legal and finance") == 1


async def test_a_template_is_checked_against_the_tables_as_they_are(stage: Stage) -> None:
    nadia, claire = await stage.product.person("Nadia"), await stage.product.person("Claire")
    with pytest.raises(RoleMissing):
        await save_template(ROOM, claire, stage.ports)
    bad = replace(
        ROOM,
        tables=(OPPORTUNITY, TableName("nothing")),
        channel_name="{owneridname}",
        team=TemplateTeam(TeamTarget.NEW, name="{nothing}", privacy=TeamPrivacy.PUBLIC),
    )
    with pytest.raises(TemplateInvalid) as refused:
        await save_template(bad, nadia, stage.ports)
    assert {(row.id, row.detail) for row in refused.value.rows} == {
        ("tables", "unknown_table"),
        ("channel_name", "unknown_column"),
        ("team.name", "unknown_column"),
    }
    columns = {column.name for column in await list_columns(SALES, (OPPORTUNITY,), nadia, stage.ports)}
    assert {"name", "ownerid", "statuscode"} <= columns
    assert "owneridname" not in columns
    saved = await save_template(ROOM, nadia, stage.ports)
    example = await find_example((OPPORTUNITY,), SALES, nadia, stage.ports)
    assert example is not None
    assert await read_defaults(example.ref, nadia, stage.ports, saved.id)
    await delete_template(saved, nadia, stage.ports)
    assert await read_defaults(await stage.free_record(claire), claire, stage.ports) is None

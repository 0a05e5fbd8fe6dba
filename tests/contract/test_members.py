"""Whom a record suggests, who they are to the directory, the team and the CRM; and adding one of them."""

from __future__ import annotations

import pytest

from liaison.domain.crm import Record
from liaison.domain.link import NewChannel
from liaison.domain.members import Candidate, MembersOf, Source, Unseen
from liaison.domain.names import ChannelId, ChannelKind, Person, PersonId, RecordRef, RowId, TableName, TeamId
from liaison.errors import (
    AnswerLost,
    ConsentNotGranted,
    NotTeamMember,
    NotTeamOwner,
    PersonUnknown,
    UpstreamThrottled,
)
from liaison.operations.recommend_members import find_candidates, read_candidates, recommend_members
from liaison.tenant.seeds import company
from tests.contract.product import Product
from tests.contract.tenant_process import Tenant

pytestmark = pytest.mark.anyio

VENTES, NORTHWIND, DIRECTION = (TeamId(company.TEAMS[place].id) for place in (0, 1, 4))
OPPORTUNITY = TableName("opportunity")
MEMBER_SCOPES = ("TeamMember.Read.All", "TeamMember.ReadWriteNonOwnerRole.All")


def id_of(given: str) -> PersonId:
    return PersonId(company.person(given).id)


async def deal_of(product: Product, person: Person) -> RecordRef:
    found: tuple[Record, ...] = await product.crm(person).find_records(OPPORTUNITY, "Northwind renewal")
    return found[0].ref


def named(candidates: tuple[Candidate, ...]) -> dict[str, Candidate]:
    return {candidate.name: candidate for candidate in candidates}


@pytest.mark.statement("F47")
async def test_owner_and_those_the_record_is_shared_with_are_suggested_with_their_rights(product: Product) -> None:
    priya = await product.consented("Priya")
    found = await recommend_members(await deal_of(product, priya), MembersOf(VENTES), priya, product.ports)
    assert found.can_add
    people = named(found.candidates)
    assert [candidate.name for candidate in found.candidates] == ["Claire Fontaine", "Sofia Rossi"]
    claire, sofia = people["Claire Fontaine"], people["Sofia Rossi"]
    assert (claire.sources, claire.is_member, claire.can_read_record, claire.unseen) == (
        (Source.OWNER,),
        True,
        True,
        None,
    )
    assert (sofia.person, sofia.sources, sofia.is_member) == (id_of("Sofia"), (Source.SHARED,), False)
    assert (sofia.is_crm_user, sofia.has_licence) == (True, True)


@pytest.mark.statement("F47")
async def test_the_records_own_team_is_suggested_too(product: Product, tenant: Tenant) -> None:
    claire = await product.consented("Claire")
    deal = await deal_of(product, claire)
    await join_record_team(product, await product.consented("Nadia"), deal, "Oliver")
    found = await recommend_members(deal, MembersOf(TeamId("")), claire, product.ports)
    people = named(found.candidates)
    assert "Claire Fontaine" not in people, "whoever asks needs no suggestion"
    assert (people["Oliver Grant"].sources, people["Oliver Grant"].through) == ((Source.RECORD_TEAM,), ())
    assert people["Oliver Grant"].can_read_record
    assert not people["Oliver Grant"].is_member, "a new team has nobody yet"


@pytest.mark.statement("F47")
async def test_the_people_of_a_team_that_owns_the_record_are_suggested(product: Product) -> None:
    claire = await product.consented("Claire")
    owned = await owned_by_team(product, claire)
    found = await recommend_members(owned, MembersOf(TeamId("")), claire, product.ports)
    oliver = named(found.candidates)["Oliver Grant"]
    assert (oliver.sources, oliver.through) == ((Source.OWNER_TEAM,), ("Grands comptes",))


@pytest.mark.statement("F47", "S31")
async def test_only_owners_of_the_team_are_told(product: Product) -> None:
    oliver = await product.consented("Oliver")
    deal = await deal_of(product, oliver)
    with pytest.raises(NotTeamOwner):
        await recommend_members(deal, MembersOf(VENTES), oliver, product.ports)
    with pytest.raises(NotTeamMember):
        await recommend_members(deal, MembersOf(DIRECTION), oliver, product.ports)


async def test_without_user_sync_people_are_suggested_but_cannot_be_added(product: Product) -> None:
    claire = await product.consented("Claire", without=MEMBER_SCOPES)
    found = await recommend_members(await deal_of(product, claire), MembersOf(VENTES), claire, product.ports)
    assert not found.can_add
    sofia = named(found.candidates)["Sofia Rossi"]
    assert sofia.is_member is None


@pytest.mark.statement("F32", "F47")
async def test_a_private_channel_has_people_of_its_own(product: Product) -> None:
    """Whoever is in the team can still be chosen for a channel that is new, or that they are not in."""
    priya = await product.consented("Priya")
    deal = await deal_of(product, priya)
    new = MembersOf(VENTES, ChannelKind.PRIVATE)
    assert not named((await recommend_members(deal, new, priya, product.ports)).candidates)["Claire Fontaine"].is_member
    teamwork = product.ports.teamwork(priya)
    made, _ = await teamwork.ensure_channel(
        VENTES, NewChannel("Among few", ChannelKind.PRIVATE), "lnk_among_few", "", priya.id
    )
    there = MembersOf(VENTES, ChannelKind.PRIVATE, made.id)
    (claire,) = await read_candidates((id_of("Claire"),), deal, there, priya, product.ports)
    assert claire.is_member is False
    await teamwork.add_member(VENTES, made.id, id_of("Claire"))
    (claire,) = await read_candidates((id_of("Claire"),), deal, there, priya, product.ports)
    assert claire.is_member is True


@pytest.mark.statement("F50")
async def test_a_guest_and_people_without_the_crm_are_marked_with_what_they_will_not_see(product: Product) -> None:
    claire = await product.consented("Claire")
    deal = await deal_of(product, claire)
    lukas = named(await find_candidates("lukas", deal, MembersOf(NORTHWIND), claire, product.ports))["Lukas Weber"]
    assert (lukas.is_guest, lukas.is_member, lukas.is_crm_user, lukas.unseen) == (True, True, False, Unseen.GUEST)
    anais = named(await find_candidates("Anaïs", deal, MembersOf(NORTHWIND), claire, product.ports))["Anaïs Girard"]
    assert (anais.is_guest, anais.can_read_record, anais.unseen) == (False, False, Unseen.NOT_IN_CRM)


@pytest.mark.statement("F50")
async def test_a_colleague_whose_role_does_not_reach_the_record_is_marked(product: Product) -> None:
    claire = await product.consented("Claire")
    deal = await deal_of(product, claire)
    (daniel,) = await read_candidates((id_of("Daniel"),), deal, MembersOf(NORTHWIND), claire, product.ports)
    assert daniel.is_crm_user
    assert daniel.unseen == (None if daniel.can_read_record else Unseen.NO_RIGHTS)
    (sofia,) = await read_candidates((id_of("Sofia"),), deal, MembersOf(NORTHWIND), claire, product.ports)
    assert sofia.can_read_record is not None


async def test_a_search_is_taken_as_words_and_never_as_a_query(product: Product) -> None:
    claire = await product.consented("Claire")
    deal = await deal_of(product, claire)
    for asked in ('"', "\\", '" OR "displayName:a', "   ", "*:*", "'"):
        found = await find_candidates(asked, deal, MembersOf(NORTHWIND), claire, product.ports)
        assert found == (), asked


async def test_rights_are_asked_in_one_request_of_dataverse(product: Product, tenant: Tenant) -> None:
    claire = await product.consented("Claire")
    deal = await deal_of(product, claire)
    product.ledger.clear()
    before = len(tenant.calls())
    await recommend_members(deal, MembersOf(NORTHWIND), claire, product.ports)
    asked = [call for call in tenant.calls()[before:] if "/oauth2/" not in call[1]]
    assert len(asked) <= 12, asked


async def test_a_member_is_added_once_and_again_without_harm(product: Product) -> None:
    claire = await product.consented("Claire")
    teamwork = product.teamwork(claire)
    for _ in range(2):
        await teamwork.add_member(NORTHWIND, ChannelId(""), id_of("Hugo"))
    assert [member.name for member in await teamwork.list_members(NORTHWIND)].count("Hugo Marchand") == 1
    assert await teamwork.is_owner(NORTHWIND, claire.id)
    assert not await teamwork.is_owner(NORTHWIND, id_of("Hugo"))


@pytest.mark.statement("F30")
async def test_people_are_taken_out_and_twice_is_done_and_owners_stay(product: Product) -> None:
    claire = await product.consented("Claire")
    teamwork = product.teamwork(claire)
    await teamwork.add_member(NORTHWIND, ChannelId(""), id_of("Hugo"))
    new = NewChannel("Board", ChannelKind.PRIVATE)
    board, _ = await teamwork.ensure_channel(NORTHWIND, new, "lnk_1", "lnk_1", claire.id)
    await teamwork.add_member(NORTHWIND, board.id, id_of("Oliver"))
    for _ in range(2):
        assert await teamwork.remove_members(NORTHWIND, [id_of("Oliver"), claire.id], board.id) == (claire.id,)
        assert await teamwork.remove_members(NORTHWIND, [id_of("Hugo")]) == ()
    assert [member.person for member in await teamwork.list_members(NORTHWIND, board.id)] == [claire.id]
    left = {member.person for member in await teamwork.list_members(NORTHWIND)}
    assert id_of("Oliver") in left
    assert id_of("Hugo") not in left
    with pytest.raises(NotTeamOwner):
        await product.teamwork(await product.person("Oliver")).remove_members(NORTHWIND, [id_of("Priya")])


@pytest.mark.statement("F32")
@pytest.mark.parametrize("kind", [ChannelKind.PRIVATE, ChannelKind.SHARED])
async def test_a_channel_with_people_of_its_own_tells_who_is_in_it(product: Product, kind: ChannelKind) -> None:
    claire, oliver = await product.consented("Claire"), await product.person("Oliver")
    teamwork = product.teamwork(claire)
    try:
        board, _ = await teamwork.ensure_channel(NORTHWIND, NewChannel("Board", kind), "lnk_1", "lnk_1", claire.id)
    except AnswerLost:  # a shared channel is only accepted at first
        board, _ = await teamwork.ensure_channel(NORTHWIND, NewChannel("Board", kind), "lnk_1", "lnk_1", claire.id)
    assert await teamwork.is_in_channel(NORTHWIND, board.id, kind, claire.id)
    assert not await product.teamwork(oliver).is_in_channel(NORTHWIND, board.id, kind, oliver.id)
    await teamwork.add_member(NORTHWIND, board.id, oliver.id)
    assert await product.teamwork(oliver).is_in_channel(NORTHWIND, board.id, kind, oliver.id)


async def test_whoever_may_not_add_members_is_told_why(product: Product, tenant: Tenant) -> None:
    oliver = await product.consented("Oliver")
    with pytest.raises(NotTeamOwner):
        await product.teamwork(oliver).add_member(NORTHWIND, ChannelId(""), id_of("Hugo"))
    claire = await product.consented("Claire")
    with pytest.raises(PersonUnknown):
        await product.teamwork(claire).add_member(
            NORTHWIND, ChannelId(""), PersonId("47000000-0000-0000-0000-000000000001")
        )
    without = await product.consented("Claire", without=MEMBER_SCOPES)
    with pytest.raises(ConsentNotGranted):
        await product.teamwork(without).add_member(NORTHWIND, ChannelId(""), id_of("Emma"))


async def test_a_throttled_service_says_how_long_to_wait(product: Product, tenant: Tenant) -> None:
    claire = await product.consented("Claire")
    tenant.fail("POST", "/v1.0/teams/*/members", "before", {"status": 429, "headers": {"Retry-After": "15"}})
    with pytest.raises(UpstreamThrottled) as raised:
        await product.teamwork(claire).add_member(NORTHWIND, ChannelId(""), id_of("Emma"))
    assert raised.value.retry_after_s == 15.0


async def join_record_team(product: Product, person: Person, deal: RecordRef, given: str) -> None:
    """Put somebody into the record's access team, asked of the service itself."""
    from liaison.dataverse.client import Call, DataverseClient
    from liaison.dataverse.errors import Subject

    place = product.environments[0]
    client = DataverseClient(product.transport, place, product.tokens.bearer(person, place.address))
    (user,) = await product.crm(person).find_users([id_of(given)])
    templates = await client.list_rows(
        Call("GET", "/teamtemplates", Subject("teamtemplate"), query={"$filter": "objecttypecode eq 3"})
    )
    body = {
        "Record": {"opportunityid": deal.id, "@odata.type": "Microsoft.Dynamics.CRM.opportunity"},
        "TeamTemplate": {
            "teamtemplateid": templates[0].text("teamtemplateid"),
            "@odata.type": "Microsoft.Dynamics.CRM.teamtemplate",
        },
    }
    path = "/systemusers({user})/Microsoft.Dynamics.CRM.AddUserToRecordTeam"
    await client.send(Call("POST", path, Subject("systemuser"), {"user": user.row}, body=body))


async def owned_by_team(product: Product, person: Person) -> RecordRef:
    """An opportunity that the team of key accounts owns."""
    from liaison.dataverse.client import DataverseClient, read_rows_call

    place = product.environments[0]
    client = DataverseClient(product.transport, place, product.tokens.bearer(person, place.address))
    (team,) = await client.list_rows(read_rows_call("teams", "team", {"$filter": "name eq 'Grands comptes'"}))
    query = {"$select": "opportunityid", "$filter": f"_ownerid_value eq {team.text('teamid')}", "$top": "1"}
    (row,) = await client.list_rows(read_rows_call("opportunities", "opportunity", query))
    return RecordRef(place.key, OPPORTUNITY, RowId(row.text("opportunityid")))

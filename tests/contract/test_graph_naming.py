"""Names of teams and channels against the tenant: policy, names in use, names deleted lately, room; in trouble too."""

from __future__ import annotations

from typing import Any

import pytest

from liaison.domain.names import ChannelKind, Person, TeamId
from liaison.domain.naming import NameCheck, NameRefusal, NamingPolicy
from liaison.errors import (
    ChannelNameTaken,
    NameBlocked,
    NotTeamMember,
    TeamCreationNotAllowed,
    TeamNameDeleted,
    TeamNameTaken,
)
from liaison.graph.client import Call
from liaison.graph.errors import About, Subject
from liaison.operations.preflight import check_channel_name, check_team_name
from liaison.tenant.seeds import company
from tests.contract.product import Product
from tests.contract.tenant_process import Tenant

pytestmark = pytest.mark.anyio

VENTES = TeamId(company.TEAMS[0].id)
DIRECTION = TeamId(company.TEAMS[4].id)
POLICY = "GRP_[GroupName]_[Department]"


async def make_group(product: Product, person: Person, name: str) -> str:
    """A group that somebody else made, asked of the service itself."""
    body = {
        "displayName": name,
        "mailNickname": name.replace(" ", ""),
        "mailEnabled": True,
        "securityEnabled": False,
        "groupTypes": ["Unified"],
    }
    made = await product.graph(person).read(Call("POST", "/groups", Subject(About.PERSON), body=body))
    return made.text("id")


async def allowed_to_write(product: Product, tenant: Tenant) -> Person:
    """An administrator whose token can make and delete groups, which Liaison itself never does here."""
    return await product.consented("Nadia", also=("Group.ReadWrite.All",))


@pytest.mark.statement("F31")
async def test_the_policy_is_read_with_its_attributes_and_words(product: Product, tenant: Tenant) -> None:
    settings = {"PrefixSuffixNamingRequirement": POLICY, "EnableGroupCreation": "false"}
    tenant.switch(graph__group_settings=settings, graph__blocked_words="Payroll,CEO")
    tenant.switch(graph__name_prefix="GRP_", graph__name_suffix="_[Department]")
    people = product.people(await product.consented("Claire"))
    policy = await people.read_naming_policy()
    assert policy == NamingPolicy("GRP_", "_[Department]", ("Payroll", "CEO"), only_some_create=True)
    assert policy.resolved(await people.read_profile()).suffix == "_Sales"


@pytest.mark.statement("F28", "F31")
async def test_a_name_is_shown_as_it_will_be_and_a_blocked_word_is_named(product: Product, tenant: Tenant) -> None:
    tenant.switch(graph__name_prefix="GRP_", graph__blocked_words="Payroll")
    claire, ports = await product.consented("Claire"), product.ports
    good = await check_team_name("Northwind deals", claire, ports)
    assert (good.final_name, good.error, good.unknown) == ("GRP_Northwind deals", None, ())
    bad = await check_team_name("Payroll deals", claire, ports)
    assert bad.error == NameBlocked("Payroll deals", "Payroll", "deals")
    assert await product.people(claire).check_group_name("Deals") == (
        NameRefusal(
            "MissingPrefixSuffix",
            "displayName is missing a required prefix/suffix per your organization's Group naming requirements.",
            "GRP_",
        ),
    )


@pytest.mark.statement("F28")
async def test_names_in_use_and_names_deleted_lately_are_found(product: Product, tenant: Tenant) -> None:
    nadia = await allowed_to_write(product, tenant)
    group = await make_group(product, nadia, "Old deals")
    await product.graph(nadia).send(Call("DELETE", "/groups/{group}", Subject(About.PERSON), {"group": group}))
    claire, ports = await product.consented("Claire"), product.ports
    assert (await check_team_name("ventes europe", claire, ports)).error == TeamNameTaken(
        "ventes europe", "ventes europe 2"
    )
    assert (await check_team_name("Old deals", claire, ports)).error == TeamNameDeleted("Old deals", 30, "Old deals 2")
    assert (await check_team_name("Old deals 2", claire, ports)).is_good


@pytest.mark.statement("F36")
async def test_what_somebody_made_is_counted_and_an_administrator_has_no_limit(product: Product) -> None:
    claire, nadia = await product.consented("Claire"), await product.consented("Nadia")
    assert await product.people(claire).count_created_objects() == 1
    assert await product.people(nadia).count_created_objects() == 0


@pytest.mark.statement("F28")
async def test_without_consent_for_names_they_are_unknown_and_not_refused(product: Product) -> None:
    claire = await product.consented("Claire", without=("Group.Read.All", "GroupSettings.Read.All"))
    verdict = await check_team_name("Ventes Europe", claire, product.ports)
    assert verdict.is_good
    assert verdict.unknown == (NameCheck.POLICY, NameCheck.DUPLICATE, NameCheck.DELETED)


@pytest.mark.parametrize(
    "action",
    [{"status": 429, "headers": {"Retry-After": "3"}}, {"status": 503}, {"status": 403, "code": "Forbidden"}],
)
async def test_a_service_in_trouble_leaves_a_check_unknown(product: Product, tenant: Tenant, action: Any) -> None:
    claire = await product.consented("Claire")
    tenant.fail("GET", "/v1.0/groups", "before", action, times=4)
    verdict = await check_team_name("Ventes Europe", claire, product.ports)
    assert verdict.is_good
    assert verdict.unknown == (NameCheck.DUPLICATE,)


async def test_a_policy_that_cannot_be_read_is_learnt_from_the_refusal(product: Product, tenant: Tenant) -> None:
    tenant.switch(graph__name_prefix="GRP_")
    claire = await product.consented("Claire", without=("GroupSettings.Read.All",))
    verdict = await check_team_name("Deals", claire, product.ports)
    assert (verdict.final_name, verdict.error, verdict.prefix) == ("GRP_Deals", None, "GRP_")


@pytest.mark.statement("F28")
async def test_a_channel_is_checked_in_its_team(product: Product) -> None:
    claire, ports = await product.consented("Claire"), product.ports
    taken = await check_channel_name("renewals", VENTES, claire, ports, ChannelKind.PRIVATE)
    assert taken.error == ChannelNameTaken("renewals", "Ventes Europe", "renewals 2")
    assert (await check_channel_name(taken.proposal, VENTES, claire, ports)).is_good
    assert (await check_channel_name("Deal", TeamId(""), claire, ports)).unknown == ()
    with pytest.raises(NotTeamMember):
        await check_channel_name("Deal", DIRECTION, claire, ports)


@pytest.mark.statement("F34")
async def test_labels_are_listed_the_least_sensitive_first(product: Product) -> None:
    labels = await product.people(await product.consented("Claire")).list_labels()
    assert labels is not None
    assert [label.name for label in labels] == ["Public", "Interne", "Confidentiel"]
    without = await product.consented("Claire", without=("SensitivityLabel.Read",))
    assert await product.people(without).list_labels() is None


@pytest.mark.statement("F31", "F36")
async def test_where_only_some_make_teams_others_are_told_so(product: Product, tenant: Tenant) -> None:
    claire = await product.consented("Claire")
    tenant.switch(graph__group_settings={"EnableGroupCreation": "false"})
    assert (await check_team_name("Deals", claire, product.ports)).error == TeamCreationNotAllowed()
    for group, is_good in ((VENTES, True), (DIRECTION, False)):
        settings = {"EnableGroupCreation": "false", "GroupCreationAllowedGroupId": group}
        tenant.switch(graph__group_settings=settings)
        verdict = await check_team_name("Deals", claire, product.ports)
        assert (verdict.is_good, verdict.unknown) == (is_good, ())


@pytest.mark.statement("F31")
async def test_a_suffix_by_department_is_filled_in_with_ones_own(product: Product, tenant: Tenant) -> None:
    tenant.switch(graph__name_suffix=" (Sales)")
    claire = await product.consented("Claire")
    assert (await check_team_name("Deals", claire, product.ports)).final_name == "Deals (Sales)"

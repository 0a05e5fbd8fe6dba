"""Gathering what a name is judged by: what cannot be read, or not now, is unknown."""

from __future__ import annotations

from typing import Any

import pytest

from liaison.domain.naming import NameCheck, NameRefusal, NamingPolicy, Profile
from liaison.errors import NameBlocked, TeamNameTaken, UpstreamSurprise, UpstreamThrottled, UpstreamUnavailable
from liaison.operations.preflight import check_channel_name, check_team_name
from liaison.ports import Ports
from tests.unit.choosing_fakes import QuietPeople
from tests.unit.fakes import CLAIRE, TEAM, Troubles, World

pytestmark = pytest.mark.anyio


class People(QuietPeople):
    """A directory whose answers a test sets; the calls meet the troubles of the world."""

    def __init__(self, troubles: Troubles) -> None:
        self.troubles = troubles
        self.policy: NamingPolicy | None = NamingPolicy("GRP_", "_[Department]")
        self.refusals: tuple[NameRefusal, ...] | None = ()
        self.asked: list[str] = []

    async def read_naming_policy(self) -> NamingPolicy | None:
        self.troubles.meet("read_naming_policy")
        return self.policy

    async def read_profile(self) -> Profile:
        self.troubles.meet("read_profile")
        return Profile((("Department", "Sales"),))

    async def check_group_name(self, name: str) -> tuple[NameRefusal, ...] | None:
        self.troubles.meet("check_group_name")
        self.asked.append(name)
        return self.refusals

    async def find_group_by_name(self, name: str) -> tuple[str, ...] | None:
        self.troubles.meet("find_group_by_name")
        return ("GRP_Taken_Sales",)

    async def list_deleted_group_names(self, name: str) -> tuple[str, ...] | None:
        return ()


class Choosing(World):
    def __post_init__(self) -> None:
        super().__post_init__()
        self.people = People(self.troubles)

    @property
    def ports(self) -> Ports:
        given: dict[str, Any] = vars(super().ports)
        return Ports(**{**given, "people": lambda person: self.people})


@pytest.fixture
def world() -> Choosing:
    return Choosing()


@pytest.mark.statement("F31")
async def test_the_directory_is_asked_about_the_final_name(world: Choosing) -> None:
    verdict = await check_team_name("Deal", CLAIRE, world.ports)
    assert (verdict.final_name, verdict.unknown) == ("GRP_Deal_Sales", ())
    assert world.people.asked == ["GRP_Deal_Sales"]
    assert (await check_team_name("Taken", CLAIRE, world.ports)).error == TeamNameTaken("GRP_Taken_Sales", "Taken 2")


@pytest.mark.statement("F28")
@pytest.mark.parametrize(
    "trouble", [UpstreamThrottled("graph", wait_s=9.0), UpstreamUnavailable("graph"), UpstreamSurprise("graph")]
)
@pytest.mark.parametrize(
    ("call", "unknown"),
    [("find_group_by_name", (NameCheck.DUPLICATE,)), ("read_naming_policy", ()), ("check_group_name", ())],
)
async def test_a_service_in_trouble_leaves_a_check_unknown_and_the_name_usable(
    world: Choosing, call: str, unknown: tuple[NameCheck, ...], trouble: Exception
) -> None:
    world.troubles.fail(call, trouble)
    verdict = await check_team_name("Deal", CLAIRE, world.ports)
    assert verdict.is_good
    assert verdict.unknown == unknown, "the policy is known by one of its two sources"


async def test_a_policy_with_attributes_that_cannot_be_read_is_unknown(world: Choosing) -> None:
    world.troubles.fail("read_profile", UpstreamUnavailable("graph"))
    world.people.refusals = None
    verdict = await check_team_name("Deal", CLAIRE, world.ports)
    assert (verdict.is_good, verdict.final_name) == (True, "Deal")
    assert NameCheck.POLICY in verdict.unknown


async def test_what_the_policy_wants_is_learnt_from_its_refusal(world: Choosing) -> None:
    world.people.policy = None
    world.people.refusals = (NameRefusal("MissingPrefixSuffix", "…", "X_", "_Y"),)
    verdict = await check_team_name("Deal", CLAIRE, world.ports)
    assert world.people.asked == ["Deal", "X_Deal_Y"]
    assert (verdict.prefix, verdict.suffix) == ("X_", "_Y")


async def test_a_name_that_cannot_be_is_not_asked_about(world: Choosing) -> None:
    world.people.policy = NamingPolicy(blocked_words=("Payroll",))
    verdict = await check_team_name("Payroll", CLAIRE, world.ports)
    assert verdict.error == NameBlocked("Payroll", "Payroll", "Team")
    assert (world.people.asked, verdict.unknown) == ([], ())


@pytest.mark.statement("F28")
async def test_the_name_of_a_channel_that_was_undone_is_held(world: Choosing) -> None:
    world.links.removed = ("Deal",)
    verdict = await check_channel_name("deal", TEAM, CLAIRE, world.ports)
    assert verdict.error is not None
    assert (verdict.error.code, verdict.proposal) == ("channel.name_deleted", "deal 2")

"""The label of a new team: set by whoever makes it, by an administrator for them, or said to be lacking."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from liaison.domain.connection import ConnectionRequest
from liaison.domain.consent import GROUPS, SCOPES, Rung, enhanced_scopes
from liaison.domain.labelling import LabelledBy, Labeller, NotLabelled, lacks_label
from liaison.domain.link import Finding, Link, LinkState, NewTeam, PrimaryChannel, StepName, TeamPrivacy
from liaison.domain.names import Person
from liaison.domain.second_try import unfinished_steps
from liaison.domain.teams import DirectoryPerson, Label
from liaison.errors import ConsentNotGranted, LabelUnknown, RoleMissing, SignInExpired, StillPreparing
from liaison.operations.choose_team import NoLabels, read_team_choices
from liaison.operations.connect import connect, try_again
from liaison.operations.labelling import agree_to_label, stop_labelling
from liaison.ports import Ports
from tests.unit.fakes import CLAIRE, DEAL, OLIVER, SALES, Crash, World
from tests.unit.naming_fakes import FakePeople
from tests.unit.test_joining import Lines
from tests.unit.test_saga import carry_on

pytestmark = pytest.mark.anyio

ROOM = NewTeam("Northwind", TeamPrivacy.PRIVATE, "label-1")
LABELLED = ConnectionRequest(DEAL, ROOM, PrimaryChannel())
GROUPS_ADMINISTRATOR = "fdd7a751-b60b-444a-984c-02652fe8fa1c"
SCOPE = set(SCOPES[Rung.LABEL])
AGREED = datetime(2027, 3, 1, tzinfo=UTC)
OLIVER_LABELS = Labeller(OLIVER, AGREED)


class People(FakePeople):
    def __init__(self, roles: tuple[str, ...]) -> None:
        self.roles = roles

    async def read_me(self) -> DirectoryPerson:
        return replace(await super().read_me(), directory_roles=self.roles)

    async def list_labels(self) -> tuple[Label, ...]:
        return (Label("label-1", "Confidential", ""),)


class Play(World):
    """Claire connects; Oliver may label."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.lines = Lines()
        self.roles: dict[str, tuple[str, ...]] = {OLIVER.name: (GROUPS_ADMINISTRATOR,)}
        self.setting: bool | None = True
        crm: Any = self.crm
        crm.read_labels = self.read_labels
        self.sign_in.probe_scopes = self.probe_scopes  # type: ignore[attr-defined]

    async def read_labels(self) -> bool | None:
        return self.setting

    async def probe_scopes(self, *_: Any) -> frozenset[str]:
        return self.sign_in.scopes

    @property
    def ports(self) -> Ports:
        given = super().ports
        more = {"people": lambda person: People(self.roles.get(person.name, ())), "audit": self.lines}
        return Ports(**{**vars(given), **more})

    async def connected(self) -> Link:
        return await carry_on(self, await connect(LABELLED, CLAIRE, self.ports))


@pytest.fixture
def world() -> Play:
    return Play()


@pytest.mark.statement("F34", "S54")
async def test_the_labeller_sets_what_the_seller_chose_and_the_audit_says_for_whom(world: Play) -> None:
    await world.labellers.save(OLIVER_LABELS)
    link = await world.connected()
    assert (link.state, link.findings, link.done[:2]) == (LinkState.CONNECTED, (), (StepName.TEAM, StepName.LABEL))
    assert (world.labelled.labels, world.labelled.set_by) == ({link.team: "label-1"}, [OLIVER.name])
    assert link.evidence.label_by == OLIVER.name
    assert world.lines.written == [(OLIVER.name, "team.labelled", f"Confidential, for {CLAIRE.name}")]


@pytest.mark.statement("F34")
async def test_whoever_has_role_and_permission_sets_it_themselves(world: Play) -> None:
    await world.labellers.save(OLIVER_LABELS)
    world.roles[CLAIRE.name] = (GROUPS_ADMINISTRATOR,)
    world.sign_in.scopes = frozenset(enhanced_scopes(extras=(Rung.LABEL,)))
    await world.connected()
    assert world.labelled.set_by == [CLAIRE.name]


async def test_killed_after_the_label_was_set_it_is_set_once(world: Play) -> None:
    await world.labellers.save(OLIVER_LABELS)
    planned = await connect(LABELLED, CLAIRE, world.ports)
    world.steps.run, world.steps.crash_in = f"{planned.id}:1", "label#1"
    with pytest.raises(Crash):
        await carry_on(world, planned)
    world.restart()
    assert (await carry_on(world, planned)).state is LinkState.CONNECTED
    assert world.labelled.set_by == [OLIVER.name]


async def test_killed_before_the_audit_was_written_it_is_written_afterwards(world: Play) -> None:
    class LostLines(Lines):
        async def write(self, who: Person, act: str, subject: str, detail: str) -> None:
            raise Crash

    await world.labellers.save(OLIVER_LABELS)
    planned = await connect(LABELLED, CLAIRE, world.ports)
    kept, world.lines = world.lines, LostLines()
    with pytest.raises(Crash):
        await carry_on(world, planned)
    world.lines = kept
    world.restart()
    assert (await carry_on(world, planned)).state is LinkState.CONNECTED
    assert world.labelled.set_by == [OLIVER.name]
    assert kept.written == [(OLIVER.name, "team.labelled", f"Confidential, for {CLAIRE.name}")]


@pytest.mark.statement("F34")
async def test_without_a_labeller_the_team_is_made_and_an_administrator_sets_the_label_afterwards(world: Play) -> None:
    link = await world.connected()
    facts = (("label", "Confidential"), ("team", "Northwind"), ("reason", NotLabelled.NOBODY.value))
    assert (link.state, link.findings) == (LinkState.CONNECTED, (Finding("label.not_set", facts),))
    assert unfinished_steps(link) == (StepName.LABEL,)
    world.sign_in.scopes |= SCOPE
    done = await carry_on(world, await try_again(link.id, OLIVER, world.ports))
    assert (done.state, done.findings, world.labelled.set_by) == (LinkState.CONNECTED, (), [OLIVER.name])
    assert world.teamwork.made.count("team") == 1


@pytest.mark.parametrize(
    ("error", "why", "trouble"),
    [
        (SignInExpired("revoked"), NotLabelled.SIGN_IN, SignInExpired.code),
        (RoleMissing("Teams Administrator"), NotLabelled.REFUSED, RoleMissing.code),
        (ConsentNotGranted("label", ()), NotLabelled.REFUSED, ConsentNotGranted.code),
        (LabelUnknown("label-1"), NotLabelled.REFUSED, ""),
    ],
)
async def test_what_the_labeller_cannot_do_is_a_finding_and_heals_by_itself(
    world: Play, error: Exception, why: NotLabelled, trouble: str
) -> None:
    await world.labellers.save(OLIVER_LABELS)
    world.labelled.refuse = [error]
    link = await world.connected()
    held = await world.labellers.read(CLAIRE.tenant)
    assert held is not None
    reason = dict(link.findings[0].facts)["reason"]
    assert (link.state, reason, held.trouble) == (LinkState.CONNECTED, why.value, trouble)
    again = await carry_on(world, await try_again(link.id, CLAIRE, world.ports))
    healed = await world.labellers.read(CLAIRE.tenant)
    assert (lacks_label(again), healed) == (False, OLIVER_LABELS)


async def test_a_team_that_the_directory_does_not_know_is_waited_for_and_then_connected_without(world: Play) -> None:
    await world.labellers.save(OLIVER_LABELS)
    world.labelled.refuse = [StillPreparing("graph", what="team")] * 3
    assert not lacks_label(await world.connected())
    late = Play()
    await late.labellers.save(OLIVER_LABELS)
    late.labelled.refuse = [StillPreparing("graph", what="team")] * 99
    link = await late.connected()
    assert (link.state, dict(link.findings[0].facts)["reason"]) == (LinkState.CONNECTED, NotLabelled.LATE.value)


@pytest.mark.statement("F34")
async def test_a_label_that_decides_who_sees_the_team_is_said(world: Play) -> None:
    await world.labellers.save(OLIVER_LABELS)
    world.labelled.privacy = TeamPrivacy.PUBLIC
    link = await world.connected()
    facts = (("label", "Confidential"), ("team", "Northwind"))
    assert link.findings == (Finding("privacy.public", facts),)
    assert unfinished_steps(link) == ()


@pytest.mark.parametrize(("label", "setting"), [("label-2", True), ("label-1", False), ("label-1", None)])
async def test_only_labels_that_the_person_may_choose_are_taken(world: Play, label: str, setting: bool | None) -> None:
    world.setting = setting
    with pytest.raises(LabelUnknown):
        await connect(replace(LABELLED, team=replace(ROOM, label=label)), CLAIRE, world.ports)
    assert world.links.links == {}


@pytest.mark.statement("F34", "S54")
async def test_it_is_said_beforehand_who_will_set_the_label(world: Play) -> None:
    async def labelled_by() -> tuple[LabelledBy, str]:
        found = (await read_team_choices(SALES.key, CLAIRE, world.ports)).labelling
        return found.by, found.name

    assert await labelled_by() == (LabelledBy.NOBODY, "")
    await world.labellers.save(OLIVER_LABELS)
    assert await labelled_by() == (LabelledBy.LABELLER, OLIVER.name)
    await world.labellers.save(replace(OLIVER_LABELS, trouble=SignInExpired.code))
    assert await labelled_by() == (LabelledBy.NOBODY, "")
    world.roles[CLAIRE.name] = (GROUPS_ADMINISTRATOR,)
    world.sign_in.scopes |= {GROUPS}
    assert await labelled_by() == (LabelledBy.SELF, "")
    world.setting = False
    assert (await read_team_choices(SALES.key, CLAIRE, world.ports)).no_labels is NoLabels.SWITCHED_OFF


async def test_agreeing_takes_the_role_and_the_permission_and_ends_when_they_say_so(world: Play) -> None:
    with pytest.raises(RoleMissing):
        await agree_to_label(CLAIRE, world.ports)
    with pytest.raises(ConsentNotGranted) as lacking:
        await agree_to_label(OLIVER, world.ports)
    assert (lacking.value.rung, set(lacking.value.scopes)) == (Rung.LABEL.value, SCOPE)
    world.sign_in.scopes |= SCOPE
    assert (await agree_to_label(OLIVER, world.ports)).is_ready
    with pytest.raises(RoleMissing):
        await stop_labelling(CLAIRE, world.ports)
    await stop_labelling(OLIVER, world.ports)
    await stop_labelling(OLIVER, world.ports)
    assert await world.labellers.read(OLIVER.tenant) is None
    assert [line[1] for line in world.lines.written] == ["labeller.agreed", "labeller.stopped"]

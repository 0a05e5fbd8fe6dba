"""The wizard's third step, for records and owners of the team: who is to be added to the channel's people."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import ClassVar

from starlette.responses import Response

from liaison.domain.link import Invited
from liaison.domain.members import Candidate, MembersOf
from liaison.domain.names import ChannelId, ChannelKind, PersonId, RecordRef, TeamId
from liaison.errors import LiaisonError, ViewUnknown
from liaison.operations.recommend_members import (
    Recommendation,
    find_candidates,
    read_candidates,
    recommend_members,
)
from liaison.web import addresses, problems
from liaison.web.pages.choices import NEW, Choices, WizardStep, member_value, read_choices
from liaison.web.pages.wizard import Opened, Where, Wizard, wizard_of, wizard_shell
from liaison.web.shell import Shell
from liaison.web.subject import regarding_of
from liaison.web.visit import Visit

HELP = "members"


@dataclass(frozen=True)
class ShownCandidate:
    """`detail` says why somebody is proposed, `mark` what they will not see. Members cannot be chosen again."""

    id: PersonId
    value: str
    name: str
    detail: str
    mark: str
    is_chosen: bool
    is_member: bool


@dataclass(frozen=True)
class FoundPeople:
    """What a search brought, without those who are in the list already."""

    asked: str = ""
    people: tuple[ShownCandidate, ...] = ()
    problem: problems.Problem | None = None


@dataclass(frozen=True)
class ShownTeam:
    id: TeamId
    name: str
    is_chosen: bool


@dataclass(frozen=True)
class PartnersForm:
    """Addresses of people of partner organizations, for a shared channel; `problem` is what is wrong with one."""

    addresses: str
    problem: problems.Problem | None
    teams: tuple[ShownTeam, ...]
    """Of one's own, to share a new channel with; an existing one is shared in Teams."""


@dataclass(frozen=True)
class MembersPage:
    """`cannot_add` is what is said without the consent that adding people takes; `help` says what can be done."""

    template: ClassVar[str] = "connect_members.html"
    shell: Shell
    wizard: Wizard
    team: str
    people: tuple[ShownCandidate, ...]
    found: FoundPeople
    people_address: str
    cannot_add: str
    help: str
    problem: problems.Problem | None
    partners: PartnersForm | None
    is_refused: bool = False


@dataclass(frozen=True)
class FoundPage:
    """What a search brings while it is typed."""

    template: ClassVar[str] = "connect_people.html"
    shell: Shell
    found: FoundPeople


async def show_members(
    visit: Visit,
    opened: Opened,
    choices: Choices,
    where: Where,
    of: MembersOf,
    refusal: LiaisonError | None = None,
) -> Response:
    """Owner, sharers and record team first, nobody chosen beforehand; then whoever was found and chosen.

    `refusal` is what was wrong with a partner.
    """
    ref = _record_of(visit)
    recommended, problem = Recommendation((), can_add=True), None
    try:
        recommended = await recommend_members(ref, of, visit.person, visit.ports)
    except LiaisonError as error:
        problem = problems.explain(error, visit)
    chosen = {one.id for one in choices.members}
    proposed = {one.person for one in recommended.candidates}
    others = await _chosen(tuple(one for one in choices.members if one.id not in proposed), ref, of, visit)
    everybody = (*recommended.candidates, *others)
    page = MembersPage(
        shell=wizard_shell(visit, opened),
        wizard=wizard_of(visit, opened, WizardStep.MEMBERS, choices, where),
        team=where.name,
        people=tuple(_shown(one, visit, is_chosen=one.person in chosen) for one in everybody),
        found=await _find(visit, ref, of, proposed | chosen),
        people_address=addresses.collaborate(visit.named("app"), ref, "people", query=_query(of)),
        cannot_add="" if recommended.can_add else visit.say("finding.member.no_consent"),
        help=addresses.help_topic(HELP),
        problem=problem,
        partners=await _partners(choices, where, of.kind, refusal, visit),
        is_refused=refusal is not None,
    )
    return visit.answer(page, refusal.status if refusal else 200)


async def _partners(
    choices: Choices, where: Where, kind: ChannelKind, refusal: LiaisonError | None, visit: Visit
) -> PartnersForm | None:
    """Only a shared channel takes people of other organizations."""
    if kind is not ChannelKind.SHARED:
        return None
    mine = await visit.ports.teamwork(visit.person).list_teams() if choices.channel == NEW else ()
    teams = tuple(ShownTeam(one.id, one.name, one.id in choices.share_with) for one in mine if one.id != where.team)
    problem = problems.explain(refusal, visit) if refusal else None
    return PartnersForm("\n".join(choices.partners), problem, teams)


async def find_people(visit: Visit) -> Response:
    """The people that a search finds while it is typed."""
    choices = read_choices(visit.request.query_params)
    shown = {PersonId(one) for one in visit.request.query_params.getlist("shown")}
    team, channel = ("" if chosen == NEW else chosen for chosen in (choices.team, choices.channel))
    of = MembersOf(TeamId(team), choices.kind, ChannelId(channel))
    return visit.answer(FoundPage(visit.shell(""), await _find(visit, _record_of(visit), of, shown)))


def _query(of: MembersOf) -> dict[str, str]:
    """As `find_people` reads it back: a channel that has the team's people is none of its own."""
    return {"team": of.team or NEW, "channel": of.channel or NEW, "kind": of.kind.value}


async def _chosen(members: tuple[Invited, ...], ref: RecordRef, of: MembersOf, visit: Visit) -> tuple[Candidate, ...]:
    """Chosen people with what they will not see; their bare names where that cannot be read."""
    try:
        return await read_candidates(tuple(one.id for one in members), ref, of, visit.person, visit.ports)
    except LiaisonError:
        return tuple(Candidate(one.id, one.name) for one in members)


def _record_of(visit: Visit) -> RecordRef:
    """Raises ViewUnknown: nobody is added for a view."""
    regarding = regarding_of(visit)
    if not isinstance(regarding, RecordRef):
        raise ViewUnknown(regarding.id)
    return regarding


async def _find(visit: Visit, ref: RecordRef, of: MembersOf, shown: Collection[PersonId]) -> FoundPeople:
    asked = visit.asked("find")
    if not asked:
        return FoundPeople()
    try:
        found = await find_candidates(asked, ref, of, visit.person, visit.ports)
    except LiaisonError as error:
        return FoundPeople(asked, problem=problems.explain(error, visit))
    people = tuple(_shown(one, visit, is_chosen=False) for one in found if one.person not in shown)
    return FoundPeople(asked, people)


def _shown(one: Candidate, visit: Visit, *, is_chosen: bool) -> ShownCandidate:
    sources = " · ".join(visit.say(f"source.{source.value}") for source in one.sources)
    return ShownCandidate(
        id=one.person,
        value=member_value(Invited(one.person, one.name)),
        name=one.name,
        detail=visit.say("web.connect.members.is_member") if one.is_member else sources,
        mark=mark_of(one, visit),
        is_chosen=is_chosen,
        is_member=bool(one.is_member),
    )


def mark_of(one: Candidate, visit: Visit) -> str:
    """What somebody will not see, in words; empty when nothing."""
    if one.unseen is not None:
        return visit.say(f"unseen.{one.unseen.value}")
    return visit.say("web.connect.members.rights_unknown") if one.can_read_record is None else ""

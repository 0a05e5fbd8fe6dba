"""Connect a record or a view to a channel: decide, save the intent, and hand it to the engine."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import replace
from uuid import uuid4

from liaison.domain.closing import OnClose
from liaison.domain.connection import (
    ConnectionFacts,
    ConnectionRequest,
    frozen_on_close,
    plan_connection,
    require_connecting,
)
from liaison.domain.earlier import EarlierFiles
from liaison.domain.link import (
    Evidence,
    Link,
    LinkState,
    NewChannel,
    NewTeam,
    Operation,
    PrimaryChannel,
    WantedChannel,
)
from liaison.domain.names import ChannelKind, LinkId, Person, RecordRef, TeamId
from liaison.domain.second_try import can_be_tried_again, tried_again
from liaison.domain.teams import Channel, Team
from liaison.errors import ChannelNameTaken, ConsentNotGranted, LiaisonError, LinkBusy, TeamNameTaken
from liaison.operations.ahead import look_ahead, with_what_is_there
from liaison.operations.choose_team import require_label
from liaison.operations.defaults import freeze
from liaison.operations.environments import find_environment
from liaison.operations.partners import read_partners, read_share_teams
from liaison.operations.preflight import check_team_name
from liaison.operations.regarding import read_title
from liaison.ports import Ports


async def connect(asked: ConnectionRequest, by: Person, ports: Ports, key: str = "") -> Link:
    """Save the intent to connect and hand it to the engine; the link that holds from now on comes back.

    Two people, a double click, or the same idempotency key get the same link. Raises every refusal of
    `plan_connection`, RecordUnknown, ViewUnknown, TemplateUnknown, NotTeamMember, IdempotencyKeyReused, and Upstream
    errors of the gathering.
    """
    facts, ahead, (template, extras, on_close) = await asyncio.gather(
        gather_connection_facts(asked, by, ports), look_ahead(asked, ports.teamwork(by)), freeze(asked, by, ports)
    )
    try:
        plan = plan_connection(await _with_checked_team(await with_partners(asked, by, ports), by, ports), facts)
    except (ChannelNameTaken, TeamNameTaken) as taken:
        held = await _link_that_makes(asked, taken.name, ports)
        if held is None:
            raise
        return held
    link = Link(
        id=LinkId(str(uuid4())),
        regarding=plan.regarding,
        title=facts.title,
        team=TeamId("") if isinstance(plan.team, NewTeam) else plan.team,
        wanted=plan.channel,
        by=by,
        acting=by,
        planned_at=ports.clock.now(),
        new_team=plan.team if isinstance(plan.team, NewTeam) else None,
        members=plan.members,
        share_view=plan.share_view,
        pinned_by=plan.pinned_by,
        on_close=frozen_on_close(plan, on_close),
        template=template,
        extras=extras,
        earlier_files=plan.earlier_files,
        partners=plan.partners,
        evidence=Evidence(
            channel_name=_channel_name(plan, facts), team_name=facts.team_name, team_thread=facts.team_thread
        ),
    )
    held = await ports.links.plan(with_what_is_there(link, facts, ahead), key, fingerprint(asked))
    if held.state is LinkState.PLANNED:
        await ports.steps.start(Operation.CONNECT, held)
    return held


async def _link_that_makes(asked: ConnectionRequest, taken: str, ports: Ports) -> Link | None:
    """The link that has made, or is making, the very team or channel whose name is taken: a second click."""
    for link in await ports.links.of(asked.regarding):
        if _wants_same_team(link, asked, taken) and _wants_same_channel(link, asked):
            return link
    return None


def _wants_same_team(link: Link, asked: ConnectionRequest, taken: str) -> bool:
    """A name that is taken has the prefix and suffix of the policy; the one that was typed may lack them."""
    if not isinstance(asked.team, NewTeam):
        return link.team == asked.team
    names = {asked.team.name.strip().casefold(), taken.casefold()}
    return link.new_team is not None and link.new_team.name.casefold() in names


def _wants_same_channel(link: Link, asked: ConnectionRequest) -> bool:
    if isinstance(asked.channel, NewChannel):
        same_name = asked.channel.name.strip().casefold()
        return isinstance(link.wanted, NewChannel) and link.wanted.name.casefold() == same_name
    return link.wanted == asked.channel


async def _with_checked_team(asked: ConnectionRequest, by: Person, ports: Ports) -> ConnectionRequest:
    """The request with the final name of its new team, and its label's. Raises what stands against either."""
    if not isinstance(asked.team, NewTeam):
        return asked
    verdict = await check_team_name(asked.team.name, by, ports)
    label_name = await require_label(asked.team.label, asked.regarding.environment, by, ports)
    return replace(asked, team=replace(asked.team, name=verdict.accepted(), label_name=label_name))


async def with_partners(asked: ConnectionRequest, by: Person, ports: Ports) -> ConnectionRequest:
    """The request with the organizations of its partners, and the names of teams that its channel is shared with.

    Raises what `read_partners` and `read_share_teams` raise.
    """
    partners = await read_partners([one.address for one in asked.partners], by, ports)
    if not isinstance(asked.channel, NewChannel):
        return replace(asked, partners=partners)
    host = "" if isinstance(asked.team, NewTeam) else asked.team
    share_with = await read_share_teams(asked.channel.share_with, host, by, ports)
    return replace(asked, partners=partners, channel=replace(asked.channel, share_with=share_with))


def _channel_name(plan: ConnectionRequest, facts: ConnectionFacts) -> str:
    if isinstance(plan.channel, NewChannel):
        return plan.channel.name
    return next((channel.name for channel in facts.channels if channel.id == plan.channel), "")


def fingerprint(asked: ConnectionRequest) -> str:
    """The same for the same request; tells a repeated request from a reused key."""
    regarding = asked.regarding
    kind = "" if isinstance(regarding, RecordRef) else regarding.kind.value
    team = asked.team.name if isinstance(asked.team, NewTeam) else asked.team
    parts = [regarding.environment, regarding.table, regarding.id, team, _place(asked)]
    archive = "archive" if asked.on_close is OnClose.ARCHIVE else ""
    extra = [kind, "new team" if isinstance(asked.team, NewTeam) else "", *sorted(one.id for one in asked.members)]
    extra += [] if asked.earlier_files is EarlierFiles.SHOW_BOTH else [asked.earlier_files.value]
    # Without anything extra it is what it was before views, teams and members, for keys that are kept.
    parts += extra if any(extra) else []
    parts += [archive] if archive else []
    parts += [f"template {asked.template}"] if asked.template else []
    parts += [f"partner {one}" for one in sorted(partner.address.casefold() for partner in asked.partners)]
    parts += _more_of_team(asked.team) + _more_of_channel(asked.channel)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _more_of_team(team: TeamId | NewTeam) -> list[str]:
    """What of a new team is not as usual, beside its name."""
    if not isinstance(team, NewTeam):
        return []
    usual = NewTeam("")
    said = (
        ("privacy", team.privacy, usual.privacy),
        ("label", team.label, ""),
        ("kind", team.template, usual.template),
    )
    return [f"team {name} {value}" for name, value, default in said if value != default]


def _more_of_channel(channel: WantedChannel) -> list[str]:
    """What of a new channel is not as usual, beside its name."""
    if not isinstance(channel, NewChannel):
        return []
    kind = [] if channel.kind is ChannelKind.STANDARD else [f"channel {channel.kind}"]
    return kind + [f"shared with {one}" for one in sorted(team.id for team in channel.share_with)]


def _place(asked: ConnectionRequest) -> str:
    if isinstance(asked.channel, PrimaryChannel):
        return "primary"
    return asked.channel.name if isinstance(asked.channel, NewChannel) else asked.channel


async def gather_connection_facts(asked: ConnectionRequest, by: Person, ports: Ports) -> ConnectionFacts:
    """Everything that deciding needs, asked for at once.

    What is wrong with the team is told only when nothing else stands in the way. Raises what `require_connecting`
    refuses, RecordUnknown, ViewUnknown, TeamUnknown, NotTeamMember.
    """
    environment = find_environment(asked.regarding.environment, ports)
    crm = ports.crm(by, asked.regarding.environment)
    title, switches, table, me, scopes, where = await asyncio.gather(
        read_title(asked.regarding, by, ports),
        crm.read_switches(),
        crm.read_table(asked.regarding.table),
        ports.people(by).read_me(),
        ports.sign_in.carried_scopes(by),
        _read_team(asked, by, ports),
    )
    facts = ConnectionFacts(environment.name, switches, table, me.service_plans, scopes, "", (), title=title)
    require_connecting(asked, facts)
    if isinstance(where, LiaisonError):
        raise where
    team, channels, is_owner = where
    return replace(facts, team_name=team.name, team_thread=team.thread, channels=channels, is_owner=is_owner)


_Where = tuple[Team, tuple[Channel, ...], bool | None]


async def _read_team(asked: ConnectionRequest, by: Person, ports: Ports) -> _Where | LiaisonError:
    """The team, its channels and whether the person owns it; or why they cannot be read."""
    if isinstance(asked.team, NewTeam):
        return Team(TeamId(""), asked.team.name), (), None
    teamwork = ports.teamwork(by)
    try:
        return await asyncio.gather(
            teamwork.read_team(asked.team),
            teamwork.list_channels(asked.team),
            _is_owner(asked.team, by, ports) if asked.members else _unasked(),
        )
    except LiaisonError as error:
        return error


async def _is_owner(team: TeamId, by: Person, ports: Ports) -> bool | None:
    """None when the token may not ask: whether people can be added then shows when they are."""
    try:
        return await ports.teamwork(by).is_owner(team, by.id)
    except ConsentNotGranted:
        return None


async def _unasked() -> bool | None:
    return None


async def try_again(link_id: LinkId, by: Person, ports: Ports) -> Link:
    """Go on with a link that waits for a person, where it stopped; or, when it is connected, with what it lacks.

    Raises LinkUnknown, LinkBusy.
    """
    link = await ports.links.get(link_id)
    if not can_be_tried_again(link):
        raise LinkBusy(link.id, link.state_word)
    saved = await ports.links.save(tried_again(link, by), "link.tried_again")
    await ports.steps.start(saved.operation, saved)
    return saved

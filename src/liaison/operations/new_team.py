"""Making a link's new team, once, by the way that the permissions allow."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from liaison.domain.connection import choose_making
from liaison.domain.link import Link, NewTeam, StepName
from liaison.domain.names import TeamId
from liaison.domain.teams import Team, TeamMaking, TeamOperation
from liaison.errors import StillPreparing, UpstreamThrottled, UpstreamUnavailable
from liaison.operations.labelling import may_label_now
from liaison.operations.saga import GROUP_HORIZON
from liaison.ports import Ports

TEAM_TEXT_LIMIT = 1000


class TeamMaker:
    """The step that makes a new team. One is made for each run, and remembers what it itself has not yet tried."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports
        self._untried: set[str] = set()

    async def make(self, link: Link) -> Link:
        """The team, or the link a part of the way towards it.

        Raises StillPreparing until the team can be used, TeamAmbiguous, TeamNotMade, TeamCreationNotAllowed, and what
        the name is refused for.
        """
        new = link.new_team
        if new is None:
            raise ValueError(f"link {link.id} has no team to make")
        if link.evidence.team_asked_at:
            return await self._by_template(link, new)
        if link.team:
            return _with_team(link, await self._ports.teamwork(link.acting).ensure_team(link.team, new))
        carried = await self._ports.sign_in.carried_scopes(link.acting)
        if choose_making(carried) is TeamMaking.GROUP:
            return await self._group(link, await self._labelled(link, new))
        return await self._by_template(link, new)

    async def _group(self, link: Link, new: NewTeam) -> Link:
        """The link with its group, on which the team is put next. Source: replay table C2a."""
        teamwork = self._ports.teamwork(link.acting)
        group = await teamwork.ensure_group(new, team_key(link), self._text(link, new))
        return replace(link, team=group, evidence=replace(link.evidence, team_is_ours=True))

    async def _labelled(self, link: Link, new: NewTeam) -> NewTeam:
        """With its label from the beginning where the person may give it; otherwise a step of its own sets it."""
        if not new.label or await may_label_now(link.acting, self._ports):
            return new
        return replace(new, label="")

    async def _by_template(self, link: Link, new: NewTeam) -> Link:
        """Intent, then the one call, then looking until it is there. Source: replay table C2b.

        A call that was perhaps made is looked for by our mark until the horizon; only then is it made again.
        """
        teamwork, made = self._ports.teamwork(link.acting), link.evidence
        if made.team_operation:
            operation = TeamOperation(link.team, made.team_operation)
            return _with_team(link, await teamwork.read_new_team(operation))
        if not made.team_asked_at:
            return self._intending(link)
        if link.id not in self._untried:
            found = await teamwork.find_team(team_key(link))
            if found is not None:
                return _with_team(link, await teamwork.read_team(found.id))
            asked_at = datetime.fromisoformat(made.team_asked_at)
            if self._ports.clock.now() - asked_at < GROUP_HORIZON:
                raise StillPreparing("graph", "not_visible_yet", what=new.name)
            return self._intending(link)
        self._untried.discard(link.id)
        try:
            operation = await teamwork.ask_for_team(new, self._text(link, new))
        except (UpstreamUnavailable, UpstreamThrottled):
            self._untried.add(link.id)  # these say that the service has not acted
            raise
        evidence = replace(made, team_operation=operation.address)
        return replace(link, team=operation.team, evidence=evidence)

    def _intending(self, link: Link) -> Link:
        self._untried.add(link.id)
        now = self._ports.clock.now().isoformat()
        return replace(link, evidence=replace(link.evidence, team_asked_at=now))

    def _text(self, link: Link, new: NewTeam) -> str:
        """What the person wrote, and our mark, by which the team is found again."""
        facts = {"record": link.title, "mark": team_key(link)}
        ours = self._ports.wording.say(link.by.language, "team.description", facts)
        return f"{new.description[: TEAM_TEXT_LIMIT - len(ours) - 1]} {ours}".strip()


def team_key(link: Link) -> str:
    """The key by which a link's team is found however often it is made.

    It differs from the mark of a channel: Teams gives the team's description to its primary channel as well.
    """
    return f"lnk-{link.id}"


def _with_team(link: Link, team: Team) -> Link:
    going = replace(link, team=TeamId(team.id))
    return going.with_evidence(StepName.TEAM, team_name=team.name, team_thread=team.thread, team_is_ours=True)

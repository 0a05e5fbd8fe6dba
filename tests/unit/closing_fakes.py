"""A world whose channels can be archived, and a link that is connected there."""

from __future__ import annotations

from dataclasses import replace

from liaison.domain.closing import OnClose
from liaison.domain.consent import SCOPES, Rung
from liaison.domain.link import Evidence, Link, LinkState, NewChannel, StepName
from liaison.domain.names import ChannelId, LinkId, TeamId
from liaison.domain.teams import Channel
from liaison.errors import StillPreparing
from liaison.operations.runs import run
from tests.unit.fakes import CLAIRE, DEAL, RENEWALS, TEAM, FakeTeamwork, Troubles, World


class ArchivingTeamwork(FakeTeamwork):
    """`slow` is how many looks it takes until an archived channel says so."""

    def __init__(self, troubles: Troubles) -> None:
        super().__init__(troubles)
        self.slow = 0
        self.asked: list[str] = []

    async def archive_channel(self, team: TeamId, channel: ChannelId) -> None:
        self._troubles.meet("archive_channel")
        await self._turn(channel, archived=True)
        self._troubles.meet("archive_channel answered")

    async def restore_channel(self, team: TeamId, channel: ChannelId) -> None:
        self._troubles.meet("restore_channel")
        await self._turn(channel, archived=False)

    async def _turn(self, channel: ChannelId, *, archived: bool) -> None:
        known = await self.read_channel(TEAM, channel)
        if known.is_archived is archived:
            return
        if self.slow:
            self.slow -= 1
            raise StillPreparing("graph", "isArchived", what=known.name)
        self.asked.append("archive" if archived else "restore")
        self.set_archived(known, archived=archived)

    def set_archived(self, channel: Channel, *, archived: bool) -> None:
        self.channels[channel.name] = replace(channel, is_archived=archived)


class ClosingWorld(World):
    """The tenant has allowed archiving; Claire's deal is connected to a channel that was made for it."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.archiving = ArchivingTeamwork(self.troubles)
        self.teamwork = self.archiving
        self.sign_in.scopes = self.sign_in.scopes | set(SCOPES[Rung.ARCHIVE])

    def connected(self, *, is_ours: bool = True, on_close: OnClose = OnClose.ARCHIVE) -> Link:
        made = Evidence(channel=RENEWALS.id, channel_name="Renewals", channel_is_ours=is_ours, team_name="Ventes")
        link = Link(
            id=LinkId("4c1d2f6e-0000-4000-8000-000000000001"),
            regarding=DEAL,
            title="Northwind",
            team=TEAM,
            wanted=NewChannel("Renewals") if is_ours else RENEWALS.id,
            by=CLAIRE,
            acting=CLAIRE,
            planned_at=self.clock.now(),
            state=LinkState.CONNECTED,
            evidence=made,
            done=(StepName.CHANNEL,),
            on_close=on_close,
        )
        self.links.links[link.id] = link
        return link

    async def carried_out(self, link: Link) -> Link:
        """The link's present run, to its end."""
        self.steps.run = f"{link.id}:{link.run}"
        await run(link.operation, link.id, self.ports, link.run)
        return await self.links.get(link.id)

"""A link: the durable fact that one record and one channel belong together, and how far it has come."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid5

from liaison.domain.names import (
    ChannelId,
    ChannelKind,
    DriveId,
    ItemId,
    LinkId,
    Person,
    RecordRef,
    RowId,
    TabId,
    TeamId,
)
from liaison.errors import Remembered

_NAMESPACE = UUID("b1b0c6d2-7a0e-4e55-9a1f-6d0d5b3c8e42")


class LinkState(StrEnum):
    """Where a link stands. Every accepted act ends in CONNECTED, UNDONE, DISCONNECTED or NEEDS_PERSON."""

    PLANNED = "planned"
    CONNECTING = "connecting"
    FILES_PENDING = "files_pending"
    """Tab and channel are there; the channel's library is still being made, and the work goes on by itself."""
    CONNECTED = "connected"
    NEEDS_PERSON = "needs_person"
    UNDONE = "undone"
    DISCONNECTING = "disconnecting"
    DISCONNECTED = "disconnected"

    @property
    def at_work(self) -> bool:
        return self in _AT_WORK

    @property
    def is_over(self) -> bool:
        """The record and the channel no longer belong together because of this link."""
        return self in {LinkState.UNDONE, LinkState.DISCONNECTED}


_AT_WORK = {
    LinkState.PLANNED,
    LinkState.CONNECTING,
    LinkState.FILES_PENDING,
    LinkState.DISCONNECTING,
}


class StepName(StrEnum):
    """The effects of connecting and disconnecting, in order; each is one external effect."""

    CHANNEL = "channel"
    APP = "app"
    TAB = "tab"
    FOLDER = "folder"
    LOCATION = "location"
    ASSOCIATION = "association"
    NOTE = "note"
    REMOVE_ASSOCIATION = "remove_association"
    REMOVE_LOCATION = "remove_location"
    REMOVE_TAB = "remove_tab"
    NOTE_REMOVED = "note_removed"


CONNECT_STEPS = (
    StepName.CHANNEL,
    StepName.APP,
    StepName.TAB,
    StepName.FOLDER,
    StepName.LOCATION,
    StepName.ASSOCIATION,
    StepName.NOTE,
)
DISCONNECT_STEPS = (
    StepName.REMOVE_ASSOCIATION,
    StepName.REMOVE_LOCATION,
    StepName.REMOVE_TAB,
    StepName.NOTE_REMOVED,
)


class Operation(StrEnum):
    """Durable work on a link."""

    CONNECT = "connect"
    DISCONNECT = "disconnect"


class TabChoice(StrEnum):
    """What becomes of the tab when a link is disconnected."""

    REMOVE = "remove"
    KEEP = "keep"


@dataclass(frozen=True)
class NewChannel:
    """A channel to be made: its checked name."""

    name: str


@dataclass(frozen=True)
class Evidence:
    """What exists because of the link, by the ids of the services; empty until the step has been done."""

    channel: ChannelId = ChannelId("")
    channel_name: str = ""
    channel_kind: ChannelKind = ChannelKind.STANDARD
    channel_address: str = ""
    channel_is_ours: bool = False
    team_name: str = ""
    team_thread: str = ""
    app: str = ""
    app_installation: str = ""
    app_is_ours: bool = False
    tab: TabId = TabId("")
    tab_address: str = ""
    drive: DriveId = DriveId("")
    folder: ItemId = ItemId("")
    folder_address: str = ""
    site_address: str = ""
    folder_path: str = ""
    """Server-relative folder, such as `/sites/Deal/Shared Documents/General`."""
    location: RowId = RowId("")
    association: RowId = RowId("")
    note: RowId = RowId("")


@dataclass(frozen=True)
class Finding:
    """Something about a link that a person should know and that did not stop the work."""

    code: str
    facts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Waiting:
    """The work waits for a service and goes on by itself."""

    step: StepName
    cause: Remembered
    since: datetime
    until: datetime


@dataclass(frozen=True)
class Link:
    """One record and one channel. `run` counts the times the work was handed to the engine."""

    id: LinkId
    record: RecordRef
    record_title: str
    team: TeamId
    wanted: ChannelId | NewChannel
    by: Person
    """Who asked for the link."""
    acting: Person
    """On whose behalf the present run works: whoever connected, tried again or disconnected."""
    planned_at: datetime
    state: LinkState = LinkState.PLANNED
    evidence: Evidence = Evidence()
    done: tuple[StepName, ...] = ()
    waiting: Waiting | None = None
    trouble: Remembered | None = None
    """Why the work stopped, when the state is NEEDS_PERSON or UNDONE."""
    findings: tuple[Finding, ...] = ()
    operation: Operation = Operation.CONNECT
    """The work that the present or last run is about."""
    tab_choice: TabChoice = TabChoice.REMOVE
    run: int = 1
    version: int = 0
    """Counts saves; progress readers ask for what is newer than the one they have."""

    @property
    def tab_entity(self) -> str:
        """The tab's entity id: the key by which a tab in Teams is found to be this link's."""
        return f"lnk_{self.id}"

    @property
    def channel_name(self) -> str:
        if self.evidence.channel_name:
            return self.evidence.channel_name
        return self.wanted.name if isinstance(self.wanted, NewChannel) else ""

    @property
    def steps(self) -> tuple[StepName, ...]:
        """The steps of the present or last run."""
        return CONNECT_STEPS if self.operation is Operation.CONNECT else DISCONNECT_STEPS

    @property
    def step_at_work(self) -> StepName | None:
        """The first step not done; None when all are."""
        return next((step for step in self.steps if step not in self.done), None)

    def row_id(self, kind: str) -> RowId:
        """The id that this link's own row of that kind has in Dataverse: the same however often it is made."""
        return RowId(str(uuid5(_NAMESPACE, f"{self.id}/{kind}")))

    def with_evidence(self, step: StepName, **made: object) -> Link:
        """The link after a step: what was made, the step among those done, nothing waited for."""
        evidence = replace(self.evidence, **made)  # type: ignore[arg-type]
        done = self.done if step in self.done else (*self.done, step)
        return replace(self, evidence=evidence, done=done, waiting=None)

    def resumed(self, by: Person) -> Link:
        """The stopped link at work again, on behalf of `by`."""
        connecting = self.operation is Operation.CONNECT
        state = LinkState.CONNECTING if connecting else LinkState.DISCONNECTING
        return replace(self, state=state, acting=by, trouble=None, waiting=None, run=self.run + 1)

    def has_effects(self) -> bool:
        """Did any step leave something behind in Teams or Dataverse?"""
        made = self.evidence
        return bool(made.channel_is_ours or made.app_is_ours or made.tab or made.location or made.association)


def site_row_id(environment: str, site_address: str) -> RowId:
    """The id of the SharePoint site row for a team site: shared by all links to that site."""
    return RowId(str(uuid5(_NAMESPACE, f"{environment}/site/{site_address.rstrip('/').lower()}")))

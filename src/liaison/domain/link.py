"""A link: the durable fact that a record or view and a channel belong together, and how far it has come."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid5

from liaison.domain.closing import NOT_ARCHIVED, Archive, OnClose
from liaison.domain.earlier import EarlierFiles, EarlierWork
from liaison.domain.extras import NO_EXTRAS, ExtraMade, Extras
from liaison.domain.members_added import MembersAdded
from liaison.domain.names import (
    ChannelId,
    ChannelKind,
    DriveId,
    EnvironmentKey,
    ItemId,
    LinkId,
    Person,
    PersonId,
    RecordRef,
    Regarding,
    RowId,
    TabId,
    TeamId,
    ViewKind,
    ViewRef,
)
from liaison.domain.partners import Partner, ShareTeam
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
    ARCHIVING = "archiving"
    RESTORING = "restoring"

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
    LinkState.ARCHIVING,
    LinkState.RESTORING,
}


class StepName(StrEnum):
    """The effects of connecting, disconnecting and undoing; each is one external effect."""

    TEAM = "team"
    LABEL = "label"
    CHANNEL = "channel"
    APP = "app"
    TAB = "tab"
    FOLDER = "folder"
    SHARE_VIEW = "share_view"
    LOCATION = "location"
    ASSOCIATION = "association"
    MEMBERS = "members"
    PARTNERS = "partners"
    NOTE = "note"
    TEMPLATE_FOLDERS = "template_folders"
    TEMPLATE_CHANNELS = "template_channels"
    TEMPLATE_TABS = "template_tabs"
    WELCOME = "welcome"
    EARLIER_FILES = "earlier_files"
    REMOVE_ASSOCIATION = "remove_association"
    REMOVE_LOCATION = "remove_location"
    REMOVE_TAB = "remove_tab"
    NOTE_REMOVED = "note_removed"
    REMOVE_NOTES = "remove_notes"
    REMOVE_APP = "remove_app"
    REMOVE_EXTRAS = "remove_extras"
    REMOVE_PARTNERS = "remove_partners"
    REMOVE_CHANNEL = "remove_channel"
    REMOVE_TEAM = "remove_team"
    ARCHIVE_CHANNEL = "archive_channel"
    NOTE_ARCHIVED = "note_archived"
    RESTORE_CHANNEL = "restore_channel"
    NOTE_RESTORED = "note_restored"
    REMOVE_MEMBERS = "remove_members"
    UNSHARE_VIEW = "unshare_view"


class PinnedBy(StrEnum):
    """Who makes the tab: Liaison, or Teams itself when a person pins our app in a channel."""

    LIAISON = "liaison"
    HOST = "host"


class Operation(StrEnum):
    """Durable work on a link."""

    CONNECT = "connect"
    DISCONNECT = "disconnect"
    UNDO = "undo"
    ARCHIVE = "archive"
    RESTORE = "restore"


_WORKING = {
    Operation.CONNECT: LinkState.CONNECTING,
    Operation.DISCONNECT: LinkState.DISCONNECTING,
    Operation.UNDO: LinkState.DISCONNECTING,
    Operation.ARCHIVE: LinkState.ARCHIVING,
    Operation.RESTORE: LinkState.RESTORING,
}


class TabChoice(StrEnum):
    """What becomes of the tab when a link is disconnected."""

    REMOVE = "remove"
    KEEP = "keep"


class TeamPrivacy(StrEnum):
    PRIVATE = "private"
    PUBLIC = "public"


@dataclass(frozen=True)
class NewTeam:
    """A team to be made: its name, who may see it, the id and name of its sensitivity label, its template."""

    name: str
    privacy: TeamPrivacy = TeamPrivacy.PRIVATE
    label: str = ""
    template: str = "standard"
    description: str = ""
    label_name: str = ""


@dataclass(frozen=True)
class NewChannel:
    """A channel to be made: its checked name and its kind; a shared one can be shared with teams from the start."""

    name: str
    kind: ChannelKind = ChannelKind.STANDARD
    share_with: tuple[ShareTeam, ...] = ()


@dataclass(frozen=True)
class PrimaryChannel:
    """The channel that every team has from the beginning, whatever it is called."""


WantedChannel = ChannelId | NewChannel | PrimaryChannel


@dataclass(frozen=True)
class Invited:
    """Somebody to be added to the channel's people: the id in the directory, and a name to show."""

    id: PersonId
    name: str


def steps_to_connect(
    regarding: Regarding,
    *,
    new_team: bool = False,
    label: bool = False,
    members: bool = False,
    partners: bool = False,
    pinned_by: PinnedBy = PinnedBy.LIAISON,
    extras: Extras = NO_EXTRAS,
    earlier_files: EarlierFiles = EarlierFiles.SHOW_BOTH,
) -> tuple[StepName, ...]:
    """The steps that apply, in order.

    A view has no document location, no members of its own and no timeline. A tab that Teams itself makes is looked
    for when all the rest is done.
    """
    is_record = isinstance(regarding, RecordRef)
    is_ours = pinned_by is PinnedBy.LIAISON
    steps = (
        (StepName.TEAM, new_team),
        (StepName.LABEL, label),
        (StepName.CHANNEL, True),
        (StepName.APP, is_ours),
        (StepName.TAB, is_ours),
        (StepName.FOLDER, True),
        (StepName.SHARE_VIEW, isinstance(regarding, ViewRef) and regarding.kind is ViewKind.PERSONAL),
        (StepName.LOCATION, is_record),
        (StepName.ASSOCIATION, True),
        (StepName.MEMBERS, is_record and members),
        (StepName.PARTNERS, partners),
        (StepName.NOTE, is_record),
        (StepName.TEMPLATE_FOLDERS, bool(extras.folders)),
        (StepName.TEMPLATE_CHANNELS, bool(extras.channels)),
        (StepName.TEMPLATE_TABS, bool(extras.tabs)),
        (StepName.WELCOME, bool(extras.welcome)),
        (StepName.EARLIER_FILES, is_record and earlier_files is not EarlierFiles.SHOW_BOTH),
        (StepName.TAB, not is_ours),
    )
    return tuple(step for step, applies in steps if applies)


def steps_to_disconnect(regarding: Regarding) -> tuple[StepName, ...]:
    """The steps that apply, in order."""
    is_record = isinstance(regarding, RecordRef)
    steps = (
        (StepName.REMOVE_ASSOCIATION, True),
        (StepName.REMOVE_LOCATION, is_record),
        (StepName.REMOVE_TAB, True),
        (StepName.NOTE_REMOVED, is_record),
    )
    return tuple(step for step, applies in steps if applies)


def steps_to_undo(
    regarding: Regarding,
    *,
    new_team: bool = False,
    members: bool = False,
    share_view: bool = False,
    partners: bool = False,
    extras: Extras = NO_EXTRAS,
) -> tuple[StepName, ...]:
    """The steps that apply, in order; what Liaison did not make is left by the step itself."""
    is_record = isinstance(regarding, RecordRef)
    steps = (
        (StepName.REMOVE_ASSOCIATION, True),
        (StepName.REMOVE_LOCATION, is_record),
        (StepName.REMOVE_TAB, True),
        (StepName.UNSHARE_VIEW, share_view),
        (StepName.REMOVE_NOTES, is_record),
        (StepName.REMOVE_APP, True),
        (StepName.REMOVE_EXTRAS, bool(extras)),
        (StepName.REMOVE_PARTNERS, partners),
        (StepName.REMOVE_CHANNEL, True),
        (StepName.REMOVE_TEAM, new_team),
        (StepName.REMOVE_MEMBERS, members),
    )
    return tuple(step for step, applies in steps if applies)


def steps_to_archive(regarding: Regarding, operation: Operation) -> tuple[StepName, ...]:
    """The steps of archiving a channel, or of restoring it, in order."""
    archives = operation is Operation.ARCHIVE
    steps = (
        (StepName.ARCHIVE_CHANNEL, StepName.NOTE_ARCHIVED)
        if archives
        else (StepName.RESTORE_CHANNEL, StepName.NOTE_RESTORED)
    )
    return steps if isinstance(regarding, RecordRef) else steps[:1]


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
    team_is_ours: bool = False
    team_asked_at: str = ""
    """When making the team in one call was intended, as an ISO time; whether it was made is not known by that."""
    team_operation: str = ""
    """Where the service says how far it is with the team."""
    label_by: str = ""
    """The name of whose permission put the label on the team."""
    app: str = ""
    app_installation: str = ""
    app_is_ours: bool = False
    tab: TabId = TabId("")
    tab_address: str = ""
    tab_is_adopted: bool = False
    """The tab was there before: Microsoft's own app shows the same record."""
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
    """One record or view and one channel. `run` counts the times the work was handed to the engine."""

    id: LinkId
    regarding: Regarding
    title: str
    """The record's or view's name when it was connected."""
    team: TeamId
    """Empty until a new team exists."""
    wanted: WantedChannel
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
    new_team: NewTeam | None = None
    """The team to be made for this link, also after it was made."""
    members: tuple[Invited, ...] = ()
    """Who was chosen to be added to the channel's people."""
    members_settled: tuple[PersonId, ...] = ()
    """Those of them who were added, or of whom a finding says why not."""
    members_added: MembersAdded | None = None
    """Whom of them this link let in; None before it has looked who is there already."""
    partners: tuple[Partner, ...] = ()
    """People of partner organizations to be let into the shared channel."""
    partners_settled: tuple[str, ...] = ()
    """The addresses of those who were let in, or of whom a finding says why not."""
    partners_added: tuple[str, ...] | None = None
    """The addresses of those whom this link lets in; None before it has looked who is there already."""
    share_view: bool = False
    """The person agreed to share the personal view with the channel's people."""
    shared_view_with: tuple[RowId, ...] = ()
    """Users with whom this link shares the view, and who did not have it before."""
    pinned_by: PinnedBy = PinnedBy.LIAISON
    earlier_files: EarlierFiles = EarlierFiles.SHOW_BOTH
    earlier: EarlierWork | None = None
    """How far copying or moving the record's earlier files has come; None before it has begun."""
    connected_at: datetime | None = None
    """When it was connected for the first time."""
    on_close: OnClose = OnClose.KEEP
    """What becomes of a channel that was made for this link when its record is closed."""
    archive: Archive = NOT_ARCHIVED
    template: str = ""
    """The name of the template by which it was planned; empty without one."""
    extras: Extras = NO_EXTRAS
    """What the template makes beside the channel, as it was when the link was planned."""
    extras_made: tuple[ExtraMade, ...] = ()
    """What has become of each of them so far."""

    @property
    def record(self) -> RecordRef | None:
        """The record of the link; None when it is a view's."""
        return self.regarding if isinstance(self.regarding, RecordRef) else None

    @property
    def environment(self) -> EnvironmentKey:
        return self.regarding.environment

    @property
    def team_name(self) -> str:
        return self.evidence.team_name or (self.new_team.name if self.new_team is not None else "")

    @property
    def tab_entity(self) -> str:
        """The tab's entity id: the key by which a tab in Teams is found to be this link's."""
        return f"lnk_{self.id}"

    @property
    def channel_name(self) -> str:
        return self.evidence.channel_name or (self.wanted.name if isinstance(self.wanted, NewChannel) else "")

    @property
    def steps(self) -> tuple[StepName, ...]:
        """The steps of the present or last run."""
        if self.operation is Operation.DISCONNECT:
            return steps_to_disconnect(self.regarding)
        if self.operation is Operation.UNDO:
            return self.steps_back
        if self.operation in {Operation.ARCHIVE, Operation.RESTORE}:
            return steps_to_archive(self.regarding, self.operation)
        return steps_to_connect(
            self.regarding,
            new_team=self.new_team is not None,
            label=self.new_team is not None and bool(self.new_team.label),
            members=bool(self.members),
            partners=bool(self.partners),
            pinned_by=self.pinned_by,
            extras=self.extras,
            earlier_files=self.earlier_files,
        )

    @property
    def state_word(self) -> str:
        """The state in one word of ours: taking back is not disconnecting, though it is the same state."""
        is_undoing = self.state is LinkState.DISCONNECTING and self.operation is Operation.UNDO
        return Operation.UNDO.value if is_undoing else self.state.value

    @property
    def was_taken_back(self) -> bool:
        """It was undone after it had been made; one that never came to be is undone without that."""
        return self.state is LinkState.UNDONE and self.operation is Operation.UNDO

    @property
    def steps_back(self) -> tuple[StepName, ...]:
        """The steps of undoing it."""
        given = {"members": bool(self.members), "share_view": self.share_view, "partners": bool(self.partners)}
        return steps_to_undo(self.regarding, new_team=self.new_team is not None, extras=self.extras, **given)

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
        return replace(self, state=_WORKING[self.operation], acting=by, trouble=None, waiting=None, run=self.run + 1)

    def connected(self, at: datetime) -> Link:
        """The link with nothing left to do; the moment stands from the first time."""
        return replace(self, state=LinkState.CONNECTED, trouble=None, connected_at=self.connected_at or at)

    def has_effects(self) -> bool:
        """Did anything stay behind in Teams or Dataverse? A tab that Teams itself made is there whatever we did."""
        if self.pinned_by is PinnedBy.HOST:
            return True
        made = self.evidence
        return bool(
            made.team_is_ours
            or made.channel_is_ours
            or made.app_is_ours
            or made.tab
            or made.location
            or made.association
        )


def record_of(link: Link) -> RecordRef:
    """The record of a link that is known to be a record's. Raises ValueError for a view's."""
    if link.record is None:
        raise ValueError(f"link {link.id} is a view's")
    return link.record


def site_row_id(environment: str, site_address: str) -> RowId:
    """The id of the SharePoint site row for a team site: shared by all links to that site."""
    return RowId(str(uuid5(_NAMESPACE, f"{environment}/site/{site_address.rstrip('/').lower()}")))

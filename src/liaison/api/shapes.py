"""What the API takes and gives, as typed documents. A document keeps its names; new ones may be added."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from liaison.domain.closing import OnClose
from liaison.domain.connection import Lack
from liaison.domain.consent import ConsentState, Rung
from liaison.domain.crm import PlaceKind
from liaison.domain.earlier import EarlierFiles
from liaison.domain.extras import ExtraKind, ExtraState
from liaison.domain.forerunners import Way
from liaison.domain.joining import Access
from liaison.domain.link import LinkState, Operation, StepName, TeamPrivacy
from liaison.domain.names import ChannelKind, ViewKind
from liaison.domain.partners import MOST_PARTNERS, MOST_TEAMS
from liaison.domain.readiness import CheckState
from liaison.errors import Retry


class Shape(BaseModel):
    """A document of the API; descriptions come from the field docstrings."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True, frozen=True)


# --- errors ----------------------------------------------------------------------------------------------------


class RowShape(Shape):
    kind: str
    """What it is: site, location, setting, team, channel, record."""
    name: str
    id: str
    detail: str


class ProblemShape(Shape):
    """A refusal or failure, after RFC 9457."""

    type: str
    """Address of the description of this kind of problem."""
    title: str
    status: int
    detail: str
    """What happened, in the language asked for."""
    code: str
    """Stable name of the problem; see the list of errors."""
    remedy: str
    """What to do next."""
    retry: Retry
    """Whether the same request can succeed: never, after the remedy, or later."""
    rows: tuple[RowShape, ...]
    """The very rows, sites or things that the problem is about."""
    facts: dict[str, Any]
    """The facts behind the sentences, by name."""
    help: str
    """Address of the help for this problem."""
    correlation_id: str
    """Names this request in the log; also in the header X-Correlation-ID."""


class CatalogueEntry(Shape):
    """One kind of problem as the list of errors shows it; sentences hold their facts as {names}."""

    code: str
    status: int
    retry: Retry
    title: str
    message: str
    remedy: str
    help: str
    facts: tuple[str, ...]


class Catalogue(Shape):
    items: tuple[CatalogueEntry, ...]


# --- people and places -----------------------------------------------------------------------------------------


class PersonShape(Shape):
    id: str
    name: str
    upn: str


class MeShape(Shape):
    id: str
    tenant: str
    name: str
    upn: str
    language: str
    is_tenant_administrator: bool
    service_plans: tuple[str, ...]
    """Service plans that are provisioned for the person, such as TEAMS1."""
    scopes: tuple[str, ...]
    """Microsoft Graph permissions that the person's token carries."""


class EnvironmentShape(Shape):
    key: str
    """Names the environment in the addresses of this API."""
    name: str
    address: str


class Environments(Shape):
    items: tuple[EnvironmentShape, ...]


# --- records ---------------------------------------------------------------------------------------------------


class RecordShape(Shape):
    environment: str
    table: str
    id: str
    title: str
    stage: str
    """The record's status in words."""
    owner: str


class Records(Shape):
    items: tuple[RecordShape, ...]


class FieldShape(Shape):
    label: str
    text: str


class RecordDetail(RecordShape):
    fields: tuple[FieldShape, ...]


class OriginShape(Shape):
    """A record that was merged into the one asked about, or the lead that it comes from."""

    way: Way
    table: str
    id: str
    title: str


class ConnectionShape(Shape):
    """One channel of a record: tied by Liaison, by Microsoft's own button, or being tied now."""

    association: str | None
    """Id of the row in Dataverse that ties record and channel."""
    link: str | None
    """Id of Liaison's link, when there is one."""
    state: LinkState
    state_text: str
    operation: Operation | None
    """The work that the state is about: `disconnecting` while it is undone as well. None without a link."""
    is_adopted: bool
    """Made by Microsoft's own button, not by Liaison."""
    team: str
    team_name: str
    channel: str
    channel_name: str
    channel_kind: ChannelKind
    channel_address: str
    is_archived: bool
    """Liaison knows that the channel is archived."""
    access: Access
    """Whether the asker is in the channel, and so can open it or has to ask to join."""
    lacks: tuple[Lack, ...] | None
    """What a connection of Microsoft's own button is without, and completing it would add; null when not known."""
    origin: OriginShape | None
    """The record that the channel is tied to, where that went into the one asked about."""


class Connections(Shape):
    record: RecordShape
    items: tuple[ConnectionShape, ...]


# --- files -----------------------------------------------------------------------------------------------------


class PlaceShape(Shape):
    """One place of a record's files; `problem` says why it cannot be opened."""

    key: str
    name: str
    detail: str
    """The team's name when the place is a channel's folder."""
    kind: PlaceKind
    address: str
    is_open: bool
    is_archived: bool
    """The place is an archived channel: its files are for reading only."""
    origin: OriginShape | None
    """The record whose channel it is, where that went into the one asked about."""
    problem: ProblemShape | None


class FileShape(Shape):
    item: str
    """Names the file in the addresses of this API, together with its place."""
    place: str | None
    """Key of the file's place, when the files of all places are listed."""
    name: str
    is_folder: bool
    size_bytes: int
    modified_at: datetime
    modified_by: str
    address: str
    version: str
    children: int


class FilesShape(Shape):
    places: tuple[PlaceShape, ...]
    chosen: str | None
    """Key of the place whose files are listed; `all` for those of every place."""
    items: tuple[FileShape, ...]
    next: str | None
    """Mark of the next page."""
    is_cut: bool = False
    """Among the files of all places: some place holds more."""


# --- teams -----------------------------------------------------------------------------------------------------


class TeamShape(Shape):
    id: str
    name: str
    description: str
    is_archived: bool


class Teams(Shape):
    items: tuple[TeamShape, ...]


class ChannelShape(Shape):
    id: str
    name: str
    kind: ChannelKind
    address: str
    description: str
    is_archived: bool


class Channels(Shape):
    items: tuple[ChannelShape, ...]


# --- links -----------------------------------------------------------------------------------------------------


class ChannelChoice(Shape):
    """Either `id`, an existing channel, or `name`, a channel to be made, or `primary`, the team's first channel."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, json_schema_extra={"examples": [{"name": "Northwind renewal"}]}
    )

    id: str | None = Field(default=None, min_length=1, max_length=200)
    name: str | None = Field(default=None, max_length=256)
    kind: ChannelKind = ChannelKind.STANDARD
    """Of a channel to be made."""
    primary: bool = False
    share_with: tuple[Annotated[str, Field(max_length=36)], ...] = Field(default=(), max_length=MOST_TEAMS)
    """Ids of the asker's own teams that a new shared channel is shared with."""


class NewTeamBody(Shape):
    """A team to be made. The organization's prefix and suffix are put to the name."""

    name: str = Field(max_length=500)
    privacy: TeamPrivacy = TeamPrivacy.PRIVATE
    label: str = Field(default="", max_length=36)
    """Id of a sensitivity label, from the choices for a new team."""
    template: str = Field(default="standard", max_length=100)
    description: str = Field(default="", max_length=1000)


class InvitedShape(Shape):
    """Somebody to be added to the channel's people."""

    id: str = Field(max_length=36)
    """The person's id in the directory."""
    name: str = Field(default="", max_length=256)


class ConnectBody(Shape):
    """Ties one record, or one view, to one channel of an existing team or of a new one."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={
            "examples": [
                {
                    "environment": "contoso-sales",
                    "table": "opportunity",
                    "record": "3f2504e0-4f89-11d3-9a0c-0305e82c3301",
                    "team": "19c5aa12-1c3c-4b6e-8f5e-95b6f3a1c2d4",
                    "channel": {"name": "Northwind renewal"},
                }
            ]
        },
    )

    environment: str = Field(max_length=100)
    table: str = Field(max_length=128)
    record: str = Field(default="", max_length=36)
    """Id of the record; leave it out for a view."""
    view: str = Field(default="", max_length=36)
    view_kind: ViewKind = ViewKind.SYSTEM
    team: str = Field(default="", max_length=36)
    """Id of the team; leave it out for a new one."""
    new_team: NewTeamBody | None = None
    """Leave both out to take the template's team."""
    channel: ChannelChoice | None = None
    """Leave it out to take the template's name and kind."""
    template: str = Field(default="", max_length=36)
    """Id of a template of the environment, for a record; what it makes beside the channel is made too."""
    members: tuple[InvitedShape, ...] = Field(default=(), max_length=200)
    """People to be added, for records and for owners of the team."""
    partners: tuple[Annotated[str, Field(max_length=254)], ...] = Field(default=(), max_length=MOST_PARTNERS)
    """Addresses of people of partner organizations, to be let into a shared channel."""
    share_view: bool = False
    """Agreement to share a personal view with the channel's people."""
    on_close: OnClose | None = None
    """What becomes of a new channel of a record when the record is closed; the template's word, or keep, without it."""
    earlier_files: EarlierFiles = EarlierFiles.SHOW_BOTH
    """What becomes of files that the record has already: shown beside the channel's, copied or moved into it."""


class StepState(StrEnum):
    DONE = "done"
    DOING = "doing"
    WAITING = "waiting"
    STOPPED = "stopped"
    TODO = "todo"


class WaitingShape(Shape):
    """What a step waits for. The work goes on by itself."""

    service: str
    since: datetime
    next_try: datetime
    problem: ProblemShape


class StepShape(Shape):
    name: StepName
    state: StepState
    text: str
    waiting: WaitingShape | None = None


class EvidenceShape(Shape):
    """What exists because of the link; empty until its step is done."""

    channel: str
    channel_address: str
    channel_is_ours: bool
    """The channel was made for this link."""
    tab: str
    tab_address: str
    folder_address: str
    site_address: str
    location: str
    association: str
    note: str


class LinkRecord(Shape):
    environment: str
    table: str
    id: str
    title: str
    address: str
    """Where a browser opens the record or view."""
    view: ViewKind | None
    """The kind of view, when the link is a view's and not a record's."""


class LinkTeam(Shape):
    id: str
    name: str


class LinkChannel(Shape):
    id: str
    """Empty while the channel is still to be made."""
    name: str
    kind: ChannelKind
    address: str


class FindingShape(Shape):
    code: str
    text: str


class EarlierProgressShape(Shape):
    """How far copying or moving the record's earlier files has come."""

    files: int
    settled: int
    """Those that are done, or of which a finding says why not."""
    failed: int


class ExtraShape(Shape):
    """A folder, channel, website tab or welcome of a template. `state` is null before its turn."""

    kind: ExtraKind
    name: str
    state: ExtraState | None
    id: str
    """Empty until it is there."""


class LinkShape(Shape):
    """One record and one channel, and how far the work on them has come."""

    id: str
    address: str
    """Address of this document."""
    state: LinkState
    state_text: str
    is_final: bool
    """No work is under way: nothing will change without a person."""
    operation: Operation
    record: LinkRecord
    team: LinkTeam
    channel: LinkChannel
    by: PersonShape
    """Who asked for the link."""
    acting: PersonShape
    """On whose behalf the present or last work was done."""
    planned_at: datetime
    steps: tuple[StepShape, ...]
    evidence: EvidenceShape
    earlier_files: EarlierFiles
    earlier: EarlierProgressShape | None
    """Null when nothing is copied or moved, or before it begins."""
    trouble: ProblemShape | None
    """Why the work stopped."""
    undo_until: datetime | None
    """Until when the link may be undone; null when it may not."""
    findings: tuple[FindingShape, ...]
    """What a person should know and what did not stop the work."""
    on_close: OnClose
    """What becomes of the channel when the record is closed."""
    archived_at: datetime | None
    """When the channel was archived; null while it is in use."""
    template: str
    """The name of the template by which the link was planned; empty without one."""
    extras: tuple[ExtraShape, ...]
    """What the template makes beside the channel, and what has become of each."""
    run: int
    version: int
    """Grows with every change."""


class LinksShape(Shape):
    items: tuple[LinkShape, ...]
    next: str | None


# --- collaboration ---------------------------------------------------------------------------------------------


class SwitchesShape(Shape):
    basic: bool
    enhanced: bool
    user_sync: bool
    version: str
    """Send it back with a change; the change is refused when somebody saved in between."""
    changed_by: str


class SwitchesBody(Shape):
    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={"examples": [{"basic": True, "enhanced": False, "version": 'W/"1234"'}]},
    )

    basic: bool
    enhanced: bool
    labels: bool | None = None
    """May new teams be private and carry a sensitivity label? Takes Enhanced; left as it is when not given."""
    version: str = Field(min_length=1, max_length=200)


class CheckShape(Shape):
    code: str
    state: CheckState
    title: str
    state_text: str
    text: str
    remedy: str
    rows: tuple[RowShape, ...]
    total: int
    """How many rows there are in all; `rows` shows the first."""
    trouble: str
    """The code of the error for which the check could not be read."""


class ConsentShape(Shape):
    state: ConsentState
    text: str
    granted: tuple[str, ...]
    missing: tuple[str, ...]
    extras: tuple[Rung, ...]
    """What is allowed beyond the enhanced experience."""
    by: str
    at: datetime | None


class CollaborationShape(Shape):
    """Everything that the page "Microsoft Teams collaboration and chat" shows."""

    environment: str
    switches: SwitchesShape
    checks: tuple[CheckShape, ...]
    consent: ConsentShape
    labels: bool | None
    """May new teams be private and carry a sensitivity label? Absent where the environment has no such setting."""
    may_change_basic: bool
    may_change_enhanced: bool
    links: int
    """Links of this environment that are not over."""


# --- audit -----------------------------------------------------------------------------------------------------


class AuditShape(Shape):
    number: int
    at: datetime
    who: str
    act: str
    subject: str
    detail: str
    hash: str
    """Covers this line and the hash of the line before."""


class AuditPage(Shape):
    items: tuple[AuditShape, ...]
    next: str | None
    first_broken: int | None
    """Number of the first line whose hash does not fit; absent while the chain holds."""

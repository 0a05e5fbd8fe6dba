"""What Liaison needs of the world, in its own words. Adapters say these in one protocol each.

Every port of a service is opened for one person, so that the service's own permission checks are ours.
All of them raise the classes of `errors`; `Upstream` errors name the service.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from liaison.domain.consent import Consent
from liaison.domain.crm import (
    App,
    Association,
    CrmPerson,
    Environment,
    Grid,
    LinkRows,
    Location,
    Note,
    Order,
    Record,
    Table,
    View,
)
from liaison.domain.form import Change, Form
from liaison.domain.joining import JoinRequest
from liaison.domain.link import Link, LinkState, NewChannel, NewTeam, Operation
from liaison.domain.members import CrmUser, DirectoryEntry, Member, Sharing
from liaison.domain.names import (
    ChannelId,
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
    TableName,
    TeamId,
    TenantId,
    ViewRef,
)
from liaison.domain.naming import NameRefusal, NamingPolicy, Profile
from liaison.domain.promise import KeptCall
from liaison.domain.readiness import ReadinessFacts, Switches
from liaison.domain.remedy import Mending
from liaison.domain.tables import TableState
from liaison.domain.teams import (
    AppPlacement,
    Channel,
    DirectoryPerson,
    FileEntry,
    FilePage,
    Folder,
    Label,
    NotAdded,
    Tab,
    TabContent,
    Team,
    TeamOperation,
)
from liaison.domain.watch import Watch
from liaison.ports_of_shipping import AppCatalogue, Packages


class Crm(Protocol):
    """One Dataverse environment as one person sees it."""

    async def read_person(self) -> CrmPerson: ...

    async def list_apps(self) -> tuple[App, ...]: ...

    async def read_table(self, table: TableName) -> Table:
        """Raises TableUnknown."""
        ...

    async def list_tables(self, tables: Sequence[TableName]) -> tuple[Table, ...]:
        """The tables of these names that exist, in the order given."""
        ...

    async def list_views(self, table: TableName) -> tuple[View, ...]:
        """System views and the person's own, the default first."""
        ...

    async def read_view(self, ref: ViewRef) -> View:
        """Raises ViewUnknown, PrivilegeMissing."""
        ...

    async def read_grid(
        self, view: View, search: str = "", page: str = "", size: int = 50, order: Order | None = None
    ) -> Grid:
        """One page of a view's rows, narrowed to names that contain `search`; in the view's own order without one."""
        ...

    async def read_record(self, ref: RecordRef) -> Record:
        """Raises RecordUnknown, PrivilegeMissing."""
        ...

    async def find_records(self, table: TableName, asked: str, limit: int = 10) -> tuple[Record, ...]:
        """By id when `asked` is a guid, otherwise by exact name, and failing that by a name that contains it."""
        ...

    async def list_recent(self, tables: Sequence[TableName], limit: int = 10) -> tuple[Record, ...]:
        """Records of these tables that the person opened or changed last, the latest first."""
        ...

    async def read_form(self, ref: RecordRef) -> Form:
        """Raises RecordUnknown, PrivilegeMissing."""
        ...

    async def update_record(self, ref: RecordRef, changes: Sequence[Change], version: str) -> None:
        """Write if the record is still at `version`. Raises RecordChanged, RecordUnknown, PrivilegeMissing."""
        ...

    async def list_notes(self, ref: RecordRef, limit: int = 20) -> tuple[Note, ...]: ...

    async def read_switches(self) -> Switches: ...

    async def save_switches(self, switches: Switches) -> Switches:
        """Write all three switches if the row is still at `switches.version`; the new state comes back.

        Raises SettingsChanged, PrerequisitesUnmet (when the service refuses with 800503ca), PrivilegeMissing.
        """
        ...

    async def read_labels(self) -> bool | None:
        """May new teams be private and carry a sensitivity label? None where there is no such setting."""
        ...

    async def save_labels(self, *, on: bool) -> None: ...

    async def gather_readiness(self, most_rows: int = 200) -> ReadinessFacts:
        """Live facts in one round trip; each list of rows is cut at `most_rows`, its count is not."""
        ...

    async def set_onedrive(self, *, on: bool) -> None: ...

    async def set_site_active(self, site: RowId, *, active: bool) -> None: ...

    async def read_location_content(self, location: RowId) -> dict[str, Any]:
        """Everything that is needed to make a deleted location anew. Raises RecordUnknown."""
        ...

    async def restore_location(self, location: RowId, content: Mapping[str, Any]) -> None:
        """There already is done."""
        ...

    async def list_table_states(self) -> tuple[TableState, ...]:
        """Every table that people see, by name, as the metadata says now."""
        ...

    async def read_table_state(self, table: TableName) -> TableState:
        """Raises TableUnknown."""
        ...

    async def set_teams_status(self, tables: Sequence[TableName], *, on: bool) -> tuple[TableName, ...]:
        """The tables that the service says it switched; only `read_table_state` tells whether it did.

        Raises LinkingNotInstalled, PrivilegeMissing.
        """
        ...

    async def turn_on_documents(self, table: TableName) -> None: ...

    async def find_person(self, asked: str) -> CrmPerson:
        """Somebody of the environment by id, sign-in name or full name. Raises PersonUnknown, NameAmbiguous."""
        ...

    async def list_missing_privileges(self, person: RowId) -> tuple[str, ...]:
        """The privileges that connecting a record takes and that somebody's roles do not give."""
        ...

    async def can_read(self, person: RowId, ref: RecordRef) -> bool:
        """May somebody read one record?"""
        ...

    async def list_sharers(self, ref: RecordRef) -> tuple[Sharing, ...]:
        """The users who have a record: its owner, those it is shared with, and the members of the teams among them."""
        ...

    async def find_users(self, persons: Sequence[PersonId]) -> tuple[CrmUser, ...]:
        """Those of these people of the directory who are users of the environment."""
        ...

    async def list_readers(self, users: Sequence[RowId], ref: RecordRef) -> tuple[RowId, ...] | None:
        """Those of these users who may read a record; None when the asker may not ask."""
        ...

    async def list_apps_of(self, person: RowId) -> tuple[App, ...]:
        """The apps that the service shows somebody else."""
        ...

    async def list_associations(self, regarding: Regarding) -> tuple[Association, ...]:
        """Every channel the record or view is tied to, whoever tied it."""
        ...

    async def list_channel_associations(self, channel: ChannelId) -> tuple[Association, ...]:
        """Everything that is tied to one channel, whoever tied it."""
        ...

    async def list_locations(self, ref: RecordRef) -> tuple[Location, ...]: ...

    async def ensure_location(self, link: Link) -> RowId:
        """The document location of the link's folder, regarding its record; made once under the link's own id."""
        ...

    async def ensure_association(self, link: Link) -> RowId:
        """The row that ties record and channel; found when one exists, else made under the link's own id."""
        ...

    async def ensure_note(self, link: Link, kind: str, subject: str, text: str) -> RowId:
        """A timeline entry, once for each kind."""
        ...

    async def share_view(self, view: ViewRef, users: Sequence[RowId]) -> None:
        """Let users of the environment read a personal view. Raises ViewUnknown, PrivilegeMissing."""
        ...

    async def ensure_rows(self, link: Link, kind: str, subject: str, text: str) -> LinkRows | None:
        """Location, association and timeline entry of a record's link in one set of changes, all or none.

        None when the set was refused: then each of the three tells by itself why.
        """
        ...

    async def remove_rows(self, link: Link, kind: str, subject: str, text: str) -> bool:
        """Association and location gone and a timeline entry made, all or none; false when the set was refused."""
        ...

    async def remove_association(self, row: RowId) -> None:
        """Absent already is done."""
        ...

    async def remove_location(self, row: RowId) -> None: ...

    async def remove_note(self, row: RowId) -> None: ...


class Teamwork(Protocol):
    """Teams, channels, apps and tabs as one person sees them."""

    async def list_teams(self) -> tuple[Team, ...]:
        """The teams the person belongs to, by name."""
        ...

    async def read_team(self, team: TeamId) -> Team:
        """Raises TeamUnknown, NotTeamMember."""
        ...

    async def list_channels(self, team: TeamId) -> tuple[Channel, ...]: ...

    async def read_channel(self, team: TeamId, channel: ChannelId) -> Channel:
        """Raises ChannelGone, NotTeamMember."""
        ...

    async def read_primary_channel(self, team: TeamId) -> Channel:
        """The channel that the team has from its beginning. Raises TeamUnknown, NotTeamMember."""
        ...

    async def ensure_group(self, new: NewTeam, key: str, text: str) -> TeamId:
        """The group of this key, on which a team can be put; as safe to repeat as a read.

        Raises TeamCreationNotAllowed, RoleMissing for a label, NameBlocked, NameRefusedByPolicy.
        """
        ...

    async def ensure_team(self, group: TeamId, new: NewTeam) -> Team:
        """The team on its group; as safe to repeat as a read. Raises StillPreparing while the group is too young."""
        ...

    async def ask_for_team(self, new: NewTeam, text: str) -> TeamOperation:
        """Ask for a team in one call, which must not be repeated. Raises AnswerLost when it may have been made."""
        ...

    async def find_team(self, marker: str) -> Team | None:
        """The person's team whose description carries `marker`. Raises TeamAmbiguous when there are several."""
        ...

    async def read_new_team(self, operation: TeamOperation) -> Team:
        """Raises StillPreparing until the team can be used, TeamNotMade when the service gave up."""
        ...

    async def ensure_channel(
        self, team: TeamId, new: NewChannel, marker: str, description: str, owner: PersonId
    ) -> tuple[Channel, bool]:
        """A channel of that name and kind whose description carries `marker`; true when it was made by us.

        `owner` owns a private or shared channel. Looks before it creates and after a lost answer.
        Raises ChannelNameTaken, ChannelAmbiguous, NotTeamMember.
        """
        ...

    async def list_members(self, team: TeamId, channel: ChannelId = ChannelId("")) -> tuple[Member, ...]:
        """Everybody in the team, or in one of its channels. Raises ConsentNotGranted, NotTeamMember."""
        ...

    async def is_owner(self, team: TeamId, person: PersonId) -> bool:
        """Is somebody an owner of the team? Raises ConsentNotGranted, NotTeamMember."""
        ...

    async def add_member(self, team: TeamId, channel: ChannelId, person: PersonId) -> None:
        """Add somebody to the team, or, when a channel is given, to that private or shared channel of it.

        A member already is done. Raises NotTeamOwner, PersonUnknown, ConsentNotGranted, UpstreamThrottled.
        """
        ...

    async def find_app(self, team: TeamId) -> AppPlacement | None:
        """Our Teams app where it is installed, or the website tab; None when it has to be installed first."""
        ...

    async def ensure_app(self, team: TeamId) -> AppPlacement:
        """Our Teams app installed in the team; the website tab when the catalogue does not have our app."""
        ...

    async def remove_app(self, team: TeamId, installation: str) -> None: ...

    async def ensure_tab(
        self,
        team: TeamId,
        channel: ChannelId,
        placement: AppPlacement,
        content: TabContent,
    ) -> Tab:
        """One tab with this entity (or address, for a website tab): the oldest is kept, our extras are removed.

        A tab of Microsoft's own app that shows the same is as good.
        """
        ...

    async def find_tab(self, team: TeamId, channel: ChannelId, entity: str, content_address: str) -> Tab | None: ...

    async def add_members(self, team: TeamId, people: Sequence[PersonId]) -> tuple[NotAdded, ...]:
        """Add people to a team in one call; those who could not be added come back. A member already is done.

        Raises NotTeamOwner, ConsentNotGranted, UpstreamThrottled.
        """
        ...

    async def remove_channel(self, team: TeamId, channel: ChannelId) -> None:
        """Absent already is done. Raises NotTeamOwner, ConsentNotGranted."""
        ...

    async def remove_team(self, team: TeamId) -> None:
        """With its group; absent already is done. Raises NotTeamOwner, ConsentNotGranted."""
        ...

    async def remove_tab(self, team: TeamId, channel: ChannelId, tab: TabId) -> None:
        """Absent already is done."""
        ...

    async def read_files_folder(self, team: TeamId, channel: ChannelId) -> Folder:
        """Raises StillPreparing while the channel's library is being made."""
        ...

    async def find_files_folder(self, team: TeamId, channel: ChannelId) -> Folder | None:
        """None while it is being made."""
        ...


class Files(Protocol):
    """Files as one person may reach them."""

    async def list_folder(self, drive: DriveId, item: ItemId, page: str = "", size: int = 100) -> FilePage: ...

    async def upload(
        self,
        drive: DriveId,
        folder: ItemId,
        name: str,
        content: AsyncIterator[bytes],
        size_bytes: int,
    ) -> FileEntry:
        """Small files in one request, larger ones by an upload session. Raises FileExists, FilesRefused."""
        ...

    async def download_address(self, drive: DriveId, item: ItemId) -> str:
        """A short-lived address that needs no token; for the person's own browser."""
        ...

    async def find_folder(self, address: str) -> Folder:
        """The folder behind an absolute address. Raises FileUnknown, FilesRefused."""
        ...


class People(Protocol):
    """The directory as one person sees it."""

    async def read_me(self) -> DirectoryPerson: ...

    async def list_plans_of(self, person: str) -> tuple[str, ...]:
        """Somebody's service plans, by id or sign-in name. Raises ConsentNotGranted, PersonUnknown."""
        ...

    async def list_device_policies(self) -> tuple[str, ...] | None:
        """Names of policies that limit unmanaged devices in SharePoint; None when they cannot be read."""
        ...

    async def read_naming_policy(self) -> NamingPolicy | None:
        """The organization's policy for names of teams; None when it cannot be read."""
        ...

    async def read_profile(self) -> Profile:
        """The person's attributes that a naming policy may use."""
        ...

    async def check_group_name(self, name: str) -> tuple[NameRefusal, ...] | None:
        """What the directory has against a name of a new team; None when it cannot be asked."""
        ...

    async def find_group_by_name(self, name: str) -> tuple[str, ...] | None:
        """Names of teams and groups that begin like `name`; None when they cannot be read."""
        ...

    async def list_deleted_group_names(self, name: str) -> tuple[str, ...] | None:
        """The same of groups that were deleted and can still be restored."""
        ...

    async def count_created_objects(self) -> int | None:
        """How many directory objects the person has made; 0 for administrators, None when it cannot be read."""
        ...

    async def is_in_group(self, group: str) -> bool | None:
        """Is the person in a group, directly or through another one? None when it cannot be told."""
        ...

    async def find_people(self, asked: str) -> tuple[DirectoryEntry, ...]:
        """People by words of their name or address. Raises ConsentNotGranted."""
        ...

    async def read_people(self, persons: Sequence[PersonId]) -> tuple[DirectoryEntry, ...]:
        """Those of these people whom the directory has. Raises ConsentNotGranted."""
        ...

    async def list_labels(self) -> tuple[Label, ...] | None:
        """The sensitivity labels that the person may choose, the least sensitive first; None when unreadable."""
        ...


@dataclass(frozen=True)
class SignInStart:
    """Where to send the browser, and what to keep until it comes back."""

    address: str
    state: str
    kept: str


class SignIn(Protocol):
    """Sign-in and consent by browser redirect, device code, and bearer tokens sent to our own API."""

    async def start(
        self, environment: Environment, language: str, hint: str = "", also: Sequence[str] = ()
    ) -> SignInStart:
        """`also` are permissions of Graph to be asked for beside those of every sign-in."""
        ...

    async def finish(self, kept: str, answer: dict[str, str]) -> Person:
        """Redeem the answer; the person's refresh token is parked. Raises SignInRefused."""
        ...

    async def start_consent(self, person: Person, language: str, *, with_user_sync: bool = True) -> SignInStart:
        """The administrator's consent for the organization, for every scope of the enhanced experience.

        Without user sync, nobody's membership can be changed.
        """
        ...

    async def read_consent_answer(self, kept: str, answer: dict[str, str]) -> None:
        """Raises ConsentRefused or SignInRefused; silence means: now probe the token."""
        ...

    async def carried_scopes(self, person: Person) -> frozenset[str]:
        """What this person's Graph token carries; the token at hand will do."""
        ...

    async def probe_scopes(self, person: Person) -> frozenset[str]:
        """The same of a token asked for now, with every scope of the enhanced experience requested."""
        ...

    async def accept_bearer(self, authorization: str) -> Person:
        """The person behind a token sent to our API, on whose behalf we may now act. Raises TokenRefused."""
        ...

    def sign_out_address(self, back_to: str) -> str: ...

    async def forget(self, person: Person) -> None:
        """Delete the person's parked tokens."""
        ...


@dataclass(frozen=True)
class LinkFilter:
    """Which links a list shows; what is empty does not narrow it. `regarding` is the id of a record or view."""

    states: tuple[LinkState, ...] = ()
    environment: EnvironmentKey | str = ""
    table: TableName | str = ""
    regarding: str = ""
    team: TeamId | str = ""


ALL_LINKS = LinkFilter()


class Links(Protocol):
    """Our own memory of links. Each save is one transaction with its audit line."""

    async def plan(self, link: Link, key: str, fingerprint: str) -> Link:
        """Save an intent, unless one for the same record and channel, or the same idempotency key, is there.

        The link that holds from now on comes back: the given one or the earlier. An empty key means none.
        Raises IdempotencyKeyReused when the key came with another fingerprint.
        """
        ...

    async def get(self, link: LinkId) -> Link:
        """Raises LinkUnknown."""
        ...

    async def save(self, link: Link, act: str = "") -> Link:
        """Save if nobody saved since it was read; `act` names an audit line, empty for progress only.

        Raises LinkBusy when somebody did.
        """
        ...

    async def of(self, regarding: Regarding) -> tuple[Link, ...]:
        """Links of a record or view that are not over, oldest first."""
        ...

    async def in_team(self, tenant: TenantId, team: TeamId, besides: LinkId) -> int:
        """How many other links of a team there are that are not over."""
        ...

    async def removed_channels(self, tenant: TenantId, team: TeamId, since: datetime) -> tuple[str, ...]:
        """Names of channels of a team that Liaison itself made and took away again since then: they are still held."""
        ...

    async def of_person(
        self,
        tenant: TenantId,
        person: PersonId | None = None,
        only: LinkFilter = ALL_LINKS,
        page: str = "",
        size: int = 50,
    ) -> tuple[tuple[Link, ...], str]:
        """Newest first, with an opaque mark for the next page; of everybody in the tenant when person is None."""
        ...

    async def count(self, environment: EnvironmentKey) -> int:
        """Links of an environment that are not over."""
        ...

    async def at_work(self) -> tuple[Link, ...]:
        """Links whose work is not finished; a sweep hands them to the engine again."""
        ...

    async def parked_for(self, person: Person) -> tuple[Link, ...]:
        """Links that stopped because this person must sign in again."""
        ...


@dataclass(frozen=True)
class AuditLine:
    """Who did what to what, in order; each line's hash covers the one before."""

    number: int
    at: datetime
    who: str
    act: str
    subject: str
    detail: str
    hash: str


class Audit(Protocol):
    async def write(self, who: Person, act: str, subject: str, detail: str) -> None: ...

    async def list(self, before: int = 0, size: int = 50) -> tuple[AuditLine, ...]: ...

    async def first_broken(self) -> int | None:
        """The number of the first line whose hash does not fit, None when the chain holds."""
        ...


@dataclass(frozen=True)
class Session:
    """A signed-in browser. `form_token` guards its writes."""

    id: str
    person: Person
    form_token: str
    language: str
    theme: str
    started_at: datetime


class Sessions(Protocol):
    async def open(self, person: Person, language: str) -> Session: ...

    async def find(self, session: str) -> Session | None:
        """None when unknown or past its idle or absolute time."""
        ...

    async def set_taste(self, session: str, language: str, theme: str) -> None: ...

    async def close(self, session: str) -> None: ...

    async def keep(self, state: str, kept: str, minutes: int = 10) -> None:
        """Remember what a sign-in needs until the browser comes back with `state`."""
        ...

    async def take(self, state: str) -> str | None:
        """What was kept under `state`, once."""
        ...


class ParkedTokens(Protocol):
    """Refresh tokens of people, encrypted at rest."""

    async def park(self, tenant: TenantId, person: PersonId, refresh_token: str) -> None: ...

    async def read(self, tenant: TenantId, person: PersonId) -> str | None: ...

    async def forget(self, tenant: TenantId, person: PersonId) -> None: ...


class Consents(Protocol):
    """What was last seen of the tenant's consent."""

    async def read(self, tenant: TenantId) -> Consent: ...

    async def save(self, tenant: TenantId, consent: Consent) -> None: ...


class Mendings(Protocol):
    """Remedies that were applied, with the rows as they were before."""

    async def save(self, mending: Mending) -> None: ...

    async def get(self, tenant: TenantId, environment: EnvironmentKey, mending: str) -> Mending:
        """Raises MendingUnknown."""
        ...

    async def list(self, tenant: TenantId, environment: EnvironmentKey, size: int = 20) -> tuple[Mending, ...]:
        """Newest first."""
        ...


class JoinRequests(Protocol):
    """Requests to be let into a team: one for each person and team."""

    async def ask(self, request: JoinRequest) -> JoinRequest:
        """Keep the request, unless that person waits for that team already: then the earlier one comes back."""
        ...

    async def get(self, tenant: TenantId, request: str) -> JoinRequest:
        """Raises JoinUnknown."""
        ...

    async def save_answer(self, request: JoinRequest) -> None:
        """Raises JoinAnswered when somebody was faster."""
        ...

    async def any_waiting(self, tenant: TenantId) -> bool:
        """Does anybody wait for any team? Asked often, so that Teams need not be."""
        ...

    async def waiting_for(self, tenant: TenantId, teams: Sequence[TeamId]) -> tuple[JoinRequest, ...]:
        """Those that wait for an owner of one of these teams, the oldest first."""
        ...

    async def of_person(self, tenant: TenantId, person: PersonId) -> tuple[JoinRequest, ...]:
        """What somebody asked for, the newest first, answered or not."""
        ...


class Watches(Protocol):
    """What was last seen of each enabled environment."""

    async def save(self, watch: Watch) -> None: ...

    async def read(self, tenant: TenantId, environment: EnvironmentKey) -> Watch | None: ...

    async def due(self, before: datetime) -> tuple[Watch, ...]:
        """Those last looked at before this moment, or never."""
        ...

    async def drop(self, tenant: TenantId, environment: EnvironmentKey) -> None: ...


@dataclass(frozen=True)
class CallTotal:
    """How many calls of one kind there were; `feature` is empty for calls outside the promise."""

    feature: str
    service: str
    method: str
    path: str
    count: int


class Calls(Protocol):
    """The ledger of outbound calls."""

    async def list(self, before: int = 0, size: int = 50, *, outside_only: bool = False) -> tuple[KeptCall, ...]:
        """Newest first, those numbered below `before` when it is given."""
        ...

    async def totals(self, since: datetime | None = None) -> tuple[CallTotal, ...]:
        """The most frequent kind first."""
        ...


class Steps(Protocol):
    """The durable engine. A run is named by its operation, its link and the link's run count."""

    async def start(self, operation: Operation, link: Link) -> None:
        """Hand saved work to the engine; handing the same run again is harmless."""
        ...

    async def once(self, name: str, effect: Callable[[], Awaitable[str]]) -> str:
        """Run an effect as a durable step and remember its answer.

        At least once: after a crash an effect whose answer was not yet kept runs again.
        """
        ...

    async def pause(self, seconds: float) -> None:
        """A durable wait: a restart does not begin it anew."""
        ...


@dataclass(frozen=True)
class Executor:
    """A process that carries out durable work. `beats` grows while it lives; `successor` is who took its work over."""

    id: str
    host: str
    pid: int
    beats: int
    successor: str
    seen_at: datetime


class Executors(Protocol):
    """The processes that carry out durable work, and who has taken over from whom."""

    async def join(self, executor: str, host: str, pid: int) -> None:
        """Known already is done."""
        ...

    async def beat(self, executor: str) -> bool:
        """Say that it lives; false when another has taken its work over or the row is gone."""
        ...

    async def list(self) -> tuple[Executor, ...]: ...

    async def take_over(self, gone: Executor, successor: str) -> bool:
        """Claim the work of one that is gone; false when another was faster."""
        ...

    async def leave(self, executor: str) -> None: ...


class Wording(Protocol):
    """Sentences for people, by key, in their language."""

    def say(self, language: str, key: str, facts: Mapping[str, str]) -> str: ...


class Clock(Protocol):
    def now(self) -> datetime:
        """Now in UTC."""
        ...


@dataclass(frozen=True)
class Ports:
    """Everything an operation may use of the world; made in `compose`."""

    environments: tuple[Environment, ...]
    crm: Callable[[Person, EnvironmentKey], Crm]
    """Raises EnvironmentUnknown."""
    teamwork: Callable[[Person], Teamwork]
    files: Callable[[Person], Files]
    people: Callable[[Person], People]
    app_catalogue: Callable[[Person], AppCatalogue]
    packages: Packages
    sign_in: SignIn
    links: Links
    audit: Audit
    sessions: Sessions
    consents: Consents
    mendings: Mendings
    watches: Watches
    join_requests: JoinRequests
    calls: Calls
    steps: Steps
    wording: Wording
    clock: Clock
    public_address: str
    """Liaison's own address as people's browsers and Teams see it."""
    upload_limit_bytes: int

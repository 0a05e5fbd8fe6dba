"""The ports by hand, in memory: services that remember what was made, and fail when told to."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from liaison.domain.consent import Consent, ConsentState, enhanced_scopes
from liaison.domain.crm import Association, Environment, LinkRows, Record, Table, View
from liaison.domain.forerunners import Forerunner
from liaison.domain.link import Link, NewChannel, NewTeam, Operation
from liaison.domain.members import CrmUser, Member
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
    TableName,
    TeamId,
    TenantId,
    ViewId,
    ViewKind,
    ViewRef,
)
from liaison.domain.readiness import Switches
from liaison.domain.teams import (
    AppPlacement,
    Channel,
    Folder,
    NotAdded,
    Tab,
    TabContent,
    Team,
    TeamOperation,
    shows,
)
from liaison.errors import (
    ChannelGone,
    ChannelNameTaken,
    LiaisonError,
    LinkBusy,
    LinkUnknown,
    Row,
    TeamAmbiguous,
)
from liaison.ports import ALL_LINKS, LinkFilter, Ports
from tests.unit.choosing_fakes import FakeJoinRequests
from tests.unit.filing_fakes import filing_ports
from tests.unit.labelling_fakes import FakeLabellers, LabelledTeams
from tests.unit.naming_fakes import FakePeople
from tests.unit.partner_fakes import PartnerWorld
from tests.unit.sights_fakes import following_ports
from tests.unit.template_fakes import FakeExtras, FakeFolders, FakeNames, FakeTemplates

CLAIRE = Person(TenantId("t1"), PersonId("claire"), "Claire Fontaine", "claire.fontaine@contoso.com", "fr")
OLIVER = Person(TenantId("t1"), PersonId("oliver"), "Oliver Grant", "oliver.grant@contoso.com", "en")
SALES = Environment(EnvironmentKey("sales"), "Contoso Sales", "https://sales.example")
MY_VIEW = ViewRef(SALES.key, TableName("opportunity"), ViewId("view-1"), ViewKind.PERSONAL)
DEAL = RecordRef(SALES.key, TableName("opportunity"), RowId("deal-1"))
TEAM = TeamId("team-1")
RENEWALS = Channel(ChannelId("19:renewals"), "Renewals", ChannelKind.STANDARD, "https://teams.example/renewals")
GENERAL = Channel(ChannelId("19:general"), "General", ChannelKind.STANDARD, "https://teams.example/general")
OPPORTUNITIES = Table(
    TableName("opportunity"), "opportunities", 3, "Opportunity", "Opportunities", "opportunityid", "name", True, True
)


class Crash(BaseException):
    """The process ends here."""


@dataclass
class FakeClock:
    moment: datetime = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment


class FakeSteps:
    """Carries out steps at once and keeps their answers for each `run`; a pause moves the clock.

    `crash_in` names the step that the process dies in, after its effect and before its answer is kept.
    """

    def __init__(self, clock: FakeClock) -> None:
        self._clock = clock
        self.started: list[tuple[Operation, LinkId, int]] = []
        self.carried_out: list[str] = []
        self.pauses: list[float] = []
        self.run = ""
        self.kept: dict[tuple[str, str], str] = {}
        self.crash_in = ""
        self.on_pause: Callable[[], Awaitable[None]] | None = None

    async def start(self, operation: Operation, link: Link) -> None:
        self.started.append((operation, link.id, link.run))

    async def once(self, name: str, effect: Callable[[], Awaitable[str]]) -> str:
        if (self.run, name) in self.kept:
            return self.kept[self.run, name]
        answer = await effect()
        self.carried_out.append(name)
        if name == self.crash_in:
            self.crash_in = ""
            raise Crash(name)
        self.kept[self.run, name] = answer
        return answer

    async def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self._clock.moment += timedelta(seconds=seconds)
        if self.on_pause is not None:
            await self.on_pause()


class FakeLinks:
    """Links in a dictionary, with the store's own rules of version and twin."""

    def __init__(self) -> None:
        self.links: dict[LinkId, Link] = {}
        self.keys: dict[tuple[str, str], LinkId] = {}
        self.acts: list[str] = []
        self.removed: tuple[str, ...] = ()
        self.crash_before_save = ""

    async def plan(self, link: Link, key: str, fingerprint: str) -> Link:
        if key and (link.by.id, key) in self.keys:
            return self.links[self.keys[link.by.id, key]]
        held = self._twin(link) or link
        self.links.setdefault(held.id, held)
        if key:
            self.keys[link.by.id, key] = held.id
        return held

    async def get(self, link: LinkId) -> Link:
        if link not in self.links:
            raise LinkUnknown(link)
        return self.links[link]

    async def save(self, link: Link, act: str = "") -> Link:
        if act and act == self.crash_before_save:
            self.crash_before_save = ""
            raise Crash(act)
        now = await self.get(link.id)
        if now.version != link.version:
            raise LinkBusy(now.id, now.state.value)
        twin = self._twin(link)
        if twin is not None:
            raise LinkBusy(twin.id, twin.state.value)
        saved = replace(link, version=link.version + 1)
        self.links[link.id] = saved
        if act:
            self.acts.append(act)
        return saved

    def _twin(self, link: Link) -> Link | None:
        for other in self.links.values():
            same_record = other.regarding == link.regarding and not other.state.is_over and other.id != link.id
            if same_record and _places(other) & _places(link):
                return other
        return None

    async def of(self, regarding: Regarding) -> tuple[Link, ...]:
        return tuple(link for link in self.links.values() if link.regarding == regarding and not link.state.is_over)

    async def removed_channels(self, tenant: TenantId, team: TeamId, since: datetime) -> tuple[str, ...]:
        return self.removed

    async def in_team(self, tenant: TenantId, team: TeamId, besides: LinkId) -> int:
        others = (link for link in self.links.values() if link.id != besides and not link.state.is_over)
        return sum(1 for link in others if link.team == team)

    async def invited_in_team(self, tenant: TenantId, team: TeamId, besides: LinkId) -> frozenset[PersonId]:
        others = (link for link in self.links.values() if link.id != besides and not link.state.is_over)
        return frozenset(one.id for link in others if link.team == team for one in link.members)

    async def of_person(
        self,
        tenant: TenantId,
        person: PersonId | None = None,
        only: LinkFilter = ALL_LINKS,
        page: str = "",
        size: int = 50,
    ) -> tuple[tuple[Link, ...], str]:
        return tuple(self.links.values()), ""

    async def count(self, environment: EnvironmentKey) -> int:
        return len(self.links)

    async def at_work(self) -> tuple[Link, ...]:
        return tuple(link for link in self.links.values() if link.state.at_work)

    async def parked_for(self, person: Person) -> tuple[Link, ...]:
        return tuple(link for link in self.links.values() if link.trouble and link.trouble.code == "auth.sign_in_again")


def _places(link: Link) -> set[str]:
    places = {link.evidence.channel} if link.evidence.channel else set()
    team = f"new {link.new_team.name.casefold()}" if link.new_team else link.team
    name = link.wanted.name.casefold() if isinstance(link.wanted, NewChannel) else ""
    if link.new_team or name:
        places |= {f"{team}/{name}"}
    return places | ({link.wanted} if isinstance(link.wanted, str) else set())


class Troubles:
    """What shall go wrong: errors by the name of the call, one for each time it is made."""

    def __init__(self) -> None:
        self._errors: dict[str, list[LiaisonError | Exception]] = {}
        self.calls: list[str] = []

    def fail(self, call: str, *errors: LiaisonError | Exception) -> None:
        self._errors[call] = list(errors)

    def meet(self, call: str) -> None:
        self.calls.append(call)
        left = self._errors.get(call)
        if left:
            raise left.pop(0)


class FakeTeamwork(FakeExtras):
    """One team whose channels and tabs are found again by name, marker and entity."""

    def __init__(self, troubles: Troubles) -> None:
        self._troubles = troubles
        self.channels: dict[str, Channel] = {RENEWALS.name: RENEWALS}
        self.tabs: dict[str, Tab] = {}
        self.app_installed = False
        self.is_seen_ahead = False
        self.made: list[str] = []
        self.teams: dict[str, Team] = {}
        self.members: set[PersonId] = {CLAIRE.id}
        self.channel_members: set[PersonId] = set()
        self.unknown: set[PersonId] = set()
        self.microsoft_tabs: tuple[Tab, ...] = ()
        self.owned = True
        self.owners: set[PersonId] = set()

    async def read_team(self, team: TeamId) -> Team:
        self._troubles.meet("read_team")
        made = next((one for one in self.teams.values() if one.id == team), None)
        return made or Team(team, "Ventes Europe", "", "19:thread")

    async def list_teams(self) -> tuple[Team, ...]:
        return (Team(TEAM, "Ventes Europe"),)

    async def list_channels(self, team: TeamId) -> tuple[Channel, ...]:
        """A team that was made here has its primary channel and whatever came later."""
        if all(one.id != team for one in self.teams.values()):
            return tuple(self.channels.values())
        return (GENERAL, *(channel for name, channel in self.channels.items() if name != RENEWALS.name))

    async def read_channel(self, team: TeamId, channel: ChannelId) -> Channel:
        self._troubles.meet("read_channel")
        for known in self.channels.values():
            if known.id == channel:
                return known
        raise ChannelGone(channel)

    async def read_primary_channel(self, team: TeamId) -> Channel:
        self._troubles.meet("read_primary_channel")
        return GENERAL

    async def ensure_group(self, new: NewTeam, key: str, text: str) -> TeamId:
        self._troubles.meet("ensure_group")
        return self._make_team(key, new, text).id

    async def ensure_team(self, group: TeamId, new: NewTeam) -> Team:
        self._troubles.meet("ensure_team")
        return next(team for team in self.teams.values() if team.id == group)

    async def ask_for_team(self, new: NewTeam, text: str) -> TeamOperation:
        self._troubles.meet("ask_for_team")
        team = self._make_team(f"asked {len(self.teams)}", new, text)
        self._troubles.meet("ask_for_team answered")
        return TeamOperation(team.id, f"/teams('{team.id}')/operations('1')")

    def _make_team(self, key: str, new: NewTeam, text: str) -> Team:
        if key not in self.teams:
            self.made.append("team")
            self.teams[key] = Team(TeamId(f"team-{len(self.teams) + 2}"), new.name, text, "19:thread")
        return self.teams[key]

    async def find_team(self, marker: str) -> Team | None:
        self._troubles.meet("find_team")
        found = [team for team in self.teams.values() if marker in team.description]
        if len(found) > 1:
            raise TeamAmbiguous(found[0].name, tuple(Row("team", team.name, team.id) for team in found))
        return found[0] if found else None

    async def read_new_team(self, operation: TeamOperation) -> Team:
        self._troubles.meet("read_new_team")
        return next(team for team in self.teams.values() if team.id == operation.team)

    async def ensure_channel(
        self, team: TeamId, new: NewChannel, marker: str, description: str, owner: PersonId
    ) -> tuple[Channel, bool]:
        self._troubles.meet("ensure_channel")
        name = new.name
        known = self.channels.get(name)
        if known is not None and marker not in known.description:
            raise ChannelNameTaken(name, "Ventes Europe", "")
        if known is None:
            self.made.append("channel")
            known = Channel(ChannelId(f"19:{name}"), name, new.kind, "https://teams.example/x", marker)
            self.channels[name] = known
        return known, True

    async def find_app(self, team: TeamId) -> AppPlacement | None:
        """Nothing is seen before its step unless a test says so: each step is tried by itself."""
        return AppPlacement("app-1", "installation-1", True) if self.is_seen_ahead else None

    async def find_files_folder(self, team: TeamId, channel: ChannelId) -> Folder | None:
        return await self.read_files_folder(team, channel) if self.is_seen_ahead else None

    async def ensure_app(self, team: TeamId) -> AppPlacement:
        self._troubles.meet("ensure_app")
        was_there = self.app_installed
        if not was_there:
            self.made.append("app")
        self.app_installed = True
        return AppPlacement("app-1", "installation-1", was_there)

    async def ensure_tab(self, team: TeamId, channel: ChannelId, placement: AppPlacement, content: TabContent) -> Tab:
        self._troubles.meet("ensure_tab")
        theirs = [tab for tab in self.microsoft_tabs if content.regarding and shows(tab, content.regarding)]
        if theirs:
            return replace(theirs[0], is_microsofts=True)
        if content.entity not in self.tabs:
            self.made.append("tab")
            tab = Tab(
                TabId(f"tab-{content.entity}"), content.name, content.entity, content.content_address, "https://t"
            )
            self.tabs[content.entity] = tab
        return self.tabs[content.entity]

    async def find_tab(self, team: TeamId, channel: ChannelId, entity: str, content_address: str) -> Tab | None:
        return self.tabs.get(entity)

    async def remove_tab(self, team: TeamId, channel: ChannelId, tab: TabId) -> None:
        self._troubles.meet("remove_tab")
        self.tabs = {entity: kept for entity, kept in self.tabs.items() if kept.id != tab}

    async def is_owner(self, team: TeamId, person: PersonId) -> bool:
        self._troubles.meet("is_owner")
        return self.owned

    async def list_members(self, team: TeamId, channel: ChannelId = ChannelId("")) -> tuple[Member, ...]:
        self._troubles.meet("list_members")
        people = self.channel_members | {CLAIRE.id} if channel else self.members
        return tuple(Member(person, f"Name of {person}") for person in people)

    async def add_members(self, team: TeamId, people: Sequence[PersonId]) -> tuple[NotAdded, ...]:
        self._troubles.meet("add_members")
        refused = tuple(NotAdded(person, "member_unknown") for person in people if person in self.unknown)
        self.members |= {person for person in people if person not in self.unknown}
        return refused

    async def is_in_channel(self, team: TeamId, channel: ChannelId, kind: ChannelKind, person: PersonId) -> bool:
        self._troubles.meet("is_in_channel")
        return person in self.channel_members

    async def shows(self, team: TeamId, channel: ChannelId, regarding: Regarding) -> bool:
        self._troubles.meet("shows")
        return any(tab.is_microsofts for tab in self.microsoft_tabs)

    async def add_member(self, team: TeamId, channel: ChannelId, person: PersonId) -> None:
        self._troubles.meet("add_member")
        self.channel_members.add(person)

    async def remove_members(
        self, team: TeamId, people: Collection[PersonId], channel: ChannelId = ChannelId("")
    ) -> tuple[PersonId, ...]:
        self._troubles.meet("remove_members")
        if channel:
            self.channel_members -= set(people)
        else:
            self.members -= set(people) - self.owners
        return tuple(one for one in people if one in self.owners)

    async def remove_channel(self, team: TeamId, channel: ChannelId) -> None:
        self._troubles.meet("remove_channel")
        self.channels = {name: one for name, one in self.channels.items() if one.id != channel}

    async def remove_team(self, team: TeamId) -> None:
        self._troubles.meet("remove_team")
        self.teams = {key: one for key, one in self.teams.items() if one.id != team}

    async def remove_app(self, team: TeamId, installation: str) -> None:
        self._troubles.meet("remove_app")
        self.app_installed = False

    async def read_files_folder(self, team: TeamId, channel: ChannelId) -> Folder:
        self._troubles.meet("read_files_folder")
        return Folder(DriveId("d"), ItemId("i"), "Renewals", "https://s/f", "https://s", "/sites/x/Documents/Renewals")


class FakeCrm(FakeNames):
    """Rows by the link's own ids."""

    def __init__(self, troubles: Troubles) -> None:
        self._troubles = troubles
        self.switches = Switches(basic=True, enhanced=True, user_sync=True, version="1")
        self.table = OPPORTUNITIES
        self.rows: dict[RowId, str] = {}
        self.notes: dict[RowId, tuple[str, str]] = {}
        self.associations: tuple[Association, ...] = ()
        self.shared: set[RowId] = set()
        self.no_users: set[PersonId] = set()
        self.takes_sets = False
        self.made: list[str] = []

    async def read_record(self, ref: RecordRef) -> Record:
        self._troubles.meet("read_record")
        return Record(ref, "Renouvellement Northwind", "Open", "Claire Fontaine", ())

    async def read_view(self, ref: ViewRef) -> View:
        self._troubles.meet("read_view")
        return View(ref.id, ref.kind, ref.table, "Mes affaires", False)

    async def find_users(self, persons: Sequence[PersonId]) -> tuple[CrmUser, ...]:
        return tuple(
            CrmUser(RowId(f"user-{person}"), person, person) for person in persons if person not in self.no_users
        )

    async def share_view(self, view: ViewRef, users: Sequence[RowId]) -> None:
        self._troubles.meet("share_view")
        self.shared |= set(users)

    async def list_view_sharers(self, view: ViewRef) -> tuple[RowId, ...]:
        self._troubles.meet("list_view_sharers")
        return tuple(sorted(self.shared))

    async def unshare_view(self, view: ViewRef, users: Sequence[RowId]) -> None:
        self._troubles.meet("unshare_view")
        self.shared -= set(users)

    async def read_switches(self) -> Switches:
        return self.switches

    async def read_table(self, table: TableName) -> Table:
        return self.table

    async def list_associations(self, regarding: Regarding) -> tuple[Association, ...]:
        return self.associations

    async def list_forerunners(self, ref: RecordRef) -> tuple[Forerunner, ...]:
        return ()

    async def ensure_location(self, link: Link) -> RowId:
        return self._ensure("location", link.row_id("location"))

    async def ensure_association(self, link: Link) -> RowId:
        return self._ensure("association", link.row_id("association"))

    async def ensure_note(self, link: Link, kind: str, subject: str, text: str) -> RowId:
        self._troubles.meet("ensure_note")
        row = link.row_id(f"note-{kind}")
        if row not in self.notes:
            self.made.append("note")
            self.notes[row] = (subject, text)
        return row

    async def remove_note(self, row: RowId) -> None:
        self._troubles.meet("remove_note")
        self.notes.pop(row, None)

    async def ensure_rows(self, link: Link, kind: str, subject: str, text: str) -> LinkRows | None:
        if not self.takes_sets:
            return None
        self._troubles.meet("ensure_rows")
        location, association = await self.ensure_location(link), await self.ensure_association(link)
        return LinkRows(location, association, await self.ensure_note(link, kind, subject, text))

    async def remove_rows(self, link: Link, kind: str, subject: str, text: str) -> bool:
        if not self.takes_sets:
            return False
        self._troubles.meet("remove_rows")
        await self.remove_association(link.evidence.association)
        await self.remove_location(link.evidence.location)
        await self.ensure_note(link, kind, subject, text)
        return True

    async def remove_association(self, row: RowId) -> None:
        self._remove("association", row)

    async def remove_location(self, row: RowId) -> None:
        self._remove("location", row)

    def _ensure(self, kind: str, row: RowId) -> RowId:
        self._troubles.meet(f"ensure_{kind}")
        if row not in self.rows:
            self.made.append(kind)
            self.rows[row] = kind
        return row

    def _remove(self, kind: str, row: RowId) -> None:
        self._troubles.meet(f"remove_{kind}")
        self.rows.pop(row, None)


class FakeSignIn:
    scopes = frozenset(enhanced_scopes())

    async def carried_scopes(self, person: Person) -> frozenset[str]:
        return self.scopes


class FakeConsents:
    async def read(self, tenant: TenantId) -> Consent:
        return Consent(ConsentState.GRANTED)


class FakeWording:
    """Says the key and the facts, so that a test sees what would be said."""

    def say(self, language: str, key: str, facts: Mapping[str, str] = {}) -> str:
        return f"{language} {key} {' '.join(facts.values())}"


@dataclass
class World:
    """Everything outside, and the ports to it."""

    clock: FakeClock = field(default_factory=FakeClock)
    troubles: Troubles = field(default_factory=Troubles)

    def __post_init__(self) -> None:
        self.steps = FakeSteps(self.clock)
        self.links = FakeLinks()
        self.teamwork = FakeTeamwork(self.troubles)
        self.crm = FakeCrm(self.troubles)
        self.sign_in = FakeSignIn()
        self.files = FakeFolders(self.troubles)
        self.templates = FakeTemplates()
        self.join_requests = FakeJoinRequests()
        self.labelled = LabelledTeams()
        self.labellers = FakeLabellers()
        self.partners = PartnerWorld()

    @property
    def ports(self) -> Ports:
        given: dict[str, Any] = {
            "environments": (SALES,),
            "crm": lambda person, environment: self.crm,
            "teamwork": lambda person: self.teamwork,
            "files": lambda person: self.files,
            "people": lambda person: FakePeople(),
            "sign_in": self.sign_in,
            "links": self.links,
            "consents": FakeConsents(),
            "steps": self.steps,
            "wording": FakeWording(),
            "clock": self.clock,
            "join_requests": self.join_requests,
            "templates": self.templates,
            "group_labels": self.labelled.as_seen_by,
            "labellers": self.labellers,
            "partners": self.partners.as_seen_by,
            "public_address": "https://liaison.example",
            "upload_limit_bytes": 1000,
        }
        return Ports(
            **given,
            app_catalogue=_nobody,
            packages=_nobody,
            audit=_nobody,
            sessions=_nobody,
            mendings=_nobody,
            watches=_nobody,
            calls=_nobody,
            **filing_ports(),
            **following_ports(),
        )

    def restart(self) -> None:
        """A new process: what its predecessor had not kept is forgotten."""
        kept, started = self.steps.kept, self.steps.started
        self.steps = FakeSteps(self.clock)
        self.steps.kept, self.steps.started = kept, started


def _nobody(*_: Any) -> Any:
    raise AssertionError("this port is not part of the play")

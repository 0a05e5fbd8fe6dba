"""The ports by hand, in memory: services that remember what was made, and fail when told to."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from liaison.domain.consent import Consent, ConsentState, enhanced_scopes
from liaison.domain.crm import Association, Environment, Record, Table
from liaison.domain.link import Link, LinkState, NewChannel, Operation
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
)
from liaison.domain.readiness import Switches
from liaison.domain.teams import AppPlacement, Channel, DirectoryPerson, Folder, Tab, TabContent, Team
from liaison.errors import ChannelGone, ChannelNameTaken, LiaisonError, LinkBusy, LinkUnknown
from liaison.ports import Ports

CLAIRE = Person(TenantId("t1"), PersonId("claire"), "Claire Fontaine", "claire.fontaine@contoso.com", "fr")
OLIVER = Person(TenantId("t1"), PersonId("oliver"), "Oliver Grant", "oliver.grant@contoso.com", "en")
SALES = Environment(EnvironmentKey("sales"), "Contoso Sales", "https://sales.example")
DEAL = RecordRef(SALES.key, TableName("opportunity"), RowId("deal-1"))
TEAM = TeamId("team-1")
RENEWALS = Channel(ChannelId("19:renewals"), "Renewals", ChannelKind.STANDARD, "https://teams.example/renewals")
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

    async def of_person(
        self,
        tenant: TenantId,
        person: PersonId | None = None,
        states: Sequence[LinkState] = (),
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
    return places | ({f"new {link.wanted.name.casefold()}"} if isinstance(link.wanted, NewChannel) else {link.wanted})


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


class FakeTeamwork:
    """One team whose channels and tabs are found again by name, marker and entity."""

    def __init__(self, troubles: Troubles) -> None:
        self._troubles = troubles
        self.channels: dict[str, Channel] = {RENEWALS.name: RENEWALS}
        self.tabs: dict[str, Tab] = {}
        self.app_installed = False
        self.made: list[str] = []

    async def read_team(self, team: TeamId) -> Team:
        self._troubles.meet("read_team")
        return Team(team, "Ventes Europe", "", "19:thread")

    async def list_teams(self) -> tuple[Team, ...]:
        return (Team(TEAM, "Ventes Europe"),)

    async def list_channels(self, team: TeamId) -> tuple[Channel, ...]:
        return tuple(self.channels.values())

    async def read_channel(self, team: TeamId, channel: ChannelId) -> Channel:
        self._troubles.meet("read_channel")
        for known in self.channels.values():
            if known.id == channel:
                return known
        raise ChannelGone(channel)

    async def ensure_channel(self, team: TeamId, name: str, marker: str, description: str) -> tuple[Channel, bool]:
        self._troubles.meet("ensure_channel")
        known = self.channels.get(name)
        if known is not None and marker not in known.description:
            raise ChannelNameTaken(name, "Ventes Europe", "")
        if known is None:
            self.made.append("channel")
            known = Channel(ChannelId(f"19:{name}"), name, ChannelKind.STANDARD, "https://teams.example/x", marker)
            self.channels[name] = known
        return known, True

    async def ensure_app(self, team: TeamId) -> AppPlacement:
        self._troubles.meet("ensure_app")
        was_there = self.app_installed
        if not was_there:
            self.made.append("app")
        self.app_installed = True
        return AppPlacement("app-1", "installation-1", was_there)

    async def ensure_tab(self, team: TeamId, channel: ChannelId, placement: AppPlacement, content: TabContent) -> Tab:
        self._troubles.meet("ensure_tab")
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

    async def remove_app(self, team: TeamId, installation: str) -> None:
        self.app_installed = False

    async def read_files_folder(self, team: TeamId, channel: ChannelId) -> Folder:
        self._troubles.meet("read_files_folder")
        return Folder(DriveId("d"), ItemId("i"), "Renewals", "https://s/f", "https://s", "/sites/x/Documents/Renewals")


class FakeCrm:
    """Rows by the link's own ids."""

    def __init__(self, troubles: Troubles) -> None:
        self._troubles = troubles
        self.switches = Switches(basic=True, enhanced=True, user_sync=True, version="1")
        self.table = OPPORTUNITIES
        self.rows: dict[RowId, str] = {}
        self.notes: dict[RowId, tuple[str, str]] = {}
        self.made: list[str] = []

    async def read_record(self, ref: RecordRef) -> Record:
        self._troubles.meet("read_record")
        return Record(ref, "Renouvellement Northwind", "Open", "Claire Fontaine", ())

    async def read_switches(self) -> Switches:
        return self.switches

    async def read_table(self, table: TableName) -> Table:
        return self.table

    async def list_associations(self, ref: RecordRef) -> tuple[Association, ...]:
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


class FakePeople:
    async def read_me(self) -> DirectoryPerson:
        return DirectoryPerson(CLAIRE.id, CLAIRE.name, CLAIRE.upn, "fr", (), ("TEAMS1", "DYN365_ENTERPRISE_SALES"))


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

    @property
    def ports(self) -> Ports:
        given: dict[str, Any] = {
            "environments": (SALES,),
            "crm": lambda person, environment: self.crm,
            "teamwork": lambda person: self.teamwork,
            "people": lambda person: FakePeople(),
            "sign_in": self.sign_in,
            "links": self.links,
            "consents": FakeConsents(),
            "steps": self.steps,
            "wording": FakeWording(),
            "clock": self.clock,
            "public_address": "https://liaison.example",
            "upload_limit_bytes": 1000,
        }
        return Ports(
            **given,
            files=_nobody,
            app_catalogue=_nobody,
            packages=_nobody,
            audit=_nobody,
            sessions=_nobody,
            mendings=_nobody,
            watches=_nobody,
            calls=_nobody,
        )

    def restart(self) -> None:
        """A new process: what its predecessor had not kept is forgotten."""
        kept, started = self.steps.kept, self.steps.started
        self.steps = FakeSteps(self.clock)
        self.steps.kept, self.steps.started = kept, started


def _nobody(*_: Any) -> Any:
    raise AssertionError("this port is not part of the play")

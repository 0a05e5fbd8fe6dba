"""The ports in memory for the web door: the API's small world, with apps, views, sessions and work that is done."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from liaison.domain.consent import Rung
from liaison.domain.crm import (
    App,
    Association,
    Cell,
    Column,
    Environment,
    Field,
    Grid,
    GridRow,
    Location,
    Note,
    PlaceKind,
    Record,
    Table,
    View,
)
from liaison.domain.link import Link, NewChannel, Operation
from liaison.domain.names import (
    ChannelId,
    ChannelKind,
    DriveId,
    EnvironmentKey,
    ItemId,
    Person,
    PersonId,
    RecordRef,
    RowId,
    TabId,
    TableName,
    TeamId,
    TenantId,
    ViewId,
    ViewKind,
)
from liaison.domain.remedy import Mending
from liaison.domain.teams import (
    AppPlacement,
    Channel,
    DirectoryPerson,
    FileEntry,
    FilePage,
    Folder,
    Tab,
    TabContent,
    Team,
)
from liaison.errors import ConsentRefused, FilesRefused, MendingUnknown, RecordUnknown, TableUnknown
from liaison.operations.runs import run
from liaison.ports import Ports, Session, SignInStart
from tests.unit.api_fakes import (
    CLAIRE,
    EUROPE,
    GENERAL,
    MARC,
    NADIA,
    NOW,
    OLIVER,
    RENEWAL,
    SALES,
    SERVICE,
    FakeCrm,
    FakeFiles,
    FakeSignIn,
    FakeTeamwork,
    World,
)
from tests.unit.choosing_fakes import FakeJoinRequests
from tests.unit.web_people import CrmPeople, NamedPeople, TeamPeople

PEOPLE = {"claire": CLAIRE, "oliver": OLIVER, "nadia": NADIA, "marc": MARC}
SUPPORT = TeamId("bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb")
PRIVATE = ChannelId("19:private@thread.tacv2")
LABELS = {
    "en": {
        "account": ("Account", "Accounts"),
        "contact": ("Contact", "Contacts"),
        "lead": ("Lead", "Leads"),
        "opportunity": ("Opportunity", "Opportunities"),
        "incident": ("Case", "Cases"),
    },
    "fr": {
        "account": ("Compte", "Comptes"),
        "contact": ("Contact", "Contacts"),
        "lead": ("Prospect", "Prospects"),
        "opportunity": ("Opportunité", "Opportunités"),
        "incident": ("Incident", "Incidents"),
    },
}
COMPANIES = ("Northwind", "Adventure Works", "Fabrikam", "Litware", "Proseware", "Tailspin", "Wingtip", "Alpine")
DEALS = ("renewal", "expansion", "pilot", "framework agreement", "training")
PAGE_SIZE = 12


def record_ref(number: int, environment: EnvironmentKey = SALES, table: str = "opportunity") -> RecordRef:
    return RecordRef(environment, TableName(table), RowId(f"33333333-3333-4333-8333-{number:012d}"))


def _many_records() -> dict[RecordRef, tuple[str, frozenset[str]]]:
    everybody = frozenset(person.id for person in PEOPLE.values())
    names = [f"{company} {deal}" for deal in DEALS for company in COMPANIES]
    found = {record_ref(number): (name, everybody) for number, name in enumerate(names[1:], 1)}
    found |= {record_ref(900 + number, table="account"): (name, everybody) for number, name in enumerate(COMPANIES)}
    return {RENEWAL: ("Northwind renewal", everybody), **found}


@dataclass
class WebWorld(World):
    """`step_s` is how long each step of a link's work takes; 0 leaves work undone until `work` is called."""

    records: dict[RecordRef, tuple[str, frozenset[str]]] = field(default_factory=_many_records)
    public_address: str = "http://localhost:8300"
    step_s: float = 0.0
    sessions: dict[str, Session] = field(default_factory=dict)
    kept: dict[str, str] = field(default_factory=dict)
    notes: dict[RecordRef, list[Note]] = field(default_factory=dict)
    tabs: list[Tab] = field(default_factory=list)
    tasks: set[asyncio.Task[str]] = field(default_factory=set)
    consent_answer: str = "granted"
    asked_consent: list[tuple[bool, tuple[Rung, ...]]] = field(default_factory=list)
    """With user sync or without, and which extras."""
    forbidden_places: set[str] = field(default_factory=set)
    owners: set[PersonId] = field(default_factory=set)
    """Who owns teams, every one of them."""
    join_requests: FakeJoinRequests = field(default_factory=FakeJoinRequests)
    somebody: str = "Oliver Grant"
    """What people and labels are called that the wizard shows."""
    folders: dict[ItemId, list[FileEntry]] = field(default_factory=dict)
    plans: tuple[str, ...] = ("TEAMS1", "DYN365_SALES")
    device_policies: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        self.members[SUPPORT] = frozenset({CLAIRE.id, NADIA.id})
        self.members[EUROPE] = frozenset({CLAIRE.id, OLIVER.id, NADIA.id})
        self.channels[SUPPORT] = [Channel(ChannelId("19:support@thread.tacv2"), "General", ChannelKind.STANDARD, "#")]
        self.channels[EUROPE].append(Channel(PRIVATE, "Direction", ChannelKind.PRIVATE, "http://teams/direction"))
        self.notes[RENEWAL] = [
            Note(
                RowId("note-1"),
                "Call with purchasing",
                "They want the training\nas part of the offer.",
                "Oliver Grant",
                NOW,
            )
        ]

    def ports(self, upload_limit_bytes: int = 1_000_000) -> Ports:
        ports = super().ports(upload_limit_bytes)
        ports = replace(
            ports,
            crm=lambda by, key: WebCrm(self, by, key),
            teamwork=lambda by: WebTeamwork(self, by),
            files=lambda by: WebFiles(self, by),
            people=lambda by: WebPeople(self, by),
            mendings=NoMendings(),
            join_requests=self.join_requests,
            sign_in=WebSignIn(self),
            sessions=WebSessions(self),
            clock=RealClock() if self.step_s else ports.clock,
            public_address=self.public_address,
        )
        return replace(ports, steps=WorkingSteps(self, ports))

    def working_ports(self) -> Ports:
        """Ports whose engine does a step as soon as it is asked to."""
        return self.ports()

    def open_session(self, who: Person, language: str = "") -> Session:
        session = Session(f"session-{len(self.sessions)}", who, f"token-{len(self.sessions)}", language, "", NOW)
        self.sessions[session.id] = session
        return session


class RealClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


class WebCrm(CrmPeople, FakeCrm):
    world: WebWorld

    async def list_apps(self) -> tuple[App, ...]:
        if self.key == SERVICE:
            tables = tuple(TableName(name) for name in ("incident", "account", "contact"))
            return (App(RowId("app-2"), "msdyn_CustomerServiceHub", "Customer Service Hub", tables),)
        tables = tuple(TableName(name) for name in ("account", "contact", "lead", "opportunity"))
        return (
            App(RowId("app-1"), "SalesHub", "Sales Hub", tables),
            App(RowId("app-3"), "visits", "Contoso Visits", tables[:2]),
        )

    async def read_table(self, table: TableName) -> Table:
        labels = LABELS[self.by.language[:2]]
        if table not in labels:
            raise TableUnknown(table)
        label, plural = labels[table]
        return Table(
            table, f"{table}s", 3, label, plural, f"{table}id", "name",
            document_management=True, collaboration=table != "lead",
        )  # fmt: skip

    async def list_views(self, table: TableName) -> tuple[View, ...]:
        plural = (await self.read_table(table)).plural
        return (
            View(ViewId("view-1"), ViewKind.SYSTEM, table, f"My open {plural}", True),
            View(ViewId("view-2"), ViewKind.SYSTEM, table, f"All {plural}", False),
            View(ViewId("view-3"), ViewKind.PERSONAL, table, f"{plural} of the north", False),
        )

    async def read_grid(self, view: View, search: str = "", page: str = "", size: int = 50) -> Grid:
        self.world.touch("crm.read_grid")
        refs = [
            ref
            for ref, (name, _) in self.world.records.items()
            if ref.table == view.table and ref.environment == self.key
        ]
        found = [ref for ref in refs if search.casefold() in self.world.records[ref][0].casefold()]
        start = int(page or 0)
        rows = tuple(self._row(ref) for ref in found[start : start + PAGE_SIZE])
        more = str(start + PAGE_SIZE) if start + PAGE_SIZE < len(found) else ""
        names = ("Topic", "Potential customer", "Est. revenue", "Status", "Owner")
        columns = tuple(Column(name.lower(), name) for name in names)
        return Grid(view, columns, rows, more, len(found))

    def _row(self, ref: RecordRef) -> GridRow:
        title = self.world.records[ref][0]
        cells = (
            Cell(title), Cell(title.partition(" ")[0], record_ref(900, table="account")), Cell("€ 120,000.00"),
            Cell("Open"), Cell("Claire Fontaine"),
        )  # fmt: skip
        return GridRow(ref, title, cells)

    async def read_record(self, ref: RecordRef) -> Record:
        self.world.touch("crm.read_record")
        title, readers = self.world.records.get(ref, ("", frozenset()))
        if self.by.id not in readers:
            raise RecordUnknown(ref.table, ref.id)
        account = Cell("Northwind", record_ref(900, table="account"))
        fields = (
            Field("Topic", Cell(title)), Field("Potential customer", account),
            Field("Est. revenue", Cell("€ 120,000.00")), Field("Est. close date", Cell("30/06/2026")),
            Field("Probability", Cell("60 %")), Field("Description", Cell("")),
        )  # fmt: skip
        return Record(ref, title, "Propose", "Claire Fontaine", fields)

    async def list_notes(self, ref: RecordRef, limit: int = 20) -> tuple[Note, ...]:
        return tuple(self.world.notes.get(ref, ()))

    async def list_associations(self, ref: RecordRef) -> tuple[Association, ...]:
        return tuple(self.world.associations.get(ref, ()))

    async def list_locations(self, ref: RecordRef) -> tuple[Location, ...]:
        if ref != RENEWAL:
            return ()
        site = "https://contoso.sharepoint.com/sites/sales"
        return (
            Location(
                RowId("loc-1"), "Documents on Default Site 1", PlaceKind.SHAREPOINT, f"{site}/opportunity/Northwind"
            ),
            Location(RowId("loc-2"), "Old archive", PlaceKind.SHAREPOINT, f"{site}/archive"),
        )

    async def ensure_association(self, link: Link) -> RowId:
        row = link.row_id("association")
        made = link.evidence
        association = Association(
            row, link.regarding, link.team, made.team_name, made.team_thread, made.channel, made.channel_name,
            made.channel_kind, made.site_address, made.folder_path, "tenant", web_address=made.channel_address,
        )  # fmt: skip
        rows = self.world.associations.setdefault(link.regarding, [])
        if all(one.id != row for one in rows):
            rows.append(association)
        return row

    async def ensure_note(self, link: Link, kind: str, subject: str, text: str) -> RowId:
        note = Note(link.row_id(kind), subject, text, link.acting.name, RealClock().now())
        self.world.notes.setdefault(link.regarding, []).append(note)
        return note.id

    async def remove_association(self, row: RowId) -> None:
        for rows in self.world.associations.values():
            rows[:] = [one for one in rows if one.id != row]


class WebTeamwork(TeamPeople, FakeTeamwork):
    world: WebWorld

    async def list_teams(self) -> tuple[Team, ...]:
        self.world.touch("teamwork.list_teams")
        names = {EUROPE: ("Ventes Europe", "Équipe commerciale Europe"), SUPPORT: ("Support", "Questions of customers")}
        return tuple(Team(team, *names[team]) for team in names if self.by.id in self.world.members[team])

    async def read_team(self, team: TeamId) -> Team:
        found = await super().read_team(team)
        return replace(found, name="Support") if team == SUPPORT else found

    async def read_primary_channel(self, team: TeamId) -> Channel:
        await self.read_team(team)
        return self.world.channels[team][0]

    async def find_microsoft_tabs(self, team: TeamId, channel: ChannelId) -> tuple[Tab, ...]:
        return ()

    async def ensure_channel(
        self, team: TeamId, new: NewChannel, marker: str, description: str, owner: PersonId
    ) -> tuple[Channel, bool]:
        name = new.name
        for one in self.world.channels[team]:
            if one.name == name:
                return one, True
        address = f"{self.world.public_address}/help?channel={name}"
        made = Channel(ChannelId(f"19:{marker}@thread.tacv2"), name, new.kind, address, description)
        self.world.channels[team].append(made)
        return made, True

    async def ensure_app(self, team: TeamId) -> AppPlacement:
        return AppPlacement("app-1", "installation-1", was_there=False)

    async def ensure_tab(self, team: TeamId, channel: ChannelId, placement: AppPlacement, content: TabContent) -> Tab:
        tab = Tab(TabId(f"tab-{len(self.world.tabs)}"), content.name, content.entity, content.content_address, "#")
        self.world.tabs.append(tab)
        return tab


class WebFiles(FakeFiles):
    world: WebWorld

    async def list_folder(self, drive: DriveId, item: ItemId, page: str = "", size: int = 100) -> FilePage:
        listed = (await super().list_folder(drive, item, page, size)).entries
        return FilePage((*self.world.folders.get(item, ()), *listed), "")

    async def find_folder(self, address: str) -> Folder:
        if address.endswith("archive"):
            raise FilesRefused("Old archive")
        return Folder(DriveId("drive-2"), ItemId("folder-default"), "Northwind", address, "", "/sites/sales")


class WebPeople(NamedPeople):
    world: WebWorld

    async def read_me(self) -> DirectoryPerson:
        return replace(await super().read_me(), service_plans=self.world.plans)

    async def list_device_policies(self) -> tuple[str, ...] | None:
        return self.world.device_policies


class NoMendings:
    """Nothing was mended yet; tests/contract tries remedies on real rows."""

    async def save(self, mending: Mending) -> None:
        raise NotImplementedError

    async def get(self, tenant: TenantId, environment: EnvironmentKey, mending: str) -> Mending:
        raise MendingUnknown(mending)

    async def list(self, tenant: TenantId, environment: EnvironmentKey, size: int = 20) -> tuple[Mending, ...]:
        return ()


class WebSignIn(FakeSignIn):
    """Signs in whoever the query's `who` names, by way of our own callback."""

    world: WebWorld

    async def start(
        self, environment: Environment, language: str, hint: str = "", also: Sequence[str] = ()
    ) -> SignInStart:
        state = f"state-{len(self.world.kept)}"
        query = urlencode({"state": state, "who": hint or "claire"})
        return SignInStart(f"{self.world.public_address}/auth/callback?{query}", state, "kept")

    async def finish(self, kept: str, answer: dict[str, str]) -> Person:
        return PEOPLE[answer["who"]]

    async def start_consent(
        self, person: Person, language: str, *, with_user_sync: bool = True, extras: tuple[Rung, ...] = ()
    ) -> SignInStart:
        state = f"consent-{len(self.world.kept)}"
        self.world.asked_consent.append((with_user_sync, extras))
        return SignInStart(f"{self.world.public_address}/auth/consent-callback?state={state}", state, "kept")

    async def read_consent_answer(self, kept: str, answer: dict[str, str]) -> None:
        if self.world.consent_answer == "refused":
            raise ConsentRefused("Nadia Benali")

    def sign_out_address(self, back_to: str) -> str:
        return back_to


class WebSessions:
    def __init__(self, world: WebWorld) -> None:
        self.world = world

    async def open(self, person: Person, language: str) -> Session:
        return self.world.open_session(person, language)

    async def find(self, session: str) -> Session | None:
        return self.world.sessions.get(session)

    async def set_taste(self, session: str, language: str, theme: str) -> None:
        known = self.world.sessions[session]
        self.world.sessions[session] = replace(known, language=language, theme=theme)

    async def close(self, session: str) -> None:
        self.world.sessions.pop(session, None)

    async def keep(self, state: str, kept: str, minutes: int = 10) -> None:
        json.loads(kept)
        self.world.kept[state] = kept

    async def take(self, state: str) -> str | None:
        return self.world.kept.pop(state, None)


class WorkingSteps:
    """Carries the work out in this process, each step as slowly as the world says."""

    def __init__(self, world: WebWorld, ports: Ports) -> None:
        self.world = world
        self.ports = replace(ports, steps=self)

    async def start(self, operation: Operation, link: Link) -> None:
        self.world.started.append((operation, link.id, link.run))
        if self.world.step_s:
            task = asyncio.create_task(run(operation, link.id, self.ports))
            self.world.tasks.add(task)

    async def once(self, name: str, effect: Callable[[], Awaitable[str]]) -> str:
        await asyncio.sleep(self.world.step_s)
        return await effect()

    async def pause(self, seconds: float) -> None:
        await asyncio.sleep(min(seconds, 2.0))


def sample_files() -> Sequence[FileEntry]:
    """What a lived-in folder holds."""
    names = (
        ("Contracts", True, 0, 4), ("Offer Northwind 2026.docx", False, 48_213, 0),
        ("Price list.xlsx", False, 1_284_112, 0),
        ("Kick-off.pptx", False, 7_912_004, 0), ("Framework agreement (signed).pdf", False, 912_481, 0),
        ("Site plan.png", False, 402_113, 0), ("readme.txt", False, 812, 0),
    )  # fmt: skip
    return [
        FileEntry(
            DriveId("drive-1"), ItemId(f"item-{number}"), name, is_folder, size, NOW - timedelta(days=number),
            ("Oliver Grant", "Claire Fontaine")[number % 2], f"https://contoso.sharepoint.com/{number}", "1", children,
        )
        for number, (name, is_folder, size, children) in enumerate(names)
    ]  # fmt: skip


def lively(world: WebWorld) -> WebWorld:
    """The world with a connected channel, an adopted one, and files."""
    world.adopt()
    world.folders[ItemId("folder-contract")] = list(sample_files())
    world.folders[ItemId("folder-default")] = list(sample_files())[1:4]
    return world


__all__ = ["GENERAL", "PEOPLE", "SUPPORT", "WebWorld", "lively", "record_ref"]

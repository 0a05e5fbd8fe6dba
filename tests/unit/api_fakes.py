"""The ports in memory: a small world with two environments, two teams and a handful of people."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from liaison.domain.consent import Consent, ConsentState, Rung, enhanced_scopes
from liaison.domain.crm import (
    TEAMS_ADMINISTRATOR,
    Association,
    Cell,
    CrmPerson,
    Environment,
    Field,
    LinkRows,
    Location,
    Note,
    PlaceKind,
    Record,
    Table,
)
from liaison.domain.diagnosis import GLOBAL_ADMINISTRATOR_TEMPLATE
from liaison.domain.link import Link, NewChannel, Operation
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
    TableName,
    TeamId,
    TenantId,
)
from liaison.domain.packages import Issuer, Package, PublishedApp, manifest_id
from liaison.domain.readiness import Deployment, ReadinessFacts, Switches
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
from liaison.domain.watch import Watch
from liaison.errors import (
    ChannelGone,
    EnvironmentUnknown,
    FileExists,
    FileUnknown,
    IdempotencyKeyReused,
    InputInvalid,
    LinkBusy,
    LinkUnknown,
    NotTeamMember,
    PrivilegeMissing,
    RecordUnknown,
    RoleMissing,
    SettingsChanged,
    StillPreparing,
    TableUnknown,
    TeamUnknown,
    TokenRefused,
)
from liaison.ports import ALL_LINKS, AuditLine, LinkFilter, Ports, SignInStart
from liaison.shipping.shelf import PackageShelf
from liaison.text.lookup import load_texts
from tests.unit.api_fakes_kept import FakeConsents, FakeSessions, FakeSteps, FakeWatches
from tests.unit.choosing_fakes import FakeJoinRequests, QuietCrm, QuietLinks, QuietPeople, QuietTeamwork
from tests.unit.enabling_fakes import FakeCalls, FakeEnabling, FakeMendings
from tests.unit.fakes import FakeClock
from tests.unit.filing_fakes import filing_ports
from tests.unit.labelling_fakes import LabellingWorld
from tests.unit.partner_fakes import PartnerWorld
from tests.unit.sights_fakes import following_ports
from tests.unit.tab_fakes import FakeForms, Forms
from tests.unit.template_fakes import FakeNames, FakeTemplates

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
PUBLIC = "http://localhost:8300"
CLIENT = "6f0c1b0a-5a0e-4c0f-9d3c-0d2f6c9d1a11"
ISSUER = Issuer(
    PUBLIC, CLIENT, manifest_id(CLIENT), "Contoso", f"{PUBLIC}/help/privacy", f"{PUBLIC}/help/terms", is_local=True
)
TENANT = TenantId("c0a7e5b1-5f3d-4c51-9a55-2d2f3a1b7c10")
SALES = EnvironmentKey("contoso-sales")
SERVICE = EnvironmentKey("contoso-service")
OPPORTUNITY = TableName("opportunity")
RENEWAL = RecordRef(SALES, OPPORTUNITY, RowId("11111111-1111-4111-8111-111111111111"))
SECRET_DEAL = RecordRef(SALES, OPPORTUNITY, RowId("22222222-2222-4222-8222-222222222222"))
EUROPE = TeamId("aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa")
GENERAL = ChannelId("19:general@thread.tacv2")
CONTRACT = ChannelId("19:contract@thread.tacv2")
ADOPTED_ROW = RowId("99999999-9999-4999-8999-999999999999")


def person(name: str, number: int, tenant: TenantId = TENANT) -> Person:
    given = name.split(maxsplit=1)[0].lower()
    return Person(tenant, PersonId(f"00000000-0000-4000-8000-{number:012d}"), name, f"{given}@contoso.com")


CLAIRE = person("Claire Fontaine", 1)
OLIVER = person("Oliver Grant", 2)
NADIA = person("Nadia Benali", 3)
MARC = person("Marc Lefevre", 4)
STRANGER = person("Mallory Reed", 5, TenantId("dddddddd-dddd-4ddd-8ddd-dddddddddddd"))

TOKENS = {
    "claire": CLAIRE,
    "oliver": OLIVER,
    "nadia": NADIA,
    "marc": MARC,
    "stranger": STRANGER,
}


@dataclass
class World:
    """Everything that the fakes show and change. Set `refuse` to make the next call of a method fail."""

    switches: dict[EnvironmentKey, Switches] = field(
        default_factory=lambda: {
            SALES: Switches(basic=True, enhanced=True, user_sync=True, version="1"),
            SERVICE: Switches(basic=False, enhanced=False, user_sync=False, version="1"),
        }
    )
    readiness: ReadinessFacts = field(
        default_factory=lambda: ReadinessFacts(
            Deployment.ONLINE, sharepoint_configured=True, onedrive_enabled=False, sites=(), absolute_locations=()
        )
    )
    watches: dict[EnvironmentKey, Watch] = field(default_factory=dict)
    records: dict[RecordRef, tuple[str, frozenset[PersonId]]] = field(
        default_factory=lambda: {
            RENEWAL: ("Northwind renewal", frozenset({CLAIRE.id, OLIVER.id, NADIA.id, MARC.id})),
            SECRET_DEAL: ("Secret deal", frozenset({CLAIRE.id})),
        }
    )
    members: dict[TeamId, frozenset[PersonId]] = field(
        default_factory=lambda: {EUROPE: frozenset({CLAIRE.id, OLIVER.id})}
    )
    channels: dict[TeamId, list[Channel]] = field(
        default_factory=lambda: {
            EUROPE: [
                Channel(GENERAL, "General", ChannelKind.STANDARD, "http://teams/general"),
                Channel(CONTRACT, "Contract", ChannelKind.STANDARD, "http://teams/contract"),
            ]
        }
    )
    associations: dict[RecordRef, list[Association]] = field(default_factory=dict)
    files: dict[ItemId, dict[str, bytes]] = field(default_factory=lambda: {ItemId("folder-general"): {}})
    preparing: set[ChannelId] = field(default_factory=set)
    links: dict[LinkId, Link] = field(default_factory=dict)
    keys: dict[str, tuple[str, LinkId]] = field(default_factory=dict)
    started: list[tuple[Operation, LinkId, int]] = field(default_factory=list)
    audit: list[AuditLine] = field(default_factory=list)
    consent: Consent = field(default_factory=lambda: Consent(ConsentState.GRANTED, enhanced_scopes(), (), "Nadia"))
    scopes: frozenset[str] = frozenset(enhanced_scopes())
    labelling: LabellingWorld = field(default_factory=LabellingWorld)
    partners: PartnerWorld = field(default_factory=PartnerWorld)
    refuse: dict[str, Exception] = field(default_factory=dict)
    forms: Forms = field(default_factory=Forms)
    strangers: set[tuple[str, str]] = field(default_factory=set)
    """Environment and person, where the environment does not know the person."""
    touched: list[str] = field(default_factory=list)
    published: PublishedApp | None = None
    forerunners: dict[RecordRef, tuple[Any, ...]] = field(default_factory=dict)
    filing: dict[str, Any] = field(default_factory=filing_ports)
    templates: FakeTemplates = field(default_factory=FakeTemplates)
    following: dict[str, Any] = field(default_factory=following_ports)

    def touch(self, method: str) -> None:
        self.touched.append(method)
        if method in self.refuse:
            raise self.refuse[method]

    def adopt(self) -> Association:
        """A row such as Microsoft's own button makes."""
        row = Association(
            ADOPTED_ROW, RENEWAL, EUROPE, "Ventes Europe", "19:team@thread.tacv2", CONTRACT, "Contract",
            ChannelKind.STANDARD, "https://contoso.sharepoint.com/sites/Europe", "/sites/Europe/Docs/Contract", TENANT,
        )  # fmt: skip
        self.associations.setdefault(RENEWAL, []).append(row)
        return row

    def ports(self, upload_limit_bytes: int = 1_000_000) -> Ports:
        return Ports(
            environments=(
                Environment(SALES, "Contoso Sales", "http://localhost:8301"),
                Environment(SERVICE, "Contoso Service", "http://localhost:8303"),
            ),
            crm=lambda by, key: FakeCrm(self, by, key),
            teamwork=lambda by: FakeTeamwork(self, by),
            files=lambda by: FakeFiles(self, by),
            people=lambda by: FakePeople(self, by),
            app_catalogue=lambda by: FakeCatalogue(self, by),
            packages=PackageShelf(ISSUER, load_texts()),
            sign_in=FakeSignIn(self),
            links=FakeLinks(self),
            audit=FakeAudit(self),
            sessions=FakeSessions(),  # type: ignore[arg-type]  # of sessions, the API only asks what was kept
            consents=FakeConsents(self),
            mendings=FakeMendings(),
            watches=FakeWatches(self),
            join_requests=FakeJoinRequests(),
            templates=self.templates,
            calls=FakeCalls(),
            **(self.filing | self.following),
            **self.labelling.ports,
            **self.partners.ports,
            steps=FakeSteps(self.started),
            wording=load_texts(),
            clock=FakeClock(NOW),
            public_address=PUBLIC,
            upload_limit_bytes=upload_limit_bytes,
        )


class FakeCrm(FakeNames, FakeForms, FakeEnabling, QuietCrm):
    def __init__(self, world: World, by: Person, key: EnvironmentKey) -> None:
        if key not in world.switches:
            raise EnvironmentUnknown(key)
        self.world, self.by, self.key = world, by, key

    async def read_person(self) -> CrmPerson:
        self.world.touch("crm.read_person")
        if (self.key, self.by.id) in self.world.strangers:
            raise PrivilegeMissing("prvReadUser")
        is_administrator = self.by in {NADIA, MARC} or self.by.id in {NADIA.id, MARC.id}
        role = "System Administrator" if is_administrator else "Salesperson"
        return CrmPerson(RowId(self.by.id), self.by.name, (role,), is_administrator)

    async def read_table(self, table: TableName) -> Table:
        if table not in {"opportunity", "account", "task"}:
            raise TableUnknown(table)
        return Table(
            table, f"{table}s", 3, table.title(), f"{table.title()}s", f"{table}id", "name",
            document_management=True, collaboration=table != "task",
        )  # fmt: skip

    async def read_record(self, ref: RecordRef) -> Record:
        self.world.touch("crm.read_record")
        title, readers = self.world.records.get(ref, ("", frozenset()))
        if self.by.id not in readers:
            raise RecordUnknown(ref.table, ref.id)
        return Record(ref, title, "Propose", "Claire Fontaine", (Field("Est. revenue", Cell("€ 120,000")),))

    async def find_records(self, table: TableName, asked: str, limit: int = 10) -> tuple[Record, ...]:
        self.world.touch("crm.find_records")
        await self.read_table(table)
        mine = [ref for ref, (_, readers) in self.world.records.items() if self.by.id in readers and ref.table == table]
        exact = [ref for ref in mine if asked in {ref.id, self.world.records[ref][0]}]
        part = [ref for ref in mine if asked.casefold() in self.world.records[ref][0].casefold()]
        return tuple([await self.read_record(ref) for ref in (exact or part)[:limit]])

    async def list_notes(self, ref: RecordRef, limit: int = 20) -> tuple[Note, ...]:
        return ()

    async def read_switches(self) -> Switches:
        self.world.touch("crm.read_switches")
        return self.world.switches[self.key]

    async def save_switches(self, switches: Switches) -> Switches:
        now = self.world.switches[self.key]
        if switches.version != now.version:
            raise SettingsChanged("Marc Lefevre")
        saved = replace(switches, version=str(int(now.version) + 1), changed_by=self.by.name)
        self.world.switches[self.key] = saved
        return saved

    async def read_labels(self) -> bool | None:
        return self.world.labelling.setting

    async def list_associations(self, regarding: Regarding) -> tuple[Association, ...]:
        self.world.touch("crm.list_associations")
        if not isinstance(regarding, RecordRef):
            return ()
        await self.read_record(regarding)
        return tuple(self.world.associations.get(regarding, ()))

    async def list_locations(self, ref: RecordRef) -> tuple[Location, ...]:
        folder = "https://contoso.sharepoint.com/sites/Europe/Docs/General"
        return (Location(RowId("loc-1"), "General", PlaceKind.SHAREPOINT, folder),)

    async def ensure_rows(self, link: Link, kind: str, subject: str, text: str) -> LinkRows | None:
        return None

    async def remove_rows(self, link: Link, kind: str, subject: str, text: str) -> bool:
        return False

    async def ensure_location(self, link: Link) -> RowId:
        return link.row_id("location")

    async def ensure_association(self, link: Link) -> RowId:
        return link.row_id("association")

    async def ensure_note(self, link: Link, kind: str, subject: str, text: str) -> RowId:
        return link.row_id(kind)

    async def remove_association(self, row: RowId) -> None: ...

    async def remove_location(self, row: RowId) -> None: ...

    async def remove_note(self, row: RowId) -> None: ...


class FakeTeamwork(QuietTeamwork):
    owner = CLAIRE.id

    def __init__(self, world: World, by: Person) -> None:
        self.world, self.by = world, by

    async def list_teams(self) -> tuple[Team, ...]:
        self.world.touch("teamwork.list_teams")
        return tuple(
            Team(team, "Ventes Europe", "Équipe commerciale Europe")
            for team, members in self.world.members.items()
            if self.by.id in members
        )

    async def read_team(self, team: TeamId) -> Team:
        if team not in self.world.members:
            raise TeamUnknown(team)
        if self.by.id not in self.world.members[team]:
            raise NotTeamMember("Ventes Europe")
        return Team(team, "Ventes Europe", "", "19:team@thread.tacv2", "http://teams/europe")

    async def list_channels(self, team: TeamId) -> tuple[Channel, ...]:
        await self.read_team(team)
        return tuple(self.world.channels[team])

    async def read_channel(self, team: TeamId, channel: ChannelId) -> Channel:
        for one in await self.list_channels(team):
            if one.id == channel:
                return one
        raise ChannelGone(channel)

    async def ensure_channel(
        self, team: TeamId, new: NewChannel, marker: str, description: str, owner: PersonId
    ) -> tuple[Channel, bool]:
        raise NotImplementedError

    async def is_owner(self, team: TeamId, person: PersonId) -> bool:
        return True

    async def find_app(self, team: TeamId) -> AppPlacement | None:
        return None

    async def find_files_folder(self, team: TeamId, channel: ChannelId) -> Folder | None:
        return None

    async def ensure_app(self, team: TeamId) -> AppPlacement:
        raise NotImplementedError

    async def remove_app(self, team: TeamId, installation: str) -> None: ...

    async def ensure_tab(self, team: TeamId, channel: ChannelId, placement: AppPlacement, content: TabContent) -> Tab:
        raise NotImplementedError

    async def find_tab(self, team: TeamId, channel: ChannelId, entity: str, content_address: str) -> Tab | None:
        return None

    async def remove_tab(self, team: TeamId, channel: ChannelId, tab: str) -> None: ...

    async def read_files_folder(self, team: TeamId, channel: ChannelId) -> Folder:
        if channel in self.world.preparing:
            raise StillPreparing("graph", what="Contract")
        found = await self.read_channel(team, channel)
        address = f"https://contoso.sharepoint.com/sites/Europe/Docs/{found.name}"
        item = ItemId(f"folder-{found.name.lower()}")
        return Folder(DriveId("drive-1"), item, found.name, address, "https://contoso.sharepoint.com/sites/Europe", "")


class FakeFiles:
    def __init__(self, world: World, by: Person) -> None:
        self.world, self.by = world, by

    async def list_folder(self, drive: DriveId, item: ItemId, page: str = "", size: int = 100) -> FilePage:
        names = sorted(self.world.files.get(item, {}))
        return FilePage(tuple(self._entry(item, name) for name in names), "")

    async def upload(
        self, drive: DriveId, folder: ItemId, name: str, content: AsyncIterator[bytes], size_bytes: int
    ) -> FileEntry:
        self.world.touch("files.upload")
        if name in self.world.files.setdefault(folder, {}):
            raise FileExists(name)
        data = b"".join([chunk async for chunk in content])
        self.world.files[folder][name] = data
        return self._entry(folder, name)

    async def download_address(self, drive: DriveId, item: ItemId) -> str:
        for files in self.world.files.values():
            if item in files:
                return f"https://contoso.sharepoint.com/download/{item}?tempauth=short-lived"
        raise FileUnknown(item)

    async def find_folder(self, address: str) -> Folder:
        self.world.touch("files.find_folder")
        return Folder(DriveId("drive-1"), ItemId("folder-general"), "General", address, "", "/sites/Europe")

    def _entry(self, folder: ItemId, name: str) -> FileEntry:
        size = len(self.world.files[folder][name])
        return FileEntry(
            DriveId("drive-1"), ItemId(name), name, is_folder=False, size_bytes=size, modified_at=NOW,
            modified_by=self.by.name, address=f"https://contoso.sharepoint.com/{name}", version="1.0",
        )  # fmt: skip


class FakePeople(QuietPeople):
    def __init__(self, world: World, by: Person) -> None:
        self.world, self.by = world, by

    async def read_me(self) -> DirectoryPerson:
        self.world.touch("people.read_me")
        roles = (GLOBAL_ADMINISTRATOR_TEMPLATE,) if self.by.id == NADIA.id else ()
        return DirectoryPerson(self.by.id, self.by.name, self.by.upn, "en-GB", roles, ("TEAMS1", "DYN365_SALES"))


class FakeCatalogue:
    """The organization's catalogue; only Nadia may publish."""

    def __init__(self, world: World, by: Person) -> None:
        self.world, self.by = world, by

    async def find_app(self) -> PublishedApp | None:
        self.world.touch("catalogue.find_app")
        return self.world.published

    async def publish_app(self, package: Package) -> PublishedApp:
        return self._put("app-in-catalogue", package)

    async def update_app(self, app: PublishedApp, package: Package) -> PublishedApp:
        return self._put(app.id, package)

    def _put(self, app: str, package: Package) -> PublishedApp:
        self.world.touch("catalogue.publish_app")
        if self.by.id != NADIA.id:
            raise RoleMissing(TEAMS_ADMINISTRATOR)
        self.world.published = PublishedApp(app, package.version)
        return self.world.published


class FakeSignIn:
    def __init__(self, world: World) -> None:
        self.world = world

    async def accept_bearer(self, authorization: str) -> Person:
        token = authorization.partition(" ")[2]
        if token not in TOKENS:
            raise TokenRefused("signature")
        return TOKENS[token]

    async def carried_scopes(self, person: Person) -> frozenset[str]:
        return self.world.scopes

    async def probe_scopes(self, person: Person, extras: tuple[Rung, ...] = ()) -> frozenset[str]:
        return self.world.scopes

    async def start(
        self, environment: Environment, language: str, hint: str = "", also: Sequence[str] = ()
    ) -> SignInStart:
        raise NotImplementedError

    async def finish(self, kept: str, answer: dict[str, str]) -> Person:
        raise NotImplementedError

    async def start_consent(
        self, person: Person, language: str, *, with_user_sync: bool = True, extras: tuple[Rung, ...] = ()
    ) -> SignInStart:
        raise NotImplementedError

    async def read_consent_answer(self, kept: str, answer: dict[str, str]) -> None: ...

    def sign_out_address(self, back_to: str) -> str:
        return back_to

    async def forget(self, person: Person) -> None: ...


class FakeLinks(QuietLinks):
    def __init__(self, world: World) -> None:
        self.world = world

    async def plan(self, link: Link, key: str, fingerprint: str) -> Link:
        if key and key in self.world.keys:
            known, earlier = self.world.keys[key]
            if known != fingerprint:
                raise IdempotencyKeyReused(key)
            return self.world.links[earlier]
        held = next((one for one in self.world.links.values() if _same(one, link)), None) or link
        self.world.links.setdefault(held.id, held)
        if key:
            self.world.keys[key] = (fingerprint, held.id)
        return held

    async def get(self, link: LinkId) -> Link:
        self.world.touch("links.get")
        if link not in self.world.links:
            raise LinkUnknown(link)
        return self.world.links[link]

    async def save(self, link: Link, act: str = "") -> Link:
        if self.world.links[link.id].version != link.version:
            raise LinkBusy(link.id, link.state.value)
        saved = replace(link, version=link.version + 1)
        self.world.links[link.id] = saved
        return saved

    async def of(self, ref: RecordRef) -> tuple[Link, ...]:
        return tuple(link for link in self.world.links.values() if link.regarding == ref and not link.state.is_over)

    async def of_person(
        self,
        tenant: TenantId,
        person: PersonId | None = None,
        only: LinkFilter = ALL_LINKS,
        page: str = "",
        size: int = 50,
    ) -> tuple[tuple[Link, ...], str]:
        found = [
            link
            for link in reversed(self.world.links.values())
            if link.by.tenant == tenant and person in {None, link.by.id} and _fits(link, only)
        ]
        if page and not page.isdecimal():
            raise InputInvalid("page", page, "next_page")
        start = int(page or 0)
        after = str(start + size) if start + size < len(found) else ""
        return tuple(found[start : start + size]), after

    async def count(self, environment: EnvironmentKey) -> int:
        return sum(1 for link in self.world.links.values() if link.environment == environment)

    async def at_work(self) -> tuple[Link, ...]:
        return tuple(link for link in self.world.links.values() if link.state.at_work)

    async def parked_for(self, person: Person) -> tuple[Link, ...]:
        return ()


def _fits(link: Link, only: LinkFilter) -> bool:
    return (
        (not only.states or link.state in only.states)
        and only.environment in {"", link.environment}
        and only.table in {"", link.regarding.table}
        and only.regarding in {"", link.regarding.id}
        and only.team in {"", link.team}
    )


def _same(one: Link, other: Link) -> bool:
    return (one.regarding, one.team, one.wanted) == (
        other.regarding,
        other.team,
        other.wanted,
    ) and not one.state.is_over


class FakeAudit:
    def __init__(self, world: World) -> None:
        self.world = world

    async def write(self, who: Person, act: str, subject: str, detail: str) -> None:
        number = len(self.world.audit) + 1
        self.world.audit.append(AuditLine(number, NOW, who.name, act, subject, detail, f"hash-{number}"))

    async def list(self, before: int = 0, size: int = 50) -> tuple[AuditLine, ...]:
        lines = [line for line in reversed(self.world.audit) if not before or line.number < before]
        return tuple(lines[:size])

    async def first_broken(self) -> int | None:
        return None

"""Whole sagas on the product's adapters and a real tenant; store, engine and clock are kept in memory."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import cast

from liaison.domain.connection import ConnectionRequest
from liaison.domain.link import Link
from liaison.domain.names import ChannelId, Person, RecordRef, RowId, TableName, TeamId
from liaison.graph.client import Call
from liaison.graph.errors import About, Subject
from liaison.operations.connect import connect
from liaison.operations.runs import run
from liaison.ports import Ports
from liaison.tenant.seeds import company
from liaison.text.lookup import load_texts
from tests.contract.product import PUBLIC, Product
from tests.unit.fakes import FakeClock, FakeLinks, FakeSteps
from tests.unit.filing_fakes import filing_ports
from tests.unit.template_fakes import FakeTemplates

VENTES = TeamId(company.TEAMS[0].id)
OPPORTUNITY = TableName("opportunity")

Act = Callable[[], Awaitable[None]]


class MidwaySteps(FakeSteps):
    """Lets something happen in the world just before a step's first try."""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__(clock)
        self.before: dict[str, Act] = {}

    async def once(self, name: str, effect: Callable[[], Awaitable[str]]) -> str:
        act = self.before.pop(name.split("#", maxsplit=1)[0], None)
        if act is not None:
            await act()
        return await super().once(name, effect)


@dataclass
class Lines:
    """What the audit says: who, which act, and the detail."""

    written: list[tuple[str, str, str]] = field(default_factory=list)

    async def write(self, who: Person, act: str, subject: str, detail: str) -> None:
        self.written.append((who.name, act, detail))


@dataclass
class Stage:
    """A product whose operations can be carried out here and now."""

    product: Product
    clock: FakeClock = field(default_factory=FakeClock)

    def __post_init__(self) -> None:
        self.links = FakeLinks()
        self.steps = MidwaySteps(self.clock)
        self.lines = Lines()
        self.templates = FakeTemplates()

    @property
    def ports(self) -> Ports:
        more = SimpleNamespace(
            **{
                **vars(self.product.ports),
                **filing_ports(),
                "links": self.links,
                "steps": self.steps,
                "templates": self.templates,
                "clock": self.clock,
                "audit": self.lines,
                "wording": load_texts(),
                "public_address": PUBLIC,
            }
        )
        return cast("Ports", more)

    def before(self, step: str, act: Act) -> None:
        self.steps.before[step] = act

    async def connect(self, asked: ConnectionRequest, by: Person) -> Link:
        return await self.carry_on(await connect(asked, by, self.ports))

    async def carry_on(self, link: Link) -> Link:
        """The link's present run, to its end."""
        self.steps.run = f"{link.id}:{link.run}"
        await run(link.operation, link.id, self.ports, link.run)
        return await self.links.get(link.id)

    # --- what exists, asked of the services themselves -----------------------------------------------------------

    async def channels(self, person: Person, team: TeamId, name: str) -> int:
        return sum(one.name == name for one in await self.product.teamwork(person).list_channels(team))

    async def tabs(self, person: Person, team: TeamId, channel: ChannelId) -> list[str]:
        """The names of a channel's tabs."""
        ids = {"team": team, "channel": channel}
        call = Call("GET", "/teams/{team}/channels/{channel}/tabs", Subject(About.CHANNEL), ids, repeatable=True)
        return [tab.text("displayName") async for tab in self.product.graph(person).pages(call)]

    async def rows(self, person: Person, record: RecordRef) -> tuple[int, int, int]:
        """Associations, locations of channels, and timeline entries that Liaison wrote."""
        crm = self.product.crm(person)
        notes = [note for note in await crm.list_notes(record) if "Microsoft Teams" in note.subject]
        places = [place for place in await crm.list_locations(record) if place.kind.value == "teams"]
        return len(await crm.list_associations(record)), len(places), len(notes)

    async def free_record(self, person: Person) -> RecordRef:
        """A record that nobody has tied to a channel."""
        crm = self.product.crm(person)
        view = (await crm.list_views(OPPORTUNITY))[0]
        for row in (await crm.read_grid(view, size=20)).rows:
            if not await crm.list_associations(row.record) and not await crm.list_locations(row.record):
                return RecordRef(row.record.environment, row.record.table, RowId(row.record.id))
        raise AssertionError("every record is tied")

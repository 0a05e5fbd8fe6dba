"""Filing on the product's adapters, a real tenant, a real store and a real address that the tenant calls."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import sqlalchemy as sa
import uvicorn
from starlette.applications import Starlette

from liaison.cli.serving import listen
from liaison.domain.connection import ConnectionRequest
from liaison.domain.crm import Note
from liaison.domain.link import Link, NewChannel
from liaison.domain.names import Person, RecordRef
from liaison.graph.client import Call
from liaison.graph.errors import About, Subject
from liaison.graph.messages import GraphMessages
from liaison.graph.notifications import GraphNotifications
from liaison.operations.file_messages import file_messages
from liaison.operations.listen import keep_listening, settle_listenings
from liaison.operations.runs import run
from liaison.ports import Ports
from liaison.store.audit import StoredAudit
from liaison.store.database import open_database
from liaison.store.filing_rules import StoredFilingRules
from liaison.store.keys import open_keys
from liaison.store.links import StoredLinks
from liaison.store.listenings import StoredListenings
from liaison.store.notices import StoredNotices
from liaison.store.schema.tables import filed_messages, listenings, notices
from liaison.web.intake import Intake
from liaison.wire.messages import Answer
from tests.contract.stage import VENTES, Stage

_THREAD = "/teams/{team}/channels/{channel}/messages"
_TOLD_WITHIN_S = 30.0


@dataclass
class FilingStage(Stage):
    """What Liaison remembers is in `folder`; its address answers while `open` runs."""

    folder: Path = field(default_factory=Path)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.database = open_database(f"sqlite:///{self.folder / 'liaison.sqlite'}")
        self.stored = StoredLinks(self.database, self.product.clock)
        self.sockets = listen("localhost", 0)
        self.port: int = self.sockets[0].getsockname()[1]
        self.address = f"http://localhost:{self.port}"

    @property
    def ports(self) -> Ports:
        database, clock = self.database, self.product.clock
        more = SimpleNamespace(
            **{
                **vars(super().ports),
                "links": self.stored,
                "clock": clock,
                "audit": StoredAudit(database, clock),
                "messages": lambda person: GraphMessages(self.product.graph(person)),
                "notifications": GraphNotifications(),
                "filing_rules": StoredFilingRules(database),
                "listenings": StoredListenings(database, open_keys(self.folder / "keys.json")),
                "notices": StoredNotices(database),
                "public_address": self.address,
            }
        )
        return cast("Ports", more)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Liaison answers at its address; afterwards nobody does."""
        application = Starlette(routes=[Intake(self.ports).route()])
        server = uvicorn.Server(uvicorn.Config(application, log_level="error", lifespan="off"))
        sockets = self.sockets or listen("localhost", self.port)
        serving = asyncio.create_task(server.serve(sockets=sockets))
        while not server.started:  # noqa: ASYNC110 - the server has no event for it
            await asyncio.sleep(0.01)
        yield
        server.should_exit = True
        await serving
        self.sockets = []

    async def connected(self, by: Person, record: RecordRef, name: str = "Northwind deal") -> Link:
        """A record with a new channel of its own."""
        link = await self.connect(ConnectionRequest(record, VENTES, NewChannel(name)), by)
        return await self.stored.get(link.id)

    async def carry_on(self, link: Link) -> Link:
        """The link's present run, to its end."""
        self.steps.run = f"{link.id}:{link.run}"
        await run(link.operation, link.id, self.ports, link.run)
        return await self.stored.get(link.id)

    # --- what people do in Teams, and what the worker does -------------------------------------------------------

    async def post(self, by: Person, link: Link, html: str, reply_to: str = "", **more: object) -> str:
        """A message; its id."""
        ids = {"team": link.team, "channel": link.evidence.channel, "message": reply_to}
        path = f"{_THREAD}/{{message}}/replies" if reply_to else _THREAD
        body = {"body": {"contentType": "html", "content": html}, **more}
        answer = await self._ask("POST", path, ids, body, by)
        return answer.wild().text("id")

    async def react(
        self, by: Person, link: Link, message: str, emoji: str = "📌", reply: str = "", act: str = "set"
    ) -> None:
        ids = {"team": link.team, "channel": link.evidence.channel, "message": message, "reply": reply}
        path = f"{_THREAD}/{{message}}" + ("/replies/{reply}" if reply else "")
        await self._ask("POST", f"{path}/{act}Reaction", ids, {"reactionType": emoji}, by)

    async def edit(self, by: Person, link: Link, message: str, html: str) -> None:
        ids = {"team": link.team, "channel": link.evidence.channel, "message": message}
        await self._ask("PATCH", f"{_THREAD}/{{message}}", ids, {"body": {"contentType": "html", "content": html}}, by)

    async def _ask(self, method: str, path: str, ids: dict[str, str], body: object, by: Person) -> Answer:
        used = {name: value for name, value in ids.items() if f"{{{name}}}" in path}
        return await self.product.graph(by).send(Call(method, path, Subject(About.MESSAGES), used, body=body))

    async def listen(self) -> None:
        await settle_listenings(self.ports)
        await keep_listening(self.ports)

    async def told(self, count: int = 1) -> None:
        """Returns when so many messages wait to be looked at."""
        async with asyncio.timeout(_TOLD_WITHIN_S):
            while self.count(notices) < count:  # noqa: ASYNC110 - the tenant decides when it tells
                await asyncio.sleep(0.05)

    async def file(self, count: int = 1) -> int:
        """What was told is looked at, when so much was told."""
        await self.told(count)
        return await file_messages(self.ports)

    def later(self, hours: float) -> None:
        """Time goes by, for the product and for the tenant."""
        self.product.clock.ahead += timedelta(hours=hours)
        self.product.tenant.post("/clock", advance_s=hours * 3600)

    # --- what there is -------------------------------------------------------------------------------------------

    def count(self, table: sa.Table) -> int:
        query = sa.select(sa.func.count()).select_from(table)
        return int(self.database.read_now(lambda connection: connection.execute(query).scalar_one()))

    @property
    def filed(self) -> int:
        return self.count(filed_messages)

    @property
    def heard(self) -> int:
        return self.count(listenings)

    def reads(self) -> int:
        """How often a message was read."""
        calls = self.product.tenant.calls()
        return sum(1 for method, path, _ in calls if method == "GET" and "/messages/" in path)

    async def filed_notes(self, by: Person, link: Link) -> list[Note]:
        assert link.record is not None
        found = await self.product.crm(by).list_notes(link.record)
        return [note for note in found if note.subject.startswith("Message from Microsoft Teams")]

    async def subscriptions(self, by: Person) -> list[str]:
        return [one.id for one in await self.ports.messages(by).list_subscriptions()]

    def close(self) -> None:
        for one in self.sockets:
            one.close()
        self.database.close()

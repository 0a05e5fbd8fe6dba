"""Which tables can be linked, each with its switch."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import ClassVar

from starlette.responses import Response

from liaison.domain.names import TableName
from liaison.domain.tables import TableState
from liaison.errors import LiaisonError, NotAllowed, NotFound, NotReady
from liaison.operations.tables import list_table_states, switch_table
from liaison.web import addresses, pictures, problems
from liaison.web.pages.settings_place import settings_address, settings_shell
from liaison.web.place import crm_of, find_environment
from liaison.web.shell import Shell
from liaison.web.visit import Visit


@dataclass(frozen=True)
class ShownTable:
    """A table as its metadata stands now. `kind` is default, custom or empty."""

    name: str
    plural: str
    icon: str
    kind: str
    is_on: bool
    has_documents: bool
    can_be_switched: bool


@dataclass(frozen=True)
class Outcome:
    """What became of a switch: settled, waiting or refused."""

    state: str
    table: str
    is_on: bool


@dataclass(frozen=True)
class TablesPage:
    template: ClassVar[str] = "tables.html"
    shell: Shell
    action: str
    back: str
    asked: str
    tables: tuple[ShownTable, ...]
    on_count: int
    may_switch: bool
    outcome: Outcome | None
    problem: problems.Problem | None


async def show(visit: Visit) -> Response:
    outcome = None
    if visit.asked("table"):
        outcome = Outcome(visit.asked("outcome"), visit.asked("table"), visit.asked("on") == "1")
    return await _show(visit, outcome)


async def save(visit: Visit) -> Response:
    """One table at a time; what is shown afterwards is what the metadata says."""
    environment, wanted = find_environment(visit).key, visit.given("on") == "1"
    try:
        found = await switch_table(environment, TableName(visit.given("table")), visit.person, visit.ports, on=wanted)
    except (NotAllowed, NotFound, NotReady) as error:
        return await _show(visit, error=error)
    outcome = "settled" if found.is_settled else "waiting" if found.service_said_yes else "refused"
    query = {"outcome": outcome, "table": found.state.table.plural, "on": "1" if wanted else "0", "q": visit.given("q")}
    parts = "&".join(addresses.query_part(name, value) for name, value in query.items() if value)
    return visit.go(f"{settings_address(visit, 'tables')}?{parts}")


async def _show(visit: Visit, outcome: Outcome | None = None, error: LiaisonError | None = None) -> Response:
    environment, by = find_environment(visit), visit.person
    shell, states, person = await asyncio.gather(
        settings_shell(visit, environment, visit.say("web.tables.title")),
        list_table_states(environment.key, by, visit.ports),
        crm_of(visit).read_person(),
    )
    asked = visit.asked("q") or visit.given("q")
    page = TablesPage(
        shell=shell,
        action=settings_address(visit, "tables"),
        back=settings_address(visit),
        asked=asked,
        tables=tuple(_table(state) for state in states if asked.casefold() in state.table.plural.casefold()),
        on_count=sum(state.table.collaboration for state in states),
        may_switch=person.is_system_administrator,
        outcome=outcome,
        problem=problems.explain(error, visit) if error else None,
    )
    return visit.answer(page, error.status if error else 200)


def _table(state: TableState) -> ShownTable:
    table = state.table
    return ShownTable(
        name=table.name,
        plural=table.plural,
        icon=pictures.of_table(table.name),
        kind="custom" if state.is_custom else "default" if state.is_default else "",
        is_on=table.collaboration,
        has_documents=table.document_management,
        can_be_switched=state.can_be_switched,
    )

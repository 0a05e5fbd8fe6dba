"""`/e/{environment}/a/{app}/search`: records of all the app's tables whose name fits."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import ClassVar

from starlette.responses import Response

from liaison.domain.crm import Table
from liaison.errors import NotAllowed
from liaison.web import addresses, pictures
from liaison.web.place import app_shell, crm_of, find_environment, find_place
from liaison.web.shell import Crumb, Shell
from liaison.web.visit import Visit

FOUND_LIMIT = 8
"""Records shown of each table; the table's own list shows the others."""


@dataclass(frozen=True)
class FoundRecord:
    title: str
    address: str
    stage: str
    owner: str


@dataclass(frozen=True)
class FoundTable:
    name: str
    icon: str
    records: tuple[FoundRecord, ...]
    more: str


@dataclass(frozen=True)
class SearchPage:
    template: ClassVar[str] = "search.html"
    shell: Shell
    asked: str
    tables: tuple[FoundTable, ...]


async def show(visit: Visit) -> Response:
    asked, place = visit.asked("q"), await find_place(visit)
    tables = place.tables if place and asked else ()
    found = await asyncio.gather(*(_found(table, asked, visit) for table in tables))
    title = visit.say("web.search.title")
    page = SearchPage(
        shell=app_shell(visit, place, title, (Crumb(title),), asked=asked),
        asked=asked,
        tables=tuple(table for table in found if table.records),
    )
    return visit.answer(page)


async def _found(table: Table, asked: str, visit: Visit) -> FoundTable:
    """A table that the person may not read has nothing for them."""
    try:
        records = await crm_of(visit).find_records(table.name, asked, FOUND_LIMIT)
    except NotAllowed:
        return FoundTable(table.plural, pictures.of_table(table.name), (), "")
    app = visit.named("app")
    environment = find_environment(visit).key
    more = addresses.view(environment, app, table.name, {"q": asked}) if len(records) == FOUND_LIMIT else ""
    shown = tuple(
        FoundRecord(record.title, addresses.record(app, record.ref), record.stage, record.owner) for record in records
    )
    return FoundTable(table.plural, pictures.of_table(table.name), shown, more)

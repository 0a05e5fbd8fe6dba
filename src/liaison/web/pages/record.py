"""The head of a record page, which its three tabs share, and the first of them: Summary."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import ClassVar

from starlette.responses import Response

from liaison.domain.connection import may_collaborate
from liaison.domain.crm import Record, Table
from liaison.domain.names import EnvironmentKey, RecordRef, RowId, TableName
from liaison.domain.readiness import Switches
from liaison.web import addresses, pictures
from liaison.web.place import Place, app_shell, app_that_shows, crm_of, find_environment, find_place
from liaison.web.shell import Crumb, Entry, Shell
from liaison.web.visit import Visit

SUMMARY, DOCUMENTS, TIMELINE = "summary", "documents", "timeline"
TABS = (SUMMARY, DOCUMENTS, TIMELINE)


@dataclass(frozen=True)
class RecordHead:
    """`collaborate` is the panel’s address, empty while it is not to be shown; `why` says what is in the way."""

    title: str
    table: str
    icon: str
    stage: str
    owner: str
    address: str
    list_address: str
    collaborate: str
    why: str
    tabs: tuple[Entry, ...]


@dataclass(frozen=True)
class ShownField:
    label: str
    text: str
    address: str = ""


@dataclass(frozen=True)
class SummaryPage:
    template: ClassVar[str] = "record_summary.html"
    shell: Shell
    head: RecordHead
    fields: tuple[ShownField, ...]


@dataclass(frozen=True)
class Opened:
    """A record with all that its head needs."""

    place: Place | None
    record: Record
    table: Table
    switches: Switches


def ref_of(visit: Visit) -> RecordRef:
    """The record of the page's address."""
    environment = EnvironmentKey(visit.named("environment"))
    return RecordRef(environment, TableName(visit.named("table")), RowId(visit.named("id")))


async def open_record(visit: Visit) -> Opened:
    """Raises RecordUnknown, TableUnknown, PrivilegeMissing and what finding the app raises."""
    crm, ref = crm_of(visit), ref_of(visit)
    gathered = asyncio.gather(find_place(visit), crm.read_record(ref), crm.read_table(ref.table), crm.read_switches())
    return Opened(*await gathered)


def head_of(opened: Opened, tab: str, visit: Visit) -> RecordHead:
    record, table, app = opened.record, opened.table, visit.named("app")
    collaborates = may_collaborate(opened.switches, table)
    return RecordHead(
        title=record.title,
        table=table.label,
        icon=pictures.of_table(table.name),
        stage=record.stage,
        owner=record.owner,
        address=addresses.record(app, record.ref),
        list_address=addresses.view(record.ref.environment, app, table.name),
        collaborate=addresses.record(app, record.ref, "collaborate") if collaborates else "",
        why=addresses.record(app, record.ref, "why"),
        tabs=tuple(_tab(name, record.ref, tab, visit) for name in TABS),
    )


def _tab(name: str, ref: RecordRef, current: str, visit: Visit) -> Entry:
    query = {} if name == SUMMARY else {"tab": name}
    address = addresses.record(visit.named("app"), ref, query=query)
    return Entry(visit.say(f"web.record.tab.{name}"), "", address, name == current)


def record_shell(opened: Opened, visit: Visit) -> Shell:
    crumbs = _crumbs(opened, visit)
    return app_shell(visit, opened.place, opened.record.title, crumbs, opened.table.name)


def _crumbs(opened: Opened, visit: Visit) -> tuple[Crumb, ...]:
    ref = opened.record.ref
    table = Crumb(opened.table.plural, addresses.view(ref.environment, visit.named("app"), ref.table))
    return (table, Crumb(opened.record.title))


async def show_summary(visit: Visit) -> Response:
    opened = await open_record(visit)
    app = visit.named("app")
    fields = tuple(
        ShownField(one.label, one.cell.text, addresses.record(app, one.cell.target) if one.cell.target else "")
        for one in opened.record.fields
    )
    return visit.answer(SummaryPage(record_shell(opened, visit), head_of(opened, SUMMARY, visit), fields))


async def find(visit: Visit) -> Response:
    """`/e/{environment}/records/{table}/{id}`: the record in the first app that shows its table."""
    ref, environment = ref_of(visit), find_environment(visit)
    app = await app_that_shows(ref.table, environment.key, visit)
    return visit.go(addresses.record(app.unique_name, ref))

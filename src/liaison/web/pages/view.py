"""`/e/{environment}/a/{app}/t/{table}`: the rows of a view."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import ClassVar

from starlette.responses import Response

from liaison.domain.connection import may_collaborate
from liaison.domain.crm import Cell, Grid, GridRow, Table, View
from liaison.domain.names import EnvironmentKey, TableName, ViewKind, ViewRef
from liaison.domain.readiness import Switches
from liaison.errors import ViewUnknown
from liaison.web import addresses, pictures
from liaison.web.place import app_shell, crm_of, find_place
from liaison.web.shell import Crumb, Entry, Shell
from liaison.web.visit import Visit

PAGES_REMEMBERED = 6
"""How many pages back `Previous` leads; marks are opaque and can be long, and addresses are not endless."""


@dataclass(frozen=True)
class ShownCell:
    label: str
    text: str
    address: str = ""


@dataclass(frozen=True)
class ShownRow:
    title: str
    address: str
    cells: tuple[ShownCell, ...]


@dataclass(frozen=True)
class ShownGrid:
    """One page of rows. `previous` and `next` are addresses, empty where there is no such page."""

    columns: tuple[str, ...]
    rows: tuple[ShownRow, ...]
    total: int | None
    previous: str
    next: str


@dataclass(frozen=True)
class ViewPage:
    """`collaborate` is the panel’s address, empty while views cannot be connected."""

    template: ClassVar[str] = "view.html"
    shell: Shell
    table: str
    icon: str
    name: str
    system_views: tuple[Entry, ...]
    personal_views: tuple[Entry, ...]
    view: str
    asked: str
    address: str
    collaborate: str
    grid: ShownGrid


async def show(visit: Visit) -> Response:
    crm, name = crm_of(visit), TableName(visit.named("table"))
    place, table, views, switches = await asyncio.gather(
        find_place(visit), crm.read_table(name), crm.list_views(name), crm.read_switches()
    )
    view, asked = _choose(views, visit.asked("view")), visit.asked("q")
    grid = await crm.read_grid(view, asked, visit.asked("page"))
    app, environment = visit.named("app"), EnvironmentKey(visit.named("environment"))
    page = ViewPage(
        shell=app_shell(visit, place, table.plural, (Crumb(table.plural),), name, asked),
        table=table.plural,
        icon=pictures.of_table(name),
        name=view.name,
        system_views=_entries(views, ViewKind.SYSTEM, view, visit),
        personal_views=_entries(views, ViewKind.PERSONAL, view, visit),
        view=view.id,
        asked=asked,
        address=addresses.view(environment, app, name),
        collaborate=_collaborate(view, table, switches, visit),
        grid=_shown(grid, visit),
    )
    return visit.answer(page)


def _collaborate(view: View, table: Table, switches: Switches, visit: Visit) -> str:
    """The panel's address, when the enhanced experience shows it on this table's views."""
    if not (switches.enhanced and may_collaborate(switches, table)):
        return ""
    ref = ViewRef(EnvironmentKey(visit.named("environment")), view.table, view.id, view.kind)
    return addresses.collaborate(visit.named("app"), ref)


def _choose(views: tuple[View, ...], wanted: str) -> View:
    if not wanted:
        if not views:
            raise ViewUnknown(wanted)
        return next((view for view in views if view.is_default), views[0])
    found = next((view for view in views if view.id == wanted), None)
    if found is None:
        raise ViewUnknown(wanted)
    return found


def _entries(views: tuple[View, ...], kind: ViewKind, current: View, visit: Visit) -> tuple[Entry, ...]:
    return tuple(
        Entry(view.name, "view", _address(visit, view=view.id), view.id == current.id)
        for view in views
        if view.kind is kind
    )


def _address(visit: Visit, **query: str) -> str:
    environment = EnvironmentKey(visit.named("environment"))
    return addresses.view(environment, visit.named("app"), TableName(visit.named("table")), query)


def _shown(grid: Grid, visit: Visit) -> ShownGrid:
    labels = tuple(column.label for column in grid.columns)
    rows = tuple(_row(row, labels, visit.named("app")) for row in grid.rows)
    return ShownGrid(labels, rows, grid.total, _previous(visit), _next(grid, visit))


def _row(row: GridRow, labels: tuple[str, ...], app: str) -> ShownRow:
    cells = tuple(_cell(cell, label, app) for cell, label in zip(row.cells, labels, strict=True))
    return ShownRow(row.title, addresses.record(app, row.record), cells)


def _cell(cell: Cell, label: str, app: str) -> ShownCell:
    return ShownCell(label, cell.text, addresses.record(app, cell.target) if cell.target else "")


def _trail(visit: Visit) -> list[str]:
    """Marks of the pages before this one; the first page's mark is `-`."""
    return visit.request.query_params.getlist("before")


def _next(grid: Grid, visit: Visit) -> str:
    if not grid.next_page:
        return ""
    before = [*_trail(visit), visit.asked("page") or "-"][-PAGES_REMEMBERED:]
    return _with_trail(_address(visit, view=grid.view.id, q=visit.asked("q"), page=grid.next_page), before)


def _previous(visit: Visit) -> str:
    here, before = visit.asked("page"), _trail(visit)
    if not here:
        return ""
    mark = before[-1] if before else "-"
    page = "" if mark == "-" else mark
    return _with_trail(_address(visit, view=visit.asked("view"), q=visit.asked("q"), page=page), before[:-1])


def _with_trail(address: str, before: list[str]) -> str:
    return "&".join((address, *(addresses.query_part("before", mark) for mark in before)))

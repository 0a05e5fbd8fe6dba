"""What a link's tab in Teams shows: the record's form, or one page of the view, with the asker's own rights."""

from __future__ import annotations

from dataclasses import dataclass

from liaison.domain.crm import Grid, Order, View
from liaison.domain.form import Form
from liaison.domain.link import Link
from liaison.domain.names import LinkId, Person, RecordRef, ViewRef
from liaison.errors import LinkUnknown, PrivilegeMissing, RecordUnknown, TableUnknown, TabNotOpen, ViewUnknown
from liaison.ports import Crm, Ports

_CLOSED = (PrivilegeMissing, RecordUnknown, TableUnknown, ViewUnknown)


@dataclass(frozen=True)
class TabContent:
    """The link, and the form of its record or its view."""

    link: Link
    form: Form | None
    view: View | None


async def read_tab(link_id: LinkId, by: Person, ports: Ports) -> TabContent:
    """Raises LinkUnknown, LicenceMissing, and TabNotOpen for whoever may not see what the tab shows.

    A tab is seen by everybody in the channel; somebody without rights learns nothing of the record, not even which
    one it is.
    """
    link = await _read_link(link_id, by, ports)
    crm = ports.crm(by, link.environment)
    try:
        if isinstance(link.regarding, RecordRef):
            return TabContent(link, await crm.read_form(link.regarding), None)
        return TabContent(link, None, await crm.read_view(link.regarding))
    except _CLOSED as refused:
        raise TabNotOpen from refused


async def read_tab_rows(
    link_id: LinkId, by: Person, ports: Ports, *, search: str = "", page: str = "", order: Order | None = None
) -> Grid:
    """One page of the view that the tab shows. Raises LinkUnknown, LicenceMissing, TabNotOpen."""
    link = await _read_link(link_id, by, ports)
    if not isinstance(link.regarding, ViewRef):
        raise LinkUnknown(link_id)
    crm = ports.crm(by, link.environment)
    try:
        return await _rows(crm, link.regarding, search, page, order)
    except _CLOSED as refused:
        raise TabNotOpen from refused


async def _rows(crm: Crm, ref: ViewRef, search: str, page: str, order: Order | None) -> Grid:
    view = View(ref.id, ref.kind, ref.table, "", is_default=False)
    return await crm.read_grid(view, search, page, order=order)


async def _read_link(link_id: LinkId, by: Person, ports: Ports) -> Link:
    link = await ports.links.get(link_id)
    if link.by.tenant != by.tenant:
        raise LinkUnknown(link_id)
    return link

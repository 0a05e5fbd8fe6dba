"""A link, for whoever may see it."""

from __future__ import annotations

from liaison.domain.connection import same_person
from liaison.domain.link import Link
from liaison.domain.names import LinkId, Person
from liaison.errors import LinkUnknown
from liaison.operations.regarding import read_title
from liaison.ports import Ports


async def read_link(link_id: LinkId, by: Person, ports: Ports) -> Link:
    """The link, for whoever asked for it and for everybody who may read its record or view.

    Raises LinkUnknown (also for another tenant's link), RecordUnknown, ViewUnknown, PrivilegeMissing.
    """
    link = await ports.links.get(link_id)
    if link.by.tenant != by.tenant:
        raise LinkUnknown(link_id)
    if not same_person(link.by, by):
        await read_title(link.regarding, by, ports)
    return link

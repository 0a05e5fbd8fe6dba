"""A link, for whoever may see it."""

from __future__ import annotations

from liaison.domain.connection import same_person
from liaison.domain.link import Link
from liaison.domain.names import LinkId, Person
from liaison.errors import LinkUnknown
from liaison.ports import Ports


async def read_link(link_id: LinkId, by: Person, ports: Ports) -> Link:
    """The link, for whoever asked for it and for everybody who may read its record.

    Raises LinkUnknown (also for another tenant's link), RecordUnknown, PrivilegeMissing.
    """
    link = await ports.links.get(link_id)
    if link.by.tenant != by.tenant:
        raise LinkUnknown(link_id)
    if not same_person(link.by, by):
        await ports.crm(by, link.record.environment).read_record(link.record)
    return link

"""What connecting a record uses unless the person says otherwise: its table's template, filled with its values."""

from __future__ import annotations

from liaison.domain.closing import OnClose
from liaison.domain.connection import ConnectionRequest
from liaison.domain.crm import Record
from liaison.domain.extras import NO_EXTRAS, Extras
from liaison.domain.filling import beside, columns_of, fill_template
from liaison.domain.link import NewChannel
from liaison.domain.names import EnvironmentKey, Person, RecordRef, TableName
from liaison.domain.template import Proposal, Template, template_for
from liaison.errors import TemplateUnknown
from liaison.ports import Ports


async def list_fitting(record: RecordRef, by: Person, ports: Ports) -> tuple[Template, ...]:
    """The templates that may be used for a record of this table, by name."""
    found = await ports.templates.list(by.tenant, record.environment)
    return tuple(template for template in found if template.fits(record.table))


async def read_defaults(record: RecordRef, by: Person, ports: Ports, template: str = "") -> Proposal | None:
    """The named template filled with the record's values; that of its table when none is named, None without one.

    Raises TemplateUnknown, RecordUnknown, PrivilegeMissing.
    """
    found = await list_fitting(record, by, ports)
    chosen = template_for(found, record.table) if not template else _named(found, template)
    return None if chosen is None else await propose(chosen, record, by, ports)


async def propose(template: Template, record: RecordRef, by: Person, ports: Ports) -> Proposal:
    """A template, saved or not, filled with a record's values. Raises RecordUnknown, PrivilegeMissing."""
    crm = ports.crm(by, record.environment)
    return fill_template(template, await crm.read_name_values(record, columns_of(template)))


async def find_example(
    tables: tuple[TableName, ...], environment: EnvironmentKey, by: Person, ports: Ports
) -> Record | None:
    """A record of one of these tables that the person had in hand last, else the first of a view; None without one."""
    crm = ports.crm(by, environment)
    recent = await crm.list_recent(tables, 1) if tables else ()
    if recent:
        return recent[0]
    for table in tables[:1]:
        for view in (await crm.list_views(table))[:1]:
            for row in (await crm.read_grid(view, size=1)).rows:
                return await crm.read_record(row.record)
    return None


def _named(templates: tuple[Template, ...], template: str) -> Template:
    for one in templates:
        if one.id == template:
            return one
    raise TemplateUnknown(template)


async def freeze(asked: ConnectionRequest, by: Person, ports: Ports) -> tuple[str, Extras, OnClose]:
    """The template's name, its extras with the record's values, and what it says of closing; nothing without one.

    Raises TemplateUnknown.
    """
    if not asked.template:
        return "", NO_EXTRAS, OnClose.KEEP
    if not isinstance(asked.regarding, RecordRef):
        raise TemplateUnknown(asked.template)
    proposal = await read_defaults(asked.regarding, by, ports, asked.template)
    if proposal is None:
        raise TemplateUnknown(asked.template)
    extras = beside(proposal.extras, asked.channel.name) if isinstance(asked.channel, NewChannel) else proposal.extras
    return proposal.template.name, extras, proposal.template.on_close

"""Complete a connection that Microsoft's own integration made: add what it lacks, and make nothing twice."""

from __future__ import annotations

from liaison.domain.connection import ConnectionRequest
from liaison.domain.link import Link, LinkState, Operation
from liaison.domain.names import Person, Regarding, RowId
from liaison.errors import LinkUnknown
from liaison.operations.connect import connect
from liaison.ports import Ports


async def complete_connection(regarding: Regarding, row: RowId, by: Person, ports: Ports) -> Link:
    """The link of an association row, at work on whatever is missing: location, tab, files.

    The row, a tab of Microsoft's app and a location of the same folder are found and kept. Repeating it is harmless.
    Raises LinkUnknown when there is no such row, and what `connect` raises.
    """
    rows = await ports.crm(by, regarding.environment).list_associations(regarding)
    found = next((one for one in rows if one.id == row), None)
    if found is None:
        raise LinkUnknown(row)
    held = next((one for one in await ports.links.of(regarding) if one.evidence.channel == found.channel), None)
    if held is None:
        return await connect(ConnectionRequest(regarding, found.team, found.channel, share_view=True), by, ports)
    if held.state is not LinkState.CONNECTED or held.step_at_work is None:
        return held
    saved = await ports.links.save(held.resumed(by), "link.completing")
    await ports.steps.start(Operation.CONNECT, saved)
    return saved

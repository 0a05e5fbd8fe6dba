"""What a link ties to a channel, as the person who asks may see it."""

from __future__ import annotations

from liaison.domain.names import Person, RecordRef, Regarding
from liaison.ports import Ports


async def read_title(regarding: Regarding, by: Person, ports: Ports) -> str:
    """The record's or view's name. Raises RecordUnknown, ViewUnknown, PrivilegeMissing: whoever may not see it, may
    not work on its links.
    """
    crm = ports.crm(by, regarding.environment)
    if isinstance(regarding, RecordRef):
        return (await crm.read_record(regarding)).title
    return (await crm.read_view(regarding)).name

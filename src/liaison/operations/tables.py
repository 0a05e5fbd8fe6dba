"""Which tables can be linked, and switching one on or off."""

from __future__ import annotations

import asyncio
import time

from liaison.domain.crm import require_system_administrator
from liaison.domain.names import EnvironmentKey, Person, TableName
from liaison.domain.tables import TableState, TableSwitch
from liaison.errors import TableNotSwitchable
from liaison.ports import Ports

PATIENCE_S = 4.0
"""How long a person waits for the metadata to follow; the service may take a minute."""
_LOOKS_EVERY_S = 0.4


async def list_table_states(environment: EnvironmentKey, by: Person, ports: Ports) -> tuple[TableState, ...]:
    """Tables that can be switched or are on, by name, as the metadata says now."""
    states = await ports.crm(by, environment).list_table_states()
    return tuple(state for state in states if state.can_be_switched or state.table.collaboration)


async def switch_table(
    environment: EnvironmentKey, table: TableName, by: Person, ports: Ports, *, on: bool
) -> TableSwitch:
    """Switch one table for linking, its document management with it; what comes back is what the metadata says.

    The service reports success for tables that can never be switched and its metadata lags, so its answer is only
    shown beside. Raises TableUnknown, TableNotSwitchable, RoleMissing, LinkingNotInstalled.
    """
    crm = ports.crm(by, environment)
    state, person = await asyncio.gather(crm.read_table_state(table), crm.read_person())
    require_system_administrator(person)
    if on and not state.can_be_switched:
        raise TableNotSwitchable(state.table.plural)
    if on and not state.table.document_management:
        await crm.turn_on_documents(table)
        await ports.audit.write(by, "table.documents_on", environment, table)
    passed = await crm.set_teams_status([table], on=on)
    await ports.audit.write(by, "table.switched_on" if on else "table.switched_off", environment, table)
    ends = time.monotonic() + PATIENCE_S
    switch = TableSwitch(await crm.read_table_state(table), on, table in passed)
    while not switch.is_settled and switch.service_said_yes and time.monotonic() < ends:
        await asyncio.sleep(_LOOKS_EVERY_S)
        switch = TableSwitch(await crm.read_table_state(table), on, service_said_yes=True)
    return switch

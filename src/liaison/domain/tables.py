"""Which tables may be linked, and what the service makes of a switch."""

from __future__ import annotations

from dataclasses import dataclass

from liaison.domain.crm import Table


@dataclass(frozen=True)
class TableState:
    """A table as its metadata stands now.

    `is_default` marks the record types that are on from the start; `can_be_switched` is false for tables that never
    take the Teams flag.
    """

    table: Table
    is_custom: bool
    can_be_switched: bool
    is_default: bool = False

    @property
    def is_ready(self) -> bool:
        """Can its records be linked?"""
        return self.table.collaboration and self.table.document_management


@dataclass(frozen=True)
class TableSwitch:
    """What became of a switch: the metadata's own word, and whether it already says what was asked for.

    `service_said_yes` is the service's answer, which it gives too early and for tables that it cannot switch.
    """

    state: TableState
    wanted: bool
    service_said_yes: bool

    @property
    def is_settled(self) -> bool:
        return self.state.table.collaboration == self.wanted

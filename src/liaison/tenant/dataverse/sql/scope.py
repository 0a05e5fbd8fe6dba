"""Where names of a query are looked up: tables by alias, joins made on the way through lookups."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from liaison.tenant.dataverse.errors import DataverseError, query_error, unknown_property
from liaison.tenant.estate.crm.columns import Column, Kind, folded_name, french_name, type_name
from liaison.tenant.estate.crm.model import Model, Single, TableModel
from liaison.tenant.estate.crm.principals import Principal
from liaison.tenant.estate.crm.privileges import Right, privilege_name, privileges_by_name
from liaison.tenant.estate.crm.rights import Clause, visible_rows


@dataclass(frozen=True)
class Place:
    """One column of one table in the query."""

    column: Column
    table: TableModel
    alias: str
    language: int = 1033

    @property
    def shown(self) -> str:
        """The expression whose value a person sees."""
        if self.column.secret:
            return "NULL"
        name = f"{self.alias}.{self.column.name}"
        if self.column.localized and self.language == 1036:
            return f"coalesce({self.alias}.{french_name(self.column)}, {name})"
        return name

    @property
    def folded(self) -> bool:
        return self.column.folded and not (self.column.localized and self.language == 1036)

    @property
    def compared(self) -> str:
        """The expression to compare and sort by."""
        return f"{self.alias}.{folded_name(self.column)}" if self.folded else self.shown


@dataclass
class Scope:
    """One query being written: its joins so far, and whether its text depends on the time of day.

    `ask` runs a small question whose answer decides how the query is written; without it the plain way is taken.
    """

    model: Model
    user: Principal
    now: datetime
    ask: Callable[[str, tuple[str, ...]], Any] | None = None
    joins: list[str] = field(default_factory=list)
    join_values: list[Any] = field(default_factory=list)
    timed: bool = False
    _made: dict[tuple[str, str], tuple[TableModel, str]] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def new_alias(self) -> str:
        return f"j{next(self._numbers)}"

    def inner(self) -> Scope:
        """A scope for a subquery, whose aliases don't clash with this one's."""
        return Scope(self.model, self.user, self.now, self.ask, _numbers=self._numbers)

    def place(self, table: TableModel, alias: str, segments: tuple[str, ...]) -> Place:
        """The column a path names. Raises the service's error for names that do not exist.

        Source: filter-rows.md, "Filter based on lookup property values".
        """
        for segment in segments[:-1]:
            table, alias = self.through(table, alias, segment)
        name = segments[-1]
        column = table.by_wire.get(name)
        if column is None:
            single = table.singles.get(name)
            if single is not None and segments:
                return Place(single.column, table, alias, self.user.language)
            raise unknown_property(name, table.name)
        return Place(column, table, alias, self.user.language)

    def through(self, table: TableModel, alias: str, navigation: str) -> tuple[TableModel, str]:
        """The table behind a single-valued navigation property, joined once."""
        single = table.singles.get(navigation)
        if single is None:
            raise unknown_property(navigation, table.name)
        known = self._made.get((alias, navigation))
        if known is not None:
            return known
        made = self._join(alias, single)
        self._made[alias, navigation] = made
        return made

    def _join(self, alias: str, single: Single) -> tuple[TableModel, str]:
        if single.column.kind is Kind.OWNER:
            raise query_error("The navigation property 'ownerid' leads to the type 'principal', which has no columns.")
        target = self.model.tables[single.target.table]
        joined = self.new_alias()
        condition = f"{joined}.{target.key} = {alias}.{single.column.name}"
        if single.column.many_targets:
            condition += f" AND {alias}.{type_name(single.column)} = '{target.name}'"
        seen = self.readable(target, joined)
        if seen.sql:
            condition += f" AND {seen.sql}"
            self.join_values.extend(seen.values)
        self.joins.append(f"LEFT JOIN {target.sql} {joined} ON {condition}")
        return target, joined

    def readable(self, table: TableModel, alias: str) -> Clause:
        """The condition on rows of a table the user may read; raises PrivilegeDenied when it may read none."""
        clause = visible_rows(table, alias, self.user)
        if clause is None:
            raise privilege_denied(self.user, table, Right.READ)
        return clause


def privilege_denied(user: Principal, table: TableModel, right: Right) -> DataverseError:
    """403 naming the privilege. Source: error text of the service, dataverse.md section 5.8."""
    name = privilege_name(table.table, right)
    privilege = privileges_by_name().get(name.lower())
    return DataverseError(
        403,
        "0x80040220",
        f"Principal user (Id={user.id}, type=8, roleCount={len(user.role_ids)}, privilegeCount={len(user.depths)},"
        f" accessMode={user.access_mode}), is missing {name} privilege (Id={privilege.id if privilege else ''})"
        f" on OTC={table.table.code} for entity '{table.name}'. context.Caller={user.id}",
    )

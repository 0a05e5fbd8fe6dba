"""What rules a table may have, and when they are asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from liaison.tenant.dataverse.session import Session
from liaison.tenant.estate.crm.model import TableModel

Values = dict[str, Any]
Create = Callable[[Session, TableModel, Mapping[str, Any]], str]
"""Makes a row from a body as the caller, and returns its id."""


@dataclass(frozen=True)
class TableRules:
    """`before_…` may change the values or refuse; `after_create` runs in the same change as the row itself."""

    before_create: Callable[[Session, TableModel, Values], None] | None = None
    after_create: Callable[[Session, TableModel, Values, Create], None] | None = None
    before_update: Callable[[Session, TableModel, Mapping[str, Any], Values], None] | None = None
    before_delete: Callable[[Session, TableModel, Mapping[str, Any]], None] | None = None

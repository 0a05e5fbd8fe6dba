"""Parameters of functions and actions, tamed: texts, rows, principals.

Source: use-web-api-functions.md, use-web-api-actions.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from liaison.tenant.dataverse.errors import invalid_argument
from liaison.tenant.dataverse.paths import NAMESPACES
from liaison.tenant.dataverse.rows.finding import row_behind
from liaison.tenant.dataverse.session import Session
from liaison.tenant.dataverse.sql.values import read_guid
from liaison.tenant.estate.crm.model import TableModel

Parameters = Mapping[str, str]


def text_parameter(parameters: Parameters, name: str) -> str:
    """A parameter written as an OData string."""
    raw = parameters.get(name, "null").strip()
    if len(raw) < 2 or raw[0] != "'" or raw[-1] != "'":
        raise invalid_argument(f"Required field '{name}' is missing or is not a string.")
    return raw[1:-1].replace("''", "'")


def json_parameter(parameters: Parameters, name: str) -> Any:
    """A parameter written as JSON; single quotes are accepted, as some clients send them."""
    raw = parameters.get(name, "null").strip()
    for candidate in (raw, raw.replace("'", '"')):
        try:
            found = orjson.loads(candidate)
        except orjson.JSONDecodeError:
            continue
        if found is not None:
            return found
    raise invalid_argument(f"Required field '{name}' is missing or cannot be read.")


def read_object(value: Any, name: str) -> dict[str, Any]:
    """A JSON object; None is an empty one."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise invalid_argument(f"The field '{name}' must be an object.")
    return value


def read_list(value: Any, name: str) -> list[Any]:
    """A JSON array; None is an empty one."""
    if value is None:
        return []
    if not isinstance(value, list):
        raise invalid_argument(f"The field '{name}' must be an array.")
    return value


def row_parameter(session: Session, value: Any, name: str) -> tuple[TableModel, str]:
    """The row that an entity parameter names: by `@odata.id`, or by its type and key.

    Raises 400 when it names none, 404 when its table or alternate key does not exist.
    """
    if not isinstance(value, dict):
        raise invalid_argument(f"Required field '{name}' is missing or is not an entity.")
    address = value.get("@odata.id")
    if isinstance(address, str):
        return row_behind(session, address)
    kind = _type_name(value.get("@odata.type"))
    table = session.model.tables.get(kind) if kind else _table_by_key(session, value)
    if table is None:
        raise invalid_argument(f"The field '{name}' does not say which table it belongs to.")
    keys = (table.key, "ownerid") if table.name in ("systemuser", "team") else (table.key,)
    for key in keys:
        row_id = read_guid(str(value.get(key, "")))
        if row_id is not None:
            return table, row_id
    raise invalid_argument(f"The field '{name}' has no '{table.key}'.")


def _type_name(value: Any) -> str | None:
    if not isinstance(value, str):
        return None
    name = value.lstrip("#")
    for namespace in NAMESPACES:
        name = name.removeprefix(namespace)
    return name


def _table_by_key(session: Session, value: Mapping[str, Any]) -> TableModel | None:
    return next((table for table in session.model.tables.values() if table.key in value), None)

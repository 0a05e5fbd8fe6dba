"""State and status reason belong together.

Source: update-delete-entities-using-web-api.md; code 0x80048408 InvalidStateCodeStatusCode.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from liaison.tenant.dataverse.errors import invalid_status
from liaison.tenant.estate.crm.model import TableModel


def settle_state(table: TableModel, before: Mapping[str, Any], values: dict[str, Any], row_id: str) -> None:
    """Complete `values` so that state and reason match: a state alone brings its first reason.

    Raises 400 when a reason doesn't belong to the state it meets.
    """
    reasons = table.by_name.get("statuscode")
    states = table.by_name.get("statecode")
    if reasons is None or states is None or ("statecode" not in values and "statuscode" not in values):
        return
    state = values.get("statecode", before.get("statecode", states.default))
    if state is None:
        state = states.default
    if values.get("statuscode") is None:
        first = next((option.value for option in reasons.options if option.state == state), None)
        values["statuscode"] = first
        values["statecode"] = state
        return
    option = reasons.option(values["statuscode"])
    if option is None or option.state != state:
        label = states.option(state)
        raise invalid_status(values["statuscode"], table.table.schema, label.label.en if label else str(state), row_id)
    values["statecode"] = state

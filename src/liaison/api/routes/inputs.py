"""Values in addresses and headers, checked for their form before anything is asked with them."""

from __future__ import annotations

import re
from typing import Annotated, Any

from fastapi import Header, Path, Query

from liaison.api.asking import Asking
from liaison.api.shapes import ProblemShape
from liaison.domain.crm import Order
from liaison.domain.names import RecordRef, RowId, TableName
from liaison.errors import InputInvalid

GUID = r"^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$"
TABLE = r"^[a-z][a-z0-9_]{0,127}$"
FILE_ID = r"^[A-Za-z0-9!_.\-]{1,200}$"
MARK = r"^[\x21-\x7e]{0,4000}$"
CHANNEL_ID = re.compile(r"[\x21-\x2e\x30-\x7e]{1,200}")

EnvironmentPath = Annotated[
    str, Path(alias="env", max_length=100, description="Key of the environment.", examples=["contoso-sales"])
]
TablePath = Annotated[
    str, Path(alias="table", pattern=TABLE, description="Logical name of the table.", examples=["opportunity"])
]
RecordPath = Annotated[str, Path(alias="record", pattern=GUID, description="Id of the record.")]
RowPath = Annotated[str, Path(alias="row", pattern=GUID, description="Id of the row that ties record and channel.")]
TeamPath = Annotated[str, Path(alias="team", pattern=GUID, description="Id of the team.")]
LinkPath = Annotated[str, Path(alias="link", pattern=GUID, description="Id of the link.")]
ItemPath = Annotated[str, Path(alias="item", pattern=FILE_ID, description="The file’s id from the list of files.")]
PlaceQuery = Annotated[
    str, Query(max_length=100, description="Key of the place, from the list; the first that opens when not given.")
]
FolderQuery = Annotated[str | None, Query(pattern=FILE_ID, description="Id of a folder in the place, from the list.")]
PageQuery = Annotated[str, Query(pattern=MARK, description="Mark of the page, from `next` of the page before.")]
IdempotencyKey = Annotated[
    str,
    Header(
        pattern=r"^[\x21-\x7e]{0,200}$",
        description="Repeating a request with the same key gives the same link; with another body it is refused.",
    ),
]


def read_record_ref(asking: Asking, environment: str, table: str, record: str) -> RecordRef:
    """Raises EnvironmentUnknown, InputInvalid."""
    key = asking.environment_key(environment)
    if not re.match(TABLE, table):
        raise InputInvalid("table", table, "table_name")
    return RecordRef(key, TableName(table), RowId(read_guid("record", record)))


def read_order(text: str) -> Order | None:
    """A column's name, with `-` before it for descending; None without one."""
    name = text.removeprefix("-")
    return Order(name, descending=text.startswith("-")) if name else None


def read_guid(field: str, value: str) -> str:
    if not re.match(GUID, value):
        raise InputInvalid(field, value, "guid")
    return value.lower()


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The refusals that a route can answer with, for the description."""
    return {
        status: {
            "model": ProblemShape,
            "description": _REFUSALS[status],
        }
        for status in (400, 401, *statuses, 500, 502, 503)
    }


_REFUSALS = {
    400: "A value is missing or has the wrong form.",
    401: "No bearer token, or one that is not accepted.",
    403: "A role, licence, membership, privilege or consent is missing.",
    404: "What the address names is not there, or not for this person.",
    409: "It conflicts with what is there, or something must be switched on first.",
    413: "The body is too large.",
    500: "A defect, with its incident number.",
    502: "A Microsoft service refused or answered in a form that is not documented.",
    503: "A Microsoft service cannot be reached or asks to wait; see Retry-After.",
}

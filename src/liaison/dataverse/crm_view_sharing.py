"""Sharing personal views with users. Source: dataverse.md sections 1.7 and 4 (GrantAccess, RevokeAccess)."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from liaison.dataverse.client import Call, DataverseClient
from liaison.dataverse.crm_sharing import SHARED, read_shares
from liaison.dataverse.errors import Subject
from liaison.dataverse.query import read_guid
from liaison.domain.names import RowId, ViewRef
from liaison.errors import ViewUnknown

_TYPE = "Microsoft.Dynamics.CRM"


class DataverseViewSharing:
    """As one person, who must own the view or be allowed to share it."""

    def __init__(self, client: DataverseClient) -> None:
        self._client = client

    async def share_view(self, view: ViewRef, users: Sequence[RowId]) -> None:
        """Each user may read the view from now on. Raises ViewUnknown, PrivilegeMissing."""
        row = _row_of(view)
        await asyncio.gather(*(self._grant(row, user) for user in users))

    async def list_view_sharers(self, view: ViewRef) -> tuple[RowId, ...]:
        """Users with whom it is shared for reading. Raises ViewUnknown, PrivilegeMissing."""
        row = _row_of(view)
        query = {"@tid": f"{{'@odata.id':'userqueries({row})'}}"}
        answer = await self._client.read(Call("GET", SHARED, Subject("userquery", row), query=query, repeatable=True))
        return tuple(RowId(one) for one, is_team in read_shares(answer) if not is_team)

    async def unshare_view(self, view: ViewRef, users: Sequence[RowId]) -> None:
        """Whoever does not have it is done. Raises ViewUnknown, PrivilegeMissing."""
        row = _row_of(view)
        await asyncio.gather(*(self._revoke(row, user) for user in users))

    async def _revoke(self, view: str, user: RowId) -> None:
        body = {
            "Target": {"userqueryid": view, "@odata.type": f"{_TYPE}.userquery"},
            "Revokee": {"systemuserid": user, "@odata.type": f"{_TYPE}.systemuser"},
        }
        await self._client.send(Call("POST", "/RevokeAccess", Subject("userquery", view), body=body, repeatable=True))

    async def _grant(self, view: str, user: RowId) -> None:
        body = {
            "Target": {"userqueryid": view, "@odata.type": f"{_TYPE}.userquery"},
            "PrincipalAccess": {
                "AccessMask": "ReadAccess",
                "Principal": {"systemuserid": user, "@odata.type": f"{_TYPE}.systemuser"},
            },
        }
        await self._client.send(Call("POST", "/GrantAccess", Subject("userquery", view), body=body, repeatable=True))


def _row_of(view: ViewRef) -> str:
    row = read_guid(view.id)
    if not row:
        raise ViewUnknown(view.id)
    return row

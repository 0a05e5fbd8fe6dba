"""Sharing personal views with users. Source: dataverse.md sections 1.7 and 4 (GrantAccess)."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from liaison.dataverse.client import Call, DataverseClient
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
        row = read_guid(view.id)
        if not row:
            raise ViewUnknown(view.id)
        await asyncio.gather(*(self._grant(row, user) for user in users))

    async def _grant(self, view: str, user: RowId) -> None:
        body = {
            "Target": {"userqueryid": view, "@odata.type": f"{_TYPE}.userquery"},
            "PrincipalAccess": {
                "AccessMask": "ReadAccess",
                "Principal": {"systemuserid": user, "@odata.type": f"{_TYPE}.systemuser"},
            },
        }
        await self._client.send(Call("POST", "/GrantAccess", Subject("userquery", view), body=body, repeatable=True))

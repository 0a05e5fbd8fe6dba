"""Requests to be let into a team."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from liaison.api.asking import Asker
from liaison.api.choosing_render import render_join_request
from liaison.api.choosing_shapes import JoinBody, JoinRequestShape, JoinRequestsShape
from liaison.api.routes.inputs import GUID, problems, read_guid
from liaison.api.routes.requests import read_regarding
from liaison.domain.names import ChannelId, TeamId
from liaison.operations.join import answer_join, ask_to_join, list_join_requests, list_my_requests

router = APIRouter(prefix="/join-requests", tags=["joining"])

RequestPath = Annotated[str, Path(alias="request", pattern=GUID, description="Id of the request.")]


class WhoseRequests(StrEnum):
    TO_ANSWER = "to_answer"
    MINE = "mine"


@router.post("", summary="Ask to join a team", responses=problems(403, 404, 409))
async def ask(asking: Asker, body: JoinBody, response: Response) -> JoinRequestShape:
    """Reaches the owners of the team. Asking again gives the request that waits."""
    regarding = read_regarding(asking, body.environment, body.table, body.record, body.view, body.view_kind)
    team = TeamId(read_guid("team", body.team))
    request = await ask_to_join(regarding, team, asking.person, asking.ports, ChannelId(body.channel))
    response.headers["Location"] = f"{asking.ports.public_address}/api/v1/join-requests?of=mine"
    return render_join_request(request, asking)


@router.get("", summary="Requests to join", responses=problems(403))
async def browse(
    asking: Asker,
    of: Annotated[
        WhoseRequests, Query(description="What waits for the asker as an owner, or what the asker asked for.")
    ] = WhoseRequests.TO_ANSWER,
) -> JoinRequestsShape:
    """Those that wait in the teams that the asker owns, the oldest first; or the asker's own with their answers."""
    look = list_join_requests if of is WhoseRequests.TO_ANSWER else list_my_requests
    found = await look(asking.person, asking.ports)
    return JoinRequestsShape(items=tuple(render_join_request(request, asking) for request in found))


@router.post("/{request}/accept", summary="Let somebody in", responses=problems(403, 404, 409))
async def accept(asking: Asker, request: RequestPath) -> JoinRequestShape:
    """The person is added to the team on the asker's behalf, who must be an owner of it."""
    answered = await answer_join(request.lower(), asking.person, asking.ports, accept=True)
    return render_join_request(answered, asking)


@router.post("/{request}/decline", summary="Decline a request", responses=problems(403, 404, 409))
async def decline(asking: Asker, request: RequestPath) -> JoinRequestShape:
    """The person is told so."""
    answered = await answer_join(request.lower(), asking.person, asking.ports, accept=False)
    return render_join_request(answered, asking)

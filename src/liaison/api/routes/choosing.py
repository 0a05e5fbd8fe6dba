"""Choosing: names checked before anything is made, people a record suggests, a preview."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Query

from liaison.api.asking import Asker
from liaison.api.choosing_render import render_candidate, render_choices, render_preview, render_verdict
from liaison.api.choosing_shapes import Candidates, FoundPeople, NameVerdictShape, PreviewShape, TeamChoicesShape
from liaison.api.routes.inputs import (
    GUID,
    EnvironmentPath,
    RecordPath,
    TablePath,
    TeamPath,
    problems,
    read_record_ref,
)
from liaison.api.routes.requests import read_request
from liaison.api.shapes import ConnectBody
from liaison.domain.members import MembersOf
from liaison.domain.names import ChannelId, ChannelKind, TeamId
from liaison.operations.choose_team import read_team_choices
from liaison.operations.preflight import check_channel_name, check_team_name
from liaison.operations.preview import preview_connection
from liaison.operations.recommend_members import find_candidates, recommend_members

router = APIRouter(tags=["choosing"])

NameQuery = Annotated[str, Query(max_length=500, description="The name as typed.")]


def read_members_of(
    team: Annotated[
        str, Query(pattern=f"^$|{GUID}", description="Id of the team; empty for a team that is still to be made.")
    ] = "",
    channel: Annotated[
        str, Query(max_length=200, description="Id of a private or shared channel, whose people are not the team's.")
    ] = "",
    kind: Annotated[ChannelKind, Query(description="Of a channel that is still to be made.")] = ChannelKind.STANDARD,
) -> MembersOf:
    """Whose people are chosen; the query of both lists of people."""
    return MembersOf(TeamId(team), kind, ChannelId(channel))


PeopleOf = Annotated[MembersOf, Depends(read_members_of)]
_RECORD = "/environments/{env}/tables/{table}/records/{record}"


@router.get("/team-name-check", summary="Check a name for a new team", responses=problems(403))
async def team_name(asking: Asker, name: NameQuery) -> NameVerdictShape:
    """Form, naming policy, blocked words, names in use, names deleted lately, and whether the asker can make a team.

    The answer is 200 for a name that cannot be used, too: `problem` says why.
    """
    return render_verdict(await check_team_name(name, asking.person, asking.ports), asking)


@router.get("/teams/{team}/channel-name-check", summary="Check a name for a new channel", responses=problems(403, 404))
async def channel_name(
    asking: Asker,
    team: TeamPath,
    name: NameQuery,
    kind: Annotated[ChannelKind, Query(description="Private channels have a limit of their own.")] = (
        ChannelKind.STANDARD
    ),
) -> NameVerdictShape:
    """Form, names in use and the team's room. Names of deleted channels cannot be listed and are told as unknown."""
    verdict = await check_channel_name(name, TeamId(team), asking.person, asking.ports, kind)
    return render_verdict(verdict, asking)


@router.get("/environments/{env}/team-choices", summary="Choices for a new team", responses=problems(403, 404))
async def team_choices(asking: Asker, env: EnvironmentPath) -> TeamChoicesShape:
    """Privacy, sensitivity labels and templates; labels with the reason when none can be chosen."""
    choices = await read_team_choices(asking.environment_key(env), asking.person, asking.ports)
    return render_choices(choices, asking)


@router.get(f"{_RECORD}/recommended-members", summary="People whom a record suggests", responses=problems(403, 404))
async def recommended_members(
    asking: Asker, env: EnvironmentPath, table: TablePath, record: RecordPath, of: PeopleOf
) -> Candidates:
    """The record's owner, those it is shared with and its team, as the asker may see them. For owners of the team."""
    ref = read_record_ref(asking, env, table, record)
    found = await recommend_members(ref, of, asking.person, asking.ports)
    return Candidates(
        items=tuple(render_candidate(candidate, asking) for candidate in found.candidates),
        can_add=found.can_add,
        can_add_text="" if found.can_add else asking.say("notice.no_user_sync"),
    )


@router.get(f"{_RECORD}/member-search", summary="Find people to add", responses=problems(403, 404))
async def member_search(
    asking: Asker,
    env: EnvironmentPath,
    table: TablePath,
    record: RecordPath,
    q: Annotated[str, Query(min_length=1, max_length=200, description="Words of a name or an address.")],
    of: PeopleOf,
) -> FoundPeople:
    """People of the directory, each with what they will not see of the record. For owners of the team."""
    ref = read_record_ref(asking, env, table, record)
    found = await find_candidates(q, ref, of, asking.person, asking.ports)
    return FoundPeople(items=tuple(render_candidate(candidate, asking) for candidate in found))


@router.post("/links/preview", summary="Preview a connection", responses=problems(403, 404, 409))
async def preview(asking: Asker, body: ConnectBody) -> PreviewShape:
    """Everything that connecting would make, with final names, people and consequences. Nothing is made.

    What connecting would refuse is refused here in the same words.
    """
    asked = await read_request(asking, body)
    return render_preview(await preview_connection(asked, asking.person, asking.ports), asking)


@router.api_route("/links/preview", methods=["GET", "HEAD", "PUT", "PATCH", "DELETE"], include_in_schema=False)
async def no_link() -> None:
    """The address of one link would take it for a link called preview."""
    raise HTTPException(405, headers={"Allow": "POST"})

"""Channel messages filed to the timeline by a reaction: the switch of an environment, and how it stands for a link."""

from __future__ import annotations

from fastapi import APIRouter

from liaison.api.asking import Asker
from liaison.api.filing_render import render_filing, render_link_filing
from liaison.api.filing_shapes import FilingBody, FilingShape, LinkFilingShape
from liaison.api.routes.inputs import EnvironmentPath, LinkPath, problems
from liaison.domain.names import LinkId
from liaison.operations.filing import (
    read_filing,
    read_link_filing,
    switch_filing_off,
    switch_filing_on,
    try_filing_again,
)
from liaison.operations.read_link import read_link

router = APIRouter(tags=["filing"])

_ENVIRONMENT = "/environments/{env}/filing"
_LINK = "/links/{link}/filing"


@router.get(_ENVIRONMENT, summary="Are messages filed by a reaction?", responses=problems(403, 404))
async def read(asking: Asker, env: EnvironmentPath) -> FilingShape:
    """The switch, its reaction, why the asker cannot switch it on, and the channels that are listened to."""
    return render_filing(await read_filing(asking.environment_key(env), asking.person, asking.ports), asking)


@router.put(_ENVIRONMENT, summary="File messages by a reaction", responses=problems(403, 404, 409))
async def switch_on(asking: Asker, env: EnvironmentPath, body: FilingBody) -> FilingShape:
    """For System Administrators, with the tenant’s consent to reading channel messages; on already, the reaction
    changes.
    """
    key = asking.environment_key(env)
    await switch_filing_on(key, body.reaction, asking.person, asking.ports)
    return render_filing(await read_filing(key, asking.person, asking.ports), asking)


@router.delete(_ENVIRONMENT, summary="File messages no more", responses=problems(403, 404))
async def switch_off(asking: Asker, env: EnvironmentPath) -> FilingShape:
    """Nothing is read any more; what was filed stays on the timelines."""
    key = asking.environment_key(env)
    await switch_filing_off(key, asking.person, asking.ports)
    return render_filing(await read_filing(key, asking.person, asking.ports), asking)


@router.get(_LINK, summary="How filing stands for a link", responses=problems(403, 404))
async def read_of_link(asking: Asker, link: LinkPath) -> LinkFilingShape:
    """What listens to its channel, how many messages were filed, and which could not be."""
    found = await read_link(LinkId(link.lower()), asking.person, asking.ports)
    return render_link_filing(await read_link_filing(found, asking.ports), asking)


@router.post(f"{_LINK}/retry", summary="Try at once what could not be filed", responses=problems(403, 404))
async def retry(asking: Asker, link: LinkPath) -> LinkFilingShape:
    """Also what waits for a person."""
    found = await read_link(LinkId(link.lower()), asking.person, asking.ports)
    return render_link_filing(await try_filing_again(found, asking.ports), asking)

"""The page "Microsoft Teams collaboration and chat" of one environment."""

from __future__ import annotations

from fastapi import APIRouter

from liaison.api.asking import Asker
from liaison.api.render import render_collaboration
from liaison.api.routes.inputs import EnvironmentPath, problems
from liaison.api.shapes import CollaborationShape, SwitchesBody
from liaison.domain.readiness import Switches
from liaison.operations.enable import read_collaboration, save_switches

router = APIRouter(prefix="/environments/{env}/collaboration", tags=["collaboration"])


@router.get("", summary="Switches, prerequisites and consent", responses=problems(403, 404))
async def read(asking: Asker, env: EnvironmentPath) -> CollaborationShape:
    """The switches, every prerequisite with its rows, the tenant’s consent, and what the asker may change."""
    key = asking.environment_key(env)
    return render_collaboration(await read_collaboration(key, asking.person, asking.ports), env, asking)


@router.put("", summary="Turn linking on or off", responses=problems(403, 404, 409))
async def save(asking: Asker, env: EnvironmentPath, body: SwitchesBody) -> CollaborationShape:
    """Makes the switches as wanted. A refusal names every unmet prerequisite and its rows, and changes nothing."""
    key = asking.environment_key(env)
    wanted = Switches(basic=body.basic, enhanced=body.enhanced, user_sync=body.enhanced, version=body.version)
    await save_switches(wanted, key, asking.person, asking.ports, body.labels)
    return render_collaboration(await read_collaboration(key, asking.person, asking.ports), env, asking)

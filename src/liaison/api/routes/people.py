"""Who the asker is, and the environments."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter

from liaison.api.asking import Asker
from liaison.api.render import render_consent
from liaison.api.routes.inputs import problems
from liaison.api.shapes import ConsentShape, Environments, EnvironmentShape, MeShape
from liaison.domain.diagnosis import is_tenant_administrator
from liaison.operations.consent import probe_consent

router = APIRouter()


@router.get("/me", summary="Who is asking", responses=problems(403), tags=["people"])
async def me(asking: Asker) -> MeShape:
    """The person behind the token: languages, licences, and the permissions that the organization has granted."""
    known, scopes = await asyncio.gather(
        asking.ports.people(asking.person).read_me(), asking.ports.sign_in.carried_scopes(asking.person)
    )
    return MeShape(
        id=asking.person.id,
        tenant=asking.person.tenant,
        name=known.name,
        upn=known.upn,
        language=asking.person.language,
        is_tenant_administrator=is_tenant_administrator(known),
        service_plans=known.service_plans,
        scopes=tuple(sorted(scopes)),
    )


@router.get("/environments", summary="The environments", responses=problems(), tags=["people"])
async def environments(asking: Asker) -> Environments:
    """Every environment that this Liaison serves."""
    return Environments(
        items=tuple(
            EnvironmentShape(key=one.key, name=one.name, address=one.address) for one in asking.ports.environments
        )
    )


@router.get("/consent", summary="The tenant’s consent", responses=problems(), tags=["collaboration"])
async def consent(asking: Asker) -> ConsentShape:
    """What was last seen of the organization’s consent."""
    return render_consent(await asking.ports.consents.read(asking.person.tenant), asking)


@router.post("/consent/check", summary="Check the consent now", responses=problems(403), tags=["collaboration"])
async def check_consent(asking: Asker) -> ConsentShape:
    """Asks for a new token and remembers what it shows of the organization’s consent."""
    return render_consent(await probe_consent(asking.person, asking.ports), asking)

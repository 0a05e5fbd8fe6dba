"""The tenant administrator's consent: to Microsoft and back to the settings, their unsaved switches kept."""

from __future__ import annotations

from starlette.responses import Response

from liaison.operations.enable import finish_consent
from liaison.web import addresses
from liaison.web.pages.sign_in import end_flow, send_away, take_back
from liaison.web.visit import Visit

KEPT = ("back", "basic", "enhanced")


async def start(visit: Visit) -> Response:
    """`/auth/consent`."""
    with_user_sync = not visit.asked("less")
    started = await visit.ports.sign_in.start_consent(visit.person, visit.language, with_user_sync=with_user_sync)
    return await send_away(visit, started, {name: visit.asked(name) for name in KEPT})


async def finish(visit: Visit) -> Response:
    """`/auth/consent-callback`: what the token now carries is what counts, and the settings page says it."""
    person = visit.person
    remembered = await take_back(visit)
    consent = await finish_consent(person, remembered["kept"], dict(visit.request.query_params), visit.ports)
    query = {"unsaved": "1", "consent": consent.state.value}
    query |= {name: remembered[name] for name in ("basic", "enhanced") if remembered[name]}
    parts = (addresses.query_part(name, value) for name, value in query.items())
    back = addresses.local_path(remembered["back"]).partition("?")[0]
    return end_flow(visit, visit.go(f"{back}?{'&'.join(parts)}"))

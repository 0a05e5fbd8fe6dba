"""The tenant administrator's consent: to Microsoft and back to the settings, their unsaved switches kept."""

from __future__ import annotations

from starlette.responses import Response

from liaison.domain.consent import EXTRAS, Rung
from liaison.operations.consent import ask_consent, finish_consent
from liaison.web import addresses
from liaison.web.pages.sign_in import end_flow, send_away, take_back
from liaison.web.visit import Visit

KEPT = ("back", "basic", "enhanced", "extra")


async def start(visit: Visit) -> Response:
    """`/auth/consent`; `extra` names what shall be allowed beyond the enhanced experience."""
    extras = _read_extras(visit.asked("extra"))
    with_user_sync = not visit.asked("less")
    started = await ask_consent(visit.person, visit.language, visit.ports, extras, with_user_sync=with_user_sync)
    return await send_away(visit, started, {name: visit.asked(name) for name in KEPT})


async def finish(visit: Visit) -> Response:
    """`/auth/consent-callback`: what the token now carries is what counts, and the settings page says it."""
    person = visit.person
    remembered = await take_back(visit)
    extras = _read_extras(remembered["extra"])
    consent = await finish_consent(person, remembered["kept"], dict(visit.request.query_params), visit.ports, extras)
    query = {"unsaved": "1"}
    if extras:
        is_allowed = all(consent.allows(rung) for rung in extras)
        query |= {"allowed" if is_allowed else "not_allowed": extras[0].value}
    else:
        query |= {"consent": consent.state.value}
    query |= {name: remembered[name] for name in ("basic", "enhanced") if remembered[name]}
    parts = (addresses.query_part(name, value) for name, value in query.items())
    back = addresses.local_path(remembered["back"]).partition("?")[0]
    return end_flow(visit, visit.go(f"{back}?{'&'.join(parts)}"))


def _read_extras(wanted: str) -> tuple[Rung, ...]:
    """None for what is no extra: the enhanced experience alone is asked for."""
    return tuple(rung for rung in EXTRAS if rung.value == wanted)

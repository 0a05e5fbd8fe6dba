"""Ask for the tenant's consent, remember what is seen of it, and say what an act still lacks."""

from __future__ import annotations

from liaison.domain.consent import (
    EXTRAS,
    SCOPES,
    Consent,
    ConsentState,
    Rung,
    enhanced_scopes,
    follow_consent,
    granted_scopes,
    judge_consent,
    require_rung,
)
from liaison.domain.names import Person
from liaison.errors import ConsentRefused
from liaison.ports import Ports, SignInStart


async def require_consent(rung: Rung, by: Person, ports: Ports) -> None:
    """Raises ConsentNotGranted with the rung when neither the token at hand nor a new one carries it.

    The error says where it can be allowed; what needs an extra goes on without it.
    """
    if not set(SCOPES[rung]) <= await ports.sign_in.carried_scopes(by):
        extras = (rung,) if rung in EXTRAS else ()
        require_rung(rung, await ports.sign_in.probe_scopes(by, extras))


async def ask_consent(
    by: Person, language: str, ports: Ports, extras: tuple[Rung, ...] = (), *, with_user_sync: bool = True
) -> SignInStart:
    """Where the tenant administrator allows the enhanced experience and `extras`.

    What was granted beyond it before is asked for again, since a grant replaces earlier ones; for the same reason an
    extra leaves user sync as it stands.
    """
    before = await ports.consents.read(by.tenant)
    granted = granted_scopes(await ports.sign_in.carried_scopes(by), before)
    wanted = tuple(rung for rung in EXTRAS if rung in extras or set(SCOPES[rung]) <= set(granted))
    if extras and before.allows_linking:
        with_user_sync = before.allows_user_sync
    return await ports.sign_in.start_consent(by, language, with_user_sync=with_user_sync, extras=wanted)


async def probe_consent(by: Person, ports: Ports, asked: tuple[Rung, ...] = ()) -> Consent:
    """Ask for a token now and remember what it shows of the tenant's consent; `asked` are the extras just asked for."""
    carried = await ports.sign_in.probe_scopes(by, asked)
    seen, missing = judge_consent(carried)
    before = await ports.consents.read(by.tenant)
    state, granted = follow_consent(before, seen), granted_scopes(carried, before, asked)
    if (state, granted, missing) == (before.state, before.granted, before.missing):
        return before
    consent = Consent(state, granted, missing, by.name, ports.clock.now())
    await ports.consents.save(by.tenant, consent)
    await ports.audit.write(by, "consent.seen", by.tenant, " ".join((state.value, *consent.extras)))
    return consent


async def finish_consent(
    by: Person, kept: str, answer: dict[str, str], ports: Ports, asked: tuple[Rung, ...] = ()
) -> Consent:
    """Take the browser's return from the consent page: a refusal is remembered, a grant is probed.

    To decline an extra, or what was granted before, leaves everything as it is: Entra keeps the grant.
    """
    try:
        await ports.sign_in.read_consent_answer(kept, answer)
    except ConsentRefused:
        await ports.audit.write(by, "consent.refused", by.tenant, " ".join(asked))
        before = await ports.consents.read(by.tenant)
        if asked or before.granted:
            return before
        refused = Consent(ConsentState.REFUSED, (), enhanced_scopes(), by.name, ports.clock.now())
        await ports.consents.save(by.tenant, refused)
        return refused
    return await probe_consent(by, ports, asked)

"""More that can be allowed: what each extra is for, how it stands, and where the administrator allows it."""

from __future__ import annotations

from dataclasses import dataclass

from liaison.domain.consent import EXTRAS, SCOPES, Consent, Rung
from liaison.web import addresses, problems
from liaison.web.visit import Visit


@dataclass(frozen=True)
class Extra:
    """`anchor` is its place on the page; `allow` is empty for whoever cannot allow it, and where it is allowed."""

    anchor: str
    title: str
    about: str
    permissions: tuple[problems.Permission, ...]
    is_allowed: bool
    allow: str


@dataclass(frozen=True)
class ExtrasBox:
    """`answer` says in words what the consent page brought back; `hand_over` is there for whoever cannot allow."""

    items: tuple[Extra, ...]
    answer: str
    has_allowed: bool
    hand_over: str


def show_extras(consent: Consent, accept: addresses.Query | None, visit: Visit) -> ExtrasBox:
    """`accept` is the query with which a tenant administrator's consent begins; None for everybody else."""
    allowed, refused = visit.asked("allowed"), visit.asked("not_allowed")
    known = {rung.value for rung in EXTRAS}
    answer = ""
    if (allowed or refused) in known:
        about = visit.say(f"consent.rung.{allowed or refused}")
        key = "web.settings.extras.allowed" if allowed else "web.settings.extras.not_allowed"
        answer = visit.say(key, extra=about)
    some_missing = any(not consent.allows(rung) for rung in EXTRAS)
    return ExtrasBox(
        items=tuple(_extra(rung, consent, accept, visit) for rung in EXTRAS),
        answer=answer,
        has_allowed=bool(allowed),
        hand_over=_hand_over(visit) if accept is None and some_missing else "",
    )


def _extra(rung: Rung, consent: Consent, accept: addresses.Query | None, visit: Visit) -> Extra:
    is_allowed = consent.allows(rung)
    can_allow = accept is not None and not is_allowed
    return Extra(
        anchor=addresses.extra_anchor(rung.value),
        title=visit.say(f"consent.rung.{rung.value}"),
        about=visit.say(f"consent.extra.{rung.value}"),
        permissions=problems.permissions(SCOPES[rung], visit),
        is_allowed=is_allowed,
        allow=addresses.address("auth", "consent", query={**(accept or {}), "extra": rung.value}) if can_allow else "",
    )


def _hand_over(visit: Visit) -> str:
    return f"{visit.ports.public_address}{visit.request.url.path}#{addresses.EXTRAS_ANCHOR}"

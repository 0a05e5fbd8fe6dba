"""The ladder of consent: which permissions each rung asks of Microsoft Graph, and what a token shows of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Rung(StrEnum):
    """One step of the ladder; each is asked for when first needed. Source: identity.md section 12."""

    SIGN_IN = "sign_in"
    LIST_TEAMS = "list_teams"
    CONNECT = "connect"
    MEMBERS = "members"
    FILES = "files"


SCOPES: dict[Rung, tuple[str, ...]] = {
    Rung.SIGN_IN: ("User.Read",),
    Rung.LIST_TEAMS: ("Team.ReadBasic.All", "Channel.ReadBasic.All"),
    Rung.CONNECT: (
        "Channel.Create",
        "TeamsAppInstallation.ReadWriteForTeam",
        "TeamsTab.ReadWriteForTeam",
        "AppCatalog.Read.All",
    ),
    Rung.MEMBERS: (
        "TeamMember.Read.All",
        "TeamMember.ReadWriteNonOwnerRole.All",
        "User.ReadBasic.All",
    ),
    Rung.FILES: ("Files.ReadWrite.All",),
}

ENHANCED: tuple[Rung, ...] = (Rung.LIST_TEAMS, Rung.CONNECT, Rung.MEMBERS, Rung.FILES)
"""What the enhanced experience needs of the tenant administrator."""


def enhanced_scopes() -> tuple[str, ...]:
    """Every Graph permission to be granted for the organization, sign-in included: a grant replaces earlier ones."""
    return tuple(scope for rung in (Rung.SIGN_IN, *ENHANCED) for scope in SCOPES[rung])


class ConsentState(StrEnum):
    NOT_ASKED = "not_asked"
    GRANTED = "granted"
    PARTIAL = "partial"
    REFUSED = "refused"


@dataclass(frozen=True)
class Consent:
    """What is known of the tenant's consent: detected from what a token carried, never from a redirect alone."""

    state: ConsentState
    granted: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    by: str = ""
    at: datetime | None = None


def judge_consent(carried: frozenset[str]) -> tuple[ConsentState, tuple[str, ...]]:
    """The state that a token with these scopes shows, and the scopes it lacks."""
    missing = tuple(scope for scope in enhanced_scopes() if scope not in carried)
    if not missing:
        return ConsentState.GRANTED, ()
    wanted = set(enhanced_scopes()) - set(SCOPES[Rung.SIGN_IN])
    return (ConsentState.PARTIAL if wanted & carried else ConsentState.NOT_ASKED), missing


def missing_for(rung: Rung, carried: frozenset[str]) -> tuple[str, ...]:
    return tuple(scope for scope in SCOPES[rung] if scope not in carried)

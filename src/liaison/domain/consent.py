"""The ladder of consent: which permissions each rung asks of Microsoft Graph, and what a token shows of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from liaison.errors import ConsentNotGranted


class Rung(StrEnum):
    """One step of the ladder; each is asked for when first needed. Source: identity.md section 12."""

    SIGN_IN = "sign_in"
    LIST_TEAMS = "list_teams"
    CONNECT = "connect"
    TEAM = "team"
    LABEL = "label"
    NAMES = "names"
    MEMBERS = "members"
    FILES = "files"
    UNDO = "undo"
    POSTS = "posts"
    ARCHIVE = "archive"
    FILING = "filing"
    PARTNERS = "partners"


SCOPES: dict[Rung, tuple[str, ...]] = {
    Rung.SIGN_IN: ("User.Read",),
    Rung.LIST_TEAMS: ("Team.ReadBasic.All", "Channel.ReadBasic.All"),
    Rung.CONNECT: (
        "Channel.Create",
        "TeamsAppInstallation.ReadWriteForTeam",
        "TeamsTab.ReadWriteForTeam",
        "AppCatalog.Read.All",
    ),
    Rung.TEAM: ("Team.Create",),
    Rung.LABEL: ("Group.ManageProtection.All",),
    Rung.NAMES: ("Group.Read.All", "GroupSettings.Read.All", "SensitivityLabel.Read"),
    Rung.MEMBERS: (
        "TeamMember.Read.All",
        "TeamMember.ReadWriteNonOwnerRole.All",
        "ChannelMember.ReadWrite.All",
        "User.ReadBasic.All",
    ),
    Rung.FILES: ("Files.ReadWrite.All",),
    Rung.UNDO: ("Channel.Delete.All",),
    Rung.POSTS: ("ChannelMessage.Send",),
    Rung.ARCHIVE: ("ChannelSettings.ReadWrite.All",),
    Rung.FILING: ("ChannelMessage.Read.All",),
    Rung.PARTNERS: ("CrossTenantInformation.ReadBasic.All",),
}

PUBLISHING: tuple[str, ...] = ("AppCatalog.ReadWrite.All",)
"""Asked of the one person who publishes Liaison's Teams app, and never for the organization."""

GROUPS = "Group.ReadWrite.All"
"""Makes a team by way of its group, which alone can carry a label. Microsoft's own integration asks for it; Liaison
does not, and uses it where it was granted. Source: identity.md section 12."""

ENHANCED: tuple[Rung, ...] = (
    Rung.LIST_TEAMS,
    Rung.CONNECT,
    Rung.TEAM,
    Rung.NAMES,
    Rung.MEMBERS,
    Rung.FILES,
    Rung.UNDO,
)
"""What the enhanced experience needs of the tenant administrator."""

EXTRAS: tuple[Rung, ...] = (Rung.LABEL, Rung.POSTS, Rung.ARCHIVE, Rung.FILING, Rung.PARTNERS)
"""Each asked of the tenant administrator on its own, and needed for nothing else."""

USER_SYNC = Rung.MEMBERS
"""Without this rung people are not added to channels; everything else works."""

OPTIONAL: tuple[Rung, ...] = (Rung.TEAM, Rung.NAMES, USER_SYNC, Rung.UNDO)
"""Linking works without these: teams are then made elsewhere, names are checked as far as they can be, people are added
by hand, and an undone connection leaves its channel behind."""


def enhanced_scopes(*, with_user_sync: bool = True, extras: tuple[Rung, ...] = ()) -> tuple[str, ...]:
    """Every Graph permission to be granted for the organization, sign-in included: a grant replaces earlier ones."""
    rungs = [rung for rung in (Rung.SIGN_IN, *ENHANCED, *extras) if with_user_sync or rung is not USER_SYNC]
    return tuple(scope for rung in rungs for scope in SCOPES[rung])


def granted_scopes(carried: frozenset[str], before: Consent, asked: tuple[Rung, ...] = ()) -> tuple[str, ...]:
    """What a token with these scopes shows to be granted for the organization.

    A label's permission counts only where it was `asked` for everybody or granted before, for one person may have
    given it for themselves alone.
    """
    extras = [rung for rung in EXTRAS if rung is not Rung.LABEL or rung in asked or before.allows(rung)]
    return tuple(scope for scope in enhanced_scopes(extras=tuple(extras)) if scope in carried)


class ConsentState(StrEnum):
    NOT_ASKED = "not_asked"
    GRANTED = "granted"
    PARTIAL = "partial"
    REFUSED = "refused"
    REVOKED = "revoked"
    """It was granted, and a token asked for later no longer carries it."""


@dataclass(frozen=True)
class Consent:
    """What is known of the tenant's consent: detected from what a token carried, never from a redirect alone."""

    state: ConsentState
    granted: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    by: str = ""
    at: datetime | None = None

    @property
    def allows_linking(self) -> bool:
        """Everything that the enhanced experience cannot do without."""
        needed = {scope for rung in ENHANCED if rung not in OPTIONAL for scope in SCOPES[rung]}
        return needed | set(SCOPES[Rung.SIGN_IN]) <= set(self.granted)

    @property
    def allows_user_sync(self) -> bool:
        return self.allows(USER_SYNC)

    def allows(self, rung: Rung) -> bool:
        return set(SCOPES[rung]) <= set(self.granted)

    @property
    def extras(self) -> tuple[Rung, ...]:
        """What is granted beyond the enhanced experience."""
        return tuple(rung for rung in EXTRAS if self.allows(rung))


@dataclass(frozen=True)
class RungState:
    """One rung of the ladder: what it asks for, and what of it is missing."""

    rung: Rung
    scopes: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def is_granted(self) -> bool:
        return not self.missing

    @property
    def is_extra(self) -> bool:
        return self.rung in EXTRAS


def judge_rungs(carried: frozenset[str]) -> tuple[RungState, ...]:
    """The whole ladder, as a token with these scopes shows it."""
    return tuple(RungState(rung, SCOPES[rung], missing_for(rung, carried)) for rung in Rung)


def judge_consent(carried: frozenset[str]) -> tuple[ConsentState, tuple[str, ...]]:
    """The state that a token with these scopes shows, and the scopes it lacks."""
    missing = tuple(scope for scope in enhanced_scopes() if scope not in carried)
    if not missing:
        return ConsentState.GRANTED, ()
    wanted = set(enhanced_scopes()) - set(SCOPES[Rung.SIGN_IN])
    return (ConsentState.PARTIAL if wanted & carried else ConsentState.NOT_ASKED), missing


def follow_consent(before: Consent, seen: ConsentState) -> ConsentState:
    """The state to remember when `seen` follows `before`: what was granted once and is gone was revoked.

    A refusal stays a refusal until something is granted.
    """
    if seen is not ConsentState.NOT_ASKED:
        return seen
    if before.state in (ConsentState.GRANTED, ConsentState.PARTIAL, ConsentState.REVOKED):
        return ConsentState.REVOKED
    return before.state


def missing_for(rung: Rung, carried: frozenset[str]) -> tuple[str, ...]:
    return tuple(scope for scope in SCOPES[rung] if scope not in carried)


def require_rung(rung: Rung, carried: frozenset[str]) -> None:
    """Raises ConsentNotGranted with the rung and what a token with these scopes lacks of it."""
    missing = missing_for(rung, carried)
    if missing:
        raise ConsentNotGranted(rung.value, missing)

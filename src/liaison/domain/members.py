"""Who belongs to a channel's people: whom a record suggests, and what each of them will not see."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from liaison.domain.names import ChannelId, ChannelKind, PersonId, RowId, TeamId


@dataclass(frozen=True)
class Member:
    """Somebody in a team or channel."""

    person: PersonId
    name: str
    email: str = ""
    is_owner: bool = False
    is_guest: bool = False


@dataclass(frozen=True)
class DirectoryEntry:
    """Somebody of the directory as a search shows them."""

    person: PersonId
    name: str
    upn: str
    email: str = ""
    is_guest: bool = False


class Source(StrEnum):
    """Why somebody is suggested; in this order they are shown."""

    OWNER = "owner"
    OWNER_TEAM = "owner_team"
    RECORD_TEAM = "record_team"
    SHARED = "shared"
    SHARED_TEAM = "shared_team"
    SEARCH = "search"


_ORDER = {source: place for place, source in enumerate(Source)}


@dataclass(frozen=True)
class CrmUser:
    """A user of an environment: the row, and the person in the directory, empty for an application."""

    row: RowId
    person: PersonId
    name: str
    sign_in_name: str = ""
    is_enabled: bool = True
    is_licensed: bool | None = None


@dataclass(frozen=True)
class Sharing:
    """A user who has a record, and why; `through` names the team of the CRM that they have it through."""

    user: CrmUser
    source: Source
    through: str = ""


class Unseen(StrEnum):
    """What somebody in the channel will not see."""

    GUEST = "guest"
    """A guest without a place in the CRM: the record, and the tab that shows it."""
    NOT_IN_CRM = "not_in_crm"
    """A colleague who is no user of the environment: the same."""
    NO_LICENCE = "no_licence"
    """A user without a licence: the same."""
    NO_RIGHTS = "no_rights"
    """A user whose roles and shares do not let them read this record."""


@dataclass(frozen=True)
class MembersOf:
    """Whose people are chosen: those of a team, or of a channel of it that has people of its own.

    `team` is empty for a team still to be made, `channel` for a channel still to be made and for one that has the
    team's people.
    """

    team: TeamId
    kind: ChannelKind = ChannelKind.STANDARD
    channel: ChannelId = ChannelId("")


@dataclass(frozen=True)
class Candidate:
    """Somebody who may be added. None stands for what could not be read."""

    person: PersonId
    name: str
    upn: str = ""
    sources: tuple[Source, ...] = ()
    through: tuple[str, ...] = ()
    is_guest: bool = False
    is_member: bool | None = None
    is_crm_user: bool | None = None
    has_licence: bool | None = None
    can_read_record: bool | None = None

    @property
    def unseen(self) -> Unseen | None:
        """What they will not see, by its first cause; None when nothing, or nothing is known."""
        if self.is_crm_user is False:
            return Unseen.GUEST if self.is_guest else Unseen.NOT_IN_CRM
        if self.has_licence is False:
            return Unseen.NO_LICENCE
        return Unseen.NO_RIGHTS if self.can_read_record is False else None


@dataclass(frozen=True)
class CandidateFacts:
    """What was gathered about people. `members` is None when the team's people cannot be read.

    `users` are the users of the CRM among them, `readers` those of the users who may read the record; None where it
    could not be asked.
    """

    members: Collection[PersonId] | None = None
    users: tuple[CrmUser, ...] | None = None
    readers: Collection[RowId] | None = None
    entries: tuple[DirectoryEntry, ...] = field(default=())


def suggest(sharings: Iterable[Sharing], facts: CandidateFacts, besides: PersonId) -> tuple[Candidate, ...]:
    """Each person once, with every reason for them, the strongest first.

    Left out are the asker, applications, people whose account is disabled, and people whom the directory does not have.
    """
    by_person: dict[PersonId, list[Sharing]] = {}
    for sharing in sharings:
        user = sharing.user
        if user.person and user.is_enabled and user.person != besides:
            by_person.setdefault(user.person, []).append(sharing)
    found = [_suggested(person, reasons, facts) for person, reasons in by_person.items()]
    return tuple(sorted(found, key=lambda one: (_ORDER[one.sources[0]], one.name.casefold(), one.person)))


def _suggested(person: PersonId, reasons: list[Sharing], facts: CandidateFacts) -> Candidate:
    sources = tuple(sorted({sharing.source for sharing in reasons}, key=_ORDER.__getitem__))
    through = tuple(dict.fromkeys(sharing.through for sharing in reasons if sharing.through))
    user = reasons[0].user
    entry = next((one for one in facts.entries if one.person == person), None)
    name, upn = (entry.name, entry.upn) if entry is not None else (user.name, user.sign_in_name)
    return judge_person(
        Candidate(person, name, upn, sources, through, is_guest=is_guest(upn) or bool(entry and entry.is_guest)), facts
    )


def judge_found(entry: DirectoryEntry, facts: CandidateFacts) -> Candidate:
    """Somebody whom a search found."""
    return judge_person(
        Candidate(entry.person, entry.name, entry.upn, (Source.SEARCH,), is_guest=entry.is_guest), facts
    )


def judge_person(candidate: Candidate, facts: CandidateFacts) -> Candidate:
    """The candidate with what is known of membership, licence and rights."""
    is_member = None if facts.members is None else candidate.person in facts.members
    is_user: bool | None = None
    has_licence: bool | None = None
    reads: bool | None = None
    if facts.users is not None:
        user = next((one for one in facts.users if one.person == candidate.person and one.is_enabled), None)
        is_user = user is not None
        has_licence = user.is_licensed if user is not None else None
        if user is None:
            reads = False
        elif facts.readers is not None:
            reads = user.row in facts.readers
    return Candidate(
        candidate.person,
        candidate.name,
        candidate.upn,
        candidate.sources,
        candidate.through,
        candidate.is_guest,
        is_member,
        is_user,
        has_licence,
        reads,
    )


def is_guest(upn: str) -> bool:
    """Is this the sign-in name that the directory gives to somebody of another organization?

    Source: Microsoft Entra B2B, properties of a guest user.
    """
    return "#EXT#" in upn.upper()

"""Everything that a connection will make, under its final names, before anything is made."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from liaison.domain.closing import OnClose
from liaison.domain.connection import ConnectionRequest
from liaison.domain.earlier import NO_FILES, EarlierCount, EarlierFiles
from liaison.domain.extras import NO_EXTRAS, Extras
from liaison.domain.labelling import LabelledBy, Labelling
from liaison.domain.link import NewChannel, NewTeam, StepName, TeamPrivacy, steps_to_connect
from liaison.domain.members import Candidate, Unseen
from liaison.domain.names import ChannelKind, RecordRef
from liaison.domain.naming import NameCheck


class FilesConsequence(StrEnum):
    """Who will see the files that people put into the channel."""

    TEAM = "team"
    """Everybody in the team: the channel's folder is in the team's own library."""
    CHANNEL = "channel"
    """Only the people of the private channel: it has a site of its own."""
    OUTSIDE = "outside"
    """The people of the shared channel, from other teams and organizations too: it has a site of its own."""


FILES_OF = {
    ChannelKind.STANDARD: FilesConsequence.TEAM,
    ChannelKind.PRIVATE: FilesConsequence.CHANNEL,
    ChannelKind.SHARED: FilesConsequence.OUTSIDE,
}


class NoticeCode(StrEnum):
    """Something to know before Finish; none of it stops the work."""

    NO_USER_SYNC = "no_user_sync"
    GUEST = "guest"
    NOT_IN_CRM = "not_in_crm"
    NO_LICENCE = "no_licence"
    NO_RIGHTS = "no_rights"
    ALREADY_MEMBERS = "already_members"
    NAME_UNCHECKED = "name_unchecked"
    EARLIER_FILES = "earlier_files"
    EARLIER_COPY = "earlier_copy"
    EARLIER_MOVE = "earlier_move"
    EARLIER_SHARED = "earlier_shared"
    EARLIER_TOO_MANY = "earlier_too_many"
    EARLIER_NO_CONSENT = "earlier_no_consent"
    SHARE_VIEW = "share_view"
    NO_POSTS = "no_posts"
    LABEL_BY = "label_by"
    LABEL_BY_NOBODY = "label_by_nobody"
    PARTNERS = "partners"
    SHARED_TEAMS = "shared_teams"


_UNSEEN = {
    Unseen.GUEST: NoticeCode.GUEST,
    Unseen.NOT_IN_CRM: NoticeCode.NOT_IN_CRM,
    Unseen.NO_LICENCE: NoticeCode.NO_LICENCE,
    Unseen.NO_RIGHTS: NoticeCode.NO_RIGHTS,
}


@dataclass(frozen=True)
class Notice:
    """`what` is what it is about: people's names, or how many."""

    code: NoticeCode
    what: str = ""


@dataclass(frozen=True)
class PlannedThing:
    """One thing that will be there; `is_new` is false for what exists already and is used."""

    step: StepName
    name: str
    is_new: bool


@dataclass(frozen=True)
class Preview:
    """`team_name` and `channel_name` are final. `privacy`, `label` and `template` are of a new team."""

    title: str
    team_name: str
    team_is_new: bool
    channel_name: str
    channel_kind: ChannelKind
    channel_is_new: bool
    things: tuple[PlannedThing, ...]
    files: FilesConsequence
    members: tuple[Candidate, ...] = ()
    notices: tuple[Notice, ...] = ()
    earlier: EarlierCount = NO_FILES
    earlier_stay: Notice | None = None
    """Why the earlier files can only be shown beside the channel's; None when they can be copied or moved."""
    privacy: TeamPrivacy | None = None
    label: str = ""
    template: str = ""
    """Teams' own template for a new team."""
    made_with: str = ""
    """The name of the template of the environment; empty without one."""
    extras: Extras = NO_EXTRAS
    on_close: OnClose = OnClose.KEEP


def plan_things(
    asked: ConnectionRequest,
    title: str,
    team_name: str,
    channel_name: str,
    people: Iterable[Candidate] = (),
    extras: Extras = NO_EXTRAS,
) -> tuple[PlannedThing, ...]:
    """The steps that apply, each with the name of what it makes or uses."""
    is_new_team = isinstance(asked.team, NewTeam)
    label = asked.team.label_name or asked.team.label if isinstance(asked.team, NewTeam) else ""
    steps = steps_to_connect(
        asked.regarding,
        new_team=is_new_team,
        label=bool(label),
        members=bool(asked.members),
        partners=bool(asked.partners),
        pinned_by=asked.pinned_by,
        extras=extras,
        earlier_files=asked.earlier_files,
    )
    names = {
        StepName.TEAM: (team_name, True),
        StepName.LABEL: (label, True),
        StepName.CHANNEL: (channel_name, isinstance(asked.channel, NewChannel)),
        StepName.APP: (team_name, is_new_team),
        StepName.FOLDER: (channel_name, isinstance(asked.channel, NewChannel)),
        StepName.MEMBERS: (", ".join(person.name for person in people if not person.is_member), True),
        StepName.PARTNERS: (", ".join(f"{one.address} ({one.organization})" for one in asked.partners), True),
        StepName.TEMPLATE_FOLDERS: (", ".join(extras.folders), True),
        StepName.TEMPLATE_CHANNELS: (", ".join(channel.name for channel in extras.channels), True),
        StepName.TEMPLATE_TABS: (", ".join(tab.name for tab in extras.tabs), True),
        StepName.WELCOME: (extras.welcome, True),
    }
    return tuple(PlannedThing(step, *names.get(step, (title, True))) for step in steps)


def _who_else_comes_in(asked: ConnectionRequest) -> list[Notice]:
    """Of a shared channel: teams that it is shared with, and people of partner organizations."""
    found = []
    if isinstance(asked.channel, NewChannel) and asked.channel.share_with:
        found.append(Notice(NoticeCode.SHARED_TEAMS, ", ".join(one.name for one in asked.channel.share_with)))
    if asked.partners:
        found.append(Notice(NoticeCode.PARTNERS, ", ".join(sorted({one.organization for one in asked.partners}))))
    return found


def notices_of(
    asked: ConnectionRequest,
    members: Iterable[Candidate],
    unknown: Iterable[NameCheck],
    earlier: EarlierCount,
    *,
    can_add: bool,
    can_copy: bool,
    can_post: bool = True,
    labelling: Labelling | None = None,
) -> tuple[Notice, ...]:
    """What to know before Finish, the most important first. `labelling` is of a label that was chosen."""
    people = tuple(members)
    found: list[Notice] = []
    if labelling is not None and labelling.by is not LabelledBy.SELF:
        is_known = labelling.by is LabelledBy.LABELLER
        found.append(Notice(NoticeCode.LABEL_BY if is_known else NoticeCode.LABEL_BY_NOBODY, labelling.name))
    found += _who_else_comes_in(asked)
    if asked.members and not can_add:
        found.append(Notice(NoticeCode.NO_USER_SYNC))
    if not isinstance(asked.regarding, RecordRef) and asked.share_view:
        found.append(Notice(NoticeCode.SHARE_VIEW))
    for unseen, code in _UNSEEN.items():
        names = [one.name for one in people if one.unseen is unseen]
        if names:
            found.append(Notice(code, ", ".join(names)))
    already = [one.name for one in people if one.is_member]
    if already:
        found.append(Notice(NoticeCode.ALREADY_MEMBERS, ", ".join(already)))
    if not can_post:
        found.append(Notice(NoticeCode.NO_POSTS))
    found += _of_earlier_files(asked, earlier, can_copy=can_copy)
    if any(True for _ in unknown):
        found.append(Notice(NoticeCode.NAME_UNCHECKED))
    return tuple(found)


def _of_earlier_files(asked: ConnectionRequest, earlier: EarlierCount, *, can_copy: bool) -> list[Notice]:
    """What becomes of the files that the record has, and what copying or moving them brings with it."""
    if not earlier.files:
        return []
    if asked.earlier_files is EarlierFiles.SHOW_BOTH:
        return [Notice(NoticeCode.EARLIER_FILES, str(earlier.files))]
    stay = why_they_stay(earlier, can_copy=can_copy)
    if stay is not None:
        return [stay]
    is_move = asked.earlier_files is EarlierFiles.MOVE
    found = [Notice(NoticeCode.EARLIER_MOVE if is_move else NoticeCode.EARLIER_COPY, str(earlier.files))]
    if earlier.shared:
        found.append(Notice(NoticeCode.EARLIER_SHARED, ", ".join(earlier.shared)))
    return found


def why_they_stay(earlier: EarlierCount, *, can_copy: bool) -> Notice | None:
    """What keeps earlier files from being copied or moved; None when nothing does."""
    if not can_copy:
        return Notice(NoticeCode.EARLIER_NO_CONSENT)
    return Notice(NoticeCode.EARLIER_TOO_MANY) if earlier.is_cut else None

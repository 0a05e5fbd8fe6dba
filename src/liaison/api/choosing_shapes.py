"""What the API takes and gives while a person chooses: names, people, a preview, requests to join."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from liaison.api.shapes import PersonShape, ProblemShape, Shape
from liaison.domain.joining import JoinState
from liaison.domain.labelling import LabelledBy
from liaison.domain.link import StepName, TeamPrivacy
from liaison.domain.members import Source, Unseen
from liaison.domain.names import ChannelKind, ViewKind
from liaison.domain.naming import NameCheck
from liaison.domain.preview import FilesConsequence, NoticeCode
from liaison.operations.choose_team import NoLabels

# --- names -----------------------------------------------------------------------------------------------------


class UnknownCheckShape(Shape):
    """A check that could not be made; it blocks nothing."""

    check: NameCheck
    text: str


class NameVerdictShape(Shape):
    """What becomes of a name. `problem` is why it cannot be used; null says that nothing stands against it."""

    name: str
    final_name: str
    """As it will be shown, with the prefix and suffix of the organization's naming policy."""
    is_good: bool
    problem: ProblemShape | None
    proposal: str
    """A free name when this one cannot be used."""
    prefix: str
    suffix: str
    unknown: tuple[UnknownCheckShape, ...]


# --- a new team ------------------------------------------------------------------------------------------------


class LabelShape(Shape):
    id: str
    name: str
    description: str


class TeamChoicesShape(Shape):
    """What a new team may be given. Labels can be chosen when `no_labels` is null; `labelled_by` says who sets one."""

    privacies: tuple[TeamPrivacy, ...]
    labels: tuple[LabelShape, ...]
    no_labels: NoLabels | None
    no_labels_text: str
    labelled_by: LabelledBy
    labelled_by_text: str
    templates: tuple[str, ...]


# --- people ----------------------------------------------------------------------------------------------------


class SourceShape(Shape):
    source: Source
    text: str


class CandidateShape(Shape):
    """Somebody who may be added. Null stands for what could not be read."""

    id: str
    """The person's id in the directory."""
    name: str
    upn: str
    sources: tuple[SourceShape, ...]
    """Why they are suggested, the strongest reason first."""
    through: tuple[str, ...]
    """The teams of Dynamics 365 that they have the record through."""
    is_guest: bool
    is_member: bool | None
    can_read_record: bool | None
    has_licence: bool | None
    unseen: Unseen | None
    """What they will not see."""
    unseen_text: str


class Candidates(Shape):
    items: tuple[CandidateShape, ...]
    can_add: bool
    """False without the administrator's consent to user sync: people are then added by hand."""
    can_add_text: str


class FoundPeople(Shape):
    items: tuple[CandidateShape, ...]


# --- preview ---------------------------------------------------------------------------------------------------


class PlannedShape(Shape):
    step: StepName
    text: str
    name: str
    is_new: bool
    """False for what exists already and is used."""


class NoticeShape(Shape):
    code: NoticeCode
    text: str


class EarlierPlaceShape(Shape):
    name: str
    files: int
    size_bytes: int


class EarlierShape(Shape):
    """The files that the record has already, by place."""

    files: int
    size_bytes: int
    places: tuple[EarlierPlaceShape, ...]
    shared: tuple[str, ...]
    """Places that other records use as well: their files are neither copied nor moved."""
    is_cut: bool
    """There are more than can be copied or moved; the counts stop there."""


class PreviewShape(Shape):
    """Everything that a connection will make, under its final names."""

    title: str
    """The record's or view's name."""
    team_name: str
    team_is_new: bool
    channel_name: str
    channel_kind: ChannelKind
    channel_is_new: bool
    privacy: TeamPrivacy | None
    label: str
    template: str
    things: tuple[PlannedShape, ...]
    files: FilesConsequence
    files_text: str
    members: tuple[CandidateShape, ...]
    notices: tuple[NoticeShape, ...]
    earlier: EarlierShape
    made_with: str
    """The name of the template of the environment; empty without one."""


# --- joining ---------------------------------------------------------------------------------------------------


class JoinBody(Shape):
    """Asks to be let into the team of a channel that this record, or this view, is tied to."""

    environment: str = Field(max_length=100)
    table: str = Field(max_length=128)
    record: str = Field(default="", max_length=36)
    view: str = Field(default="", max_length=36)
    view_kind: ViewKind = ViewKind.SYSTEM
    team: str = Field(max_length=36)
    channel: str = Field(default="", max_length=200)
    """A private or shared channel that is meant; the first of the team that is found without one."""


class JoinRequestShape(Shape):
    id: str
    team: str
    team_name: str
    channel_name: str
    by: PersonShape
    asked_at: datetime
    state: JoinState
    state_text: str
    answered_by: str
    answered_at: datetime | None


class JoinRequestsShape(Shape):
    items: tuple[JoinRequestShape, ...]

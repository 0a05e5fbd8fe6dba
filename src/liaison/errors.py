"""The one tree of errors.

    LiaisonError
    ├─ Refused            the asker can change it
    │  ├─ InvalidRequest  400  input.*
    │  ├─ SignInRequired  401  auth.*
    │  ├─ NotAllowed      403  role.*, licence.*, team.*, record.*, tab.*, auth.*
    │  ├─ NotFound        404  record.*, table.*, view.*, team.*, channel.*, link.*, template.*, ...
    │  └─ Conflict        409  link.*, channel.*, settings.*, template.*, remedy.*, file.*, idempotency.*
    ├─ NotReady           409  readiness.*, collaboration.*, table.*, package.*: what must be mended first
    ├─ ConsentMissing     403  consent.*
    ├─ Upstream                a service's own answer: its name, its code, its request id
    │  ├─ UpstreamRefused 502   ├─ UpstreamThrottled 503   ├─ UpstreamUnavailable 503
    │  ├─ AnswerLost      503   ├─ StillPreparing    503   ├─ UpstreamSurprise    502
    │  └─ StoreUnavailable 503  our own database, which is a service too
    └─ Defect             500  made only at a door

Each concrete class fixes a stable `code`; its fields are the facts. Every sentence for a person lives in
`text/`, under the code: title, message, remedy. An error crosses a process boundary as code and facts.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import Enum
from typing import Any, ClassVar, Self


class Retry(Enum):
    """Is it any use to ask the same again?"""

    NEVER = "never"
    AFTER_REMEDY = "after_remedy"
    LATER = "later"


@dataclass(frozen=True)
class Row:
    """One row, site or thing that an error is about: what it is, what it is called, where it is."""

    kind: str
    name: str
    id: str = ""
    detail: str = ""


@dataclass(unsafe_hash=True)
class LiaisonError(Exception):
    """What went wrong, as code and facts; `str()` is for logs, never for a person."""

    code: ClassVar[str] = ""
    status: ClassVar[int] = 500
    retry: ClassVar[Retry] = Retry.NEVER

    @property
    def rows(self) -> tuple[Row, ...]:
        """The rows concerned, where the error is about rows."""
        return ()

    @property
    def retry_after_s(self) -> float | None:
        """Seconds to wait before asking again, when the service said so."""
        return None

    def facts(self) -> dict[str, Any]:
        """The fields by name, as JSON values; what the sentences in `text/` may name."""
        return {field.name: _plain(getattr(self, field.name)) for field in fields(self)}

    def __str__(self) -> str:
        return f"{self.code} {self.facts()}"


def _plain(value: Any) -> Any:
    if isinstance(value, Row):
        return {
            "kind": value.kind,
            "name": value.name,
            "id": value.id,
            "detail": value.detail,
        }
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return value


class Refused(LiaisonError):
    """The asker can change it."""

    retry = Retry.AFTER_REMEDY


class InvalidRequest(Refused):
    status = 400


class SignInRequired(Refused):
    status = 401


class NotAllowed(Refused):
    status = 403


class NotFound(Refused):
    status = 404


class Conflict(Refused):
    status = 409


class NotReady(LiaisonError):
    """Something must be switched on or mended first."""

    status = 409
    retry = Retry.AFTER_REMEDY


class ConsentMissing(LiaisonError):
    """The tenant has not granted what this needs."""

    status = 403
    retry = Retry.AFTER_REMEDY


# --- input -----------------------------------------------------------------------------------------------------


@dataclass(unsafe_hash=True)
class InputMissing(InvalidRequest):
    """A value that must be given was not."""

    code = "input.missing"
    field: str


@dataclass(unsafe_hash=True)
class InputInvalid(InvalidRequest):
    """A value has the wrong form; `expected` says the form in a few plain words or an example."""

    code = "input.invalid"
    field: str
    value: str
    expected: str


@dataclass(unsafe_hash=True)
class ChannelNameForbidden(InvalidRequest):
    """A channel name that Teams would refuse, or accept and then never give a folder."""

    code = "input.channel_name_forbidden"
    name: str
    characters: str
    proposal: str


@dataclass(unsafe_hash=True)
class ChannelNameTooLong(InvalidRequest):
    code = "input.channel_name_too_long"
    name: str
    limit: int


@dataclass(unsafe_hash=True)
class TeamNameForbidden(InvalidRequest):
    """A team name with characters that nobody can see."""

    code = "input.team_name_forbidden"
    name: str
    characters: str
    proposal: str


@dataclass(unsafe_hash=True)
class TeamNameTooLong(InvalidRequest):
    code = "input.team_name_too_long"
    name: str
    limit: int
    proposal: str


@dataclass(unsafe_hash=True)
class NameAffixesTooLong(InvalidRequest):
    """A team name that is too long once the organization's prefix and suffix are put to it; `name` has them."""

    code = "input.name_affixes_too_long"
    name: str
    prefix: str
    suffix: str
    limit: int
    proposal: str


@dataclass(unsafe_hash=True)
class NameBlocked(InvalidRequest):
    """The organization's naming policy blocks a word of the name; which one is empty when it does not say."""

    code = "input.name_blocked"
    name: str
    word: str
    proposal: str


@dataclass(unsafe_hash=True)
class NameRefusedByPolicy(InvalidRequest):
    """The directory refuses the name for a reason of its own, `service_code`."""

    code = "input.name_refused"
    name: str
    service_code: str


@dataclass(unsafe_hash=True)
class FileNameForbidden(InvalidRequest):
    """A file name that SharePoint refuses."""

    code = "input.file_name_forbidden"
    name: str
    characters: str


@dataclass(unsafe_hash=True)
class UploadTooLarge(InvalidRequest):
    code = "input.upload_too_large"
    status = 413
    name: str
    size_bytes: int
    limit_bytes: int


@dataclass(unsafe_hash=True)
class BodyTooLarge(InvalidRequest):
    """A request body, other than an uploaded file, beyond what its address takes."""

    code = "input.body_too_large"
    status = 413
    limit_bytes: int


@dataclass(unsafe_hash=True)
class MethodNotOffered(InvalidRequest):
    """The address is there, but not for this HTTP method."""

    code = "input.method"
    status = 405
    method: str
    path: str


@dataclass(unsafe_hash=True)
class NameAmbiguous(InvalidRequest):
    """A name fits several things; `rows` lists them so that one can be named by its id."""

    code = "input.name_ambiguous"
    name: str
    candidates: tuple[Row, ...]

    @property
    def rows(self) -> tuple[Row, ...]:
        return self.candidates


@dataclass(unsafe_hash=True)
class FieldsInvalid(InvalidRequest):
    """Values that a record's columns cannot take: `wrong` names each column with the reason."""

    code = "input.fields"
    wrong: tuple[Row, ...]

    @property
    def rows(self) -> tuple[Row, ...]:
        return self.wrong


@dataclass(unsafe_hash=True)
class TemplateInvalid(InvalidRequest):
    """A template that cannot be saved: `wrong` names each value, its place in the template, and what is wrong."""

    code = "input.template"
    name: str
    wrong: tuple[Row, ...]

    @property
    def rows(self) -> tuple[Row, ...]:
        return self.wrong


# --- sign-in ---------------------------------------------------------------------------------------------------


@dataclass(unsafe_hash=True)
class SessionMissing(SignInRequired):
    """Nobody is signed in, or the session has ended."""

    code = "auth.sign_in"


@dataclass(unsafe_hash=True)
class SignInExpired(SignInRequired):
    """The service no longer accepts the person's sign-in (revoked, password changed, too long ago)."""

    code = "auth.sign_in_again"
    reason: str = ""


@dataclass(unsafe_hash=True)
class SignInRefused(SignInRequired):
    """Entra ended the sign-in with an error; `service_code` is its own (AADSTS…)."""

    code = "auth.refused"
    service_code: str
    reason: str


@dataclass(unsafe_hash=True)
class TokenRefused(SignInRequired):
    """A bearer token that this API does not accept."""

    code = "auth.token_refused"
    reason: str


@dataclass(unsafe_hash=True)
class RequestForged(NotAllowed):
    """A write without this session's own form token, or from another origin."""

    code = "auth.forged"


# --- rights ----------------------------------------------------------------------------------------------------


@dataclass(unsafe_hash=True)
class RoleMissing(NotAllowed):
    """`role` is the CRM or directory role that the act needs."""

    code = "role.missing"
    role: str


@dataclass(unsafe_hash=True)
class LicenceMissing(NotAllowed):
    """`licence` names the plan family: Microsoft Teams, or a Dynamics 365 app."""

    code = "licence.missing"
    licence: str


@dataclass(unsafe_hash=True)
class NotTeamMember(NotAllowed):
    code = "team.not_member"
    team: str


@dataclass(unsafe_hash=True)
class NotTeamOwner(NotAllowed):
    code = "team.not_owner"
    team: str


@dataclass(unsafe_hash=True)
class TeamCreationNotAllowed(NotAllowed):
    """The organization lets only some people make teams."""

    code = "team.creation_not_allowed"


@dataclass(unsafe_hash=True)
class PrivilegeMissing(NotAllowed):
    """Dataverse refused; `privilege` is the privilege it named, `table` the table it was about."""

    code = "record.not_allowed"
    privilege: str
    table: str = ""


@dataclass(unsafe_hash=True)
class TabNotOpen(NotAllowed):
    """What a tab shows is not there for this person, or not there any more; nothing more is said of it."""

    code = "tab.not_open"


class FilesClosed(NotAllowed):
    """SharePoint refused a file call."""


@dataclass(unsafe_hash=True)
class FilesRefused(FilesClosed):
    """The person has no right to the files there. `reason` is what SharePoint says, perhaps nothing."""

    code = "files.not_allowed"
    location: str
    reason: str = ""


@dataclass(unsafe_hash=True)
class FilesForMembers(FilesClosed):
    """The files of a channel that the person is not in; `owners` are the names of those who can add people."""

    code = "files.not_member"
    location: str
    team: str
    owners: str


@dataclass(unsafe_hash=True)
class FilesShutByPolicy(FilesClosed):
    """A policy for devices that the organization does not manage; SharePoint named it."""

    code = "files.device_policy"
    location: str


@dataclass(unsafe_hash=True)
class FilesClosedToMember(FilesClosed):
    """Somebody of the team is refused, and SharePoint names no policy: most often it is one for devices all the same.

    Source: graph.md section 12.
    """

    code = "files.closed_to_member"
    location: str
    team: str
    reason: str


# --- not found -------------------------------------------------------------------------------------------------


@dataclass(unsafe_hash=True)
class RecordUnknown(NotFound):
    code = "record.unknown"
    table: str
    asked: str


@dataclass(unsafe_hash=True)
class TableUnknown(NotFound):
    code = "table.unknown"
    table: str


@dataclass(unsafe_hash=True)
class ViewUnknown(NotFound):
    code = "view.unknown"
    asked: str


@dataclass(unsafe_hash=True)
class EnvironmentUnknown(NotFound):
    code = "environment.unknown"
    environment: str


@dataclass(unsafe_hash=True)
class AppUnknown(NotFound):
    code = "app.unknown"
    app: str


@dataclass(unsafe_hash=True)
class TeamUnknown(NotFound):
    code = "team.unknown"
    team: str


@dataclass(unsafe_hash=True)
class PartnerUnknown(NotFound):
    """No organization with Microsoft 365 was found for this address."""

    code = "partner.unknown"
    address: str


@dataclass(unsafe_hash=True)
class PartnerIsOurs(InvalidRequest):
    """The address is of one's own organization, whose people are added as members."""

    code = "partner.ours"
    address: str


@dataclass(unsafe_hash=True)
class TooManyPartners(InvalidRequest):
    code = "partner.too_many"
    most: int


class ChannelNotShared(InvalidRequest):
    """Only a shared channel takes people of other organizations."""

    code = "partner.channel_not_shared"


@dataclass(unsafe_hash=True)
class LabelUnknown(NotFound):
    """The sensitivity label is none that the person may choose."""

    code = "label.unknown"
    label: str


@dataclass(unsafe_hash=True)
class ChannelGone(NotFound):
    """The channel is not there (any more)."""

    code = "channel.gone"
    channel: str
    team: str = ""


@dataclass(unsafe_hash=True)
class LinkUnknown(NotFound):
    code = "link.unknown"
    link: str


@dataclass(unsafe_hash=True)
class JoinUnknown(NotFound):
    code = "join.unknown"
    request: str


@dataclass(unsafe_hash=True)
class ProposalUnknown(NotFound):
    code = "proposal.unknown"
    proposal: str


@dataclass(unsafe_hash=True)
class MendingUnknown(NotFound):
    code = "remedy.unknown"
    mending: str


@dataclass(unsafe_hash=True)
class TemplateUnknown(NotFound):
    """There is no such template in the environment, or it is not for this table."""

    code = "template.unknown"
    template: str


@dataclass(unsafe_hash=True)
class PersonUnknown(NotFound):
    """Nobody in the environment has this name or id."""

    code = "person.unknown"
    person: str


@dataclass(unsafe_hash=True)
class FileUnknown(NotFound):
    code = "file.unknown"
    file: str


@dataclass(unsafe_hash=True)
class PageUnknown(NotFound):
    """No page or API route has this address."""

    code = "page.unknown"
    path: str


# --- conflict --------------------------------------------------------------------------------------------------


@dataclass(unsafe_hash=True)
class ChannelNameTaken(Conflict):
    """A channel of that name exists in the team, or was deleted less than 30 days ago."""

    code = "channel.name_taken"
    name: str
    team: str
    proposal: str


@dataclass(unsafe_hash=True)
class ChannelNameDeleted(Conflict):
    """A channel of that name was deleted so lately that the name is still held."""

    code = "channel.name_deleted"
    name: str
    team: str
    days: int
    proposal: str


@dataclass(unsafe_hash=True)
class ChannelLimitReached(Conflict):
    """The team has no room for another channel; `kind` is empty when it is about channels of all kinds."""

    code = "channel.limit_reached"
    team: str
    kind: str
    count: int
    limit: int


@dataclass(unsafe_hash=True)
class ChannelNotOurs(Conflict):
    """Somebody wants to archive a channel that was there before its link was made."""

    code = "channel.not_ours"
    channel: str


@dataclass(unsafe_hash=True)
class ChannelArchived(Conflict):
    """A file was sent to a channel that is archived: its files are for reading only."""

    code = "channel.archived"
    channel: str


@dataclass(unsafe_hash=True)
class TeamNameTaken(Conflict):
    """A team or group of that name exists."""

    code = "team.name_taken"
    name: str
    proposal: str


@dataclass(unsafe_hash=True)
class TeamNameDeleted(Conflict):
    """A team or group of that name was deleted so lately that it can still be restored."""

    code = "team.name_deleted"
    name: str
    days: int
    proposal: str


@dataclass(unsafe_hash=True)
class ObjectLimitReached(Conflict):
    """The person has made as many directory objects as somebody without an administrator's role may."""

    code = "team.object_limit_reached"
    count: int
    limit: int


@dataclass(unsafe_hash=True)
class ChannelAmbiguous(Conflict):
    """Two channels could be the one we made and lost sight of; a person must say which."""

    code = "channel.ambiguous"
    name: str
    candidates: tuple[Row, ...]

    @property
    def rows(self) -> tuple[Row, ...]:
        return self.candidates


@dataclass(unsafe_hash=True)
class TeamAmbiguous(Conflict):
    """Two teams could be the one we made and lost sight of; a person must say which."""

    code = "team.ambiguous"
    name: str
    candidates: tuple[Row, ...]

    @property
    def rows(self) -> tuple[Row, ...]:
        return self.candidates


@dataclass(unsafe_hash=True)
class ViewNotShared(Conflict):
    """A personal view that its owner has not agreed to share with the channel's people."""

    code = "view.not_shared"
    view: str


@dataclass(unsafe_hash=True)
class UndoClosed(Conflict):
    """The link can no longer be undone, only disconnected; `minutes` is how long it could be."""

    code = "link.undo_closed"
    minutes: int


@dataclass(unsafe_hash=True)
class JoinAnswered(Conflict):
    """Somebody's request to join a team was answered already."""

    code = "join.answered"
    person: str
    team: str
    answer: str
    by: str


@dataclass(unsafe_hash=True)
class ProposalAnswered(Conflict):
    """Another owner was faster, or the reason for the proposal is gone."""

    code = "proposal.answered"
    person: str
    team: str
    outcome: str
    by: str


@dataclass(unsafe_hash=True)
class OwnerStays(Conflict):
    """Somebody is to be removed who is an owner of the team or channel."""

    code = "team.owner_stays"
    person: str


@dataclass(unsafe_hash=True)
class MemberRefused(Conflict):
    """Teams did not add somebody and does not say why in a way that we know."""

    code = "team.member_refused"
    person: str
    team: str


@dataclass(unsafe_hash=True)
class AlreadyMember(Conflict):
    """There is nothing to ask for: the person is in the team."""

    code = "join.not_needed"
    team: str


@dataclass(unsafe_hash=True)
class LinkBusy(Conflict):
    """The link is being connected or disconnected right now."""

    code = "link.busy"
    link: str
    state: str


@dataclass(unsafe_hash=True)
class SettingsChanged(Conflict):
    """Somebody else saved the settings since the page was opened."""

    code = "settings.changed"
    by: str


@dataclass(unsafe_hash=True)
class TemplateChanged(Conflict):
    """Somebody saved or deleted the template since it was read; `by` is empty when it is gone."""

    code = "template.changed"
    name: str
    by: str


@dataclass(unsafe_hash=True)
class TemplateNameTaken(Conflict):
    code = "template.name_taken"
    name: str


@dataclass(unsafe_hash=True)
class RemedyChanged(Conflict):
    """What would be mended is no longer what was shown."""

    code = "remedy.changed"


@dataclass(unsafe_hash=True)
class FileExists(Conflict):
    code = "file.exists"
    name: str


@dataclass(unsafe_hash=True)
class FileChanged(Conflict):
    """The file is not the version that was read."""

    code = "file.changed"
    name: str


@dataclass(unsafe_hash=True)
class RecordChanged(Conflict):
    """The row is not the version that was read."""

    code = "record.changed"
    table: str
    row: str


@dataclass(unsafe_hash=True)
class IdempotencyKeyReused(Conflict):
    """The same key was sent before with another request."""

    code = "idempotency.reused"
    key: str


# --- not ready -------------------------------------------------------------------------------------------------


@dataclass(unsafe_hash=True)
class PrerequisitesUnmet(NotReady):
    """Every unmet prerequisite, not the first: `findings` are their codes, `rows` the very rows and sites.

    `service_code` is what Dataverse says for the same state (800503ca), empty when it has no code for it.
    """

    code = "readiness.not_ready"
    service_code: str
    findings: tuple[str, ...]
    unmet: tuple[Row, ...]

    @property
    def rows(self) -> tuple[Row, ...]:
        return self.unmet


@dataclass(unsafe_hash=True)
class CollaborationOff(NotReady):
    """Linking of records is switched off in this environment."""

    code = "collaboration.off"
    environment: str


@dataclass(unsafe_hash=True)
class EnhancedOff(NotReady):
    """The enhanced experience, which connecting from inside the CRM needs, is switched off."""

    code = "collaboration.enhanced_off"
    environment: str


@dataclass(unsafe_hash=True)
class BasicRequired(NotReady):
    """Enhanced can be on only while Basic is on."""

    code = "collaboration.basic_required"


@dataclass(unsafe_hash=True)
class TableNotEnabled(NotReady):
    """The table is not switched on for collaboration."""

    code = "table.not_enabled"
    table: str


@dataclass(unsafe_hash=True)
class DocumentManagementOff(NotReady):
    """SharePoint document management is off for the table."""

    code = "table.document_management_off"
    table: str


@dataclass(unsafe_hash=True)
class ServiceDisagrees(NotReady):
    """Dataverse refused to switch linking on although every check of ours is met; both are to be shown.

    `rows` are what our checks looked at.
    """

    code = "readiness.service_disagrees"
    service_code: str
    evidence: tuple[Row, ...] = ()

    @property
    def rows(self) -> tuple[Row, ...]:
        return self.evidence


@dataclass(unsafe_hash=True)
class TableNotSwitchable(NotReady):
    """A table that Dataverse never takes into linking, whatever its answer says."""

    code = "table.not_switchable"
    table: str


@dataclass(unsafe_hash=True)
class LinkingNotInstalled(NotReady):
    """The environment lacks the solution that brings linking."""

    code = "readiness.not_installed"
    solution: str


@dataclass(unsafe_hash=True)
class AddressNotHttps(NotReady):
    """Teams and Dynamics 365 open https only; this installation's own address is another."""

    code = "package.not_https"
    address: str


@dataclass(unsafe_hash=True)
class ListeningTaken(NotReady):
    """Another installation with the same application is told of the channel's messages; there can be one only."""

    code = "filing.taken"
    address: str
    ends_at: str


@dataclass(unsafe_hash=True)
class AddressNotReachable(NotReady):
    """Microsoft's services do not reach this installation's address, where they are to tell of changes."""

    code = "filing.not_reached"
    address: str


# --- consent ---------------------------------------------------------------------------------------------------


@dataclass(unsafe_hash=True)
class ConsentNotGranted(ConsentMissing):
    """`scopes` are the permissions that the token does not carry; `rung` is the step of the consent ladder."""

    code = "consent.not_granted"
    rung: str
    scopes: tuple[str, ...]


@dataclass(unsafe_hash=True)
class ConsentRefused(ConsentMissing):
    """The administrator pressed Cancel on the consent page."""

    code = "consent.refused"
    by: str


# --- upstream --------------------------------------------------------------------------------------------------


@dataclass(unsafe_hash=True)
class Upstream(LiaisonError):
    """A service answered, or failed to; `request_id` is the service's own."""

    service: str
    service_code: str = ""
    request_id: str = ""

    status = 502


@dataclass(unsafe_hash=True)
class UpstreamRefused(Upstream):
    """The service refused for a reason that no other class names; `reason` is its message, for administrators."""

    code = "upstream.refused"
    reason: str = ""
    http_status: int = 0


@dataclass(unsafe_hash=True)
class UpstreamThrottled(Upstream):
    code = "upstream.throttled"
    status = 503
    retry = Retry.LATER
    wait_s: float = 1.0

    @property
    def retry_after_s(self) -> float | None:
        return self.wait_s


@dataclass(unsafe_hash=True)
class UpstreamUnavailable(Upstream):
    """The service cannot be reached or answers 5xx without having acted."""

    code = "upstream.unavailable"
    status = 503
    retry = Retry.LATER
    wait_s: float | None = None

    @property
    def retry_after_s(self) -> float | None:
        return self.wait_s


@dataclass(unsafe_hash=True)
class AnswerLost(Upstream):
    """The request may have taken effect and the answer is gone: look before repeating."""

    code = "upstream.answer_lost"
    status = 503
    retry = Retry.LATER


@dataclass(unsafe_hash=True)
class StillPreparing(Upstream):
    """What was asked for is being made (a new channel's library): wait, don't fail."""

    code = "upstream.still_preparing"
    status = 503
    retry = Retry.LATER
    what: str = ""


@dataclass(unsafe_hash=True)
class StillCopying(StillPreparing):
    """SharePoint has accepted to copy the file `what` and is at it."""

    code = "upstream.still_copying"


@dataclass(unsafe_hash=True)
class TeamNotMade(Upstream):
    """The service accepted a new team and then failed to make it; `reason` is its message, for administrators."""

    code = "team.not_made"
    reason: str = ""


@dataclass(unsafe_hash=True)
class UpstreamSurprise(Upstream):
    """An answer not shaped as documented; `path` is the place in its JSON."""

    code = "upstream.surprise"
    path: str = ""


@dataclass(unsafe_hash=True)
class StoreUnavailable(UpstreamUnavailable):
    """Our own database does not answer, stays locked, or has no room left; nothing was changed."""

    code = "store.unavailable"


# --- defect ----------------------------------------------------------------------------------------------------


@dataclass(unsafe_hash=True)
class Defect(LiaisonError):
    """Made only at a door, from what nobody expected."""

    code = "defect"
    incident: str


def concrete_errors() -> dict[str, type[LiaisonError]]:
    """Every class of the tree that has a code, by code."""
    found: dict[str, type[LiaisonError]] = {}
    pending: list[type[LiaisonError]] = [LiaisonError]
    while pending:
        kind = pending.pop()
        pending.extend(kind.__subclasses__())
        if "code" in vars(kind) and kind.code:
            found[kind.code] = kind
    return dict(sorted(found.items()))


@dataclass(frozen=True)
class Remembered:
    """An error as it is stored: code and facts."""

    code: str
    facts: dict[str, Any]

    @classmethod
    def of(cls, error: LiaisonError) -> Self:
        return cls(error.code, error.facts())

    def error(self) -> LiaisonError:
        """The error again; an unknown code (from a newer version) becomes UpstreamRefused with the code kept."""
        kind = concrete_errors().get(self.code)
        if kind is None:
            return UpstreamRefused("liaison", self.code)
        values = {name: _revived(value) for name, value in self.facts.items()}
        return kind(**values)


def _revived(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_revived(item) for item in value)
    if isinstance(value, dict):
        return Row(**value)
    return value

"""What Graph's errors mean to us: one table, by status, code and what the call was about.

The most exact row wins; what the table lacks becomes UpstreamRefused with the facts kept.
Source: graph.md sections 1.2, 4.2, 5 and 6.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import Enum

from liaison.domain.consent import SCOPES, Rung
from liaison.errors import (
    ChannelGone,
    ConsentNotGranted,
    FileChanged,
    FileExists,
    FilesRefused,
    FilesShutByPolicy,
    FileUnknown,
    LiaisonError,
    NotTeamMember,
    NotTeamOwner,
    PersonUnknown,
    TeamCreationNotAllowed,
    TeamUnknown,
    UpstreamRefused,
    UpstreamSurprise,
)
from liaison.wire.messages import Answer

SERVICE = "graph"
LONGEST_REASON = 600
_LACKS_PERMISSION = re.compile(r"Missing (?:\w+ )?(?:scope|role) permissions on the request")
_NAMES_DEVICES = re.compile(r"organizational polic|untrusted device", re.IGNORECASE)
"""What SharePoint says where a policy shuts devices out. Its code is the one of every refusal."""
_CHALLENGE = "insufficient_claims"
"""Conditional access, as the service names it. Source: concepts/errors.md."""
_QUOTED = re.compile(r"'([^']*)'")


class About(Enum):
    """What a call is about; decides what "not found" and "forbidden" mean."""

    TEAM = "team"
    CHANNEL = "channel"
    APP = "app"
    FILE = "file"
    PERSON = "person"
    MEMBER = "member"
    """Somebody to be added to a team."""
    NEW_TEAM = "new_team"
    MESSAGES = "messages"
    """What people wrote in a channel."""
    OWNED = "owned"
    """What only an owner of the team may do."""


@dataclass(frozen=True)
class Subject:
    """What a call is about, and its names for an error. `reason` is what the service said of it."""

    about: About
    name: str = ""
    team: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Refusal:
    """An answer that is no success, read as far as it can be read; `codes` are those of its inner errors too."""

    status: int
    code: str
    message: str
    request_id: str
    codes: tuple[str, ...] = ()


_Meaning = Callable[[Subject], LiaisonError]

TABLE: dict[tuple[int, str, About], _Meaning] = {
    (400, "InvalidRequest", About.CHANNEL): lambda about: ChannelGone(about.name, about.team),
    (403, "", About.TEAM): lambda about: NotTeamMember(about.team),
    (403, "", About.CHANNEL): lambda about: NotTeamMember(about.team),
    (403, "", About.NEW_TEAM): lambda about: TeamCreationNotAllowed(),
    (403, "", About.OWNED): lambda about: NotTeamOwner(about.team),
    (403, "", About.FILE): lambda about: FilesRefused(about.name, about.reason),
    (403, "", About.MESSAGES): lambda about: NotTeamMember(about.team),
    (403, "", About.MEMBER): lambda about: NotTeamOwner(about.team),
    (404, "", About.MEMBER): lambda about: PersonUnknown(about.name),
    (404, "", About.OWNED): lambda about: TeamUnknown(about.team),
    (404, "", About.TEAM): lambda about: TeamUnknown(about.team),
    (404, "", About.CHANNEL): lambda about: ChannelGone(about.name, about.team),
    (404, "", About.MESSAGES): lambda about: ChannelGone(about.name, about.team),
    (404, "", About.FILE): lambda about: FileUnknown(about.name),
    (409, "nameAlreadyExists", About.FILE): lambda about: FileExists(about.name),
    (423, "", About.FILE): lambda about: FilesRefused(about.name, about.reason),
    (412, "", About.FILE): lambda about: FileChanged(about.name),
}


def error_of(answer: Answer, subject: Subject) -> LiaisonError:
    """The error that an unsuccessful answer means."""
    refusal = read_refusal(answer)
    missing = _missing_scopes(refusal)
    if missing:
        return ConsentNotGranted(_rung_of(missing), missing)
    if subject.about is About.FILE and _names_device_policy(refusal):
        return FilesShutByPolicy(subject.name)
    subject = replace(subject, reason=refusal.message[:LONGEST_REASON])
    for code in (refusal.code, ""):
        meaning = TABLE.get((refusal.status, code, subject.about))
        if meaning is not None:
            return meaning(subject)
    if 300 <= refusal.status < 400:
        return UpstreamSurprise(SERVICE, str(refusal.status), refusal.request_id)
    return UpstreamRefused(SERVICE, refusal.code, refusal.request_id, refusal.message[:LONGEST_REASON], refusal.status)


def read_refusal(answer: Answer) -> Refusal:
    """Code and message as far as there are any: a gateway may answer without a body."""
    if not isinstance(answer.content, dict) or not isinstance(answer.content.get("error"), dict):
        return Refusal(answer.status, "", "", answer.request_id)
    error = answer.wild().child("error")
    code, message = error.opt_text("code"), error.opt_text("message")
    return Refusal(answer.status, code, message, answer.request_id, tuple(_codes(answer.content["error"])))


def _codes(error: object) -> Iterator[str]:
    """The code, and those of the errors inside it, however they are spelt."""
    while isinstance(error, dict):
        if isinstance(error.get("code"), str):
            yield error["code"]
        error = error.get("innerError") or error.get("innererror")


def _names_device_policy(refusal: Refusal) -> bool:
    """Source: graph.md section 12; Office Scripts, troubleshooting, "Conditional Access"."""
    is_named = _CHALLENGE in refusal.codes or _NAMES_DEVICES.search(refusal.message)
    return refusal.status == 403 and bool(is_named)


def _missing_scopes(refusal: Refusal) -> tuple[str, ...]:
    """The least permission that would do, when the answer says that the token lacks one.

    Graph uses one code for "you may not" and "your app may not"; only the message tells them apart.
    """
    if refusal.status != 403 or not _LACKS_PERMISSION.match(refusal.message):
        return ()
    quoted = _QUOTED.search(refusal.message)
    asked = tuple(name.strip() for name in quoted.group(1).split(",")) if quoted else ()
    ours = {scope for scopes in SCOPES.values() for scope in scopes}
    return tuple(name for name in asked if name in ours)[:1] or asked[:1]


def _rung_of(scopes: tuple[str, ...]) -> str:
    return next((rung.value for rung, wanted in SCOPES.items() if set(scopes) & set(wanted)), Rung.CONNECT.value)

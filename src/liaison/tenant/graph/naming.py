"""The organisation's naming policy for groups: prefix, suffix and blocked words, as the scenario switches set them.

Source: Graph v1.0, api/directoryobject-validateproperties.md, api/group-validateproperties.md
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from liaison.tenant.estate import Estate, groups
from liaison.tenant.estate.switches import get_switch
from liaison.tenant.graph.access import asked_group, is_global_administrator
from liaison.tenant.graph.errors import Backend, GraphError, bad_request, forbidden
from liaison.tenant.graph.permissions import GROUP_CHECK
from liaison.tenant.graph.requests import Ask
from liaison.tenant.graph.responses import NO_CONTENT, Answer, Json
from liaison.tenant.graph.table import operations

_BAD_NICKNAME = re.compile(r"[@()\\\[\]\";:<>,\s\x7f-\U0010ffff]")
_NICKNAME_LIMIT = 64


@dataclass(frozen=True)
class Policy:
    """The naming policy; empty texts and no words mean that everything goes."""

    prefix: str
    suffix: str
    blocked_words: tuple[str, ...]


@dataclass(frozen=True)
class Finding:
    """One broken rule about one property."""

    target: str
    code: str
    message: str
    suggestion: str | None = None


def policy_of(estate: Estate) -> Policy:
    """The policy in force."""
    words = get_switch(estate, "graph.blocked_words", "")
    listed = words if isinstance(words, list) else [word.strip() for word in str(words).split(",")]
    return Policy(
        get_switch(estate, "graph.name_prefix", ""),
        get_switch(estate, "graph.name_suffix", ""),
        tuple(word for word in listed if word),
    )


def list_findings(estate: Estate, display_name: str | None, nickname: str | None) -> list[Finding]:
    """What the policy says against a name and a mail nickname, either of which may be left out.

    The first kind of failure ends the check; a missing prefix or suffix is reported for both properties.
    """
    policy = policy_of(estate)
    named = {"displayName": display_name, "mailNickname": nickname}
    missing = [
        Finding(target, "MissingPrefixSuffix", _missing_text(target), _with_affixes(policy, target, value))
        for target, value in named.items()
        if value is not None and not _has_affixes(policy, target, value)
    ]
    if missing:
        return missing
    for target, value in named.items():
        word = _blocked_word(policy, value or "")
        if word is not None:
            text = (
                f"The property {target} contains one or more blocked words, per your organization's Group naming "
                "requirements."
            )
            return [Finding(target, "ContainsBlockedWord", text)]
    return []


def require_good_name(ask: Ask, display_name: str | None, nickname: str | None) -> None:
    """Raise the directory's 400 for a name that breaks the policy; global administrators are exempt.

    Source: graph.md 3.9
    """
    found = [] if is_global_administrator(ask) else list_findings(ask.estate, display_name, nickname)
    if found:
        missing = found[0].code == "MissingPrefixSuffix"
        message = (
            "The property is missing a required prefix/suffix per your organization's Group naming requirements."
            if missing
            else found[0].message
        )
        raise GraphError(400, "Request_BadRequest", message, details=[_detail(one) for one in found])


def require_good_nickname(ask: Ask, nickname: str) -> None:
    """Raise 400 for a mail nickname that has bad characters, is too long, or is taken."""
    if not nickname or len(nickname) > _NICKNAME_LIMIT or _BAD_NICKNAME.search(nickname):
        raise GraphError(
            400,
            "Request_BadRequest",
            "Invalid value specified for property 'mailNickname' of resource 'Group'.",
            details=[{"target": "mailNickname", "code": "InvalidValue", "message": "Invalid value."}],
        )
    if groups.find_group_by_nickname(ask.estate, nickname) is not None:
        raise GraphError(
            400,
            "Request_BadRequest",
            "Another object with the same value for property mailNickname already exists.",
            details=[
                {
                    "target": "mailNickname",
                    "code": "ObjectConflict",
                    "message": "Another object with the same value for property mailNickname already exists.",
                }
            ],
        )


def require_may_create_group(ask: Ask) -> None:
    """Raise 403 for a person when the organisation lets only some create groups. Source: graph.md 3.9"""
    values = get_switch(ask.estate, "graph.group_settings", dict[str, str]())
    if values.get("EnableGroupCreation", "true").lower() != "false" or not ask.is_delegated:
        return
    allowed = values.get("GroupCreationAllowedGroupId", "")
    if is_global_administrator(ask) or (allowed and groups.is_member(ask.estate, allowed, ask.caller.object_id)):
        return
    raise forbidden(ask.backend)


def validate_new(ask: Ask) -> Answer:
    """`POST /directoryObjects/validateProperties`: may a group be called so?"""
    body = ask.json()
    if body.optional_text("entityType") not in ("Group", None):
        raise bad_request(Backend.DIRECTORY, "The entityType must be 'Group'.")
    name, nickname = body.optional_text("displayName"), body.optional_text("mailNickname")
    _require_some(name, nickname)
    found = list_findings(ask.estate, name, nickname)
    if not found and nickname is not None and groups.find_group_by_nickname(ask.estate, nickname) is not None:
        text = "Another object with the same value for property mailNickname already exists."
        found = [Finding("mailNickname", "PropertyConflict", text)]
    return _judgement(ask, found)


def validate_existing(ask: Ask) -> Answer:
    """`POST /groups/{group}/validateProperties`: may this group be renamed so? Uniqueness is not checked."""
    asked_group(ask)
    body = ask.json()
    name, nickname = body.optional_text("displayName"), body.optional_text("mailNickname")
    _require_some(name, nickname)
    return _judgement(ask, list_findings(ask.estate, name, nickname))


def _require_some(name: str | None, nickname: str | None) -> None:
    if name is None and nickname is None:
        raise bad_request(Backend.DIRECTORY, "At least one of displayName and mailNickname must be given.")


def _judgement(ask: Ask, found: list[Finding]) -> Answer:
    if not found:
        return NO_CONTENT
    policy = policy_of(ask.estate)
    affixes = {"prefix": policy.prefix, "suffix": policy.suffix}
    details = [
        {"target": one.target, "code": one.code, "message": one.message}
        | (affixes if one.code == "MissingPrefixSuffix" else {})
        for one in found
    ]
    raise GraphError(
        422,
        "Request_UnprocessableEntity",
        "The values provided contain one or more validation errors.",
        details=details,
    )


def _detail(finding: Finding) -> Json:
    detail: Json = {"target": finding.target, "code": finding.code}
    return detail | ({"suggestedPropertyValue": finding.suggestion} if finding.suggestion else {})


def _affixes(policy: Policy, target: str) -> tuple[str, str]:
    """Prefix and suffix as a property must carry them: a mail nickname has letters and digits only."""
    if target == "displayName":
        return policy.prefix, policy.suffix
    return groups.nickname_of(policy.prefix), groups.nickname_of(policy.suffix)


def _has_affixes(policy: Policy, target: str, value: str) -> bool:
    prefix, suffix = _affixes(policy, target)
    return value.startswith(prefix) and value.endswith(suffix)


def _with_affixes(policy: Policy, target: str, value: str) -> str:
    prefix, suffix = _affixes(policy, target)
    return f"{'' if value.startswith(prefix) else prefix}{value}{'' if value.endswith(suffix) else suffix}"


def _missing_text(target: str) -> str:
    return f"{target} is missing a required prefix/suffix per your organization's Group naming requirements."


def _blocked_word(policy: Policy, value: str) -> str | None:
    words = re.findall(r"\w+", value.casefold())
    return next((word for word in policy.blocked_words if word.casefold() in words), None)


OPERATIONS = operations(
    Backend.DIRECTORY,
    ("POST", "directoryObjects/validateProperties", validate_new, GROUP_CHECK),
    ("POST", "groups/{group}/validateProperties", validate_existing, GROUP_CHECK),
)

"""Claims that stand in a token only because a registration asks for them: optional claims, groups and roles.

Source: E:optional-claims-reference; E:access-token-claims-reference, "Groups overage claim".
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from liaison.tenant.estate import Estate
from liaison.tenant.estate.applications import GRAPH_RESOURCE
from liaison.tenant.estate.callers import role_template_ids
from liaison.tenant.estate.groups import list_groups_of
from liaison.tenant.estate.people import User
from liaison.tenant.estate.sessions import Proof
from liaison.tenant.estate.sign_in_settings import SignInSettings

# Above this many groups a token names the place to read them instead.
_MOST_GROUPS, _MOST_GROUPS_IN_FRAGMENT = 200, 6
_TENANT_LANGUAGE, _TENANT_COUNTRY = "en", "FR"
# What an access token of version 2 carries only where its resource asks for it.
OPT_IN_ACCESS = frozenset({"idtyp", "xms_cc"})


def optional_id_claims(user: User, proof: Proof, settings: SignInSettings) -> dict[str, Any]:
    """The optional claims of an ID token."""
    known = {**_person_claims(user), **_session_claims(user, proof)}
    return {name: known[name] for name in settings.id_token_claims if known.get(name) is not None}


def optional_access_claims(user: User, settings: SignInSettings) -> dict[str, Any]:
    """The optional claims of an access token, beyond those that are always known and only left out."""
    known = _person_claims(user)
    return {name: known[name] for name in settings.access_token_claims if known.get(name) is not None}


def group_claims(estate: Estate, user: User, settings: SignInSettings, *, in_fragment: bool = False) -> dict[str, Any]:
    """`wids` and `groups`, as `groupMembershipClaims` says; above the limit the place where the groups can be read."""
    claims: dict[str, Any] = {}
    if settings.group_claims in ("DirectoryRole", "All"):
        claims["wids"] = role_template_ids(estate, user.id)
    if settings.group_claims in ("SecurityGroup", "All"):
        every = settings.group_claims == "All"
        joined = [group.id for group in list_groups_of(estate, user.id) if every or group.security_enabled]
        claims |= _groups(joined, user, in_fragment=in_fragment)
    return claims


def login_hint_of(user: User, sid: str) -> str:
    """An opaque text that `login_hint` and `logout_hint` accept later."""
    return "O." + base64.urlsafe_b64encode(f"{user.id}|{sid}".encode()).rstrip(b"=").decode()


def read_login_hint(hint: str) -> str:
    """The user id or UPN that a hint names: our opaque claim, or what a person typed."""
    if not hint.startswith("O."):
        return hint
    try:
        text = base64.urlsafe_b64decode(hint[2:] + "=" * (-len(hint[2:]) % 4)).decode()
    except ValueError:
        return hint
    return text.partition("|")[0]


def _groups(joined: list[str], user: User, *, in_fragment: bool) -> dict[str, Any]:
    if in_fragment and len(joined) > _MOST_GROUPS_IN_FRAGMENT:
        return {"hasgroups": True}
    if len(joined) > _MOST_GROUPS:
        place = f"{GRAPH_RESOURCE}/v1.0/users/{user.id}/getMemberObjects"
        return {"_claim_names": {"groups": "src1"}, "_claim_sources": {"src1": {"endpoint": place}}}
    return {"groups": joined} if joined else {}


def _person_claims(user: User) -> Mapping[str, Any]:
    language = user.preferred_language
    return {
        "acct": 1 if user.user_type == "Guest" else 0,
        "ctry": user.usage_location,
        "email": user.mail,
        "family_name": user.surname,
        "given_name": user.given_name,
        "tenant_ctry": _TENANT_COUNTRY,
        "upn": user.upn,
        "verified_primary_email": [user.mail] if user.mail and user.user_type != "Guest" else None,
        "xms_pl": None if not language else language.split("-", maxsplit=1)[0],
        "xms_tpl": _TENANT_LANGUAGE,
    }


def _session_claims(user: User, proof: Proof) -> Mapping[str, Any]:
    return {
        "auth_time": int(proof.signed_in or proof.issued),
        "login_hint": login_hint_of(user, proof.sid),
        "sid": proof.sid or None,
    }

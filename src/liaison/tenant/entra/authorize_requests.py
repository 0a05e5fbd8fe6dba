"""An authorize request, from its parameters to checked values: of the v2.0 endpoint and of the older one.

Source: E:v2-oauth2-auth-code-flow, E:v2-oauth2-implicit-grant-flow, E:v2-protocols-oidc.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from liaison.tenant.entra.errors import EntraRefused
from liaison.tenant.estate.applications import GRAPH_RESOURCE
from liaison.tenant.estate.sign_in_settings import WEB, SignInSettings

RESPONSE_MODES = ("query", "fragment", "form_post")
PROMPTS = ("none", "login", "select_account", "consent", "create")
_PROMPTS_V1 = (*PROMPTS, "admin_consent")
_RESPONSE_WORDS = frozenset({"code", "id_token", "token"})
# The longest age that fits a moment; a greater one never asks anybody again.
_LONGEST_AGE_DIGITS = 9
_CHALLENGE_LENGTHS = range(43, 129)


@dataclass(frozen=True)
class AuthorizeRequest:
    """A checked authorize request. `redirect_uri` is registered, everything else came with the request."""

    client_id: str
    redirect_uri: str
    scope: str
    response_mode: str
    state: str | None
    nonce: str | None
    prompt: str | None
    login_hint: str | None
    code_challenge: str | None
    claims: str | None
    max_age_s: int | None
    client_info: bool
    response_type: str = "code"
    redirect_kind: str = WEB
    version: int = 2


def response_words(parameters: Mapping[str, str]) -> frozenset[str]:
    """What is asked to come back: "code", "id_token", "token" or several of them."""
    return frozenset(parameters.get("response_type", "").split())


def read_response_mode(parameters: Mapping[str, str]) -> str:
    """How the answer travels; a code travels in the query and tokens in the fragment when the request does not say."""
    usual = "fragment" if response_words(parameters) & {"id_token", "token"} else "query"
    mode = parameters.get("response_mode", usual)
    return mode if mode in RESPONSE_MODES else usual


def read_authorize(
    redirect_uri: str, kind: str, parameters: Mapping[str, str], settings: SignInSettings
) -> AuthorizeRequest:
    """The rest of a v2.0 request, once its redirect URI is trusted; raises EntraRefused to be redirected."""
    if parameters.get("resource"):
        raise EntraRefused(901002)
    if not parameters.get("scope", "").strip():
        raise EntraRefused(900144, parameter="scope")
    return _read(redirect_uri, kind, parameters, settings, parameters["scope"], 2)


def read_authorize_v1(
    redirect_uri: str, kind: str, parameters: Mapping[str, str], settings: SignInSettings
) -> AuthorizeRequest:
    """The same for the older endpoint: one resource instead of scopes, and always what the registration lists."""
    scope = scope_of_resource(parameters.get("resource", ""))
    return _read(redirect_uri, kind, parameters, settings, scope, 1)


def scope_of_resource(resource: str) -> str:
    """What a request of the older endpoints asks for: everything the registration lists at its resource."""
    return f"openid profile offline_access {resource.strip() or GRAPH_RESOURCE}/.default"


def _read(
    redirect_uri: str,
    kind: str,
    parameters: Mapping[str, str],
    settings: SignInSettings,
    scope: str,
    version: int,
) -> AuthorizeRequest:
    _check_response(parameters, settings, scope)
    prompt = parameters.get("prompt") or None
    if prompt is not None and prompt not in (PROMPTS if version == 2 else _PROMPTS_V1):
        raise EntraRefused(90023, reason=f"The prompt value '{prompt[:100]}' is not supported.")
    return AuthorizeRequest(
        client_id=parameters["client_id"],
        redirect_uri=redirect_uri,
        scope=scope,
        response_mode=read_response_mode(parameters),
        state=parameters.get("state"),
        nonce=parameters.get("nonce"),
        prompt=prompt,
        login_hint=parameters.get("login_hint") or None,
        code_challenge=_read_challenge(parameters),
        claims=parameters.get("claims") or None,
        max_age_s=_read_age(parameters.get("max_age", "")),
        client_info=parameters.get("client_info") == "1",
        response_type=" ".join(sorted(response_words(parameters))),
        redirect_kind=kind,
        version=version,
    )


def _check_response(parameters: Mapping[str, str], settings: SignInSettings, scope: str) -> None:
    """Refuse what the registration does not switch on. Source: E:v2-oauth2-implicit-grant-flow."""
    words, asked = response_words(parameters), parameters.get("response_type", "")
    if not words:
        raise EntraRefused(900144, parameter="response_type")
    if words - _RESPONSE_WORDS:
        raise EntraRefused(700054, response_type=asked[:100])
    if "id_token" in words and not settings.issues_id_tokens:
        raise EntraRefused(700054, response_type="id_token")
    if "token" in words and not settings.issues_access_tokens:
        raise EntraRefused(700051)
    mode = parameters.get("response_mode")
    if mode is not None and mode not in RESPONSE_MODES:
        raise EntraRefused(90023, reason="The response_mode is not supported.")
    if mode == "query" and words != {"code"}:
        raise EntraRefused(70007, response_mode=mode)
    if "id_token" not in words:
        return
    if "openid" not in scope.split():
        raise EntraRefused(70005, response_type=asked)
    if not parameters.get("nonce"):
        raise EntraRefused(900144, parameter="nonce")


def _read_challenge(parameters: Mapping[str, str]) -> str | None:
    """The PKCE challenge, S256 only: a plain one protects nothing. Source: A:10.4.6."""
    challenge = parameters.get("code_challenge") or None
    if challenge is None:
        return None
    method = parameters.get("code_challenge_method", "plain")
    if method != "S256":
        raise EntraRefused(90023, reason=f"The code_challenge_method '{method[:100]}' is not supported; use S256.")
    if len(challenge) not in _CHALLENGE_LENGTHS:
        raise EntraRefused(501491)
    return challenge


def _read_age(text: str) -> int | None:
    if not (text.isascii() and text.isdecimal()):
        return None
    return int(text) if len(text) <= _LONGEST_AGE_DIGITS else 10**_LONGEST_AGE_DIGITS

"""Untrusted requests to typed values: parameters, tenants, redirect URIs, the browser and its language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

from starlette.requests import Request

from liaison.tenant.entra.errors import EntraRefused, Trace
from liaison.tenant.estate.applications import Application
from liaison.tenant.seeds.company import DOMAIN, TENANT_ID

_BROWSER_COOKIE = "ESTSBROWSER"
RESPONSE_MODES = ("query", "fragment", "form_post")
PROMPTS = ("none", "login", "select_account", "consent", "create")
_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_ANY_TENANT = ("common", "organizations")
_OWN_TENANT = (TENANT_ID, DOMAIN, f"{DOMAIN.partition('.')[0]}.onmicrosoft.com")
_PRINTABLE = re.compile(r"[!-\[\]-~]+")
_LARGEST_FORM_BYTES = 256 * 1024


@dataclass(frozen=True)
class Asker:
    """Where a request comes from: the origin it used, its browser, language and headers, and its trace."""

    origin: str
    browser: str | None
    language: str
    trace: Trace
    headers: Mapping[str, str]


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
    extra: Mapping[str, str] = field(default_factory=dict)


def read_asker(request: Request) -> Asker:
    """Who asks, as far as the request tells."""
    state = request.state
    client_request_id = state.client_request_id
    correlation_id = client_request_id if _GUID.fullmatch(client_request_id) else state.request_id
    stamp = state.stamp[:19].replace("T", " ") + "Z"
    return Asker(
        origin=f"{request.url.scheme}://{request.url.netloc}",
        browser=request.cookies.get(browser_cookie(request)),
        language=read_language(request.query_params, request.headers.get("accept-language", "")),
        trace=Trace(state.request_id, correlation_id, stamp),
        headers=request.headers,
    )


def browser_cookie(request: Request) -> str:
    """The name of the cookie that tells browsers apart; `__Host-` needs https, and http on localhost has none."""
    return f"__Host-{_BROWSER_COOKIE}" if request.url.scheme == "https" else _BROWSER_COOKIE


def read_language(query: Mapping[str, str], accepted: str) -> str:
    """The page language, "en" or "fr": by `mkt` or `ui_locales`, else by what the browser prefers."""
    asked = query.get("mkt") or query.get("ui_locales", "")
    if asked:
        return "fr" if asked.lower().startswith("fr") else "en"
    ranked = sorted(accepted.split(","), key=_quality, reverse=True)
    for language in ranked:
        code = language.strip().lower()[:2]
        if code in ("en", "fr"):
            return code
    return "en"


def read_tenant(segment: str) -> str:
    """The tenant a path names: this tenant's id, or "common"/"organizations" as they stand; raises EntraRefused."""
    name = segment.lower()
    if name in _ANY_TENANT:
        return name
    if name in _OWN_TENANT:
        return TENANT_ID
    raise EntraRefused(90002, tenant=segment)


async def read_parameters(request: Request) -> dict[str, str]:
    """The parameters of a request, from the query and from a form body; a repeated one is refused (RFC 6749, 3.1)."""
    pairs = parse_qsl(request.url.query, keep_blank_values=True)
    if request.method == "POST":
        body = await request.body()
        if len(body) > _LARGEST_FORM_BYTES:
            raise EntraRefused(90013)
        try:
            pairs += parse_qsl(body.decode("utf-8"), keep_blank_values=True)
        except UnicodeDecodeError as error:
            raise EntraRefused(90013) from error
    parameters: dict[str, str] = {}
    for name, value in pairs:
        if parameters.setdefault(name, value) != value:
            raise EntraRefused(90023, reason=f"The parameter '{name}' is given more than once.")
    return parameters


def read_redirect_uri(application: Application, parameters: Mapping[str, str]) -> str:
    """The registered redirect URI that a request names; raises EntraRefused when it is not registered."""
    asked = parameters.get("redirect_uri", "")
    if not asked and len(application.redirect_uris) == 1:
        return application.redirect_uris[0]
    if is_registered_address(application, asked):
        return asked
    raise EntraRefused(50011, uri=asked, app=application.app_id)


def is_registered_address(application: Application, address: str) -> bool:
    """Whether an address is among an application's redirect URIs."""
    return any(_is_same_address(address, registered) for registered in application.redirect_uris)


def read_response_mode(parameters: Mapping[str, str]) -> str:
    """How the answer travels; "query" when the request does not say."""
    mode = parameters.get("response_mode", "query")
    return mode if mode in RESPONSE_MODES else "query"


def read_authorize(redirect_uri: str, parameters: Mapping[str, str]) -> AuthorizeRequest:
    """The rest of an authorize request, once its redirect URI is trusted; raises EntraRefused to be redirected.

    Source: E:v2-oauth2-auth-code-flow.
    """
    if parameters.get("response_type", "") != "code":
        raise EntraRefused(700054, response_type=parameters.get("response_type", ""))
    if parameters.get("response_mode", "query") not in RESPONSE_MODES:
        raise EntraRefused(90023, reason="The response_mode is not supported.")
    if not parameters.get("scope", "").strip():
        raise EntraRefused(90014, parameter="scope")
    prompt = parameters.get("prompt") or None
    if prompt is not None and prompt not in PROMPTS:
        raise EntraRefused(90023, reason=f"The prompt value '{prompt}' is not supported.")
    challenge = parameters.get("code_challenge") or None
    method = parameters.get("code_challenge_method", "plain")
    if challenge is not None and method != "S256":
        raise EntraRefused(9002326, method=method)
    return AuthorizeRequest(
        client_id=parameters["client_id"],
        redirect_uri=redirect_uri,
        scope=parameters["scope"],
        response_mode=parameters.get("response_mode", "query"),
        state=parameters.get("state"),
        nonce=parameters.get("nonce"),
        prompt=prompt,
        login_hint=parameters.get("login_hint") or None,
        code_challenge=challenge,
        claims=parameters.get("claims") or None,
        max_age_s=_whole_number(parameters.get("max_age")),
        client_info=parameters.get("client_info") == "1",
    )


def _is_same_address(asked: str, registered: str) -> bool:
    """Exact, but for the port of http://localhost and http://127.0.0.1. Source: E:reply-url."""
    if asked == registered:
        return True
    # Parsers drop control characters silently, so an address with one is not the one it seems to be.
    if len(asked) > 256 or not _PRINTABLE.fullmatch(asked):
        return False
    try:
        wanted, known = urlsplit(asked), urlsplit(registered)
        wanted_port = wanted.port
    except ValueError:
        return False
    local = known.hostname in ("localhost", "127.0.0.1") and wanted_port != 0
    unmoved = (wanted.scheme, wanted.hostname, wanted.path, wanted.query, wanted.fragment, wanted.username) == (
        known.scheme,
        known.hostname,
        known.path,
        known.query,
        known.fragment,
        known.username,
    )
    return local and unmoved


def _whole_number(text: str | None) -> int | None:
    return int(text) if text is not None and text.isdecimal() else None


def _quality(language: str) -> float:
    _, _, weight = language.partition(";q=")
    try:
        return float(weight) if weight else 1.0
    except ValueError:
        return 0.0

"""Untrusted requests to typed values: parameters, tenants, redirect URIs, the browser and its language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from starlette.requests import Request

from liaison.tenant.entra.errors import EntraRefused, Trace
from liaison.tenant.estate import Estate
from liaison.tenant.estate.applications import Application
from liaison.tenant.estate.sign_in_settings import all_redirect_uris, sign_in_settings
from liaison.tenant.seeds.company import DOMAIN, TENANT_ID

_BROWSER_COOKIE = "ESTSBROWSER"
PERSONAL_TENANT = "9188040d-6c67-4c5b-b112-36a304b66dad"
_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_ANY_TENANT = ("common", "organizations")
_OWN_TENANT = (TENANT_ID, DOMAIN, f"{DOMAIN.partition('.')[0]}.onmicrosoft.com")
_PRINTABLE = re.compile(r"[!-\[\]-~]+")
_LARGEST_FORM_BYTES = 256 * 1024
_LARGEST_QUERY = 32 * 1024
_MOST_PARAMETERS = 200
_LARGEST_SCOPE = 16 * 1024
_LONGEST_CLAIMS = 16 * 1024


@dataclass(frozen=True)
class Asker:
    """Where a request comes from: the origin it used, its browser, language and headers, and its trace."""

    origin: str
    browser: str | None
    language: str
    trace: Trace
    headers: Mapping[str, str]


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


def read_tenant(segment: str, *, personal: bool = False) -> str:
    """The tenant a path names: this tenant's id, or "common"/"organizations" as they stand; raises EntraRefused.

    With `personal`, also "consumers": documents are there for personal accounts, nobody signs in with one.
    """
    name = segment.lower()
    if name in _ANY_TENANT:
        return name
    if name in _OWN_TENANT:
        return TENANT_ID
    if name in ("consumers", PERSONAL_TENANT):
        if personal:
            return "consumers"
        raise EntraRefused(9002332, app_id="", app="")
    raise EntraRefused(90002, tenant=segment[:100])


async def read_parameters(request: Request) -> dict[str, str]:
    """The parameters of a request, from the query and from a form body; a repeated one is refused (RFC 6749, 3.1)."""
    if len(request.url.query) > _LARGEST_QUERY:
        raise EntraRefused(90015)
    pairs = _pairs(request.url.query)
    if request.method == "POST" and _is_form(request):
        body = await request.body()
        if len(body) > _LARGEST_FORM_BYTES:
            raise EntraRefused(90013)
        try:
            pairs += _pairs(body.decode("utf-8"))
        except UnicodeDecodeError as error:
            raise EntraRefused(90013) from error
    parameters: dict[str, str] = {}
    for name, value in pairs:
        if parameters.setdefault(name, value) != value:
            raise EntraRefused(9000411, parameter=name[:100])
    return _within_measure(parameters)


def read_redirect_uri(estate: Estate, application: Application, parameters: Mapping[str, str]) -> tuple[str, str]:
    """The registered redirect URI that a request names, with its kind; raises EntraRefused for any other."""
    known = all_redirect_uris(application.redirect_uris, sign_in_settings(estate, application.app_id))
    asked = parameters.get("redirect_uri", "")
    if not asked and len(known) == 1:
        return known[0]
    for registered, kind in known:
        if _is_same_address(asked, registered):
            return asked, kind
    raise EntraRefused(50011, uri=asked, app=application.app_id)


def is_registered_address(estate: Estate, application: Application, address: str) -> bool:
    """Whether an address is among an application's redirect URIs."""
    known = all_redirect_uris(application.redirect_uris, sign_in_settings(estate, application.app_id))
    return any(_is_same_address(address, registered) for registered, _ in known)


def read_cross_origin(headers: Mapping[str, str]) -> str | None:
    """The web page that asks; None for servers, devices and command lines."""
    return headers.get("origin") or None


def _is_form(request: Request) -> bool:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return kind in ("", "application/x-www-form-urlencoded")


def _pairs(text: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST_PARAMETERS)
    except ValueError as error:
        raise EntraRefused(90013) from error


def _within_measure(parameters: dict[str, str]) -> dict[str, str]:
    """Refuse lists of scopes and claims that no application needs: reading them would hold everybody else up."""
    if len(parameters.get("scope", "")) > _LARGEST_SCOPE:
        raise EntraRefused(70011, scope=f"{parameters['scope'][:100]}...")
    if len(parameters.get("claims", "")) > _LONGEST_CLAIMS:
        raise EntraRefused(90023, reason="The claims parameter is too long.")
    return parameters


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
    if known.hostname not in ("localhost", "127.0.0.1") or wanted_port == 0:
        return False
    # Whatever stands behind the host counts to the letter; only a missing path and "/" are the same.
    rest, expected = _behind_host(asked, wanted.netloc), _behind_host(registered, known.netloc)
    return (wanted.scheme, wanted.hostname, wanted.username, rest) == (
        known.scheme,
        known.hostname,
        known.username,
        expected,
    )


def _behind_host(address: str, host: str) -> str:
    return address.partition(f"://{host}")[2] or "/"


def _quality(language: str) -> float:
    _, _, weight = language.partition(";q=")
    try:
        return float(weight) if weight else 1.0
    except ValueError:
        return 0.0

"""The addresses of the Entra face."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any, Literal

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from liaison.tenant.entra import discovery, sign_in
from liaison.tenant.entra import flow as flows
from liaison.tenant.entra.answers import answer_token_request
from liaison.tenant.entra.authorize_requests import (
    AuthorizeRequest,
    read_authorize,
    read_authorize_v1,
    read_response_mode,
)
from liaison.tenant.entra.device_flow import answer_device_request
from liaison.tenant.entra.endpoint_v1 import as_v2_form, v1_device_document, v1_document
from liaison.tenant.entra.error_numbers import KNOWN
from liaison.tenant.entra.errors import EntraRefused
from liaison.tenant.entra.flow import ADMIN_CONSENT, DEVICE, Flow
from liaison.tenant.entra.loops import LoopWatch
from liaison.tenant.entra.pages import DeviceCodePage, NoticePage, render_page, static_file, word
from liaison.tenant.entra.password_grant import realm_document
from liaison.tenant.entra.people_pages import sign_in_page
from liaison.tenant.entra.requests import (
    Asker,
    browser_cookie,
    read_asker,
    read_language,
    read_parameters,
    read_redirect_uri,
    read_tenant,
)
from liaison.tenant.entra.responses import error_answer, json_answer, public_document, token_document, token_document_v1
from liaison.tenant.entra.sign_out import sign_out
from liaison.tenant.entra.tokens import TokenAnswer
from liaison.tenant.entra.userinfo import userinfo
from liaison.tenant.entra.wrong_method import WrongMethod
from liaison.tenant.estate import Estate
from liaison.tenant.estate.sessions import find_device_by_user_code
from liaison.tenant.estate.sign_in_settings import SignInSettings, sign_in_settings

Endpoint = Callable[[Request], Awaitable[Response]]
Reader = Callable[[str, str, Mapping[str, str], SignInSettings], AuthorizeRequest]
PageStep = Callable[[Estate, Flow, Mapping[str, str], Asker], Response]


def routes(estate: Estate) -> list[BaseRoute]:
    """Every address of this face, absolute."""
    face = _Face(estate)
    oauth2 = "/{tenant}/oauth2/v2.0"
    documents = [
        Route("/{tenant}/v2.0/.well-known/openid-configuration", _json(face.read_discovery)),
        Route("/{tenant}/.well-known/openid-configuration", _json(face.read_discovery_v1)),
        Route("/{tenant}/discovery/v2.0/keys", _json(face.read_keys)),
        Route("/{tenant}/discovery/keys", _json(face.read_keys)),
        Route("/{tenant}/discovery/instance", _json(face.read_instance)),
        Route("/common/userrealm/{upn}", _json(face.read_realm)),
        Route("/oidc/userinfo", face.read_userinfo, methods=["GET", "POST"]),
        Route("/oidc/userinfo", face.answer_preflight, methods=["OPTIONS"]),
    ]
    tokens = [
        Route(f"{oauth2}/token", _json(face.answer_token), methods=["POST"]),
        Route(f"{oauth2}/token", face.answer_preflight, methods=["OPTIONS"]),
        WrongMethod(f"{oauth2}/token", "POST, OPTIONS"),
        Route(f"{oauth2}/devicecode", _json(face.answer_device), methods=["POST"]),
        WrongMethod(f"{oauth2}/devicecode", "POST"),
        Route("/{tenant}/oauth2/token", _json(face.answer_token_v1), methods=["POST"]),
        Route("/{tenant}/oauth2/token", face.answer_preflight, methods=["OPTIONS"]),
        WrongMethod("/{tenant}/oauth2/token", "POST, OPTIONS"),
        Route("/{tenant}/oauth2/devicecode", _json(face.answer_device_v1), methods=["POST"]),
        WrongMethod("/{tenant}/oauth2/devicecode", "POST"),
    ]
    pages = [
        Route(f"{oauth2}/authorize", _page(face.authorize), methods=["GET", "POST"]),
        Route("/{tenant}/oauth2/authorize", _page(face.authorize_v1), methods=["GET", "POST"]),
        Route("/{tenant}/v2.0/adminconsent", _page(face.admin_consent_v2)),
        Route("/{tenant}/adminconsent", _page(face.admin_consent_v1)),
        Route("/{tenant}/oauth2/deviceauth", _page(face.enter_device_code), methods=["GET", "POST"]),
        Route("/devicelogin", face.go_to_device_page),
        Route("/{tenant}/login", _page(face.search_people), methods=["GET"]),
        Route("/{tenant}/login", _page(face.step(sign_in.choose_person)), methods=["POST"]),
        Route("/{tenant}/mfa", _page(face.step(sign_in.confirm_second_factor)), methods=["POST"]),
        Route("/{tenant}/consent", _page(face.step(sign_in.decide_consent)), methods=["POST"]),
        Route("/{tenant}/device", _page(face.step(sign_in.confirm_device)), methods=["POST"]),
        Route(f"{oauth2}/logout", _page(face.log_out), methods=["GET", "POST"]),
        Route("/{tenant}/oauth2/logout", _page(face.log_out), methods=["GET", "POST"]),
        Route("/error", face.explain_error),
        Route("/_entra/{name}", face.read_static),
        Route("/favicon.ico", face.read_icon),
    ]
    return [*documents, *tokens, *pages]


class _Face:
    """The endpoints over one estate."""

    def __init__(self, estate: Estate) -> None:
        self._estate = estate
        self._watch = LoopWatch()

    async def read_discovery(self, request: Request) -> Response:
        tenant = read_tenant(request.path_params["tenant"], personal=True)
        return public_document(discovery.discovery_document(tenant, read_asker(request).origin))

    async def read_discovery_v1(self, request: Request) -> Response:
        tenant = read_tenant(request.path_params["tenant"], personal=True)
        return public_document(discovery.discovery_document_v1(tenant, read_asker(request).origin))

    async def read_keys(self, request: Request) -> Response:
        tenant = read_tenant(request.path_params["tenant"], personal=True)
        return public_document(discovery.key_document(self._estate, tenant, read_asker(request).origin))

    async def read_instance(self, request: Request) -> Response:
        read_tenant(request.path_params["tenant"])
        asked = request.query_params.get("authorization_endpoint", "")
        return public_document(discovery.instance_document(read_asker(request).origin, asked))

    async def read_realm(self, request: Request) -> Response:
        return json_answer(realm_document(request.path_params["upn"]))

    async def read_userinfo(self, request: Request) -> Response:
        return userinfo(self._estate, read_asker(request))

    async def answer_token(self, request: Request) -> Response:
        form = await read_parameters(request)
        if form.get("resource"):
            raise EntraRefused(901002)
        return token_document(self._answer(request, form), read_asker(request).trace)

    async def answer_token_v1(self, request: Request) -> Response:
        form = as_v2_form(await read_parameters(request))
        return token_document_v1(v1_document(self._estate, self._answer(request, form)), read_asker(request).trace)

    def _answer(self, request: Request, form: Mapping[str, str]) -> TokenAnswer:
        tenant = read_tenant(request.path_params["tenant"])
        self._watch.meet(self._estate, form)
        return answer_token_request(self._estate, tenant, form, read_asker(request))

    async def answer_preflight(self, _: Request) -> Response:
        """Single-page applications redeem their codes from the browser."""
        headers = {
            "Access-Control-Allow-Origin": "*",
            "Access-Control-Allow-Methods": "POST",
            "Access-Control-Allow-Headers": "*",
        }
        return Response(status_code=204, headers=headers)

    async def answer_device(self, request: Request) -> Response:
        return json_answer(self._device_document(request, await read_parameters(request)))

    async def answer_device_v1(self, request: Request) -> Response:
        form = as_v2_form(await read_parameters(request))
        return json_answer(v1_device_document(self._device_document(request, form)))

    def _device_document(self, request: Request, form: Mapping[str, str]) -> dict[str, Any]:
        tenant = read_tenant(request.path_params["tenant"])
        asker = read_asker(request)
        language = read_language({"mkt": form.get("mkt", "")}, request.headers.get("accept-language", ""))
        return answer_device_request(self._estate, tenant, form, asker, language)

    async def authorize(self, request: Request) -> Response:
        return await self._authorize(request, read_authorize)

    async def authorize_v1(self, request: Request) -> Response:
        return await self._authorize(request, read_authorize_v1)

    async def _authorize(self, request: Request, read: Reader) -> Response:
        tenant = read_tenant(request.path_params["tenant"])
        asker = read_asker(request)
        parameters = await read_parameters(request)
        client = flows.flow_client(self._estate, parameters.get("client_id", ""))
        redirect_uri, kind = read_redirect_uri(self._estate, client, parameters)
        settings = sign_in_settings(self._estate, client.app_id)
        browser = asker.browser or self._estate.ids.token(24)
        try:
            asked = read(redirect_uri, kind, {**parameters, "client_id": client.app_id}, settings)
        except EntraRefused as refused:
            return sign_in.refuse(_unstarted(tenant, browser, asker, redirect_uri, parameters), refused, asker)
        flow = flows.authorize_flow(self._estate, browser, tenant, asker.language, asked)
        return _with_browser(sign_in.advance(self._estate, flow, asker), request, browser)

    async def admin_consent_v2(self, request: Request) -> Response:
        parameters = await read_parameters(request)
        if not parameters.get("scope", "").strip():
            raise EntraRefused(900144, parameter="scope")
        return self._begin_admin_consent(request, parameters, parameters["scope"])

    async def admin_consent_v1(self, request: Request) -> Response:
        return self._begin_admin_consent(request, await read_parameters(request), None)

    def _begin_admin_consent(self, request: Request, parameters: Mapping[str, str], scope: str | None) -> Response:
        tenant = read_tenant(request.path_params["tenant"])
        if scope is not None and tenant == "common":
            raise EntraRefused(90002, tenant=tenant)
        asker = read_asker(request)
        client = flows.flow_client(self._estate, parameters.get("client_id", ""))
        browser = asker.browser or self._estate.ids.token(24)
        flow = Flow(
            id=self._estate.ids.token(24),
            browser=browser,
            kind=ADMIN_CONSENT,
            tenant=tenant,
            language=asker.language,
            client_id=client.app_id,
            scope=scope,
            redirect_uri=read_redirect_uri(self._estate, client, parameters)[0],
            state=parameters.get("state"),
        )
        return _with_browser(sign_in.advance(self._estate, flow, asker), request, browser)

    async def enter_device_code(self, request: Request) -> Response:
        """The page for the short code of a device; `otc` fills it in."""
        tenant = read_tenant(request.path_params["tenant"])
        asker = read_asker(request)
        typed = (await read_parameters(request)).get("otc", "")
        device = find_device_by_user_code(self._estate, typed) if typed else None
        if request.method == "GET" or device is None:
            page = DeviceCodePage(f"/{tenant}/oauth2/deviceauth", typed, wrong=request.method == "POST")
            return render_page(page, asker.language)
        browser = asker.browser or self._estate.ids.token(24)
        flow = Flow(
            id=self._estate.ids.token(24),
            browser=browser,
            kind=DEVICE,
            tenant=tenant,
            language=asker.language,
            client_id=device.app_id,
            scope=device.scope,
            user_code=device.user_code,
        )
        return _with_browser(sign_in.advance(self._estate, flow, asker), request, browser)

    async def go_to_device_page(self, _: Request) -> Response:
        return RedirectResponse("/common/oauth2/deviceauth", 302)

    async def search_people(self, request: Request) -> Response:
        parameters = await read_parameters(request)
        flow = flows.resume(self._estate, parameters.get("ctx", ""), read_asker(request).browser)
        if flow is None:
            return _expired(read_asker(request))
        client = flows.flow_client(self._estate, flow.client_id)
        return sign_in_page(self._estate, flow, client, searched=parameters.get("q", "").strip()[:100])

    def step(self, take: PageStep) -> Endpoint:
        """An endpoint for a click on a page of a waiting flow."""

        async def endpoint(request: Request) -> Response:
            form = await read_parameters(request)
            asker = read_asker(request)
            flow = flows.resume(self._estate, form.get("ctx", ""), asker.browser)
            return _expired(asker) if flow is None else take(self._estate, flow, form, asker)

        return endpoint

    async def log_out(self, request: Request) -> Response:
        read_tenant(request.path_params["tenant"])
        return sign_out(self._estate, await read_parameters(request), read_asker(request))

    async def explain_error(self, request: Request) -> Response:
        """What an error number means, for people who follow `error_uri`."""
        asker = read_asker(request)
        number = request.query_params.get("code", "")
        known = KNOWN.get(int(number)) if number.isdecimal() and len(number) < 10 else None
        text = "" if known is None else known.text
        return render_page(NoticePage(f"AADSTS{number[:9]}", text), asker.language, 404 if known is None else 200)

    async def read_static(self, request: Request) -> Response:
        return static_file(request.path_params["name"]) or Response(status_code=404)

    async def read_icon(self, _: Request) -> Response:
        return RedirectResponse("/_entra/icon.svg", 302)


def _json(endpoint: Endpoint) -> Endpoint:
    """Turn a refusal into Entra's JSON."""

    async def answered(request: Request) -> Response:
        try:
            return await endpoint(request)
        except EntraRefused as refused:
            asker = read_asker(request)
            return error_answer(refused, asker.trace, asker.origin)

    return answered


def _page(endpoint: Endpoint) -> Endpoint:
    """Turn a refusal into a page without a way back: the redirect address is not to be trusted yet."""

    async def answered(request: Request) -> Response:
        try:
            return await endpoint(request)
        except EntraRefused as refused:
            asker = read_asker(request)
            return sign_in.dead_end(refused, asker, asker.language)

    return answered


def _unstarted(tenant: str, browser: str, asker: Asker, redirect_uri: str, parameters: Mapping[str, str]) -> Flow:
    """A flow that ends before it begins, to carry the way back of a faulty request."""
    begun = Flow("", browser, flows.AUTHORIZE, tenant, asker.language, parameters["client_id"], None, redirect_uri)
    return replace(begun, response_mode=read_response_mode(parameters), state=parameters.get("state"))


def _with_browser(response: Response, request: Request, browser: str) -> Response:
    """Let the browser remember who it is: single sign-on and open pages hang on it.

    Pages of other origins sign people in again from a hidden frame, where only such a cookie is sent; browsers take
    it over https alone. Source: E:howto-handle-samesite-cookie-changes-chrome-browser.
    """
    cookie = browser_cookie(request)
    if request.cookies.get(cookie) != browser:
        secure = request.url.scheme == "https"
        reach: Literal["none", "lax"] = "none" if secure else "lax"
        response.set_cookie(cookie, browser, path="/", httponly=True, samesite=reach, secure=secure)
    return response


def _expired(asker: Asker) -> Response:
    title = word(asker.language, "dead_end.title")
    return render_page(NoticePage(title, word(asker.language, "dead_end.expired")), asker.language, 400)

"""How Graph decides: token, operation, limits, permission, then the operation's own function."""

from __future__ import annotations

import base64
import inspect
from dataclasses import replace

from liaison.tenant.estate import Estate, apps
from liaison.tenant.estate.applications import GRAPH_APP_ID
from liaison.tenant.estate.callers import BearerRefused, Caller, graph_audience, read_bearer
from liaison.tenant.estate.switches import get_switch
from liaison.tenant.graph.counting import find_counted
from liaison.tenant.graph.errors import Backend, GraphError, forbidden, missing_scopes, not_built, unauthorized
from liaison.tenant.graph.paths import Token, Word, read_path
from liaison.tenant.graph.permissions import SITES_SELECTED
from liaison.tenant.graph.requests import Ask, RawRequest, read_options
from liaison.tenant.graph.responses import Answer, Correlation, error_answer
from liaison.tenant.graph.table import Match, Operation, Table
from liaison.tenant.graph.throttle import Throttle

_FILES_ROOTS = frozenset({"drives", "drive", "sites", "shares"})
_TEAMS_ROOTS = frozenset({"teams", "appcatalogs", "chats", "teamwork", "communications"})


class Desk:
    """Takes requests one by one, those inside a batch too. Lives as long as the process; what it counts is lost
    with it, what it answers is in the estate."""

    def __init__(self, estate: Estate, table: Table) -> None:
        self._estate = estate
        self._table = table
        self._throttle = Throttle(estate)

    async def answer(self, raw: RawRequest, correlation: Correlation) -> Answer:
        """The answer to a request; every refusal is an error answer."""
        try:
            return await self._answer(raw)
        except GraphError as error:
            return error_answer(error, correlation)

    async def _answer(self, raw: RawRequest) -> Answer:
        if get_switch(self._estate, "graph.unavailable", False):
            raise GraphError(503, "ServiceUnavailable", "The service is unavailable.", headers={"Retry-After": "1"})
        caller = self._caller(raw)
        tokens = read_path(raw.path)
        match = self._table.find(raw.method, tokens) or find_counted(self._table, raw.method, tokens)
        if match is None:
            raise not_built(backend_of(tokens), raw.method, f"/v1.0{raw.path}")
        operation, options = match.operation, read_options(raw.query)
        headers = self._throttle.admit(operation, match.params, options, caller.app_id)
        if caller.is_application and tokens[:1] == [Word("me")]:
            raise GraphError(400, "BadRequest", "/me request is only valid with delegated authentication flow.")
        self._require_permission(match, caller)
        ask = Ask(self._estate, caller, operation.backend, raw, match.params, options)
        answer = operation.answer(ask)
        finished = await answer if inspect.isawaitable(answer) else answer
        return replace(finished, headers={**headers, **finished.headers}) if headers else finished

    def _caller(self, raw: RawRequest) -> Caller:
        try:
            return read_bearer(self._estate, raw.headers.get("authorization"), graph_audience(self._estate))
        except BearerRefused as refusal:
            raise unauthorized(refusal.reason, self._challenge(refusal)) from refusal

    def _challenge(self, refusal: BearerRefused) -> str:
        """Where tokens come from, and the claims that the next one needs.

        Source: Graph v1.0, concepts/resolve-auth-errors.md; E:claims-challenge
        """
        place = (
            f'Bearer realm="", authorization_uri="{self._estate.public_https}/common/oauth2/authorize", '
            f'client_id="{GRAPH_APP_ID}"'
        )
        if refusal.claims is None:
            return place
        claims = base64.b64encode(refusal.claims.encode()).decode()
        return f'{place}, error="insufficient_claims", claims="{claims}"'

    def _require_permission(self, match: Match, caller: Caller) -> None:
        operation = match.operation
        if operation.needs.allows(caller):
            return
        team_id = match.params.get("team")
        if caller.is_application and team_id is not None and operation.needs.team:
            granted = apps.resource_specific_grants(self._estate, team_id.lower(), caller.app_id)
            if granted & set(operation.needs.team):
                return
        if operation.backend is Backend.FILES and _may_select(operation, caller):
            return
        enough = operation.needs.application if caller.is_application else operation.needs.delegated
        if not enough and operation.backend is Backend.FILES:
            raise forbidden(operation.backend)
        raise missing_scopes(operation.backend, enough, caller.is_application)


def _may_select(operation: Operation, caller: Caller) -> bool:
    """Whether `Sites.Selected` can stand in: each site decides by itself then."""
    held, enough = (
        (caller.roles, operation.needs.application)
        if caller.is_application
        else (caller.scopes, operation.needs.delegated)
    )
    return SITES_SELECTED in held and any(name in ("Sites.Read.All", "Sites.ReadWrite.All") for name in enough)


def backend_of(tokens: list[Token]) -> Backend:
    """The backend that an unknown address would belong to."""
    words = [token.text.lower() for token in tokens if isinstance(token, Word)]
    if not words:
        return Backend.DIRECTORY
    if words[0] in _FILES_ROOTS or any(word in _FILES_ROOTS for word in words[1:]):
        return Backend.FILES
    return Backend.TEAMS if words[0] in _TEAMS_ROOTS else Backend.DIRECTORY

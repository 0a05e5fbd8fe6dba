"""The OpenID userinfo answer. Source: E:userinfo."""

from __future__ import annotations

import base64

from starlette.responses import Response

from liaison.tenant.entra.requests import Asker
from liaison.tenant.entra.responses import ANY_ORIGIN, json_answer
from liaison.tenant.estate import Estate
from liaison.tenant.estate.applications import GRAPH_RESOURCE
from liaison.tenant.estate.callers import BearerRefused, graph_audience, pairwise_subject, read_bearer
from liaison.tenant.estate.people import find_user

_REASONS = {"missing": "Access token is empty.", "expired": "Lifetime validation failed, the token is expired."}


def userinfo(estate: Estate, asker: Asker) -> Response:
    """Who a Graph token with `openid` belongs to."""
    try:
        caller = read_bearer(estate, asker.headers.get("authorization"), graph_audience(estate))
    except BearerRefused as refused:
        return _refusal(refused, asker)
    user = find_user(estate, caller.object_id)
    if user is None or "openid" not in caller.scopes:
        return json_answer(
            {"error": {"code": "Forbidden", "message": "The token lacks the scope openid."}}, 403, ANY_ORIGIN
        )
    document = {
        "sub": pairwise_subject(caller.app_id, user.id),
        "name": user.display_name,
        "given_name": user.given_name,
        "family_name": user.surname,
        "picture": f"{GRAPH_RESOURCE}/v1.0/me/photo/$value",
    }
    if "email" in caller.scopes:
        document["email"] = user.mail
    return json_answer({name: value for name, value in document.items() if value is not None}, headers=ANY_ORIGIN)


def _refusal(refused: BearerRefused, asker: Asker) -> Response:
    """What Graph says to a token it does not take; a revoked one meets a claims challenge."""
    place = f'Bearer realm="", authorization_uri="{asker.origin}/common/oauth2/authorize"'
    challenge = f'{place}, error="invalid_token"'
    if refused.claims is not None:
        wanted = base64.b64encode(refused.claims.encode()).decode()
        challenge = f'{place}, error="insufficient_claims", claims="{wanted}"'
    trace = asker.trace
    inner = {"date": trace.stamp, "request-id": trace.trace_id, "client-request-id": trace.correlation_id}
    message = _REASONS.get(refused.reason, "Access token validation failure.")
    document = {"error": {"code": "InvalidAuthenticationToken", "message": message, "innerError": inner}}
    return json_answer(document, 401, {"WWW-Authenticate": challenge, **ANY_ORIGIN})

"""The OpenID userinfo answer. Source: E:userinfo."""

from __future__ import annotations

from starlette.responses import Response

from liaison.tenant.entra.responses import json_answer
from liaison.tenant.estate import Estate
from liaison.tenant.estate.callers import BearerRefused, graph_audience, pairwise_subject, read_bearer
from liaison.tenant.estate.people import find_user


def userinfo(estate: Estate, authorization: str | None) -> Response:
    """Who a Graph token with `openid` belongs to."""
    try:
        caller = read_bearer(estate, authorization, graph_audience(estate))
    except BearerRefused as refused:
        challenge = {"WWW-Authenticate": 'Bearer realm="", error="invalid_token"'}
        return json_answer({"error": {"code": "InvalidAuthenticationToken", "message": refused.reason}}, 401, challenge)
    user = find_user(estate, caller.object_id)
    if user is None or "openid" not in caller.scopes:
        return json_answer({"error": {"code": "Forbidden", "message": "The token lacks the scope openid."}}, 403)
    document = {
        "sub": pairwise_subject(caller.app_id, user.id),
        "name": user.display_name,
        "given_name": user.given_name,
        "family_name": user.surname,
    }
    if "email" in caller.scopes:
        document["email"] = user.mail
    return json_answer({name: value for name, value in document.items() if value is not None})

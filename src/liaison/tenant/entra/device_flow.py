"""The device code flow: a device that asks for a code, waits, and gets its tokens. Source: E:v2-oauth2-device-code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from liaison.tenant.entra.client_auth import Client, read_client
from liaison.tenant.entra.errors import EntraRefused
from liaison.tenant.entra.flow import require_tenant
from liaison.tenant.entra.granting import answer_grant, required
from liaison.tenant.entra.loops import POLL_INTERVAL_S
from liaison.tenant.entra.policies import is_managed_device, require_user
from liaison.tenant.entra.requests import Asker
from liaison.tenant.entra.scopes import read_scope
from liaison.tenant.entra.tokens import TokenAnswer
from liaison.tenant.estate import Estate
from liaison.tenant.estate.sessions import (
    DEVICE_CODE_LIFE_S,
    Proof,
    find_device_code,
    issue_device_code,
    settle_device_code,
)


def answer_device_request(
    estate: Estate, tenant: str, form: Mapping[str, str], asker: Asker, language: str
) -> dict[str, Any]:
    """A device code for a client; its person types the short code on a page. Source: E:v2-oauth2-device-code."""
    client = read_client(estate, form, None)
    require_tenant(estate, client.application, tenant)
    if not client.application.public_client:
        raise EntraRefused(7000218)
    scope = required(form, "scope")
    read_scope(estate, scope, asker.origin)
    code, user_code = issue_device_code(estate, client.application.app_id, scope)
    address = f"{asker.origin}/common/oauth2/deviceauth"
    sentence = {
        "en": f"To sign in, use a web browser to open the page {address} and enter the code {user_code} to "
        "authenticate.",
        "fr": f"Pour vous connecter, ouvrez la page {address} dans un navigateur et entrez le code {user_code} pour "
        "vous authentifier.",
    }
    return {
        "user_code": user_code,
        "device_code": code,
        "verification_uri": address,
        "expires_in": DEVICE_CODE_LIFE_S,
        "interval": POLL_INTERVAL_S,
        "message": sentence[language],
    }


def redeem_device_code(estate: Estate, client: Client, form: Mapping[str, str], asker: Asker) -> TokenAnswer:
    """Tokens for a device whose person has signed in; raises EntraRefused while they have not."""
    # MSAL sends the value under both names.
    device = find_device_code(estate, form.get("device_code") or required(form, "code"))
    if device is None or device.app_id != client.application.app_id:
        raise EntraRefused(70018)
    if device.status == "declined":
        raise EntraRefused(65004, error="authorization_declined")
    if device.expires < estate.clock.seconds():
        raise EntraRefused(70020)
    if device.status == "redeemed":
        raise EntraRefused(54005)
    if device.status != "approved" or device.user_id is None:
        raise EntraRefused(70016)
    user = require_user(estate, device.user_id)
    proof = Proof(
        app_id=device.app_id,
        user_id=user.id,
        scope=device.scope,
        issued=estate.clock.seconds(),
        methods=device.methods,
        managed_device=is_managed_device(estate, user, asker.headers),
        client_info=form.get("client_info") == "1",
    )
    answer = answer_grant(estate, client, form, asker, proof, claims=form.get("claims"))
    settle_device_code(estate, device.user_code, "redeemed")
    return answer

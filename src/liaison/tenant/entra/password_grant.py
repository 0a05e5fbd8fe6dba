"""A name and a password in exchange for tokens, where the tenant has been given a password at all.

Source: E:v2-oauth-ropc.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from typing import Any

from liaison.tenant.entra.client_auth import read_client
from liaison.tenant.entra.errors import EntraRefused
from liaison.tenant.entra.granting import answer_grant, required
from liaison.tenant.entra.policies import is_managed_device, require_user
from liaison.tenant.entra.requests import Asker
from liaison.tenant.entra.tokens import TokenAnswer
from liaison.tenant.estate import Estate
from liaison.tenant.estate.people import find_user
from liaison.tenant.estate.sessions import Proof
from liaison.tenant.estate.switches import get_switch
from liaison.tenant.seeds.company import DOMAIN


def answer_password(estate: Estate, tenant: str, form: Mapping[str, str], asker: Asker) -> TokenAnswer:
    """Tokens for a name and the password that the switch `entra.password` names; people here have none of their own."""
    if tenant == "common":
        raise EntraRefused(9001023)
    client = read_client(estate, form, asker.headers.get("authorization"))
    if not client.is_confidential and not client.application.public_client:
        raise EntraRefused(7000218)
    name, password = required(form, "username"), required(form, "password")
    user = find_user(estate, name)
    if user is None or user.user_type == "Guest":
        raise EntraRefused(50034, user=name[:100])
    known = get_switch(estate, "entra.password", "")
    if not known or not hmac.compare_digest(known.encode(), password.encode()):
        raise EntraRefused(50126)
    proof = Proof(
        app_id=client.application.app_id,
        user_id=require_user(estate, user.id).id,
        scope=required(form, "scope"),
        issued=estate.clock.seconds(),
        needs_secret=client.is_confidential,
        managed_device=is_managed_device(estate, user, asker.headers),
        client_info=form.get("client_info") == "1",
        redirect_kind="publicClient",
    )
    return answer_grant(estate, client, form, asker, proof, claims=form.get("claims"))


def realm_document(name: str) -> dict[str, Any]:
    """Where a name signs in: here, or nobody knows. MSAL asks before it sends a password."""
    domain = name.rpartition("@")[2].lower()
    if domain not in (DOMAIN, f"{DOMAIN.partition('.')[0]}.onmicrosoft.com"):
        return {"ver": "1.0", "account_type": "Unknown"}
    return {
        "ver": "1.0",
        "account_type": "Managed",
        "domain_name": domain,
        "cloud_instance_name": "microsoftonline.com",
        "cloud_audience_urn": "urn:federation:MicrosoftOnline",
    }

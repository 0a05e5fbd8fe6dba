"""What clients read before they sign anybody in: discovery documents and signing keys.

Source: E:v2-protocols-oidc, E:signing-key-rollover; instance discovery as MSAL asks for it.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from liaison.tenant.entra.errors import EntraRefused
from liaison.tenant.entra.requests import PERSONAL_TENANT
from liaison.tenant.estate import Estate
from liaison.tenant.estate.keys import public_key_document
from liaison.tenant.estate.origins import is_loopback_name
from liaison.tenant.seeds.company import TENANT_ID

_CLAIMS_V2 = (
    "sub",
    "iss",
    "cloud_instance_name",
    "cloud_instance_host_name",
    "cloud_graph_host_name",
    "msgraph_host",
    "aud",
    "exp",
    "iat",
    "auth_time",
    "acr",
    "nonce",
    "preferred_username",
    "name",
    "tid",
    "ver",
    "at_hash",
    "c_hash",
    "email",
)


def discovery_document(tenant: str, origin: str) -> dict[str, Any]:
    """The v2.0 document; a template issuer for "common" and "organizations"."""
    base = f"{origin}/{tenant}"
    return {
        "token_endpoint": f"{base}/oauth2/v2.0/token",
        "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt", "client_secret_basic"],
        "jwks_uri": f"{base}/discovery/v2.0/keys",
        "response_modes_supported": ["query", "fragment", "form_post"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "response_types_supported": ["code", "id_token", "code id_token", "id_token token"],
        "scopes_supported": ["openid", "profile", "email", "offline_access"],
        "issuer": f"{origin}/{_issuing(tenant)}/v2.0",
        "request_uri_parameter_supported": False,
        "userinfo_endpoint": f"{origin}/oidc/userinfo",
        "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
        "device_authorization_endpoint": f"{base}/oauth2/v2.0/devicecode",
        "http_logout_supported": True,
        "frontchannel_logout_supported": True,
        "end_session_endpoint": f"{base}/oauth2/v2.0/logout",
        "claims_supported": _CLAIMS_V2,
        "tenant_region_scope": None if tenant != TENANT_ID else "EU",
        "cloud_instance_name": "microsoftonline.com",
        "cloud_graph_host_name": "graph.windows.net",
        "msgraph_host": "graph.microsoft.com",
        "rbac_url": "https://pas.windows.net",
    }


def discovery_document_v1(tenant: str, origin: str) -> dict[str, Any]:
    """The older document, against which v1 access tokens are checked. Source: E:access-tokens."""
    document = discovery_document(tenant, origin)
    document["issuer"] = f"https://sts.windows.net/{_issuing(tenant)}/"
    base = f"{origin}/{tenant}"
    document["jwks_uri"] = f"{base}/discovery/keys"
    document["authorization_endpoint"] = f"{base}/oauth2/authorize"
    document["token_endpoint"] = f"{base}/oauth2/token"
    document["device_authorization_endpoint"] = f"{base}/oauth2/devicecode"
    document["end_session_endpoint"] = f"{base}/oauth2/logout"
    document["microsoft_multi_refresh_token"] = True
    return document


def key_document(estate: Estate, tenant: str, origin: str) -> dict[str, Any]:
    """The signing keys, each with the issuer it serves."""
    return public_key_document(estate, f"{origin}/{_issuing(tenant)}/v2.0")


def instance_document(origin: str, asked: str = "") -> dict[str, Any]:
    """The answer to instance discovery: this host is its own cloud. Raises EntraRefused for any other host."""
    host = urlsplit(origin).hostname or "localhost"
    if asked and not _is_here(asked):
        raise EntraRefused(50049)
    return {
        "tenant_discovery_endpoint": f"{origin}/{TENANT_ID}/v2.0/.well-known/openid-configuration",
        "api-version": "1.1",
        "metadata": [{"preferred_network": host, "preferred_cache": host, "aliases": [host]}],
    }


def _is_here(address: str) -> bool:
    # Clients leave out the port.
    try:
        parts = urlsplit(address)
        return parts.scheme == "https" and is_loopback_name(parts.hostname or "")
    except ValueError:
        return False


def _issuing(tenant: str) -> str:
    known = {TENANT_ID: TENANT_ID, "consumers": PERSONAL_TENANT}
    return known.get(tenant, "{tenantid}")

"""Entra's errors: the numbers Liaison may meet, with their OAuth name and text.

Source: E:reference-error-codes; names and suberrors as clients see them at the token endpoint.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Known:
    """What goes with an AADSTS number: the OAuth error, its text with named gaps, suberror and status."""

    error: str
    text: str
    suberror: str | None = None
    status: int = 400


_INVALID_GRANT = "invalid_grant"
_INTERACTION = "interaction_required"

KNOWN: dict[int, Known] = {
    28000: Known(
        _INVALID_GRANT,
        "Provided value for the input parameter scope is not valid because it contains more than one resource. "
        "Scope {scope} is not valid.",
    ),
    50001: Known("invalid_resource", "The application named {resource} was not found in the tenant named Contoso."),
    50011: Known(
        "invalid_request",
        "The redirect URI '{uri}' specified in the request does not match the redirect URIs configured for the "
        "application '{app}'. Make sure the redirect URI sent in the request matches one added to your application "
        "in the Azure portal.",
    ),
    50013: Known(
        _INVALID_GRANT, "Assertion failed signature validation. [Reason - {reason}.]", "bad_token"
    ),
    50020: Known(
        "interaction_required",
        "User account '{user}' does not exist in tenant 'Contoso' and cannot access the application '{app}' in that "
        "tenant. The account needs to be added as an external user in the tenant first.",
    ),
    50034: Known(
        _INVALID_GRANT,
        "The user account {user} does not exist in the Contoso directory. To sign into this application, the account "
        "must be added to the directory.",
    ),
    50057: Known(_INVALID_GRANT, "The user account is disabled."),
    50058: Known(
        "login_required",
        "A silent sign-in request was sent but no user is signed in. The cookies used to represent the user's session "
        "were not sent in the request to Microsoft Entra ID.",
    ),
    50059: Known(
        "invalid_request",
        "No tenant-identifying information found in either the request or implied by any provided credentials.",
    ),
    50076: Known(
        _INTERACTION,
        "Due to a configuration change made by your administrator, or because you moved to a new location, you must "
        "use multi-factor authentication to access '{resource}'.",
        "basic_action",
    ),
    50105: Known(
        _INTERACTION,
        "Your administrator has configured the application {app} ('{app_id}') to block users unless they are "
        "specifically granted ('assigned') access to the application. The signed in user '{user}' is blocked because "
        "they are not a direct member of a group with access, nor had access directly assigned by an administrator.",
    ),
    50173: Known(
        _INVALID_GRANT,
        "The provided grant has expired due to it being revoked, a fresh auth token is needed. The user might have "
        "changed or reset their password. The grant was issued on '{issued}' and the TokensValidFrom date (before "
        "which tokens are not valid) for this user is '{valid_from}'.",
        "bad_token",
    ),
    53000: Known(
        _INTERACTION,
        "Device is not in required device state: compliant. Conditional Access policy requires a compliant device, "
        "and the device is not compliant.",
        "additional_action",
    ),
    54005: Known(
        _INVALID_GRANT,
        "OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing "
        "refresh token.",
    ),
    65001: Known(
        _INVALID_GRANT,
        "The user or administrator has not consented to use the application with ID '{app_id}' named '{app}'. Send an "
        "interactive authorization request for this user and resource.",
        "consent_required",
    ),
    65004: Known("access_denied", "User declined to consent to access the app."),
    70000: Known(
        _INVALID_GRANT, "Provided grant is invalid or malformed. The grant was issued for another client or was "
        "replaced.", "bad_token",
    ),
    70002: Known("invalid_request", "The request body must contain the following parameter: '{parameter}'."),
    70003: Known("unsupported_grant_type", "The app requested an unsupported grant type '{grant}'."),
    70008: Known(
        _INVALID_GRANT,
        "The provided authorization code or refresh token has expired due to inactivity. Send a new interactive "
        "authorization request for this user and resource.",
        "token_expired",
    ),
    70011: Known(
        "invalid_scope",
        "The provided request must include a 'scope' input parameter. The provided value for the input parameter "
        "'scope' is not valid. The scope {scope} is not valid.",
    ),
    70016: Known(
        "authorization_pending",
        "OAuth 2.0 device flow error. Authorization is pending. Continue polling.",
    ),
    70018: Known(
        "bad_verification_code", "Invalid verification code due to user typing in wrong user code for device code flow."
    ),
    70019: Known("expired_token", "Verification code expired. Have the user retry the sign-in."),
    70020: Known("expired_token", "The provided value for the input parameter 'device_code' is not valid. "
                 "This device code has expired."),
    70044: Known(_INTERACTION, "The session has expired or is invalid due to sign-in frequency checks."),
    90002: Known(
        "invalid_request",
        "Tenant '{tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the "
        "correct cloud. Check with your subscription administrator, this may happen if there are no active "
        "subscriptions for the tenant.",
    ),
    90013: Known("invalid_request", "Invalid input received from the user."),
    90014: Known(
        "invalid_request", "The required field '{parameter}' is missing from the credential. Ensure that you have all "
        "the necessary parameters for the login request.",
    ),
    90023: Known("invalid_request", "{reason}"),
    90094: Known(
        "consent_required",
        "The grant requires admin permission. The permissions {scopes} can be granted by an administrator only.",
    ),
    90095: Known(
        "consent_required", "Admin consent is required for the permissions requested by this application. An admin "
        "consent request may be sent to the admin.",
    ),
    500011: Known(
        "invalid_resource",
        "The resource principal named {resource} was not found in the tenant named Contoso. This can happen if the "
        "application has not been installed by the administrator of the tenant or consented to by any user in the "
        "tenant. You might have sent your authentication request to the wrong tenant.",
    ),
    500112: Known(
        "invalid_client",
        "The reply address '{uri}' does not match the reply address '{expected}' provided when requesting "
        "Authorization code.",
    ),
    500133: Known(
        _INVALID_GRANT,
        "Assertion is not within its valid time range. Ensure that the access token is not expired before using it "
        "for user assertion, or request a new token.",
        "bad_token",
    ),
    501481: Known(
        _INVALID_GRANT,
        "The Code_Verifier does not match the code_challenge supplied in the authorization request.",
    ),
    650053: Known(
        "invalid_client",
        "The application '{app}' asked for scope '{scope}' that doesn't exist on the resource '{resource}'. Contact "
        "the app vendor.",
    ),
    650057: Known(
        "invalid_resource",
        "Invalid resource. The client has requested access to a resource which is not listed in the requested "
        "permissions in the client's application registration. Client app ID: {app_id}.",
    ),
    700005: Known(
        _INVALID_GRANT, "Provided Authorization Code is intended to use against other client, thus rejected."
    ),
    700016: Known(
        "unauthorized_client",
        "Application with identifier '{app_id}' was not found in the directory 'Contoso'. This can happen if the "
        "application has not been installed by the administrator of the tenant or consented to by any user in the "
        "tenant. You may have sent your authentication request to the wrong tenant.",
    ),
    700025: Known(
        "invalid_client", "Client is public so neither 'client_assertion' nor 'client_secret' should be presented.",
        status=401,
    ),
    700027: Known("invalid_client", "The certificate with identifier used to sign the client assertion is not "
                  "registered on application, or the assertion is invalid. [Reason - {reason}.]", status=401),
    700054: Known(
        "unsupported_response_type", "response_type '{response_type}' is not enabled for the application."
    ),
    700082: Known(_INVALID_GRANT, "The refresh token has expired due to inactivity.", "token_expired"),
    1002012: Known(
        "invalid_scope",
        "The provided value for scope {scope} is not valid. Client credential flows must have a scope value with "
        "/.default suffixed to the resource identifier (application ID URI).",
    ),
    7000112: Known("unauthorized_client", "Application '{app_id}'({app}) is disabled."),
    7000114: Known(
        "unauthorized_client", "Application '{app_id}' is not allowed to make application on-behalf-of calls."
    ),
    7000215: Known(
        "invalid_client",
        "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not "
        "the client secret ID, for a secret added to app '{app_id}'.",
        status=401,
    ),
    7000218: Known(
        "invalid_client",
        "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
        status=401,
    ),
    7000222: Known(
        "invalid_client", "The provided client secret keys for app '{app_id}' are expired.", status=401
    ),
    7000229: Known(
        "invalid_client",
        "The client application {app_id} is missing service principal in the tenant {tenant}.",
        status=401,
    ),
    9002325: Known(
        "invalid_request", "Proof Key for Code Exchange is required for cross-origin authorization code redemption."
    ),
    9002326: Known("invalid_request", "The code_challenge_method '{method}' is not supported; use S256."),
}  # fmt: skip


class EntraRefused(Exception):
    """Entra says no. `claims` is the JSON text a client sends back to satisfy a policy."""

    def __init__(self, number: int, *, claims: str | None = None, error: str | None = None, **facts: str) -> None:
        known = KNOWN[number]
        super().__init__(f"AADSTS{number}")
        self.number = number
        self.error = error or known.error
        self.text = known.text.format_map(facts)
        self.suberror = known.suberror
        self.status = known.status
        self.claims = claims


@dataclass(frozen=True)
class Trace:
    """The identifiers and the moment that Entra writes into every error."""

    trace_id: str
    correlation_id: str
    stamp: str


def describe(refused: EntraRefused, trace: Trace) -> str:
    """The `error_description`, with the lines that support people ask for."""
    return (
        f"AADSTS{refused.number}: {refused.text}\r\nTrace ID: {trace.trace_id}\r\n"
        f"Correlation ID: {trace.correlation_id}\r\nTimestamp: {trace.stamp}"
    )


def error_document(refused: EntraRefused, trace: Trace, origin: str) -> dict[str, Any]:
    """The JSON body of a refusal at the token endpoint. Source: E:v2-oauth2-auth-code-flow, "Error responses"."""
    document: dict[str, Any] = {
        "error": refused.error,
        "error_description": describe(refused, trace),
        "error_codes": [refused.number],
        "timestamp": trace.stamp,
        "trace_id": trace.trace_id,
        "correlation_id": trace.correlation_id,
        "error_uri": f"{origin}/error?code={refused.number}",
    }
    if refused.suberror is not None:
        document["suberror"] = refused.suberror
    if refused.claims is not None:
        document["claims"] = refused.claims
    return document

"""The numbers of Entra's errors, each with its OAuth name, its text, its suberror and its status.

Source: E:reference-error-codes; names and suberrors as clients see them at the token endpoint.
"""

from __future__ import annotations

from dataclasses import dataclass


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
    16000: Known(
        _INTERACTION,
        "User account '{user}' from identity provider '{idp}' does not exist in tenant 'Contoso' and cannot access the "
        "application '{app_id}'({app}) in that tenant. The account needs to be added as an external user in the "
        "tenant first. Sign out and sign in again with a different Azure Active Directory user account.",
    ),
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
    50049: Known("invalid_instance", "Unknown or invalid instance."),
    50053: Known(
        _INVALID_GRANT,
        "The account is locked, you've tried to sign in too many times with an incorrect user ID or password.",
    ),
    50055: Known(_INVALID_GRANT, "The password is expired."),
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
    50072: Known(
        _INTERACTION,
        "Due to a configuration change made by your administrator, or because you moved to a new location, you must "
        "enroll in multi-factor authentication to access '{resource}'.",
        "basic_action",
    ),
    50074: Known(_INTERACTION, "Strong Authentication is required.", "basic_action"),
    50076: Known(
        _INTERACTION,
        "Due to a configuration change made by your administrator, or because you moved to a new location, you must "
        "use multi-factor authentication to access '{resource}'.",
        "basic_action",
    ),
    50079: Known(
        _INTERACTION,
        "Due to a configuration change made by your administrator, or because you moved to a new location, you must "
        "enroll in multi-factor authentication to access '{resource}'.",
        "basic_action",
    ),
    50097: Known(_INTERACTION, "Device authentication is required.", "additional_action"),
    50105: Known(
        _INTERACTION,
        "Your administrator has configured the application {app} ('{app_id}') to block users unless they are "
        "specifically granted ('assigned') access to the application. The signed in user '{user}' is blocked because "
        "they are not a direct member of a group with access, nor had access directly assigned by an administrator.",
    ),
    50126: Known(_INVALID_GRANT, "Error validating credentials due to invalid username or password."),
    50173: Known(
        _INVALID_GRANT,
        "The provided grant has expired due to it being revoked, a fresh auth token is needed. The user might have "
        "changed or reset their password. The grant was issued on '{issued}' and the TokensValidFrom date (before "
        "which tokens are not valid) for this user is '{valid_from}'.",
        "bad_token",
    ),
    50194: Known(
        "invalid_request",
        "Application '{app_id}'({app}) is not configured as a multi-tenant application. Usage of the /common endpoint "
        "is not supported for such applications created after '10/15/2018'. Use a tenant-specific endpoint or "
        "configure the application to be multi-tenant.",
    ),
    50196: Known(
        _INVALID_GRANT,
        "The server terminated an operation because it encountered a client request loop. Please contact your app "
        "vendor.",
    ),
    53000: Known(
        _INTERACTION,
        "Device is not in required device state: compliant. Conditional Access policy requires a compliant device, "
        "and the device is not compliant.",
        "additional_action",
    ),
    53001: Known(
        _INTERACTION,
        "Device is not in required device state: domain_joined. Conditional Access policy requires a domain joined "
        "device, and the device is not domain joined.",
        "additional_action",
    ),
    53003: Known(
        _INTERACTION,
        "Access has been blocked by Conditional Access policies. The access policy does not allow token issuance.",
        "message_only",
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
    65005: Known(
        "invalid_client",
        "The application '{app}' required resource access list does not contain applications discoverable by the "
        "resource, or the client application has requested access to resource, which was not specified in its "
        "required resource access list.",
    ),
    70000: Known(
        _INVALID_GRANT, "Provided grant is invalid or malformed. The grant was issued for another client or was "
        "replaced.", "bad_token",
    ),
    70001: Known("unauthorized_client", "Application with identifier {app_id} is disabled."),
    70002: Known("invalid_request", "The request body must contain the following parameter: '{parameter}'."),
    70003: Known("unsupported_grant_type", "The app requested an unsupported grant type '{grant}'."),
    70005: Known(
        "unsupported_response_type",
        "response_type '{response_type}' requires the 'openid' scope.",
    ),
    70007: Known(
        "unsupported_response_mode",
        "'{response_mode}' is not a supported value of 'response_mode' when requesting a token.",
    ),
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
    70043: Known(
        _INVALID_GRANT,
        "The refresh token has expired or is invalid due to sign-in frequency checks by Conditional Access. The token "
        "was issued on {issued} and the maximum allowed lifetime for this request is {seconds}.",
        "bad_token",
    ),
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
    90015: Known("invalid_request", "Requested query string is too long."),
    90023: Known("invalid_request", "{reason}"),
    90033: Known(
        "temporarily_unavailable", "A transient error has occurred. Please try again.", status=503
    ),
    90055: Known(
        "temporarily_unavailable", "The request was throttled. There are too many incoming requests.", status=429
    ),
    90093: Known(
        "access_denied",
        "This operation can only be performed by an administrator. Sign out and sign in as an administrator or contact "
        "one of your organization's administrators.",
    ),
    90094: Known(
        "consent_required",
        "The grant requires admin permission. The permissions {scopes} can be granted by an administrator only.",
    ),
    90095: Known(
        "consent_required", "Admin consent is required for the permissions requested by this application. An admin "
        "consent request may be sent to the admin.",
    ),
    90119: Known("invalid_request", "The user code is null or empty."),
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
    501491: Known("invalid_request", "Invalid size of Code_Challenge parameter."),
    650052: Known(
        "invalid_client",
        "The app is trying to access a service '{resource}' that your organization 'Contoso' lacks a service principal "
        "for. Contact your IT Admin to review the configuration of your service subscriptions or consent to the "
        "application in order to create the required service principal.",
    ),
    650053: Known(
        "invalid_client",
        "The application '{app}' asked for scope '{scope}' that doesn't exist on the resource '{resource}'. Contact "
        "the app vendor.",
    ),
    650056: Known(
        "invalid_client",
        "Misconfigured application. This could be due to one of the following: the client has not listed any "
        "permissions for '{resource}' in the requested permissions in the client's application registration. Or, the "
        "admin has not consented in the tenant. Or, check the application identifier in the request to ensure it "
        "matches the configured client application identifier. Please contact your admin to fix the configuration or "
        "consent on behalf of the tenant. Client app ID: {app_id}.",
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
    700024: Known(
        "invalid_client",
        "Client assertion is not within its valid time range. Current time: {now}, assertion valid from {from_time}, "
        "expiry time of assertion {to_time}.",
        status=401,
    ),
    700025: Known(
        "invalid_client", "Client is public so neither 'client_assertion' nor 'client_secret' should be presented.",
        status=401,
    ),
    700027: Known("invalid_client", "The certificate with identifier used to sign the client assertion is not "
                  "registered on application, or the assertion is invalid. [Reason - {reason}.]", status=401),
    700051: Known(
        "unsupported_response_type", "response_type 'token' is not enabled for the application."
    ),
    700054: Known(
        "unsupported_response_type", "response_type '{response_type}' is not enabled for the application."
    ),
    700082: Known(
        _INVALID_GRANT,
        "The refresh token has expired due to inactivity. The token was issued on {issued} and was inactive for "
        "90.00:00:00.",
        "token_expired",
    ),
    700084: Known(
        _INVALID_GRANT,
        "The refresh token was issued to a single page app (SPA), and therefore has a fixed, limited lifetime of "
        "1.00:00:00, which cannot be extended. It is now expired and a new sign in request must be sent by the SPA to "
        "the sign in page. The token was issued on {issued}.",
    ),
    700211: Known(
        "invalid_client",
        "No matching federated identity record found for presented assertion issuer '{issuer}'. Check your federated "
        "identity credential Subject, Audience and Issuer against the presented assertion.",
        status=401,
    ),
    700212: Known(
        "invalid_client",
        "No matching federated identity record found for presented assertion audience '{audience}'. Check your "
        "federated identity credential Subject, Audience and Issuer against the presented assertion.",
        status=401,
    ),
    700213: Known(
        "invalid_client",
        "No matching federated identity record found for presented assertion subject '{subject}'. Check your federated "
        "identity credential Subject, Audience and Issuer against the presented assertion.",
        status=401,
    ),
    700229: Known(
        "invalid_client",
        "Only app-only tokens can be used as Federated Identity Credentials for Microsoft Entra issuer.",
        status=401,
    ),
    900144: Known("invalid_request", "The request body must contain the following parameter: '{parameter}'."),
    900561: Known(
        "invalid_request", "The endpoint only accepts {accepted} requests. Received a {method} request."
    ),
    900941: Known(
        "access_denied",
        "Administrator consent is required. App is considered risky, because its publisher is not verified.",
    ),
    900981: Known(
        "access_denied",
        "An administrator has set a policy that prevents you from granting {app} the permissions it is requesting. "
        "App is considered risky.",
    ),
    901002: Known("invalid_request", "The 'resource' request parameter is not supported."),
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
    7000216: Known(
        "invalid_client",
        "'client_assertion', 'client_secret' or 'request' is required for the 'client_credentials' grant type.",
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
    9000411: Known(
        "invalid_request", "The request is not properly formatted. The parameter '{parameter}' is duplicated."
    ),
    9001023: Known(
        "invalid_request",
        "The grant type is not supported over the /common or /consumers endpoints. Please use the /organizations or "
        "tenant-specific endpoint.",
    ),
    9002325: Known(
        "invalid_request", "Proof Key for Code Exchange is required for cross-origin authorization code redemption."
    ),
    9002326: Known(
        "invalid_request",
        "Cross-origin token redemption is permitted only for the 'Single-Page Application' client-type. Request "
        "origin: '{origin}'.",
    ),
    9002327: Known(
        "invalid_request",
        "Tokens issued for the 'Single-Page Application' client-type may only be redeemed via cross-origin requests.",
    ),
    9002332: Known(
        "unauthorized_client",
        "Application '{app_id}'({app}) is configured for use by Microsoft Entra users only. Please do not use the "
        "/consumers endpoint to serve this request.",
    ),
}  # fmt: skip

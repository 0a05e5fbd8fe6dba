"""Subscriptions to changes: the handshake, creating, listing, renewing, deleting.

Source: Graph v1.0, resources/subscription.md, api/subscription-post-subscriptions.md; graph.md 9.1
"""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import quote, urlsplit

from liaison.tenant.estate import subscriptions
from liaison.tenant.estate.origins import is_loopback_name
from liaison.tenant.estate.subscriptions import Subscription
from liaison.tenant.graph.access import signed_in_user
from liaison.tenant.graph.errors import Backend, GraphError, forbidden, missing_scopes
from liaison.tenant.graph.permissions import ANYONE
from liaison.tenant.graph.requests import Ask
from liaison.tenant.graph.responses import NO_CONTENT, Answer, Json
from liaison.tenant.graph.rich_notifications import read_certificate
from liaison.tenant.graph.schema import SUBSCRIPTION
from liaison.tenant.graph.shapes import collection, entity
from liaison.tenant.graph.table import operations
from liaison.tenant.graph.watching import Watch, read_watch
from liaison.tenant.graph.wild import Wild

_HANDSHAKE_LIMIT_S = 10.0
_LEAST_LIFE_S = 45 * 60.0
_LIFECYCLE_FREE_S = 3600.0
_CLIENT_STATE_LIMIT = 128
_APP_QUOTA = 100
_HANDSHAKE_FAILED = "Subscription validation request failed. Must respond with 200 OK to this request."
_LIFECYCLE_NEEDED = (
    "lifecycleNotificationUrl is a required property for subscription creation on this resource when the "
    "expirationDateTime value is set to greater than 1 hour."
)


def subscription_body(ask: Ask, subscription: Subscription) -> Json:
    """A subscription as its app sees it; the client state is told only when it is made, the certificate never."""
    certificate = subscriptions.find_certificate(ask.estate, subscription.id)
    return {
        "id": subscription.id,
        "resource": subscription.resource,
        "applicationId": subscription.app_id,
        "changeType": subscription.change_type,
        "clientState": None,
        "notificationUrl": subscription.notification_url,
        "notificationQueryOptions": None,
        "lifecycleNotificationUrl": subscription.lifecycle_url,
        "expirationDateTime": _moment(subscription.expires),
        "creatorId": subscription.creator_id,
        "includeResourceData": None if certificate is None else True,
        "latestSupportedTlsVersion": subscription.tls_version,
        "encryptionCertificate": None,
        "encryptionCertificateId": None if certificate is None else certificate[1],
        "notificationUrlAppId": None,
    }


async def create_subscription(ask: Ask) -> Answer:
    """`POST /subscriptions`: 201 once both addresses have answered the handshake."""
    body = ask.json().only(SUBSCRIPTION, "microsoft.graph.subscription")
    watch = _read_watch(ask, body.text("resource"))
    change_type = _read_change_type(body, watch)
    expires = _read_expiry(ask, body, watch)
    lifecycle = body.optional_text("lifecycleNotificationUrl")
    if watch.is_teams and lifecycle is None and expires > ask.estate.clock.seconds() + _LIFECYCLE_FREE_S:
        raise _invalid(_LIFECYCLE_NEEDED)
    client_state = body.optional_text("clientState")
    if client_state is not None and len(client_state) > _CLIENT_STATE_LIMIT:
        raise _invalid(f"clientState has more than {_CLIENT_STATE_LIMIT} characters.")
    certificate = read_certificate(body, watch)
    subscriptions.drop_expired_subscriptions(ask.estate)
    key = f"{watch.topic} {watch.container}"
    _require_new(ask, change_type, key)
    for address in (body.text("notificationUrl"), lifecycle):
        if address is not None:
            await _shake_hands(ask, address)
    _require_new(ask, change_type, key)
    made = Subscription(
        id=ask.estate.ids.guid(),
        app_id=ask.caller.app_id,
        creator_id=ask.caller.object_id,
        resource=body.text("resource"),
        resource_key=key,
        change_type=change_type,
        notification_url=body.text("notificationUrl"),
        lifecycle_url=lifecycle,
        client_state=client_state,
        tls_version=body.optional_text("latestSupportedTlsVersion") or "v1_2",
        topic=watch.topic,
        container=watch.container,
        expires=expires,
        renewed=ask.estate.clock.seconds(),
    )
    with ask.estate.db.change():
        subscriptions.add_subscription(ask.estate, made)
        if certificate is not None:
            subscriptions.keep_certificate(ask.estate, made.id, *certificate)
    told = subscription_body(ask, made) | {"clientState": client_state}
    return Answer(201, entity(ask.context("subscriptions/$entity"), told))


def list_subscriptions(ask: Ask) -> Answer:
    """`GET /subscriptions`: the app's own. Source: Graph v1.0, api/subscription-list.md"""
    found = subscriptions.list_subscriptions(ask.estate, ask.caller.app_id)
    return Answer(body=collection(ask.context("subscriptions"), [subscription_body(ask, one) for one in found]))


def read_subscription(ask: Ask) -> Answer:
    """`GET /subscriptions/{id}`."""
    return Answer(body=entity(ask.context("subscriptions/$entity"), subscription_body(ask, _asked_subscription(ask))))


def renew_subscription(ask: Ask) -> Answer:
    """`PATCH /subscriptions/{id}`: 200; a lifecycle address cannot be added later. Source: subscription-update.md"""
    subscription = _asked_subscription(ask)
    body = ask.json()
    if (
        body.has("lifecycleNotificationUrl")
        and body.optional_text("lifecycleNotificationUrl") != subscription.lifecycle_url
    ):
        raise _invalid("lifecycleNotificationUrl cannot be changed.")
    watch = _read_watch(ask, subscription.resource)
    expires = _read_expiry(ask, body, watch)
    subscriptions.renew_subscription(ask.estate, subscription.id, expires)
    return read_subscription(ask)


def delete_subscription(ask: Ask) -> Answer:
    """`DELETE /subscriptions/{id}`: 204."""
    subscriptions.delete_subscription(ask.estate, _asked_subscription(ask).id)
    return NO_CONTENT


def reauthorize(ask: Ask) -> Answer:
    """`POST /subscriptions/{id}/reauthorize`: 204; the end of the subscription does not move."""
    subscription = _asked_subscription(ask)
    subscriptions.renew_subscription(ask.estate, subscription.id, subscription.expires)
    return NO_CONTENT


def _asked_subscription(ask: Ask) -> Subscription:
    found = subscriptions.find_subscription(ask.estate, ask.params["subscription"])
    if found is None or found.app_id != ask.caller.app_id:
        raise GraphError(404, "ResourceNotFound", "The object was not found.")
    return found


def _read_watch(ask: Ask, resource: str) -> Watch:
    watch = read_watch(ask.estate, resource)
    if watch is None:
        raise _invalid(f"Unsupported resource '{resource}'.")
    if watch.app_only and ask.is_delegated:
        raise forbidden(Backend.TEAMS, "The resource can be watched with application permissions only.")
    if not watch.needs.allows(ask.caller):
        enough = watch.needs.application if ask.caller.is_application else watch.needs.delegated
        raise missing_scopes(Backend.TEAMS, enough, ask.caller.is_application)
    if ask.is_delegated:
        signed_in_user(ask)
    return watch


def _read_change_type(body: Wild, watch: Watch) -> str:
    """The kinds of change in a fixed order; raises 400 for one that the resource does not tell."""
    asked = {part.strip().lower() for part in body.text("changeType").split(",")}
    if not asked or not asked <= watch.changes:
        raise _invalid(f"The changeType must be among {', '.join(sorted(watch.changes))} for this resource.")
    return ",".join(sorted(asked))


def _read_expiry(ask: Ask, body: Wild, watch: Watch) -> float:
    """The end of a subscription; raised to 45 minutes, refused beyond the resource's limit."""
    text = body.text("expirationDateTime")
    try:
        asked = datetime.fromisoformat(text)
    except ValueError as error:
        raise _invalid("expirationDateTime must be an ISO 8601 moment.") from error
    now = ask.estate.clock.seconds()
    expires = (asked if asked.tzinfo else asked.replace(tzinfo=UTC)).timestamp()
    if expires <= now:
        raise _invalid("Subscription expiration must be in the future.")
    # A minute of grace for clocks that differ.
    if expires > now + watch.life_min * 60 + 60:
        raise _invalid(f"Subscription expiration can only be {watch.life_min} minutes in the future.")
    return max(expires, now + _LEAST_LIFE_S)


def _require_new(ask: Ask, change_type: str, key: str) -> None:
    found = subscriptions.find_equal_subscription(ask.estate, ask.caller.app_id, change_type, key)
    if found is not None:
        raise GraphError(409, "Conflict", f"Subscription Id {found.id} already exists for the requested combination")
    if len(subscriptions.list_subscriptions(ask.estate, ask.caller.app_id)) >= _APP_QUOTA * 100:
        raise forbidden(Backend.TEAMS, "The maximum number of subscriptions has been reached.")


async def _shake_hands(ask: Ask, address: str) -> None:
    """Ask an address to send a token back within ten seconds. This tenant calls addresses on this machine only."""
    import httpx2  # noqa: PLC0415 - large, and needed only where somebody asked to be told

    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not is_loopback_name(parts.hostname or ""):
        raise _invalid(f"{_HANDSHAKE_FAILED} This tenant reaches addresses on its own machine only.")
    token = f"Validation: Testing client application reachability for subscription Request-Id: {ask.estate.ids.guid()}"
    joined = f"{address}{'&' if parts.query else '?'}validationToken={quote(token, safe='')}"
    try:
        async with httpx2.AsyncClient(timeout=_HANDSHAKE_LIMIT_S, verify=False, trust_env=False) as client:
            answered = await client.post(joined, headers={"Content-Type": "text/plain; charset=utf-8"})
    except httpx2.HTTPError as error:
        raise _invalid(_HANDSHAKE_FAILED) from error
    if answered.status_code != 200 or answered.text != token:
        raise _invalid(_HANDSHAKE_FAILED)


def _invalid(message: str) -> GraphError:
    return GraphError(400, "InvalidRequest", message)


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


OPERATIONS = operations(
    Backend.TEAMS,
    ("GET", "subscriptions", list_subscriptions, ANYONE),
    ("POST", "subscriptions", create_subscription, ANYONE),
    ("GET", "subscriptions/{subscription}", read_subscription, ANYONE),
    ("PATCH", "subscriptions/{subscription}", renew_subscription, ANYONE),
    ("DELETE", "subscriptions/{subscription}", delete_subscription, ANYONE),
    ("POST", "subscriptions/{subscription}/reauthorize", reauthorize, ANYONE),
    ("POST", "subscriptions/{subscription}/graph.reauthorize", reauthorize, ANYONE),
)

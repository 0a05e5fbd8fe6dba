"""Section 9 of the Graph contract: subscriptions, and the delta of groups and people."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.local_tenant import LocalTenant
from tests.tenant.examples.graph_shapes import answered, error, plain
from tests.tenant.graph_client import NORTHWIND, VENTES, bind, person

NAMES = {VENTES: "{T}", NORTHWIND: "{N}"}


def asked(address: str, minutes: float, **more: Any) -> dict[str, Any]:
    """The body of the contract's example, for an address and a life."""
    expires = datetime.now(UTC) + timedelta(minutes=minutes)
    return {
        "changeType": "created,updated,deleted",
        "resource": f"/teams/{VENTES}/channels",
        "notificationUrl": address,
        "expirationDateTime": expires.isoformat(),
        "clientState": "kq8",
        "latestSupportedTlsVersion": "v1_2",
        **more,
    }


def test_a_long_subscription_needs_a_lifecycle_address_9_1(tenant: LocalTenant) -> None:
    claire = person(tenant, "Claire")
    assert answered(claire.call("POST", "/subscriptions", asked("http://127.0.0.1:9/", 70)), tenant) == error(
        400,
        "InvalidRequest",
        (
            "lifecycleNotificationUrl is a required property for subscription creation on "
            "this resource when the expirationDateTime value is set to greater than 1 "
            "hour."
        ),
    )


def test_an_address_must_repeat_the_token_9_1(tenant: LocalTenant) -> None:
    claire = person(tenant, "Claire")
    assert answered(claire.call("POST", "/subscriptions", asked("http://127.0.0.1:9/", 50)), tenant) == error(
        400, "InvalidRequest", ("Subscription validation request failed. Must respond with 200 OK to this request.")
    )


def test_life_kind_and_resource_are_checked_9_1(tenant: LocalTenant) -> None:
    claire = person(tenant, "Claire")
    address = "http://127.0.0.1:9/"
    assert answered(claire.call("POST", "/subscriptions", asked(address, 4400)), tenant) == error(
        400, "InvalidRequest", "Subscription expiration can only be 4320 minutes in the future."
    )
    assert answered(claire.call("POST", "/subscriptions", asked(address, -5)), tenant) == error(
        400, "InvalidRequest", "Subscription expiration must be in the future."
    )
    assert answered(claire.call("POST", "/subscriptions", asked(address, 50, resource="/me/unknown")), tenant) == error(
        400, "InvalidRequest", "Unsupported resource '/me/unknown'."
    )
    drive = claire.get(f"/groups/{VENTES}/drive")["id"]
    assert answered(
        claire.call("POST", "/subscriptions", asked(address, 50, resource=f"/drives/{drive}/root")), tenant
    ) == error(400, "InvalidRequest", "The changeType must be among updated for this resource.")


def test_a_subscription_to_nothing_is_not_found_9_1(tenant: LocalTenant) -> None:
    assert answered(
        person(tenant, "Claire").call("GET", "/subscriptions/0f7c2b5e-3d41-4b0a-9a3e-6c1d2e8f4a77"), tenant
    ) == error(404, "ResourceNotFound", "The object was not found.")
    assert answered(person(tenant, "Claire").call("GET", "/subscriptions"), tenant) == (
        200,
        {"@odata.context": "ORIGIN/v1.0/$metadata#subscriptions", "value": []},
    )


def test_groups_tell_their_people_in_a_first_reading_and_then_who_came_and_went_9_3(tenant: LocalTenant) -> None:
    claire = person(tenant, "Claire")
    path = f"/groups/delta?$select=displayName,description,members&$filter=id eq '{NORTHWIND}'"
    first = claire.call("GET", path)
    assert answered(first, tenant, NAMES) == (
        200,
        {
            "@odata.context": "ORIGIN/v1.0/$metadata#groups(displayName,description,members)",
            "@odata.deltaLink": (
                "ORIGIN/v1.0/groups/delta?$select=displayName%2Cdescription%2Cmembers&$filter=id+"
                "eq+%27{N}%27&$deltatoken=TOKEN"
            ),
            "value": [
                {
                    "displayName": "Northwind account",
                    "description": "Everything about Northwind Traders",
                    "id": "{N}",
                    "members@delta": [
                        {"@odata.type": "#microsoft.graph.user", "id": "GUID"},
                        {"@odata.type": "#microsoft.graph.user", "id": "GUID"},
                        {"@odata.type": "#microsoft.graph.user", "id": "GUID"},
                        {"@odata.type": "#microsoft.graph.user", "id": "GUID"},
                    ],
                }
            ],
        },
    )
    claire.post(f"/teams/{NORTHWIND}/members", bind(tenant, "Sofia"))
    oliver = claire.get(f"/teams/{NORTHWIND}/members?$filter=displayName eq 'Oliver Grant'")["value"][0]["id"]
    claire.delete(f"/teams/{NORTHWIND}/members/{oliver}")
    people = {tenant.person("Sofia").id: "{sofia}", tenant.person("Oliver").id: "{oliver}"}
    second = claire.call("GET", first.json()["@odata.deltaLink"])
    assert plain(second.json()["value"], tenant, {**NAMES, **people}) == [
        {
            "displayName": "Northwind account",
            "description": "Everything about Northwind Traders",
            "id": "{N}",
            "members@delta": [
                {"@odata.type": "#microsoft.graph.user", "id": "{sofia}"},
                {"@odata.type": "#microsoft.graph.user", "id": "{oliver}", "@removed": {"reason": "deleted"}},
            ],
        }
    ]
    assert claire.get(second.json()["@odata.deltaLink"])["value"] == []


def test_a_deleted_group_is_told_as_restorable_9_3(tenant: LocalTenant) -> None:
    claire = person(tenant, "Claire")
    link = claire.get("/groups/delta?$deltatoken=latest")["@odata.deltaLink"]
    claire.delete(f"/groups/{NORTHWIND}")
    assert plain(claire.get(link)["value"], tenant, NAMES) == [{"id": "{N}", "@removed": {"reason": "changed"}}]


def test_a_delta_refuses_what_it_does_not_support_9_3(tenant: LocalTenant) -> None:
    claire = person(tenant, "Claire")
    assert answered(claire.call("GET", "/groups/delta?$expand=members"), tenant) == error(
        400, "Request_UnsupportedQuery", "The query option '$expand' is not supported."
    )
    assert answered(claire.call("GET", "/groups/delta?$filter=displayName eq 'x'"), tenant) == error(
        400, "Request_UnsupportedQuery", "Only a filter on id is supported."
    )
    assert answered(claire.call("GET", "/groups/delta?$deltatoken=old"), tenant, {}, "location") == (
        *error(
            410, "syncStateNotFound", ("The sync state generation is not found; please start over without a token.")
        ),
        "ORIGIN/v1.0/groups/delta",
    )


def test_changes_of_people_are_followed_9_3(tenant: LocalTenant) -> None:
    nadia = person(tenant, "Nadia", "User.ReadWrite.All User.Read.All")
    link = nadia.get("/users/delta?$select=displayName,jobTitle&$deltatoken=latest")["@odata.deltaLink"]
    nadia.call("PATCH", "/users/oliver.grant@contoso.com", {"jobTitle": "Director"})
    assert plain(nadia.get(link)["value"], tenant) == [
        {"displayName": "Oliver Grant", "jobTitle": "Director", "id": "GUID"}
    ]

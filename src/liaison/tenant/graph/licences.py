"""Licences of people and of the organisation. Source: Graph v1.0, resources/licensedetails.md; graph.md 7.1"""

from __future__ import annotations

import uuid

from liaison.tenant.estate import people
from liaison.tenant.estate.people import ServicePlan, Sku
from liaison.tenant.graph.access import asked_user
from liaison.tenant.graph.errors import Backend, GraphError, forbidden
from liaison.tenant.graph.permissions import LICENCES_READ, MY_LICENCES, SKUS_READ
from liaison.tenant.graph.requests import Ask
from liaison.tenant.graph.responses import Answer, Json
from liaison.tenant.graph.shapes import collection, entity
from liaison.tenant.graph.table import operations
from liaison.tenant.seeds.company import TENANT_ID, TENANT_NAME


def list_licence_details(ask: Ask) -> Answer:
    """`GET /me/licenseDetails`, `/users/{user}/licenseDetails`; one's own need less."""
    user = asked_user(ask)
    is_self = ask.is_delegated and user.id == ask.caller.object_id
    if not is_self and not LICENCES_READ.allows(ask.caller):
        raise forbidden(Backend.DIRECTORY)
    values: list[Json] = [
        {
            "id": str(uuid.uuid5(uuid.UUID(user.id), licence.sku.id)),
            "skuId": licence.sku.id,
            "skuPartNumber": licence.sku.part_number,
            "servicePlans": [_plan(plan, licence.status(plan)) for plan in licence.sku.plans],
        }
        for licence in people.user_licences(ask.estate, user.id)
    ]
    return Answer(body=collection(ask.context(f"users('{user.id}')/licenseDetails"), values))


def list_skus(ask: Ask) -> Answer:
    """`GET /subscribedSkus`. Source: Graph v1.0, api/subscribedsku-list.md"""
    values = [_sku(ask, sku) for sku in people.list_skus(ask.estate)]
    return Answer(body=collection(ask.context("subscribedSkus"), values))


def read_sku(ask: Ask) -> Answer:
    """`GET /subscribedSkus/{id}`. Source: Graph v1.0, api/subscribedsku-get.md"""
    for sku in people.list_skus(ask.estate):
        if ask.params["sku"] in (sku.id, f"{TENANT_ID}_{sku.id}"):
            return Answer(body=entity(ask.context("subscribedSkus/$entity"), _sku(ask, sku)))
    raise GraphError(404, "Request_ResourceNotFound", f"Resource '{ask.params['sku']}' does not exist.")


def _sku(ask: Ask, sku: Sku) -> Json:
    return {
        "id": f"{TENANT_ID}_{sku.id}",
        "accountId": TENANT_ID,
        "accountName": TENANT_NAME,
        "appliesTo": "User",
        "capabilityStatus": "Enabled",
        "consumedUnits": people.consumed_units(ask.estate, sku.id),
        "skuId": sku.id,
        "skuPartNumber": sku.part_number,
        "subscriptionIds": [str(uuid.uuid5(uuid.UUID(TENANT_ID), sku.id))],
        "prepaidUnits": {"enabled": sku.enabled_units, "suspended": 0, "warning": 0, "lockedOut": 0},
        "servicePlans": [_plan(plan, "Success") for plan in sku.plans],
    }


def _plan(plan: ServicePlan, status: str) -> Json:
    return {
        "servicePlanId": plan.id,
        "servicePlanName": plan.name,
        "provisioningStatus": status,
        "appliesTo": plan.applies_to,
    }


OPERATIONS = operations(
    Backend.DIRECTORY,
    ("GET", "me/licenseDetails", list_licence_details, MY_LICENCES),
    ("GET", "users/{user}/licenseDetails", list_licence_details, LICENCES_READ),
    ("GET", "subscribedSkus", list_skus, SKUS_READ),
    ("GET", "subscribedSkus/{sku}", read_sku, SKUS_READ),
)

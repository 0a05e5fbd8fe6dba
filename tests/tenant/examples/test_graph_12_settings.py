"""Section 12 of the Graph contract: SharePoint's settings, unmanaged devices and the policies they leave."""

from __future__ import annotations

from tests.local_tenant import LocalTenant
from tests.tenant.examples.graph_shapes import answered, error
from tests.tenant.graph_client import VENTES, application, person


def test_the_settings_say_nothing_of_unmanaged_devices_12(tenant: LocalTenant) -> None:
    found = application(tenant, "SharePointTenantSettings.Read.All").get("/admin/sharepoint/settings")
    assert [name for name in found if "device" in name.lower() or "conditional" in name.lower()] == []
    assert (
        found["sharingCapability"],
        found["isLegacyAuthProtocolsEnabled"],
        found["isUnmanagedSyncAppForTenantRestricted"],
    ) == ("externalUserSharingOnly", False, False)


def test_a_policy_tells_that_unmanaged_devices_are_limited_12(tenant: LocalTenant) -> None:
    nadia = person(tenant, "Nadia")
    assert answered(nadia.call("GET", "/identity/conditionalAccess/policies"), tenant) == (
        200,
        {"@odata.context": "ORIGIN/v1.0/$metadata#identity/conditionalAccess/policies", "value": []},
    )
    tenant.switch(graph__unmanaged_devices="limited")
    assert answered(nadia.call("GET", "/identity/conditionalAccess/policies"), tenant) == (
        200,
        {
            "@odata.context": "ORIGIN/v1.0/$metadata#identity/conditionalAccess/policies",
            "value": [
                {
                    "id": "GUID",
                    "displayName": (
                        "[SharePoint admin center]Use app-enforced Restrictions for browser access - 2026/01/12"
                    ),
                    "createdDateTime": "TIME",
                    "modifiedDateTime": None,
                    "state": "enabled",
                    "sessionControls": {"applicationEnforcedRestrictions": {"isEnabled": True}},
                    "grantControls": None,
                    "conditions": {
                        "clientAppTypes": ["browser"],
                        "applications": {
                            "includeApplications": ["GUID"],
                            "excludeApplications": [],
                            "includeUserActions": [],
                        },
                        "users": {
                            "includeUsers": ["All"],
                            "excludeUsers": [],
                            "includeGroups": [],
                            "excludeGroups": [],
                            "includeRoles": [],
                            "excludeRoles": [],
                        },
                    },
                }
            ],
        },
    )


def test_people_on_unmanaged_devices_are_refused_and_applications_are_not_12(tenant: LocalTenant) -> None:
    tenant.switch(graph__unmanaged_devices="block")
    assert answered(person(tenant, "Claire").call("GET", f"/groups/{VENTES}/drive"), tenant) == error(
        403,
        "accessDenied",
        ("Due to organizational policies, you can't access this resource from this untrusted device."),
    )
    assert application(tenant, "Files.Read.All").call("GET", f"/groups/{VENTES}/drive").status_code == 200

"""The npm client dynamics-web-api, unmodified, where the product changes table definitions and asks for rights."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from tests.local_tenant import LocalTenant
from tests.sdk.test_dynamics_web_api import run_script
from tests.tenant.crm_client import crm

SCRIPT = Path(__file__).parent / "js" / "table_settings.mjs"


def test_a_table_is_read_changed_and_published_and_a_location_and_rights_are_told(tenant: LocalTenant) -> None:
    client = crm(tenant)
    (user,) = client.rows(
        f"systemusers?$select=systemuserid&$filter=azureactivedirectoryobjectid eq {tenant.person('Claire').id}"
    )
    (location,) = client.rows("sharepointdocumentlocations?$select=name&$top=1")
    given = {"user": user["systemuserid"], "location": location["sharepointdocumentlocationid"]}
    token = tenant.token("Nadia", "user_impersonation", audience=tenant.https)
    told = run_script(SCRIPT, tenant, token, given)
    assert (told["name"], told["before"], told["after"]) == ("contact", False, True)
    assert told["privileges"] > 10
    # Blank, since the site has no grid part. Source: dataverse.md section 6
    assert (urlsplit(told["place"]["absolute"]).scheme, told["place"]["site"]) == ("https", "")

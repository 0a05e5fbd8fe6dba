"""openid-client (npm), unmodified: what any relying party asks of the local tenant's Entra ID."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

from liaison.tenant.seeds.public_clients import AZURE_CLI_APP_ID
from tests.local_tenant import LocalTenant
from tests.tenant.browser import CALLBACK, PersonsBrowser

SCRIPT = Path(__file__).parent / "js" / "openid_client.mjs"


def test_a_relying_party_goes_through_every_grant(tenant: LocalTenant) -> None:
    party, job = tenant.app("delegated"), tenant.app("application")
    told = {
        "ISSUER": f"{tenant.authority}/v2.0",
        "APP_ID": party["client_id"],
        "APP_SECRET": party["client_secret"],
        "JOB_ID": job["client_id"],
        "JOB_SECRET": job["client_secret"],
        "DEVICE_ID": AZURE_CLI_APP_ID,
        "CALLBACK": CALLBACK,
        "NODE_EXTRA_CA_CERTS": str(tenant.ca),
    }
    with subprocess.Popen(
        ["node", str(SCRIPT)], env={**os.environ, **told}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process, PersonsBrowser(tenant.https, verify=tenant.tls) as browser:  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None
        page = browser.open(json.loads(process.stdout.readline())["address"])
        page = browser.press(page, "user", tenant.person("Claire").id)
        if page.title == "Permissions requested":
            page = browser.press(page, "decision", "accept")
        process.stdin.write(page.headers["location"] + "\n")
        process.stdin.flush()
        answer = json.loads(process.stdout.readline())
    assert answer == {
        "issuer": True,
        "username": "claire.fontaine@contoso.com",
        "name": "Claire Fontaine",
        "again": ["invalid_grant", 400],
        "scopes": ["User.Read", "email", "openid", "profile"],
        "job": ["bearer", "bearer"],
        "device": ["string", f"{tenant.https}/common/oauth2/deviceauth"],
        "out": f"/{tenant.id}/oauth2/v2.0/logout",
    }

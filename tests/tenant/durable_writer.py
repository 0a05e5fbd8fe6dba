"""Writes to every part of a tenant in turn, and says after each write what has been acknowledged, one line each."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

import httpx2

from liaison.tenant.app import build_app
from liaison.tenant.estate import Estate, open_estate
from liaison.tenant.estate.callers import bearer
from liaison.tenant.estate.grants import create_grant
from liaison.tenant.seeds import seed
from liaison.tenant.seeds.company import DELEGATED_APP_ID, person

CRM = "http://localhost"


def say(sql: str, value: str, **more: Any) -> None:
    os.write(1, json.dumps({"sql": sql, "value": value, **more}).encode() + b"\n")


async def write_all(estate: Estate, client: httpx2.AsyncClient, number: int) -> None:
    graph = {"Authorization": bearer(estate, person("Claire").id, ["Files.ReadWrite.All", "Group.ReadWrite.All"],
                                     app_id=DELEGATED_APP_ID)}  # fmt: skip
    crm = {"Authorization": bearer(estate, person("Nadia").id, ["user_impersonation"], app_id=DELEGATED_APP_ID,
                                   audience=CRM)}  # fmt: skip
    name = f"durable {os.getpid()} {number}"
    made = await client.post("/api/data/v9.2/accounts", json={"name": name}, headers=crm)
    made.raise_for_status()
    say('SELECT 1 FROM "contoso-sales.account" WHERE name = ?', name)
    group = {"displayName": name, "mailNickname": f"durable{os.getpid()}{number}", "mailEnabled": True,
             "securityEnabled": False, "groupTypes": ["Unified"]}  # fmt: skip
    made = await client.post("/v1.0/groups", json=group, headers=graph)
    made.raise_for_status()
    say("SELECT 1 FROM groups WHERE display_name = ?", name)
    made = await client.put(f"/v1.0/me/drive/root:/{number}-{os.getpid()}.txt:/content", content=name, headers=graph)
    made.raise_for_status()
    say("SELECT blob FROM drive_items WHERE id = ?", made.json()["id"], content=name)
    client_id, resource = f"client-{os.getpid()}-{number}", "00000003-0000-0000-c000-000000000000"
    create_grant(estate, client_id, resource, frozenset({"User.Read"}), person("Claire").id)
    say("SELECT 1 FROM permission_grants WHERE client_id = ?", client_id)


async def main(folder: Path, writes: int) -> None:
    estate = open_estate(folder)
    app = build_app(estate)
    seed(estate)
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url=CRM) as client:
        for number in range(writes):
            await write_all(estate, client, number)
    estate.db.close()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))

"""No request makes Graph fail: every operation with odd keys, odd options and odd bodies."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

import pytest

from liaison.tenant.graph.routes import OPERATIONS
from liaison.tenant.graph.table import Operation
from liaison.tenant.seeds.company import DELEGATED_APP_ID, GLOBAL_ADMINISTRATOR
from liaison.tenant.seeds.teamwork import LIAISON_CATALOGUE_ID, channel_id
from tests.local_tenant import LocalTenant
from tests.tenant.graph_client import EVERYTHING, VENTES, Graph, application

_BODIES: tuple[Any, ...] = (
    {},
    {"displayName": 1, "members": "x", "values": [1], "configuration": 3, "name": [], "folder": {}},
    {"displayName": "\u0000", "mailNickname": "é", "mailEnabled": True, "securityEnabled": False, "groupTypes": [1]},
    {"name": "a" * 300, "folder": {}, "parentReference": {"id": 1}, "@microsoft.graph.conflictBehavior": 5},
    {"user@odata.bind": 7, "teamsApp@odata.bind": None, "template@odata.bind": {}, "@odata.id": 3, "roles": "owner"},
    {"body": "x", "attachments": [{}], "mentions": [[]], "importance": {}, "recipients": [{}], "roles": [None]},
    {"clientId": "x", "resourceId": "y", "consentType": "AllPrincipals", "principalId": "z", "appRoleId": "w"},
    {"resource": "/teams/x/channels", "changeType": "created", "notificationUrl": "http://localhost:1/x",
     "expirationDateTime": "2999-01-01T00:00:00Z", "type": "view", "scope": 1, "ids": [None]},
)  # fmt: skip
_ODD = ("..", "%00", "a'b", "19:x@thread.tacv2", "0" * 36, "é\u202e" * 200)


_QUERIES = (
    "$top=-1&$count=maybe", "$top=x&$skiptoken=x", "$filter=displayName eq", "$select=x,", "$expand=x(&$orderby=",
    '$search="&$orderby=x desc', "$deltatoken=x&token=x", "%24top=%00",
)  # fmt: skip


def _every_function() -> list[Operation]:
    """One operation for each function, since many addresses lead to one."""
    return list({(operation.method, operation.answer): operation for operation in OPERATIONS}.values())


def _address(operation: Operation, known: dict[str, str], odd: str | None) -> str:
    def key(match: re.Match[str]) -> str:
        name = match.group(1)
        if name.endswith(":path"):
            return f":/{quote(odd or 'General')}:"
        return quote(odd, safe="") if odd is not None else known.get(name, "x")

    pattern = re.sub(r"/\{(\w+:path)\}", key, operation.pattern)
    return "/" + re.sub(r"\{(\w+)\}", key, pattern).replace("()", f"(token='x',q='a',userId='{known['user']}')")


@pytest.fixture
def callers(tenant: LocalTenant) -> list[Graph]:
    everything = EVERYTHING + " Application.ReadWrite.All SharePointTenantSettings.Read.All SensitivityLabel.Read"
    return [
        Graph(tenant, tenant.token("Nadia", everything)),
        Graph(tenant, tenant.token("Claire", everything)),
        application(tenant, everything + " Sites.ReadWrite.All Teamwork.Migrate.All"),
    ]


@pytest.fixture
def known(tenant: LocalTenant, callers: list[Graph]) -> dict[str, str]:
    claire = callers[1]
    drive, item = claire.folder(VENTES, claire.channel(VENTES, "General"))
    return {
        "team": VENTES, "group": VENTES, "channel": channel_id("ventes-europe", "Renewals"), "drive": drive,
        "item": item, "user": tenant.person("Oliver").id, "app": LIAISON_CATALOGUE_ID, "site": "root",
        "role": GLOBAL_ADMINISTRATOR, "list": "Documents", "size": "48x48", "version": "1.0",
        "principal": claire.get(f"/servicePrincipals(appId='{DELEGATED_APP_ID}')")["id"],
    }  # fmt: skip


def test_no_body_makes_an_operation_fail(callers: list[Graph], known: dict[str, str]) -> None:
    failed = []
    for operation in _every_function():
        address = _address(operation, known, None)
        for body in _BODIES if operation.method != "GET" else (None,):
            # Deleting what the rest needs would hide it from the operations that follow.
            if operation.method == "DELETE" and operation.pattern in ("groups/{group}", "drives/{drive}/items/{item}"):
                continue
            for graph in (callers[0], callers[2]):
                answer = graph.call(operation.method, address, body)
                if answer.status_code >= 500:
                    failed.append((operation.method, address, body, answer.status_code))
    assert failed == []


def test_no_key_makes_an_operation_fail(callers: list[Graph], known: dict[str, str]) -> None:
    failed = []
    for operation in _every_function():
        for odd in _ODD:
            address = _address(operation, known, odd)
            body = {} if operation.method in ("POST", "PATCH", "PUT") else None
            answer = callers[0].call(operation.method, address, body)
            if answer.status_code >= 500 and answer.status_code != 501:
                failed.append((operation.method, address, answer.status_code))
    assert failed == []


def test_no_option_makes_a_list_fail(callers: list[Graph], known: dict[str, str]) -> None:
    failed = []
    for operation in _every_function():
        for query in _QUERIES if operation.method == "GET" else ():
            address = f"{_address(operation, known, None)}?{query}"
            answer = callers[0].call("GET", address, headers={"ConsistencyLevel": "eventual"})
            if answer.status_code >= 500:
                failed.append((address, answer.status_code))
    assert failed == []

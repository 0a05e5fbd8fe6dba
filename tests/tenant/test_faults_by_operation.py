"""For one operation of every kind in every face: a fault before has no effect, one after has the effect once.

The judge is the tenant's own state: every table is read before and after. Source of the bar: the fault list's F1, F2.
"""

from __future__ import annotations

import atexit
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx2
import pytest

from tests.local_tenant import LocalTenant
from tests.tenant.crm_client import crm
from tests.tenant.graph_client import EVERYTHING, NORTHWIND, VENTES
from tests.tenant.state import State, difference, state_of

DATA = "/api/data/v9.2"
TEAM = f"/v1.0/teams/{VENTES}"
_HTTP = httpx2.Client(timeout=30)
atexit.register(_HTTP.close)


@dataclass(frozen=True)
class Wire:
    """Requests to one tenant as somebody who may do everything."""

    tenant: LocalTenant
    graph: str
    crm: dict[str, str]

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> httpx2.Response:
        found: dict[str, str] = {}
        if path.startswith(DATA):
            found = self.crm
        elif path.startswith("/v1.0"):
            found = {"Authorization": f"Bearer {self.graph}"}
        named = {**found, **{name.replace("_", "-"): value for name, value in headers.items()}}
        content = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
        if content is not None:
            named.setdefault("Content-Type", "application/json")
        return _HTTP.request(method, f"{self.tenant.http}{path}", content=content, headers=named)

    def first(self, path: str, **wanted: str) -> Any:
        """The first one of a list that has these values."""
        found = self.send("GET", path).json()["value"]
        return next(one for one in found if all(one.get(name) == value for name, value in wanted.items()))

    def id(self, path: str, **wanted: str) -> str:
        return str(self.first(path, **wanted)["id"])

    def key(self, name: str, number: int = 0) -> str:
        """The key of a row of a set, in a fixed order."""
        table = {"accounts": "accountid", "contacts": "contactid", "teams": "teamid", "systemusers": "systemuserid"}
        rows = self.send("GET", f"{DATA}/{name}?$select={table[name]}&$orderby={table[name]}&$top=3").json()["value"]
        return str(rows[number][table[name]])


Act = Callable[[Wire], httpx2.Response]


def act(method: str, path: str, body: Any = None, **headers: str) -> Act:
    return lambda wire: wire.send(method, path, body, **headers)


def on_account(method: str, rest: str = "", body: Any = None, **headers: str) -> Act:
    return lambda wire: wire.send(method, f"{DATA}/accounts({wire.key('accounts')}){rest}", body, **headers)


def link(wire: Wire, name: str, number: int = 0) -> dict[str, str]:
    return {"@odata.id": f"{wire.tenant.http}{DATA}/{name}({wire.key(name, number)})"}


def form(**fields: str) -> bytes:
    return "&".join(f"{name}={quote(value, safe='')}" for name, value in fields.items()).encode()


def batch(*parts: str, change_set: bool) -> Act:
    """A multipart batch of requests that each make an account."""

    def go(wire: Wire) -> httpx2.Response:
        inner = "".join(
            f"--c\r\nContent-Type: application/http\r\nContent-ID: {number}\r\n\r\nPOST {DATA}/accounts HTTP/1.1\r\n"
            f'Content-Type: application/json\r\n\r\n{{"name": "{name}"}}\r\n'
            for number, name in enumerate(parts, 1)
        )
        body = f"{inner}--c--\r\n"
        if change_set:
            body = f"--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n{body}\r\n--b--\r\n"
        kind = f"multipart/mixed; boundary={'b' if change_set else 'c'}"
        return wire.send("POST", f"{DATA}/$batch", body.encode(), Content_Type=kind)

    return go


def graph_batch(wire: Wire) -> httpx2.Response:
    part = {
        "id": "1",
        "method": "POST",
        "url": f"/teams/{VENTES}/channels",
        "body": {"displayName": "From a batch"},
        "headers": {"Content-Type": "application/json"},
    }
    return wire.send("POST", "/v1.0/$batch", {"requests": [part]})


def channel(wire: Wire) -> str:
    found = wire.send("GET", f"{TEAM}/channels").json()["value"]
    return next(str(one["id"]) for one in found if one["displayName"] not in ("General", "Général"))


def root(wire: Wire) -> str:
    return f"/v1.0/drives/{wire.id(f'/v1.0/groups/{VENTES}/drives')}/items"


def item(wire: Wire) -> str:
    drive = root(wire)
    return f"{drive}/{wire.send('GET', f'/v1.0/groups/{VENTES}/drive/root/children').json()['value'][0]['id']}"


def new_member(wire: Wire) -> dict[str, Any]:
    user = wire.tenant.person("Sofia").id
    return {
        "@odata.type": "#microsoft.graph.aadUserConversationMember",
        "roles": [],
        "user@odata.bind": f"https://graph.microsoft.com/v1.0/users('{user}')",
    }


def device_code(wire: Wire) -> httpx2.Response:
    content = form(client_id=wire.tenant.app("delegated")["client_id"], scope="openid")
    kind = "application/x-www-form-urlencoded"
    return wire.send("POST", f"/{wire.tenant.id}/oauth2/v2.0/devicecode", content, Content_Type=kind)


def token(wire: Wire) -> httpx2.Response:
    given = {**wire.tenant.app("application"), "scope": "https://graph.microsoft.com/.default"}
    content = form(**given, grant_type="client_credentials")
    kind = "application/x-www-form-urlencoded"
    return wire.send("POST", f"/{wire.tenant.id}/oauth2/v2.0/token", content, Content_Type=kind)


# What is asked, and whether it changes anything that outlives the answer.
KINDS: dict[str, tuple[Act, bool]] = {
    "POST /{tenant}/oauth2/v2.0/devicecode": (device_code, True),
    "POST /{tenant}/oauth2/v2.0/token": (token, False),
    "GET /{tenant}/v2.0/.well-known/openid-configuration": (
        act("GET", "/common/v2.0/.well-known/openid-configuration"),
        False,
    ),
    "GET /teams": (act("GET", "/teams"), False),
    f"GET {DATA}/WhoAmI()": (act("GET", f"{DATA}/WhoAmI"), False),
    f"GET {DATA}/{{set}}": (act("GET", f"{DATA}/accounts?$top=2"), False),
    f"GET {DATA}/EntityDefinitions({{key}})": (act("GET", f"{DATA}/EntityDefinitions(LogicalName='account')"), False),
    f"POST {DATA}/{{set}}": (act("POST", f"{DATA}/accounts", {"name": "New"}), True),
    f"PATCH {DATA}/{{set}}({{key}})": (on_account("PATCH", "", {"telephone1": "1"}), True),
    f"PATCH {DATA}/{{set}}({{key}}) (If-Match)": (on_account("PATCH", "", {"fax": "1"}, If_Match="*"), True),
    f"DELETE {DATA}/{{set}}({{key}})": (
        lambda wire: wire.send("DELETE", f"{DATA}/contacts({wire.key('contacts')})"),
        True,
    ),
    f"PUT {DATA}/{{set}}({{key}})/{{property}}": (on_account("PUT", "/telephone1", {"value": "2"}), True),
    f"DELETE {DATA}/{{set}}({{key}})/{{property}}": (on_account("DELETE", "/name"), True),
    f"PUT {DATA}/{{set}}({{key}})/{{lookup}}/$ref": (
        lambda wire: wire.send(
            "PUT", f"{DATA}/accounts({wire.key('accounts')})/parentaccountid/$ref", link(wire, "accounts", 1)
        ),
        True,
    ),
    f"POST {DATA}/{{set}}({{key}})/{{collection}}/$ref": (
        lambda wire: wire.send(
            "POST", f"{DATA}/accounts({wire.key('accounts', 2)})/account_parent_account/$ref", link(wire, "accounts")
        ),
        True,
    ),
    f"POST {DATA}/{{set}}({{key}})/{{collection}}": (
        on_account("POST", "/contact_customer_accounts", {"lastname": "New"}),
        True,
    ),
    f"POST {DATA}/{{set}}/Microsoft.Dynamics.CRM.CreateMultiple": (
        act(
            "POST",
            f"{DATA}/accounts/Microsoft.Dynamics.CRM.CreateMultiple",
            {"Targets": [{"@odata.type": "Microsoft.Dynamics.CRM.account", "name": name} for name in ("A", "B")]},
        ),
        True,
    ),
    f"POST {DATA}/$batch": (batch("In a batch", "Also", change_set=False), True),
    "POST /v1.0/$batch": (graph_batch, True),
    "GET /v1.0/me": (act("GET", "/v1.0/me"), False),
    "POST /v1.0/teams/{team-id}/channels": (act("POST", f"{TEAM}/channels", {"displayName": "New"}), True),
    "PATCH /v1.0/teams/{team-id}/channels/{channel-id}": (
        lambda wire: wire.send("PATCH", f"{TEAM}/channels/{channel(wire)}", {"description": "Other"}),
        True,
    ),
    "DELETE /v1.0/teams/{team-id}/channels/{channel-id}": (
        lambda wire: wire.send("DELETE", f"{TEAM}/channels/{channel(wire)}"),
        True,
    ),
    "POST /v1.0/teams/{team-id}/channels/{channel-id}/messages": (
        lambda wire: wire.send("POST", f"{TEAM}/channels/{channel(wire)}/messages", {"body": {"content": "Hello"}}),
        True,
    ),
    "POST /v1.0/teams/{team-id}/members": (
        lambda wire: wire.send("POST", f"/v1.0/teams/{NORTHWIND}/members", new_member(wire)),
        True,
    ),
    "POST /v1.0/groups": (
        act(
            "POST",
            "/v1.0/groups",
            {"displayName": "New", "mailNickname": "new1", "mailEnabled": False, "securityEnabled": True},
        ),
        True,
    ),
    "PATCH /v1.0/groups/{group-id}": (act("PATCH", f"/v1.0/groups/{VENTES}", {"description": "Other"}), True),
    "POST /v1.0/drives/{drive-id}/items/{item-id}/children": (
        lambda wire: wire.send("POST", f"{root(wire)}/root/children", {"name": "New", "folder": {}}),
        True,
    ),
    "PUT /v1.0/drives/{drive-id}/items/{item-id}/content": (
        act("PUT", f"/v1.0/groups/{VENTES}/drive/root:/new.txt:/content", b"hello", Content_Type="text/plain"),
        True,
    ),
    "PATCH /v1.0/drives/{drive-id}/items/{item-id}": (
        lambda wire: wire.send("PATCH", item(wire), {"name": "Renamed"}),
        True,
    ),
    "DELETE /v1.0/drives/{drive-id}/items/{item-id}": (lambda wire: wire.send("DELETE", item(wire)), True),
}


def writes(tenant: LocalTenant) -> int:
    """How many rows the tenant has written since it started."""
    return int(tenant.ask(lambda estate: estate.db.value("SELECT total_changes()")))


@pytest.fixture(scope="module")
def seeded(running_tenant: LocalTenant) -> State:
    """The state as after the seed."""
    running_tenant.reset()
    return running_tenant.ask(state_of)


@pytest.fixture
def wire(tenant: LocalTenant) -> Wire:
    return Wire(tenant, tenant.token("Nadia", EVERYTHING), crm(tenant).headers)


@pytest.mark.parametrize("operation", KINDS)
def test_a_fault_before_has_no_effect_and_one_after_has_it_once(wire: Wire, seeded: State, operation: str) -> None:
    ask, changes = KINDS[operation]
    tenant = wire.tenant
    rule = {"operation": operation, "action": {"status": 504}}

    written = writes(tenant)
    tenant.fault({**rule, "phase": "before"})
    assert ask(wire).status_code == 504
    # Where nothing was written nothing need be compared.
    assert written == writes(tenant) or difference(tenant.ask(state_of), seeded) == {}

    tenant.fault({**rule, "phase": "after"})
    assert ask(wire).status_code == 504
    after = tenant.ask(state_of)

    tenant.reset()
    written = writes(tenant)
    answer = ask(wire)
    assert answer.status_code < 300, answer.text
    if not changes:
        assert written == writes(tenant)
        assert difference(after, seeded) == {}
        return
    undisturbed = tenant.ask(state_of)
    assert difference(after, undisturbed) == {}
    assert difference(undisturbed, seeded) != {}


@pytest.mark.parametrize("change_set", [False, True])
def test_a_part_of_a_batch_meets_its_own_fault_and_change_sets_stay_whole(
    wire: Wire, seeded: State, change_set: bool
) -> None:
    tenant, ask = wire.tenant, batch("One", "Two", change_set=change_set)
    rule = {"operation": f"POST {DATA}/{{set}}", "parts": True, "nth": 2, "action": {"status": 503}}

    tenant.fault({**rule, "phase": "before"})
    answer = ask(wire)
    assert (answer.status_code, "503" in answer.text) == (400, True)
    made = difference(tenant.ask(state_of), seeded).get("contoso-sales.account", (0, 0))
    assert made[0] - made[1] == (0 if change_set else 1)

    tenant.reset()
    tenant.fault({**rule, "phase": "after"})
    assert "503" in ask(wire).text
    made = difference(tenant.ask(state_of), seeded)["contoso-sales.account"]
    assert made[0] - made[1] == 2


@pytest.mark.parametrize("action", [{"reset": True}, {"html": True}, {"truncate": True}, {"charset": "utf-16"}])
@pytest.mark.parametrize("change_set", [False, True])
def test_a_part_of_a_batch_may_be_lost_or_garbled_after_its_effect(
    wire: Wire, change_set: bool, action: dict[str, Any]
) -> None:
    tenant = wire.tenant
    tenant.fault({"operation": f"POST {DATA}/{{set}}", "parts": True, "nth": 2, "phase": "after", "action": action})
    if "reset" in action:
        with pytest.raises(httpx2.TransportError):
            batch("One", "Two", change_set=change_set)(wire)
    else:
        assert batch("One", "Two", change_set=change_set)(wire).status_code == 200
    found = crm(tenant).call("GET", "accounts?$select=name&$filter=name eq 'One' or name eq 'Two'").json()["value"]
    assert sorted(one["name"] for one in found) == ["One", "Two"]


def test_the_ledger_has_a_line_for_each_part_with_its_operation_and_status(wire: Wire) -> None:
    batch("One", "Two", change_set=True)(wire)
    graph_batch(wire)
    calls = wire.tenant.control.get("/_control/calls").json()["value"]
    assert [(call["operation"], call["status"], call["part"]) for call in calls] == [
        (f"POST {DATA}/{{set}}", 204, True),
        (f"POST {DATA}/{{set}}", 204, True),
        (f"POST {DATA}/$batch", 200, False),
        ("POST /v1.0/teams/{team-id}/channels", 201, True),
        ("POST /v1.0/$batch", 200, False),
    ]
    assert {call["environment"] for call in calls} == {"contoso-sales"}
    assert all(call["client"].startswith("python-httpx2") for call in calls)

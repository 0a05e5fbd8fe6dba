"""A plain client for the tenant's Dataverse, as one person or as the application."""

from __future__ import annotations

import atexit
import re
from typing import Any
from urllib.parse import quote

import httpx2

from liaison.tenant.estate.callers import TokenAsk, issue_access_token
from liaison.tenant.seeds.company import APPLICATION_APP_ID
from tests.local_tenant import LocalTenant

_HTTP = httpx2.Client(timeout=30)
atexit.register(_HTTP.close)

NOBODY = "00000000-0000-0000-0000-000000000001"
GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

# Texts that break careless quoting, folding, encoding or SQL.
QUOTE_CORPUS = (
    "O'Brien",
    "''",
    "'; DROP TABLE account; --",
    '" or ""="',
    "100%",
    "a_b",
    "[brackets] and ]",
    "back\\slash",
    "a&b=c?d#e+f",
    "semi;colon,comma(paren)",
    "Éléonore Ångström",
    "日本語",
    "emoji 🎉",
    "tab\tand space ",
    "%27%20or%201%20eq%201",
    "$filter",
    "{'@odata.id':'accounts(1)'}",
    "null",
    "--",
    "/* comment */",
)


def literal(text: str) -> str:
    """An OData string literal, percent-encoded."""
    return quote("'" + text.replace("'", "''") + "'", safe="")


class Crm:
    """Calls under the service root with one token; `root` is the address without a trailing slash."""

    def __init__(self, tenant: LocalTenant, token: str | None, *, service: bool = False, version: str = "v9.2") -> None:
        self.origin = tenant.service_http if service else tenant.http
        self.root = f"{self.origin}/api/data/{version}"
        self.headers = {} if token is None else {"Authorization": f"Bearer {token}"}

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> httpx2.Response:
        """Headers are given as keywords, `_` for `-`."""
        address = path if path.startswith("http") else f"{self.root}/{path}"
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        more = {"json": body} if body is not None else {}
        return _HTTP.request(method, address, headers={**self.headers, **named}, **more)

    def get(self, path: str, **headers: str) -> Any:
        answer = self.call("GET", path, **headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def rows(self, path: str, **headers: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.get(path, **headers)["value"]
        return found

    def names(self, path: str, column: str = "name") -> list[Any]:
        return [row[column] for row in self.rows(path)]

    def create(self, table_set: str, body: dict[str, Any], **headers: str) -> str:
        """The id of a new row."""
        answer = self.call("POST", table_set, body, **headers)
        assert answer.status_code == 204, answer.text
        return self.id_in(answer)

    def id_in(self, answer: httpx2.Response) -> str:
        return answer.headers["OData-EntityId"].rpartition("(")[2].rstrip(")")

    def patch(self, path: str, body: dict[str, Any], **headers: str) -> None:
        answer = self.call("PATCH", path, body, **headers)
        assert answer.status_code == 204, answer.text

    def delete(self, path: str) -> None:
        answer = self.call("DELETE", path)
        assert answer.status_code == 204, answer.text

    def error(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, str, str]:
        """Status, code and message of a refusal, whose body holds nothing else."""
        answer = self.call(method, path, body, **headers)
        content = answer.json()
        assert set(content) == {"error"}
        assert set(content["error"]) == {"code", "message"}
        assert answer.headers["Content-Type"] == "application/json; odata.metadata=minimal"
        assert answer.headers["OData-Version"] == "4.0"
        return answer.status_code, content["error"]["code"], content["error"]["message"]

    def fetch(self, table_set: str, xml: str, **headers: str) -> Any:
        return self.get(f"{table_set}?fetchXml={quote(xml)}", **headers)

    def user_id(self) -> str:
        return str(self.get("WhoAmI")["UserId"])


def crm(tenant: LocalTenant, given: str = "Nadia", *, service: bool = False) -> Crm:
    """Dataverse as a person: Nadia is System Administrator."""
    origin = tenant.service_http if service else tenant.http
    token = tenant.token(given, "user_impersonation", audience=origin)
    return Crm(tenant, token, service=service)


def crm_application(tenant: LocalTenant) -> Crm:
    """Dataverse as the application user."""
    ask = TokenAsk(app_id=APPLICATION_APP_ID, audience=tenant.http)
    return Crm(tenant, tenant.ask(lambda estate: issue_access_token(estate, ask).text))

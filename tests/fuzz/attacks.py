"""Requests made to hurt: each is sent once in every run, with the answer it must get."""

from __future__ import annotations

import json
from urllib.parse import quote

from tests.fuzz.cases import Case, World

_LAUGHS = "<!DOCTYPE fetch [" + "".join(
    f'<!ENTITY a{level} "{f"&a{level - 1};" * 10 if level else "lol"}">' for level in range(10)
) + "]><fetch><entity name='account'><attribute name='&a9;'/></entity></fetch>"  # fmt: skip
_FILE_ENTITY = "<!DOCTYPE fetch [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><fetch><entity name='&x;'/></fetch>"
_OPEN_SQL = "SELECT name FROM account WHERE " + "(" * 8_000
_ACCOUNTS = "/api/data/v9.2/accounts"


def attacks(world: World) -> list[Case]:
    """All of them."""
    found = [*_long_queries(), *_nested(), *_xml(), *_batches(), *_bodies(), *_headers(), *_tokens(world)]
    crm, graph = world.tokens["dataverse"], world.tokens["graph"]
    return [
        Case(
            -number,
            face,
            method,
            target,
            {"Authorization": f"Bearer {graph if face == 'graph' else crm}", **headers},
            body,
        )
        for number, (face, method, target, headers, body) in enumerate(found, 1)
    ]


_Raw = tuple[str, str, str, dict[str, str], bytes]


def _long_queries() -> list[_Raw]:
    many = quote(" or ".join(f"name eq '{number}'" for number in range(10_000)), safe="")
    fit = quote(" or ".join(f"name eq '{number}'" for number in range(500)), safe="")
    ors = quote(" or ".join(f"displayName eq '{number}'" for number in range(1_000)), safe="")
    return [
        ("dataverse", "GET", f"{_ACCOUNTS}?$filter={many}", {}, b""),
        ("dataverse", "GET", f"{_ACCOUNTS}?$filter={fit}", {}, b""),
        ("graph", "GET", f"/v1.0/users?$filter={ors}", {}, b""),
        ("graph", "GET", "/v1.0/users?$top=999999999999999999999", {}, b""),
        ("dataverse", "GET", f"{_ACCOUNTS}?$top=999999999999999999999", {}, b""),
        ("dataverse", "GET", f"{_ACCOUNTS}?$select={','.join(['name'] * 4_000)}", {}, b""),
        ("dataverse", "GET", f"{_ACCOUNTS}?$orderby={','.join(['name'] * 4_000)}", {}, b""),
        ("dataverse", "GET", f"{_ACCOUNTS}({'a' * 30_000})", {}, b""),
        ("graph", "GET", f"/v1.0/users/{'a' * 30_000}", {}, b""),
        ("graph", "GET", f"/v1.0/drives/x/root:/{'a/' * 8_000}:", {}, b""),
        ("dataverse", "GET", f"{_ACCOUNTS}?$filter=contains(name,'{'%25' * 3_000}')", {}, b""),
        ("dataverse", "GET", f"{_ACCOUNTS}?$filter=" + "not%20" * 3_000 + "true", {}, b""),
        ("entra", "GET", f"/{'a' * 30_000}/oauth2/v2.0/authorize", {}, b""),
    ]


def _nested() -> list[_Raw]:
    parents = "parentaccountid"
    for _ in range(40):
        parents = f"parentaccountid($expand={parents})"
    circle = "primarycontactid($expand=parentcustomerid_account($expand=primarycontactid))"
    wide = ",".join(["contact_customer_accounts"] * 300)
    return [
        ("dataverse", "GET", f"{_ACCOUNTS}?$expand={parents}", {}, b""),
        ("dataverse", "GET", f"{_ACCOUNTS}?$expand={circle}", {}, b""),
        ("dataverse", "GET", f"{_ACCOUNTS}?$expand={wide}", {}, b""),
        ("dataverse", "GET", f"{_ACCOUNTS}?$filter={'(' * 5_000}name eq 'x'{')' * 5_000}".replace(" ", "%20"), {}, b""),
        ("dataverse", "GET", f"{_ACCOUNTS}?$filter={'tolower(' * 2_000}name{')' * 2_000}%20eq%20'x'", {}, b""),
        ("dataverse", "GET", "/api/data/v9.2/" + "accounts(x)/parentaccountid/" * 700, {}, b""),
        ("graph", "GET", f"/v1.0/teams?$expand={'members($expand=' * 400}x{')' * 400}", {}, b""),
        ("graph", "GET", f"/v1.0/users?$filter={'not(' * 3_000}true{')' * 3_000}", {}, b""),
        ("dataverse", "GET", f"{_ACCOUNTS}?sql=" + quote(_OPEN_SQL), {}, b""),
        ("dataverse", "GET", f"{_ACCOUNTS}?$apply=" + "filter(true)/" * 2_000, {}, b""),
    ]


def _xml() -> list[_Raw]:
    deep = "<fetch><entity name='account'>" + "<filter>" * 3_000 + "</filter>" * 3_000 + "</entity></fetch>"
    joins = "<link-entity name='account' from='parentaccountid' to='accountid'>" * 60 + "</link-entity>" * 60
    wide = "".join(f"<condition attribute='name' operator='eq' value='{number}'/>" for number in range(600))
    texts = (
        _LAUGHS,
        _FILE_ENTITY,
        deep,
        f"<fetch><entity name='account'>{joins}</entity></fetch>",
        f"<fetch><entity name='account'><filter type='or'>{wide}</filter></entity></fetch>",
        "<fetch>" + "<x a='1'>" * 20_000,
    )
    found: list[_Raw] = []
    for text in texts:
        address = f"{_ACCOUNTS}?fetchXml={quote(text, safe='')}"
        found.append(("dataverse", "GET", address, {}, b""))
        head = "--b\r\nContent-Type: application/http\r\n\r\n"
        body = f"{head}GET {address} HTTP/1.1\r\n\r\n\r\n--b--\r\n".encode()
        kind = {"Content-Type": "multipart/mixed; boundary=b"}
        found.append(("dataverse", "POST", "/api/data/v9.2/$batch", kind, body))
    return found


def _batches() -> list[_Raw]:
    kind = {"Content-Type": "multipart/mixed; boundary=b"}
    part = b"--b\r\nContent-Type: application/http\r\n\r\nGET accounts?$top=1 HTTP/1.1\r\n\r\n\r\n"
    nested = (
        b"--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n" + b"--c\r\n\r\nx\r\n" * 400_000 + b"--c--\r\n--b--"
    )
    json_kind = {"Content-Type": "application/json"}
    small = [{"id": str(number), "method": "GET", "url": "/me"} for number in range(30_000)]
    circle = [{"id": str(n), "method": "GET", "url": "/me", "dependsOn": [str((n + 1) % 20)]} for n in range(20)]
    return [
        ("dataverse", "POST", "/api/data/v9.2/$batch", kind, part * 200_000 + b"--b--"),
        ("dataverse", "POST", "/api/data/v9.2/$batch", kind, b"--b\r\n" * 1_000_000 + b"--b--"),
        ("dataverse", "POST", "/api/data/v9.2/$batch", kind, part * 1_001 + b"--b--"),
        ("dataverse", "POST", "/api/data/v9.2/$batch", kind, nested),
        ("dataverse", "POST", "/api/data/v9.2/$batch", kind, b"--b\r\n" + b"a: b\r\n" * 100_000 + b"\r\n\r\n--b--"),
        ("dataverse", "POST", "/api/data/v9.2/$batch", {"Content-Type": kind["Content-Type"] * 300}, part),
        ("graph", "POST", "/v1.0/$batch", json_kind, json.dumps({"requests": small}).encode()),
        ("graph", "POST", "/v1.0/$batch", json_kind, b'{"requests":[' + b"{}," * 1_000_000 + b"{}]}"),
        ("graph", "POST", "/v1.0/$batch", json_kind, json.dumps({"requests": circle}).encode()),
        ("graph", "POST", "/v1.0/$batch", json_kind, b'{"requests":' + b"[" * 1_000_000),
    ]  # fmt: skip


def _bodies() -> list[_Raw]:
    kind = {"Content-Type": "application/json"}
    many = json.dumps({f"p{number}": number for number in range(100_000)}).encode()
    deep = b'{"contact_customer_accounts":[' * 400 + b"{}" + b"]}" * 400
    targets = [{"@odata.type": "Microsoft.Dynamics.CRM.account", "name": "x"}] * 20_000
    return [
        ("dataverse", "POST", _ACCOUNTS, kind, many),
        ("dataverse", "POST", _ACCOUNTS, kind, deep),
        ("dataverse", "POST", _ACCOUNTS, kind, json.dumps({"name": "x" * 10_000_000}).encode()),
        ("dataverse", "POST", _ACCOUNTS, kind, b" " * 40_000_000),
        ("dataverse", "POST", f"{_ACCOUNTS}/Microsoft.Dynamics.CRM.CreateMultiple", kind,
         json.dumps({"Targets": targets}).encode()),
        ("graph", "POST", "/v1.0/teams", kind, b'{"members":' + b"[" * 200_000),
        ("graph", "POST", "/v1.0/groups", kind, many),
        ("graph", "POST", "/v1.0/communications/getPresencesByUserId", kind,
         json.dumps({"ids": ["x"] * 100_000}).encode()),
        ("graph", "POST", "/v1.0/groups", kind, b" " * 20_000_000),
        ("entra", "POST", "/common/oauth2/v2.0/token", {"Content-Type": "application/x-www-form-urlencoded"},
         b"a=b&" * 200_000),
        ("entra", "POST", "/common/oauth2/v2.0/token", {"Content-Type": "application/x-www-form-urlencoded"},
         b"scope=" + b"x%20" * 200_000),
        ("entra", "POST", "/common/oauth2/v2.0/token", {"Content-Type": "application/x-www-form-urlencoded"},
         b"x" * 5_000_000),
    ]  # fmt: skip


def _headers() -> list[_Raw]:
    return [
        ("dataverse", "GET", _ACCOUNTS, {"Prefer": "a=b," * 10_000}, b""),
        ("dataverse", "GET", _ACCOUNTS, {"Prefer": 'odata.include-annotations="' + "*," * 15_000 + '"'}, b""),
        ("dataverse", "GET", _ACCOUNTS, {"Prefer": "a" * 50_000 + '="'}, b""),
        ("graph", "GET", "/v1.0/me", {"Accept": "application/json;" * 3_000}, b""),
        ("graph", "GET", "/v1.0/me", {"Prefer": "x=" + "y" * 50_000}, b""),
        ("entra", "GET", "/common/oauth2/v2.0/authorize", {"Accept-Language": "en;q=0.1," * 5_000}, b""),
        ("entra", "GET", "/common/oauth2/v2.0/authorize", {"Cookie": "a=b;" * 10_000}, b""),
        ("graph", "GET", "/v1.0/me", {"X-Big": "x" * 1_000_000}, b""),
    ]


def _tokens(world: World) -> list[_Raw]:
    graph = world.tokens["graph"]
    head, claims, signature = graph.split(".")
    bad = (
        "", "x", "..", "a.b.c", f"{head}.{claims}.", f"{head}..{signature}", f"eyJhbGciOiJub25lIn0.{claims}.",
        f"{head}.{claims}.{signature[:-4]}AAAA", "a." * 5_000, "x" * 20_000, world.tokens["dataverse"],
        "é.é.é", f"{head}.{'eyJh' * 8_000}.{signature}", "eyJhbGciOiJIUzI1NiJ9." + claims + "." + signature,
    )  # fmt: skip
    return [
        (
            "graph",
            "GET",
            "/v1.0/me",
            {"Authorization": f"Bearer {one}".encode("latin-1", "replace").decode("latin-1")},
            b"",
        )
        for one in bad
    ] + [("graph", "GET", "/v1.0/me", {"Authorization": "Basic YTpi"}, b"")]

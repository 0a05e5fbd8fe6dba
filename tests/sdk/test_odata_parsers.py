"""$metadata and addresses before strict readers of OData: `odata-csdl` of OASIS, `odata-v4-parser`, our own eyes."""

from __future__ import annotations

import json
import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.etree.ElementTree import Element

import pytest
from defusedxml.ElementTree import fromstring  # type: ignore[import-untyped]
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from liaison.tenant.dataverse.operations.bound import ROW_ACTIONS, ROW_FUNCTIONS, SET_ACTIONS
from liaison.tenant.dataverse.operations.unbound import ACTIONS, FUNCTIONS
from tests.local_tenant import LocalTenant
from tests.sdk.csdl_addresses import EDM, Addresses, plain, read_csdl
from tests.tenant.crm_client import Crm, crm

JS = Path(__file__).parent / "js"
MADE_UP = settings(
    max_examples=300,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)


@pytest.fixture(scope="module")
def client(running_tenant: LocalTenant) -> Crm:
    running_tenant.reset()
    return crm(running_tenant)


@pytest.fixture(scope="module")
def document(client: Crm) -> str:
    answer = client.call("GET", "$metadata", Accept="application/xml")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/xml"
    return answer.text


@pytest.fixture(scope="module")
def schema(document: str) -> Element:
    found: Element | None = fromstring(document).find(f".//{EDM}Schema")
    assert found is not None
    return found


@pytest.fixture(scope="module")
def addresses(document: str) -> Addresses:
    return Addresses(read_csdl(document))


def node(script: str, *arguments: str, told: str = "") -> Any:
    ran = subprocess.run(["node", str(JS / script), *arguments], input=told, capture_output=True, text=True,
                         timeout=120, check=False)  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


@pytest.mark.parametrize("query", ["", "?annotations=true"])
def test_csdl_is_read_strictly_without_a_message(client: Crm, tmp_path: Path, query: str) -> None:
    file = tmp_path / "metadata.xml"
    file.write_text(client.call("GET", f"$metadata{query}").text, encoding="utf-8")
    found = node("csdl.cjs", str(file))
    assert (found["messages"], found["version"], found["container"]) == ([], "4.0", "Microsoft.Dynamics.CRM.System")
    assert sorted(found["sets"]) == sorted(entry["name"] for entry in client.rows(""))
    assert {*FUNCTIONS, *ROW_FUNCTIONS} <= set(found["functions"])
    assert {*ACTIONS, *ROW_ACTIONS, *SET_ACTIONS} <= set(found["actions"])
    assert {"account", "principal", "crmbaseentity", "msdyn_teamscollaboration"} <= set(found["types"])
    assert {"AccessRights", "PrivilegeDepth"} <= set(found["enums"])


def test_every_name_in_the_csdl_leads_somewhere(schema: Element) -> None:
    assert list(dangling(schema)) == []


def test_every_partner_points_back(schema: Element) -> None:
    ways = {
        (found.get("Name"), way.get("Name")): way
        for found in schema.findall(f"{EDM}EntityType")
        for way in found.findall(f"{EDM}NavigationProperty")
    }
    wrong = [
        (kind, name)
        for (kind, name), way in ways.items()
        if (partner := way.get("Partner")) is not None
        and ((plain(str(way.get("Type"))), partner) not in ways
             or ways[plain(str(way.get("Type"))), partner].get("Partner") != name)
    ]  # fmt: skip
    assert len(ways) > 500
    assert wrong == []


def test_every_way_of_a_set_is_bound_once(schema: Element) -> None:
    types = {found.get("Name"): found for found in schema.findall(f"{EDM}EntityType")}
    sets = {found.get("Name"): found for found in schema.findall(f"{EDM}EntityContainer/{EDM}EntitySet")}
    for entity_set in sets.values():
        ways = types[plain(str(entity_set.get("EntityType")))].findall(f"{EDM}NavigationProperty")
        bindings = entity_set.findall(f"{EDM}NavigationPropertyBinding")
        paths = Counter(binding.get("Path") for binding in bindings)
        assert max(paths.values(), default=1) == 1
        assert set(paths) == {way.get("Name") for way in ways if plain(str(way.get("Type"))) != "principal"}
        assert {binding.get("Target") for binding in bindings} <= set(sets)


def dangling(schema: Element) -> Iterator[str]:
    """Names of types, properties and operations that are used and not declared, or declared twice."""
    kinds = {str(found.get("Name")): found for tag in ("EntityType", "ComplexType", "EnumType")
             for found in schema.findall(f"{EDM}{tag}")}  # fmt: skip
    declared = Counter(found.get("Name") for found in schema if found.tag.endswith("Type"))
    yield from (f"{name} twice" for name, count in declared.items() if count > 1)
    for element in schema.iter():
        for attribute in ("Type", "BaseType", "EntityType"):
            used = element.get(attribute)
            if used is not None and "Edm." not in used and plain(used) not in kinds:
                yield f"{attribute} {used}"
    for name, found in kinds.items():
        yield from _wrong_parts(name, found)
    operations = {found.get("Name") for tag in ("Action", "Function") for found in schema.findall(f"{EDM}{tag}")}
    for tag in ("Action", "Function"):
        for imported in schema.findall(f"{EDM}EntityContainer/{EDM}{tag}Import"):
            if plain(str(imported.get(tag))) not in operations:
                yield f"{tag}Import {imported.get('Name')}"


def _wrong_parts(name: str, found: Element) -> Iterator[str]:
    own = Counter(part.get("Name") for part in found if part.get("Name"))
    yield from (f"{name}.{part} twice" for part, count in own.items() if count > 1)
    properties = {part.get("Name") for part in found.findall(f"{EDM}Property")}
    for constraint in found.findall(f"{EDM}NavigationProperty/{EDM}ReferentialConstraint"):
        if constraint.get("Property") not in properties:
            yield f"{name} constraint {constraint.get('Property')}"
    for key in found.findall(f"{EDM}Key/{EDM}PropertyRef"):
        if key.get("Name") not in properties:
            yield f"{name} key {key.get('Name')}"


def test_addresses_made_from_the_metadata_are_understood(client: Crm, addresses: Addresses) -> None:
    tried: list[str] = []

    @MADE_UP
    @given(st.data())
    def answered(data: st.DataObject) -> None:
        address = data.draw(addresses.valid(addresses))
        answer = client.call("GET", encoded(address))
        assert answer.status_code == 200, (address, answer.text)
        assert "value" in answer.json()
        tried.append(encoded(address))

    answered()
    assert len(set(tried)) >= 200
    # This parser knows no collection within a lambda.
    flat = [one for one in tried if not re.search(r"/(?:any|all)\([a-z]:.*?[a-z]/\w+/(?:any|all)\(", one)]
    assert len(flat) >= 150
    assert node("addresses.cjs", told=json.dumps(["/" + one for one in flat])) == []


def test_addresses_wrong_in_one_place_are_refused(client: Crm, addresses: Addresses) -> None:
    tried: set[str] = set()

    @MADE_UP
    @given(st.data())
    def refused(data: st.DataObject) -> None:
        address = data.draw(addresses.wrong(addresses))
        status, code, message = client.error("GET", encoded(address))
        assert status == 400, (address, message)
        assert code.startswith("0x8004") or code in ("0x80060888", "0x80048d19"), (address, code)
        assert len(message) > 10
        tried.add(address)

    refused()
    assert len(tried) >= 150


def encoded(address: str) -> str:
    whole = quote(address.lstrip("/"), safe="/?$=&(),;:'@-_.~*")
    # In a text of OData's grammar a slash is encoded.
    return re.sub(r"'[^']*'", lambda text: text[0].replace("/", "%2F"), whole)

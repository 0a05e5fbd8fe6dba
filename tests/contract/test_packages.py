"""The Teams app published, installed and pinned; without it the website tab; both packages by command line and API."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from liaison.cli.device_pages import approve
from liaison.cli.places import Tenant
from liaison.cli.sign_in import DeviceCode, wait_for_token
from liaison.graph.tabs import WEBSITE_APP
from liaison.shipping.teams_check import check_teams_package
from liaison.tenant.seeds import company
from tests.contract.command_line import CommandLine
from tests.contract.demo_process import Demo, running_demo

NOT_ALLOWED, CONFLICT, USAGE = 4, 6, 2
PUBLISHING = "AppCatalog.ReadWrite.All"
VENTES = company.TEAMS[0]
CLIENT = "6f0c1b0a-5a0e-4c0f-9d3c-0d2f6c9d1a11"


@pytest.fixture(scope="module")
def own_demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    with running_demo(tmp_path_factory.mktemp("packages")) as demo:
        demo.grant_consent()
        with demo.api("Nadia") as nadia:
            where = "/environments/contoso-sales/collaboration"
            version = nadia.get(where).raise_for_status().json()["switches"]["version"]
            nadia.put(where, json={"basic": True, "enhanced": True, "version": version}).raise_for_status()
        yield demo


@pytest.fixture(scope="module")
def nadia(own_demo: Demo, tmp_path_factory: pytest.TempPathFactory) -> CommandLine:
    return own_demo.command_line(tmp_path_factory.mktemp("nadia"), "Nadia")


@pytest.fixture(scope="module")
def claire(own_demo: Demo, tmp_path_factory: pytest.TempPathFactory) -> CommandLine:
    return own_demo.command_line(tmp_path_factory.mktemp("claire"), "Claire")


def graph(demo: Demo, given: str, *scopes: str) -> httpx2.Client:
    """Graph as somebody who is asked for these permissions and agrees."""
    client = demo.told["apps"]["delegated"]["client_id"]
    tenant = Tenant(f"{demo.tenant}/{demo.told['tenant']['id']}", client)
    asked = " ".join(f"https://graph.microsoft.com/{scope}" for scope in scopes)
    told = httpx2.post(f"{tenant.authority}/oauth2/v2.0/devicecode", data={"client_id": client, "scope": asked}).json()
    approve(told["verification_uri"], told["user_code"], company.person(given).upn)
    device = DeviceCode(told["user_code"], told["verification_uri"], told["device_code"], 1.0, 4e9)
    token = wait_for_token(tenant, device).access_token
    return httpx2.Client(base_url=f"{demo.tenant}/v1.0", headers={"Authorization": f"Bearer {token}"}, timeout=30.0)


def connect(claire: CommandLine, record: str, channel: str) -> dict[str, Any]:
    ended = claire("connect", "opportunity", record, "--team", VENTES.name, "--new-channel", channel, "--json")
    assert ended.code == 0, ended.err
    return dict(ended.document)


def app_of_tab(claire: httpx2.Client, link: dict[str, Any]) -> dict[str, Any]:
    """The app of the only tab of ours in the link's channel."""
    where = f"/teams/{VENTES.id}/channels/{link['channel']['id']}/tabs"
    tabs = claire.get(where, params={"$expand": "teamsApp"}).raise_for_status().json()["value"]
    ours = [tab for tab in tabs if link["id"] in json.dumps(tab["configuration"])]
    assert len(ours) == 1
    return dict(ours[0]["teamsApp"])


def records(claire: CommandLine, count: int) -> list[str]:
    ended = claire("records", "opportunity", "renewal", "--json")
    assert ended.code == 0, ended.err
    return [one["id"] for one in ended.document["items"]][:count]


def as_the_client_reads_it(manifest: dict[str, Any]) -> dict[str, Any]:
    """The part of a manifest that decides how a Teams client opens the tab."""
    tab = manifest["configurableTabs"][0]
    return {
        "externalId": manifest["id"],
        "manifestVersion": manifest["manifestVersion"],
        "configurationUrl": tab["configurationUrl"],
        "canUpdateConfiguration": tab["canUpdateConfiguration"],
        "validDomains": manifest["validDomains"],
        "permissions": manifest["permissions"],
        "webApplicationInfo": manifest["webApplicationInfo"],
    }


@pytest.mark.statement("F75")
def test_the_app_of_the_demo_is_what_the_package_would_make_of_it(
    own_demo: Demo, nadia: CommandLine, tmp_path: Path
) -> None:
    target = tmp_path / "app.zip"
    assert nadia("package", "teams", "--output", str(target)).code == 0
    with zipfile.ZipFile(target) as archive:
        expected = as_the_client_reads_it(json.loads(archive.read("manifest.json")))
    apps = httpx2.get(f"{own_demo.tenant}/teams/_client/apps").raise_for_status().json()["value"]
    (seeded,) = [app for app in apps if app["externalId"] == company.LIAISON_MANIFEST_ID]
    assert {name: seeded[name] for name in expected} == expected


@pytest.mark.statement("F75", "F72")
def test_publishing_says_which_permission_is_missing(nadia: CommandLine, claire: CommandLine) -> None:
    for anybody in (nadia, claire):
        ended = anybody("package", "teams", "--publish")
        assert ended.code == NOT_ALLOWED
        assert "consent.not_granted" in ended.err
        assert PUBLISHING in ended.err


@pytest.mark.statement("F75", "F72")
def test_the_app_is_published_once_and_then_left_alone(own_demo: Demo, nadia: CommandLine) -> None:
    with graph(own_demo, "Nadia", PUBLISHING) as of_nadia:
        first = nadia("package", "teams", "--publish", "--json")
        assert first.code == 0, first.err
        assert first.document["outcome"] == "updated"  # the seed has an older version of the app
        again = nadia("package", "teams", "--publish", "--json")
        assert (again.document["outcome"], again.document["package"]) == ("unchanged", first.document["package"])
        where = f"/appCatalogs/teamsApps/{first.document['app']}"
        found = of_nadia.get(where, params={"$expand": "appDefinitions"}).raise_for_status().json()
    assert found["externalId"] == company.LIAISON_MANIFEST_ID
    assert found["appDefinitions"][-1]["version"] == first.document["package"]["version"]
    assert found["appDefinitions"][-1]["displayName"] == "Liaison"


@pytest.mark.statement("F75", "F15")
def test_connecting_installs_the_published_app_and_pins_its_tab(own_demo: Demo, claire: CommandLine) -> None:
    link = connect(claire, records(claire, 1)[0], "With the app")
    with graph(own_demo, "Claire", "User.Read") as of_claire:
        assert app_of_tab(of_claire, link)["externalId"] == company.LIAISON_MANIFEST_ID
        where = f"/teams/{VENTES.id}/installedApps"
        installed = of_claire.get(where, params={"$expand": "teamsApp"}).raise_for_status().json()["value"]
    assert company.LIAISON_MANIFEST_ID in {one["teamsApp"]["externalId"] for one in installed}


@pytest.mark.statement("F75", "F15")
def test_without_the_app_in_the_catalogue_the_tab_is_a_website(
    own_demo: Demo, nadia: CommandLine, claire: CommandLine
) -> None:
    with graph(own_demo, "Nadia", PUBLISHING) as of_nadia:
        query = {"$filter": f"externalId eq '{company.LIAISON_MANIFEST_ID}'"}
        found = of_nadia.get("/appCatalogs/teamsApps", params=query).raise_for_status().json()["value"]
        of_nadia.delete(f"/appCatalogs/teamsApps/{found[0]['id']}").raise_for_status()
    link = connect(claire, records(claire, 2)[1], "Without the app")
    with graph(own_demo, "Claire", "User.Read") as of_claire:
        assert app_of_tab(of_claire, link)["id"] == WEBSITE_APP
    anew = nadia("package", "teams", "--publish", "--json")
    assert anew.document["outcome"] == "published"
    assert anew.document["app"] != found[0]["id"]


@pytest.mark.statement("F75")
def test_a_seller_is_given_no_package(own_demo: Demo, claire: CommandLine) -> None:
    assert claire("package", "teams").code == NOT_ALLOWED
    assert claire("package", "dynamics").code == NOT_ALLOWED
    with own_demo.api("Claire") as api:
        assert api.get("/packages").status_code == 403


@pytest.mark.statement("F75", "F72")
def test_the_command_line_writes_the_file_of_which_the_api_tells_the_hash(
    own_demo: Demo, nadia: CommandLine, tmp_path: Path
) -> None:
    with own_demo.api("Nadia") as api:
        told = api.get("/packages").raise_for_status().json()
    assert told["is_published"]
    for kind in ("teams", "dynamics"):
        target = tmp_path / f"{kind}.zip"
        ended = nadia("package", kind, "--output", str(target), "--json")
        assert ended.code == 0, ended.err
        mark = hashlib.sha256(target.read_bytes()).hexdigest()
        assert (ended.document["sha256"], ended.document["version"]) == (told[kind]["sha256"], told[kind]["version"])
        assert mark == told[kind]["sha256"]


@pytest.mark.statement("F75", "F72")
def test_a_package_is_built_without_a_server_and_checked(tmp_path: Path) -> None:
    line = CommandLine("http://localhost:1", tmp_path)
    target = tmp_path / "app.zip"
    asked = ("package", "teams", "--output", str(target), "--client-id", CLIENT)
    made = line(*asked, "--address", "https://liaison.contoso.example")
    assert made.code == 0, made.err
    assert check_teams_package(target.read_bytes()) == ()
    assert line("package", "check", str(target)).code == 0
    refused = line(*asked, "--address", "http://liaison.contoso.example")
    assert refused.code == CONFLICT
    assert "package.not_https" in refused.err
    assert line("package", "teams", "--address", "https://liaison.contoso.example").code == USAGE


@pytest.mark.statement("F75", "F77")
@pytest.mark.parametrize(
    ("language", "words"), [("en", "must be an https address"), ("fr", "doit être une adresse https")]
)
def test_check_tells_in_words_what_is_wrong(nadia: CommandLine, tmp_path: Path, language: str, words: str) -> None:
    target = tmp_path / "local.zip"
    assert nadia("package", "teams", "--output", str(target)).code == 0
    ended = nadia("--language", language, "package", "check", str(target))
    assert ended.code == CONFLICT  # the demo's own address is plain http
    assert words in ended.out

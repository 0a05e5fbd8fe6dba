"""Examples of the Dataverse contract, section 8: solution packages with web resources, ribbons and modern commands."""

from __future__ import annotations

import base64
import io
import uuid
import zipfile

import pytest

from tests.local_tenant import LocalTenant
from tests.tenant.crm_client import NOBODY, Crm, crm
from tests.tenant.examples.dataverse_shapes import EMPTY, ok, plain, refused, shown

CONTEXT = "{root}/$metadata#Microsoft.Dynamics.CRM."
SCRIPT = b"var Liaison = {open: function (context) {}};"
TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="text/xml"/><Default Extension="js" ContentType="text/javascript"/></Types>'
)
MANIFEST = (
    '<ImportExportXml version="9.2.0.0" SolutionPackageVersion="9.2" languagecode="1033" generatedBy="CrmLive">'
    "<SolutionManifest><UniqueName>Liaison</UniqueName><LocalizedNames>"
    '<LocalizedName description="Liaison for Teams" languagecode="1033"/></LocalizedNames><Descriptions/>'
    "<Version>{version}</Version><Managed>0</Managed><Publisher><UniqueName>liaison</UniqueName><LocalizedNames>"
    '<LocalizedName description="Liaison makers" languagecode="1033"/></LocalizedNames><Descriptions/>'
    "<CustomizationPrefix>liaison</CustomizationPrefix>"
    "<CustomizationOptionValuePrefix>71234</CustomizationOptionValuePrefix><Addresses/></Publisher><RootComponents>"
    '<RootComponent type="61" schemaName="liaison_/main.js" behavior="0"/></RootComponents><MissingDependencies/>'
    "</SolutionManifest></ImportExportXml>"
)
CUSTOMIZATIONS = (
    "<ImportExportXml><Entities><Entity><Name>Contact</Name><EntityInfo><entity Name='Contact'>"
    "<IsMSTeamsIntegrationEnabled>0</IsMSTeamsIntegrationEnabled></entity></EntityInfo></Entity></Entities>"
    "<Roles/><Workflows/><RibbonDiffXml><CustomActions>"
    '<CustomAction Id="liaison.Connect"'
    ' Location="Mscrm.Form.{!EntityLogicalName}.MainTab.Collaborate.Controls._children"'
    ' Sequence="10"><CommandUIDefinition><Button Id="liaison.Button" Command="liaison.Command"/></CommandUIDefinition>'
    '</CustomAction></CustomActions><Templates/><CommandDefinitions><CommandDefinition Id="liaison.Command">'
    '<EnableRules><EnableRule Id="liaison.Enabled"/></EnableRules><Actions>'
    '<JavaScriptFunction Library="$webresource:liaison_/main.js" FunctionName="Liaison.open">'
    '<CrmParameter Value="PrimaryControl"/></JavaScriptFunction></Actions></CommandDefinition></CommandDefinitions>'
    '<RuleDefinitions><EnableRules><EnableRule Id="liaison.Enabled"><CustomRule Library="$webresource:liaison_/main.js"'
    ' FunctionName="Liaison.enabled"/></EnableRule></EnableRules></RuleDefinitions></RibbonDiffXml><WebResources>'
    "<WebResource><WebResourceId>{6e1a0b70-0000-4000-8000-00000000a001}</WebResourceId><Name>liaison_/main.js</Name>"
    "<DisplayName>Main</DisplayName><WebResourceType>3</WebResourceType><IntroducedVersion>1.0.0.0</IntroducedVersion>"
    "<IsCustomizable>1</IsCustomizable><CanBeDeleted>1</CanBeDeleted><IsHidden>0</IsHidden>"
    "<FileName>/WebResources/liaison_mainjs</FileName></WebResource></WebResources>"
    "<Languages><Language>1033</Language></Languages></ImportExportXml>"
)
ACTION = (
    '<appaction uniquename="liaison__Connect!all!account!0"><name>Connect</name>'
    "<buttonlabeltext>Connect to Teams</buttonlabeltext><context>1</context><contextentity>"
    "<logicalname>account</logicalname></contextentity><contextvalue>account</contextvalue><location>0</location>"
    "<onclickeventtype>2</onclickeventtype><onclickeventjavascriptfunctionname>Liaison.open"
    "</onclickeventjavascriptfunctionname></appaction>"
)


def package(version: str = "1.0.0.0", **files: str) -> str:
    """A solution package as base64; `files` replaces or, when empty, leaves out parts."""
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": TYPES, "solution.xml": MANIFEST.replace("{version}", version),
        "customizations.xml": CUSTOMIZATIONS, "WebResources/liaison_mainjs": SCRIPT,
        "appactions/liaison__Connect!all!account!0/appaction.xml": ACTION,
        **{name.replace("__", "."): text for name, text in files.items()},
    }  # fmt: skip
    spool = io.BytesIO()
    with zipfile.ZipFile(spool, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            if text:
                archive.writestr(name, text)
    return base64.b64encode(spool.getvalue()).decode()


def imported(content: str, job: str = "") -> dict[str, object]:
    return {"OverwriteUnmanagedCustomizations": True, "PublishWorkflows": True, "CustomizationFile": content,
            "ImportJobId": job or str(uuid.uuid4())}  # fmt: skip


@pytest.fixture
def client(tenant: LocalTenant) -> Crm:
    return crm(tenant)


def test_8_4_an_import_leaves_its_rows(client: Crm) -> None:
    job = str(uuid.uuid4())
    assert shown(client, client.call("POST", "ImportSolution", imported(package(), job))) == EMPTY
    solution = client.rows("solutions?$select=friendlyname,version,ismanaged&$filter=uniquename eq 'Liaison'"
                           "&$expand=publisherid($select=uniquename,customizationprefix)")  # fmt: skip
    assert plain(client, solution) == [{
        "@odata.etag": "<version>", "friendlyname": "Liaison for Teams", "version": "1.0.0.0", "ismanaged": False,
        "solutionid": "<id>", "publisherid": {"uniquename": "liaison", "customizationprefix": "liaison",
                                              "publisherid": "<id>"},
    }]  # fmt: skip
    resource = client.rows("webresourceset?$select=webresourcetype,content&$filter=name eq 'liaison_/main.js'")[0]
    assert resource["webresourceid"] == "6e1a0b70-0000-4000-8000-00000000a001"
    assert (resource["webresourcetype"], base64.b64decode(resource["content"])) == (3, SCRIPT)
    assert client.names("ribbondiffs?$select=diffid&$filter=diffid eq 'liaison.Connect'", "diffid") == [
        "liaison.Connect"
    ]
    command = client.rows("ribboncommands?$select=commanddefinition&$filter=command eq 'liaison.Command'")[0]
    assert 'Library="$webresource:liaison_/main.js"' in command["commanddefinition"]
    assert client.names("ribbonrules?$select=ruleid&$filter=ruletype eq 1", "ruleid") == ["liaison.Enabled"]
    action = client.rows("appactions?$select=buttonlabeltext,context,contextentity,location,onclickeventtype")[0]
    assert (action["buttonlabeltext"], action["context"], action["contextentity"], action["onclickeventtype"]) == (
        "Connect to Teams", 1, "account", 2,
    )  # fmt: skip
    path = "EntityDefinitions(LogicalName='contact')?$select=IsMSTeamsIntegrationEnabled"
    assert client.get(path)["IsMSTeamsIntegrationEnabled"] is False
    found = client.get(f"importjobs({job})?$select=solutionname,progress,data")
    assert (found["solutionname"], found["progress"]) == ("Liaison", 100)
    assert 'result="success"' in found["data"]
    assert shown(client, client.call("POST", "PublishAllXml")) == EMPTY


def test_8_4_a_second_import_updates_and_an_older_one_is_refused(client: Crm) -> None:
    client.call("POST", "ImportSolution", imported(package("1.1.0.0")))
    assert client.call("POST", "ImportSolution", imported(package("1.2.0.0"))).status_code == 204
    assert client.names("solutions?$select=version&$filter=uniquename eq 'Liaison'", "version") == ["1.2.0.0"]
    assert len(client.rows("webresourceset?$select=name&$filter=name eq 'liaison_/main.js'")) == 1
    assert len(client.rows("ribboncommands?$select=command&$filter=command eq 'liaison.Command'")) == 1
    assert client.error("POST", "ImportSolution", imported(package("1.0.0.0")))[:2] == (400, "0x80048068")


def test_8_4_an_import_job_has_an_id_of_its_own(client: Crm) -> None:
    job = str(uuid.uuid4())
    client.call("POST", "ImportSolution", imported(package(), job))
    assert shown(client, client.call("POST", "ImportSolution", imported(package(), job))) == refused(
        400, "0x80071152", "Parameter ImportJobId must be unique."
    )


def test_8_4_importing_in_the_background_answers_with_jobs(client: Crm) -> None:
    answer = client.call("POST", "ImportSolutionAsync", imported(package()))
    assert shown(client, answer) == ok({
        "@odata.context": f"{CONTEXT}ImportSolutionAsyncResponse", "AsyncOperationId": "<id>", "ImportJobKey": "<id>",
    })  # fmt: skip
    job = answer.json()["AsyncOperationId"]
    assert client.get(f"asyncoperations({job})?$select=statecode,statuscode")["statuscode"] == 30


@pytest.mark.parametrize(
    "content",
    [
        base64.b64encode(b"no zip").decode(),
        package(customizations__xml=""),
        package(customizations__xml="<ImportExportXml><WebResources/><Roles/></ImportExportXml>"),
        package(solution__xml="<broken"),
        package(solution__xml='<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'),
        package(**{"WebResources/x__exe": "MZ"}),
        package(**{"WebResources/liaison_mainjs": ""}),
    ],
    ids=[
        "no zip",
        "no customizations",
        "wrong order",
        "broken manifest",
        "entities",
        "undeclared extension",
        "missing file",
    ],
)
def test_8_4_a_bad_package_leaves_nothing(client: Crm, content: str) -> None:
    assert client.error("POST", "ImportSolution", imported(content))[:2] == (400, "0x80048060")
    assert client.rows("solutions?$filter=uniquename eq 'Liaison'") == []


def test_8_4_an_export_can_be_imported_elsewhere(tenant: LocalTenant, client: Crm) -> None:
    client.call("POST", "ImportSolution", imported(package()))
    answer = client.call("POST", "ExportSolution", {"SolutionName": "Liaison", "Managed": False})
    assert answer.json()["@odata.context"].endswith("ExportSolutionResponse")
    service = crm(tenant, service=True)
    assert service.call("POST", "ImportSolution", imported(answer.json()["ExportSolutionFile"])).status_code == 204
    row = service.rows("webresourceset?$select=content&$filter=name eq 'liaison_/main.js'")[0]
    assert base64.b64decode(row["content"]) == SCRIPT
    assert service.names("ribboncommands?$select=command", "command") == ["liaison.Command"]
    assert client.error("POST", "ExportSolution", {"SolutionName": "Nothing"})[0] == 404


def test_8_4_solutions_are_made_by_hand_and_filled(client: Crm) -> None:
    publisher = client.create(
        "publishers",
        {
            "uniquename": "mine",
            "friendlyname": "Mine",
            "customizationprefix": "mine",
            "customizationoptionvalueprefix": 12345,
        },
    )
    body = {"uniquename": "Mine", "friendlyname": "Mine", "version": "1.0.0.0",
            "publisherid@odata.bind": f"/publishers({publisher})"}  # fmt: skip
    answer = client.call("POST", "solutions", body)
    address = {"odata-entityid": "{root}/solutions(<id>)", "location": "{root}/solutions(<id>)"}
    assert shown(client, answer) == {**EMPTY, **address}
    solution = client.id_in(answer)
    assert client.error("POST", "solutions", body)[:2] == (400, "0x80048041")
    header = {"MSCRM.SolutionUniqueName": "Mine"}
    resource = client.create("webresourceset", {"name": "mine_/a.js", "webresourcetype": 3,
                                                "content": base64.b64encode(b"1").decode()}, **header)  # fmt: skip
    query = f"solutioncomponents?$select=componenttype,objectid&$filter=_solutionid_value eq {solution}"
    assert [(row["componenttype"], row["objectid"]) for row in client.rows(query)] == [(61, resource)]
    account = client.get("EntityDefinitions(LogicalName='account')?$select=LogicalName")["MetadataId"]
    added = client.call("POST", "AddSolutionComponent", {"ComponentId": account, "ComponentType": 1,
                        "SolutionUniqueName": "Mine", "AddRequiredComponents": False})  # fmt: skip
    assert shown(client, added) == ok({"@odata.context": f"{CONTEXT}AddSolutionComponentResponse", "id": "<id>"})
    assert len(client.rows(query)) == 2
    client.delete(f"webresourceset({resource})")
    assert [row["componenttype"] for row in client.rows(query)] == [1]
    missing = {"ComponentId": NOBODY, "ComponentType": 61, "SolutionUniqueName": "Mine"}
    assert client.error("POST", "AddSolutionComponent", missing)[:2] == (404, "0x80040217")
    client.delete(f"solutions({solution})")
    assert client.rows(query) == []

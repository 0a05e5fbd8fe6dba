"""Microsoft's PowerPlatform-Dataverse-Client, unmodified, against the local tenant over https."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from azure.core.credentials import AccessToken
from azure.identity import ClientSecretCredential
from PowerPlatform.Dataverse.client import DataverseClient
from PowerPlatform.Dataverse.core.errors import HttpError, MetadataError
from PowerPlatform.Dataverse.models.filters import col
from PowerPlatform.Dataverse.models.upsert import UpsertItem

from tests.local_tenant import LocalTenant

NOBODY = "00000000-0000-0000-0000-000000000001"


class PersonsCredential:
    """Hands out a person's token for whatever address the client derives its scope from."""

    def __init__(self, tenant: LocalTenant, given: str) -> None:
        self._tenant = tenant
        self._given = given
        self.asked: list[str] = []

    def get_token(self, *scopes: str, **_: object) -> AccessToken:
        self.asked.extend(scopes)
        audience = scopes[0].removesuffix("/.default")
        return AccessToken(self._tenant.token(self._given, "user_impersonation", audience=audience), 4_102_444_800)


@pytest.fixture
def trusting(tenant: LocalTenant, monkeypatch: pytest.MonkeyPatch) -> LocalTenant:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tenant.ca))
    return tenant


@pytest.fixture
def client(trusting: LocalTenant) -> Iterator[DataverseClient]:
    with DataverseClient(trusting.https, PersonsCredential(trusting, "Nadia")) as made:
        yield made


def test_the_scope_is_derived_from_the_address(trusting: LocalTenant) -> None:
    credential = PersonsCredential(trusting, "Nadia")
    with DataverseClient(trusting.https, credential) as client:
        client.records.list("organization", select=["name"])
    assert set(credential.asked) == {f"{trusting.https}/.default"}


def test_the_application_signs_in_by_itself(trusting: LocalTenant) -> None:
    known = trusting.app("application")
    credential = ClientSecretCredential(
        trusting.id,
        known["client_id"],
        known["client_secret"],
        authority=trusting.https,
        disable_instance_discovery=True,
        connection_verify=str(trusting.ca),
    )
    with DataverseClient(trusting.https, credential) as client:
        names = [row["name"] for row in client.records.list("organization", select=["name"])]
    assert names == ["Contoso Sales"]


def test_create_retrieve_update_delete(client: DataverseClient) -> None:
    made = client.records.create("account", {"name": "SDK & Cie", "Telephone1": "+33 1"})
    row = client.records.retrieve("account", made, select=["Name", "telephone1"])
    assert row is not None
    assert (row["name"], row["telephone1"]) == ("SDK & Cie", "+33 1")
    client.records.update("account", made, {"name": "SDK – été"})
    changed = client.records.retrieve(
        "account", made, select=["name"], expand=["createdby($select=fullname)"], include_annotations="*"
    )
    assert changed is not None
    assert (changed["name"], changed["createdby"]["fullname"]) == ("SDK – été", "Nadia Benali")
    client.records.delete("account", made)
    assert client.records.retrieve("account", made) is None


def test_labels_of_choices_are_replaced_by_their_values(client: DataverseClient) -> None:
    made = client.records.create("account", {"name": "Labels", "industrycode": "Transport"})
    row = client.records.retrieve("account", made, select=["industrycode"])
    assert row is not None
    assert row["industrycode"] == 33


def test_many_rows_at_once(client: DataverseClient) -> None:
    ids = client.records.create("account", [{"name": f"Many {number}"} for number in range(25)])
    assert len(set(ids)) == 25
    client.records.update("account", ids, {"description": "all"})
    client.records.update("account", ids[:2], [{"description": "first"}, {"description": "second"}])
    found = client.records.list(
        "account", select=["name", "description"], filter="startswith(name,'Many ')", orderby=["name"], page_size=10
    )
    assert len(found) == 25
    assert sum(row["description"] == "all" for row in found) == 23
    assert client.records.delete("account", ids)
    assert len(client.records.list("account", filter="startswith(name,'Many ')")) == 0


def test_upsert_by_alternate_key(client: DataverseClient) -> None:
    def item(number: str, name: str) -> UpsertItem:
        return UpsertItem({"accountnumber": number}, {"name": name})

    client.records.upsert("account", [item("SDK'1", "One")])
    client.records.upsert("account", [item("SDK'1", "One again")])
    client.records.upsert("account", [item("SDK-2", "Two"), item("SDK-3", "Three")])
    found = client.records.list("account", select=["name"], filter="startswith(accountnumber,'SDK')", orderby=["name"])
    assert [row["name"] for row in found] == ["One again", "Three", "Two"]


def test_listing_with_a_builder_follows_every_page(client: DataverseClient) -> None:
    query = (
        client.query.builder("opportunity")
        .select("name", "estimatedvalue", "statecode")
        .where((col("statecode").in_([0, 1])) & (col("estimatedvalue") > 1000))
        .order_by("estimatedvalue", descending=True)
        .page_size(50)
    )
    pages = list(query.execute_pages())
    rows = [row for page in pages for row in page]
    assert len(pages) > 5
    assert all(len(page) == 50 for page in pages[:-1])
    values = [row["estimatedvalue"] for row in rows]
    assert values == sorted(values, reverse=True)
    assert len({row["opportunityid"] for row in rows}) == len(rows)
    assert {row["statecode"] for row in rows} == {0, 1}


def test_builder_filters_with_hard_texts(client: DataverseClient) -> None:
    for name in ("D'Artagnan & fils", "100% pur", "a+b=c"):
        made = client.records.create("account", {"name": name})
        rows = client.query.builder("account").select("name").where(col("name") == name).execute()
        assert [row["accountid"] for row in rows] == [made]
    top = client.query.builder("account").select("name").where(col("name").is_not_null()).top(3).execute()
    assert len(top) == 3


def test_fetchxml_follows_the_paging_cookie(client: DataverseClient) -> None:
    xml = (
        '<fetch count="120"><entity name="account"><attribute name="name"/><attribute name="accountid"/>'
        '<order attribute="name"/></entity></fetch>'
    )
    pages = list(client.query.fetchxml(xml).execute_pages())
    assert [len(page) for page in pages] == [120] * 5
    assert len({row["accountid"] for page in pages for row in page}) == 600


def test_batches_and_change_sets(client: DataverseClient) -> None:
    batch = client.batch.new()
    with batch.changeset() as together:
        account = together.records.create("account", {"name": "From a set"})
        together.records.create("contact", {"lastname": "In it", "parentcustomerid_account@odata.bind": account})
        together.records.update("account", account, {"description": "changed in the set"})
    batch.records.create("account", {"name": "Beside the set"})
    batch.records.list("account", select=["name"], filter="name eq 'From a set'")
    result = batch.execute()
    assert not result.has_errors, [one.error_message for one in result.failed]
    assert len(result.entity_ids) == 4
    listed = result.responses[-1].data
    assert listed is not None
    assert [row["name"] for row in listed["value"]] == ["From a set"]


def test_a_failing_change_set_keeps_nothing(client: DataverseClient) -> None:
    batch = client.batch.new()
    with batch.changeset() as together:
        together.records.create("account", {"name": "Lost"})
        together.records.update("account", NOBODY, {"name": "x"})
    result = batch.execute(continue_on_error=True)
    (failure,) = result.failed
    assert (failure.status_code, failure.error_code) == (404, "0x80040217")
    assert len(client.records.list("account", filter="name eq 'Lost'")) == 0


def test_tables(client: DataverseClient) -> None:
    visit = client.tables.get("contoso_Visit")
    assert visit is not None
    assert (visit.entity_set_name, visit.schema_name) == ("contoso_visits", "contoso_Visit")
    assert client.tables.get("nothing") is None
    listed = client.tables.list(filter="SchemaName eq 'Opportunity'", select=["LogicalName", "EntitySetName"])
    assert [(row["LogicalName"], row["EntitySetName"]) for row in listed] == [("opportunity", "opportunities")]
    columns = client.tables.list_columns("account", select=["LogicalName", "AttributeType"])
    assert "name" in {column["LogicalName"] for column in columns}
    typed = client.tables.list_columns("account", typed=True)
    assert {column["LogicalName"]: column.get("MaxLength") for column in typed}["name"] == 160
    keys = client.tables.get_alternate_keys("account")
    assert [key.key_attributes for key in keys] == [["accountnumber"]]


def test_an_unknown_table_is_a_metadata_error(client: DataverseClient) -> None:
    with pytest.raises(MetadataError, match="Unable to resolve entity set"):
        client.records.list("nothing")


def test_refusals_reach_the_caller_with_their_code(trusting: LocalTenant) -> None:
    with (
        DataverseClient(trusting.https, PersonsCredential(trusting, "Sofia")) as sofia,
        pytest.raises(HttpError, match="prvCreateOpportunity") as refused,
    ):
        sofia.records.create("opportunity", {"name": "x"})
    assert refused.value.status_code == 403
    assert refused.value.details["service_error_code"] == "0x80040220"
    assert refused.value.details["service_request_id"]


def test_throttling_is_transient_and_says_how_long(trusting: LocalTenant, client: DataverseClient) -> None:
    client.records.list("organization", select=["name"])
    trusting.switch(dataverse__throttle=1)
    client.records.list("organization", select=["name"])
    with pytest.raises(HttpError) as refused:
        client.records.list("organization", select=["name"])
    assert refused.value.status_code == 429
    assert refused.value.is_transient
    assert refused.value.details["retry_after"] >= 1


def test_links_can_be_written_by_this_client(client: DataverseClient) -> None:
    deal = client.records.list("opportunity", select=["name"], filter="name eq 'Northwind renewal'").first()
    assert deal is not None
    made = client.records.create(
        "msdyn_teamscollaboration",
        {
            "msdyn_teamid": "19:a@thread.tacv2",
            "msdyn_channelid": "19:b@thread.tacv2",
            "msdyn_channelname": "General",
            "msdyn_groupid": NOBODY,
            "msdyn_tenantid": NOBODY,
            "msdyn_teamsiteurl": "https://contoso.sharepoint.com/sites/Sdk",
            "msdyn_channelfolderrelativeurl": "/sites/Sdk/Shared Documents/General",
            "regardingobjectid": deal["opportunityid"],
            "regardingobjecttypename": "opportunity",
            "regardingobjecttypecode": 3,
        },
    )
    places = client.records.list(
        "sharepointdocumentlocation",
        select=["relativeurl"],
        filter=f"_regardingobjectid_value eq {deal['opportunityid']} and servicetype eq 3",
    )
    assert [place["relativeurl"] for place in places] == ["Shared Documents/General"]
    client.records.delete("msdyn_teamscollaboration", made)


def test_sql(client: DataverseClient) -> None:
    rows = client.query.sql(
        "SELECT name, estimatedvalue FROM opportunity WHERE name = 'Northwind renewal' AND statecode = 0"
    )
    assert [(row["name"], row["estimatedvalue"]) for row in rows] == [("Northwind renewal", 120000.0)]
    joined = client.query.sql(
        "SELECT o.name, a.name AS account FROM opportunity o JOIN account a ON a.accountid = o.parentaccountid"
        " WHERE a.name LIKE 'Northwind%' AND (o.estimatedvalue BETWEEN 119000 AND 121000 OR o.name IS NULL)"
        " AND o.statecode IN (0, 1)"
    )
    assert [(row["name"], row["account"]) for row in joined] == [("Northwind renewal", "Northwind Traders")]
    groups = client.query.sql("SELECT statecode, COUNT(*) AS n FROM opportunity GROUP BY statecode ORDER BY statecode")
    assert [row["statecode"] for row in groups] == [0, 1, 2]
    assert sum(row["n"] for row in groups) == 800
    assert len(client.query.sql("SELECT name FROM account ORDER BY name DESC")) == 600

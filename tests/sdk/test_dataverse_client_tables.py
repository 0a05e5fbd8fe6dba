"""Microsoft's PowerPlatform-Dataverse-Client, unmodified, making tables, columns, relationships, keys and files."""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum
from pathlib import Path
from typing import Any

import pytest
from azure.core.credentials import AccessToken
from PowerPlatform.Dataverse.client import DataverseClient
from PowerPlatform.Dataverse.core.errors import HttpError, MetadataError
from PowerPlatform.Dataverse.models.labels import Label, LocalizedLabel
from PowerPlatform.Dataverse.models.relationship import (
    CascadeConfiguration,
    LookupAttributeMetadata,
    ManyToManyRelationshipMetadata,
    OneToManyRelationshipMetadata,
)

from tests.local_tenant import LocalTenant
from tests.tenant.crm_client import crm


class PersonsCredential:
    """Hands out a person's token for whatever address the client derives its scope from."""

    def __init__(self, tenant: LocalTenant, given: str) -> None:
        self._tenant = tenant
        self._given = given

    def get_token(self, *scopes: str, **_: object) -> AccessToken:
        audience = scopes[0].removesuffix("/.default")
        return AccessToken(self._tenant.token(self._given, "user_impersonation", audience=audience), 4_102_444_800)


class Priority(IntEnum):
    LOW = 100
    HIGH = 200


@pytest.fixture
def client(tenant: LocalTenant, monkeypatch: pytest.MonkeyPatch) -> Iterator[DataverseClient]:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tenant.ca))
    with DataverseClient(tenant.https, PersonsCredential(tenant, "Nadia")) as made:
        yield made


@pytest.fixture
def ticket(client: DataverseClient) -> str:
    """A table with one column of each type that the client knows."""
    columns: dict[str, Any] = {
        "new_Title": "string", "new_Notes": "memo", "new_Count": "int", "new_Price": "decimal", "new_Ratio": "float",
        "new_Due": "datetime", "new_Open": "bool", "new_Priority": Priority, "new_Paper": "file",
        "new_Score": {"type": "int", "min_value": 1, "max_value": 5},
    }  # fmt: skip
    made = client.tables.create("new_Ticket", columns)
    assert (made["table_logical_name"], made["entity_set_name"]) == ("new_ticket", "new_tickets")
    return "new_Ticket"


def test_a_new_table_holds_rows_of_every_type(client: DataverseClient, ticket: str) -> None:
    made = client.records.create(ticket, {
        "new_Name": "First", "new_Title": "Un titre", "new_Notes": "a\nb", "new_Count": 7, "new_Price": 12.5,
        "new_Ratio": 0.125, "new_Due": "2026-12-24", "new_Open": True, "new_Priority": "High", "new_Score": 5,
    })  # fmt: skip
    names = ["new_name", "new_title", "new_notes", "new_count", "new_price", "new_ratio", "new_due", "new_open",
             "new_priority", "new_score"]  # fmt: skip
    row = client.records.retrieve(ticket, made, select=names)
    assert row is not None
    assert {name: row[name] for name in names} == {
        "new_name": "First", "new_title": "Un titre", "new_notes": "a\nb", "new_count": 7, "new_price": 12.5,
        "new_ratio": 0.125, "new_due": "2026-12-24", "new_open": True, "new_priority": 200, "new_score": 5,
    }  # fmt: skip
    with pytest.raises(HttpError) as refused:
        client.records.create(ticket, {"new_Name": "Second", "new_Score": 6})
    assert refused.value.details["service_error_code"] == "0x8004432f"


def test_a_table_is_known_once_and_gone_after_deletion(client: DataverseClient, ticket: str) -> None:
    found = client.tables.get(ticket)
    assert found is not None
    assert found["entity_set_name"] == "new_tickets"
    with pytest.raises(MetadataError):
        client.tables.create(ticket, {})
    client.tables.delete(ticket)
    assert client.tables.get(ticket) is None
    assert client.tables.create(ticket, {})["entity_set_name"] == "new_tickets"


def test_columns_are_added_changed_and_removed(client: DataverseClient, ticket: str) -> None:
    assert client.tables.add_columns(ticket, {"new_Extra": "string", "new_Level": Priority}) == [
        "new_Extra", "new_Level",
    ]  # fmt: skip
    assert client.tables.remove_columns(ticket, ["new_Extra"]) == ["new_Extra"]
    names = {column["LogicalName"] for column in client.tables.list_columns(ticket)}
    assert "new_level" in names
    assert "new_extra" not in names


def test_a_columns_limits_are_updated(client: DataverseClient, ticket: str) -> None:
    client.tables.update_column(ticket, "new_Title", {"max_length": 5, "display_name": "Short"})
    with pytest.raises(HttpError) as refused:
        client.records.create(ticket, {"new_Name": "x", "new_Title": "longer"})
    assert refused.value.details["service_error_code"] == "0x80044331"


def test_relationships_join_tables(tenant: LocalTenant, client: DataverseClient, ticket: str) -> None:
    made = client.tables.create_one_to_many_relationship(
        LookupAttributeMetadata("new_AccountId", Label([LocalizedLabel("Account", 1033)])),
        OneToManyRelationshipMetadata(
            "new_account_tickets", "account", "new_ticket", "accountid", CascadeConfiguration(delete="Cascade")
        ),
    )
    found = client.tables.get_relationship("new_account_tickets")
    assert found is not None
    assert found.relationship_id == made.relationship_id
    account = client.records.create("account", {"name": "Parent"})
    child = client.records.create(ticket, {"new_Name": "Child", "new_AccountId@odata.bind": f"/accounts({account})"})
    row = client.records.retrieve(ticket, child, select=["_new_accountid_value"])
    assert row is not None
    assert row["_new_accountid_value"] == account
    crm(tenant).delete(f"accounts({account})")
    assert client.records.retrieve(ticket, child) is None
    client.tables.delete_relationship(made.relationship_id or "")
    assert client.tables.get_relationship("new_account_tickets") is None


def test_a_lookup_field_is_a_relationship(client: DataverseClient, ticket: str) -> None:
    made = client.tables.create_lookup_field(
        referencing_table="new_ticket", lookup_field_name="new_ContactId", referenced_table="contact"
    )
    assert made.relationship_schema_name == "contact_new_ticket_new_ContactId"
    names = {column["LogicalName"] for column in client.tables.list_columns(ticket)}
    assert "new_contactid" in names


def test_many_to_many_relationships_join_rows(tenant: LocalTenant, client: DataverseClient, ticket: str) -> None:
    client.tables.create_many_to_many_relationship(
        ManyToManyRelationshipMetadata("new_ticket_contact", "new_ticket", "contact")
    )
    nadia = crm(tenant)
    row = client.records.create(ticket, {"new_Name": "Joined"})
    contact = client.records.create("contact", {"lastname": "Joined"})
    address = {"@odata.id": f"{nadia.root}/contacts({contact})"}
    assert nadia.call("POST", f"new_tickets({row})/new_ticket_contact/$ref", address).status_code == 204
    assert nadia.names(f"new_tickets({row})/new_ticket_contact?$select=lastname", "lastname") == ["Joined"]
    assert nadia.names(f"contacts({contact})/new_ticket_contact?$select=new_name", "new_name") == ["Joined"]


def test_alternate_keys_find_and_refuse_rows(tenant: LocalTenant, client: DataverseClient, ticket: str) -> None:
    key = client.tables.create_alternate_key(ticket, "new_TitleKey", ["new_title"])
    assert [(found.schema_name, found.key_attributes, found.status)
            for found in client.tables.get_alternate_keys(ticket)] == [
        ("new_TitleKey", ["new_title"], "Active")
    ]  # fmt: skip
    client.records.create(ticket, {"new_Name": "One", "new_Title": "T1"})
    assert crm(tenant).get("new_tickets(new_title='T1')?$select=new_name")["new_name"] == "One"
    with pytest.raises(HttpError) as refused:
        client.records.create(ticket, {"new_Name": "Two", "new_Title": "T1"})
    assert refused.value.details["service_error_code"] == "0x80060892"
    client.tables.delete_alternate_key(ticket, key.metadata_id)
    client.records.create(ticket, {"new_Name": "Two", "new_Title": "T1"})


def test_files_are_uploaded_whole_and_in_chunks(
    tenant: LocalTenant, client: DataverseClient, ticket: str, tmp_path: Path
) -> None:
    small, large = tmp_path / "rapport é.txt", tmp_path / "large.bin"
    small.write_bytes(b"bonjour")
    large.write_bytes(bytes(range(256)) * 20_000)
    row = client.records.create(ticket, {"new_Name": "With files"})
    nadia = crm(tenant)
    client.files.upload(ticket, row, "new_Paper", str(large), mode="chunk")
    answer = nadia.call("GET", f"new_tickets({row})/new_paper/$value")
    assert (answer.status_code, answer.content) == (200, large.read_bytes())
    assert answer.headers["x-ms-file-name"] == "large.bin"
    client.files.upload(ticket, row, "new_Paper", str(small), if_none_match=False)
    assert nadia.call("GET", f"new_tickets({row})/new_paper/$value").content == b"bonjour"
    assert nadia.get(f"new_tickets({row})?$select=new_paper_name")["new_paper_name"] == "rapport é.txt"


def test_uploading_makes_the_column_when_it_is_missing(
    tenant: LocalTenant, client: DataverseClient, tmp_path: Path
) -> None:
    paper = tmp_path / "contract.txt"
    paper.write_bytes(b"signed")
    account = client.records.create("account", {"name": "Papers"})
    client.files.upload("account", account, "new_Contract", str(paper))
    assert crm(tenant).call("GET", f"accounts({account})/new_contract/$value").content == b"signed"


def test_deleting_many_rows_is_a_job(tenant: LocalTenant, client: DataverseClient, ticket: str) -> None:
    ids = client.records.create(ticket, [{"new_Name": f"Row {number}"} for number in range(3)])
    job = client.records.delete(ticket, ids[:2])
    nadia = crm(tenant)
    assert nadia.get(f"asyncoperations({job})?$select=statuscode")["statuscode"] == 30
    assert nadia.names("new_tickets?$select=new_name", "new_name") == ["Row 2"]


def test_a_table_is_made_and_filled_in_one_batch(client: DataverseClient) -> None:
    batch = client.batch.new()
    batch.tables.create("new_Crate", {"new_Weight": "int"})
    batch.tables.add_columns("account", {"new_CrateCount": "int"})
    result = batch.execute()
    assert [part.status_code for part in result.responses] == [200, 204]
    assert client.records.create("new_Crate", {"new_Name": "C1", "new_Weight": 3})


def test_who_may_not_customize_is_refused(tenant: LocalTenant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tenant.ca))
    with (
        DataverseClient(tenant.https, PersonsCredential(tenant, "Claire")) as client,
        pytest.raises(HttpError) as refused,
    ):
        client.tables.create("new_Forbidden", {})
    assert refused.value.status_code == 403
    assert "prvCreateEntity" in str(refused.value)

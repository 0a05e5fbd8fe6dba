"""What reading records as one person takes: the client, what is known of tables, and the person's language."""

from __future__ import annotations

from dataclasses import dataclass

from liaison.dataverse.client import DataverseClient
from liaison.dataverse.crm_people import DataversePeople
from liaison.dataverse.crm_records import DataverseRecords
from liaison.dataverse.metadata import DataverseMetadata


@dataclass(frozen=True)
class Desk:
    client: DataverseClient
    metadata: DataverseMetadata
    records: DataverseRecords
    people: DataversePeople
    language: str

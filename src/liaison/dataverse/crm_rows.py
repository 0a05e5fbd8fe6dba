"""All rows of a link at once: found in one batch of reads, made or removed in one set of changes.

A set is refused as a whole and does not say whose fault it was; then the rows are made one by one by `crm_links`.
Source: dataverse.md section 5.7; replay table C8 and C9; goal G12.
"""

from __future__ import annotations

import asyncio

from liaison.dataverse.client import Call, DataverseClient, remove_call
from liaison.dataverse.crm_links import DataverseLinks, folder_address, same_address
from liaison.dataverse.crm_records import note_call
from liaison.dataverse.metadata import DataverseMetadata
from liaison.dataverse.names import LINK_TABLE, LINKS, LOCATION_TABLE, LOCATIONS
from liaison.domain.crm import LinkRows
from liaison.domain.link import Link, record_of


class DataverseRows:
    """Each row has an id of our own, so that a set whose answer was lost may be sent again: then it is refused."""

    def __init__(self, client: DataverseClient, metadata: DataverseMetadata, links: DataverseLinks) -> None:
        self._client = client
        self._metadata = metadata
        self._links = links

    async def ensure_rows(self, link: Link, kind: str, subject: str, text: str) -> LinkRows | None:
        """Location, association and timeline entry of a record's link; None when the set was refused.

        A location of the same folder and an association of the same channel are adopted, whoever made them.
        """
        record = record_of(link)
        (table, _), locations, associations, site = await asyncio.gather(
            self._metadata.describe(record.table),
            self._links.list_locations(record),
            self._links.list_associations(record),
            self._links.find_site(link),
        )
        wanted = folder_address(link)
        location = next((place.id for place in locations if same_address(place.address, wanted)), None)
        association = next((row.id for row in associations if row.channel == link.evidence.channel), None)
        calls: list[Call] = []
        if location is None:
            calls += [] if site else [self._links.site_call(link)]
            calls.append(self._links.location_call(link, table, site))
        if association is None:
            calls.append(self._links.association_call(link, table.type_code))
        calls.append(note_call(link, table, kind, subject, text))
        if not await self._client.change(calls):
            return None
        return LinkRows(
            location or link.row_id("location"), association or link.row_id("association"), link.row_id(f"note/{kind}")
        )

    async def remove_rows(self, link: Link, kind: str, subject: str, text: str) -> bool:
        """Association and location go, a timeline entry says so; false when the set was refused."""
        made = link.evidence
        if not (made.association and made.location):
            return False
        table, _ = await self._metadata.describe(link.regarding.table)
        return await self._client.change(
            (
                remove_call(LINKS, LINK_TABLE, made.association),
                remove_call(LOCATIONS, LOCATION_TABLE, made.location),
                note_call(link, table, kind, subject, text),
            )
        )

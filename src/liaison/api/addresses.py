"""Addresses that the API gives out: of its own documents and of Liaison's pages."""

from __future__ import annotations

from liaison.domain.link import Link
from liaison.domain.names import LinkId, RecordRef

PREFIX = "/api/v1"


def link_address(public_address: str, link: LinkId) -> str:
    return f"{public_address}{PREFIX}/links/{link}"


def linked_record_address(public_address: str, link: Link) -> str:
    """The record's page, found by the link's own key: the same address that the tab in Teams has."""
    return f"{public_address}/l/{link.tab_entity}"


def linked_documents_address(public_address: str, link: Link) -> str:
    """The Documents tab of the link's record."""
    return f"{linked_record_address(public_address, link)}?tab=documents"


def record_address(public_address: str, ref: RecordRef) -> str:
    """The record's page, in the first app that shows its table."""
    return f"{public_address}/e/{ref.environment}/records/{ref.table}/{ref.id}"

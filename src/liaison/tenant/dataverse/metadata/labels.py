"""Texts of definitions in all languages. Source: query-metadata-web-api.md, Label complex type."""

from __future__ import annotations

from typing import Any

from liaison.tenant.estate.crm.columns import Label
from liaison.tenant.estate.crm.tables import metadata_id

NO_LABEL: dict[str, Any] = {"LocalizedLabels": [], "UserLocalizedLabel": None}


def label_json(label: Label, language: int, *place: str) -> dict[str, Any]:
    """A label in the languages it has; the user's own language is repeated."""
    texts = {code: text for code, text in ((1033, label.en), (1036, label.fr)) if text}
    labels = [
        {
            "Label": text,
            "LanguageCode": code,
            "IsManaged": True,
            "MetadataId": metadata_id("label", *place, str(code)),
            "HasChanged": None,
        }
        for code, text in texts.items()
    ]
    if not labels:
        return dict(NO_LABEL)
    mine = next((found for found in labels if found["LanguageCode"] == language), labels[0])
    return {"LocalizedLabels": labels, "UserLocalizedLabel": mine}


def managed(value: bool, name: str, *, can_change: bool = True) -> dict[str, Any]:
    """A managed property."""
    return {"Value": value, "CanBeChanged": can_change, "ManagedPropertyLogicalName": name}

"""Packages of Teams apps for the examples: the manifest of the contract with its placeholders filled, and a zip."""

from __future__ import annotations

import io
import json
import struct
import zipfile
import zlib
from typing import Any

from liaison.tenant.seeds.company import DELEGATED_APP_ID

MANIFEST_ID = "0f3c9a52-6d1e-4f0b-9a77-2b8c4d5e6f70"
HOST = "liaison.contoso.com"
LANGUAGE = {
    "name.short": "Liaison",
    "description.short": "Enregistrements et canaux",
    "description.full": "Les enregistrements de Dynamics 365 dans les canaux de Teams.",
}


def manifest(**changes: Any) -> dict[str, Any]:
    """The manifest of section 3.4; a change to None takes a property out."""
    whole: dict[str, Any] = {
        "manifestVersion": "1.25",
        "version": "1.0.0",
        "id": MANIFEST_ID,
        "developer": {
            "name": "Contoso",
            "websiteUrl": f"https://{HOST}/",
            "privacyUrl": f"https://{HOST}/privacy",
            "termsOfUseUrl": f"https://{HOST}/terms",
        },
        "name": {"short": "Liaison", "full": "Liaison for Dynamics 365"},
        "description": {"short": "Records and channels", "full": "Records of Dynamics 365 in the channels of Teams."},
        "icons": {"outline": "outline.png", "color": "color.png"},
        "accentColor": "#5b5fc7",
        "localizationInfo": {
            "defaultLanguageTag": "en",
            "additionalLanguages": [{"languageTag": "fr", "file": "fr.json"}],
        },
        "configurableTabs": [
            {
                "id": "record",
                "configurationUrl": f"https://{HOST}/teams/config?locale={{locale}}&theme={{theme}}",
                "canUpdateConfiguration": True,
                "scopes": ["team"],
                "context": ["channelTab"],
            }
        ],
        "staticTabs": [
            {
                "entityId": "home",
                "name": "Liaison",
                "contentUrl": f"https://{HOST}/teams/home",
                "websiteUrl": f"https://{HOST}/",
                "scopes": ["personal"],
            }
        ],
        "supportedChannelTypes": ["sharedChannels", "privateChannels"],
        "supportsChannelFeatures": "tier1",
        "permissions": ["identity"],
        "validDomains": [HOST],
        "webApplicationInfo": {"id": DELEGATED_APP_ID, "resource": f"api://{HOST}/{DELEGATED_APP_ID}"},
    }
    return {name: value for name, value in (whole | changes).items() if value is not None}


def icon(side: int) -> bytes:
    """A white square as a PNG."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    rows = b"".join(b"\0" + b"\xff" * 4 * side for _ in range(side))
    header = struct.pack(">IIBBBBB", side, side, 8, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def package(whole: dict[str, Any] | None = None, *, folder: str = "", **files: bytes | None) -> bytes:
    """A zip with manifest, icons and the French texts; a file given as None is left out; `_` stands for the dot."""
    content: dict[str, bytes | None] = {
        "manifest.json": json.dumps(whole or manifest()).encode(),
        "color.png": icon(192),
        "outline.png": icon(32),
        "fr.json": json.dumps(LANGUAGE).encode(),
    }
    content |= {name.replace("_", "."): value for name, value in files.items()}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, value in content.items():
            if value is not None:
                archive.writestr(folder + name, value)
    return packed.getvalue()

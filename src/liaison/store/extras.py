"""A template's extras as parts of documents."""

from __future__ import annotations

from typing import Any

from liaison.domain.extras import ExtraChannel, ExtraKind, ExtraMade, Extras, ExtraState, WebsiteTab
from liaison.domain.names import ChannelKind
from liaison.store.parts import Parts


def write_extras(extras: Extras) -> dict[str, Any]:
    return {
        "folders": list(extras.folders),
        "channels": [{"name": one.name, "kind": one.kind} for one in extras.channels],
        "tabs": [{"name": one.name, "address": one.address} for one in extras.tabs],
        "welcome": extras.welcome,
    }


def read_extras(part: Parts) -> Extras:
    return Extras(
        folders=tuple(part.texts("folders")),
        channels=tuple(part.parts("channels", _read_channel)),
        tabs=tuple(part.parts("tabs", _read_tab)),
        welcome=part.text("welcome"),
    )


def _read_channel(part: Parts) -> ExtraChannel:
    return ExtraChannel(part.text("name"), part.word("kind", ChannelKind))


def _read_tab(part: Parts) -> WebsiteTab:
    return WebsiteTab(part.text("name"), part.text("address"))


def write_made(one: ExtraMade) -> dict[str, str]:
    return {"kind": one.kind, "name": one.name, "state": one.state, "id": one.id}


def read_made(part: Parts) -> ExtraMade:
    state = part.word("state", ExtraState)
    return ExtraMade(part.word("kind", ExtraKind), part.text("name"), state, part.text("id"))

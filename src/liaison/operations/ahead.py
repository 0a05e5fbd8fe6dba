"""What of a team and its channel is there already when connecting begins, read once and together."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import TypeVar

from liaison.domain.connection import ConnectionFacts, ConnectionRequest
from liaison.domain.link import Link, NewTeam, PinnedBy, StepName
from liaison.domain.teams import AppPlacement, Folder
from liaison.errors import LiaisonError
from liaison.ports import Teamwork

_T = TypeVar("_T")


@dataclass(frozen=True)
class Ahead:
    """None where it is not there, or could not be read: the step that needs it finds out why."""

    app: AppPlacement | None = None
    folder: Folder | None = None


async def look_ahead(asked: ConnectionRequest, teamwork: Teamwork) -> Ahead:
    """Raises nothing that a service says."""
    if isinstance(asked.team, NewTeam):
        return Ahead()
    app, folder = await asyncio.gather(
        or_none(teamwork.find_app(asked.team)) if asked.pinned_by is PinnedBy.LIAISON else _nothing(),
        or_none(teamwork.find_files_folder(asked.team, asked.channel))
        if isinstance(asked.channel, str)
        else _nothing(),
    )
    return Ahead(app, folder)


async def or_none(reading: Awaitable[_T]) -> _T | None:
    """What is read, or None: whoever needs it finds out why it is not told."""
    try:
        return await reading
    except LiaisonError:
        return None


async def _nothing() -> None:
    return None


def with_what_is_there(link: Link, facts: ConnectionFacts, ahead: Ahead) -> Link:
    """The planned link with the steps done that have nothing left to do.

    A channel counts as there when its folder was found: lists may be stale.
    """
    if ahead.app is not None and StepName.APP in link.steps:
        link = link.with_evidence(StepName.APP, app=ahead.app.app, app_installation=ahead.app.installation)
    found = next((channel for channel in facts.channels if channel.id == link.wanted), None)
    if found is None or ahead.folder is None:
        return link
    link = link.with_evidence(
        StepName.CHANNEL,
        channel=found.id,
        channel_name=found.name,
        channel_kind=found.kind,
        channel_address=found.address,
    )
    return with_folder(link, ahead.folder)


def with_folder(link: Link, folder: Folder) -> Link:
    """The link after its channel's folder was found."""
    return link.with_evidence(
        StepName.FOLDER,
        drive=folder.drive,
        folder=folder.item,
        folder_address=folder.address,
        site_address=folder.site_address,
        folder_path=folder.path,
    )

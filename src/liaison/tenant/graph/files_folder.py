"""The folder of a channel, which is made when somebody first asks for it.

Source: Graph v1.0, api/channel-get-filesfolder.md; graph.md 4.3
"""

from __future__ import annotations

from dataclasses import replace

from liaison.tenant.estate import channels, files
from liaison.tenant.estate.files import DriveItem
from liaison.tenant.estate.switches import get_switch
from liaison.tenant.graph.access import asked_team, channel_as_member
from liaison.tenant.graph.channels import channel_key
from liaison.tenant.graph.drive_items import second
from liaison.tenant.graph.errors import Backend, GraphError
from liaison.tenant.graph.permissions import FILES_FOLDER
from liaison.tenant.graph.places import is_unmanaged
from liaison.tenant.graph.requests import Ask
from liaison.tenant.graph.responses import Answer, Json
from liaison.tenant.graph.schema import DRIVE_ITEM
from liaison.tenant.graph.shapes import entity, selected
from liaison.tenant.graph.table import operations

_NOT_READY = "Folder location for this channel is not ready yet, please try again later."
_NO_DATE = "0001-01-01T00:00:00Z"


def read_files_folder(ask: Ask) -> Answer:
    """`GET …/channels/{channel}/filesFolder`: 404 until it has been made; the first call starts that."""
    team, channel = channel_as_member(ask)
    if is_unmanaged(ask) and get_switch(ask.estate, "graph.unmanaged_devices", "none") == "block":
        raise GraphError(403, "Forbidden", "Access to the files of the channel is blocked by a policy.")
    delay_s = get_switch(ask.estate, "graph.files_folder_delay_s", 0.0)
    folder = channels.ask_for_files_folder(ask.estate, channel, delay_s)
    if folder is None:
        raise GraphError(404, "NotFound", _NOT_READY)
    context = ask.context(f"teams('{team.id}')/channels('{channel_key(channel.id)}')/filesFolder/$entity")
    return Answer(body=entity(context, selected(ask, _folder_body(ask, folder), DRIVE_ITEM, "driveItem")))


def read_primary_files_folder(ask: Ask) -> Answer:
    """`GET /teams/{team}/primaryChannel/filesFolder`."""
    primary = channels.primary_channel(ask.estate, asked_team(ask).id)
    return read_files_folder(replace(ask, params={**ask.params, "channel": primary.id}))


def _folder_body(ask: Ask, folder: DriveItem) -> Json:
    """The folder as Teams tells it: no true creation date, and a parent reference of two members only."""
    modified = second(folder.modified)
    return {
        "id": folder.id,
        "createdDateTime": _NO_DATE,
        "lastModifiedDateTime": modified,
        "name": folder.name,
        "webUrl": files.path_address(ask.estate, folder),
        "size": folder.size,
        "parentReference": {"driveId": folder.drive_id, "driveType": "documentLibrary"},
        "fileSystemInfo": {"createdDateTime": second(folder.created), "lastModifiedDateTime": modified},
        "folder": {"childCount": folder.child_count},
    }


OPERATIONS = operations(
    Backend.TEAMS,
    ("GET", "teams/{team}/channels/{channel}/filesFolder", read_files_folder, FILES_FOLDER),
    ("GET", "teams/{team}/primaryChannel/filesFolder", read_primary_files_folder, FILES_FOLDER),
)

"""The folder of a channel, which is made when somebody first asks for it.

Source: Graph v1.0, api/channel-get-filesfolder.md; graph.md 4.3
"""

from __future__ import annotations

from dataclasses import replace

from liaison.tenant.estate import channels, files
from liaison.tenant.estate.access import shuts_devices_out
from liaison.tenant.estate.files import DriveItem
from liaison.tenant.estate.switches import get_switch
from liaison.tenant.graph.access import asked_team, channel_as_member
from liaison.tenant.graph.channels import channel_key
from liaison.tenant.graph.drive_items import second
from liaison.tenant.graph.errors import Backend, GraphError, forbidden
from liaison.tenant.graph.permissions import FILES_FOLDER
from liaison.tenant.graph.places import UNTRUSTED, is_unmanaged
from liaison.tenant.graph.requests import Ask
from liaison.tenant.graph.responses import Answer, Json
from liaison.tenant.graph.schema import DRIVE_ITEM
from liaison.tenant.graph.shapes import entity, selected
from liaison.tenant.graph.table import operations

_NOT_READY = "Folder location for this channel is not ready yet, please try again later."
_NO_DATE = "0001-01-01T00:00:00Z"


def read_files_folder(ask: Ask) -> Answer:
    """`GET …/channels/{channel}/filesFolder`: 404 until it has been made; the first call starts that.

    A refusal of SharePoint is handed on in its own words [inferred]. Source: graph.md section 12
    """
    team, channel = channel_as_member(ask)
    site = channels.site_of_channel(ask.estate, channel)
    if is_unmanaged(ask) and site is not None and shuts_devices_out(ask.estate, site):
        raise forbidden(Backend.TEAMS, UNTRUSTED)
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

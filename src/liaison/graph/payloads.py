"""Graph's answers, tamed. Source: graph.md sections 3 to 7."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import unquote, urlsplit

from liaison.domain.names import (
    ChannelId,
    ChannelKind,
    DriveId,
    ItemId,
    PersonId,
    TabId,
    TeamId,
)
from liaison.domain.teams import Channel, DirectoryPerson, FileEntry, Folder, Tab, Team
from liaison.wire.wild import Wild

_KINDS = {kind.value: kind for kind in ChannelKind}
_NEVER = datetime(1, 1, 1, tzinfo=UTC)
ADMIN_CENTRE = "[SharePoint admin center]"
SHAREPOINT_APPS = frozenset({"00000003-0000-0ff1-ce00-000000000000", "Office365"})


def read_team(wild: Wild) -> Team:
    """Source: api/team-get.md; lists leave internal id and address out."""
    return Team(
        id=TeamId(wild.text("id")),
        name=wild.text("displayName"),
        description=wild.opt_text("description"),
        thread=wild.opt_text("internalId"),
        address=wild.opt_text("webUrl"),
        is_archived=wild.opt_flag("isArchived"),
    )


def read_channel(wild: Wild) -> Channel:
    """A kind we do not know is treated as private: nothing may be assumed of its members or its site."""
    return Channel(
        id=ChannelId(wild.text("id")),
        name=wild.text("displayName"),
        kind=_KINDS.get(wild.opt_text("membershipType", "standard"), ChannelKind.PRIVATE),
        address=wild.opt_text("webUrl"),
        description=wild.opt_text("description"),
        is_archived=wild.opt_flag("isArchived"),
    )


def read_tab(wild: Wild) -> Tab:
    """`configuration` may be null. Source: resources/teamstab.md."""
    configuration = wild.opt_child("configuration")
    return Tab(
        id=TabId(wild.text("id")),
        name=wild.opt_text("displayName"),
        entity=configuration.opt_text("entityId"),
        content_address=configuration.opt_text("contentUrl") or configuration.opt_text("websiteUrl"),
        address=wild.opt_text("webUrl"),
        website_address=configuration.opt_text("websiteUrl"),
    )


def read_tab_order(wild: Wild) -> int:
    """Where the tab stands: later ones have larger numbers, which come as text."""
    text = wild.opt_text("sortOrderIndex")
    return int(text) if text.isdigit() else 0


def read_folder(item: Wild, drive: Wild) -> Folder:
    """A folder and the site that holds it, by the item's and its library's addresses.

    The library is taken from the drive and never guessed: its name is localised, and private channels have sites of
    their own. Source: graph.md section 4.3.
    """
    address = item.text("webUrl")
    library = drive.text("webUrl").rstrip("/")
    return Folder(
        drive=DriveId(drive.text("id")),
        item=ItemId(item.text("id")),
        name=item.text("name"),
        address=address,
        site_address=library.rsplit("/", 1)[0],
        path=unquote(urlsplit(address).path).rstrip("/"),
    )


def read_file_entry(wild: Wild, drive: DriveId) -> FileEntry:
    """Source: resources/driveitem.md."""
    return FileEntry(
        drive=drive,
        item=ItemId(wild.text("id")),
        name=wild.text("name"),
        is_folder=wild.has("folder"),
        size_bytes=wild.opt_number("size"),
        modified_at=wild.opt_moment("lastModifiedDateTime") or _NEVER,
        modified_by=wild.opt_child("lastModifiedBy").opt_child("user").opt_text("displayName"),
        address=wild.opt_text("webUrl"),
        version=wild.opt_text("eTag"),
        children=wild.opt_child("folder").opt_number("childCount"),
    )


def read_directory_person(me: Wild, licences: list[Wild], roles: Wild) -> DirectoryPerson:
    """Source: graph.md section 7.1."""
    return DirectoryPerson(
        id=PersonId(me.text("id")),
        name=me.opt_text("displayName"),
        upn=me.opt_text("userPrincipalName"),
        language="fr" if me.opt_text("preferredLanguage").lower().split("-")[0] == "fr" else "en",
        directory_roles=tuple(role.as_text() for role in roles.list("value")),
        service_plans=read_plans(licences),
    )


def read_plans(licences: list[Wild]) -> tuple[str, ...]:
    """Names of the service plans that are ready to be used. Source: resources/licensedetails.md."""
    plans = [plan for licence in licences for plan in licence.opt_list("servicePlans")]
    ready = [plan.text("servicePlanName") for plan in plans if plan.opt_text("provisioningStatus") == "Success"]
    return tuple(dict.fromkeys(ready))


def limits_devices(policy: Wild) -> bool:
    """Is this a policy in force that SharePoint's control of unmanaged devices leaves in the directory?

    Source: graph.md section 12.
    """
    applications = policy.opt_child("conditions").opt_child("applications").opt_list("includeApplications")
    aims = {application.as_text() for application in applications}
    restrictions = policy.opt_child("sessionControls").opt_child("applicationEnforcedRestrictions")
    ours = policy.opt_text("displayName").startswith(ADMIN_CENTRE) or restrictions.opt_flag("isEnabled")
    return policy.opt_text("state") == "enabled" and ours and bool(aims & SHAREPOINT_APPS)

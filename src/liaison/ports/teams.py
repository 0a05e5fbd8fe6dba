"""Teams, files and the directory as one person sees them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Sequence
from typing import Protocol

from liaison.domain.link import NewChannel, NewTeam
from liaison.domain.members import DirectoryEntry, Member
from liaison.domain.names import (
    ChannelId,
    ChannelKind,
    DriveId,
    ItemId,
    PersonId,
    Regarding,
    TabId,
    TeamId,
)
from liaison.domain.naming import NameRefusal, NamingPolicy, Profile
from liaison.domain.teams import (
    AppPlacement,
    Channel,
    DirectoryPerson,
    FileEntry,
    FilePage,
    Folder,
    Label,
    NotAdded,
    Tab,
    TabContent,
    Team,
    TeamOperation,
)
from liaison.ports.moving import FileMoves


class Teamwork(Protocol):
    """Teams, channels, apps and tabs as one person sees them."""

    async def list_teams(self) -> tuple[Team, ...]:
        """The teams the person belongs to, by name."""
        ...

    async def read_team(self, team: TeamId) -> Team:
        """Raises TeamUnknown, NotTeamMember."""
        ...

    async def list_channels(self, team: TeamId) -> tuple[Channel, ...]: ...

    async def read_channel(self, team: TeamId, channel: ChannelId) -> Channel:
        """Raises ChannelGone, NotTeamMember."""
        ...

    async def read_primary_channel(self, team: TeamId) -> Channel:
        """The channel that the team has from its beginning. Raises TeamUnknown, NotTeamMember."""
        ...

    async def ensure_group(self, new: NewTeam, key: str, text: str) -> TeamId:
        """The group of this key, on which a team can be put; as safe to repeat as a read.

        Raises TeamCreationNotAllowed, RoleMissing for a label, NameBlocked, NameRefusedByPolicy.
        """
        ...

    async def ensure_team(self, group: TeamId, new: NewTeam) -> Team:
        """The team on its group; as safe to repeat as a read. Raises StillPreparing while the group is too young."""
        ...

    async def ask_for_team(self, new: NewTeam, text: str) -> TeamOperation:
        """Ask for a team in one call, which must not be repeated. Raises AnswerLost when it may have been made."""
        ...

    async def find_team(self, marker: str) -> Team | None:
        """The person's team whose description carries `marker`. Raises TeamAmbiguous when there are several."""
        ...

    async def read_new_team(self, operation: TeamOperation) -> Team:
        """Raises StillPreparing until the team can be used, TeamNotMade when the service gave up."""
        ...

    async def ensure_channel(
        self, team: TeamId, new: NewChannel, marker: str, description: str, owner: PersonId
    ) -> tuple[Channel, bool]:
        """A channel of that name and kind whose description carries `marker`; true when it was made by us.

        `owner` owns a private or shared channel. Looks before it creates and after a lost answer.
        Raises ChannelNameTaken, ChannelAmbiguous, NotTeamMember.
        """
        ...

    async def list_members(self, team: TeamId, channel: ChannelId = ChannelId("")) -> tuple[Member, ...]:
        """Everybody in the team, or in one of its channels. Raises ConsentNotGranted, NotTeamMember."""
        ...

    async def is_owner(self, team: TeamId, person: PersonId) -> bool:
        """Is somebody an owner of the team? Raises ConsentNotGranted, NotTeamMember."""
        ...

    async def is_in_channel(self, team: TeamId, channel: ChannelId, kind: ChannelKind, person: PersonId) -> bool:
        """Is the asker, `person`, in a private or shared channel? Raises ConsentNotGranted, ChannelGone."""
        ...

    async def list_owners(self, team: TeamId) -> tuple[str, ...]:
        """Their names, also for people outside the team. Raises ConsentNotGranted, NotTeamMember, TeamUnknown."""
        ...

    async def add_member(self, team: TeamId, channel: ChannelId, person: PersonId) -> None:
        """Add somebody to the team, or, when a channel is given, to that private or shared channel of it.

        A member already is done. Raises NotTeamOwner, PersonUnknown, ConsentNotGranted, UpstreamThrottled.
        """
        ...

    async def find_app(self, team: TeamId) -> AppPlacement | None:
        """Our Teams app where it is installed, or the website tab; None when it has to be installed first."""
        ...

    async def ensure_app(self, team: TeamId) -> AppPlacement:
        """Our Teams app installed in the team; the website tab when the catalogue does not have our app."""
        ...

    async def remove_app(self, team: TeamId, installation: str) -> None: ...

    async def ensure_tab(
        self,
        team: TeamId,
        channel: ChannelId,
        placement: AppPlacement,
        content: TabContent,
    ) -> Tab:
        """One tab with this entity (or address, for a website tab): the oldest is kept, our extras are removed.

        A tab of Microsoft's own app that shows the same is as good.
        """
        ...

    async def find_tab(self, team: TeamId, channel: ChannelId, entity: str, content_address: str) -> Tab | None: ...

    async def add_members(self, team: TeamId, people: Sequence[PersonId]) -> tuple[NotAdded, ...]:
        """Add people to a team in one call; those who could not be added come back. A member already is done.

        Raises NotTeamOwner, ConsentNotGranted, UpstreamThrottled.
        """
        ...

    async def ensure_website_tab(self, team: TeamId, channel: ChannelId, key: str, name: str, address: str) -> Tab:
        """One tab that shows the website at this address, found by it; `key` is our own name for the tab."""
        ...

    async def post_message(self, team: TeamId, channel: ChannelId, text: str) -> None:
        """A message of plain text, in the person's name. Not safe to repeat.

        Raises AnswerLost when it may have been posted, ConsentNotGranted, NotTeamMember.
        """
        ...

    async def remove_members(
        self, team: TeamId, people: Collection[PersonId], channel: ChannelId = ChannelId("")
    ) -> tuple[PersonId, ...]:
        """Take people out of the team, or of its private or shared channel; owners are left, and come back.

        Absent already is done. Raises NotTeamOwner, TeamUnknown, ChannelGone, ConsentNotGranted, UpstreamThrottled.
        """
        ...

    async def remove_channel(self, team: TeamId, channel: ChannelId) -> None:
        """Absent already is done. Raises NotTeamOwner, ConsentNotGranted."""
        ...

    async def archive_channel(self, team: TeamId, channel: ChannelId) -> None:
        """Archived, its files for reading only; archived already is done.

        Raises StillPreparing until it is, ChannelGone, NotTeamMember, NotTeamOwner, ConsentNotGranted.
        """
        ...

    async def restore_channel(self, team: TeamId, channel: ChannelId) -> None:
        """In use again; in use already is done. Raises the same."""
        ...

    async def remove_team(self, team: TeamId) -> None:
        """With its group; absent already is done. Raises NotTeamOwner, ConsentNotGranted."""
        ...

    async def shows(self, team: TeamId, channel: ChannelId, regarding: Regarding) -> bool:
        """Has the channel a tab of Microsoft's own app with it? Raises ChannelGone, NotTeamMember."""
        ...

    async def remove_tab(self, team: TeamId, channel: ChannelId, tab: TabId) -> None:
        """Absent already is done."""
        ...

    async def read_files_folder(self, team: TeamId, channel: ChannelId) -> Folder:
        """Raises StillPreparing while the channel's library is being made."""
        ...

    async def find_files_folder(self, team: TeamId, channel: ChannelId) -> Folder | None:
        """None while it is being made."""
        ...


class Files(FileMoves, Protocol):
    """Files as one person may reach them."""

    async def list_folder(self, drive: DriveId, item: ItemId, page: str = "", size: int = 100) -> FilePage: ...

    async def upload(
        self,
        drive: DriveId,
        folder: ItemId,
        name: str,
        content: AsyncIterator[bytes],
        size_bytes: int,
    ) -> FileEntry:
        """Small files in one request, larger ones by an upload session. Raises FileExists, FilesClosed."""
        ...

    async def find_child(self, drive: DriveId, folder: ItemId, name: str) -> ItemId | None:
        """What has that name in a folder. Raises FilesRefused."""
        ...

    async def ensure_folder(self, drive: DriveId, parent: ItemId, name: str) -> ItemId:
        """The folder of that name in another. Raises FilesRefused."""
        ...

    async def remove_item(self, drive: DriveId, item: ItemId) -> None:
        """Absent already is done. Raises FilesRefused."""
        ...

    async def download_address(self, drive: DriveId, item: ItemId) -> str:
        """A short-lived address that needs no token; for the person's own browser."""
        ...

    async def find_folder(self, address: str) -> Folder:
        """The folder behind an absolute address. Raises FileUnknown, FilesClosed."""
        ...


class People(Protocol):
    """The directory as one person sees it."""

    async def read_me(self) -> DirectoryPerson: ...

    async def list_plans_of(self, person: str) -> tuple[str, ...]:
        """Somebody's service plans, by id or sign-in name. Raises ConsentNotGranted, PersonUnknown."""
        ...

    async def list_device_policies(self) -> tuple[str, ...] | None:
        """Names of policies that limit unmanaged devices in SharePoint; None when they cannot be read."""
        ...

    async def read_naming_policy(self) -> NamingPolicy | None:
        """The organization's policy for names of teams; None when it cannot be read."""
        ...

    async def read_profile(self) -> Profile:
        """The person's attributes that a naming policy may use."""
        ...

    async def check_group_name(self, name: str) -> tuple[NameRefusal, ...] | None:
        """What the directory has against a name of a new team; None when it cannot be asked."""
        ...

    async def find_group_by_name(self, name: str) -> tuple[str, ...] | None:
        """Names of teams and groups that begin like `name`; None when they cannot be read."""
        ...

    async def list_deleted_group_names(self, name: str) -> tuple[str, ...] | None:
        """The same of groups that were deleted and can still be restored."""
        ...

    async def count_created_objects(self) -> int | None:
        """How many directory objects the person has made; 0 for administrators, None when it cannot be read."""
        ...

    async def is_in_group(self, group: str) -> bool | None:
        """Is the person in a group, directly or through another one? None when it cannot be told."""
        ...

    async def find_people(self, asked: str) -> tuple[DirectoryEntry, ...]:
        """People by words of their name or address. Raises ConsentNotGranted."""
        ...

    async def read_people(self, persons: Sequence[PersonId]) -> tuple[DirectoryEntry, ...]:
        """Those of these people whom the directory has. Raises ConsentNotGranted."""
        ...

    async def list_labels(self) -> tuple[Label, ...] | None:
        """The sensitivity labels that the person may choose, the least sensitive first; None when unreadable."""
        ...

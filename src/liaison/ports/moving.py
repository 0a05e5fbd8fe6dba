"""Copying and moving files from one folder to another, each call safe to repeat after looking."""

from __future__ import annotations

from typing import Protocol

from liaison.domain.names import DriveId, ItemId
from liaison.domain.teams import StoredFile


class FileMoves(Protocol):
    """One file or folder at a time, as one person may reach it. Nothing is ever overwritten."""

    async def find_file(self, drive: DriveId, item: ItemId) -> StoredFile | None:
        """A file or folder with what tells its content from another's; None when it is gone. Raises FilesRefused."""
        ...

    async def find_named(self, drive: DriveId, folder: ItemId, name: str) -> StoredFile | None:
        """What has this name in a folder, in upper or lower case."""
        ...

    async def reach_folder(self, drive: DriveId, parent: ItemId, name: str) -> ItemId:
        """The folder of this name; made when there is none. Raises FileExists when a file has the name."""
        ...

    async def begin_copy(self, source: StoredFile, drive: DriveId, folder: ItemId, name: str) -> str:
        """Ask for a copy under this name, with its versions where the service can; where to watch it comes back.

        Raises FileExists when the name is taken, AnswerLost when the copy may have begun.
        """
        ...

    async def is_copied(self, monitor: str, name: str) -> bool:
        """Has the copy ended well? False while it goes on. Raises FileExists, FileNotCopied."""
        ...

    async def move(self, file: StoredFile, folder: ItemId, name: str) -> None:
        """Put a file into another folder of its library. Raises FileExists, FilesRefused."""
        ...

    async def remove(self, file: StoredFile) -> None:
        """Put a file, or an empty folder, into the recycle bin; absent already is done.

        Raises FileChanged when it is no longer as it was read.
        """
        ...

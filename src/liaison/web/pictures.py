"""Which icon stands for a table, a file or a step."""

from __future__ import annotations

from liaison.domain.link import LinkState, StepName
from liaison.domain.names import ChannelKind

_TABLES = {
    "account": "account",
    "contact": "contact",
    "lead": "lead",
    "opportunity": "opportunity",
    "competitor": "goal",
    "quote": "text",
    "salesorder": "order",
    "invoice": "invoice",
    "product": "product",
    "incident": "case",
    "task": "check",
    "appointment": "calendar",
    "phonecall": "call",
    "email": "email",
    "knowledgearticle": "documents",
    "queue": "view",
    "activitypointer": "audit",
    "campaign": "goal",
}
_FILES = {
    "word": ("docx", "doc", "docm", "dotx", "odt", "rtf"),
    "excel": ("xlsx", "xls", "xlsm", "xlsb", "csv", "ods"),
    "powerpoint": ("pptx", "ppt", "pptm", "ppsx", "odp"),
    "pdf": ("pdf",),
    "image": ("png", "jpg", "jpeg", "gif", "bmp", "svg", "webp", "tif", "tiff", "heic"),
    "video": ("mp4", "mov", "avi", "mkv", "webm", "wmv"),
    "zip": ("zip", "7z", "rar", "gz", "tar"),
    "text": ("txt", "md", "log", "json", "xml", "html"),
    "email": ("msg", "eml"),
}
_BY_ENDING = {ending: icon for icon, endings in _FILES.items() for ending in endings}

STATES = {
    LinkState.PLANNED: ("wait", "progress"),
    LinkState.CONNECTING: ("wait", "progress"),
    LinkState.FILES_PENDING: ("wait", "progress"),
    LinkState.CONNECTED: ("done", "success"),
    LinkState.NEEDS_PERSON: ("warning", "warning"),
    LinkState.UNDONE: ("undone", "neutral"),
    LinkState.DISCONNECTING: ("wait", "progress"),
    LinkState.DISCONNECTED: ("disconnect", "neutral"),
    LinkState.ARCHIVING: ("wait", "progress"),
    LinkState.RESTORING: ("wait", "progress"),
}
"""Icon and tone of a link's state."""

STEPS = {
    StepName.TEAM: "team",
    StepName.LABEL: "shield",
    StepName.CHANNEL: "channel",
    StepName.APP: "app",
    StepName.TAB: "tab",
    StepName.FOLDER: "folder-open",
    StepName.SHARE_VIEW: "view",
    StepName.LOCATION: "location",
    StepName.ASSOCIATION: "link",
    StepName.MEMBERS: "person",
    StepName.PARTNERS: "shared",
    StepName.NOTE: "note",
    StepName.TEMPLATE_FOLDERS: "folder-open",
    StepName.TEMPLATE_CHANNELS: "channel",
    StepName.TEMPLATE_TABS: "tab",
    StepName.WELCOME: "chat",
    StepName.EARLIER_FILES: "document",
    StepName.REMOVE_ASSOCIATION: "link",
    StepName.REMOVE_LOCATION: "location",
    StepName.REMOVE_TAB: "tab",
    StepName.NOTE_REMOVED: "note",
    StepName.REMOVE_NOTES: "note",
    StepName.REMOVE_APP: "app",
    StepName.REMOVE_EXTRAS: "undo",
    StepName.REMOVE_PARTNERS: "shared",
    StepName.REMOVE_CHANNEL: "channel",
    StepName.REMOVE_TEAM: "team",
    StepName.ARCHIVE_CHANNEL: "archive",
    StepName.NOTE_ARCHIVED: "note",
    StepName.RESTORE_CHANNEL: "archive",
    StepName.NOTE_RESTORED: "note",
    StepName.REMOVE_MEMBERS: "person",
    StepName.UNSHARE_VIEW: "view",
}

CHANNELS = {ChannelKind.STANDARD: "channel", ChannelKind.PRIVATE: "lock", ChannelKind.SHARED: "shared"}


def of_table(name: str) -> str:
    return _TABLES.get(name, "table")


def of_file(name: str) -> str:
    return _BY_ENDING.get(name.rpartition(".")[2].lower(), "document")

"""Filing by a reaction: which channel messages go to a record's timeline, and how much of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from liaison.domain.link import Link, LinkState, Operation
from liaison.domain.names import ChannelId, EnvironmentKey, Person, PersonId, TeamId, TenantId
from liaison.errors import AddressNotReachable, InputInvalid

REACTIONS = ("📌", "⭐", "✅", "📎", "📝")
"""Reactions that an administrator may choose from, the usual one first. None has an older name in Teams."""

EXCERPT_LIMIT = 3_000
"""Characters of a message's text that are filed: what Microsoft's own button takes. Source: mission, F54."""

_ENDING = frozenset({Operation.DISCONNECT, Operation.UNDO})
_VARIANTS = "\ufe0e\ufe0f"
_ON_THIS_MACHINE = re.compile(r"http://(localhost|127\.0\.0\.1|\[::1\])(:\d+)?(/|$)", re.IGNORECASE)
_OPENS_TAG = re.compile(r"<(?=[A-Za-z/!?])")


@dataclass(frozen=True)
class FilingRule:
    """Filing is on in an environment: the reaction that files, and who switched it on."""

    environment: EnvironmentKey
    reaction: str
    by: Person
    at: datetime

    @property
    def tenant(self) -> TenantId:
        return self.by.tenant


@dataclass(frozen=True)
class MessageRef:
    """One message of a channel; `reply` is empty for a post."""

    team: TeamId
    channel: ChannelId
    message: str
    reply: str = ""

    @property
    def key(self) -> str:
        """The same for the same message: the kind under which it is filed."""
        return f"filed/{self.message}/{self.reply}" if self.reply else f"filed/{self.message}"


@dataclass(frozen=True)
class Reaction:
    """What a person thought of a message, as one emoji."""

    by: PersonId
    emoji: str


@dataclass(frozen=True)
class ChannelMessage:
    """A message as it is read in order to be filed; it is never stored by us. `text` is plain text."""

    ref: MessageRef
    author: str
    at: datetime
    subject: str
    text: str
    address: str
    attachments: tuple[str, ...]
    reactions: tuple[Reaction, ...]


def is_marked(message: ChannelMessage, emoji: str) -> bool:
    """Has anybody reacted so? Services differ in whether they ask for the coloured variant of a sign."""
    return any(_plain(one.emoji) == _plain(emoji) for one in message.reactions)


def read_reaction(text: str) -> str:
    """One of the reactions that may be chosen; the usual one for an empty text. Raises InputInvalid."""
    asked = _plain(text.strip())
    if not asked:
        return REACTIONS[0]
    found = next((one for one in REACTIONS if _plain(one) == asked), None)
    if found is None:
        raise InputInvalid("reaction", text[:20], " ".join(REACTIONS))
    return found


def excerpt(text: str, limit: int = EXCERPT_LIMIT) -> str:
    """The beginning of a text, cut at a space where there is one near, and never as something a browser takes for a
    tag: who shows a note as rich text would carry it out.
    """
    safe = _OPENS_TAG.sub("< ", text.strip())
    if len(safe) <= limit:
        return safe
    cut = safe[: limit - 1]
    space = cut.rfind(" ", limit - 100)
    return f"{cut[:space] if space > 0 else cut}…"


def files_messages(link: Link) -> bool:
    """Has the link a record on whose timeline messages of its channel are filed? Other work on it changes nothing."""
    if link.record is None or link.state.is_over or link.operation in _ENDING:
        return False
    return link.connected_at is not None or link.state is LinkState.FILES_PENDING


def require_reachable(public_address: str) -> None:
    """Microsoft calls https addresses only; one on this machine is for a tenant on this machine.

    Raises AddressNotReachable.
    """
    is_public = public_address.lower().startswith("https://")
    if not is_public and _ON_THIS_MACHINE.match(public_address) is None:
        raise AddressNotReachable(public_address)


def _plain(emoji: str) -> str:
    return emoji.strip(_VARIANTS)

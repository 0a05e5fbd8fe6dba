"""What a template makes beside a link's channel: folders, channels, website tabs, a welcome; what became of each."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from liaison.domain.names import ChannelKind


class ExtraKind(StrEnum):
    FOLDER = "folder"
    CHANNEL = "channel"
    TAB = "tab"
    WELCOME = "welcome"


class ExtraState(StrEnum):
    """What became of one thing; all but INTENDED are settled."""

    INTENDED = "intended"
    """It was not there, and the call that makes it comes next, or was made and its answer was lost."""
    MADE = "made"
    FOUND = "found"
    """It was there before, and is used."""
    REFUSED = "refused"
    """It is not there; a finding says why."""
    UNKNOWN = "unknown"
    """It may be there; asking again could make it twice."""
    TAKEN_BACK = "taken_back"
    KEPT = "kept"
    """Undoing left it, because somebody has begun to use it."""


@dataclass(frozen=True)
class ExtraChannel:
    """A further channel of the team."""

    name: str
    kind: ChannelKind = ChannelKind.STANDARD


@dataclass(frozen=True)
class WebsiteTab:
    """A tab of the link's channel that shows a website; the address is absolute and https."""

    name: str
    address: str


@dataclass(frozen=True)
class Extras:
    """As a template says them, with {columns} in braces; or of one link, with the record's values, frozen.

    `welcome` is plain text.
    """

    folders: tuple[str, ...] = ()
    channels: tuple[ExtraChannel, ...] = ()
    tabs: tuple[WebsiteTab, ...] = ()
    welcome: str = ""

    def __bool__(self) -> bool:
        return bool(self.folders or self.channels or self.tabs or self.welcome)


NO_EXTRAS = Extras()
WELCOME = "welcome"
"""Stands for the name that a welcome does not have."""


@dataclass(frozen=True)
class ExtraMade:
    """What became of one of a link's extras. `id` is empty until it is there; a welcome has none."""

    kind: ExtraKind
    name: str
    state: ExtraState
    id: str = ""


def become_of(extras: Extras, made: tuple[ExtraMade, ...]) -> tuple[tuple[ExtraKind, str, ExtraMade | None], ...]:
    """Every one of a link's extras in their order, and what has become of it so far."""
    wanted = [
        *((ExtraKind.FOLDER, folder) for folder in extras.folders),
        *((ExtraKind.CHANNEL, channel.name) for channel in extras.channels),
        *((ExtraKind.TAB, tab.name) for tab in extras.tabs),
        *((ExtraKind.WELCOME, WELCOME) for _ in [extras.welcome] if extras.welcome),
    ]
    known = {(one.kind, one.name): one for one in made}
    return tuple((kind, name, known.get((kind, name))) for kind, name in wanted)


def state_of(made: tuple[ExtraMade, ...], kind: ExtraKind, name: str) -> ExtraState | None:
    """None when nothing has been done about it yet."""
    return next((one.state for one in made if (one.kind, one.name) == (kind, name)), None)


def with_made(made: tuple[ExtraMade, ...], one: ExtraMade) -> tuple[ExtraMade, ...]:
    """With what became of one thing, in place of what was known of it."""
    others = tuple(known for known in made if (known.kind, known.name) != (one.kind, one.name))
    return (*others, one)


def without_refused(made: tuple[ExtraMade, ...], kinds: frozenset[ExtraKind]) -> tuple[ExtraMade, ...]:
    """Without those that were refused, so that they are tried anew."""
    return tuple(one for one in made if one.kind not in kinds or one.state is not ExtraState.REFUSED)

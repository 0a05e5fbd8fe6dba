"""The wizard's second step: a channel of the team, or a new one; and what each kind means for the files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from starlette.responses import Response

from liaison.domain.link import NewTeam
from liaison.domain.names import CHANNEL_NAME_LIMIT, ChannelId, ChannelKind, propose_channel_name
from liaison.domain.preview import FILES_OF
from liaison.domain.teams import Channel
from liaison.errors import LiaisonError
from liaison.web import addresses, pictures, problems
from liaison.web.pages.choices import GENERAL, NEW, Choices, WizardStep
from liaison.web.pages.connect_names import CHANNEL_FIELD, NameSaid, refuse_name
from liaison.web.pages.wizard import Opened, Where, Wizard, wizard_of, wizard_shell
from liaison.web.shell import Shell
from liaison.web.visit import Visit

NEW_KINDS = (ChannelKind.STANDARD, ChannelKind.PRIVATE, ChannelKind.SHARED)


@dataclass(frozen=True)
class ShownChannel:
    """`files` says where the files of a private or shared channel are and who sees them."""

    id: ChannelId
    name: str
    icon: str
    kind: str
    files: str
    is_archived: bool


@dataclass(frozen=True)
class KindOption:
    value: str
    text: str
    detail: str
    is_chosen: bool


@dataclass(frozen=True)
class NewChannelForm:
    """`check` is asked about the name while it is typed; `name` is as typed, or proposed after the record."""

    is_chosen: bool
    name: str
    limit: int
    check: str
    said: NameSaid
    kinds: tuple[KindOption, ...]


@dataclass(frozen=True)
class ChannelPage:
    template: ClassVar[str] = "connect_channel.html"
    shell: Shell
    wizard: Wizard
    team: str
    is_new_team: bool
    channels: tuple[ShownChannel, ...]
    chosen: str
    asked: str
    problem: problems.Problem | None
    new: NewChannelForm
    is_refused: bool


def show_channels(
    visit: Visit, opened: Opened, choices: Choices, where: Where, error: LiaisonError | None = None
) -> Response:
    """`error` is what the choice was refused for."""
    by_name = error is not None and choices.channel == NEW
    asked, is_new_team = visit.asked("channel_search"), isinstance(where.team, NewTeam)
    page = ChannelPage(
        shell=wizard_shell(visit, opened),
        wizard=wizard_of(visit, opened, WizardStep.CHANNEL, choices, where),
        team=where.name,
        is_new_team=is_new_team,
        channels=tuple(_shown(one, visit) for one in where.channels if asked.casefold() in one.name.casefold()),
        chosen=choices.channel or (GENERAL if is_new_team else ""),
        asked=asked,
        problem=problems.explain(error, visit) if error and not by_name else None,
        new=_new_channel(visit, opened, choices, error if by_name else None),
        is_refused=by_name,
    )
    return visit.answer(page, error.status if error else 200)


def _shown(channel: Channel, visit: Visit) -> ShownChannel:
    return ShownChannel(
        id=channel.id,
        name=channel.name,
        icon=pictures.CHANNELS[channel.kind],
        kind=visit.say(f"web.channel.{channel.kind.value}"),
        files="" if channel.kind is ChannelKind.STANDARD else files_of(channel.kind, visit),
        is_archived=channel.is_archived,
    )


def files_of(kind: ChannelKind, visit: Visit) -> str:
    """Where a channel's files are kept, and who sees them."""
    return visit.say(f"files.{FILES_OF[kind].value}")


def _new_channel(visit: Visit, opened: Opened, choices: Choices, error: LiaisonError | None) -> NewChannelForm:
    query = {"team": "" if choices.team == NEW else choices.team}
    kinds = tuple(
        KindOption(one.value, visit.say(f"web.channel.{one.value}"), files_of(one, visit), one is choices.kind)
        for one in NEW_KINDS
    )
    return NewChannelForm(
        is_chosen=choices.channel == NEW,
        name=choices.name or propose_channel_name(opened.panel.title),
        limit=CHANNEL_NAME_LIMIT,
        check=addresses.collaborate(visit.named("app"), opened.panel.regarding, "name", query=query),
        said=refuse_name(CHANNEL_FIELD, error, visit) if error else NameSaid(CHANNEL_FIELD),
        kinds=kinds,
    )

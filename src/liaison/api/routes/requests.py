"""From the body of a request to connect to what the operations take."""

from __future__ import annotations

import re

from liaison.api.asking import Asking
from liaison.api.routes.inputs import CHANNEL_ID, TABLE, read_guid, read_record_ref
from liaison.api.shapes import ChannelChoice, ConnectBody, NewTeamBody
from liaison.domain.connection import ConnectionRequest
from liaison.domain.link import Invited, NewChannel, NewTeam, PrimaryChannel, WantedChannel
from liaison.domain.names import (
    ChannelId,
    PersonId,
    RecordRef,
    Regarding,
    TableName,
    TeamId,
    ViewId,
    ViewKind,
    ViewRef,
)
from liaison.domain.partners import Partner, ShareTeam
from liaison.errors import InputInvalid, InputMissing
from liaison.operations.defaults import read_defaults


async def read_request(asking: Asking, body: ConnectBody) -> ConnectionRequest:
    """With what the template says where the body says nothing.

    Raises EnvironmentUnknown, InputInvalid, InputMissing, TemplateUnknown, RecordUnknown.
    """
    regarding = read_regarding(asking, body.environment, body.table, body.record, body.view, body.view_kind)
    proposal = None
    if body.template and isinstance(regarding, RecordRef):
        proposal = await read_defaults(regarding, asking.person, asking.ports, body.template)
    team = proposal.team if proposal and not body.team and body.new_team is None else None
    channel = NewChannel(proposal.channel_name, proposal.channel_kind) if proposal and body.channel is None else None
    return ConnectionRequest(
        regarding=regarding,
        team=team or _read_team(body),
        channel=channel or read_channel(body.channel or ChannelChoice()),
        template=body.template,
        members=tuple(Invited(PersonId(read_guid("member", one.id)), one.name or one.id) for one in body.members),
        partners=tuple(map(Partner, body.partners)),
        share_view=body.share_view,
        on_close=body.on_close,
        earlier_files=body.earlier_files,
    )


def read_regarding(
    asking: Asking, environment: str, table: str, record: str, view: str, kind: ViewKind = ViewKind.SYSTEM
) -> Regarding:
    """A record or a view, never both. Raises EnvironmentUnknown, InputInvalid, InputMissing."""
    if record and view:
        raise InputInvalid("view", view, "record_or_view")
    if not view:
        if not record.strip():
            raise InputMissing("record")
        return read_record_ref(asking, environment, table, record)
    return read_view_ref(asking, environment, table, view, kind)


def read_view_ref(asking: Asking, environment: str, table: str, view: str, kind: ViewKind) -> ViewRef:
    """Raises EnvironmentUnknown, InputInvalid."""
    if not re.match(TABLE, table):
        raise InputInvalid("table", table, "table_name")
    return ViewRef(asking.environment_key(environment), TableName(table), ViewId(read_guid("view", view)), kind)


def _read_team(body: ConnectBody) -> TeamId | NewTeam:
    if body.new_team is None:
        if not body.team.strip():
            raise InputMissing("team")
        return TeamId(read_guid("team", body.team))
    if body.team:
        raise InputInvalid("team", body.team, "team_choice")
    return _read_new_team(body.new_team)


def _read_new_team(new: NewTeamBody) -> NewTeam:
    label = read_guid("label", new.label) if new.label else ""
    return NewTeam(new.name, new.privacy, label, new.template, new.description)


def read_channel(choice: ChannelChoice) -> WantedChannel:
    given = [bool(choice.id), choice.name is not None, choice.primary]
    if sum(given) > 1:
        raise InputInvalid("channel", f"{choice.id or ''}, {choice.name or ''}", "channel_choice")
    if choice.primary:
        return PrimaryChannel()
    if choice.name is not None:
        share_with = tuple(ShareTeam(TeamId(read_guid("team", one))) for one in choice.share_with)
        return NewChannel(choice.name, choice.kind, share_with)
    if choice.id is None:
        raise InputMissing("channel")
    if not re.fullmatch(CHANNEL_ID, choice.id):
        raise InputInvalid("channel", choice.id, "channel_choice")
    return ChannelId(choice.id)

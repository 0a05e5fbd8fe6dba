"""Between templates and the API's documents."""

from __future__ import annotations

from typing import Any

from liaison.api.template_shapes import (
    ExtraChannelShape,
    ProposalShape,
    TemplateBody,
    TemplateShape,
    TemplateTeamShape,
    WebsiteTabShape,
)
from liaison.domain.closing import OnClose
from liaison.domain.extras import NO_EXTRAS, ExtraChannel, Extras, WebsiteTab
from liaison.domain.link import NewTeam
from liaison.domain.names import ChannelKind, EnvironmentKey, TableName
from liaison.domain.template import Proposal, Template, TemplateTeam


def read_template_body(body: TemplateBody, environment: EnvironmentKey, template: str, version: int) -> Template:
    """The template as it is to be saved; nothing of it has been checked yet."""
    team = body.team
    return Template(
        id=template,
        environment=environment,
        name=body.name,
        tables=tuple(TableName(table) for table in dict.fromkeys(body.tables)),
        default_of=tuple(TableName(table) for table in dict.fromkeys(body.default_of)),
        team=TemplateTeam(team.target, team.id.lower(), team.name, team.privacy, team.label.lower()),
        channel_name=body.channel_name,
        channel_kind=body.channel_kind,
        extras=Extras(
            folders=body.folders,
            channels=tuple(ExtraChannel(one.name, one.kind) for one in body.channels),
            tabs=tuple(WebsiteTab(one.name, one.address) for one in body.tabs),
            welcome=body.welcome,
        ),
        on_close=body.on_close,
        version=version,
    )


def render_template(template: Template) -> TemplateShape:
    team = template.team
    return TemplateShape(
        id=template.id,
        name=template.name,
        tables=template.tables,
        default_of=template.default_of,
        team=TemplateTeamShape(target=team.target, id=team.id, name=team.name, privacy=team.privacy, label=team.label),
        channel_name=template.channel_name,
        channel_kind=template.channel_kind,
        **_render_extras(template.extras),
        on_close=template.on_close,
        version=template.version,
        changed_by=template.changed_by,
        changed_at=template.changed_at,
    )


def _render_extras(extras: Extras) -> dict[str, Any]:
    return {
        "folders": extras.folders,
        "channels": tuple(ExtraChannelShape(name=one.name, kind=one.kind) for one in extras.channels),
        "tabs": tuple(WebsiteTabShape(name=one.name, address=one.address) for one in extras.tabs),
        "welcome": extras.welcome,
    }


def render_proposal(proposal: Proposal | None) -> ProposalShape:
    """With empty values when the record's table has no template."""
    if proposal is None:
        return ProposalShape(
            template="",
            template_name="",
            team=TemplateTeamShape(),
            channel_name="",
            channel_kind=ChannelKind.STANDARD,
            **_render_extras(NO_EXTRAS),
            on_close=OnClose.KEEP,
        )
    template, new = proposal.template, proposal.team if isinstance(proposal.team, NewTeam) else None
    team = TemplateTeamShape(
        target=template.team.target,
        id="" if new or proposal.team is None else str(proposal.team),
        name=proposal.team_name,
        privacy=new.privacy if new else template.team.privacy,
        label=new.label if new else "",
    )
    return ProposalShape(
        template=template.id,
        template_name=template.name,
        team=team,
        channel_name=proposal.channel_name,
        channel_kind=proposal.channel_kind,
        **_render_extras(proposal.extras),
        on_close=template.on_close,
    )

"""Templates of an environment as the API takes and gives them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import ConfigDict, Field

from liaison.api.shapes import Shape
from liaison.domain.closing import OnClose
from liaison.domain.link import TeamPrivacy
from liaison.domain.names import ChannelKind
from liaison.domain.template import TeamTarget

_LONGEST = 500
_LONGEST_ADDRESS = 2500
_MOST = 20


class TemplateTeamShape(Shape):
    """Into which team a record goes."""

    target: TeamTarget = TeamTarget.ASKED
    """`asked`: the person chooses; `existing`: `id`; `new`: a team is made, `name` is then a name template."""
    id: str = Field(default="", max_length=36)
    name: str = Field(default="", max_length=_LONGEST)
    privacy: TeamPrivacy = TeamPrivacy.PRIVATE
    label: str = Field(default="", max_length=36)
    """Id of a sensitivity label for a new team."""


class ExtraChannelShape(Shape):
    name: str = Field(max_length=_LONGEST)
    kind: ChannelKind = ChannelKind.STANDARD


class WebsiteTabShape(Shape):
    name: str = Field(max_length=_LONGEST)
    address: str = Field(max_length=_LONGEST_ADDRESS)
    """Absolute, with https; a column's value becomes one segment of it."""


class TemplateBody(Shape):
    """Defaults for connecting records, and what is made beside the channel.

    Names hold columns of the record in braces: `{name}`, `{number}`, or a column's logical name.
    """

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={
            "examples": [
                {
                    "name": "Deal room",
                    "tables": ["opportunity"],
                    "default_of": ["opportunity"],
                    "channel_name": "Deal {name}",
                    "folders": ["Offers", "Contracts"],
                    "tabs": [{"name": "Handbook", "address": "https://intranet.contoso.com/sales"}],
                    "welcome": "Welcome to {name}.",
                }
            ]
        },
    )

    name: str = Field(max_length=_LONGEST)
    tables: tuple[Annotated[str, Field(max_length=128)], ...] = Field(default=(), max_length=100)
    """Logical names of the tables that it is for; empty for every table."""
    default_of: tuple[Annotated[str, Field(max_length=128)], ...] = Field(default=(), max_length=100)
    """The tables whose records get it unless the person chooses otherwise. It takes them from other templates."""
    team: TemplateTeamShape = TemplateTeamShape()
    channel_name: str = Field(default="{name}", max_length=_LONGEST)
    channel_kind: ChannelKind = ChannelKind.STANDARD
    folders: tuple[str, ...] = Field(default=(), max_length=_MOST)
    channels: tuple[ExtraChannelShape, ...] = Field(default=(), max_length=_MOST)
    tabs: tuple[WebsiteTabShape, ...] = Field(default=(), max_length=_MOST)
    welcome: str = Field(default="", max_length=5000)
    """Plain text, posted in the name of whoever connects; it takes the permission to post."""
    on_close: OnClose = OnClose.KEEP


class TemplateShape(TemplateBody):
    id: str
    version: int
    """Counts saves. Also in the header ETag; send that as If-Match with a change."""
    changed_by: str
    changed_at: datetime | None


class TemplatesShape(Shape):
    items: tuple[TemplateShape, ...]


class NameColumnShape(Shape):
    name: str
    """As it stands in braces."""
    label: str


class NameColumnsShape(Shape):
    items: tuple[NameColumnShape, ...]


class ProposalShape(Shape):
    """A template filled with one record's values."""

    template: str
    """Id of the template; empty when the record's table has none, and then all the rest is empty too."""
    template_name: str
    team: TemplateTeamShape
    channel_name: str
    channel_kind: ChannelKind
    folders: tuple[str, ...]
    channels: tuple[ExtraChannelShape, ...]
    tabs: tuple[WebsiteTabShape, ...]
    welcome: str
    on_close: OnClose

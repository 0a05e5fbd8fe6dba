"""From the domain's values to the documents of the pages in Teams."""

from __future__ import annotations

from liaison.api.addresses import linked_documents_address, linked_record_address, record_address
from liaison.api.asking import Asking
from liaison.api.render import render_link
from liaison.api.shapes import FieldShape, LinkShape, RecordDetail
from liaison.api.tab_shapes import (
    CellShape,
    ChannelPlaceShape,
    ColumnShape,
    FormFieldShape,
    FormShape,
    GridRowShape,
    GridShape,
    OptionShape,
    PinnedShape,
    PinShape,
    TabShape,
    ViewShape,
)
from liaison.domain.crm import Grid, View
from liaison.domain.form import FieldKind, Form, FormField
from liaison.domain.link import Link
from liaison.domain.names import EnvironmentKey, RecordRef
from liaison.operations.connecting import tab_content
from liaison.operations.pin import ChannelPlace, PinnedThing
from liaison.operations.tab import TabContent

_NO, _YES = "false", "true"


def render_tab(content: TabContent, asking: Asking) -> TabShape:
    link, public = content.link, asking.ports.public_address
    return TabShape(
        link=render_link(link, asking),
        record=_render_record(content.form) if content.form else None,
        form=render_form(content.form) if content.form else None,
        view=render_view(content.view, link.environment) if content.view else None,
        address=linked_record_address(public, link),
        documents=linked_documents_address(public, link) if content.form else None,
    )


def _render_record(form: Form) -> RecordDetail:
    return RecordDetail(
        environment=form.ref.environment,
        table=form.ref.table,
        id=form.ref.id,
        title=form.title,
        stage=form.stage,
        owner=form.owner,
        fields=tuple(FieldShape(label=field.label, text=field.text) for field in form.fields),
    )


def render_form(form: Form) -> FormShape:
    return FormShape(
        environment=form.ref.environment,
        table=form.ref.table,
        record=form.ref.id,
        title=form.title,
        stage=form.stage,
        owner=form.owner,
        version=form.version,
        may_write=form.may_write,
        fields=tuple(_render_field(field) for field in form.fields),
    )


def _render_field(field: FormField) -> FormFieldShape:
    values = (_NO, _YES) if field.kind is FieldKind.YES_NO else tuple(str(option.value) for option in field.options)
    return FormFieldShape(
        name=field.name,
        label=field.label,
        kind=field.kind,
        value=field.value,
        text=field.text,
        is_editable=field.is_editable,
        is_required=field.is_required,
        longest=field.longest,
        lowest=field.lowest,
        highest=field.highest,
        precision=field.precision,
        options=tuple(
            OptionShape(value=value, label=option.label) for value, option in zip(values, field.options, strict=False)
        ),
    )


def render_view(view: View, environment: EnvironmentKey) -> ViewShape:
    return ViewShape(
        environment=environment,
        table=view.table,
        id=view.id,
        kind=view.kind,
        name=view.name,
        is_default=view.is_default,
    )


def render_grid(grid: Grid, asking: Asking) -> GridShape:
    public = asking.ports.public_address
    return GridShape(
        view=grid.view.name,
        columns=tuple(ColumnShape(name=column.name, label=column.label) for column in grid.columns),
        rows=tuple(
            GridRowShape(
                id=row.record.id,
                title=row.title,
                address=record_address(public, row.record),
                cells=tuple(CellShape(text=cell.text) for cell in row.cells),
            )
            for row in grid.rows
        ),
        next=grid.next_page or None,
        total=grid.total,
    )


def render_place(place: ChannelPlace, pinned: tuple[PinnedThing, ...]) -> ChannelPlaceShape:
    return ChannelPlaceShape(
        team=place.team.id,
        team_name=place.team.name,
        channel=place.channel.id,
        channel_name=place.channel.name,
        channel_kind=place.channel.kind,
        pinned=tuple(_render_pinned(thing) for thing in pinned),
    )


def _render_pinned(thing: PinnedThing) -> PinnedShape:
    regarding = thing.association.regarding
    return PinnedShape(
        title=thing.title,
        environment=regarding.environment,
        table=regarding.table,
        id=regarding.id,
        is_view=not isinstance(regarding, RecordRef),
        entity=thing.association.entity,
    )


def render_pin(link: Link, shown: LinkShape, asking: Asking) -> PinShape:
    """What Teams keeps of the tab: the same that a tab made by Liaison itself has."""
    content = tab_content(link, asking.ports.public_address)
    return PinShape(
        link=shown,
        entity=content.entity,
        name=content.name,
        content_address=content.content_address,
        website_address=content.website_address,
        remove_address=content.remove_address,
    )

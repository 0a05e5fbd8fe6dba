"""What a Collaborate page is about: a record or a view, and what of the page follows from that."""

from __future__ import annotations

from dataclasses import dataclass

from liaison.domain.names import EnvironmentKey, RecordRef, Regarding, RowId, TableName, ViewId, ViewKind, ViewRef
from liaison.errors import ViewUnknown
from liaison.web import addresses
from liaison.web.visit import Visit


@dataclass(frozen=True)
class Subject:
    """The record or view in words: its name, what it is, and the address of its own page."""

    title: str
    kind: str
    address: str
    is_record: bool


def regarding_of(visit: Visit) -> Regarding:
    """The record or view of the page's address. Raises ViewUnknown."""
    environment, table = EnvironmentKey(visit.named("environment")), TableName(visit.named("table"))
    if "view" not in visit.request.path_params:
        return RecordRef(environment, table, RowId(visit.named("id")))
    view = ViewId(visit.named("view"))
    try:
        return ViewRef(environment, table, view, ViewKind(visit.named("kind")))
    except ValueError:
        raise ViewUnknown(view) from None


def subject_of(regarding: Regarding, title: str, visit: Visit) -> Subject:
    is_record = isinstance(regarding, RecordRef)
    return Subject(
        title=title,
        kind=visit.say("web.collaborate.record" if is_record else "web.collaborate.view"),
        address=addresses.regarded(visit.named("app"), regarding),
        is_record=is_record,
    )

"""Links as documents: written whole, read strictly, with the version of their form.

A document with a part missing, unknown or of another type is refused with its path: half a link is never made of it.
Documents of the form before are read as well.
"""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import orjson

from liaison.domain.closing import Archive, OnClose
from liaison.domain.earlier import EarlierFiles
from liaison.domain.link import (
    Evidence,
    Finding,
    Invited,
    Link,
    LinkState,
    NewChannel,
    NewTeam,
    Operation,
    PinnedBy,
    PrimaryChannel,
    StepName,
    TabChoice,
    TeamPrivacy,
    Waiting,
    WantedChannel,
)
from liaison.domain.members_added import MembersAdded
from liaison.domain.names import (
    ChannelId,
    ChannelKind,
    EnvironmentKey,
    LinkId,
    Person,
    PersonId,
    RecordRef,
    Regarding,
    RowId,
    TableName,
    TeamId,
    TenantId,
    ViewId,
    ViewKind,
    ViewRef,
)
from liaison.domain.partners import Partner, ShareTeam
from liaison.errors import Remembered
from liaison.store.earlier import read_earlier
from liaison.store.extras import read_extras, read_made, write_extras, write_made
from liaison.store.parts import DocumentUnreadable, Parts

FORM = 2


def write_link(link: Link) -> str:
    """The document of a link; its version stays in a column of its own."""
    document = {
        "form": FORM,
        "id": link.id,
        "regarding": _write_regarding(link.regarding),
        "title": link.title,
        "team": link.team,
        "wanted": _write_wanted(link.wanted),
        "by": _write_person(link.by),
        "acting": _write_person(link.acting),
        "planned_at": link.planned_at,
        "new_team": _write_new_team(link.new_team),
        "members": [{"id": invited.id, "name": invited.name} for invited in link.members],
        "members_settled": list(link.members_settled),
        "members_added": _write_added(link.members_added),
        "partners": link.partners,
        "partners_settled": list(link.partners_settled),
        "partners_added": None if link.partners_added is None else {"addresses": list(link.partners_added)},
        "share_view": link.share_view,
        "shared_view_with": list(link.shared_view_with),
        "pinned_by": link.pinned_by,
        "state": link.state,
        "evidence": {part.name: getattr(link.evidence, part.name) for part in fields(Evidence)},
        "done": list(link.done),
        "waiting": _write_waiting(link.waiting),
        "trouble": _write_trouble(link.trouble),
        "findings": [{"code": finding.code, "facts": dict(finding.facts)} for finding in link.findings],
        "operation": link.operation,
        "tab_choice": link.tab_choice,
        "run": link.run,
        "connected_at": link.connected_at,
        "on_close": link.on_close,
        "archive": {"at": link.archive.at, "is_ours": link.archive.is_ours, "asked": link.archive.asked},
        "template": link.template,
        "extras": write_extras(link.extras),
        "extras_made": [write_made(one) for one in link.extras_made],
        "earlier_files": link.earlier_files,
        "earlier": link.earlier,
    }
    return orjson.dumps(document).decode()


def _write_regarding(regarding: Regarding) -> dict[str, str]:
    place = {"environment": regarding.environment, "table": regarding.table, "id": regarding.id}
    return {**place, "view": regarding.kind} if isinstance(regarding, ViewRef) else place


def _write_wanted(wanted: WantedChannel) -> dict[str, Any]:
    if isinstance(wanted, NewChannel):
        return {"new": wanted.name, "kind": wanted.kind, "share_with": wanted.share_with}
    return {"primary": True} if isinstance(wanted, PrimaryChannel) else {"channel": wanted}


def _write_new_team(team: NewTeam | None) -> dict[str, str] | None:
    return None if team is None else {part.name: getattr(team, part.name) for part in fields(NewTeam)}


def _write_added(added: MembersAdded | None) -> dict[str, list[str]] | None:
    return None if added is None else {"to_team": list(added.to_team), "to_channel": list(added.to_channel)}


def _write_person(person: Person) -> dict[str, str]:
    return {
        "tenant": person.tenant,
        "id": person.id,
        "name": person.name,
        "upn": person.upn,
        "language": person.language,
    }


def _write_trouble(trouble: Remembered | None) -> dict[str, Any] | None:
    return None if trouble is None else {"code": trouble.code, "facts": trouble.facts}


def _write_waiting(waiting: Waiting | None) -> dict[str, Any] | None:
    if waiting is None:
        return None
    cause = _write_trouble(waiting.cause)
    return {"step": waiting.step, "cause": cause, "since": waiting.since, "until": waiting.until}


def read_link(document: str, version: int) -> Link:
    """The link of a document. Raises DocumentUnreadable."""
    values = orjson.loads(document)
    if isinstance(values, dict) and values.get("form") == 1:
        values = _renewed(values)
    whole = Parts({**LATER, **values} if isinstance(values, dict) else values, "")
    if whole.number("form") != FORM:
        raise DocumentUnreadable("form", str(FORM))
    link = Link(
        id=LinkId(whole.text("id")),
        regarding=whole.part("regarding", _read_regarding),
        title=whole.text("title"),
        team=TeamId(whole.text("team")),
        wanted=whole.part("wanted", _read_wanted),
        by=whole.part("by", _read_person),
        acting=whole.part("acting", _read_person),
        planned_at=whole.time("planned_at"),
        new_team=whole.optional("new_team", _read_new_team),
        members=tuple(whole.parts("members", _read_invited)),
        members_settled=tuple(PersonId(person) for person in whole.texts("members_settled")),
        members_added=whole.optional("members_added", _read_added),
        partners=tuple(whole.parts("partners", _read_partner)),
        partners_settled=tuple(whole.texts("partners_settled")),
        partners_added=whole.optional("partners_added", _read_addresses),
        share_view=whole.flag("share_view"),
        shared_view_with=tuple(map(RowId, whole.texts("shared_view_with"))),
        pinned_by=whole.word("pinned_by", PinnedBy),
        state=whole.word("state", LinkState),
        evidence=whole.part("evidence", _read_evidence),
        done=tuple(whole.words("done", StepName)),
        waiting=whole.optional("waiting", _read_waiting),
        trouble=whole.optional("trouble", _read_trouble),
        findings=tuple(whole.parts("findings", _read_finding)),
        operation=whole.word("operation", Operation),
        tab_choice=whole.word("tab_choice", TabChoice),
        run=whole.number("run"),
        connected_at=whole.optional_time("connected_at"),
        on_close=whole.word("on_close", OnClose),
        archive=whole.part("archive", _read_archive),
        template=whole.text("template"),
        extras=whole.part("extras", read_extras),
        extras_made=tuple(whole.parts("extras_made", read_made)),
        earlier_files=whole.word("earlier_files", EarlierFiles),
        earlier=whole.optional("earlier", read_earlier),
        version=version,
    )
    whole.nothing_else()
    return link


LATER: dict[str, Any] = {
    "on_close": OnClose.KEEP.value,
    "members_added": None,
    "partners": [],
    "partners_settled": [],
    "partners_added": None,
    "shared_view_with": [],
    "archive": {"at": None, "is_ours": False, "asked": False},
    "template": "",
    "extras": {"folders": [], "channels": [], "tabs": [], "welcome": ""},
    "extras_made": [],
    "earlier_files": EarlierFiles.SHOW_BOTH.value,
    "earlier": None,
}
"""Parts that form 2 has won since it was first written, as they are where a document lacks them."""
_NEW_EVIDENCE = {"team_is_ours": False, "team_asked_at": "", "team_operation": "", "tab_is_adopted": False}
"""What form 1 did not know."""
_LATER_EVIDENCE = frozenset({"label_by"})
"""What was added to the present form; documents from before are without it."""


def _renewed(values: dict[str, Any]) -> dict[str, Any]:
    """A document of form 1, which knew records and standard channels only, in the present form."""
    renewed = {name: value for name, value in values.items() if name not in {"record", "record_title"}}
    renewed |= {"form": FORM, "regarding": values.get("record"), "title": values.get("record_title")}
    renewed |= {"new_team": None, "members": [], "members_settled": [], "share_view": False}
    renewed |= {"pinned_by": PinnedBy.LIAISON.value, "connected_at": None}
    if isinstance(values.get("wanted"), dict) and "new" in values["wanted"]:
        renewed["wanted"] = {**values["wanted"], "kind": ChannelKind.STANDARD.value}
    if isinstance(values.get("evidence"), dict):
        renewed["evidence"] = {**_NEW_EVIDENCE, **values["evidence"]}
    return renewed


def _read_regarding(part: Parts) -> Regarding:
    environment, table = EnvironmentKey(part.text("environment")), TableName(part.text("table"))
    if part.has("view"):
        return ViewRef(environment, table, ViewId(part.text("id")), part.word("view", ViewKind))
    return RecordRef(environment, table, RowId(part.text("id")))


def _read_wanted(part: Parts) -> WantedChannel:
    if part.has("new"):
        share_with = tuple(part.parts("share_with", _read_share_team)) if part.has("share_with") else ()
        return NewChannel(part.text("new"), part.word("kind", ChannelKind), share_with)
    if part.has("primary"):
        part.flag("primary")
        return PrimaryChannel()
    return ChannelId(part.text("channel"))


def _read_new_team(part: Parts) -> NewTeam:
    name, privacy = part.text("name"), part.word("privacy", TeamPrivacy)
    label_name = part.text("label_name") if part.has("label_name") else ""
    return NewTeam(name, privacy, part.text("label"), part.text("template"), part.text("description"), label_name)


def _read_invited(part: Parts) -> Invited:
    return Invited(PersonId(part.text("id")), part.text("name"))


def _read_added(part: Parts) -> MembersAdded:
    return MembersAdded(tuple(map(PersonId, part.texts("to_team"))), tuple(map(PersonId, part.texts("to_channel"))))


def _read_share_team(part: Parts) -> ShareTeam:
    return ShareTeam(TeamId(part.text("id")), part.text("name"))


def _read_partner(part: Parts) -> Partner:
    return Partner(part.text("address"), part.text("organization"), part.text("tenant"))


def _read_addresses(part: Parts) -> tuple[str, ...]:
    return tuple(part.texts("addresses"))


def _read_person(part: Parts) -> Person:
    key = TenantId(part.text("tenant")), PersonId(part.text("id"))
    return Person(*key, part.text("name"), part.text("upn"), part.text("language"))


def _read_evidence(part: Parts) -> Evidence:
    made: dict[str, Any] = {}
    for slot in fields(Evidence):
        if slot.name in _LATER_EVIDENCE and not part.has(slot.name):
            continue
        if isinstance(slot.default, bool):
            made[slot.name] = part.flag(slot.name)
        elif isinstance(slot.default, ChannelKind):
            made[slot.name] = part.word(slot.name, ChannelKind)
        else:
            made[slot.name] = part.text(slot.name)
    return Evidence(**made)


def _read_archive(part: Parts) -> Archive:
    return Archive(part.optional_time("at"), part.flag("is_ours"), part.flag("asked"))


def _read_trouble(part: Parts) -> Remembered:
    return Remembered(part.text("code"), part.facts("facts"))


def _read_waiting(part: Parts) -> Waiting:
    cause = part.part("cause", _read_trouble)
    return Waiting(part.word("step", StepName), cause, part.time("since"), part.time("until"))


def _read_finding(part: Parts) -> Finding:
    facts = part.facts("facts")
    return Finding(part.text("code"), tuple((name, str(value)) for name, value in facts.items()))

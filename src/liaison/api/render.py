"""From the domain's values to the API's documents."""

from __future__ import annotations

from liaison.api.addresses import link_address, linked_record_address
from liaison.api.asking import Asking
from liaison.api.problems import render_problem, render_rows
from liaison.api.shapes import (
    ChannelShape,
    CheckShape,
    CollaborationShape,
    ConnectionShape,
    ConsentShape,
    EarlierProgressShape,
    EvidenceShape,
    ExtraShape,
    FieldShape,
    FileShape,
    FindingShape,
    LinkChannel,
    LinkRecord,
    LinkShape,
    LinkTeam,
    OriginShape,
    PersonShape,
    PlaceShape,
    ProblemShape,
    RecordDetail,
    RecordShape,
    StepShape,
    StepState,
    SwitchesShape,
    TeamShape,
    WaitingShape,
)
from liaison.domain.consent import Consent
from liaison.domain.crm import Record
from liaison.domain.diagnosis import sentences_of
from liaison.domain.earlier import EarlierWork
from liaison.domain.extras import become_of
from liaison.domain.forerunners import Forerunner
from liaison.domain.link import Evidence, Finding, Link, LinkState, NewChannel, PrimaryChannel, StepName
from liaison.domain.names import Person, ViewRef
from liaison.domain.readiness import Check, Switches
from liaison.domain.step_words import step_words
from liaison.domain.teams import Channel, FileEntry, Team
from liaison.errors import LiaisonError, Remembered
from liaison.operations.collaborate import Connection
from liaison.operations.enable import Collaboration
from liaison.operations.list_files import Place
from liaison.operations.undo import can_be_undone, undo_until


def render_trouble(error: LiaisonError | Remembered, asking: Asking) -> ProblemShape:
    known = error.error() if isinstance(error, Remembered) else error
    return render_problem(known, asking.language, asking.texts, asking.ports.public_address, asking.correlation)


def render_person(person: Person) -> PersonShape:
    return PersonShape(id=person.id, name=person.name, upn=person.upn)


def render_record(record: Record) -> RecordShape:
    return RecordShape(
        environment=record.ref.environment,
        table=record.ref.table,
        id=record.ref.id,
        title=record.title,
        stage=record.stage,
        owner=record.owner,
    )


def render_record_detail(record: Record) -> RecordDetail:
    fields = tuple(FieldShape(label=field.label, text=field.cell.text) for field in record.fields)
    return RecordDetail(**render_record(record).model_dump(), fields=fields)


def render_connection(connection: Connection, asking: Asking) -> ConnectionShape:
    row, link = connection.association, connection.link
    state = link.state if link else LinkState.CONNECTED
    made = link.evidence if link else Evidence()
    return ConnectionShape(
        association=row.id if row else None,
        link=link.id if link else None,
        state=state,
        state_text=asking.say(f"state.{link.state_word if link else state.value}"),
        operation=link.operation if link else None,
        is_adopted=connection.is_adopted,
        team=row.team if row else link.team if link else "",
        team_name=row.team_name if row else made.team_name,
        channel=row.channel if row else made.channel,
        channel_name=row.channel_name if row else link.channel_name if link else "",
        channel_kind=row.channel_kind if row else made.channel_kind,
        channel_address=made.channel_address,
        is_archived=link is not None and link.archive.is_archived,
        access=connection.access,
        origin=_render_origin(connection.origin),
        lacks=connection.lacks,
    )


def _render_origin(origin: Forerunner | None) -> OriginShape | None:
    if origin is None:
        return None
    return OriginShape(way=origin.way, table=origin.ref.table, id=origin.ref.id, title=origin.title)


def render_team(team: Team) -> TeamShape:
    return TeamShape(id=team.id, name=team.name, description=team.description, is_archived=team.is_archived)


def render_channel(channel: Channel) -> ChannelShape:
    return ChannelShape(
        id=channel.id,
        name=channel.name,
        kind=channel.kind,
        address=channel.address,
        description=channel.description,
        is_archived=channel.is_archived,
    )


def render_place(place: Place, asking: Asking) -> PlaceShape:
    return PlaceShape(
        key=place.key,
        name=place.name,
        detail=place.detail,
        kind=place.kind,
        address=place.address,
        is_open=place.folder is not None,
        is_archived=place.is_archived,
        origin=_render_origin(place.origin),
        problem=render_trouble(place.trouble, asking) if place.trouble else None,
    )


def render_file(entry: FileEntry, place: str | None = None) -> FileShape:
    return FileShape(
        item=entry.item,
        place=place,
        name=entry.name,
        is_folder=entry.is_folder,
        size_bytes=entry.size_bytes,
        modified_at=entry.modified_at,
        modified_by=entry.modified_by,
        address=entry.address,
        version=entry.version,
        children=entry.children,
    )


# --- links -----------------------------------------------------------------------------------------------------


def render_link(link: Link, asking: Asking) -> LinkShape:
    public = asking.ports.public_address
    return LinkShape(
        id=link.id,
        address=link_address(public, link.id),
        state=link.state,
        state_text=asking.say(f"state.{link.state_word}"),
        is_final=not link.state.at_work,
        operation=link.operation,
        record=LinkRecord(
            environment=link.environment,
            table=link.regarding.table,
            id=link.regarding.id,
            title=link.title,
            address=linked_record_address(public, link),
            view=link.regarding.kind if isinstance(link.regarding, ViewRef) else None,
        ),
        team=LinkTeam(id=link.team, name=link.team_name),
        channel=_render_channel_of(link),
        by=render_person(link.by),
        acting=render_person(link.acting),
        planned_at=link.planned_at,
        steps=tuple(_render_step(link, step, asking) for step in _steps_shown(link)),
        evidence=_render_evidence(link.evidence),
        earlier_files=link.earlier_files,
        earlier=_render_earlier(link.earlier) if link.earlier else None,
        undo_until=undo_until(link) if can_be_undone(link, asking.ports) else None,
        trouble=render_trouble(link.trouble, asking) if link.trouble else None,
        findings=tuple(_render_finding(finding, asking) for finding in link.findings),
        on_close=link.on_close,
        archived_at=link.archive.at,
        template=link.template,
        extras=tuple(
            ExtraShape(kind=kind, name=name, state=made.state if made else None, id=made.id if made else "")
            for kind, name, made in become_of(link.extras, link.extras_made)
        ),
        run=link.run,
        version=link.version,
    )


def _render_earlier(work: EarlierWork) -> EarlierProgressShape:
    return EarlierProgressShape(files=work.files, settled=work.settled, failed=work.failed)


def _render_finding(finding: Finding, asking: Asking) -> FindingShape:
    words = asking.texts.words(asking.language, dict(finding.facts))
    return FindingShape(code=finding.code, text=asking.say(f"finding.{finding.code}", **words))


def _render_channel_of(link: Link) -> LinkChannel:
    made = link.evidence
    wanted = "" if isinstance(link.wanted, NewChannel | PrimaryChannel) else link.wanted
    return LinkChannel(
        id=made.channel or wanted, name=link.channel_name, kind=made.channel_kind, address=made.channel_address
    )


def _render_evidence(made: Evidence) -> EvidenceShape:
    return EvidenceShape(
        channel=made.channel,
        channel_address=made.channel_address,
        channel_is_ours=made.channel_is_ours,
        tab=made.tab,
        tab_address=made.tab_address,
        folder_address=made.folder_address,
        site_address=made.site_address,
        location=made.location,
        association=made.association,
        note=made.note,
    )


def _steps_shown(link: Link) -> tuple[StepName, ...]:
    """The steps of the run; of an adopted link, which has had no run, those that were found done."""
    if link.state is LinkState.CONNECTED:
        return tuple(step for step in link.steps if step in link.done)
    return link.steps


def _render_step(link: Link, step: StepName, asking: Asking) -> StepShape:
    state = _state_of_step(link, step)
    key, facts = step_words(link, step, {StepState.DONE: "done", StepState.WAITING: "waiting"}.get(state, "doing"))
    waiting = None
    if state is StepState.WAITING and link.waiting is not None:
        waiting = WaitingShape(
            service=_service_waited_for(link.waiting.cause, asking),
            since=link.waiting.since,
            next_try=link.waiting.until,
            problem=render_trouble(link.waiting.cause, asking),
        )
    return StepShape(name=step, state=state, text=asking.say(key, **facts), waiting=waiting)


def _state_of_step(link: Link, step: StepName) -> StepState:
    if step in link.done:
        return StepState.DONE
    if step is not link.step_at_work or link.state is LinkState.PLANNED:
        return StepState.TODO
    if not link.state.at_work:
        return StepState.STOPPED
    return StepState.WAITING if link.waiting is not None and link.waiting.step is step else StepState.DOING


def _service_waited_for(cause: Remembered, asking: Asking) -> str:
    return asking.texts.words(asking.language, {"service": cause.facts.get("service", "")})["service"]


# --- collaboration ---------------------------------------------------------------------------------------------


def render_collaboration(shown: Collaboration, environment: str, asking: Asking) -> CollaborationShape:
    is_administrator = shown.person.is_system_administrator
    return CollaborationShape(
        environment=environment,
        switches=_render_switches(shown.switches),
        checks=tuple(render_check(check, asking) for check in shown.diagnosis.checks),
        consent=render_consent(shown.consent, asking),
        labels=shown.labels,
        may_change_basic=is_administrator,
        may_change_enhanced=is_administrator and shown.is_tenant_administrator,
        links=shown.links,
    )


def _render_switches(switches: Switches) -> SwitchesShape:
    return SwitchesShape(
        basic=switches.basic,
        enhanced=switches.enhanced,
        user_sync=switches.user_sync,
        version=switches.version,
        changed_by=switches.changed_by,
    )


def render_check(check: Check, asking: Asking) -> CheckShape:
    words = sentences_of(check)
    facts = {**dict(check.facts), "problem": asking.say(f"error.{check.trouble}.title") if check.trouble else ""}
    return CheckShape(
        code=check.code,
        state=check.state,
        title=asking.say(words.title),
        state_text=asking.say(words.state),
        text=asking.say(words.text, **facts),
        remedy=asking.say(words.remedy, **facts) if words.remedy else "",
        rows=render_rows(check.rows),
        total=check.total,
        trouble=check.trouble,
    )


def render_consent(consent: Consent, asking: Asking) -> ConsentShape:
    return ConsentShape(
        state=consent.state,
        text=asking.say(f"consent.state.{consent.state.value}"),
        granted=consent.granted,
        missing=consent.missing,
        extras=consent.extras,
        by=consent.by,
        at=consent.at,
    )

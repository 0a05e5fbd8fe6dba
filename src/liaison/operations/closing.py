"""Archive a link's channel, or restore it: by a person's word, or because its record was closed or reopened."""

from __future__ import annotations

from dataclasses import replace

from liaison.domain.closing import Archive
from liaison.domain.consent import Rung, missing_for
from liaison.domain.link import Finding, Link, LinkState, Operation, StepName, steps_to_archive
from liaison.domain.names import LinkId, Person
from liaison.errors import (
    ChannelNotOurs,
    ConsentNotGranted,
    LiaisonError,
    LinkBusy,
    NotTeamMember,
    NotTeamOwner,
    Retry,
    SignInExpired,
)
from liaison.operations.connecting import Act, note_words
from liaison.operations.regarding import read_title
from liaison.operations.saga import GROUP_HORIZON, Step, Task, carry_out
from liaison.ports import Ports

_BEGIN = {Operation.ARCHIVE: LinkState.ARCHIVING, Operation.RESTORE: LinkState.RESTORING}
_ACTS = {Operation.ARCHIVE: "link.archiving", Operation.RESTORE: "link.restoring"}
_AGAIN_S = 0.05


def can_be_archived(link: Link) -> bool:
    """A channel that was made for this link, is still connected, and is not archived."""
    return _is_at_rest(link) and link.evidence.channel_is_ours and not link.archive.is_archived


def can_be_restored(link: Link) -> bool:
    return _is_at_rest(link) and link.archive.is_archived


def _is_at_rest(link: Link) -> bool:
    stopped = link.state is LinkState.NEEDS_PERSON and link.operation in _BEGIN
    return link.state is LinkState.CONNECTED or stopped


async def archive(link_id: LinkId, by: Person, ports: Ports) -> Link:
    """Save the intent to archive the link's channel, at somebody's own wish. Archived already is done.

    Raises LinkUnknown, LinkBusy, ChannelNotOurs, ConsentNotGranted, and what Dataverse refuses the person.
    """
    link = await ports.links.get(link_id)
    if link.archive.is_archived or link.state is LinkState.ARCHIVING:
        return link
    if not link.evidence.channel_is_ours:
        raise ChannelNotOurs(link.channel_name)
    if not can_be_archived(link):
        raise LinkBusy(link.id, link.state_word)
    await read_title(link.regarding, by, ports)
    return await begin(link, Operation.ARCHIVE, by, ports)


async def restore(link_id: LinkId, by: Person, ports: Ports) -> Link:
    """The same for an archived channel: in use again. In use already is done."""
    link = await ports.links.get(link_id)
    if not link.archive.is_archived or link.state is LinkState.RESTORING:
        return link
    if not can_be_restored(link):
        raise LinkBusy(link.id, link.state_word)
    await read_title(link.regarding, by, ports)
    return await begin(link, Operation.RESTORE, by, ports)


async def begin(link: Link, operation: Operation, by: Person, ports: Ports) -> Link:
    """Save that the channel is being archived or restored, and hand it to the engine.

    Raises ConsentNotGranted before anything is saved, LinkBusy when somebody saved in between.
    """
    missing = missing_for(Rung.ARCHIVE, await ports.sign_in.carried_scopes(by))
    if missing:
        raise ConsentNotGranted(Rung.ARCHIVE.value, missing)
    steps = steps_to_archive(link.regarding, operation)
    going = replace(
        link,
        state=_BEGIN[operation],
        acting=by,
        operation=operation,
        trouble=None,
        waiting=None,
        findings=tuple(finding for finding in link.findings if not finding.code.startswith("archive.")),
        done=tuple(step for step in link.done if step not in steps),
        run=link.run + 1,
    )
    saved = await ports.links.save(going, _ACTS[operation])
    await ports.steps.start(operation, saved)
    return saved


async def carry_out_closing(link_id: LinkId, operation: Operation, ports: Ports, run: int | None = None) -> None:
    """Durable: the channel, then a timeline entry. Whatever comes of it, the link stays connected.

    Raises Stopped, LinkBusy.
    """
    task = Task(link_id, operation, run)
    await carry_out(task, _steps(await ports.links.get(link_id), ports), ports)
    link = await ports.links.get(link_id)
    if task.is_at_work_on(link):
        came = link.archive.is_archived is (operation is Operation.ARCHIVE)
        act = f"link.{operation.value}d" if came else f"link.not_{operation.value}d"
        await ports.links.save(replace(link, state=LinkState.CONNECTED, trouble=None), act)


def _steps(link: Link, ports: Ports) -> tuple[Step, ...]:
    async def archive_channel(link: Link) -> Link:
        return await _carefully(link, StepName.ARCHIVE_CHANNEL, _archive_once, ports)

    async def restore_channel(link: Link) -> Link:
        return await _carefully(link, StepName.RESTORE_CHANNEL, _restore_once, ports)

    async def late(link: Link) -> Link:
        return _refused(link, link.steps[0], "archive_late")

    async def note_archived(link: Link) -> Link:
        return await _note(link, StepName.NOTE_ARCHIVED, "archived", ports)

    async def note_restored(link: Link) -> Link:
        return await _note(link, StepName.NOTE_RESTORED, "restored", ports)

    steps = {
        StepName.ARCHIVE_CHANNEL: Step(
            StepName.ARCHIVE_CHANNEL, archive_channel, pace_s=_AGAIN_S, horizon=GROUP_HORIZON, without=late
        ),
        StepName.RESTORE_CHANNEL: Step(StepName.RESTORE_CHANNEL, restore_channel, horizon=GROUP_HORIZON, without=late),
        StepName.NOTE_ARCHIVED: Step(StepName.NOTE_ARCHIVED, note_archived),
        StepName.NOTE_RESTORED: Step(StepName.NOTE_RESTORED, note_restored),
    }
    return tuple(steps[name] for name in link.steps)


async def _archive_once(link: Link, ports: Ports) -> Link:
    """In two turns: first it is noted that the channel was in use, so that what archives it is known to be us."""
    teamwork, channel = ports.teamwork(link.acting), link.evidence.channel
    now = ports.clock.now()
    if not link.archive.asked:
        if (await teamwork.read_channel(link.team, channel)).is_archived:
            return replace(link, archive=Archive(now)).with_evidence(StepName.ARCHIVE_CHANNEL)
        return replace(link, archive=Archive(asked=True))
    await teamwork.archive_channel(link.team, channel)
    return replace(link, archive=Archive(now, is_ours=True)).with_evidence(StepName.ARCHIVE_CHANNEL)


async def _restore_once(link: Link, ports: Ports) -> Link:
    await ports.teamwork(link.acting).restore_channel(link.team, link.evidence.channel)
    return replace(link, archive=Archive()).with_evidence(StepName.RESTORE_CHANNEL)


async def _carefully(link: Link, step: StepName, once: Act, ports: Ports) -> Link:
    """The connection does not stop for it: what is refused becomes a finding. Raises what passes, SignInExpired."""
    try:
        return await once(link, ports)
    except SignInExpired:
        raise
    except LiaisonError as error:
        if error.retry is Retry.LATER:
            raise
        return _refused(link, step, _reason(error))


def _reason(error: LiaisonError) -> str:
    if isinstance(error, ConsentNotGranted):
        return "archive_consent"
    return "archive_owner" if isinstance(error, NotTeamOwner | NotTeamMember) else "archive_refused"


def _refused(link: Link, step: StepName, reason: str) -> Link:
    code = "archive.not_done" if step is StepName.ARCHIVE_CHANNEL else "archive.not_undone"
    finding = Finding(code, (("channel", link.channel_name), ("reason", reason)))
    kept = replace(link, findings=(*link.findings, finding), archive=replace(link.archive, asked=False))
    return kept.with_evidence(step)


async def _note(link: Link, step: StepName, kind: str, ports: Ports) -> Link:
    """Said only of what was done."""
    if link.archive.is_archived is (kind == "archived"):
        subject, text = note_words(link, kind, ports)
        await ports.crm(link.acting, link.environment).ensure_note(link, f"{kind}-{link.run}", subject, text)
    return link.with_evidence(step)

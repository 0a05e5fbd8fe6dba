"""Disconnect a record from a channel: the row, the location and, if wished, the tab go; channel and files stay."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from uuid import uuid4

from liaison.domain.crm import Association
from liaison.domain.link import Evidence, Link, LinkState, Operation, StepName, TabChoice, steps_to_disconnect
from liaison.domain.names import LinkId, Person, Regarding, RowId, TabId
from liaison.errors import LinkBusy, LinkUnknown
from liaison.operations.connecting import note_words
from liaison.operations.earlier_files import with_word_of_files
from liaison.operations.forerunners import list_inherited
from liaison.operations.partners import with_word_of_partners
from liaison.operations.regarding import read_title
from liaison.operations.saga import Step, Task, carry_out
from liaison.ports import Ports


async def disconnect(link_id: LinkId, by: Person, ports: Ports, tab: TabChoice = TabChoice.REMOVE) -> Link:
    """Save the intent to disconnect and hand it to the engine. Repeating it is harmless.

    Raises LinkUnknown, LinkBusy while the link is still being connected, and what Dataverse refuses the person.
    """
    link = await ports.links.get(link_id)
    if link.state in {LinkState.DISCONNECTING, LinkState.DISCONNECTED, LinkState.UNDONE}:
        return link
    if link.state.at_work and link.state is not LinkState.FILES_PENDING:
        raise LinkBusy(link.id, link.state_word)
    await read_title(link.regarding, by, ports)
    going = replace(
        with_word_of_partners(with_word_of_files(link)),
        state=LinkState.DISCONNECTING,
        acting=by,
        operation=Operation.DISCONNECT,
        tab_choice=tab,
        trouble=None,
        waiting=None,
        done=tuple(step for step in link.done if step not in steps_to_disconnect(link.regarding)),
        run=link.run + 1,
    )
    saved = await ports.links.save(going, "link.disconnecting")
    await ports.steps.start(Operation.DISCONNECT, saved)
    return saved


async def adopt_association(regarding: Regarding, row: RowId, by: Person, ports: Ports) -> Link:
    """A link for a row that Liaison did not make, so that it can be shown and disconnected like our own.

    The row may be that of a record that went into this one: the link is the other record's. Raises LinkUnknown when
    there is no such row.
    """
    crm = ports.crm(by, regarding.environment)
    rows, inherited = await asyncio.gather(crm.list_associations(regarding), list_inherited(regarding, by, ports))
    everything = (*rows, *(one for past in inherited for one in past.associations))
    found = next((one for one in everything if one.id == row), None)
    if found is None:
        raise LinkUnknown(row)
    regarding = found.regarding
    for link in await ports.links.of(regarding):
        if link.evidence.association == row or link.evidence.channel == found.channel:
            return link
    title = await read_title(regarding, by, ports)
    return await ports.links.plan(_adopted(found, title, by, ports), "", "")


def _adopted(row: Association, title: str, by: Person, ports: Ports) -> Link:
    evidence = Evidence(
        channel=row.channel,
        channel_name=row.channel_name,
        channel_kind=row.channel_kind,
        team_name=row.team_name,
        team_thread=row.team_thread,
        site_address=row.site_address,
        folder_path=row.folder_path,
        association=row.id,
    )
    return Link(
        id=LinkId(str(uuid4())),
        regarding=row.regarding,
        title=title,
        team=row.team,
        wanted=row.channel,
        by=by,
        acting=by,
        planned_at=ports.clock.now(),
        state=LinkState.CONNECTED,
        evidence=evidence,
        done=(StepName.CHANNEL, StepName.ASSOCIATION),
    )


async def carry_out_disconnection(link_id: LinkId, ports: Ports, run: int | None = None) -> None:
    """Durable: association, location, tab, note. What is gone already is done. Raises Stopped, LinkBusy."""
    task = Task(link_id, Operation.DISCONNECT, run)
    await carry_out(task, _steps(await ports.links.get(link_id), ports), ports)
    link = await ports.links.get(link_id)
    if task.is_at_work_on(link):
        await ports.links.save(replace(link, state=LinkState.DISCONNECTED, trouble=None), "link.disconnected")


def _steps(link: Link, ports: Ports) -> tuple[Step, ...]:
    async def remove_association(link: Link) -> Link:
        """With the location and a note in one set; each by itself when the set was refused."""
        crm = ports.crm(link.acting, link.environment)
        if link.record is not None:
            words = note_words(link, "disconnected", ports)
            if await crm.remove_rows(link, f"disconnected-{link.run}", *words):
                gone = link.with_evidence(StepName.REMOVE_ASSOCIATION, association=RowId(""))
                gone = gone.with_evidence(StepName.REMOVE_LOCATION, location=RowId(""))
                return gone.with_evidence(StepName.NOTE_REMOVED)
        await crm.remove_association(link.evidence.association or link.row_id("association"))
        return link.with_evidence(StepName.REMOVE_ASSOCIATION, association=RowId(""))

    async def remove_location(link: Link) -> Link:
        crm = ports.crm(link.acting, link.environment)
        await crm.remove_location(link.evidence.location or link.row_id("location"))
        return link.with_evidence(StepName.REMOVE_LOCATION, location=RowId(""))

    async def remove_tab(link: Link) -> Link:
        """An archived channel takes no changes: its tab stays, and says that it is connected no longer."""
        if link.archive.is_archived:
            return link.with_evidence(StepName.REMOVE_TAB)
        if link.evidence.tab and link.tab_choice is TabChoice.REMOVE:
            await ports.teamwork(link.acting).remove_tab(link.team, link.evidence.channel, link.evidence.tab)
            return link.with_evidence(StepName.REMOVE_TAB, tab=TabId(""), tab_address="")
        return link.with_evidence(StepName.REMOVE_TAB)

    async def note(link: Link) -> Link:
        subject, text = note_words(link, "disconnected", ports)
        crm = ports.crm(link.acting, link.environment)
        await crm.ensure_note(link, f"disconnected-{link.run}", subject, text)
        return link.with_evidence(StepName.NOTE_REMOVED)

    effects = {
        StepName.REMOVE_ASSOCIATION: remove_association,
        StepName.REMOVE_LOCATION: remove_location,
        StepName.REMOVE_TAB: remove_tab,
        StepName.NOTE_REMOVED: note,
    }
    return tuple(Step(name, effects[name]) for name in link.steps)

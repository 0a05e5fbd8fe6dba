"""What the engine calls: one durable run of a link's work, and the sweep that leaves none behind."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

from liaison.domain.link import LinkState, Operation
from liaison.domain.names import LinkId, Person
from liaison.errors import Defect, LinkBusy, Remembered, StoreUnavailable
from liaison.operations.closing import carry_out_closing
from liaison.operations.connecting import carry_out_connection
from liaison.operations.disconnect import carry_out_disconnection
from liaison.operations.saga import Stopped, Task
from liaison.operations.undo import carry_out_undo
from liaison.ports import Ports


async def run(operation: Operation, link_id: LinkId, ports: Ports, number: int | None = None) -> str:
    """Carry out one operation on one link, as its run of this number; the link's last state comes back.

    What nobody expected stops the link with an incident number and is raised for the log. An outage of our own
    store is raised as it is: the sweep hands the link over again.
    """
    try:
        if operation is Operation.CONNECT:
            await carry_out_connection(link_id, ports, number)
        elif operation is Operation.UNDO:
            await carry_out_undo(link_id, ports, number)
        elif operation in {Operation.ARCHIVE, Operation.RESTORE}:
            await carry_out_closing(link_id, operation, ports, number)
        else:
            await carry_out_disconnection(link_id, ports, number)
    except (Stopped, LinkBusy):
        pass  # the link already says why, or another run has it
    except StoreUnavailable:
        raise
    except Exception as cause:
        incident = uuid4().hex[:12]
        await _stop_with_incident(Task(link_id, operation, number), incident, ports)
        raise RuntimeError(f"incident {incident}: {operation.value} of link {link_id}") from cause
    return (await ports.links.get(link_id)).state.value


async def _stop_with_incident(task: Task, incident: str, ports: Ports) -> None:
    link = await ports.links.get(task.link)
    if task.is_at_work_on(link):
        trouble = Remembered.of(Defect(incident))
        stopped = replace(link, state=LinkState.NEEDS_PERSON, waiting=None, trouble=trouble)
        await ports.links.save(stopped, "link.defect")


async def resume_all(ports: Ports) -> int:
    """Hand every link whose work is unfinished to the engine again; how many there were."""
    waiting = await ports.links.at_work()
    for link in waiting:
        await ports.steps.start(link.operation, link)
    return len(waiting)


async def resume_parked(person: Person, ports: Ports) -> int:
    """After a person has signed in again: go on with what had stopped for want of it; how many links that were."""
    await ports.listenings.wake_parked(person.tenant, ports.clock.now())
    parked = await ports.links.parked_for(person)
    for link in parked:
        saved = await ports.links.save(link.resumed(person), "link.resumed")
        await ports.steps.start(saved.operation, saved)
    return len(parked)

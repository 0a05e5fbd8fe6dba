"""Agree to set sensitivity labels on behalf of those who make teams, and find who sets one now."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from liaison.domain.consent import Rung
from liaison.domain.crm import GLOBAL_ADMINISTRATOR, TEAMS_ADMINISTRATOR
from liaison.domain.diagnosis import is_tenant_administrator, may_label_groups
from liaison.domain.labelling import Labeller, Labelling, carries_labelling, choose_labelling, may_label
from liaison.domain.names import Person
from liaison.errors import RoleMissing
from liaison.operations.consent import require_consent
from liaison.ports import Ports


async def agree_to_label(by: Person, ports: Ports) -> Labeller:
    """`by` sets the labels from now on, with the permission that they alone have given, in place of whoever did.

    Raises RoleMissing, ConsentNotGranted.
    """
    if not may_label_groups(await ports.people(by).read_me()):
        raise RoleMissing(TEAMS_ADMINISTRATOR)
    if not carries_labelling(await ports.sign_in.carried_scopes(by)):
        await require_consent(Rung.LABEL, by, ports)
    labeller = Labeller(by, ports.clock.now())
    await ports.labellers.save(labeller)
    await ports.audit.write(by, "labeller.agreed", by.tenant, "")
    return labeller


async def stop_labelling(by: Person, ports: Ports) -> None:
    """Nobody sets labels for others any more. Raises RoleMissing for all but the labeller and tenant administrators."""
    labeller = await ports.labellers.read(by.tenant)
    if labeller is None:
        return
    if labeller.person.id != by.id and not is_tenant_administrator(await ports.people(by).read_me()):
        raise RoleMissing(GLOBAL_ADMINISTRATOR)
    await ports.labellers.forget(by.tenant)
    await ports.audit.write(by, "labeller.stopped", by.tenant, labeller.person.name)


async def read_labelling(by: Person, ports: Ports) -> Labelling:
    """Who would put a label on a team that `by` makes now."""
    me, carried, labeller = await asyncio.gather(
        ports.people(by).read_me(), ports.sign_in.carried_scopes(by), ports.labellers.read(by.tenant)
    )
    return choose_labelling(me, carried, labeller)


async def may_label_now(by: Person, ports: Ports) -> bool:
    """Can `by` put a label on a team, by role and permission?"""
    me, carried = await asyncio.gather(ports.people(by).read_me(), ports.sign_in.carried_scopes(by))
    return may_label(me, carried)


async def find_setter(by: Person, ports: Ports) -> Person | None:
    """With whose permission the label of a team that `by` makes is set; None when nobody agreed.

    A labeller who failed before is tried again: they may have signed in since.
    """
    if await may_label_now(by, ports):
        return by
    labeller = await ports.labellers.read(by.tenant)
    return labeller.person if labeller is not None else None


async def note_trouble(labeller: Person, code: str, ports: Ports) -> None:
    """Remember why the labeller's permission does not do, or with "" that it does, so that the settings say it."""
    held = await ports.labellers.read(labeller.tenant)
    if held is not None and held.person.id == labeller.id and held.trouble != code:
        await ports.labellers.save(replace(held, trouble=code))

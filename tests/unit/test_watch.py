"""Prerequisites watched after linking was switched on: what broke, what was mended, and what says nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from liaison.domain.readiness import Check, CheckState, Deployment, ReadinessFacts
from liaison.domain.watch import what_broke
from liaison.errors import Remembered, Row
from liaison.operations.doctor import diagnose
from liaison.operations.watch import begin_watch, look_again, look_at
from tests.unit.api_fakes import NADIA, NOW, SALES, World

SITE = Row("site", "Left over", "1", "https://contoso.sharepoint.com/sites/left-over")
BROKEN = ReadinessFacts(
    Deployment.ONLINE,
    sharepoint_configured=False,
    onedrive_enabled=False,
    sites=(SITE,),
    absolute_locations=(),
    site_count=1,
)


def check(code: str, state: CheckState) -> Check:
    return Check(code, state)


@pytest.mark.parametrize(
    ("before", "now", "already", "expected"),
    [
        (CheckState.MET, CheckState.UNMET, (), ("readiness.clock",)),
        (CheckState.NOT_APPLICABLE, CheckState.UNMET, (), ("readiness.clock",)),
        (CheckState.MET, CheckState.ATTENTION, (), ("readiness.clock",)),
        (CheckState.UNMET, CheckState.UNMET, (), ()),
        (CheckState.MET, CheckState.UNKNOWN, (), ()),
        (CheckState.UNMET, CheckState.UNKNOWN, ("readiness.clock",), ("readiness.clock",)),
        (CheckState.UNMET, CheckState.UNMET, ("readiness.clock",), ("readiness.clock",)),
        (CheckState.UNMET, CheckState.MET, ("readiness.clock",), ()),
    ],
)
def test_what_was_fine_and_no_longer_is_broke(
    before: CheckState, now: CheckState, already: tuple[str, ...], expected: tuple[str, ...]
) -> None:
    code = "readiness.clock"
    assert what_broke((check(code, before),), (check(code, now),), already) == expected


def test_the_lookers_own_roles_and_licences_do_not_break() -> None:
    code = "readiness.licence_teams"
    assert what_broke((check(code, CheckState.MET),), (check(code, CheckState.ATTENTION),)) == ()


@pytest.mark.anyio
@pytest.mark.statement("F05")
async def test_a_daily_look_notes_what_broke_and_what_was_mended() -> None:
    world = World()
    ports = world.ports()
    await begin_watch(await diagnose(SALES, NADIA, ports), NADIA, ports)
    watch = world.watches[SALES]
    world.readiness, whole = BROKEN, world.readiness

    seen = await look_at(watch, ports)
    assert seen.broke == ("readiness.active_site",)
    assert seen.needs_a_person
    again = await look_at(seen, ports)
    assert again.broke == seen.broke
    world.readiness = whole
    mended = await look_at(again, ports)
    assert not mended.needs_a_person
    acts = [(line.act, line.detail) for line in await ports.audit.list()]
    assert sorted(acts) == [
        ("readiness.broke", "readiness.active_site"),
        ("readiness.mended", "readiness.active_site"),
    ]


@pytest.mark.anyio
async def test_only_environments_that_are_due_are_looked_at() -> None:
    world = World()
    ports = world.ports()
    await begin_watch(await diagnose(SALES, NADIA, ports), NADIA, ports)
    assert await look_again(ports) == 0
    world.watches[SALES] = replace(world.watches[SALES], checked_at=NOW - timedelta(days=1, seconds=1))
    assert await look_again(ports) == 1
    assert world.watches[SALES].checked_at == NOW


@pytest.mark.anyio
async def test_an_environment_that_is_gone_is_told_and_nothing_is_forgotten() -> None:
    world = World()
    ports = world.ports()
    await begin_watch(await diagnose(SALES, NADIA, ports), NADIA, ports)
    del world.switches[SALES]
    seen = await look_at(world.watches[SALES], ports)
    assert seen.trouble == Remembered("environment.unknown", {"environment": SALES})
    assert seen.checks == world.watches[SALES].checks != ()
